//! Which records are kept: everything that is asked of a record by itself.

use regex::bytes::Regex;

use super::{
    errors::Errors,
    jq::{Jq, JqError},
};
use crate::{
    envelope::{Attribute, Event},
    event::Record,
    select::Window,
};

/// What was typed; everything that is given must hold.
#[derive(Clone, Debug, Default)]
pub struct Criteria {
    /// Timestamps that are wanted.
    pub window: Window,
    /// The key, byte for byte.
    pub key: Option<Vec<u8>>,
    /// Headers that must be there.
    pub headers: Vec<HeaderMatch>,
    /// The event's type, see [`Attribute::Type`].
    pub event_type: Option<String>,
    /// A regular expression that key, value or the value of a header must match.
    pub grep: Option<String>,
    /// A jq expression whose first output must be neither false nor null.
    pub filter: Option<String>,
}

/// A header that must be there: any of its name will do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderMatch {
    /// The header's name.
    pub name: String,
    /// The value that one of that name must have; `None` takes any, also null.
    pub value: Option<String>,
}

impl HeaderMatch {
    /// Parses `name` or `name=value`; `None` when there is no name. `name=` wants an empty value.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        (!name.is_empty()).then(|| Self {
            name: name.to_owned(),
            value,
        })
    }

    fn holds(&self, record: &Record<'_>) -> bool {
        record.headers.iter().any(|(name, value)| {
            name == self.name.as_bytes()
                && self
                    .value
                    .as_ref()
                    .is_none_or(|wanted| value == Some(wanted.as_bytes()))
        })
    }
}

