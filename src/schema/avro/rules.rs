//! The catalogue of what can be said about two Avro schemas.

use crate::schema::Rule;

/// Every kind of change, those that registries refuse first.
pub static RULES: &[Rule] = &[
    Rule {
        id: "avro/reader-field-missing-default",
        registry_type: Some("READER_FIELD_MISSING_DEFAULT_VALUE"),
        title: "a field that the data lacks has no default",
        why: "A reader fills a field that was not written with its default; without one it fails on \
              the first record.",
        fix: "Give the field a default; where it is an old field with a new name, an alias.",
        source: JAVA,
    },
    Rule {
        id: "avro/type-mismatch",
        registry_type: Some("TYPE_MISMATCH"),
        title: "a type cannot be read as the other",
        why: "Only int, long, float and double widen, and string and bytes read each other.",
        fix: "Keep the type, and add a field with a default for the new one.",
        source: JAVA,
    },
    Rule {
        id: "avro/missing-union-branch",
        registry_type: Some("MISSING_UNION_BRANCH"),
        title: "no branch of the reader's union reads a type that may be written",
        why: "Every type that may be written needs a branch that reads it, down to the fields of a \
              record.",
        fix: "Keep the branch, or make its counterpart readable.",
        source: JAVA,
    },
    Rule {
        id: "avro/missing-enum-symbols",
        registry_type: Some("MISSING_ENUM_SYMBOLS"),
        title: "symbols that the reader's enum does not have",
        why: "A reader fails on a symbol that it does not know, unless its enum has a default.",
        fix: "Keep the symbols, or give the enum a default before any is added.",
        source: JAVA,
    },
    Rule {
        id: "avro/name-mismatch",
        registry_type: Some("NAME_MISMATCH"),
        title: "a named type with another name",
        why: "Records, enums and fixed are the same only when their names are, without their \
              namespaces, or when the reader's has the other name as an alias.",
        fix: "Keep the name, or add the old one to the aliases.",
        source: JAVA,
    },
    Rule {
        id: "avro/fixed-size-mismatch",
        registry_type: Some("FIXED_SIZE_MISMATCH"),
        title: "a fixed of another size",
        why: "Nothing says where a fixed ends but its size: all that follows would be read wrongly.",
        fix: "Keep the size, and add a field with another type for the new one.",
        source: JAVA,
    },
    Rule {
        id: "avro/ambiguous-alias",
        registry_type: None,
        title: "a field is two fields of the writer, by its name and its aliases",
        why: "Java fails with an exception, which a registry takes for a refusal; readers fail, too.",
        fix: "Remove the alias that the other schema has as a field of its own.",
        source: "org.apache.avro.SchemaCompatibility.lookupWriterField; Confluent \
                 AvroSchema.isBackwardCompatible",
    },
    Rule {
        id: "avro/invalid-default",
        registry_type: None,
        title: "a default that is no value of its type",
        why: "A reader that needs it fails. Registries compare without looking at it, but refuse it in \
              a schema that is registered anew.",
        fix: "Give the field a default of its type.",
        source: "Avro specification, \"Complex Types\", default; org.apache.avro.Schema.Parser \
                 .setValidateDefaults, which Confluent AvroSchemaProvider sets for new schemas",
    },
    Rule {
        id: "avro/default-against-specification",
        registry_type: None,
        title: "a default that violates the specification",
        why: "It names a symbol that the enum does not have, has another length than its fixed type, or \
              has characters beyond U+00FF for bytes. Avro Java 1.11.4 and 1.12.0 take the schema, and so \
              do registries; a reader that needs the default fails or gets another value.",
        fix: "Give the field a default of its type.",
        source: "Avro specification, \"Complex Types\", default; org.apache.avro.Schema.isValidDefault",
    },
    Rule {
        id: "avro/decimal-changed",
        registry_type: None,
        title: "a decimal with another precision or scale",
        why: "The scale is not in the data: 12.34 with scale 2 reads as 0.1234 with scale 4. Another \
              precision leaves the number as it is. The specification has neither match; Java and \
              the registries do not look.",
        fix: "Keep precision and scale, and add a field for the new ones.",
        source: "Avro specification, \"Logical Types\", decimal",
    },
    Rule {
        id: "avro/logical-type-changed",
        registry_type: None,
        title: "another logical type, or one more or less",
        why: "The same number means something else: milliseconds read as microseconds are in 1970.",
        fix: "Keep the logical type, and add a field for the other meaning.",
        source: LOGICAL,
    },
    Rule {
        id: "avro/field-renamed-without-alias",
        registry_type: None,
        title: "a field went and one of the same type came, both with defaults",
        why: "If it is the same field, every reader fills in the default and loses the value, \
              without an error.",
        fix: "Add the old name to the aliases of the new field.",
        source: RESOLUTION,
    },
    Rule {
        id: "avro/field-renamed-with-alias",
        registry_type: None,
        title: "a field is found by its alias",
        why: "Consumers with the new schema find older data by the alias. Old consumers do not know \
              the new name: they read their default, without an error.",
        fix: "Update all consumers before the new name is written.",
        source: ALIASES,
    },
    Rule {
        id: "avro/alias-of-other-field",
        registry_type: None,
        title: "an alias is the name of another field of the record",
        why: "An alias renames the writer's field, so the field that has the name finds no data: \
              Java fails, or reads its default. Registries do not look.",
        fix: "Remove the alias.",
        source: "org.apache.avro.Schema.applyAliases",
    },
    Rule {
        id: "avro/type-renamed-with-alias",
        registry_type: None,
        title: "a named type is found by its alias",
        why: "Consumers with the new schema find older data by the alias; old consumers that do not \
              know the new name are refused.",
        fix: "Nothing: an alias is the way to rename.",
        source: ALIASES,
    },
    Rule {
        id: "avro/namespace-changed",
        registry_type: None,
        title: "a named type in another namespace",
        why: "Registries compare names without namespaces. Readers that choose a branch of a union \
              or a class by the full name do not find it; aliases of its fields no longer apply.",
        fix: "Add the old full name to the aliases.",
        source: RESOLUTION,
    },
    Rule {
        id: "avro/default-changed",
        registry_type: None,
        title: "another default",
        why: "Data from before the field existed reads as another value from now on.",
        fix: "Keep the default.",
        source: RESOLUTION,
    },
    Rule {
        id: "avro/default-removed",
        registry_type: None,
        title: "a default went",
        why: "The version before has the field, so BACKWARD passes; versions from before the field \
              cannot be read any more, which BACKWARD_TRANSITIVE refuses.",
        fix: "Keep the default.",
        source: RESOLUTION,
    },
    Rule {
        id: "avro/default-of-later-branch",
        registry_type: None,
        title: "the default of a union is not of its first branch",
        why: "Avro takes it since 1.12; older libraries refuse the schema or fail when they need it.",
        fix: "Put the branch of the default first.",
        source: "Avro specification, \"Unions\"",
    },
    Rule {
        id: "avro/enum-default-swallows-symbols",
        registry_type: None,
        title: "symbols that are read as the default of an enum",
        why: "The registry is content, and readers take one thing for another without an error.",
        fix: "Make sure that consumers treat the default as unknown.",
        source: RESOLUTION,
    },
    Rule {
        id: "avro/enum-default-changed",
        registry_type: None,
        title: "another default of an enum",
        why: "Unknown symbols read as something else from now on.",
        fix: "Keep the default.",
        source: RESOLUTION,
    },
    Rule {
        id: "avro/enum-default-removed",
        registry_type: None,
        title: "the default of an enum went",
        why: "Symbols that this schema does not know, in older data or in data to come, cannot be \
              read any more.",
        fix: "Keep the default.",
        source: RESOLUTION,
    },
    Rule {
        id: "avro/alias-removed",
        registry_type: None,
        title: "an alias went",
        why: "Data with the old name, which the last version may not have, is no longer found.",
        fix: "Keep the alias.",
        source: ALIASES,
    },
    Rule {
        id: "avro/lossy-promotion",
        registry_type: None,
        title: "whole numbers are read as floating-point ones",
        why: "A float holds whole numbers up to 2^24 exactly, a double up to 2^53.",
        fix: "Keep the type.",
        source: RESOLUTION,
    },
    Rule {
        id: "avro/bytes-as-string",
        registry_type: None,
        title: "bytes are read as a string",
        why: "Bytes that are not UTF-8 are replaced or refused, depending on the language.",
        fix: "Add a field for the text.",
        source: RESOLUTION,
    },
    safe(
        "avro/type-promoted",
        "a type is read as a wider one",
        RESOLUTION,
    ),
    safe(
        "avro/field-added",
        "a field with a default was added",
        RESOLUTION,
    ),
    safe(
        "avro/field-removed",
        "a field with a default was removed",
        RESOLUTION,
    ),
    safe(
        "avro/fields-reordered",
        "fields in another order",
        RESOLUTION,
    ),
    safe("avro/default-added", "a field got a default", RESOLUTION),
    safe(
        "avro/order-changed",
        "the sort order of a field changed",
        "Avro specification, \"Sort Order\"",
    ),
    safe(
        "avro/symbols-added",
        "symbols were added to an enum",
        RESOLUTION,
    ),
    safe(
        "avro/symbols-reordered",
        "symbols of an enum in another order",
        RESOLUTION,
    ),
    safe(
        "avro/enum-default-added",
        "an enum got a default",
        RESOLUTION,
    ),
    safe(
        "avro/branch-added",
        "a type was added to a union",
        RESOLUTION,
    ),
    safe(
        "avro/branch-removed",
        "a type was removed from a union",
        RESOLUTION,
    ),
    safe(
        "avro/branches-reordered",
        "branches of a union in another order",
        RESOLUTION,
    ),
    safe("avro/alias-added", "an alias was added", ALIASES),
    safe(
        "avro/doc-changed",
        "documentation changed",
        "Avro specification, \"Complex Types\", doc",
    ),
    safe(
        "avro/property-changed",
        "a member changed that Avro gives no meaning",
        "Avro specification, \"Schema Declaration\"",
    ),
];

const JAVA: &str = "org.apache.avro.SchemaCompatibility";
const RESOLUTION: &str = "Avro specification, \"Schema Resolution\"";
const ALIASES: &str = "Avro specification, \"Aliases\"";
const LOGICAL: &str = "Avro specification, \"Logical Types\"";

/// The rule for a change that harms nobody.
const fn safe(id: &'static str, title: &'static str, source: &'static str) -> Rule {
    Rule {
        id,
        registry_type: None,
        title,
        why: "Both schemas read each other's data.",
        fix: "Nothing to do.",
        source,
    }
}

/// The rule with this id.
pub(super) fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}
