//! Every type of difference, the paths, and the corners of name resolution.

use crate::schema::{
    Comparison, Direction, Reference, Rules, Source,
    protobuf::{catalogue, compare, parse},
};

/// Compares what stands after `syntax = "proto3";`, or whole files when they name a syntax.
fn both(old: &str, new: &str) -> Comparison {
    with_references(old, &[], new, &[])
}

fn with_references(
    old: &str,
    old_references: &[(&str, &str)],
    new: &str,
    new_references: &[(&str, &str)],
) -> Comparison {
    let whole = |text: &str| {
        let is_whole = text.contains("syntax =") || text.contains("edition =");
        if is_whole {
            text.to_owned()
        } else {
            format!("syntax = \"proto3\"; {text}")
        }
    };
    let read = |name: &str, text: &str, references: &[(&str, &str)]| {
        let references: Vec<Reference> = references
            .iter()
            .map(|(name, text)| Reference {
                name: (*name).to_owned(),
                source: Source::new(name, &whole(text)),
            })
            .collect();
        parse(&Source::new(name, &whole(text)), &references).unwrap()
    };
    let old = read("old.proto", old, old_references);
    let new = read("new.proto", new, new_references);
    compare(&old, &new, Rules::Confluent)
}

/// What the registry finds from old to new.
fn found(comparison: &Comparison) -> Vec<String> {
    let is_registrys =
        |refused: &[Direction]| refused.is_empty() || refused.contains(&Direction::Backward);
    let changes = comparison.changes.iter();
    let mut found: Vec<String> = changes
        .filter(|change| is_registrys(&change.refused))
        .filter_map(|change| Some(format!("{} {}", change.registry_type?, change.path)))
        .collect();
    found.sort();
    found
}

#[track_caller]
fn check(old: &str, new: &str, expected: &[&str], compatible: bool) {
    let comparison = both(old, new);
    assert_eq!(found(&comparison), expected, "{old} -> {new}");
    assert_eq!(comparison.backward, compatible, "{old} -> {new}");
}

#[test]
fn packages_and_types_are_compared_by_their_local_names() {
    check(
        "package a; message M {}",
        "package b; message M {}",
        &["PACKAGE_CHANGED #/"],
        false,
    );
    check(
        "message M {}",
        "message M {} message N {}",
        &["MESSAGE_ADDED #/N"],
        true,
    );
    check(
        "message M { message N {} }",
        "message M {}",
        &["MESSAGE_REMOVED #/M/N"],
        false,
    );
    check(
        "message M {} message N {}",
        "message N {} enum E { A = 0; } message M {}",
        &["ENUM_ADDED #/E", "MESSAGE_MOVED #/M", "MESSAGE_MOVED #/N"],
        true,
    );
    check(
        "enum E { A = 0; }",
        "message M {}",
        &["ENUM_REMOVED #/E", "MESSAGE_ADDED #/M"],
        true,
    );
}

#[test]
fn enum_values_are_compared_by_number() {
    check(
        "message M { enum E { A = 0; B = 1; C = 2; } }",
        "message M { enum E { A = 0; X = 1; D = 3; } }",
        &[
            "ENUM_CONST_ADDED #/M/E/3",
            "ENUM_CONST_CHANGED #/M/E/1",
            "ENUM_CONST_REMOVED #/M/E/2",
        ],
        true,
    );
}

#[test]
fn fields_are_compared_by_number() {
    check(
        "message M { string a = 1; int32 b = 2; }",
        "message M { bytes c = 1; int64 d = 3; }",
        &[
            "FIELD_ADDED #/M/3",
            "FIELD_NAME_CHANGED #/M/1",
            "FIELD_REMOVED #/M/2",
        ],
        true,
    );
    let scalar = &["FIELD_SCALAR_KIND_CHANGED #/M/1"];
    for (old, new) in [
        ("int32", "sint32"),
        ("int32", "string"),
        ("fixed32", "fixed64"),
        ("float", "double"),
        ("float", "fixed32"),
        ("E", "string"),
    ] {
        let file = |kind: &str| format!("message M {{ {kind} a = 1; }} enum E {{ A = 0; }}");
        check(&file(old), &file(new), scalar, false);
    }
    for (old, new) in [
        ("int32", "uint64"),
        ("bool", "int64"),
        ("E", "int32"),
        ("sint32", "sint64"),
        ("string", "bytes"),
        ("fixed32", "sfixed32"),
        ("sfixed64", "fixed64"),
    ] {
        let file = |kind: &str| format!("message M {{ {kind} a = 1; }} enum E {{ A = 0; }}");
        check(&file(old), &file(new), &[], true);
    }
}

