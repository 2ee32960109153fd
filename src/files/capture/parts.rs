//! The files of a split capture: their names, and which of them are missing.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use super::{file::CaptureFile, layout::SplitPart, part::folder};

/// Suffixes of capture files, which a part's number stands before.
const SUFFIXES: [&str; 5] = ["gz", "zst", "json", "jsonl", "ndjson"];

/// `a.ndjson.zst` as `a.0001.ndjson.zst`.
pub(super) fn numbered(path: &Path, number: u32) -> PathBuf {
    let (stem, suffixes) = split_suffixes(path);
    let mut name = stem.into_os_string();
    name.push(format!(".{number:04}"));
    name.push(suffixes);
    name.into()
}

/// `a.v1.ndjson.zst` as `a.v1` and `.ndjson.zst`.
fn split_suffixes(path: &Path) -> (PathBuf, String) {
    let mut stem = path.to_owned();
    let mut suffixes = String::new();
    while let Some(suffix) = stem.extension().and_then(OsStr::to_str).map(str::to_owned)
        && SUFFIXES.contains(&suffix.as_str())
    {
        stem.set_extension("");
        suffixes.insert_str(0, &format!(".{suffix}"));
    }
    (stem, suffixes)
}

/// The parts of the split capture `path` that exist, finished or not, in no order.
///
/// # Errors
/// The folder cannot be listed.
pub(super) fn existing_parts(path: &Path) -> io::Result<Vec<(u32, PathBuf)>> {
    let (stem, suffixes) = split_suffixes(path);
    let Some(stem) = stem.file_name().and_then(OsStr::to_str) else {
        return Ok(Vec::new());
    };
    let number = |name: &str| {
        let name = name.strip_suffix(".part").unwrap_or(name);
        let digits = name
            .strip_prefix(stem)?
            .strip_prefix('.')?
            .strip_suffix(&suffixes)?;
        let wide = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
        wide.then(|| digits.parse().ok()).flatten()
    };
    let mut parts = Vec::new();
    for entry in fs::read_dir(folder(path))? {
        let entry = entry?;
        if let Some(number) = entry.file_name().to_str().and_then(number) {
            parts.push((number, entry.path()));
        }
    }
    Ok(parts)
}

/// The split captures that files belong to, to find out which of their parts are missing.
#[derive(Debug, Default)]
pub struct SplitSets(Vec<Member>);

#[derive(Debug)]
struct Member {
    path: PathBuf,
    part: SplitPart,
    more: bool,
}

/// A part of a split capture that was not read, and is not beside the others either.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("part {number} of the split capture is missing, which {neighbour:?} belongs to")]
pub struct MissingPart {
    /// Its number, from 1.
    pub number: u32,
    /// A part of the same capture that was read.
    pub neighbour: String,
}

impl SplitSets {
    /// Notes that the file `path` was read to its end. `more` is what its last line says about a
    /// part that follows.
    pub fn note(&mut self, path: &Path, part: Option<&SplitPart>, more: bool) {
        if let Some(part) = part {
            self.0.push(Member {
                path: path.to_owned(),
                part: part.clone(),
                more,
            });
        }
    }

    /// The first part before or after one that was read that is missing. A part that is there and
    /// was not read was left out on purpose.
    #[must_use]
    pub fn missing(&self) -> Option<MissingPart> {
        self.missing_of(|_| true)
    }

    /// [`SplitSets::missing`] of the split capture that `part` belongs to.
    #[must_use]
    pub fn missing_beside(&self, part: &SplitPart) -> Option<MissingPart> {
        self.missing_of(|member| member.part.set == part.set)
    }

    fn missing_of(&self, is_of: impl Fn(&Member) -> bool) -> Option<MissingPart> {
        let mut members = self.0.iter().filter(|member| is_of(member));
        members.find_map(|member| {
            let number = member.part.number;
            let before = (number > 1).then(|| number - 1);
            let after = member.more.then_some(number + 1);
            let missing = before.into_iter().chain(after).find(|number| {
                let wanted = SplitPart {
                    number: *number,
                    ..member.part.clone()
                };
                let read = self.0.iter().any(|other| other.part == wanted);
                !read && !is_beside(&member.path, &member.part, &wanted)
            })?;
            Some(MissingPart {
                number: missing,
                neighbour: member.path.display().to_string(),
            })
        })
    }
}

/// Whether `wanted` is in the folder of `path`, which is `part`, under the name that it was given.
fn is_beside(path: &Path, part: &SplitPart, wanted: &SplitPart) -> bool {
    let Some(name) = path.file_name().and_then(OsStr::to_str) else {
        return false;
    };
    let [from, to] = [part.number, wanted.number].map(|number| format!(".{number:04}"));
    let Some(at) = name.rfind(&from) else {
        return false;
    };
    let sibling = format!("{}{to}{}", &name[..at], &name[at + from.len()..]);
    let header = CaptureFile::open(&path.with_file_name(sibling));
    header.is_ok_and(|file| file.header().and_then(|header| header.part.as_ref()) == Some(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_numbered_before_the_suffixes() {
        for (name, part) in [
            ("x/a.ndjson.zst", "x/a.0001.ndjson.zst"),
            ("a.jsonl", "a.0001.jsonl"),
            ("a.v1.gz", "a.v1.0001.gz"),
            ("a", "a.0001"),
            ("x.gz/a", "x.gz/a.0001"),
        ] {
            assert_eq!(numbered(Path::new(name), 1), Path::new(part));
        }
    }

    #[test]
    fn existing_parts_are_told_from_other_files() {
        let folder = tempfile::tempdir().unwrap();
        let files = [
            "a.0001.ndjson",
            "a.12345.ndjson.part",
            "a.0002.ndjson.zst",
            "a.2026.csv",
            "a.ndjson",
            "a.12.ndjson",
            "b.0001.ndjson",
        ];
        for file in files {
            fs::write(folder.path().join(file), "").unwrap();
        }
        let mut found = existing_parts(&folder.path().join("a.ndjson")).unwrap();
        found.sort();
        let expected = [(1, files[0]), (12_345, files[1])];
        assert_eq!(
            found,
            expected.map(|(number, name)| (number, folder.path().join(name)))
        );
    }
}
