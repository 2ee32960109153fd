//! Where records are written: the port of the engine, and librdkafka's producer behind it.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    event::{Commit, REPLAY_TOPIC, Record, TopicPartition},
    kafka::{
        Settings, property,
        write::{
            Code, Durability, GroupFence, Producer, ProducerOptions, Reports, TransactionError,
            Transactional, WriteError,
        },
    },
    pipeline::Permit,
    replay::{CheckpointLocation, Plan},
};

/// `transaction.timeout.ms`, unless the properties set another.
const TRANSACTION_TIMEOUT: Duration = Duration::from_secs(10);

/// Takes records and reports the fate of each by its tag.
pub trait Delivery {
    /// Offers one record to the topic with index `topic`; `false` when the queue is full: poll, and
    /// offer it again.
    fn send(
        &mut self,
        topic: usize,
        record: &Record<'_>,
        tag: u64,
        reports: &mut dyn Reports,
    ) -> bool;

    /// Waits up to `wait` for reports and passes all of them on.
    fn poll(&mut self, wait: Duration, reports: &mut dyn Reports);

    /// Polls until every record's fate is known, nothing has come for `stall`, or `stop` says so.
    /// Whether every fate is known.
    fn settle(
        &mut self,
        stall: Duration,
        stop: &dyn Fn() -> bool,
        reports: &mut dyn Reports,
    ) -> bool;

    /// Sends what waits for its batch to fill.
    fn hurry(&self);

    /// Gives up on every record that is not acknowledged yet, and reports each.
    fn give_up(&mut self, reports: &mut dyn Reports);

    /// Records whose fate is not known yet.
    fn in_flight(&self) -> u64;

    /// Records that were acknowledged.
    fn acknowledged(&self) -> u64;

    /// Records whose fate is known.
    fn settled(&self) -> u64;

    /// Whether more records can be written.
    ///
    /// # Errors
    /// [`WriteError::Fatal`]: none can.
    fn check(&self) -> Result<(), WriteError>;

    /// Why another producer has the transactional id; `None` while this one has it.
    fn fenced(&self) -> Option<Code>;

    /// The last complaint, of a broker that cannot be reached for instance.
    fn complaint(&self) -> Option<String>;

    /// The transactional id; `None` when records are written without transactions.
    fn transactional_id(&self) -> Option<&str>;

    /// How long a broker leaves a transaction open.
    fn transaction_timeout(&self) -> Duration;

    /// Takes the transactional id over: whoever had it is fenced, and its open transaction aborted.
    ///
    /// # Errors
    /// See [`TransactionError`].
    fn init_transactions(&mut self, deadline: Duration) -> Result<(), TransactionError>;

    /// Begins a transaction.
    ///
    /// # Errors
    /// The delivery cannot go on.
    fn begin(&mut self) -> Result<(), TransactionError>;

    /// Adds committed offsets of a group to the open transaction.
    ///
    /// # Errors
    /// See [`TransactionError`].
    fn send_offsets(
        &mut self,
        group: &GroupFence,
        offsets: &BTreeMap<TopicPartition, Commit>,
        deadline: Duration,
    ) -> Result<(), TransactionError>;

    /// Commits the open transaction.
    ///
    /// # Errors
    /// After [`TransactionError::Silent`] it is not known whether it was committed.
    fn commit(
        &mut self,
        deadline: Duration,
        reports: &mut dyn Reports,
    ) -> Result<(), TransactionError>;

    /// Aborts the open transaction.
    ///
    /// # Errors
    /// See [`TransactionError`].
    fn abort(
        &mut self,
        deadline: Duration,
        reports: &mut dyn Reports,
    ) -> Result<(), TransactionError>;

    /// Another delivery with the same options, to go on after this one cannot.
    ///
    /// # Errors
    /// It cannot be made.
    fn renewed(&self) -> Result<Box<dyn Delivery>, WriteError>;
}

/// Writes to Kafka.
#[derive(Debug)]
pub struct KafkaDelivery {
    producer: Producer,
    settings: Settings,
    options: ProducerOptions,
    permit: Permit,
}

