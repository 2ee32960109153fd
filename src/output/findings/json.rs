//! One JSON object with all findings.

use serde::Serialize;

use crate::finding::{Checked, Findings};

#[derive(Serialize)]
struct Document<'f> {
    kind: &'static str,
    command: &'static str,
    passes: bool,
    checked: Vec<CheckedView<'f>>,
}

#[derive(Serialize)]
struct CheckedView<'f> {
    passes: bool,
    #[serde(flatten)]
    checked: &'f Checked,
}

pub(super) fn render(findings: &Findings) -> String {
    let checked = findings.checked.iter().map(|checked| CheckedView {
        passes: checked.passes(),
        checked,
    });
    let document = Document {
        kind: "evctl.findings/1",
        command: findings.command,
        passes: findings.pass(),
        checked: checked.collect(),
    };
    // Text and numbers alone, which are always serialized.
    let text = serde_json::to_string(&document).unwrap_or_default();
    format!("{text}\n")
}