#[test]
fn kinds_are_scalar_map_and_message() {
    let file = |kind: &str| format!("message M {{ {kind} a = 1; }} message N {{}}");
    for (old, new) in [
        ("int32", "N"),
        ("N", "map<string, N>"),
        ("map<string, N>", "string"),
    ] {
        check(&file(old), &file(new), &["FIELD_KIND_CHANGED #/M/1"], false);
    }
    check(
        &file("map<string, int32>"),
        &file("map<int32, string>"),
        &[
            "FIELD_SCALAR_KIND_CHANGED #/M/1",
            "FIELD_SCALAR_KIND_CHANGED #/M/1",
        ],
        false,
    );
    // As it is printed from a descriptor.
    check(
        "message M { map<string, int32> a = 1; }",
        "message M { repeated AEntry a = 1; message AEntry { option map_entry = true; \
         string key = 1; int32 value = 2; } }",
        &[],
        true,
    );
}

#[test]
fn message_types_are_compared_without_their_package() {
    check(
        "message M { A a = 1; } message A {} message B {}",
        "message M { B a = 1; } message A {} message B {}",
        &["FIELD_NAMED_TYPE_CHANGED #/M/1"],
        false,
    );
    check(
        "package p; message M { A a = 1; message A {} }",
        "package p; message M { .p.M.A a = 1; message A {} }",
        &[],
        true,
    );
    // What is not known is compared as it was written.
    check(
        "message M { x.A a = 1; }",
        "message M { x.A a = 1; }",
        &[],
        true,
    );
    check(
        "message M { x.A a = 1; }",
        "message M { .x.A a = 1; }",
        &["FIELD_NAMED_TYPE_CHANGED #/M/1"],
        false,
    );
}

#[test]
fn labels_are_compared_only_where_both_are_written() {
    let numeric = &["FIELD_NUMERIC_LABEL_CHANGED #/M/1"];
    let text = &["FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1"];
    check(
        "message M { optional bool a = 1; }",
        "message M { repeated bool a = 1; }",
        numeric,
        false,
    );
    check(
        "message M { optional bytes a = 1; }",
        "message M { repeated bytes a = 1; }",
        text,
        true,
    );
    check(
        "message M { optional M a = 1; }",
        "message M { repeated M a = 1; }",
        &[],
        true,
    );
    check(
        "message M { int32 a = 1; }",
        "message M { repeated int32 a = 1; }",
        &[],
        true,
    );
}

#[test]
fn required_fields_are_neither_added_nor_removed() {
    let file = |text: &str| format!("syntax = \"proto2\"; message M {{ {text} }}");
    let (without, with) = (file(""), file("required int32 a = 1;"));
    check(&without, &with, &["REQUIRED_FIELD_ADDED #/M/1"], false);
    check(&with, &without, &["REQUIRED_FIELD_REMOVED #/M/1"], false);
}

#[test]
fn members_of_oneofs_are_compared_across_the_message() {
    let plain = "message M { string a = 1; string b = 2; }";
    let one = "message M { string a = 1; oneof o { string b = 2; } }";
    let two = "message M { oneof o { string a = 1; string b = 2; } }";
    let three = "message M { oneof o { string a = 1; string b = 2; string c = 3; } }";
    let other = "message M { oneof p { string a = 1; string b = 2; } }";
    check(plain, one, &["ONEOF_ADDED #/M/o"], true);
    check(
        plain,
        two,
        &["MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/o", "ONEOF_ADDED #/M/o"],
        false,
    );
    check(one, two, &["FIELD_MOVED_TO_EXISTING_ONEOF #/M/o"], false);
    check(two, three, &["ONEOF_FIELD_ADDED #/M/o/3"], true);
    check(three, two, &["ONEOF_FIELD_REMOVED #/M/o/3"], false);
    check(
        two,
        other,
        &["ONEOF_ADDED #/M/p", "ONEOF_REMOVED #/M/o"],
        true,
    );
    check(
        two,
        plain,
        &[
            "ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1",
            "ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/2",
            "ONEOF_REMOVED #/M/o",
        ],
        true,
    );
    // The oneof goes with all its members, or not with all of them.
    check(two, "message M {}", &["ONEOF_REMOVED #/M/o"], true);
    check(
        two,
        "message M { string a = 1; }",
        &[
            "ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1",
            "ONEOF_FIELD_REMOVED #/M/o/2",
            "ONEOF_REMOVED #/M/o",
        ],
        false,
    );
    // Two oneofs become one: nothing was outside.
    check(
        "message M { oneof o { string a = 1; } oneof p { string b = 2; } }",
        "message M { oneof o { string a = 1; int32 b = 2; } }",
        &[
            "FIELD_MOVED_TO_EXISTING_ONEOF #/M/o",
            "FIELD_SCALAR_KIND_CHANGED #/M/o/2",
            "ONEOF_REMOVED #/M/p",
        ],
        false,
    );
}

