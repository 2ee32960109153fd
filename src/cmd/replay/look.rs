//! What the records of the source are like: a few of each partition, or all of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::trial::Trial;
use crate::{
    event::{Record, Timestamp, TopicPartition},
    filter::Filter,
    kafka::{
        Isolation,
        wire::{Client, OffsetQuestion, OffsetSpec, ReadOptions, ReadOrder, ReadRange, Reader},
    },
    pipeline::{Cancel, Fault, Flow, Sink, Watch, drive},
    replay::{
        Estimate, EventTime, PartitionRange, Plan, Poison, PoisonKind, Sample, believable,
        find_poison,
    },
    select::Window,
};

/// In how many places of a partition is looked.
const PLACES: i64 = 6;
/// How many offsets in each.
const SPAN: i64 = 50;
/// How many wrong timestamps are remembered of a partition.
const POISON: usize = 10;

/// What is known of a partition's records.
#[derive(Clone, Debug, Default)]
pub(super) struct Looked {
    pub(super) estimate: Estimate,
    pub(super) poison: Vec<Poison>,
    /// A record without a key that would be written.
    pub(super) null_key: Option<i64>,
    /// The largest record that would be written: its offset, and its bytes with the marks.
    pub(super) largest: Option<(i64, u64)>,
    /// The smallest and the largest record timestamp of those that would be written.
    pub(super) stamps: Option<(i64, i64)>,
    /// The one with the largest timestamp: its offset and time.
    pub(super) newest: Option<(i64, i64)>,
    /// Records that would be written although they have no timestamp, or one that librdkafka cannot
    /// write, which is 0.
    pub(super) unstamped: u64,
    /// Records without the time that --by-time names.
    pub(super) timeless: u64,
    samples: Vec<Sample>,
}

/// What decides whether a record would be written.
pub(super) struct Judge<'a> {
    pub(super) window: Window,
    pub(super) event_time: &'a mut EventTime,
    pub(super) filter: &'a mut Filter,
    /// What else is tried on those that would be.
    pub(super) trial: &'a mut Trial,
    pub(super) now: i64,
}

/// What was seen of each partition.
pub(super) type Looks = BTreeMap<TopicPartition, Looked>;

/// Looks at some records of each range: at its beginning, at its end and in between.
///
/// # Errors
/// What broke the reading.
pub(super) fn sample(
    client: &mut Client,
    ranges: &[PartitionRange],
    options: &ReadOptions,
    judge: &mut Judge<'_>,
    cancel: &Cancel,
) -> Result<Looks, Fault> {
    let mut sight = Sight::new(judge, true);
    let mut reader = Reader::new(client, Vec::new(), arrival(options));
    for place in 0..PLACES {
        for range in ranges.iter().filter(|range| range.start < range.end) {
            if let Some((start, end)) = span(range, place) {
                reader.add(ReadRange {
                    partition: range.at(),
                    start,
                    end: Some(end),
                });
            }
        }
        drive(&mut reader, &mut sight, &mut (), cancel)?;
    }
    let mut looks = sight.looks;
    for range in ranges {
        let looked = looks.entry(range.at()).or_default();
        let samples = std::mem::take(&mut looked.samples);
        let stamps: Vec<(i64, i64)> = samples
            .iter()
            .map(|one| (one.offset, one.timestamp))
            .collect();
        looked.poison = find_poison(&stamps, judge.now);
        looked.poison.truncate(POISON);
        let spans: Vec<_> = (0..PLACES).filter_map(|place| span(range, place)).collect();
        let range = (range.start, range.end);
        looked.estimate = Estimate::of(&samples, &spans, range, &believable(judge.now));
    }
    Ok(looks)
}

/// Looks at every record of each range.
///
/// # Errors
/// What broke the reading.
pub(super) fn all(
    client: &mut Client,
    ranges: &[PartitionRange],
    options: &ReadOptions,
    judge: &mut Judge<'_>,
    watch: &mut dyn Watch,
    cancel: &Cancel,
) -> Result<Looks, Fault> {
    let reads = ranges.iter().map(|range| ReadRange {
        partition: range.at(),
        start: range.start,
        end: Some(range.end),
    });
    let mut sight = Sight::new(judge, false);
    let mut reader = Reader::new(client, reads.collect(), arrival(options));
    drive(&mut reader, &mut sight, watch, cancel)?;
    let mut looks = sight.looks;
    for range in ranges {
        let looked = looks.entry(range.at()).or_default();
        looked.estimate.offsets = range.end.abs_diff(range.start);
        looked.estimate.looked_at = looked.estimate.offsets;
    }
    Ok(looks)
}

