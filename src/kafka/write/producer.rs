//! A producer: records go in, their fate comes out of [`Producer::poll`].

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{
    Acknowledgements, Batch, Code, Durability, Log, WriteError, properties,
    raw::{Client, Delivery, Event, RawError, Topic},
};
use crate::{
    event::{Record, TimestampType},
    kafka::Settings,
    pipeline::Permit,
};

/// What a producer is to be.
#[derive(Clone, Debug)]
pub struct ProducerOptions {
    /// The topics, which exist: librdkafka would create them. What is sent without naming one goes
    /// to the first.
    pub topics: Vec<String>,
    /// What happens to a record whose answer does not come.
    pub durability: Durability,
    /// Over how many partitions records are spread at the same time: 1 when they go to one after
    /// the other ([`Sticky`](super::Sticky)), all of the topic's when they have keys.
    pub spread: usize,
    /// Connections to each broker. A broker works on one request of a connection at a time, so a
    /// second one is worth a third of the time of a bulk load. A partition's records all take the
    /// same one (its number modulo this), and those that the partitioner places the first: order
    /// and idempotence are per partition.
    pub connections: usize,
    /// `compression.codec`; `None` leaves it to the user's properties.
    pub compression: Option<String>,
    /// The largest `max.message.bytes` of the topics; `None` when it could not be asked: then
    /// librdkafka's own limit of 1 MB stands.
    pub max_message_bytes: Option<u64>,
    /// Makes the producer transactional, which implies idempotence and one connection: everything
    /// is then sent in transactions, after [`Producer::init_transactions`].
    pub transactional: Option<Transactional>,
}

/// What a transactional producer is told.
#[derive(Clone, Debug)]
pub struct Transactional {
    /// The `transactional.id`.
    pub id: String,
    /// How long any answer may take. librdkafka does not keep to the deadline of every call: adding
    /// offsets waits for as long as a connection may be silent.
    pub answer: Duration,
}

/// librdkafka's code for a topic that it does not know.
const UNKNOWN_TOPIC: i32 = -188;

/// Takes what a producer reports.
pub trait Reports {
    /// Whether [`Reports::acknowledged`] is wanted; when not, that is a tenth of all CPU saved.
    fn wants_each(&self) -> bool {
        false
    }
    /// The record sent with `tag` was acknowledged; its offset is -1 where acks ask for none.
    fn acknowledged(&mut self, _tag: u64, _partition: i32, _offset: i64) {}
    /// A record was not acknowledged.
    fn undelivered(&mut self, undelivered: &Undelivered<'_>);
    /// librdkafka wrote a line to its log.
    fn log(&mut self, _log: &Log) {}
}

/// A record that was not acknowledged.
#[derive(Clone, Copy, Debug)]
pub struct Undelivered<'a> {
    /// The number it was sent with.
    pub tag: u64,
    /// Why.
    pub code: Code,
    /// Whether it may have been written all the same.
    pub may_be_written: bool,
    /// The record; its partition is the one that the partitioner chose, or negative.
    pub record: Record<'a>,
}

/// A producer, on the thread that made it. Dropping it forgets what was not settled:
/// [`Producer::settle`] first.
#[derive(Debug)]
pub struct Producer {
    pub(super) lanes: Vec<Lane>,
    names: Vec<String>,
    acknowledged: u64,
    acknowledgements: Acknowledgements,
    bytes_taken: u64,
    bytes_lost: u64,
    pub(super) undelivered: u64,
    /// As many were undelivered before the open transaction.
    pub(super) lost_before: u64,
    /// Whether records were given up that a broker may take later.
    pub(super) spent: bool,
    trouble: Option<(Code, String)>,
    fatal: bool,
}

/// One of librdkafka's clients, and with it a connection to each broker.
#[derive(Debug)]
pub(super) struct Lane {
    // Destroyed in this order: the topics' handles belong to the client.
    topics: Vec<Topic>,
    pub(super) client: Client,
    in_flight: u64,
}

impl Lane {
    fn new(properties: &BTreeMap<String, String>, topics: &[String]) -> Result<Self, RawError> {
        let client = Client::new(
            properties
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        )?;
        Ok(Self {
            topics: topics
                .iter()
                .map(|topic| client.topic(topic))
                .collect::<Result<_, _>>()?,
            client,
            in_flight: 0,
        })
    }
}

