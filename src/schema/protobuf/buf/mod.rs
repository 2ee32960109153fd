//! `buf breaking` with the rules of its categories WIRE and `WIRE_JSON` (version 2 of the
//! configuration): what stands in `bufcheckserverhandle/breaking.go`, rule by rule, with buf's
//! sentences and places. buf compares everything that has the same full name in both.

mod defaults;
mod enums;
mod fields;
mod methods;
mod ranges;
mod types;

use std::collections::HashMap;

pub(super) use self::defaults::{Default, default, same};

use self::types::Facet;
use super::{
    difference::Difference,
    model::{EnumId, Field, MessageId, Origin, Schema, Target, Type},
    pairs,
    side::Side,
    view::{Kind, View, json_format},
};

/// Which category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Category {
    Wire,
    WireJson,
}

struct Check<'s> {
    old: &'s Schema,
    new: &'s Schema,
    category: Category,
    found: Vec<Difference>,
}

/// What buf reports about `new` against `old`.
pub(super) fn differences(old: &Schema, new: &Schema, category: Category) -> Vec<Difference> {
    let mut check = Check {
        old,
        new,
        category,
        found: Vec::new(),
    };
    check.packages();
    for (id, message) in own_messages(old) {
        if let Some(Target::Message(other)) = new.names.get(&message.full_name)
            && is_compared(new, new.message(*other).file)
        {
            check.message(id, *other);
        }
    }
    for (index, one) in old.enums.iter().enumerate() {
        if let Some(Target::Enum(other)) = new.names.get(&one.full_name)
            && is_compared(old, one.file)
        {
            check.enumeration(EnumId(index), *other);
        }
    }
    check.extensions();
    check.services();
    check.found
}

fn is_compared(schema: &Schema, file: usize) -> bool {
    schema.files[file].origin != Origin::Known
}

fn own_messages(schema: &Schema) -> impl Iterator<Item = (MessageId, &super::model::Message)> {
    let messages = schema.messages.iter().enumerate();
    let messages = messages.map(|(index, message)| (MessageId(index), message));
    messages.filter(|(_, message)| is_compared(schema, message.file))
}

impl<'s> Check<'s> {
    fn add(&mut self, id: &'static str, message: String, old: Side, new: Side) {
        let place = if new.shown.is_some() {
            &new.place
        } else {
            &old.place
        };
        self.found.push(Difference {
            id,
            path: place.pointer.clone(),
            message,
            refuses: true,
            old,
            new,
        });
    }

    /// `FILE_SAME_PACKAGE`
    fn packages(&mut self) {
        for pair in pairs::files(self.old, self.new) {
            let (Some(one), Some(two)) = pair else {
                continue;
            };
            let (before, after) = (self.old.files[one].package(), self.new.files[two].package());
            if before != after {
                let message = format!("File package changed from \"{before}\" to \"{after}\".");
                let (old, new) = (Side::file(self.old, one), Side::file(self.new, two));
                self.add("protobuf/buf-file-same-package", message, old, new);
            }
        }
    }

    fn message(&mut self, before: MessageId, after: MessageId) {
        self.deleted_fields(before, after);
        self.required_fields(before, after);
        self.reserved_of_message(before, after);
        if self.category == Category::WireJson {
            self.message_format(before, after);
        }
        for one in View::all(self.old, before) {
            if let Some(field) = self.new.message(after).field(one.field.number) {
                let two = View::of(self.new, after, field);
                self.field(one, two);
            }
        }
        self.entries(before, after);
    }

    /// `MESSAGE_SAME_JSON_FORMAT`
    fn message_format(&mut self, before: MessageId, after: MessageId) {
        let (one, two) = (self.old.message(before), self.new.message(after));
        let was = json_format(self.old, &one.options, one.parent, one.file);
        let is = json_format(self.new, &two.options, two.parent, two.file);
        if let Some(text) = format_text("Message", &two.name, was, is) {
            let old = Side::message(self.old, before);
            let mut new = Side::message(self.new, after);
            if let Some(setting) = super::model::setting(&two.options, "features.json_format") {
                new = new.at(setting.at);
            }
            self.add("protobuf/buf-message-same-json-format", text, old, new);
        }
    }