fn arrival(options: &ReadOptions) -> ReadOptions {
    ReadOptions {
        order: ReadOrder::Arrival,
        ..options.clone()
    }
}

/// The offsets of a range that the look at `place` is for; `None` when it is too short for so many
/// looks.
fn span(range: &PartitionRange, place: i64) -> Option<(i64, i64)> {
    let length = range.end - range.start;
    if length <= PLACES * SPAN {
        let start = range.start + place * SPAN;
        return (start < range.end).then_some((start, (start + SPAN).min(range.end)));
    }
    let start = range.start + (length - SPAN) / (PLACES - 1) * place;
    let start = if place == PLACES - 1 {
        range.end - SPAN
    } else {
        start
    };
    Some((start, start + SPAN))
}

/// Takes what is seen.
pub(super) struct Sight<'j, 'a> {
    judge: &'j mut Judge<'a>,
    looks: Looks,
    /// Whether each record is kept for an estimate, or only counted.
    sampling: bool,
    /// The latest believable timestamp of each partition.
    latest: BTreeMap<TopicPartition, i64>,
    /// The last one that was looked at: runs of records of one partition are the rule.
    at: TopicPartition,
    /// The topics of what was seen, with the highest partition.
    pub(super) topics: BTreeMap<Arc<str>, i32>,
    pub(super) records: u64,
}

impl<'j, 'a> Sight<'j, 'a> {
    pub(super) fn new(judge: &'j mut Judge<'a>, sampling: bool) -> Self {
        Self {
            judge,
            looks: Looks::new(),
            sampling,
            latest: BTreeMap::new(),
            at: TopicPartition::new("", i32::MIN),
            topics: BTreeMap::new(),
            records: 0,
        }
    }

    /// What was seen of each partition.
    pub(super) fn looks(self) -> Looks {
        self.looks
    }
}

impl Looked {
    /// This one and the other together.
    pub(super) fn add(&mut self, other: &Self) {
        self.estimate = self.estimate.and(other.estimate);
        let room = POISON.saturating_sub(self.poison.len());
        self.poison.extend(other.poison.iter().take(room).copied());
        self.null_key = self.null_key.or(other.null_key);
        self.largest = self.largest.max_by_bytes(other.largest);
        self.stamps = widest(self.stamps, other.stamps);
        self.newest = later(self.newest, other.newest);
        self.unstamped += other.unstamped;
        self.timeless += other.timeless;
    }
}

impl Looked {
    /// What was seen of the newest record alone, which the samples need not have met.
    pub(super) fn see_newest(&mut self, seen: &Self) {
        self.stamps = widest(self.stamps, seen.stamps);
        self.newest = later(self.newest, seen.newest);
        for poison in &seen.poison {
            if self
                .poison
                .iter()
                .all(|known| known.offset != poison.offset)
            {
                self.poison.push(*poison);
            }
        }
    }
}

/// The larger of two records.
trait ByBytes {
    fn max_by_bytes(self, other: Self) -> Self;
}

impl ByBytes for Option<(i64, u64)> {
    fn max_by_bytes(self, other: Self) -> Self {
        [self, other]
            .into_iter()
            .flatten()
            .max_by_key(|(_, bytes)| *bytes)
    }
}

/// The span that covers both.
pub(super) fn widest(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
        (one, other) => one.or(other),
    }
}

/// The later of two records: offset and time each; the first of those of one time.
fn later(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
    match (one, other) {
        (Some(one), Some(other)) => Some(if other.1 > one.1 { other } else { one }),
        (one, other) => one.or(other),
    }
}

