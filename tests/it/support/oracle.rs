//! What another client sees in a topic: librdkafka's own consumer, to compare evctl with.

use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
};

use super::{DEADLINE, broker};

/// A record as librdkafka sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its offset.
    pub offset: i64,
    /// `None` is no key.
    pub key: Option<Vec<u8>>,
    /// `None` is a tombstone.
    pub value: Option<Vec<u8>>,
}

impl Seen {
    /// The value as text; empty for a tombstone.
    pub fn text(&self) -> &str {
        std::str::from_utf8(self.value.as_deref().unwrap_or_default()).unwrap()
    }
}

#[derive(Clone, Copy)]
pub(super) enum Isolation {
    Committed,
    Uncommitted,
}

/// Reads a partition of the shared broker from its first record to its end.
pub(super) fn read(topic: &str, partition: i32, isolation: Isolation) -> Vec<Seen> {
    read_at(broker().address(), topic, partition, isolation)
}

/// What somebody sees in a partition of any broker who reads what is committed.
pub fn committed(broker: &str, topic: &str, partition: i32) -> Vec<Seen> {
    read_at(broker, topic, partition, Isolation::Committed)
}

fn read_at(broker: &str, topic: &str, partition: i32, isolation: Isolation) -> Vec<Seen> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", broker)
        .set("group.id", "unused")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("allow.auto.create.topics", "false")
        // The end of a partition is told when a fetch comes back empty: not after 500 ms.
        .set("fetch.wait.max.ms", "1")
        .set("fetch.error.backoff.ms", "10")
        .set("reconnect.backoff.ms", "10")
        .set(
            "isolation.level",
            match isolation {
                Isolation::Committed => "read_committed",
                Isolation::Uncommitted => "read_uncommitted",
            },
        )
        .create()
        .unwrap();
    // Else the leader is found when librdkafka looks for it the next time, a second later.
    consumer.fetch_metadata(Some(topic), DEADLINE).unwrap();
    let mut assignment = TopicPartitionList::new();
    assignment
        .add_partition_offset(topic, partition, Offset::Beginning)
        .unwrap();
    consumer.assign(&assignment).unwrap();
    let mut seen = Vec::new();
    loop {
        match consumer.poll(DEADLINE) {
            Some(Ok(message)) => seen.push(Seen {
                offset: message.offset(),
                key: message.key().map(<[u8]>::to_vec),
                value: message.payload().map(<[u8]>::to_vec),
            }),
            Some(Err(KafkaError::PartitionEOF(_))) => return seen,
            Some(Err(error)) => panic!("librdkafka cannot read {topic}: {error}"),
            None => panic!("librdkafka reads nothing from {topic}"),
        }
    }
}
