//! Time in which the process was suspended, by Ctrl-Z or SIGSTOP: nothing was received, so that it
//! does not count as a cluster's silence.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

/// A clock that ticks every 50 ms was stopped when two ticks are this far apart.
const STOPPED: Duration = Duration::from_secs(1);

/// When the process was suspended last, known from a thread that does nothing but tick.
#[derive(Clone, Debug, Default)]
pub struct Suspension(Arc<Mutex<Ticks>>);

#[derive(Debug, Default)]
struct Ticks {
    last: Option<Instant>,
    woke: Option<Instant>,
}

impl Suspension {
    /// Ticks; to be called every 50 ms.
    pub fn tick(&self) {
        self.tick_at(Instant::now());
    }

    fn tick_at(&self, now: Instant) -> Option<Instant> {
        let mut ticks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = ticks.last.replace(now);
        if last.is_some_and(|last| now.saturating_duration_since(last) >= STOPPED) {
            ticks.woke = Some(now);
        }
        ticks.woke
    }

    /// The time since `since`, or since the end of the last suspension, where that is later.
    #[must_use]
    pub fn silence(&self, since: Instant) -> Duration {
        self.silence_at(since, Instant::now())
    }

    /// One reading of the clock serves both: a suspension between two readings would count.
    fn silence_at(&self, since: Instant, now: Instant) -> Duration {
        // This thread may have woken first.
        let woke = self.tick_at(now);
        let since = woke.map_or(since, |woke| woke.max(since));
        now.saturating_duration_since(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stood_still_tells_of_a_suspension() {
        let began = Instant::now();
        let at = |ms| began + Duration::from_millis(ms);
        let suspension = Suspension::default();
        assert_eq!(suspension.tick_at(began), None);
        assert_eq!(suspension.tick_at(at(50)), None);
        assert_eq!(suspension.tick_at(at(1_049)), None);
        assert_eq!(suspension.tick_at(at(30_000)), Some(at(30_000)));
        assert_eq!(suspension.tick_at(at(30_050)), Some(at(30_000)));
        let silence = |since, now| suspension.silence_at(at(since), at(now));
        assert_eq!(silence(40, 31_000), Duration::from_secs(1));
        assert_eq!(silence(30_900, 31_000), Duration::from_millis(100));
        // A clock that was read before the suspension and is told of behind it.
        assert_eq!(silence(40, 60), Duration::ZERO);
    }

    #[test]
    fn without_a_suspension_nothing_is_forgiven() {
        let began = Instant::now();
        let suspension = Suspension::default();
        suspension.tick_at(began);
        let later = began + Duration::from_millis(900);
        assert_eq!(suspension.silence_at(began, later), later - began);
    }
}