    /// The same of the message that a map's entries are.
    fn entry_format(&mut self, one: View<'s>, two: View<'s>) {
        let was = json_format(self.old, &[], one.message, one.file);
        let is = json_format(self.new, &[], two.message, two.file);
        if let Some(text) = format_text("Message", &types::entry_name(two.field), was, is) {
            let (old, new) = (Side::field(one), Side::field(two));
            self.add("protobuf/buf-message-same-json-format", text, old, new);
        }
    }

    /// Extensions of the same message with the same number.
    fn extensions(&mut self) {
        let new = extensions(self.new).into_iter();
        let new: HashMap<_, _> = new
            .map(|two| ((extendee(two), two.field.number), two))
            .collect();
        for one in extensions(self.old) {
            if let Some(two) = new.get(&(extendee(one), one.field.number)) {
                self.field(one, *two);
            }
        }
    }

    /// The fields of the messages that maps are made of: `key` and `value`.
    fn entries(&mut self, before: MessageId, after: MessageId) {
        let is_map = |view: &View<'s>| matches!(view.field.kind, Type::Map(..));
        let maps = View::all(self.new, after).filter(is_map);
        let maps: HashMap<String, View<'s>> = maps
            .map(|two| (types::entry_name(two.field), two))
            .collect();
        for one in View::all(self.old, before).filter(is_map) {
            let two = maps.get(&types::entry_name(one.field)).copied();
            let Some(two) = two else { continue };
            let (Type::Map(key, value), Type::Map(other_key, other_value)) =
                (&one.field.kind, &two.field.kind)
            else {
                continue;
            };
            if self.category == Category::WireJson {
                self.entry_format(one, two);
            }
            let keys = (Kind::Scalar(*key), Kind::Scalar(*other_key));
            let keys = (Facet::part(one, 1, keys.0), Facet::part(two, 1, keys.1));
            self.types(&keys.0, &keys.1);
            let values = (one.kind_of(value), two.kind_of(other_value));
            let values = (Facet::part(one, 2, values.0), Facet::part(two, 2, values.1));
            self.types(&values.0, &values.1);
        }
    }
}

/// What buf says of a message or an enum that JSON no longer fully supports.
fn format_text(kind: &str, name: &str, was: &str, is: &str) -> Option<String> {
    (was == "ALLOW" && is != "ALLOW")
        .then(|| format!("{kind} \"{name}\" JSON format support changed from {was} to {is}."))
}

fn extensions(schema: &Schema) -> Vec<View<'_>> {
    let files = schema.files.iter().enumerate();
    let files = files.filter(|(index, _)| is_compared(schema, *index));
    let top = files.flat_map(|(file, one)| {
        one.extensions.iter().map(move |field| View {
            schema,
            file,
            message: None,
            field,
        })
    });
    let nested = own_messages(schema).flat_map(|(id, message)| {
        message
            .extensions
            .iter()
            .map(move |field| View::of(schema, id, field))
    });
    top.chain(nested).collect()
}

/// The full name of the message that an extension extends.
fn extendee(view: View<'_>) -> Option<String> {
    let name = view.field.extendee.as_ref()?;
    Some(
        view.schema
            .type_name(name)
            .trim_start_matches('.')
            .to_owned(),
    )
}

/// `Field "1" with name "id" on message "Order"`
fn describe(view: View<'_>) -> String {
    describe_with(view, &own_name(view))
}

fn describe_with(view: View<'_>, name: &str) -> String {
    let name = if name.is_empty() {
        String::new()
    } else {
        format!(" with name \"{name}\"")
    };
    let number = view.field.number;
    match extendee(view) {
        Some(extendee) => {
            format!("Extension \"{number}\"{name} on message \"{extendee}\"")
        }
        None => {
            let message = view.parent().map_or("", |message| &message.name);
            format!("Field \"{number}\"{name} on message \"{message}\"")
        }
    }
}

/// A field's name; an extension's full name.
fn own_name(view: View<'_>) -> String {
    if view.field.extendee.is_none() {
        return view.field.name.clone();
    }
    let scope = view.parent().map_or_else(
        || view.schema.files[view.file].package().to_owned(),
        |message| message.full_name.clone(),
    );
    super::parser::join(&scope, &view.field.name)
}

/// An option of a field, where it stands, else the field.
fn option_side(view: View<'_>, field: &Field, option: &str) -> Side {
    let side = Side::field(view);
    match super::model::setting(&field.options, option) {
        Some(setting) => side.at(setting.at),
        None => side,
    }
}
