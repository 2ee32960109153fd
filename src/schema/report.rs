//! A new schema compared with old versions, and whether it may take their place.

use std::collections::HashMap;

use super::{Diff, DiffEntry, Format, Mode, Rules, Severity};
use crate::finding::{Approval, Approvals};

/// A new schema, what it was compared with, and the result.
#[derive(Clone, Debug)]
pub struct SchemaReport {
    /// The kind of the new schema.
    pub format: Format,
    /// Whose rules decided.
    pub rules: Rules,
    /// The new schema's name.
    pub new: String,
    /// The changes.
    pub diff: Diff,
    /// The verdict of a check; `None` for a mere diff.
    pub judgement: Option<Judgement>,
}

/// Whether a new schema may pass.
#[derive(Clone, Debug)]
pub struct Judgement {
    /// The mode that it has to keep.
    pub mode: Mode,
    /// Where the mode was found: `--mode`, `the subject orders-value`.
    pub mode_from: String,
    /// Whether it passes.
    pub passes: bool,
    /// The changes that fail the check, by their index in [`Diff::changes`].
    pub failing: Vec<usize>,
    /// Those that were approved.
    pub allowed: Vec<(usize, Approval)>,
    /// The registry's answer to the same question; `None` when it was not asked.
    pub registry: Option<RegistryVerdict>,
}

/// A registry's own verdict on a new schema.
#[derive(Clone, Debug)]
pub struct RegistryVerdict {
    /// Its address.
    pub url: String,
    /// The mode by which it judges.
    pub mode: Mode,
    /// Its verdict; `None` when it has nothing to compare with, or cannot judge.
    pub compatible: Option<bool>,
    /// Its reasons.
    pub messages: Vec<String>,
    /// Why it cannot judge; `None` when it did.
    pub failure: Option<String>,
}

/// Which changes fail a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOn {
    /// Those that the mode refuses.
    Break,
    /// Also those that it accepts and data may suffer from.
    Risk,
    /// All of them.
    Any,
}

impl Judgement {
    /// A verdict before anything was judged.
    #[must_use]
    pub fn new(mode: Mode, mode_from: String, registry: Option<RegistryVerdict>) -> Self {
        Self {
            mode,
            mode_from,
            passes: true,
            failing: Vec::new(),
            allowed: Vec::new(),
            registry,
        }
    }
}

impl SchemaReport {
    /// Decides which changes fail the check, and whether the new schema passes. Nothing happens without
    /// a judgement.
    pub fn judge(&mut self, fail_on: FailOn, approvals: &mut Approvals) {
        let Some(judgement) = &mut self.judgement else {
            return;
        };
        let approved = approved(&self.diff, approvals);
        for (index, entry) in self.diff.changes.iter().enumerate() {
            let breaks = entry.modes.contains(&judgement.mode);
            let fails = match fail_on {
                FailOn::Break => breaks,
                FailOn::Risk => breaks || entry.change.severity == Severity::Risk,
                FailOn::Any => true,
            };
            // An invalid schema fails in any case.
            if !fails && !entry.is_validation_error() {
                continue;
            }
            match approved.get(&entry.same_as.unwrap_or(index)) {
                Some(approval) => judgement.allowed.push((index, approval.clone())),
                None => judgement.failing.push(index),
            }
        }
        // A verdict without a change to blame would pass unseen.
        let changes = &mut self.diff.changes.iter();
        let blamed = changes.any(|entry| entry.modes.contains(&judgement.mode));
        let compatible = blamed || self.diff.is_compatible(judgement.mode);
        // Where the subject's own mode counts, its registry has the last word.
        let registry = judgement.registry.as_ref();
        let refused = registry.is_some_and(|verdict| {
            verdict.compatible == Some(false) && verdict.mode == judgement.mode
        });
        judgement.passes = judgement.failing.is_empty() && compatible && !refused;
    }

    /// Whether the check passed; a mere diff does.
    #[must_use]
    pub fn passes(&self) -> bool {
        let judgement = self.judgement.as_ref();
        judgement.is_none_or(|judgement| judgement.passes)
    }

