//! CloudEvents 1.0 (and 0.3) on Kafka: binary mode in `ce_` headers, structured mode as a JSON
//! value.

use std::borrow::Cow;

use jaq_json::Val;

use super::{
    Attribute, EnvelopeKind, Event, PlainPaths,
    kind::{Dialect, text},
};
use crate::event::Record;

/// Structured mode. An object is one only with all four attributes that the specification
/// requires: a member called `type` alone does not make a CloudEvent.
pub(super) static STRUCTURED: Dialect = Dialect {
    kind: EnvelopeKind::CloudEvents,
    recognise,
    attribute,
};

/// The members that are looked at.
pub(super) const NAMES: [&str; 9] = [
    "specversion",
    "id",
    "type",
    "source",
    "subject",
    "time",
    "correlationid",
    "causationid",
    "traceparent",
];

/// Whether the headers of `record` are those of a CloudEvent in binary mode.
pub(super) fn is_binary(record: &Record<'_>) -> bool {
    let mut names = record.headers.iter().map(|(name, _)| name);
    names.any(|name| name == b"ce_specversion")
}

fn recognise(_: &Event<'_>, top: &Val) -> Option<Val> {
    let required = ["specversion", "id", "type", "source"];
    let stated = |name| text(top, name).is_some_and(|value| !value.is_empty());
    required.into_iter().all(stated).then(|| top.clone())
}

fn attribute<'v>(event: &'v Val, attribute: Attribute, _: &PlainPaths) -> Option<Cow<'v, str>> {
    let name = match attribute {
        Attribute::Id => "id",
        Attribute::Type => "type",
        Attribute::Source => "source",
        Attribute::Subject => "subject",
        Attribute::Time => "time",
        // Extensions: names of attributes are in lower case.
        Attribute::CorrelationId => "correlationid",
        Attribute::CausationId => "causationid",
        Attribute::Traceparent => "traceparent",
    };
    text(event, name).map(Cow::Borrowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        envelope::EventDecoder,
        event::{HeaderBuf, RecordBuf},
    };

    fn kind(headers: &[(&str, &str)], value: &str) -> Option<EnvelopeKind> {
        let mut buffer = HeaderBuf::default();
        for (name, value) in headers {
            buffer.push(name.as_bytes(), Some(value.as_bytes()));
        }
        let record = RecordBuf {
            headers: buffer,
            value: Some(value.into()),
            ..RecordBuf::default()
        };
        EventDecoder::inferred().event(&record.as_record()).kind()
    }

    #[test]
    fn a_structured_event_has_all_required_attributes() {
        let whole = r#"{"specversion":"1.0","id":"1","type":"t","source":"/s","time":"x"}"#;
        assert_eq!(kind(&[], whole), Some(EnvelopeKind::CloudEvents));
        for part in [
            r#"{"type":"t"}"#,
            r#"{"specversion":"1.0","id":"1","type":"t"}"#,
            r#"{"specversion":1.0,"id":"1","type":"t","source":"/s"}"#,
            r#"{"specversion":"1.0","id":"","type":"t","source":"/s"}"#,
        ] {
            assert_eq!(kind(&[], part), Some(EnvelopeKind::Plain), "{part}");
        }
    }

    #[test]
    fn the_content_type_alone_does_not_make_an_event() {
        let structured = [(
            "content-type",
            "application/cloudevents+json; charset=utf-8",
        )];
        let part = r#"{"type":"t"}"#;
        assert_eq!(kind(&structured, part), Some(EnvelopeKind::Plain));
        assert_eq!(kind(&structured, "text"), None);
        let binary = [("ce_specversion", "1.0")];
        assert_eq!(kind(&binary, "text"), Some(EnvelopeKind::CloudEvents));
    }

    #[test]
    fn extensions_carry_the_conversation_and_the_trace() {
        let value = r#"{"specversion":"1.0","id":"1","type":"t","source":"/s","subject":"o-1",
            "correlationid":"c","causationid":"p","traceparent":"00-1-2-01"}"#;
        let record = RecordBuf {
            value: Some(value.into()),
            ..RecordBuf::default()
        };
        let record = record.as_record();
        let event = EventDecoder::inferred().event(&record);
        for (attribute, stated) in [
            (Attribute::Subject, "o-1"),
            (Attribute::CorrelationId, "c"),
            (Attribute::CausationId, "p"),
            (Attribute::Traceparent, "00-1-2-01"),
        ] {
            assert_eq!(event.attribute(attribute).as_deref(), Some(stated));
        }
    }
}
