//! Pairs of schemas of draft 2020-12, and what the registry finds between them.

use super::cases::Case;

/// What all of them begin with.
pub const MODERN: &str = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","#;

/// The same for 2020-12; `$schema` is put in front.
pub const MODERN_CASES: &[Case] = &[
    (r#""$id":"a"}"#, r#""$id":"b"}"#, &["ID_CHANGED #/"]),
    (
        r#""properties":{},"maxProperties":1}"#,
        r#""properties":{}}"#,
        &[],
    ),
    (
        r#""properties":{},"additionalProperties":false}"#,
        r#""properties":{}}"#,
        &[],
    ),
    (
        r#""dependentSchemas":{"a":{"type":"null"}}}"#,
        r#""dependentSchemas":{}}"#,
        &["DEPENDENCY_SCHEMA_REMOVED #/dependencies/a"],
    ),
    (
        r#""dependentRequired":{"a":["b"]}}"#,
        r#""dependentRequired":{"b":["a"]}}"#,
        &[
            "DEPENDENCY_ARRAY_ADDED #/dependencies/b",
            "DEPENDENCY_ARRAY_REMOVED #/dependencies/a",
        ],
    ),
    (
        r#""items":true}"#,
        r#""items":false}"#,
        &["ADDITIONAL_ITEMS_REMOVED #/additionalItems"],
    ),
    (
        r#""prefixItems":[true],"items":{"type":"null"}}"#,
        r#""prefixItems":[true,{"type":"null"}],"items":true}"#,
        &[
            "ADDITIONAL_ITEMS_EXTENDED #/additionalItems",
            "ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1",
        ],
    ),
    (
        r#""type":"object","unevaluatedProperties":false}"#,
        r#""type":"object"}"#,
        &["UNEVALUATED_PROPERTIES_ADDED #/unevaluatedProperties"],
    ),
    (
        r#""type":"object"}"#,
        r#""type":"object","unevaluatedProperties":false}"#,
        &["UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties"],
    ),
    (
        r#""unevaluatedProperties":{"type":"null"}}"#,
        r#""type":"object"}"#,
        &["UNEVALUATED_PROPERTIES_EXTENDED #/unevaluatedProperties"],
    ),
    (
        r#""type":"object"}"#,
        r#""unevaluatedProperties":{"type":"null"}}"#,
        &["UNEVALUATED_PROPERTIES_NARROWED #/unevaluatedProperties"],
    ),
    (
        r#""unevaluatedItems":false}"#,
        r#""type":"array"}"#,
        &["UNEVALUATED_ITEMS_ADDED #/unevaluatedItems"],
    ),
    (
        r#""type":"array"}"#,
        r#""unevaluatedItems":false}"#,
        &["UNEVALUATED_ITEMS_REMOVED #/unevaluatedItems"],
    ),
    (
        r#""unevaluatedItems":{"type":"null"}}"#,
        r#""type":"array"}"#,
        &["UNEVALUATED_ITEMS_EXTENDED #/unevaluatedItems"],
    ),
    (
        r#""type":"array"}"#,
        r#""unevaluatedItems":{"type":"null"}}"#,
        &["UNEVALUATED_ITEMS_NARROWED #/unevaluatedItems"],
    ),
    (
        r#""type":"array"}"#,
        r#""contains":{},"maxContains":3}"#,
        &[
            "MAX_CONTAINS_ADDED #/maxContains",
            "MIN_CONTAINS_ADDED #/minContains",
        ],
    ),
    (
        r#""contains":{},"maxContains":3}"#,
        r#""type":"array"}"#,
        &[
            "MAX_CONTAINS_REMOVED #/maxContains",
            "MIN_CONTAINS_REMOVED #/minContains",
        ],
    ),
    (
        r#""contains":{},"maxContains":3}"#,
        r#""contains":{},"maxContains":4,"minContains":2}"#,
        &[
            "MAX_CONTAINS_INCREASED #/maxContains",
            "MIN_CONTAINS_INCREASED #/minContains",
        ],
    ),
    (
        r#""contains":{},"maxContains":3}"#,
        r#""contains":{},"maxContains":2,"minContains":0}"#,
        &[
            "MAX_CONTAINS_DECREASED #/maxContains",
            "MIN_CONTAINS_DECREASED #/minContains",
        ],
    ),
    (
        r#""type":["string","null"],"maxLength":3}"#,
        r#""type":["string","null"],"maxLength":4}"#,
        &["MAX_LENGTH_INCREASED #/anyOf/0/maxLength"],
    ),
    (
        r#""type":"string","enum":["a"]}"#,
        r#""type":"string","enum":["a","b"]}"#,
        &["ENUM_ARRAY_EXTENDED #/allOf/1/enum"],
    ),
    (
        r##""$defs":{"a":{"type":"null"}},"items":{"$ref":"#/$defs/a"}}"##,
        r##""$defs":{"a":{"$anchor":"x","type":"string"}},"items":{"$ref":"#x"}}"##,
        &["TYPE_CHANGED #/items"],
    ),
];
