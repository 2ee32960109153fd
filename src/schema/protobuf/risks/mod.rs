//! What happens to data, to JSON and to generated code between two schemas, whatever a registry
//! says: every message of both under the same name, and every pair of messages that a field leads
//! to, with fields by number as the wire has them.

mod enums;
mod fields;
mod oneofs;
mod reading;
mod reserved;
mod types;

use std::collections::{HashMap, HashSet};

use super::{
    model::{EnumId, MessageId, Origin, Schema},
    side::{self, Side},
};
use crate::schema::{Breaks, Direction};

pub(super) use self::reading::{Harm, reading};

/// Something that can go wrong.
#[derive(Clone, Debug)]
pub(super) struct Risk {
    pub id: &'static str,
    pub message: String,
    pub old: Side,
    pub new: Side,
    /// Whose data is lost or misread.
    pub data: Vec<Direction>,
    /// Who else is harmed.
    pub others: Vec<Breaks>,
    pub fix: String,
}

struct Walk<'s> {
    old: &'s Schema,
    new: &'s Schema,
    seen: HashSet<(MessageId, MessageId)>,
    waiting: Vec<(MessageId, MessageId)>,
    seen_enums: HashSet<(EnumId, EnumId)>,
    found: Vec<Risk>,
}

/// All risks between two schemas.
pub(super) fn risks(old: &Schema, new: &Schema) -> Vec<Risk> {
    let mut walk = Walk {
        old,
        new,
        seen: HashSet::new(),
        waiting: Vec::new(),
        seen_enums: HashSet::new(),
        found: Vec::new(),
    };
    walk.types();
    while let Some((one, two)) = walk.waiting.pop() {
        if walk.seen.insert((one, two)) {
            walk.message(one, two);
        }
    }
    walk.found
}

/// Messages of the schema's own files by the name without the package; the first of its name.
fn own_messages(schema: &Schema) -> HashMap<&str, MessageId> {
    let mut own = HashMap::new();
    for (index, message) in schema.messages.iter().enumerate() {
        if schema.files[message.file].origin == Origin::Own {
            let id = MessageId(index);
            own.entry(schema.message_name(id)).or_insert(id);
        }
    }
    own
}

fn own_enums(schema: &Schema) -> HashMap<&str, EnumId> {
    let mut own = HashMap::new();
    for (index, one) in schema.enums.iter().enumerate() {
        if schema.files[one.file].origin == Origin::Own {
            let id = EnumId(index);
            own.entry(schema.enum_name(id)).or_insert(id);
        }
    }
    own
}

impl Walk<'_> {
    /// Pairs the types by name, and tells of those that are gone or whose full name changed.
    fn types(&mut self) {
        let (old, new) = (own_messages(self.old), own_messages(self.new));
        for (index, message) in self.old.messages.iter().enumerate() {
            let id = MessageId(index);
            let name = self.old.message_name(id);
            if old.get(name) != Some(&id) {
                continue;
            }
            let Some(other) = new.get(name) else {
                if !message.is_group {
                    let new = side::enclosing_like(self.new, message.parent, self.old);
                    self.renamed(Side::message(self.old, id), new, &message.full_name, None);
                }
                continue;
            };
            let full_name = &self.new.message(*other).full_name;
            if *full_name != message.full_name {
                let new = Side::message(self.new, *other);
                let old = Side::message(self.old, id);
                self.renamed(old, new, &message.full_name, Some(full_name));
            }
            self.waiting.push((id, *other));
        }
        self.waiting.reverse();
        let (old, new) = (own_enums(self.old), own_enums(self.new));
        for (index, one) in self.old.enums.iter().enumerate() {
            let id = EnumId(index);
            let name = self.old.enum_name(id);
            if old.get(name) != Some(&id) {
                continue;
            }
            match new.get(name) {
                Some(other) => self.enumeration(id, *other),
                None => {
                    let new = side::enclosing_like(self.new, one.parent, self.old);
                    self.renamed(Side::enumeration(self.old, id), new, &one.full_name, None);
                }
            }
        }
    }

    fn renamed(&mut self, old: Side, new: Side, was: &str, is: Option<&str>) {
        let message = match is {
            Some(is) => format!("{was} is called {is} now"),
            None => format!("{was} is gone"),
        };
        self.found.push(Risk {
            id: "protobuf/type-renamed",
            message,
            fix: format!("keep the full name {was}"),
            old,
            new,
            data: Vec::new(),
            others: vec![Breaks::GeneratedCode],
        });
    }

    fn message(&mut self, one: MessageId, two: MessageId) {
        self.reserved(one, two);
        self.oneofs(one, two);
        self.fields(one, two);
    }
}
