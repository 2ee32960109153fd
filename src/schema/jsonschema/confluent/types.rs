//! The differences that Confluent Schema Registry knows (`Difference.Type`), whether it lets them
//! pass (`SchemaDiff.COMPATIBLE_CHANGES_STRICT` and `_LENIENT`), and what there is to say of them.

use super::super::super::Rule;

/// What the policies say of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It passes.
    Compatible,
    /// It passes where `compatibilityPolicy` is LENIENT.
    Lenient,
    /// It does not pass.
    Incompatible,
}

/// How many differences there are.
pub const COUNT: usize = 132;

const SOURCE: &str = "Confluent Schema Registry, json-schema-provider, \
    io.confluent.kafka.schemaregistry.json.diff.Difference and SchemaDiff";

macro_rules! types {
    ($(group { $why:literal $fix:literal $($name:ident $verdict:ident $type:literal $id:literal $title:literal;)* })*) => {
        /// A kind of difference.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(
            not(test),
            expect(dead_code, reason = "the registry knows the reserved ones and no longer finds them")
        )]
        #[expect(clippy::enum_variant_names, reason = "they are the registry's")]
        pub enum Type { $($($name,)*)* }

        /// The catalogue, in the order of the types.
        pub const RULES: [Rule; COUNT] = [$($(Rule {
            id: $id,
            registry_type: Some($type),
            title: $title,
            why: $why,
            fix: $fix,
            source: SOURCE,
        },)*)*];

        const VERDICTS: [Verdict; COUNT] = [$($(Verdict::$verdict,)*)*];

        /// Every type.
        #[cfg(test)]
        pub const ALL: [Type; COUNT] = [$($(Type::$name,)*)*];
    };
}

impl Type {
    /// Its entry in the catalogue.
    pub fn rule(self) -> &'static Rule {
        &super::super::RULES[self as usize]
    }

    /// What the policies say of it.
    pub fn verdict(self) -> Verdict {
        VERDICTS[self as usize]
    }

    /// What the registry calls it.
    pub fn name(self) -> &'static str {
        self.rule().registry_type.unwrap_or_default()
    }
}

