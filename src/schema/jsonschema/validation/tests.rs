//! Each error, and its nearest neighbour that is none.

use super::{super::parse, pattern, validation_errors};
use crate::schema::Source;

fn found(text: &str) -> Vec<String> {
    let schema = parse(&Source::new("a.json", text), &[]);
    let schema = schema.unwrap_or_else(|error| panic!("{error}\n{text}"));
    let all = validation_errors(&schema);
    all.iter()
        .map(|error| {
            format!(
                "{} {} {}",
                error.location.pointer, error.location.at, error.message
            )
        })
        .collect()
}

/// One error, at this pointer, with this in it; and the metaschema finds one as well.
fn one(text: &str, pointer: &str, message: &str) {
    let all = found(text);
    assert_eq!(all.len(), 1, "{all:?}\n{text}");
    assert!(
        all[0].starts_with(&format!("{pointer} ")),
        "{all:?}\n{text}"
    );
    assert!(all[0].contains(message), "{all:?}");
    assert!(!valid(text), "{text}");
}

fn none(text: &str) {
    assert_eq!(found(text), Vec::<String>::new(), "{text}");
}

/// Whether the metaschema accepts it.
fn valid(text: &str) -> bool {
    let schema: serde_json::Value = serde_json::from_str(text).expect("JSON");
    match schema.get("$schema") {
        Some(_) => jsonschema::meta::is_valid(&schema),
        None => jsonschema::draft7::meta::is_valid(&schema),
    }
}

const DRAFTS: [&str; 5] = [
    "http://json-schema.org/draft-04/schema#",
    "http://json-schema.org/draft-06/schema#",
    "http://json-schema.org/draft-07/schema#",
    "https://json-schema.org/draft/2019-09/schema",
    "https://json-schema.org/draft/2020-12/schema",
];

