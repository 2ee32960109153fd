//! When an event happened (`--by-time`), which need not be what its record is stamped with.

use jiff::Timestamp;

use crate::{
    envelope::{Attribute, Event},
    filter::{Errors, Jq, JqError, Val},
};

/// Where the time of an event stands.
#[derive(Debug)]
pub struct EventTime {
    by: By,
    errors: Errors,
}

#[derive(Debug)]
enum By {
    Record,
    CloudEvents,
    Expression(Jq),
}

impl EventTime {
    /// Parses `--by-time`: `record`, `cloudevents`, or a jq expression that yields milliseconds
    /// since the epoch or a text such as `2026-01-02T10:00:00Z`.
    ///
    /// # Errors
    /// An expression that does not compile.
    pub fn parse(text: &str) -> Result<Self, JqError> {
        let by = match text {
            "record" => By::Record,
            "cloudevents" => By::CloudEvents,
            expression => By::Expression(Jq::compile(expression)?),
        };
        Ok(Self {
            by,
            errors: Errors::default(),
        })
    }

    /// Whether the record's own timestamp is what counts, so that the time index can be used.
    #[must_use]
    pub fn is_records(&self) -> bool {
        matches!(self.by, By::Record)
    }

    /// Milliseconds since the epoch; `None` when the record says no time. A time that cannot be
    /// understood is none as well, and counted.
    pub fn of(&mut self, event: &Event<'_>) -> Option<i64> {
        let record = event.record();
        match &self.by {
            By::Record => known(record.timestamp),
            By::CloudEvents => {
                let text = event.cloud_event_attribute(Attribute::Time)?;
                let time = rfc_3339(&text);
                if time.is_none() {
                    let reason = format_args!("{:?} is not a time", &*text);
                    self.errors.add(record, &reason);
                }
                time
            }
            By::Expression(jq) => match jq.run(event).next()? {
                Ok(Val::Null) => None,
                Ok(value) => {
                    let time = time_of(&value);
                    if time.is_none() {
                        let reason = format_args!("{value} is neither milliseconds nor a time");
                        self.errors.add(record, &reason);
                    }
                    time
                }
                Err(raised) => {
                    self.errors.add(record, &raised);
                    None
                }
            },
        }
    }

    /// The jq expression.
    pub fn jq_mut(&mut self) -> Option<&mut Jq> {
        match &mut self.by {
            By::Expression(jq) => Some(jq),
            By::Record | By::CloudEvents => None,
        }
    }

    /// Says nothing of why the expression fails: the reason quotes the record.
    pub fn withhold_reasons(&mut self) {
        self.errors.withhold();
    }

    /// How many records have a time that cannot be understood, and the first of them.
    #[must_use]
    pub fn errors(&self) -> (u64, Option<&str>) {
        self.errors.seen()
    }
}

fn time_of(value: &Val) -> Option<i64> {
    match value {
        Val::Num(number) => {
            let ms = match number.as_isize() {
                Some(whole) => i64::try_from(whole).ok()?,
                None => whole_ms(&number.to_string())?,
            };
            known(ms)
        }
        Val::TStr(text) => rfc_3339(std::str::from_utf8(text).ok()?),
        _ => None,
    }
}

/// A number with a fraction, or too large for an integer.
fn whole_ms(number: &str) -> Option<i64> {
    let number: f64 = number.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "its range is looked at")]
    (-9e15..9e15).contains(&number).then_some(number as i64)
}

/// RFC 3339: a time without a zone is none.
fn rfc_3339(text: &str) -> Option<i64> {
    let time: Timestamp = text.trim().parse().ok()?;
    known(time.as_millisecond())
}