impl KafkaDelivery {
    /// A producer of its own.
    ///
    /// # Errors
    /// A property that librdkafka refuses.
    pub fn new(
        settings: &Settings,
        options: ProducerOptions,
        permit: Permit,
    ) -> Result<Self, WriteError> {
        Ok(Self {
            producer: Producer::new(settings, &options, permit)?,
            settings: settings.clone(),
            options,
            permit,
        })
    }
}

/// The options of a producer that writes to the targets of `plan`, and to the topic of checkpoints
/// where there is one. `transactional` makes it write in transactions; `max_message_bytes` is the
/// largest of the targets, `None` when that is not known.
#[must_use]
pub fn producer_options(
    plan: &Plan,
    transactional: Option<Transactional>,
    max_message_bytes: Option<u64>,
) -> ProducerOptions {
    let targets = plan.targets();
    let mut topics: Vec<String> = targets.iter().map(|(name, _)| name.to_string()).collect();
    if plan.checkpoint_location == CheckpointLocation::Topic {
        topics.push(REPLAY_TOPIC.to_owned());
    }
    let partitions: i32 = targets.iter().map(|(_, count)| *count).sum();
    ProducerOptions {
        topics,
        durability: Durability::Idempotent,
        spread: usize::try_from(partitions).unwrap_or(1),
        connections: 1,
        compression: None,
        max_message_bytes,
        transactional,
    }
}

impl Delivery for KafkaDelivery {
    fn send(
        &mut self,
        topic: usize,
        record: &Record<'_>,
        tag: u64,
        reports: &mut dyn Reports,
    ) -> bool {
        self.producer.send_to(topic, record, tag, reports)
    }

    fn poll(&mut self, wait: Duration, reports: &mut dyn Reports) {
        self.producer.poll(wait, reports);
    }

    fn settle(
        &mut self,
        stall: Duration,
        stop: &dyn Fn() -> bool,
        reports: &mut dyn Reports,
    ) -> bool {
        self.producer.settle(stall, stop, reports)
    }

    fn hurry(&self) {
        self.producer.hurry();
    }

    fn give_up(&mut self, reports: &mut dyn Reports) {
        self.producer.give_up(reports);
    }

    fn in_flight(&self) -> u64 {
        self.producer.in_flight()
    }

    fn acknowledged(&self) -> u64 {
        self.producer.acknowledged()
    }

    fn settled(&self) -> u64 {
        self.producer.settled()
    }

    fn check(&self) -> Result<(), WriteError> {
        self.producer.check()
    }

    fn fenced(&self) -> Option<Code> {
        self.producer.fenced()
    }

    fn complaint(&self) -> Option<String> {
        self.producer.trouble().map(|(_, reason)| reason.clone())
    }

    fn transactional_id(&self) -> Option<&str> {
        let transactional = self.options.transactional.as_ref()?;
        Some(&transactional.id)
    }

    fn transaction_timeout(&self) -> Duration {
        let name = property::canonical("transaction.timeout.ms");
        let given = (self.settings.properties.iter())
            .find(|(given, _)| property::canonical(given) == name)
            .and_then(|(_, ms)| ms.parse().ok());
        given.map_or(TRANSACTION_TIMEOUT, Duration::from_millis)
    }

    fn init_transactions(&mut self, deadline: Duration) -> Result<(), TransactionError> {
        self.producer.init_transactions(deadline)
    }

    fn begin(&mut self) -> Result<(), TransactionError> {
        self.producer.begin()
    }

    fn send_offsets(
        &mut self,
        group: &GroupFence,
        offsets: &BTreeMap<TopicPartition, Commit>,
        deadline: Duration,
    ) -> Result<(), TransactionError> {
        self.producer.send_offsets(group, offsets, deadline)
    }

    fn commit(
        &mut self,
        deadline: Duration,
        reports: &mut dyn Reports,
    ) -> Result<(), TransactionError> {
        self.producer.commit(deadline, reports)
    }

    fn abort(
        &mut self,
        deadline: Duration,
        reports: &mut dyn Reports,
    ) -> Result<(), TransactionError> {
        self.producer.abort(deadline, reports)
    }

    fn renewed(&self) -> Result<Box<dyn Delivery>, WriteError> {
        let other = Self::new(&self.settings, self.options.clone(), self.permit)?;
        Ok(Box::new(other))
    }
}
