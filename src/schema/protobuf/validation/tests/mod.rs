//! Each error, and its nearest neighbour that is none.

mod options;

use super::validation_errors;
use crate::schema::{Reference, Source, protobuf::parse_files};

fn of(sources: &[(&str, &str)], references: &[(&str, &str)]) -> Vec<String> {
    let sources: Vec<_> = sources
        .iter()
        .map(|(name, text)| Source::new(name, text))
        .collect();
    let references: Vec<_> = references
        .iter()
        .map(|(name, text)| Reference {
            name: (*name).to_owned(),
            source: Source::new(name, text),
        })
        .collect();
    let schema = parse_files(&sources, &references).unwrap_or_else(|error| panic!("{error}"));
    let all = validation_errors(&schema);
    all.iter()
        .map(|error| {
            format!(
                "{} {} {} {}",
                error.location.file, error.location.pointer, error.location.at, error.message
            )
        })
        .collect()
}

fn found(text: &str) -> Vec<String> {
    of(&[("a.proto", text)], &[])
}

/// One error, at this element, with this in it.
fn one(text: &str, pointer: &str, message: &str) {
    let all = found(text);
    assert_eq!(all.len(), 1, "{all:?}\n{text}");
    assert!(
        all[0].starts_with(&format!("a.proto {pointer} ")),
        "{all:?}\n{text}"
    );
    assert!(all[0].contains(message), "{all:?}");
}

fn none(text: &str) {
    assert_eq!(found(text), Vec::<String>::new(), "{text}");
}

fn three(body: &str) -> String {
    format!("syntax = \"proto3\"; package p;\n{body}")
}

fn two(body: &str) -> String {
    format!("syntax = \"proto2\"; package p;\n{body}")
}

#[test]
fn files_with_nothing_in_them() {
    none("");
    none("syntax = \"proto3\";");
    none("package p; message M {}");
}

#[test]
fn numbers() {
    assert_eq!(
        found(&three("message M { string a = 1;\n  string b = 1; }")),
        ["a.proto M.b 3:10 field \"b\" has number 1, and so has \"a\""]
    );
    let with = |number: &str| three(&format!("message M {{ string a = {number}; }}"));
    one(&with("0"), "M.a", "number 0, the least is 1");
    one(&with("-1"), "M.a", "number -1");
    one(&with("19000"), "M.a", "19000 to 19999");
    one(&with("19999"), "M.a", "19000 to 19999");
    one(&with("536870912"), "M.a", "the greatest is 536870911");
    for good in ["1", "18999", "20000", "536870911"] {
        none(&with(good));
    }
    one(
        &three("message M { string a = 1; oneof o { int32 b = 1; } }"),
        "M.b",
        "number 1, and so has \"a\"",
    );
    none(&three(
        "message M { string a = 1; message N { string a = 1; } oneof o { int32 b = 2; } }",
    ));
}

#[test]
fn what_is_reserved() {
    let with = |rest: &str| three(&format!("message M {{ string a = 4; {rest} }}"));
    one(
        &with("reserved 2 to 5;"),
        "M.a",
        "number 4, which is reserved",
    );
    one(&with("reserved \"a\";"), "M.a", "a name that is reserved");
    none(&with("reserved 1 to 3, 5 to max; reserved \"b\";"));
    let old = |rest: &str| two(&format!("message M {{ optional string a = 100; {rest} }}"));
    one(&old("extensions 100 to 199;"), "M.a", "kept for extensions");
    none(&old("extensions 101 to max;"));
    one(&with("extensions 100 to 199;"), "M", "has extensions");
    let of = |rest: &str| three(&format!("enum E {{ A = 0; B = 3; {rest} }}"));
    one(
        &of("reserved 2 to 4;"),
        "E.B",
        "number 3, which is reserved",
    );
    one(&of("reserved \"B\";"), "E.B", "a name that is reserved");
    none(&of("reserved 2, 4 to max; reserved \"C\";"));
}

#[test]
fn names_in_messages() {
    one(
        &three("message M { string a = 1; int32 a = 2; }"),
        "M.a",
        "field \"a\" is there twice in \"p.M\"",
    );
    one(
        &three("message M { string a = 1; oneof a { int32 b = 2; } }"),
        "M.a",
        "oneof \"a\" has the name of another field",
    );
    one(
        &three("message M { message N {} enum N { A = 0; } }"),
        "M.N",
        "enum \"N\" has the name of another message",
    );
    none(&three(
        "message M { string a = 1; message A {} enum B { C = 0; } } message N { string a = 1; }",
    ));
}

#[test]
fn names_in_files() {
    one(
        &three("message M {} message M {}"),
        "M",
        "message \"M\" is there twice in \"p\"",
    );
    one(
        "syntax = \"proto3\"; message M {} message M {}",
        "M",
        "twice in the file",
    );
    one(&three("service M {} message M {}"), "M", "another service");
    none(&three(
        "message M {} message m {} message N { message M {} }",
    ));
}

#[test]
fn names_of_enum_values() {
    one(
        &three("enum E { A = 0; B = 1; B = 2; }"),
        "E.B",
        "enum value \"B\" is there twice",
    );
    one(
        &three("enum E { UNKNOWN = 0; } enum F { UNKNOWN = 0; }"),
        "F.UNKNOWN",
        "side by side",
    );
    none(&three(
        "enum E { UNKNOWN = 0; } message M { enum F { UNKNOWN = 0; } }",
    ));
}

