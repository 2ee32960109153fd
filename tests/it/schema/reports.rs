//! What CI reads: each report is read by somebody else's reader of it.

use super::*;

fn written(arguments: &[&str]) -> (Home, Output) {
    let home = orders();
    let line = [&["check", "v3.avsc", "--against", "v1.avsc"], arguments].concat();
    let output = schema(&home, &line).run().exits(1);
    (home, output)
}

#[test]
fn json_keeps_to_its_own_schema() {
    let home = orders();
    let text = schema(&home, &["diff", "--print-schema"]).run().ok();
    let own: Value = serde_json::from_str(&text).unwrap();
    let validator = jsonschema::validator_for(&own).unwrap();
    for line in [
        &["diff", "v1.avsc", "v2.avsc", "v3.avsc", "-o", "json"][..],
        &["diff", "v1.avsc", "v1.avsc", "-o", "json"],
        &["check", "v3.avsc", "--against", "v1.avsc", "-o", "json"],
        &[
            "diff", "v3.avsc", "v1.avsc", "-o", "json", "--rules", "semantic",
        ],
    ] {
        let diff = json(&schema(&home, line).run());
        let errors: Vec<String> = validator
            .iter_errors(&diff)
            .map(|error| error.to_string())
            .collect();
        assert!(errors.is_empty(), "{errors:?}\n{diff:#}");
    }
    let lines = schema(&home, &["diff", "v1.avsc", "v3.avsc", "-o", "ndjson"])
        .run()
        .ok();
    for line in lines.lines() {
        assert_eq!(
            serde_json::from_str::<Value>(line).unwrap()["severity"],
            "break"
        );
    }
}

#[test]
fn junit_is_read_by_a_reader_of_junit() {
    let (home, _) = written(&["--report", "junit=out.xml"]);
    let text = fs::read_to_string(home.path().join("out.xml")).unwrap();
    let suites = quick_junit::Report::deserialize_from_str(&text).unwrap();
    let cases = &suites.test_suites[0].test_cases;
    assert_eq!(suites.failures, 1);
    assert!(cases[0].name.as_str().contains("/fields/2"));
}

#[test]
fn sarif_is_read_by_a_reader_of_sarif() {
    let (home, _) = written(&["--report", "sarif=out.sarif"]);
    let text = fs::read_to_string(home.path().join("out.sarif")).unwrap();
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&text).unwrap();
    let run = &log.runs[0];
    let result = &run.results.as_ref().unwrap()[0];
    let rules = run.tool.driver.rules.as_ref().unwrap();
    assert_eq!(result.rule_id.as_ref(), Some(&rules[0].id));
    let place = result.locations.as_ref().unwrap()[0]
        .physical_location
        .as_ref()
        .unwrap();
    assert_eq!(
        place.artifact_location.as_ref().unwrap().uri.as_deref(),
        Some("v3.avsc")
    );
    assert_eq!(place.region.as_ref().unwrap().start_line, Some(4));
}

#[test]
fn annotations_keep_to_the_grammar_of_workflow_commands() {
    let (_, output) = written(&["--report", "github"]);
    let command = regex::Regex::new(
        r"^::(error|warning|notice) (file=[^,:]+,line=\d+,col=\d+,)?title=[^,:]+::([^%\r\n]|%25|%0D|%0A)+$",
    );
    let lines: Vec<&str> = output
        .stderr
        .lines()
        .filter(|line| line.starts_with("::"))
        .collect();
    assert!(!lines.is_empty(), "{}", output.stderr);
    for line in lines {
        assert!(command.as_ref().unwrap().is_match(line), "{line}");
    }
    says(&output, "::error file=v3.avsc,line=4,");
}

#[test]
fn markdown_has_a_table_of_modes() {
    let (_, output) = written(&["-o", "markdown"]);
    let text = output.text();
    assert!(text.contains("| BACKWARD | **no** | `v1.avsc` |"), "{text}");
    assert!(
        text.contains("- `avro/reader-field-missing-default` at `/fields/2`"),
        "{text}"
    );
}

#[test]
fn an_unknown_report_is_refused_before_anything_is_read() {
    let home = Home::new();
    let line = [
        "check",
        "no.avsc",
        "--against",
        "no.avsc",
        "--report",
        "pdf=x",
    ];
    says(&schema(&home, &line).run().exits(2), "junit=FILE");
    let line = [
        "check",
        "no.avsc",
        "--against",
        "no.avsc",
        "--report",
        "junit",
    ];
    says(&schema(&home, &line).run().exits(2), "junit=FILE");
    let line = ["diff", "no.avsc", "no.avsc", "-o", "csv"];
    says(&schema(&home, &line).run().exits(2), "markdown");
}
