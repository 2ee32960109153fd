//! Properties of the comparison that hold for all schemas.

use proptest::{collection::vec, prelude::*, sample::select, test_runner::RngSeed};
use serde_json::{Map, Value as Json, json};

use super::{Schema, compare, parse, tests::ALL, witness};
use crate::schema::{Breaks, Change, Comparison, Direction, Rules, Severity, Source};

/// A schema of a few keywords, with references to definitions that the whole schema has.
fn schema() -> impl Strategy<Value = Json> {
    let keyword = |name: &'static str, values: Vec<Json>| {
        select(values).prop_map(move |value| (name.to_owned(), value))
    };
    let leaf = prop_oneof![
        4 => keyword("type", ["string", "number", "integer", "boolean", "null", "object", "array"].map(|name| json!(name)).to_vec()),
        1 => keyword("type", vec![json!(["string", "null"]), json!(["integer", "object"])]),
        1 => keyword("maxLength", vec![json!(1), json!(2)]),
        1 => keyword("minLength", vec![json!(1), json!(2)]),
        1 => keyword("pattern", vec![json!("^a"), json!("b$")]),
        1 => keyword("minimum", vec![json!(0), json!(1.5)]),
        1 => keyword("maximum", vec![json!(3), json!(10)]),
        1 => keyword("exclusiveMinimum", vec![json!(0), json!(1)]),
        1 => keyword("multipleOf", vec![json!(2), json!(4), json!(0.5)]),
        1 => keyword("enum", vec![json!(["a", 1, null]), json!(["a"]), json!(["a", "b"])]),
        1 => keyword("const", vec![json!("a"), json!(1)]),
        1 => keyword("required", vec![json!(["a"]), json!(["a", "b"])]),
        1 => keyword("additionalProperties", vec![json!(false), json!({"type": "string"}), json!(true)]),
        1 => keyword("minItems", vec![json!(1), json!(2)]),
        1 => keyword("uniqueItems", vec![json!(true)]),
        1 => keyword("additionalItems", vec![json!(false), json!({"type": "string"})]),
        1 => keyword("minProperties", vec![json!(1), json!(2)]),
        1 => keyword("format", vec![json!("date"), json!("ipv4")]),
        1 => keyword("dependencies", vec![json!({"a": ["b"]}), json!({"a": {"minProperties": 2}})]),
        1 => keyword("title", vec![json!("t")]),
        1 => keyword("$ref", vec![json!("#"), json!("#/definitions/one"), json!("#/definitions/two")]),
    ];
    let members =
        |members: Vec<(String, Json)>| Json::Object(members.into_iter().collect::<Map<_, _>>());
    let schema = vec(leaf.clone(), 0..3).prop_map(members);
    let schema = prop_oneof![8 => schema, 1 => Just(json!(true)), 1 => Just(json!(false))];
    schema.prop_recursive(3, 12, 3, move |below| {
        let named = |name: &'static str| {
            below
                .clone()
                .prop_map(move |schema| (name.to_owned(), schema))
        };
        let listed = |name: &'static str| {
            vec(below.clone(), 1..3).prop_map(move |list| (name.to_owned(), Json::Array(list)))
        };
        let of_names = |name: &'static str, names: &'static [&'static str]| {
            vec((select(names), below.clone()), 1..3).prop_map(move |list| {
                let list = list
                    .into_iter()
                    .map(|(name, schema)| (name.to_owned(), schema));
                (name.to_owned(), Json::Object(list.collect()))
            })
        };
        let keyword = prop_oneof![
            6 => of_names("properties", &["a", "b", "c"]),
            1 => of_names("patternProperties", &["^a", "c"]),
            2 => named("items"),
            1 => listed("items"),
            1 => named("contains"),
            1 => named("propertyNames"),
            1 => named("not"),
            1 => named("if"),
            1 => named("then"),
            2 => named("additionalProperties"),
            2 => listed("allOf"),
            2 => listed("anyOf"),
            2 => listed("oneOf"),
            8 => leaf.clone(),
        ];
        vec(keyword, 1..4).prop_map(members)
    })
}

