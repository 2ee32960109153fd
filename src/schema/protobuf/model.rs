//! What a schema of Protobuf is made of: files, and in two tables all their messages and enums.
//! Everything knows where it stands. What refers to a type has its name as written, and the type
//! where it could be found.

use std::{collections::HashMap, sync::Arc};

use super::{reserved::Reserved, scalar::Scalar};
use crate::schema::Position;

/// A schema: one or several files of its own, and those they import.
#[derive(Clone, Debug)]
pub struct Schema {
    pub(super) files: Vec<File>,
    pub(super) messages: Vec<Message>,
    pub(super) enums: Vec<Enum>,
    /// The full names of all messages and enums, without a leading dot.
    pub(super) names: HashMap<String, Target>,
}

impl Schema {
    /// About how many bytes of text its fields have.
    #[must_use]
    pub fn size(&self) -> usize {
        const FIELD: usize = 40;
        let fields = self.messages.iter().map(|message| message.fields.len());
        fields.sum::<usize>() * FIELD
    }

    /// The package of its first file; empty when that names none.
    #[must_use]
    pub fn package(&self) -> &str {
        self.files.first().map_or("", File::package)
    }
}

/// Which message of [`Schema::messages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct MessageId(pub usize);

/// Which enum of [`Schema::enums`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct EnumId(pub usize);

/// A type that a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Target {
    Message(MessageId),
    Enum(EnumId),
}

/// Where a file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It is the schema, or part of it.
    Own,
    /// It was given as a reference.
    Reference,
    /// It comes with evctl.
    Known,
}

/// The language of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Syntax {
    /// Nothing was said, which means proto2.
    Unsaid,
    Proto2,
    Proto3,
    /// `edition = "2023"`
    Edition(u32),
}

#[derive(Clone, Debug)]
pub(super) struct File {
    /// The source's name, for places.
    pub name: Arc<str>,
    /// What it is imported as.
    pub path: String,
    /// The text, to tell whether two references are the same.
    pub text: Arc<str>,
    pub origin: Origin,
    pub syntax: Syntax,
    pub package: Option<Named>,
    pub imports: Vec<Import>,
    pub options: Vec<Setting>,
    pub messages: Vec<MessageId>,
    pub enums: Vec<EnumId>,
    pub services: Vec<Service>,
    pub extensions: Vec<Field>,
    /// Statements that cannot stand where they do, and why not.
    pub misplaced: Vec<(Position, &'static str)>,
}

impl File {
    pub fn package(&self) -> &str {
        self.package.as_ref().map_or("", |package| &package.name)
    }
}

/// A name and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: String,
    pub at: Position,
}

#[derive(Clone, Debug)]
pub(super) struct Import {
    pub path: String,
    pub at: Position,
    pub kind: ImportKind,
}

/// What stands between `import` and the path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImportKind {
    Plain,
    /// Importers of this file see what is imported, too.
    Public,
    /// The file may be missing.
    Weak,
    /// Only for options; the file may be missing.
    Option,
}

impl ImportKind {
    pub fn may_be_missing(self) -> bool {
        matches!(self, Self::Weak | Self::Option)
    }
}

/// `option name = value;` or one of those in brackets.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// As written, like `features.json_format` or `(my.option).part`.
    pub name: String,
    /// Strings without their quotes, everything else as written; empty for a value in braces.
    pub value: String,
    pub kind: ValueKind,
    pub at: Position,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ValueKind {
    Text,
    Word,
    Number,
    Braces,
}

/// The value of a setting: the last one of this name.
pub(super) fn setting<'s>(settings: &'s [Setting], name: &str) -> Option<&'s Setting> {
    settings.iter().rev().find(|one| one.name == name)
}

#[derive(Clone, Debug)]
pub(super) struct Message {
    pub name: String,
    /// With the package and what it stands in: `pkg.Outer.Inner`.
    pub full_name: String,
    pub file: usize,
    pub parent: Option<MessageId>,
    pub at: Position,
    pub fields: Vec<Field>,
    pub oneofs: Vec<OneOf>,
    pub messages: Vec<MessageId>,
    pub enums: Vec<EnumId>,
    pub extensions: Vec<Field>,
    pub reserved: Reserved,
    /// `extensions 100 to 199;`
    pub extension_ranges: Vec<Range>,
    /// The options of all those ranges.
    pub range_options: Vec<Setting>,
    /// The fields by their numbers; of several the last one.
    pub numbers: HashMap<i32, usize>,
    pub options: Vec<Setting>,
    /// It is the type of a `group`, which declares it in passing.
    pub is_group: bool,
}

impl Message {
    pub fn field(&self, number: i32) -> Option<&Field> {
        self.numbers.get(&number).map(|index| &self.fields[*index])
    }

