//! The thread behind one broker connection: it fetches, and never looks into a record.
//!
//! It reads an answer into a recycled buffer, walks the batch headers to learn where to go on,
//! sends the next request at once and only then hands the buffer over. So the network, the broker
//! and whoever prints are busy at the same time, and memory is a fixed number of buffers.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        mpsc::{Receiver, Sender},
    },
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use kafka_protocol::{
    messages::{
        BrokerId, FetchRequest, FetchResponse,
        fetch_request::{FetchPartition, FetchTopic},
        fetch_response::PartitionData,
    },
    protocol::StrBytes,
};
use uuid::Uuid;

use super::{
    batch,
    cause::{Cause, WireError},
    client::topic_name,
    connection::{Connection, Pending},
    decode::Aborted,
};
use crate::kafka::Isolation;

/// Limits and habits of fetching, the same for every connection of a reader.
#[derive(Clone, Debug)]
pub(super) struct FetchPlan {
    /// Bytes of one answer. One batch may be larger; then it comes alone.
    pub(super) answer_bytes: usize,
    /// Bytes of one partition in an answer; `None` shares an answer evenly.
    pub(super) partition_bytes: Option<usize>,
    /// Fewer bytes than these are waited for.
    pub(super) min_bytes: u32,
    /// `client.rack`: brokers note it. We always read from leaders, who know every end.
    pub(super) rack: String,
    /// Buffers per connection.
    pub(super) buffers: usize,
    /// How long the broker may hold back an answer that has nothing in it.
    pub(super) wait: Duration,
    /// How long an answer may take in all: a stalled broker is a stall, never an end.
    pub(super) patience: Duration,
    /// Which records are wanted.
    pub(super) isolation: Isolation,
    /// Whether a partition rests after each answer until more of it is asked for.
    pub(super) on_demand: bool,
}

/// A partition as a fetch thread sees it.
#[derive(Clone, Debug)]
pub(super) struct Slot {
    /// Its number in the reader.
    pub(super) id: usize,
    /// Its topic.
    pub(super) topic: Arc<str>,
    /// The topic's id, so that another topic of the same name refuses us; nil when unknown.
    pub(super) topic_id: Uuid,
    /// Its partition.
    pub(super) partition: i32,
    /// Where to go on.
    pub(super) next: i64,
    /// Where to stop; `None` follows.
    pub(super) end: Option<i64>,
    /// The leader's epoch, so that a deposed leader refuses us; -1 when unknown.
    pub(super) leader_epoch: i32,
    /// Whether more of it may be fetched now. A merging reader holds a partition back while it
    /// still has records of it.
    pub(super) wanted: bool,
}

/// What the reader tells a fetch thread.
#[derive(Debug)]
pub(super) enum Order {
    /// Fetch this partition, too.
    Add(Slot),
    /// Leave this partition alone.
    Remove(usize),
    /// More of this partition, please.
    Want(usize),
    /// A buffer to use again.
    Buffer(BytesMut),
}

/// What a fetch thread tells the reader.
#[derive(Debug)]
pub(super) enum Event {
    /// Records.
    Data(Chunk),
    /// The broker answered and had nothing.
    Idle,
    /// The broker does not serve this partition (any more).
    Lost { slot: Slot, cause: Cause },
    /// The connection is gone, and with it the thread.
    Down { slots: Vec<Slot>, error: WireError },
}

/// One answer: a buffer, and what of it belongs to which partition.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) buffer: Bytes,
    pub(super) parts: Vec<Part>,
    pub(super) length: usize,
}

/// The records of one partition in one answer.
#[derive(Debug)]
pub(super) struct Part {
    /// The slot's number.
    pub(super) slot: usize,
    /// The offset after the last whole batch.
    pub(super) next: i64,
    /// Whole batches, and perhaps the beginning of one more.
    pub(super) records: Bytes,
    /// Transactions that were aborted.
    pub(super) aborted: Aborted,
    /// Whether the slot's end has been reached.
    pub(super) last: bool,
}

/// Runs until the reader drops its end of `orders`, or the connection breaks.
pub(super) struct FetchLoop {
    pub(super) connection: Connection,
    pub(super) plan: FetchPlan,
    pub(super) broker: i32,
    pub(super) orders: Receiver<Order>,
    pub(super) events: Sender<(i32, Event)>,
    slots: VecDeque<Slot>,
    free: Vec<BytesMut>,
}

/// A request under way, and the slots it names, in its order. An answer speaks of these only: a
/// partition that was taken away and given back meanwhile has a new number.
struct Asked {
    request: Pending,
    slots: Vec<usize>,
    /// Whether topics have ids in it, and names else.
    by_id: bool,
}

/// The reader is gone: nobody needs this thread any more.
struct Unwanted;

