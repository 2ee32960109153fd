//! Every difference that the registry can find, produced.

use std::collections::BTreeSet;

use super::{
    Policy, Type,
    cases::CASES,
    differences,
    modern_cases::{MODERN, MODERN_CASES},
    types::{ALL, Verdict},
};
use crate::schema::{
    Source,
    jsonschema::{CONFLUENT, model::Model, parse, steps::Steps},
};

/// `TYPE path` of all differences, sorted.
fn found(old: &str, new: &str, policy: Policy) -> Vec<String> {
    let read = |text: &str| parse(&Source::new("schema.json", text), &[]).unwrap();
    let (old, new) = (read(old), read(new));
    let model = |schema| Model::new(schema, CONFLUENT).unwrap();
    let found = differences(
        &model(&old.library),
        &model(&new.library),
        policy,
        &Steps::default(),
    );
    let mut found: Vec<String> = found
        .iter()
        .map(|found| format!("{} {}", found.kind.name(), found.path))
        .collect();
    found.sort();
    found
}

#[test]
fn every_difference_is_found_as_the_registry_finds_it() {
    let mut seen = BTreeSet::new();
    let modern = MODERN_CASES
        .iter()
        .map(|(old, new, expected)| (format!("{MODERN}{old}"), format!("{MODERN}{new}"), expected));
    let cases = CASES
        .iter()
        .map(|(old, new, expected)| ((*old).to_owned(), (*new).to_owned(), expected));
    for (old, new, expected) in cases.chain(modern) {
        assert_eq!(
            found(&old, &new, Policy::Strict),
            *expected,
            "{old} -> {new}"
        );
        seen.extend(expected.iter().filter_map(|one| one.split(' ').next()));
    }
    // The first is not used any longer, the others are about a subject's metadata.
    let elsewhere = [
        Type::PropertyAddedToOpenContentModel,
        Type::ReservedPropertyRemoved,
        Type::ReservedPropertyConflictsWithProperty,
    ];
    for kind in ALL.into_iter().filter(|kind| !elsewhere.contains(kind)) {
        assert!(
            seen.contains(kind.name()),
            "nothing produces {}",
            kind.name()
        );
    }
}

#[test]
fn the_policies_accept_what_the_registry_accepts() {
    let count = |verdict| ALL.iter().filter(|kind| kind.verdict() == verdict).count();
    assert_eq!(count(Verdict::Compatible), 65);
    assert_eq!(count(Verdict::Lenient), 9);
    assert_eq!(count(Verdict::Incompatible), 58);
    let trusting = found(
        r#"{"allOf":[{"type":"object"}]}"#,
        r#"{"allOf":[{"properties":{"a":{"type":"null"}}}]}"#,
        Policy::Lenient,
    );
    assert_eq!(
        trusting,
        ["OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/allOf/0/properties/a"]
    );
}

/// A schema whose types refer to one another in every way.
fn products(types: usize, id: &str) -> String {
    let names: Vec<String> = (0..types).map(|index| format!("T{index}")).collect();
    let union = names
        .iter()
        .map(|name| format!(r##"{{"$ref":"#/definitions/{name}"}}"##))
        .collect::<Vec<_>>()
        .join(",");
    let definitions = names.iter().enumerate().map(|(index, name)| {
        let id = if index == 0 { id } else { "string" };
        format!(r#""{name}":{{"type":"object","properties":{{"id":{{"type":"{id}"}},"one":{{"oneOf":[{union}]}},"two":{{"oneOf":[{union}]}}}}}}"#)
    });
    let definitions = definitions.collect::<Vec<_>>().join(",");
    format!(
        r#"{{"type":"object","definitions":{{{definitions}}},"properties":{{"product":{{"oneOf":[{union}]}}}}}}"#
    )
}

#[test]
fn recursion_ends_and_hides_nothing() {
    let before = std::time::Instant::now();
    assert_eq!(
        found(
            &products(12, "string"),
            &products(12, "string"),
            Policy::Strict
        ),
        [""; 0]
    );
    assert!(
        !found(
            &products(12, "string"),
            &products(12, "number"),
            Policy::Strict
        )
        .is_empty()
    );
    assert!(
        before.elapsed() < std::time::Duration::from_secs(5),
        "{:?}",
        before.elapsed()
    );
}

#[test]
fn a_cycle_is_not_compatible_because_it_was_met_before() {
    let schema = |one: &str, two: &str| {
        let object = |id: &str, to: &str| {
            format!(
                r##"{{"type":"object","properties":{{"id":{{"type":"{id}"}},"ref":{{"oneOf":[{{"$ref":"#/definitions/{to}"}}]}}}}}}"##
            )
        };
        let (first, second, third) = (
            object(one, "T2"),
            object(two, "T2"),
            object("integer", "T0"),
        );
        format!(
            r##"{{"definitions":{{"T0":{first},"T1":{second},"T2":{third}}},"properties":{{"root":{{"oneOf":[{{"$ref":"#/definitions/T0"}},{{"$ref":"#/definitions/T1"}}]}}}}}}"##
        )
    };
    let found = found(
        &schema("integer", "boolean"),
        &schema("boolean", "number"),
        Policy::Strict,
    );
    assert!(
        found.contains(&"COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/root".to_owned()),
        "{found:?}"
    );
}
