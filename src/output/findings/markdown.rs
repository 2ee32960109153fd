//! Markdown, for a comment in a pull request.

use crate::finding::{Checked, Finding, FindingSeverity, Findings};

pub(super) fn render(findings: &Findings) -> String {
    let mut text = format!("## {}\n\n", plain(findings.command));
    text.push_str("| checked | verdict | failing | allowed | warnings |\n|---|---|--:|--:|--:|\n");
    for checked in &findings.checked {
        text.push_str(&row(checked));
    }
    text.push('\n');
    let found = findings.checked.iter();
    for checked in found.filter(|checked| !checked.findings.is_empty()) {
        let question = plain(&checked.question);
        text.push_str(&format!("### {}: {question}\n\n", code(&checked.name)));
        for finding in &checked.findings {
            text.push_str(&item(finding));
        }
        text.push('\n');
    }
    text
}

fn row(checked: &Checked) -> String {
    let count = |wanted: &dyn Fn(&Finding) -> bool| {
        let findings = checked.findings.iter();
        findings.filter(|finding| wanted(finding)).count()
    };
    let verdict = if checked.passes() {
        "passes"
    } else if count(&|one| one.severity == FindingSeverity::NotJudged) > 0 {
        "**not judged**"
    } else {
        "**fails**"
    };
    let failing = count(&Finding::fails);
    let allowed = count(&|one| one.suppressed.is_some());
    let rest = checked.findings.len() - failing - allowed;
    let name = code(&checked.name);
    format!("| {name} | {verdict} | {failing} | {allowed} | {rest} |\n")
}

/// A finding as an item of a list.
#[must_use]
pub fn item(finding: &Finding) -> String {
    let message = plain(&finding.message);
    let mut text = match &finding.path {
        Some(path) => format!("- {} at {}: {message}\n", code(finding.rule), code(path)),
        None => format!("- {}: {message}\n", code(finding.rule)),
    };
    let mut line = |line: &str| text.push_str(&format!("  - {line}\n"));
    if let Some(place) = finding.place() {
        let (row, column) = (place.line, place.column);
        line(&code(&format!("{}:{row}:{column}", place.file)));
    }
    for note in &finding.notes {
        line(&plain(note));
    }
    if let Some(approval) = &finding.suppressed {
        line(&format!("allowed: {}", plain(&approval.to_string())));
    }
    if let Some(want) = &finding.want {
        line(&format!("wanted: {}", plain(want)));
    }
    if let Some(fix) = &finding.fix {
        line(&format!("fix: {}", plain(fix)));
    }
    if let Some(witness) = &finding.witness {
        line(&format!("witness: {}", code(witness)));
    }
    if let Some(fingerprint) = &finding.fingerprint {
        line(&format!("fingerprint {}", code(fingerprint)));
    }
    text
}

/// Text within backticks, more of them than it holds itself, and no bar of a table.
#[must_use]
pub fn code(text: &str) -> String {
    let text = text.replace('\n', " ").replace('|', "\\|");
    let longest = text
        .split(|character| character != '`')
        .map(str::len)
        .max()
        .unwrap_or(0);
    let ticks = "`".repeat(longest + 1);
    if longest > 0 {
        format!("{ticks} {text} {ticks}")
    } else {
        format!("{ticks}{text}{ticks}")
    }
}

/// Text that must not become markup.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.replace('\n', " ").chars() {
        if "\\`*_[]<>#|".contains(character) {
            safe.push('\\');
        }
        safe.push(character);
    }
    safe
}
