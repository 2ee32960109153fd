//! A change, the versions since which it is there, and what is said of it.

use super::{Change, Direction, Mode, SchemaLocation, Severity, diff::INVALID, rule};
use crate::finding;

/// Registries compare without a look at it, and refuse it where a schema is new to them.
pub(super) const INVALID_DEFAULT: &str = "avro/invalid-default";

/// A change, and where it was found.
#[derive(Clone, Debug)]
pub struct DiffEntry {
    /// Itself, as it is since the youngest of `versions`.
    pub change: Change,
    /// The versions since which it is there, by their index in [`Diff::against`](super::Diff::against).
    pub versions: Vec<usize>,
    /// The modes that refuse the new schema because of it.
    pub modes: Vec<Mode>,
    /// Twelve hexadecimal digits that stay the same while the change does: what `--allow` names.
    pub fingerprint: String,
    /// A value that breaks a reader.
    pub witness: Option<String>,
    /// The first change that is the same one: a change of a shared definition is found at every
    /// place that refers to it. `None` for the first one itself.
    pub same_as: Option<usize>,
}

impl DiffEntry {
    /// Whether it is no change, but makes the new schema an invalid one.
    #[must_use]
    pub fn is_validation_error(&self) -> bool {
        let change = &self.change;
        change.id == INVALID.id
            || (change.id == INVALID_DEFAULT && change.severity == Severity::Risk)
    }

    /// The title of its rule. Registries find what old consumers cannot read by comparing the other way
    /// round; Avro's titles speak of readers and writers in any case.
    #[must_use]
    pub fn title(&self) -> String {
        let change = &self.change;
        let title = self.rule_title();
        if change.refused == [Direction::Forward] && !change.id.starts_with("avro/") {
            return format!("from new to old: {title}");
        }
        title.to_owned()
    }

    fn rule_title(&self) -> &'static str {
        rule(self.change.id).map_or("", |rule| rule.title)
    }

    /// The title, and on the same line what the registry adds to it. What a registry says is often just a
    /// name, or begins with the title; a message of evctl's own stands alone.
    #[must_use]
    pub fn message(&self) -> String {
        let change = &self.change;
        let detail = change.message.as_str();
        if detail.is_empty() || detail == change.path {
            return self.title();
        }
        if change.registry_type.is_none() {
            return detail.to_owned();
        }
        match detail.strip_prefix(self.rule_title()) {
            Some(rest) => format!("{}{rest}", self.title()),
            None => format!("{}: {detail}", self.title()),
        }
    }

    /// Its location in the new schema, or else where it was in the old one.
    #[must_use]
    pub fn location(&self) -> Option<&SchemaLocation> {
        let change = &self.change;
        change
            .new_location
            .as_ref()
            .or(change.old_location.as_ref())
    }
}

impl Change {
    /// Made of the change and the name of its schema, not of places in the file: an approval outlives a
    /// reformatting, and does not approve the same change of another schema.
    pub(super) fn fingerprint(&self, schema: &str) -> String {
        let old = self.old.as_deref().unwrap_or("\0");
        let new = self.new.as_deref().unwrap_or("\0");
        finding::fingerprint(&[schema, self.id, &self.path, &self.message, old, new])
    }
}
