//! What is not about one registry's rules.

use std::time::{Duration, Instant};

use super::{RULES, Schema, compare, parse};
use crate::schema::{
    Breaks, Change, Comparison, Direction, Position, Reference, Rules, SchemaError, Severity,
    Source,
};

fn read(text: &str) -> Schema {
    parse(&Source::new("schema.json", text), &[]).unwrap()
}

fn error(text: &str) -> SchemaError {
    parse(&Source::new("schema.json", text), &[]).unwrap_err()
}

fn compared(old: &str, new: &str, rules: Rules) -> Comparison {
    compare(&read(old), &read(new), rules)
}

/// `id path` of all changes, with who is harmed.
fn brief(comparison: &Comparison) -> Vec<String> {
    let brief = |change: &Change| {
        let who: String = change
            .breaks
            .iter()
            .map(|breaks| match breaks {
                Breaks::NewConsumers => " new",
                _ => " old",
            })
            .collect();
        format!("{} {}{who}", change.id, change.path)
    };
    comparison.changes.iter().map(brief).collect()
}

fn reference(name: &str, text: &str) -> Reference {
    Reference {
        name: name.to_owned(),
        source: Source::new(&format!("{name}.file"), text),
    }
}

#[test]
fn every_rule_has_an_id_of_its_own() {
    let mut ids: Vec<&str> = RULES.iter().map(|rule| rule.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        if let Some(name) = rule.registry_type {
            let id = format!("json/{}", name.to_lowercase().replace('_', "-"));
            assert_eq!(rule.id, id);
        }
        for text in [rule.title, rule.why, rule.fix, rule.source] {
            assert!(!text.is_empty(), "{}", rule.id);
        }
    }
}

