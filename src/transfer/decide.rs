//! What becomes of a record: the port to the rules.

use std::time::Duration;

use crate::{
    event::Record,
    filter::Interrupted,
    pipeline::{Fault, Progress},
    replay::{Decider, Decision, Offer},
};

/// Decides what becomes of each record. The engine knows no rules: it asks here, in the order in
/// which the records come.
pub trait Decide {
    /// Decides about the record that is offered. One that was held is offered again, and must not be
    /// counted twice.
    ///
    /// # Errors
    /// The transfer cannot go on: the record has no place in the plan.
    fn decide<'r>(&'r mut self, offer: &Offer<'_, 'r>) -> Result<Decision<'r>, Fault>;

    /// A signal interrupted the expression that was evaluated for `record`, which was not taken.
    fn interrupted(&mut self, _interrupted: Interrupted, _record: &Record<'_>) {}

    /// Everything since the last checkpoint will be offered again.
    fn rewind(&mut self) {}

    /// Whether records that an earlier run has written have to be offered again, to know duplicates
    /// of them. Never by default.
    fn looks_back(&self) -> bool {
        false
    }

    /// How far the transfer has come, from what the source knows. `progress.records` were written.
    fn progress(&self, progress: Progress, _elapsed: Duration) -> Progress {
        progress
    }
}

impl Decide for Decider {
    fn decide<'r>(&'r mut self, offer: &Offer<'_, 'r>) -> Result<Decision<'r>, Fault> {
        Ok(Self::decide(self, offer)?)
    }

    fn interrupted(&mut self, interrupted: Interrupted, record: &Record<'_>) {
        self.interrupt(interrupted, record);
    }

    fn rewind(&mut self) {
        Self::rewind(self);
    }

    fn looks_back(&self) -> bool {
        Self::looks_back(self)
    }

    fn progress(&self, progress: Progress, elapsed: Duration) -> Progress {
        let read = (progress.done, progress.total);
        let (done, total) = Self::progress(self, read, progress.records, elapsed);
        Progress {
            done,
            total,
            ..progress
        }
    }
}
