//! Questions by timestamp that a plan rests on: where a window ends, what is newest, and what a
//! target would delete.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use crate::{
    event::TopicPartition,
    kafka::{
        Isolation,
        admin::{Detail, RecordTimes},
        wire::{Client, OffsetQuestion, OffsetSpec, ReadOptions},
    },
    pipeline::{Cancel, Fault},
    replay::{AHEAD_MS, PartitionRange, Plan, Reach, SamplingRules, TargetFacts},
};

use super::sampler::sample_some;

/// Offsets behind the index's answer that are sampled before it is believed.
const BEHIND: i64 = 50;

/// The times of a topic's records.
pub struct TopicSpan {
    /// The topic.
    pub topic: Arc<str>,
    /// The times of the first and the last record; `None` when there are none.
    pub span: Option<(i64, i64)>,
}

/// The times of the records of each topic of `plan`; empty when the cluster cannot be asked.
pub fn topic_spans(client: &mut Client, plan: &Plan) -> Vec<TopicSpan> {
    let partitions: Vec<TopicPartition> = plan.ranges.iter().map(PartitionRange::at).collect();
    if client.find_leaders(partitions.iter()).is_err() {
        return Vec::new();
    }
    let isolation = Isolation::Committed;
    let details = [
        Detail::FirstRecord(isolation),
        Detail::LastRecord(isolation),
    ];
    let found = client.watermarks(&partitions, &details);
    let records = |topic: &Arc<str>| -> Vec<RecordTimes> {
        let of_topic = found.items.iter().filter(|(at, _)| at.topic == *topic);
        of_topic
            .filter_map(|(_, watermarks)| watermarks.as_ref().ok()?.records.as_ref().ok().copied())
            .collect()
    };
    let topics: BTreeSet<Arc<str>> = plan
        .ranges
        .iter()
        .map(|range| range.topic.clone())
        .collect();
    let each = topics.into_iter().map(|topic| {
        let records = records(&topic);
        let first = (records
            .iter()
            .filter_map(|records| records.first?.timestamp))
        .min();
        let last = (records.iter().filter_map(|records| records.last?.timestamp)).max();
        TopicSpan {
            topic,
            span: first.zip(last),
        }
    });
    each.collect()
}

/// The newest record of each range that has one after `until`, as a range of its own: samples may
/// have missed it. Partitions that cannot be asked have none.
pub(super) fn newest_records(
    client: &mut Client,
    ranges: &[PartitionRange],
    until: i64,
) -> Vec<PartitionRange> {
    let partitions: Vec<TopicPartition> = ranges.iter().map(PartitionRange::at).collect();
    let found = client.watermarks(&partitions, &[Detail::LastRecord(Isolation::Committed)]);
    let newest = ranges.iter().filter_map(|range| {
        let watermarks = found.items.get(&range.at())?.as_ref().ok()?;
        let place = watermarks.records.as_ref().ok()?.last?;
        let inside = (range.start..range.end).contains(&place.offset);
        (inside && place.timestamp? > until).then(|| PartitionRange {
            start: place.offset,
            end: place.offset + 1,
            ..range.clone()
        })
    });
    newest.collect()
}

/// Ends ranges at the first record that is later than the window by more than the lateness: behind it
/// no sample is taken any more. An answer of the index is not believed, and the range read to its
/// end, when it names a record of the future, or when records of the window stand behind it.
pub(super) fn cut_ends(
    client: &mut Client,
    ranges: &mut [PartitionRange],
    reaches: &[(Arc<str>, Reach)],
    to: i64,
    options: &ReadOptions,
    rules: &mut SamplingRules<'_>,
    cancel: &Cancel,
) -> Result<(), Fault> {
    // No index tells where times before 1970 end.
    let until: HashMap<&Arc<str>, i64> = (reaches.iter())
        .filter_map(|(topic, reach)| Some((topic, reach.until(to).filter(|ms| *ms >= 0)?)))
        .collect();
    let asked: Vec<(TopicPartition, OffsetSpec)> = (ranges.iter())
        .filter_map(|range| {
            let until = until.get(&range.topic)?;
            (range.start < range.end).then(|| (range.at(), OffsetSpec::AtOrAfter(*until)))
        })
        .collect();
    client.find_leaders(asked.iter().map(|(at, _)| at))?;
    let question = OffsetQuestion {
        isolation: options.isolation,
        partitions: asked.iter().map(|(at, spec)| (at, *spec)).collect(),
    };
    let found = client.list_offsets(&[question]);
    let mut ends = BTreeMap::new();
    for places in found.items {
        for (at, place) in places {
            let Ok(Some(place)) = place else { continue };
            let future = place
                .timestamp
                .is_some_and(|ms| ms > rules.now.saturating_add(AHEAD_MS));
            if !future {
                ends.insert(at, place.offset);
            }
        }
    }
    let behind: Vec<PartitionRange> = (ranges.iter())
        .filter_map(|range| {
            let end = *ends.get(&range.at())?;
            (end < range.end).then(|| PartitionRange {
                start: end.max(range.start),
                end: (end + BEHIND).min(range.end),
                ..range.clone()
            })
        })
        .collect();
    let mut doubtful = sample_some(client, &behind, options, rules, cancel)?;
    let far: Vec<PartitionRange> = (ranges.iter())
        .filter_map(|range| {
            let end = *ends.get(&range.at())?;
            (end + BEHIND < range.end).then(|| PartitionRange {
                start: end + BEHIND,
                ..range.clone()
            })
        })
        .collect();
    for (at, sample) in sample_some(client, &far, options, rules, cancel)? {
        doubtful.entry(at).or_default().add(&sample);
    }
    for range in ranges {
        let in_window = doubtful
            .get(&range.at())
            .is_some_and(|sample| sample.estimate.records > 0);
        if let Some(end) = ends.get(&range.at()).filter(|_| !in_window) {
            range.end = range.end.min((*end).max(range.start));
        }
    }
    Ok(())
}

/// How many records of the plan are older than their target keeps, of which `oldest` is the oldest
/// timestamp. Partitions that cannot be asked have none.
pub(super) fn expired_records(
    client: &mut Client,
    plan: &Plan,
    targets: &[TargetFacts],
    oldest: i64,
    now: i64,
) -> u64 {
    let mut partitions = Vec::new();
    for route in &plan.routes {
        let target = targets.iter().find(|target| target.name == route.target);
        let Some(kept) = target.and_then(TargetFacts::kept) else {
            continue;
        };
        let until = now.saturating_sub(kept);
        if oldest >= until {
            continue;
        }
        for range in plan
            .ranges
            .iter()
            .filter(|range| range.topic == route.source)
        {
            partitions.push((range.at(), OffsetSpec::AtOrAfter(until), range));
        }
    }
    if partitions.is_empty() {
        return 0;
    }
    if (client.find_leaders(partitions.iter().map(|(at, ..)| at))).is_err() {
        return 0;
    }
    let question = OffsetQuestion {
        isolation: Isolation::Committed,
        partitions: partitions.iter().map(|(at, spec, _)| (at, *spec)).collect(),
    };
    let found = client.list_offsets(&[question]);
    let places = found.items.into_iter().next().unwrap_or_default();
    let before =
        |(at, _, range): &(TopicPartition, OffsetSpec, &PartitionRange)| match places.get(at) {
            Some(Ok(Some(place))) => (place.offset.min(range.end) - range.start).max(0),
            Some(Ok(None)) => range.end - range.start,
            _ => 0,
        };
    partitions.iter().map(before).sum::<i64>().cast_unsigned()
}
