//! Witnesses, each shown to validators that were built apart from those that chose it.

use std::time::{Duration, Instant};

use crate::schema::{
    Breaks, Reference, Rules, Severity, Source,
    jsonschema::{
        Schema, compare,
        confluent::{
            cases::CASES,
            modern_cases::{MODERN, MODERN_CASES},
        },
        parse, witness,
    },
};

fn read(text: &str) -> Schema {
    parse(&Source::new("schema.json", text), &[]).unwrap()
}

fn accepts(schema: &str, document: &str) -> bool {
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    let options = jsonschema::options().should_validate_formats(true);
    let options = if schema.contains("$schema") {
        options
    } else {
        options.with_draft(jsonschema::Draft::Draft7)
    };
    let validator = options.build(&read(schema)).unwrap();
    validator.is_valid(&read(document))
}

/// The witnesses of all changes, each with the change's id.
fn witnesses(old: &Schema, new: &Schema, rules: Rules) -> Vec<(&'static str, Option<String>)> {
    let changes = compare(old, new, rules).changes;
    let witness = |change| witness(old, new, change, &|| true);
    changes
        .iter()
        .map(|change| (change.id, witness(change)))
        .collect()
}

#[test]
fn changes_that_break_have_a_witness() {
    let modern = MODERN_CASES
        .iter()
        .map(|(old, new, _)| (format!("{MODERN}{old}"), format!("{MODERN}{new}")));
    let cases = CASES
        .iter()
        .map(|(old, new, _)| ((*old).to_owned(), (*new).to_owned()));
    let (mut all, mut without) = (0, Vec::new());
    for (old, new) in cases.chain(modern) {
        let (one, two) = (read(&old), read(&new));
        for change in compare(&one, &two, Rules::Semantic).changes {
            let witness = witness(&one, &two, &change, &|| true);
            if change.severity == Severity::Safe {
                assert_eq!(witness, None);
                continue;
            }
            if change.severity == Severity::Risk {
                continue;
            }
            all += 1;
            let Some(witness) = witness else {
                without.push(format!("{} {}: {old} -> {new}", change.id, change.path));
                continue;
            };
            let told = |writer: &str, reader: &str| {
                accepts(writer, &witness) && !accepts(reader, &witness)
            };
            let new_consumers = change.breaks.contains(&Breaks::NewConsumers) && told(&old, &new);
            let old_consumers = change.breaks.contains(&Breaks::OldConsumers) && told(&new, &old);
            assert!(new_consumers || old_consumers, "{witness}: {old} -> {new}");
        }
    }
    // In the few others nothing can break, though each of the registry's rules has its reason.
    assert!(without.len() * 20 <= all, "{all}: {without:#?}");
}

