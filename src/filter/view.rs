//! A record as jq sees it: `{topic, partition, offset, timestamp, timestamp_iso, key, value,
//! headers, header_list, size, type, id, schema}`.
//!
//! Bytes become what they say: JSON where they are JSON, else text where they are UTF-8, else
//! `{"base64": "…"}`. A null stays null. Keys become JSON only where they are an object or an
//! array, so that the keys `17` and `a17` of one topic are both text.

use base64::{Engine, prelude::BASE64_STANDARD};
use jaq_json::{Map, Val};

use super::{
    event_type::{event_id, event_type},
    fields::{Fields, NAMES, VALUE},
};
use crate::{
    codec::json::{each_member, is_json},
    event::{Record, Timestamp},
};

/// Builds the members of `record` that are in `fields`.
pub fn view(record: &Record<'_>, fields: &Fields) -> Val {
    let mut members = Map::default();
    for (index, name) in NAMES.into_iter().enumerate() {
        if fields.contains(index) {
            members.insert(constant(name), member(record, name));
        }
    }
    if let (Some(names), Some(bytes)) = (fields.of_value(), record.value) {
        let value = part(bytes, names).unwrap_or_else(|| value(bytes));
        members.insert(constant(NAMES[VALUE]), value);
    }
    Val::obj(members)
}

/// The members `names` of a JSON object, without reading the others; `None` when it is not an
/// object, or has names with escapes, which would have to be read to be compared.
fn part(bytes: &[u8], names: &[String]) -> Option<Val> {
    let mut members = Map::default();
    let mut plain = true;
    let object = each_member(bytes, |name, value| {
        plain &= !name.contains(&b'\\');
        if let Some(name) = names.iter().find(|wanted| wanted.as_bytes() == name)
            && let Ok(value) = jaq_json::read::parse_single(value)
        {
            members.insert(text(name.as_bytes()), value);
        }
    });
    (object && plain).then(|| Val::obj(members))
}

fn member(record: &Record<'_>, name: &str) -> Val {
    match name {
        "topic" => text(record.topic.as_bytes()),
        "partition" => known(i64::from(record.partition)),
        "offset" => known(record.offset),
        "timestamp" => known(record.timestamp),
        "timestamp_iso" if record.timestamp != -1 => {
            Val::from(Timestamp(record.timestamp).to_string())
        }
        "key" => record.key.map_or(Val::Null, |key| {
            let json = is_container(key).then(|| json(key)).flatten();
            json.unwrap_or_else(|| plain(key))
        }),
        "value" => record.value.map_or(Val::Null, value),
        "headers" => {
            let header = |(name, value): (&[u8], Option<&[u8]>)| (plain(name), optional(value));
            Val::obj(record.headers.iter().map(header).collect())
        }
        "header_list" => {
            let pair = |(name, value)| [plain(name), optional(value)].into_iter().collect();
            record.headers.iter().map(pair).collect()
        }
        "size" => Val::from(record.size()),
        "type" => event_type(record).map_or(Val::Null, |name| text(name.as_bytes())),
        "id" => event_id(record).map_or(Val::Null, |name| text(name.as_bytes())),
        "schema" => {
            let none = [(constant("key"), Val::Null), (constant("value"), Val::Null)];
            Val::obj(none.into_iter().collect())
        }
        _ => Val::Null,
    }
}

/// A number, or null where -1 says that it is unknown.
fn known(number: i64) -> Val {
    match isize::try_from(number) {
        Ok(number) if number != -1 => Val::from(number),
        _ => Val::Null,
    }
}

fn optional(bytes: Option<&[u8]>) -> Val {
    bytes.map_or(Val::Null, plain)
}

/// Text, or base64 where the bytes are not UTF-8.
fn plain(bytes: &[u8]) -> Val {
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return text(bytes);
    }
    let encoded = Val::from(BASE64_STANDARD.encode(bytes));
    Val::obj([(constant("base64"), encoded)].into_iter().collect())
}

fn text(bytes: &[u8]) -> Val {
    Val::utf8_str(bytes::Bytes::copy_from_slice(bytes))
}

fn constant(name: &'static str) -> Val {
    Val::utf8_str(name.as_bytes())
}

fn value(bytes: &[u8]) -> Val {
    json(bytes).unwrap_or_else(|| plain(bytes))
}

/// The value that JSON bytes say; `None` when they are not strictly JSON. jaq's own reader takes
/// more (`NaN`, `007`, comments) and is recursive without a bound.
fn json(bytes: &[u8]) -> Option<Val> {
    is_json(bytes).then(|| jaq_json::read::parse_single(bytes).ok())?
}

