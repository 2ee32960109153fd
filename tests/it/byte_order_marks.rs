//! A byte order mark before a text is skipped with a note, wherever text is read.

use crate::support::{
    Home, Output, Seen, Topic, broker,
    members::{commit, committed},
    registry::Stub,
};

const MARK: &str = "\u{feff}";

#[track_caller]
fn notes(output: &Output, name: &str) {
    let note = format!("{name:?} begins with a byte order mark (U+FEFF), which is skipped");
    assert_eq!(output.stderr.matches(&note).count(), 1, "{}", output.stderr);
}

#[test]
fn produce_and_seek_skip_it_and_raw_keeps_it() {
    let topic = Topic::new("byte-order-mark");
    let home = Home::new();
    let at = ["-b", broker().address()];
    let inputs = [
        ("lines", "a\n"),
        ("json", "{\"value\":\"a\"}\n"),
        ("csv", "value\na\n"),
        ("kcat", "{\"payload\":\"a\"}\n"),
        ("auto", "{\"value\":\"a\"}\n"),
    ];
    for (form, text) in inputs {
        let line = [&["produce", &topic.name, "-i", form][..], &at].concat();
        let output = home.evctl(&line).stdin(format!("{MARK}{text}")).run();
        notes(&output.exits(0), "stdin");
    }
    let line = [&["produce", &topic.name, "-i", "raw"][..], &at].concat();
    let raw = home.evctl(&line).stdin(format!("{MARK}a")).run().exits(0);
    assert!(!raw.stderr.contains("byte order mark"), "{}", raw.stderr);
    let seen = topic.seen(0);
    let values: Vec<_> = seen.iter().map(Seen::text).collect();
    assert_eq!(values, ["a", "a", "a", "a", "a", "\u{feff}a"]);

    let group = &topic.name;
    commit(broker().address(), group, &[(&topic.name, 0, 1)]);
    let lines = ["topic,partition,offset\n", ""];
    for (offset, head) in (3..).zip(lines) {
        home.write("offsets.csv", format!("{MARK}{head}{group},0,{offset}\n"));
        let seek = [
            "groups",
            "seek",
            group,
            "--from-file",
            "offsets.csv",
            "--yes",
        ];
        let output = home.evctl(&[&seek[..], &at].concat()).run().exits(0);
        notes(&output, "offsets.csv");
        let stored = committed(broker().address(), group);
        assert_eq!(stored, [(topic.name.clone(), 0, offset)]);
    }
}

#[test]
fn captures_schemas_and_configuration_are_read_without_it() {
    let home = Home::new();
    let marked = |name: &str, text: &str| home.write(name, format!("{MARK}{text}"));
    marked("a.ndjson", "{\"value\":\"a\"}\n");
    let output = home.evctl(&["consume", "a.ndjson"]).run().exits(0);
    notes(&output, "a.ndjson");
    assert_eq!(output.text(), "a\n");
    let output = home.evctl(&["consume", "a.ndjson", "-q"]).run().exits(0);
    assert_eq!((output.text(), output.stderr.as_str()), ("a\n", ""));
    notes(
        &home
            .evctl(&["capture", "verify", "a.ndjson"])
            .run()
            .exits(0),
        "a.ndjson",
    );

    marked("a.avsc", "\"string\"");
    marked(
        "a.json",
        "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}",
    );
    marked("a.proto", "syntax = \"proto3\"; message A {}");
    marked("allow.toml", "");
    for file in ["a.avsc", "a.json", "a.proto"] {
        let check = [
            "schema",
            "check",
            file,
            "--against",
            file,
            "--allow",
            "allow.toml",
        ];
        let output = home.evctl(&check).run().exits(0);
        notes(&output, "allow.toml");
        notes(&output, file);
        let refused = "which is skipped; a registry refuses a schema that has one";
        assert!(output.stderr.contains(refused), "{}", output.stderr);
    }
    let registry = Stub::new(&[("POST /subjects/s/versions", 200, "{\"id\":1}")]);
    let url = registry.url();
    let register = [
        "schema",
        "register",
        "s",
        "a.avsc",
        "--yes",
        "--registry",
        &url,
    ];
    notes(&home.evctl(&register).run().exits(0), "a.avsc");
    let asked = registry.asked();
    let sent = asked.iter().filter(|asked| asked.line.starts_with("POST"));
    assert!(sent.clone().count() > 0);
    assert!(
        sent.into_iter()
            .all(|asked| !asked.body.contains(MARK) && !asked.body.contains("ufeff"))
    );

    marked("evctl.toml", "[profiles.dev]\nbrokers = \"127.0.0.1:1\"\n");
    let output = home.evctl(&["profile", "show", "dev"]).run().exits(0);
    assert!(output.text().contains("127.0.0.1:1"), "{}", output.text());
    assert!(
        output
            .stderr
            .contains("evctl.toml\" begins with a byte order mark"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_file_of_approvals_is_read_within_a_bound() {
    let home = Home::new();
    home.write("a.avsc", "\"string\"");
    home.write("large.toml", "#".repeat((1 << 20) + 1));
    for (file, why) in [
        ("/dev/zero", "it is longer than 1 MiB"),
        ("large.toml", "it is longer than 1 MiB"),
        ("none.toml", "No such file"),
    ] {
        let check = [
            "schema",
            "check",
            "a.avsc",
            "--against",
            "a.avsc",
            "--allow",
            file,
        ];
        let output = home.evctl(&check).run().exits(2);
        let message = format!("--allow {file}: {why}");
        assert!(output.stderr.contains(&message), "{}", output.stderr);
    }
}
