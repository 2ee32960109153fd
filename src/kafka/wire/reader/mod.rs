//! Reading partitions: in the order in which records arrive, or merged by time; to an end that was
//! fixed at the start, or following.
//!
//! One fetch thread per broker; this side decodes and pushes. Each partition's position moves only
//! when its records were pushed, so that a lost leader or connection costs neither gap nor double.

mod serving;

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    time::{Duration, Instant},
};

use serving::Fetcher;

use super::{
    batch::Malformed,
    cause::{Cause, WireError, seconds},
    client::Client,
    decode::{Block, Decoder},
    fetch::{Chunk, Event, FetchPlan, Order, Part, recycle},
};
use crate::{
    codec::text::counted,
    event::TopicPartition,
    kafka::Isolation,
    pipeline::{Fault, Flow, Gap, Merge, Progress, Sink, Source, Step},
};

/// The shortest wait of a fetch request, and of a retry.
const TICK: Duration = Duration::from_millis(50);
/// How often a following reader looks for new partitions (Java's `metadata.max.age.ms` is 5 min;
/// records of a new partition should not wait that long), and how often topic ids are compared
/// where fetching does not compare them.
const PARTITION_REFRESH: Duration = Duration::from_secs(5);
/// Merged records of one turn: a following reader looks up in between.
const TURN: usize = 4_096;
/// How long a following reader that merges holds a record, so that earlier ones of other partitions
/// can overtake it: longer than most producers linger, shorter than a person notices.
const HOLD: Duration = Duration::from_millis(25);

/// The part of a partition that is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRange {
    /// The partition.
    pub partition: TopicPartition,
    /// The first offset.
    pub start: i64,
    /// The offset to stop before; `None` follows.
    pub end: Option<i64>,
}

/// In which order records are pushed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReadOrder {
    /// As they arrive: the fastest.
    #[default]
    Arrival,
    /// Merged by timestamp over all partitions; what follows the known end is merged as far as it
    /// is at hand within 25 ms.
    Time,
}

/// How to read.
#[derive(Clone, Debug)]
pub struct ReadOptions {
    /// Which records are shown.
    pub isolation: Isolation,
    /// In which order.
    pub order: ReadOrder,
    /// Batches whose records are all older than this are skipped without looking into them.
    pub from_ms: Option<i64>,
    /// Merging only: records from this time on hold nothing back, they are pushed as soon as their
    /// turn in the partition comes. One from the far future would else keep everything behind it
    /// in its partition until all others are read.
    pub to_ms: Option<i64>,
    /// How long nothing at all may arrive.
    pub stall_timeout: Duration,
}

impl ReadOptions {
    /// What a record with `timestamp` is merged by.
    fn turn(&self, timestamp: i64) -> i64 {
        if self.to_ms.is_some_and(|to| timestamp >= to) {
            i64::MIN
        } else {
            timestamp
        }
    }
}

/// Why reading had to end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing arrived for the whole stall timeout.
    #[error("no progress for {}, {} unread", seconds(*after), counted(*unread, "offset"))]
    Stalled {
        /// The stall timeout.
        after: Duration,
        /// Offsets selected and not read; 0 when following.
        unread: i64,
        /// What stood in the way last, when it has a name.
        #[source]
        cause: Option<WireError>,
    },
    /// A batch is damaged.
    #[error("{partition}: {flaw}")]
    Corrupt {
        /// Its partition.
        partition: TopicPartition,
        /// What is wrong with it, and at which offset.
        flaw: Malformed,
    },
    /// The cluster said no.
    #[error("{partition}: {cause}")]
    Refused {
        /// The partition.
        partition: TopicPartition,
        /// Why.
        cause: Cause,
    },
    /// The cluster could not be asked.
    #[error(transparent)]
    Wire(#[from] WireError),
}

/// A partition as the reader sees it.
#[derive(Debug)]
struct Lane {
    range: ReadRange,
    /// Everything before it has been pushed.
    position: i64,
    /// Everything before it has been fetched.
    fetched: i64,
    done: bool,
    /// It is not ours to read any more; should the partition come back, it gets another lane.
    removed: bool,
    /// Merging only: what was fetched and is not decoded yet, the oldest first.
    parts: VecDeque<Part>,
    /// Merging only: a decoded batch, whose next record is `queued` in the merge.
    block: Block,
    queued: bool,
    /// Merging only: when the record that is queued arrived, and whether that was at the end of the
    /// partition: then others are as new.
    arrived: Instant,
    live: bool,
    /// Merging only: whether all that the partition had at the last answer was fetched.
    caught_up: bool,
    /// Merging only: more of it has been asked for.
    wanted: bool,
}

impl Lane {
    /// Whether it is read up to an end that is still ahead.
    fn is_bounded(&self) -> bool {
        !self.done && self.range.end.is_some()
    }

