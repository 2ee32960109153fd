//! The walk's path and what it reports (`Context`, `Difference`).

use super::Walk;
use crate::schema::protobuf::{catalogue, difference::Difference, side::Side};

impl Walk<'_> {
    pub(super) fn enter(&mut self, name: &str) {
        self.path.push(name.to_owned());
        self.scope.push(name.to_owned());
    }

    pub(super) fn leave(&mut self) {
        self.path.pop();
        self.scope.pop();
    }

    pub(super) fn add(&mut self, id: &'static str, old: Side, new: Side) {
        let path = format!("#/{}", self.path.join("/"));
        let kind = catalogue::rule(id).and_then(|rule| rule.registry_type);
        let kind = kind.unwrap_or_default();
        let message = describe(kind, &path, self.words);
        self.refused += usize::from(message.is_some());
        self.found.push(Difference {
            id,
            refuses: message.is_some(),
            message: message.unwrap_or_else(|| plain(id, &old, &new)),
            path,
            old,
            new,
        });
    }
}

/// The registry's sentence; it has none for what it accepts (`Difference.error`).
fn describe(kind: &str, path: &str, (reader, writer): (&str, &str)) -> Option<String> {
    let text = match kind {
        "PACKAGE_CHANGED" => format!(
            "The package at '{path}' in the {reader} schema does not match the package in the \
             {writer} schema"
        ),
        "MESSAGE_REMOVED" => format!(
            "The {reader} schema is missing a MESSAGE type at path '{path}' in the {writer} schema"
        ),
        "FIELD_KIND_CHANGED" => format!(
            "The type of a field at path '{path}' in the {reader} schema does not match the \
             {writer} schema"
        ),
        "FIELD_SCALAR_KIND_CHANGED" => format!(
            "The kind of a SCALAR field at path '{path}' in the {reader} schema does not match \
             its kind in the {writer} schema"
        ),
        "FIELD_NAMED_TYPE_CHANGED" => format!(
            "The type of a MESSAGE field at path '{path}' in the {reader} schema does not match \
             its type in the {writer} schema"
        ),
        "FIELD_NUMERIC_LABEL_CHANGED" => format!(
            "The label for a NUMERIC field at path '{path}' in the {reader} schema does not match \
             its label in the {writer} schema"
        ),
        // The two blanks are the registry's.
        "REQUIRED_FIELD_ADDED" => format!(
            "A required field  at path '{path}' in the {reader} schema is missing in the {writer} \
             schema"
        ),
        "REQUIRED_FIELD_REMOVED" => format!(
            "The {reader} schema is missing a required field at path: '{path}' in the {writer} \
             schema"
        ),
        "ONEOF_FIELD_REMOVED" => format!(
            "The {reader} schema is missing a oneof field at path '{path}' in the {writer} schema"
        ),
        "MULTIPLE_FIELDS_MOVED_TO_ONEOF" => format!(
            "Multiple fields in the oneof at path '{path}' in the {reader} schema are outside a \
             oneof in the {writer} schema"
        ),
        "FIELD_MOVED_TO_EXISTING_ONEOF" => format!(
            "A field in the oneof at path '{path}' in the {reader} schema is outside an existing \
             oneof in the {writer} schema"
        ),
        _ => return None,
    };
    Some(text)
}

/// Our sentence for what the registry accepts without a word.
pub(in crate::schema::protobuf) fn plain(id: &str, old: &Side, new: &Side) -> String {
    let title = catalogue::rule(id).map_or("changed", |rule| rule.title);
    match (&old.shown, &new.shown) {
        (Some(one), Some(two)) if one != two => format!("{title}: {one} became {two}"),
        (_, Some(one)) | (Some(one), None) => format!("{title}: {one}"),
        (None, None) => title.to_owned(),
    }
}
