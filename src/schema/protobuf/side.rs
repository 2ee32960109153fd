//! One side of a change: where an element stands, and how it is shown on one line.

use super::{
    model::{
        EnumId, EnumValue, Field, Label, MessageId, Schema, Target, Type, TypeName, ValueKind,
    },
    parser::join,
    view::View,
};
use crate::schema::{Position, SchemaLocation};

/// Where something is, or where it would be if it were there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Side {
    pub place: SchemaLocation,
    /// `None` when it is not there and the place is what would enclose it.
    pub shown: Option<String>,
    /// The same with everything that it depends on, for when both sides look alike.
    pub whole: Option<String>,
}

/// What is shown of both sides: where they look alike what tells them apart, or else nothing.
pub(super) fn apart(old: &Side, new: &Side) -> (Option<String>, Option<String>) {
    if old.shown != new.shown {
        return (old.shown.clone(), new.shown.clone());
    }
    match (&old.whole, &new.whole) {
        (Some(one), Some(two)) if one != two => (old.whole.clone(), new.whole.clone()),
        _ => (None, None),
    }
}

impl Side {
    fn new(schema: &Schema, file: usize, pointer: String, at: Position, shown: String) -> Self {
        Self {
            place: SchemaLocation {
                pointer,
                file: schema.files[file].name.clone(),
                at,
            },
            shown: Some(shown),
            whole: None,
        }
    }

    fn in_full(mut self, whole: String) -> Self {
        self.whole = Some(whole);
        self
    }

    /// The place where something is missing.
    pub fn without(mut self) -> Self {
        (self.shown, self.whole) = (None, None);
        self
    }

    /// The same with another thing to show.
    pub fn showing(mut self, shown: impl Into<String>) -> Self {
        (self.shown, self.whole) = (Some(shown.into()), None);
        self
    }

    /// The same at a more exact place.
    pub fn at(mut self, at: Position) -> Self {
        self.place.at = at;
        self
    }

    pub fn file(schema: &Schema, file: usize) -> Self {
        let one = &schema.files[file];
        let begin = Position { line: 1, column: 1 };
        let at = one.package.as_ref().map_or(begin, |package| package.at);
        let shown = match one.package() {
            "" => "no package".to_owned(),
            package => format!("package {package}"),
        };
        Self::new(schema, file, one.package().to_owned(), at, shown)
    }

    pub fn message(schema: &Schema, id: MessageId) -> Self {
        let one = schema.message(id);
        let pointer = schema.message_name(id).to_owned();
        let shown = format!("message {}", one.name);
        let whole = format!("message {}", one.full_name);
        Self::new(schema, one.file, pointer, one.at, shown).in_full(whole)
    }

    pub fn field(view: View<'_>) -> Self {
        let name = &view.field.name;
        let within = view.message.map(|id| view.schema.message_name(id));
        let pointer = within.map_or_else(|| name.clone(), |within| format!("{within}.{name}"));
        let shown = declaration(view.schema, view.field);
        let whole = in_full(view.schema, view.field);
        Self::new(view.schema, view.file, pointer, view.field.at, shown).in_full(whole)
    }

    pub fn oneof(schema: &Schema, id: MessageId, index: usize) -> Self {
        let message = schema.message(id);
        let one = &message.oneofs[index];
        let pointer = format!("{}.{}", schema.message_name(id), one.name);
        let shown = format!("oneof {}", one.name);
        let members: Vec<&str> = (message.members(index))
            .map(|field| field.name.as_str())
            .collect();
        let whole = format!("{shown} {{ {} }}", members.join(", "));
        Self::new(schema, message.file, pointer, one.at, shown).in_full(whole)
    }

    pub fn enumeration(schema: &Schema, id: EnumId) -> Self {
        let one = schema.enumeration(id);
        let pointer = schema.enum_name(id).to_owned();
        let shown = format!("enum {}", one.name);
        let whole = format!("enum {}", one.full_name);
        Self::new(schema, one.file, pointer, one.at, shown).in_full(whole)
    }

    pub fn value(schema: &Schema, id: EnumId, value: &EnumValue) -> Self {
        let pointer = format!("{}.{}", schema.enum_name(id), value.name);
        let shown = format!("{} = {}", value.name, value.number);
        let file = schema.enumeration(id).file;
        Self::new(schema, file, pointer, value.at, shown)
    }

    /// A message or an enum by its parent, or its file when it has none.
    pub fn enclosing(schema: &Schema, parent: Option<MessageId>, file: usize) -> Self {
        let side = parent.map_or_else(
            || Self::file(schema, file),
            |parent| Self::message(schema, parent),
        );
        side.without()
    }
}

/// A field as it could be written: `repeated string tags = 4`.
pub(super) fn declaration(schema: &Schema, field: &Field) -> String {
    declared(field, &spelled(schema, &field.kind))
}

fn declared(field: &Field, kind: &str) -> String {
    let label = match field.label {
        None => "",
        Some(Label::Optional) => "optional ",
        Some(Label::Required) => "required ",
        Some(Label::Repeated) => "repeated ",
    };
    format!("{label}{kind} {} = {}", field.name, field.number)
}

/// A field with the full name of its type, and its options.
fn in_full(schema: &Schema, field: &Field) -> String {
    let kind = typed(schema, &field.kind, &|name| schema.type_name(name));
    let options = field.options.iter();
    let options = options.filter(|one| one.kind != ValueKind::Braces);
    let options: Vec<String> = options
        .map(|one| format!("{} = {}", one.name, one.value))
        .collect();
    match options.is_empty() {
        true => declared(field, &kind),
        false => format!("{} [{}]", declared(field, &kind), options.join(", ")),
    }
}

/// A type as it was written.
pub(super) fn spelled(schema: &Schema, kind: &Type) -> String {
    typed(schema, kind, &|name| name.written.clone())
}

fn typed(schema: &Schema, kind: &Type, named: &dyn Fn(&TypeName) -> String) -> String {
    match kind {
        Type::Scalar(scalar) => scalar.keyword().to_owned(),
        Type::Named(name) => named(name),
        Type::Map(key, value) => {
            format!("map<{}, {}>", key.keyword(), typed(schema, value, named))
        }
        Type::Group(id) => format!("group {}", schema.message(*id).name),
    }
}

/// Where something with this parent in the other schema would stand in this one: the message of
/// the same name, or the first file.
pub(super) fn enclosing_like(schema: &Schema, parent: Option<MessageId>, other: &Schema) -> Side {
    let first = schema.own().next().map_or(0, |(index, _)| index);
    let named = parent.and_then(|parent| {
        let package = schema.files[first].package();
        let full_name = join(package, other.message_name(parent));
        match schema.names.get(&full_name) {
            Some(Target::Message(id)) => Some(*id),
            _ => None,
        }
    });
    Side::enclosing(schema, named, first)
}
