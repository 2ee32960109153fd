//! A schema of any kind.

use std::{collections::HashMap, sync::LazyLock};

use super::{
    Change, Comparison, Format, Reference, Rule, Rules, SchemaError, Source, ValidationError, avro,
    diff::{FORMAT, INVALID},
    jsonschema, protobuf,
};

/// A schema.
#[derive(Debug)]
pub enum Schema {
    /// Avro.
    Avro(avro::Schema),
    /// JSON Schema.
    Json(jsonschema::Schema),
    /// Protobuf.
    Protobuf(protobuf::Schema),
}

impl Schema {
    /// Reads a schema. `sources` is one text; for Protobuf it may be several files that are one
    /// schema.
    ///
    /// # Errors
    /// What is no schema, with its place; a reference that is not there, with how to give it.
    pub fn parse(
        format: Format,
        sources: &[Source],
        references: &[Reference],
    ) -> Result<Self, SchemaError> {
        let nothing = Source::new("", "");
        let first = sources.first().unwrap_or(&nothing);
        match format {
            Format::Avro => avro::parse(first, references).map(Self::Avro),
            Format::Json => jsonschema::parse(first, references).map(Self::Json),
            Format::Protobuf => protobuf::parse_files(sources, references).map(Self::Protobuf),
        }
    }

    /// Its kind.
    #[must_use]
    pub fn format(&self) -> Format {
        match self {
            Self::Avro(_) => Format::Avro,
            Self::Json(_) => Format::Json,
            Self::Protobuf(_) => Format::Protobuf,
        }
    }

    /// What tells it from other schemas, in whatever file it is: the full name of an Avro type, a
    /// package, an id or a title. Empty when it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Avro(schema) => schema.name(),
            Self::Json(schema) => schema.name(),
            Self::Protobuf(schema) => schema.package(),
        }
    }

    /// What registries refuse the schema for, in the order of the file; empty when it is valid. No
    /// more than the first hundred.
    #[must_use]
    pub fn validation_errors(&self) -> Vec<ValidationError> {
        match self {
            Self::Avro(schema) => avro::validation_errors(schema),
            Self::Json(schema) => jsonschema::validation_errors(schema),
            Self::Protobuf(schema) => protobuf::validation_errors(schema),
        }
    }

    /// Defaults for which registries refuse the schema where it is new to them, though they take it
    /// where they have it already. Avro only.
    #[must_use]
    pub fn invalid_defaults(&self) -> Vec<ValidationError> {
        match self {
            Self::Avro(schema) => avro::invalid_defaults(schema),
            Self::Json(_) | Self::Protobuf(_) => Vec::new(),
        }
    }

    /// What changed from this one to `new`; `None` when they are of different kinds.
    #[must_use]
    pub fn compare(&self, new: &Self, rules: Rules) -> Option<Comparison> {
        match (self, new) {
            (Self::Avro(old), Self::Avro(new)) => Some(avro::compare(old, new, rules)),
            (Self::Json(old), Self::Json(new)) => Some(jsonschema::compare(old, new, rules)),
            (Self::Protobuf(old), Self::Protobuf(new)) => Some(protobuf::compare(old, new, rules)),
            _ => None,
        }
    }

    /// A value, as one line of JSON, that was written with one of the two and cannot be read with
    /// the other because of `change`. It was tried. `None` also when `has_time` ends the search.
    #[must_use]
    pub fn witness(
        &self,
        new: &Self,
        change: &Change,
        has_time: &dyn Fn() -> bool,
    ) -> Option<String> {
        match (self, new) {
            (Self::Avro(old), Self::Avro(new)) => avro::witness(old, new, change),
            (Self::Json(old), Self::Json(new)) => jsonschema::witness(old, new, change, has_time),
            (Self::Protobuf(old), Self::Protobuf(new)) => protobuf::witness(old, new, change),
            _ => None,
        }
    }
}

impl Schema {
    /// About how many bytes of text it has.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Avro(schema) => schema.size(),
            Self::Json(schema) => schema.size(),
            Self::Protobuf(schema) => schema.size(),
        }
    }
}

/// The rule with this id; `None` when there is none.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    static BY_ID: LazyLock<HashMap<&str, &Rule>> =
        LazyLock::new(|| rules().map(|rule| (rule.id, rule)).collect());
    BY_ID.get(id).copied()
}

/// The catalogue: every change that can be found.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [avro::RULES, jsonschema::RULES, protobuf::RULES]
        .into_iter()
        .flatten()
        .chain([&FORMAT, &INVALID])
}