/// A time, which may lie before 1970: -1 alone is none, as in a record.
fn known(ms: i64) -> Option<i64> {
    (ms != -1).then_some(ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        envelope::EventDecoder,
        event::{HeaderBuf, RecordBuf},
    };

    fn time_of(event_time: &mut EventTime, record: &RecordBuf) -> Option<i64> {
        event_time.of(&EventDecoder::inferred().event(&record.as_record()))
    }

    const TEN: i64 = 1_767_261_600_000;

    fn time(by: &str, ce_time: Option<&str>, value: &str) -> (Option<i64>, u64) {
        let mut headers = HeaderBuf::default();
        if let Some(time) = ce_time {
            headers.push(b"ce_time", Some(time.as_bytes()));
        }
        let record = RecordBuf {
            timestamp: 7,
            value: Some(value.into()),
            headers,
            ..RecordBuf::default()
        };
        let mut event_time = EventTime::parse(by).unwrap();
        let time = time_of(&mut event_time, &record);
        (time, event_time.errors().0)
    }

    #[test]
    fn a_records_time_is_its_timestamp() {
        assert_eq!(time("record", None, ""), (Some(7), 0));
        let mut by_record = EventTime::parse("record").unwrap();
        assert_eq!(time_of(&mut by_record, &RecordBuf::default()), None);
        assert!(by_record.is_records());
        assert!(!EventTime::parse("cloudevents").unwrap().is_records());
    }

    #[test]
    fn cloud_events_say_it_in_a_header_or_in_the_value() {
        let ten = "2026-01-01T10:00:00Z";
        let time_alone = r#"{"time":"2026-01-01T12:00:00.000+02:00"}"#;
        let value = &time_alone.replace(
            '{',
            r#"{"specversion":"1.0","id":"1","type":"t","source":"/s","#,
        );
        assert_eq!(time("cloudevents", Some(ten), "{}"), (Some(TEN), 0));
        assert_eq!(time("cloudevents", None, value), (Some(TEN), 0));
        assert_eq!(
            time("cloudevents", Some("2026-01-01T10:00:01.25Z"), value),
            (Some(TEN + 1_250), 0)
        );
        for none in ["{}", "text", r#"{"time":1767261600000}"#, time_alone] {
            assert_eq!(time("cloudevents", None, none), (None, 0), "{none}");
        }
        for bad in ["yesterday", "2026-01-01T10:00:00", ""] {
            assert_eq!(time("cloudevents", Some(bad), "{}"), (None, 1), "{bad}");
        }
    }

    #[test]
    fn an_expression_yields_milliseconds_or_a_time() {
        for (value, wanted) in [
            (r#"{"at":1767261600000}"#, (Some(TEN), 0)),
            (r#"{"at":1767261600000.75}"#, (Some(TEN), 0)),
            (r#"{"at":"2026-01-01T10:00:00Z"}"#, (Some(TEN), 0)),
            (r#"{"at":0}"#, (Some(0), 0)),
            ("{}", (None, 0)),
            (r#"{"at":null}"#, (None, 0)),
            (r#"{"at":-1}"#, (None, 1)),
            (r#"{"at":-86400000}"#, (Some(-86_400_000), 0)),
            (r#"{"at":-86400000.5}"#, (Some(-86_400_000), 0)),
            (r#"{"at":"1969-12-31T00:00:00Z"}"#, (Some(-86_400_000), 0)),
            (r#"{"at":1e300}"#, (None, 1)),
            (r#"{"at":true}"#, (None, 1)),
            (r#"{"at":"noon"}"#, (None, 1)),
            ("text", (None, 1)),
        ] {
            assert_eq!(time(".value.at", None, value), wanted, "{value}");
        }
        assert_eq!(time(".value.at[]", None, r#"{"at":[]}"#), (None, 0));
        assert_eq!(
            time(".value.at * 1000", None, r#"{"at":1767261600}"#),
            (Some(TEN), 0)
        );
        assert!(EventTime::parse("ce").is_err());
    }

    #[test]
    fn the_first_time_that_cannot_be_understood_is_named() {
        let mut event_time = EventTime::parse(".value").unwrap();
        let record = RecordBuf {
            topic: "orders".into(),
            partition: 3,
            offset: 42,
            value: Some(b"noon".to_vec()),
            ..RecordBuf::default()
        };
        assert_eq!(time_of(&mut event_time, &record), None);
        assert_eq!(
            event_time.errors(),
            (
                1,
                Some("orders/3@42: \"noon\" is neither milliseconds nor a time")
            )
        );
    }
}