impl FetchLoop {
    pub(super) fn new(
        connection: Connection,
        plan: FetchPlan,
        broker: i32,
        orders: Receiver<Order>,
        events: Sender<(i32, Event)>,
    ) -> Self {
        // Zeroed memory is not touched before it is used, so an unused buffer costs nothing.
        let free = (0..plan.buffers)
            .map(|_| BytesMut::zeroed(plan.answer_bytes + 65_536))
            .collect();
        Self {
            connection,
            plan,
            broker,
            orders,
            events,
            slots: VecDeque::new(),
            free,
        }
    }

    /// The body of the thread.
    pub(super) fn run(mut self) {
        if let Err(Some(error)) = self.fetch() {
            let slots = self.slots.drain(..).collect();
            // Nobody listens when the reader is gone.
            let _ = self
                .events
                .send((self.broker, Event::Down { slots, error }));
        }
    }

    fn fetch(&mut self) -> Result<(), Option<WireError>> {
        let mut pending: Option<Asked> = None;
        loop {
            while let Ok(order) = self.orders.try_recv() {
                self.obey(order);
            }
            let Some(asked) = (match pending.take() {
                Some(sent) => Some(sent),
                None => self.send_next()?,
            }) else {
                self.wait_for_orders().map_err(|Unwanted| None)?;
                continue;
            };
            let buffer = loop {
                match self.free.pop() {
                    Some(buffer) => break buffer,
                    None => self.wait_for_orders().map_err(|Unwanted| None)?,
                }
            };
            let deadline = Instant::now() + self.plan.wait + self.plan.patience;
            let (answer, whole, length) =
                self.connection
                    .receive_into::<FetchRequest>(asked.request, buffer, deadline)?;
            let parts = self
                .sort_out(answer, &asked.slots, asked.by_id)
                .map_err(|Unwanted| None)?;
            pending = self.send_next()?;
            let event = if parts.is_empty() {
                self.take_back(whole);
                if self.slots.is_empty() {
                    // It serves none of what was asked for: that is no sign of life.
                    continue;
                }
                Event::Idle
            } else {
                Event::Data(Chunk {
                    buffer: whole,
                    parts,
                    length,
                })
            };
            self.events.send((self.broker, event)).map_err(|_| None)?;
        }
    }

    /// Sends a request for every wanted partition; `None` when there is none.
    fn send_next(&mut self) -> Result<Option<Asked>, WireError> {
        let slots: Vec<_> = self
            .slots
            .iter()
            .filter(|slot| slot.wanted)
            .map(|slot| slot.id)
            .collect();
        if slots.is_empty() {
            return Ok(None);
        }
        let even_share = || (self.plan.answer_bytes / slots.len()).max(65_536);
        let partition_bytes = self.plan.partition_bytes.unwrap_or_else(even_share);
        let mut topics: Vec<FetchTopic> = Vec::new();
        let mut by_id = self.connection.has_fetch_by_id();
        for slot in self.slots.iter().filter(|slot| slot.wanted) {
            let partition = FetchPartition::default()
                .with_partition(slot.partition)
                .with_current_leader_epoch(slot.leader_epoch)
                .with_fetch_offset(slot.next)
                .with_partition_max_bytes(clamp(partition_bytes));
            by_id &= !slot.topic_id.is_nil();
            match topics.last_mut() {
                Some(topic) if *topic.topic.0 == *slot.topic => topic.partitions.push(partition),
                _ => topics.push(
                    FetchTopic::default()
                        .with_topic(topic_name(&slot.topic))
                        .with_topic_id(slot.topic_id)
                        .with_partitions(vec![partition]),
                ),
            }
        }
        let request = FetchRequest::default()
            .with_replica_id(BrokerId(-1))
            .with_max_wait_ms(i32::try_from(self.plan.wait.as_millis()).unwrap_or(i32::MAX))
            .with_min_bytes(i32::try_from(self.plan.min_bytes).unwrap_or(1))
            .with_max_bytes(clamp(self.plan.answer_bytes))
            .with_isolation_level(self.plan.isolation.level())
            // No fetch session: every request names all it wants.
            .with_session_epoch(-1)
            .with_rack_id(StrBytes::from_string(self.plan.rack.clone()))
            .with_topics(topics);
        let request = if by_id {
            self.connection.send_fetch_by_id(&request)?
        } else {
            self.connection.send(&request)?
        };
        Ok(Some(Asked {
            request,
            slots,
            by_id,
        }))
    }

