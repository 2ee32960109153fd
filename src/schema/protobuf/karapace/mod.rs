//! Karapace's differ, step by step (`karapace/core/protobuf`: `compare_type_lists.py`,
//! `message_element.py`, `field_element.py`, `one_of_element.py`, `enum_element.py`). Unlike
//! Confluent's it follows every field into its message, under the path of that field.

mod field;
mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use self::types::Types;
use super::{
    difference::Difference,
    model::{EnumId, EnumValue, Field, MessageId, Schema, Type},
    pairs,
    side::Side,
    view::View,
};

/// How many messages are compared as the registry does it, every way to a message anew; what
/// comes later is compared once.
const PATIENCE: usize = 20_000;

/// The modifications that Karapace refuses (`Modification.is_compatible`).
const REFUSED: [&str; 8] = [
    "protobuf/karapace-message-drop",
    "protobuf/karapace-field-label-alter",
    "protobuf/karapace-field-kind-alter",
    "protobuf/karapace-field-type-alter",
    "protobuf/karapace-field-tag-alter",
    "protobuf/karapace-one-of-field-drop",
    "protobuf/karapace-few-fields-converted-to-one-of",
    "protobuf/karapace-message-move",
];

struct Walk<'s> {
    one: Types<'s>,
    two: Types<'s>,
    path: Vec<String>,
    locked: HashSet<MessageId>,
    seen: HashSet<(MessageId, MessageId)>,
    patience: usize,
    found: Vec<Difference>,
}

/// What Karapace finds from `original` to `update`.
pub(super) fn differences(original: &Schema, update: &Schema) -> Vec<Difference> {
    let mut walk = Walk {
        one: Types::of(original),
        two: Types::of(update),
        path: Vec::new(),
        locked: HashSet::new(),
        seen: HashSet::new(),
        patience: PATIENCE,
        found: Vec::new(),
    };
    for (one, two) in pairs::files(original, update) {
        walk.files(one, two);
    }
    walk.found
}

/// A message or an enum.
#[derive(Clone, Copy)]
enum Declared {
    Message(MessageId),
    Enum(EnumId),
}

