//! Combinations (`compatibility_subschemas`).

use super::{
    super::{
        confluent::{Type, pairs},
        report::At,
    },
    Checker, Class, Incompatibilities, View, cut, mismatch, only,
};

impl<'s> Checker<'_, 's> {
    pub(super) fn combinations(
        &mut self,
        reader: &View<'s>,
        writer: &View<'s>,
    ) -> Incompatibilities<'s> {
        let (mine, theirs) = (reader.parts(), writer.parts());
        let (one, two) = (reader.class(), writer.class());
        let name = one.value();
        let location = [name.as_str()];
        let changed = || only(mismatch(reader, writer, one, two, &location));
        if let Some(is_compatible) = self.with_one_part(reader, writer) {
            return if is_compatible {
                Incompatibilities::default()
            } else {
                changed()
            };
        }
        let (Some((mine, _)), Some((theirs, _))) = (mine, theirs) else {
            return changed();
        };
        let about = (reader, writer, At::Schema);
        if one != Class::Combination("anyOf") && one != two {
            let message = format!(
                "incompatible subschema change, from {} to {}",
                one.name(),
                two.name()
            );
            return only(cut(
                Type::CombinedTypeChanged,
                "combined_type_changed",
                message,
                &location,
                about,
            ));
        }
        let product = one == Class::Combination("allOf");
        let (few, many) = (mine.len().min(theirs.len()), mine.len().max(theirs.len()));
        if product && theirs.len() < mine.len() {
            let message = format!(
                "Not all required schemas were provided, number of required schemas increased from {few} to {many}"
            );
            return only(cut(
                Type::ProductTypeExtended,
                "product_type_extended",
                message,
                &location,
                about,
            ));
        }
        if !product && theirs.len() > mine.len() {
            let message = format!(
                "Not all schemas are accepted, number of schemas reduced from {many} to {few}"
            );
            return only(cut(
                Type::SumTypeNarrowed,
                "sum_type_narrowed",
                message,
                &location,
                about,
            ));
        }
        if !self.all_are_paired(product, &mine, &theirs) {
            let message = "subschemas are incompatible".to_owned();
            let kind = Type::CombinedTypeSubschemasChanged;
            return only(cut(
                kind,
                "combined_type_subschemas_changed",
                message,
                &location,
                about,
            ));
        }
        Incompatibilities::default()
    }

    /// Whether each part of the writer's sum, or of the reader's product, has a part of its own on
    /// the other side. Those in the same places are looked at first: they mostly fit, and a thousand
    /// parts make a million pairs.
    fn all_are_paired(&mut self, product: bool, mine: &[View<'s>], theirs: &[View<'s>]) -> bool {
        let (parts, others) = if product {
            (mine, theirs)
        } else {
            (theirs, mine)
        };
        let mut fits = |part: usize, other: usize| {
            let (reader, writer) = if product {
                (part, other)
            } else {
                (other, part)
            };
            self.is_compatible(&mine[reader], &theirs[writer])
        };
        let mut edges: Vec<Vec<usize>> = Vec::new();
        for part in 0..parts.len() {
            if fits(part, part) {
                edges.push(vec![part]);
                continue;
            }
            let row: Vec<usize> = (0..others.len()).filter(|at| fits(part, *at)).collect();
            if row.is_empty() {
                return false;
            }
            edges.push(row);
        }
        let is_paired = |edges: &[Vec<usize>]| {
            pairs(edges, others.len()).iter().flatten().count() == parts.len()
        };
        if is_paired(&edges) {
            return true;
        }
        for (part, row) in edges.iter_mut().enumerate() {
            if *row == [part] {
                *row = (0..others.len()).filter(|at| fits(part, *at)).collect();
            }
        }
        is_paired(&edges)
    }

    /// A combination and something else, or a combination of one.
    fn with_one_part(&mut self, reader: &View<'s>, writer: &View<'s>) -> Option<bool> {
        let (mine, theirs) = (reader.parts(), writer.parts());
        let combination = |view: &View<'s>| matches!(view.class(), Class::Combination(_));
        let single = |parts: &Option<(Vec<View<'s>>, Class<'s>)>| match parts {
            Some((parts, _)) if parts.len() == 1 => parts.first().cloned(),
            _ => None,
        };
        match (combination(reader), combination(writer)) {
            (true, false) => {
                if let Some(part) = single(&mine) {
                    return Some(self.is_compatible(&part, writer));
                }
            }
            (false, true) => {
                if let Some(part) = single(&theirs) {
                    return Some(self.is_compatible(reader, &part));
                }
            }
            _ => {}
        }
        if let (Some((mine, Class::Combination("anyOf" | "oneOf"))), false) =
            (&mine, combination(writer))
        {
            return Some(mine.iter().any(|part| self.is_compatible(part, writer)));
        }
        None
    }
}
