//! Findings as test cases, for the formats that know nothing else.

use crate::finding::{Approval, Checked, Finding, FindingSeverity};

/// A test case.
pub(super) struct Case<'f> {
    /// The rule and its path; the question of what was checked for a case about all of it.
    pub(super) name: String,
    pub(super) outcome: Outcome<'f>,
    /// Findings about all of what was checked that do not fail it.
    pub(super) remarks: Vec<&'f str>,
}

/// How a case ended.
pub(super) enum Outcome<'f> {
    /// Nothing fails.
    Passed,
    /// The finding was approved.
    Approved(&'f Finding, &'f Approval),
    /// The finding fails the check.
    Failed(&'f Finding),
    /// The finding says why nothing was checked.
    NotJudged(&'f Finding),
}

/// The cases of what was checked: one for each finding that fails or is approved, and one for all of it
/// where there is none.
pub(super) fn cases(checked: &Checked) -> Vec<Case<'_>> {
    let is_remark = |finding: &&Finding| finding.path.is_none() && !finding.fails();
    let findings = checked.findings.iter();
    let remarks = findings.filter(is_remark);
    let remarks: Vec<&str> = remarks.map(|finding| &*finding.message).collect();
    let mut cases: Vec<Case<'_>> = checked
        .findings
        .iter()
        .filter_map(|finding| {
            let outcome = match (&finding.suppressed, finding.severity) {
                (Some(approval), _) => Outcome::Approved(finding, approval),
                (None, FindingSeverity::NotJudged) => Outcome::NotJudged(finding),
                (None, FindingSeverity::Error) => Outcome::Failed(finding),
                (None, FindingSeverity::Warning | FindingSeverity::Note) => return None,
            };
            Some(match &finding.path {
                Some(path) => Case {
                    name: format!("{} {path}", finding.rule),
                    outcome,
                    remarks: Vec::new(),
                },
                None => Case {
                    name: checked.question.clone(),
                    outcome,
                    remarks: remarks.clone(),
                },
            })
        })
        .collect();
    if cases.is_empty() {
        cases.push(Case {
            name: checked.question.clone(),
            outcome: Outcome::Passed,
            remarks,
        });
    }
    cases
}
