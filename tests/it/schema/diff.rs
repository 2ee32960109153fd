//! `schema diff`: changes, modes, places, names of schemas.

use super::*;

#[test]
fn every_mode_is_judged_with_the_versions_it_is_about() {
    let home = orders();
    let diff = json(
        &schema(
            &home,
            &["diff", "v1.avsc", "v2.avsc", "v3.avsc", "-o", "json"],
        )
        .run(),
    );
    assert_eq!(diff["kind"], "evctl.schema-diff/1");
    assert_eq!(diff["format"], "avro");
    let mode = |name: &str| {
        (
            diff["modes"][name]["compatible"].as_bool().unwrap(),
            diff["modes"][name]["against"].clone(),
        )
    };
    let [last, all] = [
        serde_json::json!(["v2.avsc"]),
        serde_json::json!(["v1.avsc", "v2.avsc"]),
    ];
    assert_eq!(mode("BACKWARD"), (false, last.clone()));
    assert_eq!(mode("BACKWARD_TRANSITIVE"), (false, all.clone()));
    assert_eq!(mode("FORWARD"), (true, last));
    assert_eq!(mode("FORWARD_TRANSITIVE"), (true, all));
    assert!(!mode("FULL").0);
    assert_eq!(mode("NONE"), (true, serde_json::json!([])));
    assert_eq!(diff["advice"]["upgrade_order"], "producers-first");
    let change = change(&diff, "avro/reader-field-missing-default");
    assert_eq!(
        change["registry_type"],
        "READER_FIELD_MISSING_DEFAULT_VALUE"
    );
    assert_eq!(change["path"], "/fields/2");
    assert_eq!(change["message"], "currency");
    assert_eq!(change["breaks"], serde_json::json!(["new_consumers"]));
    assert_eq!(
        change["versions"],
        serde_json::json!(["v2.avsc", "v1.avsc"])
    );
    assert_eq!(change["new_span"]["line"], 4);
    assert!(change["witness"].as_str().unwrap().contains("id"));
    assert!(change["fix"].as_str().unwrap().contains("default"));
}

