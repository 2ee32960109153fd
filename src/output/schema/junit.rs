//! `JUnit` XML, which every CI shows: a suite for each schema, a case for each change that fails or
//! is approved, an error for each schema that could not be judged.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Results, SchemaReport, Unjudged, message, place, repeats};
use crate::schema::DiffEntry;

pub(super) fn render(results: Results<'_>) -> String {
    let mut all = Report::new("evctl schema check");
    for report in results.reports {
        let mut suite = TestSuite::new(report.new.as_str());
        let mode = report
            .judgement
            .as_ref()
            .map_or("", |judgement| judgement.mode.name());
        for (index, found) in report.shown() {
            if report.is_failing(index) {
                suite.add_test_case(case(report, index, found));
            }
            if let Some(approval) = report.approval(index) {
                let mut case = TestCase::new(name(found), TestCaseStatus::success());
                case.set_classname(report.new.as_str());
                let fingerprint = &found.fingerprint;
                case.set_system_out(format!(
                    "{}\nallowed: {approval}\nfingerprint {fingerprint}",
                    message(found)
                ));
                suite.add_test_case(case);
            }
        }
        if let Some(refusal) = report.refusal() {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(refusal);
            suite.add_test_case(whole(report, mode, status));
        }
        if suite.test_cases.is_empty() {
            suite.add_test_case(whole(report, mode, TestCaseStatus::success()));
        }
        all.add_test_suite(suite);
    }
    for unjudged in results.unjudged {
        all.add_test_suite(error(unjudged));
    }
    // Strings are written to memory, which cannot fail.
    all.to_string().unwrap_or_default()
}

fn name(found: &DiffEntry) -> String {
    format!("{} {}", found.change.id, found.change.path)
}

/// The case of a schema as a whole.
fn whole(report: &SchemaReport, mode: &str, status: TestCaseStatus) -> TestCase {
    let name = format!("{mode} against {}", report.olds());
    let mut case = TestCase::new(name, status);
    case.set_classname(report.new.as_str());
    if let Some(disagreement) = report.disagreement() {
        case.set_system_out(disagreement);
    }
    case
}

fn error(unjudged: &Unjudged) -> TestSuite {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
    status.set_message(unjudged.message.as_str());
    let place = unjudged.place.iter();
    let mut lines = unjudged.lines();
    lines.extend(place.map(|(file, at)| format!("{file}:{at}")));
    status.set_description(lines.join("\n"));
    let mut case = TestCase::new("schema", status);
    case.set_classname(unjudged.name.as_str());
    let mut suite = TestSuite::new(unjudged.name.as_str());
    suite.add_test_case(case);
    suite
}

fn case(report: &SchemaReport, index: usize, found: &DiffEntry) -> TestCase {
    let change = &found.change;
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message(found));
    status.set_type(change.id);
    let mut lines = vec![message(found)];
    if let Some(place) = place(found) {
        lines.push(format!("{}:{}", place.file, place.at));
    }
    lines.extend(repeats(report, index));
    lines.extend(change.fix.as_ref().map(|fix| format!("fix: {fix}")));
    lines.extend(
        found
            .witness
            .as_ref()
            .map(|witness| format!("witness: {witness}")),
    );
    lines.push(format!("fingerprint {}", found.fingerprint));
    status.set_description(lines.join("\n"));
    let mut case = TestCase::new(name(found), status);
    case.set_classname(report.new.as_str());
    case
}