/// A schema and another that differs in a few places.
fn pair() -> impl Strategy<Value = (Json, Json)> {
    let whole = (schema(), schema(), schema()).prop_map(|(root, one, two)| {
        let mut root = match root {
            Json::Object(root) => root,
            _ => Map::new(),
        };
        root.insert("definitions".to_owned(), json!({"one": one, "two": two}));
        Json::Object(root)
    });
    (whole, schema(), 0usize..40).prop_map(|(old, part, at)| {
        let mut new = old.clone();
        let mut left = at;
        replace(&mut new, &part, &mut left);
        (old, new)
    })
}

/// Takes keywords of another schema into the one that comes up at a number.
fn replace(schema: &mut Json, part: &Json, left: &mut usize) {
    match schema {
        Json::Object(members) => {
            if *left == 0
                && let Json::Object(part) = part
            {
                let part = part.clone();
                members.extend(part);
            }
            *left = left.wrapping_sub(1);
            for (name, member) in members {
                if !matches!(
                    name.as_str(),
                    "enum" | "const" | "required" | "dependencies"
                ) {
                    replace(member, part, left);
                }
            }
        }
        Json::Array(list) => list.iter_mut().for_each(|item| replace(item, part, left)),
        _ => {}
    }
}

fn read(schema: &Json) -> Option<Schema> {
    parse(&Source::new("schema.json", &schema.to_string()), &[]).ok()
}

/// Anything that one schema accepts and the other refuses.
fn any_witness(writer: &Schema, reader: &Schema) -> Option<String> {
    let change = Change {
        id: "",
        registry_type: None,
        path: "#/".to_owned(),
        message: String::new(),
        severity: Severity::Risk,
        refused: Vec::new(),
        breaks: vec![Breaks::NewConsumers],
        old: None,
        new: None,
        old_location: None,
        new_location: None,
        fix: None,
    };
    witness(writer, reader, &change, &|| true)
}

/// What must hold of every comparison.
fn check(comparison: &Comparison) {
    for direction in [Direction::Backward, Direction::Forward] {
        let refused = comparison
            .changes
            .iter()
            .any(|change| change.refused.contains(&direction));
        let verdict = match direction {
            Direction::Backward => comparison.backward,
            Direction::Forward => comparison.forward,
        };
        assert_eq!(verdict, !refused, "{direction:?} {comparison:?}");
    }
    for change in &comparison.changes {
        assert_eq!(
            change.severity == Severity::Break,
            !change.refused.is_empty(),
            "{change:?}"
        );
        assert_eq!(
            change.severity == Severity::Safe,
            change.breaks.is_empty(),
            "{change:?}"
        );
        assert!(
            change.severity != Severity::Safe || change.fix.is_none(),
            "{change:?}"
        );
        assert!(
            change.old_location.is_some() || change.new_location.is_some(),
            "{change:?}"
        );
        assert!(
            super::RULES.iter().any(|rule| rule.id == change.id),
            "{change:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        rng_seed: RngSeed::Fixed(6),
        failure_persistence: None,
        ..ProptestConfig::with_cases(500)
    })]

    #[test]
    fn comparisons_are_in_order((old, new) in pair()) {
        let (Some(one), Some(two)) = (read(&old), read(&new)) else {
            return Ok(());
        };
        for rules in ALL {
            let comparison = compare(&one, &two, rules);
            check(&comparison);
            let turned = compare(&two, &one, rules);
            prop_assert_eq!(comparison.backward, turned.forward);
            prop_assert_eq!(comparison.forward, turned.backward);
            if rules != Rules::Karapace && rules != Rules::Apicurio {
                let itself = compare(&one, &read(&old).unwrap(), rules);
                prop_assert!(itself.backward && itself.forward);
            }
        }
    }

    #[test]
    fn what_data_survives_is_survived((old, new) in pair()) {
        let (Some(one), Some(two)) = (read(&old), read(&new)) else {
            return Ok(());
        };
        let comparison = compare(&one, &two, Rules::Semantic);
        // What no property declares may still be written, and is not expected to be.
        let undeclared = |change: &Change| {
            change.registry_type.is_some_and(|name| name.contains("CONTENT_MODEL") || name.contains("ADDITIONAL_"))
        };
        if comparison.backward && !comparison.changes.iter().any(undeclared) {
            prop_assert_eq!(any_witness(&one, &two), None);
        }
    }
}
