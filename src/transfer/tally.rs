//! What became of the records so far.

use crate::replay::{OffsetRuns, SkipReason};

/// Numbers of records by what became of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that were read.
    pub read: u64,
    /// Those of them that lie in the window and pass the filter.
    pub matched: u64,
    /// Read records that are older than the window.
    pub before: u64,
    /// Read records that are younger than the window.
    pub after: u64,
    /// Read records without the time that the window is about.
    pub timeless: u64,
    /// Matched records that the transformation dropped.
    pub dropped: u64,
    /// Matched records that could not be written.
    pub failed: u64,
    /// Why the first of those could not.
    pub first_failure: Option<String>,
    /// Records that were handed to the delivery.
    pub sent: u64,
    /// Their bytes.
    pub bytes: u64,
    /// The earliest and the latest event time of those, in milliseconds.
    pub times: Option<(i64, i64)>,
}

impl Tally {
    /// Counts a record that was passed over.
    pub fn skipped(&mut self, reason: SkipReason) {
        self.read += 1;
        match reason {
            SkipReason::BeforeWindow => self.before += 1,
            SkipReason::AfterWindow => self.after += 1,
            SkipReason::WithoutTime => self.timeless += 1,
            SkipReason::Filtered => {}
            SkipReason::Dropped => {
                self.matched += 1;
                self.dropped += 1;
            }
            SkipReason::Duplicate | SkipReason::WrittenBefore => self.matched += 1,
        }
    }

    /// Counts a record that is wanted, whatever becomes of it.
    pub fn matched(&mut self) {
        self.read += 1;
        self.matched += 1;
    }

    /// Counts a record that cannot be written; `why` is kept of the first one.
    pub fn failed(&mut self, why: impl FnOnce() -> String) {
        self.matched();
        self.failed += 1;
        self.first_failure.get_or_insert_with(why);
    }

    /// Counts a record that was handed to the delivery.
    pub fn sent(&mut self, bytes: u64, time: Option<i64>) {
        self.matched();
        self.sent += 1;
        self.bytes += bytes;
        if let Some(time) = time {
            let (first, last) = self.times.unwrap_or((time, time));
            self.times = Some((first.min(time), last.max(time)));
        }
    }
}

/// The records of each partition range since the last checkpoint.
#[derive(Clone, Debug)]
pub struct SinceCheckpoint {
    sent: Vec<OffsetRuns>,
    failed: Vec<OffsetRuns>,
}

impl SinceCheckpoint {
    /// None yet, of as many `ranges`.
    #[must_use]
    pub fn new(ranges: usize) -> Self {
        Self {
            sent: vec![OffsetRuns::default(); ranges],
            failed: vec![OffsetRuns::default(); ranges],
        }
    }

    /// A record was handed to the delivery.
    pub fn add_sent(&mut self, range: usize, offset: i64) {
        self.sent[range].push(offset);
    }

    /// A record could not be written.
    pub fn add_failed(&mut self, range: usize, offset: i64) {
        self.failed[range].push(offset);
    }

    /// Records of a range before the offset `next` that were handed to the delivery.
    #[must_use]
    pub fn sent_before(&self, range: usize, next: i64) -> u64 {
        self.sent.get(range).map_or(0, |runs| runs.before(next))
    }

    /// Records of a range before the offset `next` that could not be written.
    #[must_use]
    pub fn failed_before(&self, range: usize, next: i64) -> u64 {
        self.failed.get(range).map_or(0, |runs| runs.before(next))
    }

    /// A checkpoint was stored.
    pub fn clear(&mut self) {
        let both = self.sent.iter_mut().chain(&mut self.failed);
        both.for_each(OffsetRuns::clear);
    }
}
