//! Whether a value is refused because of a change, and not because of another one.

use jsonschema::{ValidationError, error::ValidationErrorKind};

use super::super::{
    super::{Change, Node, SchemaLocation},
    library::Library,
};

/// Where in the reader's schema a change tells.
pub struct Reason<'c> {
    /// None where nobody can say: everything is a reason then.
    pointer: Option<&'c str>,
    /// The reader's schema does not have what changed: the place is that of what would hold it.
    is_missing: bool,
    /// The name of the property that it is about, as far as the path tells.
    property: Option<&'c str>,
    /// The name that is required there.
    required: Option<&'c str>,
    is_about_items: bool,
}

/// Keywords that speak for each other.
const TOGETHER: [&[&str]; 6] = [
    &["if", "then", "else"],
    &["minimum", "exclusiveMinimum"],
    &["maximum", "exclusiveMaximum"],
    &["contains", "minContains", "maxContains"],
    &["enum", "const"],
    &["items", "additionalItems", "prefixItems"],
];

/// Keywords that refuse a value on behalf of what is below them.
const SPEAKING: [&str; 9] = [
    "anyOf",
    "oneOf",
    "not",
    "contains",
    "minContains",
    "maxContains",
    "enum",
    "dependencies",
    "dependentRequired",
];

/// Keywords that speak of properties which are declared nowhere.
const UNDECLARED: [&str; 4] = [
    "additionalProperties",
    "unevaluatedProperties",
    "patternProperties",
    "propertyNames",
];

impl<'c> Reason<'c> {
    /// The reason that a change is, with what the reader's schema says there.
    pub fn of(
        change: &'c Change,
        (place, value): (Option<&'c SchemaLocation>, Option<&'c String>),
        library: &'c Library,
    ) -> Self {
        let own = &library.documents[0];
        let here = place.filter(|place| place.file == own.file);
        let pointer = here.map(|place| place.pointer.as_str());
        let required = pointer.and_then(|pointer| {
            let (_, listed) = pointer.rsplit_once("/required/")?;
            (!listed.contains('/')).then_some(())?;
            at_pointer(library, &own.tree, pointer)?.text()
        });
        Self {
            pointer,
            is_missing: value.is_none(),
            property: change
                .path
                .rsplit_once("/properties/")
                .map(|(_, name)| name)
                .filter(|name| !name.contains('/')),
            required,
            is_about_items: change.path.to_ascii_lowercase().contains("item"),
        }
    }

    /// Whether a value is refused because of the change.
    pub fn explains(&self, error: &ValidationError<'_>) -> bool {
        let Some(pointer) = self.pointer else {
            return true;
        };
        let path = error.schema_path().as_str();
        if self.is_missing {
            return below(path, pointer).is_some_and(|rest| self.is_undeclared(error, rest));
        }
        if let Some(name) = self.required {
            let list = pointer.rsplit_once('/').map(|(list, _)| list);
            return list == Some(path) && is_without(error, name);
        }
        if let Some((holder, name)) = pointer.rsplit_once("/properties/")
            && path
                .strip_prefix(holder)
                .is_some_and(|rest| rest == "/required")
        {
            return is_without(error, &name.replace("~1", "/").replace("~0", "~"));
        }
        // A schema with an id of its own is where paths begin.
        let inner = ["/definitions/", "/$defs/"].iter().find_map(|definitions| {
            let (_, rest) = pointer.split_once(definitions)?;
            Some(rest.find('/').map_or("", |end| &rest[end..]))
        });
        let inner = inner.filter(|inner| !inner.is_empty());
        std::iter::once(pointer)
            .chain(inner)
            .any(|pointer| is_at(error, pointer))
    }

    /// Whether an error in an object or an array is about what it does not declare.
    fn is_undeclared(&self, error: &ValidationError<'_>, rest: &str) -> bool {
        let keyword = rest.split('/').nth(1).unwrap_or_default();
        let Some(name) = self.property else {
            let elsewhere = ["properties", "required", "definitions", "$defs"];
            let is_item = TOGETHER[5].contains(&keyword) || keyword == "unevaluatedItems";
            return !elsewhere.contains(&keyword) && (self.is_about_items || !is_item);
        };
        match error.kind() {
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
                unexpected.iter().any(|one| one == name)
            }
            ValidationErrorKind::PropertyNames { error } => error.instance().as_str() == Some(name),
            _ => {
                let value = error.instance_path().as_str();
                UNDECLARED.contains(&keyword)
                    && (value.split('/').any(|step| step == name)
                        || error.instance().get(name).is_some())
            }
        }
    }
}

/// Whether an error is at a place, or speaks for it.
fn is_at(error: &ValidationError<'_>, pointer: &str) -> bool {
    let path = error.schema_path().as_str();
    if below(path, pointer).is_some() {
        return true;
    }
    let (before, last) = pointer.rsplit_once('/').unwrap_or_default();
    let mut groups = TOGETHER.iter().filter(|group| group.contains(&last));
    let is_sibling = groups.any(|group| {
        group
            .iter()
            .any(|keyword| below(path, &format!("{before}/{keyword}")).is_some())
    });
    let keyword = path.rsplit('/').next().unwrap_or_default();
    let speaks = SPEAKING.contains(&keyword) && below(pointer, path).is_some();
    is_sibling
        || speaks
            && match error.kind() {
                ValidationErrorKind::AnyOf { context }
                | ValidationErrorKind::OneOfNotValid { context } => {
                    context.iter().flatten().any(|error| is_at(error, pointer))
                }
                _ => true,
            }
}

/// Whether a value is refused because it lacks a name.
fn is_without(error: &ValidationError<'_>, name: &str) -> bool {
    matches!(error.kind(), ValidationErrorKind::Required { property } if property.as_str() == Some(name))
}

/// What is left of a path below another one.
fn below<'p>(path: &'p str, above: &str) -> Option<&'p str> {
    path.strip_prefix(above)
        .filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// What a JSON pointer leads to.
pub fn at_pointer<'s>(library: &'s Library, tree: &'s Node, pointer: &str) -> Option<&'s Node> {
    pointer.split('/').skip(1).try_fold(tree, |here, step| {
        library.step(here, &step.replace("~1", "/").replace("~0", "~"))
    })
}