    /// The fields of a oneof.
    pub fn members(&self, oneof: usize) -> impl Iterator<Item = &Field> {
        self.oneofs[oneof]
            .members
            .iter()
            .map(|index| &self.fields[*index])
    }
}

/// Numbers from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub from: i32,
    pub to: i32,
}

#[derive(Clone, Debug)]
pub(super) struct OneOf {
    pub name: String,
    /// Which of the message's fields.
    pub members: Vec<usize>,
    pub options: Vec<Setting>,
    pub at: Position,
}

/// What stands before a field's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    Optional,
    Required,
    Repeated,
}

#[derive(Clone, Debug)]
pub(super) struct Field {
    pub name: String,
    pub number: i32,
    pub label: Option<Label>,
    pub kind: Type,
    /// Which of the message's oneofs it is in.
    pub oneof: Option<usize>,
    pub options: Vec<Setting>,
    /// The message that an extension extends, as written.
    pub extendee: Option<TypeName>,
    pub at: Position,
    pub name_at: Position,
    pub type_at: Position,
}

#[derive(Clone, Debug)]
pub(super) enum Type {
    Scalar(Scalar),
    Named(TypeName),
    Map(Scalar, Box<Type>),
    /// `group Name = 1 { … }`: the message stands in the same scope as the field.
    Group(MessageId),
}

/// A type's name as written, and the type where it was found.
#[derive(Clone, Debug)]
pub(super) struct TypeName {
    pub written: String,
    pub target: Option<Target>,
}

impl TypeName {
    pub fn new(written: String) -> Self {
        Self {
            written,
            target: None,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Enum {
    pub name: String,
    pub full_name: String,
    pub file: usize,
    pub parent: Option<MessageId>,
    pub at: Position,
    pub values: Vec<EnumValue>,
    pub reserved: Reserved,
    /// The values by number and by name; of several the first one.
    pub numbers: HashMap<i32, usize>,
    pub names: HashMap<String, usize>,
    pub options: Vec<Setting>,
}

impl Enum {
    pub fn value(&self, number: i32) -> Option<&EnumValue> {
        self.numbers.get(&number).map(|index| &self.values[*index])
    }

    pub fn named(&self, name: &str) -> Option<&EnumValue> {
        self.names.get(name).map(|index| &self.values[*index])
    }
}

#[derive(Clone, Debug)]
pub(super) struct EnumValue {
    pub name: String,
    pub number: i32,
    pub options: Vec<Setting>,
    pub at: Position,
    pub number_at: Position,
}

#[derive(Clone, Debug)]
pub(super) struct Service {
    pub name: String,
    pub at: Position,
    pub methods: Vec<Method>,
    pub options: Vec<Setting>,
}

#[derive(Clone, Debug)]
pub(super) struct Method {
    pub name: String,
    pub at: Position,
    pub input: Payload,
    pub output: Payload,
    pub options: Vec<Setting>,
}

/// What a method takes or gives.
#[derive(Clone, Debug)]
pub(super) struct Payload {
    pub kind: TypeName,
    pub at: Position,
    pub is_stream: bool,
}

impl Schema {
    pub(super) fn message(&self, id: MessageId) -> &Message {
        &self.messages[id.0]
    }

    pub(super) fn enumeration(&self, id: EnumId) -> &Enum {
        &self.enums[id.0]
    }

    /// The files that are the schema itself.
    pub(super) fn own(&self) -> impl Iterator<Item = (usize, &File)> {
        (self.files.iter().enumerate()).filter(|(_, file)| file.origin == Origin::Own)
    }

    /// The name without the package.
    pub(super) fn local_name<'s>(&'s self, full_name: &'s str, file: usize) -> &'s str {
        let package = self.files[file].package();
        let local = full_name
            .strip_prefix(package)
            .filter(|_| !package.is_empty());
        local
            .and_then(|local| local.strip_prefix('.'))
            .unwrap_or(full_name)
    }

    /// A message's name without its package.
    pub(super) fn message_name(&self, id: MessageId) -> &str {
        let message = self.message(id);
        self.local_name(&message.full_name, message.file)
    }

    /// An enum's name without its package.
    pub(super) fn enum_name(&self, id: EnumId) -> &str {
        let one = self.enumeration(id);
        self.local_name(&one.full_name, one.file)
    }

    /// The type as a full name where it was found, else as written.
    pub(super) fn type_name(&self, name: &TypeName) -> String {
        match name.target {
            Some(Target::Message(id)) => self.message(id).full_name.clone(),
            Some(Target::Enum(id)) => self.enumeration(id).full_name.clone(),
            None => name.written.clone(),
        }
    }
}
