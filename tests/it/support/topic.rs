//! A topic of a test's own, filled through librdkafka.

use std::sync::{
    OnceLock,
    atomic::{AtomicUsize, Ordering},
};

use rdkafka::{
    ClientConfig,
    message::{Header, OwnedHeaders},
    producer::{BaseProducer, BaseRecord, DefaultProducerContext, Producer, ThreadedProducer},
};

/// `RD_KAFKA_PARTITION_UA`
const PARTITION_UNASSIGNED: i32 = -1;

use super::{
    DEADLINE, admin, broker,
    oracle::{self, Isolation, Seen},
    until,
};

/// A record to be written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// `None` is no key.
    pub key: Option<&'a [u8]>,
    /// `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// Milliseconds; `None` is now. librdkafka cannot write 0.
    pub timestamp: Option<i64>,
    /// In order; `None` is a null value.
    pub headers: &'a [(&'a str, Option<&'a [u8]>)],
}

impl<'a> Record<'a> {
    /// A record with a value and nothing else.
    pub fn value(value: &'a str) -> Self {
        Self {
            value: Some(value.as_bytes()),
            ..Self::default()
        }
    }

    /// A record with key and value.
    pub fn keyed(key: &'a str, value: &'a str) -> Self {
        Self {
            key: Some(key.as_bytes()),
            ..Self::value(value)
        }
    }

    /// What librdkafka takes.
    pub(super) fn to<'b>(self, topic: &'b str, partition: i32) -> BaseRecord<'b, [u8], [u8]>
    where
        'a: 'b,
    {
        let mut record = BaseRecord::to(topic).partition(partition);
        record.key = self.key;
        record.payload = self.value;
        record.timestamp = self.timestamp;
        if !self.headers.is_empty() {
            let headers = self
                .headers
                .iter()
                .fold(OwnedHeaders::new(), |all, (key, value)| {
                    all.insert(Header { key, value: *value })
                });
            record.headers = Some(headers);
        }
        record
    }
}

/// A topic on the shared broker.
#[derive(Debug)]
pub struct Topic {
    /// Unlike that of any other topic of this run.
    pub name: String,
}

impl Topic {
    /// A topic with one partition.
    pub fn new(label: &str) -> Self {
        Self::with(label, 1, &[])
    }

    /// A topic with partitions and settings of its own.
    pub fn with(label: &str, partitions: i32, configs: &[(&str, &str)]) -> Self {
        let name = Self::unused_name(label);
        admin::create_topic(broker().address(), &name, partitions, configs);
        Self { name }
    }

    /// A topic that is compacted as soon as [`Self::compact`] asks for it.
    pub fn compacted(label: &str, partitions: i32) -> Self {
        let configs = [
            ("cleanup.policy", "compact"),
            ("min.cleanable.dirty.ratio", "0.0"),
            // Whatever is written a millisecond later begins a new segment; only the last segment
            // is never compacted.
            ("segment.ms", "1"),
            ("delete.retention.ms", "0"),
        ];
        Self::with(label, partitions, &configs)
    }

    /// A name that no topic has, behind the earlier ones of its label in alphabetical order.
    pub fn unused_name(label: &str) -> String {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        format!("{label}-{:03}", COUNT.fetch_add(1, Ordering::Relaxed))
    }

    /// Whether the broker has a topic of this name. Asking does not make one.
    pub fn exists(name: &str) -> bool {
        admin::leaders(broker().address(), name).is_some()
    }

    /// Writes values without keys to a partition, in order, in one batch if they fit.
    pub fn produce(&self, partition: i32, values: &[&str]) {
        let records: Vec<_> = values.iter().copied().map(Record::value).collect();
        self.produce_records(partition, &records);
    }

