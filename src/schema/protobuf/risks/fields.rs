//! Fields that are there on both sides, and those that are not.

use std::collections::HashMap;

use super::{Risk, Walk};
use crate::schema::{
    Breaks, Direction,
    protobuf::{
        buf::{default, same},
        model::{Field, MessageId},
        side::{Side, declaration},
        view::{Cardinality, View, camel},
    },
};

impl<'s> Walk<'s> {
    pub(super) fn fields(&mut self, one: MessageId, two: MessageId) {
        let message = self.new.message(two);
        let fields = message
            .fields
            .iter()
            .map(|field| (field.name.as_str(), field));
        let by_name: HashMap<&str, &'s Field> = fields.collect();
        for view in View::all(self.old, one) {
            match message.field(view.field.number) {
                Some(field) => {
                    let two = View::of(self.new, two, field);
                    match by_name.get(view.field.name.as_str()) {
                        Some(moved) if moved.number != field.number => {
                            let moved = View {
                                field: moved,
                                ..two
                            };
                            self.renumbered(view, moved);
                        }
                        _ => self.field(view, two),
                    }
                }
                None => self.gone(view, two, by_name.get(view.field.name.as_str()).copied()),
            }
        }
        let before = self.old.message(one);
        for view in View::all(self.new, two) {
            let is_new = before.field(view.field.number).is_none();
            if is_new && view.cardinality() == Cardinality::Required {
                let old = Side::message(self.old, one).without();
                self.required(Direction::Backward, old, Side::field(view));
            }
        }
    }

    fn field(&mut self, one: View<'s>, two: View<'s>) {
        self.field_types(one, two);
        self.cardinality(one, two);
        self.default(one, two);
        self.name(one, two);
    }

    /// A field whose number is no longer in use: it has another number, or is gone.
    fn gone(&mut self, view: View<'s>, two: MessageId, same_name: Option<&'s Field>) {
        let message = self.new.message(two);
        let (number, name) = (view.field.number, &view.field.name);
        if view.cardinality() == Cardinality::Required {
            let new = Side::message(self.new, two).without();
            self.required(Direction::Forward, Side::field(view), new);
        }
        if let Some(field) = same_name {
            self.renumbered(view, View::of(self.new, two, field));
            return;
        }
        let (numbered, named) = (message.reserved.holds(number), message.reserved.names(name));
        let missing = match (numbered, named) {
            (true, true) => return,
            (false, false) => format!("reserved {number}; reserved \"{name}\";"),
            (false, true) => format!("reserved {number};"),
            (true, false) => format!("reserved \"{name}\";"),
        };
        let within = &message.name;
        self.found.push(Risk {
            id: "protobuf/field-removed-without-reserve",
            message: format!("\"{name}\" = {number} is gone, and `{missing}` is not there"),
            fix: format!("add `{missing}` to {within}"),
            old: Side::field(view),
            new: Side::message(self.new, two).without(),
            data: Vec::new(),
            others: vec![Breaks::OldConsumers],
        });
    }

    /// The name is found under another number.
    fn renumbered(&mut self, one: View<'s>, two: View<'s>) {
        let (name, was, is) = (&one.field.name, one.field.number, two.field.number);
        self.found.push(Risk {
            id: "protobuf/field-renumbered",
            message: format!("\"{name}\" has the number {is} now, it was {was}"),
            fix: format!("keep the number: `{}`", declaration(self.old, one.field)),
            old: Side::field(one),
            new: Side::field(two),
            data: vec![Direction::Backward, Direction::Forward],
            others: Vec::new(),
        });
    }

    fn required(&mut self, direction: Direction, old: Side, new: Side) {
        let shown = new.shown.clone().or(old.shown.clone()).unwrap_or_default();
        let readers = match direction {
            Direction::Backward => "new",
            Direction::Forward => "old",
        };
        let optional = shown.replacen("required ", "optional ", 1);
        self.found.push(Risk {
            id: "protobuf/field-required-changed",
            message: format!(
                "`{shown}` must be there for readers with the {readers} schema, and writers of \
                 the other do not know that"
            ),
            fix: format!("make it `{optional}`"),
            old,
            new,
            data: vec![direction],
            others: Vec::new(),
        });
    }

