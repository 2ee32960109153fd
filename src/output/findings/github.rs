//! Workflow commands of GitHub Actions: annotations on the lines of a pull request.

use crate::finding::{Finding, FindingSeverity, Findings};

pub(super) fn render(findings: &Findings) -> String {
    let checked = findings.checked.iter();
    let all = checked.flat_map(|checked| &checked.findings);
    all.map(annotation).collect()
}

fn annotation(finding: &Finding) -> String {
    let level = match (&finding.suppressed, finding.severity) {
        (Some(_), _) | (None, FindingSeverity::Note) => "notice",
        (None, FindingSeverity::Warning) => "warning",
        (None, FindingSeverity::Error | FindingSeverity::NotJudged) => "error",
    };
    let mut properties = Vec::new();
    // A pull request shows no other files than those that were checked.
    if let Some(place) = finding.places.first() {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={},col={}", place.line, place.column));
    }
    let title = match finding.severity {
        FindingSeverity::NotJudged => "not judged",
        _ => finding.rule,
    };
    properties.push(format!("title={}", property(title)));
    let mut lines = vec![finding.line()];
    lines.extend(finding.notes.iter().cloned());
    lines.extend(finding.want.as_ref().map(|want| format!("wanted: {want}")));
    let approval = finding.suppressed.as_ref();
    lines.extend(approval.map(|approval| format!("allowed: {approval}")));
    lines.extend(finding.fix.as_ref().map(|fix| format!("fix: {fix}")));
    let message = data(&lines.join("\n"));
    format!("::{level} {}::{message}\n", properties.join(","))
}

/// As `@actions/core` escapes a message.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// As it escapes a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
