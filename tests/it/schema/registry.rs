//! With a real registry, and with a stub for what it lacks.

use super::*;
use crate::support::{
    Topic,
    registry::{Stub, registry},
};

fn at(home: &Home, url: &str, arguments: &[&str]) -> Output {
    schema(home, &[arguments, &["--registry", url]].concat()).run()
}

fn subject(label: &str) -> String {
    Topic::unused_name(label)
}

#[test]
fn a_schema_is_registered_found_and_got() {
    let home = orders();
    let url = registry();
    let subject = subject("registered");
    let output = at(
        &home,
        url,
        &["register", &subject, "v1.avsc", "--yes", "-o", "json"],
    )
    .exits(0);
    let first = json(&output);
    assert_eq!(first["version"], 1);
    let _ = at(&home, url, &["register", &subject, "v2.avsc", "--yes"]).exits(0);
    let again = at(
        &home,
        url,
        &["register", &subject, "v2.avsc", "--yes", "-o", "json"],
    )
    .exits(0);
    assert_eq!(json(&again)["version"], 2);
    says(&again, "already registered");

    let list = json(&at(&home, url, &["list", &subject, "-o", "json"]).exits(0));
    let row = &list["subjects"][0];
    assert_eq!(
        (&row["latest"], &row["type"], &row["compatibility"]),
        (&2.into(), &"AVRO".into(), &"BACKWARD".into())
    );
    let got = at(&home, url, &["get", &format!("{subject}@1")]).exits(0);
    let got: Value = serde_json::from_str(got.text()).unwrap();
    assert_eq!(got, serde_json::from_str::<Value>(V1).unwrap());
    let by_id = at(&home, url, &["get", &first["id"].to_string(), "-o", "json"]).exits(0);
    assert_eq!(json(&by_id)["type"], "AVRO");
    says(
        &at(&home, url, &["get", &format!("{subject}@9")]).exits(4),
        "9",
    );
    let _ = at(&home, url, &["get", "no-such-subject"]).exits(4);
}

#[test]
fn what_breaks_is_shown_and_refused_by_the_registry_too() {
    let home = orders();
    let url = registry();
    let subject = subject("refused");
    let _ = at(&home, url, &["register", &subject, "v1.avsc", "--yes"]).exits(0);
    let dry = at(&home, url, &["register", &subject, "v3.avsc", "--dry-run"]).exits(6);
    says(&dry, "avro/reader-field-missing-default");
    says(&dry, "the registry says: incompatible");
    let refused = at(&home, url, &["register", &subject, "v3.avsc", "--yes"]).exits(6);
    says(&refused, "nothing was registered");
    let check = at(
        &home,
        url,
        &[
            "check",
            "v3.avsc",
            "--against",
            &format!("registry:{subject}"),
            "-o",
            "json",
        ],
    )
    .exits(1);
    let check = json(&check);
    assert_eq!(
        check["check"]["mode_from"],
        format!("the subject {subject}")
    );
    assert_eq!(check["check"]["registry"]["compatible"], false);
    assert_eq!(check["check"]["registry"]["agrees"], true);
    let _ = at(
        &home,
        url,
        &[
            "check",
            "v2.avsc",
            "--against",
            &format!("registry:{subject}"),
        ],
    )
    .exits(0);
}

#[test]
fn a_subject_is_compared_in_all_its_versions() {
    let home = orders();
    let url = registry();
    let subject = subject("versions");
    let _ = at(&home, url, &["register", &subject, "v1.avsc", "--yes"]).exits(0);
    let _ = at(&home, url, &["register", &subject, "v2.avsc", "--yes"]).exits(0);
    let all = format!("registry:{subject}@all");
    let diff = json(&at(&home, url, &["diff", &all, "v3.avsc", "-o", "json"]).exits(0));
    let labels = serde_json::json!([format!("{subject}@1"), format!("{subject}@2")]);
    assert_eq!(diff["old"], labels);
    assert_eq!(
        diff["modes"]["BACKWARD"]["against"],
        serde_json::json!([format!("{subject}@2")])
    );
}

