//! The keywords that apply to values of one type, up to draft 7.

/// Those of arrays; `contains` is the last, as draft 4 lacks it.
pub const ARRAY: [&str; 6] = [
    "items",
    "additionalItems",
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
];

/// Those of objects; `propertyNames` is the last, as draft 4 lacks it.
pub const OBJECT: [&str; 8] = [
    "properties",
    "required",
    "minProperties",
    "maxProperties",
    "dependencies",
    "patternProperties",
    "additionalProperties",
    "propertyNames",
];

/// Those of numbers.
pub const NUMBER: [&str; 5] = [
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

/// Those of strings.
pub const STRING: [&str; 4] = ["minLength", "maxLength", "pattern", "format"];

/// The keywords that apply to values of the type `name`; none for other types.
pub fn of_type(name: &str) -> &'static [&'static str] {
    match name {
        "object" => &OBJECT,
        "array" => &ARRAY,
        "string" => &STRING,
        "number" | "integer" => &NUMBER,
        _ => &[],
    }
}
