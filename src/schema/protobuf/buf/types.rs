//! `FIELD_WIRE_COMPATIBLE_TYPE` and `FIELD_WIRE_JSON_COMPATIBLE_TYPE`
//! (`breaking_util.go` has the groups).

use super::{Category, Check, describe};
use crate::schema::protobuf::{
    model::{EnumId, Field, Syntax},
    scalar::Scalar,
    side::Side,
    view::{Kind, View},
};

const GUIDE: &str = "https://developers.google.com/protocol-buffers/docs/proto3";

/// The type of a field, or of the key or the value of a map.
pub(super) struct Facet<'s> {
    view: View<'s>,
    kind: Kind,
    /// The full name of a message or an enum.
    name: String,
    /// `Field "1" with name …`
    description: String,
}

impl<'s> Facet<'s> {
    pub fn of(view: View<'s>) -> Self {
        let kind = view.kind();
        Self {
            view,
            kind,
            name: name(view, kind),
            description: describe(view),
        }
    }

    /// The key (1) or the value (2) of a map.
    pub fn part(view: View<'s>, number: i32, kind: Kind) -> Self {
        let field = if number == 1 { "key" } else { "value" };
        let message = entry_name(view.field);
        Self {
            view,
            kind,
            name: name(view, kind),
            description: format!(
                "Field \"{number}\" with name \"{field}\" on message \"{message}\""
            ),
        }
    }

    fn side(&self) -> Side {
        Side::field(self.view).at(self.view.field.type_at)
    }
}

/// What the message of a map's entries is called.
pub(super) fn entry_name(field: &Field) -> String {
    let camel = crate::schema::protobuf::view::camel(&field.name);
    let mut letters = camel.chars();
    let first = letters
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().collect());
    format!("{first}{}Entry", letters.as_str())
}

fn name(view: View<'_>, kind: Kind) -> String {
    match kind {
        Kind::Enum(id) => view.schema.enumeration(id).full_name.clone(),
        Kind::Message(id) | Kind::Group(id) => view.schema.message(id).full_name.clone(),
        Kind::Entry => {
            let message = view.parent().map_or("", |message| &message.full_name);
            format!("{message}.{}", entry_name(view.field))
        }
        Kind::Unknown => match &view.field.kind {
            crate::schema::protobuf::model::Type::Named(name) => {
                name.written.trim_start_matches('.').to_owned()
            }
            _ => String::new(),
        },
        Kind::Scalar(_) => String::new(),
    }
}

impl<'s> Check<'s> {
    pub(super) fn field_types(&mut self, one: View<'s>, two: View<'s>) {
        self.types(&Facet::of(one), &Facet::of(two));
    }

    pub(super) fn types(&mut self, one: &Facet<'s>, two: &Facet<'s>) {
        if group(one.kind, self.category) != group(two.kind, self.category) {
            if let Some(remark) = self.remark(one.kind, two.kind) {
                let text = format!(
                    "{} changed type from \"{}\" to \"{}\". {remark}",
                    two.description,
                    word(one),
                    word(two)
                );
                self.changed(text, one, two);
            }
            return;
        }
        let is_fine = match (one.kind, two.kind) {
            (Kind::Scalar(_), _) => true,
            (Kind::Enum(before), Kind::Enum(after)) => {
                one.name == two.name || self.is_extended(before, after)
            }
            _ => one.name == two.name,
        };
        if !is_fine {
            let text = format!(
                "{} changed type from \"{}\" to \"{}\".",
                two.description, one.name, two.name
            );
            self.changed(text, one, two);
        }
    }

    fn changed(&mut self, text: String, one: &Facet<'s>, two: &Facet<'s>) {
        let id = match self.category {
            Category::Wire => "protobuf/buf-field-wire-compatible-type",
            Category::WireJson => "protobuf/buf-field-wire-json-compatible-type",
        };
        self.add(id, text, one.side(), two.side());
    }

    /// What buf adds for types of different groups; `None` where it has no objection.
    fn remark(&self, one: Kind, two: Kind) -> Option<String> {
        let is = |kind: Kind, scalar: Scalar| kind == Kind::Scalar(scalar);
        if self.category == Category::WireJson {
            return Some(format!(
                "See {GUIDE}#updating for wire compatibility rules and {GUIDE}#json for JSON \
                 compatibility rules."
            ));
        }
        let wire = format!("See {GUIDE}#updating for wire compatibility rules.");
        if is(one, Scalar::String) && is(two, Scalar::Bytes) {
            return None;
        }
        if is(one, Scalar::Bytes) && is(two, Scalar::String) {
            return Some(format!(
                "{wire} Note that while string and bytes are compatible if the data is valid \
                 UTF-8, there is no way to enforce that a bytes field is UTF-8, so these fields \
                 may be incompatible."
            ));
        }
        Some(wire)
    }

    /// Whether another enum is the old one with values added: the same short name, and every old
    /// name with its number.
    fn is_extended(&self, before: EnumId, after: EnumId) -> bool {
        let (one, two) = (self.old.enumeration(before), self.new.enumeration(after));
        let kept = |value: &crate::schema::protobuf::model::EnumValue| {
            two.named(&value.name)
                .is_some_and(|other| other.number == value.number)
        };
        one.name == two.name && one.values.iter().all(kept)
    }
}

/// Types with the same number may become each other.
fn group(kind: Kind, category: Category) -> u8 {
    let scalar = match kind {
        Kind::Scalar(scalar) => scalar,
        Kind::Group(_) => return 20,
        Kind::Message(_) | Kind::Entry | Kind::Unknown => return 21,
        Kind::Enum(_) => return 22,
    };
    let json = category == Category::WireJson;
    match scalar {
        Scalar::Int32 | Scalar::Uint32 => 1,
        Scalar::Int64 | Scalar::Uint64 => {
            if json {
                2
            } else {
                1
            }
        }
        Scalar::Bool => {
            if json {
                3
            } else {
                1
            }
        }
        Scalar::Sint32 => 4,
        Scalar::Sint64 => {
            if json {
                5
            } else {
                4
            }
        }
        Scalar::String => 6,
        Scalar::Bytes => 7,
        Scalar::Fixed32 | Scalar::Sfixed32 => 8,
        Scalar::Fixed64 | Scalar::Sfixed64 => 9,
        Scalar::Double => 10,
        Scalar::Float => 11,
    }
}

fn word(facet: &Facet<'_>) -> &'static str {
    let syntax = facet.view.schema.files[facet.view.file].syntax;
    match facet.kind {
        Kind::Scalar(scalar) => scalar.keyword(),
        Kind::Enum(_) => "enum",
        Kind::Group(_) if matches!(syntax, Syntax::Edition(_) | Syntax::Proto3) => {
            "message (delimited encoding)"
        }
        Kind::Group(_) => "group",
        Kind::Message(_) | Kind::Entry | Kind::Unknown => "message",
    }
}
