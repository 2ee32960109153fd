//! One set of findings of every kind, in every format.

use super::FindingsFormat;
use crate::finding::{Approval, Checked, Finding, FindingRule, FindingSeverity, Findings, Place};

fn finding(severity: FindingSeverity, path: Option<&str>) -> Finding {
    let place = Place {
        file: "a b.avsc".to_owned(),
        line: 4,
        column: 5,
        pointer: "/fields/2".to_owned(),
    };
    Finding {
        rule: "avro/some-rule",
        severity,
        path: path.map(str::to_owned),
        places: vec![place],
        related: Vec::new(),
        message: "it is #1: 50%\nwrong".to_owned(),
        notes: vec!["also at /fields/3".to_owned()],
        want: Some("an int".to_owned()),
        fix: Some("give \"x\" a default".to_owned()),
        witness: Some("{\"x\":1}".to_owned()),
        fingerprint: Some("0a1b2c3d4e5f".to_owned()),
        suppressed: None,
    }
}

fn findings() -> Findings {
    let approval = Approval {
        reason: "nobody reads it".to_owned(),
        expires: Some("2999-01-01".to_owned()),
    };
    let approved = Finding {
        suppressed: Some(approval),
        ..finding(FindingSeverity::Warning, Some("/fields/9"))
    };
    let checked = |name: &str, findings| Checked {
        name: name.to_owned(),
        question: "BACKWARD against v1".to_owned(),
        findings,
    };
    Findings {
        command: "evctl schema check",
        checked: vec![
            checked(
                "a b.avsc",
                vec![
                    finding(FindingSeverity::Error, Some("/fields/2")),
                    approved,
                    finding(FindingSeverity::Warning, Some("/fields/1")),
                ],
            ),
            checked("remarked", vec![finding(FindingSeverity::Warning, None)]),
            checked("refused", vec![finding(FindingSeverity::Error, None)]),
            checked("broken", vec![finding(FindingSeverity::NotJudged, None)]),
            checked("good", Vec::new()),
        ],
        rules: vec![FindingRule {
            id: "avro/some-rule",
            title: "some rule",
            why: "it matters",
            fix: "mend it",
        }],
    }
}

#[test]
fn what_fails_is_neither_approved_nor_a_warning() {
    let findings = findings();
    let verdicts = findings.checked.iter().map(Checked::passes);
    assert_eq!(
        verdicts.collect::<Vec<_>>(),
        [false, true, false, false, true]
    );
    assert!(!findings.pass());
}

#[test]
fn every_format_has_a_name_that_finds_it() {
    for format in FindingsFormat::ALL {
        assert_eq!(FindingsFormat::parse(format.name()), Some(format));
    }
    assert_eq!(FindingsFormat::parse("pdf"), None);
}

#[test]
fn junit_has_failures_errors_and_passed_cases() {
    let text = FindingsFormat::Junit.render(&findings());
    let report = quick_junit::Report::deserialize_from_str(&text).unwrap();
    assert_eq!((report.tests, report.failures, report.errors), (6, 2, 1));
    let names: Vec<&str> = report.test_suites[0]
        .test_cases
        .iter()
        .map(|case| case.name.as_str())
        .collect();
    assert_eq!(
        names,
        ["avro/some-rule /fields/2", "avro/some-rule /fields/9"]
    );
    assert!(text.contains("allowed: nobody reads it (expires 2999-01-01)"));
    assert!(text.contains("a b.avsc:4:5"));
}

#[test]
fn sarif_is_read_by_a_reader_of_sarif() {
    let text = FindingsFormat::Sarif.render(&findings());
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&text).unwrap();
    let results = log.runs[0].results.as_ref().unwrap();
    assert_eq!(results.len(), 6);
    let approved = serde_json::to_value(&results[1]).unwrap();
    assert_eq!(approved["level"], "warning");
    assert_eq!(approved["partialFingerprints"]["evctl/1"], "0a1b2c3d4e5f");
    let place = &approved["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "a%20b.avsc");
    let reason = &approved["suppressions"][0]["justification"];
    assert_eq!(reason, "nobody reads it (expires 2999-01-01)");
}

#[test]
fn github_has_a_line_for_each_finding() {
    let text = FindingsFormat::Github.render(&findings());
    let lines: Vec<&str> = text.lines().collect();
    let first = "::error file=a b.avsc,line=4,col=5,title=avro/some-rule::/fields/2: it is #1: \
                 50%25%0Awrong%0Aalso at /fields/3%0Awanted: an int%0Afix: give \"x\" a default";
    assert_eq!(lines[0], first);
    let levels: Vec<&str> = lines
        .iter()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    assert_eq!(
        levels,
        [
            "::error",
            "::notice",
            "::warning",
            "::warning",
            "::error",
            "::error"
        ]
    );
    assert!(lines[5].contains("title=not judged::"));
}

#[test]
fn tap_escapes_what_would_begin_a_directive() {
    let mut findings = findings();
    findings.checked[0].name = "a#b".to_owned();
    let block = |severity: &str| {
        format!(
            concat!(
                "  ---\n  severity: {}\n  message: \"it is #1: 50%\\nwrong\"\n",
                "  at: \"a b.avsc:4:5\"\n  notes: \"also at /fields/3\"\n  wanted: \"an int\"\n",
                "  witness: \"{{\\\"x\\\":1}}\"\n  fix: \"give \\\"x\\\" a default\"\n",
                "  fingerprint: \"0a1b2c3d4e5f\"\n  ...\n"
            ),
            severity
        )
    };
    let (fail, error) = (block("fail"), block("error"));
    let expected = format!(
        "TAP version 14\n1..6\n\
         not ok 1 - a\\#b: avro/some-rule /fields/2\n{fail}\
         ok 2 - a\\#b: avro/some-rule /fields/9 (allowed: nobody reads it (expires 2999-01-01))\n\
         ok 3 - remarked: BACKWARD against v1\n\
         not ok 4 - refused: BACKWARD against v1\n{fail}\
         not ok 5 - broken: BACKWARD against v1\n{error}\
         ok 6 - good: BACKWARD against v1\n"
    );
    assert_eq!(FindingsFormat::Tap.render(&findings), expected);
}

#[test]
fn markdown_has_a_table_and_the_findings_below_it() {
    let text = FindingsFormat::Markdown.render(&findings());
    for part in [
        "| `a b.avsc` | **fails** | 1 | 1 | 1 |\n",
        "| `remarked` | passes | 0 | 0 | 1 |\n",
        "| `broken` | **not judged** | 1 | 0 | 0 |\n",
        "| `good` | passes | 0 | 0 | 0 |\n",
        "### `a b.avsc`: BACKWARD against v1\n",
        "- `avro/some-rule` at `/fields/2`: it is \\#1: 50% wrong\n  - `a b.avsc:4:5`\n",
        "  - fix: give \"x\" a default\n  - witness: `{\"x\":1}`\n  - fingerprint `0a1b2c3d4e5f`\n",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!text.contains("### `good`"));
}

#[test]
fn json_says_what_passes() {
    let text = FindingsFormat::Json.render(&findings());
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(json["kind"], "evctl.findings/1");
    assert_eq!(json["passes"], false);
    assert_eq!(json["checked"][4]["passes"], true);
    let broken = &json["checked"][3]["findings"][0];
    assert_eq!(broken["severity"], "not-judged");
    assert_eq!(broken["places"][0]["line"], 4);
    let approved = &json["checked"][0]["findings"][1]["suppressed"];
    assert_eq!(approved["reason"], "nobody reads it");
}
