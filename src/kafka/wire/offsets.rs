//! Where partitions begin and end: `ListOffsets`, asked of each leader once for all its partitions.

use std::collections::BTreeMap;

use kafka_protocol::messages::{
    BrokerId, ListOffsetsRequest, ListOffsetsResponse,
    list_offsets_request::{ListOffsetsPartition, ListOffsetsTopic},
};

use super::{
    cause::{Cause, WireError},
    client::{Client, topic_name},
};
use crate::{event::TopicPartition, kafka::Isolation};

/// Which offset is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffsetSpec {
    /// The first offset that can still be read.
    Earliest,
    /// The end: the last stable offset or the high watermark, by isolation.
    Latest,
    /// The first record with a timestamp at or after this one (milliseconds).
    AtOrAfter(i64),
}

impl OffsetSpec {
    fn timestamp(self) -> i64 {
        match self {
            Self::Earliest => -2,
            Self::Latest => -1,
            Self::AtOrAfter(timestamp) => timestamp,
        }
    }
}

/// An answer for one partition: the offset, `None` when no record is that late.
pub type FoundOffset = Result<Option<i64>, Cause>;

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
        let mut by_leader: BTreeMap<i32, Vec<&TopicPartition>> = BTreeMap::new();
        for (partition, leader) in leaders {
            by_leader.entry(*leader).or_default().push(partition);
        }
        let mut found = Vec::new();
        found.resize_with(specs.len(), BTreeMap::new);
        for (leader, partitions) in by_leader {
            let answers = self.on_broker(leader, |connection| {
                let mut pending = Vec::with_capacity(specs.len());
                for spec in specs {
                    pending.push(connection.send(&request(&partitions, *spec, isolation))?);
                }
                let deadline = std::time::Instant::now() + connection.request_timeout();
                pending
                    .into_iter()
                    .map(|pending| connection.receive::<ListOffsetsRequest>(pending, deadline))
                    .collect::<Result<Vec<_>, _>>()
            })?;
            for (into, answer) in found.iter_mut().zip(answers) {
                collect(answer, into);
            }
        }
        Ok(found)
    }
}

fn request(
    partitions: &[&TopicPartition],
    spec: OffsetSpec,
    isolation: Isolation,
) -> ListOffsetsRequest {
    let mut topics: Vec<ListOffsetsTopic> = Vec::new();
    for partition in partitions {
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

fn collect(answer: ListOffsetsResponse, into: &mut BTreeMap<TopicPartition, FoundOffset>) {
    for topic in answer.topics {
        let name: std::sync::Arc<str> = std::sync::Arc::from(topic.name.0.as_str());
        for partition in topic.partitions {
            let at = TopicPartition::new(name.clone(), partition.partition_index);
            let found = match Cause::of_code(partition.error_code, &at.to_string()) {
                None => Ok((partition.offset >= 0).then_some(partition.offset)),
                Some(cause) => Err(cause),
            };
            into.insert(at, found);
        }
    }
}
