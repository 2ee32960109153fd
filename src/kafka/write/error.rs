//! Why a producer cannot be made, or can go on no more.

use super::{Code, raw::RawError};

/// A producer that cannot be made, or that can go on no more.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// librdkafka does not take a property.
    #[error("property {name:?}: {reason}")]
    Property {
        /// The property's name; its value may be a secret.
        name: String,
        /// In librdkafka's words.
        reason: String,
    },
    /// librdkafka does not start.
    #[error("the producer cannot start: {0}")]
    Start(String),
    /// The producer can go on no more: it was fenced, or lost its place in the sequence.
    #[error("the producer cannot go on: {reason}")]
    Fatal {
        /// Why.
        code: Code,
        /// In librdkafka's words.
        reason: String,
    },
}

impl WriteError {
    /// Why the producer can go on no more; `None` when it was never made.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Fatal { code, .. } => Some(*code),
            Self::Property { .. } | Self::Start(_) => None,
        }
    }
}

impl From<RawError> for WriteError {
    fn from(error: RawError) -> Self {
        match error {
            RawError::Property { name, reason } => Self::Property { name, reason },
            RawError::Start(reason) => Self::Start(reason),
        }
    }
}
