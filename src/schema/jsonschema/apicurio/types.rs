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
    ObjectTypeRequiredPropertiesChanged true "OBJECT_TYPE_REQUIRED_PROPERTIES_CHANGED" "json/object-type-required-properties-changed" "an object's required properties changed";
    ObjectTypeRequiredPropertiesMemberAdded false "OBJECT_TYPE_REQUIRED_PROPERTIES_MEMBER_ADDED" "json/object-type-required-properties-member-added" "an object's required properties got a member";
    ObjectTypeRequiredPropertiesMemberRemoved true "OBJECT_TYPE_REQUIRED_PROPERTIES_MEMBER_REMOVED" "json/object-type-required-properties-member-removed" "an object's required properties lost a member";
    ObjectTypePropertySchemaAdded false "OBJECT_TYPE_PROPERTY_SCHEMA_ADDED" "json/object-type-property-schema-added" "an object's property schema added";
    ObjectTypeMinPropertiesAdded false "OBJECT_TYPE_MIN_PROPERTIES_ADDED" "json/object-type-min-properties-added" "an object's min properties added";
    ObjectTypeMinPropertiesRemoved true "OBJECT_TYPE_MIN_PROPERTIES_REMOVED" "json/object-type-min-properties-removed" "an object's min properties removed";
    ObjectTypeMinPropertiesIncreased false "OBJECT_TYPE_MIN_PROPERTIES_INCREASED" "json/object-type-min-properties-increased" "an object's min properties increased";
    ObjectTypeMinPropertiesDecreased true "OBJECT_TYPE_MIN_PROPERTIES_DECREASED" "json/object-type-min-properties-decreased" "an object's min properties decreased";
    ObjectTypeMaxPropertiesAdded false "OBJECT_TYPE_MAX_PROPERTIES_ADDED" "json/object-type-max-properties-added" "an object's max properties added";
    ObjectTypeMaxPropertiesRemoved true "OBJECT_TYPE_MAX_PROPERTIES_REMOVED" "json/object-type-max-properties-removed" "an object's max properties removed";
    ObjectTypeMaxPropertiesIncreased true "OBJECT_TYPE_MAX_PROPERTIES_INCREASED" "json/object-type-max-properties-increased" "an object's max properties increased";
    ObjectTypeMaxPropertiesDecreased false "OBJECT_TYPE_MAX_PROPERTIES_DECREASED" "json/object-type-max-properties-decreased" "an object's max properties decreased";
    ObjectTypeAdditionalPropertiesFalseToTrue true "OBJECT_TYPE_ADDITIONAL_PROPERTIES_FALSE_TO_TRUE" "json/object-type-additional-properties-false-to-true" "an object's additional properties false to true";
    ObjectTypeAdditionalPropertiesTrueToFalse false "OBJECT_TYPE_ADDITIONAL_PROPERTIES_TRUE_TO_FALSE" "json/object-type-additional-properties-true-to-false" "an object's additional properties true to false";
    ObjectTypeAdditionalPropertiesExtended true "OBJECT_TYPE_ADDITIONAL_PROPERTIES_EXTENDED" "json/object-type-additional-properties-extended" "an object's additional properties extended";
    ObjectTypeAdditionalPropertiesNarrowed false "OBJECT_TYPE_ADDITIONAL_PROPERTIES_NARROWED" "json/object-type-additional-properties-narrowed" "an object's additional properties narrowed";
    ObjectTypeAdditionalPropertiesSchemaUnchanged true "OBJECT_TYPE_ADDITIONAL_PROPERTIES_SCHEMA_UNCHANGED" "json/object-type-additional-properties-schema-unchanged" "an object's additional properties schema unchanged";
    ObjectTypeAdditionalPropertiesSchemaChanged false "OBJECT_TYPE_ADDITIONAL_PROPERTIES_SCHEMA_CHANGED" "json/object-type-additional-properties-schema-changed" "an object's additional properties schema changed";
    ObjectTypePropertyDependenciesKeysChanged true "OBJECT_TYPE_PROPERTY_DEPENDENCIES_KEYS_CHANGED" "json/object-type-property-dependencies-keys-changed" "an object's property dependencies keys changed";
    ObjectTypePropertyDependenciesKeysMemberAdded false "OBJECT_TYPE_PROPERTY_DEPENDENCIES_KEYS_MEMBER_ADDED" "json/object-type-property-dependencies-keys-member-added" "an object's property dependencies keys got a member";
    ObjectTypePropertyDependenciesKeysMemberRemoved true "OBJECT_TYPE_PROPERTY_DEPENDENCIES_KEYS_MEMBER_REMOVED" "json/object-type-property-dependencies-keys-member-removed" "an object's property dependencies keys lost a member";
    ObjectTypePropertyDependenciesValueMemberChanged true "OBJECT_TYPE_PROPERTY_DEPENDENCIES_VALUE_MEMBER_CHANGED" "json/object-type-property-dependencies-value-member-changed" "an object's property dependencies value member changed";
    ObjectTypePropertyDependenciesValueMemberAdded false "OBJECT_TYPE_PROPERTY_DEPENDENCIES_VALUE_MEMBER_ADDED" "json/object-type-property-dependencies-value-member-added" "an object's property dependencies value got a member";
    ObjectTypePropertyDependenciesValueMemberRemoved true "OBJECT_TYPE_PROPERTY_DEPENDENCIES_VALUE_MEMBER_REMOVED" "json/object-type-property-dependencies-value-member-removed" "an object's property dependencies value lost a member";
    ObjectTypeSchemaDependenciesChanged true "OBJECT_TYPE_SCHEMA_DEPENDENCIES_CHANGED" "json/object-type-schema-dependencies-changed" "an object's schema dependencies changed";
    ObjectTypeSchemaDependenciesMemberAdded false "OBJECT_TYPE_SCHEMA_DEPENDENCIES_MEMBER_ADDED" "json/object-type-schema-dependencies-member-added" "an object's schema dependencies got a member";
    ObjectTypeSchemaDependenciesMemberRemoved true "OBJECT_TYPE_SCHEMA_DEPENDENCIES_MEMBER_REMOVED" "json/object-type-schema-dependencies-member-removed" "an object's schema dependencies lost a member";
    ObjectTypePropertySchemasChanged false "OBJECT_TYPE_PROPERTY_SCHEMAS_CHANGED" "json/object-type-property-schemas-changed" "an object's property schemas changed";
    ObjectTypePropertySchemasExtended true "OBJECT_TYPE_PROPERTY_SCHEMAS_EXTENDED" "json/object-type-property-schemas-extended" "an object's property schemas extended";
    ObjectTypePropertySchemasNarrowed false "OBJECT_TYPE_PROPERTY_SCHEMAS_NARROWED" "json/object-type-property-schemas-narrowed" "an object's property schemas narrowed";
    ObjectTypePropertySchemasNarrowedCompatibleWithAdditionalProperties true "OBJECT_TYPE_PROPERTY_SCHEMAS_NARROWED_COMPATIBLE_WITH_ADDITIONAL_PROPERTIES" "json/object-type-property-schemas-narrowed-compatible-with-additional-properties" "an object's property schemas narrowed compatible with additional properties";
    ObjectTypePatternPropertyKeysChanged true "OBJECT_TYPE_PATTERN_PROPERTY_KEYS_CHANGED" "json/object-type-pattern-property-keys-changed" "an object's pattern property keys changed";
    ObjectTypePatternPropertyKeysMemberAdded false "OBJECT_TYPE_PATTERN_PROPERTY_KEYS_MEMBER_ADDED" "json/object-type-pattern-property-keys-member-added" "an object's pattern property keys got a member";
    ObjectTypePatternPropertyKeysMemberRemoved true "OBJECT_TYPE_PATTERN_PROPERTY_KEYS_MEMBER_REMOVED" "json/object-type-pattern-property-keys-member-removed" "an object's pattern property keys lost a member";
    ArrayTypeMinItemsAdded false "ARRAY_TYPE_MIN_ITEMS_ADDED" "json/array-type-min-items-added" "an array's min items added";
    ArrayTypeMinItemsRemoved true "ARRAY_TYPE_MIN_ITEMS_REMOVED" "json/array-type-min-items-removed" "an array's min items removed";
    ArrayTypeMinItemsIncreased false "ARRAY_TYPE_MIN_ITEMS_INCREASED" "json/array-type-min-items-increased" "an array's min items increased";
    ArrayTypeMinItemsDecreased true "ARRAY_TYPE_MIN_ITEMS_DECREASED" "json/array-type-min-items-decreased" "an array's min items decreased";
    ArrayTypeMaxItemsAdded false "ARRAY_TYPE_MAX_ITEMS_ADDED" "json/array-type-max-items-added" "an array's max items added";
    ArrayTypeMaxItemsRemoved true "ARRAY_TYPE_MAX_ITEMS_REMOVED" "json/array-type-max-items-removed" "an array's max items removed";
    ArrayTypeMaxItemsIncreased true "ARRAY_TYPE_MAX_ITEMS_INCREASED" "json/array-type-max-items-increased" "an array's max items increased";
    ArrayTypeMaxItemsDecreased false "ARRAY_TYPE_MAX_ITEMS_DECREASED" "json/array-type-max-items-decreased" "an array's max items decreased";
    ArrayTypeUniqueItemsFalseToTrue false "ARRAY_TYPE_UNIQUE_ITEMS_FALSE_TO_TRUE" "json/array-type-unique-items-false-to-true" "an array's unique items false to true";
    ArrayTypeUniqueItemsTrueToFalse true "ARRAY_TYPE_UNIQUE_ITEMS_TRUE_TO_FALSE" "json/array-type-unique-items-true-to-false" "an array's unique items true to false";
    ArrayTypeAdditionalItemsFalseToTrue true "ARRAY_TYPE_ADDITIONAL_ITEMS_FALSE_TO_TRUE" "json/array-type-additional-items-false-to-true" "an array's additional items false to true";
    ArrayTypeAdditionalItemsTrueToFalse false "ARRAY_TYPE_ADDITIONAL_ITEMS_TRUE_TO_FALSE" "json/array-type-additional-items-true-to-false" "an array's additional items true to false";
    ArrayTypeAdditionalItemsExtended true "ARRAY_TYPE_ADDITIONAL_ITEMS_EXTENDED" "json/array-type-additional-items-extended" "an array's additional items extended";
    ArrayTypeAdditionalItemsNarrowed false "ARRAY_TYPE_ADDITIONAL_ITEMS_NARROWED" "json/array-type-additional-items-narrowed" "an array's additional items narrowed";
    ArrayTypeSchemaOfAdditionalItemsUnchanged true "ARRAY_TYPE_SCHEMA_OF_ADDITIONAL_ITEMS_UNCHANGED" "json/array-type-schema-of-additional-items-unchanged" "an array's schema of additional items unchanged";
    ArrayTypeSchemaOfAdditionalItemsChanged false "ARRAY_TYPE_SCHEMA_OF_ADDITIONAL_ITEMS_CHANGED" "json/array-type-schema-of-additional-items-changed" "an array's schema of additional items changed";
    ArrayTypeAllItemSchemaAdded false "ARRAY_TYPE_ALL_ITEM_SCHEMA_ADDED" "json/array-type-all-item-schema-added" "an array's all item schema added";
    ArrayTypeContainedItemSchemaAdded false "ARRAY_TYPE_CONTAINED_ITEM_SCHEMA_ADDED" "json/array-type-contained-item-schema-added" "an array's contained item schema added";
    ArrayTypeItemSchemasExtended true "ARRAY_TYPE_ITEM_SCHEMAS_EXTENDED" "json/array-type-item-schemas-extended" "an array's item schemas extended";
    ArrayTypeItemSchemasNarrowed false "ARRAY_TYPE_ITEM_SCHEMAS_NARROWED" "json/array-type-item-schemas-narrowed" "an array's item schemas narrowed";
    ArrayTypeItemSchemasNarrowedCompatibleWithAdditionalProperties true "ARRAY_TYPE_ITEM_SCHEMAS_NARROWED_COMPATIBLE_WITH_ADDITIONAL_PROPERTIES" "json/array-type-item-schemas-narrowed-compatible-with-additional-properties" "an array's item schemas narrowed compatible with additional properties";
    ArrayTypeItemSchemasChanged false "ARRAY_TYPE_ITEM_SCHEMAS_CHANGED" "json/array-type-item-schemas-changed" "an array's item schemas changed";
    StringTypeMinLengthAdded false "STRING_TYPE_MIN_LENGTH_ADDED" "json/string-type-min-length-added" "a string's min length added";
    StringTypeMinLengthRemoved true "STRING_TYPE_MIN_LENGTH_REMOVED" "json/string-type-min-length-removed" "a string's min length removed";
    StringTypeMinLengthIncreased false "STRING_TYPE_MIN_LENGTH_INCREASED" "json/string-type-min-length-increased" "a string's min length increased";
    StringTypeMinLengthDecreased true "STRING_TYPE_MIN_LENGTH_DECREASED" "json/string-type-min-length-decreased" "a string's min length decreased";
    StringTypeMaxLengthAdded false "STRING_TYPE_MAX_LENGTH_ADDED" "json/string-type-max-length-added" "a string's max length added";
    StringTypeMaxLengthRemoved true "STRING_TYPE_MAX_LENGTH_REMOVED" "json/string-type-max-length-removed" "a string's max length removed";
    StringTypeMaxLengthIncreased true "STRING_TYPE_MAX_LENGTH_INCREASED" "json/string-type-max-length-increased" "a string's max length increased";
    StringTypeMaxLengthDecreased false "STRING_TYPE_MAX_LENGTH_DECREASED" "json/string-type-max-length-decreased" "a string's max length decreased";
    StringTypePatternAdded false "STRING_TYPE_PATTERN_ADDED" "json/string-type-pattern-added" "a string's pattern added";
    StringTypePatternRemoved true "STRING_TYPE_PATTERN_REMOVED" "json/string-type-pattern-removed" "a string's pattern removed";
    StringTypePatternChanged false "STRING_TYPE_PATTERN_CHANGED" "json/string-type-pattern-changed" "a string's pattern changed";
    StringTypeFormatAdded false "STRING_TYPE_FORMAT_ADDED" "json/string-type-format-added" "a string's format added";
    StringTypeFormatRemoved true "STRING_TYPE_FORMAT_REMOVED" "json/string-type-format-removed" "a string's format removed";
    StringTypeFormatChanged false "STRING_TYPE_FORMAT_CHANGED" "json/string-type-format-changed" "a string's format changed";
    StringTypeContentEncodingAdded false "STRING_TYPE_CONTENT_ENCODING_ADDED" "json/string-type-content-encoding-added" "a string's content encoding added";
    StringTypeContentEncodingRemoved true "STRING_TYPE_CONTENT_ENCODING_REMOVED" "json/string-type-content-encoding-removed" "a string's content encoding removed";
    StringTypeContentEncodingChanged false "STRING_TYPE_CONTENT_ENCODING_CHANGED" "json/string-type-content-encoding-changed" "a string's content encoding changed";
    StringTypeContentMediaTypeAdded false "STRING_TYPE_CONTENT_MEDIA_TYPE_ADDED" "json/string-type-content-media-type-added" "a string's content media type added";
    StringTypeContentMediaTypeRemoved true "STRING_TYPE_CONTENT_MEDIA_TYPE_REMOVED" "json/string-type-content-media-type-removed" "a string's content media type removed";
    StringTypeContentMediaTypeChanged false "STRING_TYPE_CONTENT_MEDIA_TYPE_CHANGED" "json/string-type-content-media-type-changed" "a string's content media type changed";
    ConstTypeValueChanged false "CONST_TYPE_VALUE_CHANGED" "json/const-type-value-changed" "a constant: value changed";
    EnumTypeValuesChanged true "ENUM_TYPE_VALUES_CHANGED" "json/enum-type-values-changed" "an enum: values changed";
    EnumTypeValuesMemberAdded true "ENUM_TYPE_VALUES_MEMBER_ADDED" "json/enum-type-values-member-added" "an enum: values got a member";
    EnumTypeValuesMemberRemoved false "ENUM_TYPE_VALUES_MEMBER_REMOVED" "json/enum-type-values-member-removed" "an enum: values lost a member";
    NumberTypeMinimumAdded false "NUMBER_TYPE_MINIMUM_ADDED" "json/number-type-minimum-added" "a number's minimum added";
    NumberTypeMinimumRemoved true "NUMBER_TYPE_MINIMUM_REMOVED" "json/number-type-minimum-removed" "a number's minimum removed";
    NumberTypeMinimumIncreased false "NUMBER_TYPE_MINIMUM_INCREASED" "json/number-type-minimum-increased" "a number's minimum increased";
    NumberTypeMinimumDecreased true "NUMBER_TYPE_MINIMUM_DECREASED" "json/number-type-minimum-decreased" "a number's minimum decreased";
    NumberTypeIsMinimumExclusiveFalseToTrue false "NUMBER_TYPE_IS_MINIMUM_EXCLUSIVE_FALSE_TO_TRUE" "json/number-type-is-minimum-exclusive-false-to-true" "a number's is minimum exclusive false to true";
    NumberTypeIsMinimumExclusiveTrueToFalse true "NUMBER_TYPE_IS_MINIMUM_EXCLUSIVE_TRUE_TO_FALSE" "json/number-type-is-minimum-exclusive-true-to-false" "a number's is minimum exclusive true to false";
    NumberTypeMaximumAdded false "NUMBER_TYPE_MAXIMUM_ADDED" "json/number-type-maximum-added" "a number's maximum added";
    NumberTypeMaximumRemoved true "NUMBER_TYPE_MAXIMUM_REMOVED" "json/number-type-maximum-removed" "a number's maximum removed";
    NumberTypeMaximumIncreased true "NUMBER_TYPE_MAXIMUM_INCREASED" "json/number-type-maximum-increased" "a number's maximum increased";
    NumberTypeMaximumDecreased false "NUMBER_TYPE_MAXIMUM_DECREASED" "json/number-type-maximum-decreased" "a number's maximum decreased";
    NumberTypeIsMaximumExclusiveFalseToTrue false "NUMBER_TYPE_IS_MAXIMUM_EXCLUSIVE_FALSE_TO_TRUE" "json/number-type-is-maximum-exclusive-false-to-true" "a number's is maximum exclusive false to true";
    NumberTypeIsMaximumExclusiveTrueToFalse true "NUMBER_TYPE_IS_MAXIMUM_EXCLUSIVE_TRUE_TO_FALSE" "json/number-type-is-maximum-exclusive-true-to-false" "a number's is maximum exclusive true to false";
    NumberTypeMultipleOfAdded false "NUMBER_TYPE_MULTIPLE_OF_ADDED" "json/number-type-multiple-of-added" "a number's multiple of added";
    NumberTypeMultipleOfRemoved true "NUMBER_TYPE_MULTIPLE_OF_REMOVED" "json/number-type-multiple-of-removed" "a number's multiple of removed";
    NumberTypeMultipleOfUpdatedIsDivisible true "NUMBER_TYPE_MULTIPLE_OF_UPDATED_IS_DIVISIBLE" "json/number-type-multiple-of-updated-is-divisible" "a number's multiple of updated is divisible";
    NumberTypeMultipleOfUpdatedIsNotDivisible false "NUMBER_TYPE_MULTIPLE_OF_UPDATED_IS_NOT_DIVISIBLE" "json/number-type-multiple-of-updated-is-not-divisible" "a number's multiple of updated is not divisible";
    NumberTypeIntegerRequiredFalseToTrue false "NUMBER_TYPE_INTEGER_REQUIRED_FALSE_TO_TRUE" "json/number-type-integer-required-false-to-true" "a number's integer required false to true";
    NumberTypeIntegerRequiredTrueToFalse true "NUMBER_TYPE_INTEGER_REQUIRED_TRUE_TO_FALSE" "json/number-type-integer-required-true-to-false" "a number's integer required true to false";
    CombinedTypeCriterionExtended true "COMBINED_TYPE_CRITERION_EXTENDED" "json/combined-type-criterion-extended" "a combination: criterion extended";
    CombinedTypeCriterionNarrowed false "COMBINED_TYPE_CRITERION_NARROWED" "json/combined-type-criterion-narrowed" "a combination: criterion narrowed";
    CombinedTypeCriterionChanged false "COMBINED_TYPE_CRITERION_CHANGED" "json/combined-type-criterion-changed" "a combination: criterion changed";
    CombinedTypeOneOfSizeIncreased true "COMBINED_TYPE_ONE_OF_SIZE_INCREASED" "json/combined-type-one-of-size-increased" "a combination: one of size increased";
    CombinedTypeOneOfSizeDecreased false "COMBINED_TYPE_ONE_OF_SIZE_DECREASED" "json/combined-type-one-of-size-decreased" "a combination: one of size decreased";
    CombinedTypeAllOfSizeIncreased false "COMBINED_TYPE_ALL_OF_SIZE_INCREASED" "json/combined-type-all-of-size-increased" "a combination: all of size increased";
    CombinedTypeAllOfSizeDecreased true "COMBINED_TYPE_ALL_OF_SIZE_DECREASED" "json/combined-type-all-of-size-decreased" "a combination: all of size decreased";
    CombinedTypeAnyOfSizeIncreased true "COMBINED_TYPE_ANY_OF_SIZE_INCREASED" "json/combined-type-any-of-size-increased" "a combination: any of size increased";
    CombinedTypeAnyOfSizeDecreased false "COMBINED_TYPE_ANY_OF_SIZE_DECREASED" "json/combined-type-any-of-size-decreased" "a combination: any of size decreased";
    CombinedTypeSubschemaNotCompatible false "COMBINED_TYPE_SUBSCHEMA_NOT_COMPATIBLE" "json/combined-type-subschema-not-compatible" "a combination: subschema not compatible";
    ConditionalTypeIfSchemaAdded false "CONDITIONAL_TYPE_IF_SCHEMA_ADDED" "json/conditional-type-if-schema-added" "a condition: if schema added";
    ConditionalTypeIfSchemaCompatibleBoth true "CONDITIONAL_TYPE_IF_SCHEMA_COMPATIBLE_BOTH" "json/conditional-type-if-schema-compatible-both" "a condition: if schema compatible both";
    ConditionalTypeIfSchemaCompatibleBackwardNotForward false "CONDITIONAL_TYPE_IF_SCHEMA_COMPATIBLE_BACKWARD_NOT_FORWARD" "json/conditional-type-if-schema-compatible-backward-not-forward" "a condition: if schema compatible backward not forward";
    ConditionalTypeIfSchemaCompatibleForwardNotBackward false "CONDITIONAL_TYPE_IF_SCHEMA_COMPATIBLE_FORWARD_NOT_BACKWARD" "json/conditional-type-if-schema-compatible-forward-not-backward" "a condition: if schema compatible forward not backward";
    ConditionalTypeIfSchemaCompatibleNone false "CONDITIONAL_TYPE_IF_SCHEMA_COMPATIBLE_NONE" "json/conditional-type-if-schema-compatible-none" "a condition: if schema compatible none";
    ConditionalTypeThenSchemaAdded false "CONDITIONAL_TYPE_THEN_SCHEMA_ADDED" "json/conditional-type-then-schema-added" "a condition: then schema added";
    ConditionalTypeThenSchemaCompatibleBoth true "CONDITIONAL_TYPE_THEN_SCHEMA_COMPATIBLE_BOTH" "json/conditional-type-then-schema-compatible-both" "a condition: then schema compatible both";
    ConditionalTypeThenSchemaCompatibleBackwardNotForward true "CONDITIONAL_TYPE_THEN_SCHEMA_COMPATIBLE_BACKWARD_NOT_FORWARD" "json/conditional-type-then-schema-compatible-backward-not-forward" "a condition: then schema compatible backward not forward";
    ConditionalTypeThenSchemaCompatibleForwardNotBackward false "CONDITIONAL_TYPE_THEN_SCHEMA_COMPATIBLE_FORWARD_NOT_BACKWARD" "json/conditional-type-then-schema-compatible-forward-not-backward" "a condition: then schema compatible forward not backward";
    ConditionalTypeThenSchemaCompatibleNone false "CONDITIONAL_TYPE_THEN_SCHEMA_COMPATIBLE_NONE" "json/conditional-type-then-schema-compatible-none" "a condition: then schema compatible none";
    ConditionalTypeElseSchemaAdded false "CONDITIONAL_TYPE_ELSE_SCHEMA_ADDED" "json/conditional-type-else-schema-added" "a condition: else schema added";
    ConditionalTypeElseSchemaCompatibleBoth true "CONDITIONAL_TYPE_ELSE_SCHEMA_COMPATIBLE_BOTH" "json/conditional-type-else-schema-compatible-both" "a condition: else schema compatible both";
    ConditionalTypeElseSchemaCompatibleBackwardNotForward true "CONDITIONAL_TYPE_ELSE_SCHEMA_COMPATIBLE_BACKWARD_NOT_FORWARD" "json/conditional-type-else-schema-compatible-backward-not-forward" "a condition: else schema compatible backward not forward";
    ConditionalTypeElseSchemaCompatibleForwardNotBackward false "CONDITIONAL_TYPE_ELSE_SCHEMA_COMPATIBLE_FORWARD_NOT_BACKWARD" "json/conditional-type-else-schema-compatible-forward-not-backward" "a condition: else schema compatible forward not backward";
    ConditionalTypeElseSchemaCompatibleNone false "CONDITIONAL_TYPE_ELSE_SCHEMA_COMPATIBLE_NONE" "json/conditional-type-else-schema-compatible-none" "a condition: else schema compatible none";
    NotTypeSchemaCompatibleBoth true "NOT_TYPE_SCHEMA_COMPATIBLE_BOTH" "json/not-type-schema-compatible-both" "`not`: schema compatible both";
    NotTypeSchemaCompatibleBackwardNotForward false "NOT_TYPE_SCHEMA_COMPATIBLE_BACKWARD_NOT_FORWARD" "json/not-type-schema-compatible-backward-not-forward" "`not`: schema compatible backward not forward";
    NotTypeSchemaCompatibleForwardNotBackward true "NOT_TYPE_SCHEMA_COMPATIBLE_FORWARD_NOT_BACKWARD" "json/not-type-schema-compatible-forward-not-backward" "`not`: schema compatible forward not backward";
    NotTypeSchemaCompatibleNone false "NOT_TYPE_SCHEMA_COMPATIBLE_NONE" "json/not-type-schema-compatible-none" "`not`: schema compatible none";
}
