//! `schema check`: verdicts, approvals, pull requests.

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
    git(&home, &["init", "-q", "-b", "main"]);
    git(&home, &["add", "."]);
    git(&home, &["commit", "-qm", "one"]);
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
    git(&home, &["add", "."]);
    git(&home, &["commit", "-qm", "two"]);
    let line = ["check", "--git", "HEAD~1..HEAD", "-o", "json"];
    let output = schema(&home, &line).run().exits(1);
    says(&output, "other/gone.avsc is gone");
    says(
        &output,
        "not checked: 1 .json file without $schema: schemas/note.json",
    );
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
        text.text().contains("schemas/order.avsc  fails"),
        "{}",
        text.text()
    );
    assert!(!text.text().contains("p.json"));
}

#[test]
fn from_a_folder_of_a_repository_the_same_schemas_are_found() {
    let address = r#"{"type":"record","name":"shop.Address","fields":[]}"#;
    let order = |more: &str| {
        format!(
            r#"{{"type":"record","name":"shop.Order","fields":[
            {{"name":"to","type":"shop.Address"}}{more}]}}"#
        )
    };
    let home = home(&[
        ("a/order.avsc", &order("")),
        ("a/Address.avsc", address),
        ("b/note.txt", ""),
        (
            "p/m.proto",
            "syntax = \"proto3\"; message M { string s = 1; }",
        ),
    ]);
    git(&home, &["init", "-q"]);
    git(&home, &["add", "."]);
    git(&home, &["commit", "-qm", "one"]);
    home.write("a/order.avsc", order(r#",{"name":"n","type":"int"}"#));
    let below = |arguments: &[&str]| {
        let output = schema(&home, arguments)
            .within("cd b && exec \"$0\" \"$@\"")
            .run()
            .exits(0);
        json(&output)
    };
    let line = ["check", "--git", "HEAD", "--mode", "forward", "-o", "json"];
    let on_disk = below(&line);
    assert_eq!(on_disk["schemas"][0]["new"], "a/order.avsc");
    git(&home, &["commit", "-qam", "two"]);
    let line = [
        "check",
        "--git",
        "HEAD~1..HEAD",
        "../a",
        "--mode",
        "forward",
        "-o",
        "json",
    ];
    let changes = |all: &Value| all["schemas"][0]["changes"][0]["fingerprint"].clone();
    assert_eq!(changes(&below(&line)), changes(&on_disk));
    for old in ["git:HEAD~1:a/order.avsc", "git:HEAD~1:../a/order.avsc"] {
        let diff = below(&["diff", old, "../a/order.avsc", "-o", "json"]);
        assert_eq!(diff["modes"]["FORWARD"]["compatible"], true, "{diff:#}");
    }
    let same = below(&["diff", "git:HEAD:p", "../p", "-o", "json"]);
    assert_eq!(same["changes"], serde_json::json!([]));
}

#[test]
fn what_cannot_be_checked_between_commits_is_told_and_hides_nothing() {
    let home = home(&[("order.avsc", V1), ("other.avsc", V1)]);
    git(&home, &["init", "-q"]);
    git(&home, &["add", "."]);
    git(&home, &["commit", "-qm", "one"]);
    let moved = schema(&home, &["check", "--git", "HEAD", "schmas/"]);
    says(&moved.run().exits(4), "\"schmas/\" is neither in HEAD nor");
    let none = schema(&home, &["check", "--git", "nope..HEAD"]);
    says(&none.run().exits(4), "Git knows no commit \"nope\"");

    home.write("new.avsc", V1);
    git(&home, &["add", "."]);
    let new = schema(&home, &["check", "--git", "HEAD"]).run().exits(0);
    says(&new, "new.avsc is new: nothing to compare it with");
    home.write("new.avsc", "{\"type\":\"record\",");
    home.write("order.avsc", "{]");
    home.write("other.avsc", V3);
    let output = schema(
        &home,
        &["check", "--git", "HEAD", "--report", "junit=out.xml"],
    );
    let output = output.run().exits(2);
    says(&output, "new.avsc:1:");
    says(&output, "order.avsc:1:2");
    let text = output.text();
    assert!(text.contains("other.avsc  fails"), "{text}");
    assert!(text.contains("order.avsc  error"), "{text}");
    assert!(home.read("out.xml").contains("other.avsc"));
}

const STRING: &str = "{\"type\":\"string\"}";
const INTEGER: &str = "{\"type\":\"integer\"}";

#[test]
fn what_is_named_or_was_a_schema_before_is_checked_between_commits() {
    let dialect = r#"{"$schema":"http://json-schema.org/draft-07/schema#","type":"string"}"#;
    let home = home(&[("s/plain.json", STRING), ("s/dialect.json", dialect)]);
    git(&home, &["init", "-q"]);
    git(&home, &["add", "."]);
    git(&home, &["commit", "-qm", "one"]);
    home.write("s/plain.json", INTEGER);
    let check = |more: &[&str], exits: i32| {
        let line = [&["check", "--git", "HEAD"], more].concat();
        schema(&home, &line).run().exits(exits)
    };
    let skipped = check(&["s"], 0);
    says(
        &skipped,
        "not checked: 1 .json file without $schema: s/plain.json",
    );
    let _ = check(&["s/plain.json"], 1);
    let _ = check(&["s", "--schema-type", "json"], 1);
    git(&home, &["checkout", "-q", "."]);
    home.write("s/dialect.json", INTEGER);
    let _ = check(&[], 1);
}

#[test]
fn a_schema_that_is_gone_fails_until_that_is_approved() {
    let home = orders();
    home.write("note.json", "{}");
    git(&home, &["init", "-q"]);
    git(&home, &["add", "."]);
    git(&home, &["commit", "-qm", "one"]);
    for name in ["v2.avsc", "note.json"] {
        fs::remove_file(home.path().join(name)).unwrap();
    }
    let line = ["check", "--git", "HEAD", "-o", "json"];
    let all = json(&schema(&home, &line).run().exits(1));
    assert_eq!(all["passes"], false);
    assert_eq!(all["unjudged"].as_array().unwrap().len(), 1, "{all:#}");
    let fingerprint = &all["unjudged"][0]["fingerprint"];
    let entry = format!("[[allow]]\nfingerprint = {fingerprint}\nreason = \"moved to billing\"\n");
    home.write("allow.toml", entry);
    let line = ["check", "--git", "HEAD", "--allow", "allow.toml"];
    says(
        &schema(&home, &line).run().exits(0),
        "allowed: moved to billing",
    );
}

#[test]
fn an_approval_is_for_one_schema() {
    let home = orders();
    let fingerprint = |new: &str, old: &str| {
        let output = schema(&home, &["check", new, "--against", old, "-o", "json"]).run();
        json(&output)["changes"][0]["fingerprint"].clone()
    };
    let order = fingerprint("v3.avsc", "v1.avsc");
    home.write("i1.avsc", V1.replace("Order", "Invoice"));
    home.write("i3.avsc", V3.replace("Order", "Invoice"));
    assert_ne!(order, fingerprint("i3.avsc", "i1.avsc"));
    let allow = format!("[[allow]]\nfingerprint = {order}\nreason = \"r\"\nexpires = 2999-01-01\n");
    home.write("allow.toml", allow);
    let check = |new: &str, old: &str| {
        let line = ["check", new, "--against", old, "--allow", "allow.toml"];
        schema(&home, &line).run()
    };
    let _ = check("v3.avsc", "v1.avsc").exits(0);
    let _ = check("i3.avsc", "i1.avsc").exits(1);
}

#[test]
fn ctrl_c_ends_what_waits_for_standard_input() {
    let home = orders();
    let waiting = schema(&home, &["diff", "-", "v1.avsc"])
        .open_stdin()
        .spawn();
    let before = std::time::Instant::now();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let _ = waiting.end_by(rustix::process::Signal::INT).exits(130);
    assert!(before.elapsed() < std::time::Duration::from_secs(2));
}

#[test]
fn a_schema_that_registries_refuse_is_told_wherever_it_comes_from() {
    let home = orders();
    home.write("dash.avsc", V2.replace("note", "ship-to"));
    let check = |more: &[&str]| {
        let line = [&["check", "dash.avsc", "--against", "v1.avsc"], more].concat();
        schema(&home, &line).run()
    };
    let output = check(&[]).exits(1);
    for part in [
        "NOT A VALID SCHEMA: REGISTRIES REFUSE IT",
        "dash.avsc:4:",
        "\"ship-to\"",
        "fails BACKWARD (default): it is not a valid schema",
    ] {
        assert!(output.text().contains(part), "{part}\n{}", output.text());
    }
    let found = json(&check(&["-o", "json"]).exits(1));
    let invalid = change(&found, "schema/invalid");
    assert_eq!(invalid["severity"], "risk");
    let fingerprint = invalid["fingerprint"].as_str().unwrap();
    let entry = format!("[[allow]]\nfingerprint = \"{fingerprint}\"\nreason = \"ours takes it\"\n");
    home.write("allow.toml", entry);
    let output = check(&["--allow", "allow.toml"]).exits(0);
    let passes = "passes BACKWARD (default): 1 change allowed";
    assert!(output.text().contains(passes), "{}", output.text());

    // What registries look at only in a schema that is new to them.
    let int = V2.replace(
        r#"["null","string"],"default":null"#,
        r#""int","default":"x""#,
    );
    home.write("default.avsc", int);
    let line = ["check", "default.avsc", "--against", "v1.avsc"];
    let output = schema(&home, &line).run().exits(1);
    let fails = "fails BACKWARD (default): it is not a valid schema";
    assert!(output.text().contains(fails), "{}", output.text());

    for (name, text) in [
        (
            "twice.proto",
            "syntax = \"proto3\"; message M { int32 a = 1; int32 b = 1; }",
        ),
        ("bounds.json", "{\"type\": \"number\", \"minimum\": \"a\"}"),
    ] {
        home.write(name, text);
        let output = schema(&home, &["diff", name, name]).run().ok();
        assert!(output.contains("NOT A VALID SCHEMA"), "{output}");
    }
}
