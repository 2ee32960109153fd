//! What a check found, in one form for every check and every report format.
//!
//! A check (`schema check`) turns its results into [`Findings`]; `output/findings/` writes them.
//! Approvals match findings by their fingerprints.

mod approvals;
mod fingerprint;

use serde::Serialize;

pub use self::{
    approvals::{Approval, ApprovalRemark, Approvals, ApprovalsError},
    fingerprint::fingerprint,
};

/// The findings of one run of a check.
#[derive(Clone, Debug)]
pub struct Findings {
    /// The command that checked: `evctl schema check`.
    pub command: &'static str,
    /// What was checked, in the order of the command line or the commit.
    pub checked: Vec<Checked>,
    /// The rules that findings name, each once, by id.
    pub rules: Vec<FindingRule>,
}

/// One thing that was checked, such as a schema.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// Its name: `order.avsc`.
    pub name: String,
    /// What it was checked for: `BACKWARD against v1.avsc`.
    pub question: String,
    /// What was found; empty when it passes without a remark.
    pub findings: Vec<Finding>,
}

/// One thing that a check found.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    /// The id of its rule: `avro/reader-field-missing-default`.
    pub rule: &'static str,
    /// What it means for the check.
    pub severity: FindingSeverity,
    /// Where in what was checked, such as `/fields/2`; `None` for a finding about all of it.
    pub path: Option<String>,
    /// Places in what was checked.
    pub places: Vec<Place>,
    /// Places in what it was checked against.
    pub related: Vec<Place>,
    /// What is wrong, on one line.
    pub message: String,
    /// Lines that every report shows below the message.
    pub notes: Vec<String>,
    /// What was expected; `None` where the message says it.
    pub want: Option<String>,
    /// What to do about it.
    pub fix: Option<String>,
    /// A value that proves it, on one line.
    pub witness: Option<String>,
    /// What approvals name: stays the same while the finding does. `None` for what cannot be approved.
    pub fingerprint: Option<String>,
    /// The approval, which keeps the finding from failing the check.
    pub suppressed: Option<Approval>,
}

/// What a finding means for the check, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingSeverity {
    /// Worth reporting only because it was approved.
    Note,
    /// Reported, and does not fail the check.
    Warning,
    /// Fails the check.
    Error,
    /// Nothing could be checked, such as an unreadable schema. Fails the check.
    NotJudged,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The file as it was named.
    pub file: String,
    /// Counts from 1.
    pub line: u32,
    /// Counts characters from 1.
    pub column: u32,
    /// The JSON pointer or the name of what stands there; empty when unknown.
    pub pointer: String,
}

/// A rule, for reports that explain it.
#[derive(Clone, Copy, Debug)]
pub struct FindingRule {
    /// `format/kebab-case`
    pub id: &'static str,
    /// One line.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub fix: &'static str,
}

impl Findings {
    /// Whether nothing fails the check.
    #[must_use]
    pub fn pass(&self) -> bool {
        self.checked.iter().all(Checked::passes)
    }
}

impl Checked {
    /// Whether none of its findings fails the check.
    #[must_use]
    pub fn passes(&self) -> bool {
        !self.findings.iter().any(Finding::fails)
    }
}

impl Finding {
    /// Whether it fails the check.
    #[must_use]
    pub fn fails(&self) -> bool {
        self.severity >= FindingSeverity::Error && self.suppressed.is_none()
    }

    /// The place to look at: in what was checked, or else in what it was checked against.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        self.places.first().or(self.related.first())
    }

    /// The message behind its path, for reports that show nothing else.
    #[must_use]
    pub fn line(&self) -> String {
        match self.path.as_deref() {
            None | Some("" | "/") => self.message.clone(),
            Some(path) => format!("{path}: {}", self.message),
        }
    }
}
