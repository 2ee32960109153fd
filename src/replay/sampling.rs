//! What the records of the source are like: a few of each partition, or all of them.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Estimate, EventTime, OptionTrial, PartitionRange, Poison, PoisonKind, Sample, believable,
    find_poison,
};
use crate::{
    event::{Record, TopicPartition},
    filter::Filter,
    select::Window,
};

/// In how many places of a partition records are sampled.
pub const PLACES: i64 = 6;
/// How many offsets in each place.
const SPAN: i64 = 50;
/// How many wrong timestamps are remembered of a partition.
const POISON: usize = 10;

/// What is known of a partition's records.
#[derive(Clone, Debug, Default)]
pub struct PartitionSample {
    /// How many records would be written, of which size and time.
    pub estimate: Estimate,
    /// Timestamps that cannot be true, the first ones.
    pub poison: Vec<Poison>,
    /// The offset of a record without a key that would be written.
    pub null_key: Option<i64>,
    /// The largest record that would be written: its offset, and its bytes with the marks.
    pub largest: Option<(i64, u64)>,
    /// The smallest and the largest record timestamp of those that would be written.
    pub stamps: Option<(i64, i64)>,
    /// The one with the largest timestamp: its offset and time.
    pub newest: Option<(i64, i64)>,
    /// Records that would be written although they have no timestamp, or one that librdkafka cannot
    /// write, which is 0.
    pub unstamped: u64,
    /// Records without the time that `--by-time` names.
    pub timeless: u64,
    samples: Vec<Sample>,
}

/// What decides whether a record would be written.
pub struct SamplingRules<'a> {
    /// The times that are replayed.
    pub window: Window,
    /// Which time decides.
    pub event_time: &'a mut EventTime,
    /// What else decides.
    pub filter: &'a mut Filter,
    /// The options that are tried on records that would be written.
    pub trial: &'a mut OptionTrial,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// What is known of each partition.
pub type Samples = BTreeMap<TopicPartition, PartitionSample>;

/// Collects what is known of each partition, record by record.
pub struct SampleCollector<'j, 'a> {
    rules: &'j mut SamplingRules<'a>,
    samples: Samples,
    /// Whether each record is kept for an estimate, or only counted.
    sampling: bool,
    /// The latest believable timestamp of each partition.
    latest: BTreeMap<TopicPartition, i64>,
    /// The partition of the last record: runs of records of one partition are the rule.
    at: TopicPartition,
    /// The topics of the records, with the highest partition.
    topics: BTreeMap<Arc<str>, i32>,
}

impl<'j, 'a> SampleCollector<'j, 'a> {
    /// For some records of each partition with `sampling`, else for all of them.
    pub fn new(rules: &'j mut SamplingRules<'a>, sampling: bool) -> Self {
        Self {
            rules,
            samples: Samples::new(),
            sampling,
            latest: BTreeMap::new(),
            at: TopicPartition::new("", i32::MIN),
            topics: BTreeMap::new(),
        }
    }

    /// The topics of the records, each with as many partitions as have to be there.
    pub fn topics(&self) -> impl Iterator<Item = (Arc<str>, i32)> {
        let each = self.topics.iter();
        each.map(|(topic, highest)| (topic.clone(), highest + 1))
    }

    /// What is known of all partitions together, of which every record was collected.
    #[must_use]
    pub fn together(&self) -> PartitionSample {
        together(&self.samples)
    }

    /// What is known of `ranges`, of which every record was collected.
    #[must_use]
    pub fn of_all(self, ranges: &[PartitionRange]) -> Samples {
        let mut samples = self.samples;
        for range in ranges {
            let sample = samples.entry(range.at()).or_default();
            sample.estimate.offsets = range.end.abs_diff(range.start);
            sample.estimate.looked_at = sample.estimate.offsets;
        }
        samples
    }

