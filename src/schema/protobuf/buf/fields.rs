//! The rules about fields, their types aside.

use super::{Category, Check, describe, describe_with, option_side, own_name};
use crate::schema::protobuf::{
    model::{Label, MessageId},
    side::Side,
    view::{Cardinality, View},
};

impl<'s> Check<'s> {
    /// A field on both sides: of the same message with the same number.
    pub(super) fn field(&mut self, one: View<'s>, two: View<'s>) {
        self.same_oneof(one, two);
        self.same_default(one, two);
        self.cardinality(one, two);
        self.field_types(one, two);
        if self.category == Category::WireJson {
            self.same_name(one, two);
            self.same_json_name(one, two);
        }
    }

    /// `FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED`, `FIELD_NO_DELETE_UNLESS_NAME_RESERVED`
    pub(super) fn deleted_fields(&mut self, before: MessageId, after: MessageId) {
        let message = self.new.message(after);
        let gone =
            View::all(self.old, before).filter(|view| message.field(view.field.number).is_none());
        for view in gone {
            let (number, name) = (view.field.number, &view.field.name);
            let description = describe(view);
            let description = description.replacen('F', "f", 1);
            let sides = (Side::field(view), Side::message(self.new, after).without());
            if !message.reserved.holds(number) {
                let text = format!(
                    "Previously present {description} was deleted without reserving the number \
                     \"{number}\"."
                );
                let id = "protobuf/buf-field-no-delete-unless-number-reserved";
                self.add(id, text, sides.0.clone(), sides.1.clone());
            }
            if self.category == Category::WireJson && !message.reserved.names(name) {
                let text = format!(
                    "Previously present {description} was deleted without reserving the name \
                     \"{name}\"."
                );
                let id = "protobuf/buf-field-no-delete-unless-name-reserved";
                self.add(id, text, sides.0, sides.1);
            }
        }
    }

    /// `MESSAGE_SAME_REQUIRED_FIELDS`
    pub(super) fn required_fields(&mut self, before: MessageId, after: MessageId) {
        let is_required = |view: &View<'_>| view.field.label == Some(Label::Required);
        let has =
            |views: &[View<'_>], number: i32| views.iter().any(|view| view.field.number == number);
        let old: Vec<_> = View::all(self.old, before).filter(is_required).collect();
        let new: Vec<_> = View::all(self.new, after).filter(is_required).collect();
        let id = "protobuf/buf-message-same-required-fields";
        let text = |message: &str, number: i32, what: &str| {
            format!(
                "Message \"{message}\" had required field \"{number}\" {what}. Required fields \
                 must always be sent, so if one side does not know about the required field, \
                 this will result in a breakage."
            )
        };
        let around = (
            Side::message(self.old, before).without(),
            Side::message(self.new, after).without(),
        );
        for view in &old {
            let number = view.field.number;
            if !has(&new, number) {
                let text = text(&self.old.message(before).name, number, "deleted");
                self.add(id, text, Side::field(*view), around.1.clone());
            }
        }
        for view in &new {
            let number = view.field.number;
            if !has(&old, number) {
                let text = text(&self.new.message(after).name, number, "added");
                self.add(id, text, around.0.clone(), Side::field(*view));
            }
        }
    }

    /// `FIELD_SAME_ONEOF`
    fn same_oneof(&mut self, one: View<'s>, two: View<'s>) {
        let text = match (oneof(one), oneof(two)) {
            // The letter too many is buf's.
            (Some(before), Some(after)) if before != after => format!(
                "{}q moved from oneof \"{before}\" to oneof \"{after}\".",
                describe(two)
            ),
            (Some(_), Some(_)) | (None, None) => return,
            (Some(_), None) => format!("{} moved from inside to outside a oneof.", describe(two)),
            (None, Some(_)) => format!("{} moved from outside to inside a oneof.", describe(two)),
        };
        self.say("protobuf/buf-field-same-oneof", text, one, two);
    }

    /// `FIELD_WIRE_COMPATIBLE_CARDINALITY`, `FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY`
    fn cardinality(&mut self, one: View<'s>, two: View<'s>) {
        let group = |cardinality: Cardinality| match (cardinality, self.category) {
            (Cardinality::Explicit | Cardinality::Implicit, _) => 1,
            (Cardinality::Required, _) => 2,
            (Cardinality::Map, Category::WireJson) => 4,
            (Cardinality::Repeated | Cardinality::Map, _) => 3,
        };
        let (before, after) = (one.cardinality(), two.cardinality());
        if group(before) == group(after) {
            return;
        }
        let id = match self.category {
            Category::Wire => "protobuf/buf-field-wire-compatible-cardinality",
            Category::WireJson => "protobuf/buf-field-wire-json-compatible-cardinality",
        };
        let text = format!(
            "{} changed cardinality from \"{}\" to \"{}\".",
            describe(two),
            word(before),
            word(after)
        );
        self.say(id, text, one, two);
    }

    /// `FIELD_SAME_NAME`
    fn same_name(&mut self, one: View<'s>, two: View<'s>) {
        let (before, after) = (own_name(one), own_name(two));
        if before != after {
            let description = describe_with(two, "");
            let text = format!("{description} changed name from \"{before}\" to \"{after}\".");
            let (old, new) = (Side::field(one), Side::field(two).at(two.field.name_at));
            self.add("protobuf/buf-field-same-name", text, old, new);
        }
    }

    /// `FIELD_SAME_JSON_NAME`
    fn same_json_name(&mut self, one: View<'s>, two: View<'s>) {
        let (before, after) = (one.json_name(), two.json_name());
        if one.field.extendee.is_none() && before != after {
            let text = format!(
                "{} changed option \"json_name\" from \"{before}\" to \"{after}\".",
                describe(two)
            );
            let old = option_side(one, one.field, "json_name");
            let new = option_side(two, two.field, "json_name");
            self.add("protobuf/buf-field-same-json-name", text, old, new);
        }
    }

    pub(super) fn say(&mut self, id: &'static str, text: String, one: View<'s>, two: View<'s>) {
        self.add(id, text, Side::field(one), Side::field(two));
    }
}

fn oneof(view: View<'_>) -> Option<&str> {
    let index = view.field.oneof?;
    view.parent()
        .map(|message| message.oneofs[index].name.as_str())
}

fn word(cardinality: Cardinality) -> &'static str {
    match cardinality {
        Cardinality::Explicit => "optional with explicit presence",
        Cardinality::Implicit => "optional with implicit presence",
        Cardinality::Required => "required",
        Cardinality::Repeated => "repeated",
        Cardinality::Map => "map",
    }
}
