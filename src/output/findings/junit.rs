//! `JUnit` XML, which every CI shows: a suite for each thing that was checked.

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::case::{Outcome, cases};
use crate::finding::{Finding, Findings};

pub(super) fn render(findings: &Findings) -> String {
    let mut report = Report::new(findings.command);
    for checked in &findings.checked {
        let mut suite = TestSuite::new(checked.name.as_str());
        for case in cases(checked) {
            let status = match &case.outcome {
                Outcome::Passed | Outcome::Approved(..) => TestCaseStatus::success(),
                Outcome::Failed(finding) => non_success(NonSuccessKind::Failure, finding),
                Outcome::NotJudged(finding) => non_success(NonSuccessKind::Error, finding),
            };
            let mut test = TestCase::new(case.name, status);
            test.set_classname(checked.name.as_str());
            let mut output: Vec<String> = case.remarks.iter().map(|&one| one.to_owned()).collect();
            if let Outcome::Approved(finding, approval) = &case.outcome {
                output.push(finding.message.clone());
                output.push(format!("allowed: {approval}"));
                output.extend(fingerprint(finding));
            }
            if !output.is_empty() {
                test.set_system_out(output.join("\n"));
            }
            suite.add_test_case(test);
        }
        report.add_test_suite(suite);
    }
    // Strings are written to memory, which cannot fail.
    report.to_string().unwrap_or_default()
}

fn non_success(kind: NonSuccessKind, finding: &Finding) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(finding.message.as_str());
    status.set_type(finding.rule);
    let mut lines = vec![finding.message.clone()];
    let place = finding.place();
    lines.extend(place.map(|place| format!("{}:{}:{}", place.file, place.line, place.column)));
    lines.extend(finding.notes.iter().cloned());
    lines.extend(finding.want.as_ref().map(|want| format!("wanted: {want}")));
    lines.extend(finding.fix.as_ref().map(|fix| format!("fix: {fix}")));
    let witness = finding.witness.as_ref();
    lines.extend(witness.map(|witness| format!("witness: {witness}")));
    lines.extend(fingerprint(finding));
    status.set_description(lines.join("\n"));
    status
}

fn fingerprint(finding: &Finding) -> Option<String> {
    let fingerprint = finding.fingerprint.as_ref()?;
    Some(format!("fingerprint {fingerprint}"))
}
