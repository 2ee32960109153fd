//! A failure as the user sees it: what happened, why, and what to type next.
//!
//! Errors of the floors below are short fragments without advice; all advice is written here, so
//! that it can be reviewed in one place.

use std::{fmt, io};

use crate::{
    config::ConfigError,
    exit::Exit,
    files::{
        CsvFileError, FileError,
        capture::{CaptureError, CaptureWriteError},
    },
    pipeline::{Fault, Refused},
};

/// What a command ends with when it does not end well.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened, one line, lower case, no full stop.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to type next.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure with nothing but a message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Wrong usage or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Adds why it happened.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let failure = Self::new(Exit::Refused, "refused, nothing was written").cause(&refused);
        match refused {
            Refused::NoTerminal => failure.hint("pass --yes to do it without a question"),
            Refused::ClusterNotNamed(name) => failure.hint(format!("pass --yes --cluster {name}")),
            Refused::Declined => failure,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let fault = match fault.downcast::<Failure>() {
            Ok(failure) => return *failure,
            Err(fault) => fault,
        };
        let mut failure = Self::new(Exit::Partial, fault.to_string());
        let mut source = fault.source();
        while let Some(error) = source {
            failure = failure.cause(error);
            source = error.source();
        }
        failure
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

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
            CaptureError::Record { .. } => Self::new(Exit::Partial, message),
            CaptureError::Truncated { .. } => Self::new(Exit::Partial, message)
                .hint("pass --allow-truncated to take the records that are there"),
            CaptureError::LastLine { .. } => Self::new(Exit::Partial, message)
                .hint("the file was changed after it was written; capture again if you can"),
        }
    }
}

impl From<CaptureWriteError> for Failure {
    fn from(error: CaptureWriteError) -> Self {
        let message = error.to_string();
        match error {
            CaptureWriteError::Write { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => Self::new(Exit::NotFound, message).cause(source),
                _ => Self::usage(message).cause(source),
            },
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
