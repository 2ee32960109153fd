//! `ListOffsets`: ends, and first records by time, asked of each leader once for all its partitions.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    thread,
    time::Duration,
};

use kafka_protocol::messages::{
    BrokerId, ListOffsetsRequest, ListOffsetsResponse,
    list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic},
};

use super::{
    by_topic::by_topic,
    cause::{Cause, WireError},
    client::{Client, topic_name},
    partial::Partial,
};
use crate::{event::TopicPartition, kafka::Isolation};

/// The most partitions in one request, so that no frame grows with the cluster.
const PARTITIONS: usize = 5_000;

/// How often a partition without a settled leader is asked for again.
const ATTEMPTS: usize = 10;
const PAUSE: Duration = Duration::from_millis(50);

/// Which offset is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSpec {
    /// The first offset that can still be read.
    Earliest,
    /// The end: the last stable offset or the high watermark, by isolation.
    Latest,
    /// The first record with a timestamp at or after this one (milliseconds); the first offset
    /// for a time before 1970.
    AtOrAfter(i64),
    /// The first record with the largest timestamp (KIP-734: Kafka 3.0).
    MaxTimestamp,
}

impl OffsetSpec {
    fn timestamp(self) -> i64 {
        match self {
            // A negative time would be another question.
            Self::Earliest | Self::AtOrAfter(..0) => -2,
            Self::Latest => -1,
            Self::MaxTimestamp => -3,
            Self::AtOrAfter(timestamp) => timestamp,
        }
    }
}

/// One request's worth of questions.
#[derive(Clone, Debug)]
pub struct OffsetQuestion<'p> {
    /// Which end is meant by [`OffsetSpec::Latest`].
    pub isolation: Isolation,
    /// Each partition at most once, best in order.
    pub partitions: Vec<(&'p TopicPartition, OffsetSpec)>,
}

/// An offset, and the timestamp of the record there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetAndTimestamp {
    /// The offset.
    pub offset: i64,
    /// The timestamp of the record there; `None` when an end was asked for, not a record.
    pub timestamp: Option<i64>,
}

/// The answers to one [`OffsetQuestion`]; `None` when no record is that late.
pub type ListedOffsets = HashMap<TopicPartition, Result<Option<OffsetAndTimestamp>, Cause>>;

impl Client {
    /// Answers `questions`, one map each, in their order. The leaders are those of the last
    /// metadata; brokers are asked side by side, each once for everything. A broker that did not
    /// answer is among the failures; its partitions, and those without a known leader, are in no map.
    ///
    /// A partition whose leader has just moved, or is not ready yet (metadata names it a moment
    /// before), is asked for again, for up to half a second.
    ///
    /// [`Client::watermarks`] is the way to ask where partitions begin and end.
    pub fn list_offsets(
        &mut self,
        questions: &[OffsetQuestion<'_>],
    ) -> Partial<Vec<ListedOffsets>> {
        let mut found = self.ask_leaders(questions);
        for _ in 0..ATTEMPTS {
            let unsettled = unsettled(&found.items);
            if unsettled.is_empty() {
                break;
            }
            thread::sleep(PAUSE);
            let topics: BTreeSet<&str> = unsettled.iter().map(|at| &*at.topic).collect();
            // When the cluster cannot be asked now, the answers stay as they are.
            if (self.metadata_now(&topics.into_iter().collect::<Vec<_>>())).is_err() {
                break;
            }
            let again: Vec<_> = questions
                .iter()
                .map(|question| OffsetQuestion {
                    isolation: question.isolation,
                    partitions: (question.partitions.iter().copied())
                        .filter(|(at, _)| unsettled.contains(at))
                        .collect(),
                })
                .collect();
            let more = self.ask_leaders(&again);
            for (offsets, more) in found.items.iter_mut().zip(more.items) {
                offsets.extend(more);
            }
        }
        found
    }

    fn ask_leaders(&mut self, questions: &[OffsetQuestion<'_>]) -> Partial<Vec<ListedOffsets>> {
        let mut requests: BTreeMap<i32, Vec<(usize, ListOffsetsRequest)>> = BTreeMap::new();
        for (index, question) in questions.iter().enumerate() {
            let mut shares: BTreeMap<i32, Vec<_>> = BTreeMap::new();
            for &(partition, spec) in &question.partitions {
                if let Some(leader) = self.leader(partition) {
                    shares.entry(leader).or_default().push((partition, spec));
                }
            }
            for (leader, share) in shares {
                let requests = requests.entry(leader).or_default();
                for some in share.chunks(PARTITIONS) {
                    requests.push((index, request(some, question.isolation)));
                }
            }
        }
        let answers = self.on_each(requests.keys().copied(), |id, connection| {
            let requests = requests.get(&id).into_iter().flatten();
            connection.call_all(requests.map(|(_, request)| request))
        });
        let mut found = Partial::<Vec<_>>::default();
        found.items.resize_with(questions.len(), HashMap::new);
        for (id, answer) in answers {
            match answer {
                Err(WireError { broker, cause }) => found.fail(broker, cause),
                Ok(answers) => {
                    let indices = requests.get(&id).into_iter().flatten();
                    for ((index, _), answer) in indices.zip(answers) {
                        if let Some(into) = found.items.get_mut(*index) {
                            collect(answer, into);
                        }
                    }
                }
            }
        }
        found
    }
}

/// Partitions that another answer may come for.
fn unsettled(found: &[ListedOffsets]) -> BTreeSet<TopicPartition> {
    let passing = |cause: &Cause| cause.is_retriable() && !cause.is_not_found();
    (found.iter().flatten())
        .filter(|(_, place)| matches!(place, Err(cause) if passing(cause)))
        .map(|(at, _)| at.clone())
        .collect()
}

fn request(
    partitions: &[(&TopicPartition, OffsetSpec)],
    isolation: Isolation,
) -> ListOffsetsRequest {
    let asked = partitions.iter().map(|(partition, spec)| {
        let asked = ListOffsetsPartition::default()
            .with_partition_index(partition.partition)
            .with_current_leader_epoch(-1)
            .with_timestamp(spec.timestamp());
        (&partition.topic, asked)
    });
    let topics = by_topic(asked).map(|(topic, partitions)| {
        ListOffsetsTopic::default()
            .with_name(topic_name(topic))
            .with_partitions(partitions)
    });
    ListOffsetsRequest::default()
        .with_replica_id(BrokerId(-1))
        .with_isolation_level(isolation.level())
        .with_topics(topics.collect())
}

fn collect(answer: ListOffsetsResponse, into: &mut ListedOffsets) {
    for topic in answer.topics {
        let name: Arc<str> = Arc::from(topic.name.0.as_str());
        for partition in topic.partitions {
            let at = TopicPartition::new(name.clone(), partition.partition_index);
            let found = match Cause::of_code(partition.error_code, &at.to_string()) {
                None => Ok((partition.offset >= 0).then_some(OffsetAndTimestamp {
                    offset: partition.offset,
                    timestamp: (partition.timestamp >= 0).then_some(partition.timestamp),
                })),
                Some(cause) => Err(cause),
            };
            into.insert(at, found);
        }
    }
}