    fn cardinality(&mut self, one: View<'s>, two: View<'s>) {
        let (old, new) = (Side::field(one), Side::field(two));
        match (one.cardinality(), two.cardinality()) {
            (before, after) if before == after => {}
            // Told as a change of the oneof.
            (Cardinality::Implicit, Cardinality::Explicit) if two.field.oneof.is_some() => {}
            (Cardinality::Explicit, Cardinality::Implicit) if one.field.oneof.is_some() => {}
            (Cardinality::Required, _) => self.required(Direction::Forward, old, new),
            (_, Cardinality::Required) => self.required(Direction::Backward, old, new),
            (Cardinality::Map, Cardinality::Repeated)
            | (Cardinality::Repeated, Cardinality::Map) => {}
            (Cardinality::Repeated | Cardinality::Map, _) => {
                self.repeated(Direction::Backward, one, two);
            }
            (_, Cardinality::Repeated | Cardinality::Map) => {
                self.repeated(Direction::Forward, one, two);
            }
            _ => self.found.push(Risk {
                id: "protobuf/field-presence-changed",
                message: format!(
                    "whether \"{}\" was set can be told on one side only",
                    two.field.name
                ),
                fix: format!("keep `{}`", declaration(self.old, one.field)),
                old,
                new,
                data: Vec::new(),
                others: vec![Breaks::GeneratedCode],
            }),
        }
    }

    /// The readers of this direction take one value where there may be several.
    fn repeated(&mut self, direction: Direction, one: View<'s>, two: View<'s>) {
        let readers = match direction {
            Direction::Backward => "new",
            Direction::Forward => "old",
        };
        let numbers = one.kind().is_packable() && two.kind().is_packable();
        let what = if numbers {
            "cannot read packed numbers"
        } else {
            "keep the last of several values"
        };
        self.found.push(Risk {
            id: "protobuf/field-repeated-changed",
            message: format!("readers with the {readers} schema {what}"),
            fix: format!(
                "keep `{}` and add the new one with a number that is not in use",
                declaration(self.old, one.field)
            ),
            old: Side::field(one),
            new: Side::field(two),
            data: vec![direction],
            others: vec![Breaks::GeneratedCode],
        });
    }

    fn default(&mut self, one: View<'s>, two: View<'s>) {
        let (Some(before), Some(after)) = (default(one), default(two)) else {
            return;
        };
        if std::mem::discriminant(&before) == std::mem::discriminant(&after)
            && !same(&before, &after)
        {
            self.found.push(Risk {
                id: "protobuf/field-default-changed",
                message: "where nothing was written both sides read another value".to_owned(),
                fix: format!("keep the default of `{}`", declaration(self.old, one.field)),
                old: Side::field(one),
                new: Side::field(two),
                data: vec![Direction::Backward, Direction::Forward],
                others: Vec::new(),
            });
        }
    }

    /// Readers of JSON take the name of the field as well as its name in JSON.
    fn name(&mut self, one: View<'s>, two: View<'s>) {
        let (before, after) = (&one.field.name, &two.field.name);
        let (was, is) = (one.json_name(), two.json_name());
        let json = was != is && (was != *after || is != *before);
        let (id, message) = match (before != after, was != is) {
            (false, false) => return,
            (true, _) => (
                "protobuf/field-renamed",
                format!("\"{before}\" is \"{after}\" now"),
            ),
            (false, true) => (
                "protobuf/field-json-name-changed",
                format!("in JSON \"{was}\" is \"{is}\" now"),
            ),
        };
        let mut others = Vec::new();
        if json {
            others.push(Breaks::Json);
        }
        if before != after {
            others.push(Breaks::GeneratedCode);
        }
        let name = if was.is_empty() { camel(before) } else { was };
        self.found.push(Risk {
            id,
            message,
            fix: format!(
                "write `{} [json_name = \"{name}\"]`",
                declaration(self.new, two.field)
            ),
            old: Side::field(one),
            new: Side::field(two),
            data: Vec::new(),
            others,
        });
    }
}
