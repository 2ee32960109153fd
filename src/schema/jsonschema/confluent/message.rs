//! The registry's own words for the differences it refuses (`Difference.error`); it has none for
//! the others.

use super::types::{RULES, Type};

/// What the registry says of a difference between `older` and `newer`, as it names the two sides.
pub fn description(kind: Type, path: &str, newer: &str, older: &str) -> String {
    let name = kind.name();
    let is = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    match kind {
        Type::RequiredPropertyAddedToOpenContentModel
        | Type::RequiredPropertyWithDefaultAddedToOpenContentModel
        | Type::OptionalPropertyAddedToOpenContentModel
        | Type::ItemAddedToOpenContentModel => format!(
            "The {newer} schema has an open content model and has a property or item at path '{path}' which is missing in the {older} schema"
        ),
        Type::RequiredPropertyAddedToUnopenContentModel => format!(
            "The {newer} schema has an unopen content model and has a required property at path '{path}' which is missing in the {older} schema"
        ),
        Type::PropertyRemovedFromClosedContentModel | Type::ItemRemovedFromClosedContentModel => {
            format!(
                "The {newer} schema has a closed content model and is missing a property or item present at path '{path}' in the {older} schema"
            )
        }
        Type::PropertyRemovedNotCoveredByPartiallyOpenContentModel
        | Type::ItemRemovedNotCoveredByPartiallyOpenContentModel => format!(
            "A property or item is missing in the {newer} schema but present at path '{path}' in the {older} schema and is not covered by its partially open content model"
        ),
        Type::PropertyAddedNotCoveredByPartiallyOpenContentModel
        | Type::ItemAddedNotCoveredByPartiallyOpenContentModel => format!(
            "The {newer} schema has a property or item at path '{path}' which is missing in the {older} schema and is not covered by its partially open content model"
        ),
        Type::ReservedPropertyRemoved => format!(
            "The {newer} schema has reserved property '{path}' removed from its metadata which is present in the {older} schema."
        ),
        Type::ReservedPropertyConflictsWithProperty => format!(
            "The {newer} schema has property at path '{path}' that conflicts with the reserved properties which is missing in the {older} schema."
        ),
        Type::PatternChanged | Type::MultipleOfChanged | Type::DependencyArrayChanged => {
            format!(
                "The value at path '{path}' is different between the {newer} and {older} schema"
            )
        }
        Type::TypeChanged
        | Type::TypeNarrowed
        | Type::CombinedTypeChanged
        | Type::CombinedTypeSubschemasChanged
        | Type::EnumArrayChanged => {
            format!(
                "A type at path '{path}' is different between the {newer} schema and the {older} schema"
            )
        }
        Type::AdditionalItemsNarrowed
        | Type::AdditionalPropertiesNarrowed
        | Type::UnevaluatedItemsNarrowed
        | Type::UnevaluatedPropertiesNarrowed
        | Type::EnumArrayNarrowed
        | Type::SumTypeNarrowed => format!(
            "An array or combined type at path '{path}' has fewer elements in the {newer} schema than the {older} schema"
        ),
        Type::DependencyArrayExtended
        | Type::ProductTypeExtended
        | Type::SumTypeExtended
        | Type::NotTypeExtended => {
            format!(
                "An array or combined type at path '{path}' has more elements in the {newer} schema than the {older} schema"
            )
        }
        _ if super::Policy::Lenient.accepts(kind) && !is(&["_REMOVED"]) => our_words(kind, path),
        _ if is(&["_INCREASED", "_EXPANDED"]) => format!(
            "The value at path '{path}' in the {newer} schema is more than its value in the {older} schema"
        ),
        _ if is(&["_DECREASED"]) => format!(
            "The value at path '{path}' in the {newer} schema is less than its value in the {older} schema"
        ),
        Type::AdditionalItemsRemoved
        | Type::AdditionalPropertiesRemoved
        | Type::UnevaluatedItemsRemoved
        | Type::UnevaluatedPropertiesRemoved => keyword(path, newer, older),
        Type::SchemaAdded => our_words(kind, path),
        _ if is(&["_ADDED"]) => keyword(path, newer, older),
        _ => our_words(kind, path),
    }
}

fn keyword(path: &str, newer: &str, older: &str) -> String {
    format!(
        "The keyword at path '{path}' in the {newer} schema is not present in the {older} schema"
    )
}

fn our_words(kind: Type, path: &str) -> String {
    format!("{} at '{path}'", RULES[kind as usize].title)
}
