//! Confluent's differ, step by step: its own way to resolve names and its own order of recursion
//! included (`protobuf-provider`, package `io.confluent.kafka.schemaregistry.protobuf.diff`).
//! A difference says what changed from the writer's schema to the reader's.

mod context;
mod field;
mod message;
#[cfg(test)]
mod tests;
mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

pub(super) use self::context::plain;

use self::types::Types;
use super::{
    difference::Difference,
    model::{EnumId, EnumValue, MessageId, Schema},
    pairs,
    side::Side,
};

/// How many fields are compared as the registry does it, every way to a message anew. What goes
/// on longer compares each pair of messages once: the registry would not come to an end there.
const PATIENCE: usize = 20_000;

/// A walk over two schemas.
pub(super) struct Walk<'s> {
    original: Types<'s>,
    update: Types<'s>,
    /// What the reader's and the writer's schema are called in messages.
    words: (&'static str, &'static str),
    path: Vec<String>,
    /// The part of the path that names are resolved in.
    scope: Vec<String>,
    /// The original messages that are being compared (`Context.enterSchema`).
    open: HashSet<MessageId>,
    found: Vec<Difference>,
    /// How many of them refuse.
    refused: usize,
    patience: usize,
    /// Whether pairs of imported messages are compatible, for when patience is over.
    known: HashMap<(MessageId, MessageId), bool>,
}

/// What the registry finds from `original`, the writer's, to `update`, the reader's.
pub(super) fn differences(
    original: &Schema,
    update: &Schema,
    words: (&'static str, &'static str),
) -> Vec<Difference> {
    let mut walk = Walk {
        original: Types::of(original),
        update: Types::of(update),
        words,
        path: Vec::new(),
        scope: Vec::new(),
        open: HashSet::new(),
        found: Vec::new(),
        refused: 0,
        patience: PATIENCE,
        known: HashMap::new(),
    };
    for (one, two) in pairs::files(original, update) {
        walk.files(one, two);
    }
    walk.found
}

/// The messages and enums of a file or of a message.
#[derive(Default)]
struct Declared {
    messages: Vec<MessageId>,
    enums: Vec<EnumId>,
}

