//! Changes of topics that the cluster refuses.

use super::{Failure, advice::granted_by};
use crate::{
    exit::Exit,
    kafka::wire::{ALREADY_EXISTS, Cause, POLICY_VIOLATION},
};

/// The exit code of a change that the cluster refused: its rules are guards as evctl's are, and a
/// value that it does not take was typed.
#[must_use]
pub fn refusal_exit(cause: &Cause) -> Exit {
    // Kafka's Errors.java: INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR,
    // INVALID_REPLICA_ASSIGNMENT, INVALID_CONFIG, INVALID_REQUEST.
    const TYPED: [i16; 6] = [17, 37, 38, 39, 40, 42];
    match cause {
        Cause::Broker {
            code: ALREADY_EXISTS | POLICY_VIOLATION,
            ..
        } => Exit::Refused,
        Cause::Broker { code, .. } if TYPED.contains(code) => Exit::Usage,
        cause if cause.is_not_found() => Exit::NotFound,
        _ => Exit::Unreachable,
    }
}

impl Failure {
    /// A change of a topic that the cluster refused, with nothing else done; it needs the right to
    /// `operation`.
    #[must_use]
    pub fn topic_refusal(message: impl Into<String>, cause: &Cause, operation: &str) -> Self {
        let failure = Self::new(refusal_exit(cause), message).cause(cause);
        match cause {
            Cause::NotAuthorized { .. } => failure.hint(granted_by(&format!(
                "--allow-principal User:NAME --operation {operation} --topic …"
            ))),
            _ => failure,
        }
    }
}
