//! What to do instead of a change that a registry refuses, with the names of this very schema.

use super::{catalogue, side::Side};
use crate::schema::Direction;

/// A fix for a difference that was found in this direction.
pub(super) fn fix(id: &str, direction: Direction, old: &Side, new: &Side) -> String {
    let within = |side: &Side| parent(&side.place.pointer).to_owned();
    let (before, after) = (old.shown.as_deref(), new.shown.as_deref());
    match (id.strip_prefix("protobuf/").unwrap_or(id), before, after) {
        ("package-changed", Some(before), _) => format!("keep `{before};`"),
        ("message-removed" | "karapace-message-drop", Some(before), _) => {
            format!("keep `{before}`, or register the schema under another subject")
        }
        ("message-removed" | "karapace-message-drop", None, Some(after)) => format!(
            "add `{after}` when all consumers can be updated first, or register it under a \
             subject of its own"
        ),
        ("oneof-field-removed" | "karapace-one-of-field-drop", Some(before), None) => {
            format!("keep `{before}`, marked [deprecated = true]")
        }
        ("oneof-field-removed" | "karapace-one-of-field-drop", None, Some(after)) => format!(
            "put `{after}` outside of the oneof, or update all consumers before it is written"
        ),
        (
            "required-field-added" | "required-field-removed" | "apicurio-required-fields",
            before,
            after,
        ) => {
            let shown = after.or(before).unwrap_or("the field");
            let optional = shown.replacen("required ", "optional ", 1);
            format!("make it `{optional}`")
        }
        (
            "multiple-fields-moved-to-oneof"
            | "karapace-few-fields-converted-to-one-of"
            | "field-moved-to-existing-oneof",
            ..,
        ) => {
            let named = |side: &Side| side.shown.clone().unwrap_or_else(|| "the oneof".to_owned());
            match direction {
                Direction::Backward => format!(
                    "leave the fields of {} outside of `{}`",
                    within(new),
                    named(new)
                ),
                Direction::Forward => format!(
                    "keep the fields of {} in `{}`, or update all consumers before more than one \
                     of them is written",
                    within(old),
                    named(old)
                ),
            }
        }
        (
            "buf-reserved-message-no-delete"
            | "buf-reserved-enum-no-delete"
            | "apicurio-no-removing-reserved-fields"
            | "apicurio-no-using-reserved-fields",
            _,
            Some(after),
        ) if direction == Direction::Forward => format!(
            "nothing is needed for the data: these rules are asked from new to old too, and the \
             old schema has no `{after}`"
        ),
        // Here nobody has to be asked for an update.
        ("buf-message-same-required-fields", ..) => general(id),
        (_, None, Some(after)) if direction == Direction::Forward => format!(
            "update all consumers before `{after}` is used: these rules are asked from new to old \
             too, and the old schema does not have it"
        ),
        (_, Some(before), Some(after)) if is_field(before) && before != after => {
            replaced(id, before, after, &within(new))
        }
        (_, Some(before), None) if is_field(before) => {
            let (number, name) = numbered(before);
            format!(
                "add `reserved {number}; reserved \"{name}\";` to {}",
                new.place.pointer
            )
        }
        _ => general(id),
    }
}

fn general(id: &str) -> String {
    catalogue::rule(id).map_or_else(String::new, |rule| rule.fix.to_owned())
}

/// For a field that became another one.
fn replaced(id: &str, before: &str, after: &str, message: &str) -> String {
    let (number, name) = numbered(before);
    let rule = catalogue::rule(id).map_or("", |rule| rule.fix);
    if rule.starts_with("add a field") {
        return format!(
            "keep `{before}` in {message} and add the new one with a number that is not in use"
        );
    }
    let renamed = numbered(after).1;
    if rule.contains("json_name") && renamed != name {
        return format!(
            "write `{after} [json_name = \"{}\"]`",
            super::view::camel(name)
        );
    }
    if rule.starts_with("keep the number") {
        return format!("keep the number {number}: `{before}`");
    }
    format!("keep `{before}`")
}

fn is_field(shown: &str) -> bool {
    shown.contains(" = ")
}

/// The number and the name of `type name = number`.
pub(super) fn numbered(shown: &str) -> (&str, &str) {
    let (front, number) = shown.rsplit_once(" = ").unwrap_or((shown, ""));
    (number, front.rsplit(' ').next().unwrap_or(front))
}

fn parent(pointer: &str) -> &str {
    pointer.rfind('.').map_or(pointer, |dot| &pointer[..dot])
}
