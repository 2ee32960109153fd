//! What the metaschemas say of keywords, as far as they agree with the one of draft 7.

use std::collections::HashMap;

use super::super::library::Draft;

/// What the value of a keyword must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Schema,
    /// An array of at least one.
    Schemas,
    SchemaOrSchemas,
    /// An object of schemas.
    NamedSchemas,
    /// An object of arrays of names.
    NamedNames,
    NamedSchemasOrNames,
    /// Strings, each once.
    Names,
    Text,
    Flag,
    List,
    Number,
    /// A number above zero.
    Positive,
    /// `exclusiveMinimum` of draft 4, which is a boolean, and of later ones.
    NumberOrFlag,
    /// A whole number that is not negative.
    Count,
}

/// A keyword in the drafts that have it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keyword {
    pub want: Want,
    from: Draft,
    to: Draft,
}

const KEYWORDS: [(&str, Want, Draft, Draft); 52] = {
    use Draft::{Four, Nineteen, Seven, Six, Twenty};
    [
        ("$schema", Want::Text, Four, Twenty),
        ("$id", Want::Text, Six, Twenty),
        ("$ref", Want::Text, Six, Twenty),
        ("$comment", Want::Text, Seven, Twenty),
        ("title", Want::Text, Four, Twenty),
        ("description", Want::Text, Four, Twenty),
        ("pattern", Want::Text, Four, Twenty),
        ("format", Want::Text, Six, Twenty),
        ("contentMediaType", Want::Text, Seven, Twenty),
        ("contentEncoding", Want::Text, Seven, Twenty),
        ("readOnly", Want::Flag, Seven, Twenty),
        ("uniqueItems", Want::Flag, Four, Twenty),
        ("examples", Want::List, Six, Twenty),
        ("enum", Want::List, Four, Twenty),
        ("multipleOf", Want::Positive, Four, Twenty),
        ("maximum", Want::Number, Four, Twenty),
        ("minimum", Want::Number, Four, Twenty),
        ("exclusiveMaximum", Want::NumberOrFlag, Four, Four),
        ("exclusiveMinimum", Want::NumberOrFlag, Four, Four),
        ("exclusiveMaximum", Want::Number, Six, Twenty),
        ("exclusiveMinimum", Want::Number, Six, Twenty),
        ("maxLength", Want::Count, Four, Twenty),
        ("minLength", Want::Count, Four, Twenty),
        ("maxItems", Want::Count, Four, Twenty),
        ("minItems", Want::Count, Four, Twenty),
        ("maxProperties", Want::Count, Four, Twenty),
        ("minProperties", Want::Count, Four, Twenty),
        ("required", Want::Names, Four, Twenty),
        ("properties", Want::NamedSchemas, Four, Twenty),
        ("patternProperties", Want::NamedSchemas, Four, Twenty),
        ("definitions", Want::NamedSchemas, Four, Twenty),
        ("dependencies", Want::NamedSchemasOrNames, Four, Twenty),
        ("additionalProperties", Want::Schema, Four, Twenty),
        ("additionalItems", Want::Schema, Four, Nineteen),
        ("items", Want::SchemaOrSchemas, Four, Twenty),
        ("allOf", Want::Schemas, Four, Twenty),
        ("anyOf", Want::Schemas, Four, Twenty),
        ("oneOf", Want::Schemas, Four, Twenty),
        ("not", Want::Schema, Four, Twenty),
        ("contains", Want::Schema, Six, Twenty),
        ("propertyNames", Want::Schema, Six, Twenty),
        ("if", Want::Schema, Seven, Twenty),
        ("then", Want::Schema, Seven, Twenty),
        ("else", Want::Schema, Seven, Twenty),
        // Newer than draft 7; Confluent's newer library refuses the wrong type, too.
        ("$defs", Want::NamedSchemas, Nineteen, Twenty),
        ("dependentSchemas", Want::NamedSchemas, Nineteen, Twenty),
        ("dependentRequired", Want::NamedNames, Nineteen, Twenty),
        ("unevaluatedItems", Want::Schema, Nineteen, Twenty),
        ("unevaluatedProperties", Want::Schema, Nineteen, Twenty),
        ("minContains", Want::Count, Nineteen, Twenty),
        ("maxContains", Want::Count, Nineteen, Twenty),
        ("prefixItems", Want::Schemas, Twenty, Twenty),
    ]
};

/// The keywords of a draft by their names.
pub(super) fn of(draft: Draft) -> HashMap<&'static str, Keyword> {
    let all = KEYWORDS
        .iter()
        .map(|&(name, want, from, to)| (name, Keyword { want, from, to }));
    all.filter(|(_, keyword)| (keyword.from..=keyword.to).contains(&draft))
        .collect()
}
