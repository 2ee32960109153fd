//! What becomes of a record: the answer of the rules to the engine that moves records.

use std::time::Duration;

use crate::event::Record;

/// A record that is offered to the rules.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'o, 'r> {
    /// The record.
    pub record: &'o Record<'r>,
    /// The index of its partition range in the plan.
    pub range: usize,
    /// Its offset in the range. Records of files are counted from 0.
    pub offset: i64,
    /// Records that this run has written so far.
    pub written: u64,
    /// The time since the run began.
    pub elapsed: Duration,
}

/// What becomes of one record.
#[derive(Debug)]
pub enum Decision<'r> {
    /// The record is written.
    Send {
        /// The index of the target topic in the plan.
        target: usize,
        /// The record as it is to be written. A negative partition leaves the choice to the
        /// delivery.
        record: Record<'r>,
        /// Its event time in milliseconds; `None` when it has none.
        time: Option<i64>,
    },
    /// The record is passed over.
    Skip(SkipReason),
    /// The record cannot be written, and why. It is counted, and the next ones go on.
    Fail(String),
    /// The record is not due yet: the source offers it again.
    Hold {
        /// When it is due, counted from the beginning of the run.
        due: Duration,
    },
    /// Neither this record nor any later one is wanted.
    Stop,
}

/// Why a record is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// It is older than the window.
    BeforeWindow,
    /// It is younger than the window.
    AfterWindow,
    /// It has no time of the kind that was asked for.
    WithoutTime,
    /// The filter rejects it.
    Filtered,
    /// It has been written already, from another place of the source.
    Duplicate,
    /// The transformation drops it.
    Dropped,
    /// An earlier run has written it.
    WrittenBefore,
}
