//! Failures of files: text, CSV and captures.

use std::io;

use super::Failure;
use crate::{
    codec::shell::CommandLine,
    exit::Exit,
    files::{
        CsvFileError, FileError,
        capture::{CaptureError, CaptureWriteError},
    },
};

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let message = error.to_string();
        match error {
            FileError::Open { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Self::new(Exit::NotFound, message).cause(source)
            }
            FileError::Open { source, .. } => Self::usage(message).cause(source),
            FileError::Read { source, .. } => Self::new(Exit::Partial, message).cause(source),
            FileError::TooLong { .. } => Self::new(Exit::Partial, message),
        }
    }
}

impl From<CaptureError> for Failure {
    fn from(error: CaptureError) -> Self {
        let message = error.to_string();
        match error {
            CaptureError::File(error) => error.into(),
            CaptureError::Header { .. } => Self::usage(message),
            CaptureError::Version { .. } => {
                Self::usage(message).hint("read it with the evctl that wrote it, or a newer one")
            }
            CaptureError::Record { .. } | CaptureError::Empty(_) => {
                Self::new(Exit::Partial, message)
            }
            CaptureError::Truncated { .. } => Self::new(Exit::Partial, message)
                .hint("consume and tail take the records that are there with --allow-truncated"),
            CaptureError::MissingPart(_) => Self::new(Exit::Partial, message)
                .hint("--allow-truncated takes the parts that are there"),
            CaptureError::LastLine { .. } => Self::new(Exit::Partial, message)
                .hint("the file was changed after it was written; capture again if you can"),
        }
    }
}

impl From<CaptureWriteError> for Failure {
    fn from(error: CaptureWriteError) -> Self {
        let (message, left) = (error.to_string(), error.left_behind());
        match error {
            CaptureWriteError::Write { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => Self::new(Exit::NotFound, message).cause(source),
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge
                | io::ErrorKind::WriteZero => {
                    Self::new(Exit::Partial, message).cause(source).hint(left)
                }
                _ => Self::usage(message).cause(source),
            },
            CaptureWriteError::Exists(_) => Self::new(Exit::Refused, message)
                .hint("--force replaces it when the new capture is whole"),
            CaptureWriteError::Unfinished(name) => {
                let consume = CommandLine::evctl("consume").operand(name);
                Self::new(Exit::Refused, message)
                    .hint(format!("{} reads it", consume.and("--allow-truncated")))
                    .hint("--force replaces it")
            }
            CaptureWriteError::InProgress(_) => Self::new(Exit::Refused, message),
            CaptureWriteError::Suffix(_) => Self::usage(message)
                .hint("the suffix tells a file from a topic, and how it is compressed"),
            CaptureWriteError::SplitStream => {
                Self::usage(message).hint("name a file with -O, or leave out --split")
            }
        }
    }
}

impl From<CsvFileError> for Failure {
    fn from(error: CsvFileError) -> Self {
        match error {
            CsvFileError::File(error) => error.into(),
            CsvFileError::Row { line, .. } => {
                let exit = if line == 1 {
                    Exit::Usage
                } else {
                    Exit::Partial
                };
                Self::new(exit, error.to_string())
            }
        }
    }
}
