//! Debezium's change events, with or without the schema that Connect's `JsonConverter` adds.
//!
//! Types and sources are named as Debezium's own converter to CloudEvents names them
//! (`CloudEventsMaker`).

use std::borrow::Cow;

use jaq_json::Val;

use super::{
    Attribute, EnvelopeKind, Event, PlainPaths,
    kind::{Dialect, member, text},
};
use crate::event::Timestamp;

pub(super) static CHANGE: Dialect = Dialect {
    kind: EnvelopeKind::Debezium,
    recognise,
    attribute,
};

/// The members that are looked at.
pub(super) const NAMES: [&str; 6] = ["op", "source", "ts_ms", "before", "after", "schema"];

/// Create, update, delete, read (snapshot), truncate, message.
const OPERATIONS: [&str; 6] = ["c", "u", "d", "r", "t", "m"];

fn recognise(event: &Event<'_>, top: &Val) -> Option<Val> {
    if is_change(top) {
        return Some(top.clone());
    }
    // Connect's object has two members. Its payload is decoded only where the rest fits.
    let Val::Obj(members) = top else { return None };
    if members.len() > 1 || (members.len() == 1 && member(top, "schema").is_none()) {
        return None;
    }
    let payload = event.value_members(&["payload".to_owned()]);
    let payload = member(&payload, "payload")?;
    is_change(payload).then(|| payload.clone())
}

/// An operation and a source are in every change. Rows are in all but truncations and messages,
/// the connector in all since Debezium 0.10.
fn is_change(object: &Val) -> bool {
    let has = |name| member(object, name).is_some();
    let source = member(object, "source").filter(|source| matches!(source, Val::Obj(_)));
    text(object, "op").is_some_and(|operation| OPERATIONS.contains(&operation))
        && source.is_some_and(|source| {
            text(source, "connector").is_some() || has("before") || has("after")
        })
}

fn attribute<'v>(change: &'v Val, attribute: Attribute, _: &PlainPaths) -> Option<Cow<'v, str>> {
    let source = member(change, "source")?;
    let connector = || text(source, "connector");
    Some(Cow::Owned(match attribute {
        Attribute::Type => format!("io.debezium.connector.{}.DataChangeEvent", connector()?),
        Attribute::Source => format!("/debezium/{}/{}", connector()?, text(source, "name")?),
        Attribute::Subject => {
            let names = ["db", "schema", "table", "collection"];
            let names: Vec<&str> = (names.into_iter())
                .filter_map(|name| text(source, name).filter(|name| !name.is_empty()))
                .collect();
            (!names.is_empty()).then(|| names.join("."))?
        }
        Attribute::Time => {
            let stated = member(source, "ts_ms").or_else(|| member(change, "ts_ms"))?;
            let Val::Num(ms) = stated else { return None };
            Timestamp(i64::try_from(ms.as_isize()?).ok()?).to_string()
        }
        Attribute::Id
        | Attribute::CorrelationId
        | Attribute::CausationId
        | Attribute::Traceparent => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{envelope::EventDecoder, event::RecordBuf};

    const CHANGE: &str = r#"{"before":null,"after":{"id":1},"op":"c","ts_ms":1767261600999,
        "source":{"connector":"mysql","name":"shop","db":"inventory","table":"orders",
        "ts_ms":1767261600123}}"#;

    fn attributes(value: &str) -> (Option<EnvelopeKind>, Vec<Option<String>>) {
        let record = RecordBuf {
            value: Some(value.into()),
            ..RecordBuf::default()
        };
        let record = record.as_record();
        let event = EventDecoder::inferred().event(&record);
        let names = [
            Attribute::Id,
            Attribute::Type,
            Attribute::Source,
            Attribute::Subject,
            Attribute::Time,
        ];
        let stated = names.map(|name| event.attribute(name).map(Cow::into_owned));
        (event.kind(), stated.to_vec())
    }

    #[test]
    fn a_change_is_named_after_its_connector_with_and_without_a_schema() {
        let wanted = [
            None,
            Some("io.debezium.connector.mysql.DataChangeEvent"),
            Some("/debezium/mysql/shop"),
            Some("inventory.orders"),
            Some("2026-01-01T10:00:00.123Z"),
        ]
        .map(|text| text.map(str::to_owned))
        .to_vec();
        let debezium = Some(EnvelopeKind::Debezium);
        assert_eq!(attributes(CHANGE), (debezium, wanted.clone()));
        for with_schema in [
            format!(r#"{{"schema":{{"type":"struct"}},"payload":{CHANGE}}}"#),
            format!(r#"{{"schema":null,"payload":{CHANGE}}}"#),
            format!(r#"{{"payload":{CHANGE}}}"#),
        ] {
            assert_eq!(attributes(&with_schema), (debezium, wanted.clone()));
        }
    }

    #[test]
    fn an_event_of_another_kind_is_not_taken_for_a_change() {
        for (value, kind) in [
            (r#"{"op":"c"}"#, EnvelopeKind::Plain),
            (
                r#"{"op":"x","source":{"connector":"mysql"}}"#,
                EnvelopeKind::Plain,
            ),
            (r#"{"op":"c","source":{}}"#, EnvelopeKind::Plain),
            (r#"{"payload":{"op":"c"}}"#, EnvelopeKind::Plain),
            (r#"{"schema":{},"payload":null}"#, EnvelopeKind::Plain),
        ] {
            assert_eq!(attributes(value).0, Some(kind), "{value}");
        }
    }
}
