//! Dates and times as people type them: `today`, `10:00`, `2026-01-02`, `2026-01-02T10:00+01:00`.
//!
//! Pure: what time it is, and the zone, are passed in.

use jiff::{Timestamp, Zoned, civil::Time, fmt::temporal::Pieces, tz::TimeZone};

use super::Zone;

/// The forms of a time that is typed.
pub const TIMES: &str = "-2h, now, today, yesterday, 10:00, 10:00+02:00, 2026-01-02, \
                         2026-01-02 10:00, 2026-01-02T10:00:00Z or @1767261600123";

/// What decides which moment a date or a time means.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Milliseconds since the epoch.
    pub now: i64,
    /// The zone of times that state none; `None` when none was named: then it is UTC.
    zone: Option<TimeZone>,
}

impl Calendar {
    /// The calendar of `zone` at `now`, in milliseconds since the epoch.
    #[must_use]
    pub fn new(now: i64, zone: Option<TimeZone>) -> Self {
        Self { now, zone }
    }

    /// The milliseconds since the epoch that `text` means, and where its zone comes from; `None` when
    /// it is no date and no time. A time alone is today's, a date alone its midnight.
    #[must_use]
    pub fn parse(&self, text: &str) -> Option<(i64, Zone)> {
        let assumed = match self.zone {
            Some(_) => Zone::Stated,
            None => Zone::AssumedUtc,
        };
        let here = || self.zone.clone().unwrap_or(TimeZone::UTC);
        let now = Timestamp::from_millisecond(self.now).ok()?;
        let ms = |time: &Zoned| time.timestamp().as_millisecond();
        let day = match text {
            "today" => Some(now.to_zoned(here()).date()),
            "yesterday" => Some(now.to_zoned(here()).date().yesterday().ok()?),
            _ => None,
        };
        if let Some(day) = day {
            return Some((ms(&day.to_zoned(here()).ok()?), assumed));
        }
        if !text.starts_with(|first: char| first.is_ascii_digit()) {
            return None;
        }
        let is_time = text.as_bytes().get(2) == Some(&b':');
        let whole = match is_time {
            true => format!("{}T{text}", now.to_zoned(here()).date()),
            false => text.to_owned(),
        };
        let pieces = Pieces::parse(&whole).ok()?;
        let stated = match pieces.to_numeric_offset() {
            Some(offset) => Some(TimeZone::fixed(offset)),
            None => pieces.to_time_zone().ok()?,
        };
        let date = match &stated {
            // Today is another day elsewhere.
            Some(zone) if is_time => now.to_zoned(zone.clone()).date(),
            _ => pieces.date(),
        };
        let time = date.to_datetime(pieces.time().unwrap_or(Time::midnight()));
        let origin = if stated.is_some() {
            Zone::Stated
        } else {
            assumed
        };
        // Timestamps end at 9999-12-30T22:00:00Z, so that every zone has a date for them; the
        // rest of that year, written for "without end", is that last one.
        let last = Timestamp::MAX.as_second() * 1_000;
        let zoned = time.to_zoned(stated.unwrap_or_else(here));
        Some((zoned.map_or(last, |time| ms(&time)), origin))
    }
}

/// At that time, no zone being named.
impl From<i64> for Calendar {
    fn from(now: i64) -> Self {
        Self::new(now, None)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::offset;

    use super::*;

    /// 2026-01-01T23:30:00Z
    const NOW: i64 = 1_767_310_200_000;
    const HOUR: i64 = 3_600_000;
    /// 2026-01-01T00:00:00Z
    const MIDNIGHT: i64 = NOW - 23 * HOUR - HOUR / 2;

    #[test]
    fn a_day_and_a_time_are_those_of_the_zone() {
        let utc = Calendar::from(NOW);
        let east = Calendar::new(NOW, Some(TimeZone::fixed(offset(1))));
        for (text, in_utc, in_the_east) in [
            ("today", MIDNIGHT, MIDNIGHT + 23 * HOUR),
            ("yesterday", MIDNIGHT - 24 * HOUR, MIDNIGHT - HOUR),
            ("10:00", MIDNIGHT + 10 * HOUR, MIDNIGHT + 33 * HOUR),
            ("2026-01-01", MIDNIGHT, MIDNIGHT - HOUR),
            (
                "2026-01-01 10:00",
                MIDNIGHT + 10 * HOUR,
                MIDNIGHT + 9 * HOUR,
            ),
        ] {
            assert_eq!(utc.parse(text), Some((in_utc, Zone::AssumedUtc)), "{text}");
            assert_eq!(
                east.parse(text),
                Some((in_the_east, Zone::Stated)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_zone_that_is_stated_wins() {
        let west = Calendar::new(NOW, Some(TimeZone::fixed(offset(-8))));
        for (text, ms) in [
            // It is the 2nd of January there.
            ("10:00+02:00", MIDNIGHT + 32 * HOUR),
            ("10:00Z", MIDNIGHT + 10 * HOUR),
            ("10:00:30.5-08:00", MIDNIGHT + 18 * HOUR + 30_500),
            ("2026-01-01T10:00+02:00", MIDNIGHT + 8 * HOUR),
            ("2026-01-01 10:00+02:00", MIDNIGHT + 8 * HOUR),
        ] {
            assert_eq!(west.parse(text), Some((ms, Zone::Stated)), "{text}");
        }
    }

    #[test]
    fn what_the_calendar_lacks_is_no_time() {
        let utc = Calendar::from(NOW);
        for text in [
            "",
            "tomorrowish",
            "25:00",
            "10:61",
            "10:",
            "2026-02-30",
            "12:00[Nowhere/Land]",
        ] {
            assert_eq!(utc.parse(text), None, "{text}");
        }
    }
}
