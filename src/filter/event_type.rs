//! What kind of event a record is, and which one: as CloudEvents on Kafka says it in headers, else
//! as the JSON value says it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::event::Record;

/// The event's type: the header `ce_type` (CloudEvents, binary mode), else the member `type` or
/// `eventType` of a JSON object (CloudEvents, structured mode, and common use). `None` when none
/// of them is text.
#[must_use]
pub fn event_type<'a>(record: &Record<'a>) -> Option<Cow<'a, str>> {
    header(record, "ce_type").or_else(|| {
        let envelope = envelope(record)?;
        text(envelope.kind).or_else(|| text(envelope.event_type))
    })
}

/// The event's identity: the header `ce_id`, else the member `id` of a JSON object where it is
/// text or a number. The number 1 and the text "1" are one identity.
#[must_use]
pub fn event_id<'a>(record: &Record<'a>) -> Option<Cow<'a, str>> {
    header(record, "ce_id").or_else(|| {
        let id = envelope(record)?.id;
        text(id).or_else(|| number(id))
    })
}

/// When the event happened, as it says: the header `ce_time`, else the member `time` of a JSON
/// object where it is text.
#[must_use]
pub fn event_time_text<'a>(record: &Record<'a>) -> Option<Cow<'a, str>> {
    header(record, "ce_time").or_else(|| text(envelope(record)?.time))
}

#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, rename = "type")]
    kind: Option<&'a RawValue>,
    #[serde(borrow, rename = "eventType")]
    event_type: Option<&'a RawValue>,
    #[serde(borrow)]
    id: Option<&'a RawValue>,
    #[serde(borrow)]
    time: Option<&'a RawValue>,
}

fn header<'a>(record: &Record<'a>, name: &str) -> Option<Cow<'a, str>> {
    std::str::from_utf8(record.headers.last(name)??)
        .ok()
        .map(Cow::Borrowed)
}

fn envelope<'a>(record: &Record<'a>) -> Option<Envelope<'a>> {
    record
        .value
        .filter(|value| value.trim_ascii_start().starts_with(b"{"))
        .and_then(|value| serde_json::from_slice(value).ok())
}

fn text(member: Option<&RawValue>) -> Option<Cow<'_, str>> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);
    serde_json::from_str(member?.get())
        .ok()
        .map(|Text(text)| text)
}

/// A number as text: digits alone where it is whole, as for `1`, `1.0` and `1e0`, else as written.
fn number(member: Option<&RawValue>) -> Option<Cow<'_, str>> {
    /// Whole numbers below this are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let written = member?.get();
    let number: f64 = written.parse().ok()?;
    let whole = number.fract() == 0.0 && number.abs() < EXACT;
    Some(match whole {
        // Zero is added for -0.
        true => Cow::Owned((number + 0.0).to_string()),
        false => Cow::Borrowed(written),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{HeaderBuf, RecordBuf};

    fn typed(ce_type: Option<&[u8]>, value: &str) -> Option<String> {
        let mut headers = HeaderBuf::default();
        if let Some(name) = ce_type {
            headers.push(b"ce_type", Some(name));
        }
        let record = RecordBuf {
            value: Some(value.as_bytes().to_vec()),
            headers,
            ..RecordBuf::default()
        };
        event_type(&record.as_record()).map(Cow::into_owned)
    }

    #[test]
    fn the_header_wins_over_the_value() {
        assert_eq!(typed(Some(b"a"), r#"{"type":"b"}"#).as_deref(), Some("a"));
        assert_eq!(typed(None, r#" {"type":"b\u0041"}"#).as_deref(), Some("bA"));
        assert_eq!(
            typed(None, r#"{"type":7,"eventType":"c"}"#).as_deref(),
            Some("c")
        );
        assert_eq!(
            typed(Some(b"\xff"), r#"{"type":"b"}"#).as_deref(),
            Some("b")
        );
        for none in ["", "[]", "type", r#"{"type":null}"#, r#"{"type":"b""#] {
            assert_eq!(typed(None, none), None, "{none}");
        }
    }

    #[test]
    fn an_identity_is_text_or_a_number() {
        let id = |value: &str| {
            let record = RecordBuf {
                value: Some(value.into()),
                ..RecordBuf::default()
            };
            event_id(&record.as_record()).map(Cow::into_owned)
        };
        for (written, digits) in [
            ("\"1\"", "1"),
            ("1", "1"),
            ("1.0", "1"),
            ("10e-1", "1"),
            ("-7", "-7"),
            ("-0", "0"),
            ("1.5", "1.5"),
            ("9007199254740993", "9007199254740993"),
            ("18446744073709551617", "18446744073709551617"),
        ] {
            let value = format!("{{\"id\": {written}}}");
            assert_eq!(id(&value).as_deref(), Some(digits), "{written}");
        }
        for none in ["null", "true", "[1]", "{}", "NaN"] {
            assert_eq!(id(&format!("{{\"id\": {none}}}")), None, "{none}");
        }
    }
}
