//! Unread records, counted by reading them: fewer than the offsets where compaction left gaps.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    time::Duration,
};

use super::{TopicEnds, next_unread::isolation};
use crate::{
    event::{Record, TopicPartition},
    kafka::wire::{Client, ReadOptions, ReadOrder, ReadRange, Reader},
    lag::View,
    pipeline::{Cancel, Ended, Fault, Flow, Sink, drive},
};

const STALL: Duration = Duration::from_secs(10);

/// Counts the readable records from each of `positions` to the end, each partition once from its
/// first position. Partitions are left out when they would take more than `most` offsets in all,
/// or when the reading breaks off.
pub fn count_unread(
    client: &mut Client,
    ends: &TopicEnds,
    positions: &HashSet<(TopicPartition, i64)>,
    view: View,
    most: u64,
    cancel: &Cancel,
) -> HashMap<(TopicPartition, i64), i64> {
    let mut from: BTreeMap<TopicPartition, Vec<i64>> = BTreeMap::new();
    for (at, position) in positions {
        from.entry(at.clone()).or_default().push(*position);
    }
    let mut budget = i64::try_from(most).unwrap_or(i64::MAX);
    let mut ranges = Vec::new();
    let mut counts = Counts(HashMap::new());
    for (partition, mut positions) in from {
        positions.sort_unstable();
        let (Some(&start), Some(bounds)) = (positions.first(), ends.bounds(&partition)) else {
            continue;
        };
        let end = bounds.readable_end(view);
        budget -= (end - start).max(0);
        if budget < 0 {
            break;
        }
        let counted = positions.into_iter().map(|position| (position, 0));
        counts.0.insert(partition.clone(), counted.collect());
        ranges.push(ReadRange {
            partition,
            start,
            end: Some(end),
        });
    }
    if ranges.is_empty() {
        return HashMap::new();
    }
    let options = ReadOptions {
        isolation: isolation(view),
        order: ReadOrder::Arrival,
        from_ms: None,
        to_ms: None,
        stall_timeout: STALL,
    };
    let mut reader = Reader::new(client, ranges, options);
    let ended = drive(&mut reader, &mut counts, &mut (), cancel);
    if !matches!(ended, Ok(Ended::End)) {
        // Half a count is none.
        return HashMap::new();
    }
    let counts = counts.0.into_iter().flat_map(|(at, counts)| {
        (counts.into_iter()).map(move |(position, count)| ((at.clone(), position), count))
    });
    counts.collect()
}

/// Records at or after each position, by partition.
struct Counts(HashMap<TopicPartition, Vec<(i64, i64)>>);

impl Sink for Counts {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        let counts = (self.0.iter_mut())
            .find(|(at, _)| at.partition == record.partition && *at.topic == *record.topic);
        if let Some((_, counts)) = counts {
            for (position, count) in counts {
                *count += i64::from(record.offset >= *position);
            }
        }
        Ok(Flow::Continue)
    }
}
