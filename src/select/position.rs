//! Places in a topic as people type them: `earliest`, `1042`, `-100`, `-2h`, `2026-01-02`, …
//!
//! Pure: "now" is passed in.

use std::fmt;

use super::{Calendar, SelectError, parse_duration};
use crate::event::Timestamp;

/// A place in each partition of a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// The first record there still is (`earliest`, `beginning`, `oldest`, `start`).
    Earliest,
    /// The end as it was when the command began (`latest`, `newest`, `end`).
    Latest,
    /// The offset that the group has committed (`stored`).
    Stored,
    /// An absolute offset (`1042`).
    Offset(i64),
    /// The last so many records of each partition (`-100`). Records, not offsets.
    Last(u64),
    /// So many offsets after the earliest (`+100`).
    AfterEarliest(u64),
    /// The first record with this timestamp or a later one.
    Time {
        /// Milliseconds since the epoch, never negative: Kafka gives negative times other meanings.
        ms: i64,
        /// Whether the zone was typed.
        zone: Zone,
    },
}

/// Where a time's zone comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zone {
    /// The text states it, or needs none (`@1767261600123`, `-2h`, `now`).
    Stated,
    /// The text has none: UTC was taken, and the command says so.
    AssumedUtc,
}

impl Position {
    /// Parses the grammar of `--from` and `--to`; a number stands for the time of a calendar without
    /// a zone, in milliseconds since the epoch.
    ///
    /// # Errors
    /// A text that no form fits.
    pub fn parse(text: &str, calendar: impl Into<Calendar>) -> Result<Self, SelectError> {
        let calendar = calendar.into();
        let now = calendar.now;
        let invalid = || SelectError::Position(text.to_owned());
        match text {
            "earliest" | "beginning" | "oldest" | "start" => return Ok(Self::Earliest),
            "latest" | "newest" | "end" => return Ok(Self::Latest),
            "stored" => return Ok(Self::Stored),
            "now" => return Ok(Self::at(now)),
            _ => {}
        }
        if let Some(number) = text.strip_prefix('@') {
            return epoch(number).map(Self::at);
        }
        if let Some(count) = text.strip_prefix('+') {
            return digits(count).map(Self::AfterEarliest).ok_or_else(invalid);
        }
        if let Some(back) = text.strip_prefix('-') {
            let last = digits(back).map(Self::Last);
            return last.or_else(|| ago(back, now)).ok_or_else(invalid);
        }
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            let offset = digits(text).and_then(|offset| i64::try_from(offset).ok());
            return offset.map(Self::Offset).ok_or_else(invalid);
        }
        if parse_duration(text).is_some() {
            return Err(SelectError::While(text.to_owned()));
        }
        match calendar.parse(text) {
            Some((ms, zone)) => Ok(Self::Time { ms, zone }),
            None if text.starts_with(|first: char| first.is_ascii_digit()) => {
                Err(SelectError::Time(text.to_owned()))
            }
            None => Err(invalid()),
        }
    }

    /// What the user may have meant otherwise; `None` when nothing is doubtful.
    #[must_use]
    pub fn doubt(&self) -> Option<String> {
        match self {
            Self::Time {
                zone: Zone::AssumedUtc,
                ..
            } => Some(
                "times without a zone are taken as UTC; --tz local takes them as local".to_owned(),
            ),
            Self::Offset(offset) if matches!(offset.to_string().len(), 10 | 13 | 19) => Some(
                format!("{offset} is taken as an offset; for a timestamp write @{offset}"),
            ),
            _ => None,
        }
    }

    /// Parses `--last`: a duration (`10m`: since ten minutes ago) or a number (`100`: the last
    /// hundred records of each partition).
    ///
    /// # Errors
    /// Anything else.
    pub fn parse_last(text: &str, now: i64) -> Result<Self, SelectError> {
        digits(text)
            .map(Self::Last)
            .or_else(|| ago(text, now))
            .ok_or_else(|| SelectError::Position(text.to_owned()))
    }

    /// The position of a time that was counted back; one before the epoch is the epoch.
    fn at(ms: i64) -> Self {
        Self::Time {
            ms: ms.max(0),
            zone: Zone::Stated,
        }
    }
}

/// Every printed form parses to the position it was printed from.
impl fmt::Display for Position {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Earliest => out.write_str("earliest"),
            Self::Latest => out.write_str("latest"),
            Self::Stored => out.write_str("stored"),
            Self::Offset(offset) => write!(out, "{offset}"),
            Self::Last(count) => write!(out, "-{count}"),
            Self::AfterEarliest(count) => write!(out, "+{count}"),
            Self::Time { ms, .. } => write!(out, "{}", Timestamp(*ms)),
        }
    }
}

/// A number of digits alone: `parse` on its own would also take `+5`.
fn digits(text: &str) -> Option<u64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

fn ago(text: &str, now: i64) -> Option<Position> {
    let back = i64::try_from(parse_duration(text)?.as_millis()).unwrap_or(i64::MAX);
    Some(Position::at(now.saturating_sub(back)))
}