    /// What the records at [`sampled_span`] tell of `ranges`.
    #[must_use]
    pub fn of_some(self, ranges: &[PartitionRange]) -> Samples {
        let now = self.rules.now;
        let mut samples = self.samples;
        for range in ranges {
            let sample = samples.entry(range.at()).or_default();
            let records = std::mem::take(&mut sample.samples);
            let stamps: Vec<(i64, i64)> = records
                .iter()
                .map(|one| (one.offset, one.timestamp))
                .collect();
            sample.poison = find_poison(&stamps, now);
            sample.poison.truncate(POISON);
            let spans: Vec<_> = (0..PLACES)
                .filter_map(|place| sampled_span(range, place))
                .collect();
            let range = (range.start, range.end);
            sample.estimate = Estimate::of(&records, &spans, range, &believable(now));
        }
        samples
    }

    /// Takes a record.
    pub fn collect(&mut self, record: &Record<'_>) {
        if self.at.partition != record.partition || *self.at.topic != *record.topic {
            self.at = TopicPartition::new(record.topic, record.partition);
            let highest = self.topics.entry(self.at.topic.clone()).or_insert(-1);
            *highest = (*highest).max(record.partition);
        }
        let believable = believable(self.rules.now);
        let event = self.rules.trial.decoder.event(record);
        let time = self.rules.event_time.of(&event);
        let by_event = !self.rules.event_time.is_records();
        self.rules.trial.see(time.is_some());
        let inside = match time {
            None if by_event => false,
            _ => self.rules.window.contains(time.unwrap_or(-1)),
        };
        let kept = inside && self.rules.filter.keep(&event);
        let latest = self.latest.entry(self.at.clone()).or_insert(i64::MIN);
        let sample = self.samples.entry(self.at.clone()).or_default();
        sample.timeless += u64::from(by_event && time.is_none());
        let bytes = self.rules.trial.size(record);
        let one = Sample {
            offset: record.offset,
            timestamp: time.unwrap_or(-1),
            bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
            null_key: record.key.is_none(),
            kept,
        };
        if self.sampling {
            sample.samples.push(one);
        } else {
            sample.estimate.count(&one, latest, &believable);
            if record.timestamp != -1
                && !believable.contains(record.timestamp)
                && sample.poison.len() < POISON
            {
                let future = record.timestamp > self.rules.now;
                sample.poison.push(Poison {
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
            self.rules.trial.take(&event);
            if record.key.is_none() {
                sample.null_key.get_or_insert(record.offset);
            }
            sample.largest = sample.largest.max_by_bytes(Some((record.offset, bytes)));
            sample.unstamped += u64::from(matches!(record.timestamp, -1 | 0));
            if record.timestamp != -1 {
                let stamp = record.timestamp;
                sample.stamps = widest(sample.stamps, Some((stamp, stamp)));
                sample.newest = later(sample.newest, Some((record.offset, stamp)));
            }
        }
    }
}

/// What is known of all partitions together.
#[must_use]
pub fn together(samples: &Samples) -> PartitionSample {
    let mut all = PartitionSample::default();
    for sample in samples.values() {
        all.add(sample);
    }
    all
}

/// The offsets of a range that are sampled at `place`, below [`PLACES`]; `None` when the range is too
/// short for so many places.
#[must_use]
pub fn sampled_span(range: &PartitionRange, place: i64) -> Option<(i64, i64)> {
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

impl PartitionSample {
    /// Adds what is known of another partition.
    pub fn add(&mut self, other: &Self) {
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

    /// Adds what is known of the newest record alone, which the samples may have missed.
    pub fn see_newest(&mut self, seen: &Self) {
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
#[must_use]
pub fn widest(one: Option<(i64, i64)>, other: Option<(i64, i64)>) -> Option<(i64, i64)> {
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
    fn a_short_range_is_sampled_whole_and_a_long_one_from_end_to_end() {
        let spans = |range: &PartitionRange| -> Vec<_> {
            (0..PLACES)
                .filter_map(|place| sampled_span(range, place))
                .collect()
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
