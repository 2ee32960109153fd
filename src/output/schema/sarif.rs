//! SARIF 2.1.0 (OASIS), which code scanning takes.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{SchemaReport, line, place};
use crate::schema::{Found, Place, Severity, rules};

/// All but what RFC 3986 calls unreserved, and `/`.
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'/')
    .remove(b'_')
    .remove(b'~');

pub(super) fn render(reports: &[SchemaReport]) -> String {
    let mut used = BTreeSet::new();
    let mut results = Vec::new();
    for report in reports {
        for (index, found) in report.diff.changes.iter().enumerate() {
            let level = match found.change.severity {
                _ if report.is_failing(index) => "error",
                Severity::Break | Severity::Risk => "warning",
                Severity::Safe => continue,
            };
            used.insert(found.change.id);
            let mut result = result(found, level);
            if report.is_allowed(index) {
                result["suppressions"] = json!([{ "kind": "external" }]);
            }
            results.push(result);
        }
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
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn result(found: &Found, level: &str) -> Value {
    let change = &found.change;
    let mut result = json!({
        "ruleId": change.id,
        "level": level,
        "message": { "text": line(found) },
        "partialFingerprints": { "evctl/1": found.fingerprint },
    });
    if let Some(place) = place(found) {
        result["locations"] = json!([location(place)]);
    }
    result
}

fn location(place: &Place) -> Value {
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
