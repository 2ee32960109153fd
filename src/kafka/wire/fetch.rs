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
    by_topic::by_topic,
    cause::{Cause, WireError},
    client::topic_name,
    connection::{Connection, Pending},
    decode::Aborted,
};
use crate::kafka::Isolation;

/// So many answers in a row that do not fit are an error.
const MISFITS: u8 = 5;

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
    /// Whether a partition rests after each answer until more of it is asked for. One that is
    /// followed never rests at its end.
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
    /// Answers since the last good one whose offsets do not fit what was asked.
    pub(super) misfits: u8,
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
    /// Whether it reaches the end that the partition had when the broker answered.
    pub(super) caught_up: bool,
    /// When the answer came.
    pub(super) arrived: Instant,
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
        let wanted = || self.slots.iter().filter(|slot| slot.wanted);
        let by_id =
            self.connection.has_fetch_by_id() && wanted().all(|slot| !slot.topic_id.is_nil());
        let each = wanted().map(|slot| {
            let partition = FetchPartition::default()
                .with_partition(slot.partition)
                .with_current_leader_epoch(slot.leader_epoch)
                .with_fetch_offset(slot.next)
                .with_partition_max_bytes(clamp(partition_bytes));
            ((&slot.topic, slot.topic_id), partition)
        });
        let topics = by_topic(each).map(|((topic, id), partitions)| {
            FetchTopic::default()
                .with_topic(topic_name(topic))
                .with_topic_id(id)
                .with_partitions(partitions)
        });
        let request = FetchRequest::default()
            .with_replica_id(BrokerId(-1))
            .with_max_wait_ms(i32::try_from(self.plan.wait.as_millis()).unwrap_or(i32::MAX))
            .with_min_bytes(i32::try_from(self.plan.min_bytes).unwrap_or(1))
            .with_max_bytes(clamp(self.plan.answer_bytes))
            .with_isolation_level(self.plan.isolation.level())
            // No fetch session: every request names all it wants.
            .with_session_epoch(-1)
            .with_rack_id(StrBytes::from_string(self.plan.rack.clone()))
            .with_topics(topics.collect());
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
            let Some(slot) = self.slots.get_mut(index) else {
                continue;
            };
            let at = format!("{}/{}", slot.topic, data.partition_index);
            // An answer that is full, or held down by a quota, has partitions left out that do
            // have records. Only of the first in line the broker always gives something.
            let trusted = asked.first() == Some(&slot.id) && !throttled;
            let advanced = match Cause::of_code(data.error_code, &at) {
                Some(cause) => Err(cause),
                None => advance(slot, data, trusted, self.plan.isolation),
            };
            let part = match advanced {
                Ok(Some(part)) => part,
                Ok(None) => continue,
                Err(cause) => {
                    if let Some(slot) = self.slots.remove(index) {
                        let lost = Event::Lost { slot, cause };
                        self.events
                            .send((self.broker, lost))
                            .map_err(|_| Unwanted)?;
                    }
                    continue;
                }
            };
            if let Some(mut slot) = self.slots.remove(index)
                && !part.last
            {
                // A partition that is followed and has nothing more rests in no request: its next
                // record would wait until the one under way is answered.
                slot.wanted = !self.plan.on_demand || (slot.end.is_none() && part.caught_up);
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
///
/// # Errors
/// Several answers in a row whose offsets do not fit what was asked, or that never hold a batch whole. One may: the broker notes the
/// high watermark before it reads (`Partition.readRecords`), and a write may come between.
pub(super) fn advance(
    slot: &mut Slot,
    data: PartitionData,
    trusted: bool,
    isolation: Isolation,
) -> Result<Option<Part>, Cause> {
    let mut records = data.records.unwrap_or_default();
    let asked = slot.next;
    let fitting = fitting(&records, asked, data.high_watermark);
    slot.next = fitting.next;
    if let Some(misfit) = fitting.misfit {
        if fitting.length == 0 {
            slot.misfits += 1;
            if slot.misfits < MISFITS {
                return Ok(None);
            }
            return Err(Cause::Malformed {
                what: format!(
                    "Fetch: records of offset {misfit}, asked for offset {asked}, high watermark {}",
                    data.high_watermark
                ),
            });
        }
        // The rest is asked for again.
        records.truncate(fitting.length);
    }
    match batch::cut(&records) {
        // The first in line always has one batch whole.
        Some(flaw) if trusted => {
            slot.misfits += 1;
            if slot.misfits < MISFITS {
                return Ok(None);
            }
            return Err(flaw.into());
        }
        Some(_) => {}
        None => slot.misfits = 0,
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
        return Ok(None);
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
    Ok(Some(Part {
        slot: slot.id,
        next,
        records,
        aborted,
        last,
        caught_up: slot.next >= readable_to,
        arrived: Instant::now(),
    }))
}

/// The batches at the front of an answer that follow each other from the offset that was asked for
/// to the high watermark.
struct Fitting {
    /// Their bytes.
    length: usize,
    /// The offset after them.
    next: i64,
    /// The base offset of the first batch that does not fit, if there is one.
    misfit: Option<i64>,
}

/// Which whole batches fit, from their headers alone. A base offset is not covered by the checksum:
/// one that is wrong would hide the records up to it. A batch that cannot be read is for the decoder
/// to report.
fn fitting(records: &[u8], asked: i64, high_watermark: i64) -> Fitting {
    let mut fitting = Fitting {
        length: 0,
        next: asked,
        misfit: None,
    };
    for batch in batch::batches(records).map_while(Result::ok) {
        let (base, next) = (batch.header.base_offset, batch.header.next_offset());
        // The first batch may begin before what was asked for. In formats v0 and v1 the base offset
        // of a compressed batch is its last one.
        let follows = next > fitting.next && (fitting.length == 0 || base >= fitting.next);
        let is_behind_the_end = high_watermark >= 0 && next > high_watermark;
        if !follows || is_behind_the_end {
            fitting.misfit = Some(base);
            break;
        }
        fitting.length += batch.bytes.len();
        fitting.next = next;
    }
    fitting
}

pub(super) fn clamp(bytes: usize) -> i32 {
    i32::try_from(bytes).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A batch of ten records, as far as its header.
    fn batch(base_offset: i64) -> Vec<u8> {
        let mut bytes = base_offset.to_be_bytes().to_vec();
        bytes.extend(49_i32.to_be_bytes());
        bytes.extend([0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]);
        bytes.extend(9_i32.to_be_bytes());
        bytes.resize(61, 0);
        bytes
    }

    fn slot() -> Slot {
        Slot {
            id: 0,
            topic: Arc::from("t"),
            topic_id: Uuid::nil(),
            partition: 0,
            next: 105,
            end: Some(1_000),
            leader_epoch: -1,
            misfits: 0,
            wanted: true,
        }
    }

    fn answer(bases: &[i64]) -> PartitionData {
        let records: Vec<u8> = bases.iter().flat_map(|base| batch(*base)).collect();
        PartitionData::default()
            .with_high_watermark(500)
            .with_last_stable_offset(500)
            .with_records(Some(records.into()))
    }

    #[test]
    fn batches_that_follow_each_other_are_taken_gaps_included() {
        for (bases, next) in [(&[100, 110][..], 120), (&[105], 115), (&[200, 490], 500)] {
            let mut slot = slot();
            let part = advance(&mut slot, answer(bases), true, Isolation::Committed);
            let part = part.unwrap().unwrap();
            assert_eq!(part.records.len(), 61 * bases.len());
            assert_eq!((part.next, slot.next), (next, next));
        }
    }

    #[test]
    fn a_batch_that_does_not_fit_is_asked_for_again() {
        for bases in [
            [100, 1_000_000_000],
            [100, 491],
            [100, 100],
            [100, 105],
            [100, -5],
        ] {
            let mut slot = slot();
            let part = advance(&mut slot, answer(&bases), true, Isolation::Committed);
            let part = part.unwrap().unwrap();
            assert_eq!(part.records.len(), 61);
            assert_eq!((part.next, part.last, slot.next), (110, false, 110));
        }
    }

    #[test]
    fn a_batch_that_never_comes_whole_is_an_error_of_the_first_in_line_alone() {
        for length in [i32::MAX, 1 << 20, 50] {
            let cut = || {
                let mut records = batch(105);
                records[8..12].copy_from_slice(&length.to_be_bytes());
                PartitionData::default()
                    .with_high_watermark(500)
                    .with_last_stable_offset(500)
                    .with_records(Some(records.into()))
            };
            let mut slot = slot();
            for _ in 0..2 * MISFITS {
                let part = advance(&mut slot, cut(), false, Isolation::Committed);
                assert_eq!(part.unwrap().unwrap().next, 105);
            }
            for _ in 1..MISFITS {
                let part = advance(&mut slot, cut(), true, Isolation::Committed);
                assert!(part.unwrap().is_none());
            }
            let error = advance(&mut slot, cut(), true, Isolation::Committed).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!(
                    "record batch at offset 105: its length is {length}, and the broker sends 61 \
                     bytes of it"
                )
            );
            assert_eq!(slot.next, 105);
        }
    }

    #[test]
    fn answers_that_never_fit_are_an_error_and_hide_nothing() {
        for base in [1_000_000_000, i64::MAX, 491, 95, 0, -1] {
            let mut slot = slot();
            for _ in 1..MISFITS {
                let part = advance(&mut slot, answer(&[base]), true, Isolation::Committed);
                assert!(part.unwrap().is_none());
                assert_eq!(slot.next, 105);
            }
            let error = advance(&mut slot, answer(&[base]), true, Isolation::Committed);
            assert_eq!(
                error.unwrap_err().to_string(),
                format!(
                    "malformed answer: Fetch: records of offset {base}, asked for offset 105, \
                     high watermark 500"
                )
            );
            assert_eq!(slot.next, 105);
        }
    }
}
