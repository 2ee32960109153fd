//! Apicurio's checks. They have no names in its answers, only sentences: the names here are those
//! of the methods, without `check`.

use super::registry;
use crate::schema::Rule;

const SOURCE: &str = "Apicurio: ProtobufCompatibilityCheckerLibrary (after protolock)";

pub(super) const RULES: [Rule; 9] = [
    registry(
        "protobuf/apicurio-no-using-reserved-fields",
        "NoUsingReservedFields",
        [
            "a field uses a number or a name that was reserved",
            "a field once had it, and records of that time may still be there",
            "take a number and a name that were never used",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/apicurio-no-removing-reserved-fields",
        "NoRemovingReservedFields",
        [
            "a reservation was removed",
            "the next field may take the number or the name",
            "keep the reservation",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/apicurio-no-removing-fields-without-reserve",
        "NoRemovingFieldsWithoutReserve",
        [
            "a field was removed and its number or its name is not reserved",
            "the next field may take the number or the name",
            "reserve both",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/apicurio-no-changing-field-ids",
        "NoChangingFieldIDs",
        [
            "the number of a field or of an enum value changed",
            "what was written with one number is not found under the other",
            "keep the number",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/apicurio-no-changing-field-types",
        "NoChangingFieldTypes",
        [
            "the type or the label of a field changed",
            "Apicurio refuses any change, also those the wire has no objection to",
            "add a field with a new name and number, reserve the old ones",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/apicurio-no-changing-field-names",
        "NoChangingFieldNames",
        [
            "the name of a field or of an enum value changed, or it was removed",
            "Apicurio also reports a removed one, unless it is a field that is reserved",
            "keep the name",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/apicurio-no-removing-service-rpcs",
        "NoRemovingServiceRPCs",
        ["a method was removed", "clients call it", "keep the method"],
        SOURCE,
    ),
    registry(
        "protobuf/apicurio-no-changing-rpc-signature",
        "NoChangingRPCSignature",
        [
            "what a method takes or gives changed",
            "clients and servers of both versions do not understand each other",
            "add a method with a new name",
        ],
        SOURCE,
    ),
    registry(
        "protobuf/apicurio-required-fields",
        "RequiredFields",
        [
            "a required field was added",
            "readers refuse records that were written without it",
            "make it optional",
        ],
        SOURCE,
    ),
];
