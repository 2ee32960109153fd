//! Answers from many brokers about many things: what came, and what did not.

use super::cause::{Cause, WireError};

/// What came and what failed: never a silently short list.
#[derive(Debug)]
pub struct Partial<T> {
    /// What came.
    pub items: T,
    /// What did not.
    pub failures: Vec<Unanswered>,
}

/// Something that was asked for and not answered.
#[derive(Debug, thiserror::Error)]
#[error("{what}: {cause}")]
pub struct Unanswered {
    /// What was asked for: a broker's address, a group, a partition.
    pub what: String,
    /// Why there is no answer. Not a `source`: its text is already in this one.
    pub cause: Cause,
}

impl<T: Default> Default for Partial<T> {
    fn default() -> Self {
        Self {
            items: T::default(),
            failures: Vec::new(),
        }
    }
}

impl<T> Partial<T> {
    /// What came, when nothing failed.
    ///
    /// # Errors
    /// The last failure.
    pub fn complete(mut self) -> Result<T, WireError> {
        match self.failures.pop() {
            None => Ok(self.items),
            Some(Unanswered { what, cause }) => Err(WireError {
                broker: what,
                cause,
            }),
        }
    }

    /// Adds a failure.
    pub(super) fn fail(&mut self, what: impl Into<String>, cause: Cause) {
        self.failures.push(Unanswered {
            what: what.into(),
            cause,
        });
    }
}
