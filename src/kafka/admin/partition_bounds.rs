//! The bounds of partitions, each with its own error.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    event::TopicPartition,
    kafka::{
        admin::{Detail, NoWatermarks},
        wire::{Cause, Client, TopicMetadata, WireError},
    },
    offsets::{Bounds, PartitionError, PartitionErrorKind},
};

/// `LEADER_NOT_AVAILABLE` of Kafka's `Errors.java`.
const NO_LEADER: i16 = 5;

/// The offsets of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionBounds {
    /// The broker that leads it.
    pub leader: i32,
    /// Its offsets.
    pub bounds: Bounds,
    /// The first offset at the time asked for or later; `None` when there is none, or not asked.
    pub late: Option<i64>,
}

/// The bounds of each partition, or why they are not known.
pub type BoundsByPartition = BTreeMap<TopicPartition, Result<PartitionBounds, PartitionError>>;

/// The bounds of `partitions`, and the first offset of each at `time` (ms) or later, in one round of
/// requests to the leaders.
///
/// # Errors
/// No broker answered.
pub fn partition_bounds(
    client: &mut Client,
    partitions: &BTreeSet<TopicPartition>,
    time: Option<i64>,
) -> Result<BoundsByPartition, WireError> {
    let isolation = client.settings().isolation;
    let leaders = leaders(client, partitions)?;
    let mut details = vec![Detail::Start, Detail::end_for(isolation), Detail::End];
    details.extend(time.map(|ms| Detail::AtOrAfter(ms, isolation)));
    let led: Vec<TopicPartition> = (leaders.iter())
        .filter(|(_, leader)| leader.is_ok())
        .map(|(at, _)| at.clone())
        .collect();
    let mut found = client.watermarks(&led, &details).items;
    Ok(leaders
        .into_iter()
        .map(|(at, leader)| {
            let watermarks = found.remove(&at).unwrap_or(Err(NoWatermarks::LeftOut));
            let place = leader.and_then(|leader| {
                let watermarks = watermarks.map_err(PartitionError::from)?;
                let records = watermarks.records.as_ref().map_err(PartitionError::from)?;
                Ok(PartitionBounds {
                    leader,
                    bounds: Bounds {
                        earliest: watermarks.start.unwrap_or(0),
                        latest: watermarks.end_for(isolation).unwrap_or(0),
                        end: watermarks.end.unwrap_or(0),
                    },
                    late: records.at_or_after.map(|place| place.offset),
                })
            });
            (at, place)
        })
        .collect())
}

/// The leader of each partition, or why there is none.
fn leaders(
    client: &mut Client,
    partitions: &BTreeSet<TopicPartition>,
) -> Result<BTreeMap<TopicPartition, Result<i32, PartitionError>>, WireError> {
    let topics: BTreeSet<&str> = partitions.iter().map(|at| &*at.topic).collect();
    let topics: Vec<&str> = topics.into_iter().collect();
    let found = if topics.is_empty() {
        Vec::new()
    } else {
        client.metadata_now(&topics)?
    };
    let topics: BTreeMap<&str, &TopicMetadata> =
        found.iter().map(|topic| (&*topic.name, topic)).collect();
    let leader = |at: &TopicPartition| {
        let topic = topics.get(&*at.topic);
        if let Some(cause) = topic.and_then(|topic| topic.error.as_ref()) {
            return Err(PartitionError::from(cause));
        }
        let known = topic.into_iter().flat_map(|topic| &topic.partitions);
        match known.clone().find(|known| known.partition == at.partition) {
            None => Err(PartitionError {
                kind: PartitionErrorKind::NotFound,
                text: format!("the topic has no partition {}", at.partition),
            }),
            Some(known) => known.leader.ok_or_else(|| PartitionError {
                kind: PartitionErrorKind::Unreachable,
                text: Cause::of_code(NO_LEADER, &at.to_string())
                    .map_or_else(String::new, |cause| cause.to_string()),
            }),
        }
    };
    Ok(partitions
        .iter()
        .map(|at| (at.clone(), leader(at)))
        .collect())
}
