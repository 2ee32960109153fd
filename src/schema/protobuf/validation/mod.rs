//! What a schema of Protobuf is refused for. The rules are those of Google's compiler (`parser.cc`
//! and `descriptor.cc` of protoc). Registries have the stricter half of them: Confluent and
//! Karapace parse with Wire or a port of it (labels, `required` in proto3, types with the same
//! name), and Confluent then builds descriptors (`ProtobufSchema.validate`), which refuses
//! numbers and names that are there twice and types that are not defined. Fields that use what is
//! reserved, aliases and cycles of imports are refused by protoc alone.
//!
//! A file with nothing in it is valid.

mod enums;
mod extensions;
mod features;
mod field_options;
mod fields;
mod imports;
mod names;
mod options;
mod ranges;
#[cfg(test)]
mod tests;
mod types;
mod visibility;

use self::visibility::Visible;
use super::{
    model::{Enum, EnumId, Field, File, Message, MessageId, Schema, Syntax},
    side::Side,
};
use crate::schema::{
    ValidationError,
    validation_error::{self, ValidationErrors},
};

/// What is wrong with the files of a schema; the references are not looked at.
#[must_use]
pub fn validation_errors(schema: &Schema) -> Vec<ValidationError> {
    let imports = imports::Graph::new(schema);
    validation_error::first(schema.own().map(|(index, file)| {
        let mut search = Search {
            schema,
            index,
            file,
            errors: ValidationErrors::default(),
        };
        search.imports(&imports);
        search.names();
        search.fields();
        search.enums();
        search.ranges();
        let visible = imports
            .is_whole()
            .then(|| Visible::new(schema, &imports, index));
        search.options(visible.as_ref());
        search.field_options();
        search.features();
        search.extensions(visible.as_ref());
        if let Some(visible) = &visible {
            search.types(visible);
        }
        search.errors
    }))
}

/// The search in one file.
struct Search<'s> {
    schema: &'s Schema,
    index: usize,
    file: &'s File,
    errors: ValidationErrors,
}

impl<'s> Search<'s> {
    fn add(&mut self, side: Side, message: String) {
        self.errors.add(side.place, message);
    }

    fn messages(&self) -> impl Iterator<Item = (MessageId, &'s Message)> + use<'s> {
        let (index, messages) = (self.index, self.schema.messages.iter().enumerate());
        messages
            .filter(move |(_, message)| message.file == index)
            .map(|(id, message)| (MessageId(id), message))
    }

    fn enumerations(&self) -> impl Iterator<Item = (EnumId, &'s Enum)> + use<'s> {
        let (index, enums) = (self.index, self.schema.enums.iter().enumerate());
        enums
            .filter(move |(_, one)| one.file == index)
            .map(|(id, one)| (EnumId(id), one))
    }

    /// All fields and extensions, with the message in which they stand.
    fn all_fields(&self) -> impl Iterator<Item = (Option<MessageId>, &'s Field)> + use<'s> {
        let of_messages = self.messages().flat_map(|(id, message)| {
            let fields = message.fields.iter().chain(&message.extensions);
            fields.map(move |field| (Some(id), field))
        });
        of_messages.chain(self.file.extensions.iter().map(|field| (None, field)))
    }

    fn is_proto3(&self) -> bool {
        self.file.syntax == Syntax::Proto3
    }

    /// The year of the edition; `None` in proto2 and proto3.
    fn edition(&self) -> Option<u32> {
        match self.file.syntax {
            Syntax::Edition(year) => Some(year),
            _ => None,
        }
    }

    /// A file that does not say is taken for proto2.
    fn is_proto2(&self) -> bool {
        matches!(self.file.syntax, Syntax::Proto2 | Syntax::Unsaid)
    }
}
