//! Transactions: committed, aborted, and left open in the way of whoever reads what is committed.

use rdkafka::{
    ClientConfig,
    producer::{BaseProducer, Producer},
};

use super::{DEADLINE, Record, Topic, broker};

/// An open transaction. Dropped it stays open, until the broker aborts it a minute later.
pub struct Transaction(BaseProducer);

impl Transaction {
    /// Opens one.
    pub fn begin() -> Self {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", broker().address())
            .set("transactional.id", Topic::unused_name("transaction"))
            .create()
            .unwrap();
        producer.init_transactions(DEADLINE).unwrap();
        producer.begin_transaction().unwrap();
        Self(producer)
    }

    /// Writes values to a partition and waits until the broker has them.
    pub fn produce(&self, topic: &Topic, partition: i32, values: &[&str]) {
        for value in values {
            let record = Record::value(value).to(&topic.name, partition);
            self.0.send(record).map_err(|(error, _)| error).unwrap();
        }
        self.0.flush(DEADLINE).unwrap();
    }

    /// Commits it: a marker follows the records, which takes an offset.
    pub fn commit(self) {
        self.0.commit_transaction(DEADLINE).unwrap();
    }

    /// Aborts it: the records stay in the log, and a marker says that they count for nothing.
    pub fn abort(self) {
        self.0.abort_transaction(DEADLINE).unwrap();
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
