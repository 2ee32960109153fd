//! Where a replay's records come from: partitions that are read, or capture files, one step at a
//! time.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use super::forward::Forward;
use crate::{
    event::{Record, TopicPartition},
    failure::Failure,
    files::capture::{CaptureReader, Truncated},
    kafka::wire::{Client, ReadOptions, ReadRange, Reader},
    pipeline::{self, Fault, Flow, Gap, Sink, Source, Step},
    replay::{Checkpoints, PartitionRange, Plan},
    select::{FileRange, Selection},
};

/// Records of files that are taken in one step.
const TURN: usize = 1_024;

/// What was named as a source.
pub(super) enum Origin<'o> {
    Topics {
        client: &'o mut Client,
        options: ReadOptions,
        /// Whether a group says which partitions are read.
        share: bool,
    },
    Files {
        first: &'o Path,
        others: &'o [PathBuf],
        truncated: Truncated,
        range: Selection,
    },
}

impl Origin<'_> {
    /// The records that are left, from what is kept; from the beginning when what was written
    /// before has to be looked at again.
    ///
    /// # Errors
    /// A file that cannot be opened.
    pub(super) fn feed(
        &mut self,
        plan: &Plan,
        progress: &Checkpoints,
        looks_back: bool,
    ) -> Result<Feed<'_>, Failure> {
        let next = |range: &PartitionRange| match progress.get(&range.at()) {
            Some(checkpoint) if !looks_back => checkpoint.next,
            _ => range.start,
        };
        match self {
            Self::Topics {
                client,
                options,
                share,
            } => {
                let ranges = plan.ranges.iter().filter(|_| !*share);
                let ranges = ranges.map(|range| ReadRange {
                    partition: range.at(),
                    start: next(range),
                    end: Some(range.end),
                });
                let ranges = ranges.collect();
                let reader = Reader::new(client, ranges, options.clone());
                Ok(Feed::Topics(Box::new(reader)))
            }
            Self::Files {
                first,
                others,
                truncated,
                range,
            } => {
                let mut files = FileFeed {
                    reader: CaptureReader::open(first, others, *truncated)?.by_time()?,
                    range: FileRange::new(range)?,
                    taken: 0,
                    pending: false,
                };
                files.skip(plan.ranges.first().map_or(0, next))?;
                Ok(Feed::Files(Box::new(files)))
            }
        }
    }
}

impl Origin<'_> {
    /// Hands the records of files to `sink`, the first `end` of them.
    ///
    /// # Errors
    /// A file that cannot be read, or what `sink` failed with.
    pub(super) fn each(self, end: i64, sink: &mut dyn Sink) -> Result<(), Fault> {
        let Self::Files {
            first,
            others,
            truncated,
            range,
        } = self
        else {
            return Ok(());
        };
        let mut reader = CaptureReader::open(first, others, truncated)?.by_time()?;
        let mut range = FileRange::new(&range)?;
        let mut taken = 0;
        while taken < end && reader.advance()? {
            taken += 1;
            let mut record = reader.record();
            let held = range.holds(&record);
            number(&mut record, taken - 1);
            if held && sink.record(&record)? != Flow::Continue {
                break;
            }
        }
        Ok(())
    }
}

/// A record that does not say its offset has its number, so that its mark tells it from others.
fn number(record: &mut Record<'_>, number: i64) {
    if record.offset < 0 {
        record.offset = number;
    }
}

/// The source of a run.
pub(super) enum Feed<'c> {
    Topics(Box<Reader<'c>>),
    Files(Box<FileFeed>),
}

/// Capture files, whose records are counted over all of them.
pub(super) struct FileFeed {
    pub(super) reader: CaptureReader,
    /// Which of them were selected by partition and offset.
    pub(super) range: FileRange,
    /// How many records have been taken.
    pub(super) taken: i64,
    /// Whether the one at hand was put off.
    pub(super) pending: bool,
}

impl Feed<'_> {
    /// Hands over what is at hand, or waits up to `wait` for something.
    ///
    /// # Errors
    /// What broke the reading, or what `forward` failed with.
    pub(super) fn step(&mut self, forward: &mut Forward, wait: Duration) -> Result<Step, Fault> {
        match self {
            Self::Topics(reader) => reader.step(forward, wait),
            Self::Files(files) => files.step(forward),
        }
    }

    /// The next offset of each range.
    pub(super) fn positions(&self, ranges: &[PartitionRange]) -> Vec<(TopicPartition, i64)> {
        match self {
            Self::Topics(reader) => (reader.positions())
                .map(|(at, next, _)| (at.clone(), next))
                .collect(),
            Self::Files(files) => (ranges.iter())
                .map(|range| (range.at(), files.taken))
                .collect(),
        }
    }

    /// How far it has come.
    pub(super) fn progress(&self) -> pipeline::Progress {
        match self {
            Self::Topics(reader) => reader.progress(),
            Self::Files(files) => files.reader.progress(),
        }
    }

    /// What could not be read.
    pub(super) fn gaps(&self) -> Vec<Gap> {
        match self {
            Self::Topics(reader) => reader.gaps().to_vec(),
            Self::Files(files) => files.reader.gaps().to_vec(),
        }
    }

    /// Also reads this range from `next` on.
    pub(super) fn add(&mut self, range: &PartitionRange, next: i64) {
        if let Self::Topics(reader) = self {
            reader.add(ReadRange {
                partition: range.at(),
                start: next,
                end: Some(range.end),
            });
        }
    }

    /// Reads this partition no more.
    pub(super) fn remove(&mut self, partition: &TopicPartition) {
        if let Self::Topics(reader) = self {
            reader.remove(partition);
        }
    }
}

impl FileFeed {
    /// Passes over records until so many have been taken.
    fn skip(&mut self, taken: i64) -> Result<(), Failure> {
        while self.taken < taken && self.reader.advance()? {
            // Which offsets are a partition's first is known from all of them.
            let record = self.reader.record();
            let _ = self.range.holds(&record);
            self.taken += 1;
        }
        Ok(())
    }

    fn step(&mut self, forward: &mut Forward) -> Result<Step, Fault> {
        for _ in 0..TURN {
            if !self.pending && !self.reader.advance()? {
                return Ok(Step::Done);
            }
            let mut record = self.reader.record();
            if self.pending || self.range.holds(&record) {
                number(&mut record, self.taken);
                self.pending = false;
                match forward.take(&record, Some(self.taken))? {
                    Flow::Continue => {}
                    Flow::Stop => return Ok(Step::Stopped),
                    Flow::Later => {
                        self.pending = true;
                        return Ok(Step::Held);
                    }
                }
            }
            self.taken += 1;
        }
        Ok(Step::Moved)
    }
}
