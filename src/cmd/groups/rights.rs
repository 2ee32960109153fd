//! Rights that are missing, by the line that grants them.

use crate::{
    codec::shell,
    kafka::wire::{Cause, Client},
};

/// The line for an administrator: `operation` on `resource`, for whoever asks.
pub(super) fn grant(client: &Client, operation: &str, resource: &str) -> String {
    let sasl = client.settings().sasl.as_ref();
    let user = sasl.map_or("NAME", |sasl| &*sasl.username);
    format!(
        "an administrator grants it: kafka-acls --add {} --operation {operation} {resource}",
        shell::option("--allow-principal", &format!("User:{user}"))
    )
}

/// A group as `kafka-acls` names it.
pub(super) fn on_group(name: &str) -> String {
    shell::option("--group", name)
}

/// A topic as `kafka-acls` names it.
pub(super) fn on_topic(name: &str) -> String {
    shell::option("--topic", name)
}

/// Whether it is a right that is missing.
pub(super) fn is_missing(cause: &Cause) -> bool {
    matches!(cause, Cause::NotAuthorized { .. })
}
