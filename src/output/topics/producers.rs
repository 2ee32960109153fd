//! `evctl topics describe --producers`

use serde::Serialize;

use crate::{
    event::Timestamp,
    output::report::{Millis, row},
};

row! {
    /// A producer that a partition's leader remembers.
    #[derive(Clone, Serialize)]
    pub struct TopicProducer {
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