impl<'s> Walk<'s> {
    fn files(&mut self, one: Option<usize>, two: Option<usize>) {
        let (original, update) = (self.one.schema, self.two.schema);
        let side = |schema: &'s Schema, index: Option<usize>| match index {
            Some(index) => Side::file(schema, index),
            None => Side::file(schema, 0).without(),
        };
        let (old, new) = (side(original, one), side(update, two));
        if let (Some(one), Some(two)) = (one, two) {
            let (one, two) = (&original.files[one], &update.files[two]);
            self.one.package = one.package();
            self.two.package = two.package();
            if self.one.package != self.two.package {
                self.add("protobuf/karapace-package-alter", old.clone(), new.clone());
            }
            if one.syntax != two.syntax {
                let shown = |file: &super::model::File| format!("{:?}", file.syntax).to_lowercase();
                let (old, new) = (
                    old.clone().showing(shown(one)),
                    new.clone().showing(shown(two)),
                );
                self.add("protobuf/karapace-syntax-alter", old, new);
            }
        }
        let declared = |schema: &'s Schema, index: Option<usize>| {
            let file = index.map(|index| &schema.files[index]);
            file.map_or_else(Vec::new, |file| list(schema, &file.messages, &file.enums))
        };
        let (one, two) = (declared(original, one), declared(update, two));
        self.lists(&one, &two, &(old.without(), new.without()));
    }

    /// `compare_type_lists`
    fn lists(
        &mut self,
        one: &[(&'s str, Declared)],
        two: &[(&'s str, Declared)],
        around: &(Side, Side),
    ) {
        self.one.declare(one);
        self.two.declare(two);
        let first: HashMap<&str, Declared> = one.iter().copied().collect();
        let second: HashMap<&str, Declared> = two.iter().copied().collect();
        let mut done = HashSet::new();
        for (name, _) in one.iter().chain(two) {
            if !done.insert(*name) {
                continue;
            }
            self.path.push((*name).to_owned());
            match (first.get(name).copied(), second.get(name).copied()) {
                (None, Some(after)) => self.appeared(after, around),
                (Some(before), None) => self.vanished(before, around),
                (Some(Declared::Message(before)), Some(Declared::Message(after))) => {
                    self.message(before, after);
                }
                (Some(Declared::Enum(before)), Some(Declared::Enum(after))) => {
                    self.enumeration(before, after);
                }
                (Some(before), Some(after)) => {
                    let old = declared_side(self.one.schema, before);
                    let new = declared_side(self.two.schema, after);
                    self.add("protobuf/karapace-type-alter", old, new);
                }
                (None, None) => {}
            }
            self.path.pop();
        }
    }

    fn appeared(&mut self, what: Declared, around: &(Side, Side)) {
        let id = match what {
            Declared::Message(_) => "protobuf/karapace-message-add",
            Declared::Enum(_) => "protobuf/karapace-enum-add",
        };
        self.add(id, around.0.clone(), declared_side(self.two.schema, what));
    }

    fn vanished(&mut self, what: Declared, around: &(Side, Side)) {
        let id = match what {
            Declared::Message(_) => "protobuf/karapace-message-drop",
            Declared::Enum(_) => "protobuf/karapace-enum-drop",
        };
        self.add(id, declared_side(self.one.schema, what), around.1.clone());
    }

    fn enumeration(&mut self, before: EnumId, after: EnumId) {
        let (one, two) = (self.one.schema, self.two.schema);
        let by_number = |schema: &'s Schema, id: EnumId| -> BTreeMap<i32, &'s EnumValue> {
            let values = &schema.enumeration(id).values;
            values.iter().map(|value| (value.number, value)).collect()
        };
        let (first, second) = (by_number(one, before), by_number(two, after));
        let numbers: BTreeSet<i32> = first.keys().chain(second.keys()).copied().collect();
        for number in numbers {
            let (value, other) = (first.get(&number).copied(), second.get(&number).copied());
            let id = match (value, other) {
                (None, _) => "protobuf/karapace-enum-constant-add",
                (_, None) => "protobuf/karapace-enum-constant-drop",
                (Some(value), Some(other)) if value.name != other.name => {
                    "protobuf/karapace-enum-constant-alter"
                }
                _ => continue,
            };
            let side = |schema: &'s Schema, id, value: Option<&'s EnumValue>| {
                let none = || Side::enumeration(schema, id).without();
                value.map_or_else(none, |value| Side::value(schema, id, value))
            };
            self.path.push(number.to_string());
            self.add(id, side(one, before, value), side(two, after, other));
            self.path.pop();
        }
    }

    /// `MessageElement.compare`
    fn message(&mut self, before: MessageId, after: MessageId) {
        self.patience = self.patience.saturating_sub(1);
        let is_new = self.seen.insert((before, after));
        if (self.patience == 0 && !is_new) || !self.locked.insert(before) {
            return;
        }
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let (one, two) = (self.one.schema, self.two.schema);
            let converted = self.converted(before, after);
            self.fields(before, after, &converted);
            self.oneofs(before, after);
            let declared = |schema: &'s Schema, id: MessageId| {
                let message = schema.message(id);
                list(schema, &message.messages, &message.enums)
            };
            let around = self.within(before, after);
            self.lists(&declared(one, before), &declared(two, after), &around);
        });
        self.locked.remove(&before);
    }

    fn within(&self, before: MessageId, after: MessageId) -> (Side, Side) {
        (
            Side::message(self.one.schema, before).without(),
            Side::message(self.two.schema, after).without(),
        )
    }

    /// The numbers of plain fields that are members of a oneof now.
    fn converted(&mut self, before: MessageId, after: MessageId) -> HashSet<i32> {
        let plain: HashSet<i32> = self.plain(before).map(|view| view.field.number).collect();
        let mut converted = HashSet::new();
        let message = self.two.schema.message(after);
        for (index, oneof) in message.oneofs.iter().enumerate() {
            let members = members(self.two.schema, after, index);
            let moved = members.map(|view| view.field.number);
            let moved = moved.filter(|number| plain.contains(number) && converted.insert(*number));
            if moved.count() > 1 {
                self.path.push(oneof.name.clone());
                let old = self.within(before, after).0;
                let new = Side::oneof(self.two.schema, after, index);
                self.add("protobuf/karapace-few-fields-converted-to-one-of", old, new);
                self.path.pop();
            }
        }
        converted
    }

    fn plain(&self, before: MessageId) -> impl Iterator<Item = View<'s>> + use<'s> {
        plain(self.one.schema, before)
    }

    fn oneofs(&mut self, before: MessageId, after: MessageId) {
        let (one, two) = (self.one.schema, self.two.schema);
        let named = |schema: &'s Schema, id: MessageId, name: &str| {
            schema
                .message(id)
                .oneofs
                .iter()
                .rposition(|oneof| oneof.name == name)
        };
        let names = one
            .message(before)
            .oneofs
            .iter()
            .chain(&two.message(after).oneofs);
        let mut done = HashSet::new();
        for name in names.map(|oneof| oneof.name.as_str()) {
            if !done.insert(name) {
                continue;
            }
            self.path.push(name.to_owned());
            let around = self.within(before, after);
            match (named(one, before, name), named(two, after, name)) {
                (None, Some(index)) => {
                    let side = Side::oneof(two, after, index);
                    self.add("protobuf/karapace-one-of-add", around.0, side);
                }
                (Some(index), None) => {
                    let side = Side::oneof(one, before, index);
                    self.add("protobuf/karapace-one-of-drop", side, around.1);
                }
                (Some(first), Some(second)) => {
                    let old = members(one, before, first).collect::<Vec<_>>();
                    let new = members(two, after, second).collect::<Vec<_>>();
                    self.members(&old, &new, &around);
                }
                (None, None) => {}
            }
            self.path.pop();
        }
    }

    fn add(&mut self, id: &'static str, old: Side, new: Side) {
        let refuses = REFUSED.contains(&id);
        let kind = super::catalogue::rule(id).and_then(|rule| rule.registry_type);
        let verdict = if refuses {
            "Incompatible"
        } else {
            "Compatible"
        };
        let kind = kind.unwrap_or_default();
        self.found.push(Difference {
            id,
            path: self.path.join("."),
            message: format!("{verdict} modification Modification.{kind} found"),
            refuses,
            old,
            new,
        });
    }
}

