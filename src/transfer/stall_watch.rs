//! Notices that a delivery makes no progress.

use std::time::{Duration, Instant};

use super::Suspension;

/// Measures for how long no record's fate has become known while some are in flight.
#[derive(Debug)]
pub struct StallWatch {
    stall: Duration,
    settled: u64,
    since: Instant,
    /// Time in which the process was suspended does not count; `None` when nobody knows of it.
    suspension: Option<Suspension>,
}

impl StallWatch {
    /// A watch that allows no progress for up to `stall`.
    #[must_use]
    pub fn new(stall: Duration) -> Self {
        Self {
            stall,
            settled: 0,
            since: Instant::now(),
            suspension: None,
        }
    }

    /// Does not count the time in which the process was suspended.
    #[must_use]
    pub fn with_suspension(self, suspension: Suspension) -> Self {
        Self {
            suspension: Some(suspension),
            ..self
        }
    }

    /// The fate of `settled` records is known; an `idle` delivery has none in flight.
    pub fn note(&mut self, settled: u64, idle: bool) {
        if settled != self.settled || idle {
            self.settled = settled;
            self.since = Instant::now();
        }
    }

    /// Whether there was no progress for too long.
    #[must_use]
    pub fn is_stalled(&self) -> bool {
        let silence = match &self.suspension {
            Some(suspension) => suspension.silence(self.since),
            None => self.since.elapsed(),
        };
        silence >= self.stall
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_records_in_flight_without_news_are_a_stall() {
        let began = Instant::now();
        let mut watch = StallWatch::new(Duration::from_secs(60));
        watch.since = began;
        watch.note(0, false);
        assert_eq!(watch.since, began);
        watch.note(3, false);
        assert!(watch.since > began);
        watch.since = began;
        watch.note(3, true);
        assert!(watch.since > began && !watch.is_stalled());
    }
}
