//! What to do instead, with the names and values of the very schemas.

use super::{
    super::{Change, Direction},
    confluent::Type,
    report::{At, last_step},
};

/// What the way out of a policy looks like to those who have one: the lenient policy is a setting
/// of Confluent's registry, and of no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    Confluent,
    Other,
}

/// What to do about a difference that is refused, or harms data though it is not; nothing where
/// nothing honest can be said.
pub fn fix(kind: Type, change: &Change, at: At<'_>, whose: Whose) -> Option<String> {
    if change.refused == [Direction::Forward] {
        return Some(later(change, at));
    }
    let name = match at {
        At::Name(_, name) => name,
        At::Keyword(keyword) if !change.path.starts_with('#') => keyword,
        _ => last_step(&change.path),
    };
    let old = change.old.as_deref().unwrap_or("the old schema");
    let new = change.new.as_deref().unwrap_or("the new one");
    let or_lenient = |text: &'static str| match whose {
        Whose::Confluent => text,
        Whose::Other => "",
    };
    let text = match kind {
        Type::OptionalPropertyAddedToOpenContentModel
        | Type::PropertyAddedToOpenContentModel
        | Type::RequiredPropertyWithDefaultAddedToOpenContentModel => format!(
            "close the object from its first version on with \"additionalProperties\": false; or give \"additionalProperties\" or \"patternProperties\" a schema that covers {name:?}{}",
            or_lenient("; or set the subject's compatibilityPolicy to LENIENT")
        ),
        Type::RequiredPropertyAddedToOpenContentModel => format!(
            "take {name:?} out of \"required\"; then close the object with \"additionalProperties\": false from its first version on{}",
            or_lenient(", or set the subject's compatibilityPolicy to LENIENT")
        ),
        Type::RequiredAttributeAdded | Type::RequiredPropertyAddedToUnopenContentModel => format!(
            "take {name:?} out of \"required\"{}",
            or_lenient(", or give it a \"default\", which satisfies the registry but no validator")
        ),
        Type::RequiredAttributeWithDefaultAdded
        | Type::RequiredPropertyWithDefaultAddedToUnopenContentModel => {
            format!("take {name:?} out of \"required\": to a validator a default is no value")
        }
        Type::PropertyRemovedFromClosedContentModel => format!(
            "keep {name:?} in \"properties\"; or leave out \"additionalProperties\": false{}",
            or_lenient(
                "; or set the subject's compatibilityPolicy to LENIENT, though validators still refuse the old data"
            )
        ),
        Type::PropertyRemovedNotCoveredByPartiallyOpenContentModel => {
            format!(
                "keep {name:?} in \"properties\", or let the schema of undeclared properties accept {old}"
            )
        }
        Type::PropertyAddedNotCoveredByPartiallyOpenContentModel => format!(
            "let {name:?} accept what the schema of undeclared properties accepts, or take a name that it does not cover"
        ),
        Type::TypeChanged if is_type(old) && is_type(new) && old != new => {
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
        _ => return about_keyword(kind, change, at, name, whose),
    };
    Some(text)
}

/// What to do about a keyword that was added or changed.
fn about_keyword(
    kind: Type,
    change: &Change,
    at: At<'_>,
    name: &str,
    whose: Whose,
) -> Option<String> {
    let ends = |end: &str| kind.name().ends_with(end);
    match (&change.old, &change.new) {
        (Some(_), _) if at == At::Schema && (ends("_CHANGED") || ends("_REMOVED")) => {
            Some(format!("keep {}", old_value(change)))
        }
        (Some(old), Some(_)) if ends("_INCREASED") || ends("_DECREASED") || ends("_CHANGED") => {
            Some(format!("keep {name:?}: {old}"))
        }
        (_, Some(new)) if ends("_ADDED") => Some(format!("leave out {name:?}: {new}")),
        (Some(old), _) if ends("_REMOVED") || ends("_NARROWED") => {
            Some(format!("keep {name:?}: {old}"))
        }
        _ => {
            let known = Some(kind.rule().fix);
            let known = known
                .filter(|fix| whose == Whose::Confluent || !fix.contains("compatibilityPolicy"));
            known.map(str::to_owned)
        }
    }
}

/// Only old consumers are harmed: they can be made new first.
pub fn later(change: &Change, at: At<'_>) -> String {
    format!(
        "{} until every consumer has the new schema",
        stay(change, at).unwrap_or_else(|| "keep the old schema".to_owned())
    )
}

/// Leaves things as they were, by their names.
pub fn stay(change: &Change, at: At<'_>) -> Option<String> {
    Some(match (at, &change.old, &change.new) {
        (At::Name("required", name), Some(old), _) if old == "required" => {
            format!("keep {name:?} in \"required\"")
        }
        (At::Name("required", name), _, Some(new)) if new == "required" => {
            format!("leave {name:?} out of \"required\"")
        }
        (At::Name(keyword, name), Some(old), _) => format!("keep {name:?}: {old} in {keyword:?}"),
        (At::Name(keyword, name), None, Some(_)) => format!("leave {name:?} out of {keyword:?}"),
        (At::Keyword(keyword), Some(old), _) => format!("keep {keyword:?}: {old}"),
        (At::Keyword(keyword), None, Some(new)) => format!("leave out {keyword:?}: {new}"),
        (At::Schema, Some(_), _) => format!("keep {}", old_value(change)),
        (At::Item(index), Some(old), _) => format!("keep {old} as item {index} of the tuple"),
        (At::Item(index), None, Some(_)) => format!("leave out item {index} of the tuple"),
        (_, None, _) => return None,
    })
}

/// The old value, and where it is unless it is the whole schema.
fn old_value(change: &Change) -> String {
    // A schema is shown by its type, and may have changed in something else.
    let same = change.old == change.new;
    let old = change.old.as_deref().filter(|_| !same);
    let old = match old.unwrap_or("the old schema") {
        old if is_type(old) => format!("\"type\": {old}"),
        old => old.to_owned(),
    };
    let pointer = change
        .old_location
        .as_ref()
        .map(|place| place.pointer.as_str());
    match pointer.filter(|pointer| !pointer.is_empty()) {
        Some(pointer) => format!("{old} at '#{pointer}'"),
        None => old,
    }
}

/// Whether a value is that of `type`.
fn is_type(text: &str) -> bool {
    text.starts_with(['"', '['])
}
