//! `evctl topics describe --producers`

use serde::Serialize;

use crate::{
    event::Timestamp,
    output::report::{Millis, row},
    topics::{TopicProducer, TopicSurvey, TransactionStatus},
};

row! {
    /// A producer that a partition's leader remembers.
    #[derive(Clone, Serialize)]
    pub struct ProducerRow {
        #[serde(skip)]
        topic: String => wide,
        partition: i32,
        producer_id: i64,
        epoch: i32,
        /// `None` before its first record.
        last_sequence: Option<i32> => wide,
        last_timestamp: Option<Timestamp>,
        /// Where its open transaction begins; `None` when it has none.
        transaction_start: Option<i64>,
        transaction_age_ms: Option<Millis>,
        /// Whether the transaction may be older.
        age_at_least: Option<bool> => wide,
        /// `open`, `completing`, `hanging` or `unlisted`.
        transaction: Option<&'static str>,
        transactional_id: Option<String>,
        /// The coordinator's state of the transaction, such as `Ongoing`.
        state: Option<String>,
        /// Whether the last stable offset waits for its transaction.
        holds_back: bool,
    }
}

impl ProducerRow {
    /// The row of a producer of `topic`.
    #[must_use]
    pub fn new(topic: &TopicSurvey, producer: &TopicProducer) -> Self {
        Self {
            topic: topic.name.to_string(),
            partition: producer.partition,
            producer_id: producer.id,
            epoch: producer.epoch,
            last_sequence: producer.last_sequence,
            last_timestamp: producer.last_timestamp.map(Timestamp),
            transaction_start: producer.transaction_start,
            transaction_age_ms: producer.age.map(|(age, _)| Millis(age)),
            age_at_least: producer.age.map(|(_, at_least)| at_least),
            transaction: producer.status.map(TransactionStatus::name),
            transactional_id: producer.transactional_id.clone(),
            state: producer.state.clone(),
            holds_back: producer.holds_back,
        }
    }
}
