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

/// A check of `broken.avsc` and its kin between commits, with every report.
fn unjudged() -> (Home, Output) {
    let home = home(&[("broken.avsc", V1), ("gone.avsc", V2), ("refers.avsc", V1)]);
    git(&home, &["init", "-q"]);
    git(&home, &["add", "."]);
    git(&home, &["commit", "-qm", "one"]);
    home.write("broken.avsc", "{\n  ]");
    home.write("refers.avsc", V1.replace("\"double\"", "\"shop.Missing\""));
    fs::write(home.path().join("latin.avsc"), b"\xff").unwrap();
    fs::remove_file(home.path().join("gone.avsc")).unwrap();
    let line = ["check", "--git", "HEAD", "--report", "junit=out.xml"];
    let more = ["--report", "sarif=out.sarif", "--report", "github"];
    let output = schema(&home, &[&line[..], &more].concat()).run().exits(2);
    (home, output)
}

const UNJUDGED: [&str; 4] = ["broken.avsc", "gone.avsc", "latin.avsc", "refers.avsc"];

#[test]
fn a_schema_that_cannot_be_judged_is_an_error_in_every_report() {
    let (home, output) = unjudged();
    let suites = quick_junit::Report::deserialize_from_str(&home.read("out.xml")).unwrap();
    assert_eq!(suites.errors, UNJUDGED.len());
    let log: serde_sarif::sarif::Sarif = serde_json::from_str(&home.read("out.sarif")).unwrap();
    let results = log.runs[0].results.as_ref().unwrap();
    assert_eq!(results.len(), UNJUDGED.len());
    let broken = serde_json::to_value(&results[0]).unwrap();
    assert_eq!(broken["level"], "error");
    let region = &broken["locations"][0]["physicalLocation"]["region"];
    assert_eq!(
        (&region["startLine"], &region["startColumn"]),
        (&2.into(), &3.into())
    );
    says(
        &output,
        "::error file=broken.avsc,line=2,col=3,title=not judged::",
    );
    for name in UNJUDGED {
        assert!(
            output.text().contains(&format!("{name:<11}  error")),
            "{}",
            output.text()
        );
        says(&output, &format!("::error file={name},line="));
    }
    let line = ["check", "--git", "HEAD", "-o", "markdown"];
    let markdown = schema(&home, &line).run().exits(2);
    assert!(
        markdown.text().contains("| `broken.avsc` | **error** |"),
        "{}",
        markdown.text()
    );
    home.write("ok.avsc", V1);
    let alone = ["check", "broken.avsc", "--against", "ok.avsc", "-o", "json"];
    let alone = json(&schema(&home, &alone).run().exits(2));
    assert_eq!(
        (&alone["passes"], &alone["unjudged"][0]["span"]["line"]),
        (&false.into(), &2.into())
    );
}

#[test]
fn an_approval_is_in_every_report() {
    let home = orders();
    let line = ["check", "v3.avsc", "--against", "v1.avsc"];
    let found = json(&schema(&home, &[&line[..], &["-o", "json"]].concat()).run());
    let fingerprint = &found["check"]["failing"][0];
    let entry = format!(
        "[[allow]]\nfingerprint = {fingerprint}\nreason = \"nobody reads it\"\nexpires = 2999-01-01\n"
    );
    home.write("allow.toml", entry);
    let reports = [
        "--report",
        "junit=out.xml",
        "--report",
        "sarif=out.sarif",
        "--report",
        "github",
    ];
    let allow = ["--allow", "allow.toml"];
    let approved = "nobody reads it (expires 2999-01-01)";
    let text = schema(&home, &[&line[..], &allow, &reports].concat())
        .run()
        .exits(0);
    assert!(
        text.text().contains(&format!("allowed: {approved}")),
        "{}",
        text.text()
    );
    says(&text, &format!("allowed: {approved}"));
    assert!(
        home.read("out.xml")
            .contains(&format!("allowed: {approved}"))
    );
    let log: Value = serde_json::from_str(&home.read("out.sarif")).unwrap();
    let suppression = &log["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(suppression["justification"], approved);
    let markdown = schema(&home, &[&line[..], &allow, &["-o", "markdown"]].concat())
        .run()
        .exits(0);
    assert!(
        markdown.text().contains("allowed: nobody reads it"),
        "{}",
        markdown.text()
    );
    let shown = json(
        &schema(&home, &[&line[..], &allow, &["-o", "json"]].concat())
            .run()
            .exits(0),
    );
    assert_eq!(shown["check"]["allowed"][0]["expires"], "2999-01-01");
}
