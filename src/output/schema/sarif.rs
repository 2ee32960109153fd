//! SARIF 2.1.0 (OASIS), which code scanning takes.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{Results, SchemaReport, Unjudged, line, place, repeats};
use crate::schema::{Position, SchemaLocation, Severity, rules};

/// All but what RFC 3986 calls unreserved, and `/`.
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'/')
    .remove(b'_')
    .remove(b'~');

pub(super) fn render(results: Results<'_>) -> String {
    let mut used = BTreeSet::new();
    let mut found_results = Vec::new();
    for report in results.reports {
        for (index, found) in report.shown() {
            let level = match found.change.severity {
                _ if report.is_failing(index) => "error",
                Severity::Break | Severity::Risk => "warning",
                Severity::Safe => continue,
            };
            used.insert(found.change.id);
            let mut result = result(report, index, level);
            if let Some(approval) = report.approval(index) {
                let justification = approval.to_string();
                result["suppressions"] = json!([{
                    "kind": "external", "status": "accepted", "justification": justification,
                }]);
            }
            found_results.push(result);
        }
        for message in [report.refusal(), report.disagreement()]
            .into_iter()
            .flatten()
        {
            found_results.push(error("registry", &message, &report.new, None));
        }
    }
    for unjudged in results.unjudged {
        found_results.push(unjudged_result(unjudged));
    }
    let rules: Vec<Value> = rules()
        .filter(|rule| used.contains(rule.id))
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.title },
                "fullDescription": { "text": rule.why },
                "help": { "text": rule.fix },
            })
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "evctl",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": found_results,
        }],
    });
    format!("{log:#}\n")
}

fn result(report: &SchemaReport, index: usize, level: &str) -> Value {
    let found = &report.diff.changes[index];
    let change = &found.change;
    let lines: Vec<String> = std::iter::once(line(found))
        .chain(repeats(report, index))
        .collect();
    let mut result = json!({
        "ruleId": change.id,
        "level": level,
        "message": { "text": lines.join("\n") },
        "partialFingerprints": { "evctl/1": found.fingerprint },
    });
    if let Some(place) = place(found) {
        result["locations"] = json!([location(place)]);
    }
    result
}

fn unjudged_result(unjudged: &Unjudged) -> Value {
    let text = unjudged.lines().join("\n");
    match &unjudged.place {
        Some((file, at)) => error("not-judged", &text, file, Some(*at)),
        None => error("not-judged", &text, &unjudged.name, None),
    }
}

/// A result about a file that no change is to blame for.
fn error(id: &str, text: &str, file: &str, at: Option<Position>) -> Value {
    let at = at.unwrap_or(Position { line: 1, column: 1 });
    json!({
        "ruleId": id,
        "level": "error",
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(file) },
            "region": { "startLine": at.line, "startColumn": at.column },
        } }],
    })
}

fn location(place: &SchemaLocation) -> Value {
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.at.line, "startColumn": place.at.column },
        },
        "logicalLocations": [{ "fullyQualifiedName": place.pointer }],
    })
}

/// A path as a relative reference (RFC 3986).
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    utf8_percent_encode(path, IN_A_PATH).to_string()
}
