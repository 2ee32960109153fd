//! Records counted by reading them. The offsets between start and end also number transaction
//! markers, aborted records and what compaction has left out, and no request tells whether there are
//! any: today's cleanup policy says nothing of last year's.

use std::{cmp::Reverse, collections::HashSet, sync::Arc, time::Duration};

use super::survey::{Partition, Topic};
use crate::{
    event::{Record, TopicPartition},
    kafka::{
        Isolation,
        wire::{Client, ReadError, ReadOptions, ReadOrder, ReadRange, Reader},
    },
    pipeline::{Cancel, Fault, Flow, Sink, drive},
};

/// What may be read for a listing: the smallest partitions first.
const BYTES: i64 = 4 << 20;
const OFFSETS: i64 = 100_000;
const PARTITIONS: usize = 200;
/// How long nothing may arrive.
const STALL: Duration = Duration::from_secs(5);
/// How many topics may turn out to be unreadable before counting is given up.
const REFUSALS: usize = 3;

/// What was read of a partition.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counted {
    /// Committed records.
    pub(super) records: i64,
    /// The timestamp of the first one; `None` when there is none, or it has none.
    pub(super) first: Option<i64>,
    /// The largest timestamp.
    pub(super) last: Option<i64>,
}

/// Counts the records of small partitions. Those that cannot be read, that an open transaction
/// hides records of, or that are too large, keep what their offsets say.
pub(super) fn count(client: &mut Client, topics: &mut [Topic], cancel: &Cancel) {
    let mut ranges = affordable(topics);
    let options = ReadOptions {
        isolation: Isolation::Committed,
        order: ReadOrder::Arrival,
        from_ms: None,
        to_ms: None,
        stall_timeout: STALL,
    };
    for _ in 0..REFUSALS {
        if ranges.is_empty() {
            return;
        }
        let mut counts = Counts::new(&ranges);
        let mut reader = Reader::new(client, ranges.clone(), options.clone());
        let ended = drive(&mut reader, &mut counts, &mut (), cancel);
        let whole = |(at, position, end): (&TopicPartition, i64, Option<i64>)| {
            (Some(position) == end).then(|| at.clone())
        };
        let whole: HashSet<TopicPartition> = reader.positions().filter_map(whole).collect();
        drop(reader);
        for (at, counted) in counts.0 {
            if let Some(partition) = find(topics, &at).filter(|_| whole.contains(&at)) {
                partition.counted = Some(counted);
            }
        }
        // A topic that may be described, but not read, holds up no other.
        match ended.err().and_then(|fault| fault.downcast().ok()) {
            Some(refused) => match *refused {
                ReadError::Refused { partition, .. } => ranges.retain(|range| {
                    range.partition.topic != partition.topic && !whole.contains(&range.partition)
                }),
                _ => return,
            },
            None => return,
        }
    }
}

fn find<'t>(topics: &'t mut [Topic], at: &TopicPartition) -> Option<&'t mut Partition> {
    let topic = topics.iter_mut().find(|topic| topic.name == at.topic)?;
    let mut partitions = topic.partitions.iter_mut();
    partitions.find(|partition| partition.meta.partition == at.partition)
}

/// The partitions that are small enough, and whose committed end is their end.
fn affordable(topics: &[Topic]) -> Vec<ReadRange> {
    let of_topic = |topic: &Topic| -> Vec<(i64, ReadRange)> {
        let name: &Arc<str> = &topic.name;
        let sized = topic.partitions.iter().filter_map(|partition| {
            let (start, end) = (partition.start?, partition.end?);
            let settled = partition.stable_end == Some(end) && start < end;
            settled.then_some(())?;
            let range = ReadRange {
                partition: TopicPartition::new(name.clone(), partition.meta.partition),
                start,
                end: Some(end),
            };
            Some((partition.size?, range))
        });
        sized.collect()
    };
    let mut sized: Vec<(i64, ReadRange)> = topics.iter().flat_map(of_topic).collect();
    sized.sort_by_key(|(size, _)| Reverse(*size));
    let (mut bytes, mut offsets) = (0, 0);
    let mut ranges = Vec::new();
    while let Some((size, range)) = sized.pop() {
        bytes += size;
        offsets += range.end.unwrap_or(range.start) - range.start;
        if bytes > BYTES || offsets > OFFSETS || ranges.len() == PARTITIONS {
            break;
        }
        ranges.push(range);
    }
    ranges
}

/// What was read so far.
struct Counts(Vec<(TopicPartition, Counted)>);

impl Counts {
    fn new(ranges: &[ReadRange]) -> Self {
        let each = ranges.iter();
        Self(
            each.map(|range| (range.partition.clone(), Counted::default()))
                .collect(),
        )
    }
}

impl Sink for Counts {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        let mut each = self.0.iter_mut();
        let found =
            each.find(|(at, _)| at.partition == record.partition && *at.topic == *record.topic);
        if let Some((_, counted)) = found {
            let time = (record.timestamp >= 0).then_some(record.timestamp);
            if counted.records == 0 {
                counted.first = time;
            }
            counted.records += 1;
            counted.last = counted.last.max(time);
        }
        Ok(Flow::Continue)
    }
}
