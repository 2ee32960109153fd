//! Offsets of a group, saved before they are changed.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use crate::event::Timestamp;

/// The longest part of a file's name that comes from the group's.
const NAME_BYTES: usize = 100;

/// Saves `content` in a new file of `directory`, which is called by the group and the time (ms).
///
/// # Errors
/// The file cannot be written; then there is none.
pub fn save_offsets(directory: &Path, group: &str, now: i64, content: &str) -> io::Result<PathBuf> {
    write_new(directory, &file_name(group, now), content)
}

/// `billing-20260102T100000.123Z`; a group's name may hold any character.
fn file_name(group: &str, now: i64) -> String {
    let safe = |character: char| match character {
        '.' | '-' | '_' => character,
        _ if character.is_ascii_alphanumeric() => character,
        _ => '_',
    };
    let name: String = group.chars().map(safe).take(NAME_BYTES).collect();
    let time = Timestamp(now).to_string().replace([':', '-'], "");
    // Neither a hidden file nor `..`.
    format!("{}-{time}", name.trim_start_matches('.'))
}

/// Writes a new file to the disk, readable by its owner only. A write that fails leaves none.
fn write_new(directory: &Path, stem: &str, content: &str) -> io::Result<PathBuf> {
    fs::create_dir_all(directory)?;
    let mut number = 1;
    loop {
        let name = match number {
            1 => format!("{stem}.csv"),
            _ => format!("{stem}-{number}.csv"),
        };
        let path = directory.join(name);
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        match options.open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(error),
            Ok(mut file) => {
                let written = file
                    .write_all(content.as_bytes())
                    .and_then(|()| file.sync_all());
                if written.is_err() {
                    let _ = fs::remove_file(&path);
                }
                return written.map(|()| path);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_group_may_be_called_anything_and_the_file_stays_in_its_folder() {
        let now = 1_767_261_600_123;
        assert_eq!(file_name("billing", now), "billing-20260101T100000.123Z");
        assert_eq!(file_name("../../etc", now), "_.._etc-20260101T100000.123Z");
        assert_eq!(file_name("a b/猫", now), "a_b__-20260101T100000.123Z");
        assert!(file_name(&"x".repeat(1_000), now).len() < 200);
    }

    #[test]
    fn a_file_is_never_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let first = write_new(folder.path(), "g", "1").unwrap();
        let second = write_new(folder.path(), "g", "2").unwrap();
        assert_ne!(first, second);
        assert_eq!(fs::read_to_string(first).unwrap(), "1");
        assert_eq!(fs::read_to_string(&second).unwrap(), "2");
        let mode = fs::metadata(second).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
