//! Rights that are missing, by the line that grants them.

use crate::{
    failure::{self, Resource},
    kafka::wire::{Cause, Client},
};

/// The line for an administrator: `operation` on `resource`, for whoever asks.
pub(super) fn grant(client: &Client, operation: &str, resource: Resource<'_>) -> String {
    failure::grant(client.settings(), operation, resource)
}

/// Whether it is a right that is missing.
pub(super) fn is_missing(cause: &Cause) -> bool {
    matches!(cause, Cause::NotAuthorized { .. })
}
