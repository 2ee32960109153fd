//! The 26 types of Confluent's `Difference.Type`. `SchemaDiff.COMPATIBLE_CHANGES` says which of
//! them are accepted.

use super::registry;
use crate::schema::Rule;

const SCHEMA: &str = "Confluent protobuf diff: SchemaDiff";
const MESSAGE: &str = "Confluent protobuf diff: MessageSchemaDiff";
const FIELD: &str = "Confluent protobuf diff: FieldSchemaDiff";
const ENUM: &str = "Confluent protobuf diff: EnumSchemaDiff";
const NOTHING: &str = "nothing: the registry accepts it";

pub(super) const RULES: [Rule; 26] = [
    registry(
        "protobuf/package-changed",
        "PACKAGE_CHANGED",
        [
            "the package changed",
            "the bytes are the same, but every message has a new full name: generated code, Any \
             and deserializers that look the type up by name no longer find it",
            "keep the package, or register the new one under another subject",
        ],
        SCHEMA,
    ),
    registry(
        "protobuf/message-added",
        "MESSAGE_ADDED",
        ["a message was added", "nobody knows it yet", NOTHING],
        SCHEMA,
    ),
    registry(
        "protobuf/message-removed",
        "MESSAGE_REMOVED",
        [
            "a message was removed",
            "records of this message cannot be read any more with this schema",
            "keep the message, perhaps marked as deprecated",
        ],
        SCHEMA,
    ),
    registry(
        "protobuf/message-moved",
        "MESSAGE_MOVED",
        [
            "a message moved to another place in the file",
            "the index in a record counts within the schema it was written with, so nothing breaks",
            NOTHING,
        ],
        SCHEMA,
    ),
    registry(
        "protobuf/enum-added",
        "ENUM_ADDED",
        ["an enum was added", "nobody knows it yet", NOTHING],
        SCHEMA,
    ),
    registry(
        "protobuf/enum-removed",
        "ENUM_REMOVED",
        [
            "an enum was removed",
            "on the wire its values are plain numbers, which stay readable",
            NOTHING,
        ],
        SCHEMA,
    ),
    registry(
        "protobuf/enum-const-added",
        "ENUM_CONST_ADDED",
        [
            "an enum got a value",
            "readers with the old schema see a number they have no name for",
            NOTHING,
        ],
        ENUM,
    ),
    registry(
        "protobuf/enum-const-changed",
        "ENUM_CONST_CHANGED",
        [
            "the name of an enum value changed",
            "the number on the wire is the same; JSON and generated code use the name",
            NOTHING,
        ],
        ENUM,
    ),
    registry(
        "protobuf/enum-const-removed",
        "ENUM_CONST_REMOVED",
        [
            "an enum lost a value",
            "the registry accepts it; readers see a number they have no name for",
            "reserve the number and the name",
        ],
        ENUM,
    ),
    registry(
        "protobuf/field-added",
        "FIELD_ADDED",
        [
            "a field was added",
            "old readers skip it, new readers see its default",
            NOTHING,
        ],
        MESSAGE,
    ),
    registry(
        "protobuf/field-removed",
        "FIELD_REMOVED",
        [
            "a field was removed",
            "new readers skip it; the number must never be used for something else",
            "reserve the number and the name",
        ],
        MESSAGE,
    ),
    registry(
        "protobuf/field-name-changed",
        "FIELD_NAME_CHANGED",
        [
            "the name of a field changed",
            "the wire only knows the number; JSON and generated code use the name",
            "set json_name to the old name",
        ],
        FIELD,
    ),
    registry(
        "protobuf/field-kind-changed",
        "FIELD_KIND_CHANGED",
        [
            "a field became another kind of thing: scalar, map or message",
            "what one side writes the other cannot make sense of",
            "add a field with a new number, reserve the old one",
        ],
        FIELD,
    ),
    registry(
        "protobuf/field-scalar-kind-changed",
        "FIELD_SCALAR_KIND_CHANGED",
        [
            "the type of a field changed to one that lies differently on the wire",
            "values are lost, refused or read as something else",
            "add a field with a new number, reserve the old one",
        ],
        FIELD,
    ),
    registry(
        "protobuf/field-named-type-changed",
        "FIELD_NAMED_TYPE_CHANGED",
        [
            "the message type of a field changed, or an imported one became incompatible",
            "the registry compares names without their package, and imported messages by content",
            "keep the type, or add a field with a new number",
        ],
        FIELD,
    ),
    registry(
        "protobuf/field-numeric-label-changed",
        "FIELD_NUMERIC_LABEL_CHANGED",
        [
            "the label of a number, bool or enum changed",
            "repeated numbers lie packed on the wire, single ones do not",
            "add a field with a new number, reserve the old one",
        ],
        FIELD,
    ),
    registry(
        "protobuf/field-string-or-bytes-label-changed",
        "FIELD_STRING_OR_BYTES_LABEL_CHANGED",
        [
            "the label of a string or of bytes changed",
            "a reader that takes one value takes the last of several",
            NOTHING,
        ],
        FIELD,
    ),
    registry(
        "protobuf/required-field-added",
        "REQUIRED_FIELD_ADDED",
        [
            "a required field was added",
            "readers refuse records that were written without it",
            "make it optional",
        ],
        MESSAGE,
    ),
    registry(
        "protobuf/required-field-removed",
        "REQUIRED_FIELD_REMOVED",
        [
            "a required field was removed",
            "readers with the old schema refuse records without it",
            "make it optional first, remove it when all readers know that",
        ],
        MESSAGE,
    ),
    registry(
        "protobuf/oneof-added",
        "ONEOF_ADDED",
        ["a oneof was added", "it is not on the wire", NOTHING],
        MESSAGE,
    ),
    registry(
        "protobuf/oneof-removed",
        "ONEOF_REMOVED",
        ["a oneof was removed", "it is not on the wire", NOTHING],
        MESSAGE,
    ),
    registry(
        "protobuf/oneof-field-added",
        "ONEOF_FIELD_ADDED",
        [
            "a field was added to a oneof",
            "old readers see a oneof that is not set",
            NOTHING,
        ],
        MESSAGE,
    ),
    registry(
        "protobuf/oneof-field-removed",
        "ONEOF_FIELD_REMOVED",
        [
            "a field of a oneof was removed",
            "new readers see a oneof that is not set where the old ones saw a value",
            "keep the field, perhaps marked as deprecated",
        ],
        MESSAGE,
    ),
    registry(
        "protobuf/oneof-field-moved-to-top-level",
        "ONEOF_FIELD_MOVED_TO_TOP_LEVEL",
        [
            "a field left its oneof",
            "it may now be set together with the others: the wire has no objection",
            NOTHING,
        ],
        MESSAGE,
    ),
    registry(
        "protobuf/multiple-fields-moved-to-oneof",
        "MULTIPLE_FIELDS_MOVED_TO_ONEOF",
        [
            "several fields moved into one oneof",
            "records that have more than one of them lose all but the last",
            "move one field at most, and only into a new oneof",
        ],
        MESSAGE,
    ),
    registry(
        "protobuf/field-moved-to-existing-oneof",
        "FIELD_MOVED_TO_EXISTING_ONEOF",
        [
            "a field moved into a oneof that was there before",
            "records that have it and a member of the oneof lose one of them",
            "leave the field outside of the oneof",
        ],
        MESSAGE,
    ),
];