#[test]
fn imported_messages_are_compared_when_the_reference_changed() {
    let main =
        |import: &str, kind: &str| format!("import \"{import}\"; message M {{ {kind} a = 1; }}");
    let first = "package p; message O { message N { int32 a = 1; } }";
    let second = "package q; message O { message N { string a = 1; } }";
    let comparison = with_references(
        &main("a.proto", ".p.O.N"),
        &[("a.proto", first)],
        &main("b.proto", ".q.O.N"),
        &[("b.proto", second)],
    );
    let expected = [
        "FIELD_NAMED_TYPE_CHANGED #/M/1",
        "FIELD_SCALAR_KIND_CHANGED #/O/N/1",
    ];
    assert_eq!(found(&comparison), expected);
    assert!(!comparison.backward && !comparison.forward);
    // The same name and text is the same version.
    let comparison = with_references(
        &main("a.proto", ".p.O.N"),
        &[("a.proto", first)],
        &main("a.proto", ".p.O.N"),
        &[("a.proto", first)],
    );
    assert_eq!(found(&comparison), [""; 0]);
    // A message that moves into an import keeps its local name.
    let comparison = with_references(
        "message M { N a = 1; } message N { int32 b = 1; }",
        &[],
        &main("a.proto", ".p.N"),
        &[("a.proto", "package p; message N { int32 b = 1; }")],
    );
    assert_eq!(found(&comparison), ["MESSAGE_REMOVED #/N"]);
}

#[test]
fn both_directions_are_one_change_where_type_and_path_are_the_same() {
    let comparison = both(
        "message M { int32 a = 1; }",
        "message M { string a = 1; } message N {}",
    );
    let breaks: Vec<_> = comparison
        .changes
        .iter()
        .filter(|change| !change.refused.is_empty() && change.registry_type.is_some())
        .map(|change| {
            (
                change.registry_type.unwrap(),
                change.path.as_str(),
                change.refused.len(),
            )
        })
        .collect();
    let expected = [
        ("FIELD_SCALAR_KIND_CHANGED", "#/M/1", 2),
        ("MESSAGE_REMOVED", "#/N", 1),
    ];
    assert_eq!(breaks, expected);
    assert_eq!(
        comparison.changes[0].message,
        "The kind of a SCALAR field at path '#/M/1' in the new schema does not match its kind in \
         the old schema"
    );
}

#[test]
fn changes_stand_where_they_happen_and_are_fixed_by_name() {
    let comparison = both(
        "message M {\n  int32 a = 1;\n}",
        "message M {\n\n  string a = 1;\n}",
    );
    let change = &comparison.changes[0];
    let (old, new) = (
        change.old_location.clone().unwrap(),
        change.new_location.clone().unwrap(),
    );
    assert_eq!(
        (old.pointer.as_str(), &*old.file, old.at.line, old.at.column),
        ("M.a", "old.proto", 2, 3)
    );
    assert_eq!(
        (new.pointer.as_str(), new.at.line, new.at.column),
        ("M.a", 3, 3)
    );
    assert_eq!(change.old.as_deref(), Some("int32 a = 1"));
    assert_eq!(change.new.as_deref(), Some("string a = 1"));
    let fix = "keep `int32 a = 1` in M and add the new one with a number that is not in use";
    assert_eq!(change.fix.as_deref(), Some(fix));
}

#[test]
fn groups_and_extensions_are_not_seen() {
    let file = |text: &str| format!("syntax = \"proto2\"; message M {{ {text} }}");
    let old = file("optional group G = 1 { optional int32 a = 1; } extensions 5 to max;");
    let new = file("extend M { optional int32 e = 7; }");
    check(&old, &new, &[], true);
}

#[test]
fn every_type_of_the_registry_is_produced_by_these_tests() {
    let text = include_str!("tests.rs");
    for rule in catalogue::RULES.iter().take(26) {
        let name = rule.registry_type.unwrap();
        assert!(text.contains(&format!("\"{name} #/")), "{name}");
    }
}

#[test]
fn ten_thousand_imports_and_circles_come_to_an_end() {
    let chain = |kind: &str| {
        let mut text = String::from("package p; ");
        for index in 0..10_000 {
            text += &format!(
                "message M{index} {{ M{} a = 1; M{index} b = 2; }}\n",
                index + 1
            );
        }
        text + &format!("message M10000 {{ {kind} a = 1; M0 back = 2; }}")
    };
    let main = |import: &str| format!("import \"{import}\"; message Top {{ p.M0 a = 1; }}");
    let comparison = with_references(
        &main("a.proto"),
        &[("a.proto", &chain("int32"))],
        &main("b.proto"),
        &[("b.proto", &chain("string"))],
    );
    assert!(!comparison.backward);
    // Every message twice in the next one: the number of ways doubles with each.
    let lattice = |kind: &str| {
        let mut text = String::from("package p; ");
        for index in 0..200 {
            text += &format!(
                "message M{index} {{ M{0} a = 1; M{0} b = 2; }}\n",
                index + 1
            );
        }
        text + &format!("message M200 {{ {kind} a = 1; }}")
    };
    let comparison = with_references(
        &main("a.proto"),
        &[("a.proto", &lattice("int32"))],
        &main("b.proto"),
        &[("b.proto", &lattice("string"))],
    );
    assert!(!comparison.backward);
}
