//! Transactions: committed, aborted, and left open in the way of whoever reads what is committed.

use rdkafka::{
    ClientConfig,
    producer::{BaseProducer, Producer},
};

use super::{DEADLINE, Record, Topic, admin, broker, until};

/// An open transaction. Dropped it stays open, until the broker aborts it a minute later.
pub struct Transaction {
    producer: BaseProducer,
    id: String,
}

impl Transaction {
    /// Opens one.
    pub fn begin() -> Self {
        let id = Topic::unused_name("transaction");
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", broker().address())
            .set("transactional.id", &id)
            .create()
            .unwrap();
        producer.init_transactions(DEADLINE).unwrap();
        producer.begin_transaction().unwrap();
        Self { producer, id }
    }

    /// Its `transactional.id`.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Writes values to a partition and waits until the broker has them.
    pub fn produce(&self, topic: &Topic, partition: i32, values: &[&str]) {
        for value in values {
            let record = Record::value(value).to(&topic.name, partition);
            self.producer
                .send(record)
                .map_err(|(error, _)| error)
                .unwrap();
        }
        self.producer.flush(DEADLINE).unwrap();
    }

    /// Commits it: a marker follows the records, which takes an offset.
    pub fn commit(self) {
        self.producer.commit_transaction(DEADLINE).unwrap();
        self.wait_for_markers("CompleteCommit");
    }

    /// Aborts it: the records stay in the log, and a marker says that they count for nothing.
    pub fn abort(self) {
        self.producer.abort_transaction(DEADLINE).unwrap();
        self.wait_for_markers("CompleteAbort");
    }

    /// The coordinator answers as soon as it has made up its mind; the markers follow.
    fn wait_for_markers(&self, state: &str) {
        until(&format!("{} is in the state {state}", self.id), || {
            admin::transaction_state(broker().address(), &self.id) == state
        });
    }
}

impl Topic {
    /// Writes values in a transaction of their own.
    pub fn produce_committed(&self, partition: i32, values: &[&str]) {
        let transaction = Transaction::begin();
        transaction.produce(self, partition, values);
        transaction.commit();
    }

    /// Writes values in a transaction that is aborted.
    pub fn produce_aborted(&self, partition: i32, values: &[&str]) {
        let transaction = Transaction::begin();
        transaction.produce(self, partition, values);
        transaction.abort();
    }

    /// Writes values in a transaction that stays open until it is told otherwise.
    pub fn produce_open(&self, partition: i32, values: &[&str]) -> Transaction {
        let transaction = Transaction::begin();
        transaction.produce(self, partition, values);
        transaction
    }
}