#[test]
fn references_are_followed_registered_and_saved() {
    let order = r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"to","type":"shop.Address"}]}"#;
    let address = r#"{"type":"record","name":"Address","namespace":"shop","fields":[{"name":"street","type":"string"}]}"#;
    let home = home(&[("order.avsc", order), ("address.avsc", address)]);
    let url = registry();
    let [orders, addresses] = ["ref-order", "ref-address"].map(subject);
    let _ = at(
        &home,
        url,
        &["register", &addresses, "address.avsc", "--yes"],
    )
    .exits(0);
    let reference = format!("shop.Address={addresses}@1");
    let line = [
        "register",
        &orders,
        "order.avsc",
        "--reference",
        &reference,
        "--yes",
    ];
    let _ = at(&home, url, &line).exits(0);
    let diff = format!("registry:{orders}");
    let diff = json(
        &at(
            &home,
            url,
            &[
                "diff",
                &diff,
                "order.avsc",
                "--reference",
                "shop.Address=address.avsc",
                "-o",
                "json",
            ],
        )
        .exits(0),
    );
    assert_eq!(diff["changes"], serde_json::json!([]));
    let _ = at(&home, url, &["get", &orders, "--into", "saved"]).exits(0);
    let saved = |name: &str| fs::read_to_string(home.path().join("saved").join(name)).unwrap();
    assert_eq!(saved("shop.Address.avsc"), address);
    assert_eq!(saved(&format!("{orders}.avsc")), order);
}

