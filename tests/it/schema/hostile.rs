//! Schemas that are meant to break what reads them: an answer or an error, soon, and no crash.

use std::time::{Duration, Instant};

use super::*;

/// A build for tests is slower, and so is a machine that does other things as well. What grows with
/// the square of these schemas takes minutes.
const SOON: Duration = Duration::from_secs(60);

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

/// Definitions d0 to dN, each made of references to the next one, and a string or an integer at the
/// end.
fn levels(count: usize, end: &str, level: impl Fn(&str) -> String) -> String {
    let each = (0..count).map(|n| {
        let next = format!(r##"{{"$ref":"#/definitions/d{}"}}"##, n + 1);
        format!(r#""d{n}":{},"#, level(&next))
    });
    let each: String = each.collect();
    format!(
        r##"{{"definitions":{{{each}"d{count}":{{"type":"{end}"}}}},"$ref":"#/definitions/d0"}}"##
    )
}

#[test]
fn shared_definitions_are_compared_once_in_bounded_memory() {
    let doubled = |keyword: &'static str| {
        move |next: &str| {
            format!(r#"{{"{keyword}":[{next},{next},{{"title":"t","{keyword}":[{next}]}}]}}"#)
        }
    };
    let below = |next: &str| {
        let object = |name: &str| format!(r#"{{"properties":{{"a":{next},"{name}":{{}}}}}}"#);
        format!(r#"{{"anyOf":[{},{}]}}"#, object("b"), object("c"))
    };
    let items = |next: &str| format!(r#"{{"items":[{next},{next}]}}"#);
    let pair =
        |level: &dyn Fn(&str) -> String| ["string", "integer"].map(|end| levels(40, end, level));
    for [old, new] in [
        pair(&doubled("oneOf")),
        pair(&doubled("allOf")),
        pair(&doubled("anyOf")),
        pair(&below),
        pair(&items),
    ] {
        let home = home(&[("old.json", &old), ("new.json", &new)]);
        let line = ["diff", "old.json", "new.json", "-o", "json"];
        let begun = Instant::now();
        let output = schema(&home, &line)
            .within("ulimit -v 2000000 && exec \"$0\" \"$@\"")
            .run()
            .exits(0);
        assert!(begun.elapsed() < SOON, "{:?}", begun.elapsed());
        assert_eq!(json(&output)["modes"]["FULL"]["compatible"], false, "{old}");
    }
}

#[test]
fn more_ways_to_combine_schemas_than_anybody_waits_for_are_an_error() {
    let parts = |count: usize, end: &str| {
        let each = (0..count).map(|n| {
            let others = (0..count).filter(|m| *m != n);
            let others = others.map(|m| format!(r##"{{"$ref":"#/definitions/d{m}"}},"##));
            let others: String = others.collect();
            format!(r#""d{n}":{{"oneOf":[{others}{{"type":"{end}"}}]}},"#)
        });
        let each: String = each.collect();
        format!(r##"{{"definitions":{{{each}"e":{{}}}},"$ref":"#/definitions/d0"}}"##)
    };
    let files = [
        ("old.json", parts(200, "string")),
        ("new.json", parts(200, "integer")),
    ];
    let files = files.each_ref().map(|(name, text)| (*name, text.as_str()));
    for rules in ["confluent", "semantic"] {
        let line = ["diff", "old.json", "new.json", "--rules", rules];
        let output = answers(&files, &line, 2);
        says(
            &output,
            "new.json cannot be compared: too many ways to combine",
        );
    }
}
