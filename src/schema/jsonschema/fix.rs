//! What to do instead, with the names and values of the very schemas.

use super::{
    super::{Change, Direction},
    confluent::Type,
    report::last_step,
};

/// What to do about a difference that is refused, or harms data though it is not.
pub fn fix(kind: Type, change: &Change) -> String {
    if change.refused == [Direction::Forward] {
        return later(change);
    }
    let name = last_step(&change.path);
    let old = change.old.as_deref().unwrap_or("the old schema");
    let new = change.new.as_deref().unwrap_or("the new one");
    match kind {
        Type::OptionalPropertyAddedToOpenContentModel
        | Type::PropertyAddedToOpenContentModel
        | Type::RequiredPropertyWithDefaultAddedToOpenContentModel => format!(
            "close the object from its first version on with \"additionalProperties\": false; or give \"additionalProperties\" or \"patternProperties\" a schema that covers {name:?}; or set the subject's compatibilityPolicy to LENIENT"
        ),
        Type::RequiredPropertyAddedToOpenContentModel => format!(
            "take {name:?} out of \"required\"; then close the object with \"additionalProperties\": false from its first version on, or set the subject's compatibilityPolicy to LENIENT"
        ),
        Type::RequiredAttributeAdded | Type::RequiredPropertyAddedToUnopenContentModel => format!(
            "take {name:?} out of \"required\", or give it a \"default\", which satisfies the registry but no validator"
        ),
        Type::RequiredAttributeWithDefaultAdded
        | Type::RequiredPropertyWithDefaultAddedToUnopenContentModel => {
            format!("take {name:?} out of \"required\": to a validator a default is no value")
        }
        Type::PropertyRemovedFromClosedContentModel => format!(
            "keep {name:?} in \"properties\"; or leave out \"additionalProperties\": false; or set the subject's compatibilityPolicy to LENIENT, though validators still refuse the old data"
        ),
        Type::PropertyRemovedNotCoveredByPartiallyOpenContentModel => {
            format!(
                "keep {name:?} in \"properties\", or let the schema of undeclared properties accept {old}"
            )
        }
        Type::PropertyAddedNotCoveredByPartiallyOpenContentModel => format!(
            "let {name:?} accept what the schema of undeclared properties accepts, or take a name that it does not cover"
        ),
        Type::TypeChanged if is_type(old) && is_type(new) => {
            let both = [old, new]
                .map(|one| one.trim_matches(['[', ']']))
                .join(", ");
            format!("accept both: \"type\": [{both}], or give the new type a property of its own")
        }
        Type::TypeNarrowed => "keep \"type\": \"number\"".to_owned(),
        Type::EnumArrayNarrowed | Type::EnumArrayChanged => format!("keep all of {old}"),
        Type::SchemaAdded => format!("leave out {new}"),
        Type::SumTypeNarrowed => "keep every alternative of the old schema".to_owned(),
        Type::ProductTypeExtended => "leave out the schema that was added to \"allOf\"".to_owned(),
        Type::ItemAddedToOpenContentModel => {
            "close the tuple from its first version on: no further items".to_owned()
        }
        _ => about_keyword(kind, change, name),
    }
}

/// What to do about a keyword that was added or changed.
fn about_keyword(kind: Type, change: &Change, name: &str) -> String {
    let ends = |end: &str| kind.name().ends_with(end);
    match (&change.old, &change.new) {
        (Some(old), Some(_)) if ends("_INCREASED") || ends("_DECREASED") || ends("_CHANGED") => {
            format!("keep {name:?}: {old}")
        }
        (_, Some(new)) if ends("_ADDED") => format!("leave out {name:?}: {new}"),
        (Some(old), _) if ends("_REMOVED") || ends("_NARROWED") => format!("keep {name:?}: {old}"),
        _ => kind.rule().fix.to_owned(),
    }
}

/// Only old consumers are harmed: they can be made new first.
pub fn later(change: &Change) -> String {
    let what = match (&change.old, &change.new) {
        (Some(old), _) => format!("keep {old} at '{}'", change.path),
        (None, Some(_)) => format!("leave out '{}'", change.path),
        (None, None) => "keep the old schema".to_owned(),
    };
    format!("{what} until every consumer has the new schema")
}

/// Whether a value is that of `type`.
fn is_type(text: &str) -> bool {
    text.starts_with(['"', '['])
}
