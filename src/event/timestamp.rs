//! Record timestamps: milliseconds since the Unix epoch, UTC.

use std::fmt;

/// Who set a record's timestamp (`message.timestamp.type` of the topic when it was written).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum TimestampType {
    /// Set by the producer; may be in any order.
    #[default]
    Create,
    /// Set by the broker when the record was appended.
    LogAppend,
    /// The record has none (message format v0); its timestamp reads -1.
    None,
}

impl TimestampType {
    /// The word used in JSON: `create`, `log-append` or `none`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::LogAppend => "log-append",
            Self::None => "none",
        }
    }

    /// The type that a word of [`TimestampType::as_str`] names.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "create" => Some(Self::Create),
            "log-append" => Some(Self::LogAppend),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// A point in time in milliseconds since the epoch; its `Display` is RFC 3339 in UTC with
/// milliseconds, and the plain number where the calendar has no such year.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl fmt::Display for Timestamp {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(time) => write!(out, "{time:.3}"),
            Err(_) => write!(out, "{}", self.0),
        }
    }
}

/// RFC 3339, as [`Display`](fmt::Display) writes it.
impl serde::Serialize for Timestamp {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_print_as_rfc_3339_or_as_a_number() {
        assert_eq!(
            Timestamp(1_767_261_600_123).to_string(),
            "2026-01-01T10:00:00.123Z"
        );
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp(i64::MAX).to_string(), i64::MAX.to_string());
    }
}
