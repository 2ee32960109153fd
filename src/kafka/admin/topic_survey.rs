//! Topics as requests describe them: offsets, timestamps of the first and last record, sizes on disk,
//! configuration; small partitions are counted by reading them.

use std::{collections::HashMap, mem::take, sync::Arc, thread, time::Duration};

use super::{Detail, NoWatermarks, record_counts};
use crate::{
    event::TopicPartition,
    kafka::{
        Isolation,
        wire::{Cause, Client, LogSizes, PartitionMetadata, TopicMetadata, Unanswered, WireError},
    },
    pipeline::Cancel,
    topics::{PartitionSurvey, TopicSurvey},
};

/// From this many topics on, sizes are asked for all topics: that request is short.
const MANY: usize = 100;

/// How often metadata are asked again for a partition that has no leader, or that its leader does
/// not know.
const ATTEMPTS: usize = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// What is asked beside start and end.
#[derive(Clone, Copy, Debug, Default)]
pub struct Depth<'k> {
    /// The last stable offset, too.
    pub stable_ends: bool,
    /// The timestamps of the first and last record, too.
    pub times: bool,
    /// Sizes on disk, too.
    pub sizes: bool,
    /// The records of small partitions, too, counted by reading them; needs `stable_ends` and
    /// `sizes`.
    pub counts: bool,
    /// These keys of the configuration, too, or all of it.
    pub config: Option<Option<&'k [&'k str]>>,
}

/// What was found, and what is missing.
#[derive(Debug)]
pub struct Survey {
    /// The topics, in the order asked for.
    pub topics: Vec<TopicSurvey>,
    /// What could not be asked of all topics or brokers.
    pub missing: Vec<Missing>,
}

/// Something that is not known everywhere.
#[derive(Debug)]
pub struct Missing {
    /// What it is, in the plural: `sizes on disk`.
    pub what: &'static str,
    /// Why; at least one.
    pub causes: Vec<Cause>,
}

impl Missing {
    /// Whether nothing but a right is missing.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.causes.iter().all(is_refusal)
    }

    /// The first cause that is no missing right, else the first one.
    #[must_use]
    pub fn cause(&self) -> Option<&Cause> {
        let mut others = self.causes.iter().filter(|cause| !is_refusal(cause));
        others.next().or(self.causes.first())
    }
}

impl Survey {
    /// Whether something is missing that should be there. A missing right is no failure.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.topics.iter().any(|topic| topic.problem().is_some())
            || self.missing.iter().any(|missing| !missing.is_refused())
    }

    fn miss(&mut self, what: &'static str, causes: Vec<Cause>) {
        if !causes.is_empty() {
            self.missing.push(Missing { what, causes });
        }
    }
}

fn is_refusal(cause: &Cause) -> bool {
    matches!(cause, Cause::NotAuthorized { .. })
}

/// Asks about `topics` as deeply as `depth` says. `in_time` is asked after each round of requests
/// whether to continue.
///
/// # Errors
/// No broker answers, or `in_time` fails.
pub fn survey<E: From<WireError>>(
    client: &mut Client,
    topics: Vec<TopicMetadata>,
    depth: Depth<'_>,
    cancel: &Cancel,
    in_time: impl Fn() -> Result<(), E>,
) -> Result<Survey, E> {
    let mut found = Survey {
        topics: topics.into_iter().map(unasked).collect(),
        missing: Vec::new(),
    };
    ask_ends(client, &mut found.topics, depth, |_| true);
    in_time()?;
    for _ in 0..ATTEMPTS {
        if !settle(client, &mut found.topics)? {
            break;
        }
        ask_ends(client, &mut found.topics, depth, |partition| {
            partition.unsettled
        });
        in_time()?;
    }
    if depth.times {
        ask_times(client, &mut found.topics);
        // One that was deleted meanwhile is told from one whose leader moved.
        settle(client, &mut found.topics)?;
        in_time()?;
    }
    if let Some(keys) = depth.config {
        let missing = ask_config(client, &mut found.topics, keys);
        found.miss("configurations", missing);
    }
    if depth.sizes {
        let missing = ask_sizes(client, &mut found.topics);
        found.miss("sizes on disk", missing);
    }
    if depth.counts {
        record_counts::count(client, &mut found.topics, cancel);
        found.topics.iter_mut().for_each(TopicSurvey::take_times);
    }
    in_time()?;
    Ok(found)
}