fn epoch(number: &str) -> Result<i64, SelectError> {
    let bad = || SelectError::TimestampDigits(format!("@{number}"), number.len());
    let value = digits(number).and_then(|value| i64::try_from(value).ok());
    match (value, number.len()) {
        (Some(seconds), 10) => Ok(seconds * 1_000),
        (Some(ms), 13) => Ok(ms),
        (Some(nanoseconds), 19) => Ok(nanoseconds / 1_000_000),
        (None, _) => Err(SelectError::Position(format!("@{number}"))),
        (Some(_), _) => Err(bad()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: i64 = 1_767_261_600_123;

    fn time(ms: i64, zone: Zone) -> Position {
        Position::Time { ms, zone }
    }

    #[test]
    fn every_form_of_the_grammar_is_understood() {
        use Position::{AfterEarliest, Earliest, Last, Latest, Offset, Stored};
        let day = 1_767_312_000_000; // 2026-01-02T00:00:00Z
        for (text, position) in [
            ("earliest", Earliest),
            ("beginning", Earliest),
            ("newest", Latest),
            ("stored", Stored),
            ("1042", Offset(1042)),
            ("-100", Last(100)),
            ("+100", AfterEarliest(100)),
            ("@1767261600", time(1_767_261_600_000, Zone::Stated)),
            ("@1767261600123", time(NOW, Zone::Stated)),
            ("@1767261600123999999", time(NOW, Zone::Stated)),
            ("-2h", time(NOW - 7_200_000, Zone::Stated)),
            ("now", time(NOW, Zone::Stated)),
            ("2026-01-02", time(day, Zone::AssumedUtc)),
            ("2026-01-02T10:00", time(day + 36_000_000, Zone::AssumedUtc)),
            (
                "2026-01-02 10:00:00",
                time(day + 36_000_000, Zone::AssumedUtc),
            ),
            ("2026-01-02T10:00:00Z", time(day + 36_000_000, Zone::Stated)),
            (
                "2026-01-02T10:00:00+01:00",
                time(day + 32_400_000, Zone::Stated),
            ),
            (
                "2026-01-02T10:00+01:00",
                time(day + 32_400_000, Zone::Stated),
            ),
            ("1969-12-31", time(-86_400_000, Zone::AssumedUtc)),
            ("-9999999w", time(0, Zone::Stated)),
        ] {
            assert_eq!(Position::parse(text, NOW), Ok(position), "{text}");
        }
    }

    #[test]
    fn what_no_form_fits_is_an_error() {
        for text in [
            "",
            "-",
            "+",
            "@",
            "@12345",
            "@+767261600",
            "+2h",
            "--5",
            "someday",
            "2026-02-30",
            "2026-01-02T25:00:00Z",
            "99999999999999999999",
            "-99999999999999999999",
            "1_000",
            "１２",
        ] {
            assert!(Position::parse(text, NOW).is_err(), "{text}");
        }
        assert_eq!(
            Position::parse("@12345", NOW).unwrap_err().to_string(),
            "\"@12345\" has 5 digits: a timestamp has 10 (s), 13 (ms) or 19 (ns)"
        );
        assert_eq!(
            Position::parse("2026-02-30", NOW).unwrap_err().to_string(),
            "\"2026-02-30\" is not a date or time"
        );
        assert_eq!(
            Position::parse("2h", NOW),
            Err(SelectError::While("2h".to_owned()))
        );
    }

    #[test]
    fn the_end_of_the_last_year_is_the_last_time() {
        for text in [
            "9999-12-31T23:59:59Z",
            "9999-12-31",
            "9999-12-31T00:00:00-10:00",
        ] {
            let position = Position::parse(text, NOW).unwrap();
            assert_eq!(position.to_string(), "9999-12-30T22:00:00.000Z", "{text}");
        }
        let known = Position::parse("9999-12-30T21:59:59Z", NOW).unwrap();
        assert_eq!(known.to_string(), "9999-12-30T21:59:59.000Z");
    }

    #[test]
    fn a_number_that_looks_like_a_timestamp_is_doubted() {
        let doubt = |text| Position::parse(text, NOW).unwrap().doubt();
        let said = "1767261600123 is taken as an offset; for a timestamp write @1767261600123";
        assert_eq!(doubt("1767261600123"), Some(said.to_owned()));
        for text in ["1767261600", "1767261600123999999", "10:00"] {
            assert!(doubt(text).is_some(), "{text}");
        }
        for text in ["1042", "176726160012", "@1767261600123", "10:00Z", "-2h"] {
            assert_eq!(doubt(text), None, "{text}");
        }
    }

    #[test]
    fn last_is_a_duration_or_a_count() {
        let since = time(NOW - 600_000, Zone::Stated);
        assert_eq!(Position::parse_last("10m", NOW), Ok(since));
        assert_eq!(Position::parse_last("10", NOW), Ok(Position::Last(10)));
        assert!(Position::parse_last("-10m", NOW).is_err());
    }

    fn any_position() -> impl Strategy<Value = Position> {
        prop_oneof![
            Just(Position::Earliest),
            Just(Position::Latest),
            Just(Position::Stored),
            (0..=i64::MAX).prop_map(Position::Offset),
            any::<u64>().prop_map(Position::Last),
            any::<u64>().prop_map(Position::AfterEarliest),
            (0..253_402_207_200_000_i64).prop_map(|ms| time(ms, Zone::Stated)),
        ]
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in "\\PC*", now in any::<i64>()) {
            let _ = Position::parse(&text, now);
            let _ = Position::parse_last(&text, now);
        }

        #[test]
        fn parsing_what_looks_like_a_position_never_panics(
            text in "[-+@]?[0-9]{0,20}(ms|s|m|h|d|w|-[0-9]{1,2}){0,2}(T[0-9:]{0,8}Z?)?",
        ) {
            let _ = Position::parse(&text, NOW);
        }

        #[test]
        fn printed_positions_parse(position in any_position()) {
            prop_assert_eq!(Position::parse(&position.to_string(), NOW), Ok(position));
        }
    }
}
