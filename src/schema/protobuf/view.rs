//! A field together with what it stands in, and what follows from both: cardinality, presence,
//! the name in JSON. Features of editions end here (specification "Feature Settings for Editions").

use super::{
    model::{
        Enum, EnumId, Field, Label, Message, MessageId, Schema, Setting, Syntax, Target, Type,
        setting,
    },
    scalar::{Scalar, Wire},
};

/// A field, and where it stands.
#[derive(Clone, Copy)]
pub(super) struct View<'s> {
    pub schema: &'s Schema,
    pub file: usize,
    pub message: Option<MessageId>,
    pub field: &'s Field,
}

/// How many values a field can have, and whether "none" can be told from the default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cardinality {
    Explicit,
    Implicit,
    Required,
    Repeated,
    Map,
}

/// What the values of a field are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Scalar(Scalar),
    Enum(EnumId),
    /// A message between its length and its end.
    Message(MessageId),
    /// A message between two marks.
    Group(MessageId),
    /// An entry of a map.
    Entry,
    /// A type that was not found: taken for a message.
    Unknown,
}

impl Kind {
    /// How its values lie on the wire.
    pub fn wire(self) -> Wire {
        match self {
            Self::Scalar(scalar) => scalar.wire(),
            Self::Enum(_) => Wire::Varint,
            Self::Group(_) => Wire::Group,
            Self::Message(_) | Self::Entry | Self::Unknown => Wire::Length,
        }
    }

    pub fn is_packable(self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.is_packable(),
            Self::Enum(_) => true,
            _ => false,
        }
    }

    pub fn message(self) -> Option<MessageId> {
        match self {
            Self::Message(id) | Self::Group(id) => Some(id),
            _ => None,
        }
    }
}

impl<'s> View<'s> {
    /// A field of a message.
    pub fn of(schema: &'s Schema, message: MessageId, field: &'s Field) -> Self {
        Self {
            schema,
            file: schema.message(message).file,
            message: Some(message),
            field,
        }
    }

    /// All fields of a message.
    pub fn all(schema: &'s Schema, message: MessageId) -> impl Iterator<Item = Self> {
        let fields = schema.message(message).fields.iter();
        fields.map(move |field| Self::of(schema, message, field))
    }

    pub fn parent(self) -> Option<&'s Message> {
        self.message.map(|id| self.schema.message(id))
    }

    pub fn kind(self) -> Kind {
        let kind = self.kind_of(&self.field.kind);
        let delimited = self.feature("message_encoding") == Some("DELIMITED");
        match kind {
            Kind::Message(id) if delimited => Kind::Group(id),
            other => other,
        }
    }

    /// What the values of a type are.
    pub fn kind_of(self, kind: &Type) -> Kind {
        match kind {
            Type::Scalar(scalar) => Kind::Scalar(*scalar),
            Type::Group(id) => Kind::Group(*id),
            Type::Map(..) => Kind::Entry,
            Type::Named(name) => match name.target {
                Some(Target::Message(id)) => Kind::Message(id),
                Some(Target::Enum(id)) => Kind::Enum(id),
                None => Kind::Unknown,
            },
        }
    }

    pub fn cardinality(self) -> Cardinality {
        if matches!(self.field.kind, Type::Map(..)) {
            return Cardinality::Map;
        }
        match self.field.label {
            Some(Label::Repeated) => return Cardinality::Repeated,
            Some(Label::Required) => return Cardinality::Required,
            Some(Label::Optional) => return Cardinality::Explicit,
            None => {}
        }
        let is_message = matches!(
            self.kind_of(&self.field.kind),
            Kind::Message(_) | Kind::Group(_) | Kind::Unknown
        );
        let presence = self.feature("field_presence");
        if presence == Some("LEGACY_REQUIRED") {
            return Cardinality::Required;
        }
        if is_message || self.field.oneof.is_some() || self.field.extendee.is_some() {
            return Cardinality::Explicit;
        }
        match self.schema.files[self.file].syntax {
            Syntax::Proto3 => Cardinality::Implicit,
            Syntax::Edition(_) if presence == Some("IMPLICIT") => Cardinality::Implicit,
            _ => Cardinality::Explicit,
        }
    }

    /// Whether it may have several values.
    pub fn is_many(self) -> bool {
        matches!(self.cardinality(), Cardinality::Repeated | Cardinality::Map)
    }

    /// Whether numbers are written one after the other behind one length.
    pub fn is_packed(self) -> bool {
        if self.field.label != Some(Label::Repeated) || !self.kind().is_packable() {
            return false;
        }
        match setting(&self.field.options, "packed") {
            Some(packed) => packed.value == "true",
            None => match self.schema.files[self.file].syntax {
                Syntax::Proto3 => true,
                Syntax::Edition(_) => self.feature("repeated_field_encoding") != Some("EXPANDED"),
                _ => false,
            },
        }
    }

    /// Whether strings must be UTF-8.
    pub fn checks_text(self) -> bool {
        match self.schema.files[self.file].syntax {
            Syntax::Proto3 => true,
            Syntax::Edition(_) => self.feature("utf8_validation") != Some("NONE"),
            _ => false,
        }
    }

    /// The name in JSON: `json_name`, else the name with its words joined.
    pub fn json_name(self) -> String {
        setting(&self.field.options, "json_name")
            .map_or_else(|| camel(&self.field.name), |name| name.value.clone())
    }

    /// A feature of editions, set here or on what encloses it; `None` in older files.
    pub fn feature(self, name: &str) -> Option<&'s str> {
        let own = feature_in(&self.field.options, name);
        own.or_else(|| feature(self.schema, self.message, self.file, name))
    }
}

