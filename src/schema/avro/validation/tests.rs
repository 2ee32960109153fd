//! Each error, and its nearest neighbour that is none.

use super::validation_errors;
use crate::schema::{Reference, Source, avro::parse};

/// The errors of a schema, as `pointer line:column message`.
fn found(text: &str) -> Vec<String> {
    with(text, &[])
}

fn with(text: &str, references: &[Reference]) -> Vec<String> {
    let schema = parse(&Source::new("a.avsc", text), references);
    let schema = schema.unwrap_or_else(|error| panic!("{error}\n{text}"));
    let all = validation_errors(&schema);
    let lines = all.iter().map(|error| {
        assert_eq!(&*error.location.file, "a.avsc");
        format!(
            "{} {} {}",
            error.location.pointer, error.location.at, error.message
        )
    });
    lines.collect()
}

/// One error, with this in it, at this pointer.
fn one(text: &str, pointer: &str, message: &str) {
    let all = found(text);
    assert_eq!(all.len(), 1, "{all:?}\n{text}");
    assert!(all[0].starts_with(&format!("{pointer} ")), "{all:?}");
    assert!(all[0].contains(message), "{all:?}");
}

fn none(text: &str) {
    assert_eq!(found(text), Vec::<String>::new(), "{text}");
}

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","namespace":"shop","fields":[{fields}]}}"#)
}

