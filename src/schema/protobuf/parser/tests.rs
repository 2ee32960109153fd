//! What is read, where it stands, and what is told of what cannot be read.

use proptest::prelude::*;

use crate::schema::{
    Reference, Source,
    protobuf::{
        model::{Label, Range, Schema, Syntax, Type},
        parse, parse_files,
        view::{Cardinality, Kind, View, is_closed},
    },
};

fn read(text: &str) -> Result<Schema, String> {
    parse(&Source::new("a.proto", text), &[]).map_err(|error| error.to_string())
}

/// The fields of all messages: name, number, cardinality.
fn fields(schema: &Schema) -> Vec<(&str, i32, Cardinality)> {
    let ids = (0..schema.messages.len()).map(crate::schema::protobuf::model::MessageId);
    let views = ids.flat_map(|id| View::all(schema, id));
    views
        .map(|view| {
            (
                view.field.name.as_str(),
                view.field.number,
                view.cardinality(),
            )
        })
        .collect()
}

#[test]
fn everything_stands_where_it_begins() {
    let schema = read(
        "syntax = \"proto3\";\n// ü\npackage a.b;\nmessage M {\n  /* x\n */ repeated a.M f = 0x1f \
         [deprecated = true, (my.opt).x = { a: [1] }];\n}\nenum E { Z = 0; N = -1; }\n",
    )
    .unwrap();
    let message = &schema.messages[0];
    let field = &message.fields[0];
    let at = |at: crate::schema::Position| (at.line, at.column);
    assert_eq!(
        (message.full_name.as_str(), at(message.at)),
        ("a.b.M", (4, 1))
    );
    assert_eq!((field.number, field.label), (31, Some(Label::Repeated)));
    assert_eq!(
        [at(field.at), at(field.type_at), at(field.name_at)],
        [(6, 5), (6, 14), (6, 18)]
    );
    assert_eq!(schema.enums[0].values[1].number, -1);
    assert_eq!(at(schema.enums[0].values[1].number_at), (8, 21));
    assert_eq!(at(schema.files[0].package.as_ref().unwrap().at), (3, 1));
}

#[test]
fn all_kinds_of_declarations_are_read() {
    let schema = read(
        r#"syntax = "proto2";
        import weak "nowhere.proto";
        option java_package = "a" "b";
        message M {
          option (x) = { y: { z: 1 } };
          extensions 100 to 199, 1000 to max [verification = UNVERIFIED];
          reserved 2, 9 to 11, 50 to max; reserved "a", 'b';
          optional group Part = 1 { required int32 x = 1; }
          oneof o { option a = 1; string s = 3; group Other = 4 { } ; }
          map<string, .M.Part> m = 5;
          extend M { optional sint64 e = 100; }
          ;
        }
        extend M { repeated group Ext = 101 { optional M m = 1; } }
        service S { option x = 1; rpc Do(stream M) returns (stream .M) { option y = 2; } ; }"#,
    )
    .unwrap();
    let found = fields(&schema);
    let expected = [
        ("part", 1, Cardinality::Explicit),
        ("s", 3, Cardinality::Explicit),
        ("other", 4, Cardinality::Explicit),
        ("m", 5, Cardinality::Map),
        ("x", 1, Cardinality::Required),
        ("m", 1, Cardinality::Explicit),
    ];
    assert_eq!(found, expected);
    let message = &schema.messages[0];
    let most = Range {
        from: 50,
        to: super::MOST_FIELD,
    };
    assert_eq!(
        message.reserved.ranges,
        [Range { from: 2, to: 2 }, Range { from: 9, to: 11 }, most]
    );
    assert_eq!(message.reserved.names, ["a", "b"]);
    assert_eq!(schema.files[0].options[0].value, "ab");
    let method = &schema.files[0].services[0].methods[0];
    assert!(method.input.is_stream && method.output.is_stream);
    assert_eq!(method.output.kind.written, ".M");
    assert_eq!(schema.files[0].extensions[0].number, 101);
}

#[test]
fn names_are_looked_for_from_the_inside_out() {
    let schema = read(
        "package a.b; message M { N x = 1; b.N y = 2; .N z = 3; a.b.N w = 4; v.N u = 5; \
         message N {} } message N {}",
    )
    .unwrap();
    let names: Vec<String> = schema.messages[0]
        .fields
        .iter()
        .map(|field| match &field.kind {
            Type::Named(name) => schema.type_name(name),
            _ => String::new(),
        })
        .collect();
    assert_eq!(names, ["a.b.M.N", "a.b.N", ".N", "a.b.N", "v.N"]);
}

#[test]
fn editions_are_read_with_their_features() {
    let schema = read(
        r#"edition = "2023";
        option features.field_presence = IMPLICIT;
        option features = { enum_type: CLOSED };
        message M {
          option features.message_encoding = DELIMITED;
          reserved foo, bar;
          int32 a = 1;
          int32 b = 2 [features.field_presence = EXPLICIT];
          int32 c = 3 [features = { field_presence: LEGACY_REQUIRED }];
          M d = 4;
          M e = 5 [features.message_encoding = LENGTH_PREFIXED];
          repeated int32 f = 6;
          repeated int32 g = 7 [features.repeated_field_encoding = EXPANDED];
        }
        local enum E { A = 0; }
        export message X {}
        enum O { option features.enum_type = OPEN; B = 0; }"#,
    )
    .unwrap();
    assert_eq!(schema.files[0].syntax, Syntax::Edition(2023));
    let id = crate::schema::protobuf::model::MessageId(0);
    let views: Vec<View<'_>> = View::all(&schema, id).collect();
    let cardinalities: Vec<Cardinality> = views.iter().map(|view| view.cardinality()).collect();
    let expected = [
        Cardinality::Implicit,
        Cardinality::Explicit,
        Cardinality::Required,
        Cardinality::Explicit,
        Cardinality::Explicit,
        Cardinality::Repeated,
        Cardinality::Repeated,
    ];
    assert_eq!(cardinalities, expected);
    assert_eq!(
        [views[3].kind(), views[4].kind()],
        [Kind::Group(id), Kind::Message(id)]
    );
    assert_eq!([views[5].is_packed(), views[6].is_packed()], [true, false]);
    assert!(is_closed(&schema, &schema.enums[0]) && !is_closed(&schema, &schema.enums[1]));
    assert_eq!(schema.messages[0].reserved.names, ["foo", "bar"]);
}

