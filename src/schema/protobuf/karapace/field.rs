//! Fields: which are there, what became of their types (`MessageElement.compare`,
//! `FieldElement.compare`).

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Walk, plain, types::Types};
use crate::schema::protobuf::{
    model::{Label, MessageId, Target, Type},
    scalar::Scalar,
    side::Side,
    view::View,
};

/// What Karapace takes for the same (`ProtoType.compatibility_kind`).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Varint,
    SignedVarint,
    StringOrBytes,
    Fixed32,
    Fixed64,
    Float,
    Double,
}

impl<'s> Walk<'s> {
    pub(super) fn fields(&mut self, before: MessageId, after: MessageId, converted: &HashSet<i32>) {
        let by_number = |views: &[View<'s>]| -> BTreeMap<i32, View<'s>> {
            views
                .iter()
                .map(|view| (view.field.number, *view))
                .collect()
        };
        let by_name = |views: &[View<'s>]| -> HashMap<&'s str, View<'s>> {
            views
                .iter()
                .map(|view| (view.field.name.as_str(), *view))
                .collect()
        };
        let all = plain(self.one.schema, before).collect::<Vec<_>>();
        let others = plain(self.two.schema, after).collect::<Vec<_>>();
        let (named, other_named) = (by_name(&all), by_name(&others));
        let around = self.within(before, after);
        let mut old = by_number(&all);
        old.retain(|number, _| !converted.contains(number));
        let new = by_number(&others);
        let mut numbers: Vec<i32> = old.keys().chain(new.keys()).copied().collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            if let Some(field) = old.get(&number)
                && let Some(one) = named.get(field.field.name.as_str())
                && let Some(two) = other_named.get(field.field.name.as_str())
                && one.field.number != two.field.number
            {
                self.path.push(field.field.name.clone());
                let sides = (Side::field(*one), Side::field(*two));
                self.add("protobuf/karapace-field-tag-alter", sides.0, sides.1);
                self.path.pop();
            }
            self.path.push(number.to_string());
            match (old.get(&number), new.get(&number)) {
                (Some(one), Some(two)) => self.field(*one, *two),
                (None, Some(two)) => {
                    let side = Side::field(*two);
                    self.add("protobuf/karapace-field-add", around.0.clone(), side);
                }
                (Some(one), None) => {
                    let side = Side::field(*one);
                    self.add("protobuf/karapace-field-drop", side, around.1.clone());
                }
                (None, None) => {}
            }
            self.path.pop();
        }
    }

    /// `OneOfElement.compare`
    pub(super) fn members(&mut self, old: &[View<'s>], new: &[View<'s>], around: &(Side, Side)) {
        let by_number = |views: &[View<'s>]| -> BTreeMap<i32, View<'s>> {
            views
                .iter()
                .map(|view| (view.field.number, *view))
                .collect()
        };
        let (before, after) = (by_number(old), by_number(new));
        let mut numbers: Vec<i32> = old
            .iter()
            .chain(new)
            .map(|view| view.field.number)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        for number in numbers {
            self.path.push(number.to_string());
            match (before.get(&number).copied(), after.get(&number).copied()) {
                (Some(one), Some(two)) => self.field(one, two),
                (None, Some(two)) => {
                    let side = Side::field(two);
                    self.add("protobuf/karapace-one-of-field-add", around.0.clone(), side);
                }
                (Some(one), None) => {
                    let side = Side::field(one);
                    self.add(
                        "protobuf/karapace-one-of-field-drop",
                        side,
                        around.1.clone(),
                    );
                }
                (None, None) => {}
            }
            self.path.pop();
        }
    }

    fn field(&mut self, one: View<'s>, two: View<'s>) {
        if one.field.name != two.field.name {
            self.say("protobuf/karapace-field-name-alter", one, two);
        }
        let label = two.field.label;
        self.types((&one.field.kind, &two.field.kind), label, one, two);
    }

    fn say(&mut self, id: &'static str, one: View<'s>, two: View<'s>) {
        self.add(id, Side::field(one), Side::field(two));
    }

    /// `FieldElement.compare_type`
    fn types(
        &mut self,
        kinds: (&'s Type, &'s Type),
        label: Option<Label>,
        one: View<'s>,
        two: View<'s>,
    ) {
        if let (Type::Map(key, value), Type::Map(other_key, other_value)) = kinds {
            if kind(*key) != kind(*other_key) {
                self.say("protobuf/karapace-field-kind-alter", one, two);
            }
            self.types((value, other_value), None, one, two);
            return;
        }
        let (first, second) = (
            scalar(&self.one, kinds.0, &self.path),
            scalar(&self.two, kinds.1, &self.path),
        );
        match (first, second, kinds) {
            (Some(first), Some(second), _) => {
                if one.field.label != label && first != Kind::StringOrBytes {
                    self.say("protobuf/karapace-field-label-alter", one, two);
                }
                if first != second {
                    self.say("protobuf/karapace-field-kind-alter", one, two);
                }
            }
            (None, None, (Type::Named(first), Type::Named(second))) => {
                self.messages((&first.written, &second.written), one, two);
            }
            _ => self.say("protobuf/karapace-field-kind-alter", one, two),
        }
    }

    /// `FieldElement.compare_message`
    fn messages(&mut self, names: (&'s str, &'s str), one: View<'s>, two: View<'s>) {
        let first = self.one.find(names.0, &self.path);
        let second = self.two.find(names.1, &self.path);
        let (Some((first, before)), Some((second, after))) = (first, second) else {
            if names.0 != names.1 {
                self.say("protobuf/karapace-field-type-alter", one, two);
            }
            return;
        };
        if Types::short(&first, before) != Types::short(&second, after) {
            self.say("protobuf/karapace-field-name-alter", one, two);
        } else if let (Target::Message(before), Target::Message(after)) =
            (before.target, after.target)
        {
            self.message(before, after);
        }
    }
}

/// The kind of a scalar or an enum; `None` for messages, maps and what is not known.
fn scalar(types: &Types<'_>, one: &Type, path: &[String]) -> Option<Kind> {
    match one {
        Type::Scalar(scalar) => Some(kind(*scalar)),
        Type::Named(name) => match types.find(&name.written, path)?.1.target {
            Target::Enum(_) => Some(Kind::Varint),
            Target::Message(_) => None,
        },
        _ => None,
    }
}

fn kind(scalar: Scalar) -> Kind {
    match scalar {
        Scalar::Int32 | Scalar::Int64 | Scalar::Uint32 | Scalar::Uint64 | Scalar::Bool => {
            Kind::Varint
        }
        Scalar::Sint32 | Scalar::Sint64 => Kind::SignedVarint,
        Scalar::String | Scalar::Bytes => Kind::StringOrBytes,
        Scalar::Fixed32 | Scalar::Sfixed32 => Kind::Fixed32,
        Scalar::Fixed64 | Scalar::Sfixed64 => Kind::Fixed64,
        Scalar::Float => Kind::Float,
        Scalar::Double => Kind::Double,
    }
}
