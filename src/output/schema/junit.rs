//! `JUnit` XML, which every CI shows: a suite for each schema, a case for each change that fails.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{SchemaReport, message, place};
use crate::schema::Found;

pub(super) fn render(reports: &[SchemaReport]) -> String {
    let mut all = Report::new("evctl schema check");
    for report in reports {
        let mut suite = TestSuite::new(report.new.as_str());
        let mode = report
            .judgement
            .as_ref()
            .map_or("", |judgement| judgement.mode.name());
        for (index, found) in report.diff.changes.iter().enumerate() {
            if report.is_failing(index) {
                suite.add_test_case(case(report, found));
            }
        }
        if suite.test_cases.is_empty() {
            let name = format!("{mode} against {}", report.olds());
            let mut case = TestCase::new(name, TestCaseStatus::success());
            case.set_classname(report.new.as_str());
            suite.add_test_case(case);
        }
        all.add_test_suite(suite);
    }
    // Strings are written to memory, which cannot fail.
    all.to_string().unwrap_or_default()
}

fn case(report: &SchemaReport, found: &Found) -> TestCase {
    let change = &found.change;
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_message(message(found));
    status.set_type(change.id);
    let mut lines = vec![message(found)];
    if let Some(place) = place(found) {
        lines.push(format!("{}:{}", place.file, place.at));
    }
    lines.extend(change.fix.as_ref().map(|fix| format!("fix: {fix}")));
    lines.extend(
        found
            .witness
            .as_ref()
            .map(|witness| format!("witness: {witness}")),
    );
    lines.push(format!("fingerprint {}", found.fingerprint));
    status.set_description(lines.join("\n"));
    let mut case = TestCase::new(format!("{} {}", change.id, change.path), status);
    case.set_classname(report.new.as_str());
    case
}
