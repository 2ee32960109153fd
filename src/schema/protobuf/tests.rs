//! What happens to data, beside every registry's own tests: risks, witnesses, and the other rule
//! sets.

mod safe_changes;

use std::collections::BTreeSet;

use crate::schema::{
    Breaks, Change, Comparison, Direction, Rules, Severity, Source,
    protobuf::{RULES, Schema, compare, parse, parse_files, witness},
};

fn schema(text: &str) -> Schema {
    let is_whole = text.contains("syntax =") || text.contains("edition =");
    let text = if is_whole {
        text.to_owned()
    } else {
        format!("syntax = \"proto3\"; {text}")
    };
    parse(&Source::new("a.proto", &text), &[]).unwrap()
}

fn under(rules: Rules, old: &str, new: &str) -> Comparison {
    compare(&schema(old), &schema(new), rules)
}

/// What only evctl finds, and its witness.
fn risks(old: &str, new: &str) -> Vec<(&'static str, Option<String>)> {
    let (old, new) = (schema(old), schema(new));
    let changes = compare(&old, &new, Rules::Confluent).changes.into_iter();
    let risks = changes.filter(|change| change.severity == Severity::Risk);
    risks
        .map(|change| (change.id, witness(&old, &new, &change)))
        .collect()
}

#[track_caller]
fn check(old: &str, new: &str, id: &str, expected: Option<&str>) {
    let risks = risks(old, new);
    let risk = risks.iter().find(|(found, _)| *found == id);
    let risk = risk.unwrap_or_else(|| panic!("{id} is not one of {risks:?}"));
    assert_eq!(risk.1.as_deref(), expected, "{id}");
}

#[test]
fn what_the_registry_accepts_and_data_suffers_from_is_a_risk_with_a_witness() {
    let field = |field: &str| format!("message M {{ {field} }} enum E {{ Z = 0; A = 1; }}");
    let both = |old: &str, new: &str, id: &str, expected: Option<&str>| {
        check(&field(old), &field(new), id, expected);
    };
    both(
        "int32 a = 1;",
        "",
        "protobuf/field-removed-without-reserve",
        None,
    );
    both(
        "int32 a = 1;",
        "int32 a = 2;",
        "protobuf/field-renumbered",
        Some("{\"a\": -1} is read as {}"),
    );
    both(
        "int32 a = 1; int32 b = 2;",
        "int32 a = 2; int32 b = 1;",
        "protobuf/field-renumbered",
        Some("{\"a\": -1} is read as {\"b\": -1}"),
    );
    both(
        "int64 total = 1;",
        "int32 total = 1;",
        "protobuf/field-narrowed",
        Some("{\"total\": 5000000000} is read as {\"total\": 705032704}"),
    );
    both(
        "uint32 a = 1;",
        "int32 a = 1;",
        "protobuf/field-sign-changed",
        Some("{\"a\": 3000000000} is read as {\"a\": -1294967296}"),
    );
    both(
        "bytes a = 1;",
        "string a = 1;",
        "protobuf/field-bytes-to-string",
        Some("{\"a\": \"//4=\"} is refused: the string \"a\" is no UTF-8"),
    );
    both(
        "repeated int32 a = 1;",
        "int32 a = 1;",
        "protobuf/field-repeated-changed",
        Some("{\"a\": [-1, 1]} is read as {}"),
    );
    both(
        "repeated string a = 1;",
        "string a = 1;",
        "protobuf/field-repeated-changed",
        Some("{\"a\": [\"text\", \"text\"]} is read as {\"a\": \"text\"}"),
    );
    both(
        "int32 a = 1;",
        "bool a = 1;",
        "protobuf/field-to-bool",
        Some("{\"a\": -1} is read as {\"a\": true}"),
    );
}

