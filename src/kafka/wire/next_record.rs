//! The first record at or after an offset, for many offsets of many partitions at once: how old is
//! what a group reads next?
//!
//! Each round asks a broker for a little of every partition that has an offset to settle. What
//! comes back settles every offset that lies in it, so that many groups on one partition share a
//! look; then the round goes on from the next offset, over whatever lies between.
//!
//! A broker gives the first partition of a request one whole batch at least, and the others nothing
//! when their batch does not fit (KIP-74). Those get a request of their own from then on, for one
//! batch and not a byte more.
//!
//! Records up to the end are counted along where few offsets are left: mostly they came with the first.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::{Duration, Instant},
};

use kafka_protocol::messages::{
    BrokerId, FetchRequest, FetchResponse,
    fetch_request::{FetchPartition, FetchTopic},
    fetch_response::PartitionData,
};
use uuid::Uuid;

use super::{
    by_topic::by_topic,
    cause::{Cause, WireError},
    client::{Client, topic_name},
    connection::Connection,
    decode::Decoder,
    fetch::{Slot, advance, clamp},
    partial::Partial,
};
use crate::{
    event::{Record, TimestampType, TopicPartition},
    kafka::Isolation,
    pipeline::{Cancel, Fault, Flow, Sink},
};

/// Bytes of a partition in an answer: a batch of an ordinary producer (`batch.size` is 16 KiB) and
/// some of the next.
const PARTITION_BYTES: usize = 32 << 10;
/// Requests for one partition alone that are under way at once.
const ALONE: usize = 16;
/// Bytes of an answer, unless one batch is larger.
const ANSWER_BYTES: usize = 8 << 20;
/// Up to so many offsets before the end are fetched for a count alone,
const COUNTED_OFFSETS: i64 = 1_000;
/// of one partition in so many rounds,
const COUNTED_ROUNDS: usize = 8;
/// and of all partitions of a broker in so many shares of [`PARTITION_BYTES`]: 4 MiB.
const COUNTED_SHARES: usize = 128;
const WAIT_MS: i32 = 10;
/// How long a broker may answer without giving anything.
const STALL: Duration = Duration::from_secs(3);

/// Offsets of a partition whose records are sought.
#[derive(Clone, Debug)]
pub struct Sought {
    /// The partition.
    pub partition: TopicPartition,
    /// Where to look from, in any order.
    pub offsets: Vec<i64>,
    /// Where to stop: what lies there is too late.
    pub end: i64,
    /// Whether records up to the end are counted, where that takes little more than the search.
    pub count: bool,
}

/// A record that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstRecord {
    /// Its offset, at or after the one that was asked for.
    pub offset: i64,
    /// Its timestamp in milliseconds; negative when it has none.
    pub timestamp: i64,
    /// Who set it.
    pub timestamp_type: TimestampType,
    /// How many records there are from it to the end; `None` when they were not counted.
    pub left: Option<i64>,
}

/// What was found: `Ok(None)` when there is no record from the offset to the end.
pub type FirstRecords = HashMap<(TopicPartition, i64), Result<Option<FirstRecord>, Cause>>;

impl Client {
    /// The first readable record at or after each of the offsets `sought`; `leader` says whom to
    /// ask. An offset of a broker that did not answer is in no map, and the broker among the
    /// failures; a raised `cancel` leaves out what is not known yet.
    pub fn first_records(
        &mut self,
        leader: impl Fn(&TopicPartition) -> Option<i32>,
        sought: Vec<Sought>,
        isolation: Isolation,
        cancel: &Cancel,
    ) -> Partial<FirstRecords> {
        let mut shares: BTreeMap<i32, Vec<Sought>> = BTreeMap::new();
        for sought in sought {
            if let Some(leader) = leader(&sought.partition) {
                shares.entry(leader).or_default().push(sought);
            }
        }
        let check_crcs = self.settings().fetch.check_crcs.unwrap_or(true);
        let answers = self.on_each(shares.keys().copied(), |id, connection| {
            let sought = shares.get(&id).map_or(&[][..], Vec::as_slice);
            let mut search = Search {
                decoder: Decoder::new(isolation, None, check_crcs),
                isolation,
                lanes: sought.iter().map(Lane::new).collect(),
                found: HashMap::new(),
                spare: COUNTED_SHARES,
            };
            search.run(connection, cancel)?;
            Ok(search.found)
        });
        let mut found = Partial::<FirstRecords>::default();
        for (_, answer) in answers {
            match answer {
                Ok(records) => found.items.extend(records),
                Err(WireError { broker, cause }) => found.fail(broker, cause),
            }
        }
        found
    }
}