impl Producer {
    /// Makes the producer. An idempotent one asks for metadata twice, which spares it the 500 ms
    /// that librdkafka waits for a connection it has just closed (perf: 62 ms instead).
    ///
    /// # Errors
    /// A property that librdkafka refuses.
    pub fn new(
        settings: &Settings,
        options: &ProducerOptions,
        _permit: Permit,
    ) -> Result<Self, WriteError> {
        let properties = properties::producer(settings, options);
        if options.topics.is_empty() {
            return Err(WriteError::Start("it has no topic".to_owned()));
        }
        // Two producers with one transactional id would fence each other.
        let connections = match options.transactional {
            Some(_) => 1,
            None => options.connections.max(1),
        };
        let lanes = (0..connections)
            .map(|_| Lane::new(&properties, &options.topics))
            .collect::<Result<Vec<_>, _>>()?;
        if properties
            .get("enable.idempotence")
            .is_some_and(|value| value == "true")
        {
            // Whether it was answered does not matter: what is wrong shows with the first record.
            for lane in lanes.iter().chain(&lanes) {
                let _ = lane.client.learn(settings.request_timeout);
            }
        }
        Ok(Self {
            lanes,
            names: options.topics.clone(),
            acknowledged: 0,
            acknowledgements: Acknowledgements::default(),
            bytes_taken: 0,
            bytes_lost: 0,
            undelivered: 0,
            lost_before: 0,
            spent: false,
            trouble: None,
            fatal: false,
        })
    }

    /// The index of a partition's lane.
    fn lane_of(&self, partition: i32) -> usize {
        usize::try_from(partition).unwrap_or(0) % self.lanes.len()
    }

    /// Offers one record to the first topic, as [`Producer::send_to`] does.
    pub fn send(&mut self, record: &Record<'_>, tag: u64, reports: &mut dyn Reports) -> bool {
        self.send_to(0, record, tag, reports)
    }

    /// Offers one record to the topic with index `topic` in the options, copying it; `false` when
    /// the queue is full: poll, and offer it again. Its own topic and offset are ignored; a negative
    /// partition is the partitioner's to choose, and the timestamps 0 and -1 are now (librdkafka cannot
    /// write 0). One that is refused is reported.
    pub fn send_to(
        &mut self,
        topic: usize,
        record: &Record<'_>,
        tag: u64,
        reports: &mut dyn Reports,
    ) -> bool {
        let index = self.lane_of(record.partition);
        let lane = &mut self.lanes[index];
        let sent = match lane.topics.get(topic) {
            Some(topic) => topic.send(&lane.client, record, tag),
            None => Err(UNKNOWN_TOPIC),
        };
        match sent {
            Ok(()) => {
                lane.in_flight += 1;
                self.bytes_taken += size(record.key, record.value);
            }
            Err(code) if Code(code) == Code::QUEUE_FULL => return false,
            Err(code) => {
                self.undelivered += 1;
                reports.undelivered(&Undelivered {
                    tag,
                    code: Code(code),
                    may_be_written: false,
                    record: Record {
                        topic: self.names.get(topic).map_or("", String::as_str),
                        ..*record
                    },
                });
            }
        }
        true
    }

    /// Offers the records of `batch` from index `from` on to `partition` of the first topic
    /// (negative: the partitioner decides for each), copying them. Returns the index of the first that found the
    /// queue full, which is the batch's length when none did. One that is refused is reported.
    pub fn send_batch(
        &mut self,
        partition: i32,
        batch: &mut Batch<'_>,
        from: usize,
        reports: &mut dyn Reports,
    ) -> usize {
        let mut refused = 0;
        let mut refused_bytes = 0;
        let index = self.lane_of(partition);
        let lane = &mut self.lanes[index];
        let (Some(topic), Some(name)) = (lane.topics.first(), self.names.first()) else {
            return from;
        };
        let next = topic.send_batch(partition, batch, from, &mut |plain, code| {
            refused += 1;
            refused_bytes += size(plain.key, plain.value);
            reports.undelivered(&Undelivered {
                tag: plain.tag,
                code: Code(code),
                may_be_written: false,
                record: Record {
                    topic: name,
                    partition,
                    offset: -1,
                    timestamp: -1,
                    timestamp_type: TimestampType::Create,
                    key: plain.key,
                    value: plain.value,
                    headers: crate::event::Headers::default(),
                },
            });
        });
        lane.in_flight += (next - from) as u64 - refused;
        self.undelivered += refused;
        self.bytes_taken += batch.bytes(from..next) - refused_bytes;
        next
    }

