//! Types of fields: what happens to values, and what to their JSON.

use super::{Harm, Risk, Walk, reading, reading::Typed};
use crate::schema::{
    Breaks, Direction,
    protobuf::{
        model::{MessageId, Schema, Type, TypeName},
        scalar::Scalar,
        side::{Side, declaration, spelled},
        view::{Kind, View},
    },
};

impl<'s> Walk<'s> {
    pub(super) fn field_types(&mut self, one: View<'s>, two: View<'s>) {
        match (&one.field.kind, &two.field.kind) {
            (Type::Map(key, value), Type::Map(other_key, other_value)) => {
                let kinds = (Kind::Scalar(*key), Kind::Scalar(*other_key));
                self.kinds(kinds, one, two);
                let kinds = (one.kind_of(value), two.kind_of(other_value));
                self.kinds(kinds, one, two);
            }
            (Type::Map(..), _) | (_, Type::Map(..)) => self.map_or_not(one, two),
            _ => self.kinds((one.kind(), two.kind()), one, two),
        }
        self.names(one, two);
    }

    /// A map is a repeated message with a key and a value, and can be read as one.
    fn map_or_not(&mut self, one: View<'s>, two: View<'s>) {
        let (map, other) = match one.field.kind {
            Type::Map(..) => (one, two),
            _ => (two, one),
        };
        match other.kind().message() {
            Some(id) if other.is_many() && is_entry(map, other.schema, id) => {
                self.json_form(one, two);
            }
            Some(_) => {
                let both = vec![Direction::Backward, Direction::Forward];
                self.harm(Harm::Meaning, both, one, two);
            }
            None => self.kinds((one.kind(), two.kind()), one, two),
        }
    }

    fn kinds(&mut self, (first, second): (Kind, Kind), one: View<'s>, two: View<'s>) {
        if let (Some(before), Some(after)) = (first.message(), second.message()) {
            self.waiting.push((before, after));
        }
        if let (Kind::Enum(before), Kind::Enum(after)) = (first, second) {
            self.enumeration(before, after);
        }
        let before: Typed<'s> = (self.old, first);
        let after: Typed<'s> = (self.new, second);
        let (backward, forward) = (reading(before, after), reading(after, before));
        match (backward, forward) {
            (None, None) => {}
            (Some(back), Some(forth)) if back == forth => {
                self.harm(
                    back,
                    vec![Direction::Backward, Direction::Forward],
                    one,
                    two,
                );
            }
            (back, forth) => {
                if let Some(harm) = back {
                    self.harm(harm, vec![Direction::Backward], one, two);
                }
                if let Some(harm) = forth {
                    self.harm(harm, vec![Direction::Forward], one, two);
                }
            }
        }
        if !backward.is_some_and(loses_all) && json_form(first) != json_form(second) {
            self.json_form(one, two);
        }
    }

    fn harm(&mut self, harm: Harm, data: Vec<Direction>, one: View<'s>, two: View<'s>) {
        let (was, is) = (
            spelled(self.old, &one.field.kind),
            spelled(self.new, &two.field.kind),
        );
        let who = match data.as_slice() {
            [Direction::Backward] => "readers with the new schema",
            [Direction::Forward] => "readers with the old schema",
            _ => "readers on both sides",
        };
        let what = match harm {
            Harm::WireType | Harm::Group => "find nothing they can read and see the default",
            Harm::Meaning => "read the bytes as something else, or refuse them",
            Harm::Narrowed => "cut numbers of more than 32 bits off",
            Harm::Sign => "mistake negative numbers, or great ones for negative",
            Harm::Bool => "only know zero and not zero",
            Harm::Enum => "have no name for most numbers",
            Harm::Text => "refuse what is no UTF-8",
        };
        let message = format!("{was} became {is}: {who} {what}");
        self.found.push(Risk {
            id: harm.id(),
            message,
            fix: format!(
                "keep `{}` and add the new one with a number that is not in use",
                declaration(self.old, one.field)
            ),
            old: Side::field(one),
            new: Side::field(two),
            data,
            others: Vec::new(),
        });
    }

    fn json_form(&mut self, one: View<'s>, two: View<'s>) {
        let (was, is) = (
            spelled(self.old, &one.field.kind),
            spelled(self.new, &two.field.kind),
        );
        self.found.push(Risk {
            id: "protobuf/field-json-form-changed",
            message: format!("{was} became {is}: the JSON of one is not the JSON of the other"),
            fix: format!("keep the type of `{}`", declaration(self.old, one.field)),
            old: Side::field(one),
            new: Side::field(two),
            data: Vec::new(),
            others: vec![Breaks::Json],
        });
    }

    /// Other code is generated when a field's type has another name.
    fn names(&mut self, one: View<'s>, two: View<'s>) {
        let name = |kind: &'s Type| -> Option<&'s TypeName> {
            match kind {
                Type::Named(name) => Some(name),
                Type::Map(_, value) => match &**value {
                    Type::Named(name) => Some(name),
                    _ => None,
                },
                _ => None,
            }
        };
        let (Some(before), Some(after)) = (name(&one.field.kind), name(&two.field.kind)) else {
            return;
        };
        let local = |view: View<'s>, name: &TypeName| {
            let full = view.schema.type_name(name);
            let package = view.schema.files[view.file].package();
            let full = full.trim_start_matches('.').to_owned();
            let local = full
                .strip_prefix(package)
                .and_then(|local| local.strip_prefix('.'));
            local.map_or(full.clone(), str::to_owned)
        };
        let (was, is) = (local(one, before), local(two, after));
        if was != is {
            self.found.push(Risk {
                id: "protobuf/type-renamed",
                message: format!("the type is {is} now, it was {was}"),
                fix: format!("keep `{}`", declaration(self.old, one.field)),
                old: Side::field(one),
                new: Side::field(two),
                data: Vec::new(),
                others: vec![Breaks::GeneratedCode],
            });
        }
    }
}

/// Whether a message has the key and the value of a map, and nothing else.
fn is_entry(map: View<'_>, schema: &Schema, id: MessageId) -> bool {
    let Type::Map(key, value) = &map.field.kind else {
        return false;
    };
    let part = |number: i32, kind: Kind| {
        let field = schema.message(id).field(number);
        field.is_some_and(|field| {
            let other = View::of(schema, id, field);
            let (one, two) = ((map.schema, kind), (schema, other.kind()));
            let is_same = reading(one, two).is_none() && reading(two, one).is_none();
            !other.is_many() && is_same
        })
    };
    schema.message(id).fields.len() == 2
        && part(1, Kind::Scalar(*key))
        && part(2, map.kind_of(value))
}

fn loses_all(harm: Harm) -> bool {
    matches!(harm, Harm::WireType | Harm::Group | Harm::Meaning)
}

/// How a value is written in JSON; readers take numbers of 64 bits with and without quotes.
fn json_form(kind: Kind) -> &'static str {
    match kind {
        Kind::Scalar(Scalar::String) => "text",
        Kind::Scalar(Scalar::Bytes) => "base64",
        Kind::Scalar(Scalar::Bool) => "bool",
        Kind::Scalar(_) => "number",
        Kind::Enum(_) => "name",
        Kind::Entry => "map",
        Kind::Message(_) | Kind::Group(_) | Kind::Unknown => "object",
    }
}