    /// Whether records of it may come that belong before those at hand.
    fn is_open(&self) -> bool {
        !self.done && !self.queued
    }
}

/// Reads ranges of partitions.
pub struct Reader<'a> {
    client: &'a mut Client,
    options: ReadOptions,
    plan: Option<FetchPlan>,
    lanes: Vec<Lane>,
    fetchers: HashMap<i32, Fetcher>,
    events: Receiver<(i32, Event)>,
    sender: Sender<(i32, Event)>,
    /// Lanes that no fetcher serves, and when to try again.
    homeless: Vec<usize>,
    retry_at: Instant,
    backoff: Duration,
    last_trouble: Option<WireError>,
    last_progress: Instant,
    decoder: Decoder,
    merge: Merge,
    follow_new: Vec<Arc<str>>,
    /// Whether a broker is too old to fetch by topic id (before Kafka 3.1).
    fetches_by_name: bool,
    refresh_at: Instant,
    gaps: Vec<Gap>,
    notes: Vec<String>,
    progress: Progress,
}

impl<'a> Reader<'a> {
    /// A reader of `ranges`. Nothing is fetched before it is driven.
    pub fn new(client: &'a mut Client, ranges: Vec<ReadRange>, options: ReadOptions) -> Self {
        let (sender, events) = mpsc::channel();
        let now = Instant::now();
        // A broker that stalls also accepts connections, and says nothing.
        client.limit_patience(options.stall_timeout);
        // Checksums are checked unless it was said that they should not be.
        let check_crcs = client.settings().fetch.check_crcs.unwrap_or(true);
        let mut reader = Self {
            client,
            decoder: Decoder::new(options.isolation, options.from_ms, check_crcs),
            options,
            plan: None,
            lanes: Vec::new(),
            fetchers: HashMap::new(),
            events,
            sender,
            homeless: Vec::new(),
            retry_at: now,
            backoff: Duration::ZERO,
            last_trouble: None,
            last_progress: now,
            merge: Merge::default(),
            follow_new: Vec::new(),
            fetches_by_name: false,
            refresh_at: now + PARTITION_REFRESH,
            gaps: Vec::new(),
            notes: Vec::new(),
            progress: Progress::default(),
        };
        for range in ranges {
            reader.add(range);
        }
        reader
    }

    /// From now on, partitions that are added to `topics` are read from their beginning.
    pub fn follow_new_partitions(&mut self, topics: Vec<Arc<str>>) {
        self.follow_new = topics;
    }

    /// Reads this range, too.
    pub fn add(&mut self, range: ReadRange) {
        let done = range.end.is_some_and(|end| range.start >= end);
        if let Some(end) = range.end {
            self.progress.total += u64::try_from(end - range.start).unwrap_or(0);
        }
        if !done {
            self.homeless.push(self.lanes.len());
            self.retry_at = Instant::now();
            self.backoff = Duration::ZERO;
        }
        self.lanes.push(Lane {
            position: range.start,
            fetched: range.start,
            range,
            done,
            removed: false,
            parts: VecDeque::new(),
            block: Block::default(),
            queued: false,
            arrived: Instant::now(),
            live: false,
            caught_up: true,
            wanted: true,
        });
    }

    /// Leaves a partition alone; what was fetched of it and not yet pushed is dropped.
    pub fn remove(&mut self, partition: &TopicPartition) {
        for (id, lane) in self.lanes.iter_mut().enumerate() {
            if lane.range.partition != *partition {
                continue;
            }
            lane.removed = true;
            if !lane.done {
                lane.done = true;
                for fetcher in self.fetchers.values() {
                    // A thread that is gone has forgotten it already.
                    let _ = fetcher.orders.send(Order::Remove(id));
                }
            }
        }
        self.homeless
            .retain(|&id| self.lanes.get(id).is_some_and(|lane| !lane.done));
    }

    /// The offset after the last record pushed of each partition, and the offset to stop before.
    /// A partition that was removed is not among them.
    pub fn positions(&self) -> impl Iterator<Item = (&TopicPartition, i64, Option<i64>)> {
        self.lanes
            .iter()
            .filter(|lane| !lane.removed)
            .map(|lane| (&lane.range.partition, lane.position, lane.range.end))
    }

