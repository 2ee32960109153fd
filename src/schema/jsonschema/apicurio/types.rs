//! The differences that Apicurio Registry finds (`DiffType`), and which of them it lets pass. Those
//! that it has a name for and never finds are left out.

use super::super::{super::Rule, confluent};

/// How many of them there are.
pub const COUNT: usize = 129;

const SOURCE: &str = "Apicurio Registry, schema-util-json, \
    io.apicurio.registry.rules.compatibility.jsonschema.diff.DiffType";

macro_rules! types {
    ($($name:ident $compatible:literal $type:literal $id:literal $title:literal;)*) => {
        /// A kind of difference.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Type { $($name,)* }

        /// The catalogue, in the order of the types.
        pub const RULES: [Rule; COUNT] = [$(Rule {
            id: $id,
            registry_type: Some($type),
            title: $title,
            why: if $compatible {
                "All that was accepted before is still accepted, as far as the registry can tell."
            } else {
                "Values that were accepted before may be refused now."
            },
            fix: if $compatible {
                "Nothing needs to be done."
            } else {
                "Let the new schema accept what the old one accepts."
            },
            source: SOURCE,
        },)*];

        const COMPATIBLE: [bool; COUNT] = [$($compatible,)*];
    };
}

impl Type {
    /// Its entry in the catalogue.
    pub fn rule(self) -> &'static Rule {
        &super::super::RULES[confluent::COUNT + self as usize]
    }

    /// Whether it passes.
    pub fn is_compatible(self) -> bool {
        COMPATIBLE[self as usize]
    }

    /// Whether it says that something is as it was: there is nothing to report then.
    pub fn is_nothing(self) -> bool {
        let name = self.rule().registry_type.unwrap_or_default();
        name.ends_with("_UNCHANGED") || name.ends_with("_COMPATIBLE_BOTH")
    }
}

