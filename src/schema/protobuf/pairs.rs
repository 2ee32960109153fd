//! Which file of the new schema is which file of the old one.

use super::model::Schema;

/// The schemas' own files in pairs: one file with one file whatever they are called, several by
/// their paths below the folder that is common to them.
pub(super) fn files(old: &Schema, new: &Schema) -> Vec<(Option<usize>, Option<usize>)> {
    let (old, new) = (relative(old), relative(new));
    if let ([(one, _)], [(two, _)]) = (old.as_slice(), new.as_slice()) {
        return vec![(Some(*one), Some(*two))];
    }
    let find = |list: &[(usize, String)], wanted: &str| {
        list.iter()
            .find(|(_, path)| path == wanted)
            .map(|(index, _)| *index)
    };
    let mut pairs: Vec<_> = old
        .iter()
        .map(|(index, path)| (Some(*index), find(&new, path)))
        .collect();
    let added = new.iter().filter(|(_, path)| find(&old, path).is_none());
    pairs.extend(added.map(|(index, _)| (None, Some(*index))));
    pairs
}

/// The own files with their paths below what is common to all.
fn relative(schema: &Schema) -> Vec<(usize, String)> {
    let mut own = schema.own().map(|(_, file)| file.path.as_str());
    let first = own.next().unwrap_or_default();
    let folder = |path: &str| path.rfind('/').map_or(0, |slash| slash + 1);
    let common = own.fold(&first[..folder(first)], |common, path| {
        let same = common
            .bytes()
            .zip(path.bytes())
            .take_while(|(one, two)| one == two);
        let same = same.count();
        &common[..common[..floor(common, same)]
            .rfind('/')
            .map_or(0, |slash| slash + 1)]
    });
    let length = common.len();
    schema
        .own()
        .map(|(index, file)| (index, file.path[length..].to_owned()))
        .collect()
}

/// The nearest end of a character at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at)
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or(0)
}
