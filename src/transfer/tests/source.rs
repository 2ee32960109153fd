//! A source in memory, and rules for its records.

use std::time::Duration;

use super::memory::{is_sent, key};
use crate::{
    event::{Headers, Record, TimestampType, TopicPartition},
    pipeline::{Fault, Flow, Gap, Progress, Step},
    replay::{Checkpoints, Decision, Offer, PartitionRange, Plan, SkipReason},
    transfer::{Decide, Intake, OpenSource, TransferSource},
};

/// Sends what [`is_sent`] says.
#[derive(Default)]
pub struct Rules {
    buffer: Vec<u8>,
    targets: usize,
}

impl Rules {
    pub fn new(targets: usize) -> Self {
        Self {
            buffer: Vec::new(),
            targets,
        }
    }
}

impl Decide for Rules {
    fn decide<'r>(&'r mut self, offer: &Offer<'_, 'r>) -> Result<Decision<'r>, Fault> {
        if is_sent(offer.range, offer.offset) {
            self.buffer = key(offer.range, offer.offset);
            return Ok(Decision::Send {
                target: offer.range % self.targets,
                record: Record {
                    key: Some(&self.buffer),
                    partition: -1,
                    ..*offer.record
                },
                time: Some(offer.offset),
            });
        }
        Ok(match (offer.range as i64 + offer.offset) % 7 {
            3 => Decision::Skip(SkipReason::Filtered),
            _ => Decision::Fail("it does not fit".to_owned()),
        })
    }
}

/// Reads the ranges of a plan, some records at a time from each.
pub struct MemorySource {
    ranges: Vec<(PartitionRange, i64)>,
    turn: usize,
    next: usize,
}

/// Opens a [`MemorySource`] that hands over `turn` records in each step.
pub struct OpenMemory {
    pub turn: usize,
}

impl OpenSource for OpenMemory {
    fn open(
        &mut self,
        plan: &Plan,
        checkpoints: &Checkpoints,
        _: bool,
    ) -> Result<Box<dyn TransferSource + '_>, Fault> {
        let ranges = plan.ranges.iter().map(|range| {
            let checkpoint = checkpoints.get(&range.at());
            let next = checkpoint.map_or(range.start, |checkpoint| checkpoint.next);
            (range.clone(), next)
        });
        Ok(Box::new(MemorySource {
            ranges: ranges.collect(),
            turn: self.turn,
            next: 0,
        }))
    }
}

impl TransferSource for MemorySource {
    fn step(&mut self, intake: &mut Intake<'_>, _: Duration) -> Result<Step, Fault> {
        let count = self.ranges.len();
        for _ in 0..self.turn {
            let order = (0..count).map(|index| (self.next + index) % count);
            let mut open = order.filter(|index| self.ranges[*index].1 < self.ranges[*index].0.end);
            let Some(index) = open.next() else {
                return Ok(Step::Done);
            };
            let (range, next) = &mut self.ranges[index];
            let record = Record {
                topic: &range.topic,
                partition: range.partition,
                offset: *next,
                timestamp: *next,
                timestamp_type: TimestampType::Create,
                key: None,
                value: Some(b"value"),
                headers: Headers::default(),
            };
            match intake.take(&record, None)? {
                Flow::Continue => *next += 1,
                Flow::Stop | Flow::Later => return Ok(Step::Stopped),
            }
            self.next = index + 1;
        }
        Ok(Step::Moved)
    }

    fn positions(&self) -> Vec<(TopicPartition, i64)> {
        let each = self.ranges.iter();
        each.map(|(range, next)| (range.at(), *next)).collect()
    }

    fn progress(&self) -> Progress {
        Progress::default()
    }

    fn gaps(&self) -> Vec<Gap> {
        Vec::new()
    }
}