#[test]
fn names_presence_and_reservations_are_risks_too() {
    let field = |field: &str| format!("message M {{ {field} }} enum E {{ Z = 0; A = 1; }}");
    let both = |old: &str, new: &str, id: &str, expected: Option<&str>| {
        check(&field(old), &field(new), id, expected);
    };
    both(
        "int32 a = 1;",
        "E a = 1;",
        "protobuf/field-json-form-changed",
        None,
    );
    both(
        "string a_b = 1;",
        "string c = 1;",
        "protobuf/field-renamed",
        Some("{\"aB\": \"text\"} as JSON is refused: M has no field \"aB\""),
    );
    both(
        "string a = 1;",
        "string a = 1 [json_name = \"x\"];",
        "protobuf/field-json-name-changed",
        Some("{\"x\": \"text\"} as JSON is refused: M has no field \"x\""),
    );
    both(
        "int32 a = 1;",
        "optional int32 a = 1;",
        "protobuf/field-presence-changed",
        None,
    );
    both(
        "oneof o { string a = 1; }",
        "string a = 1;",
        "protobuf/oneof-membership-changed",
        None,
    );
    both(
        "reserved 7;",
        "int32 a = 7;",
        "protobuf/reserved-number-reused",
        None,
    );
    both(
        "reserved \"a\";",
        "int32 a = 7;",
        "protobuf/reserved-name-reused",
        None,
    );
    both(
        "reserved 7 to 9;",
        "reserved 8;",
        "protobuf/reservation-removed",
        None,
    );
}

#[test]
fn values_of_enums_are_removed_renamed_and_renumbered() {
    let file = |values: &str| format!("message M {{ E e = 1; }} enum E {{ Z = 0; {values} }}");
    let both = |old: &str, new: &str, id: &str, expected: &str| {
        check(&file(old), &file(new), id, Some(expected));
    };
    both(
        "A = 1;",
        "",
        "protobuf/enum-value-removed",
        "{\"e\": \"A\"} is read as {\"e\": 1}",
    );
    both(
        "A = 1;",
        "B = 1;",
        "protobuf/enum-value-renamed",
        "{\"e\": \"A\"} as JSON is refused: E has no value \"A\"",
    );
    both(
        "A = 1;",
        "A = 2;",
        "protobuf/enum-value-renumbered",
        "{\"e\": \"A\"} is read as {\"e\": 1}",
    );
    let closed = |values: &str| {
        format!(
            "syntax = \"proto2\"; message M {{ optional E e = 1; }} enum E {{ Z = 0; {values} }}"
        )
    };
    let added = under(Rules::Semantic, &closed(""), &closed("A = 1;"));
    assert!(added.backward && !added.forward);
    assert_eq!(added.changes[0].id, "protobuf/enum-value-added-to-closed");
}

#[test]
fn what_proto2_says_is_heeded() {
    let both = |old: &str, new: &str, id: &str, expected: Option<&str>| {
        let file = |text: &str| format!("syntax = \"proto2\"; message M {{ {text} }}");
        let (old, new) = (schema(&file(old)), schema(&file(new)));
        let comparison = compare(&old, &new, Rules::Semantic);
        let change = comparison
            .changes
            .iter()
            .find(|change| change.id == id)
            .unwrap();
        assert_eq!(witness(&old, &new, change).as_deref(), expected);
    };
    both(
        "optional int32 a = 1 [default = 3];",
        "optional int32 a = 1 [default = 4];",
        "protobuf/field-default-changed",
        Some("{} means {\"a\": 3} and is read as {\"a\": 4}"),
    );
    both(
        "optional int32 a = 1;",
        "required int32 a = 1;",
        "protobuf/field-required-changed",
        Some("{} is refused: the required field \"a\" is missing"),
    );
    both(
        "optional group G = 1 { optional int32 a = 1; }",
        "optional G g = 1; message G { optional int32 a = 1; }",
        "protobuf/group-changed",
        Some("{\"g\": {\"a\": 1}} is read as {}"),
    );
}

