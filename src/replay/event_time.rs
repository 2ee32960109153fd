//! When an event happened (`--by-time`), which need not be what its record is stamped with.

use jiff::Timestamp;

use crate::{
    event::Record,
    filter::{Errors, Jq, JqError, Val, event_time_text},
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
    pub fn of(&mut self, record: &Record<'_>) -> Option<i64> {
        match &self.by {
            By::Record => (record.timestamp >= 0).then_some(record.timestamp),
            By::CloudEvents => {
                let text = event_time_text(record)?;
                let time = rfc_3339(&text);
                if time.is_none() {
                    let reason = format_args!("{:?} is not a time", &*text);
                    self.errors.add(record, &reason);
                }
                time
            }
            By::Expression(jq) => match jq.run(record).next()? {
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
            (ms >= 0).then_some(ms)
        }
        Val::TStr(text) => rfc_3339(std::str::from_utf8(text).ok()?),
        _ => None,
    }
}

/// A number with a fraction, or too large for an integer.
fn whole_ms(number: &str) -> Option<i64> {
    let number: f64 = number.parse().ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "its range is looked at")]
    (0.0..9e15).contains(&number).then_some(number as i64)
}

/// RFC 3339: a time without a zone is none.
fn rfc_3339(text: &str) -> Option<i64> {
    let time: Timestamp = text.trim().parse().ok()?;
    let ms = time.as_millisecond();
    (ms >= 0).then_some(ms)
}
