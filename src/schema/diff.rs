//! A new schema against old versions of it: every mode at once.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::Arc,
};

use super::{
    Breaks, Change, DiffEntry, Direction, Mode, Rule, Rules, Schema, SchemaLocation, Severity,
    ValidationError, diff_entry::INVALID_DEFAULT,
};

/// A version that a new schema is compared with.
#[derive(Debug)]
pub struct Version {
    /// What it is called: `v3`, a file's name.
    pub label: String,
    /// Itself.
    pub schema: Schema,
}

/// What is said about a new schema.
#[derive(Clone, Debug)]
pub struct Diff {
    /// The versions that it was compared with, oldest first.
    pub against: Vec<String>,
    /// Each change once: those since the last version, then those since older ones only.
    pub changes: Vec<DiffEntry>,
    /// For each version whether the new schema reads its data, and it the new schema's.
    pub verdicts: Vec<Verdict>,
    /// Breaks for which the time did not suffice to look for a witness; 0 when none was asked for.
    pub unsearched: usize,
}

/// A comparison that takes too much work, with the version of this label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many ways to combine the parts of this schema with those of {0:?}")]
pub struct TooComplex(pub String);

/// Who reads whose data, the new schema or an old version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The new schema reads what the old one wrote.
    pub backward: bool,
    /// The old schema reads what the new one writes.
    pub forward: bool,
}

/// Where changes are in [`Diff::changes`], by their fingerprints.
type Known = HashMap<String, Vec<usize>>;

/// In which order producers and consumers may move to the new schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpgradeOrder {
    /// New consumers read old data: they go first.
    ConsumersFirst,
    /// Old consumers read new data: producers may go first.
    ProducersFirst,
    /// Both: in any order.
    Any,
    /// Neither: not without a stop, a second topic, or a new version of both.
    None,
}

impl UpgradeOrder {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ConsumersFirst => "consumers-first",
            Self::ProducersFirst => "producers-first",
            Self::Any => "any",
            Self::None => "none",
        }
    }
}

/// To look for a witness is to go through both schemas. No more bytes of them are gone through,
/// however much time there is: of a huge schema the first changes have a witness.
const MOST_SEARCHED: usize = 256 << 20;

impl Diff {
    /// Compares `new` with each of `olds`, oldest first. `witnesses` looks for a value for each
    /// break, as long as it says that there is time; `None` looks for none.
    ///
    /// # Errors
    /// A comparison that takes too much work.
    pub fn new(
        olds: &[Version],
        new: &Schema,
        rules: Rules,
        witnesses: Option<&dyn Fn() -> bool>,
    ) -> Result<Self, TooComplex> {
        let mut diff = Self {
            against: olds.iter().map(|old| old.label.clone()).collect(),
            changes: Vec::new(),
            verdicts: vec![
                Verdict {
                    backward: false,
                    forward: false
                };
                olds.len()
            ],
            unsearched: 0,
        };
        let mut known = Known::new();
        for (index, old) in olds.iter().enumerate().rev() {
            let Some(comparison) = old.schema.compare(new, rules) else {
                diff.add(&mut known, index, new, other_format(&old.schema, new));
                continue;
            };
            if comparison.is_cut {
                return Err(TooComplex(old.label.clone()));
            }
            diff.verdicts[index] = Verdict {
                backward: comparison.backward,
                forward: comparison.forward,
            };
            for change in comparison.changes {
                // What happened before the last version is known; only what it breaks is news.
                if index + 1 < olds.len() && change.severity != Severity::Break {
                    continue;
                }
                diff.add(&mut known, index, new, change);
            }
        }
        let last = olds.len().saturating_sub(1);
        for error in new.validation_errors() {
            diff.add(&mut known, last, new, invalid(error));
        }
        for default in new.invalid_defaults() {
            let is_known = |found: &DiffEntry| {
                found.change.id == INVALID_DEFAULT
                    && found.change.new_location.as_ref() == Some(&default.location)
            };
            if !diff.changes.iter().any(is_known) {
                let change = Change {
                    id: INVALID_DEFAULT,
                    ..invalid(default)
                };
                diff.add(&mut known, last, new, change);
            }
        }
        diff.find_same();
        diff.conclude(olds);
        if let Some(has_time) = witnesses {
            diff.prove(olds, new, has_time);
        }
        Ok(diff)
    }

    /// `known` has the places of the changes by their fingerprints: there may be many.
    fn add(&mut self, known: &mut Known, version: usize, new: &Schema, change: Change) {
        let fingerprint = change.fingerprint(new.name());
        let places = known.entry(fingerprint.clone()).or_default();
        let mut same = places.iter().copied();
        match same.find(|at| !self.changes[*at].versions.contains(&version)) {
            Some(at) => self.changes[at].versions.push(version),
            None => {
                places.push(self.changes.len());
                self.changes.push(DiffEntry {
                    change,
                    versions: vec![version],
                    modes: Vec::new(),
                    fingerprint,
                    witness: None,
                    same_as: None,
                });
            }
        }
    }

    /// Finds the changes of definitions that several places refer to.
    fn find_same(&mut self) {
        let mut firsts = HashMap::new();
        for index in 0..self.changes.len() {
            let DiffEntry {
                change, versions, ..
            } = &self.changes[index];
            // The registries' paths of the other formats do not go through references.
            let (Some(old), Some(new), true) = (
                &change.old_location,
                &change.new_location,
                change.id.starts_with("json/"),
            ) else {
                continue;
            };
            let place = |place: &SchemaLocation| (Arc::clone(&place.file), place.at);
            let key = (
                (change.id, change.severity, change.refused.clone()),
                (place(old), place(new)),
                (change.old.clone(), change.new.clone()),
                versions.clone(),
            );
            match firsts.entry(key) {
                Entry::Occupied(first) => self.changes[index].same_as = Some(*first.get()),
                Entry::Vacant(entry) => drop(entry.insert(index)),
            }
        }
    }

