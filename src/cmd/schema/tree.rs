//! Where files are read from: this machine's disk, or a commit.
//!
//! Paths in Git count from the root of the repository, wherever we stand in it.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::git::{Commit, git};
use crate::{failure::Failure, files::without_byte_order_mark};

/// A larger schema is nobody's.
pub(super) const LARGEST: u64 = 64 << 20;

/// Files by their paths, with `/` between.
#[derive(Debug)]
pub(super) enum Tree {
    Disk,
    /// What lies on the disk of the repository; the way up to its root, such as `../`.
    Checkout(String),
    Git(Commit),
}

impl Tree {
    /// The name that `path` is shown by.
    pub(super) fn label(&self, path: &str) -> String {
        match self {
            Self::Disk | Self::Checkout(_) => path.to_owned(),
            Self::Git(commit) => format!("git:{}:{path}", commit.name),
        }
    }

    /// The path behind a label.
    pub(super) fn path_of(&self, label: &str) -> String {
        let path = label.strip_prefix(&self.label(""));
        path.unwrap_or(label).to_owned()
    }

    /// Takes note of where a file of a commit is.
    pub(super) fn learn(&mut self, path: &str, id: &str) {
        if let Self::Git(commit) = self {
            commit.learn(path, id);
        }
    }

    /// The text of a file; `None` when there is no such file.
    ///
    /// # Errors
    /// It cannot be read, is too large, or no UTF-8.
    pub(super) fn read(&self, path: &str) -> Result<Option<String>, Failure> {
        match self {
            Self::Disk => on_disk(path),
            Self::Checkout(root) => on_disk(&format!("{root}{path}")),
            Self::Git(commit) => match commit.read(path)? {
                Some(bytes) => text(path, &bytes).map(Some),
                None => Ok(None),
            },
        }
    }

    /// Every file below a folder, in order; `None` when it is no folder.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn files(&self, folder: &str) -> Result<Option<Vec<String>>, Failure> {
        let mut found = Vec::new();
        match self {
            Self::Checkout(_) => return Ok(None),
            Self::Disk => {
                if !Path::new(folder).is_dir() {
                    return Ok(None);
                }
                below(Path::new(folder), &mut found).map_err(|error| {
                    Failure::usage(format!("{folder:?} cannot be read")).cause(error)
                })?;
            }
            Self::Git(commit) => {
                found = commit.below(folder)?;
                if found.is_empty() {
                    return Ok(None);
                }
            }
        }
        found.sort_unstable();
        Ok(Some(found))
    }
}

/// A path that is typed as relative to where we stand, such as `./a.avsc`, from the root.
///
/// # Errors
/// There is no Git, or no repository.
pub(super) fn from_root(path: &str) -> Result<String, Failure> {
    if !path.starts_with("./") && !path.starts_with("../") {
        return Ok(path.to_owned());
    }
    let prefix = git(&["rev-parse", "--show-prefix"])?;
    let prefix = String::from_utf8_lossy(&prefix);
    Ok(plain(&format!("{}{path}", prefix.trim_end())))
}

/// A path without `.` and `..` in the midst of it, as Git wants it.
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
fn on_disk(path: &str) -> Result<Option<String>, Failure> {
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
        Err(error) => Err(Failure::usage(format!("{path:?} cannot be read")).cause(error)),
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
pub(super) fn text(path: &str, bytes: &[u8]) -> Result<String, Failure> {
    if bytes.len() as u64 > LARGEST {
        let most = LARGEST >> 20;
        return Err(Failure::usage(format!(
            "{path:?} is larger than {most} MiB"
        )));
    }
    let consequence = "; a registry refuses a schema that has one";
    let plain = without_byte_order_mark(bytes, path, consequence);
    match std::str::from_utf8(plain) {
        Ok(text) => Ok(text.to_owned()),
        Err(error) => {
            let at = bytes.len() - plain.len() + error.valid_up_to();
            Err(Failure::usage(format!(
                "{path:?} is not UTF-8 at byte {at}"
            )))
        }
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
