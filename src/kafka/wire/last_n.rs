//! "The last N records", counted in records: after transactions, compaction or trimming the last N
//! offsets hold fewer, so the reader steps back until it has found N.

use std::collections::{BTreeMap, HashMap, VecDeque};

use super::{Client, ReadOptions, ReadOrder, ReadRange, Reader};
use crate::{
    event::{Record, TopicPartition},
    pipeline::{Cancel, Fault, Flow, Sink, drive},
};

/// How much further each step back looks than the one before.
const STRIDE: i64 = 4;

/// Where the last records of a partition begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastStart {
    /// The offset of the first of them; the end where there is none.
    pub start: i64,
    /// How many there are: fewer than asked for when the partition has no more.
    pub found: usize,
}

/// Finds where the last `count` records of each partition that `keep` likes begin. `bounds` gives
/// the first readable offset and the end of each.
///
/// Holds at most `count` offsets per partition, never records.
///
/// # Errors
/// What broke the reading; a raised `cancel` returns what is known so far.
pub fn last_starts(
    client: &mut Client,
    bounds: &BTreeMap<TopicPartition, (i64, i64)>,
    count: usize,
    options: &ReadOptions,
    keep: &mut dyn FnMut(&Record<'_>) -> bool,
    cancel: &Cancel,
) -> Result<BTreeMap<TopicPartition, LastStart>, Fault> {
    let options = ReadOptions {
        order: ReadOrder::Arrival,
        ..options.clone()
    };
    let mut reader = Reader::new(client, Vec::new(), options);
    let mut found: BTreeMap<TopicPartition, VecDeque<i64>> = bounds
        .keys()
        .map(|partition| (partition.clone(), VecDeque::new()))
        .collect();
    let mut looked_from: BTreeMap<&TopicPartition, i64> = bounds
        .iter()
        .map(|(partition, &(_, end))| (partition, end))
        .collect();
    let mut span = i64::try_from(count).unwrap_or(i64::MAX).max(1);
    loop {
        let mut complete = true;
        for (partition, to) in &mut looked_from {
            let Some(&(earliest, _)) = bounds.get(partition) else {
                continue;
            };
            let enough = found
                .get(partition)
                .is_some_and(|offsets| offsets.len() >= count);
            if enough || *to <= earliest {
                continue;
            }
            complete = false;
            let from = to.saturating_sub(span).max(earliest);
            let partition = (*partition).clone();
            reader.add(ReadRange {
                partition,
                start: from,
                end: Some(*to),
            });
            *to = from;
        }
        if complete {
            break;
        }
        let mut tally = Tally {
            keep,
            count,
            offsets: HashMap::new(),
        };
        drive(&mut reader, &mut tally, &mut (), cancel)?;
        let tally = tally.offsets;
        for (partition, mut newer) in tally {
            let Some(older) = found.get_mut(&partition) else {
                continue;
            };
            newer.append(older);
            let surplus = newer.len().saturating_sub(count);
            newer.drain(..surplus);
            *older = newer;
        }
        if cancel.is_raised() {
            break;
        }
        span = span.saturating_mul(STRIDE);
    }
    Ok(found
        .into_iter()
        .map(|(partition, offsets)| {
            let end = bounds.get(&partition).map_or(0, |&(_, end)| end);
            let start = offsets.front().copied().unwrap_or(end);
            (
                partition,
                LastStart {
                    start,
                    found: offsets.len(),
                },
            )
        })
        .collect())
}

/// Remembers the last offsets of each partition.
struct Tally<'k> {
    keep: &'k mut dyn FnMut(&Record<'_>) -> bool,
    count: usize,
    offsets: HashMap<TopicPartition, VecDeque<i64>>,
}

impl Sink for Tally<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        if !(self.keep)(record) {
            return Ok(Flow::Continue);
        }
        let known = self
            .offsets
            .iter_mut()
            .find(|(at, _)| at.partition == record.partition && *at.topic == *record.topic);
        let offsets = match known {
            Some((_, offsets)) => offsets,
            None => self
                .offsets
                .entry(TopicPartition::new(record.topic, record.partition))
                .or_default(),
        };
        offsets.push_back(record.offset);
        if offsets.len() > self.count {
            offsets.pop_front();
        }
        Ok(Flow::Continue)
    }
}