#[test]
fn what_only_an_older_version_breaks_is_a_matter_of_transitive_modes() {
    // v1 has no `currency`; v2 has it with a default, v3 has it without: the trap of three steps.
    let with = |default: &str| {
        V3.replace(
            r#""type":"string"}"#,
            &format!(r#""type":"string"{default}}}"#),
        )
    };
    let second = V3.replace(
        r#"{"name":"currency","type":"string"}"#,
        r#"{"name":"currency","type":"string","default":"EUR"}"#,
    );
    assert_ne!(with(""), second);
    let home = home(&[("v1.avsc", V1), ("v2.avsc", &second), ("v3.avsc", V3)]);
    let diff = json(
        &schema(
            &home,
            &["diff", "v1.avsc", "v2.avsc", "v3.avsc", "-o", "json"],
        )
        .run(),
    );
    assert_eq!(diff["modes"]["BACKWARD"]["compatible"], true);
    assert_eq!(diff["modes"]["BACKWARD_TRANSITIVE"]["compatible"], false);
    let change = change(&diff, "avro/reader-field-missing-default");
    assert_eq!(change["versions"], serde_json::json!(["v1.avsc"]));
    let modes = serde_json::json!(["BACKWARD_TRANSITIVE", "FULL_TRANSITIVE"]);
    assert_eq!(change["modes"], modes);
}

#[test]
fn people_see_who_breaks_where_and_what_to_do() {
    let home = orders();
    let text = schema(&home, &["diff", "v1.avsc", "v3.avsc"]).run().ok();
    for part in [
        "BREAKS NEW CONSUMERS",
        "x avro/reader-field-missing-default  /fields/2",
        "v3.avsc:4:",
        "fix: ",
        "witness: {",
        "BACKWARD              no          v1.avsc",
        "FORWARD               yes         v1.avsc",
        "upgrade producers first",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let same = schema(&home, &["diff", "v1.avsc", "v1.avsc"]).run().ok();
    assert!(same.contains("no difference"), "{same}");
}

#[test]
fn schemas_are_found_in_commits_in_folders_and_on_standard_input() {
    let home = orders();
    git(&home, &["init", "-q"]);
    git(&home, &["add", "."]);
    git(&home, &["commit", "-qm", "one"]);
    fs::write(home.path().join("v1.avsc"), V3).unwrap();
    let diff = json(
        &schema(
            &home,
            &["diff", "git:HEAD:v1.avsc", "v1.avsc", "-o", "json"],
        )
        .run(),
    );
    assert_eq!(diff["modes"]["BACKWARD"]["compatible"], false);
    assert_eq!(diff["old"], serde_json::json!(["git:HEAD:v1.avsc"]));
    says(
        &schema(&home, &["diff", "git:HEAD:no.avsc", "v1.avsc"])
            .run()
            .exits(4),
        "no.avsc",
    );
    says(
        &schema(&home, &["diff", "git:nope:v1.avsc", "v1.avsc"])
            .run()
            .exits(4),
        "nope",
    );

    let proto = |fields: &str| {
        format!(
            "syntax = \"proto3\";\npackage shop;\nimport \"b.proto\";\nmessage A {{ B b = 1; {fields} }}\n"
        )
    };
    let b = "syntax = \"proto3\";\npackage shop;\nmessage B { string s = 1; }\n";
    for (folder, fields) in [("old", "int32 n = 2;"), ("new", "string n = 2;")] {
        fs::create_dir(home.path().join(folder)).unwrap();
        fs::write(home.path().join(folder).join("a.proto"), proto(fields)).unwrap();
        fs::write(home.path().join(folder).join("b.proto"), b).unwrap();
    }
    for names in [["old", "new"], ["old/a.proto", "new/a.proto"]] {
        let line = [&["diff"], &names[..], &["-o", "json"]].concat();
        let diff = json(&schema(&home, &line).run());
        assert_eq!(diff["format"], "protobuf");
        assert_eq!(diff["modes"]["BACKWARD"]["compatible"], false, "{diff:#}");
        assert_eq!(
            change(&diff, "protobuf/field-scalar-kind-changed")["path"],
            "#/A/2"
        );
    }
    let line = [
        "diff",
        "v2.avsc",
        "-",
        "--schema-type",
        "avro",
        "-o",
        "json",
    ];
    let diff = json(&schema(&home, &line).stdin(V2).run());
    assert_eq!(diff["changes"], serde_json::json!([]));
}

#[test]
fn what_a_schema_refers_to_is_looked_for_beside_it_or_given() {
    let order = r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"to","type":"Address"}]}"#;
    let address = |fields: &str| {
        format!(r#"{{"type":"record","name":"Address","namespace":"shop","fields":[{fields}]}}"#)
    };
    let one = r#"{"name":"street","type":"string"}"#;
    let home = home(&[
        ("old/order.avsc", order),
        ("old/Address.avsc", &address(one)),
        ("new/order.avsc", order),
        (
            "new/shop.Address.avsc",
            &address(&format!(r#"{one},{{"name":"zip","type":"string"}}"#)),
        ),
        ("alone/order.avsc", order),
        ("elsewhere.avsc", &address(one)),
    ]);
    let diff = json(
        &schema(
            &home,
            &["diff", "old/order.avsc", "new/order.avsc", "-o", "json"],
        )
        .run(),
    );
    let change = change(&diff, "avro/reader-field-missing-default");
    assert_eq!(change["new_span"]["file"], "new/shop.Address.avsc");
    let line = ["diff", "old/order.avsc", "alone/order.avsc"];
    let output = schema(&home, &line).run().exits(2);
    says(&output, "shop.Address");
    says(&output, "--reference");
    let given = [
        &line[..],
        &["--reference", "shop.Address=elsewhere.avsc", "-o", "json"],
    ]
    .concat();
    assert_eq!(
        json(&schema(&home, &given).run())["changes"],
        serde_json::json!([])
    );
}

#[test]
fn what_is_no_schema_is_told_with_its_place() {
    let home = home(&[
        ("v1.avsc", V1),
        (
            "bad.avsc",
            "{\n  \"type\": \"record\",\n  \"name\" \"Order\"\n}",
        ),
        (
            "half.proto",
            "syntax = \"proto3\";\nmessage A {\n  int32 n = ;\n}\n",
        ),
        ("a.proto", "syntax = \"proto3\";\nmessage A {}\n"),
        ("text.txt", "x"),
    ]);
    says(
        &schema(&home, &["diff", "v1.avsc", "bad.avsc"])
            .run()
            .exits(2),
        "bad.avsc:3:10: expected ':'",
    );
    says(
        &schema(&home, &["diff", "a.proto", "half.proto"])
            .run()
            .exits(2),
        "half.proto:3:",
    );
    says(
        &schema(&home, &["diff", "v1.avsc", "nowhere.avsc"])
            .run()
            .exits(4),
        "nowhere.avsc",
    );
    says(
        &schema(&home, &["diff", "v1.avsc", "text.txt"])
            .run()
            .exits(2),
        "--schema-type",
    );
    says(
        &schema(&home, &["diff", "v1.avsc"]).run().exits(2),
        "OLD NEW",
    );
    says(
        &schema(&home, &["diff", "v1.avsc", "v1.avsc", "--rules", "none"])
            .run()
            .exits(2),
        "karapace",
    );
    says(
        &schema(
            &home,
            &["diff", "v1.avsc", "v1.avsc", "--rules", "buf-wire"],
        )
        .run()
        .exits(2),
        "Protobuf",
    );
    says(
        &schema(&home, &["diff", "v1.avsc", "registry:x"])
            .run()
            .exits(2),
        "EVCTL_REGISTRY",
    );
}

#[test]
fn another_kind_of_schema_breaks_everybody() {
    let home = home(&[("v1.avsc", V1), ("v2.json", "{\"type\":\"object\"}")]);
    let diff = json(&schema(&home, &["diff", "v1.avsc", "v2.json", "-o", "json"]).run());
    assert_eq!(diff["modes"]["FORWARD"]["compatible"], false);
    assert_eq!(diff["modes"]["NONE"]["compatible"], true);
    assert_eq!(change(&diff, "schema/format-changed")["severity"], "break");
}

#[test]
fn rules_are_listed_and_explained() {
    let home = Home::new();
    let all = json(&schema(&home, &["rules", "-o", "json"]).run());
    let rules = all["rules"].as_array().unwrap();
    assert!(rules.len() > 150, "{}", rules.len());
    for rule in rules {
        for member in ["title", "why", "fix", "source"] {
            assert!(!rule[member].as_str().unwrap().is_empty(), "{rule}");
        }
    }
    let text = schema(&home, &["rules", "avro/missing-enum-symbols"])
        .run()
        .ok();
    assert!(
        text.contains("MISSING_ENUM_SYMBOLS") && text.contains("fix: "),
        "{text}"
    );
    says(
        &schema(&home, &["rules", "avro/missing-enum-symbol-s"])
            .run()
            .exits(4),
        "did you mean",
    );
}

#[test]
fn what_looks_like_another_kind_of_schema_is_told() {
    let home = home(&[("order.json", V1)]);
    let output = schema(&home, &["diff", "order.json", "order.json"]).run();
    says(&output.exits(2), "it looks like AVRO: --schema-type avro");
}

#[test]
fn a_reference_that_is_given_and_not_used_is_told() {
    let proto = |kind: &str| format!("syntax = \"proto3\"; message B {{ {kind} n = 1; }}");
    let a = "syntax = \"proto3\"; import \"b.proto\"; message A { B b = 1; }";
    let home = home(&[
        ("old/a.proto", a),
        ("old/b.proto", &proto("int32")),
        ("new/a.proto", a),
        ("new/b.proto", &proto("string")),
    ]);
    let diff = |more: &[&str]| {
        let line = [&["diff", "old/a.proto", "new/a.proto"], more].concat();
        schema(&home, &line).run().exits(0)
    };
    let output = diff(&["--reference", "b.proto=old/b.proto"]);
    says(
        &output,
        "--reference b.proto=old/b.proto takes the place of new/b.proto, which new/a.proto refers to",
    );
    let output = diff(&["--reference", "c.proto=old/b.proto"]);
    says(&output, "nothing refers to --reference c.proto=old/b.proto");
}

/// An object whose three properties refer to one definition.
fn shared(definition: &str) -> String {
    let refers = r##"{"$ref":"#/definitions/d"}"##;
    format!(
        r#"{{"definitions":{{"d":{definition}}},"type":"object","additionalProperties":false,
        "properties":{{"a":{refers},"b":{refers},"c":{{"type":"array","items":{refers}}}}}}}"#
    )
}

