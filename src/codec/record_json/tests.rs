//! Both directions together: what is written is read back, and what is no record is refused.

use std::sync::Arc;

use proptest::prelude::*;

use super::{Problem, read, write};
use crate::event::{HeaderBuf, RecordBuf, TimestampType};

fn line(record: &RecordBuf) -> String {
    let mut out = Vec::new();
    write(&mut out, &record.as_record());
    String::from_utf8(out).unwrap()
}

fn parse(line: &str) -> Result<RecordBuf, String> {
    let mut record = RecordBuf::default();
    read(line.as_bytes(), &mut record)
        .map(|()| record)
        .map_err(|error| error.to_string())
}

fn value(json: &str) -> Result<Option<String>, String> {
    let record = parse(&format!("{{\"value\":{json}}}"))?;
    Ok(record.value.map(|bytes| String::from_utf8(bytes).unwrap()))
}

#[test]
fn a_record_is_the_line_that_the_manual_shows() {
    let mut headers = HeaderBuf::default();
    headers.push(b"traceparent", Some(b"00-1"));
    headers.push(b"x", None);
    headers.push(b"x", Some(b"\xff"));
    let record = RecordBuf {
        topic: Arc::from("orders"),
        partition: 3,
        offset: 1042,
        timestamp: 1_767_261_600_123,
        timestamp_type: TimestampType::Create,
        key: Some(b"order-17".to_vec()),
        value: Some(br#"{"id":"a","total":12.50}"#.to_vec()),
        headers,
    };
    assert_eq!(
        line(&record),
        concat!(
            r#"{"topic":"orders","partition":3,"offset":1042,"timestamp":1767261600123,"#,
            r#""timestamp_type":"create","key":"order-17","#,
            r#""headers":[["traceparent","00-1"],["x",null],["x",{"base64":"/w=="}]],"#,
            r#""value":{"json":{"id":"a","total":12.50}}}"#
        )
    );
    assert_eq!(
        line(&RecordBuf::default()),
        r#"{"topic":null,"partition":null,"offset":null,"timestamp":null,"timestamp_type":"create","key":null,"headers":[],"value":null}"#
    );
}

#[test]
fn json_has_one_shape_whatever_its_white_space() {
    let shape = |bytes: &str| {
        let record = RecordBuf {
            value: Some(bytes.into()),
            ..RecordBuf::default()
        };
        let line = line(&record);
        assert_eq!(parse(&line).unwrap(), record, "{line}");
        let at = line.find("\"value\":").unwrap() + "\"value\":".len();
        line[at..line.len() - 1].to_owned()
    };
    for verbatim in [
        r#"{"a":1}"#,
        r#"{"a": 1}"#,
        "[ 1,\t2.50 ,{ }]",
        r#"{"a" : "\n x\u0000" , "a":-0}"#,
        "[  ]",
    ] {
        assert_eq!(shape(verbatim), format!("{{\"json\":{verbatim}}}"));
    }
    for (bytes, compact, text) in [
        (
            "{\n  \"a\": \"x y\"\n}",
            r#"{"a":"x y"}"#,
            r#"{\n  \"a\": \"x y\"\n}"#,
        ),
        (" [1, 2.50]", "[1,2.50]", " [1, 2.50]"),
        ("{}\n", "{}", "{}\\n"),
        ("[1,\r2]\t", "[1,2]", "[1,\\r2]\\t"),
    ] {
        assert_eq!(
            shape(bytes),
            format!("{{\"json\":{compact},\"text\":\"{text}\"}}")
        );
    }
    for text in [
        "{\"a\": 1",
        "[1, 2] x",
        "7",
        " ",
        "\"a\"",
        "{'a': 1}",
        "\u{feff}{}",
    ] {
        assert!(shape(text).starts_with('"'), "{text}");
    }
    let deep = format!("{} {}", "[".repeat(129), "]".repeat(129));
    assert!(shape(&deep).starts_with('"'));
}

#[test]
fn the_text_beside_json_is_the_bytes_and_says_the_same() {
    let both = Ok(Some("{ }\n".to_owned()));
    assert_eq!(value(r#"{"json":{},"text":"{ }\n"}"#), both);
    assert_eq!(value(r#"{ "text" : "{ }\n" , "json" : { } }"#), both);
    // As another tool writes the same JSON again.
    let escaped = Ok(Some("{\"a\": \"\\u00e9\"}\n".to_owned()));
    let rewritten = r#"{"json":{"a":"é"},"text":"{\"a\": \"\\u00e9\"}\n"}"#;
    assert_eq!(value(rewritten), escaped);
    for edited in [
        r#"{"json":{"a":2},"text":"{\"a\": 1}\n"}"#,
        r#"{"text":"{\"a\": 1}\n","json":{"a":1,"b":2}}"#,
        r#"{"json":["a b"],"text":"[\"ab\"]\n"}"#,
        r#"{"json":{},"text":"{"}"#,
        r#"{"json":1,"text":"1\n"}"#,
    ] {
        let error = value(edited).unwrap_err();
        let expected = "column 10: \"json\" and \"text\" differ; remove \"text\" to send the JSON";
        assert_eq!(error, expected, "{edited}");
    }
}

#[test]
fn json_is_taken_verbatim() {
    for text in [
        r#"{"total":12.50,"a":1,"a":1e2,"\u0041":"\/"}"#,
        "[ 1,\t{ } ]",
        "-0.0",
        r#""\ud800""#,
    ] {
        assert_eq!(
            value(&format!("{{\"json\":{text}}}")),
            Ok(Some(text.to_owned()))
        );
    }
    assert_eq!(value("{ \"json\" : 1 }"), Ok(Some("1".to_owned())));
}

#[test]
fn only_the_value_has_to_be_there() {
    let record = parse(" {\"value\": null} \r").unwrap();
    assert_eq!(record, RecordBuf::default());
    let record =
        parse(r#"{"value":"v","topic":null,"timestamp":null,"decoded":{"x":[1]}}"#).unwrap();
    assert_eq!(record.value.as_deref(), Some(&b"v"[..]));
    assert_eq!((record.timestamp, &*record.topic), (-1, ""));
}

#[test]
fn nothing_of_the_record_before_is_left() {
    let mut record = parse(
        r#"{"topic":"t","partition":1,"offset":2,"timestamp":3,"timestamp_type":"log-append","key":"k","headers":[["a","b"]],"value":"v"}"#,
    )
    .unwrap();
    read(br#"{"value":null}"#, &mut record).unwrap();
    assert_eq!(record, RecordBuf::default());
}

#[test]
fn escapes_are_undone_and_half_pairs_refused() {
    assert_eq!(
        value(r#""\"\\\/\b\f\n\r\t\u0000\u00e9\ud83e\udd80é""#),
        Ok(Some("\"\\/\u{8}\u{c}\n\r\t\0é🦀é".to_owned()))
    );
    for half in [
        r#""\ud800""#,
        r#""a\udc00""#,
        r#""\ud800\u0041""#,
        r#""\ud800x""#,
        r#""\udc00\ud800""#,
    ] {
        assert!(
            value(half).unwrap_err().contains("half a surrogate pair"),
            "{half}"
        );
    }
}

/// Lines that are no record, with the column and the start of what is said about them.
const WRONG: &[(&str, usize, &str)] = &[
    ("", 1, "expected a record, which is a JSON object"),
    ("[]", 1, "expected a record"),
    ("\u{feff}{}", 1, "expected a record"),
    ("{}", 3, "the member \"value\" is missing"),
    (
        r#"{"value":{"id":1}}"#,
        10,
        "a bare JSON object is not bytes",
    ),
    (r#"{"value":{}}"#, 10, "a bare JSON object"),
    (r#"{"value":[1]}"#, 10, "a bare JSON array"),
    (r#"{"value":12}"#, 10, "a bare JSON number"),
    (r#"{"value":true}"#, 10, "a bare JSON boolean"),
    (r#"{"key":1,"value":""}"#, 8, "a bare JSON number"),
    (
        r#"{"value":{"json":1,"base64":""}}"#,
        20,
        "\"base64\" beside",
    ),
    (
        r#"{"value":{"json":1,"text":"","json":1}}"#,
        30,
        "\"json\" beside",
    ),
    (
        r#"{"value":{"base64":"","text":""}}"#,
        23,
        "\"text\" beside",
    ),
    (
        r#"{"value":{"json":1,"text":null}}"#,
        27,
        "not a JSON string",
    ),
    (r#"{"value":{"text":"a"}}"#, 10, "a bare JSON object"),
    (r#"{"value":{"text":{}}}"#, 10, "a bare JSON object"),
    (r#"{"value":{"text":"a","b":1}}"#, 10, "a bare JSON object"),
    (r#"{"value":{"base64":"/w"}}"#, 20, "not base64"),
    (r#"{"value":{"base64":"_w=="}}"#, 20, "not base64"),
    (r#"{"value":{"base64":"/x=="}}"#, 20, "not base64"),
    (r#"{"value":{"base64":1}}"#, 20, "not a JSON string"),
    (
        r#"{"value":"a","value":"b"}"#,
        14,
        "the member \"value\" is there twice",
    ),
    (r#"{"val":"a"}"#, 2, "a record has no member \"val\""),
    (
        r#"{"value":"a"}x"#,
        14,
        "expected nothing behind the record",
    ),
    (r#"{"value":"a""#, 13, "expected ',' or '}'"),
    (r#"{"value":"a",}"#, 14, "not a JSON string"),
    (r#"{"value":"a"#, 12, "not a JSON string"),
    (r#"{"value":nul}"#, 10, "not valid JSON"),
    (r#"{"value":}"#, 10, "expected null, a string or an object"),
    (r#"{"value":"","offset":1.0}"#, 22, "not an integer"),
    (r#"{"value":"","offset":"1"}"#, 22, "not an integer"),
    (
        r#"{"value":"","offset":9223372036854775808}"#,
        22,
        "not an integer",
    ),
    (
        r#"{"value":"","partition":2147483648}"#,
        25,
        "not an integer",
    ),
    (
        r#"{"value":"","timestamp_type":"x"}"#,
        30,
        "\"x\" is not a timestamp type",
    ),
    (
        r#"{"value":"","timestamp_type":null}"#,
        30,
        "not a JSON string",
    ),
    (r#"{"value":"","headers":{}}"#, 23, "expected a list of"),
    (
        r#"{"value":"","headers":[["a"]]}"#,
        28,
        "expected ',' and the header's value",
    ),
    (
        r#"{"value":"","headers":[["a","b","c"]]}"#,
        32,
        "expected ']' behind",
    ),
    (
        r#"{"value":"","headers":[[null,"b"]]}"#,
        25,
        "expected a header's name",
    ),
    (
        r#"{"value":"","headers":["a","b"]}"#,
        24,
        "expected a list of",
    ),
    (r#"{"value":"","topic":1}"#, 21, "not a JSON string"),
    (r#"{"value" "a"}"#, 10, "expected ':'"),
    ("{\"value\":\"a\u{1}\"}", 12, "not a JSON string"),
    (r#"{"value":{"json":[1,]}}"#, 21, "not valid JSON"),
];

#[test]
fn what_is_wrong_is_said_with_its_column() {
    for (text, column, message) in WRONG {
        let error = parse(text).unwrap_err();
        let start = format!("column {column}: ");
        assert!(
            error.starts_with(&start) && error.contains(message),
            "{text}: {error}"
        );
    }
    let mut record = RecordBuf::default();
    let error = read(b"{\"value\":\"a\xff\"}", &mut record).unwrap_err();
    assert_eq!((error.column, error.problem), (12, Problem::NotUtf8));
    let deep = format!("{{\"value\":{{\"json\":{}}}}}", "[".repeat(1_000_000));
    assert!(
        parse(&deep)
            .unwrap_err()
            .contains("nested more than 128 deep")
    );
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let special = [
        "",
        "{}",
        "[1, 2]",
        "[1,2]",
        "null",
        "{\"json\":1}",
        "\0",
        "\u{feff}",
        "12.50",
    ];
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..24),
        any::<String>().prop_map(String::into_bytes),
        prop::sample::select(special.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        spaced().prop_map(String::into_bytes),
    ]
}

/// JSON containers with white space of every kind, and what is nearly that.
fn spaced() -> impl Strategy<Value = String> {
    let tokens = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"a\"",
        "\"\\n \\\" b\"",
        "-1.50",
        "null",
    ];
    let whole = [
        "{}",
        "[1, 2]",
        "{\"a\" :[ ]}",
        "[{\"b\":\t\" \"}]",
        "{\"a\":\n1}",
    ];
    let space = "[ \t\r\n]{0,2}";
    let token = prop_oneof![
        1 => prop::sample::select(tokens.to_vec()),
        4 => prop::sample::select(whole.to_vec()),
    ];
    let list = prop::collection::vec((space, token), 1..4);
    (list, space, any::<bool>()).prop_map(|(list, end, array)| {
        let spaced: Vec<_> = list
            .iter()
            .map(|(space, token)| format!("{space}{token}"))
            .collect();
        match array {
            true => format!("[{}{end}]", spaced.join(",")),
            false => format!("{}{end}", spaced.concat()),
        }
    })
}

/// Any record at all.
pub fn record() -> impl Strategy<Value = RecordBuf> {
    let headers = prop::collection::vec((bytes(), prop::option::of(bytes())), 0..4);
    let stamp = (any::<i64>(), 0..3_usize);
    let place = ("[a-z\"\\\\é]{0,8}", any::<i32>(), any::<i64>());
    (
        place,
        stamp,
        prop::option::of(bytes()),
        prop::option::of(bytes()),
        headers,
    )
        .prop_map(
            |((topic, partition, offset), (timestamp, kind), key, value, list)| {
                let mut headers = HeaderBuf::default();
                for (name, value) in &list {
                    headers.push(name, value.as_deref());
                }
                let kinds = [
                    TimestampType::Create,
                    TimestampType::LogAppend,
                    TimestampType::None,
                ];
                RecordBuf {
                    topic: Arc::from(topic),
                    partition,
                    offset,
                    timestamp,
                    timestamp_type: kinds[kind],
                    key,
                    value,
                    headers,
                }
            },
        )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_is_written_is_read_back(record in record(), used in record()) {
        let line = line(&record);
        prop_assert!(!line.contains('\n'));
        prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&line).is_ok());
        // What is a JSON object or array is one in the line as well.
        let parsed: serde_json::Value = serde_json::from_str(&line).unwrap();
        let says = |bytes: Option<&[u8]>| {
            let value = serde_json::from_slice::<serde_json::Value>(bytes?).ok()?;
            (value.is_object() || value.is_array()).then_some(value)
        };
        for (member, bytes) in [("value", &record.value), ("key", &record.key)] {
            prop_assert_eq!(parsed[member].get("json").cloned(), says(bytes.as_deref()));
        }
        let mut back = used;
        read(line.as_bytes(), &mut back).unwrap();
        prop_assert_eq!(back, record);
    }

    #[test]
    fn a_damaged_line_is_an_error_or_a_record_but_never_a_panic(
        record in record(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8), 1..4),
    ) {
        let mut line = line(&record).into_bytes();
        for (index, byte, kind) in damage {
            let at = index.index(line.len().max(1));
            match kind {
                0 => line.truncate(at),
                1 if at < line.len() => line[at] ^= 1 << (byte % 8),
                2 if at < line.len() => { line.remove(at); }
                _ => line.insert(at.min(line.len()), byte),
            }
        }
        let mut back = RecordBuf::default();
        match read(&line, &mut back) {
            Err(error) => prop_assert!((1..=line.len() + 1).contains(&error.column)),
            // What was taken as a record must be one: it is written and read as itself.
            Ok(()) => {
                let mut again = Vec::new();
                write(&mut again, &back.as_record());
                let mut twice = RecordBuf::default();
                read(&again, &mut twice).unwrap();
                prop_assert_eq!(back, twice);
            }
        }
    }
}