    /// Waits up to `timeout` for news and takes all there are.
    pub fn poll(&mut self, timeout: Duration, reports: &mut dyn Reports) {
        if self.take_all(reports) {
            return;
        }
        // The one that has most to tell.
        let fullest = (0..self.lanes.len()).max_by_key(|&index| self.lanes[index].in_flight);
        let index = fullest.unwrap_or(0);
        if let Some(event) = self.lanes[index].client.poll(timeout) {
            self.take(index, event, reports);
            self.take_all(reports);
        }
    }

    /// Takes the news that are there; whether there were any.
    pub(super) fn take_all(&mut self, reports: &mut dyn Reports) -> bool {
        let mut any = false;
        for index in 0..self.lanes.len() {
            while let Some(event) = self.lanes[index].client.poll(Duration::ZERO) {
                self.take(index, event, reports);
                any = true;
            }
        }
        any
    }

    /// Sends what still waits, and polls until every record's fate is known, nothing has come for
    /// `stall`, or `stop` says so. Returns whether every fate is known.
    pub fn settle(
        &mut self,
        stall: Duration,
        stop: &dyn Fn() -> bool,
        reports: &mut dyn Reports,
    ) -> bool {
        let mut settled = self.settled();
        let mut since = Instant::now();
        while self.in_flight() > 0 && !stop() && since.elapsed() < stall {
            self.hurry();
            self.poll(Duration::from_millis(20), reports);
            if self.settled() != settled {
                settled = self.settled();
                since = Instant::now();
            }
        }
        self.in_flight() == 0
    }

    /// Sends what waits for its batch to fill: to be called whenever nothing more is at hand.
    pub fn hurry(&self) {
        for lane in self.lanes.iter().filter(|lane| lane.in_flight > 0) {
            lane.client.hurry();
        }
    }

    /// Makes room in the full queue by taking acknowledgements. When none come at once, the queue may
    /// hold only records that wait for their batch to fill: they are sent.
    pub fn make_room(&mut self, reports: &mut dyn Reports) {
        const PROMPT: Duration = Duration::from_millis(10);
        const LONGEST: Duration = Duration::from_millis(20);
        let settled = self.settled();
        self.poll(PROMPT, reports);
        if self.settled() == settled {
            self.hurry();
            self.poll(LONGEST, reports);
        }
    }

    /// Gives up on every record that is not acknowledged yet, and reports each.
    pub fn give_up(&mut self, reports: &mut dyn Reports) {
        for lane in &self.lanes {
            lane.client.purge();
        }
        let began = Instant::now();
        while self.in_flight() > 0 && began.elapsed() < Duration::from_secs(2) {
            self.poll(Duration::from_millis(20), reports);
        }
    }

