//! The findings of `schema check`.

use std::{collections::BTreeSet, sync::Arc};

use super::{DiffEntry, Position, SchemaLocation, SchemaReport, Severity, rules};
use crate::finding::{Checked, Finding, FindingRule, FindingSeverity, Findings, Place};

/// The rule of what is about the schema as a whole and comes from its registry.
const REGISTRY: &str = "registry";

/// The rule of a schema that cannot be compared.
const NOT_JUDGED: &str = "not-judged";

/// The results of a check.
#[derive(Clone, Copy, Debug)]
pub struct SchemaResults<'r> {
    /// The schemas that were compared.
    pub reports: &'r [SchemaReport],
    /// Those that could not be.
    pub unjudged: &'r [Unjudged],
}

/// A schema that a check was to judge and could not. Reports without it would be green.
#[derive(Clone, Debug)]
pub struct Unjudged {
    /// The schema's name.
    pub name: String,
    /// Why not, on one line.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
    /// The file and the position in it, when that is known.
    pub place: Option<(Arc<str>, Position)>,
    /// What `--allow` names; `None` for what cannot be approved.
    pub fingerprint: Option<String>,
}

impl SchemaResults<'_> {
    /// Whether every schema was judged and passes.
    #[must_use]
    pub fn pass(self) -> bool {
        self.unjudged.is_empty() && self.reports.iter().all(SchemaReport::passes)
    }

    /// The results as findings of the command `command`.
    #[must_use]
    pub fn findings(self, command: &'static str) -> Findings {
        let reports = self.reports.iter().map(SchemaReport::checked);
        let unjudged = self.unjudged.iter().map(Unjudged::checked);
        let checked: Vec<Checked> = reports.chain(unjudged).collect();
        let found = checked.iter().flat_map(|checked| &checked.findings);
        let used: BTreeSet<&str> = found.map(|finding| finding.rule).collect();
        let rules = rules().filter(|rule| used.contains(rule.id));
        let rules = rules.map(|rule| FindingRule {
            id: rule.id,
            title: rule.title,
            why: rule.why,
            fix: rule.fix,
        });
        Findings {
            command,
            rules: rules.collect(),
            checked,
        }
    }
}

impl SchemaReport {
    /// The findings about the new schema: all breaks and risks, and safe changes that fail the check or
    /// were approved.
    fn checked(&self) -> Checked {
        let mode = self.judgement.as_ref().map(|judgement| judgement.mode);
        let mode = mode.map_or("", |mode| mode.name());
        let matters = |index: usize, entry: &DiffEntry| {
            entry.change.severity != Severity::Safe
                || self.is_failing(index)
                || self.approval(index).is_some()
        };
        let entries = self.shown();
        let entries = entries.filter(|(index, entry)| matters(*index, entry));
        let mut findings: Vec<Finding> = entries
            .map(|(index, entry)| self.finding(index, entry))
            .collect();
        let refusal = self.refusal().map(|text| (FindingSeverity::Error, text));
        let disagreement = self.disagreement();
        let disagreement = disagreement.map(|text| (FindingSeverity::Warning, text));
        for (severity, message) in refusal.into_iter().chain(disagreement) {
            let place = start_of(&self.new);
            findings.push(whole(REGISTRY, severity, message, place));
        }
        Checked {
            name: self.new.clone(),
            question: format!("{mode} against {}", self.olds()),
            findings,
        }
    }

    /// A change as a finding.
    #[must_use]
    pub fn finding(&self, index: usize, entry: &DiffEntry) -> Finding {
        let change = &entry.change;
        let severity = match change.severity {
            _ if self.is_failing(index) => FindingSeverity::Error,
            Severity::Break | Severity::Risk => FindingSeverity::Warning,
            Severity::Safe => FindingSeverity::Note,
        };
        Finding {
            rule: change.id,
            severity,
            path: Some(change.path.clone()),
            places: change.new_location.iter().map(place).collect(),
            related: change.old_location.iter().map(place).collect(),
            message: entry.message(),
            notes: self.repeats(index).into_iter().collect(),
            want: None,
            fix: change.fix.clone(),
            witness: entry.witness.clone(),
            fingerprint: Some(entry.fingerprint.clone()),
            suppressed: self.approval(index).cloned(),
        }
    }
}

impl Unjudged {
    fn checked(&self) -> Checked {
        let place = match &self.place {
            Some((file, at)) => at_position(file, *at),
            None => start_of(&self.name),
        };
        let message = self.message.clone();
        let hints = self.hints.iter().map(|hint| format!("hint: {hint}"));
        let finding = Finding {
            notes: hints.collect(),
            fingerprint: self.fingerprint.clone(),
            ..whole(NOT_JUDGED, FindingSeverity::NotJudged, message, place)
        };
        Checked {
            name: self.name.clone(),
            question: "schema".to_owned(),
            findings: vec![finding],
        }
    }

    /// Message, hints and fingerprint, one in each line.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.message.clone()];
        lines.extend(self.hints.iter().map(|hint| format!("hint: {hint}")));
        let fingerprint = self.fingerprint.iter();
        lines.extend(fingerprint.map(|fingerprint| format!("fingerprint {fingerprint}")));
        lines
    }
}

/// A finding about a schema as a whole.
fn whole(rule: &'static str, severity: FindingSeverity, message: String, place: Place) -> Finding {
    Finding {
        rule,
        severity,
        path: None,
        places: vec![place],
        related: Vec::new(),
        message,
        notes: Vec::new(),
        want: None,
        fix: None,
        witness: None,
        fingerprint: None,
        suppressed: None,
    }
}

fn place(location: &SchemaLocation) -> Place {
    Place {
        pointer: location.pointer.clone(),
        ..at_position(&location.file, location.at)
    }
}

fn start_of(file: &str) -> Place {
    at_position(file, Position { line: 1, column: 1 })
}

fn at_position(file: &str, at: Position) -> Place {
    Place {
        file: file.to_owned(),
        line: at.line,
        column: at.column,
        pointer: String::new(),
    }
}