/// A topic of which nothing but metadata is known.
fn unasked(topic: TopicMetadata) -> TopicSurvey {
    let partitions = topic.partitions.into_iter().map(|meta| PartitionSurvey {
        error: meta.leader.is_none().then(|| "no leader".to_owned()),
        unsettled: meta.leader.is_none(),
        ..with_metadata(PartitionSurvey::default(), &meta)
    });
    TopicSurvey {
        name: topic.name,
        id: topic.id,
        internal: topic.internal,
        partitions: partitions.collect(),
        config: None,
        gone: false,
        error: topic.error.map(|cause| cause.to_string()),
    }
}

fn with_metadata(partition: PartitionSurvey, meta: &PartitionMetadata) -> PartitionSurvey {
    PartitionSurvey {
        partition: meta.partition,
        leader: meta.leader,
        leader_epoch: Some(meta.leader_epoch).filter(|epoch| *epoch >= 0),
        replicas: meta.replicas.clone(),
        in_sync: meta.in_sync.clone(),
        offline: meta.offline.clone(),
        ..partition
    }
}

/// Asks for the leaders of unsettled partitions again; false when there are none.
fn settle(client: &mut Client, topics: &mut [TopicSurvey]) -> Result<bool, WireError> {
    let unsettled: Vec<Arc<str>> = topics
        .iter()
        .filter(|topic| topic.partitions.iter().any(|partition| partition.unsettled))
        .map(|topic| topic.name.clone())
        .collect();
    if unsettled.is_empty() {
        return Ok(false);
    }
    thread::sleep(PAUSE);
    let names: Vec<&str> = unsettled.iter().map(|name| &**name).collect();
    let mut now: HashMap<Arc<str>, TopicMetadata> = client
        .metadata_now(&names)?
        .into_iter()
        .map(|topic| (topic.name.clone(), topic))
        .collect();
    for topic in topics {
        let Some(now) = now.remove(&topic.name) else {
            continue;
        };
        topic.gone = now.error.as_ref().is_some_and(Cause::is_not_found);
        topic.error = now.error.map(|cause| cause.to_string());
        for partition in &mut topic.partitions {
            let same = |meta: &PartitionMetadata| meta.partition == partition.partition;
            match now.partitions.iter().find(|meta| same(meta)) {
                Some(meta) => *partition = with_metadata(take(partition), meta),
                None => partition.unsettled = false,
            }
        }
    }
    Ok(true)
}

/// The partitions that have a leader.
fn led(topics: &[TopicSurvey], wanted: impl Fn(&PartitionSurvey) -> bool) -> Vec<TopicPartition> {
    let each = topics.iter().flat_map(|topic| {
        let partitions = topic.partitions.iter();
        partitions.map(|partition| (&topic.name, partition))
    });
    each.filter(|(_, partition)| partition.leader.is_some() && wanted(partition))
        .map(|(name, partition)| TopicPartition::new(name.clone(), partition.partition))
        .collect()
}

fn ask_ends(
    client: &mut Client,
    topics: &mut [TopicSurvey],
    depth: Depth<'_>,
    wanted: impl Fn(&PartitionSurvey) -> bool,
) {
    let mut details = vec![Detail::Start, Detail::End];
    details.extend(depth.stable_ends.then_some(Detail::StableEnd));
    let mut found = client.watermarks(&led(topics, &wanted), &details).items;
    each(topics, |at, partition| {
        let Some(answer) = found.remove(&at) else {
            return;
        };
        (partition.error, partition.unsettled) = (None, false);
        match answer {
            Ok(watermarks) => {
                (partition.start, partition.end) = (watermarks.start, watermarks.end);
                partition.stable_end = watermarks.stable_end;
            }
            Err(why) => fail(partition, &why),
        }
    });
}

/// The timestamps of the first and last record of each partition that has any.
fn ask_times(client: &mut Client, topics: &mut [TopicSurvey]) {
    let filled = led(topics, |partition| {
        partition.records().is_some_and(|records| records > 0)
    });
    if filled.is_empty() {
        return;
    }
    let isolation = Isolation::Uncommitted;
    let details = [
        Detail::FirstRecord(isolation),
        Detail::LastRecord(isolation),
    ];
    let mut found = client.watermarks(&filled, &details).items;
    each(topics, |at, partition| {
        let Some(answer) = found.remove(&at) else {
            return;
        };
        match answer.and_then(|watermarks| Ok(watermarks.records?)) {
            Ok(records) => {
                partition.first = records.first.and_then(|record| record.timestamp);
                partition.last = records.last.and_then(|record| record.timestamp);
            }
            Err(why) => fail(partition, &why),
        }
    });
}