#[test]
fn types_of_keywords() {
    assert_eq!(
        found("{\"properties\": {\n  \"a\": {\"required\": true}}}"),
        ["/properties/a/required 2:21 \"required\" must be an array of names, not a boolean"]
    );
    for draft in DRAFTS {
        let with = |rest: &str| format!(r#"{{"$schema":"{draft}",{rest}}}"#);
        for (rest, pointer) in [
            (r#""title":5"#, "/title"),
            (r#""description":{}"#, "/description"),
            (r#""minLength":"5""#, "/minLength"),
            (r#""maximum":"5""#, "/maximum"),
            (r#""exclusiveMinimum":"5""#, "/exclusiveMinimum"),
            (r#""uniqueItems":1"#, "/uniqueItems"),
            (r#""enum":"A""#, "/enum"),
            (r#""pattern":1"#, "/pattern"),
            (r#""required":"a""#, "/required"),
            (r#""allOf":[]"#, "/allOf"),
            (r#""items":[]"#, "/items"),
            (r#""definitions":{"a":[]}"#, "/definitions/a"),
        ] {
            let text = with(rest);
            if parse(&Source::new("a.json", &text), &[]).is_ok() {
                one(&text, pointer, "must");
            }
        }
        none(&with(
            r#""title":"t","minLength":5,"maximum":5,"uniqueItems":true,"enum":["A"],"required":["a"],
            "allOf":[{}],"items":{},"definitions":{"a":{}},"default":5,"x":{"required":5}"#,
        ));
    }
}

#[test]
fn values_of_keywords() {
    one(
        r#"{"minLength":-1}"#,
        "/minLength",
        "must not be less than 0, it is \"-1\"",
    );
    one(
        r#"{"minLength":1.5}"#,
        "/minLength",
        "must be a whole number",
    );
    none(r#"{"minLength":1.0,"maxLength":0}"#);
    one(r#"{"multipleOf":0}"#, "/multipleOf", "greater than 0");
    one(r#"{"multipleOf":-0.5}"#, "/multipleOf", "greater than 0");
    none(r#"{"multipleOf":0.01}"#);
    none(r#"{"multipleOf":1e-5}"#);
    one(
        r#"{"required":["a","b","a"]}"#,
        "/required/2",
        "\"a\" is there twice",
    );
    one(
        r#"{"required":["a",1]}"#,
        "/required/1",
        "item 2 of \"required\" must be a string",
    );
    none(r#"{"required":[]}"#);
    one(
        r#"{"dependencies":{"a":["b","b"]}}"#,
        "/dependencies/a/1",
        "\"b\" is there twice",
    );
    none(r#"{"dependencies":{"a":["b"],"c":{}}}"#);
}

#[test]
fn what_only_some_drafts_refuse() {
    let four = |rest: &str| format!(r#"{{"$schema":"{}",{rest}}}"#, DRAFTS[0]);
    none(&four(r#""minimum":1,"exclusiveMinimum":true"#));
    none(&four(r#""required":[]"#));
    none(&four(r#""const":1,"examples":5,"readOnly":5"#));
    one(r#"{"examples":5}"#, "/examples", "an array");
    let twenty = |rest: &str| format!(r#"{{"$schema":"{}",{rest}}}"#, DRAFTS[4]);
    one(
        &twenty(r#""prefixItems":{}"#),
        "/prefixItems",
        "an array of schemas",
    );
    none(&twenty(r#""prefixItems":[{}]"#));
    none(r#"{"prefixItems":{}}"#);
    one(
        &twenty(r#""dependentRequired":{"a":"b"}"#),
        "/dependentRequired/a",
        "an array of names",
    );
    none(&twenty(r#""dependentRequired":{"a":["b"]}"#));
}

#[test]
fn data_is_no_schema() {
    none(
        r#"{"const":{"required":1},"enum":[{"title":1}],"default":{"type":1},"examples":[{"type":1}]}"#,
    );
    none(r#"{"properties":{"required":{"type":"boolean"},"title":{}}}"#);
}

#[test]
fn places() {
    one(
        r#"{"properties":{"a/b":{"items":[{},{"anyOf":[{"title":1}]}]}}}"#,
        "/properties/a~1b/items/1/anyOf/0/title",
        "\"title\" must be a string",
    );
    one(
        r#"{"oneOf":[5]}"#,
        "/oneOf/0",
        "item 1 of \"oneOf\" must be a schema, not a number",
    );
}

#[test]
fn patterns() {
    let of = |pattern: &str| found(&format!(r#"{{"type":"string","pattern":"{pattern}"}}"#));
    assert_eq!(
        of("(a"),
        ["/pattern 1:28 pattern \"(a\" is no regular expression: a \"(\" is not closed"]
    );
    assert!(of("(a)").is_empty());
    let twice = found(r#"{"type":"object","patternProperties":{"[a":{}}}"#);
    assert_eq!(twice.len(), 1, "{twice:?}");
    assert!(
        twice[0].starts_with("/patternProperties/[a 1:39 "),
        "{twice:?}"
    );
    // Nobody reads it there.
    none(r#"{"x":{"pattern":"(a"}}"#);
    for bad in ["a)", "((a)", "[a", "*a", "+", "?", "a\\", "(a\\)"] {
        assert!(pattern::wrong(bad).is_some(), "{bad}");
        assert!(regex::Regex::new(bad).is_err(), "{bad}");
    }
    for unsure in [
        "", "^a*$", "(a|b)+", "[)]", "[](]", "\\(", "\\Q(\\E", "(?x) # (", "\\c(", "a{1",
        "(?<n>a)", "[a[b]]", "a]",
    ] {
        assert_eq!(pattern::wrong(unsure), None, "{unsure}");
    }
}

#[test]
fn large_schemas_end_soon() {
    let fields: Vec<_> = (0..50_000)
        .map(|index| format!(r#""f{index}":{{"type":"string","minLength":1,"title":"t"}}"#))
        .collect();
    none(&format!(
        r#"{{"type":"object","properties":{{{}}}}}"#,
        fields.join(",")
    ));
}

#[test]
fn deep_schemas() {
    let deep = |inner: &str| {
        format!(
            "{}{inner}{}",
            r#"{"items":[{"not":"#.repeat(80),
            "}]}".repeat(80)
        )
    };
    none(&deep("{}"));
    let all = found(&deep(r#"{"title":1}"#));
    assert_eq!(all.len(), 1, "{all:?}");
    let pointer = format!("{}/title ", "/items/0/not".repeat(80));
    assert!(all[0].starts_with(&pointer), "{all:?}");
}