#[test]
fn what_is_no_schema_is_told_with_its_place() {
    let list = error(" []");
    assert_eq!(
        list.to_string(),
        "schema.json:1:2: expected a schema: an object, true or false; found an array"
    );
    let kind = error("{\n \"type\": \"strin\"}");
    assert_eq!(
        kind.to_string(),
        "schema.json:2:10: unknown type \"strin\": expected one of string, number, integer, boolean, null, array and object"
    );
    let dangling = error(r##"{"properties":{"a":{"$ref":"#/definitions/none"}}}"##);
    assert!(
        dangling
            .message
            .contains(r##""$ref": "#/definitions/none" leads nowhere"##),
        "{dangling}"
    );
    assert_eq!(
        dangling.at,
        Position {
            line: 1,
            column: 28
        }
    );
    let missing = error(r#"{"items":{"$ref":"https://example.org/a#/x"}}"#);
    assert_eq!(
        missing.hint.as_deref(),
        Some("give it with --reference https://example.org/a=FILE")
    );
}

#[test]
fn references_are_found_by_all_their_names() {
    let target = r#"{"$id":"https://example.org/target","type":"string","definitions":{"deep":{"type":"number"}}}"#;
    for (name, pointer) in [
        ("https://example.org/target", "https://example.org/target"),
        ("target.json", "https://example.org/target"),
        ("target.json", "target.json"),
        ("target.json", "./target.json"),
        ("target.json", "target.json#/definitions/deep"),
        ("https://example.org/other/target.json", "target.json"),
    ] {
        let schema = |kind: &str| {
            format!(
                r#"{{"$id":"https://example.org/other/own.json","type":"object","properties":{{"a":{{"$ref":"{pointer}"}},"b":{{"type":"{kind}"}}}}}}"#
            )
        };
        let source = Source::new("own.json", &schema("string"));
        let one = parse(&source, &[reference(name, target)]);
        let one = one.unwrap_or_else(|error| panic!("{name} {pointer}: {error}"));
        let changed = target
            .replace("\"number\"", "\"boolean\"")
            .replace("\"string\"", "\"null\"");
        let two = parse(&source, &[reference(name, &changed)]).unwrap();
        let comparison = compare(&one, &two, Rules::Confluent);
        assert_eq!(
            brief(&comparison),
            ["json/type-changed #/properties/a new old"]
        );
        let place = comparison.changes[0].new_location.as_ref().unwrap();
        assert_eq!(&*place.file, format!("{name}.file"), "{place:?}");
    }
}

#[test]
fn bases_and_anchors_lead_to_their_schemas() {
    for (old, pointer) in [
        (
            r##"{"$id":"https://a.org/x/","definitions":{"d":{"$id":"y.json","type":"string"}},"properties":{"p":{"$ref":"POINTER"}}}"##,
            "https://a.org/x/y.json",
        ),
        (
            r##"{"$id":"https://a.org/x/","definitions":{"d":{"$id":"y.json","type":"string"}},"properties":{"p":{"$ref":"POINTER"}}}"##,
            "y.json",
        ),
        (
            r##"{"definitions":{"d":{"$id":"#here","type":"string"}},"properties":{"p":{"$ref":"POINTER"}}}"##,
            "#here",
        ),
        (
            r##"{"$schema":"http://json-schema.org/draft-04/schema#","id":"https://a.org/x","definitions":{"d":{"id":"#here","type":"string"}},"properties":{"p":{"$ref":"POINTER"}}}"##,
            "#here",
        ),
        (
            r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$defs":{"d":{"$anchor":"here","type":"string"}},"properties":{"p":{"$ref":"POINTER"}}}"##,
            "#here",
        ),
        (
            r##"{"definitions":{"a/b~c %":{"type":"string"}},"properties":{"p":{"$ref":"POINTER"}}}"##,
            "#/definitions/a~1b~0c%20%25",
        ),
    ] {
        let old = old.replace("POINTER", pointer);
        let new = old.replace(r#""type":"string""#, r#""type":"number""#);
        let comparison = compared(&old, &new, Rules::Confluent);
        assert_eq!(
            brief(&comparison),
            ["json/type-changed #/properties/p new old"],
            "{old}"
        );
    }
}

#[test]
fn both_directions_are_told_once() {
    let closed = |names: &[&str]| {
        let properties: Vec<String> = names
            .iter()
            .map(|name| format!(r#""{name}":{{"type":"string"}}"#))
            .collect();
        format!(
            r#"{{"type":"object","properties":{{{}}},"additionalProperties":false}}"#,
            properties.join(",")
        )
    };
    let comparison = compared(&closed(&["a"]), &closed(&["a", "b"]), Rules::Confluent);
    assert!(comparison.backward && !comparison.forward);
    let told: Vec<(Option<&str>, Severity, &[Direction])> = comparison
        .changes
        .iter()
        .map(|change| (change.registry_type, change.severity, &change.refused[..]))
        .collect();
    assert_eq!(
        told,
        [
            (
                Some("PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL"),
                Severity::Break,
                &[Direction::Forward][..]
            ),
            (
                Some("OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL"),
                Severity::Safe,
                &[]
            ),
        ]
    );
    let comparison = compared(
        r#"{"type":"string"}"#,
        r#"{"type":"number"}"#,
        Rules::Confluent,
    );
    assert_eq!(comparison.changes.len(), 1);
    let change = &comparison.changes[0];
    assert_eq!(change.refused, [Direction::Backward, Direction::Forward]);
    assert_eq!(change.old.as_deref(), Some("\"string\""));
    assert_eq!(change.new.as_deref(), Some("\"number\""));
    assert_eq!(
        change.new_location.as_ref().unwrap().at,
        Position { line: 1, column: 1 }
    );
    assert_eq!(
        change.fix.as_deref(),
        Some(
            "accept both: \"type\": [\"string\", \"number\"], or give the new type a property of its own"
        )
    );
}

#[test]
fn the_content_model_is_explained() {
    let old = r#"{"type":"object","properties":{"id":{"type":"string"}}}"#;
    let new = r#"{"type":"object","properties":{"id":{"type":"string"},"note":{"type":"string"}}}"#;
    let comparison = compared(old, new, Rules::Confluent);
    assert!(!comparison.backward && comparison.forward);
    let change = &comparison.changes[0];
    assert_eq!(
        change.id,
        "json/optional-property-added-to-open-content-model"
    );
    assert_eq!(change.path, "#/properties/note");
    let fix = change.fix.as_deref().unwrap();
    for part in [
        "\"note\"",
        "\"additionalProperties\": false",
        "patternProperties",
        "LENIENT",
    ] {
        assert!(fix.contains(part), "{fix}");
    }
    let lenient = compared(old, new, Rules::ConfluentLenient);
    assert!(lenient.backward && lenient.forward);
    assert!(compared(old, new, Rules::Semantic).backward);
}

#[test]
fn what_no_registry_compares_is_a_risk() {
    let both = " new old";
    for (old, new, id, path, who) in [
        (
            r#"{"type":"string"}"#,
            r#"{"type":"string","format":"date"}"#,
            "json/format-changed",
            "#/format",
            " new",
        ),
        (
            r#"{"type":"string","format":"date"}"#,
            r#"{"type":"string","format":"time"}"#,
            "json/format-changed",
            "#/format",
            both,
        ),
        (
            r#"{"type":"object","if":{"required":["a"]},"then":{"required":["b"]}}"#,
            r#"{"type":"object","if":{"required":["a"]},"then":{"required":["c"]}}"#,
            "json/condition-changed",
            "#/then",
            both,
        ),
        (
            r#"{"type":"object"}"#,
            r#"{"type":"object","propertyNames":{"maxLength":3}}"#,
            "json/property-names-changed",
            "#/propertyNames",
            " new",
        ),
        (
            r#"{"type":"array","contains":{"type":"string"}}"#,
            r#"{"type":"array"}"#,
            "json/contains-changed",
            "#/contains",
            " old",
        ),
        (
            r#"{"type":"object","patternProperties":{"^a":{"type":"string"}}}"#,
            r#"{"type":"object","patternProperties":{"^a":{"type":"number"}}}"#,
            "json/pattern-property-changed",
            "#/patternProperties/^a",
            both,
        ),
        (
            r#"{"type":"string","contentEncoding":"base64"}"#,
            r#"{"type":"string","contentEncoding":"base16"}"#,
            "json/content-changed",
            "#/contentEncoding",
            both,
        ),
        (
            r#"{"type":"object"}"#,
            r#"{"type":"object","required":["a"]}"#,
            "json/required-name-undeclared",
            "#/required/a",
            " new",
        ),
        (
            r#"{"maxLength":3}"#,
            r#"{"maxLength":3,"type":"string"}"#,
            "json/type-required",
            "#/type",
            " new",
        ),
        (
            r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"number","maximum":3}"#,
            r#"{"$schema":"http://json-schema.org/draft-04/schema#","type":"number","maximum":3,"exclusiveMaximum":true}"#,
            "json/exclusive-limit-changed",
            "#/exclusiveMaximum",
            " new",
        ),
        (
            r##"{"items":{"$ref":"#/definitions/a"},"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"type":"string"}}}"##,
            r##"{"items":{"$ref":"#/definitions/a"},"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"type":"null"}}}"##,
            "json/behind-a-reference",
            "#/items",
            both,
        ),
    ] {
        let comparison = compared(old, new, Rules::Confluent);
        assert!(comparison.backward && comparison.forward, "{old} -> {new}");
        assert!(
            brief(&comparison).contains(&format!("{id} {path}{who}")),
            "{:?}",
            brief(&comparison)
        );
        let risk = comparison
            .changes
            .iter()
            .find(|change| change.id == id)
            .unwrap();
        assert_eq!((risk.severity, risk.registry_type), (Severity::Risk, None));
        let real = compared(old, new, Rules::Semantic);
        assert_eq!(real.backward, !who.contains("new"), "{old} -> {new}");
        assert_eq!(real.forward, !who.contains("old"), "{old} -> {new}");
    }
}

/// A schema with `keyword` around `depth` references, each in a property of the schema of the
/// one before; the last definition is `end`.
fn behind(keyword: &str, depth: usize, end: &str) -> String {
    let part = r##"{"$ref":"#/$defs/d1"}"##;
    let part = match keyword {
        "patternProperties" => format!(r#"{{"^a":{part}}}"#),
        _ => part.to_owned(),
    };
    let mut definitions = vec![format!(r#""d{depth}":{end}"#)];
    for index in 1..depth {
        let next = index + 1;
        definitions.push(format!(
            r##""d{index}":{{"patternProperties":{{"^a":{{"$ref":"#/$defs/d{next}"}}}}}}"##
        ));
    }
    format!(
        r#"{{"$schema":"https://json-schema.org/draft/2020-12/schema","{keyword}":{part},"$defs":{{{}}}}}"#,
        definitions.join(",")
    )
}

#[test]
fn a_change_behind_references_is_a_change_of_the_keyword() {
    for (keyword, id) in [
        ("if", "json/condition-changed"),
        ("then", "json/condition-changed"),
        ("else", "json/condition-changed"),
        ("propertyNames", "json/property-names-changed"),
        ("contains", "json/contains-changed"),
        ("patternProperties", "json/pattern-property-changed"),
    ] {
        for depth in [1, 2, 5] {
            for (old, new) in [
                (r#"{"type":"string"}"#, r#"{"type":"integer"}"#),
                (
                    r##"{"type":"string","not":{"$ref":"#/$defs/d1"}}"##,
                    r##"{"type":"integer","not":{"$ref":"#/$defs/d1"}}"##,
                ),
                (
                    r#"{"properties":{"enum":{"type":"string"}}}"#,
                    r#"{"properties":{"enum":{"type":"integer"}}}"#,
                ),
            ] {
                let before = behind(keyword, depth, old);
                let told = |new: &str, rules| {
                    let comparison = compared(&before, &behind(keyword, depth, new), rules);
                    comparison.changes.iter().any(|change| change.id == id)
                };
                for rules in ALL.into_iter().take(2) {
                    assert!(told(new, rules), "{keyword} {depth} {old} -> {new}");
                    assert!(!told(old, rules), "{keyword} {depth} {old}");
                    let described = old.replacen('{', r#"{"description":"d","#, 1);
                    assert!(!told(&described, rules), "{keyword} {depth} {described}");
                }
            }
        }
    }
}

#[test]
fn a_risk_is_told_wherever_a_schema_may_stand() {
    for place in [
        r#""unevaluatedProperties":%"#,
        r#""unevaluatedItems":%"#,
        r#""dependentSchemas":{"a":%}"#,
        r#""additionalProperties":%"#,
        r##""properties":{"a":{"$ref":"#/$defs/d"}},"$defs":{"d":{"unevaluatedItems":%}}"##,
    ] {
        let schema = |kind: &str| {
            let inner = format!(r#"{{"patternProperties":{{"^a":{{"type":"{kind}"}}}}}}"#);
            let draft = "https://json-schema.org/draft/2020-12/schema";
            format!(r#"{{"$schema":"{draft}",{}}}"#, place.replace('%', &inner))
        };
        let told = |old: &str, new: &str| {
            let comparison = compared(old, new, Rules::Confluent);
            let mut changes = comparison.changes.iter();
            changes.any(|change| change.id == "json/pattern-property-changed")
        };
        assert!(told(&schema("string"), &schema("integer")), "{place}");
        assert!(!told(&schema("string"), &schema("string")), "{place}");
    }
}

#[test]
fn a_keyword_beside_a_reference_is_compared() {
    let schema = |most: usize| {
        format!(
            r##"{{"$schema":"https://json-schema.org/draft/2020-12/schema","contains":{{"$ref":"#/$defs/a","maxLength":{most}}},"$defs":{{"a":{{"type":"string"}}}}}}"##
        )
    };
    let told = |old: &str, new: &str| {
        let comparison = compared(old, new, Rules::Confluent);
        let mut changes = comparison.changes.iter();
        changes.any(|change| change.id == "json/contains-changed")
    };
    assert!(told(&schema(3), &schema(4)));
    assert!(!told(&schema(3), &schema(3)));
    let renamed = schema(3)
        .replace("$defs/a", "$defs/b")
        .replace("\"a\":", "\"b\":");
    assert!(!told(&schema(3), &renamed));
}

#[test]
fn keywords_beside_references_count_since_draft_2019_09() {
    for (draft, counts) in [
        ("https://json-schema.org/draft/2020-12/schema", true),
        ("https://json-schema.org/draft/2019-09/schema", true),
        ("http://json-schema.org/draft-07/schema#", false),
        ("http://json-schema.org/draft-04/schema#", false),
    ] {
        for place in [
            r#""properties":{"a":%}"#,
            r#""allOf":[%]"#,
            r##""properties":{"a":{"$ref":"#/definitions/c"}},"definitions":{"c":%}"##,
        ] {
            let schema = |format: &str| {
                let part = format!(r##"{{"$ref":"#/$defs/b","format":"{format}"}}"##);
                let place = place.replace('%', &part);
                format!(r#"{{"$schema":"{draft}",{place},"$defs":{{"b":{{"type":"string"}}}}}}"#)
            };
            let comparison = compared(&schema("date"), &schema("time"), Rules::Confluent);
            let mut changes = comparison.changes.iter();
            let told = changes.any(|change| change.id == "json/format-changed");
            assert_eq!(told, counts, "{draft} {place}");
            let same = compared(&schema("date"), &schema("date"), Rules::Confluent);
            let mut changes = same.changes.iter();
            assert!(!changes.any(|change| change.id == "json/format-changed"));
        }
    }
}

#[test]
fn a_risk_below_not_harms_the_other_side() {
    let schema = |place: &str, end: &str| {
        format!(r##"{{{place},"definitions":{{"r":{{"$ref":"#/definitions/e"}},"e":{end}}}}}"##)
    };
    let (old, new) = (
        r#"{"properties":{"a":{}}}"#,
        r#"{"properties":{"a":{"format":"date"}}}"#,
    );
    for (place, who) in [
        (r##""not":{"$ref":"#/definitions/e"}"##, "old"),
        (r##""not":{"$ref":"#/definitions/r"}"##, "old"),
        (r##""not":{"not":{"$ref":"#/definitions/r"}}"##, "new"),
        (r##""items":{"$ref":"#/definitions/r"}"##, "new"),
    ] {
        let told = brief(&compared(
            &schema(place, old),
            &schema(place, new),
            Rules::Confluent,
        ));
        let told: Vec<&String> = told.iter().filter(|one| one.contains("format")).collect();
        assert_eq!(told.len(), 1, "{place}: {told:?}");
        assert!(told[0].ends_with(who), "{place}: {told:?}");
    }
}

#[test]
fn bare_references_are_followed_to_their_end() {
    let schema = |length: usize, format: &str| {
        let links = (0..length).map(|index| {
            let next = index + 1;
            format!(r##""d{index}":{{"$ref":"#/definitions/d{next}"}},"##)
        });
        let links: String = links.collect();
        format!(
            r##"{{"definitions":{{{links}"d{length}":{{"format":"{format}"}}}},"properties":{{"a":{{"$ref":"#/definitions/d0"}}}}}}"##
        )
    };
    for length in [1, 100, 101, 900] {
        let told = brief(&compared(
            &schema(length, "date"),
            &schema(length, "time"),
            Rules::Confluent,
        ));
        let change = "json/format-changed #/properties/a/format new old".to_owned();
        assert!(told.contains(&change), "{length}: {told:?}");
    }
}

/// `T0` refers to `T1` and so on; the last has a type.
fn chain(length: usize, kind: &str) -> String {
    let links: Vec<String> = (0..length)
        .map(|index| {
            format!(r##""T{index}":{{"type":"object","properties":{{"next":{{"$ref":"#/definitions/T{}"}}}}}}"##, index + 1)
        })
        .collect();
    format!(
        r##"{{"definitions":{{{},"T{length}":{{"type":"{kind}"}}}},"properties":{{"first":{{"$ref":"#/definitions/T0"}}}}}}"##,
        links.join(",")
    )
}

/// The rule sets that there are for JSON Schema.
pub(super) const ALL: [Rules; 5] = [
    Rules::Confluent,
    Rules::ConfluentLenient,
    Rules::Karapace,
    Rules::Apicurio,
    Rules::Semantic,
];

fn in_time<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let before = Instant::now();
    let done = work();
    assert!(
        before.elapsed() < Duration::from_secs(10),
        "{what}: {:?}",
        before.elapsed()
    );
    done
}

#[test]
fn long_chains_end() {
    let one = read(&chain(10_000, "string"));
    let two = read(&chain(10_000, "null"));
    for rules in ALL {
        let found = in_time("a chain", || compare(&one, &two, rules));
        assert!(!found.backward && !found.forward, "{rules:?}");
        let change = found
            .changes
            .iter()
            .find(|change| change.severity == Severity::Break);
        assert_eq!(super::witness(&one, &two, change.unwrap(), &|| true), None);
    }
    let same = read(&chain(10_000, "string"));
    for rules in ALL {
        assert!(compare(&one, &same, rules).backward);
    }
}

#[test]
fn circles_of_references_end() {
    for text in [
        r##"{"$ref":"#"}"##,
        r##"{"allOf":[{"$ref":"#"}]}"##,
        r##"{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"items":{"$ref":"#/definitions/a"}}"##,
        r##"{"not":{"$ref":"#"},"anyOf":[{"$ref":"#"},{"oneOf":[{"$ref":"#"}]}],"additionalProperties":{"$ref":"#"}}"##,
        r##"{"$schema":"https://json-schema.org/draft/2020-12/schema","$ref":"#","$defs":{"a":{"$ref":"#/$defs/a"}},"prefixItems":[{"$ref":"#/$defs/a"}]}"##,
    ] {
        let (one, two) = (read(text), read(&text.replacen('{', r#"{"title":"b","#, 1)));
        for rules in ALL {
            let found = in_time(text, || compare(&one, &two, rules));
            for change in &found.changes {
                let _ = super::witness(&one, &two, change, &|| true);
            }
        }
    }
}

#[test]
fn large_schemas_end() {
    let wide = |kind: &str| {
        let properties: Vec<String> = (0..30_000)
            .map(|index| {
                format!(r#""property{index}":{{"type":"{kind}","description":"{index:100}"}}"#)
            })
            .collect();
        format!(
            r#"{{"type":"object","properties":{{{}}}}}"#,
            properties.join(",")
        )
    };
    let (one, two) = (wide("string"), wide("number"));
    let (one, two) = in_time("reading", || (read(&one), read(&two)));
    for rules in ALL {
        assert!(!in_time("a wide schema", || compare(&one, &two, rules)).backward);
    }
}

/// A combination of objects that have a required name of their own and share 120 properties.
fn wide(keyword: &str, parts: usize, version: usize) -> String {
    let shared = |index| format!(r#""p{index}":{{"type":"integer"}}"#);
    let shared: Vec<String> = (0..120).map(shared).collect();
    let shared = shared.join(",");
    let part = |index| {
        format!(
            r#"{{"type":"object","required":["a{index}"],"properties":{{"a{index}":{{"type":"string","maxLength":{version}}},{shared}}}}}"#
        )
    };
    let parts: Vec<String> = (0..parts).map(part).collect();
    format!(r#"{{"{keyword}":[{}]}}"#, parts.join(","))
}

#[test]
fn a_pair_of_alternatives_is_dropped_at_its_first_refused_difference() {
    for (keyword, rules) in [
        ("oneOf", Rules::Confluent),
        ("allOf", Rules::ConfluentLenient),
        ("anyOf", Rules::Karapace),
        ("oneOf", Rules::Apicurio),
    ] {
        // The pairs have 1.2 million properties, and those that go together 17,000.
        let (old, new) = (read(&wide(keyword, 70, 1)), read(&wide(keyword, 70, 2)));
        let comparison = compare(&old, &new, rules);
        assert!(!comparison.is_cut, "{keyword} {rules:?}");
        // A longer value is accepted by the new schema alone.
        let verdicts = (comparison.backward, comparison.forward);
        assert_eq!(verdicts, (true, false), "{keyword} {rules:?}");
    }
}