#[test]
fn a_witness_is_a_whole_document() {
    let schema = |most: u32| {
        format!(
            r##"{{"type":"object","required":["id","lines"],"properties":{{"id":{{"type":"string"}},"lines":{{"type":"array","minItems":1,"items":{{"$ref":"#/definitions/line"}}}}}},"definitions":{{"line":{{"type":"object","required":["sku"],"properties":{{"sku":{{"type":"string","maxLength":{most}}}}},"additionalProperties":false}}}}}}"##
        )
    };
    let found = witnesses(&read(&schema(5)), &read(&schema(3)), Rules::Confluent);
    assert_eq!(
        found,
        [(
            "json/max-length-decreased",
            Some(r#"{"id":"a","lines":[{"sku":"aaaa"}]}"#.to_owned())
        )]
    );
}

#[test]
fn a_witness_is_refused_for_its_own_change() {
    let old = r#"{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string","maxLength":50},"zip":{"type":"string","pattern":"^[0-9]{5}$"}},"required":["id","name"]}"#;
    let new = r#"{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string","maxLength":30},"zip":{"type":"string","pattern":"^[0-9]{4}$"},"country":{"type":"string"}},"required":["id","name","country"]}"#;
    let name = "a".repeat(49);
    for rules in [
        Rules::Confluent,
        Rules::Semantic,
        Rules::Apicurio,
        Rules::Karapace,
    ] {
        let (one, two) = (read(old), read(new));
        let changes = compare(&one, &two, rules).changes;
        let shown = |id: &str| {
            let change = changes.iter().find(|change| change.id.ends_with(id))?;
            witness(&one, &two, change, &|| true)
        };
        let long = format!(r#"{{"country":"a","id":1,"name":"{name}"}}"#);
        assert_eq!(shown("max-length-decreased"), Some(long), "{rules:?}");
        let zip = r#"{"country":"a","id":1,"name":"a","zip":"00000"}"#;
        assert_eq!(shown("pattern-changed").as_deref(), Some(zip), "{rules:?}");
        let required = shown("required-property-added-to-open-content-model");
        let required = required.or_else(|| shown("required-properties-member-added"));
        if rules != Rules::Karapace {
            assert_eq!(required.as_deref(), Some(r#"{"id":1,"name":"a"}"#));
        }
    }
}

#[test]
fn negations_and_single_alternatives_have_witnesses() {
    for (old, new, shown) in [
        (
            r#"{"type":"string"}"#,
            r#"{"type":"string","not":{"const":"x"}}"#,
            r#""x""#,
        ),
        (
            r#"{"anyOf":[{"type":"integer"},{"type":"number"}]}"#,
            r#"{"oneOf":[{"type":"integer"},{"type":"number"}]}"#,
            "1",
        ),
        (
            r#"{"anyOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}]}"#,
            r#"{"oneOf":[{"type":"object","required":["a"]},{"type":"object","required":["b"]}]}"#,
            r#"{"a":"a","b":"a"}"#,
        ),
    ] {
        let found = witnesses(&read(old), &read(new), Rules::Confluent);
        assert_eq!(found[0].1.as_deref(), Some(shown), "{new}");
    }
}

#[test]
fn references_are_known_and_nobody_else_is_asked() {
    let reference = Reference {
        name: "https://example.org/customer".to_owned(),
        source: Source::new(
            "customer.json",
            r#"{"type":"object","required":["name"],"properties":{"name":{"type":"string"}}}"#,
        ),
    };
    let read = |text: &str| {
        parse(
            &Source::new("order.json", text),
            std::slice::from_ref(&reference),
        )
        .unwrap()
    };
    let old = read(
        r#"{"type":"object","properties":{"of":{"$ref":"https://example.org/customer"},"n":{"type":"number"}},"required":["of","n"]}"#,
    );
    let new = read(
        r#"{"type":"object","properties":{"of":{"$ref":"https://example.org/customer"},"n":{"type":"integer"}},"required":["of","n"]}"#,
    );
    let found = witnesses(&old, &new, Rules::Confluent);
    assert_eq!(
        found,
        [(
            "json/type-narrowed",
            Some(r#"{"n":1.5,"of":{"name":"a"}}"#.to_owned())
        )]
    );
}

#[test]
fn hostile_expressions_and_wide_schemas_end() {
    let wide = |kind: &str| {
        let properties: Vec<String> = (0..2_000)
            .map(|index| format!(r##""p{index}":{{"$ref":"#"}}"##))
            .collect();
        format!(
            r#"{{"type":"object","properties":{{{},"kind":{{"type":"{kind}"}}}}}}"#,
            properties.join(",")
        )
    };
    let long = "a".repeat(3_000);
    let pairs = [
        (
            r#"{"type":"string","minLength":40}"#.to_owned(),
            r#"{"type":"string","minLength":40,"pattern":"^(a+)+$"}"#.to_owned(),
        ),
        (
            r#"{"type":"string"}"#.to_owned(),
            r#"{"type":"string","pattern":"^(?=(a+)+b)(a|a)*\\1$"}"#.to_owned(),
        ),
        (
            format!(r#"{{"enum":["{long}!"]}}"#),
            r#"{"enum":[""],"pattern":"^(a|aa|a*)+(?!x)$"}"#.to_owned(),
        ),
        (
            r#"{"type":"string"}"#.to_owned(),
            r#"{"type":"string","pattern":"((((a{100}){100}){100}){100})"}"#.to_owned(),
        ),
        (wide("string"), wide("number")),
    ];
    for (old, new) in pairs {
        let before = Instant::now();
        let (one, two) = (read(&old), read(&new));
        let changes = compare(&one, &two, Rules::Confluent).changes;
        let found = changes.iter().take(20);
        let found: Vec<_> = found
            .map(|change| witness(&one, &two, change, &|| true))
            .collect();
        assert!(!found.is_empty());
        assert!(
            before.elapsed() < Duration::from_secs(5),
            "{:?} for {}",
            before.elapsed(),
            &new[..new.len().min(80)]
        );
    }
}