types! {
    SubschemaTypeChanged false "SUBSCHEMA_TYPE_CHANGED" "json/subschema-type-changed" "the type of a schema changed";
    SubschemaTypeChangedToEmptyOrTrue true "SUBSCHEMA_TYPE_CHANGED_TO_EMPTY_OR_TRUE" "json/subschema-type-changed-to-empty-or-true" "a schema accepts everything now";
    ObjectTypeRequiredPropertiesChanged true "OBJECT_TYPE_REQUIRED_PROPERTIES_CHANGED" "json/object-type-required-properties-changed" "the list of required properties changed";
    ObjectTypeRequiredPropertiesMemberAdded false "OBJECT_TYPE_REQUIRED_PROPERTIES_MEMBER_ADDED" "json/object-type-required-properties-member-added" "a property became required";
    ObjectTypeRequiredPropertiesMemberRemoved true "OBJECT_TYPE_REQUIRED_PROPERTIES_MEMBER_REMOVED" "json/object-type-required-properties-member-removed" "a property is not required any longer";
    ObjectTypePropertySchemaAdded false "OBJECT_TYPE_PROPERTY_SCHEMA_ADDED" "json/object-type-property-schema-added" "`propertyNames` was added";
    ObjectTypeMinPropertiesAdded false "OBJECT_TYPE_MIN_PROPERTIES_ADDED" "json/object-type-min-properties-added" "`minProperties` was added";
    ObjectTypeMinPropertiesRemoved true "OBJECT_TYPE_MIN_PROPERTIES_REMOVED" "json/object-type-min-properties-removed" "`minProperties` was removed";
    ObjectTypeMinPropertiesIncreased false "OBJECT_TYPE_MIN_PROPERTIES_INCREASED" "json/object-type-min-properties-increased" "`minProperties` was raised";
    ObjectTypeMinPropertiesDecreased true "OBJECT_TYPE_MIN_PROPERTIES_DECREASED" "json/object-type-min-properties-decreased" "`minProperties` was lowered";
    ObjectTypeMaxPropertiesAdded false "OBJECT_TYPE_MAX_PROPERTIES_ADDED" "json/object-type-max-properties-added" "`maxProperties` was added";
    ObjectTypeMaxPropertiesRemoved true "OBJECT_TYPE_MAX_PROPERTIES_REMOVED" "json/object-type-max-properties-removed" "`maxProperties` was removed";
    ObjectTypeMaxPropertiesIncreased true "OBJECT_TYPE_MAX_PROPERTIES_INCREASED" "json/object-type-max-properties-increased" "`maxProperties` was raised";
    ObjectTypeMaxPropertiesDecreased false "OBJECT_TYPE_MAX_PROPERTIES_DECREASED" "json/object-type-max-properties-decreased" "`maxProperties` was lowered";
    ObjectTypeAdditionalPropertiesFalseToTrue true "OBJECT_TYPE_ADDITIONAL_PROPERTIES_FALSE_TO_TRUE" "json/object-type-additional-properties-false-to-true" "undeclared properties are allowed now";
    ObjectTypeAdditionalPropertiesTrueToFalse false "OBJECT_TYPE_ADDITIONAL_PROPERTIES_TRUE_TO_FALSE" "json/object-type-additional-properties-true-to-false" "undeclared properties are forbidden now";
    ObjectTypeAdditionalPropertiesExtended true "OBJECT_TYPE_ADDITIONAL_PROPERTIES_EXTENDED" "json/object-type-additional-properties-extended" "undeclared properties may hold anything now";
    ObjectTypeAdditionalPropertiesNarrowed false "OBJECT_TYPE_ADDITIONAL_PROPERTIES_NARROWED" "json/object-type-additional-properties-narrowed" "undeclared properties have a schema now";
    ObjectTypeAdditionalPropertiesSchemaUnchanged true "OBJECT_TYPE_ADDITIONAL_PROPERTIES_SCHEMA_UNCHANGED" "json/object-type-additional-properties-schema-unchanged" "the schema of undeclared properties is as it was";
    ObjectTypeAdditionalPropertiesSchemaChanged false "OBJECT_TYPE_ADDITIONAL_PROPERTIES_SCHEMA_CHANGED" "json/object-type-additional-properties-schema-changed" "the schema of undeclared properties changed";
    ObjectTypePropertyDependenciesKeysChanged true "OBJECT_TYPE_PROPERTY_DEPENDENCIES_KEYS_CHANGED" "json/object-type-property-dependencies-keys-changed" "the properties that need others changed";
    ObjectTypePropertyDependenciesKeysMemberAdded false "OBJECT_TYPE_PROPERTY_DEPENDENCIES_KEYS_MEMBER_ADDED" "json/object-type-property-dependencies-keys-member-added" "a property needs others now";
    ObjectTypePropertyDependenciesKeysMemberRemoved true "OBJECT_TYPE_PROPERTY_DEPENDENCIES_KEYS_MEMBER_REMOVED" "json/object-type-property-dependencies-keys-member-removed" "a property does not need others any longer";
    ObjectTypePropertyDependenciesValueMemberChanged true "OBJECT_TYPE_PROPERTY_DEPENDENCIES_VALUE_MEMBER_CHANGED" "json/object-type-property-dependencies-value-member-changed" "what a property needs changed";
    ObjectTypePropertyDependenciesValueMemberAdded false "OBJECT_TYPE_PROPERTY_DEPENDENCIES_VALUE_MEMBER_ADDED" "json/object-type-property-dependencies-value-member-added" "a property needs one more";
    ObjectTypePropertyDependenciesValueMemberRemoved true "OBJECT_TYPE_PROPERTY_DEPENDENCIES_VALUE_MEMBER_REMOVED" "json/object-type-property-dependencies-value-member-removed" "a property needs one less";
    ObjectTypeSchemaDependenciesChanged true "OBJECT_TYPE_SCHEMA_DEPENDENCIES_CHANGED" "json/object-type-schema-dependencies-changed" "the properties that bring a schema with them changed";
    ObjectTypeSchemaDependenciesMemberAdded false "OBJECT_TYPE_SCHEMA_DEPENDENCIES_MEMBER_ADDED" "json/object-type-schema-dependencies-member-added" "a property brings a schema with it now";
    ObjectTypeSchemaDependenciesMemberRemoved true "OBJECT_TYPE_SCHEMA_DEPENDENCIES_MEMBER_REMOVED" "json/object-type-schema-dependencies-member-removed" "a property does not bring a schema with it any longer";
    ObjectTypePropertySchemasChanged false "OBJECT_TYPE_PROPERTY_SCHEMAS_CHANGED" "json/object-type-property-schemas-changed" "properties came or went that the schema of undeclared ones does not cover";
    ObjectTypePropertySchemasExtended true "OBJECT_TYPE_PROPERTY_SCHEMAS_EXTENDED" "json/object-type-property-schemas-extended" "properties came or went, and the object accepts more";
    ObjectTypePropertySchemasNarrowed false "OBJECT_TYPE_PROPERTY_SCHEMAS_NARROWED" "json/object-type-property-schemas-narrowed" "properties came or went, and the object accepts less";
    ObjectTypePropertySchemasNarrowedCompatibleWithAdditionalProperties true "OBJECT_TYPE_PROPERTY_SCHEMAS_NARROWED_COMPATIBLE_WITH_ADDITIONAL_PROPERTIES" "json/object-type-property-schemas-narrowed-compatible-with-additional-properties" "properties were removed that the schema of undeclared ones covers";
    ObjectTypePatternPropertyKeysChanged true "OBJECT_TYPE_PATTERN_PROPERTY_KEYS_CHANGED" "json/object-type-pattern-property-keys-changed" "the patterns of `patternProperties` changed";
    ObjectTypePatternPropertyKeysMemberAdded false "OBJECT_TYPE_PATTERN_PROPERTY_KEYS_MEMBER_ADDED" "json/object-type-pattern-property-keys-member-added" "a pattern was added to `patternProperties`";
    ObjectTypePatternPropertyKeysMemberRemoved true "OBJECT_TYPE_PATTERN_PROPERTY_KEYS_MEMBER_REMOVED" "json/object-type-pattern-property-keys-member-removed" "a pattern was removed from `patternProperties`";
    ArrayTypeMinItemsAdded false "ARRAY_TYPE_MIN_ITEMS_ADDED" "json/array-type-min-items-added" "`minItems` was added";
    ArrayTypeMinItemsRemoved true "ARRAY_TYPE_MIN_ITEMS_REMOVED" "json/array-type-min-items-removed" "`minItems` was removed";
    ArrayTypeMinItemsIncreased false "ARRAY_TYPE_MIN_ITEMS_INCREASED" "json/array-type-min-items-increased" "`minItems` was raised";
    ArrayTypeMinItemsDecreased true "ARRAY_TYPE_MIN_ITEMS_DECREASED" "json/array-type-min-items-decreased" "`minItems` was lowered";
    ArrayTypeMaxItemsAdded false "ARRAY_TYPE_MAX_ITEMS_ADDED" "json/array-type-max-items-added" "`maxItems` was added";
    ArrayTypeMaxItemsRemoved true "ARRAY_TYPE_MAX_ITEMS_REMOVED" "json/array-type-max-items-removed" "`maxItems` was removed";
    ArrayTypeMaxItemsIncreased true "ARRAY_TYPE_MAX_ITEMS_INCREASED" "json/array-type-max-items-increased" "`maxItems` was raised";
    ArrayTypeMaxItemsDecreased false "ARRAY_TYPE_MAX_ITEMS_DECREASED" "json/array-type-max-items-decreased" "`maxItems` was lowered";
    ArrayTypeUniqueItemsFalseToTrue false "ARRAY_TYPE_UNIQUE_ITEMS_FALSE_TO_TRUE" "json/array-type-unique-items-false-to-true" "`uniqueItems` was added";
    ArrayTypeUniqueItemsTrueToFalse true "ARRAY_TYPE_UNIQUE_ITEMS_TRUE_TO_FALSE" "json/array-type-unique-items-true-to-false" "`uniqueItems` was removed";
    ArrayTypeAdditionalItemsFalseToTrue true "ARRAY_TYPE_ADDITIONAL_ITEMS_FALSE_TO_TRUE" "json/array-type-additional-items-false-to-true" "more items than the tuple describes are allowed now";
    ArrayTypeAdditionalItemsTrueToFalse false "ARRAY_TYPE_ADDITIONAL_ITEMS_TRUE_TO_FALSE" "json/array-type-additional-items-true-to-false" "more items than the tuple describes are forbidden now";
    ArrayTypeAdditionalItemsExtended true "ARRAY_TYPE_ADDITIONAL_ITEMS_EXTENDED" "json/array-type-additional-items-extended" "items behind the tuple may hold anything now";
    ArrayTypeAdditionalItemsNarrowed false "ARRAY_TYPE_ADDITIONAL_ITEMS_NARROWED" "json/array-type-additional-items-narrowed" "items behind the tuple have a schema now";
    ArrayTypeSchemaOfAdditionalItemsUnchanged true "ARRAY_TYPE_SCHEMA_OF_ADDITIONAL_ITEMS_UNCHANGED" "json/array-type-schema-of-additional-items-unchanged" "the schema of items behind the tuple is as it was";
    ArrayTypeSchemaOfAdditionalItemsChanged false "ARRAY_TYPE_SCHEMA_OF_ADDITIONAL_ITEMS_CHANGED" "json/array-type-schema-of-additional-items-changed" "the schema of items behind the tuple changed";
    ArrayTypeAllItemSchemaAdded false "ARRAY_TYPE_ALL_ITEM_SCHEMA_ADDED" "json/array-type-all-item-schema-added" "a schema of all items was added";
    ArrayTypeContainedItemSchemaAdded false "ARRAY_TYPE_CONTAINED_ITEM_SCHEMA_ADDED" "json/array-type-contained-item-schema-added" "`contains` was added";
    ArrayTypeItemSchemasExtended true "ARRAY_TYPE_ITEM_SCHEMAS_EXTENDED" "json/array-type-item-schemas-extended" "the tuple describes more or fewer items, and accepts more";
    ArrayTypeItemSchemasNarrowed false "ARRAY_TYPE_ITEM_SCHEMAS_NARROWED" "json/array-type-item-schemas-narrowed" "the tuple describes more or fewer items, and accepts less";
    ArrayTypeItemSchemasNarrowedCompatibleWithAdditionalProperties true "ARRAY_TYPE_ITEM_SCHEMAS_NARROWED_COMPATIBLE_WITH_ADDITIONAL_PROPERTIES" "json/array-type-item-schemas-narrowed-compatible-with-additional-properties" "items were removed that the schema of further items covers";
    ArrayTypeItemSchemasChanged false "ARRAY_TYPE_ITEM_SCHEMAS_CHANGED" "json/array-type-item-schemas-changed" "items came or went that the schema of further items does not cover";
    StringTypeMinLengthAdded false "STRING_TYPE_MIN_LENGTH_ADDED" "json/string-type-min-length-added" "`minLength` was added";
    StringTypeMinLengthRemoved true "STRING_TYPE_MIN_LENGTH_REMOVED" "json/string-type-min-length-removed" "`minLength` was removed";
    StringTypeMinLengthIncreased false "STRING_TYPE_MIN_LENGTH_INCREASED" "json/string-type-min-length-increased" "`minLength` was raised";
    StringTypeMinLengthDecreased true "STRING_TYPE_MIN_LENGTH_DECREASED" "json/string-type-min-length-decreased" "`minLength` was lowered";
    StringTypeMaxLengthAdded false "STRING_TYPE_MAX_LENGTH_ADDED" "json/string-type-max-length-added" "`maxLength` was added";
    StringTypeMaxLengthRemoved true "STRING_TYPE_MAX_LENGTH_REMOVED" "json/string-type-max-length-removed" "`maxLength` was removed";
    StringTypeMaxLengthIncreased true "STRING_TYPE_MAX_LENGTH_INCREASED" "json/string-type-max-length-increased" "`maxLength` was raised";
    StringTypeMaxLengthDecreased false "STRING_TYPE_MAX_LENGTH_DECREASED" "json/string-type-max-length-decreased" "`maxLength` was lowered";
    StringTypePatternAdded false "STRING_TYPE_PATTERN_ADDED" "json/string-type-pattern-added" "`pattern` was added";
    StringTypePatternRemoved true "STRING_TYPE_PATTERN_REMOVED" "json/string-type-pattern-removed" "`pattern` was removed";
    StringTypePatternChanged false "STRING_TYPE_PATTERN_CHANGED" "json/string-type-pattern-changed" "`pattern` changed";
    StringTypeFormatAdded false "STRING_TYPE_FORMAT_ADDED" "json/string-type-format-added" "`format` was added";
    StringTypeFormatRemoved true "STRING_TYPE_FORMAT_REMOVED" "json/string-type-format-removed" "`format` was removed";
    StringTypeFormatChanged false "STRING_TYPE_FORMAT_CHANGED" "json/string-type-format-changed" "`format` changed";
    StringTypeContentEncodingAdded false "STRING_TYPE_CONTENT_ENCODING_ADDED" "json/string-type-content-encoding-added" "`contentEncoding` was added";
    StringTypeContentEncodingRemoved true "STRING_TYPE_CONTENT_ENCODING_REMOVED" "json/string-type-content-encoding-removed" "`contentEncoding` was removed";
    StringTypeContentEncodingChanged false "STRING_TYPE_CONTENT_ENCODING_CHANGED" "json/string-type-content-encoding-changed" "`contentEncoding` changed";
    StringTypeContentMediaTypeAdded false "STRING_TYPE_CONTENT_MEDIA_TYPE_ADDED" "json/string-type-content-media-type-added" "`contentMediaType` was added";
    StringTypeContentMediaTypeRemoved true "STRING_TYPE_CONTENT_MEDIA_TYPE_REMOVED" "json/string-type-content-media-type-removed" "`contentMediaType` was removed";
    StringTypeContentMediaTypeChanged false "STRING_TYPE_CONTENT_MEDIA_TYPE_CHANGED" "json/string-type-content-media-type-changed" "`contentMediaType` changed";
    ConstTypeValueChanged false "CONST_TYPE_VALUE_CHANGED" "json/const-type-value-changed" "the value of `const` changed";
    EnumTypeValuesChanged true "ENUM_TYPE_VALUES_CHANGED" "json/enum-type-values-changed" "the values of an enum changed";
    EnumTypeValuesMemberAdded true "ENUM_TYPE_VALUES_MEMBER_ADDED" "json/enum-type-values-member-added" "a value was added to an enum";
    EnumTypeValuesMemberRemoved false "ENUM_TYPE_VALUES_MEMBER_REMOVED" "json/enum-type-values-member-removed" "a value was removed from an enum";
    NumberTypeMinimumAdded false "NUMBER_TYPE_MINIMUM_ADDED" "json/number-type-minimum-added" "`minimum` was added";
    NumberTypeMinimumRemoved true "NUMBER_TYPE_MINIMUM_REMOVED" "json/number-type-minimum-removed" "`minimum` was removed";
    NumberTypeMinimumIncreased false "NUMBER_TYPE_MINIMUM_INCREASED" "json/number-type-minimum-increased" "`minimum` was raised";
    NumberTypeMinimumDecreased true "NUMBER_TYPE_MINIMUM_DECREASED" "json/number-type-minimum-decreased" "`minimum` was lowered";
    NumberTypeIsMinimumExclusiveFalseToTrue false "NUMBER_TYPE_IS_MINIMUM_EXCLUSIVE_FALSE_TO_TRUE" "json/number-type-is-minimum-exclusive-false-to-true" "the lower limit became exclusive";
    NumberTypeIsMinimumExclusiveTrueToFalse true "NUMBER_TYPE_IS_MINIMUM_EXCLUSIVE_TRUE_TO_FALSE" "json/number-type-is-minimum-exclusive-true-to-false" "the lower limit became inclusive";
    NumberTypeMaximumAdded false "NUMBER_TYPE_MAXIMUM_ADDED" "json/number-type-maximum-added" "`maximum` was added";
    NumberTypeMaximumRemoved true "NUMBER_TYPE_MAXIMUM_REMOVED" "json/number-type-maximum-removed" "`maximum` was removed";
    NumberTypeMaximumIncreased true "NUMBER_TYPE_MAXIMUM_INCREASED" "json/number-type-maximum-increased" "`maximum` was raised";
    NumberTypeMaximumDecreased false "NUMBER_TYPE_MAXIMUM_DECREASED" "json/number-type-maximum-decreased" "`maximum` was lowered";
    NumberTypeIsMaximumExclusiveFalseToTrue false "NUMBER_TYPE_IS_MAXIMUM_EXCLUSIVE_FALSE_TO_TRUE" "json/number-type-is-maximum-exclusive-false-to-true" "the upper limit became exclusive";
    NumberTypeIsMaximumExclusiveTrueToFalse true "NUMBER_TYPE_IS_MAXIMUM_EXCLUSIVE_TRUE_TO_FALSE" "json/number-type-is-maximum-exclusive-true-to-false" "the upper limit became inclusive";
    NumberTypeMultipleOfAdded false "NUMBER_TYPE_MULTIPLE_OF_ADDED" "json/number-type-multiple-of-added" "`multipleOf` was added";
    NumberTypeMultipleOfRemoved true "NUMBER_TYPE_MULTIPLE_OF_REMOVED" "json/number-type-multiple-of-removed" "`multipleOf` was removed";
    NumberTypeMultipleOfUpdatedIsDivisible true "NUMBER_TYPE_MULTIPLE_OF_UPDATED_IS_DIVISIBLE" "json/number-type-multiple-of-updated-is-divisible" "`multipleOf` became a divisor of what it was";
    NumberTypeMultipleOfUpdatedIsNotDivisible false "NUMBER_TYPE_MULTIPLE_OF_UPDATED_IS_NOT_DIVISIBLE" "json/number-type-multiple-of-updated-is-not-divisible" "`multipleOf` changed, and does not divide what it was";
    NumberTypeIntegerRequiredFalseToTrue false "NUMBER_TYPE_INTEGER_REQUIRED_FALSE_TO_TRUE" "json/number-type-integer-required-false-to-true" "numbers have to be whole now";
    NumberTypeIntegerRequiredTrueToFalse true "NUMBER_TYPE_INTEGER_REQUIRED_TRUE_TO_FALSE" "json/number-type-integer-required-true-to-false" "numbers need not be whole any longer";
    CombinedTypeCriterionExtended true "COMBINED_TYPE_CRITERION_EXTENDED" "json/combined-type-criterion-extended" "a combination became `anyOf`";
    CombinedTypeCriterionNarrowed false "COMBINED_TYPE_CRITERION_NARROWED" "json/combined-type-criterion-narrowed" "`anyOf` became another combination";
    CombinedTypeCriterionChanged false "COMBINED_TYPE_CRITERION_CHANGED" "json/combined-type-criterion-changed" "`oneOf` and `allOf` took each other's place";
    CombinedTypeOneOfSizeIncreased true "COMBINED_TYPE_ONE_OF_SIZE_INCREASED" "json/combined-type-one-of-size-increased" "a schema was added to `oneOf`";
    CombinedTypeOneOfSizeDecreased false "COMBINED_TYPE_ONE_OF_SIZE_DECREASED" "json/combined-type-one-of-size-decreased" "a schema was removed from `oneOf`";
    CombinedTypeAllOfSizeIncreased false "COMBINED_TYPE_ALL_OF_SIZE_INCREASED" "json/combined-type-all-of-size-increased" "a schema was added to `allOf`";
    CombinedTypeAllOfSizeDecreased true "COMBINED_TYPE_ALL_OF_SIZE_DECREASED" "json/combined-type-all-of-size-decreased" "a schema was removed from `allOf`";
    CombinedTypeAnyOfSizeIncreased true "COMBINED_TYPE_ANY_OF_SIZE_INCREASED" "json/combined-type-any-of-size-increased" "a schema was added to `anyOf`";
    CombinedTypeAnyOfSizeDecreased false "COMBINED_TYPE_ANY_OF_SIZE_DECREASED" "json/combined-type-any-of-size-decreased" "a schema was removed from `anyOf`";
    CombinedTypeSubschemaNotCompatible false "COMBINED_TYPE_SUBSCHEMA_NOT_COMPATIBLE" "json/combined-type-subschema-not-compatible" "a part of a combination has no match in the other schema";
    ConditionalTypeIfSchemaAdded false "CONDITIONAL_TYPE_IF_SCHEMA_ADDED" "json/conditional-type-if-schema-added" "`if` was added";
    ConditionalTypeIfSchemaCompatibleBoth true "CONDITIONAL_TYPE_IF_SCHEMA_COMPATIBLE_BOTH" "json/conditional-type-if-schema-compatible-both" "the schema of `if` changed, and accepts the same";
    ConditionalTypeIfSchemaCompatibleBackwardNotForward false "CONDITIONAL_TYPE_IF_SCHEMA_COMPATIBLE_BACKWARD_NOT_FORWARD" "json/conditional-type-if-schema-compatible-backward-not-forward" "the schema of `if` accepts more than before";
    ConditionalTypeIfSchemaCompatibleForwardNotBackward false "CONDITIONAL_TYPE_IF_SCHEMA_COMPATIBLE_FORWARD_NOT_BACKWARD" "json/conditional-type-if-schema-compatible-forward-not-backward" "the schema of `if` accepts less than before";
    ConditionalTypeIfSchemaCompatibleNone false "CONDITIONAL_TYPE_IF_SCHEMA_COMPATIBLE_NONE" "json/conditional-type-if-schema-compatible-none" "the schema of `if` changed, and neither accepts all of the other";
    ConditionalTypeThenSchemaAdded false "CONDITIONAL_TYPE_THEN_SCHEMA_ADDED" "json/conditional-type-then-schema-added" "`then` was added";
    ConditionalTypeThenSchemaCompatibleBoth true "CONDITIONAL_TYPE_THEN_SCHEMA_COMPATIBLE_BOTH" "json/conditional-type-then-schema-compatible-both" "the schema of `then` changed, and accepts the same";
    ConditionalTypeThenSchemaCompatibleBackwardNotForward true "CONDITIONAL_TYPE_THEN_SCHEMA_COMPATIBLE_BACKWARD_NOT_FORWARD" "json/conditional-type-then-schema-compatible-backward-not-forward" "the schema of `then` accepts more than before";
    ConditionalTypeThenSchemaCompatibleForwardNotBackward false "CONDITIONAL_TYPE_THEN_SCHEMA_COMPATIBLE_FORWARD_NOT_BACKWARD" "json/conditional-type-then-schema-compatible-forward-not-backward" "the schema of `then` accepts less than before";
    ConditionalTypeThenSchemaCompatibleNone false "CONDITIONAL_TYPE_THEN_SCHEMA_COMPATIBLE_NONE" "json/conditional-type-then-schema-compatible-none" "the schema of `then` changed, and neither accepts all of the other";
    ConditionalTypeElseSchemaAdded false "CONDITIONAL_TYPE_ELSE_SCHEMA_ADDED" "json/conditional-type-else-schema-added" "`else` was added";
    ConditionalTypeElseSchemaCompatibleBoth true "CONDITIONAL_TYPE_ELSE_SCHEMA_COMPATIBLE_BOTH" "json/conditional-type-else-schema-compatible-both" "the schema of `else` changed, and accepts the same";
    ConditionalTypeElseSchemaCompatibleBackwardNotForward true "CONDITIONAL_TYPE_ELSE_SCHEMA_COMPATIBLE_BACKWARD_NOT_FORWARD" "json/conditional-type-else-schema-compatible-backward-not-forward" "the schema of `else` accepts more than before";
    ConditionalTypeElseSchemaCompatibleForwardNotBackward false "CONDITIONAL_TYPE_ELSE_SCHEMA_COMPATIBLE_FORWARD_NOT_BACKWARD" "json/conditional-type-else-schema-compatible-forward-not-backward" "the schema of `else` accepts less than before";
    ConditionalTypeElseSchemaCompatibleNone false "CONDITIONAL_TYPE_ELSE_SCHEMA_COMPATIBLE_NONE" "json/conditional-type-else-schema-compatible-none" "the schema of `else` changed, and neither accepts all of the other";
    NotTypeSchemaCompatibleBoth true "NOT_TYPE_SCHEMA_COMPATIBLE_BOTH" "json/not-type-schema-compatible-both" "the schema of `not` changed, and accepts the same";
    NotTypeSchemaCompatibleBackwardNotForward false "NOT_TYPE_SCHEMA_COMPATIBLE_BACKWARD_NOT_FORWARD" "json/not-type-schema-compatible-backward-not-forward" "the schema of `not` accepts more than before";
    NotTypeSchemaCompatibleForwardNotBackward true "NOT_TYPE_SCHEMA_COMPATIBLE_FORWARD_NOT_BACKWARD" "json/not-type-schema-compatible-forward-not-backward" "the schema of `not` accepts less than before";
    NotTypeSchemaCompatibleNone false "NOT_TYPE_SCHEMA_COMPATIBLE_NONE" "json/not-type-schema-compatible-none" "the schema of `not` changed, and neither accepts all of the other";
}
