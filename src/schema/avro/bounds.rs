//! Schemas made to hurt: each ends, with an answer or an error.

use std::{collections::HashSet, time::Instant};

use super::{Schema, compare, parse, witness};
use crate::schema::{Reference, Rules, Source};

fn schema(name: &str, text: &str) -> Schema {
    parse(&Source::new(name, text), &[]).unwrap_or_else(|error| panic!("{error}"))
}

/// Records in records: ten thousand names, each used by the one before.
fn chain(last: &str) -> String {
    let mut types = Vec::new();
    for index in 0..10_000 {
        let next = index + 1;
        types.push(format!(
            r#"{{"type":"record","name":"R{index}","fields":[{{"name":"a","type":"R{next}"}},{{"name":"b","type":"R{next}"}}]}}"#
        ));
    }
    types.push(format!(
        r#"{{"type":"record","name":"R10000","fields":[{{"name":"x","type":"{last}"}}]}}"#
    ));
    format!("[{}]", types.join(","))
}

fn in_time(what: &str, test: impl FnOnce()) {
    let start = Instant::now();
    test();
    let took = start.elapsed();
    assert!(took.as_secs() < 60, "{what} took {took:?}");
}

#[test]
fn long_chains_of_types_end() {
    in_time("chain", || {
        let (old, new) = (
            schema("old", &chain("int")),
            schema("new", &chain("string")),
        );
        let comparison = compare(&old, &new, Rules::Confluent);
        assert!(!comparison.backward);
        for change in comparison.changes.iter().take(20) {
            let _ = witness(&old, &new, change);
        }
    });
}

#[test]
fn a_chain_from_one_root_ends() {
    let root = |last: &str| {
        let reference = Reference {
            name: "R0".to_owned(),
            source: Source::new("chain", &chain(last)),
        };
        parse(&Source::new("root", "\"R0\""), &[reference]).unwrap()
    };
    in_time("root", || {
        let (old, new) = (root("int"), root("string"));
        let comparison = compare(&old, &new, Rules::Confluent);
        assert!(!comparison.backward);
        assert_eq!(comparison.changes.len(), 1);
        assert_eq!(witness(&old, &new, &comparison.changes[0]), None);
    });
}

#[test]
fn wide_unions_of_everything_end() {
    let union = |ty: &str| {
        let names = |index: usize| format!("R{}", index % 300);
        let record = |index: usize| {
            let fields = (0..20).map(|field| {
                let branches =
                    (0..20).map(|step| format!("\"{}\"", names(index + field * step + step)));
                let branches: HashSet<_> = branches.collect();
                let branches: Vec<_> = branches.into_iter().collect();
                format!(
                    r#"{{"name":"f{field}","type":["{ty}",{}]}}"#,
                    branches.join(",")
                )
            });
            let fields: Vec<_> = fields.collect();
            let fields = fields.join(",");
            format!(r#"{{"type":"record","name":"R{index}","fields":[{fields}]}}"#)
        };
        let records: Vec<_> = (0..300).map(record).collect();
        format!("[{}]", records.join(","))
    };
    let texts = (union("int"), union("string"));
    in_time("unions", || {
        let (old, new) = (schema("old", &texts.0), schema("new", &texts.1));
        for rules in [Rules::Confluent, Rules::Semantic] {
            assert!(!compare(&old, &new, rules).backward);
        }
    });
}

#[test]
fn a_schema_too_large_for_any_registry_is_refused() {
    let types = vec!["\"int\""; 400_000].join(",");
    in_time("refusal", || {
        let error = parse(&Source::new("x", &format!("[{types}]")), &[]).unwrap_err();
        let message = "more than 300000 types, fields, symbols and aliases";
        assert_eq!(error.message, message);
    });
}

#[test]
fn a_field_of_everything_ends() {
    let fields = |prefix: &str, ty: &str| {
        let fields = (0..30_000).map(|index| {
            format!(
                r#"{{"name":"{prefix}{index}","type":"{ty}","aliases":["x{index}"],"p{index}":1}}"#
            )
        });
        let fields = fields.collect::<Vec<_>>().join(",");
        format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)
    };
    for (old, new) in [
        (fields("a", "int"), fields("a", "string")),
        (fields("a", "int"), fields("b", "int")),
    ] {
        in_time("fields", || {
            let (old, new) = (schema("old", &old), schema("new", &new));
            assert!(!compare(&old, &new, Rules::Confluent).changes.is_empty());
        });
    }
}

#[test]
fn circles_end() {
    let circle = |ty: &str| {
        format!(
            r#"{{"type":"record","name":"A","fields":[{{"name":"b","type":{{"type":"record","name":"B","fields":[
            {{"name":"a","type":["null","A"]}},{{"name":"bs","type":{{"type":"array","items":"B"}}}},{{"name":"x","type":"{ty}"}}]}}}}]}}"#
        )
    };
    let (old, new) = (
        schema("old", &circle("int")),
        schema("new", &circle("string")),
    );
    assert!(compare(&old, &old, Rules::Confluent).backward);
    let comparison = compare(&old, &new, Rules::Confluent);
    let witness = witness(&old, &new, &comparison.changes[0]);
    assert_eq!(
        witness.as_deref(),
        Some(r#"{"b":{"a":null,"bs":[],"x":1}}"#)
    );
    // A record that holds itself has no values, and a default may ask for itself.
    let endless = r#"{"type":"record","name":"R","fields":[{"name":"r","type":"R","default":{}}]}"#;
    let endless = schema("x", endless);
    assert!(compare(&endless, &endless, Rules::Semantic).backward);
}
