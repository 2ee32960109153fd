//! Files by their paths, on the disk or in a commit.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::error::SourceError;
use crate::files::without_byte_order_mark;

/// The largest file that is read, in bytes.
pub(super) const LARGEST: u64 = 64 << 20;

/// Files by their paths, with `/` between the parts.
pub trait FileTree {
    /// The name that `path` is shown by.
    fn label(&self, path: &str) -> String;

    /// The path behind a label.
    fn path_of(&self, label: &str) -> String {
        let path = label.strip_prefix(&self.label(""));
        path.unwrap_or(label).to_owned()
    }

    /// The text of a file; `None` when there is no such file.
    ///
    /// # Errors
    /// It cannot be read, is too large, or no UTF-8.
    fn read(&self, path: &str) -> Result<Option<String>, SourceError>;

    /// Every file below a folder, in order; `None` when it is no folder.
    ///
    /// # Errors
    /// It cannot be read.
    fn files(&self, folder: &str) -> Result<Option<Vec<String>>, SourceError>;
}

/// This machine's disk; paths count from the working folder.
#[derive(Debug)]
pub(super) struct Disk;

impl FileTree for Disk {
    fn label(&self, path: &str) -> String {
        path.to_owned()
    }

    fn read(&self, path: &str) -> Result<Option<String>, SourceError> {
        on_disk(path)
    }

    fn files(&self, folder: &str) -> Result<Option<Vec<String>>, SourceError> {
        if !Path::new(folder).is_dir() {
            return Ok(None);
        }
        let mut found = Vec::new();
        below(Path::new(folder), &mut found).map_err(|source| SourceError::Unreadable {
            name: folder.to_owned(),
            source,
        })?;
        found.sort_unstable();
        Ok(Some(found))
    }
}

/// The files of a repository that lie on the disk; paths count from its root.
#[derive(Debug)]
pub(super) struct Checkout {
    /// The way from the working folder to the root, such as `../`.
    pub(super) up: String,
}

impl FileTree for Checkout {
    fn label(&self, path: &str) -> String {
        path.to_owned()
    }

    fn read(&self, path: &str) -> Result<Option<String>, SourceError> {
        on_disk(&format!("{}{path}", self.up))
    }

    /// Nothing: a range of commits names files.
    fn files(&self, _folder: &str) -> Result<Option<Vec<String>>, SourceError> {
        Ok(None)
    }
}

/// A path without `.` and `..` in its middle, as Git wants it.
pub(super) fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." if parts.last().is_some_and(|last| !matches!(*last, "" | "..")) => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

/// A file's text; `None` when there is none, as for a folder.
fn on_disk(path: &str) -> Result<Option<String>, SourceError> {
    let read = || -> io::Result<Option<Vec<u8>>> {
        if fs::metadata(path)?.is_dir() {
            return Ok(None);
        }
        // A pipe has no size to look at before.
        let mut bytes = Vec::new();
        File::open(path)?
            .take(LARGEST + 1)
            .read_to_end(&mut bytes)?;
        Ok(Some(bytes))
    };
    match read() {
        Ok(Some(bytes)) => text(path, &bytes).map(Some),
        Ok(None) => Ok(None),
        Err(error) if is_missing(&error) => Ok(None),
        Err(source) => Err(SourceError::Unreadable {
            name: path.to_owned(),
            source,
        }),
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// What was read as text.
///
/// # Errors
/// It is too large, or no UTF-8.
pub(super) fn text(path: &str, bytes: &[u8]) -> Result<String, SourceError> {
    if bytes.len() as u64 > LARGEST {
        return Err(SourceError::TooLarge(path.to_owned()));
    }
    let consequence = "; a registry refuses a schema that has one";
    let plain = without_byte_order_mark(bytes, path, consequence);
    match std::str::from_utf8(plain) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => Err(SourceError::NotUtf8 {
            name: path.to_owned(),
            at: bytes.len() - plain.len() + error.valid_up_to(),
        }),
    }
}

fn below(folder: &Path, found: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if hidden {
            continue;
        }
        if entry.file_type()?.is_dir() {
            below(&entry.path(), found)?;
        } else if let Some(path) = entry.path().to_str() {
            found.push(path.to_owned());
        }
    }
    Ok(())
}
