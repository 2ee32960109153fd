//! The way of one record: offered to the rules, then to the delivery.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Decide, Tally, delivery_guard::DeliveryGuard, losses::Origin, tally::SinceCheckpoint};
use crate::{
    event::Record,
    filter::interruptible,
    pipeline::{Cancel, Fault, Flow, Sink},
    replay::{Decision, Offer, PartitionRange},
};

/// Takes records from a source.
pub struct Intake<'t> {
    decide: &'t mut dyn Decide,
    pub(super) guard: DeliveryGuard,
    pub(super) tally: Tally,
    pub(super) since_checkpoint: SinceCheckpoint,
    ranges: RangeIndex,
    begun: Instant,
    /// When the record is due that was held.
    held: Option<Duration>,
    /// Whether no more records are wanted.
    is_full: bool,
    cancel: Cancel,
}

impl<'t> Intake<'t> {
    pub(super) fn new(
        decide: &'t mut dyn Decide,
        guard: DeliveryGuard,
        ranges: &[PartitionRange],
        cancel: Cancel,
    ) -> Self {
        Self {
            decide,
            guard,
            tally: Tally::default(),
            since_checkpoint: SinceCheckpoint::new(ranges.len()),
            ranges: RangeIndex::new(ranges),
            begun: Instant::now(),
            held: None,
            is_full: false,
            cancel,
        }
    }

    /// Takes a record. `number` is its place in files, counted from 0; `None` for a record of a
    /// topic, whose place is its offset.
    ///
    /// # Errors
    /// The rules have no answer, or the delivery can go on no more.
    pub fn take(&mut self, record: &Record<'_>, number: Option<i64>) -> Result<Flow, Fault> {
        if self.guard.is_broken() || self.cancel.is_raised() {
            return Ok(Flow::Later);
        }
        let origin = match number {
            Some(offset) => Origin { range: 0, offset },
            None => match self.ranges.find(record.topic, record.partition) {
                Some(range) => Origin {
                    range,
                    offset: record.offset,
                },
                None => return Ok(Flow::Continue),
            },
        };
        let offer = Offer {
            record,
            range: origin.range,
            offset: origin.offset,
            written: self.tally.sent,
            elapsed: self.begun.elapsed(),
        };
        let decide = &mut *self.decide;
        let decision = match interruptible(|| decide.decide(&offer)) {
            Ok(decision) => decision?,
            Err(interrupted) => {
                self.decide.interrupted(interrupted, record);
                return Ok(Flow::Later);
            }
        };
        self.held = None;
        match decision {
            Decision::Send {
                target,
                record,
                time,
            } => {
                if !self.guard.send(target, &record, origin)? {
                    return Ok(Flow::Later);
                }
                self.tally.sent(record.size() as u64, time);
                self.since_checkpoint.add_sent(origin.range, origin.offset);
            }
            Decision::Skip(reason) => self.tally.skipped(reason),
            Decision::Fail(why) => {
                self.tally.failed(|| {
                    let Record {
                        topic, partition, ..
                    } = record;
                    format!("{topic}/{partition} offset {}: {why}", origin.offset)
                });
                self.since_checkpoint
                    .add_failed(origin.range, origin.offset);
            }
            Decision::Hold { due } => {
                self.held = Some(due);
                return Ok(Flow::Later);
            }
            Decision::Stop => {
                self.tally.matched();
                self.is_full = true;
                return Ok(Flow::Stop);
            }
        }
        Ok(Flow::Continue)
    }

    /// Waits until the record that was held is due, but not for long.
    pub(super) fn wait_for_turn(&mut self) {
        let left = self
            .held
            .map(|due| due.saturating_sub(self.begun.elapsed()));
        self.guard.wait(left);
    }

    /// Whether no more records are wanted.
    pub(super) fn is_full(&self) -> bool {
        self.is_full
    }

    /// As [`Decide::looks_back`].
    pub(super) fn looks_back(&self) -> bool {
        self.decide.looks_back()
    }

    /// How far the transfer has come, from what the source knows.
    pub(super) fn progress(
        &self,
        mut progress: crate::pipeline::Progress,
    ) -> crate::pipeline::Progress {
        progress.records = self.tally.sent;
        progress.bytes = self.tally.bytes;
        self.decide.progress(progress, self.begun.elapsed())
    }

    /// Counts again from what was true at the last checkpoint.
    pub(super) fn rewind(&mut self, safe: Tally) {
        self.tally = safe;
        self.guard.forget_losses();
        self.held = None;
        self.is_full = false;
        self.since_checkpoint.clear();
        self.decide.rewind();
    }
}

impl Sink for Intake<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.take(record, None)
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        self.guard.flush();
        Ok(Flow::Continue)
    }
}

/// Finds the partition range of a record.
struct RangeIndex(Vec<(Arc<str>, Vec<Option<usize>>)>);

impl RangeIndex {
    fn new(ranges: &[PartitionRange]) -> Self {
        let mut topics: Vec<(Arc<str>, Vec<Option<usize>>)> = Vec::new();
        for (index, range) in ranges.iter().enumerate() {
            let Ok(partition) = usize::try_from(range.partition) else {
                continue;
            };
            let known = topics.iter().position(|(topic, _)| *topic == range.topic);
            let known = known.unwrap_or_else(|| {
                topics.push((range.topic.clone(), Vec::new()));
                topics.len() - 1
            });
            let by_partition = &mut topics[known].1;
            if by_partition.len() <= partition {
                by_partition.resize(partition + 1, None);
            }
            by_partition[partition] = Some(index);
        }
        Self(topics)
    }

    fn find(&self, topic: &str, partition: i32) -> Option<usize> {
        let (_, by_partition) = self.0.iter().find(|(name, _)| **name == *topic)?;
        *by_partition.get(usize::try_from(partition).ok()?)?
    }
}
