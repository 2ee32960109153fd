//! Options, defaults, ranges, visibility, extensions and features.

use super::*;

fn edition(body: &str) -> String {
    format!("edition = \"2023\"; package p;\n{body}")
}

/// A file with an option of fields called `foo`.
fn custom(kind: &str, body: &str) -> String {
    two(&format!(
        "import \"google/protobuf/descriptor.proto\"; enum E {{ X = 1; }} message N {{ optional int32 b = 1; }}
        extend google.protobuf.FieldOptions {{ {kind} foo = 50000; }} {body}"
    ))
}

#[test]
fn options_of_protobufs_own() {
    for (option, message) in [
        (
            "javapackage = \"a\"",
            "is not one of google.protobuf.FileOptions",
        ),
        ("java_multiple_files = \"true\"", "must be true or false"),
        ("go_package = a", "must be a string in quotes"),
        ("optimize_for = FAST", "must be one of SPEED"),
        ("features.enum_type = OPEN", "only editions have"),
    ] {
        one(&three(&format!("option {option};")), "p", message);
    }
    one(
        &three("option go_package = \"a\"; option go_package = \"b\";"),
        "p",
        "is set twice",
    );
    one(
        &three("message M { option map_entry = true; }"),
        "M",
        "cannot be set",
    );
    one(
        &three("message M { int32 a = 1 [deprecated = 1]; }"),
        "M.a",
        "must be true or false",
    );
    one(
        &three("enum E { A = 0 [gone = true]; }"),
        "E.A",
        "google.protobuf.EnumValueOptions",
    );
    none(&three(
        "option go_package = \"a\" \"b\"; option optimize_for = SPEED; message M { option deprecated = true;
        int64 a = 1 [deprecated = true, jstype = JS_STRING, json_name = \"x\"]; }
        enum E { option deprecated = true; A = 0 [deprecated = true]; }
        service S { option deprecated = true; rpc A(M) returns (M) { option idempotency_level = IDEMPOTENT; } }",
    ));
    none(&edition("option features.enum_type = OPEN;"));
}

#[test]
fn options_that_extensions_define() {
    let on = |kind: &str, options: &str| {
        custom(
            kind,
            &format!("message M {{ optional int32 a = 1 [{options}]; }}"),
        )
    };
    for (kind, options, message) in [
        ("optional int32", "(foo) = \"1\"", "not a whole number"),
        ("optional int32", "(foo) = 4294967295", "which is no int32"),
        ("optional uint32", "(foo) = -1", "which is no uint32"),
        ("optional int32", "(foo) = 1, (foo) = 2", "is set twice"),
        ("optional int32", "(bar) = 1", "is not defined"),
        ("optional N", "(foo) = 1", "not a message in braces"),
        (
            "optional E",
            "(foo) = Y",
            "\"Y\", which enum \"E\" does not have",
        ),
    ] {
        one(&on(kind, options), "M.a", message);
    }
    one(
        &custom("optional int32", "message M { option (foo) = 1; }"),
        "M",
        "not google.protobuf.MessageOptions",
    );
    for (kind, options) in [
        ("optional int32", "(foo) = 1"),
        ("optional int32", "(p.foo) = -0x7F"),
        ("repeated int32", "(.p.foo) = 1, (.p.foo) = 2"),
        ("optional N", "(foo) = { b: 1 }"),
        ("optional N", "(foo).b = 1"),
        ("optional E", "(foo) = X"),
        ("optional float", "(foo) = inf"),
    ] {
        none(&on(kind, options));
    }
    // What a missing import could define may be anything.
    none(&three("import weak \"gone.proto\"; option (q.foo) = 1;"));
}

#[test]
fn defaults() {
    let of = |field: &str| {
        two(&format!(
            "enum E {{ A = 1; }} message N {{}} message M {{ {field}; }}"
        ))
    };
    for (field, message) in [
        (
            "optional int32 a = 1 [default = \"x\"]",
            "not a whole number",
        ),
        ("optional int32 a = 1 [default = 1.0]", "not a whole number"),
        (
            "optional int32 a = 1 [default = 2147483648]",
            "which is no int32",
        ),
        ("optional uint32 a = 1 [default = -1]", "which is no uint32"),
        ("optional string a = 1 [default = 1]", "not a string"),
        (
            "optional bool a = 1 [default = 1]",
            "neither true nor false",
        ),
        ("optional float a = 1 [default = x]", "not a number"),
        (
            "optional E a = 1 [default = B]",
            "which enum \"E\" does not have",
        ),
        ("optional E a = 1 [default = 1]", "not the name of a value"),
        (
            "repeated int32 a = 1 [default = 1]",
            "repeated fields cannot have",
        ),
        ("optional N a = 1 [default = 1]", "messages cannot have"),
        (
            "optional int32 a = 1 [default = 1, default = 2]",
            "two defaults",
        ),
    ] {
        one(&of(field), "M.a", message);
    }
    for field in [
        "optional int32 a = 1 [default = -2147483648]",
        "optional uint64 a = 1 [default = 18446744073709551615]",
        "optional int32 a = 1 [default = 0xFF]",
        "optional double a = 1 [default = -inf]",
        "optional float a = 1 [default = 7]",
        "optional E a = 1 [default = A]",
        "optional bytes a = 1 [default = \"\\x00\"]",
    ] {
        none(&of(field));
    }
}

#[test]
fn names_in_json() {
    let clash = "int32 foo_bar = 1; int32 fooBar = 2;";
    one(
        &three(&format!("message M {{ {clash} }}")),
        "M.fooBar",
        "has the JSON name \"fooBar\", and so has \"foo_bar\"",
    );
    one(
        &edition(&format!("message M {{ {clash} }}")),
        "M.fooBar",
        "JSON name",
    );
    one(
        &two(
            "message M { optional int32 a = 1 [json_name = \"x\"]; optional int32 b = 2 [json_name = \"x\"]; }",
        ),
        "M.b",
        "JSON name \"x\"",
    );
    one(
        &three("message M { int32 a = 1 [json_name = \"b\"]; int32 b = 2; }"),
        "M.b",
        "JSON name \"b\"",
    );
    none(&two(
        "message M { optional int32 foo_bar = 1; optional int32 fooBar = 2; }",
    ));
    none(&three("message M { int32 foobar = 1; int32 fooBar = 2; }"));
    none(&three(&format!(
        "message M {{ option deprecated_legacy_json_field_conflicts = true; {clash} }}"
    )));
}

#[test]
fn messages_named_like_the_entries_of_maps() {
    let with = |rest: &str| {
        three(&format!(
            "message M {{ map<int32, int32> foo_bar = 1; {rest} }}"
        ))
    };
    for rest in [
        "message FooBarEntry {}",
        "enum FooBarEntry { A = 0; }",
        "int32 FooBarEntry = 2;",
    ] {
        one(
            &with(rest),
            "M.foo_bar",
            "has entries of type \"FooBarEntry\"",
        );
    }
    none(&with("message FooEntry {}"));
    none(&three(
        "message M { map<int32, int32> foo = 1; } message FooEntry {}",
    ));
}

#[test]
fn ranges() {
    let of = |rest: &str| three(&format!("message M {{ {rest} }}"));
    for (rest, message) in [
        ("reserved 5 to 2;", "the end is before the start"),
        ("reserved 2 to 5, 4;", "of which some are reserved already"),
        (
            "reserved 2; reserved 2;",
            "of which some are reserved already",
        ),
        ("reserved 0;", "numbers reserved that fields cannot have: 0"),
        (
            "reserved \"a\"; reserved \"a\";",
            "the name \"a\" reserved twice",
        ),
    ] {
        one(&of(rest), "M", message);
    }
    for rest in [
        "reserved 2 to 5, 6 to 7;",
        "reserved 5 to max;",
        "reserved \"a\", \"b\";",
    ] {
        none(&of(rest));
    }
    let extensions = |rest: &str| two(&format!("message M {{ extensions 100 to 200; {rest} }}"));
    for rest in ["extensions 150;", "reserved 150;"] {
        one(&extensions(rest), "M", "already");
    }
    none(&extensions("reserved 99, 201;"));
    let numbers = |rest: &str| three(&format!("enum E {{ A = 0; {rest} }}"));
    one(
        &numbers("reserved 5 to 2;"),
        "E",
        "the end is before the start",
    );
    one(&numbers("reserved 2 to 5, 4;"), "E", "already");
    none(&numbers("reserved -5 to -2, 5 to max;"));
}

#[test]
fn statements_that_stand_twice_or_too_late() {
    one(&three("package p;"), "p", "a file has one package");
    one(&three("package q;"), "q", "a file has one package");
    one(
        "package p; syntax = \"proto3\";",
        "p",
        "must be the first statement",
    );
    none(&three("message M {}"));
}

#[test]
fn what_editions_do_without() {
    one(
        &edition("message M { optional int32 a = 1; }"),
        "M.a",
        "\"optional\"",
    );
    one(
        &edition("message M { required int32 a = 1; }"),
        "M.a",
        "LEGACY_REQUIRED",
    );
    one(
        &edition("enum E { A = 1; }"),
        "E.A",
        "the first value must be 0",
    );
    none(&edition(
        "enum E { option features.enum_type = CLOSED; A = 1; }",
    ));
    none(&edition("message M { int32 a = 1; repeated int32 b = 2; }"));
}

#[test]
fn numbers_and_names_in_one_statement() {
    let three = |statement: &str| {
        let text = three(&format!("message M {{ {statement} }}"));
        parse_files(&[Source::new("a.proto", &text)], &[])
    };
    for statement in ["reserved 2, 4, \"old\";", "reserved \"old\", 4;"] {
        let error = three(statement).unwrap_err();
        assert!(error.message.contains("statements of their own"), "{error}");
    }
    assert!(three("reserved 2, 4; reserved \"old\";").is_ok());
}

/// Each body makes a file with one error, whose message has this in it.
fn each(file: &dyn Fn(&str) -> String, cases: &[(&str, &str)]) {
    for (body, message) in cases {
        let all = found(&file(body));
        assert_eq!(all.len(), 1, "{all:?}\n{body}");
        assert!(all[0].contains(message), "{all:?}\n{body}");
    }
}

#[test]
fn types_that_are_not_imported() {
    each(
        &three,
        &[
            (
                "message M { google.protobuf.Timestamp t = 1; }",
                "is defined in \"google/protobuf/timestamp.proto\", which is not imported",
            ),
            (
                "import \"google/protobuf/type.proto\"; message M { map<int32, .google.protobuf.Any> t = 1; }",
                "\"google/protobuf/any.proto\", which is not imported",
            ),
            (
                "import \"google/protobuf/timestamp.proto\"; message M { google.protobuf.TimeStamp t = 1; }",
                "is not defined",
            ),
            (
                "message M {} service S { rpc A(M) returns (google.protobuf.Empty); }",
                "\"google/protobuf/empty.proto\"",
            ),
            (
                "message M { int32 a = 1 [(google.api.field_behavior) = REQUIRED]; }",
                "is not defined",
            ),
            (
                "message M { N.O a = 1; message N {} } message N { message O {} }",
                "means \"p.M.N.O\" here",
            ),
            (
                "import \"google/protobuf/descriptor.proto\"; message M { google.protobuf.Edition e = 1; }",
                "a closed enum",
            ),
        ],
    );
    none(&three(
        "import \"google/protobuf/descriptor.proto\"; message M { google.protobuf.UninterpretedOption o = 1; }",
    ));
    let any = |kind: &str| {
        let b = format!("syntax = \"proto3\"; import {kind} \"google/protobuf/any.proto\";");
        let a = three("import \"b.proto\"; message M { google.protobuf.Any a = 1; }");
        of(&[("a.proto", &a)], &[("b.proto", &b)])
    };
    assert!(any("public").is_empty());
    assert_eq!(any("").len(), 1);
}

#[test]
fn names_of_enum_values_in_generated_code() {
    let lenient = "option deprecated_legacy_json_field_conflicts = true;";
    let cases = [
        ("enum MyEnum { MY_ENUM_FOO = 0; FOO = 1; }", "\"FOO\""),
        ("enum MyEnum { MYENUM_FOO = 0; FOO = 1; }", "\"FOO\""),
        ("enum E { FOO = 0; foo = 1; }", "\"foo\""),
        ("enum E { FOO_BAR = 0; FOO__BAR = 1; }", "\"FOO__BAR\""),
    ];
    each(&three, &cases);
    each(&two, &cases);
    let foo = format!("enum E {{ {lenient} E_FOO = 0; FOO = 1; }}");
    each(&three, &[(&foo, "in generated code")]);
    none(&two(&foo));
    for body in [
        "enum E { FOO_BAR = 0; FOOBAR = 1; }",
        "enum En { EN = 0; A = 1; }",
        "enum MyEnum { option allow_alias = true; MY_ENUM_FOO = 0; FOO = 0; }",
    ] {
        none(&three(body));
    }
}

#[test]
fn needless_aliases_and_doubled_methods() {
    each(
        &three,
        &[
            (
                "enum E { option allow_alias = true; A = 0; B = 1; }",
                "no two values",
            ),
            (
                "enum E { option allow_alias = false; A = 0; }",
                "false is the default",
            ),
            (
                "message M {} service S { rpc A(M) returns (M); rpc A(M) returns (M); }",
                "method \"A\" is there twice in \"p.S\"",
            ),
        ],
    );
    none(&three(
        "message M {} service S { rpc A(M) returns (M); rpc a(M) returns (M); } service T { rpc A(M) returns (M); }",
    ));
}

#[test]
fn quotes_of_reserved_names() {
    for of in [three, two] {
        each(
            &of,
            &[
                ("message M { reserved old; }", "in quotes"),
                ("enum E { A = 0; reserved B; }", "in quotes"),
                ("message M { reserved \"a\", b; }", "in quotes"),
            ],
        );
    }
    each(
        &edition,
        &[("message M { reserved \"old\"; }", "without quotes")],
    );
    none(&edition(
        "message M { reserved old, b; } enum E { A = 0; reserved B; }",
    ));
}

#[test]
fn options_for_fields_of_other_types() {
    let of = |field: &str| two(&format!("message M {{ {field}; extensions 9; }}"));
    each(
        &of,
        &[
            ("optional int32 a = 1 [packed = true]", "sets packed"),
            ("repeated string a = 1 [packed = true]", "sets packed"),
            ("map<int32, int32> a = 1 [packed = true]", "sets packed"),
            ("optional int32 a = 1 [jstype = JS_STRING]", "sets jstype"),
            ("optional string a = 1 [lazy = true]", "sets lazy"),
            (
                "optional int32 a = 1 [unverified_lazy = true]",
                "unverified_lazy",
            ),
            ("optional int32 a = 1 [json_name = \"[a]\"]", "in brackets"),
        ],
    );
    for field in [
        "repeated bool a = 1 [packed = true]",
        "repeated string a = 1 [packed = false]",
        "repeated sint64 a = 1 [jstype = JS_NUMBER]",
        "optional int32 a = 1 [jstype = JS_NORMAL]",
        "repeated M a = 1 [lazy = true]",
        "extend M { optional int32 ab = 9 [json_name = \"ab\"]; }",
    ] {
        none(&of(field));
    }
}

#[test]
fn extensions() {
    let of = |body: &str| {
        two(&format!(
            "message M {{ extensions 100, 200 to 300; }} enum E {{ A = 1; }} {body}"
        ))
    };
    each(
        &of,
        &[
            ("extend M { optional int32 a = 101; }", "does not keep"),
            ("extend M { required int32 a = 100; }", "is required"),
            (
                "extend M { optional int32 a = 100; optional int32 b = 100; }",
                "and so has \"a\"",
            ),
            ("extend Gone { optional int32 a = 100; }", "is not defined"),
            ("extend int32 { optional int32 a = 100; }", "is not defined"),
            ("extend E { optional int32 a = 100; }", "is an enum"),
            ("extend M { }", "at least one field"),
            (
                "message S { option message_set_wire_format = true; extensions 1 to max; } extend S { repeated M a = 9; }",
                "optional messages",
            ),
        ],
    );
    none(&of(
        "extend M { optional int32 a = 100; repeated M b = 250; }",
    ));
    none(&of(
        "message S { option message_set_wire_format = true; extensions 1 to max; } extend S { optional M a = 600000000; }",
    ));
    let options = |number: u32| {
        three(&format!(
            "import \"google/protobuf/descriptor.proto\"; extend google.protobuf.FieldOptions {{ int32 a = {number}; }}"
        ))
    };
    none(&options(50_000));
    assert_eq!(found(&options(51)).len(), 1);
}

#[test]
fn features() {
    let field = |options: &str| edition(&format!("message M {{ {options}; }}"));
    each(
        &edition,
        &[
            ("option features.enum_type = HALF;", "must be one of"),
            ("option features.enum_type = \"OPEN\";", "must be one of"),
            ("option features = { enum_type: HALF };", "must be one of"),
            ("option features.foo = OPEN;", "google.protobuf.FeatureSet"),
            (
                "option features.enforce_naming_style = STYLE2024;",
                "came with edition 2024",
            ),
            (
                "message M { option features.enum_type = OPEN; }",
                "cannot be set in MessageOptions",
            ),
            (
                "option features.field_presence = LEGACY_REQUIRED;",
                "all its fields required",
            ),
            (
                "message M { repeated int32 a = 1 [packed = true]; }",
                "repeated_field_encoding",
            ),
        ],
    );
    each(
        &field,
        &[
            (
                "repeated int32 a = 1 [features.field_presence = IMPLICIT]",
                "is repeated",
            ),
            (
                "M a = 1 [features.field_presence = IMPLICIT]",
                "is a message",
            ),
            (
                "int32 a = 1 [features.field_presence = IMPLICIT, default = 1]",
                "a default",
            ),
            (
                "int32 a = 1 [features.repeated_field_encoding = PACKED]",
                "is not repeated",
            ),
            (
                "repeated string a = 1 [features.repeated_field_encoding = PACKED]",
                "is not packed",
            ),
            ("bytes a = 1 [features.utf8_validation = NONE]", "UTF-8"),
            (
                "map<int32, M> a = 1 [features.message_encoding = DELIMITED]",
                "no messages",
            ),
        ],
    );
    for good in [
        "repeated int32 a = 1 [features.repeated_field_encoding = EXPANDED]",
        "map<int32, string> a = 1 [features.utf8_validation = NONE]",
        "M a = 1 [features.message_encoding = DELIMITED]",
        "option features.json_format = LEGACY_BEST_EFFORT",
    ] {
        none(&field(good));
    }
}

#[test]
fn depth_of_messages() {
    let nested = |levels: usize| {
        let text = format!("{}{}", "message M { ".repeat(levels), "}".repeat(levels));
        found(&three(&text)).len()
    };
    assert_eq!((nested(31), nested(32), nested(40)), (0, 1, 1));
}
