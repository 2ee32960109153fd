//! Values of enums. A closed enum (proto2, or by feature) puts numbers it does not know among the
//! unknown fields; an open one keeps them.

use super::{Risk, Walk};
use crate::schema::{
    Breaks, Direction,
    protobuf::{
        model::{EnumId, EnumValue},
        side::Side,
        view::is_closed,
    },
};

impl Walk<'_> {
    pub(super) fn enumeration(&mut self, one: EnumId, two: EnumId) {
        if !self.seen_enums.insert((one, two)) {
            return;
        }
        self.reserved_values(one, two);
        let (before, after) = (self.old.enumeration(one), self.new.enumeration(two));
        for value in &before.values {
            let number = value.number;
            match (after.named(&value.name), after.value(number)) {
                (Some(other), _) if other.number == number => {}
                (Some(other), _) => self.value_renumbered((one, value), (two, other)),
                // Unless the number went to a value that was there before.
                (None, Some(other)) if before.named(&other.name).is_none() => {
                    self.value_renamed((one, value), (two, other));
                }
                (None, _) => self.value_removed((one, value), two),
            }
        }
        let is_new = |value: &&EnumValue| {
            before.value(value.number).is_none() && before.named(&value.name).is_none()
        };
        if is_closed(self.old, before) {
            for value in after.values.iter().filter(is_new) {
                let name = &value.name;
                self.found.push(Risk {
                    id: "protobuf/enum-value-added-to-closed",
                    message: format!("readers with the old schema lose {name}"),
                    fix: format!("update all consumers before {name} is written"),
                    old: Side::enumeration(self.old, one).without(),
                    new: Side::value(self.new, two, value),
                    data: vec![Direction::Forward],
                    others: Vec::new(),
                });
            }
        }
    }

    fn value_renumbered(&mut self, old: (EnumId, &EnumValue), new: (EnumId, &EnumValue)) {
        let (name, was, is) = (&old.1.name, old.1.number, new.1.number);
        self.found.push(Risk {
            id: "protobuf/enum-value-renumbered",
            message: format!("{name} is {is} now, it was {was}"),
            fix: format!("keep `{name} = {was}`"),
            old: Side::value(self.old, old.0, old.1),
            new: Side::value(self.new, new.0, new.1),
            data: vec![Direction::Backward, Direction::Forward],
            others: Vec::new(),
        });
    }

    fn value_renamed(&mut self, old: (EnumId, &EnumValue), new: (EnumId, &EnumValue)) {
        let (was, is, number) = (&old.1.name, &new.1.name, old.1.number);
        self.found.push(Risk {
            id: "protobuf/enum-value-renamed",
            message: format!("{was} is called {is} now"),
            fix: format!("keep `{was} = {number}` beside it, with `option allow_alias = true`"),
            old: Side::value(self.old, old.0, old.1),
            new: Side::value(self.new, new.0, new.1),
            data: Vec::new(),
            others: vec![Breaks::Json, Breaks::GeneratedCode],
        });
    }

    fn value_removed(&mut self, old: (EnumId, &EnumValue), two: EnumId) {
        let after = self.new.enumeration(two);
        let (name, number) = (&old.1.name, old.1.number);
        let numbered = after.reserved.holds(number);
        let named = after.reserved.names(name);
        let fix = match (numbered, named) {
            (true, true) => format!("keep `{name} = {number}` while it may be written"),
            (false, true) => format!("keep `{name} = {number}`, or add `reserved {number};`"),
            (true, false) => format!("keep `{name} = {number}`, or add `reserved \"{name}\";`"),
            (false, false) => format!(
                "keep `{name} = {number}`, or add `reserved {number}; reserved \"{name}\";`"
            ),
        };
        let closed = is_closed(self.new, after);
        let taken = after.value(number);
        let message = match (taken, closed) {
            (Some(other), _) => format!("{name} is gone, and {number} means {} now", other.name),
            (None, true) => format!("{name} is gone: readers with the new schema lose it"),
            (None, false) => {
                format!("{name} is gone: readers with the new schema see a number without a name")
            }
        };
        let is_lost = closed || taken.is_some();
        self.found.push(Risk {
            id: "protobuf/enum-value-removed",
            message,
            fix,
            old: Side::value(self.old, old.0, old.1),
            new: Side::enumeration(self.new, two).without(),
            data: is_lost.then_some(Direction::Backward).into_iter().collect(),
            others: vec![Breaks::NewConsumers, Breaks::Json, Breaks::GeneratedCode],
        });
    }
}
