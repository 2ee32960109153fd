//! `MessageSchemaDiff`: fields by their numbers over the whole message, whatever oneof they are
//! in; then what becomes mutually exclusive, and the oneofs themselves.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::{Declared, Walk, field::Pair, within};
use crate::schema::protobuf::{
    model::{Label, MessageId, Schema, Type},
    side::Side,
    view::View,
};

/// A message's fields by number and its oneofs by name.
struct Content<'s> {
    id: MessageId,
    schema: &'s Schema,
    fields: BTreeMap<i32, View<'s>>,
    oneofs: BTreeMap<&'s str, usize>,
}

impl<'s> Content<'s> {
    fn of(schema: &'s Schema, id: MessageId) -> Self {
        let message = schema.message(id);
        let seen = |view: &View<'_>| !matches!(view.field.kind, Type::Group(_));
        // Members of oneofs are collected after the plain fields.
        let plain = View::all(schema, id).filter(|view| view.field.oneof.is_none());
        let members = View::all(schema, id).filter(|view| view.field.oneof.is_some());
        let fields = plain.chain(members).filter(seen);
        Self {
            id,
            schema,
            fields: fields.map(|view| (view.field.number, view)).collect(),
            oneofs: (message.oneofs.iter().enumerate())
                .map(|(index, one)| (one.name.as_str(), index))
                .collect(),
        }
    }

    fn oneof(&self, number: i32) -> Option<&'s str> {
        let index = self.fields.get(&number)?.field.oneof?;
        Some(&self.schema.message(self.id).oneofs[index].name)
    }

    /// The numbers of a oneof's members.
    fn members(&self, oneof: &str) -> impl Iterator<Item = i32> {
        let message = self.schema.message(self.id);
        let members = self.oneofs.get(oneof).map(|index| message.members(*index));
        let members = members.into_iter().flatten();
        members
            .filter(|field| !matches!(field.kind, Type::Group(_)))
            .map(|field| field.number)
    }
}

impl<'s> Walk<'s> {
    /// `MessageSchemaDiff.compare`
    pub(super) fn message(&mut self, one: MessageId, two: MessageId) {
        // A chain of imported types may be long.
        stacker::maybe_grow(64 * 1024, 1024 * 1024, || {
            let entered = self.open.insert(one);
            if entered {
                let old = Content::of(self.original.schema, one);
                let new = Content::of(self.update.schema, two);
                self.exclusive(&old, &new);
                self.oneofs(&old, &new);
                self.fields(&old, &new);
            }
            let declared = |schema: &Schema, id| Declared {
                messages: schema.message(id).messages.clone(),
                enums: schema.message(id).enums.clone(),
            };
            let around = within(self, one, two);
            let one_declared = declared(self.original.schema, one);
            let two_declared = declared(self.update.schema, two);
            self.types(&one_declared, &two_declared, &around);
            if entered {
                self.open.remove(&one);
            }
        });
    }

    /// Fields that could be set together before, and cannot any more.
    fn exclusive(&mut self, old: &Content<'s>, new: &Content<'s>) {
        for (name, index) in &new.oneofs {
            let mut origins = HashSet::new();
            let mut moved_in = 0;
            for number in new.members(name) {
                if let Some(oneof) = old.oneof(number) {
                    origins.insert((Some(oneof), 0));
                } else if old.fields.contains_key(&number) {
                    origins.insert((None, number));
                    moved_in += 1;
                }
            }
            if origins.len() < 2 {
                continue;
            }
            let id = match moved_in {
                0 | 1 => "protobuf/field-moved-to-existing-oneof",
                _ => "protobuf/multiple-fields-moved-to-oneof",
            };
            let new = Side::oneof(new.schema, new.id, *index);
            let before = old.oneofs.get(name).map_or_else(
                || Side::message(old.schema, old.id).without(),
                |index| Side::oneof(old.schema, old.id, *index),
            );
            self.path.push((*name).to_owned());
            self.add(id, before, new);
            self.path.pop();
        }
    }

    fn oneofs(&mut self, old: &Content<'s>, new: &Content<'s>) {
        let names: BTreeSet<&str> = old
            .oneofs
            .keys()
            .chain(new.oneofs.keys())
            .copied()
            .collect();
        for name in names {
            self.path.push(name.to_owned());
            match (old.oneofs.get(name), new.oneofs.get(name)) {
                (Some(index), None) => {
                    let none = Side::message(new.schema, new.id).without();
                    let side = Side::oneof(old.schema, old.id, *index);
                    self.add("protobuf/oneof-removed", side, none);
                }
                (None, Some(index)) => {
                    let none = Side::message(old.schema, old.id).without();
                    let side = Side::oneof(new.schema, new.id, *index);
                    self.add("protobuf/oneof-added", none, side);
                }
                _ => {}
            }
            self.path.pop();
        }
    }

    fn fields(&mut self, old: &Content<'s>, new: &Content<'s>) {
        let numbers: BTreeSet<i32> = old
            .fields
            .keys()
            .chain(new.fields.keys())
            .copied()
            .collect();
        for number in numbers {
            match (old.fields.get(&number), new.fields.get(&number)) {
                (Some(field), None) => self.removed(*field, old, new),
                (None, Some(field)) => self.added(*field, old, new),
                (Some(one), Some(two)) => {
                    let pair = Pair {
                        old: *one,
                        new: *two,
                    };
                    self.kept(pair, old, new);
                }
                (None, None) => {}
            }
        }
    }

    fn removed(&mut self, field: View<'s>, old: &Content<'s>, new: &Content<'s>) {
        let number = field.field.number;
        let none = Side::message(new.schema, new.id).without();
        let id = match old.oneof(number) {
            // A oneof that is gone with all its members is no loss to the registry.
            Some(oneof)
                if !new.oneofs.contains_key(oneof)
                    && !old
                        .members(oneof)
                        .any(|member| new.fields.contains_key(&member)) =>
            {
                return;
            }
            Some(_) => "protobuf/oneof-field-removed",
            None if field.field.label == Some(Label::Required) => "protobuf/required-field-removed",
            None => "protobuf/field-removed",
        };
        self.at(old.oneof(number), number, |walk| {
            walk.add(id, Side::field(field), none);
        });
    }

    fn added(&mut self, field: View<'s>, old: &Content<'s>, new: &Content<'s>) {
        let number = field.field.number;
        let none = Side::message(old.schema, old.id).without();
        let id = match new.oneof(number) {
            Some(_) => "protobuf/oneof-field-added",
            None if field.field.label == Some(Label::Required) => "protobuf/required-field-added",
            None => "protobuf/field-added",
        };
        self.at(new.oneof(number), number, |walk| {
            walk.add(id, none, Side::field(field));
        });
    }

    fn kept(&mut self, pair: Pair<'s>, old: &Content<'s>, new: &Content<'s>) {
        let number = pair.new.field.number;
        let oneof = new.oneof(number);
        self.at(oneof, number, |walk| {
            if old.oneof(number).is_some() && oneof.is_none() {
                let (one, two) = (Side::field(pair.old), Side::field(pair.new));
                walk.add("protobuf/oneof-field-moved-to-top-level", one, two);
            }
            walk.field(pair);
        });
    }

    /// Does something at `oneof/number`, or at `number` when there is no oneof.
    fn at(&mut self, oneof: Option<&str>, number: i32, act: impl FnOnce(&mut Self)) {
        let depth = self.path.len();
        self.path.extend(oneof.map(str::to_owned));
        self.path.push(number.to_string());
        act(self);
        self.path.truncate(depth);
    }
}
