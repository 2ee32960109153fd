//! The two ports of every command that moves records: a [`Source`] pushes, a [`Sink`] takes.
//!
//! Records are pushed as borrowed views, so that nothing is allocated per record on the way.

use std::{collections::BTreeMap, sync::Arc};

use super::Cancel;
use crate::event::{Record, TopicPartition};

/// What went wrong in a source or a sink. Floor 4 knows the types behind it and turns it into a
/// message with a cause and a hint.
pub type Fault = Box<dyn std::error::Error + Send + Sync>;

/// What a sink wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// More records.
    Continue,
    /// No more: a limit was reached or the reader of our output went away. Not an error.
    Stop,
    /// Not this one, not now: it was not taken, and does not count as pushed. A source that merges
    /// by time offers it again; any other is stopped by it.
    Later,
}

/// Why a source returned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Everything that was selected has been pushed.
    End,
    /// The sink said [`Flow::Stop`].
    Stopped,
    /// A signal arrived.
    Cancelled,
}

/// Offsets that were selected and could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The first offset that is missing.
    pub from: i64,
    /// The offset after the last one that is missing.
    pub to: i64,
    /// Why, in a few words: `retention`, `no leader`, …
    pub reason: String,
}

/// Anything that yields records.
pub trait Source {
    /// Pushes every record into `sink`, in offset order within a partition, until the end, until
    /// the sink stops it or until `cancel` is raised.
    ///
    /// # Errors
    /// What broke the reading, or what the sink failed with, unchanged.
    fn drive(
        &mut self,
        sink: &mut dyn Sink,
        watch: &mut dyn Watch,
        cancel: &Cancel,
    ) -> Result<Ended, Fault>;

    /// What was selected but could not be read, known once `drive` has returned.
    fn gaps(&self) -> &[Gap] {
        &[]
    }
}

/// Anything that takes records.
pub trait Sink {
    /// Takes one record.
    ///
    /// # Errors
    /// What broke the writing. A reader that went away is [`Flow::Stop`], not an error.
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault>;

    /// Called whenever nothing more is at hand: flush, so that a tail stays live.
    ///
    /// # Errors
    /// As [`Sink::record`].
    fn idle(&mut self) -> Result<Flow, Fault> {
        Ok(Flow::Continue)
    }

    /// Whether an expression of this sink failed on every record that it took, so that nothing came
    /// of any. Never by default.
    fn fails_on_all(&self) -> bool {
        false
    }

    /// The records that this sink took and has not written out. After [`Sink::idle`] these are the
    /// ones that a failed write lost: a position counts none of them. Empty by default.
    fn unwritten(&self) -> Unwritten {
        Unwritten::default()
    }
}

/// Records that were taken and not written out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unwritten {
    /// How many there are.
    pub records: u64,
    /// The offset of the first one of each partition.
    pub first: BTreeMap<TopicPartition, i64>,
}

/// How far a bounded read has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Offsets passed (files: bytes).
    pub done: u64,
    /// Offsets to pass in all; 0 when the end is not known (following).
    pub total: u64,
    /// Records pushed.
    pub records: u64,
    /// Bytes read from the source.
    pub bytes: u64,
}

/// Looks on while a source runs: a progress bar, or nothing.
pub trait Watch {
    /// Called a few times a second at most costs; sources call it per response, not per record.
    fn progress(&mut self, progress: Progress);
}

/// Nobody looks on.
impl Watch for () {
    fn progress(&mut self, _: Progress) {}
}
