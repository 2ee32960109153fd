//! Who writes, and in which transaction: `DescribeProducers` of the leaders, `ListTransactions` and
//! `DescribeTransactions` of the coordinators (KIP-664: Kafka 3.0).

use std::{collections::BTreeMap, sync::Arc};

use kafka_protocol::messages::{
    DescribeProducersRequest, DescribeTransactionsRequest, ListTransactionsRequest, ProducerId,
    describe_producers_request::TopicRequest, describe_producers_response::ProducerState,
};

use super::{
    cause::{Cause, WireError},
    client::{Client, topic_name},
    partial::Partial,
    topics::explained,
};
use crate::event::TopicPartition;

/// A producer that a partition's leader remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveProducer {
    /// Its id.
    pub id: i64,
    /// Its epoch.
    pub epoch: i32,
    /// The sequence number of its last record; `None` before the first one.
    pub last_sequence: Option<i32>,
    /// When it last wrote (ms, by the record's timestamp); `None` when not known.
    pub last_timestamp: Option<i64>,
    /// The first offset of its open transaction; `None` when it has none here.
    pub transaction_start: Option<i64>,
}

/// A transaction as its coordinator lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedTransaction {
    /// The `transactional.id`.
    pub id: String,
    /// The id of its producer.
    pub producer_id: i64,
    /// The broker that coordinates it.
    pub coordinator: i32,
}

/// A transaction as its coordinator describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionDescription {
    /// The `transactional.id`.
    pub id: String,
    /// As Kafka names it: `Ongoing`, `PrepareCommit`, `CompleteAbort`, …
    pub state: String,
    /// The id of its producer.
    pub producer_id: i64,
    /// When it began (ms); `None` when none is open.
    pub started: Option<i64>,
    /// After how long the coordinator aborts it.
    pub timeout_ms: i32,
    /// What it has written to.
    pub partitions: Vec<TopicPartition>,
}

impl Client {
    /// The producers that the leaders of partitions remember. Needs the right to read the topic. A
    /// partition without an answer is among the failures.
    pub fn producers(
        &mut self,
        leaders: &BTreeMap<TopicPartition, i32>,
    ) -> Partial<BTreeMap<TopicPartition, Vec<ActiveProducer>>> {
        let mut shares: BTreeMap<i32, Vec<TopicRequest>> = BTreeMap::new();
        for (at, &leader) in leaders {
            let topics = shares.entry(leader).or_default();
            match topics.last_mut() {
                Some(topic) if *topic.name.0 == *at.topic => {
                    topic.partition_indexes.push(at.partition);
                }
                _ => topics.push(
                    TopicRequest::default()
                        .with_name(topic_name(&at.topic))
                        .with_partition_indexes(vec![at.partition]),
                ),
            }
        }
        let answers = self.on_each(shares.keys().copied(), |id, connection| {
            let topics = shares.get(&id).cloned().unwrap_or_default();
            connection.call(&DescribeProducersRequest::default().with_topics(topics))
        });
        let mut found = Partial::<BTreeMap<_, _>>::default();
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
                    let message = partition.error_message.as_ref();
                    match explained(partition.error_code, message, &at.to_string()) {
                        Some(cause) => found.fail(at.to_string(), cause),
                        None => {
                            let producers = partition.active_producers.iter().map(producer);
                            found.items.insert(at, producers.collect());
                        }
                    }
                }
            }
        }
        found
    }

    /// The transactions of producers, as far as they may be seen: who may not describe a
    /// transactional id does not get it listed, without an error.
    pub fn list_transactions(&mut self, producers: &[i64]) -> Partial<Vec<ListedTransaction>> {
        let ids = producers.iter().copied().map(ProducerId);
        let request = ListTransactionsRequest::default().with_producer_id_filters(ids.collect());
        let brokers: Vec<i32> = self.brokers().keys().copied().collect();
        let mut found = Partial::<Vec<_>>::default();
        for (coordinator, answer) in
            self.on_each(brokers, |_, connection| connection.call(&request))
        {
            let answer = match answer {
                Ok(answer) => answer,
                Err(WireError { broker, cause }) => {
                    found.fail(broker, cause);
                    continue;
                }
            };
            if let Some(cause) = Cause::of_code(answer.error_code, "ListTransactions") {
                found.fail(format!("broker {coordinator}"), cause);
            }
            let listed = answer.transaction_states.iter();
            found
                .items
                .extend(listed.map(|transaction| ListedTransaction {
                    id: transaction.transactional_id.0.to_string(),
                    producer_id: transaction.producer_id.0,
                    coordinator,
                }));
        }
        found
    }

    /// Describes `transactions`. One that cannot be described is among the failures by its id.
    pub fn describe_transactions(
        &mut self,
        transactions: &[ListedTransaction],
    ) -> Partial<Vec<TransactionDescription>> {
        let mut shares: BTreeMap<i32, DescribeTransactionsRequest> = BTreeMap::new();
        for transaction in transactions {
            let request = shares.entry(transaction.coordinator).or_default();
            let id = kafka_protocol::protocol::StrBytes::from_string(transaction.id.clone());
            request.transactional_ids.push(id.into());
        }
        let answers = self.on_each(shares.keys().copied(), |id, connection| {
            connection.call(
                shares
                    .get(&id)
                    .unwrap_or(&DescribeTransactionsRequest::default()),
            )
        });
        let mut found = Partial::<Vec<_>>::default();
        for (_, answer) in answers {
            let answer = match answer {
                Ok(answer) => answer,
                Err(WireError { broker, cause }) => {
                    found.fail(broker, cause);
                    continue;
                }
            };
            for transaction in answer.transaction_states {
                let id = transaction.transactional_id.0.to_string();
                let what = format!("transactional id {id:?}");
                if let Some(cause) = Cause::of_code(transaction.error_code, &what) {
                    found.fail(id, cause);
                    continue;
                }
                let partitions = transaction.topics.iter().flat_map(|topic| {
                    let name: Arc<str> = Arc::from(&*topic.topic.0);
                    let partitions = topic.partitions.iter();
                    partitions.map(move |&number| TopicPartition::new(name.clone(), number))
                });
                found.items.push(TransactionDescription {
                    partitions: partitions.collect(),
                    state: transaction.transaction_state.to_string(),
                    producer_id: transaction.producer_id.0,
                    started: Some(transaction.transaction_start_time_ms).filter(|ms| *ms > 0),
                    timeout_ms: transaction.transaction_timeout_ms,
                    id,
                });
            }
        }
        found
    }
}

fn producer(state: &ProducerState) -> ActiveProducer {
    ActiveProducer {
        id: state.producer_id.0,
        epoch: state.producer_epoch,
        last_sequence: Some(state.last_sequence).filter(|number| *number >= 0),
        last_timestamp: Some(state.last_timestamp).filter(|ms| *ms >= 0),
        transaction_start: Some(state.current_txn_start_offset).filter(|offset| *offset >= 0),
    }
}
