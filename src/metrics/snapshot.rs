//! What was collected last, shared by the collector that leaves it and the server that hands it out.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use bytes::Bytes;

/// After how many intervals without a collection the numbers are too old to be shown: one may fail
/// and one may be slow.
const INTERVALS: u32 = 3;

/// The text of the last metrics and when it was taken. A clone shares it.
#[derive(Clone, Debug)]
pub struct Snapshot(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    interval: Duration,
    last: Mutex<Last>,
}

#[derive(Debug, Default)]
struct Last {
    taken: Option<Taken>,
    /// Why the last collection failed; `None` when it did not.
    failure: Option<String>,
}

#[derive(Clone, Debug)]
struct Taken {
    text: Bytes,
    at: Instant,
}

impl Snapshot {
    /// Nothing yet, with a collection due every `interval` (of which the time that collecting takes
    /// is a part).
    #[must_use]
    pub fn new(interval: Duration) -> Self {
        let last = Mutex::default();
        Self(Arc::new(Shared { interval, last }))
    }

    /// Leaves the metrics of a collection that has just succeeded.
    pub fn publish(&self, text: Vec<u8>) {
        let taken = Taken {
            text: text.into(),
            at: Instant::now(),
        };
        *self.last() = Last {
            taken: Some(taken),
            failure: None,
        };
    }

    /// Says that a collection has failed. The metrics of the one before stay until they are too old.
    pub fn fail(&self, why: impl Into<String>) {
        self.last().failure = Some(why.into());
    }

    /// The metrics.
    ///
    /// # Errors
    /// Why there are none: nothing was collected yet, or nothing for too long. Numbers that are
    /// shown for as long as the process lives would look like a group that has stopped.
    pub(super) fn metrics(&self, now: Instant) -> Result<Bytes, String> {
        let last = self.last();
        self.taken(&last, now).map(|taken| taken.text.clone())
    }

    /// Whether the last collection succeeded and another one is not overdue.
    ///
    /// # Errors
    /// Why not.
    pub(super) fn health(&self, now: Instant) -> Result<(), String> {
        let last = self.last();
        self.taken(&last, now)?;
        match &last.failure {
            Some(why) => Err(format!("the last collection failed: {why}")),
            None => Ok(()),
        }
    }

    fn taken<'l>(&self, last: &'l Last, now: Instant) -> Result<&'l Taken, String> {
        let with_cause = |message: String| match &last.failure {
            Some(why) => format!("{message}: {why}"),
            None => message,
        };
        let Some(taken) = &last.taken else {
            return Err(with_cause("nothing was collected yet".to_owned()));
        };
        let age = now.saturating_duration_since(taken.at);
        if age <= self.0.interval.saturating_mul(INTERVALS) {
            return Ok(taken);
        }
        Err(with_cause(format!(
            "the last collection that succeeded was {} s ago, and one is due every {} s",
            age.as_secs(),
            self.0.interval.as_secs_f64()
        )))
    }

    /// Nothing is left half done under this lock, so whoever panicked did no harm.
    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_until_three_intervals_passed() {
        let snapshot = Snapshot::new(Duration::from_secs(10));
        let now = Instant::now();
        assert_eq!(
            snapshot.metrics(now).unwrap_err(),
            "nothing was collected yet"
        );
        snapshot.publish(b"a 1\n".to_vec());
        let soon = now + Duration::from_secs(29);
        assert_eq!(snapshot.metrics(soon).unwrap(), b"a 1\n"[..]);
        assert_eq!(snapshot.health(soon), Ok(()));
        let late = now + Duration::from_secs(33);
        let why = "the last collection that succeeded was 32 s ago, and one is due every 10 s";
        assert!(snapshot.metrics(late).is_err());
        let found = snapshot.health(late).unwrap_err();
        assert!(found == why || found == why.replace("32", "33"), "{found}");
    }

    #[test]
    fn a_failure_is_unhealthy_at_once_and_hides_no_numbers() {
        let snapshot = Snapshot::new(Duration::from_secs(10));
        let now = Instant::now();
        snapshot.fail("broker 1 refused");
        assert_eq!(
            snapshot.health(now).unwrap_err(),
            "nothing was collected yet: broker 1 refused"
        );
        snapshot.publish(b"a 1\n".to_vec());
        assert_eq!(snapshot.health(now), Ok(()));
        snapshot.clone().fail("broker 1 refused");
        assert_eq!(
            snapshot.health(now).unwrap_err(),
            "the last collection failed: broker 1 refused"
        );
        assert!(snapshot.metrics(now).is_ok());
        let late = snapshot.metrics(now + Duration::from_secs(60)).unwrap_err();
        assert!(late.ends_with(": broker 1 refused"), "{late}");
        snapshot.publish(b"a 2\n".to_vec());
        assert_eq!(snapshot.health(Instant::now()), Ok(()));
    }
}