/// A partition under search.
struct Lane {
    partition: TopicPartition,
    /// Offsets that are not settled, the last one first.
    open: Vec<i64>,
    end: i64,
    /// Everything before it has been looked at.
    position: i64,
    /// Whether records are counted.
    count: bool,
    /// Offsets that are settled, each with how many records were seen before it, while it is not
    /// known how many follow.
    counting: Vec<(i64, i64)>,
    /// Records seen so far.
    seen: i64,
    /// How many rounds were for the count alone.
    extra: usize,
    /// Whether its batches do not fit into an ordinary share.
    alone: bool,
    /// As [`Slot::misfits`].
    misfits: u8,
}

impl Lane {
    fn new(sought: &Sought) -> Self {
        let mut open = sought.offsets.clone();
        open.sort_unstable_by_key(|&offset| std::cmp::Reverse(offset));
        open.dedup();
        Self {
            partition: sought.partition.clone(),
            position: open.last().copied().unwrap_or(sought.end),
            open,
            end: sought.end,
            count: sought.count,
            counting: Vec::new(),
            seen: 0,
            extra: 0,
            alone: false,
            misfits: 0,
        }
    }

    /// Where to fetch from: the next open offset, or what follows what was looked at in vain. A
    /// count leaps over nothing.
    fn next(&self) -> Option<i64> {
        if !self.counting.is_empty() {
            return Some(self.position);
        }
        self.open.last().map(|&open| open.max(self.position))
    }

    /// Gives the count up when another round for it alone would be too much.
    fn limit_count(&mut self, spare: &mut usize) {
        let sought = (self.open.last()).is_some_and(|&open| open <= self.position);
        if self.counting.is_empty() || sought {
            return;
        }
        if self.alone || self.extra == COUNTED_ROUNDS || *spare == 0 {
            self.counting.clear();
        } else {
            self.extra += 1;
            *spare -= 1;
        }
    }

    fn slot(&self, id: usize) -> Slot {
        Slot {
            id,
            topic: self.partition.topic.clone(),
            // A look at a moment: nothing is kept that another topic could be taken for.
            topic_id: Uuid::nil(),
            partition: self.partition.partition,
            next: self.next().unwrap_or(self.end),
            end: Some(self.end),
            leader_epoch: -1,
            misfits: self.misfits,
            wanted: true,
        }
    }
}

struct Search {
    decoder: Decoder,
    isolation: Isolation,
    lanes: Vec<Lane>,
    found: FirstRecords,
    /// Shares that may still be fetched for counts alone.
    spare: usize,
}

impl Search {
    fn run(&mut self, connection: &mut Connection, cancel: &Cancel) -> Result<(), WireError> {
        let mut before = ((0, 0), Instant::now());
        loop {
            for lane in &mut self.lanes {
                while lane
                    .open
                    .last()
                    .is_some_and(|_| lane.next() >= Some(lane.end))
                {
                    settle(&mut self.found, lane, None);
                }
                if lane.position >= lane.end {
                    tell_counts(&mut self.found, lane);
                }
                lane.limit_count(&mut self.spare);
            }
            self.lanes.retain(|lane| lane.next().is_some());
            if self.lanes.is_empty() || cancel.is_raised() {
                return Ok(());
            }
            let done = self.lanes.iter().map(|lane| lane.position).sum::<i64>();
            let progress = (done, self.found.len());
            if progress != before.0 {
                before = (progress, Instant::now());
            } else if before.1.elapsed() > STALL {
                self.give_up();
                return Ok(());
            }
            self.round(connection)?;
        }
    }

    /// The broker answers and gives nothing: what is left is left open.
    fn give_up(&mut self) {
        for lane in &mut self.lanes {
            for offset in lane.open.drain(..) {
                let cause = Cause::TimedOut {
                    what: "Fetch".to_owned(),
                    after: STALL,
                };
                self.found
                    .insert((lane.partition.clone(), offset), Err(cause));
            }
        }
    }

    /// Asks for a little of every lane, and settles what it can.
    fn round(&mut self, connection: &mut Connection) -> Result<(), WireError> {
        // What has waited longest comes first.
        self.lanes.rotate_left(1);
        let ids = 0..self.lanes.len();
        let is_alone = |id: &usize| self.lanes.get(*id).is_some_and(|lane| lane.alone);
        let (alone, together): (Vec<usize>, Vec<usize>) = ids.partition(is_alone);
        let mut shares: Vec<Vec<usize>> =
            alone.into_iter().take(ALONE).map(|id| vec![id]).collect();
        if !together.is_empty() {
            shares.push(together);
        }
        let mut pending = Vec::new();
        for share in &shares {
            pending.push(connection.send(&self.request(share))?);
        }
        for (pending, share) in pending.into_iter().zip(shares) {
            let deadline = Instant::now() + connection.request_timeout();
            let answer = connection.receive::<FetchRequest>(pending, deadline)?;
            self.take(answer, &share);
        }
        Ok(())
    }

