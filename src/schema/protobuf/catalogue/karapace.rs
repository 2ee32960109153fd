//! Karapace's `Modification` (`karapace/core/protobuf/compare_result.py`); `is_compatible` says
//! which it accepts. `MESSAGE_MOVE`, `FIELD_MOVE`, `ONE_OF_MOVE` and `ONE_OF_FIELD_MOVE` are never
//! reported.

use super::registry;
use crate::schema::Rule;

const SOURCE: &str = "Karapace: compare_result.py, Modification";
const NOTHING: &str = "nothing: the registry accepts it";
const ANEW: &str = "add a field with a new number, reserve the old one";

pub(super) const RULES: [Rule; 22] = [
    registry(
        "protobuf/karapace-package-alter",
        "PACKAGE_ALTER",
        [
            "the package changed",
            "Karapace only compares what is in the file",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-syntax-alter",
        "SYNTAX_ALTER",
        [
            "the syntax changed",
            "labels and defaults mean something else",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-message-add",
        "MESSAGE_ADD",
        ["a message was added", "nobody knows it yet", NOTHING],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-message-drop",
        "MESSAGE_DROP",
        [
            "a message was removed",
            "its records cannot be read any more",
            "keep the message",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-enum-constant-add",
        "ENUM_CONSTANT_ADD",
        [
            "an enum got a value",
            "old readers have no name for it",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-enum-constant-alter",
        "ENUM_CONSTANT_ALTER",
        [
            "the name of an enum value changed",
            "JSON and generated code use it",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-enum-constant-drop",
        "ENUM_CONSTANT_DROP",
        [
            "an enum lost a value",
            "new readers have no name for it",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-enum-add",
        "ENUM_ADD",
        ["an enum was added", "nobody knows it yet", NOTHING],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-enum-drop",
        "ENUM_DROP",
        [
            "an enum was removed",
            "its values are plain numbers on the wire",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-type-alter",
        "TYPE_ALTER",
        [
            "a message became an enum, or an enum a message",
            "Karapace accepts it",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-field-add",
        "FIELD_ADD",
        ["a field was added", "old readers skip it", NOTHING],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-field-drop",
        "FIELD_DROP",
        [
            "a field was removed",
            "new readers skip it",
            "reserve the number and the name",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-field-label-alter",
        "FIELD_LABEL_ALTER",
        [
            "the label of a number, bool or enum changed",
            "repeated numbers lie packed on the wire; Karapace refuses 'optional' as well",
            ANEW,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-field-name-alter",
        "FIELD_NAME_ALTER",
        [
            "the name of a field or of its type changed",
            "the wire knows no names",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-field-kind-alter",
        "FIELD_KIND_ALTER",
        [
            "the type of a field changed",
            "values are lost or read as something else",
            ANEW,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-field-type-alter",
        "FIELD_TYPE_ALTER",
        [
            "the type of a field changed, and one of both is not known",
            "Karapace cannot compare what it does not know",
            "keep the type",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-field-tag-alter",
        "FIELD_TAG_ALTER",
        [
            "the number of a field changed",
            "what was written with one number is not found under the other",
            "keep the number",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-one-of-add",
        "ONE_OF_ADD",
        ["a oneof was added", "it is not on the wire", NOTHING],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-one-of-drop",
        "ONE_OF_DROP",
        ["a oneof was removed", "it is not on the wire", NOTHING],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-one-of-field-add",
        "ONE_OF_FIELD_ADD",
        [
            "a field was added to a oneof",
            "old readers see an empty oneof",
            NOTHING,
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-one-of-field-drop",
        "ONE_OF_FIELD_DROP",
        [
            "a field of a oneof was removed",
            "new readers see an empty oneof where there was a value",
            "keep the field",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/karapace-few-fields-converted-to-one-of",
        "FEW_FIELDS_CONVERTED_TO_ONE_OF",
        [
            "several fields moved into one oneof",
            "records that have more than one of them lose all but the last",
            "move one field at most",
        ],
        SOURCE,
    ),
];
