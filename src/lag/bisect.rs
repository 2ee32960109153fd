//! The time of the record at an offset, without reading it: which is the largest time `t` whose
//! first record at or after `t` still lies at or before that offset? Exact where timestamps rise
//! with offsets; where they do not, an upper envelope.
//!
//! Each answer of the broker names the record it found and its timestamp, so the search jumps from
//! record to record and takes few steps, at most 62.

/// A search under way.
#[derive(Clone, Debug)]
pub struct Bisection {
    offset: i64,
    /// The largest time known to be met at or before the offset.
    low: Option<i64>,
    /// The smallest time known not to be.
    high: i64,
    asked: i64,
}

/// Where a search stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Which is the first record at or after this time, in milliseconds?
    Ask(i64),
    /// The record's time; `None` when no record has one.
    Found(Option<i64>),
}

impl Bisection {
    /// The search for the time of the record at `offset` (or the next one after it), of which it
    /// is known that it is before `after`.
    #[must_use]
    pub fn new(offset: i64, after: i64) -> Self {
        Self {
            offset,
            low: None,
            high: after.max(1),
            asked: 0,
        }
    }

    /// What to ask next.
    #[must_use]
    pub fn step(&self) -> Step {
        match self.low {
            None if self.asked < 0 => Step::Found(None),
            None => Step::Ask(0),
            Some(low) if low + 1 >= self.high => Step::Found(Some(low)),
            Some(_) => Step::Ask(self.next()),
        }
    }

    fn next(&self) -> i64 {
        let low = self.low.unwrap_or(0);
        low + (self.high - low + 1) / 2
    }

    /// Takes the answer to the last question: offset and timestamp of the record; `None` when no
    /// record is that late.
    pub fn answer(&mut self, found: Option<(i64, i64)>) {
        let asked = match self.low {
            None => 0,
            Some(_) => self.next(),
        };
        match found {
            // That record is at or before ours, so whatever it carries is met in time.
            Some((offset, timestamp)) if offset <= self.offset => {
                self.low = Some(asked.max(timestamp));
                self.high = self.high.max(timestamp + 1);
            }
            Some((_, timestamp)) if self.low.is_none() => {
                // Even the first record lies behind: ours is gone, and this is the next.
                self.low = Some(timestamp);
                self.high = timestamp + 1;
            }
            None if self.low.is_none() => self.asked = -1,
            _ => self.high = self.high.min(asked),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a broker answers: the first record at or after `time`.
    fn first(records: &[(i64, i64)], time: i64) -> Option<(i64, i64)> {
        records
            .iter()
            .find(|(_, timestamp)| *timestamp >= time)
            .copied()
    }

    fn search(records: &[(i64, i64)], offset: i64, after: i64) -> (Option<i64>, usize) {
        let mut bisection = Bisection::new(offset, after);
        for steps in 0..100 {
            match bisection.step() {
                Step::Found(time) => return (time, steps),
                Step::Ask(time) => bisection.answer(first(records, time)),
            }
        }
        panic!("the search does not end: {bisection:?}");
    }

    #[test]
    fn the_time_of_every_record_is_found() {
        let start = 1_767_261_600_000;
        let records: Vec<_> = (0..1_000).map(|n| (10 + n, start + n * n)).collect();
        for &(offset, timestamp) in &records {
            let (found, steps) = search(&records, offset, start + 7 * 86_400_000);
            assert_eq!(found, Some(timestamp), "offset {offset}");
            assert!(steps <= 45, "{steps} steps");
        }
    }

    #[test]
    fn a_gap_is_answered_with_the_record_before_it_at_the_least() {
        // Offsets 3 and 4 were compacted away: the next record is at 5.
        let records = [(1, 100), (2, 200), (5, 500), (6, 600)];
        let (found, _) = search(&records, 3, 1_000);
        assert_eq!(found, Some(200));
        // Before the first record there is only what follows.
        assert_eq!(search(&records, 0, 1_000).0, Some(100));
    }

    #[test]
    fn late_records_give_an_upper_envelope() {
        let records = [(0, 500), (1, 100), (2, 600)];
        let (found, _) = search(&records, 1, 1_000);
        assert_eq!(found, Some(500));
    }

    #[test]
    fn timestamps_in_the_future_and_none_at_all_end_too() {
        let records = [(0, 100), (1, 4_102_444_800_000)];
        assert_eq!(search(&records, 1, 1_000).0, Some(4_102_444_800_000));
        assert_eq!(search(&[], 1, 1_000).0, None);
    }
}