    /// Writes records to a partition, in order, and waits until the broker has them.
    pub fn produce_records(&self, partition: i32, records: &[Record<'_>]) {
        let producer = producer();
        for record in records {
            until("librdkafka's queue has room", || {
                producer.send(record.to(&self.name, partition)).is_ok()
            });
        }
        // Not with `flush`, which waits in steps of 100 ms.
        until("the broker has the records", || {
            producer.in_flight_count() == 0
        });
    }

    /// Writes records to the partitions that librdkafka's `partitioner` chooses by their keys.
    pub fn produce_routed(&self, partitioner: &str, records: &[Record<'_>]) {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", broker().address())
            .set("partitioner", partitioner)
            .set("enable.idempotence", "true")
            .create()
            .unwrap();
        for record in records {
            let record = record.to(&self.name, PARTITION_UNASSIGNED);
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(DEADLINE).unwrap();
    }

    /// Writes values to a partition in one batch, compressed by `codec` (librdkafka's name of it).
    pub fn produce_compressed(&self, partition: i32, codec: &str, values: &[&str]) {
        let producer: BaseProducer = ClientConfig::new()
            .set("bootstrap.servers", broker().address())
            .set("linger.ms", "100")
            .set("enable.idempotence", "true")
            .set("compression.type", codec)
            .create()
            .unwrap();
        for value in values {
            let record = Record::value(value).to(&self.name, partition);
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(DEADLINE).unwrap();
    }

    /// Deletes the topic and creates another one of its name; answers the ids of both.
    pub fn recreate(&self) -> [String; 2] {
        let broker = broker().address();
        let partitions = admin::leaders(broker, &self.name).unwrap();
        let old = admin::topic_id(broker, &self.name);
        admin::delete_topic(broker, &self.name);
        let partitions = i32::try_from(partitions).unwrap();
        admin::create_topic(broker, &self.name, partitions, &[]);
        [old, admin::topic_id(broker, &self.name)]
    }

    /// A producer of this topic that lets records gather for `linger` milliseconds.
    pub fn lingering(&self, linger: u32) -> Lingering<'_> {
        let producer = ClientConfig::new()
            .set("bootstrap.servers", broker().address())
            .set("linger.ms", linger.to_string())
            .create()
            .unwrap();
        Lingering {
            topic: self,
            producer,
        }
    }

    /// Removes the records before `offset`, as retention would.
    pub fn trim(&self, partition: i32, offset: i64) {
        admin::delete_records(broker().address(), &self.name, partition, offset);
    }

    /// Waits until a [`Self::compacted`] partition holds the last record of each key only, and
    /// after them one more, of the key `~`: compaction leaves the newest segment alone.
    pub fn compact(&self, partition: i32) {
        self.produce_records(partition, &[Record::keyed("~", "")]);
        until(&format!("{} is compacted", self.name), || {
            let mut keys: Vec<_> = self
                .seen(partition)
                .into_iter()
                .map(|record| record.key)
                .collect();
            let records = keys.len();
            keys.sort_unstable();
            keys.dedup();
            keys.len() == records
        });
    }

    /// What a consumer sees that reads everything there is, aborted and open transactions too.
    pub fn seen(&self, partition: i32) -> Vec<Seen> {
        oracle::read(&self.name, partition, Isolation::Uncommitted)
    }

    /// What a consumer sees that reads what is committed.
    pub fn seen_committed(&self, partition: i32) -> Vec<Seen> {
        oracle::read(&self.name, partition, Isolation::Committed)
    }
}

/// See [`Topic::lingering`].
pub struct Lingering<'t> {
    topic: &'t Topic,
    producer: ThreadedProducer<DefaultProducerContext>,
}

impl Lingering<'_> {
    /// Writes a record to a partition, and waits for nothing.
    pub fn send(&self, partition: i32) {
        let record = Record::value("x").to(&self.topic.name, partition);
        self.producer
            .send(record)
            .map_err(|(error, _)| error)
            .unwrap();
    }
}

/// A short linger: what is sent in one go makes one batch, and tests do not wait.
fn producer() -> &'static ThreadedProducer<DefaultProducerContext> {
    static PRODUCER: OnceLock<ThreadedProducer<DefaultProducerContext>> = OnceLock::new();
    PRODUCER.get_or_init(|| {
        ClientConfig::new()
            .set("bootstrap.servers", broker().address())
            .set("linger.ms", "2")
            // A batch that a leader who is not ready refuses would come after the next one.
            .set("enable.idempotence", "true")
            .set("message.max.bytes", "100000000")
            .create()
            .unwrap()
    })
}
