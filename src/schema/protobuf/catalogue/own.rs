//! What evctl finds by itself: what happens to bytes, to JSON and to generated code, whether a
//! registry cares or not.

use crate::schema::Rule;

const UPDATING: &str = "Protobuf language guide: Updating A Message Type";
const RESERVED: &str = "Protobuf language guide: Reserved Fields";
const ENCODING: &str = "Protobuf encoding guide: Message Structure";
const PROTO_JSON: &str = "ProtoJSON format specification";
const ONEOF: &str = "Protobuf language guide: Oneof, Backwards-compatibility issues";
const PRESENCE: &str = "Protobuf application note: Field Presence";
const ENUMS: &str = "Protobuf application note: Enum Behavior";
const ANEW: &str = "add a field with a new number, reserve the old number and name";

const fn own(id: &'static str, [title, why, fix]: [&'static str; 3], source: &'static str) -> Rule {
    Rule {
        id,
        registry_type: None,
        title,
        why,
        fix,
        source,
    }
}

pub(super) const RULES: [Rule; 27] = [
    own(
        "protobuf/field-removed-without-reserve",
        [
            "a field was removed and its number or name is not reserved",
            "whoever takes the number next reads old values as its own; consumers of today no \
             longer get the value",
            "reserve the number and the name",
        ],
        RESERVED,
    ),
    own(
        "protobuf/field-renumbered",
        [
            "a field kept its name and got another number",
            "the wire only knows the number: what one side writes the other does not find",
            "keep the number",
        ],
        UPDATING,
    ),
    own(
        "protobuf/reserved-number-reused",
        [
            "a field or an enum value has a number that was reserved",
            "values of long ago are read as its own",
            "take a number that was never used",
        ],
        RESERVED,
    ),
    own(
        "protobuf/reserved-name-reused",
        [
            "a field or an enum value has a name that was reserved",
            "JSON of long ago is read as its own",
            "take a name that was never used",
        ],
        RESERVED,
    ),
    own(
        "protobuf/reservation-removed",
        [
            "a number or a name is no longer reserved",
            "nothing stops the next field from taking it",
            "keep the reservation",
        ],
        RESERVED,
    ),
    own(
        "protobuf/field-wire-type-changed",
        [
            "the type of a field lies differently on the wire",
            "readers put what they cannot read among the unknown fields: the value is lost",
            ANEW,
        ],
        ENCODING,
    ),
    own(
        "protobuf/field-reinterpreted",
        [
            "the type of a field is read from the same bytes as something else",
            "readers get another value, or refuse the record",
            ANEW,
        ],
        ENCODING,
    ),
    own(
        "protobuf/field-narrowed",
        [
            "the type of a field holds 32 bits on one side and 64 on the other",
            "the side with 32 bits cuts greater numbers off without a word",
            ANEW,
        ],
        UPDATING,
    ),
    own(
        "protobuf/field-sign-changed",
        [
            "the type of a field has a sign on one side only",
            "negative numbers become huge ones, and great ones negative",
            ANEW,
        ],
        UPDATING,
    ),
    own(
        "protobuf/field-to-bool",
        [
            "the type of a field is a bool on one side and a number on the other",
            "the side with the bool only knows zero and not zero",
            ANEW,
        ],
        UPDATING,
    ),
    own(
        "protobuf/field-to-enum",
        [
            "the type of a field is an enum on one side and a number on the other",
            "the enum has no name for most numbers; a closed one loses them",
            "give the enum a value for every number that is written",
        ],
        ENUMS,
    ),
    own(
        "protobuf/field-bytes-to-string",
        [
            "the type of a field is bytes on one side and a string on the other",
            "readers refuse strings that are no UTF-8, with all of the record",
            ANEW,
        ],
        UPDATING,
    ),
    own(
        "protobuf/field-repeated-changed",
        [
            "a field takes several values on one side and one on the other",
            "the side that takes one keeps the last of several; numbers lie packed and are lost",
            ANEW,
        ],
        UPDATING,
    ),
    own(
        "protobuf/field-required-changed",
        [
            "a field must be there on one side only",
            "the side that requires it refuses records without it",
            "make it optional on both sides",
        ],
        UPDATING,
    ),
    own(
        "protobuf/field-default-changed",
        [
            "the default of a field changed",
            "the same record is read with another value where none was written",
            "keep the default",
        ],
        PRESENCE,
    ),
    own(
        "protobuf/field-presence-changed",
        [
            "whether a field was set can be told on one side only",
            "zero and not set look alike to one side; generated code loses or gets has_…",
            "keep the label",
        ],
        PRESENCE,
    ),
    own(
        "protobuf/field-renamed",
        [
            "the name of a field changed",
            "JSON with the old name is refused or ignored; generated code no longer compiles",
            "set json_name to the old name",
        ],
        PROTO_JSON,
    ),
    own(
        "protobuf/field-json-name-changed",
        [
            "the name of a field in JSON changed",
            "JSON with the old name is refused or ignored",
            "keep json_name",
        ],
        PROTO_JSON,
    ),
    own(
        "protobuf/field-json-form-changed",
        [
            "the bytes of a field stay readable, its JSON does not",
            "text, base64, names of enum values and numbers are not each other's JSON",
            ANEW,
        ],
        PROTO_JSON,
    ),
    own(
        "protobuf/oneof-exclusive",
        [
            "fields that could be set together are members of one oneof now",
            "of several members the reader keeps the last, the others are lost",
            "leave them outside of the oneof",
        ],
        ONEOF,
    ),
    own(
        "protobuf/oneof-membership-changed",
        [
            "a field moved into, out of or between oneofs",
            "generated code is another one",
            "leave the field where it is",
        ],
        ONEOF,
    ),
    own(
        "protobuf/enum-value-removed",
        [
            "an enum value is gone",
            "readers have a number without a name; a closed enum loses it",
            "keep the value, perhaps marked as deprecated; else reserve number and name",
        ],
        ENUMS,
    ),
    own(
        "protobuf/enum-value-added-to-closed",
        [
            "a closed enum got a value",
            "old readers put it among the unknown fields and see the default",
            "let all readers know the value before anyone writes it",
        ],
        ENUMS,
    ),
    own(
        "protobuf/enum-value-renamed",
        [
            "the name of an enum value changed",
            "JSON with the old name is refused; generated code no longer compiles",
            "keep the old name beside the new one with allow_alias",
        ],
        PROTO_JSON,
    ),
    own(
        "protobuf/enum-value-renumbered",
        [
            "an enum value kept its name and got another number",
            "the number on the wire means something else to the other side",
            "keep the number",
        ],
        ENUMS,
    ),
    own(
        "protobuf/type-renamed",
        [
            "a message or an enum has another full name, or is gone",
            "the bytes are the same; generated code, Any and lookups by name are not",
            "keep the name and the package",
        ],
        UPDATING,
    ),
    own(
        "protobuf/group-changed",
        [
            "a message lies between marks on one side and behind its length on the other",
            "readers put it among the unknown fields: the value is lost",
            ANEW,
        ],
        ENCODING,
    ),
];