#[test]
fn enums() {
    one(
        &three("enum E { A = 1; }"),
        "E.A",
        "the first value must be 0",
    );
    none(&two("enum E { A = 1; }"));
    none(&three("enum E { A = 0; B = -1; }"));
    one(&three("enum E {}"), "E", "has no values");
    one(
        &three("enum E { A = 0; B = 0; }"),
        "E.B",
        "number 0, and so has \"A\"",
    );
    one(
        &three("enum E { option allow_alias = false; A = 0; B = 0; }"),
        "E.B",
        "allow_alias",
    );
    none(&three(
        "enum E { option allow_alias = true; A = 0; B = 0; }",
    ));
}

#[test]
fn what_proto3_does_not_have() {
    one(
        &three("message M { required int32 a = 1; }"),
        "M.a",
        "is required",
    );
    none(&two("message M { required int32 a = 1; }"));
    one(
        &three("message M { optional group G = 1 {} }"),
        "M.g",
        "is a group",
    );
    none(&two("message M { optional group G = 1 {} }"));
    one(
        &three("message M { int32 a = 1 [default = 2]; }"),
        "M.a",
        "has a default",
    );
    none(&two("message M { optional int32 a = 1 [default = 2]; }"));
    none(&three("message M { optional int32 a = 1; int32 b = 2; }"));
}

#[test]
fn labels() {
    one(&two("message M { int32 a = 1; }"), "M.a", "has no label");
    one("message M { int32 a = 1; }", "M.a", "has no label");
    none("edition = \"2023\"; message M { int32 a = 1; }");
    none(&two(
        "message M { oneof o { int32 a = 1; } map<int32, int32> b = 2; }",
    ));
    one(
        &three("message M { oneof o { repeated int32 a = 1; } }"),
        "M.a",
        "in a oneof and cannot have a label",
    );
    one(
        &three("message M { repeated map<int32, int32> a = 1; }"),
        "M.a",
        "a map and cannot have a label",
    );
    one(&three("message M { oneof o {} }"), "M.o", "has no fields");
    none(&three(
        "message M { oneof o { int32 a = 1; } repeated int32 b = 2; }",
    ));
}

#[test]
fn maps() {
    for bad in ["float", "double", "bytes"] {
        one(
            &three(&format!("message M {{ map<{bad}, string> a = 1; }}")),
            "M.a",
            &format!("keys of type \"{bad}\""),
        );
    }
    for good in ["string", "bool", "int32", "sfixed64"] {
        none(&three(&format!(
            "message M {{ map<{good}, double> a = 1; }}"
        )));
    }
    one(
        &three("message M { oneof o { map<int32, int32> a = 1; } }"),
        "M.a",
        "cannot be in a oneof",
    );
}

#[test]
fn types_that_are_not_defined() {
    one(
        &three("message M { Address a = 1; }"),
        "M.a",
        "type \"Address\" of field \"a\" is not defined",
    );
    one(
        &three("message M { map<int32, q.N> a = 1; }"),
        "M.a",
        "\"q.N\"",
    );
    one(
        &three("service S { rpc Do(In) returns (M); } message M {}"),
        "S.Do",
        "\"In\" of method \"Do\"",
    );
    one(
        &three("service S { rpc Do(E) returns (M); } message M {} enum E { A = 0; }"),
        "S.Do",
        "is an enum",
    );
    none(&three(
        "message M { N a = 1; .p.N b = 2; p.N c = 3; M.O d = 4; O e = 5; map<int32, N> f = 6; message O {} } message N {}",
    ));
    none(&three(
        "import \"google/protobuf/timestamp.proto\"; message M { google.protobuf.Timestamp a = 1; }",
    ));
    // What a missing import could define may be anything.
    none(&three(
        "import weak \"gone.proto\"; message M { Address a = 1; }",
    ));
    let reference = (
        "b.proto",
        "syntax = \"proto3\"; package p; message Address {}",
    );
    let text = three("import \"b.proto\"; message M { Address a = 1; }");
    assert!(of(&[("a.proto", &text)], &[reference]).is_empty());
}

#[test]
fn imports() {
    let b = ("b.proto", "syntax = \"proto3\";");
    let twice = of(
        &[("a.proto", "import \"b.proto\"; import \"b.proto\";")],
        &[b],
    );
    assert_eq!(twice.len(), 1, "{twice:?}");
    assert!(
        twice[0].contains("import \"b.proto\" is there twice"),
        "{twice:?}"
    );
    assert!(of(&[("a.proto", "import \"b.proto\";")], &[b]).is_empty());
    let circle = of(
        &[
            ("x/a.proto", "import \"b.proto\"; import \"c.proto\";"),
            ("x/b.proto", "import \"d.proto\";"),
            ("x/c.proto", ""),
            ("x/d.proto", "import \"a.proto\"; import \"c.proto\";"),
        ],
        &[],
    );
    assert_eq!(circle.len(), 3, "{circle:?}");
    assert!(
        circle[0].contains("x/a.proto  1:1 import \"b.proto\" leads back"),
        "{circle:?}"
    );
    let itself = of(&[("a.proto", "import \"a.proto\";")], &[]);
    assert_eq!(itself.len(), 1, "{itself:?}");
    // Which file is meant is not sure.
    assert!(of(&[("x/a.proto", "import \"a.proto\";")], &[("a.proto", "")]).is_empty());
}

#[test]
fn many_errors_come_in_the_order_of_the_file() {
    let fields: Vec<_> = (0..300)
        .map(|index| format!("Gone f{index} = 0;\n"))
        .collect();
    let all = found(&three(&format!("message M {{ {} }}", fields.concat())));
    assert_eq!(all.len(), 100);
    assert!(all[0].contains("\"Gone\" of field \"f0\""), "{}", all[0]);
    assert!(all[1].contains("\"f0\" has number 0"), "{}", all[1]);
}
