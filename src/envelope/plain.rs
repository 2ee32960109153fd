//! Plain envelopes: JSON objects that state attributes at configured paths.

use std::borrow::Cow;

use jaq_json::Val;

use super::{
    Attribute, EnvelopeKind, Event,
    kind::{Dialect, as_text, member},
};

/// Every object that is of no other kind.
pub(super) static PLAIN: Dialect = Dialect {
    kind: EnvelopeKind::Plain,
    recognise,
    attribute,
};

/// The paths of attributes in plain envelopes. Of several paths of one attribute the first that
/// leads to text wins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainPaths(Vec<(Attribute, Vec<String>)>);

impl PlainPaths {
    /// The `paths`, whose members are separated by dots: `metadata.id`.
    #[must_use]
    pub fn new(paths: &[(Attribute, &str)]) -> Self {
        let parse = |path: &str| path.split('.').map(str::to_owned).collect();
        let paths = paths
            .iter()
            .map(|(attribute, path)| (*attribute, parse(path)));
        Self(paths.collect())
    }

    /// The members of the value that the paths begin with.
    pub(super) fn roots(&self) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter_map(|(_, path)| path.first())
            .map(String::as_str)
    }
}

impl Default for PlainPaths {
    /// Names in common use.
    fn default() -> Self {
        Self::new(&[
            (Attribute::Id, "id"),
            (Attribute::Type, "type"),
            (Attribute::Type, "eventType"),
            (Attribute::Time, "time"),
            (Attribute::CorrelationId, "correlationId"),
            (Attribute::CorrelationId, "correlation_id"),
            (Attribute::CausationId, "causationId"),
            (Attribute::CausationId, "causation_id"),
            (Attribute::Traceparent, "traceparent"),
        ])
    }
}

fn recognise(_: &Event<'_>, top: &Val) -> Option<Val> {
    matches!(top, Val::Obj(_)).then(|| top.clone())
}

fn attribute<'v>(
    object: &'v Val,
    attribute: Attribute,
    paths: &PlainPaths,
) -> Option<Cow<'v, str>> {
    let mut paths = paths.0.iter().filter(|(of, _)| *of == attribute);
    paths.find_map(|(_, path)| {
        let value = (path.iter()).try_fold(object, |value, name| member(value, name))?;
        match value {
            Val::Num(_) if attribute == Attribute::Id => Some(Cow::Owned(number(value))),
            _ => as_text(value).map(Cow::Borrowed),
        }
    })
}

/// A number as text: digits alone where it is whole, as for `1`, `1.0` and `1e0`, else as written.
/// The number 1 and the text "1" are one identity.
fn number(value: &Val) -> String {
    /// Whole numbers below this are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let written = value.to_string();
    match written.parse::<f64>() {
        // Zero is added for -0.
        Ok(number) if number.fract() == 0.0 && number.abs() < EXACT => (number + 0.0).to_string(),
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        codec::decoder::InferredFormat,
        envelope::EventDecoder,
        event::{HeaderBuf, RecordBuf},
    };

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
        let record = record.as_record();
        let event = EventDecoder::inferred().event(&record);
        event.attribute(Attribute::Type).map(Cow::into_owned)
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
            let record = record.as_record();
            let event = EventDecoder::inferred().event(&record);
            event.attribute(Attribute::Id).map(Cow::into_owned)
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

    #[test]
    fn paths_are_configured() {
        let paths = PlainPaths::new(&[
            (Attribute::Type, "meta.kind"),
            (Attribute::Type, "kind"),
            (Attribute::Id, "meta.number"),
        ]);
        let decoder = EventDecoder::new(Box::new(InferredFormat), paths);
        let record = RecordBuf {
            value: Some(br#"{"type":"t","kind":"k","meta":{"kind":7,"number":3}}"#.to_vec()),
            ..RecordBuf::default()
        };
        let record = record.as_record();
        let event = decoder.event(&record);
        assert_eq!(event.attribute(Attribute::Type).as_deref(), Some("k"));
        assert_eq!(event.attribute(Attribute::Id).as_deref(), Some("3"));
        assert_eq!(event.attribute(Attribute::Time), None);
    }
}
