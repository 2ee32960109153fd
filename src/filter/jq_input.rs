//! A record as jq sees it: `{topic, partition, offset, timestamp, timestamp_iso, key, value,
//! headers, header_list, size, type, id, schema}`.
//!
//! Bytes become what they say: JSON where they are JSON, else text where they are UTF-8, else
//! `{"base64": "…"}`. A null stays null. Keys become JSON only where they are an object or an
//! array, so that the keys `17` and `a17` of one topic are both text.

use std::sync::Arc;

use jaq_json::{Map, Val};

use crate::{
    codec::{
        decoder::{plain, text},
        projection::{NAMES, Projection, VALUE},
    },
    envelope::{Attribute, Event},
    event::Timestamp,
};

/// The members of `event` that are in `projection`. An input that was built before and covers
/// them is taken again.
pub fn jq_input(event: &Event<'_>, projection: &Arc<Projection>) -> Val {
    event.projected(projection, || {
        let mut members = Map::default();
        for (index, name) in NAMES.into_iter().enumerate() {
            if projection.contains(index) {
                members.insert(constant(name), member(event, name));
            }
        }
        if let Some(names) = projection.of_value()
            && event.record().value.is_some()
        {
            members.insert(constant(NAMES[VALUE]), event.value_members(names));
        }
        Val::obj(members)
    })
}

fn member(event: &Event<'_>, name: &str) -> Val {
    let record = event.record();
    let attribute = |attribute| {
        event
            .attribute(attribute)
            .map_or(Val::Null, |value| text(value.as_bytes()))
    };
    match name {
        "topic" => text(record.topic.as_bytes()),
        "partition" => known(i64::from(record.partition)),
        "offset" => known(record.offset),
        "timestamp" => known(record.timestamp),
        "timestamp_iso" if record.timestamp != -1 => {
            Val::from(Timestamp(record.timestamp).to_string())
        }
        "key" => event.key(),
        "value" => event.value(),
        "headers" => {
            let header = |(name, value): (&[u8], Option<&[u8]>)| (plain(name), optional(value));
            Val::obj(record.headers.iter().map(header).collect())
        }
        "header_list" => {
            let pair = |(name, value)| [plain(name), optional(value)].into_iter().collect();
            record.headers.iter().map(pair).collect()
        }
        "size" => Val::from(record.size()),
        "type" => attribute(Attribute::Type),
        "id" => attribute(Attribute::Id),
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

fn constant(name: &'static str) -> Val {
    Val::utf8_str(name.as_bytes())
}

#[cfg(test)]
mod tests {
    use jaq_core::ValT;

    use super::*;
    use crate::{
        envelope::EventDecoder,
        event::{HeaderBuf, RecordBuf},
        filter::fields::fields_of,
    };

    fn input(record: &RecordBuf, expression: &str) -> Val {
        let projection = Arc::new(fields_of(expression));
        let record = record.as_record();
        jq_input(&EventDecoder::inferred().event(&record), &projection)
    }

    fn shown(record: &RecordBuf) -> String {
        input(record, ".").to_string()
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
    fn a_part_of_a_value_answers_as_the_whole_does() {
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
            let answers = |expression| {
                let value = input(&record, expression)
                    .index(&constant("value"))
                    .unwrap();
                ["a", "b"].map(|name| value.clone().index(&constant(name)).ok())
            };
            assert_eq!(answers(".value.a, .value.b"), answers(".value"), "{text}");
        }
    }
}
