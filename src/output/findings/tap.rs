//! TAP 14 (Test Anything Protocol): a test point for each case, with a YAML block below one that fails.

use serde_json::Value;

use super::case::{Case, Outcome, cases};
use crate::finding::{Checked, Finding, Findings};

pub(super) fn render(findings: &Findings) -> String {
    let checked = findings.checked.iter();
    let all =
        checked.flat_map(|checked| cases(checked).into_iter().map(move |case| (checked, case)));
    let mut points = String::new();
    let mut count = 0;
    for (checked, case) in all {
        count += 1;
        points.push_str(&point(count, checked, &case));
    }
    format!("TAP version 14\n1..{count}\n{points}")
}

fn point(number: usize, checked: &Checked, case: &Case<'_>) -> String {
    let name = description(&format!("{}: {}", checked.name, case.name));
    match &case.outcome {
        Outcome::Passed => format!("ok {number} - {name}\n"),
        Outcome::Approved(_, approval) => {
            let approval = description(&approval.to_string());
            format!("ok {number} - {name} (allowed: {approval})\n")
        }
        Outcome::Failed(finding) => {
            format!("not ok {number} - {name}\n{}", diagnostics("fail", finding))
        }
        Outcome::NotJudged(finding) => {
            format!(
                "not ok {number} - {name}\n{}",
                diagnostics("error", finding)
            )
        }
    }
}

/// A YAML block. A JSON string is a YAML string, too.
fn diagnostics(severity: &str, finding: &Finding) -> String {
    let place = finding.place();
    let at = place.map(|place| format!("{}:{}:{}", place.file, place.line, place.column));
    let notes = (!finding.notes.is_empty()).then(|| finding.notes.join("\n"));
    let members = [
        ("message", Some(&finding.message)),
        ("at", at.as_ref()),
        ("notes", notes.as_ref()),
        ("wanted", finding.want.as_ref()),
        ("witness", finding.witness.as_ref()),
        ("fix", finding.fix.as_ref()),
        ("fingerprint", finding.fingerprint.as_ref()),
    ];
    let mut block = format!("  ---\n  severity: {severity}\n");
    for (name, text) in members {
        if let Some(text) = text {
            block.push_str(&format!("  {name}: {}\n", Value::from(text.as_str())));
        }
    }
    block.push_str("  ...\n");
    block
}

/// The description of a test point: `#` would begin a directive.
fn description(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('#', "\\#")
        .replace(['\n', '\r'], " ")
}