/// A feature as it is set on a message or what encloses it.
pub(super) fn feature<'s>(
    schema: &'s Schema,
    message: Option<MessageId>,
    file: usize,
    name: &str,
) -> Option<&'s str> {
    let mut message = message.map(|id| schema.message(id));
    while let Some(here) = message {
        if let Some(value) = feature_in(&here.options, name) {
            return Some(value);
        }
        message = here.parent.map(|id| schema.message(id));
    }
    feature_in(&schema.files[file].options, name)
}

fn feature_in<'s>(settings: &'s [Setting], name: &str) -> Option<&'s str> {
    let is_it = |one: &&Setting| one.name.strip_prefix("features.") == Some(name);
    settings
        .iter()
        .rev()
        .find(is_it)
        .map(|one| one.value.as_str())
}

/// Whether an enum takes only the numbers it names; others end up among the unknown fields.
pub(super) fn is_closed(schema: &Schema, one: &Enum) -> bool {
    match schema.files[one.file].syntax {
        Syntax::Proto3 => false,
        Syntax::Edition(_) => {
            let own = feature_in(&one.options, "enum_type");
            let value = own.or_else(|| feature(schema, one.parent, one.file, "enum_type"));
            value == Some("CLOSED")
        }
        _ => true,
    }
}

/// Whether JSON is fully supported: not in proto2, unless features say so.
pub(super) fn json_format<'s>(
    schema: &'s Schema,
    options: &'s [Setting],
    parent: Option<MessageId>,
    file: usize,
) -> &'s str {
    let own = feature_in(options, "json_format");
    let set = own.or_else(|| feature(schema, parent, file, "json_format"));
    match schema.files[file].syntax {
        Syntax::Unsaid | Syntax::Proto2 => "LEGACY_BEST_EFFORT",
        Syntax::Proto3 => "ALLOW",
        Syntax::Edition(_) => set.unwrap_or("ALLOW"),
    }
}

/// `some_name` as `someName`.
pub(super) fn camel(name: &str) -> String {
    let mut upper = false;
    let mut result = String::with_capacity(name.len());
    for character in name.chars() {
        if character == '_' {
            upper = true;
        } else {
            let shown = character.to_ascii_uppercase();
            result.push(if upper { shown } else { character });
            upper = false;
        }
    }
    result
}