    /// How many records were handed over and have no fate yet.
    #[must_use]
    pub fn in_flight(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.in_flight).sum()
    }

    /// How many records were acknowledged.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// What was acknowledged in each partition.
    pub fn acknowledgements(&self) -> &Acknowledgements {
        &self.acknowledgements
    }

    /// Bytes of key and value of the records that were acknowledged, or still may be: exact once
    /// nothing is in flight.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes_taken.saturating_sub(self.bytes_lost)
    }

    /// How many records' fate is known.
    #[must_use]
    pub fn settled(&self) -> u64 {
        self.acknowledged + self.undelivered
    }

    /// What librdkafka last complained about: a broker that cannot be reached, or why it cannot go
    /// on.
    #[must_use]
    pub fn trouble(&self) -> Option<&(Code, String)> {
        self.trouble.as_ref()
    }

    /// Whether the producer can go on.
    ///
    /// # Errors
    /// [`WriteError::Fatal`].
    pub fn check(&self) -> Result<(), WriteError> {
        match &self.trouble {
            Some((code, reason)) if self.fatal => Err(WriteError::Fatal {
                code: *code,
                reason: reason.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn take(&mut self, lane: usize, event: Event, reports: &mut dyn Reports) {
        match event {
            Event::Deliveries(mut deliveries) => {
                if let (false, Some(count)) = (reports.wants_each(), deliveries.all_acknowledged())
                {
                    let in_flight = &mut self.lanes[lane].in_flight;
                    *in_flight = in_flight.saturating_sub(count);
                    self.acknowledged += count;
                    if let Some(first) = deliveries.next() {
                        self.acknowledgements.take(first, count);
                    }
                    return;
                }
                while let Some(delivery) = deliveries.next() {
                    let in_flight = &mut self.lanes[lane].in_flight;
                    *in_flight = in_flight.saturating_sub(1);
                    self.delivered(delivery, reports);
                }
            }
            Event::Error {
                code,
                fatal,
                reason,
            } => {
                if !self.fatal {
                    self.trouble = Some((Code(code), reason));
                    self.fatal = fatal;
                }
            }
            Event::Log(log) => reports.log(&log),
            Event::Other => {}
        }
    }

    fn delivered(&mut self, delivery: Delivery<'_>, reports: &mut dyn Reports) {
        let code = Code(delivery.code());
        if code == Code(0) {
            self.acknowledged += 1;
            self.acknowledgements.take(delivery, 1);
            reports.acknowledged(delivery.tag(), delivery.partition(), delivery.offset());
            return;
        }
        self.undelivered += 1;
        self.bytes_lost += size(delivery.key(), delivery.value());
        let headers = delivery.headers();
        reports.undelivered(&Undelivered {
            tag: delivery.tag(),
            code,
            may_be_written: delivery.may_be_written() || !code.proves_absence(),
            record: Record {
                topic: delivery.topic(),
                partition: delivery.partition(),
                offset: -1,
                timestamp: delivery.timestamp(),
                timestamp_type: TimestampType::Create,
                key: delivery.key(),
                value: delivery.value(),
                headers: headers.as_headers(),
            },
        });
    }
}

fn size(key: Option<&[u8]>, value: Option<&[u8]>) -> u64 {
    (key.map_or(0, <[u8]>::len) + value.map_or(0, <[u8]>::len)) as u64
}

#[cfg(test)]
mod tests {
    use rdkafka::{bindings::rd_kafka_resp_err_t, mocking::MockCluster, types::RDKafkaApiKey};

    use super::*;
    use crate::event::{HeaderBuf, RecordBuf};

    #[derive(Default)]
    struct Kept {
        acknowledged: Vec<u64>,
        undelivered: Vec<(u64, Code, bool, RecordBuf)>,
    }

    impl Reports for Kept {
        fn wants_each(&self) -> bool {
            true
        }
        fn acknowledged(&mut self, tag: u64, _: i32, _: i64) {
            self.acknowledged.push(tag);
        }
        fn undelivered(&mut self, lost: &Undelivered<'_>) {
            let record = RecordBuf::from(&lost.record);
            self.undelivered
                .push((lost.tag, lost.code, lost.may_be_written, record));
        }
    }

    fn producer(brokers: String, durability: Durability, user: &[(&str, &str)]) -> Producer {
        let user = user
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = Settings::from_properties(&[brokers], &user.collect()).unwrap();
        let options = ProducerOptions {
            topics: vec!["orders".to_owned()],
            durability,
            compression: None,
            max_message_bytes: Some(5_000),
            spread: 1,
            connections: 1,
            transactional: None,
        };
        Producer::new(&settings, &options, Permit::for_own_sandbox()).unwrap()
    }

    fn settle(producer: &mut Producer, kept: &mut Kept) {
        assert!(producer.settle(Duration::from_secs(20), &|| false, kept));
    }

    fn record<'a>(key: Option<&'a [u8]>, value: Option<&'a [u8]>) -> Record<'a> {
        Record {
            topic: "",
            partition: -1,
            offset: -1,
            timestamp: -1,
            timestamp_type: TimestampType::Create,
            key,
            value,
            headers: crate::event::Headers::default(),
        }
    }

    #[test]
    fn a_refused_record_comes_back_whole_and_with_its_tag() {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("orders", 1, 1).unwrap();
        let policy = rd_kafka_resp_err_t::RD_KAFKA_RESP_ERR_POLICY_VIOLATION;
        cluster.request_errors(RDKafkaApiKey::Produce, &[policy]);
        let mut producer = producer(cluster.bootstrap_servers(), Durability::Once, &[]);
        let mut kept = Kept::default();
        let mut headers = HeaderBuf::default();
        headers.push(b"a", None);
        headers.push(b"a", Some(b""));
        let mut refused = record(Some(b""), None);
        refused.headers = headers.as_headers();
        refused.timestamp = 1_767_261_600_123;
        assert!(producer.send(&refused, 7, &mut kept));
        settle(&mut producer, &mut kept);
        assert!(producer.send(&record(None, Some(b"v")), 8, &mut kept));
        settle(&mut producer, &mut kept);
        assert_eq!(kept.acknowledged, [8]);
        let [(7, Code(44), false, back)] = kept.undelivered.as_slice() else {
            panic!("{:?}", kept.undelivered);
        };
        assert_eq!(back.key.as_deref(), Some(&b""[..]));
        assert_eq!(back.value, None);
        assert_eq!(back.headers, headers);
        assert_eq!(back.timestamp, refused.timestamp);
        assert_eq!(
            (
                producer.acknowledged(),
                producer.bytes(),
                producer.settled()
            ),
            (1, 1, 2)
        );
    }

    #[test]
    fn in_a_batch_only_what_is_too_large_is_refused() {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("orders", 2, 1).unwrap();
        let mut producer = producer(cluster.bootstrap_servers(), Durability::Idempotent, &[]);
        let mut kept = Kept::default();
        let large = [b'x'; 6_000];
        let mut batch = Batch::default();
        batch.push(None, Some(b"first"), 1);
        batch.push(Some(b"k"), Some(&large), 2);
        batch.push(Some(b"k"), None, 3);
        assert_eq!(producer.send_batch(-1, &mut batch, 0, &mut kept), 3);
        settle(&mut producer, &mut kept);
        kept.acknowledged.sort_unstable();
        assert_eq!(kept.acknowledged, [1, 3]);
        let [(2, Code::TOO_LARGE, false, back)] = kept.undelivered.as_slice() else {
            panic!("{:?}", kept.undelivered);
        };
        assert_eq!(back.value.as_deref(), Some(&large[..]));
        assert_eq!(producer.bytes(), 6);
    }

    #[test]
    fn a_full_queue_keeps_the_order_and_loses_nothing() {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("orders", 1, 1).unwrap();
        let small = [("queue.buffering.max.messages", "10")];
        let mut producer = producer(cluster.bootstrap_servers(), Durability::Idempotent, &small);
        let mut kept = Kept::default();
        let mut batch = Batch::default();
        for tag in 0..100 {
            batch.push(None, Some(b"v"), tag);
        }
        let mut from = 0;
        let mut full = 0;
        while from < batch.len() {
            from = producer.send_batch(0, &mut batch, from, &mut kept);
            full += 1;
            settle(&mut producer, &mut kept);
        }
        assert!(full > 5, "the queue was never full");
        assert_eq!(kept.acknowledged, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn several_connections_keep_the_order_of_each_partition() {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("orders", 3, 1).unwrap();
        let settings =
            Settings::from_properties(&[cluster.bootstrap_servers()], &BTreeMap::new()).unwrap();
        let options = ProducerOptions {
            topics: vec!["orders".to_owned()],
            durability: Durability::Idempotent,
            compression: None,
            max_message_bytes: None,
            spread: 1,
            connections: 2,
            transactional: None,
        };
        let mut producer = Producer::new(&settings, &options, Permit::for_own_sandbox()).unwrap();
        #[derive(Default)]
        struct ByPartition(BTreeMap<i32, Vec<(i64, u64)>>);
        impl Reports for ByPartition {
            fn wants_each(&self) -> bool {
                true
            }
            fn acknowledged(&mut self, tag: u64, partition: i32, offset: i64) {
                self.0.entry(partition).or_default().push((offset, tag));
            }
            fn undelivered(&mut self, lost: &Undelivered<'_>) {
                panic!("{lost:?}");
            }
        }
        let mut seen = ByPartition::default();
        for tag in 0..300_u64 {
            let mut batch = Batch::default();
            batch.push(None, Some(b"v"), tag);
            let partition = i32::try_from(tag % 3).unwrap();
            assert_eq!(producer.send_batch(partition, &mut batch, 0, &mut seen), 1);
        }
        assert!(producer.settle(Duration::from_secs(20), &|| false, &mut seen));
        assert_eq!(producer.acknowledged(), 300);
        for (partition, records) in &mut seen.0 {
            records.sort_unstable();
            let tags: Vec<u64> = records.iter().map(|(_, tag)| *tag).collect();
            let expected: Vec<u64> = (0..300)
                .filter(|tag| tag % 3 == *partition as u64)
                .collect();
            assert_eq!(tags, expected);
        }
        assert_eq!(seen.0.len(), 3);
    }

    #[test]
    fn what_was_given_up_is_reported() {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("orders", 1, 1).unwrap();
        let mut producer = producer(cluster.bootstrap_servers(), Durability::Idempotent, &[]);
        cluster.broker_down(1).unwrap();
        let mut kept = Kept::default();
        assert!(producer.send(&record(None, Some(b"v")), 5, &mut kept));
        assert!(!producer.settle(Duration::from_millis(50), &|| false, &mut kept));
        producer.give_up(&mut kept);
        assert_eq!(kept.undelivered.len(), 1);
        assert_eq!(kept.undelivered[0].0, 5);
        assert!(kept.undelivered[0].1.is_access());
        assert_eq!(producer.in_flight(), 0);
    }
}
