//! Failures of replays.

use super::{Failure, STATE_DIRECTORY};
use crate::{
    exit::Exit,
    replay::{MarkError, RewriteError},
    transfer::StateFileError,
};

impl From<RewriteError> for Failure {
    fn from(error: RewriteError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<MarkError> for Failure {
    fn from(error: MarkError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<StateFileError> for Failure {
    fn from(error: StateFileError) -> Self {
        let message = error.to_string();
        match error {
            StateFileError::InvalidId(_) => Self::usage(message)
                .hint("use letters, digits, dots, hyphens and underscores, 100 at most"),
            StateFileError::NoHome => Self::usage(message).hint("set XDG_STATE_HOME"),
            StateFileError::Io { verb, source, .. } => {
                let failure = Self::new(Exit::Refused, message).cause(source);
                match verb {
                    "write" => failure.hint(STATE_DIRECTORY),
                    _ => failure,
                }
            }
            StateFileError::Malformed { source, .. } => Self::new(Exit::Refused, message)
                .cause(source)
                .hint("a newer evctl may have written it; evctl replay cancel forgets it"),
            StateFileError::Version { kind, .. } => Self::new(Exit::Refused, message)
                .cause(format!("it is of the kind {kind}"))
                .hint("use the evctl that wrote it"),
            StateFileError::Running(_) => Self::new(Exit::Refused, message)
                .hint("--share lets several processes divide the work"),
        }
    }
}
