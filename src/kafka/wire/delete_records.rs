//! Removing the oldest records of partitions: `DeleteRecords`, asked of each leader.

use std::{collections::BTreeMap, sync::Arc};

use kafka_protocol::messages::{
    DeleteRecordsRequest,
    delete_records_request::{DeleteRecordsPartition, DeleteRecordsTopic},
};

use super::{
    by_topic::by_topic,
    cause::{Cause, WireError},
    client::{Client, topic_name},
    partial::Partial,
};
use crate::{event::TopicPartition, pipeline::Permit};

/// `POLICY_VIOLATION` of Kafka's `Errors.java`: the topic is compacted only.
pub const POLICY_VIOLATION: i16 = 44;

const PATIENCE_MS: i32 = 30_000;

impl Client {
    /// Removes the records of each partition before its offset, and answers where each begins now;
    /// `leaders` says whom to ask. A partition without an answer is among the failures.
    pub fn delete_records(
        &mut self,
        before: &BTreeMap<TopicPartition, i64>,
        leaders: &BTreeMap<TopicPartition, i32>,
        _permit: Permit,
    ) -> Partial<BTreeMap<TopicPartition, i64>> {
        let mut found = Partial::<BTreeMap<_, _>>::default();
        let mut shares: BTreeMap<i32, Vec<(&Arc<str>, DeleteRecordsPartition)>> = BTreeMap::new();
        for (at, &offset) in before {
            let Some(&leader) = leaders.get(at) else {
                let cause = Cause::of_code(5, &at.to_string());
                cause
                    .into_iter()
                    .for_each(|cause| found.fail(at.to_string(), cause));
                continue;
            };
            let asked = DeleteRecordsPartition::default()
                .with_partition_index(at.partition)
                .with_offset(offset);
            (shares.entry(leader).or_default()).push((&at.topic, asked));
        }
        // A question that may be asked twice, unlike other changes: what is before an offset is
        // gone after the first time.
        let answers = self.on_each(shares.keys().copied(), |id, connection| {
            let share = shares.get(&id).cloned().unwrap_or_default();
            let topics = by_topic(share).map(|(topic, partitions)| {
                DeleteRecordsTopic::default()
                    .with_name(topic_name(topic))
                    .with_partitions(partitions)
            });
            let request = DeleteRecordsRequest::default()
                .with_topics(topics.collect())
                .with_timeout_ms(PATIENCE_MS);
            connection.call(&request)
        });
        for (_, answer) in answers {
            let answer = match answer {
                Ok(answer) => answer,
                Err(WireError { broker, cause }) => {
                    found.fail(broker, cause);
                    continue;
                }
            };
            for topic in answer.topics {
                let name: Arc<str> = Arc::from(&*topic.name.0);
                for partition in topic.partitions {
                    let at = TopicPartition::new(name.clone(), partition.partition_index);
                    match Cause::of_code(partition.error_code, &at.to_string()) {
                        Some(cause) => found.fail(at.to_string(), cause),
                        None => {
                            found.items.insert(at, partition.low_watermark);
                        }
                    }
                }
            }
        }
        found
    }
}
