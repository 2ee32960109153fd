//! Workflow commands of GitHub Actions: annotations on the lines of a pull request.

use super::{SchemaReport, line};
use crate::schema::{Found, Severity};

pub(super) fn render(reports: &[SchemaReport]) -> String {
    let mut text = String::new();
    for report in reports {
        for (index, found) in report.diff.changes.iter().enumerate() {
            let level = match found.change.severity {
                _ if report.is_failing(index) => "error",
                _ if report.is_allowed(index) => "notice",
                Severity::Break | Severity::Risk => "warning",
                Severity::Safe => continue,
            };
            text.push_str(&annotation(level, found));
        }
    }
    text
}

fn annotation(level: &str, found: &Found) -> String {
    let change = &found.change;
    let mut properties = Vec::new();
    // An annotation stands in the new files: a pull request shows no others.
    if let Some(place) = &change.new_place {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={},col={}", place.at.line, place.at.column));
    }
    properties.push(format!("title={}", property(change.id)));
    let mut message = line(found);
    if let Some(fix) = &change.fix {
        message.push_str("\nfix: ");
        message.push_str(fix);
    }
    format!("::{level} {}::{}\n", properties.join(","), data(&message))
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