#[test]
fn a_oneof_that_takes_fields_in_loses_all_but_one() {
    let old = schema("message M { string a = 1; string b = 2; oneof o { string c = 3; } }");
    let new = schema("message M { oneof o { string a = 1; string b = 2; string c = 3; } }");
    let comparison = compare(&old, &new, Rules::Confluent);
    let change = &comparison.changes[0];
    assert_eq!(change.registry_type, Some("MULTIPLE_FIELDS_MOVED_TO_ONEOF"));
    let shown = "{\"a\": \"text\", \"b\": \"text\", \"c\": \"text\"} is read as {\"c\": \"text\"}";
    assert_eq!(witness(&old, &new, change).as_deref(), Some(shown));
    assert_eq!(
        change.fix.as_deref(),
        Some("leave the fields of M outside of `oneof o`")
    );
    // The same is not told twice.
    assert!(
        comparison
            .changes
            .iter()
            .all(|change| change.id != "protobuf/oneof-exclusive")
    );
}

/// Every type of field against every other: what is said to break has a witness, and what is said
/// to be fine has none.
#[test]
fn breaks_have_witnesses_and_what_does_not_break_has_none() {
    let types = [
        "double",
        "float",
        "int32",
        "int64",
        "uint32",
        "uint64",
        "sint32",
        "sint64",
        "fixed32",
        "fixed64",
        "sfixed32",
        "sfixed64",
        "bool",
        "string",
        "bytes",
        "E",
        "N",
        "O",
        "map<int32, string>",
        "map<int32, bytes>",
    ];
    let labels = ["", "optional ", "repeated "];
    let fields = types.iter().flat_map(|one| {
        let labels = labels
            .iter()
            .filter(|label| label.is_empty() || !one.starts_with("map"));
        labels.map(move |label| format!("{label}{one} a = 1;"))
    });
    let fields: Vec<String> = fields.collect();
    let mut missing = Vec::new();
    let mut count = 0;
    for syntax in ["syntax = \"proto3\"", "edition = \"2023\""] {
        let file = |field: &str| {
            let field = match syntax {
                "syntax = \"proto3\"" => field.to_owned(),
                _ => field.replace("optional ", ""),
            };
            schema(&format!(
                "{syntax}; message M {{ {field} }} enum E {{ A = 0; B = 1; C = -1; }} message N {{ \
                 int32 x = 1; }} message O {{ string x = 1; }}"
            ))
        };
        for one in &fields {
            for two in &fields {
                let (old, new) = (file(one), file(two));
                let comparison = compare(&old, &new, Rules::Semantic);
                for change in &comparison.changes {
                    let is_break = change.severity == Severity::Break;
                    count += usize::from(is_break);
                    let shown = witness(&old, &new, change);
                    // `E` reads every number, and `int32` all of its own.
                    let is_soft = matches!(change.id, "protobuf/field-to-enum");
                    if is_break != shown.is_some() && !is_soft {
                        missing.push(format!("{one} -> {two}: {} {shown:?}", change.id));
                    }
                }
                if comparison.backward {
                    let silent = probe(&old, &new);
                    assert_eq!(silent, None, "{one} -> {two} is said to be fine");
                }
            }
        }
    }
    assert!(
        missing.len() * 50 < count,
        "{} of {count}: {missing:#?}",
        missing.len()
    );
}

/// A witness for the field `a`, whatever was found.
fn probe(old: &Schema, new: &Schema) -> Option<String> {
    let place = |file: &str| crate::schema::SchemaLocation {
        pointer: "M.a".to_owned(),
        file: file.into(),
        at: crate::schema::Position::default(),
    };
    let change = Change {
        id: "probe",
        registry_type: None,
        path: String::new(),
        message: String::new(),
        severity: Severity::Break,
        refused: vec![Direction::Backward],
        breaks: vec![Breaks::NewConsumers],
        old: Some(String::new()),
        new: Some(String::new()),
        old_location: Some(place("a.proto")),
        new_location: Some(place("a.proto")),
        fix: None,
    };
    witness(old, new, &change)
}

