//! A failure as the user sees it: what happened, why, and what to type next.
//!
//! Errors of the floors below are short fragments without advice. This folder turns them into
//! failures, one file per area, and holds the advice that several commands give (`advice.rs`), so
//! that it can be reviewed in one place.

mod advice;
mod config;
mod files;
mod groups;
mod kafka;
mod output;
mod permit;
mod produce;
mod registry;
mod replay;
mod sandbox;
mod schema;
mod select;
mod topics;
mod transfer;

use std::fmt;

use crate::{
    exit::Exit,
    files::capture::{CaptureError, CaptureWriteError},
    kafka::{
        wire::{ConnectError, ReadError, cause::WireError},
        write::{GroupError, TransactionError},
    },
    pipeline::Fault,
    replay::DecideError,
    select::SelectError,
    transfer::{GroupReadError, TransferError},
};

pub use advice::{Resource, STALL_TIMEOUT, STATE_DIRECTORY, grant};
pub use kafka::RUN_AGAIN;
pub use produce::ProduceRun;
pub use topics::refusal_exit;

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
    /// Whether the positions reached are void because their topic was deleted: no resume command
    /// is offered.
    pub stale: bool,
}

impl Failure {
    /// A failure with nothing but a message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            stale: false,
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

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let fault = match fault.downcast::<Self>() {
            Ok(failure) => return *failure,
            Err(fault) => fault,
        };
        /// Returns the failure behind the fault when it is one of these errors.
        macro_rules! known {
            ($fault:ident: $($error:ty),*) => {$(
                let $fault = match $fault.downcast::<$error>() {
                    Ok(error) => return Self::from(*error),
                    Err(other) => other,
                };
            )*};
        }
        known!(fault: ReadError, WireError, GroupError, TransactionError, CaptureError);
        known!(fault: CaptureWriteError, SelectError, TransferError, DecideError);
        known!(fault: ConnectError, GroupReadError);
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
