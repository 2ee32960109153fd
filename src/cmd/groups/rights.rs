//! Rights that are missing, by the line that grants them.

use crate::kafka::wire::{Cause, Client};

/// The line for an administrator: `operation` on `resource`, for whoever asks.
pub(super) fn grant(client: &Client, operation: &str, resource: &str) -> String {
    let sasl = client.settings().sasl.as_ref();
    let user = sasl.map_or("NAME", |sasl| &*sasl.username);
    format!(
        "an administrator grants it: kafka-acls --add --allow-principal User:{user} \
         --operation {operation} {resource}"
    )
}

/// A group as `kafka-acls` names it.
pub(super) fn on_group(name: &str) -> String {
    format!("--group {}", shell(name))
}

/// A topic as `kafka-acls` names it.
pub(super) fn on_topic(name: &str) -> String {
    format!("--topic {}", shell(name))
}

/// Whether it is a right that is missing.
pub(super) fn is_missing(cause: &Cause) -> bool {
    matches!(cause, Cause::NotAuthorized { .. })
}

/// `text` as one word of a shell.
pub(super) fn shell(text: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:,@%+=".contains(character);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stays_one_word() {
        assert_eq!(shell("billing-1.x"), "billing-1.x");
        assert_eq!(shell("it's me"), r"'it'\''s me'");
        assert_eq!(shell("$(rm)"), "'$(rm)'");
        assert_eq!(shell(""), "''");
    }
}
