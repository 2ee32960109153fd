//! Reads both sides of a replay, to compare them.

use std::time::Duration;

use crate::{
    event::{Record, TopicPartition},
    kafka::{
        Isolation,
        admin::Detail,
        wire::{Client, ReadOptions, ReadOrder, ReadRange, Reader, cause::WireError},
    },
    pipeline::{Cancel, Fault, Flow, Sink, Watch, drive},
    replay::{Checkpoints, Plan, Verification},
};

/// Why both sides could not be read.
#[derive(Debug, thiserror::Error)]
pub enum VerificationError {
    /// A partition of a target does not tell where it begins and ends.
    #[error("{0} cannot be read")]
    Unreadable(TopicPartition),
    /// No broker answered.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// What broke the reading.
    #[error(transparent)]
    Read(#[from] Fault),
}

/// How both sides are read.
pub struct VerificationOptions<'a> {
    /// Gives up when nothing arrives for this long.
    pub stall_timeout: Duration,
    /// Ends the reading.
    pub cancel: &'a Cancel,
}

impl VerificationOptions<'_> {
    fn read(
        &self,
        client: &mut Client,
        ranges: Vec<ReadRange>,
        sink: &mut dyn Sink,
        watch: &mut dyn Watch,
    ) -> Result<(), Fault> {
        let options = ReadOptions {
            isolation: Isolation::Committed,
            order: ReadOrder::Arrival,
            from_ms: None,
            to_ms: None,
            stall_timeout: self.stall_timeout,
        };
        let mut reader = Reader::new(client, ranges, options);
        drive(&mut reader, sink, watch, self.cancel).map(drop)
    }

    /// Reads everything that was written to the targets since the replay was planned.
    ///
    /// # Errors
    /// A partition that cannot be read.
    pub fn read_targets(
        &self,
        client: &mut Client,
        plan: &Plan,
        verification: &mut Verification<'_>,
        watch: &mut dyn Watch,
    ) -> Result<(), VerificationError> {
        let ranges = written_ranges(client, plan)?;
        let mut sink = Written(verification);
        Ok(self.read(client, ranges, &mut sink, watch)?)
    }

    /// Reads the source topics again, as far as the replay has come.
    ///
    /// # Errors
    /// What broke the reading.
    pub fn read_source(
        &self,
        client: &mut Client,
        (plan, checkpoints): (&Plan, &Checkpoints),
        verification: &mut Verification<'_>,
        watch: &mut dyn Watch,
    ) -> Result<(), Fault> {
        let ranges = plan.ranges.iter().map(|range| {
            let at = range.at();
            let checkpoint = checkpoints.get(&at);
            ReadRange {
                start: range.start,
                end: Some(checkpoint.map_or(range.start, |checkpoint| checkpoint.next)),
                partition: at,
            }
        });
        let mut sink = SourceRecords(verification);
        self.read(client, ranges.collect(), &mut sink, watch)
    }
}

fn written_ranges(client: &mut Client, plan: &Plan) -> Result<Vec<ReadRange>, VerificationError> {
    let partitions: Vec<TopicPartition> = (plan.targets().iter())
        .flat_map(|(name, count)| {
            (0..*count).map(|number| TopicPartition::new(name.clone(), number))
        })
        .collect();
    client.find_leaders(partitions.iter())?;
    let found = client
        .watermarks(&partitions, &[Detail::Start, Detail::StableEnd])
        .complete()?;
    let bounds = |at: &TopicPartition| {
        let watermarks = found.get(at)?.as_ref().ok()?;
        watermarks.start.zip(watermarks.stable_end)
    };
    let mut ranges = Vec::new();
    for at in partitions {
        let Some((earliest, end)) = bounds(&at) else {
            return Err(VerificationError::Unreadable(at));
        };
        let before = plan.before.iter().find(|(known, _)| *known == at);
        ranges.push(ReadRange {
            start: before
                .map_or(earliest, |(_, end)| earliest.max(*end))
                .min(end),
            end: Some(end),
            partition: at,
        });
    }
    Ok(ranges)
}

/// Takes records of the targets.
struct Written<'v, 'p>(&'v mut Verification<'p>);

impl Sink for Written<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.0.take_written(record);
        Ok(Flow::Continue)
    }
}

/// Takes records of the source.
pub struct SourceRecords<'v, 'p>(pub &'v mut Verification<'p>);

impl Sink for SourceRecords<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.0.take_source(record);
        Ok(Flow::Continue)
    }
}