fn is_container(bytes: &[u8]) -> bool {
    matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
}

#[cfg(test)]
mod tests {
    use jaq_core::ValT;

    use super::*;
    use crate::event::{HeaderBuf, RecordBuf};

    fn shown(record: &RecordBuf) -> String {
        view(&record.as_record(), &Fields::of(".")).to_string()
    }

    #[test]
    fn a_record_has_every_member() {
        let mut headers = HeaderBuf::default();
        headers.push(b"ce_type", Some(b"placed"));
        headers.push(b"x", Some(b"1"));
        headers.push(b"x", None);
        let record = RecordBuf {
            topic: "orders".into(),
            partition: 3,
            offset: 1042,
            timestamp: 1_767_261_600_123,
            key: Some(b"17".to_vec()),
            value: Some(br#"{"id":"a","total":12.50}"#.to_vec()),
            headers,
            ..RecordBuf::default()
        };
        assert_eq!(
            shown(&record),
            concat!(
                r#"{"topic":"orders","partition":3,"offset":1042,"timestamp":1767261600123,"#,
                r#""timestamp_iso":"2026-01-01T10:00:00.123Z","key":"17","#,
                r#""value":{"id":"a","total":12.50},"headers":{"ce_type":"placed","x":null},"#,
                r#""header_list":[["ce_type","placed"],["x","1"],["x",null]],"size":48,"#,
                r#""type":"placed","id":"a","schema":{"key":null,"value":null}}"#
            )
        );
    }

    #[test]
    fn what_is_unknown_is_null() {
        assert_eq!(
            shown(&RecordBuf::default()),
            concat!(
                r#"{"topic":"","partition":null,"offset":null,"timestamp":null,"#,
                r#""timestamp_iso":null,"key":null,"value":null,"headers":{},"header_list":[],"#,
                r#""size":0,"type":null,"id":null,"schema":{"key":null,"value":null}}"#
            )
        );
    }

    #[test]
    fn values_are_json_text_or_base64() {
        for (bytes, shown) in [
            (&b"[1, 2]"[..], "[1,2]"),
            (b"{\"a\":1}", "{\"a\":1}"),
            (b"500", "500"),
            (b"\"x\"", "\"x\""),
            (b"true", "true"),
            (b"[NaN]", "\"[NaN]\""),
            (b"007", "\"007\""),
            (b"NaN", "\"NaN\""),
            (b"12 Main Street", "\"12 Main Street\""),
            (b"{oops", "\"{oops\""),
            (b"", "\"\""),
            (b"\xff", "{\"base64\":\"/w==\"}"),
            (b"[\"\xff\"]", "{\"base64\":\"WyL/Il0=\"}"),
        ] {
            assert_eq!(value(bytes).to_string(), shown);
        }
    }

    #[test]
    fn a_part_of_a_value_answers_as_the_whole_does() {
        let wanted = Fields::of(".value.a, .value.b");
        let whole = Fields::of(".value");
        for text in [
            r#"{"a":1.50,"x":[{"a":2}],"b":null}"#,
            r#" {"a":1,"a":{"c":"}"}} "#,
            r#"{"\u0061":7,"b":1}"#,
            "{}",
            "[1]",
            "7",
            "text",
            r#"{"a":1"#,
            r#"{"a":NaN}"#,
            "\"a\"",
        ] {
            let record = RecordBuf {
                value: Some(text.into()),
                ..RecordBuf::default()
            };
            let answers = |fields: &Fields| {
                let value = view(&record.as_record(), fields)
                    .index(&constant("value"))
                    .unwrap();
                ["a", "b"].map(|name| value.clone().index(&constant(name)).ok())
            };
            assert_eq!(answers(&wanted), answers(&whole), "{text}");
        }
    }

    #[test]
    fn nesting_that_would_exhaust_the_stack_stays_text() {
        for hostile in [
            "[".repeat(1 << 20),
            format!("{}{}", "[".repeat(129), "]".repeat(129)),
            "[\"}\",".repeat(1 << 18),
            format!("[#\"\n{}", "[".repeat(1 << 20)),
            "{\"a\":".repeat(1 << 18),
        ] {
            assert!(matches!(value(hostile.as_bytes()), Val::TStr(_)));
        }
        let wide = format!("[{}[]]", "[],".repeat(1_000));
        assert!(matches!(value(wide.as_bytes()), Val::Arr(_)));
    }
}
