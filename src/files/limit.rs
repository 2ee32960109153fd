//! How long a line, a document, a row or a value of an input may be, so that a hostile file takes
//! bounded memory.

use std::{
    fmt, io,
    sync::{Arc, Condvar, Mutex, PoisonError},
};

/// The limit where no topic sets one: a record of the largest size that Kafka is run with, twice
/// over, as base64 and escapes make it longer.
const FIXED: usize = 128 << 20;
/// So much is taken without a look at the limit.
const SMALL: usize = 1 << 20;
/// What may be read beyond the topic's limit, so that a record that is a little too large is named
/// and counted, and the others are sent.
const SLACK: usize = 8 << 20;
/// The largest limit: what a topic that takes any size, or does not tell, is taken to take.
const LARGEST: usize = 1 << 30;

/// A limit that is known, or that an input waits for when it has to know it.
#[derive(Clone, Debug)]
pub struct Limit {
    topic: Option<Arc<Topic>>,
    /// How many bytes of the input one byte of a record may take.
    factor: usize,
}

#[derive(Debug, Default)]
struct Topic {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The largest record in bytes; `None` until it is known.
    bytes: Option<usize>,
    awaited: bool,
}

impl Default for Limit {
    /// 128 MiB.
    fn default() -> Self {
        Self {
            topic: None,
            factor: 1,
        }
    }
}

impl Limit {
    /// The limit of a topic that is not known yet.
    #[must_use]
    pub fn of_topic() -> Self {
        Self {
            topic: Some(Arc::default()),
            factor: 1,
        }
    }

    /// The same limit for records that are written with escapes: `\u0000` takes six bytes for one.
    #[must_use]
    pub fn encoded(&self) -> Self {
        Self {
            topic: self.topic.clone(),
            factor: 6,
        }
    }

    /// Sets the largest record of the topic in bytes; `None` where any size may be taken.
    pub fn set(&self, bytes: Option<u64>) {
        let Some(topic) = &self.topic else { return };
        let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok());
        lock(&topic.state).bytes = Some(bytes.unwrap_or(LARGEST).min(LARGEST));
        topic.changed.notify_all();
    }

    /// Whether an input has come to where it waits for [`Limit::set`].
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        self.topic
            .as_ref()
            .is_some_and(|topic| lock(&topic.state).awaited)
    }

    /// Whether `length` bytes are more than may be read for one record. Waits until that is known.
    #[must_use]
    pub fn is_exceeded(&self, length: usize) -> bool {
        let Some(topic) = &self.topic else {
            return length > FIXED;
        };
        if length <= SMALL {
            return false;
        }
        let mut state = lock(&topic.state);
        state.awaited = state.bytes.is_none();
        let state = topic
            .changed
            .wait_while(state, |state| state.bytes.is_none())
            .unwrap_or_else(PoisonError::into_inner);
        length > self.most(state.bytes.unwrap_or(LARGEST))
    }

    fn most(&self, bytes: usize) -> usize {
        bytes
            .saturating_mul(self.factor)
            .saturating_add(SLACK)
            .min(LARGEST)
    }
}

/// The limit in words.
impl fmt::Display for Limit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(topic) = &self.topic else {
            return write!(out, "{} MiB", FIXED >> 20);
        };
        let bytes = lock(&topic.state).bytes.unwrap_or(LARGEST);
        write!(out, "{} MiB", self.most(bytes) >> 20)?;
        if bytes < LARGEST {
            write!(
                out,
                ", and the topic takes {bytes} bytes (max.message.bytes)"
            )?;
        }
        Ok(())
    }
}

/// The error of a reader that has come to its limit in the middle of a row.
pub(super) fn exceeded() -> io::Error {
    io::ErrorKind::FileTooLarge.into()
}

fn lock(state: &Mutex<State>) -> std::sync::MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_limit_is_waited_for_only_when_it_matters() {
        let limit = Limit::of_topic();
        assert!(!limit.is_exceeded(SMALL) && !limit.is_awaited());
        let input = limit.encoded();
        let reading = thread::spawn(move || input.is_exceeded(SMALL + 1));
        while !limit.is_awaited() {
            thread::yield_now();
        }
        limit.set(Some(1_000));
        assert!(!reading.join().unwrap());
        assert!(!limit.is_exceeded(SLACK + 1_000) && limit.is_exceeded(SLACK + 1_001));
        assert!(!limit.encoded().is_exceeded(SLACK + 6_000));
        assert!(limit.encoded().is_exceeded(SLACK + 6_001));
        assert_eq!(
            limit.to_string(),
            "8 MiB, and the topic takes 1000 bytes (max.message.bytes)"
        );
    }

    #[test]
    fn without_a_topic_the_limit_is_fixed() {
        assert!(!Limit::default().is_exceeded(FIXED) && Limit::default().is_exceeded(FIXED + 1));
        let unlimited = Limit::of_topic();
        unlimited.set(None);
        assert!(!unlimited.encoded().is_exceeded(LARGEST));
        assert!(unlimited.is_exceeded(LARGEST + 1));
        assert_eq!(unlimited.to_string(), "1024 MiB");
    }
}
