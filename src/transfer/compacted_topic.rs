//! Checkpoints as records of a compacted topic, on the cluster that is written to.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::{CheckpointStore, Delivery, KafkaDelivery, Losses, TransferError, losses::Origin};
use crate::{
    event::{Headers, REPLAY_TOPIC, Record, TimestampType, TopicPartition},
    kafka::{
        Isolation, Settings,
        admin::Detail,
        wire::{Client, NewTopic, ReadError, ReadOptions, ReadOrder, ReadRange, Reader},
        write::{Durability, ProducerOptions},
    },
    pipeline::{Cancel, Fault, Flow, Permit, Sink, drive},
    replay::{CheckpointTable, Checkpoints, record_key, records_of},
};

/// How long nothing may arrive while the topic is read.
const STALL: Duration = Duration::from_secs(20);
/// How long a topic that another process creates may take to reach all brokers.
const SPREAD: Duration = Duration::from_secs(2);
/// How long the first checkpoint may take to be written.
const PATIENCE: Duration = Duration::from_secs(30);
const TICK: Duration = Duration::from_millis(50);

/// The compacted topic that holds the checkpoints of all replays into a cluster.
#[derive(Debug)]
pub struct CompactedTopic {
    id: String,
    /// The index of the topic among those of the delivery.
    index: usize,
    /// Up to where it was read; `None` before the first time.
    tail: Option<i64>,
    permit: Permit,
}

impl CompactedTopic {
    /// The checkpoints of the replay `id`, by a delivery that knows the topic under `index`.
    #[must_use]
    pub fn new(id: String, index: usize, permit: Permit) -> Self {
        Self {
            id,
            index,
            tail: None,
            permit,
        }
    }

    /// The checkpoints of every replay in the topic, by id.
    ///
    /// The topic is read to its high watermark, not only to where open transactions begin:
    /// checkpoints that an earlier run has committed may lie behind those of others.
    ///
    /// # Errors
    /// The cluster does not answer, or refuses.
    pub fn read_all(
        client: &mut Client,
        cancel: &Cancel,
    ) -> Result<BTreeMap<String, Checkpoints>, TransferError> {
        let mut table = Table::default();
        if exists(client)? {
            read_records(client, None, Isolation::Committed, &mut table, Some(cancel))?;
        }
        Ok(table.0.into_replays())
    }

    /// Deletes the checkpoints of the replay `id`, by tombstones.
    ///
    /// # Errors
    /// The cluster does not take them.
    pub fn delete(
        settings: &Settings,
        id: &str,
        checkpoints: &Checkpoints,
        permit: Permit,
    ) -> Result<(), TransferError> {
        let options = ProducerOptions {
            topics: vec![REPLAY_TOPIC.to_owned()],
            durability: Durability::Idempotent,
            spread: 1,
            connections: 1,
            compression: None,
            max_message_bytes: None,
            transactional: None,
        };
        let mut delivery = KafkaDelivery::new(settings, options, permit)?;
        let mut losses = Losses::default();
        for at in checkpoints.keys() {
            let key = record_key(id, at);
            send(&mut delivery, 0, &record(&key, None), &mut losses);
        }
        if delivery.settle(PATIENCE, &|| false, &mut losses) && losses.count == 0 {
            return Ok(());
        }
        Err(TransferError::NotForgotten { id: id.to_owned() })
    }
}

impl CheckpointStore<Client> for CompactedTopic {
    fn create(&mut self, client: &mut Client) -> Result<(), TransferError> {
        if exists(client)? {
            return Ok(());
        }
        client.refresh_brokers()?;
        let copies = i16::try_from(client.brokers().len().min(3)).unwrap_or(1);
        let topic = NewTopic {
            name: REPLAY_TOPIC.to_owned(),
            partitions: Some(1),
            replication: Some(copies),
            configs: vec![("cleanup.policy".to_owned(), "compact".to_owned())],
        };
        let created = client.create_topics(&[topic], self.permit)?;
        let Some(failure) = created.failures.into_iter().next() else {
            return Ok(());
        };
        // Another replay may have been quicker; not every broker knows of the topic at once.
        let deadline = Instant::now() + SPREAD;
        while Instant::now() < deadline {
            if exists(client)? {
                return Ok(());
            }
            std::thread::sleep(TICK);
        }
        Err(TransferError::TopicNotCreated(failure.cause.to_string()))
    }