#[test]
fn what_cannot_be_read_is_told_with_its_place() {
    for (text, error) in [
        (
            "mesage M {}",
            "a.proto:1:1: expected a statement like 'message' or 'import', found 'mesage'",
        ),
        (
            "message M {\n int32 = 1;\n}",
            "a.proto:2:8: expected a name, found '='",
        ),
        (
            "message M { int32 a = x; }",
            "a.proto:1:23: expected a number, found 'x'",
        ),
        (
            "message M { int32 a = 1 }",
            "a.proto:1:25: expected ';', found '}'",
        ),
        (
            "message M { int32 a = 1;",
            "a.proto:1:25: expected '}', found the end",
        ),
        (
            "message M { map<M, M> a = 1; }",
            "a.proto:1:17: 'M' cannot be the key of a map",
        ),
        (
            "syntax = \"proto4\";",
            "a.proto:1:10: expected the syntax \"proto2\" or \"proto3\", found \"proto4\"",
        ),
        (
            "edition = \"1999\";",
            "a.proto:1:11: unknown edition \"1999\"",
        ),
        (
            "import \"b.proto\";",
            "a.proto:1:1: the import \"b.proto\" was not found",
        ),
        ("/* x", "a.proto:1:1: a comment that does not end"),
        ("import \"x", "a.proto:1:8: a string that does not end"),
        (
            "message M { int32 a = 99999999999; }",
            "a.proto:1:23: '99999999999' is no number of 32 bits",
        ),
        (
            "message \u{1F600} {}",
            "a.proto:1:9: expected a name, found '\u{1F600}'",
        ),
    ] {
        assert_eq!(read(text).unwrap_err(), error, "{text}");
    }
    let error = parse(&Source::new("a.proto", "import \"x/b.proto\";"), &[]).unwrap_err();
    assert_eq!(
        error.hint.as_deref(),
        Some("give it with --reference x/b.proto=FILE")
    );
}

#[test]
fn an_empty_folder_is_told() {
    assert_eq!(
        parse_files(&[], &[]).unwrap_err().message,
        "there is no .proto file"
    );
}

#[test]
fn nesting_and_size_are_bounded() {
    let deep = |depth: usize| "message M {".repeat(depth) + &"}".repeat(depth);
    assert!(read(&deep(100)).is_ok());
    let error = read(&deep(10_000)).unwrap_err();
    assert_eq!(
        error,
        "a.proto:1:1101: messages nested deeper than 100 levels"
    );
    let braces = format!(
        "option a = {}{};",
        "{ a: ".repeat(100_000),
        "}".repeat(100_000)
    );
    assert!(read(&braces).is_ok());
    let error = read(&" ".repeat(50_000_000)).unwrap_err();
    assert!(error.contains("the most that is read are 8 MB"), "{error}");
}

#[test]
fn files_find_each_other_and_references_by_their_paths() {
    let sources = [
        Source::new(
            "dir/x/a.proto",
            "package x; import \"x/b.proto\"; message A { B b = 1; }",
        ),
        Source::new(
            "dir/x/b.proto",
            "package x; import \"ref.proto\"; message B { r.R r = 1; }",
        ),
    ];
    let reference = Reference {
        name: "ref.proto".to_owned(),
        source: Source::new(
            "r version 3",
            "package r; import \"x/a.proto\"; message R {}",
        ),
    };
    let schema = parse_files(&sources, &[reference]).unwrap();
    assert!(
        schema
            .messages
            .iter()
            .flat_map(|message| &message.fields)
            .all(|field| { matches!(&field.kind, Type::Named(name) if name.target.is_some()) })
    );
}

proptest! {
    #[test]
    fn no_text_is_too_strange(text in "[a-z{}\\[\\]<>=;:,.\"'/*()0-9\\\\ \n-]{0,60}") {
        let _ = read(&text);
        let _ = read(&format!("message M {{ {text} }}"));
        let _ = read(&format!("message M {{ int32 a = 1 [{text}]; }}"));
    }

    #[test]
    fn no_cut_is_too_strange(cut in 0..400usize) {
        let text = "syntax = \"proto2\"; package a; import public \"google/protobuf/any.proto\"; \
            message M { reserved 1 to max; optional group G = 2 [a = {b: 'ü'}] { } oneof o { \
            google.protobuf.Any x = 3; } map<string, bytes> m = 4; extensions 5 to 6; extend M \
            { optional M z = 7; } } enum E { option allow_alias = true; A = 0 [(x).y = -1.5e+3]; \
            } service S { rpc R(stream M) returns (M) { option x = \"\\x41\\u00fc\"; } }";
        let cut = (0..=cut.min(text.len())).rev().find(|cut| text.is_char_boundary(*cut)).unwrap();
        let _ = read(&text[..cut]);
        prop_assert!(read(text).is_ok());
    }
}
