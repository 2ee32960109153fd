//! Reservations, removed fields, numbers, types and required fields.

use std::collections::BTreeSet;

use super::{Check, is_seen, names};
use crate::schema::protobuf::{
    model::{Field, Label, Message, Syntax},
    reserved::Reserved,
    side::{Side, spelled},
};

impl Check<'_> {
    /// `checkNoUsingReservedFields`
    pub(super) fn reserved_used(&mut self) {
        let names: Vec<&str> = self.new.messages.keys().copied().collect();
        for name in names {
            let (Some(before), Some(after)) = (self.old.message(name), self.new.message(name))
            else {
                continue;
            };
            let mut taken = Vec::new();
            let mut count = 0;
            for field in after.fields.iter().filter(|field| is_seen(field)) {
                let uses = usize::from(before.reserved.holds(field.number))
                    + usize::from(before.reserved.names(&field.name));
                if uses > 0 {
                    taken.push(field);
                }
                count += uses;
            }
            let Some(first) = taken.first() else { continue };
            let text = format!("Conflict of reserved {count} fields, message {name}");
            let mut new = self.new.place(name).at(first.at);
            new = new.showing(shown(&self.new, &taken));
            let old = self.old.place(name).showing(reservations(before));
            self.add(
                "protobuf/apicurio-no-using-reserved-fields",
                name,
                text,
                (old, new),
            );
        }
    }

    /// `checkNoRemovingReservedFields`
    pub(super) fn reserved_removed(&mut self) {
        let names: Vec<&str> = self.old.messages.keys().copied().collect();
        for name in names {
            let Some(before) = self.old.message(name) else {
                continue;
            };
            let after = self.new.message(name);
            let none = Reserved::default();
            let after = after.map_or(&none, |after| &after.reserved);
            let numbers: i64 = (before.reserved.ranges.iter())
                .flat_map(|range| after.missing(*range))
                .map(|range| i64::from(range.to) - i64::from(range.from) + 1)
                .sum();
            let before_names: BTreeSet<&String> = before.reserved.names.iter().collect();
            let gone = before_names.iter().filter(|one| !after.names(one)).count();
            let count = numbers + i64::try_from(gone).unwrap_or(i64::MAX);
            if count > 0 {
                let text = format!("{count} reserved fields were removed, message {name}");
                let old = self.old.place(name).showing(reservations(before));
                let new = self.new.place(name);
                self.add(
                    "protobuf/apicurio-no-removing-reserved-fields",
                    name,
                    text,
                    (old, new),
                );
            }
        }
    }

    /// `checkNoRemovingFieldsWithoutReserve`: a name and a number count one each.
    pub(super) fn removed_without_reserve(&mut self) {
        let names: Vec<&str> = self.old.messages.keys().copied().collect();
        for name in names {
            let kept = self.new.fields(name);
            let after = self.new.message(name);
            let mut gone = Vec::new();
            let mut count = 0;
            for (field, view) in self.old.fields(name) {
                if kept.contains_key(field) {
                    continue;
                }
                let number = view.field.number;
                let named = after.is_some_and(|after| after.reserved.names(field));
                let numbered = after.is_some_and(|after| after.reserved.holds(number))
                    || after.is_some_and(|after| after.field(number).is_some_and(is_seen));
                let open = usize::from(!named) + usize::from(!numbered);
                if open > 0 {
                    gone.push(view.field);
                }
                count += open;
            }
            let Some(first) = gone.first() else { continue };
            let text = format!("{count} fields removed without reservation, message {name}");
            let old = self
                .old
                .place(name)
                .at(first.at)
                .showing(shown(&self.old, &gone));
            let new = self.new.place(name);
            let id = "protobuf/apicurio-no-removing-fields-without-reserve";
            self.add(id, name, text, (old, new));
        }
    }

    /// `checkNoChangingFieldIDs`
    pub(super) fn numbers(&mut self) {
        let id = "protobuf/apicurio-no-changing-field-ids";
        let text = |name: &str, before: i32, after: i32| {
            format!("Conflict, field id changed, message {name} , before: {before} , after {after}")
        };
        let names: Vec<&str> = self.old.messages.keys().copied().collect();
        for name in names {
            let after = self.new.fields(name);
            for (field, one) in self.old.fields(name) {
                let Some(two) = after.get(field) else {
                    continue;
                };
                if one.field.number != two.field.number {
                    let text = text(name, one.field.number, two.field.number);
                    self.add(id, name, text, (Side::field(one), Side::field(*two)));
                }
            }
        }
        for (name, before, after) in self.enums() {
            let (old, new) = (self.old.schema, self.new.schema);
            for one in &old.enumeration(before).values {
                let Some(two) = new.enumeration(after).named(&one.name) else {
                    continue;
                };
                if one.number != two.number {
                    let sides = (Side::value(old, before, one), Side::value(new, after, two));
                    self.add(id, name, text(name, one.number, two.number), sides);
                }
            }
        }
    }

    /// `checkNoChangingFieldTypes`: fields with the same name, and the labels as written.
    pub(super) fn types(&mut self) {
        let id = "protobuf/apicurio-no-changing-field-types";
        let names: Vec<&str> = self.old.messages.keys().copied().collect();
        for name in names {
            let after = self.new.fields(name);
            for (field, one) in self.old.fields(name) {
                let Some(two) = after.get(field) else {
                    continue;
                };
                let before = names::full(&self.old, one.field, name);
                if before != names::full(&self.new, two.field, name) {
                    let (was, is) = (
                        spelled(self.old.schema, &one.field.kind),
                        spelled(self.new.schema, &two.field.kind),
                    );
                    let text =
                        format!("Field type changed, message {name} , before: {was} , after {is}");
                    self.add(id, name, text, (Side::field(one), Side::field(*two)));
                }
                if one.field.label != two.field.label {
                    let (was, is) = (label(one.field), label(two.field));
                    let text =
                        format!("Field label changed, message {name} , before: {was} , after {is}");
                    self.add(id, name, text, (Side::field(one), Side::field(*two)));
                }
            }
        }
    }

    /// `checkRequiredFields`, only when the old file says that it is proto2.
    pub(super) fn required(&mut self) {
        let syntax = self.old.file.map(|file| self.old.schema.files[file].syntax);
        if syntax != Some(Syntax::Proto2) {
            return;
        }
        let names: Vec<&str> = self.new.messages.keys().copied().collect();
        for name in names {
            let before = self.old.fields(name);
            if before.is_empty() {
                continue;
            }
            for (field, view) in self.new.fields(name) {
                if !before.contains_key(field) && view.field.label == Some(Label::Required) {
                    let text = format!(
                        "required field added in new version, message {name}, after {field}"
                    );
                    let sides = (self.old.place(name), Side::field(view));
                    self.add("protobuf/apicurio-required-fields", name, text, sides);
                }
            }
        }
    }
}

fn label(field: &Field) -> &'static str {
    match field.label {
        None => "null",
        Some(Label::Optional) => "OPTIONAL",
        Some(Label::Required) => "REQUIRED",
        Some(Label::Repeated) => "REPEATED",
    }
}

fn shown(index: &super::Index<'_>, fields: &[&Field]) -> String {
    let declared = |field: &&Field| crate::schema::protobuf::side::declaration(index.schema, field);
    fields.iter().map(declared).collect::<Vec<_>>().join("; ")
}

fn reservations(message: &Message) -> String {
    let numbers = message.reserved.ranges.iter().map(|range| match range {
        range if range.from == range.to => range.from.to_string(),
        range => format!("{} to {}", range.from, range.to),
    });
    let names = message
        .reserved
        .names
        .iter()
        .map(|name| format!("{name:?}"));
    let all: Vec<String> = numbers.chain(names).collect();
    format!("reserved {}", all.join(", "))
}
