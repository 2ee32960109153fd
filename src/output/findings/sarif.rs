//! SARIF 2.1.0 (OASIS), which code scanning takes.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::finding::{Finding, FindingRule, FindingSeverity, Findings, Place};

/// All but what RFC 3986 calls unreserved, and `/`.
const IN_A_PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'/')
    .remove(b'_')
    .remove(b'~');

pub(super) fn render(findings: &Findings) -> String {
    let checked = findings.checked.iter();
    let results = checked.flat_map(|checked| checked.findings.iter().map(result));
    let rule = |rule: &FindingRule| {
        json!({
            "id": rule.id,
            "shortDescription": { "text": rule.title },
            "fullDescription": { "text": rule.why },
            "help": { "text": rule.fix },
        })
    };
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "evctl",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": findings.rules.iter().map(rule).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results.collect::<Vec<_>>(),
        }],
    });
    format!("{log:#}\n")
}

fn result(finding: &Finding) -> Value {
    let level = match finding.severity {
        FindingSeverity::Error | FindingSeverity::NotJudged => "error",
        FindingSeverity::Warning => "warning",
        FindingSeverity::Note => "note",
    };
    let mut lines = vec![finding.line()];
    lines.extend(finding.notes.iter().cloned());
    lines.extend(finding.want.as_ref().map(|want| format!("wanted: {want}")));
    let mut result = json!({
        "ruleId": finding.rule,
        "level": level,
        "message": { "text": lines.join("\n") },
    });
    if let Some(fingerprint) = &finding.fingerprint {
        result["partialFingerprints"] = json!({ "evctl/1": fingerprint });
    }
    if let Some(place) = finding.place() {
        result["locations"] = json!([location(place)]);
    }
    if let Some(approval) = &finding.suppressed {
        let justification = approval.to_string();
        result["suppressions"] = json!([{
            "kind": "external", "status": "accepted", "justification": justification,
        }]);
    }
    result
}

fn location(place: &Place) -> Value {
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&place.file) },
            "region": { "startLine": place.line, "startColumn": place.column },
        },
    });
    if !place.pointer.is_empty() {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": place.pointer }]);
    }
    location
}

/// A path as a relative reference (RFC 3986).
fn uri(path: &str) -> String {
    let path = path.strip_prefix("./").unwrap_or(path);
    utf8_percent_encode(path, IN_A_PATH).to_string()
}
