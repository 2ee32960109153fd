//! What others wrote: pairs of schemas with the verdict of Java, of Karapace, of real registries.
//! They are no part of this repository; they lie beside it, or where `EVCTL_SUITES` says.

use std::{fs, path::PathBuf};

use evctl::{
    config::env,
    schema::{
        Change, Comparison, Diff, Direction, Format, Mode, Reference, Rules, Schema, Source,
        Version,
    },
};
use serde_json::Value;

/// The place of a file or folder of the suites. Where it is absent the test fails and says where it
/// belongs.
#[track_caller]
pub fn folder(path: &str) -> PathBuf {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/suites");
    let folder = env::variable("EVCTL_SUITES").map_or_else(beside, PathBuf::from);
    let place = folder.join(path);
    assert!(
        place.exists(),
        "{} is absent; EVCTL_SUITES=FOLDER names the folder that holds {path}",
        place.display()
    );
    place
}

/// The cases of a file. Where the suites are absent the test fails and says where they belong.
#[track_caller]
fn suite(path: &str) -> Vec<Value> {
    let text = fs::read_to_string(folder(path)).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!cases.is_empty());
    cases
}

/// A schema as a file would hold it: pairs have JSON as such, Protobuf and histories as text.
fn read(format: Format, name: &str, text: &str) -> Schema {
    let address = "syntax = \"proto3\"; package google.type; message PostalAddress {}";
    let address = Reference {
        name: "google/type/postal_address.proto".to_owned(),
        source: Source::new("postal_address.proto", address),
    };
    let imports = text.contains(&address.name).then_some(address);
    Schema::parse(format, &[Source::new(name, text)], imports.as_slice())
        .unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn compare(format: Format, old: &Value, new: &Value, rules: Rules) -> Comparison {
    let text = |value: &Value| match format {
        Format::Protobuf => value.as_str().unwrap().to_owned(),
        Format::Avro | Format::Json => value.to_string(),
    };
    let (old, new) = (
        read(format, "old", &text(old)),
        read(format, "new", &text(new)),
    );
    old.compare(&new, rules).unwrap()
}

/// What is refused when the new schema reads what the old one wrote.
fn refused(comparison: &Comparison) -> impl Iterator<Item = &Change> {
    let changes = comparison.changes.iter();
    changes.filter(|change| change.refused.contains(&Direction::Backward))
}

fn texts(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap().iter();
    let mut texts: Vec<String> = list.map(|one| one.as_str().unwrap().to_owned()).collect();
    texts.sort();
    texts
}

/// `TYPE LOCATION MESSAGE` of everything that Java would list.
fn entries(comparison: &Comparison) -> Vec<String> {
    let mut entries: Vec<String> = refused(comparison)
        .map(|change| {
            let kind = change.registry_type.unwrap();
            format!("{kind} {} {}", change.path, change.message)
        })
        .collect();
    entries.sort();
    entries.dedup();
    entries
}

#[test]
fn avro_is_judged_as_javas_own_tests_judge_it() {
    let cases = suite("avro-java/reader-writer-pairs.json");
    for case in &cases {
        let found = compare(
            Format::Avro,
            &case["writer"],
            &case["reader"],
            Rules::Confluent,
        );
        assert_eq!(found.backward, case["compatible"], "{case}");
        let expected = case["incompatibilities"].as_array().unwrap().iter();
        let mut expected: Vec<String> = expected
            .map(|entry| {
                let text = |name: &str| entry[name].as_str().unwrap().to_owned();
                format!("{} {} {}", text("type"), text("location"), text("message"))
            })
            .collect();
        expected.sort();
        assert_eq!(entries(&found), expected, "{case}");
    }
}

#[test]
fn what_javas_parser_takes_has_no_validation_errors() {
    let cases = suite("avro-fuzz/pairs.json");
    for schema in cases
        .iter()
        .flat_map(|case| [&case["writer"], &case["reader"]])
    {
        let text = schema.to_string();
        let errors = read(Format::Avro, "x", &text).validation_errors();
        assert!(errors.is_empty(), "{errors:?}\n{text}");
    }
}

#[test]
fn avro_pairs_made_by_chance_are_judged_as_java_judges_them() {
    let cases = suite("avro-fuzz/pairs.json");
    let mut right = 0;
    for case in &cases {
        let found = compare(
            Format::Avro,
            &case["writer"],
            &case["reader"],
            Rules::Confluent,
        );
        let mut expected = texts(&case["incompatibilities"]);
        expected.dedup();
        right += usize::from(found.backward == case["compatible"] && entries(&found) == expected);
    }
    assert!(
        right * 1_000 >= cases.len() * 999,
        "{right} of {}",
        cases.len()
    );
}

#[test]
fn avro_is_judged_as_karapaces_own_tests_judge_it() {
    let cases = suite("karapace/avro-pairs.json");
    for case in &cases {
        let found = compare(
            Format::Avro,
            &case["writer"],
            &case["reader"],
            Rules::Karapace,
        );
        assert_eq!(found.backward, case["compatible"], "{case}");
    }
}

#[test]
fn json_schema_is_judged_as_karapaces_own_tests_judge_it() {
    let cases = suite("karapace/jsonschema-pairs.json");
    for case in &cases {
        let found = compare(
            Format::Json,
            &case["writer"],
            &case["reader"],
            Rules::Karapace,
        );
        assert_eq!(found.backward, case["compatible"], "{case}");
        let mut kinds: Vec<String> = refused(&found)
            .filter_map(|change| change.registry_type.map(str::to_owned))
            .collect();
        kinds.sort();
        assert_eq!(kinds, texts(&case["incompatibilities"]), "{case}");
    }
}

#[test]
fn protobuf_is_judged_as_karapaces_own_tests_judge_it() {
    let cases = suite("karapace/protobuf-pairs.json");
    for case in &cases {
        let found = compare(
            Format::Protobuf,
            &case["original"],
            &case["update"],
            Rules::Karapace,
        );
        assert_eq!(found.backward, case["compatible"], "{case}");
        let named = found.changes.iter().filter(|change| {
            // What only the way back finds is not in Karapace's list.
            change.refused.is_empty() || change.refused.contains(&Direction::Backward)
        });
        let mut named: Vec<String> = named
            .filter_map(|change| Some(format!("{} {}", change.registry_type?, change.path)))
            .collect();
        named.sort();
        assert_eq!(named, texts(&case["changes"]), "{case}");
    }
}

/// Flows through a registry that are judged another way, and why: none are known.
const OTHERWISE: [(&str, &str); 0] = [];

#[test]
fn whole_histories_are_judged_as_karapace_judged_them() {
    let flows = suite("karapace/registry-flows.json");
    let mut wrong = Vec::new();
    for flow in &flows {
        let format: Format = flow["schema_type"].as_str().unwrap().parse().unwrap();
        let history = flow["history"].as_array().unwrap();
        let versions: Vec<Version> = (history.iter())
            .map(|old| Version {
                label: "old".to_owned(),
                schema: read(format, "old", old.as_str().unwrap()),
            })
            .collect();
        let mode: Mode = flow["mode"].as_str().unwrap().parse().unwrap();
        let diff = Diff::new(
            &versions,
            &read(format, "new", flow["new"].as_str().unwrap()),
            Rules::Karapace,
            None,
        )
        .unwrap();
        let test = flow["test"].as_str().unwrap();
        let known = OTHERWISE.iter().any(|(name, _)| *name == test);
        if diff.is_compatible(mode) != flow["compatible"] && !known {
            wrong.push(flow.to_string());
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        flows.len(),
        wrong.join("\n")
    );
}