fn list<'s>(
    schema: &'s Schema,
    messages: &[MessageId],
    enums: &[EnumId],
) -> Vec<(&'s str, Declared)> {
    let messages = messages.iter().map(|id| (schema.message(*id), *id));
    let messages = messages.filter(|(message, _)| !message.is_group);
    let messages = messages.map(|(message, id)| (message.name.as_str(), Declared::Message(id)));
    let enums = enums.iter().map(|id| {
        let name = schema.enumeration(*id).name.as_str();
        (name, Declared::Enum(*id))
    });
    messages.chain(enums).collect()
}

fn declared_side(schema: &Schema, what: Declared) -> Side {
    match what {
        Declared::Message(id) => Side::message(schema, id),
        Declared::Enum(id) => Side::enumeration(schema, id),
    }
}

/// The registry does not look at groups.
fn is_seen(field: &Field) -> bool {
    !matches!(field.kind, Type::Group(_))
}

fn plain(schema: &Schema, id: MessageId) -> impl Iterator<Item = View<'_>> {
    let views = View::all(schema, id);
    views.filter(|view| view.field.oneof.is_none() && is_seen(view.field))
}

fn members(schema: &Schema, id: MessageId, oneof: usize) -> impl Iterator<Item = View<'_>> {
    let members = schema
        .message(id)
        .members(oneof)
        .filter(|field| is_seen(field));
    members.map(move |field| View::of(schema, id, field))
}
