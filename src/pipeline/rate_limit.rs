//! A ceiling on how fast records move.

use std::time::{Duration, Instant};

/// Lets one record pass every `1/rate` seconds, without drifting when a pause was too long.
#[derive(Debug)]
pub struct RateLimit {
    start: Instant,
    per_second: f64,
    passed: u64,
}

impl RateLimit {
    /// At most `per_second` records a second, counted from `now`.
    #[must_use]
    pub fn new(per_second: f64, now: Instant) -> Self {
        Self {
            start: now,
            per_second,
            passed: 0,
        }
    }

    /// How long to wait before the next record may pass; counts it as passed.
    pub fn next_wait(&mut self, now: Instant) -> Duration {
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 records")]
        let due = self.start + Duration::from_secs_f64(self.passed as f64 / self.per_second);
        self.passed += 1;
        due.saturating_duration_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_third_record_at_two_a_second_is_due_after_a_second() {
        let start = Instant::now();
        let mut limit = RateLimit::new(2.0, start);
        assert_eq!(limit.next_wait(start), Duration::ZERO);
        assert_eq!(limit.next_wait(start), Duration::from_millis(500));
        assert_eq!(limit.next_wait(start), Duration::from_secs(1));
        assert_eq!(
            limit.next_wait(start + Duration::from_secs(9)),
            Duration::ZERO
        );
    }
}