    fn read(&mut self, client: &mut Client, cancel: &Cancel) -> Result<Checkpoints, TransferError> {
        let mut all = Self::read_all(client, cancel)?;
        Ok(all.remove(&self.id).unwrap_or_default())
    }

    fn read_new(&mut self, client: &mut Client) -> Result<Option<Checkpoints>, TransferError> {
        let mut table = Table::default();
        // Transactions of other replays would be waited for, else.
        let isolation = Isolation::Uncommitted;
        self.tail = Some(read_records(
            client, self.tail, isolation, &mut table, None,
        )?);
        Ok(table.0.remove(&self.id))
    }

    fn write(
        &mut self,
        _: &mut Client,
        delivery: &mut dyn Delivery,
        news: &Checkpoints,
    ) -> Result<(), TransferError> {
        let mut losses = Losses::default();
        let is_transactional = delivery.transactional_id().is_some();
        if is_transactional {
            delivery.begin()?;
        }
        for (key, value) in records_of(&self.id, news) {
            send(
                delivery,
                self.index,
                &record(&key, Some(&value)),
                &mut losses,
            );
        }
        if !delivery.settle(PATIENCE, &|| false, &mut losses) || losses.count > 0 {
            let code = losses.first.map(|first| first.code);
            return Err(TransferError::NotBegun(code));
        }
        if is_transactional {
            delivery.commit(PATIENCE, &mut losses)?;
        }
        Ok(())
    }
}

fn send(delivery: &mut dyn Delivery, topic: usize, record: &Record<'_>, losses: &mut Losses) {
    while !delivery.send(topic, record, Origin::CHECKPOINT, losses) {
        delivery.poll(TICK, losses);
    }
}

/// A record that holds a checkpoint, as it is sent.
pub(super) fn record<'a>(key: &'a [u8], value: Option<&'a [u8]>) -> Record<'a> {
    Record {
        topic: REPLAY_TOPIC,
        partition: 0,
        offset: -1,
        timestamp: -1,
        timestamp_type: TimestampType::Create,
        key: Some(key),
        value,
        headers: Headers::default(),
    }
}

fn exists(client: &mut Client) -> Result<bool, TransferError> {
    let found = client.metadata(&[REPLAY_TOPIC])?;
    Ok(found.iter().any(|topic| topic.error.is_none()))
}

/// Reads the topic from the offset `from` on; the offset that it ends at.
fn read_records(
    client: &mut Client,
    from: Option<i64>,
    isolation: Isolation,
    table: &mut Table,
    cancel: Option<&Cancel>,
) -> Result<i64, TransferError> {
    let at = TopicPartition::new(REPLAY_TOPIC, 0);
    client.find_leaders(std::iter::once(&at))?;
    let details = [Detail::Start, Detail::End];
    let mut found = client
        .watermarks(std::slice::from_ref(&at), &details)
        .complete()?;
    let bounds = found.remove(&at).and_then(|watermarks| {
        let watermarks = watermarks.ok()?;
        watermarks.start.zip(watermarks.end)
    });
    let Some((start, end)) = bounds else {
        return Err(TransferError::TopicNotRead);
    };
    let options = ReadOptions {
        isolation,
        order: ReadOrder::Arrival,
        from_ms: None,
        to_ms: None,
        stall_timeout: STALL,
    };
    let range = ReadRange {
        partition: at,
        start: from.unwrap_or(start).max(start),
        end: Some(end),
    };
    let mut reader = Reader::new(client, vec![range], options);
    let never = Cancel::default();
    let cancel = cancel.unwrap_or(&never);
    drive(&mut reader, table, &mut (), cancel).map_err(read_error)?;
    Ok(end)
}

fn read_error(fault: Fault) -> TransferError {
    match fault.downcast::<ReadError>() {
        Ok(error) => TransferError::Read(*error),
        Err(fault) => TransferError::Other(fault),
    }
}

/// Fills a [`CheckpointTable`] with what is read.
#[derive(Default)]
struct Table(CheckpointTable);

impl Sink for Table {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.0.apply(record.key, record.value);
        Ok(Flow::Continue)
    }
}
