//! Schemas that are meant to break what reads them: an answer or an error, soon, and no crash.

use std::time::{Duration, Instant};

use super::*;

/// A build for tests is slower, and so is a machine that does other things as well.
const SOON: Duration = Duration::from_secs(20);

#[track_caller]
fn answers(files: &[(&str, &str)], line: &[&str], exits: i32) -> Output {
    let home = home(files);
    let begun = Instant::now();
    let output = schema(&home, line).run().exits(exits);
    assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
    output
}

#[test]
fn deep_nesting_is_an_error_with_its_place() {
    let deep = format!("{}{}", "{\"items\":".repeat(10_000), "}".repeat(10_000));
    for name in ["a.avsc", "a.json"] {
        let output = answers(&[(name, &deep)], &["diff", name, name], 2);
        says(&output, "nested deeper");
    }
    let proto = format!(
        "syntax = \"proto3\";\n{}{}",
        "message A { ".repeat(10_000),
        "}".repeat(10_000)
    );
    let _ = answers(&[("a.proto", &proto)], &["diff", "a.proto", "a.proto"], 2);
}

#[test]
fn a_chain_of_ten_thousand_types_is_compared() {
    let mut fields = String::from("\"string\"");
    let mut types = Vec::new();
    for number in 0..10_000 {
        let next = if number == 9_999 {
            "\"string\"".to_owned()
        } else {
            format!("\"R{}\"", number + 1)
        };
        types.push(format!(r#"{{"type":"record","name":"R{number}","fields":[{{"name":"n","type":["null",{next}]}}]}}"#));
        fields.clear();
    }
    let chain = format!("[{}]", types.join(","));
    let _ = answers(&[("a.avsc", &chain)], &["diff", "a.avsc", "a.avsc"], 0);
    let defs: Vec<String> = (0..10_000)
        .map(|number| {
            format!(
                r##""d{number}":{{"properties":{{"n":{{"$ref":"#/definitions/d{}"}}}}}}"##,
                (number + 1) % 10_000
            )
        })
        .collect();
    let cycle = format!(
        r##"{{"definitions":{{{}}},"$ref":"#/definitions/d0"}}"##,
        defs.join(",")
    );
    let _ = answers(&[("a.json", &cycle)], &["diff", "a.json", "a.json"], 0);
}

#[test]
fn a_schema_of_fifty_megabytes_is_answered() {
    let long = format!(
        r#"{{"type":"record","name":"A","doc":"{}","fields":[]}}"#,
        "x".repeat(50 << 20)
    );
    let _ = answers(&[("a.avsc", &long)], &["diff", "a.avsc", "a.avsc"], 0);
    let long = format!(r#"{{"title":"{}"}}"#, "x".repeat(50 << 20));
    let said = answers(&[("a.json", &long)], &["diff", "a.json", "a.json"], 2);
    says(&said, "a.json:1:1: the schema has more than 50 MB");
    let mut symbols: Vec<String> = (0..200_000)
        .map(|number| format!("\"S{number}\""))
        .collect();
    let old = format!(
        r#"{{"type":"enum","name":"E","symbols":[{}]}}"#,
        symbols.join(",")
    );
    symbols.reverse();
    let new = format!(
        r#"{{"type":"enum","name":"E","symbols":[{}]}}"#,
        symbols.join(",")
    );
    let _ = answers(
        &[("a.avsc", &old), ("b.avsc", &new)],
        &["diff", "a.avsc", "b.avsc"],
        0,
    );
}

#[test]
fn a_hostile_pattern_does_not_hang() {
    let schema = |pattern: &str| format!(r#"{{"type":"string","pattern":"{pattern}"}}"#);
    let old = schema("^(a+)+$");
    let new = schema("^((a|a)*)*b(?=c)$");
    let _ = answers(
        &[("a.json", &old), ("b.json", &new)],
        &["diff", "a.json", "b.json"],
        0,
    );
}

#[test]
fn fifty_thousand_fields_that_all_changed_are_told_and_the_first_are_proved() {
    let fields = |kind: &str| {
        let each = (0..50_000).map(|n| format!(r#"{{"name":"f{n}","type":"{kind}"}}"#));
        let each: Vec<String> = each.collect();
        format!(
            r#"{{"type":"record","name":"R","fields":[{}]}}"#,
            each.join(",")
        )
    };
    let messages = |kind: &str| {
        let each = (0..50_000).map(|n| format!("{kind} f{n} = {};\n", n + 20_000));
        let each: String = each.collect();
        format!("syntax = \"proto3\"; message M {{ {each} }}")
    };
    let avro = [fields("int"), fields("string")];
    let proto = [messages("int32"), messages("string")];
    for (suffix, [old, new]) in [("avsc", avro), ("proto", proto)] {
        let names = [format!("old.{suffix}"), format!("new.{suffix}")];
        let files = [(&*names[0], &*old), (&*names[1], &*new)];
        let line = ["diff", &names[0], &names[1], "-o", "json"];
        let found = json(&answers(&files, &line, 0));
        let changes = found["changes"].as_array().unwrap();
        assert!(changes.len() >= 50_000, "{}", changes.len());
        assert!(changes[0]["witness"].is_string(), "{}", changes[0]);
    }
}
