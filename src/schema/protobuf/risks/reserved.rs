//! Numbers and names that were reserved: used again, or no longer reserved.

use std::collections::HashSet;

use super::{Risk, Walk};
use crate::schema::{
    Breaks,
    protobuf::{
        model::{EnumId, MessageId, Range},
        reserved::Reserved,
        side::Side,
        view::View,
    },
};

/// What is reserved on both sides, and where.
struct Pair<'s> {
    before: &'s Reserved,
    after: &'s Reserved,
    sides: (Side, Side),
    /// The numbers and names that are in use now.
    numbers: HashSet<i32>,
    names: HashSet<&'s str>,
}

impl Walk<'_> {
    pub(super) fn reserved(&mut self, one: MessageId, two: MessageId) {
        let (before, after) = (self.old.message(one), self.new.message(two));
        for view in View::all(self.new, two) {
            let was_there = before.field(view.field.number).is_some();
            let number = !was_there && before.reserved.holds(view.field.number);
            if number {
                let old = Side::message(self.old, one).without();
                self.reused("protobuf/reserved-number-reused", old, Side::field(view));
            }
            if before.reserved.names(&view.field.name) {
                let old = Side::message(self.old, one).without();
                self.reused("protobuf/reserved-name-reused", old, Side::field(view));
            }
        }
        self.dropped(&Pair {
            before: &before.reserved,
            after: &after.reserved,
            sides: (
                Side::message(self.old, one),
                Side::message(self.new, two).without(),
            ),
            numbers: after.fields.iter().map(|field| field.number).collect(),
            names: after
                .fields
                .iter()
                .map(|field| field.name.as_str())
                .collect(),
        });
    }

    pub(super) fn reserved_values(&mut self, one: EnumId, two: EnumId) {
        let (before, after) = (self.old.enumeration(one), self.new.enumeration(two));
        for value in &after.values {
            let was_there = before.value(value.number).is_some();
            if !was_there && before.reserved.holds(value.number) {
                let old = Side::enumeration(self.old, one).without();
                let new = Side::value(self.new, two, value);
                self.reused("protobuf/reserved-number-reused", old, new);
            }
            if before.reserved.names(&value.name) {
                let old = Side::enumeration(self.old, one).without();
                let new = Side::value(self.new, two, value);
                self.reused("protobuf/reserved-name-reused", old, new);
            }
        }
        self.dropped(&Pair {
            before: &before.reserved,
            after: &after.reserved,
            sides: (
                Side::enumeration(self.old, one),
                Side::enumeration(self.new, two).without(),
            ),
            numbers: after.values.iter().map(|value| value.number).collect(),
            names: after
                .values
                .iter()
                .map(|value| value.name.as_str())
                .collect(),
        });
    }

    fn reused(&mut self, id: &'static str, old: Side, new: Side) {
        let shown = new.shown.clone().unwrap_or_default();
        let (what, others) = match id {
            "protobuf/reserved-name-reused" => ("name", vec![Breaks::Json]),
            _ => ("number", vec![Breaks::NewConsumers, Breaks::OldConsumers]),
        };
        self.found.push(Risk {
            id,
            message: format!("`{shown}` uses a {what} that was reserved"),
            fix: format!("give `{shown}` a {what} that was never used"),
            old,
            new,
            data: Vec::new(),
            others,
        });
    }

    /// Reservations that are gone, apart from those that are in use now: they are told above.
    fn dropped(&mut self, pair: &Pair<'_>) {
        let gone = pair
            .before
            .ranges
            .iter()
            .flat_map(|range| pair.after.missing(*range));
        let gone =
            gone.filter(|range| range.from != range.to || !pair.numbers.contains(&range.from));
        let mut lost: Vec<String> = gone
            .map(|range| match range {
                Range { from, to } if from == to => from.to_string(),
                Range { from, to } => format!("{from} to {to}"),
            })
            .collect();
        let names = pair.before.names.iter();
        let names =
            names.filter(|name| !pair.after.names(name) && !pair.names.contains(name.as_str()));
        lost.extend(names.map(|name| format!("{name:?}")));
        if lost.is_empty() {
            return;
        }
        let lost = lost.join(", ");
        self.found.push(Risk {
            id: "protobuf/reservation-removed",
            message: format!("{lost} is no longer reserved"),
            fix: format!("keep `reserved {lost};`"),
            old: pair.sides.0.clone().showing(format!("reserved {lost}")),
            new: pair.sides.1.clone(),
            data: Vec::new(),
            others: vec![Breaks::OldConsumers],
        });
    }
}
