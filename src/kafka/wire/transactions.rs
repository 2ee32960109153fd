//! Who writes, and in which transaction: `DescribeProducers` of the leaders, `ListTransactions` and
//! `DescribeTransactions` of the coordinators (KIP-664: Kafka 3.0); and the marker that ends a
//! transaction in a partition, `WriteTxnMarkers`.

use std::{
    collections::BTreeMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use kafka_protocol::messages::{
    DescribeProducersRequest, DescribeTransactionsRequest, ListTransactionsRequest, ProducerId,
    WriteTxnMarkersRequest,
    describe_producers_request::TopicRequest,
    describe_producers_response::ProducerState,
    write_txn_markers_request::{WritableTxnMarker, WritableTxnMarkerTopic},
};

use super::{
    by_topic::by_topic,
    cause::{Cause, WireError},
    client::{Client, topic_name},
    group_changes::{BEGINNING, SETTLING},
    partial::Partial,
    topics::explained,
};
use crate::{event::TopicPartition, pipeline::Permit};

/// `CoordinatorType.TRANSACTION`
const TRANSACTION: i8 = 1;

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
    /// The epoch of the coordinator that ended its last transaction here; -1 before the first one.
    pub coordinator_epoch: i32,
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

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionEnd {
    /// Its records count.
    Commit,
    /// Its records count for nothing.
    Abort,
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
        let mut shares: BTreeMap<i32, Vec<&TopicPartition>> = BTreeMap::new();
        for (at, &leader) in leaders {
            shares.entry(leader).or_default().push(at);
        }
        let answers = self.on_each(shares.keys().copied(), |id, connection| {
            let share = shares.get(&id).into_iter().flatten();
            let topics = by_topic(share.map(|at| (&at.topic, at.partition)));
            let topics = topics.map(|(topic, numbers)| {
                TopicRequest::default()
                    .with_name(topic_name(topic))
                    .with_partition_indexes(numbers)
            });
            connection.call(&DescribeProducersRequest::default().with_topics(topics.collect()))
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

    /// Describes the transaction of a transactional id; `None` when its coordinator has none.
    ///
    /// # Errors
    /// The coordinator was not found or did not answer; it is older than Kafka 3.0, or the id may
    /// not be described.
    pub fn describe_transaction(
        &mut self,
        id: &str,
    ) -> Result<Option<TransactionDescription>, WireError> {
        // Kafka's topic of transactions may be made for this very question.
        let deadline = Instant::now() + SETTLING;
        loop {
            let described = self.ask_transaction(id);
            match &described {
                Err(WireError {
                    cause: Cause::Broker { code, .. },
                    ..
                }) if BEGINNING.contains(code) && Instant::now() < deadline => {
                    thread::sleep(Duration::from_millis(50));
                }
                _ => return described,
            }
        }
    }

    fn ask_transaction(&mut self, id: &str) -> Result<Option<TransactionDescription>, WireError> {
        let what = format!("transactional id {id:?}");
        let coordinator = self.coordinator_of(id, TRANSACTION, &what)?;
        let mut found = self.describe_transactions(&[ListedTransaction {
            id: id.to_owned(),
            producer_id: -1,
            coordinator,
        }]);
        match found.failures.pop() {
            Some(failure) if failure.cause.is_not_found() => Ok(None),
            Some(failure) => Err(WireError {
                broker: format!("broker {coordinator}"),
                cause: failure.cause,
            }),
            None => Ok(found.items.pop()),
        }
    }

    /// Writes the marker that ends the transaction of `producer` in a partition, as a coordinator
    /// does (`Admin.abortTransaction` sends the same).
    ///
    /// # Errors
    /// The `leader` did not answer or refused: that takes the right `ClusterAction`.
    pub fn write_marker(
        &mut self,
        at: &TopicPartition,
        leader: i32,
        producer: &ActiveProducer,
        end: TransactionEnd,
        _permit: Permit,
    ) -> Result<(), WireError> {
        let topic = WritableTxnMarkerTopic::default()
            .with_name(topic_name(&at.topic))
            .with_partition_indexes(vec![at.partition]);
        let marker = WritableTxnMarker::default()
            .with_producer_id(ProducerId(producer.id))
            .with_producer_epoch(i16::try_from(producer.epoch).unwrap_or(i16::MAX))
            .with_coordinator_epoch(producer.coordinator_epoch.max(0))
            .with_transaction_result(end == TransactionEnd::Commit)
            .with_topics(vec![topic]);
        let request = WriteTxnMarkersRequest::default().with_markers(vec![marker]);
        self.on_broker(leader, |connection| {
            let answer = connection.call(&request)?;
            let topics = answer.markers.iter().flat_map(|marker| &marker.topics);
            let mut partitions = topics.flat_map(|topic| &topic.partitions);
            let code = partitions
                .next()
                .map_or(-1, |partition| partition.error_code);
            match Cause::of_code(code, &at.to_string()) {
                None => Ok(()),
                Some(cause) => Err(WireError {
                    broker: connection.broker().to_string(),
                    cause,
                }),
            }
        })
    }
}

fn producer(state: &ProducerState) -> ActiveProducer {
    ActiveProducer {
        id: state.producer_id.0,
        epoch: state.producer_epoch,
        last_sequence: Some(state.last_sequence).filter(|number| *number >= 0),
        last_timestamp: Some(state.last_timestamp).filter(|ms| *ms >= 0),
        transaction_start: Some(state.current_txn_start_offset).filter(|offset| *offset >= 0),
        coordinator_epoch: state.coordinator_epoch,
    }
}