types! {
    group {
        "What describes a schema is not part of what it accepts: nobody is harmed."
        "Nothing needs to be done."
        IdChanged Compatible "ID_CHANGED" "json/id-changed" "the id of the schema changed";
        DescriptionChanged Compatible "DESCRIPTION_CHANGED" "json/description-changed" "a description changed";
        TitleChanged Compatible "TITLE_CHANGED" "json/title-changed" "a title changed";
        DefaultChanged Compatible "DEFAULT_CHANGED" "json/default-changed" "a default changed";
    }
    group {
        "There was no schema for this value before, so data that was written then may hold anything."
        "Leave the value without a schema, or give it one that accepts what has been written."
        SchemaAdded Incompatible "SCHEMA_ADDED" "json/schema-added" "a schema was added where there was none";
    }
    group {
        "The value is not constrained any longer: all that was written before is still accepted."
        "Nothing needs to be done."
        SchemaRemoved Compatible "SCHEMA_REMOVED" "json/schema-removed" "a schema was removed";
        TypeExtended Compatible "TYPE_EXTENDED" "json/type-extended" "`integer` became `number`";
    }
    group {
        "Values of the old type that have been written are refused by the new schema."
        "Accept both types for a while: `\"type\": [\"old\", \"new\"]`, or give the new type a property of its own."
        TypeNarrowed Incompatible "TYPE_NARROWED" "json/type-narrowed" "`number` became `integer`";
        TypeChanged Incompatible "TYPE_CHANGED" "json/type-changed" "the type changed";
    }
    group {
        "Old data was written when the limit was wider, and what lies beyond the new one is refused."
        "Keep the old limit, and enforce the stricter one where the data is produced."
        MaxLengthAdded Incompatible "MAX_LENGTH_ADDED" "json/max-length-added" "`maxLength` was added";
        MaximumAdded Incompatible "MAXIMUM_ADDED" "json/maximum-added" "`maximum` was added";
        ExclusiveMaximumAdded Incompatible "EXCLUSIVE_MAXIMUM_ADDED" "json/exclusive-maximum-added" "`exclusiveMaximum` was added";
        MaxPropertiesAdded Incompatible "MAX_PROPERTIES_ADDED" "json/max-properties-added" "`maxProperties` was added";
        MaxItemsAdded Incompatible "MAX_ITEMS_ADDED" "json/max-items-added" "`maxItems` was added";
        MaxContainsAdded Incompatible "MAX_CONTAINS_ADDED" "json/max-contains-added" "`maxContains` was added";
        MinLengthAdded Incompatible "MIN_LENGTH_ADDED" "json/min-length-added" "`minLength` was added";
        MinimumAdded Incompatible "MINIMUM_ADDED" "json/minimum-added" "`minimum` was added";
        ExclusiveMinimumAdded Incompatible "EXCLUSIVE_MINIMUM_ADDED" "json/exclusive-minimum-added" "`exclusiveMinimum` was added";
        MinPropertiesAdded Incompatible "MIN_PROPERTIES_ADDED" "json/min-properties-added" "`minProperties` was added";
        MinItemsAdded Incompatible "MIN_ITEMS_ADDED" "json/min-items-added" "`minItems` was added";
        MinContainsAdded Incompatible "MIN_CONTAINS_ADDED" "json/min-contains-added" "`minContains` was added";
        MaxLengthDecreased Incompatible "MAX_LENGTH_DECREASED" "json/max-length-decreased" "`maxLength` was lowered";
        MaximumDecreased Incompatible "MAXIMUM_DECREASED" "json/maximum-decreased" "`maximum` was lowered";
        ExclusiveMaximumDecreased Incompatible "EXCLUSIVE_MAXIMUM_DECREASED" "json/exclusive-maximum-decreased" "`exclusiveMaximum` was lowered";
        MaxPropertiesDecreased Incompatible "MAX_PROPERTIES_DECREASED" "json/max-properties-decreased" "`maxProperties` was lowered";
        MaxItemsDecreased Incompatible "MAX_ITEMS_DECREASED" "json/max-items-decreased" "`maxItems` was lowered";
        MaxContainsDecreased Incompatible "MAX_CONTAINS_DECREASED" "json/max-contains-decreased" "`maxContains` was lowered";
        MinLengthIncreased Incompatible "MIN_LENGTH_INCREASED" "json/min-length-increased" "`minLength` was raised";
        MinimumIncreased Incompatible "MINIMUM_INCREASED" "json/minimum-increased" "`minimum` was raised";
        ExclusiveMinimumIncreased Incompatible "EXCLUSIVE_MINIMUM_INCREASED" "json/exclusive-minimum-increased" "`exclusiveMinimum` was raised";
        MinPropertiesIncreased Incompatible "MIN_PROPERTIES_INCREASED" "json/min-properties-increased" "`minProperties` was raised";
        MinItemsIncreased Incompatible "MIN_ITEMS_INCREASED" "json/min-items-increased" "`minItems` was raised";
        MinContainsIncreased Incompatible "MIN_CONTAINS_INCREASED" "json/min-contains-increased" "`minContains` was raised";
    }
    group {
        "The limit was widened: all that was written before is still accepted."
        "Nothing needs to be done."
        MaxLengthRemoved Compatible "MAX_LENGTH_REMOVED" "json/max-length-removed" "`maxLength` was removed";
        MaximumRemoved Compatible "MAXIMUM_REMOVED" "json/maximum-removed" "`maximum` was removed";
        ExclusiveMaximumRemoved Compatible "EXCLUSIVE_MAXIMUM_REMOVED" "json/exclusive-maximum-removed" "`exclusiveMaximum` was removed";
        MaxPropertiesRemoved Compatible "MAX_PROPERTIES_REMOVED" "json/max-properties-removed" "`maxProperties` was removed";
        MaxItemsRemoved Compatible "MAX_ITEMS_REMOVED" "json/max-items-removed" "`maxItems` was removed";
        MaxContainsRemoved Compatible "MAX_CONTAINS_REMOVED" "json/max-contains-removed" "`maxContains` was removed";
        MinLengthRemoved Compatible "MIN_LENGTH_REMOVED" "json/min-length-removed" "`minLength` was removed";
        MinimumRemoved Compatible "MINIMUM_REMOVED" "json/minimum-removed" "`minimum` was removed";
        ExclusiveMinimumRemoved Compatible "EXCLUSIVE_MINIMUM_REMOVED" "json/exclusive-minimum-removed" "`exclusiveMinimum` was removed";
        MinPropertiesRemoved Compatible "MIN_PROPERTIES_REMOVED" "json/min-properties-removed" "`minProperties` was removed";
        MinItemsRemoved Compatible "MIN_ITEMS_REMOVED" "json/min-items-removed" "`minItems` was removed";
        MinContainsRemoved Compatible "MIN_CONTAINS_REMOVED" "json/min-contains-removed" "`minContains` was removed";
        MaxLengthIncreased Compatible "MAX_LENGTH_INCREASED" "json/max-length-increased" "`maxLength` was raised";
        MaximumIncreased Compatible "MAXIMUM_INCREASED" "json/maximum-increased" "`maximum` was raised";
        ExclusiveMaximumIncreased Compatible "EXCLUSIVE_MAXIMUM_INCREASED" "json/exclusive-maximum-increased" "`exclusiveMaximum` was raised";
        MaxPropertiesIncreased Compatible "MAX_PROPERTIES_INCREASED" "json/max-properties-increased" "`maxProperties` was raised";
        MaxItemsIncreased Compatible "MAX_ITEMS_INCREASED" "json/max-items-increased" "`maxItems` was raised";
        MaxContainsIncreased Compatible "MAX_CONTAINS_INCREASED" "json/max-contains-increased" "`maxContains` was raised";
        MinLengthDecreased Compatible "MIN_LENGTH_DECREASED" "json/min-length-decreased" "`minLength` was lowered";
        MinimumDecreased Compatible "MINIMUM_DECREASED" "json/minimum-decreased" "`minimum` was lowered";
        ExclusiveMinimumDecreased Compatible "EXCLUSIVE_MINIMUM_DECREASED" "json/exclusive-minimum-decreased" "`exclusiveMinimum` was lowered";
        MinPropertiesDecreased Compatible "MIN_PROPERTIES_DECREASED" "json/min-properties-decreased" "`minProperties` was lowered";
        MinItemsDecreased Compatible "MIN_ITEMS_DECREASED" "json/min-items-decreased" "`minItems` was lowered";
        MinContainsDecreased Compatible "MIN_CONTAINS_DECREASED" "json/min-contains-decreased" "`minContains` was lowered";
    }
    group {
        "The registry does not compare regular expressions: any pattern that is new or different may refuse old data."
        "Keep the old pattern, or join both: `old|new`, which the registry still refuses, but no data does."
        PatternAdded Incompatible "PATTERN_ADDED" "json/pattern-added" "`pattern` was added";
        PatternChanged Incompatible "PATTERN_CHANGED" "json/pattern-changed" "`pattern` changed";
    }
    group {
        "Without the pattern every string is accepted."
        "Nothing needs to be done."
        PatternRemoved Compatible "PATTERN_REMOVED" "json/pattern-removed" "`pattern` was removed";
    }
    group {
        "Numbers that have been written are no multiples of the new factor."
        "Keep the old factor, or take a divisor of it."
        MultipleOfAdded Incompatible "MULTIPLE_OF_ADDED" "json/multiple-of-added" "`multipleOf` was added";
        MultipleOfExpanded Incompatible "MULTIPLE_OF_EXPANDED" "json/multiple-of-expanded" "`multipleOf` became a multiple of what it was";
        MultipleOfChanged Incompatible "MULTIPLE_OF_CHANGED" "json/multiple-of-changed" "`multipleOf` changed";
    }
    group {
        "Every multiple of the old factor is one of the new factor too."
        "Nothing needs to be done."
        MultipleOfRemoved Compatible "MULTIPLE_OF_REMOVED" "json/multiple-of-removed" "`multipleOf` was removed";
        MultipleOfReduced Compatible "MULTIPLE_OF_REDUCED" "json/multiple-of-reduced" "`multipleOf` became a divisor of what it was";
    }
    group {
        "Objects that were written without the property are refused by the new schema."
        "Leave the property optional, or give it a `default`, which satisfies the registry."
        RequiredAttributeAdded Incompatible "REQUIRED_ATTRIBUTE_ADDED" "json/required-attribute-added" "a property became required";
    }
    group {
        "The registry takes a default for a value. Validators do not: an old object without the property still fails to validate."
        "Leave the property optional if consumers validate what they read."
        RequiredAttributeWithDefaultAdded Compatible "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED" "json/required-attribute-with-default-added" "a property with a default became required";
    }
    group {
        "Objects with the property and without it are accepted."
        "Nothing needs to be done."
        RequiredAttributeRemoved Compatible "REQUIRED_ATTRIBUTE_REMOVED" "json/required-attribute-removed" "a property is not required any longer";
    }
    group {
        "More undeclared properties are accepted than before."
        "Nothing needs to be done."
        AdditionalPropertiesAdded Compatible "ADDITIONAL_PROPERTIES_ADDED" "json/additional-properties-added" "undeclared properties are allowed now";
        AdditionalPropertiesExtended Compatible "ADDITIONAL_PROPERTIES_EXTENDED" "json/additional-properties-extended" "undeclared properties may hold anything now";
        UnevaluatedPropertiesAdded Compatible "UNEVALUATED_PROPERTIES_ADDED" "json/unevaluated-properties-added" "unevaluated properties are allowed now";
        UnevaluatedPropertiesExtended Compatible "UNEVALUATED_PROPERTIES_EXTENDED" "json/unevaluated-properties-extended" "unevaluated properties may hold anything now";
    }
    group {
        "Under the old schema a producer could add properties that it does not declare; such objects are refused now. The lenient policy trusts that nobody did."
        "Keep `additionalProperties` as it was, or set the subject's `compatibilityPolicy` to LENIENT."
        AdditionalPropertiesRemoved Lenient "ADDITIONAL_PROPERTIES_REMOVED" "json/additional-properties-removed" "undeclared properties are forbidden now";
        AdditionalPropertiesNarrowed Lenient "ADDITIONAL_PROPERTIES_NARROWED" "json/additional-properties-narrowed" "undeclared properties are constrained now";
        UnevaluatedPropertiesRemoved Lenient "UNEVALUATED_PROPERTIES_REMOVED" "json/unevaluated-properties-removed" "unevaluated properties are forbidden now";
        UnevaluatedPropertiesNarrowed Lenient "UNEVALUATED_PROPERTIES_NARROWED" "json/unevaluated-properties-narrowed" "unevaluated properties are constrained now";
    }
    group {
        "An old object that has the first property may lack the others that it depends on now."
        "Leave the dependency out, and check it where the data is produced."
        DependencyArrayAdded Incompatible "DEPENDENCY_ARRAY_ADDED" "json/dependency-array-added" "a property depends on others now";
        DependencyArrayExtended Incompatible "DEPENDENCY_ARRAY_EXTENDED" "json/dependency-array-extended" "a property depends on more others";
        DependencyArrayChanged Incompatible "DEPENDENCY_ARRAY_CHANGED" "json/dependency-array-changed" "a property depends on other properties than before";
        DependencySchemaAdded Incompatible "DEPENDENCY_SCHEMA_ADDED" "json/dependency-schema-added" "a property brings a schema with it now";
    }
    group {
        "Fewer objects are refused than before."
        "Nothing needs to be done."
        DependencyArrayRemoved Compatible "DEPENDENCY_ARRAY_REMOVED" "json/dependency-array-removed" "a property does not depend on others any longer";
        DependencyArrayNarrowed Compatible "DEPENDENCY_ARRAY_NARROWED" "json/dependency-array-narrowed" "a property depends on fewer others";
        DependencySchemaRemoved Compatible "DEPENDENCY_SCHEMA_REMOVED" "json/dependency-schema-removed" "a property does not bring a schema with it any longer";
    }
    group {
        "The old schema is open: without `additionalProperties: false` it accepts properties that it does not declare, with any value. So data of the old schema may hold a property of the new one's name with another type, and the registry refuses to give it a schema. An object is closed when `additionalProperties` is false, and partially open when `additionalProperties` is a schema or `patternProperties` describe the names; in both cases properties can be added."
        "Three ways out. Close the object from its first version on: `additionalProperties: false`. Or describe what may come: a schema for `additionalProperties`, or `patternProperties` like `^s_` for strings, which the new property then has to match. Or set the subject's `compatibilityPolicy` to LENIENT, which trusts producers not to send what the schema does not declare."
        PropertyAddedToOpenContentModel Incompatible "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" "json/property-added-to-open-content-model" "a property was added to an open object";
        RequiredPropertyWithDefaultAddedToOpenContentModel Lenient "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL" "json/required-property-with-default-added-to-open-content-model" "a required property with a default was added to an open object";
        OptionalPropertyAddedToOpenContentModel Lenient "OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" "json/optional-property-added-to-open-content-model" "an optional property was added to an open object";
    }
    group {
        "Objects that were written before the property was there are refused by the new schema. Besides, the old schema is open: it accepts properties that it does not declare, so old data may hold one of this name with another type."
        "Make the property optional. Then close the object with `additionalProperties: false` from its first version on, describe what may come with a schema for `additionalProperties` or with `patternProperties`, or set the subject's `compatibilityPolicy` to LENIENT."
        RequiredPropertyAddedToOpenContentModel Incompatible "REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" "json/required-property-added-to-open-content-model" "a required property was added to an open object";
    }
    group {
        "A schema that accepts everything takes nothing away from an open object."
        "Nothing needs to be done."
        PropertyWithEmptySchemaAddedToOpenContentModel Compatible "PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL" "json/property-with-empty-schema-added-to-open-content-model" "a property that may hold anything was added to an open object";
    }
    group {
        "Objects that were written before the property was there are refused by the new schema."
        "Make the property optional, or give it a `default`, which satisfies the registry."
        RequiredPropertyAddedToUnopenContentModel Incompatible "REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL" "json/required-property-added-to-unopen-content-model" "a required property was added to an object that is not open";
    }
    group {
        "The registry takes a default for a value. Validators do not: an old object without the property still fails to validate."
        "Make the property optional if consumers validate what they read."
        RequiredPropertyWithDefaultAddedToUnopenContentModel Compatible "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL" "json/required-property-with-default-added-to-unopen-content-model" "a required property with a default was added to an object that is not open";
    }
    group {
        "No old object has the property, and none needs it."
        "Nothing needs to be done."
        OptionalPropertyAddedToUnopenContentModel Compatible "OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL" "json/optional-property-added-to-unopen-content-model" "an optional property was added to an object that is not open";
    }
    group {
        "The new schema is open: it accepts properties that it does not declare, this one too."
        "Nothing needs to be done."
        PropertyRemovedFromOpenContentModel Compatible "PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL" "json/property-removed-from-open-content-model" "a property was removed from an open object";
    }
    group {
        "No object could have the property."
        "Nothing needs to be done."
        PropertyWithFalseRemovedFromClosedContentModel Compatible "PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL" "json/property-with-false-removed-from-closed-content-model" "a forbidden property was removed from a closed object";
    }
    group {
        "The new schema is closed: with `additionalProperties: false` it refuses every property that it does not declare, so objects that have the removed property are refused."
        "Three ways out. Keep the property in the new schema, marked as deprecated. Or open the object: leave `additionalProperties: false` out, or give `additionalProperties` or `patternProperties` a schema that accepts the old values. Or set the subject's `compatibilityPolicy` to LENIENT, which accepts this, though the old data is still refused by validators."
        PropertyRemovedFromClosedContentModel Lenient "PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL" "json/property-removed-from-closed-content-model" "a property was removed from a closed object";
    }
    group {
        "The values are accepted by what the schema says of undeclared properties."
        "Nothing needs to be done."
        PropertyRemovedIsCoveredByPartiallyOpenContentModel Compatible "PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" "json/property-removed-is-covered-by-partially-open-content-model" "a property was removed that `additionalProperties` or `patternProperties` cover";
        PropertyAddedIsCoveredByPartiallyOpenContentModel Compatible "PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" "json/property-added-is-covered-by-partially-open-content-model" "a property was added that `additionalProperties` or `patternProperties` covered";
    }
    group {
        "Undeclared properties have a schema: `additionalProperties`, `unevaluatedProperties`, or the first of `patternProperties` that matches the name. What it accepts and what the property's own schema accepts do not go together."
        "Let the property's schema accept all that the schema of undeclared properties accepts, choose a name that no pattern matches, or set the subject's `compatibilityPolicy` to LENIENT."
        PropertyRemovedNotCoveredByPartiallyOpenContentModel Lenient "PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" "json/property-removed-not-covered-by-partially-open-content-model" "a property was removed that `additionalProperties` or `patternProperties` do not cover";
        PropertyAddedNotCoveredByPartiallyOpenContentModel Lenient "PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" "json/property-added-not-covered-by-partially-open-content-model" "a property was added that `additionalProperties` or `patternProperties` did not cover";
    }
    group {
        "The subject's metadata reserves names (`confluent:reserved`) for properties that were removed, so that nobody takes them for something else."
        "Keep the name reserved, and choose another one for the property."
        ReservedPropertyRemoved Incompatible "RESERVED_PROPERTY_REMOVED" "json/reserved-property-removed" "a name is not reserved any longer";
        ReservedPropertyConflictsWithProperty Incompatible "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY" "json/reserved-property-conflicts-with-property" "a property has a reserved name";
    }
    group {
        "Arrays that hold the same item twice have been written, and are refused now."
        "Leave `uniqueItems` out, and check it where the data is produced."
        UniqueItemsAdded Incompatible "UNIQUE_ITEMS_ADDED" "json/unique-items-added" "`uniqueItems` was added";
    }
    group {
        "More arrays are accepted than before."
        "Nothing needs to be done."
        UniqueItemsRemoved Compatible "UNIQUE_ITEMS_REMOVED" "json/unique-items-removed" "`uniqueItems` was removed";
        AdditionalItemsAdded Compatible "ADDITIONAL_ITEMS_ADDED" "json/additional-items-added" "more items than the tuple describes are allowed now";
        AdditionalItemsExtended Compatible "ADDITIONAL_ITEMS_EXTENDED" "json/additional-items-extended" "items behind the tuple may hold anything now";
        UnevaluatedItemsAdded Compatible "UNEVALUATED_ITEMS_ADDED" "json/unevaluated-items-added" "unevaluated items are allowed now";
        UnevaluatedItemsExtended Compatible "UNEVALUATED_ITEMS_EXTENDED" "json/unevaluated-items-extended" "unevaluated items may hold anything now";
    }
    group {
        "Arrays with items beyond those that are described have been accepted so far, and are refused now."
        "Keep what was said of further items."
        AdditionalItemsRemoved Incompatible "ADDITIONAL_ITEMS_REMOVED" "json/additional-items-removed" "more items than the tuple describes are forbidden now";
        AdditionalItemsNarrowed Incompatible "ADDITIONAL_ITEMS_NARROWED" "json/additional-items-narrowed" "items behind the tuple are constrained now";
        UnevaluatedItemsRemoved Incompatible "UNEVALUATED_ITEMS_REMOVED" "json/unevaluated-items-removed" "unevaluated items are forbidden now";
        UnevaluatedItemsNarrowed Incompatible "UNEVALUATED_ITEMS_NARROWED" "json/unevaluated-items-narrowed" "unevaluated items are constrained now";
    }
    group {
        "The old tuple is open: it accepts any item in this place, and old arrays may hold another one."
        "Close the tuple from its first version on: `additionalItems: false`, or `items: false` beside `prefixItems`."
        ItemAddedToOpenContentModel Incompatible "ITEM_ADDED_TO_OPEN_CONTENT_MODEL" "json/item-added-to-open-content-model" "an item was added to an open tuple";
    }
    group {
        "No array that was accepted before is refused."
        "Nothing needs to be done."
        ItemWithEmptySchemaAddedToOpenContentModel Compatible "ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL" "json/item-with-empty-schema-added-to-open-content-model" "an item that may hold anything was added to an open tuple";
        ItemAddedToClosedContentModel Compatible "ITEM_ADDED_TO_CLOSED_CONTENT_MODEL" "json/item-added-to-closed-content-model" "an item was added to a closed tuple";
        ItemRemovedFromOpenContentModel Compatible "ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL" "json/item-removed-from-open-content-model" "an item was removed from an open tuple";
        ItemWithFalseRemovedFromClosedContentModel Compatible "ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL" "json/item-with-false-removed-from-closed-content-model" "a forbidden item was removed from a closed tuple";
        ItemRemovedIsCoveredByPartiallyOpenContentModel Compatible "ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" "json/item-removed-is-covered-by-partially-open-content-model" "an item was removed that the schema of further items covers";
        ItemAddedIsCoveredByPartiallyOpenContentModel Compatible "ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" "json/item-added-is-covered-by-partially-open-content-model" "an item was added that the schema of further items covered";
    }
    group {
        "The new tuple is closed: arrays that have the removed item are refused."
        "Keep the item, or allow further items."
        ItemRemovedFromClosedContentModel Incompatible "ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL" "json/item-removed-from-closed-content-model" "an item was removed from a closed tuple";
    }
    group {
        "Items behind the tuple have a schema, and it does not go together with the item's own."
        "Let both accept the same values."
        ItemRemovedNotCoveredByPartiallyOpenContentModel Incompatible "ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" "json/item-removed-not-covered-by-partially-open-content-model" "an item was removed that the schema of further items does not cover";
        ItemAddedNotCoveredByPartiallyOpenContentModel Incompatible "ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL" "json/item-added-not-covered-by-partially-open-content-model" "an item was added that the schema of further items did not cover";
    }
    group {
        "Every old value is still one of the list."
        "Nothing needs to be done for the new consumers; old ones do not know the new values."
        EnumArrayExtended Compatible "ENUM_ARRAY_EXTENDED" "json/enum-array-extended" "values were added to an enum";
    }
    group {
        "Values that have been written are not in the list any longer."
        "Keep the old values, and stop producing them."
        EnumArrayNarrowed Incompatible "ENUM_ARRAY_NARROWED" "json/enum-array-narrowed" "values were removed from an enum";
        EnumArrayChanged Incompatible "ENUM_ARRAY_CHANGED" "json/enum-array-changed" "the values of an enum changed";
    }
    group {
        "The combination accepts all that it accepted."
        "Nothing needs to be done."
        CombinedTypeExtended Compatible "COMBINED_TYPE_EXTENDED" "json/combined-type-extended" "a combination became a wider one";
        ProductTypeNarrowed Compatible "PRODUCT_TYPE_NARROWED" "json/product-type-narrowed" "fewer schemas have to match";
        SumTypeExtended Compatible "SUM_TYPE_EXTENDED" "json/sum-type-extended" "one more schema may match";
    }
    group {
        "Old values satisfied another combination, and may not satisfy this one."
        "Keep `oneOf`, `anyOf` or `allOf` as it was; `anyOf` is the one that the others can become."
        CombinedTypeChanged Incompatible "COMBINED_TYPE_CHANGED" "json/combined-type-changed" "`oneOf`, `anyOf` or `allOf` became another of them";
    }
    group {
        "Old values need not satisfy the schema that was added to `allOf`."
        "Add the schema as optional: inside of `anyOf`, or as a property that is not required."
        ProductTypeExtended Incompatible "PRODUCT_TYPE_EXTENDED" "json/product-type-extended" "one more schema has to match";
    }
    group {
        "Values of the alternative that was removed have been written."
        "Keep the alternative, and stop producing it."
        SumTypeNarrowed Incompatible "SUM_TYPE_NARROWED" "json/sum-type-narrowed" "an alternative was removed";
    }
    group {
        "The registry pairs the old schemas of the combination with the new ones, each with one that accepts its values, and could not pair them all. It does not say which."
        "Compare the parts one by one: each old one needs a new one of its own that accepts all its values."
        CombinedTypeSubschemasChanged Incompatible "COMBINED_TYPE_SUBSCHEMAS_CHANGED" "json/combined-type-subschemas-changed" "the schemas of a combination do not pair up";
    }
    group {
        "More values are forbidden than before."
        "Forbid no more than the old schema did."
        NotTypeExtended Incompatible "NOT_TYPE_EXTENDED" "json/not-type-extended" "`not` forbids more";
    }
    group {
        "Fewer values are forbidden than before."
        "Nothing needs to be done."
        NotTypeNarrowed Compatible "NOT_TYPE_NARROWED" "json/not-type-narrowed" "`not` forbids less";
    }
}