/// Criteria that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FilterError {
    /// `--grep` is not a regular expression.
    #[error("{0:?} is not a regular expression")]
    Grep(String, #[source] regex::Error),
    /// `--filter` is not a jq expression.
    #[error(transparent)]
    Jq(#[from] JqError),
}

/// Keeps or drops records, cheapest question first.
#[derive(Debug, Default)]
pub struct Filter {
    criteria: Criteria,
    grep: Option<Regex>,
    jq: Option<Jq>,
    errors: Errors,
}

impl Filter {
    /// Compiles `criteria`.
    ///
    /// # Errors
    /// An expression that does not compile.
    pub fn new(criteria: Criteria) -> Result<Self, FilterError> {
        let regex = |text: &String| {
            Regex::new(text).map_err(|error| FilterError::Grep(text.clone(), error))
        };
        Ok(Self {
            grep: criteria.grep.as_ref().map(regex).transpose()?,
            jq: criteria.filter.as_deref().map(Jq::compile).transpose()?,
            criteria,
            errors: Errors::default(),
        })
    }

    /// Whether `event` is wanted. One that makes the jq expression fail, or yield nothing, is not.
    pub fn keep(&mut self, event: &Event<'_>) -> bool {
        let record = event.record();
        let Criteria {
            window,
            key,
            headers,
            event_type: kind,
            ..
        } = &self.criteria;
        window.contains(record.timestamp)
            && key.as_ref().is_none_or(|key| record.key == Some(key))
            && headers.iter().all(|header| header.holds(record))
            && kind
                .as_ref()
                .is_none_or(|kind| event.attribute(Attribute::Type).as_deref() == Some(kind))
            && self
                .grep
                .as_ref()
                .is_none_or(|regex| matches(regex, record))
            && self.passes_jq(event)
    }

    /// How many records made the jq expression fail, and how the first of them did.
    #[must_use]
    pub fn errors(&self) -> (u64, Option<&str>) {
        self.errors.seen()
    }

    /// Whether the jq expression failed on every record that it was asked about, and there were
    /// some.
    #[must_use]
    pub fn fails_on_all(&self) -> bool {
        self.errors.are_all()
    }

    /// Counts errors anew: the same records are about to be seen again.
    pub fn forget_errors(&mut self) {
        self.errors.forget();
    }

    /// The jq expression.
    pub fn jq_mut(&mut self) -> Option<&mut Jq> {
        self.jq.as_mut()
    }

    /// Says nothing of why the jq expression fails: see [`Errors::withhold`].
    pub fn withhold_reasons(&mut self) {
        self.errors.withhold();
    }

    fn passes_jq(&mut self, event: &Event<'_>) -> bool {
        use jaq_core::ValT;
        let Some(jq) = &self.jq else { return true };
        self.errors.try_one();
        let first = jq.run(event).next();
        match first {
            Some(Ok(value)) => value.as_bool(),
            None => false,
            Some(Err(raised)) => {
                self.errors.add(event.record(), &raised);
                false
            }
        }
    }
}

fn matches(regex: &Regex, record: &Record<'_>) -> bool {
    let parts = [record.value, record.key].into_iter();
    let values = record.headers.iter().map(|(_, value)| value);
    parts
        .chain(values)
        .flatten()
        .any(|bytes| regex.is_match(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        envelope::EventDecoder,
        event::{HeaderBuf, RecordBuf},
    };

    fn kept(filter: &mut Filter, record: &RecordBuf) -> bool {
        filter.keep(&EventDecoder::inferred().event(&record.as_record()))
    }

    fn record(key: Option<&str>, value: Option<&str>) -> RecordBuf {
        let mut headers = HeaderBuf::default();
        headers.push(b"x", Some(b"1"));
        headers.push(b"x", None);
        headers.push(b"trace", Some(b"abc"));
        RecordBuf {
            topic: "orders".into(),
            partition: 3,
            offset: 42,
            timestamp: 1_000,
            key: key.map(Into::into),
            value: value.map(Into::into),
            headers,
            ..RecordBuf::default()
        }
    }

    fn keeps(criteria: Criteria) -> bool {
        let record = record(Some("order-17"), Some(r#"{"type":"placed","total":600}"#));
        kept(&mut Filter::new(criteria).unwrap(), &record)
    }

    #[test]
    fn everything_is_kept_when_nothing_is_asked() {
        assert!(kept(&mut Filter::default(), &record(None, None)));
    }

    #[test]
    fn a_key_is_compared_byte_for_byte() {
        let key = |key: &str| Criteria {
            key: Some(key.into()),
            ..Criteria::default()
        };
        assert!(keeps(key("order-17")));
        assert!(!keeps(key("order-1")));
        let mut empty = Filter::new(key("")).unwrap();
        assert!(!kept(&mut empty, &record(None, None)));
        assert!(kept(&mut empty, &record(Some(""), None)));
    }

    #[test]
    fn all_headers_asked_for_must_be_there_and_any_of_a_name_will_do() {
        for (texts, kept) in [
            (&["x"][..], true),
            (&["x=1", "trace=abc"], true),
            (&["x=1", "trace=abd"], false),
            (&["x="], false),
            (&["y"], false),
        ] {
            let headers = texts
                .iter()
                .map(|text| HeaderMatch::parse(text).unwrap())
                .collect();
            assert_eq!(
                keeps(Criteria {
                    headers,
                    ..Criteria::default()
                }),
                kept,
                "{texts:?}"
            );
        }
        assert_eq!(HeaderMatch::parse("=1"), None);
    }

    #[test]
    fn grep_looks_at_key_value_and_header_values() {
        for (text, kept) in [
            ("^order-", true),
            ("placed", true),
            ("^abc$", true),
            ("trace", false),
        ] {
            let grep = Some(text.to_owned());
            assert_eq!(
                keeps(Criteria {
                    grep,
                    ..Criteria::default()
                }),
                kept,
                "{text}"
            );
        }
        let grep = Some("(".to_owned());
        assert!(
            Filter::new(Criteria {
                grep,
                ..Criteria::default()
            })
            .is_err()
        );
    }

    #[test]
    fn the_window_and_the_type_must_fit() {
        let window = |from, to| Criteria {
            window: Window {
                from_ms: from,
                to_ms: to,
            },
            ..Criteria::default()
        };
        assert!(keeps(window(Some(1_000), Some(1_001))));
        assert!(!keeps(window(None, Some(1_000))));
        let kind = |kind: &str| Criteria {
            event_type: Some(kind.to_owned()),
            ..Criteria::default()
        };
        assert!(keeps(kind("placed")));
        assert!(!keeps(kind("paid")));
    }

    #[test]
    fn a_jq_expression_keeps_what_is_neither_false_nor_null() {
        for (expression, kept) in [
            (".value.total > 500", true),
            (".value.total", true),
            (".value.total > 600", false),
            (".value.nothing", false),
            ("empty", false),
            ("0", true),
            (".headers.x == null and .header_list[0][1] == \"1\"", true),
        ] {
            let filter = Some(expression.to_owned());
            assert_eq!(
                keeps(Criteria {
                    filter,
                    ..Criteria::default()
                }),
                kept,
                "{expression}"
            );
        }
    }

    #[test]
    fn records_that_make_jq_fail_are_dropped_and_counted() {
        let filter = Some(".value.total > 1".to_owned());
        let mut filter = Filter::new(Criteria {
            filter,
            ..Criteria::default()
        })
        .unwrap();
        assert!(!kept(&mut filter, &record(None, Some("7"))));
        assert!(!kept(&mut filter, &record(None, Some("text"))));
        assert!(!kept(&mut filter, &record(None, None)));
        assert_eq!(
            filter.errors(),
            (2, Some("orders/3@42: cannot index 7 with \"total\""))
        );
    }
}
