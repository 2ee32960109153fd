//! When each record of a replay is due.
//!
//! One clock runs for all partitions: it is the latest timestamp that was seen, less what
//! `--max-gap` cut out. Everything is computed from the beginning, so that nothing drifts.

use std::time::Duration;

use crate::select::Window;

/// How fast records are to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Pace {
    /// Times the original speed (`--speed`); `None` is as fast as possible.
    pub speed: Option<f64>,
    /// Records a second at most (`--rate`).
    pub rate: Option<f64>,
    /// The longest pause between two records (`--max-gap`), as it was originally: at 10x, a gap
    /// cut to 5 s lasts half a second.
    pub max_gap: Option<Duration>,
    /// Timestamps that may move the clock: one outside is due at once. Without this a record
    /// stamped in the year 5138 would be waited for.
    pub clock: Window,
}

impl Pace {
    /// Whether records may go out as they come.
    #[must_use]
    pub fn is_unbounded(&self) -> bool {
        self.speed.is_none() && self.rate.is_none()
    }
}

/// A speed or a rate that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaceError {
    /// `--speed`.
    #[error("{0:?} is not a speed: 1x, 10x, 0.5x or max")]
    Speed(String),
    /// `--rate`.
    #[error("{0:?} is not a rate such as 500/s, 90/m or 10/h")]
    Rate(String),
}

/// Parses `--speed`: `1x`, `10x`, `0.5x`; `max` is `None`.
///
/// # Errors
/// Anything else, also zero.
pub fn parse_speed(text: &str) -> Result<Option<f64>, PaceError> {
    if text == "max" {
        return Ok(None);
    }
    text.strip_suffix('x')
        .and_then(positive)
        .map(Some)
        .ok_or_else(|| PaceError::Speed(text.to_owned()))
}

/// Parses `--rate`, in records a second: `500/s`, `500`, `90/m`, `10/h`.
///
/// # Errors
/// Anything else, also zero.
pub fn parse_rate(text: &str) -> Result<f64, PaceError> {
    let (count, seconds) = match text.split_once('/') {
        None => (text, 1.0),
        Some((count, "s")) => (count, 1.0),
        Some((count, "m")) => (count, 60.0),
        Some((count, "h")) => (count, 3_600.0),
        Some(_) => ("", 1.0),
    };
    positive(count)
        .map(|count| count / seconds)
        .ok_or_else(|| PaceError::Rate(text.to_owned()))
}

/// A decimal number above zero, written with digits: `parse` alone would take `inf` and `1e9`.
fn positive(text: &str) -> Option<f64> {
    text.bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.')
        .then(|| text.parse().ok())?
        .filter(|number: &f64| number.is_finite() && *number > 0.0)
}

/// Says of one record after the other when it is due.
#[derive(Clone, Debug)]
pub struct Schedule {
    pace: Pace,
    /// The timestamp that is due at the start; the first one that is seen when not given.
    base: Option<i64>,
    /// The latest timestamp that was seen.
    latest: i64,
    /// Milliseconds of gaps that were cut out.
    cut: i64,
    /// When the speed alone has the latest record due.
    due: Duration,
    /// Records are counted against the rate from here: a pause is not made up for by a burst.
    rate_start: Duration,
    counted: u64,
}

