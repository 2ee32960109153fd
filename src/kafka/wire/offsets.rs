//! Where partitions begin and end: `ListOffsets`, asked of each leader once for all its partitions.

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
    cause::{Cause, WireError},
    client::{Client, topic_name},
    partial::{Partial, Unanswered},
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

/// An answer for one partition: the offset, `None` when no record is that late.
pub type FoundOffset = Result<Option<i64>, Cause>;

/// One request's worth of questions.
#[derive(Clone, Debug)]
pub struct OffsetQuestion<'p> {
    /// Which end is meant by [`OffsetSpec::Latest`].
    pub isolation: Isolation,
    /// Each partition at most once, best in order.
    pub partitions: Vec<(&'p TopicPartition, OffsetSpec)>,
}

/// A place in a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FoundAt {
    /// The offset.
    pub offset: i64,
    /// The timestamp of the record there; `None` when no record was asked for, but an end.
    pub timestamp: Option<i64>,
}

/// The answers to one [`OffsetQuestion`]; a place is `None` when no record is that late.
pub type FoundPlaces = HashMap<TopicPartition, Result<Option<FoundAt>, Cause>>;

impl Client {
    /// Answers several questions about several partitions; `leaders` says whom to ask. Each
    /// broker is sent all its questions at once.
    ///
    /// The answers stand in the order of `specs`, one map each.
    ///
    /// # Errors
    /// A broker could not be reached. What a broker says of one partition stands on it.
    pub fn list_offsets(
        &mut self,
        leaders: &BTreeMap<TopicPartition, i32>,
        specs: &[OffsetSpec],
        isolation: Isolation,
    ) -> Result<Vec<BTreeMap<TopicPartition, FoundOffset>>, WireError> {
        let specs: Vec<_> = specs.iter().map(|&spec| (spec, isolation)).collect();
        self.list_offsets_as(leaders, &specs)
    }

    /// As [`Client::list_offsets`], each spec with an isolation of its own.
    ///
    /// # Errors
    /// As there.
    pub fn list_offsets_as(
        &mut self,
        leaders: &BTreeMap<TopicPartition, i32>,
        specs: &[(OffsetSpec, Isolation)],
    ) -> Result<Vec<BTreeMap<TopicPartition, FoundOffset>>, WireError> {
        let questions: Vec<_> = specs
            .iter()
            .map(|&(spec, isolation)| OffsetQuestion {
                isolation,
                partitions: leaders.keys().map(|partition| (partition, spec)).collect(),
            })
            .collect();
        let mut found = self.find_places(|partition| leaders.get(partition).copied(), &questions);
        if let Some(Unanswered { what, cause }) = found.failures.pop() {
            return Err(WireError {
                broker: what,
                cause,
            });
        }
        let offset = |place: Option<FoundAt>| place.map(|place| place.offset);
        Ok(found
            .items
            .into_iter()
            .map(|places| {
                places
                    .into_iter()
                    .map(|(partition, place)| (partition, place.map(offset)))
                    .collect()
            })
            .collect())
    }

    /// Answers `questions`, one map each, in their order; `leader` says whom to ask about a
    /// partition. Brokers are asked side by side; one that did not answer is among the failures,
    /// and its partitions, as those without a leader, are in no map.
    ///
    /// A partition whose leader has just moved, or does not know yet that it is one (metadata name
    /// it a moment before it is ready), is asked for again, for up to half a second.
    pub fn find_places(
        &mut self,
        leader: impl Fn(&TopicPartition) -> Option<i32>,
        questions: &[OffsetQuestion<'_>],
    ) -> Partial<Vec<FoundPlaces>> {
        let mut found = self.ask_places(leader, questions);
        for _ in 0..ATTEMPTS {
            let unsettled = unsettled(&found.items);
            if unsettled.is_empty() {
                break;
            }
            thread::sleep(PAUSE);
            // When the cluster cannot be asked now, the answers stay as they are.
            let Ok(leaders) = self.find_leaders_now(&unsettled) else {
                break;
            };
            let again: Vec<_> = questions
                .iter()
                .map(|question| OffsetQuestion {
                    isolation: question.isolation,
                    partitions: (question.partitions.iter().copied())
                        .filter(|(at, _)| unsettled.contains(at))
                        .collect(),
                })
                .collect();
            let more = self.ask_places(|at| leaders.get(at).copied(), &again);
            for (places, more) in found.items.iter_mut().zip(more.items) {
                places.extend(more);
            }
        }
        found
    }

    fn find_leaders_now(
        &mut self,
        partitions: &BTreeSet<TopicPartition>,
    ) -> Result<HashMap<TopicPartition, i32>, WireError> {
        let topics: BTreeSet<&str> = partitions.iter().map(|at| &*at.topic).collect();
        let topics = self.metadata_now(&topics.into_iter().collect::<Vec<_>>())?;
        let leaders = topics.iter().flat_map(|topic| {
            (topic.partitions.iter()).filter_map(|partition| {
                let at = TopicPartition::new(topic.name.clone(), partition.partition);
                Some((at, partition.leader?))
            })
        });
        Ok(leaders.collect())
    }

    fn ask_places(
        &mut self,
        leader: impl Fn(&TopicPartition) -> Option<i32>,
        questions: &[OffsetQuestion<'_>],
    ) -> Partial<Vec<FoundPlaces>> {
        let mut requests: BTreeMap<i32, Vec<(usize, ListOffsetsRequest)>> = BTreeMap::new();
        for (index, question) in questions.iter().enumerate() {
            let mut shares: BTreeMap<i32, Vec<_>> = BTreeMap::new();
            for &(partition, spec) in &question.partitions {
                if let Some(leader) = leader(partition) {
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
fn unsettled(found: &[FoundPlaces]) -> BTreeSet<TopicPartition> {
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
    let mut topics: Vec<ListOffsetsTopic> = Vec::new();
    for (partition, spec) in partitions {
        let asked = ListOffsetsPartition::default()
            .with_partition_index(partition.partition)
            .with_current_leader_epoch(-1)
            .with_timestamp(spec.timestamp());
        match topics.last_mut() {
            Some(topic) if *topic.name.0 == *partition.topic => topic.partitions.push(asked),
            _ => topics.push(
                ListOffsetsTopic::default()
                    .with_name(topic_name(&partition.topic))
                    .with_partitions(vec![asked]),
            ),
        }
    }
    ListOffsetsRequest::default()
        .with_replica_id(BrokerId(-1))
        .with_isolation_level(isolation.level())
        .with_topics(topics)
}

fn collect(answer: ListOffsetsResponse, into: &mut FoundPlaces) {
    for topic in answer.topics {
        let name: Arc<str> = Arc::from(topic.name.0.as_str());
        for partition in topic.partitions {
            let at = TopicPartition::new(name.clone(), partition.partition_index);
            let found = match Cause::of_code(partition.error_code, &at.to_string()) {
                None => Ok((partition.offset >= 0).then_some(FoundAt {
                    offset: partition.offset,
                    timestamp: (partition.timestamp >= 0).then_some(partition.timestamp),
                })),
                Some(cause) => Err(cause),
            };
            into.insert(at, found);
        }
    }
}