#[test]
fn buf_reports_what_it_reports() {
    let text = |rules: Rules, old: &str, new: &str| -> Vec<(String, String)> {
        let comparison = under(rules, old, new);
        let changes = comparison.changes.into_iter();
        let reported = changes.filter(|change| change.refused.contains(&Direction::Backward));
        reported
            .map(|change| {
                (
                    change.registry_type.unwrap_or("?").to_owned(),
                    change.message,
                )
            })
            .collect()
    };
    let old =
        "package p; message M { int32 a = 1; E e = 2; string c = 3; } enum E { Z = 0; A = 1; }";
    let new = "package p; message M { int64 b = 1; oneof o { E e = 2; } } enum E { Z = 0; }";
    let wire = text(Rules::BufWire, old, new);
    let expected = [
        (
            "FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED",
            "Previously present field \"3\" with name \"c\" on message \"M\" was deleted without \
             reserving the number \"3\".",
        ),
        (
            "FIELD_SAME_ONEOF",
            "Field \"2\" with name \"e\" on message \"M\" moved from outside to inside a oneof.",
        ),
        (
            "ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED",
            "Previously present enum value \"1\" on enum \"E\" was deleted without reserving the \
             number \"1\".",
        ),
    ];
    let expected = expected.map(|(one, two)| (one.to_owned(), two.to_owned()));
    assert_eq!(wire, expected);
    let json: BTreeSet<String> = text(Rules::BufWireJson, old, new)
        .into_iter()
        .map(|(rule, _)| rule)
        .collect();
    for rule in [
        "FIELD_SAME_NAME",
        "FIELD_SAME_JSON_NAME",
        "FIELD_WIRE_JSON_COMPATIBLE_TYPE",
        "FIELD_NO_DELETE_UNLESS_NAME_RESERVED",
        "ENUM_VALUE_NO_DELETE_UNLESS_NAME_RESERVED",
    ] {
        assert!(json.contains(rule), "{rule}: {json:?}");
    }
}