impl Sink for Sight<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        if self.at.partition != record.partition || *self.at.topic != *record.topic {
            self.at = TopicPartition::new(record.topic, record.partition);
            let highest = self.topics.entry(self.at.topic.clone()).or_insert(-1);
            *highest = (*highest).max(record.partition);
        }
        self.records += 1;
        let believable = believable(self.judge.now);
        let time = self.judge.event_time.of(record);
        let by_event = !self.judge.event_time.is_records();
        self.judge.trial.see(time.is_some());
        let inside = match time {
            None if by_event => false,
            _ => self.judge.window.contains(time.unwrap_or(-1)),
        };
        let kept = inside && self.judge.filter.keep(record);
        let latest = self.latest.entry(self.at.clone()).or_insert(i64::MIN);
        let looked = self.looks.entry(self.at.clone()).or_default();
        looked.timeless += u64::from(by_event && time.is_none());
        let bytes = self.judge.trial.size(record);
        let sample = Sample {
            offset: record.offset,
            timestamp: time.unwrap_or(-1),
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
            null_key: record.key.is_none(),
            kept,
        };
        if self.sampling {
            looked.samples.push(sample);
        } else {
            looked.estimate.count(&sample, latest, &believable);
            if record.timestamp != -1
                && !believable.contains(record.timestamp)
                && looked.poison.len() < POISON
            {
                let future = record.timestamp > self.judge.now;
                looked.poison.push(Poison {
                    offset: record.offset,
                    timestamp: record.timestamp,
                    kind: if future {
                        PoisonKind::Future
                    } else {
                        PoisonKind::Ancient
                    },
                });
            }
        }
        if kept {
            self.judge.trial.take(record);
            if record.key.is_none() {
                looked.null_key.get_or_insert(record.offset);
            }
            looked.largest = looked.largest.max_by_bytes(Some((record.offset, bytes)));
            looked.unstamped += u64::from(matches!(record.timestamp, -1 | 0));
            if record.timestamp != -1 {
                let stamp = record.timestamp;
                looked.stamps = widest(looked.stamps, Some((stamp, stamp)));
                looked.newest = later(looked.newest, Some((record.offset, stamp)));
            }
        }
        Ok(Flow::Continue)
    }
}

/// Why there is nothing to replay, from what the topics hold.
pub(super) fn why_empty(client: &mut Client, plan: &Plan) -> Vec<String> {
    let partitions: Vec<TopicPartition> = plan.ranges.iter().map(PartitionRange::at).collect();
    let Ok(leaders) = client.find_leaders(partitions.iter()) else {
        return Vec::new();
    };
    let ask = |spec| OffsetQuestion {
        isolation: Isolation::Committed,
        partitions: partitions.iter().map(|at| (at, spec)).collect(),
    };
    let questions = [ask(OffsetSpec::AtOrAfter(0)), ask(OffsetSpec::MaxTimestamp)];
    let found = client.find_places(|at| leaders.get(at).map(|(leader, _)| *leader), &questions);
    let time = |index: usize, topic: &Arc<str>| {
        let places = found.items.get(index).into_iter().flatten();
        places
            .filter(|(at, _)| at.topic == *topic)
            .filter_map(|(_, place)| place.as_ref().ok().copied().flatten()?.timestamp)
            .collect::<Vec<i64>>()
    };
    let each = topics_of(&plan.ranges).into_iter().map(|topic| {
        let first = time(0, &topic).into_iter().min();
        let last = time(1, &topic).into_iter().max();
        match (first, last) {
            (Some(first), Some(last)) => format!(
                "topic {topic:?} has records from {} to {}",
                Timestamp(first),
                Timestamp(last)
            ),
            _ => format!("topic {topic:?} has no records"),
        }
    });
    each.collect()
}

/// The topics of some ranges.
pub(super) fn topics_of(ranges: &[PartitionRange]) -> BTreeSet<Arc<str>> {
    ranges.iter().map(|range| range.topic.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: i64, end: i64) -> PartitionRange {
        PartitionRange {
            topic: Arc::from("t"),
            partition: 0,
            start,
            end,
        }
    }

    #[test]
    fn a_short_lane_is_looked_at_whole_and_a_long_one_from_end_to_end() {
        let spans = |range: &PartitionRange| -> Vec<_> {
            (0..PLACES).filter_map(|place| span(range, place)).collect()
        };
        assert_eq!(spans(&range(7, 20)), [(7, 20)]);
        assert_eq!(spans(&range(0, 120)), [(0, 50), (50, 100), (100, 120)]);
        let long = spans(&range(1_000, 101_000));
        assert_eq!(long.len(), 6);
        assert_eq!(long[0], (1_000, 1_050));
        assert_eq!(long[5], (100_950, 101_000));
        assert!(long.windows(2).all(|two| two[0].1 <= two[1].0));
        assert_eq!(spans(&range(0, 301)).len(), 6);
    }
}
