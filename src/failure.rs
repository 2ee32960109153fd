//! A failure as the user sees it: what happened, why, and what to type next.
//!
//! Errors of the floors below are short fragments without advice; all advice is written here, so
//! that it can be reviewed in one place.

use std::fmt;

use crate::{
    config::ConfigError,
    exit::Exit,
    filter::{FilterError, JqError},
    output::{
        records::{ColumnError, TemplateError, UnknownFormat},
        report::UnknownReportFormat,
    },
    pipeline::{Fault, Refused},
    select::SelectError,
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

impl From<SelectError> for Failure {
    fn from(error: SelectError) -> Self {
        let missing = matches!(error, SelectError::NoSuchPartition { .. });
        let exit = if missing { Exit::NotFound } else { Exit::Usage };
        let failure = Self::new(exit, error.to_string());
        match error {
            SelectError::Position(_) => failure.hint(
                "a position is earliest, latest, stored, 1042, -100, +100, @1767261600123, -2h, \
                 now, 2026-01-02 or 2026-01-02T10:00:00Z",
            ),
            SelectError::NoEnd(_) => {
                failure.hint("--from takes the last N records of each partition")
            }
            _ => failure,
        }
    }
}

impl From<FilterError> for Failure {
    fn from(error: FilterError) -> Self {
        match error {
            // regex says where it is wrong over several lines.
            FilterError::Grep(_, cause) => Self::usage(format!("--grep: {cause}")),
            FilterError::Jq(error) => Self::usage(format!("--filter: {error}")),
        }
    }
}

impl From<JqError> for Failure {
    fn from(error: JqError) -> Self {
        Self::usage(format!("--jq: {error}"))
    }
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        Self::usage(format!("--format: {error}")).hint(
            "%s value, %k key, %t topic, %p partition, %o offset, %T timestamp in ms, %h headers, \
             %S and %K lengths, %R binary length, %% a percent sign; \\n \\r \\t \\e \\0 \\xNN",
        )
    }
}

impl From<ColumnError> for Failure {
    fn from(error: ColumnError) -> Self {
        Self::usage(format!("--columns: {error}"))
    }
}

impl From<UnknownFormat> for Failure {
    fn from(error: UnknownFormat) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<UnknownReportFormat> for Failure {
    fn from(error: UnknownReportFormat) -> Self {
        Self::usage(error.to_string())
    }
}