/// A pair of schemas for each of buf's rules.
#[test]
fn every_rule_of_buf_is_produced() {
    let proto2 = |text: &str| format!("syntax = \"proto2\"; {text}");
    let service = |rpc: &str| format!("message M {{}} message N {{}} service S {{ {rpc} }}");
    let format = |format: &str| {
        format!(
            "edition = \"2023\"; message M {{ option features.json_format = {format}; }} enum E {{ \
             option features.json_format = {format}; A = 0; }}"
        )
    };
    let pairs = [
        ("package a;".to_owned(), "package b;".to_owned()),
        (
            proto2("message M { required int32 a = 1; }"),
            proto2("message M { reserved 1; }"),
        ),
        (
            proto2("message M { optional int32 a = 1 [default = 2]; }"),
            proto2("message M { repeated int32 a = 1; }"),
        ),
        (
            proto2("message M { optional int32 a = 1 [default = 2]; }"),
            proto2("message M { optional int32 a = 1 [default = 3]; }"),
        ),
        (
            "message M { reserved 1 to 3; int32 a = 4; } enum E { A = 0; B = 1; reserved 9; }"
                .into(),
            "message M { reserved 2; string b = 4; } enum E { A = 0; C = 1; }".into(),
        ),
        (
            "message M { int32 a = 1; } enum E { A = 0; B = 1; }".into(),
            "message M { oneof o { int32 b = 2; } } enum E { A = 0; }".into(),
        ),
        (
            "message M { int32 a = 1; }".into(),
            "message M { oneof o { int32 a = 1; } }".into(),
        ),
        (
            service("rpc A(M) returns (M); rpc B(M) returns (M);"),
            service(
                "rpc A(stream N) returns (stream N); rpc B(M) returns (M) { option \
                 idempotency_level = IDEMPOTENT; }",
            ),
        ),
        (format("ALLOW"), format("LEGACY_BEST_EFFORT")),
    ];
    let mut found = BTreeSet::new();
    for (old, new) in &pairs {
        for rules in [Rules::BufWire, Rules::BufWireJson] {
            let comparison = under(rules, old, new);
            found.extend(
                comparison
                    .changes
                    .iter()
                    .filter_map(|change| change.registry_type),
            );
        }
    }
    let missing: Vec<_> = RULES
        .iter()
        .filter(|rule| rule.id.starts_with("protobuf/buf-"))
        .filter(|rule| !found.contains(rule.registry_type.unwrap()))
        .collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn apicurio_refuses_what_protolock_refuses() {
    let file =
        |text: &str| format!("syntax = \"proto2\"; message M {{ {text} }} enum E {{ Z = 0; }}");
    let service = |rpc: &str| format!("message M {{}} service S {{ {rpc} }}");
    let pairs = [
        (file("reserved 1;"), file("reserved 1, 2; optional int32 a = 3;"), vec![]),
        (
            file("reserved 1; reserved \"a\";"),
            file("optional int32 a = 1;"),
            vec![
                "NoUsingReservedFields: Conflict of reserved 2 fields, message M",
                "NoRemovingReservedFields: 2 reserved fields were removed, message M",
            ],
        ),
        (
            file("optional int32 a = 1; optional int32 b = 2;"),
            file("reserved 1; optional int32 b = 2;"),
            vec!["NoRemovingFieldsWithoutReserve: 1 fields removed without reservation, message M"],
        ),
        (
            file("optional int32 a = 1; optional int32 b = 2;"),
            file("reserved 1; reserved \"a\"; optional int32 b = 2;"),
            vec![],
        ),
        (
            file("optional int32 a = 1;"),
            file("required sint32 a = 1; required int32 b = 2;"),
            vec![
                "NoChangingFieldTypes: Field type changed, message M , before: int32 , after sint32",
                "NoChangingFieldTypes: Field label changed, message M , before: OPTIONAL , after REQUIRED",
                "RequiredFields: required field added in new version, message M, after b",
            ],
        ),
        (
            "message M { int32 a = 1; int32 b = 2; }".into(),
            "message M { int32 a = 3; int32 c = 2; }".into(),
            vec![
                "NoRemovingFieldsWithoutReserve: 1 fields removed without reservation, message M",
                "NoChangingFieldIDs: Conflict, field id changed, message M , before: 1 , after 3",
                "NoChangingFieldNames: Field name changed, message M , before: a , after null",
                "NoChangingFieldNames: Field name changed, message M , before: b , after c",
            ],
        ),
        (
            service("rpc A(M) returns (M); rpc B(M) returns (M);"),
            service("rpc B(stream M) returns (M);"),
            vec![
                "NoRemovingServiceRPCs: 1 rpc services removed, message S",
                "NoChangingRPCSignature: rpc service signature changed, message S , before M:false->M:false , after null",
                "NoChangingRPCSignature: rpc service signature changed, message S , before M:false->M:false , after M:true->M:false",
            ],
        ),
        (
            "package t; message R { message N { int32 a = 1; } N n = 1; message D { N n = 1; } }".into(),
            "package t; message R { message N { int32 a = 1; } .t.R.N n = 1; message D { .t.R.N n = 1; } }".into(),
            vec![],
        ),
    ];
    for (old, new, expected) in pairs {
        let comparison = under(Rules::Apicurio, &old, &new);
        let mut found: Vec<String> = comparison
            .changes
            .iter()
            .filter(|change| change.refused.contains(&Direction::Backward))
            .map(|change| format!("{}: {}", change.registry_type.unwrap(), change.message))
            .collect();
        let mut expected: Vec<String> = expected.into_iter().map(str::to_owned).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{old} -> {new}");
        assert_eq!(comparison.backward, expected.is_empty());
    }
}

#[test]
fn karapace_produces_all_but_what_it_never_reports() {
    let pairs = [
        (
            "package a; message M { A a = 1; } message A {} enum E { Z = 0; A = 1; }",
            "syntax = \"proto2\"; package b; message M { optional B a = 1; } message B {} message E {}",
        ),
        (
            "message M { int32 a = 1; int32 b = 2; int32 c = 3; x.Y y = 9; enum E { Z = 0; A = 1; B = 2; } enum F { Q = 0; } oneof o { int32 p = 5; int32 q = 6; } oneof r { int32 s = 8; } }",
            "message M { string a = 1; repeated int32 d = 2; int32 c = 4; x.Z y = 9; enum E { Z = 0; X = 1; C = 3; } enum G { W = 0; } oneof o { int32 p = 5; int32 t = 7; } }",
        ),
        (
            "message M { int32 a = 1; int32 b = 2; }",
            "message M { oneof o { int32 a = 1; int32 b = 2; } }",
        ),
    ];
    let mut found = BTreeSet::new();
    for (old, new) in pairs {
        let comparison = under(Rules::Karapace, old, new);
        found.extend(comparison.changes.iter().map(|change| change.id));
    }
    let karapace = RULES
        .iter()
        .filter(|rule| rule.id.starts_with("protobuf/karapace-"));
    let missing: Vec<_> = karapace.filter(|rule| !found.contains(rule.id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn rules_are_told_apart_and_every_change_has_one() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len());
    for rule in RULES {
        let id = rule.id.strip_prefix("protobuf/").unwrap();
        assert!(
            id.bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
            "{id}"
        );
        assert!(!rule.title.is_empty() && !rule.why.is_empty() && !rule.source.is_empty());
    }
}

#[test]
fn a_folder_is_one_schema_whatever_it_is_called() {
    let folder = |root: &str, kind: &str| {
        let sources = [
            Source::new(
                &format!("{root}/one/a.proto"),
                "syntax = \"proto3\"; package p; import \"one/b.proto\"; message A { B b = 1; }",
            ),
            Source::new(
                &format!("{root}/one/b.proto"),
                &format!("syntax = \"proto3\"; package p; message B {{ {kind} x = 1; }}"),
            ),
        ];
        parse_files(&sources, &[]).unwrap()
    };
    let (old, new) = (folder("old", "int32"), folder("new/v2", "string"));
    for rules in [
        Rules::Confluent,
        Rules::Karapace,
        Rules::Apicurio,
        Rules::BufWire,
    ] {
        let comparison = compare(&old, &new, rules);
        assert!(!comparison.backward, "{rules:?}");
        let change = &comparison.changes[0];
        let place = change.new_location.as_ref().unwrap();
        assert_eq!(
            (&*place.file, place.pointer.as_str()),
            ("new/v2/one/b.proto", "B.x")
        );
    }
}

#[test]
fn every_break_and_every_risk_has_a_fix_that_names_things() {
    let old = "package a; message M { int32 a = 1; repeated string b = 2; E e = 3; bytes c = 4; \
        oneof o { int32 x = 5; int32 y = 6; } reserved 9; } enum E { Z = 0; A = 1; B = 2; }";
    let new = "package b; message M { string a = 1; string b = 2; int32 e = 3; string d = 4; \
        oneof o { int32 x = 5; } } enum E { Z = 0; C = 1; } message N {}";
    for rules in [
        Rules::Confluent,
        Rules::Karapace,
        Rules::Apicurio,
        Rules::BufWire,
        Rules::BufWireJson,
        Rules::Semantic,
    ] {
        for change in under(rules, old, new).changes {
            let fix = change.fix.unwrap_or_default();
            assert_eq!(
                fix.is_empty(),
                change.severity == Severity::Safe,
                "{} {fix}",
                change.id
            );
            assert!(change.old_location.is_some() && change.new_location.is_some());
            assert_eq!(
                change.severity == Severity::Break,
                !change.refused.is_empty()
            );
        }
    }
}

#[test]
fn long_chains_circles_and_doubling_ways_come_to_an_end() {
    let chain = |count: usize, kind: &str| {
        let next = |index: usize| format!("M{0} a = 1; M{0} b = 2;", index + 1);
        let messages = (0..count).map(|index| format!("message M{index} {{ {} }}\n", next(index)));
        let text: String = messages.collect();
        text + &format!("message M{count} {{ {kind} a = 1; M0 back = 2; M{count} own = 3; }}")
    };
    for count in [200, 10_000] {
        let (old, new) = (
            schema(&chain(count, "int64")),
            schema(&chain(count, "string")),
        );
        for rules in [
            Rules::Confluent,
            Rules::Karapace,
            Rules::Apicurio,
            Rules::BufWire,
            Rules::BufWireJson,
            Rules::Semantic,
        ] {
            let comparison = compare(&old, &new, rules);
            assert!(!comparison.backward && !comparison.forward, "{rules:?}");
            let change = &comparison.changes[0];
            assert!(
                witness(&old, &new, change).is_some(),
                "{rules:?}: {change:?}"
            );
        }
    }
}