    /// How many changes fail the check, and how many are breaks in any mode, risks, and safe.
    #[must_use]
    pub fn counts(&self) -> [usize; 4] {
        let failing = self.shown().filter(|(index, _)| self.is_failing(*index));
        let failing = failing.count() + usize::from(self.refusal().is_some());
        let [breaks, risks, safe] = [Severity::Break, Severity::Risk, Severity::Safe]
            .map(|severity| self.diff.count(severity));
        [failing, breaks, risks, safe]
    }

    /// The changes with their indexes; one of a shared definition once.
    pub fn shown(&self) -> impl Iterator<Item = (usize, &DiffEntry)> {
        let changes = self.diff.changes.iter().enumerate();
        changes.filter(|(_, entry)| entry.same_as.is_none())
    }

    /// The approval of a change; `None` when it has none.
    #[must_use]
    pub fn approval(&self, index: usize) -> Option<&Approval> {
        let allowed = &self.judgement.as_ref()?.allowed;
        let entry = allowed.iter().find(|(one, _)| *one == index)?;
        Some(&entry.1)
    }

    /// Whether a change fails the check.
    #[must_use]
    pub fn is_failing(&self, index: usize) -> bool {
        let judgement = self.judgement.as_ref();
        judgement.is_some_and(|judgement| judgement.failing.contains(&index))
    }

    /// Why a schema fails that none of its changes fails.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let judgement = self.judgement.as_ref()?;
        if judgement.passes || !judgement.failing.is_empty() {
            return None;
        }
        let registry = judgement.registry.as_ref();
        let Some(verdict) = registry.filter(|verdict| verdict.compatible == Some(false)) else {
            return Some(format!("incompatible by {}", judgement.mode));
        };
        let reasons = verdict.messages.join("; ");
        Some(match reasons.as_str() {
            "" => "the registry refuses it".to_owned(),
            reasons => format!("the registry refuses it: {reasons}"),
        })
    }

    /// Both verdicts, where the registry's differs from evctl's.
    #[must_use]
    pub fn disagreement(&self) -> Option<String> {
        let judgement = self.judgement.as_ref()?;
        let verdict = judgement.registry.as_ref()?;
        let theirs = verdict
            .compatible
            .filter(|_| verdict.mode == judgement.mode)?;
        let ours = self.diff.is_compatible(judgement.mode);
        let word = |compatible| match compatible {
            true => "compatible",
            false => "incompatible",
        };
        (theirs != ours).then(|| {
            format!(
                "the registry says {}, evctl says {} by {} and the rules of {}",
                word(theirs),
                word(ours),
                judgement.mode,
                self.rules.name()
            )
        })
    }

    /// The old versions in words.
    #[must_use]
    pub fn olds(&self) -> String {
        match self.diff.against.as_slice() {
            [] => "nothing".to_owned(),
            [one] => one.clone(),
            [first, .., last] => format!("{first} … {last} ({} versions)", self.diff.against.len()),
        }
    }

    /// Other paths of a change of a shared definition: the first ones, and how many more.
    #[must_use]
    pub fn repeats(&self, index: usize) -> Option<String> {
        const MOST: usize = 5;
        let mut others = self.diff.repeats(index);
        let mut paths: Vec<&str> = others
            .by_ref()
            .take(MOST)
            .map(|entry| &*entry.change.path)
            .collect();
        let more = match others.count() {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        paths.dedup();
        (!paths.is_empty()).then(|| format!("also at {}{more}", paths.join(", ")))
    }
}

/// The approvals of changes by the index of the first one that is the same: approving a change of a shared
/// definition at one path approves it at all of them.
fn approved(diff: &Diff, approvals: &mut Approvals) -> HashMap<usize, Approval> {
    let mut approved = HashMap::new();
    for (index, entry) in diff.changes.iter().enumerate() {
        if let Some(approval) = approvals.approve(&entry.fingerprint) {
            let first = entry.same_as.unwrap_or(index);
            approved.entry(first).or_insert(approval);
        }
    }
    approved
}