impl Schedule {
    /// A schedule whose first record is due at once.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            base: None,
            latest: 0,
            cut: 0,
            due: Duration::ZERO,
            rate_start: Duration::ZERO,
            counted: 0,
        }
    }

    /// When the next record, which has this timestamp, is due, counted from the start. Never
    /// earlier than the one before it: a record that is late, or has no timestamp (-1), is due at
    /// once.
    pub fn due(&mut self, timestamp: i64) -> Duration {
        if let Some(speed) = self.pace.speed
            && self.advance(timestamp)
        {
            let base = self.base.unwrap_or(timestamp);
            #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 ms")]
            let passed = (i128::from(self.latest) - i128::from(base) - i128::from(self.cut)) as f64;
            let due = Duration::try_from_secs_f64(passed.max(0.0) / 1_000.0 / speed);
            self.due = due.unwrap_or(Duration::MAX);
        }
        match self.pace.rate {
            Some(rate) => self.not_above(rate),
            None => self.due,
        }
    }

    /// What the clock of the records' time shows when so much has passed since the start; `None`
    /// without a speed, and before the first record.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "a time for the eye")]
    pub fn clock(&self, passed: Duration) -> Option<i64> {
        let speed = self.pace.speed?;
        self.base?;
        let early = self.due.saturating_sub(passed).as_secs_f64() * 1_000.0 * speed;
        Some(self.latest.saturating_sub(early as i64))
    }

    /// Moves the clock to `timestamp`; false when it stays where it is.
    fn advance(&mut self, timestamp: i64) -> bool {
        if timestamp < 0 || !self.pace.clock.contains(timestamp) {
            return false;
        }
        if self.base.is_none() {
            self.base = Some(timestamp);
            self.latest = timestamp;
        }
        let gap = timestamp.saturating_sub(self.latest);
        if gap <= 0 {
            return false;
        }
        if let Some(longest) = self.pace.max_gap {
            let longest = i64::try_from(longest.as_millis()).unwrap_or(i64::MAX);
            self.cut = self.cut.saturating_add((gap - longest).max(0));
        }
        self.latest = timestamp;
        true
    }

    /// When the rate lets the next record pass, which is due by the speed at `self.due`.
    fn not_above(&mut self, rate: f64) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 records")]
        let after = Duration::try_from_secs_f64(self.counted as f64 / rate);
        let free = self
            .rate_start
            .saturating_add(after.unwrap_or(Duration::MAX));
        if self.due > free {
            self.rate_start = self.due;
            self.counted = 0;
        }
        self.counted += 1;
        self.due.max(free)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn speed(speed: f64) -> Pace {
        Pace {
            speed: Some(speed),
            ..Pace::default()
        }
    }

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn dues(mut schedule: Schedule, timestamps: &[i64]) -> Vec<Duration> {
        timestamps.iter().map(|time| schedule.due(*time)).collect()
    }

    #[test]
    fn gaps_last_as_long_as_they_did_divided_by_the_speed() {
        let times = [1_000, 1_000, 3_000, 13_000];
        let schedule = |factor| Schedule::new(speed(factor));
        assert_eq!(
            dues(schedule(1.0), &times),
            [ms(0), ms(0), ms(2_000), ms(12_000)]
        );
        assert_eq!(
            dues(schedule(10.0), &times),
            [ms(0), ms(0), ms(200), ms(1_200)]
        );
        assert_eq!(
            dues(schedule(0.5), &times),
            [ms(0), ms(0), ms(4_000), ms(24_000)]
        );
        assert_eq!(dues(Schedule::new(Pace::default()), &times), [ms(0); 4]);
    }

    #[test]
    fn the_clock_follows_what_has_passed() {
        let mut schedule = Schedule::new(speed(10.0));
        assert_eq!(schedule.clock(ms(0)), None);
        schedule.due(1_000);
        schedule.due(61_000);
        assert_eq!(schedule.clock(ms(0)), Some(1_000));
        assert_eq!(schedule.clock(ms(3_000)), Some(31_000));
        assert_eq!(schedule.clock(ms(9_000)), Some(61_000));
        assert_eq!(Schedule::new(Pace::default()).clock(ms(0)), None);
    }

    #[test]
    fn late_and_unstamped_records_are_due_at_once_and_move_nothing() {
        assert_eq!(
            dues(
                Schedule::new(speed(1.0)),
                &[-1, 5_000, 7_000, 6_000, -1, 8_000]
            ),
            [ms(0), ms(0), ms(2_000), ms(2_000), ms(2_000), ms(3_000)]
        );
    }

    #[test]
    fn a_timestamp_that_cannot_be_true_is_not_waited_for() {
        let pace = Pace {
            clock: Window {
                from_ms: Some(1_000),
                to_ms: Some(10_000),
            },
            ..speed(1.0)
        };
        assert_eq!(
            dues(Schedule::new(pace), &[7, 2_000, 99_999_999, 3_000]),
            [ms(0), ms(0), ms(0), ms(1_000)]
        );
        // Without such a window it does not overflow either.
        let far = dues(Schedule::new(speed(1e-3)), &[0, i64::MAX, i64::MAX]);
        assert_eq!(far[1], far[2]);
    }

    #[test]
    fn long_gaps_are_cut_as_they_were_originally() {
        let pace = Pace {
            max_gap: Some(Duration::from_secs(5)),
            ..speed(10.0)
        };
        assert_eq!(
            dues(
                Schedule::new(pace),
                &[0, 4_000, 3_604_000, 3_605_000, i64::MAX]
            ),
            [ms(0), ms(400), ms(900), ms(1_000), ms(1_500)]
        );
    }

    #[test]
    fn the_later_of_speed_and_rate_counts_and_a_pause_is_not_made_up_for() {
        let pace = Pace {
            rate: Some(2.0),
            ..speed(1.0)
        };
        assert_eq!(
            dues(
                Schedule::new(pace),
                &[0, 0, 0, 10_000, 10_000, 10_100, 12_000]
            ),
            [
                ms(0),
                ms(500),
                ms(1_000),
                ms(10_000),
                ms(10_500),
                ms(11_000),
                ms(12_000)
            ]
        );
    }

    #[test]
    fn a_rate_alone_spaces_records_evenly() {
        let mut schedule = Schedule::new(Pace {
            rate: Some(3.0),
            ..Pace::default()
        });
        let last = (0..=3_000_000).map(|_| schedule.due(-1)).last();
        assert_eq!(last, Some(Duration::from_secs(1_000_000)));
    }

    #[test]
    fn a_million_records_at_sixty_times_the_speed_do_not_drift() {
        let mut schedule = Schedule::new(speed(60.0));
        let start = 1_767_261_600_000;
        for index in 0..=1_000_000_i64 {
            let due = schedule.due(start + index * 7);
            let exact = u128::try_from(index).unwrap() * 7 * 1_000_000 / 60;
            assert!(due.as_nanos().abs_diff(exact) <= 1, "{index}: {due:?}");
        }
    }

    #[test]
    fn speeds_and_rates_are_numbers_with_units() {
        assert_eq!(parse_speed("max"), Ok(None));
        assert_eq!(parse_speed("1x"), Ok(Some(1.0)));
        assert_eq!(parse_speed("0.5x"), Ok(Some(0.5)));
        assert_eq!(parse_rate("500/s"), Ok(500.0));
        assert_eq!(parse_rate("500"), Ok(500.0));
        assert_eq!(parse_rate("90/m"), Ok(1.5));
        for bad in [
            "", "10", "x", "0x", "-1x", "infx", "NaNx", "1e9x", "1.2.3x", "MAX",
        ] {
            assert!(parse_speed(bad).is_err(), "{bad}");
        }
        for bad in ["", "0", "0/s", "-1/s", "5/d", "inf", "/s", "1/s/s"] {
            assert!(parse_rate(bad).is_err(), "{bad}");
        }
        assert_eq!(
            parse_speed("fast").unwrap_err().to_string(),
            "\"fast\" is not a speed: 1x, 10x, 0.5x or max"
        );
    }

    proptest! {
        #[test]
        fn due_times_never_go_back(
            times in prop::collection::vec(any::<i64>(), 0..40),
            speed in prop::option::of(1e-6..1e6_f64),
            rate in prop::option::of(1e-6..1e6_f64),
            max_gap in prop::option::of(any::<u64>().prop_map(Duration::from_millis)),
        ) {
            let pace = Pace { speed, rate, max_gap, clock: Window::default() };
            let mut schedule = Schedule::new(pace);
            let mut before = Duration::ZERO;
            for time in times {
                let due = schedule.due(time);
                prop_assert!(due >= before);
                before = due;
            }
        }
    }
}
