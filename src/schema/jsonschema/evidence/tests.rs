//! What data suffers from, and what it is told.

use crate::schema::{
    Comparison, Direction, Rules, Severity, Source,
    jsonschema::{Schema, compare, parse, witness},
};

fn read(text: &str) -> Schema {
    parse(&Source::new("schema.json", text), &[]).unwrap()
}

fn compared(old: &str, new: &str, rules: Rules) -> Comparison {
    compare(&read(old), &read(new), rules)
}

#[test]
fn nobody_breaks_without_a_value_that_proves_it() {
    for (old, new, forward) in [
        (
            r#"{"type":"string","pattern":"^[0-9]{5}$"}"#,
            r#"{"type":"string","pattern":"^[0-9]{4,6}$"}"#,
            false,
        ),
        (
            r#"{"enum":["a","b"]}"#,
            r#"{"type":["string","null"]}"#,
            false,
        ),
        (r#"{"const":"a"}"#, r#"{"enum":["a","b"]}"#, false),
        (
            r#"{"type":"integer","minimum":0}"#,
            r#"{"type":"integer","exclusiveMinimum":-1}"#,
            true,
        ),
    ] {
        let real = compared(old, new, Rules::Semantic);
        assert_eq!((real.backward, real.forward), (true, forward), "{old}");
        let changes = real.changes.iter();
        let mut risks = changes.filter(|change| change.severity == Severity::Risk);
        assert_eq!(risks.clone().count() > 0, forward, "{old}");
        assert!(risks.all(|risk| risk.message.ends_with("no such value was found")));
        let registry = compared(old, new, Rules::Confluent);
        assert!(!registry.backward && !registry.forward, "{old}");
    }
}

#[test]
fn expressions_are_told_apart_by_their_characters() {
    let schema = |pattern: &str| format!(r#"{{"type":"string","pattern":"{pattern}"}}"#);
    for (old, new, backward, forward) in [
        ("^[a-z]+$", "^[a-m]+$", false, true),
        ("^[a-z]{1,3}$", "^[a-z]{1,4}$", true, false),
        ("^(foo|bar)$", "^(foo|bar|baz)$", true, false),
        ("^[A-F0-9]{4}$", "^[A-F0-9]{4}$|^x$", true, false),
    ] {
        let real = compared(&schema(old), &schema(new), Rules::Semantic);
        assert_eq!((real.backward, real.forward), (backward, forward), "{old}");
    }
}

#[test]
fn long_lists_are_tried_where_they_differ() {
    let list = |count: usize, one: &dyn Fn(usize) -> String| {
        let items: Vec<String> = (0..count).map(one).collect();
        items.join(",")
    };
    let events = |count| {
        let event = |index: usize| {
            format!(
                r#"{{"type":"object","required":["p{index}"],"properties":{{"p{index}":{{"type":"string"}},"kind":{{"const":{index}}}}}}}"#
            )
        };
        format!(r#"{{"oneOf":[{}]}}"#, list(count, &event))
    };
    let values = |count| {
        format!(
            r#"{{"enum":[{}]}}"#,
            list(count, &|index| index.to_string())
        )
    };
    for (old, new) in [(events(30), events(31)), (values(600), values(601))] {
        let real = compared(&old, &new, Rules::Semantic);
        assert!(real.backward && !real.forward);
        let change = real
            .changes
            .iter()
            .find(|change| !change.refused.is_empty());
        assert!(witness(&read(&old), &read(&new), change.unwrap(), &|| true).is_some());
    }
}

#[test]
fn certain_rules_need_no_value() {
    let schema = |most: u32| format!(r#"{{"type":"string","maxLength":{most}}}"#);
    let real = compared(&schema(900_000), &schema(800_000), Rules::Semantic);
    assert!(!real.backward && real.forward);
}

#[test]
fn a_value_is_refused_that_every_rule_accepts() {
    let old =
        r#"{"type":"object","properties":{"n":{"oneOf":[{"type":"string"},{"type":"integer"}]}}}"#;
    let new = r#"{"type":"object","properties":{"n":{"oneOf":[{"type":"integer"},{"type":"string"},{"type":"number"}]}}}"#;
    for rules in [
        Rules::Semantic,
        Rules::Confluent,
        Rules::Karapace,
        Rules::Apicurio,
    ] {
        let comparison = compared(old, new, rules);
        let changes = comparison.changes.iter();
        let mut found = changes.filter(|change| change.id == "json/refused-value");
        let change = found.next().unwrap();
        assert_eq!(found.next(), None);
        assert_eq!(change.path, "#/properties/n/oneOf");
        assert_eq!(
            change.new_location.as_ref().unwrap().pointer,
            "/properties/n/oneOf"
        );
        assert!(change.message.ends_with(r#"{"n":1}"#), "{}", change.message);
        let shown = witness(&read(old), &read(new), change, &|| true);
        assert_eq!(shown.as_deref(), Some(r#"{"n":1}"#));
        let semantic = rules == Rules::Semantic;
        assert_eq!(comparison.backward, !semantic, "{rules:?}");
        assert_eq!(change.severity == Severity::Break, semantic);
        assert_eq!(change.refused.contains(&Direction::Backward), semantic);
        let turned = compared(new, old, rules);
        assert_eq!(turned.forward, comparison.backward);
    }
}

#[test]
fn a_way_out_names_what_it_is_about() {
    let old = r#"{"type":"object","required":["id"],"additionalProperties":false,"properties":{"id":{"type":"string"},"name":{"type":"string","maxLength":50},"phone":{"type":"string"}}}"#;
    let new = r#"{"type":"object","required":["id","name"],"additionalProperties":false,"properties":{"id":{"type":"string"},"name":{"type":"string","maxLength":30}}}"#;
    let fixes = |rules| {
        let changes = compared(old, new, rules).changes;
        let fixes = changes.into_iter().filter_map(|change| change.fix);
        fixes.collect::<Vec<String>>()
    };
    let karapace = fixes(Rules::Karapace);
    for part in [r#"keep "maxLength": 50"#, r#"keep "phone" in "properties""#] {
        assert!(
            karapace.iter().any(|fix| fix.contains(part)),
            "{karapace:?}"
        );
    }
    let apicurio = fixes(Rules::Apicurio);
    for part in [
        r#"keep "maxLength": 50"#,
        r#"keep "phone": {"type":"string"} in "properties""#,
        r#"leave "name" out of "required""#,
    ] {
        assert!(
            apicurio.iter().any(|fix| fix.contains(part)),
            "{apicurio:?}"
        );
    }
    for (rules, lenient) in [
        (Rules::Confluent, true),
        (Rules::Karapace, false),
        (Rules::Apicurio, false),
        (Rules::Semantic, false),
    ] {
        let fixes = fixes(rules);
        let speaks = fixes.iter().any(|fix| fix.contains("LENIENT"));
        assert_eq!(speaks, lenient, "{rules:?} {fixes:?}");
    }
}

#[test]
fn a_format_without_a_length_of_its_own_hides_no_limit() {
    let limited = |format: &str, keyword: &str, limit: u32| {
        format!(r#"{{"type":"string","format":"{format}","{keyword}":{limit}}}"#)
    };
    for format in [
        "email",
        "idn-email",
        "hostname",
        "idn-hostname",
        "uri",
        "uri-reference",
        "iri",
        "iri-reference",
        "uri-template",
        "json-pointer",
        "regex",
    ] {
        for (keyword, old, new) in [("maxLength", 100, 50), ("minLength", 20, 30)] {
            let (old, new) = (limited(format, keyword, old), limited(format, keyword, new));
            let real = compared(&old, &new, Rules::Semantic);
            assert!(!real.backward && real.forward, "{format} {keyword}");
            let shown = witness(&read(&old), &read(&new), &real.changes[0], &|| true);
            assert!(shown.is_some(), "{format} {keyword}");
        }
    }
    // Longer than any value that is tried.
    let uri = |most| limited("uri", "maxLength", most);
    assert!(!compared(&uri(900_000), &uri(800_000), Rules::Semantic).backward);
    // No value is that long, or that short.
    for (format, keyword, old, new) in [
        ("date", "maxLength", 100, 50),
        ("ipv4", "maxLength", 100, 50),
        ("hostname", "maxLength", 900, 800),
        ("uri", "minLength", 0, 1),
    ] {
        let (old, new) = (limited(format, keyword, old), limited(format, keyword, new));
        let real = compared(&old, &new, Rules::Semantic);
        assert!(real.backward, "{format} {keyword}");
    }
}