impl<'s> Walk<'s> {
    fn files(&mut self, one: Option<usize>, two: Option<usize>) {
        let declared = |schema: &Schema, index: Option<usize>| {
            let file = index.map(|index| &schema.files[index]);
            file.map_or_else(Declared::default, |file| Declared {
                messages: file.messages.clone(),
                enums: file.enums.clone(),
            })
        };
        let (original, update) = (self.original.schema, self.update.schema);
        let place = |schema: &'s Schema, index: Option<usize>| match index {
            Some(index) => Side::file(schema, index),
            None => Side::file(schema, 0).without(),
        };
        let (old, new) = (place(original, one), place(update, two));
        if let (Some(one), Some(two)) = (one, two) {
            self.original.package = original.files[one].package();
            self.update.package = update.files[two].package();
            if self.original.package != self.update.package {
                self.add("protobuf/package-changed", old.clone(), new.clone());
            }
        }
        let (one, two) = (declared(original, one), declared(update, two));
        self.types(&one, &two, &(old.without(), new.without()));
    }

    /// `SchemaDiff.compareTypeElements`
    fn types(&mut self, original: &Declared, update: &Declared, around: &(Side, Side)) {
        let (old, new) = (self.original.schema, self.update.schema);
        let listed = |schema: &'s Schema, list: &[MessageId]| -> Vec<(&'s str, MessageId)> {
            let plain = list.iter().filter(|id| !schema.message(**id).is_group);
            plain
                .map(|id| (schema.message(*id).name.as_str(), *id))
                .collect()
        };
        let (one, two) = (
            listed(old, &original.messages),
            listed(new, &update.messages),
        );
        for (name, before, after) in matched(&one, &two) {
            self.enter(name);
            match (before, after) {
                (Some((_, before)), None) if !types::is_map(old, before) => {
                    let side = Side::message(old, before);
                    self.add("protobuf/message-removed", side, around.1.clone());
                }
                (None, Some((_, after))) if !types::is_map(new, after) => {
                    let side = Side::message(new, after);
                    self.add("protobuf/message-added", around.0.clone(), side);
                }
                (Some((place, before)), Some((new_location, after))) => {
                    self.message(before, after);
                    if place != new_location {
                        let (old, new) = (Side::message(old, before), Side::message(new, after));
                        self.add("protobuf/message-moved", old, new);
                    }
                }
                _ => {}
            }
            self.leave();
        }
        let listed = |schema: &'s Schema, list: &[EnumId]| -> Vec<(&'s str, EnumId)> {
            list.iter()
                .map(|id| (schema.enumeration(*id).name.as_str(), *id))
                .collect()
        };
        let (one, two) = (listed(old, &original.enums), listed(new, &update.enums));
        for (name, before, after) in matched(&one, &two) {
            self.enter(name);
            match (before, after) {
                (Some((_, before)), None) => {
                    let side = Side::enumeration(old, before);
                    self.add("protobuf/enum-removed", side, around.1.clone());
                }
                (None, Some((_, after))) => {
                    let side = Side::enumeration(new, after);
                    self.add("protobuf/enum-added", around.0.clone(), side);
                }
                (Some((_, before)), Some((_, after))) => self.enumeration(before, after),
                (None, None) => {}
            }
            self.leave();
        }
    }

    /// `EnumSchemaDiff`: of values with the same number the last one counts.
    fn enumeration(&mut self, before: EnumId, after: EnumId) {
        let (old, new) = (self.original.schema, self.update.schema);
        let by_number = |schema: &'s Schema, id: EnumId| -> BTreeMap<i32, &'s EnumValue> {
            let values = &schema.enumeration(id).values;
            values.iter().map(|value| (value.number, value)).collect()
        };
        let (one, two) = (by_number(old, before), by_number(new, after));
        let numbers: BTreeSet<i32> = one.keys().chain(two.keys()).copied().collect();
        for number in numbers {
            self.path.push(number.to_string());
            let none = |schema, id| Side::enumeration(schema, id).without();
            let side = |schema: &'s Schema, id, value| Side::value(schema, id, value);
            match (one.get(&number).copied(), two.get(&number).copied()) {
                (Some(value), None) => {
                    let (old, new) = (side(old, before, value), none(new, after));
                    self.add("protobuf/enum-const-removed", old, new);
                }
                (None, Some(value)) => {
                    let (old, new) = (none(old, before), side(new, after, value));
                    self.add("protobuf/enum-const-added", old, new);
                }
                (Some(one), Some(two)) if one.name != two.name => {
                    let (old, new) = (side(old, before, one), side(new, after, two));
                    self.add("protobuf/enum-const-changed", old, new);
                }
                _ => {}
            }
            self.path.pop();
        }
    }
}

/// Where a name stands in a list, and what it is.
type Entry<T> = Option<(usize, T)>;

/// Entries of two lists by their names, those of the first list first. Of entries with the same
/// name the last one counts.
fn matched<'s, T: Copy>(
    one: &[(&'s str, T)],
    two: &[(&'s str, T)],
) -> Vec<(&'s str, Entry<T>, Entry<T>)> {
    let index = |list: &[(&'s str, T)]| -> HashMap<&'s str, (usize, T)> {
        let places = list.iter().enumerate();
        places
            .map(|(place, (name, value))| (*name, (place, *value)))
            .collect()
    };
    let (first, second) = (index(one), index(two));
    let mut seen = HashSet::new();
    let names = one.iter().chain(two).map(|(name, _)| *name);
    let names = names.filter(|name| seen.insert(*name));
    names
        .map(|name| (name, first.get(name).copied(), second.get(name).copied()))
        .collect()
}

/// What encloses something in a message on both sides.
fn within(walk: &Walk<'_>, one: MessageId, two: MessageId) -> (Side, Side) {
    (
        Side::message(walk.original.schema, one).without(),
        Side::message(walk.update.schema, two).without(),
    )
}
