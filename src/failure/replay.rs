//! Failures of a replay's rules.

use super::Failure;
use crate::replay::{MarkError, RewriteError};

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