    fn conclude(&mut self, olds: &[Version]) {
        let last = olds.len().saturating_sub(1);
        for found in &mut self.changes {
            found.modes = Mode::ALL.to_vec();
            let recent = found.versions.contains(&last);
            let refused = &found.change.refused;
            found.modes.retain(|mode| {
                (recent || mode.is_transitive())
                    && refused.iter().any(|direction| mode.asks_for(*direction))
            });
        }
    }

    /// Looks for witnesses of the breaks.
    fn prove(&mut self, olds: &[Version], new: &Schema, has_time: &dyn Fn() -> bool) {
        let mut left = MOST_SEARCHED;
        for index in 0..self.changes.len() {
            let found = &self.changes[index];
            let (Severity::Break, Some(old)) = (found.change.severity, found.versions.first())
            else {
                continue;
            };
            if let Some(first) = found.same_as {
                self.changes[index].witness = self.changes[first].witness.clone();
                continue;
            }
            let old = &olds[*old].schema;
            if left > 0 && has_time() {
                left = left.saturating_sub(old.size() + new.size());
                self.changes[index].witness = old.witness(new, &found.change, has_time);
            }
            self.unsearched += usize::from(self.changes[index].witness.is_none() && !has_time());
        }
    }

    /// The changes that are the same as the one at `index`, at other places that refer to it.
    pub fn repeats(&self, index: usize) -> impl Iterator<Item = &DiffEntry> {
        let changes = self.changes.iter().skip(index + 1);
        changes.filter(move |found| found.same_as == Some(index))
    }

    /// The versions that `mode` compares with, by their place in [`Diff::against`].
    #[must_use]
    pub fn asked(&self, mode: Mode) -> std::ops::Range<usize> {
        let all = self.against.len();
        match mode {
            Mode::None => 0..0,
            mode if mode.is_transitive() => 0..all,
            _ => all.saturating_sub(1)..all,
        }
    }

    /// Whether `mode` lets the new schema in.
    #[must_use]
    pub fn is_compatible(&self, mode: Mode) -> bool {
        self.verdicts[self.asked(mode)].iter().all(|verdict| {
            (verdict.backward || !mode.asks_for(Direction::Backward))
                && (verdict.forward || !mode.asks_for(Direction::Forward))
        })
    }

    /// In which order to move to the new schema from the last version.
    #[must_use]
    pub fn upgrade_order(&self) -> UpgradeOrder {
        match self.verdicts.last() {
            None
            | Some(Verdict {
                backward: true,
                forward: true,
            }) => UpgradeOrder::Any,
            Some(Verdict { backward: true, .. }) => UpgradeOrder::ConsumersFirst,
            Some(Verdict { forward: true, .. }) => UpgradeOrder::ProducersFirst,
            Some(_) => UpgradeOrder::None,
        }
    }

    /// What was not searched for witnesses; `None` when everything was.
    #[must_use]
    pub fn unsearched_note(&self) -> Option<String> {
        let breaks = match self.unsearched {
            0 => return None,
            1 => "1 break".to_owned(),
            count => format!("{count} breaks"),
        };
        Some(format!(
            "no time to look for a witness of {breaks}: --witness-budget 10s takes longer"
        ))
    }

    /// How many changes are this bad; one of a shared definition counts once.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let changes = self.changes.iter();
        changes
            .filter(|found| found.same_as.is_none() && found.change.severity == severity)
            .count()
    }
}

/// The one rule that is no format's own.
pub(super) static FORMAT: Rule = Rule {
    id: "schema/format-changed",
    registry_type: None,
    title: "a schema of another kind",
    why: "Nobody reads Avro as JSON or Protobuf; registries refuse another kind in every mode but \
          NONE.",
    fix: "Use a subject and a topic of its own.",
    source: "Confluent AbstractSchemaProvider, ParsedSchema.isCompatible",
};

/// A schema that is none for those who have to take it.
pub(super) static INVALID: Rule = Rule {
    id: "schema/invalid",
    registry_type: None,
    title: "not a valid schema",
    why: "evctl compares what it can read, as a registry's history has to be compared. Registries and \
          compilers are stricter with a new schema: they refuse it, whatever it is compatible with.",
    fix: "Mend it before it is registered.",
    source: "Avro Schema.Parser; the metaschemas of JSON Schema; Wire's and protoc's parsers",
};

/// A subject has one kind of schema: registries refuse another one in every mode but NONE.
fn other_format(old: &Schema, new: &Schema) -> Change {
    let (old, new) = (old.format(), new.format());
    Change {
        id: FORMAT.id,
        registry_type: None,
        path: "/".to_owned(),
        message: format!("it was {old} and is {new}"),
        severity: Severity::Break,
        refused: vec![Direction::Backward, Direction::Forward],
        breaks: vec![Breaks::NewConsumers, Breaks::OldConsumers],
        old: Some(old.to_string()),
        new: Some(new.to_string()),
        old_location: None,
        new_location: None,
        fix: Some("use a subject and a topic of its own".to_owned()),
    }
}

fn invalid(error: ValidationError) -> Change {
    Change {
        id: INVALID.id,
        registry_type: None,
        path: error.location.pointer.clone(),
        message: error.message,
        severity: Severity::Risk,
        refused: Vec::new(),
        breaks: Vec::new(),
        old: None,
        new: None,
        old_location: None,
        new_location: Some(error.location),
        fix: None,
    }
}
