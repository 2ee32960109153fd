//! Oneofs: which fields cannot be set together any more, on either side.

use std::collections::{BTreeSet, HashMap};

use super::{Risk, Walk};
use crate::schema::{
    Breaks, Direction,
    protobuf::{
        model::{MessageId, Schema},
        side::{Side, declaration},
        view::View,
    },
};

/// A schema and one of its messages.
type Within<'s> = (&'s Schema, MessageId);

impl<'s> Walk<'s> {
    pub(super) fn oneofs(&mut self, one: MessageId, two: MessageId) {
        let (old, new) = ((self.old, one), (self.new, two));
        let oneofs = self.old.message(one).oneofs.iter().enumerate();
        let by_name: HashMap<&str, usize> = oneofs
            .map(|(index, oneof)| (oneof.name.as_str(), index))
            .collect();
        for index in 0..self.new.message(two).oneofs.len() {
            let together = together(old, new, index);
            if together.len() > 1 {
                let side = Side::oneof(self.new, two, index);
                let name = self.new.message(two).oneofs[index].name.as_str();
                let before = by_name.get(name).map_or_else(
                    || Side::message(self.old, one).without(),
                    |index| Side::oneof(self.old, one, *index),
                );
                self.exclusive(Direction::Backward, before, side, &together);
            }
        }
        for index in 0..self.old.message(one).oneofs.len() {
            let together = together(new, old, index);
            if together.len() > 1 {
                let side = Side::oneof(self.old, one, index);
                let around = Side::message(self.new, two).without();
                self.exclusive(Direction::Forward, side, around, &together);
            }
        }
        self.membership(one, two);
    }

    fn exclusive(&mut self, direction: Direction, old: Side, new: Side, names: &[&str]) {
        let (readers, oneof) = match direction {
            Direction::Backward => ("new", &new),
            Direction::Forward => ("old", &old),
        };
        let names = names.join(", ");
        let oneof = oneof.shown.clone().unwrap_or_default();
        let message = format!(
            "{names} can be set together, and readers with the {readers} schema keep one of them \
             for `{oneof}`"
        );
        self.found.push(Risk {
            id: "protobuf/oneof-exclusive",
            message,
            fix: match direction {
                Direction::Backward => format!("leave {names} outside of `{oneof}`"),
                Direction::Forward => format!(
                    "keep {names} in `{oneof}`, or update all consumers before more than one of \
                     them is written"
                ),
            },
            old,
            new,
            data: vec![direction],
            others: vec![Breaks::GeneratedCode],
        });
    }

    /// Fields that are in another oneof than before, or in none.
    fn membership(&mut self, one: MessageId, two: MessageId) {
        let name = |schema: &'s Schema, id: MessageId, index: Option<usize>| {
            index.map(|index| schema.message(id).oneofs[index].name.as_str())
        };
        for view in View::all(self.old, one) {
            let Some(field) = self.new.message(two).field(view.field.number) else {
                continue;
            };
            let (was, is) = (
                name(self.old, one, view.field.oneof),
                name(self.new, two, field.oneof),
            );
            if was == is {
                continue;
            }
            let place = |name: Option<&str>| {
                name.map_or_else(
                    || "in no oneof".to_owned(),
                    |name| format!("in oneof {name}"),
                )
            };
            self.found.push(Risk {
                id: "protobuf/oneof-membership-changed",
                message: format!(
                    "\"{}\" is {} now, it was {}",
                    field.name,
                    place(is),
                    place(was)
                ),
                fix: format!(
                    "leave `{}` {}",
                    declaration(self.old, view.field),
                    place(was)
                ),
                old: Side::field(view).showing(place(was)),
                new: Side::field(View::of(self.new, two, field)).showing(place(is)),
                data: Vec::new(),
                others: vec![Breaks::GeneratedCode],
            });
        }
    }
}

/// Members of a reader's oneof that a writer can set together: one name for each place that they
/// come from.
fn together<'s>(writer: Within<'s>, reader: Within<'s>, oneof: usize) -> Vec<&'s str> {
    let written = writer.0.message(writer.1);
    let mut origins = BTreeSet::new();
    let mut names = Vec::new();
    for member in reader.0.message(reader.1).members(oneof) {
        if let Some(field) = written.field(member.number) {
            let origin = field.oneof.ok_or(field.number);
            if origins.insert(origin) {
                names.push(field.name.as_str());
            }
        }
    }
    names
}