    /// Settles what an answer about the lanes of `share` can.
    fn take(&mut self, answer: FetchResponse, share: &[usize]) {
        let trusted = answer.throttle_time_ms == 0;
        let lane_of: HashMap<_, _> = (share.iter())
            .filter_map(|&id| Some((self.lanes.get(id)?.partition.clone(), id)))
            .collect();
        for topic in answer.responses {
            let name: Arc<str> = Arc::from(&*topic.topic.0);
            for data in topic.partitions {
                let at = TopicPartition::new(name.clone(), data.partition_index);
                let Some(&id) = lane_of.get(&at) else {
                    continue;
                };
                // Only of the first in line the broker always gives something that it has.
                let first = share.first() == Some(&id);
                self.take_partition(id, data, trusted && first);
            }
        }
    }

    fn take_partition(&mut self, id: usize, data: PartitionData, trusted: bool) {
        let Some(lane) = self.lanes.get_mut(id) else {
            return;
        };
        let what = lane.partition.to_string();
        if data.error_code != 0 {
            lane.counting.clear();
            for offset in lane.open.drain(..) {
                let cause = Cause::of_code(data.error_code, &what);
                let refused = cause.map_or(Ok(None), Err);
                self.found.insert((lane.partition.clone(), offset), refused);
            }
            return;
        }
        let mut slot = lane.slot(id);
        let advanced = match advance(&mut slot, data, trusted, self.isolation) {
            Ok(advanced) => advanced,
            Err(cause) => {
                damaged(&mut self.found, lane, &cause);
                return;
            }
        };
        lane.misfits = slot.misfits;
        let Some(mut part) = advanced else {
            lane.alone = true;
            return;
        };
        let partition = lane.partition.clone();
        let (mut position, end, next) = (lane.position, lane.end, part.next);
        let count = lane.count && end - next <= COUNTED_OFFSETS;
        if !count {
            lane.counting.clear();
        }
        let mut finder = Finder {
            found: &mut self.found,
            lane,
            count,
        };
        let read = self.decoder.push(
            &mut part,
            &partition,
            Some(end),
            &mut position,
            &mut 0,
            &mut finder,
        );
        if let Err(fault) = read {
            damaged(&mut self.found, lane, &*fault);
        }
        lane.position = next;
    }

    fn request(&self, share: &[usize]) -> FetchRequest {
        let each = share.iter().filter_map(|&id| {
            let lane = self.lanes.get(id)?;
            let bytes = if lane.alone { 1 } else { PARTITION_BYTES };
            let partition = FetchPartition::default()
                .with_partition(lane.partition.partition)
                .with_fetch_offset(lane.next().unwrap_or(lane.end))
                .with_partition_max_bytes(clamp(bytes));
            Some((&lane.partition.topic, partition))
        });
        let topics = by_topic(each).map(|(topic, partitions)| {
            FetchTopic::default()
                .with_topic(topic_name(topic))
                .with_partitions(partitions)
        });
        FetchRequest::default()
            .with_replica_id(BrokerId(-1))
            .with_max_wait_ms(WAIT_MS)
            .with_min_bytes(1)
            .with_max_bytes(clamp(ANSWER_BYTES))
            .with_isolation_level(self.isolation.level())
            .with_session_epoch(-1)
            .with_topics(topics.collect())
    }
}

/// Settles the next open offset of `lane`.
fn settle(found: &mut FirstRecords, lane: &mut Lane, record: Option<FirstRecord>) {
    if let Some(offset) = lane.open.pop() {
        found.insert((lane.partition.clone(), offset), Ok(record));
    }
}

/// Everything up to the end has been seen.
fn tell_counts(found: &mut FirstRecords, lane: &mut Lane) {
    for (offset, before) in lane.counting.drain(..) {
        if let Some(Ok(Some(record))) = found.get_mut(&(lane.partition.clone(), offset)) {
            record.left = Some(lane.seen - before);
        }
    }
}

fn damaged(found: &mut FirstRecords, lane: &mut Lane, fault: &dyn std::error::Error) {
    lane.counting.clear();
    for offset in lane.open.drain(..) {
        let cause = Cause::Malformed {
            what: fault.to_string(),
        };
        found.insert((lane.partition.clone(), offset), Err(cause));
    }
}

/// Settles every open offset that a record is the first at or after.
struct Finder<'s> {
    found: &'s mut FirstRecords,
    lane: &'s mut Lane,
    /// Whether the records from there on are counted.
    count: bool,
}

impl Sink for Finder<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        while let Some(&open) = self.lane.open.last()
            && open <= record.offset
        {
            if self.count {
                self.lane.counting.push((open, self.lane.seen));
            }
            let first = FirstRecord {
                offset: record.offset,
                timestamp: record.timestamp,
                timestamp_type: record.timestamp_type,
                left: None,
            };
            settle(self.found, self.lane, Some(first));
        }
        self.lane.seen += 1;
        Ok(if self.lane.next().is_none() {
            Flow::Stop
        } else {
            Flow::Continue
        })
    }
}