#[test]
fn our_verdicts_are_the_registrys() {
    let record = |fields: &str| format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#);
    let one = r#"{"name":"a","type":"int"}"#;
    let object = |more: &str| {
        format!(r#"{{"$schema":"http://json-schema.org/draft-07/schema#","type":"object"{more}}}"#)
    };
    let a = r#","properties":{"a":{"type":"string"}}"#;
    let cases = [
        (
            "avsc",
            record(one),
            record(&format!(r#"{one},{{"name":"b","type":"int"}}"#)),
        ),
        (
            "avsc",
            record(one),
            record(&format!(r#"{one},{{"name":"b","type":"int","default":1}}"#)),
        ),
        ("avsc", record(one), record(r#"{"name":"a","type":"long"}"#)),
        ("avsc", record(r#"{"name":"a","type":"long"}"#), record(one)),
        (
            "avsc",
            record(one),
            record(r#"{"name":"c","type":"int","aliases":["a"]}"#),
        ),
        (
            "json",
            object(a),
            object(r#","properties":{"a":{"type":"number"}}"#),
        ),
        (
            "json",
            object(a),
            object(r#","properties":{"a":{"type":"string"},"b":{"type":"string"}}"#),
        ),
        (
            "json",
            object(&format!("{a},\"required\":[\"a\"]")),
            object(a),
        ),
        (
            "json",
            object(a),
            object(&format!("{a},\"required\":[\"a\"]")),
        ),
        (
            "json",
            object(r#","properties":{"a":{"type":"integer"}}"#),
            object(r#","properties":{"a":{"type":"number"}}"#),
        ),
    ];
    let url = registry();
    for (index, (suffix, old, new)) in cases.iter().enumerate() {
        let [old_name, new_name] = ["old", "new"].map(|name| format!("{name}.{suffix}"));
        let home = home(&[(&old_name, old), (&new_name, new)]);
        let subject = subject(&format!("verdict-{index}"));
        let _ = at(&home, url, &["register", &subject, &old_name, "--yes"]).exits(0);
        let output = at(
            &home,
            url,
            &[
                "check",
                &new_name,
                "--against",
                &format!("registry:{subject}"),
                "-o",
                "json",
            ],
        );
        let check = json(&output);
        assert_eq!(
            check["check"]["registry"]["agrees"], true,
            "{old} {new} {check:#}"
        );
    }
}

#[test]
fn who_asks_is_said_and_never_shown() {
    let stub = Stub::new(&[("GET /r/subjects", 200, "[\"a\"]")]);
    let home = Home::new();
    let url = format!("http://me:s3cret@{}/r/", stub.address());
    let output = at(&home, &url, &["list", "--brief", "-o", "csv"]).exits(0);
    assert_eq!(output.text(), "subject\na\n");
    let asked = stub.asked();
    assert!(
        asked[0]
            .headers
            .contains(&"authorization: basic bwu6cznjcmv0".to_owned()),
        "{asked:?}"
    );
    let token = [
        "list",
        "--brief",
        "-X",
        "schema.registry.bearer.auth.token=abc",
    ];
    let _ = at(&home, &format!("{}/r", stub.url()), &token).exits(0);
    assert!(
        stub.asked()[1]
            .headers
            .contains(&"authorization: bearer abc".to_owned())
    );

    let denied = Stub::new(&[("GET /subjects", 401, "")]);
    let url = format!("http://me:s3cret@{}", denied.address());
    let output = at(&home, &url, &["list"]).exits(3);
    says(&output, "status 401");
    assert!(!output.stderr.contains("s3cret"));
}

#[test]
fn a_registry_that_is_busy_is_asked_again_and_one_that_is_gone_is_named() {
    let stub = Stub::new(&[
        ("GET /subjects", 503, "busy"),
        ("GET /subjects", 429, ""),
        ("GET /subjects", 200, "[]"),
    ]);
    let home = Home::new();
    let traced = at(&home, &stub.url(), &["list", "-vv"]).exits(0);
    assert_eq!(stub.asked().len(), 3);
    says(&traced, "<- GET /subjects\n");
    says(&traced, "-> 503, 4 bytes\n");
    let gone = at(&home, "http://127.0.0.1:1", &["list", "--timeout", "1s"]).exits(3);
    says(&gone, "http://127.0.0.1:1");
    says(
        &at(&home, "127.0.0.1:1", &["list"]).exits(2),
        "http://host:port",
    );
    let html = Stub::new(&[("GET /subjects", 200, "<html>")]);
    says(&at(&home, &html.url(), &["list"]).exits(3), "not JSON");
}

#[test]
fn guids_messages_and_disagreement_are_shown() {
    let guid = "6a537bd5-3df9-41e4-9d2b-e6e3a1f10dc1";
    let schema = V1.replace('\n', "").replace('"', "\\\"");
    let version =
        format!(r#"{{"subject":"s","version":1,"id":7,"guid":"{guid}","schema":"{schema}"}}"#);
    let stub = Stub::new(&[
        (
            "GET /schemas/guids/",
            200,
            &format!(r#"{{"schema":"{schema}","schemaType":"AVRO"}}"#),
        ),
        ("GET /subjects/s/versions/1", 200, &version),
        ("GET /subjects/s/versions", 200, "[1]"),
        ("GET /config/s", 200, r#"{"compatibilityLevel":"FORWARD"}"#),
        (
            "POST /compatibility/subjects/s/versions/latest?verbose=true",
            200,
            r#"{"is_compatible":false,"messages":["because I say so"]}"#,
        ),
    ]);
    let home = orders();
    let got = at(&home, &stub.url(), &["get", guid, "-o", "json"]).exits(0);
    assert_eq!(json(&got)["guid"], guid);
    // Asked once for all time.
    let before = stub.asked().len();
    let _ = at(&home, &stub.url(), &["get", guid]).exits(0);
    assert_eq!(stub.asked().len(), before);
    // FORWARD lets v3 in; the stub does not.
    let output = at(
        &home,
        &stub.url(),
        &["check", "v3.avsc", "--against", "registry:s"],
    )
    .exits(1);
    let asked = stub.asked();
    let question = asked.iter().find(|one| one.line.starts_with("POST"));
    assert!(question.unwrap().body.contains("currency"), "{asked:?}");
    let text = output.text();
    for part in [
        "the registry says: incompatible",
        "because I say so",
        "the registry says incompatible, evctl says compatible by FORWARD",
        "fails FORWARD (the subject s): the registry refuses it",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

/// A registry with one version of subject `s`, V1, and this answer to who asks whether another fits.
fn that_judges(level: &str, status: u16, said: &str) -> Stub {
    let schema = V1.replace('\n', "").replace('"', "\\\"");
    let version = format!(r#"{{"subject":"s","version":1,"id":7,"schema":"{schema}"}}"#);
    let level = format!(r#"{{"compatibilityLevel":"{level}"}}"#);
    Stub::new(&[
        ("GET /subjects/s/versions/1", 200, &version),
        ("GET /subjects/s/versions", 200, "[1]"),
        ("GET /config/s", 200, &level),
        ("POST /compatibility/subjects/s/versions", status, said),
        ("POST /subjects/s/versions", 200, r#"{"id":8}"#),
        (
            "POST /subjects/s?",
            404,
            r#"{"error_code":40403,"message":"no"}"#,
        ),
    ])
}

#[test]
fn a_registry_that_takes_no_such_schema_has_the_last_word() {
    let said = r#"{"error_code":42201,"message":"Invalid schema"}"#;
    let stub = || that_judges("BACKWARD", 422, said);
    let home = orders();
    let check = ["check", "v2.avsc", "--against", "registry:s"];
    let output = at(&home, &stub().url(), &check).exits(1);
    for part in ["      Invalid schema\n", "the registry refuses it"] {
        assert!(output.text().contains(part), "{part}\n{}", output.text());
    }
    // By another mode than its own it is not asked.
    let other = [&check[..], &["--mode", "forward"]].concat();
    let output = at(&home, &stub().url(), &other).exits(0);
    for part in ["it judges by BACKWARD", "passes FORWARD (--mode)"] {
        assert!(output.text().contains(part), "{part}\n{}", output.text());
    }
}

#[test]
fn a_registry_that_cannot_judge_does_not_hide_what_we_find() {
    let said = r#"{"error_code":50001,"message":"I choke"}"#;
    let stub = || that_judges("FORWARD", 500, said);
    let home = orders();
    let check = ["check", "v3.avsc", "--against", "registry:s"];
    let output = at(&home, &stub().url(), &check).exits(0);
    for part in [
        "the registry cannot judge it: ",
        ": I choke\n",
        "passes FORWARD (the subject s)",
    ] {
        assert!(output.text().contains(part), "{part}\n{}", output.text());
    }
    let line = ["register", "s", "v3.avsc", "--yes"];
    let output = at(&home, &stub().url(), &line).exits(0);
    says(&output, "the registry cannot judge it");
    let wrong = ["register", "registry:s", "v3.avsc", "--yes"];
    says(
        &at(&home, &stub().url(), &wrong).exits(2),
        "name it without the prefix: s",
    );
}

#[test]
fn a_mode_asks_the_registry_about_as_many_versions_as_it_compares_with() {
    let home = orders();
    let said = r#"{"is_compatible":true}"#;
    let check = ["check", "v3.avsc", "--against", "registry:s"];
    for (level, path) in [
        ("BACKWARD", "/versions/latest?"),
        ("FULL", "/versions/latest?"),
        ("FORWARD", "/versions/latest?"),
        ("BACKWARD_TRANSITIVE", "/versions?"),
    ] {
        let stub = that_judges(level, 200, said);
        // Only FORWARD lets it in; that the registry does changes nothing.
        let exits = i32::from(level != "FORWARD");
        let reports = ["--report", "junit=out.xml", "--report", "github"];
        let output = at(&home, &stub.url(), &[&check[..], &reports].concat()).exits(exits);
        let asked = stub.asked();
        let question = asked.iter().find(|one| one.line.starts_with("POST"));
        assert!(question.unwrap().line.contains(path), "{level}: {asked:?}");
        let differs = "the registry says compatible, evctl says incompatible by";
        assert_eq!(
            output.text().contains(differs),
            exits == 1,
            "{}",
            output.text()
        );
        assert_eq!(
            output.stderr.contains(differs),
            exits == 1,
            "{}",
            output.stderr
        );
    }
    // A refusal without a change to blame is in the reports as well.
    let stub = that_judges(
        "FORWARD",
        200,
        r#"{"is_compatible":false,"messages":["no"]}"#,
    );
    let reports = ["--report", "junit=out.xml", "--report", "sarif=out.sarif"];
    let _ = at(&home, &stub.url(), &[&check[..], &reports].concat()).exits(1);
    for report in ["out.xml", "out.sarif"] {
        assert!(
            home.read(report).contains("the registry refuses it: no"),
            "{report}"
        );
    }
}

#[test]
fn an_answer_of_any_length_is_refused_and_not_repeated() {
    let long = format!("\"{}\"", "x".repeat(1 << 20));
    let complaint = format!("{{\"error_code\":50001,\"message\":{long}}}");
    let nested = format!("[{}[]]", "[],".repeat(6 << 20));
    for (line, status, body) in [
        ("GET /subjects", 200, &nested),
        ("GET /subjects", 200, &long),
        ("GET /subjects", 200, &format!("[{long}, 1]")),
        ("GET /subjects", 500, &complaint),
        ("GET /subjects", 403, &complaint),
    ] {
        let stub = Stub::new(&[(line, status, body)]);
        let said = at(&Home::new(), &stub.url(), &["list"]).exits(3);
        assert!(said.stderr.len() < 10_000, "{}", said.stderr.len());
    }
}

#[test]
fn a_subject_without_versions_is_no_subject_without_differences() {
    let home = Home::new();
    home.write("a.avsc", "\"string\"");
    let stub = Stub::new(&[
        ("GET /subjects/s/versions", 200, "[]"),
        (
            "GET /config/s",
            200,
            "{\"compatibilityLevel\":\"FULL_TRANSITIVE\"}",
        ),
    ]);
    for arguments in [
        &["diff", "registry:s@all", "a.avsc"][..],
        &["check", "a.avsc", "--against", "registry:s@all"],
        &["register", "s", "a.avsc", "--yes"],
    ] {
        let said = at(&home, &stub.url(), arguments).exits(3);
        assert!(
            said.stderr.contains("it lists no version of \"s\""),
            "{}",
            said.stderr
        );
    }
}

#[test]
fn an_answer_to_another_question_is_an_error_that_names_both() {
    let schema = r#""schema":"\"string\"""#;
    let guid = "6a537bd5-3df9-41e4-9d2b-e6e3a1f10dc1";
    let other = format!(r#"{{"guid":"{}",{schema}}}"#, guid.replace('6', "7"));
    let home = Home::new();
    for (line, answer, arguments, names) in [
        (
            "GET /subjects/s/versions/1",
            format!(r#"{{"subject":"s","version":2,"id":7,{schema}}}"#),
            "s@1",
            ["version 2", "not 1"],
        ),
        (
            "GET /subjects/s/versions/latest",
            format!(r#"{{"subject":"t","version":1,"id":7,{schema}}}"#),
            "s",
            ["subject \"t\"", "not \"s\""],
        ),
        (
            "GET /schemas/ids/7",
            format!(r#"{{"id":8,{schema}}}"#),
            "7",
            ["id 8", "not 7"],
        ),
        (
            "GET /schemas/guids/",
            other,
            guid,
            ["\"7a537bd5", "not \"6a537bd5"],
        ),
    ] {
        let stub = Stub::new(&[(line, 200, &answer)]);
        // What is wrong is not kept either.
        for _ in 0..2 {
            let said = at(&home, &stub.url(), &["get", arguments]).exits(3);
            assert!(said.stdout.is_empty());
            names.iter().for_each(|name| says(&said, name));
        }
    }
    // The default context has a name of its own, and a subject may stand in for another one.
    let alias = Stub::new(&[
        ("GET /config/s", 200, r#"{"alias":"t"}"#),
        (
            "GET /subjects/s/",
            200,
            &format!(r#"{{"subject":":.:t","version":1,"id":7,{schema}}}"#),
        ),
    ]);
    let got = at(&home, &alias.url(), &["get", "s"]).exits(0);
    assert_eq!(got.text(), "\"string\"\n");
}

/// An answer with a schema that refers to `count` others that nobody has asked for yet.
fn referring(count: usize) -> String {
    let references = (0..count).map(|n| {
        format!(r#"{{"name":"r{{count}}_{n}.proto","subject":"r{{count}}_{n}","version":1}}"#)
    });
    let references: Vec<String> = references.collect();
    format!(
        r#"{{"schemaType":"PROTOBUF","schema":"syntax = \"proto3\";","references":[{}]}}"#,
        references.join(",")
    )
}

#[test]
fn the_references_of_a_schema_are_counted_and_their_time_is_limited() {
    let home = Home::new();
    home.write("a.proto", "syntax = \"proto3\";");
    let (every, one) = (referring(20), referring(1_001));
    let endless = [("GET /subjects/", 200, &*every)];
    let wide = [
        ("GET /subjects/s/", 200, &*one),
        ("GET /subjects/", 200, &referring(0)),
    ];
    for (answers, arguments) in [
        (&endless[..], &["get", "s", "--into", "out"][..]),
        (&wide, &["diff", "registry:s", "a.proto"]),
    ] {
        let stub = Stub::new(answers);
        let said = at(&home, &stub.url(), arguments).exits(2);
        says(&said, "leads to more than 1000 others");
        says(&said, "subject \"r");
        // The schema itself, and 1,000 others.
        assert_eq!(stub.asked().len(), 1_001);
    }
    for arguments in [
        &["get", "s", "--into", "out"][..],
        &["diff", "registry:s", "a.proto"],
        &["register", "s", "a.proto", "--reference", "b.proto=b@1"],
    ] {
        let stub = Stub::new(&endless);
        let limited = [arguments, &["--timeout", "50ms"]].concat();
        let said = at(&home, &stub.url(), &limited).exits(3);
        says(&said, "within 0.05 s");
        assert!(stub.asked().len() < 1_000, "{}", stub.asked().len());
    }
}

#[test]
fn another_schema_is_not_registered_already() {
    let home = Home::new();
    home.write("a.avsc", r#"{"type":"record","name":"A","fields":[]}"#);
    for (answer, says_both) in [
        (r#"{"schema":"\"string\""}"#, ["\"s@0\"", "not \"a.avsc\""]),
        (
            r#"{"version":3,"schema":"{\"type\":\"record\",\"name\":\"A\",\"fields\":[{\"name\":\"x\",\"type\":\"int\",\"default\":1}]}"}"#,
            ["\"s@3\"", "not \"a.avsc\""],
        ),
        (
            r#"{"schemaType":"JSON","schema":"{}"}"#,
            ["type JSON", "not AVRO"],
        ),
        (
            r#"{"subject":"t","schema":"\"string\""}"#,
            ["subject \"t\"", "not \"s\""],
        ),
    ] {
        let stub = Stub::new(&[("POST /subjects/s?", 200, answer)]);
        let said = at(&home, &stub.url(), &["register", "s", "a.avsc", "--yes"]).exits(3);
        assert!(said.stdout.is_empty());
        says_both.iter().for_each(|name| says(&said, name));
    }
    // Another layout, and no documentation, are the same schema.
    let written = r#"{"version":1,"id":7,"schema":"{ \"name\": \"A\", \"type\": \"record\", \"doc\": \"d\", \"fields\": [] }"}"#;
    let stub = Stub::new(&[("POST /subjects/s?", 200, written)]);
    let said = at(&home, &stub.url(), &["register", "s", "a.avsc", "--yes"]).exits(0);
    says(&said, "already registered");
}

#[test]
fn a_line_break_in_a_name_begins_no_line_on_standard_error() {
    let home = Home::new();
    let forged = |said: &Output| {
        let lines: Vec<&str> = said.stderr.lines().collect();
        let is_forged = |line: &&str| line.starts_with("forged");
        assert!(!lines.iter().any(is_forged), "{}", said.stderr);
        assert!(said.stderr.contains("\\nforged"), "{}", said.stderr);
    };
    let stub = Stub::new(&[("GET /subjects", 200, r#"["a\nforged\u0007"]"#)]);
    forged(&at(&home, &stub.url(), &["list"]));
    let schema = r#"{"subject":"a\nforged","version":1,"id":1,"schema":"\"string\""}"#;
    let stub = Stub::new(&[("GET /subjects/", 200, schema)]);
    let got = at(&home, &stub.url(), &["get", "a\nforged", "--into", "out"]);
    forged(&got.exits(0));
    let arguments = ["diff", "b\nforged.avsc", "b\nforged.avsc"];
    forged(&at(&home, &stub.url(), &arguments).exits(4));
}
