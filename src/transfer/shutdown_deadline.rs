//! The deadline of a shutdown: Ctrl-C is answered in time, whatever is waited for.

use std::{
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread,
    time::Duration,
};

use super::Suspension;
use crate::pipeline::Cancel;

/// How long after a signal what is in flight may still be acknowledged.
pub(super) const SETTLE: Duration = Duration::from_millis(1_000);
/// How long after a signal an open transaction may still be aborted.
pub(super) const ABORT: Duration = Duration::from_millis(1_500);
/// How long after a signal the process ends.
const END: Duration = Duration::from_millis(1_800);
/// How often it is looked for a signal.
const LOOK: Duration = Duration::from_millis(50);

/// While it is held, a signal ends the process within 1.8 s: a broker that does not answer, or a
/// name that does not resolve, cannot hold it up. What is stored is right at any moment, as after a
/// kill.
#[derive(Debug)]
pub struct ShutdownDeadline {
    last_words: Sender<LastWords>,
    suspension: Suspension,
}

/// What is left to say when the deadline passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LastWords {
    /// That nothing was written.
    NothingWritten,
    /// That records may have been written; the command resumes the transfer.
    Resume(String),
    /// Nothing, everything was reported.
    Nothing,
}

impl ShutdownDeadline {
    /// Watches `cancel`. When the deadline passes, `end` is called on another thread: it has to end
    /// the process.
    pub fn watch(cancel: Cancel, end: impl FnOnce(LastWords) + Send + 'static) -> Self {
        let (last_words, receiver) = mpsc::channel();
        let suspension = Suspension::default();
        let clock = suspension.clone();
        thread::spawn(move || {
            let mut words = LastWords::NothingWritten;
            loop {
                clock.tick();
                match receiver.recv_timeout(LOOK) {
                    Ok(new) => words = new,
                    Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {}
                }
                if cancel.since().is_some_and(|since| since >= END) {
                    return end(words);
                }
            }
        });
        Self {
            last_words,
            suspension,
        }
    }

    /// When the process was suspended last.
    #[must_use]
    pub fn suspension(&self) -> Suspension {
        self.suspension.clone()
    }

    /// Sets what is said when the deadline passes.
    pub fn set_last_words(&self, words: LastWords) {
        let _ = self.last_words.send(words);
    }
}