    /// Takes an answer apart and moves every slot on. Slots that got records go to the back of the
    /// line, as the broker fills an answer in the order of the request.
    fn sort_out(
        &mut self,
        answer: FetchResponse,
        asked: &[usize],
        by_id: bool,
    ) -> Result<Vec<Part>, Unwanted> {
        let throttled = answer.throttle_time_ms > 0;
        let mut parts = Vec::new();
        let answers = answer.responses.into_iter().flat_map(|topic| {
            let named = (topic.topic, topic.topic_id);
            topic
                .partitions
                .into_iter()
                .map(move |data| (named.clone(), data))
        });
        for ((name, id), data) in answers {
            let Some(index) = self.slots.iter().position(|slot| {
                let same_topic = if by_id {
                    slot.topic_id == id
                } else {
                    *slot.topic == *name.0.as_str()
                };
                same_topic && slot.partition == data.partition_index && asked.contains(&slot.id)
            }) else {
                continue;
            };
            let topic = self.slots.get(index).map_or("", |slot| &*slot.topic);
            let at = format!("{topic}/{}", data.partition_index);
            if let Some(cause) = Cause::of_code(data.error_code, &at) {
                if let Some(slot) = self.slots.remove(index) {
                    let lost = Event::Lost { slot, cause };
                    self.events
                        .send((self.broker, lost))
                        .map_err(|_| Unwanted)?;
                }
                continue;
            }
            let Some(slot) = self.slots.get_mut(index) else {
                continue;
            };
            // An answer that is full, or held down by a quota, has partitions left out that do
            // have records. Only of the first in line the broker always gives something.
            let trusted = asked.first() == Some(&slot.id) && !throttled;
            let Some(part) = advance(slot, data, trusted, self.plan.isolation) else {
                continue;
            };
            if let Some(mut slot) = self.slots.remove(index)
                && !part.last
            {
                slot.wanted = !self.plan.on_demand;
                self.slots.push_back(slot);
            }
            parts.push(part);
        }
        Ok(parts)
    }

    fn obey(&mut self, order: Order) {
        match order {
            Order::Add(slot) => self.slots.push_back(slot),
            Order::Remove(id) => self.slots.retain(|slot| slot.id != id),
            Order::Want(id) => {
                if let Some(slot) = self.slots.iter_mut().find(|slot| slot.id == id) {
                    slot.wanted = true;
                }
            }
            Order::Buffer(buffer) => self.free.push(buffer),
        }
    }

    fn wait_for_orders(&mut self) -> Result<(), Unwanted> {
        let order = self.orders.recv().map_err(|_| Unwanted)?;
        self.obey(order);
        Ok(())
    }

    fn take_back(&mut self, whole: Bytes) {
        if let Some(buffer) = recycle(whole, self.plan.answer_bytes) {
            self.free.push(buffer);
        } else {
            self.free
                .push(BytesMut::zeroed(self.plan.answer_bytes + 65_536));
        }
    }
}

/// Makes a buffer usable again; `None` when it is still borrowed, or was blown up by one huge
/// batch and had better be given back to the system.
pub(super) fn recycle(whole: Bytes, answer_bytes: usize) -> Option<BytesMut> {
    whole
        .try_into_mut()
        .ok()
        .filter(|buffer| buffer.len() <= answer_bytes * 2)
}

/// Moves `slot` past the whole batches of `data`; `None` when there is nothing to tell.
pub(super) fn advance(
    slot: &mut Slot,
    data: PartitionData,
    trusted: bool,
    isolation: Isolation,
) -> Option<Part> {
    let records = data.records.unwrap_or_default();
    if let Some(next) = end_of(&records) {
        slot.next = slot.next.max(next);
    }
    let readable_to = match isolation {
        Isolation::Committed => data.last_stable_offset,
        Isolation::Uncommitted => data.high_watermark,
    };
    // Compaction and aborted transactions may leave nothing at all before the end: then an empty
    // answer, from a broker whose own end is as far, is the only sign of it.
    let last = slot.end.is_some_and(|end| {
        slot.next >= end || (records.is_empty() && trusted && readable_to >= end)
    });
    if records.is_empty() && !last {
        return None;
    }
    let aborted = data
        .aborted_transactions
        .unwrap_or_default()
        .iter()
        .map(|transaction| (transaction.producer_id.0, transaction.first_offset))
        .collect();
    let next = if last {
        slot.end.unwrap_or(slot.next)
    } else {
        slot.next
    };
    let aborted = Aborted::new(aborted);
    Some(Part {
        slot: slot.id,
        next,
        records,
        aborted,
        last,
    })
}

/// The offset after the last whole batch, from the headers alone. A batch that cannot be read
/// is for the decoder to report.
fn end_of(records: &[u8]) -> Option<i64> {
    batch::batches(records)
        .map_while(Result::ok)
        .last()
        .map(|batch| batch.header.next_offset())
}

pub(super) fn clamp(bytes: usize) -> i32 {
    i32::try_from(bytes).unwrap_or(i32::MAX)
}