#[test]
fn a_change_of_a_shared_definition_is_shown_once_and_approved_once() {
    let old = shared(r#"{"type":"string","maxLength":9}"#);
    let new = shared(r#"{"type":"string","maxLength":5}"#);
    let home = home(&[("old.json", &old), ("new.json", &new)]);
    let check = |more: &[&str]| {
        let line = ["check", "new.json", "--against", "old.json"];
        schema(&home, &[&line[..], more].concat()).run()
    };
    let all = json(&check(&["-o", "json"]).exits(1));
    assert_eq!(all["changes"].as_array().unwrap().len(), 3, "{all:#}");
    let text = check(&[]).exits(1);
    assert_eq!(text.text().matches("json/max-length-decreased").count(), 1);
    let others = "also at #/properties/b/maxLength, #/properties/c/items/maxLength";
    assert!(text.text().contains(others), "{}", text.text());
    for report in ["junit", "sarif", "github"] {
        let _ = check(&["--report", &format!("{report}=out.{report}")]).exits(1);
        let found = home.read(&format!("out.{report}"));
        assert!(found.contains(others), "{found}");
    }
    let fingerprint = &all["check"]["failing"][0];
    home.write(
        "allow.toml",
        format!("[[allow]]\nfingerprint = {fingerprint}\nreason = \"r\"\n"),
    );
    let _ = check(&["--allow", "allow.toml"]).exits(0);
}

#[test]
fn types_that_look_alike_are_told_apart_by_what_changed() {
    let old = r#"{"type":"array","items":{"type":"string"}}"#;
    let new = r#"{"type":"array","items":{"type":"string"},"enum":[["a"]]}"#;
    let home = home(&[("old.json", old), ("new.json", new)]);
    let text = schema(&home, &["diff", "old.json", "new.json"]).run().ok();
    assert!(!text.contains("\"array\" -> \"array\""), "{text}");
    assert!(text.contains("now {\"enum\":[[\"a\"]]}"), "{text}");
}

#[test]
fn a_search_for_witnesses_ends_with_its_budget_and_says_so() {
    let old = shared(r#"{"type":"string","maxLength":9}"#);
    let new = shared(r#"{"type":"string","maxLength":5}"#);
    let home = home(&[("old.json", &old), ("new.json", &new)]);
    let diff = |more: &[&str]| {
        let line = [&["diff", "old.json", "new.json"], more].concat();
        schema(&home, &line).run().ok()
    };
    let none = diff(&["--witness-budget", "0s"]);
    assert!(
        none.contains("no time to look for a witness of 1 break: --witness-budget"),
        "{none}"
    );
    for enough in [diff(&["--witness-budget", "60s"]), diff(&["--no-witness"])] {
        assert!(!enough.contains("no time to look"), "{enough}");
    }
    assert!(diff(&["--witness-budget", "60s"]).contains("witness: "));
}

#[test]
fn no_order_of_upgrades_is_advised_for_versions_that_it_breaks() {
    let field = |kind: &str| V2.replace(r#"["null","string"],"default":null"#, kind);
    let home = home(&[
        ("v1.avsc", &field(r#""int","default":1"#)),
        ("v2.avsc", V1),
        ("v3.avsc", &field(r#""string","default":"""#)),
    ]);
    let text = schema(&home, &["diff", "v1.avsc", "v2.avsc", "v3.avsc"])
        .run()
        .ok();
    let advice = "from v2.avsc upgrade in any order; data and clients of older versions break";
    assert!(text.contains(advice), "{text}");
    let one = schema(&home, &["diff", "v2.avsc", "v3.avsc"]).run().ok();
    assert!(one.contains("\nupgrade in any order\n"), "{one}");
}