/// Runs `look` on each partition that could be asked.
fn each(topics: &mut [TopicSurvey], mut look: impl FnMut(TopicPartition, &mut PartitionSurvey)) {
    for topic in topics {
        for partition in &mut topic.partitions {
            if partition.leader.is_some() {
                let at = TopicPartition::new(topic.name.clone(), partition.partition);
                look(at, partition);
            }
        }
    }
}

/// Keeps why a partition has no answer. One that is not known to its leader is asked for again: its
/// topic may have been deleted. What else passes was asked for again by [`Client::watermarks`].
fn fail(partition: &mut PartitionSurvey, why: &NoWatermarks) {
    partition.unsettled = matches!(why, NoWatermarks::Refused(cause) if cause.is_not_found());
    partition.error = Some(why.to_string());
}

fn ask_config(
    client: &mut Client,
    topics: &mut [TopicSurvey],
    keys: Option<&[&str]>,
) -> Vec<Cause> {
    let names: Vec<Arc<str>> = topics
        .iter()
        .filter(|topic| topic.error.is_none())
        .map(|topic| topic.name.clone())
        .collect();
    let names: Vec<&str> = names.iter().map(|name| &**name).collect();
    match client.topic_configs(&names, keys) {
        Err(WireError { cause, .. }) => vec![cause],
        Ok(mut found) => {
            for topic in topics {
                topic.config = found.items.remove(&topic.name);
            }
            let mut missing = causes(found.failures);
            // That of a topic which was deleted meanwhile: nothing is missing.
            missing.retain(|cause| !cause.is_not_found());
            missing
        }
    }
}

fn ask_sizes(client: &mut Client, topics: &mut [TopicSurvey]) -> Vec<Cause> {
    let named: Vec<(Arc<str>, Vec<i32>)> = topics
        .iter()
        .map(|topic| {
            let partitions = topic.partitions.iter();
            let numbers = partitions.map(|partition| partition.partition);
            (topic.name.clone(), numbers.collect())
        })
        .collect();
    let asked: Vec<(&str, Vec<i32>)> = named
        .iter()
        .map(|(name, partitions)| (&**name, partitions.clone()))
        .collect();
    let found = client.log_sizes((asked.len() < MANY).then_some(&asked));
    each(topics, |at, partition| {
        (partition.size, partition.size_of_all) = sizes(&found.items, &at, partition);
    });
    causes(found.failures)
}

/// Bytes on the leader's disk, and on those of all replicas together.
fn sizes(
    found: &LogSizes,
    at: &TopicPartition,
    partition: &PartitionSurvey,
) -> (Option<i64>, Option<i64>) {
    let Some(copies) = found.get(at) else {
        return (None, None);
    };
    let on = |broker: i32| {
        let copy = copies.iter().find(|copy| copy.broker == broker)?;
        Some(copy.bytes)
    };
    let all = partition.replicas.iter().map(|&broker| on(broker)).sum();
    (partition.leader.and_then(on), all)
}

fn causes(failures: Vec<Unanswered>) -> Vec<Cause> {
    failures.into_iter().map(|failure| failure.cause).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::wire::ReplicaSize;

    #[test]
    fn the_leaders_replica_counts_and_all_of_them_only_when_all_are_known() {
        let at = TopicPartition::new(Arc::from("orders"), 0);
        let partition = PartitionSurvey {
            leader: Some(2),
            replicas: vec![1, 2],
            ..PartitionSurvey::default()
        };
        let copy = |broker, bytes| ReplicaSize { broker, bytes };
        let of = |copies: Vec<ReplicaSize>| {
            let found = LogSizes::from([(at.clone(), copies)]);
            sizes(&found, &at, &partition)
        };
        assert_eq!(of(vec![copy(1, 10), copy(2, 20)]), (Some(20), Some(30)));
        assert_eq!(of(vec![copy(2, 20)]), (Some(20), None));
        assert_eq!(of(vec![copy(1, 10)]), (None, None));
        assert_eq!(sizes(&LogSizes::new(), &at, &partition), (None, None));
    }

    #[test]
    fn an_epoch_that_the_broker_does_not_tell_is_unknown() {
        let with = |leader_epoch| {
            let meta = PartitionMetadata {
                partition: 0,
                leader: Some(1),
                leader_epoch,
                replicas: vec![1],
                in_sync: vec![1],
                offline: Vec::new(),
            };
            with_metadata(PartitionSurvey::default(), &meta).leader_epoch
        };
        assert_eq!((with(-1), with(0)), (None, Some(0)));
    }
}
