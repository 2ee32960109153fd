//! `schema check`: verdicts, approvals, pull requests.

use std::process::Command;

use super::*;

#[test]
fn the_mode_decides_and_the_exit_code_says_so() {
    let home = orders();
    let check = |new: &str, more: &[&str]| {
        let line = [&["check", new, "--against", "v1.avsc"], more].concat();
        schema(&home, &line).run()
    };
    let _ = check("v2.avsc", &[]).exits(0);
    let _ = check("v3.avsc", &[]).exits(1);
    let _ = check("v3.avsc", &["--mode", "forward"]).exits(0);
    let _ = check("v3.avsc", &["--mode", "FULL_TRANSITIVE"]).exits(1);
    let _ = check("v3.avsc", &["--mode", "none"]).exits(0);
    let _ = check("v2.avsc", &["--fail-on", "any"]).exits(1);
    let _ = check("v1.avsc", &["--fail-on", "any"]).exits(0);
    says(
        &check("v3.avsc", &["--mode", "sideways"]).exits(2),
        "BACKWARD",
    );
    let report = json(&check("v3.avsc", &["-o", "json"]).exits(1));
    assert_eq!(report["check"]["passes"], false);
    assert_eq!(report["check"]["mode"], "BACKWARD");
    assert_eq!(report["check"]["failing"].as_array().unwrap().len(), 1);
}

#[test]
fn a_risk_fails_only_where_it_is_asked_for() {
    let with = |unit: &str| {
        V1.replace(
            "\"double\"",
            &format!(r#"{{"type":"long","logicalType":"timestamp-{unit}"}}"#),
        )
    };
    let home = home(&[("old.avsc", &with("millis")), ("new.avsc", &with("micros"))]);
    let line = ["check", "new.avsc", "--against", "old.avsc"];
    let _ = schema(&home, &line).run().exits(0);
    let output = schema(&home, &[&line[..], &["--fail-on", "risk"]].concat())
        .run()
        .exits(1);
    assert!(output.text().contains("RISK"), "{}", output.text());
}

#[test]
fn approved_changes_pass_until_their_approval_ends() {
    let home = orders();
    let line = [
        "check",
        "v3.avsc",
        "--against",
        "v1.avsc",
        "--allow",
        "allow.toml",
        "-o",
        "json",
    ];
    fs::write(home.path().join("allow.toml"), "").unwrap();
    let report = json(&schema(&home, &line).run().exits(1));
    let fingerprint = report["check"]["failing"][0].as_str().unwrap().to_owned();
    let approve = |expires: &str| {
        let text = format!(
            "[[allow]]\nfingerprint = \"{fingerprint}\"\nreason = \"nobody reads it\"\nexpires = \"{expires}\"\n"
        );
        fs::write(home.path().join("allow.toml"), text).unwrap();
        schema(&home, &line).run()
    };
    let report = json(&approve("2999-01-01").exits(0));
    assert_eq!(report["check"]["allowed"][0]["reason"], "nobody reads it");
    assert_eq!(
        report["modes"]["BACKWARD"]["compatible"], false,
        "the verdict stays"
    );
    says(&approve("2020-01-01").exits(1), "expired on 2020-01-01");
    says(&approve("soon").exits(2), "no date");
}

#[test]
fn a_fingerprint_outlives_another_layout_of_the_file() {
    let home = orders();
    let fingerprints = |new: &str| {
        let diff = json(&schema(&home, &["diff", "v1.avsc", new, "-o", "json"]).run());
        diff["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| one["fingerprint"].clone())
            .collect::<Vec<_>>()
    };
    let before = fingerprints("v3.avsc");
    fs::write(
        home.path().join("laid-out.avsc"),
        V3.replace(',', ",\n\n   "),
    )
    .unwrap();
    assert_eq!(before, fingerprints("laid-out.avsc"));
    assert!(!before.is_empty());
}

#[test]
fn every_schema_that_changed_between_commits_is_checked() {
    let home = home(&[
        ("schemas/order.avsc", V1),
        ("schemas/same.avsc", V1),
        ("schemas/note.json", "{\"no\":\"schema\"}"),
        (
            "schemas/p.json",
            "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"string\"}",
        ),
        ("other/gone.avsc", V1),
    ]);
    let git = |arguments: &[&str]| {
        let output = Command::new("git")
            .args(["-c", "user.name=a", "-c", "user.email=a@b"])
            .args(arguments)
            .current_dir(home.path())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "one"]);
    let line = ["check", "--git", "HEAD", "schemas"];
    says(&schema(&home, &line).run().exits(0), "no schema changed");

    let write = |name: &str, text: &str| fs::write(home.path().join(name), text).unwrap();
    write("schemas/order.avsc", V3);
    write(
        "schemas/p.json",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\",\"type\":\"number\"}",
    );
    write("schemas/note.json", "{\"still\":\"none\"}");
    write("schemas/new.avsc", "\"string\"");
    fs::remove_file(home.path().join("other/gone.avsc")).unwrap();
    git(&["add", "."]);
    git(&["commit", "-qm", "two"]);
    let line = ["check", "--git", "HEAD~1..HEAD", "-o", "json"];
    let output = schema(&home, &line).run().exits(1);
    says(&output, "other/gone.avsc is gone");
    let all = json(&output);
    assert_eq!(all["kind"], "evctl.schema-checks/1");
    let names: Vec<_> = all["schemas"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["new"].clone())
        .collect();
    assert_eq!(names, ["schemas/order.avsc", "schemas/p.json"]);
    let text = schema(
        &home,
        &["check", "--git", "HEAD~1..HEAD", "schemas/order.avsc"],
    )
    .run()
    .exits(1);
    assert!(
        text.text().contains("schemas/order.avsc fails"),
        "{}",
        text.text()
    );
    assert!(!text.text().contains("p.json"));
}
