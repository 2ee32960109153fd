//! Each kind of change, with who is harmed and where it stands.

mod safe_changes;

use std::collections::HashSet;

use super::{RULES, Schema, compare, parse, witness};
use crate::schema::{
    Breaks, Change, Comparison, Direction, Position, Reference, Rules, Severity, Source,
};

fn schema(name: &str, text: &str) -> Schema {
    parse(&Source::new(name, text), &[]).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn between(old: &str, new: &str, rules: Rules) -> Comparison {
    let (old, new) = (schema("old.avsc", old), schema("new.avsc", new));
    compare(&old, &new, rules)
}

/// A record with these fields.
fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"Order","namespace":"shop","fields":[{fields}]}}"#)
}

/// A record with one field `f` of this type.
fn of(ty: &str) -> String {
    record(&format!(r#"{{"name":"f","type":{ty}}}"#))
}

/// A record with one field `f` with these further members.
fn with(members: &str) -> String {
    record(&format!(r#"{{"name":"f",{members}}}"#))
}

const BACKWARD: &[Direction] = &[Direction::Backward];
const FORWARD: &[Direction] = &[Direction::Forward];
const EITHER: &[Direction] = &[Direction::Backward, Direction::Forward];

/// What is refused when `old` becomes `new`: the id and in which directions.
fn refused(old: &str, new: &str, rules: Rules) -> Vec<(&'static str, Vec<Direction>)> {
    let comparison = between(old, new, rules);
    let breaks = comparison.changes.into_iter();
    let breaks = breaks.filter(|change| change.severity == Severity::Break);
    breaks.map(|change| (change.id, change.refused)).collect()
}

fn breaks() -> Vec<(&'static str, String, String, &'static [Direction])> {
    let id = |name: &'static str| name;
    let symbols = |symbols: &str| {
        of(&format!(
            r#"{{"type":"enum","name":"E","symbols":[{symbols}]}}"#
        ))
    };
    let fixed = |name: &str, size: u32| {
        of(&format!(
            r#"{{"type":"fixed","name":"{name}","size":{size}}}"#
        ))
    };
    let a = r#"{"name":"a","type":"int"}"#;
    let b = r#"{"name":"b","type":"int"}"#;
    vec![
        (
            id("avro/reader-field-missing-default"),
            record(a),
            record(&format!("{a},{b}")),
            BACKWARD,
        ),
        (
            id("avro/reader-field-missing-default"),
            record(&format!("{a},{b}")),
            record(a),
            FORWARD,
        ),
        (
            id("avro/type-mismatch"),
            of(r#""int""#),
            of(r#""string""#),
            EITHER,
        ),
        (
            id("avro/type-mismatch"),
            of(r#""int""#),
            of(r#""long""#),
            FORWARD,
        ),
        (
            id("avro/missing-union-branch"),
            of(r#"["null","int","string"]"#),
            of(r#"["null","int"]"#),
            BACKWARD,
        ),
        (
            id("avro/missing-enum-symbols"),
            symbols(r#""A""#),
            symbols(r#""A","B""#),
            FORWARD,
        ),
        (
            id("avro/fixed-size-mismatch"),
            fixed("F", 4),
            fixed("F", 8),
            EITHER,
        ),
        (
            id("avro/name-mismatch"),
            fixed("F", 4),
            fixed("G", 4),
            EITHER,
        ),
        (
            id("avro/ambiguous-alias"),
            record(&format!("{a},{b}")),
            record(&format!(
                r#"{a},{{"name":"b","type":"int","aliases":["a"]}}"#
            )),
            BACKWARD,
        ),
    ]
}

#[test]
fn registries_refuse_these() {
    for (id, old, new, directions) in breaks() {
        let found = refused(&old, &new, Rules::Confluent);
        assert_eq!(found, [(id, directions.to_vec())], "{old} {new}");
        if id == "avro/ambiguous-alias" {
            assert_eq!(
                refused(&old, &new, Rules::Karapace),
                [],
                "Python takes the first"
            );
        } else {
            assert_eq!(refused(&old, &new, Rules::Karapace), found);
        }
        assert_eq!(refused(&old, &new, Rules::Apicurio), found);
        assert_eq!(refused(&old, &new, Rules::ConfluentLenient), found);
        let semantic = refused(&old, &new, Rules::Semantic);
        assert!(semantic.contains(&found[0]), "{semantic:?}");
    }
}

#[test]
fn the_specification_refuses_more() {
    let decimal = |scale: u32| {
        of(&format!(
            r#"{{"type":"bytes","logicalType":"decimal","precision":9,"scale":{scale}}}"#
        ))
    };
    let found = refused(&decimal(2), &decimal(4), Rules::Semantic);
    assert_eq!(found, [("avro/decimal-changed", EITHER.to_vec())]);
    assert_eq!(refused(&decimal(2), &decimal(4), Rules::Confluent), []);

    let (none, bad) = (record(""), with(r#""type":"int","default":"x""#));
    let found = refused(&none, &bad, Rules::Semantic);
    assert_eq!(found, [("avro/invalid-default", BACKWARD.to_vec())]);
    assert_eq!(refused(&none, &bad, Rules::Confluent), []);
}

/// Pairs that registries accept, with what is to be said about them.
#[expect(clippy::too_many_lines, reason = "a table")]
fn accepted() -> Vec<(&'static str, String, String, Vec<Breaks>)> {
    let (new, old) = (Breaks::NewConsumers, Breaks::OldConsumers);
    let code = Breaks::GeneratedCode;
    let both = || vec![new, old];
    let logical = |logical: &str| of(&format!(r#"{{"type":"long","logicalType":"{logical}"}}"#));
    let decimal = |precision: u32| {
        of(&format!(
            r#"{{"type":"bytes","logicalType":"decimal","precision":{precision}}}"#
        ))
    };
    let symbols = |members: &str| of(&format!(r#"{{"type":"enum","name":"E",{members}}}"#));
    let field = |name: &str| format!(r#"{{"name":"{name}","type":"int","default":0}}"#);
    let int = |members: &str| with(&format!(r#""type":"int"{members}"#));
    let fixed = |name: &str| of(&format!(r#"{{"type":"fixed","name":"{name}","size":4}}"#));
    vec![
        (
            "avro/logical-type-changed",
            logical("timestamp-millis"),
            logical("timestamp-micros"),
            both(),
        ),
        (
            "avro/logical-type-changed",
            of(r#""long""#),
            logical("timestamp-micros"),
            both(),
        ),
        ("avro/decimal-changed", decimal(4), decimal(9), both()),
        (
            "avro/field-renamed-without-alias",
            record(&field("a")),
            record(&field("b")),
            both(),
        ),
        (
            "avro/field-renamed-with-alias",
            record(&field("a")),
            record(r#"{"name":"b","type":"int","default":0,"aliases":["a"]}"#),
            vec![old],
        ),
        (
            "avro/alias-of-other-field",
            record(&field("a")),
            record(&format!(
                r#"{},{{"name":"b","type":"int","default":0,"aliases":["a"]}}"#,
                field("a")
            )),
            vec![new],
        ),
        (
            "avro/type-renamed-with-alias",
            of(r#"{"type":"fixed","name":"F","aliases":["G"],"size":4}"#),
            of(r#"{"type":"fixed","name":"G","aliases":["F"],"size":4}"#),
            vec![],
        ),
        (
            "avro/namespace-changed",
            fixed("F"),
            fixed("other.F"),
            vec![new, old, code],
        ),
        (
            "avro/default-changed",
            int(r#","default":1"#),
            int(r#","default":2"#),
            vec![new],
        ),
        (
            "avro/default-removed",
            int(r#","default":1"#),
            int(""),
            vec![new],
        ),
        (
            "avro/default-of-later-branch",
            record(""),
            with(r#""type":["int","null"],"default":null"#),
            vec![new],
        ),
        (
            "avro/invalid-default",
            record(""),
            int(r#","default":"x""#),
            vec![new],
        ),
        (
            "avro/default-against-specification",
            record(""),
            with(r#""type":"bytes","default":"\u0100""#),
            vec![new],
        ),
        (
            "avro/enum-default-swallows-symbols",
            symbols(r#""symbols":["A","B"]"#),
            symbols(r#""symbols":["A"],"default":"A""#),
            vec![new],
        ),
        (
            "avro/enum-default-swallows-symbols",
            symbols(r#""symbols":["A"],"default":"A""#),
            symbols(r#""symbols":["A","B"],"default":"A""#),
            vec![old],
        ),
        (
            "avro/enum-default-changed",
            symbols(r#""symbols":["A","B"],"default":"A""#),
            symbols(r#""symbols":["A","B"],"default":"B""#),
            vec![new],
        ),
        (
            "avro/enum-default-removed",
            symbols(r#""symbols":["A"],"default":"A""#),
            symbols(r#""symbols":["A"]"#),
            vec![new],
        ),
        (
            "avro/alias-removed",
            int(r#","aliases":["g"]"#),
            int(""),
            vec![new],
        ),
        (
            "avro/lossy-promotion",
            of(r#""long""#),
            of(r#""double""#),
            vec![new],
        ),
        (
            "avro/bytes-as-string",
            of(r#""bytes""#),
            of(r#""string""#),
            vec![new],
        ),
        (
            "avro/type-promoted",
            of(r#""string""#),
            of(r#""bytes""#),
            vec![],
        ),
        ("avro/field-added", record(""), record(&field("a")), vec![]),
        (
            "avro/field-removed",
            record(&field("a")),
            record(""),
            vec![],
        ),
        (
            "avro/fields-reordered",
            record(&format!("{},{}", field("a"), field("b"))),
            record(&format!("{},{}", field("b"), field("a"))),
            vec![],
        ),
        (
            "avro/default-added",
            int(""),
            int(r#","default":1"#),
            vec![],
        ),
        (
            "avro/order-changed",
            int(""),
            int(r#","order":"ignore""#),
            vec![],
        ),
        (
            "avro/symbols-reordered",
            symbols(r#""symbols":["A","B"]"#),
            symbols(r#""symbols":["B","A"]"#),
            vec![],
        ),
        (
            "avro/enum-default-added",
            symbols(r#""symbols":["A"]"#),
            symbols(r#""symbols":["A"],"default":"A""#),
            vec![],
        ),
        (
            "avro/branch-added",
            of(r#"["null","long"]"#),
            of(r#"["null","long","int"]"#),
            vec![],
        ),
        (
            "avro/branch-removed",
            of(r#"["null","long","int"]"#),
            of(r#"["null","long"]"#),
            vec![],
        ),
        (
            "avro/branches-reordered",
            of(r#"["null","int"]"#),
            of(r#"["int","null"]"#),
            vec![],
        ),
        (
            "avro/alias-added",
            int(""),
            int(r#","aliases":["g"]"#),
            vec![],
        ),
        (
            "avro/doc-changed",
            int(r#","doc":"one""#),
            int(r#","doc":"two""#),
            vec![],
        ),
        (
            "avro/property-changed",
            int(r#","pii":true"#),
            int(r#","pii":false"#),
            vec![],
        ),
    ]
}

#[test]
fn registries_accept_these_and_we_say_what_they_do() {
    for (id, old, new, harmed) in accepted() {
        let comparison = between(&old, &new, Rules::Confluent);
        assert!(comparison.backward, "{id}");
        let found: Vec<_> = comparison
            .changes
            .iter()
            .filter(|one| one.id == id)
            .collect();
        assert_eq!(found.len(), 1, "{id} {:?}", comparison.changes);
        let change = found[0];
        assert_eq!(change.breaks, harmed, "{id}");
        let severity = if harmed.is_empty() {
            Severity::Safe
        } else {
            Severity::Risk
        };
        assert_eq!(change.severity, severity, "{id}");
        assert_eq!(
            (change.registry_type, &change.refused[..]),
            (None, &[][..]),
            "{id}"
        );
        assert!(harmed.is_empty() || change.fix.is_some(), "{id}");
        assert!(
            change.old_location.is_some() && change.new_location.is_some(),
            "{id}"
        );
    }
}

#[test]
fn each_rule_is_tested_and_says_where_it_stands() {
    let mut tested: HashSet<_> = breaks().into_iter().map(|(id, ..)| id).collect();
    tested.extend(accepted().into_iter().map(|(id, ..)| id));
    // Whatever adds a symbol is refused, or a default swallows it.
    tested.insert("avro/symbols-added");
    let known: HashSet<_> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(tested, known);
    assert_eq!(known.len(), RULES.len());
    assert!(
        RULES
            .iter()
            .all(|rule| !rule.why.is_empty() && !rule.source.is_empty())
    );
}

const OLD: &str = r#"{
  "type": "record", "name": "Order", "namespace": "shop",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "status", "type":
      {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID"]}},
    {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 2}}
  ]
}"#;
const NEW: &str = r#"{
  "type": "record", "name": "Order", "namespace": "shop",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "status", "type":
      {"type": "enum", "name": "Status", "symbols": ["NEW", "PAID", "REFUNDED"]}},
    {"name": "amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 4}},
    {"name": "currency", "type": "string"},
    {"name": "note", "type": ["null", "string"], "default": null}
  ]
}"#;

fn at(line: u32, column: u32) -> Position {
    Position { line, column }
}

/// Id, lines and columns in both files, old and new value, fix, witness.
fn shown(change: &Change) -> (Position, Position, Option<&str>, Option<&str>, Option<&str>) {
    (
        change.old_location.as_ref().unwrap().at,
        change.new_location.as_ref().unwrap().at,
        change.old.as_deref(),
        change.new.as_deref(),
        change.fix.as_deref(),
    )
}

#[test]
fn a_change_is_told_with_its_places_values_and_a_fix() {
    let (old, new) = (schema("old.avsc", OLD), schema("new.avsc", NEW));
    let comparison = compare(&old, &new, Rules::Confluent);
    assert!(!comparison.backward && !comparison.forward);
    let ids: Vec<_> = comparison.changes.iter().map(|change| change.id).collect();
    let expected = [
        "avro/missing-enum-symbols",
        "avro/reader-field-missing-default",
        "avro/decimal-changed",
        "avro/field-added",
    ];
    assert_eq!(ids, expected);
    let [symbols, currency, amount, note] = &comparison.changes[..] else {
        panic!("{:?}", comparison.changes);
    };

    assert_eq!(
        (symbols.path.as_str(), symbols.message.as_str()),
        ("/fields/1/type/symbols", "[REFUNDED]")
    );
    assert_eq!(
        shown(symbols),
        (
            at(6, 53),
            at(6, 53),
            Some("[NEW, PAID]"),
            Some("[NEW, PAID, REFUNDED]"),
            Some(
                "write \"REFUNDED\" only once all consumers have the new schema; an enum \"default\" \
             in \"shop.Status\" would have let them read it"
            )
        )
    );
    let value = r#"{"id":"a","status":"REFUNDED","amount":"a","currency":"a","note":null}"#;
    assert_eq!(witness(&old, &new, symbols).as_deref(), Some(value));

    assert_eq!(
        (currency.path.as_str(), currency.message.as_str()),
        ("/fields/3", "currency")
    );
    assert_eq!(
        shown(currency),
        (
            at(3, 13),
            at(8, 5),
            None,
            Some("currency: string"),
            Some("add \"default\": \"\" to \"currency\"")
        )
    );
    let value = r#"{"id":"a","status":"NEW","amount":"a"}"#;
    assert_eq!(witness(&old, &new, currency).as_deref(), Some(value));

    assert_eq!(amount.severity, Severity::Risk);
    assert_eq!(amount.old.as_deref(), Some("decimal, precision 4, scale 2"));
    assert_eq!(amount.new.as_deref(), Some("decimal, precision 9, scale 4"));
    assert_eq!(witness(&old, &new, amount), None);
    assert_eq!(note.message, "\"note\" added with default null");
}

#[test]
fn the_reason_why_a_branch_is_not_readable_is_told() {
    let branch = |ty: &str| {
        of(&format!(
            r#"["null",{{"type":"record","name":"Item","fields":[{{"name":"n","type":"{ty}"}}]}}]"#
        ))
    };
    let comparison = between(&branch("string"), &branch("int"), Rules::Confluent);
    let change = &comparison.changes[0];
    assert_eq!(change.path, "/fields/0/type/1");
    assert_eq!(change.message, "reader union lacking writer type: RECORD");
    let fix = "make record shop.Item readable (reader type: INT not compatible with writer type: \
               STRING at /fields/0/type): keep \"n\" as string, and add a field with a default for \
               int";
    assert_eq!(change.fix.as_deref(), Some(fix));
}

#[test]
fn a_lost_field_is_guessed() {
    let (old, new) = (
        record(r#"{"name":"amount","type":"long"}"#),
        record(r#"{"name":"total","type":"long"}"#),
    );
    let comparison = between(&old, &new, Rules::Confluent);
    let fixes: Vec<_> = (comparison.changes.iter())
        .filter_map(|change| change.fix.as_deref())
        .collect();
    assert_eq!(
        fixes,
        [
            "keep \"amount\", or give it a default first, in a version that all consumers have \
             before it goes",
            "add \"default\": 0 to \"total\"; if it is \"amount\" with a new name, add \
             \"aliases\": [\"amount\"] to it",
        ]
    );
}

#[test]
fn karapace_takes_aliases_as_they_are_written() {
    let old = r#"{"type":"fixed","name":"F","namespace":"a","size":4}"#;
    let new = r#"{"type":"fixed","name":"G","namespace":"a","size":4,"aliases":["F"]}"#;
    assert!(between(old, new, Rules::Confluent).backward);
    assert!(!between(old, new, Rules::Karapace).backward);
    let new = new.replace("\"F\"", "\"a.F\"");
    assert!(between(old, &new, Rules::Karapace).backward);
}

#[test]
fn references_define_names_and_their_places() {
    let money = |ty: &str| Reference {
        name: "shop.Money".to_owned(),
        source: Source::new(
            "money.avsc",
            &format!(
                r#"{{"type":"record","name":"shop.Money","fields":[{{"name":"n","type":"{ty}"}}]}}"#
            ),
        ),
    };
    let order = Source::new("order.avsc", &of(r#""Money""#));
    let old = parse(&order, &[money("string")]).unwrap();
    let new = parse(&order, &[money("int")]).unwrap();
    let change = &compare(&old, &new, Rules::Confluent).changes[0];
    assert_eq!(change.path, "/fields/0/type/fields/0/type");
    let place = change.new_location.as_ref().unwrap();
    assert_eq!(
        (&*place.file, place.pointer.as_str()),
        ("money.avsc", "/fields/0/type")
    );

    let error = parse(&order, &[]).unwrap_err();
    let message = "order.avsc:1:81: type \"shop.Money\" is not defined here, nor by a reference";
    assert_eq!(error.to_string(), message);
    let hint = "give the file that defines it: --reference shop.Money=FILE";
    assert_eq!(error.hint.as_deref(), Some(hint));
}

#[test]
fn what_is_no_schema_is_told() {
    for (text, message) in [
        ("{}", "x:1:1: \"type\" is missing"),
        (
            "7",
            "x:1:1: expected a type: a name, an array or an object, found a number",
        ),
        (r#"{"type":"array"}"#, "x:1:1: \"items\" is missing"),
        (
            r#"{"type":"enum","name":"E","symbols":"A"}"#,
            "x:1:37: expected an array of symbols, which are strings, found a string",
        ),
        (
            r#"{"type":"fixed","name":"F","size":-1}"#,
            "x:1:35: expected a size in bytes, found a number",
        ),
        (
            r#"{"type":"record","name":"R","fields":[{"name":"a","type":"int"},{"name":"a","type":"int"}]}"#,
            "x:1:65: field \"a\" is there twice",
        ),
        (
            r#"[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":2}]"#,
            "x:1:39: type \"F\" is defined twice, differently",
        ),
    ] {
        let error = parse(&Source::new("x", text), &[]).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn what_registries_took_is_read() {
    for text in [
        r#"{"type":"record","fields":[{"name":"a","type":"int","default":"x"}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":["null","Later"]},{"name":"b","type":{"type":"enum","name":"Later","symbols":[]}}]}"#,
        r#"{"type":{"type":"int"}}"#,
        r#"{"type":"error","name":"E","fields":[]}"#,
        r#"[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"F","size":1}]"#,
        r#"{"type":"record","name":"a.R","fields":[{"name":"a","type":["null","R","a.R",{"type":"R"}]}]}"#,
        "[]",
    ] {
        let schema = schema("x.avsc", text);
        assert!(
            compare(&schema, &schema, Rules::Confluent).backward,
            "{text}"
        );
    }
}
