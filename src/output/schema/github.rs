//! Workflow commands of GitHub Actions: annotations on the lines of a pull request.

use super::{Results, Unjudged, line, repeats};
use crate::schema::{DiffEntry, Position, Severity};

pub(super) fn render(results: Results<'_>) -> String {
    let mut text = String::new();
    for report in results.reports {
        for (index, found) in report.shown() {
            let level = match found.change.severity {
                _ if report.is_failing(index) => "error",
                _ if report.approval(index).is_some() => "notice",
                Severity::Break | Severity::Risk => "warning",
                Severity::Safe => continue,
            };
            let mut message = line(found);
            if let Some(repeats) = repeats(report, index) {
                message.push_str(&format!("\n{repeats}"));
            }
            if let Some(approval) = report.approval(index) {
                message.push_str(&format!("\nallowed: {approval}"));
            }
            text.push_str(&annotation(level, found, message));
        }
        for message in [report.refusal(), report.disagreement()]
            .into_iter()
            .flatten()
        {
            let file = property(&report.new);
            text.push_str(&format!(
                "::error file={file},line=1,col=1,title=registry::{}\n",
                data(&message)
            ));
        }
    }
    for unjudged in results.unjudged {
        text.push_str(&error(unjudged));
    }
    text
}

fn annotation(level: &str, found: &DiffEntry, mut message: String) -> String {
    let change = &found.change;
    let mut properties = Vec::new();
    // An annotation stands in the new files: a pull request shows no others.
    if let Some(place) = &change.new_location {
        properties.push(format!("file={}", property(&place.file)));
        properties.push(format!("line={},col={}", place.at.line, place.at.column));
    }
    properties.push(format!("title={}", property(change.id)));
    if let Some(fix) = &change.fix {
        message.push_str("\nfix: ");
        message.push_str(fix);
    }
    format!("::{level} {}::{}\n", properties.join(","), data(&message))
}

fn error(unjudged: &Unjudged) -> String {
    let (file, at) = match &unjudged.place {
        Some((file, at)) => (&**file, *at),
        None => (&*unjudged.name, Position { line: 1, column: 1 }),
    };
    let file = property(file);
    let text = data(&unjudged.lines().join("\n"));
    format!(
        "::error file={file},line={},col={},title=not judged::{text}\n",
        at.line, at.column
    )
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
