//! Records of small partitions, counted by reading them. The offsets between start and end include
//! transaction markers, aborted records and what compaction has removed, and no request tells whether
//! there are any: the topic may have been compacted under an earlier cleanup policy.

use std::{cmp::Reverse, collections::HashSet, sync::Arc, time::Duration};

use crate::{
    event::{Record, TopicPartition},
    kafka::{
        Isolation,
        wire::{Client, ReadError, ReadOptions, ReadOrder, ReadRange, Reader},
    },
    pipeline::{Cancel, Fault, Flow, Sink, drive},
    topics::{CountedRecords, PartitionSurvey, TopicSurvey},
};

/// The budget of a listing, spent on the smallest partitions first.
const BYTES: i64 = 4 << 20;
const OFFSETS: i64 = 100_000;
const PARTITIONS: usize = 200;
/// The longest silence of a broker.
const STALL: Duration = Duration::from_secs(5);
/// Counting ends after so many topics that may not be read.
const REFUSALS: usize = 3;

/// Counts the records of small partitions. Partitions that cannot be read, have an open transaction
/// or are too large keep their offsets as an upper bound.
pub fn count(client: &mut Client, topics: &mut [TopicSurvey], cancel: &Cancel) {
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
        // A topic that may be described and not read is left out; the others are read again.
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

fn find<'t>(topics: &'t mut [TopicSurvey], at: &TopicPartition) -> Option<&'t mut PartitionSurvey> {
    let topic = topics.iter_mut().find(|topic| topic.name == at.topic)?;
    let mut partitions = topic.partitions.iter_mut();
    partitions.find(|partition| partition.partition == at.partition)
}

/// The partitions that are small enough, and whose committed end is their end.
fn affordable(topics: &[TopicSurvey]) -> Vec<ReadRange> {
    let of_topic = |topic: &TopicSurvey| -> Vec<(i64, ReadRange)> {
        let name: &Arc<str> = &topic.name;
        let sized = topic.partitions.iter().filter_map(|partition| {
            let (start, end) = (partition.start?, partition.end?);
            let settled = partition.stable_end == Some(end) && start < end;
            settled.then_some(())?;
            let range = ReadRange {
                partition: TopicPartition::new(name.clone(), partition.partition),
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
struct Counts(Vec<(TopicPartition, CountedRecords)>);

impl Counts {
    fn new(ranges: &[ReadRange]) -> Self {
        let each = ranges.iter();
        Self(
            each.map(|range| (range.partition.clone(), CountedRecords::default()))
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
