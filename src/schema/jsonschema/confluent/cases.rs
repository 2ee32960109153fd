//! Pairs of schemas, and what the registry finds between them.

/// The old schema, the new one, and what the registry finds between them.
pub type Case = (&'static str, &'static str, &'static [&'static str]);

pub const CASES: &[Case] = &[
    // What describes.
    (r#"{"$id":"a"}"#, r#"{"$id":"b"}"#, &["ID_CHANGED #/"]),
    (
        r#"{"title":"a","description":"x"}"#,
        r#"{"title":"b"}"#,
        &["DESCRIPTION_CHANGED #/", "TITLE_CHANGED #/"],
    ),
    (
        r#"{"type":"string","default":"a"}"#,
        r#"{"type":"string","default":"b"}"#,
        &["DEFAULT_CHANGED #/"],
    ),
    // Types.
    (
        r#"{"type":"array"}"#,
        r#"{"type":"array","items":{"type":"string"}}"#,
        &["SCHEMA_ADDED #/items"],
    ),
    (
        r#"{"type":"array","items":{"type":"string"}}"#,
        r#"{"type":"array"}"#,
        &["SCHEMA_REMOVED #/items"],
    ),
    (
        r#"{"type":"integer"}"#,
        r#"{"type":"number"}"#,
        &["TYPE_EXTENDED #/"],
    ),
    (
        r#"{"type":"number"}"#,
        r#"{"type":"integer"}"#,
        &["TYPE_NARROWED #/"],
    ),
    (
        r#"{"type":"object"}"#,
        r#"{"type":"array"}"#,
        &["TYPE_CHANGED #/"],
    ),
    (r#"{"type":"object"}"#, "{}", &[]),
    (r#"{"type":"object"}"#, "true", &[]),
    ("false", r#"{"type":"object"}"#, &[]),
    ("true", r#"{"type":"object"}"#, &["TYPE_CHANGED #/"]),
    (
        r#"{"type":"string","connect.type":"bytes"}"#,
        r#"{"type":"number","connect.type":"bytes"}"#,
        &[],
    ),
    // Strings.
    (
        r#"{"type":"string"}"#,
        r#"{"type":"string","maxLength":3}"#,
        &["MAX_LENGTH_ADDED #/maxLength"],
    ),
    (
        r#"{"type":"string","maxLength":3}"#,
        r#"{"type":"string"}"#,
        &["MAX_LENGTH_REMOVED #/maxLength"],
    ),
    (
        r#"{"maxLength":3}"#,
        r#"{"maxLength":4}"#,
        &["MAX_LENGTH_INCREASED #/maxLength"],
    ),
    (
        r#"{"maxLength":3}"#,
        r#"{"maxLength":2}"#,
        &["MAX_LENGTH_DECREASED #/maxLength"],
    ),
    (
        r#"{"type":"string"}"#,
        r#"{"type":"string","minLength":3}"#,
        &["MIN_LENGTH_ADDED #/minLength"],
    ),
    (
        r#"{"type":"string","minLength":3}"#,
        r#"{"type":"string"}"#,
        &["MIN_LENGTH_REMOVED #/minLength"],
    ),
    (
        r#"{"minLength":3}"#,
        r#"{"minLength":4}"#,
        &["MIN_LENGTH_INCREASED #/minLength"],
    ),
    (
        r#"{"minLength":3}"#,
        r#"{"minLength":2}"#,
        &["MIN_LENGTH_DECREASED #/minLength"],
    ),
    (
        r#"{"type":"string"}"#,
        r#"{"type":"string","pattern":"a"}"#,
        &["PATTERN_ADDED #/pattern"],
    ),
    (
        r#"{"type":"string","pattern":"a"}"#,
        r#"{"type":"string"}"#,
        &["PATTERN_REMOVED #/pattern"],
    ),
    (
        r#"{"pattern":"a"}"#,
        r#"{"pattern":"a|b"}"#,
        &["PATTERN_CHANGED #/pattern"],
    ),
    (r#"{"pattern":"a"}"#, r#"{"pattern":"a"}"#, &[]),
    // Numbers.
    (
        r#"{"type":"number"}"#,
        r#"{"type":"number","maximum":3,"minimum":1}"#,
        &["MAXIMUM_ADDED #/maximum", "MINIMUM_ADDED #/minimum"],
    ),
    (
        r#"{"type":"number","maximum":3,"minimum":1}"#,
        r#"{"type":"number"}"#,
        &["MAXIMUM_REMOVED #/maximum", "MINIMUM_REMOVED #/minimum"],
    ),
    (
        r#"{"maximum":3,"minimum":1}"#,
        r#"{"maximum":4,"minimum":2}"#,
        &["MAXIMUM_INCREASED #/maximum", "MINIMUM_INCREASED #/minimum"],
    ),
    (
        r#"{"maximum":3,"minimum":1}"#,
        r#"{"maximum":2.5,"minimum":0}"#,
        &["MAXIMUM_DECREASED #/maximum", "MINIMUM_DECREASED #/minimum"],
    ),
    (
        r#"{"type":"number"}"#,
        r#"{"type":"number","exclusiveMaximum":3,"exclusiveMinimum":1}"#,
        &[
            "EXCLUSIVE_MAXIMUM_ADDED #/exclusiveMaximum",
            "EXCLUSIVE_MINIMUM_ADDED #/exclusiveMinimum",
        ],
    ),
    (
        r#"{"type":"number","exclusiveMaximum":3,"exclusiveMinimum":1}"#,
        r#"{"type":"number"}"#,
        &[
            "EXCLUSIVE_MAXIMUM_REMOVED #/exclusiveMaximum",
            "EXCLUSIVE_MINIMUM_REMOVED #/exclusiveMinimum",
        ],
    ),
    (
        r#"{"exclusiveMaximum":3,"exclusiveMinimum":1}"#,
        r#"{"exclusiveMaximum":4,"exclusiveMinimum":2}"#,
        &[
            "EXCLUSIVE_MAXIMUM_INCREASED #/exclusiveMaximum",
            "EXCLUSIVE_MINIMUM_INCREASED #/exclusiveMinimum",
        ],
    ),
    (
        r#"{"exclusiveMaximum":3,"exclusiveMinimum":1}"#,
        r#"{"exclusiveMaximum":2,"exclusiveMinimum":0}"#,
        &[
            "EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum",
            "EXCLUSIVE_MINIMUM_DECREASED #/exclusiveMinimum",
        ],
    ),
    // The registry looks at the new `maximum` here, which is not lower.
    (
        r#"{"exclusiveMaximum":3,"maximum":9}"#,
        r#"{"exclusiveMaximum":2,"maximum":9}"#,
        &[],
    ),
    (
        r#"{"type":"number"}"#,
        r#"{"type":"number","multipleOf":4}"#,
        &["MULTIPLE_OF_ADDED #/multipleOf"],
    ),
    (
        r#"{"type":"number","multipleOf":4}"#,
        r#"{"type":"number"}"#,
        &["MULTIPLE_OF_REMOVED #/multipleOf"],
    ),
    (
        r#"{"multipleOf":4}"#,
        r#"{"multipleOf":8}"#,
        &["MULTIPLE_OF_EXPANDED #/multipleOf"],
    ),
    (
        r#"{"multipleOf":4}"#,
        r#"{"multipleOf":2}"#,
        &["MULTIPLE_OF_REDUCED #/multipleOf"],
    ),
    (
        r#"{"multipleOf":4}"#,
        r#"{"multipleOf":3}"#,
        &["MULTIPLE_OF_CHANGED #/multipleOf"],
    ),
    (
        r#"{"multipleOf":0.5}"#,
        r#"{"multipleOf":0.25}"#,
        &["MULTIPLE_OF_CHANGED #/multipleOf"],
    ),
    // Required properties.
    (
        r#"{"properties":{"a":{}}}"#,
        r#"{"properties":{"a":{}},"required":["a"]}"#,
        &["REQUIRED_ATTRIBUTE_ADDED #/required/a"],
    ),
    (
        r#"{"properties":{"a":{"default":1}}}"#,
        r#"{"properties":{"a":{"default":1}},"required":["a"]}"#,
        &["REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED #/required/a"],
    ),
    (
        r#"{"properties":{"a":{}},"required":["a"]}"#,
        r#"{"properties":{"a":{}}}"#,
        &["REQUIRED_ATTRIBUTE_REMOVED #/required/a"],
    ),
    // A required name that no property has is nothing to the registry.
    (
        r#"{"properties":{"a":{}},"required":["a"]}"#,
        r#"{"properties":{"a":{}},"required":["b"]}"#,
        &["REQUIRED_ATTRIBUTE_REMOVED #/required/a"],
    ),
    // Sizes of objects.
    (
        r#"{"type":"object"}"#,
        r#"{"type":"object","maxProperties":3,"minProperties":1}"#,
        &[
            "MAX_PROPERTIES_ADDED #/maxProperties",
            "MIN_PROPERTIES_ADDED #/minProperties",
        ],
    ),
    (
        r#"{"type":"object","maxProperties":3,"minProperties":1}"#,
        r#"{"type":"object"}"#,
        &[
            "MAX_PROPERTIES_REMOVED #/maxProperties",
            "MIN_PROPERTIES_REMOVED #/minProperties",
        ],
    ),
    (
        r#"{"maxProperties":3,"minProperties":1}"#,
        r#"{"maxProperties":4,"minProperties":2}"#,
        &[
            "MAX_PROPERTIES_INCREASED #/maxProperties",
            "MIN_PROPERTIES_INCREASED #/minProperties",
        ],
    ),
    (
        r#"{"maxProperties":3,"minProperties":1}"#,
        r#"{"maxProperties":2,"minProperties":0}"#,
        &[
            "MAX_PROPERTIES_DECREASED #/maxProperties",
            "MIN_PROPERTIES_DECREASED #/minProperties",
        ],
    ),
    // Undeclared properties.
    (
        r#"{"additionalProperties":false}"#,
        r#"{"type":"object"}"#,
        &["ADDITIONAL_PROPERTIES_ADDED #/additionalProperties"],
    ),
    (
        r#"{"type":"object"}"#,
        r#"{"additionalProperties":false}"#,
        &["ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties"],
    ),
    (
        r#"{"additionalProperties":{"type":"string"}}"#,
        r#"{"additionalProperties":true}"#,
        &["ADDITIONAL_PROPERTIES_EXTENDED #/additionalProperties"],
    ),
    (
        r#"{"additionalProperties":true}"#,
        r#"{"additionalProperties":{"type":"string"}}"#,
        &["ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties"],
    ),
    (
        r#"{"additionalProperties":{"type":"string"}}"#,
        r#"{"additionalProperties":{"type":"null"}}"#,
        &["TYPE_CHANGED #/additionalProperties"],
    ),
    // Dependencies.
    (
        r#"{"type":"object"}"#,
        r#"{"dependencies":{"a":["b"]}}"#,
        &["DEPENDENCY_ARRAY_ADDED #/dependencies/a"],
    ),
    (
        r#"{"dependencies":{"a":["b"]}}"#,
        r#"{"type":"object"}"#,
        &["DEPENDENCY_ARRAY_REMOVED #/dependencies/a"],
    ),
    (
        r#"{"dependencies":{"a":["b"]}}"#,
        r#"{"dependencies":{"a":["c","b"]}}"#,
        &["DEPENDENCY_ARRAY_EXTENDED #/dependencies/a"],
    ),
    (
        r#"{"dependencies":{"a":["b","c"]}}"#,
        r#"{"dependencies":{"a":["c"]}}"#,
        &["DEPENDENCY_ARRAY_NARROWED #/dependencies/a"],
    ),
    (
        r#"{"dependencies":{"a":["b"]}}"#,
        r#"{"dependencies":{"a":["c"]}}"#,
        &["DEPENDENCY_ARRAY_CHANGED #/dependencies/a"],
    ),
    (
        r#"{"dependencies":{}}"#,
        r#"{"dependencies":{"a":{"minProperties":2}}}"#,
        &["DEPENDENCY_SCHEMA_ADDED #/dependencies/a"],
    ),
    (
        r#"{"dependencies":{"a":{"minProperties":2}}}"#,
        r#"{"dependencies":{}}"#,
        &["DEPENDENCY_SCHEMA_REMOVED #/dependencies/a"],
    ),
    (
        r#"{"dependencies":{"a":{"type":"null"}}}"#,
        r#"{"dependencies":{"a":{"type":"array"}}}"#,
        &["TYPE_CHANGED #/dependencies/a"],
    ),
    // The content model of objects.
    (
        r#"{"type":"object"}"#,
        r#"{"properties":{"a":{"type":"string"}}}"#,
        &["OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"type":"object"}"#,
        r#"{"properties":{"a":{}}}"#,
        &["PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"type":"object"}"#,
        r#"{"properties":{"a":{"type":"string"}},"required":["a"]}"#,
        &["REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"type":"object"}"#,
        r#"{"properties":{"a":{"type":"string","default":"x"}},"required":["a"]}"#,
        &["REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"additionalProperties":false}"#,
        r#"{"properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
        &["OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"additionalProperties":false}"#,
        r#"{"properties":{"a":{"type":"string"}},"additionalProperties":false,"required":["a"]}"#,
        &["REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"additionalProperties":false}"#,
        r#"{"properties":{"a":{"default":1}},"additionalProperties":false,"required":["a"]}"#,
        &["REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"properties":{"a":{"type":"string"}}}"#,
        r#"{"type":"object"}"#,
        &["PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"properties":{"a":{"type":"string"}},"additionalProperties":false}"#,
        r#"{"additionalProperties":false}"#,
        &["PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"properties":{"a":false},"additionalProperties":false}"#,
        r#"{"additionalProperties":false}"#,
        &["PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a"],
    ),
    (
        r#"{"properties":{"i_1":{"type":"integer"}},"additionalProperties":false}"#,
        r#"{"patternProperties":{"^s_":{"type":"string"},"^i_":{"type":"number"}},"additionalProperties":false}"#,
        &[
            "PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/i_1",
            "TYPE_EXTENDED #/properties/i_1",
        ],
    ),
    (
        r#"{"properties":{"a":{"type":"integer"}},"additionalProperties":{"type":"string"}}"#,
        r#"{"additionalProperties":{"type":"string"}}"#,
        &[
            "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
            "TYPE_CHANGED #/properties/a",
        ],
    ),
    (
        r#"{"additionalProperties":{"type":"string"}}"#,
        r#"{"properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}}"#,
        &[
            "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a",
            "PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
        ],
    ),
    (
        r#"{"additionalProperties":{"type":"string"}}"#,
        r#"{"properties":{"a":{"type":"null"}},"additionalProperties":{"type":"string"}}"#,
        &[
            "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a",
            "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a",
            "TYPE_CHANGED #/properties/a",
        ],
    ),
    // Arrays.
    (
        r#"{"type":"array"}"#,
        r#"{"type":"array","maxItems":3,"minItems":1}"#,
        &["MAX_ITEMS_ADDED #/maxItems", "MIN_ITEMS_ADDED #/minItems"],
    ),
    (
        r#"{"type":"array","maxItems":3,"minItems":1}"#,
        r#"{"type":"array"}"#,
        &[
            "MAX_ITEMS_REMOVED #/maxItems",
            "MIN_ITEMS_REMOVED #/minItems",
        ],
    ),
    (
        r#"{"maxItems":3,"minItems":1}"#,
        r#"{"maxItems":4,"minItems":2}"#,
        &[
            "MAX_ITEMS_INCREASED #/maxItems",
            "MIN_ITEMS_INCREASED #/minItems",
        ],
    ),
    (
        r#"{"maxItems":3,"minItems":1}"#,
        r#"{"maxItems":2,"minItems":0}"#,
        &[
            "MAX_ITEMS_DECREASED #/maxItems",
            "MIN_ITEMS_DECREASED #/minItems",
        ],
    ),
    (
        r#"{"type":"array"}"#,
        r#"{"uniqueItems":true}"#,
        &["UNIQUE_ITEMS_ADDED #/uniqueItems"],
    ),
    (
        r#"{"uniqueItems":true}"#,
        r#"{"type":"array"}"#,
        &["UNIQUE_ITEMS_REMOVED #/uniqueItems"],
    ),
    (
        r#"{"additionalItems":false}"#,
        r#"{"type":"array"}"#,
        &["ADDITIONAL_ITEMS_ADDED #/additionalItems"],
    ),
    (
        r#"{"type":"array"}"#,
        r#"{"additionalItems":false}"#,
        &["ADDITIONAL_ITEMS_REMOVED #/additionalItems"],
    ),
    (
        r#"{"additionalItems":{"type":"null"}}"#,
        r#"{"type":"array"}"#,
        &["ADDITIONAL_ITEMS_EXTENDED #/additionalItems"],
    ),
    (
        r#"{"type":"array"}"#,
        r#"{"additionalItems":{"type":"null"}}"#,
        &["ADDITIONAL_ITEMS_NARROWED #/additionalItems"],
    ),
    (
        r#"{"type":"array"}"#,
        r#"{"items":[{"type":"null"}]}"#,
        &["ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/0"],
    ),
    (
        r#"{"type":"array"}"#,
        r#"{"items":[true]}"#,
        &["ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/items/0"],
    ),
    (
        r#"{"items":[true],"additionalItems":false}"#,
        r#"{"items":[true,{"type":"null"}],"additionalItems":false}"#,
        &["ITEM_ADDED_TO_CLOSED_CONTENT_MODEL #/items/1"],
    ),
    (
        r#"{"items":[true,true]}"#,
        r#"{"items":[true]}"#,
        &["ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL #/items/1"],
    ),
    (
        r#"{"items":[true,true],"additionalItems":false}"#,
        r#"{"items":[true],"additionalItems":false}"#,
        &["ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1"],
    ),
    (
        r#"{"items":[true,false],"additionalItems":false}"#,
        r#"{"items":[true],"additionalItems":false}"#,
        &["ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1"],
    ),
    (
        r#"{"items":[true,{"type":"null"}],"additionalItems":{"type":"null"}}"#,
        r#"{"items":[true],"additionalItems":{"type":"null"}}"#,
        &["ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1"],
    ),
    (
        r#"{"items":[true,{"type":"string"}],"additionalItems":{"type":"null"}}"#,
        r#"{"items":[true],"additionalItems":{"type":"null"}}"#,
        &[
            "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1",
            "TYPE_CHANGED #/items/1",
        ],
    ),
    (
        r#"{"items":[true],"additionalItems":{"type":"null"}}"#,
        r#"{"items":[true,{"type":"null"}],"additionalItems":{"type":"null"}}"#,
        &["ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1"],
    ),
    (
        r#"{"items":[true],"additionalItems":{"type":"null"}}"#,
        r#"{"items":[true,{"type":"string"}],"additionalItems":{"type":"null"}}"#,
        &[
            "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1",
            "TYPE_CHANGED #/items/1",
        ],
    ),
    // Lists of values.
    (
        r#"{"enum":["a"]}"#,
        r#"{"enum":["b","a"]}"#,
        &["ENUM_ARRAY_EXTENDED #/enum"],
    ),
    (
        r#"{"enum":["b","a"]}"#,
        r#"{"enum":["a"]}"#,
        &["ENUM_ARRAY_NARROWED #/enum"],
    ),
    (
        r#"{"enum":["a"]}"#,
        r#"{"enum":["b"]}"#,
        &["ENUM_ARRAY_CHANGED #/enum"],
    ),
    (r#"{"enum":["a",1]}"#, r#"{"enum":[1,"a"]}"#, &[]),
    (
        r#"{"const":1}"#,
        r#"{"const":2}"#,
        &["ENUM_ARRAY_CHANGED #/const"],
    ),
    (
        r#"{"type":"string","enum":["a"]}"#,
        r#"{"type":"string"}"#,
        &["PRODUCT_TYPE_NARROWED #/"],
    ),
    // Combinations.
    (
        r#"{"oneOf":[{"type":"null"}]}"#,
        r#"{"anyOf":[{"type":"null"}]}"#,
        &["COMBINED_TYPE_EXTENDED #/"],
    ),
    (
        r#"{"anyOf":[{"type":"null"},{"type":"string"}]}"#,
        r#"{"oneOf":[{"type":"null"}]}"#,
        &["COMBINED_TYPE_CHANGED #/"],
    ),
    (
        r#"{"allOf":[{"minLength":1}]}"#,
        r#"{"allOf":[{"minLength":1},{"minimum":1}]}"#,
        &["PRODUCT_TYPE_EXTENDED #/"],
    ),
    (
        r#"{"allOf":[{"minLength":1},{"minimum":1}]}"#,
        r#"{"allOf":[{"minLength":1}]}"#,
        &["PRODUCT_TYPE_NARROWED #/"],
    ),
    (
        r#"{"oneOf":[{"type":"null"}]}"#,
        r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#,
        &["SUM_TYPE_EXTENDED #/"],
    ),
    (
        r#"{"oneOf":[{"type":"string"},{"type":"null"}]}"#,
        r#"{"oneOf":[{"type":"null"}]}"#,
        &["SUM_TYPE_NARROWED #/"],
    ),
    (
        r#"{"oneOf":[{"type":"null"}]}"#,
        r#"{"oneOf":[{"type":"string"}]}"#,
        &["COMBINED_TYPE_SUBSCHEMAS_CHANGED #/"],
    ),
    (
        r#"{"type":["object"]}"#,
        r#"{"type":["object","array"]}"#,
        &["SUM_TYPE_EXTENDED #/"],
    ),
    (
        r#"{"type":"string","maxLength":3}"#,
        r#"{"oneOf":[{"type":"number"},{"type":"string"}]}"#,
        &["MAX_LENGTH_REMOVED #/maxLength", "SUM_TYPE_EXTENDED #/"],
    ),
    (
        r#"{"allOf":[{"type":"string"},{"type":"string"}]}"#,
        r#"{"allOf":[{"type":"string"}]}"#,
        &[],
    ),
    (
        r#"{"allOf":[{"type":"string"},{"enum":["a"]}]}"#,
        r#"{"allOf":[{"enum":["a","b"]},{"type":"string"}]}"#,
        &["ENUM_ARRAY_EXTENDED #/allOf/1/enum"],
    ),
    (
        r#"{"oneOf":[{"type":"string","maxLength":5}]}"#,
        r#"{"oneOf":[{"type":"boolean"},{"type":"number"},{"title":"t","type":"string","maxLength":8}]}"#,
        &[
            "MAX_LENGTH_INCREASED #/oneOf/0/maxLength",
            "SUM_TYPE_EXTENDED #/",
            "TITLE_CHANGED #/oneOf/0",
        ],
    ),
    // What is forbidden.
    (
        r#"{"not":{"type":"number"}}"#,
        r#"{"not":{"type":"integer"}}"#,
        &["NOT_TYPE_NARROWED #/not"],
    ),
    (
        r#"{"not":{"type":"integer"}}"#,
        r#"{"not":{"type":"number"}}"#,
        &["NOT_TYPE_EXTENDED #/not"],
    ),
    // References.
    (
        r##"{"items":{"$ref":"#/definitions/a"},"definitions":{"a":{"type":"null"}}}"##,
        r##"{"items":{"$ref":"#/definitions/b"},"definitions":{"b":{"type":"string"}}}"##,
        &["TYPE_CHANGED #/items"],
    ),
    (
        r#"{"type":"string"}"#,
        r##"{"$ref":"#/definitions/a","definitions":{"a":{"type":"string"}}}"##,
        &[],
    ),
    // One reference is followed, and no more: what is behind the second one is never compared.
    (
        r##"{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"type":"null"}}}"##,
        r##"{"$ref":"#/definitions/a","definitions":{"a":{"$ref":"#/definitions/b"},"b":{"type":"array"}}}"##,
        &[],
    ),
    // Conditions are not compared.
    (
        r#"{"if":{"type":"string"},"then":{"minLength":1}}"#,
        r#"{"if":{"type":"string"},"then":{"minLength":9}}"#,
        &[],
    ),
];
