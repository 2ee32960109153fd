//! Why a schema cannot be had.

use std::{io, path::PathBuf, sync::Arc};

use super::file_tree::LARGEST;
use crate::{
    registry::RegistryError,
    schema::{Format, Position, SchemaError},
};

/// A schema, a file of it or a place to look for it that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Standard input.
    #[error("standard input cannot be read")]
    Stdin(#[source] io::Error),
    /// A path that is no text.
    #[error("{0:?} is not UTF-8")]
    PathNotUtf8(PathBuf),
    /// Neither a file nor a folder.
    #[error("{0:?} does not exist")]
    Missing(String),
    /// A folder holds no schema.
    #[error("{0:?} is a folder without .proto files")]
    NoProtos(String),
    /// An empty file.
    #[error("{0:?} is empty")]
    Empty(String),
    /// Neither name nor text say what kind of schema it is.
    #[error("{0:?} does not say what kind of schema it is")]
    UnknownFormat(String),
    /// The file that was named for a reference.
    #[error("{file:?} of --reference {name}={file} does not exist")]
    MissingReference {
        /// What it is called by the schema.
        name: String,
        /// The file.
        file: String,
    },
    /// A file or a folder that is there and cannot be read.
    #[error("{name:?} cannot be read")]
    Unreadable {
        /// Its path.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// A file of a commit that cannot be read.
    #[error("git:{commit}:{path} cannot be read")]
    UnreadableInGit {
        /// The commit as it was named.
        commit: String,
        /// The path from the root.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A path that `git cat-file --batch` cannot be asked for.
    #[error("{0:?} cannot be read from Git")]
    LineBreak(String),
    /// A file that no schema is as large as.
    #[error("{0:?} is larger than {most} MiB", most = LARGEST >> 20)]
    TooLarge(String),
    /// A file that is no text.
    #[error("{name:?} is not UTF-8 at byte {at}")]
    NotUtf8 {
        /// The file.
        name: String,
        /// The index of the first byte that is none of UTF-8.
        at: usize,
    },
    /// Half a name of a file of a commit.
    #[error("{0:?} is not git:REF:path")]
    GitName(String),
    /// A subject without a name.
    #[error("a subject has no name")]
    NoSubject,
    /// A version that is none.
    #[error("{version:?} is not a version of {subject:?}")]
    Version {
        /// What stands there.
        version: String,
        /// The subject.
        subject: String,
    },
    /// A name in a registry, where none is known.
    #[error("no schema registry is named")]
    NoRegistry,
    /// The registry has no such version, or does not answer.
    #[error("{source}")]
    Registry {
        /// The subject that was asked for.
        subject: String,
        /// What went wrong.
        source: RegistryError,
    },
    /// The text is no schema.
    #[error("{source}")]
    Schema {
        /// Where and why.
        source: SchemaError,
        /// The kind that it looks like; `None` for the kind that it was taken for.
        looks_like: Option<Format>,
    },
    /// A command of Git failed.
    #[error("git {command} failed")]
    Git {
        /// `diff`
        command: String,
        /// The first line of its complaint.
        message: String,
    },
    /// Git is not there, or cannot be started.
    #[error("git cannot be run")]
    GitNotRun(#[source] io::Error),
    /// No commit of this name.
    #[error("Git knows no commit {name:?}")]
    NoCommit {
        /// The name.
        name: String,
        /// The first line of Git's complaint.
        message: String,
    },
    /// Not a range of commits.
    #[error("--git {0:?} is not BASE..HEAD")]
    Range(String),
    /// A path that neither side of a range has.
    #[error("{path:?} is neither in {base} nor in {head}")]
    InNeither {
        /// The path.
        path: String,
        /// The commit before.
        base: String,
        /// The commit after, or what the disk is called.
        head: String,
    },
}

impl SourceError {
    /// The file and the position in it that it is about, when that is known.
    #[must_use]
    pub fn location(&self) -> Option<(Arc<str>, Position)> {
        match self {
            Self::Schema { source, .. } => Some((Arc::clone(&source.file), source.at)),
            _ => None,
        }
    }
}
