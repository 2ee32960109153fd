//! Where files are read from: this machine's disk, or a commit.

use std::{
    fs, io,
    path::Path,
    process::{Command, Stdio},
};

use crate::{exit::Exit, failure::Failure};

/// A larger schema is nobody's.
const LARGEST: u64 = 64 << 20;

/// Files by their paths, with `/` between.
#[derive(Clone, Debug)]
pub(super) enum Tree {
    Disk,
    /// The commit's name.
    Git(String),
}

impl Tree {
    /// The name that `path` is shown by.
    pub(super) fn label(&self, path: &str) -> String {
        match self {
            Self::Disk => path.to_owned(),
            Self::Git(reference) => format!("git:{reference}:{path}"),
        }
    }

    /// The text of a file; `None` when there is no such file.
    ///
    /// # Errors
    /// It cannot be read, is too large, or no UTF-8.
    pub(super) fn read(&self, path: &str) -> Result<Option<String>, Failure> {
        let bytes = match self {
            Self::Disk => match fs::metadata(path) {
                Ok(found) if !found.is_file() && !found.is_dir() => fs::read(path),
                Ok(found) if found.is_dir() => return Ok(None),
                Ok(found) if found.len() > LARGEST => return Err(too_large(path)),
                Ok(_) => fs::read(path),
                Err(error) => Err(error),
            },
            Self::Git(reference) => return show(reference, path),
        };
        match bytes {
            Ok(bytes) => text(path, bytes).map(Some),
            Err(error) if is_missing(&error) => Ok(None),
            Err(error) => Err(Failure::usage(format!("{path:?} cannot be read")).cause(error)),
        }
    }

    /// Every file below a folder, in order; `None` when it is no folder.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) fn files(&self, folder: &str) -> Result<Option<Vec<String>>, Failure> {
        let mut found = Vec::new();
        match self {
            Self::Disk => {
                if !Path::new(folder).is_dir() {
                    return Ok(None);
                }
                below(Path::new(folder), &mut found).map_err(|error| {
                    Failure::usage(format!("{folder:?} cannot be read")).cause(error)
                })?;
            }
            Self::Git(reference) => {
                let listed = git(&[
                    "ls-tree",
                    "-r",
                    "-z",
                    "--name-only",
                    reference,
                    "--",
                    &format!("{}/", folder.trim_end_matches('/')),
                ])?;
                let listed = String::from_utf8_lossy(&listed);
                found.extend(listed.split_terminator('\0').map(str::to_owned));
                if found.is_empty() {
                    return Ok(None);
                }
            }
        }
        found.sort_unstable();
        Ok(Some(found))
    }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn text(path: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::usage(format!("{path:?} is not UTF-8 at byte {at}"))
    })
}

fn too_large(path: &str) -> Failure {
    Failure::usage(format!("{path:?} is larger than {} MiB", LARGEST >> 20))
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

/// The file at `path` in the commit `reference`.
fn show(reference: &str, path: &str) -> Result<Option<String>, Failure> {
    let object = format!("{reference}:{path}");
    let kind = ask(&["cat-file", "-t", &object])?;
    match kind.as_deref() {
        Ok(b"blob\n") => {
            let bytes = git(&["cat-file", "blob", &object])?;
            if bytes.len() as u64 > LARGEST {
                return Err(too_large(path));
            }
            text(path, bytes).map(Some)
        }
        Ok(_) => Ok(None),
        Err(said) => {
            // A commit that is not there is another thing than a file that is not in it.
            let commit = format!("{reference}^{{commit}}");
            match ask(&["rev-parse", "--verify", "--quiet", &commit])? {
                Ok(_) => Ok(None),
                Err(_) => Err(Failure::new(
                    Exit::NotFound,
                    format!("Git knows no commit {reference:?}"),
                )
                .cause(said)
                .hint("in CI fetch it first: git fetch origin main")),
            }
        }
    }
}

/// What Git prints.
///
/// # Errors
/// There is no Git, or it refuses.
pub(super) fn git(arguments: &[&str]) -> Result<Vec<u8>, Failure> {
    let answer = ask(arguments)?;
    answer.map_err(|said| Failure::usage(format!("git {}", arguments.join(" "))).cause(said))
}

/// What Git prints, or what it complains about.
fn ask(arguments: &[&str]) -> Result<Result<Vec<u8>, String>, Failure> {
    let output = Command::new("git")
        .args(arguments)
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .output()
        .map_err(|error| {
            let failure = Failure::usage("git cannot be run").cause(&error);
            match error.kind() {
                io::ErrorKind::NotFound => failure.hint("install it: apt-get install git"),
                _ => failure,
            }
        })?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Ok(Err(said.lines().next().unwrap_or("it failed").to_owned()))
}