    /// What was noticed on the way and is worth a warning; each is told once.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    fn take_step(&mut self, sink: &mut dyn Sink, wait: Duration) -> Result<Step, Fault> {
        self.look_after_partitions()?;
        if self.lanes.iter().all(|lane| lane.done) && self.follow_new.is_empty() {
            return Ok(Step::Done);
        }
        // Records that were held are pushed before more are taken: else a slow sink would have ever
        // more of them waiting for it.
        let follows = self.merges() && !self.lanes.iter().any(Lane::is_bounded);
        if follows && let Some(step) = self.step_merged(sink)? {
            return Ok(step);
        }
        let first = match self.events.try_recv() {
            Ok(event) => Some(event),
            Err(_) => {
                if self.merges()
                    && !follows
                    && let Some(step) = self.step_merged(sink)?
                {
                    return Ok(step);
                }
                // Nothing more is at hand: what was taken may be shown. A pager may hold us up here
                // and wherever records are pushed; that time is not the cluster's.
                let shown = Instant::now();
                if sink.idle()? == Flow::Stop {
                    return Ok(Step::Stopped);
                }
                self.last_progress += shown.elapsed();
                // Disconnected it never is: we hold a sender ourselves.
                let wait = if follows {
                    wait.min(self.until_due())
                } else {
                    wait
                };
                self.events.recv_timeout(wait).ok()
            }
        };
        let Some((broker, event)) = first else {
            self.check_stall()?;
            return Ok(Step::Quiet);
        };
        match self.take_event(broker, event, sink)? {
            Flow::Stop | Flow::Later => Ok(Step::Stopped),
            Flow::Continue => Ok(Step::Moved),
        }
    }

    /// Whether records are merged by time.
    fn merges(&self) -> bool {
        self.options.order == ReadOrder::Time
    }

    /// Pushes merged records; `None` when there are none to push now.
    fn step_merged(&mut self, sink: &mut dyn Sink) -> Result<Option<Step>, Fault> {
        let Some(flow) = self.push_merged(sink)? else {
            return Ok(None);
        };
        self.last_progress = Instant::now();
        Ok(Some(match flow {
            Flow::Stop => Step::Stopped,
            Flow::Later => Step::Held,
            Flow::Continue => Step::Moved,
        }))
    }

    fn take_event(
        &mut self,
        broker: i32,
        event: Event,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        match event {
            Event::Idle => self.last_progress = Instant::now(),
            Event::Data(chunk) => {
                let flow = self.take_chunk(broker, chunk, sink)?;
                self.last_progress = Instant::now();
                return Ok(flow);
            }
            Event::Lost { slot, cause } => return self.take_lost(&slot, cause, sink),
            Event::Down { slots, error } => {
                self.fetchers.remove(&broker);
                for slot in slots {
                    self.make_homeless(slot.id);
                }
                self.last_trouble = Some(error);
            }
        }
        Ok(Flow::Continue)
    }

    fn take_chunk(
        &mut self,
        broker: i32,
        chunk: Chunk,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        self.progress.bytes += chunk.length as u64;
        let mut flow = Flow::Continue;
        for part in chunk.parts {
            flow = self.take_part(part, sink)?;
            if flow != Flow::Continue {
                break;
            }
        }
        if let Some(fetcher) = self.fetchers.get(&broker) {
            let answer_bytes = self.plan.as_ref().map_or(0, |plan| plan.answer_bytes);
            let buffer = recycle(chunk.buffer, answer_bytes)
                .unwrap_or_else(|| bytes::BytesMut::zeroed(answer_bytes + 65_536));
            // The thread may have ended meanwhile; its last words are in the channel.
            let _ = fetcher.orders.send(Order::Buffer(buffer));
        }
        Ok(flow)
    }

    fn take_part(&mut self, mut part: Part, sink: &mut dyn Sink) -> Result<Flow, Fault> {
        let id = part.slot;
        let Some(lane) = self.lanes.get_mut(id).filter(|lane| !lane.done) else {
            return Ok(Flow::Continue);
        };
        lane.fetched = part.next;
        if self.options.order == ReadOrder::Time {
            lane.caught_up = part.caught_up;
            lane.wanted = part.caught_up && lane.range.end.is_none();
            // The buffer goes back at once: a lane keeps a copy of its own share.
            lane.parts.push_back(Part {
                records: part.records.to_vec().into(),
                ..part
            });
            self.feed_lane(id)?;
            return Ok(Flow::Continue);
        }
        let before = lane.position;
        let flow = self.decoder.push(
            &mut part,
            &lane.range.partition,
            lane.range.end,
            &mut lane.position,
            &mut self.progress.records,
            sink,
        )?;
        if flow == Flow::Continue {
            lane.position = lane.position.max(part.next);
            lane.done = part.last;
        }
        self.progress.done += u64::try_from(lane.position - before).unwrap_or(0);
        Ok(flow)
    }

    /// Decodes the next batch of a lane that has run out of decoded records, and asks for more
    /// before the last answer is used up.
    fn feed_lane(&mut self, id: usize) -> Result<(), Fault> {
        let Some(lane) = self.lanes.get_mut(id) else {
            return Ok(());
        };
        if lane.done || lane.queued {
            return Ok(());
        }
        while let Some(part) = lane.parts.front_mut() {
            let partition = &lane.range.partition;
            let position = &mut lane.position;
            if self.decoder.next_block(
                part,
                partition,
                lane.range.end,
                position,
                &mut lane.block,
            )? {
                lane.queued = true;
                lane.arrived = part.arrived;
                lane.live = part.caught_up;
                self.merge
                    .push(self.options.turn(lane.block.timestamp()), id);
                break;
            }
            let before = lane.position;
            lane.position = lane.position.max(part.next);
            self.progress.done += u64::try_from(lane.position - before).unwrap_or(0);
            lane.done = part.last;
            lane.parts.pop_front();
        }
        if lane.parts.len() <= 1 && !lane.wanted && !lane.done {
            lane.wanted = true;
            for fetcher in self.fetchers.values() {
                // Only the one that has the lane listens to this.
                let _ = fetcher.orders.send(Order::Want(id));
            }
        }
        Ok(())
    }

    /// Pushes merged records; `None` when a partition has to be waited for.
    fn push_merged(&mut self, sink: &mut dyn Sink) -> Result<Option<Flow>, Fault> {
        // A bounded lane whose next record is not known holds everything back; one that follows
        // does not.
        let waiting = (self.lanes.iter()).any(|lane| lane.is_open() && lane.range.end.is_some());
        if waiting {
            return Ok(None);
        }
        for turn in 0..TURN {
            let Some(id) = self.merge.pop() else {
                return Ok((turn > 0).then_some(Flow::Continue));
            };
            if self.is_held(id) {
                let lane = self.lanes.get(id);
                let timestamp = lane.map_or(i64::MIN, |lane| lane.block.timestamp());
                self.merge.push(self.options.turn(timestamp), id);
                return Ok((turn > 0).then_some(Flow::Continue));
            }
            let Some(lane) = self.lanes.get_mut(id) else {
                continue;
            };
            if lane.done {
                continue;
            }
            let Some(record) = lane.block.record(&lane.range.partition) else {
                continue;
            };
            let next = record.offset + 1;
            let flow = sink.record(&record)?;
            if flow == Flow::Later {
                self.merge.push(self.options.turn(record.timestamp), id);
                return Ok(Some(flow));
            }
            self.progress.records += 1;
            self.progress.done += u64::try_from(next - lane.position).unwrap_or(0);
            lane.position = next;
            if flow == Flow::Stop {
                return Ok(Some(flow));
            }
            if lane.block.advance() {
                self.merge
                    .push(self.options.turn(lane.block.timestamp()), id);
                continue;
            }
            lane.queued = false;
            let bounded = lane.range.end.is_some();
            self.feed_lane(id)?;
            let hungry = self
                .lanes
                .get(id)
                .is_some_and(|lane| !lane.done && !lane.queued);
            if hungry && bounded {
                break;
            }
        }
        Ok(Some(Flow::Continue))
    }

    /// Whether the next record of lane `id`, the earliest at hand, has to wait for others: for
    /// partitions that are behind, and for all of them when it is new itself. Nothing waits behind a
    /// record that was held long enough.
    fn is_held(&self, id: usize) -> bool {
        let follows = |lane: &&Lane| !lane.done && lane.range.end.is_none();
        let Some(lane) = self.lanes.get(id).filter(follows) else {
            return false;
        };
        let may_come = |other: &Lane| other.is_open() && (lane.live || !other.caught_up);
        self.lanes.iter().any(may_come) && !self.until_due().is_zero()
    }

    /// How long until a record that is held has been held long enough; [`Duration::MAX`] when none
    /// is.
    fn until_due(&self) -> Duration {
        let queued = (self.lanes.iter()).filter(|lane| lane.queued && !lane.done);
        let first = queued.map(|lane| lane.arrived).min();
        first.map_or(Duration::MAX, |first| HOLD.saturating_sub(first.elapsed()))
    }

    fn check_stall(&mut self) -> Result<(), Fault> {
        if self.last_progress.elapsed() < self.options.stall_timeout {
            return Ok(());
        }
        let unread = self
            .lanes
            .iter()
            .filter(|lane| !lane.done)
            .filter_map(|lane| Some(lane.range.end? - lane.position))
            .sum();
        let after = self.options.stall_timeout;
        Err(ReadError::Stalled {
            after,
            unread,
            cause: self.last_trouble.take(),
        }
        .into())
    }
}

impl Source for Reader<'_> {
    fn step(&mut self, sink: &mut dyn Sink, wait: Duration) -> Result<Step, Fault> {
        let step = self.take_step(sink, wait)?;
        if matches!(step, Step::Done | Step::Stopped) {
            self.compare_topic_ids()?;
        }
        Ok(step)
    }

    fn progress(&self) -> Progress {
        self.progress
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}
