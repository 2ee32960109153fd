//! The rules of `buf breaking` (version 2 of its configuration) in the categories WIRE, 15 of
//! them, and `WIRE_JSON`, 22 of them. Everything that buf reports breaks.

use super::registry;
use crate::schema::Rule;

const BOTH: &str = "buf breaking rules: WIRE, WIRE_JSON";
const WIRE: &str = "buf breaking rules: WIRE";
const JSON: &str = "buf breaking rules: WIRE_JSON";
const ANEW: &str = "add a field with a new number, reserve the old one";
const METHOD: &str = "add a method with a new name";

pub(super) const RULES: [Rule; 24] = [
    registry(
        "protobuf/buf-enum-value-no-delete-unless-number-reserved",
        "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
        [
            "an enum value was removed and its number is not reserved",
            "the next value may take the number",
            "reserve the number",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-field-no-delete-unless-number-reserved",
        "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
        [
            "a field was removed and its number is not reserved",
            "the next field may take the number",
            "reserve the number",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-field-same-default",
        "FIELD_SAME_DEFAULT",
        [
            "the default of a field changed",
            "both sides read another value where none was written",
            "keep the default",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-field-same-oneof",
        "FIELD_SAME_ONEOF",
        [
            "a field moved into, out of or between oneofs",
            "members of a oneof displace each other",
            "leave the field where it is",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-file-same-package",
        "FILE_SAME_PACKAGE",
        [
            "the package of a file changed",
            "every full name in it changed",
            "keep the package, or add a file beside the old one",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-message-same-required-fields",
        "MESSAGE_SAME_REQUIRED_FIELDS",
        [
            "a required field was added or removed",
            "readers refuse messages without a field that they require",
            "make it optional on both sides first",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-reserved-enum-no-delete",
        "RESERVED_ENUM_NO_DELETE",
        [
            "an enum's reservation was removed",
            "the next value may take the number or the name",
            "keep the reservation",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-reserved-message-no-delete",
        "RESERVED_MESSAGE_NO_DELETE",
        [
            "a message's reservation was removed",
            "the next field may take the number or the name",
            "keep the reservation",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-rpc-same-client-streaming",
        "RPC_SAME_CLIENT_STREAMING",
        [
            "a method's request became a stream or no stream",
            "clients and servers differ",
            METHOD,
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-rpc-same-idempotency-level",
        "RPC_SAME_IDEMPOTENCY_LEVEL",
        [
            "a method's idempotency level changed",
            "clients may repeat calls wrongly",
            "keep it",
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-rpc-same-request-type",
        "RPC_SAME_REQUEST_TYPE",
        [
            "a method's request type changed",
            "clients and servers differ",
            METHOD,
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-rpc-same-response-type",
        "RPC_SAME_RESPONSE_TYPE",
        [
            "a method's response type changed",
            "clients and servers differ",
            METHOD,
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-rpc-same-server-streaming",
        "RPC_SAME_SERVER_STREAMING",
        [
            "a method's response became a stream or no stream",
            "clients and servers differ",
            METHOD,
        ],
        BOTH,
    ),
    registry(
        "protobuf/buf-field-wire-compatible-cardinality",
        "FIELD_WIRE_COMPATIBLE_CARDINALITY",
        [
            "a field takes one value instead of several, or must be there",
            "values are lost",
            ANEW,
        ],
        WIRE,
    ),
    registry(
        "protobuf/buf-field-wire-compatible-type",
        "FIELD_WIRE_COMPATIBLE_TYPE",
        [
            "a field's type lies differently on the wire",
            "values are lost or misread",
            ANEW,
        ],
        WIRE,
    ),
    registry(
        "protobuf/buf-enum-same-json-format",
        "ENUM_SAME_JSON_FORMAT",
        [
            "an enum is no longer fully supported in JSON",
            "its JSON may be refused",
            "keep it",
        ],
        JSON,
    ),
    registry(
        "protobuf/buf-enum-value-no-delete-unless-name-reserved",
        "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
        [
            "an enum value was removed and its name is not reserved",
            "the next value may take the name, which JSON uses",
            "reserve the name",
        ],
        JSON,
    ),
    registry(
        "protobuf/buf-enum-value-same-name",
        "ENUM_VALUE_SAME_NAME",
        [
            "the name of an enum value changed",
            "JSON uses the name",
            "keep the name",
        ],
        JSON,
    ),
    registry(
        "protobuf/buf-field-no-delete-unless-name-reserved",
        "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
        [
            "a field was removed and its name is not reserved",
            "the next field may take the name, which JSON uses",
            "reserve the name",
        ],
        JSON,
    ),
    registry(
        "protobuf/buf-field-same-json-name",
        "FIELD_SAME_JSON_NAME",
        [
            "the name of a field in JSON changed",
            "its JSON is not found",
            "set json_name",
        ],
        JSON,
    ),
    registry(
        "protobuf/buf-field-same-name",
        "FIELD_SAME_NAME",
        [
            "the name of a field changed",
            "JSON may use the name",
            "keep the name",
        ],
        JSON,
    ),
    registry(
        "protobuf/buf-message-same-json-format",
        "MESSAGE_SAME_JSON_FORMAT",
        [
            "a message is no longer fully supported in JSON",
            "its JSON may be refused",
            "keep it",
        ],
        JSON,
    ),
    registry(
        "protobuf/buf-field-wire-json-compatible-cardinality",
        "FIELD_WIRE_JSON_COMPATIBLE_CARDINALITY",
        [
            "a field takes one value instead of several, or must be there",
            "values are lost",
            ANEW,
        ],
        JSON,
    ),
    registry(
        "protobuf/buf-field-wire-json-compatible-type",
        "FIELD_WIRE_JSON_COMPATIBLE_TYPE",
        [
            "a field's type differs on the wire or in JSON",
            "values are lost or misread",
            ANEW,
        ],
        JSON,
    ),
];