fn of(ty: &str) -> String {
    record(&format!(r#"{{"name":"f","type":{ty}}}"#))
}

#[test]
fn names_of_fields() {
    assert_eq!(
        found(
            "{\"type\":\"record\",\"name\":\"R\",\"fields\":[\n {\"name\":\"ship-to\",\"type\":\"int\"}]}"
        ),
        [
            "/fields/0/name 2:10 field name \"ship-to\" is not a name: letters, digits and _ only, no digit first"
        ]
    );
    for bad in ["", "1st", "a b", "a.b", "$id", "a\\nb"] {
        one(
            &record(&format!(r#"{{"name":"{bad}","type":"int"}}"#)),
            "/fields/0/name",
            "field name",
        );
    }
    for good in ["_", "ship_to", "_1", "größe", "A9", "int"] {
        none(&record(&format!(r#"{{"name":"{good}","type":"int"}}"#)));
    }
}

#[test]
fn names_of_types() {
    let types = [
        ("record", r#""fields":[]"#),
        ("enum", r#""symbols":[]"#),
        ("fixed", r#""size":1"#),
    ];
    for (kind, rest) in types {
        let named = |name: &str| format!(r#"{{"type":"{kind}","name":"{name}",{rest}}}"#);
        one(&named("a-b"), "/name", &format!("{kind} name \"a-b\""));
        one(&named("x.1"), "/name", "\"1\" is not a name");
        one(&named("shop."), "/name", "\"\" is not a name");
        one(&named("int"), "/name", "\"int\" is a primitive type");
        one(
            &format!(r#"{{"type":"{kind}",{rest}}}"#),
            "",
            &format!("the {kind} has no name"),
        );
        for good in ["Order", "shop.Order", "shop.int", ".Order", "array"] {
            none(&named(good));
        }
    }
    none(r#"{"type":"record","name":"int","namespace":"shop","fields":[]}"#);
}

#[test]
fn namespaces() {
    let of =
        |space: &str| format!(r#"{{"type":"fixed","name":"F","namespace":"{space}","size":1}}"#);
    for bad in ["a-b", "a..b", "1a", "shop.1", "shop."] {
        one(
            &of(bad),
            "/name",
            "Avro Java 1.12 refuses that, 1.11 takes it",
        );
    }
    one(
        r#"{"type":"fixed","name":"a-b.F","size":1}"#,
        "/name",
        "a part \"a-b\"",
    );
    for good in ["", "shop", "shop.größe._1"] {
        none(&of(good));
    }
}

#[test]
fn names_that_are_defined_twice() {
    let two = |one: &str, two: &str| {
        record(&format!(
            r#"{{"name":"a","type":{one}}},{{"name":"b","type":{two}}}"#
        ))
    };
    let fixed =
        |name: &str, size: u8| format!(r#"{{"type":"fixed","name":"{name}","size":{size}}}"#);
    for (ty, message) in [
        (fixed("F", 1), "fixed \"shop.F\" is defined already"),
        (
            r#"{"type":"enum","name":"E","symbols":["A"]}"#.to_owned(),
            "enum \"shop.E\" is defined already",
        ),
        (
            r#"{"type":"record","name":"S","fields":[]}"#.to_owned(),
            "record \"shop.S\" is defined already",
        ),
    ] {
        one(&two(&ty, &ty), "/fields/1/type/name", message);
    }
    // Where they differ it is not read at all.
    let differs = two(&fixed("F", 1), &fixed("F", 2));
    let error = parse(&Source::new("a.avsc", &differs), &[]).unwrap_err();
    assert!(
        error.message.contains("is defined twice, differently"),
        "{error}"
    );
    none(&two(&fixed("F", 1), &fixed("x.F", 1)));
    none(&two(&fixed("F", 1), "\"F\""));
}

/// The defaults that registries refuse in a new schema, by their pointers.
fn refused(text: &str) -> Vec<String> {
    let schema = parse(&Source::new("a.avsc", text), &[]).unwrap();
    let all = super::super::invalid_defaults(&schema);
    all.into_iter()
        .map(|error| error.location.pointer)
        .collect()
}

/// As Avro Java 1.11.4 and 1.12.0 judge, with `setValidateDefaults(true)`.
#[test]
fn defaults_that_registries_refuse_in_a_new_schema() {
    let field = |ty: &str, default: &str| {
        record(&format!(
            r#"{{"name":"f","type":{ty},"default":{default}}}"#
        ))
    };
    let bad = [
        ("\"int\"", "1.0"),
        ("\"long\"", "1e3"),
        ("\"int\"", "2147483648"),
        ("\"string\"", "1"),
        (r#"{"type":"array","items":"int"}"#, "[1.0]"),
        (
            r#"{"type":"record","name":"S","fields":[{"name":"g","type":"int"}]}"#,
            "{}",
        ),
    ];
    for (ty, default) in bad {
        assert_eq!(
            refused(&field(ty, default)),
            ["/fields/0/default"],
            "{ty} {default}"
        );
    }
    let good = [
        ("\"float\"", "1"),
        ("\"double\"", "\"NaN\""),
        (r#"{"type":"enum","name":"E","symbols":["A"]}"#, "\"B\""),
        (r#"{"type":"fixed","name":"F","size":2}"#, "\"abc\""),
        ("\"bytes\"", r#""\u0100""#),
        (r#"["null","int"]"#, "1"),
    ];
    for (ty, default) in good {
        assert_eq!(refused(&field(ty, default)), [""; 0], "{ty} {default}");
    }
    let inner =
        r#"{"type":"record","name":"S","fields":[{"name":"g","type":"int","default":"x"}]}"#;
    for (ty, pointer) in [
        (inner.to_owned(), "/fields/0/type/fields/0/default"),
        (
            format!(r#"["null",{inner}]"#),
            "/fields/0/type/1/fields/0/default",
        ),
        (
            format!(r#"{{"type":"map","values":{inner}}}"#),
            "/fields/0/type/values/fields/0/default",
        ),
        (
            format!(r#"{{"type":"array","items":{inner}}}"#),
            "/fields/0/type/items/fields/0/default",
        ),
    ] {
        assert_eq!(refused(&of(&ty)), [pointer], "{ty}");
    }
}

#[test]
fn aliases() {
    let ty =
        |aliases: &str| format!(r#"{{"type":"fixed","name":"F","size":1,"aliases":{aliases}}}"#);
    one(
        &ty(r#"["ok","a-b"]"#),
        "/aliases/1",
        "alias \"a-b\" is not a name",
    );
    one(
        &ty(r#""Old""#),
        "/aliases",
        "must be an array, not a string",
    );
    one(&ty("[7]"), "/aliases/0", "must be a string, not a number");
    none(&ty(r#"["Old","x.Older"]"#));
    let field = |aliases: &str| {
        record(&format!(
            r#"{{"name":"f","type":"int","aliases":{aliases}}}"#
        ))
    };
    one(&field("{}"), "/fields/0/aliases", "must be an array");
    // Java does not look at those.
    none(&field(r#"["a-b"]"#));
}

#[test]
fn symbols() {
    let of = |symbols: &str, rest: &str| {
        format!(r#"{{"type":"enum","name":"E","symbols":{symbols}{rest}}}"#)
    };
    one(
        &of(r#"["A","B-C"]"#, ""),
        "/symbols/1",
        "enum symbol \"B-C\"",
    );
    one(
        &of(r#"["A","B","A"]"#, ""),
        "/symbols/2",
        "\"A\" is there twice",
    );
    one(
        &of(r#"["A"]"#, r#","default":"B""#),
        "/default",
        "\"B\" is none of the symbols",
    );
    none(&of(r#"["A","B"]"#, r#","default":"B""#));
    none(&of(r#"["A","a"]"#, r#","default":7"#));
    none(&of("[]", ""));
}

#[test]
fn sizes() {
    let of = |size: &str| format!(r#"{{"type":"fixed","name":"F","size":{size}}}"#);
    one(&of("16.0"), "/size", "size \"16.0\"");
    one(&of("2147483648"), "/size", "size \"2147483648\"");
    none(&of("16"));
    none(&of("0"));
}

#[test]
fn unions() {
    one(
        r#"["null",["int","string"]]"#,
        "/1",
        "a union cannot be in a union",
    );
    one(
        &of(r#"["int","null","int"]"#),
        "/fields/0/type/2",
        "has \"int\" twice",
    );
    one(
        &of(r#"["string",{"type":"string","logicalType":"uuid"}]"#),
        "/fields/0/type/1",
        "\"string\" twice",
    );
    one(
        &of(r#"[{"type":"array","items":"int"},{"type":"array","items":"long"}]"#),
        "/fields/0/type/1",
        "\"array\" twice",
    );
    one(
        &of(r#"["R","shop.R"]"#),
        "/fields/0/type/1",
        "\"shop.R\" twice",
    );
    one(
        &of(r#"[{"type":"fixed","name":"F","size":1},{"type":"F"}]"#),
        "/fields/0/type/1",
        "\"shop.F\" twice",
    );
    none("[]");
    none(r#"["null"]"#);
    none(&of(
        r#"["null","int","long",{"type":"array","items":["null","int"]},{"type":"map","values":"int"}]"#,
    ));
    none(&of(
        r#"[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":"x.F","size":1}]"#,
    ));
    none(&of(
        r#"[{"type":"fixed","name":"F","size":1},{"type":"fixed","name":".F","size":2},"null"]"#,
    ));
}

#[test]
fn branches_of_references() {
    let reference = Reference {
        name: "shop.Item".to_owned(),
        source: Source::new(
            "item.avsc",
            r#"{"type":"fixed","name":"shop.Item","size":1}"#,
        ),
    };
    let twice = with(
        &of(r#"["Item","null","shop.Item"]"#),
        std::slice::from_ref(&reference),
    );
    assert_eq!(twice.len(), 1, "{twice:?}");
    assert!(with(&of(r#"["Item","null"]"#), &[reference]).is_empty());
}

#[test]
fn types_that_are_written_out_where_a_name_must_be() {
    one(
        r#"{"type":{"type":"int"}}"#,
        "/type",
        "must be the name of a type",
    );
    one(
        &of(r#"{"type":"array","items":{"type":["null","int"]}}"#),
        "/fields/0/type/items/type",
        "must be the name of a type",
    );
    none(&of(r#"{"type":"int"}"#));
    none(&of(r#"["null","int"]"#));
}

#[test]
fn orders() {
    let of = |order: &str| record(&format!(r#"{{"name":"f","type":"int","order":{order}}}"#));
    one(&of(r#""up""#), "/fields/0/order", "order \"up\"");
    one(&of("1"), "/fields/0/order", "order \"1\"");
    none(&of(r#""descending""#));
    none(&of(r#""Ignore""#));
}

#[test]
fn bad_defaults_are_none() {
    none(&record(r#"{"name":"f","type":"int","default":"x"}"#));
}

#[test]
fn many_errors_come_in_the_order_of_the_file() {
    let fields: Vec<String> = (0..300)
        .map(|index| format!(r#"{{"type":["int","int"],"name":"f-{index}"}}"#))
        .collect();
    let all = found(&record(&fields.join(",\n")));
    assert_eq!(all.len(), 100);
    assert!(all[0].contains("\"int\" twice"), "{}", all[0]);
    assert!(all[1].contains("f-0"), "{}", all[1]);
    assert!(all[99].contains("f-49"), "{}", all[99]);
}

#[test]
fn wide_unions_end_soon() {
    let names: Vec<String> = (0..20_000)
        .map(|index| format!(r#"{{"type":"fixed","name":"F{index}","size":1}}"#))
        .collect();
    let again: Vec<String> = (0..20_000).map(|index| format!(r#""F{index}""#)).collect();
    let text = record(&format!(
        r#"{{"name":"a","type":[{}]}},{{"name":"b","type":[{}]}}"#,
        names.join(","),
        again.join(",")
    ));
    none(&text);
}

#[test]
fn deep_types() {
    let deep = |inner: &str| {
        let outer = r#"{"type":"array","items":"#.repeat(250);
        format!("{outer}{inner}{}", "}".repeat(250))
    };
    none(&deep("\"int\""));
    one(
        &deep(r#"["int","int"]"#),
        &format!("{}/1", "/items".repeat(250)),
        "twice",
    );
}
