//! Reading partitions: in the order in which records arrive, or merged by time; to an end that was
//! fixed at the start, or following.
//!
//! One fetch thread per broker; this side decodes and pushes. Each partition's position moves only
//! when its records were pushed, so that a lost leader or connection costs neither gap nor double.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{
        Arc,
        mpsc::{self, Receiver, Sender},
    },
    thread,
    time::{Duration, Instant},
};

use super::{
    batch::Malformed,
    cause::{Cause, WireError},
    client::Client,
    connection::Closer,
    decode::{Aborted, Block, Decoder},
    fetch::{Chunk, Event, FetchLoop, FetchPlan, Order, Part, Slot, recycle},
    offsets::{FoundOffset, OffsetSpec},
};
use crate::{
    event::TopicPartition,
    kafka::Isolation,
    pipeline::{Cancel, Ended, Fault, Flow, Gap, Merge, Progress, Sink, Source, Watch},
};

/// Bytes of all fetch buffers together.
const BUFFER_BUDGET: usize = 24 << 20;
/// Buffers per connection: one being filled, one being printed, one to spare.
const BUFFERS: usize = 3;
/// How often signals and deadlines are looked at while nothing arrives.
const TICK: Duration = Duration::from_millis(50);
/// How long a broker may hold back an answer while nothing is written.
const LONG_POLL: Duration = Duration::from_millis(500);
/// How often a following reader looks for new partitions (Java's `metadata.max.age.ms` is 5 min;
/// records of a new partition should not wait that long).
const PARTITION_REFRESH: Duration = Duration::from_secs(5);
const LEADER_NOT_AVAILABLE: i16 = 5;
/// Merged records of one turn: a following reader looks up in between.
const TURN: usize = 4_096;

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
    /// is at hand.
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
    /// How long nothing at all may arrive.
    pub stall_timeout: Duration,
}

/// Why reading had to end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Nothing arrived for the whole stall timeout.
    #[error("no progress for {} s, {unread} offsets unread", after.as_secs())]
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

/// What one step of a reader came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Records were pushed, or something else moved.
    Moved,
    /// Nothing was at hand.
    Quiet,
    /// Every range has been read.
    Done,
    /// The sink wants no more.
    Stopped,
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
    /// Merging only: what was fetched and is not decoded yet, the oldest first.
    parts: VecDeque<Part>,
    /// Merging only: a decoded batch, whose next record is `queued` in the merge.
    block: Block,
    queued: bool,
    /// Merging only: more of it has been asked for.
    wanted: bool,
}

/// Threads are told to stop by their orders' channel and woken by closing their socket.
#[derive(Debug)]
struct Fetcher {
    orders: Sender<Order>,
    closer: Option<Closer>,
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        if let Some(closer) = &self.closer {
            closer.close();
        }
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
            parts: VecDeque::new(),
            block: Block::default(),
            queued: false,
            wanted: true,
        });
    }

    /// Leaves a partition alone; what was fetched of it and not yet pushed is dropped.
    pub fn remove(&mut self, partition: &TopicPartition) {
        for (id, lane) in self.lanes.iter_mut().enumerate() {
            if lane.range.partition == *partition && !lane.done {
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
    pub fn positions(&self) -> impl Iterator<Item = (&TopicPartition, i64, Option<i64>)> {
        self.lanes
            .iter()
            .map(|lane| (&lane.range.partition, lane.position, lane.range.end))
    }

    /// What was noticed on the way and is worth a warning; each is told once.
    pub fn take_notes(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notes)
    }

    /// How far it has come.
    #[must_use]
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// Pushes what is at hand, or waits up to `wait` for something.
    ///
    /// # Errors
    /// What ended the reading, or what the sink failed with.
    pub fn step(&mut self, sink: &mut dyn Sink, wait: Duration) -> Result<Step, Fault> {
        self.look_after_partitions()?;
        if self.lanes.iter().all(|lane| lane.done) && self.follow_new.is_empty() {
            return Ok(Step::Done);
        }
        let first = match self.events.try_recv() {
            Ok(event) => Some(event),
            Err(_) => {
                if self.options.order == ReadOrder::Time
                    && let Some(flow) = self.push_merged(sink)?
                {
                    self.last_progress = Instant::now();
                    return Ok(match flow {
                        Flow::Stop => Step::Stopped,
                        Flow::Continue => Step::Moved,
                    });
                }
                // Nothing more is at hand: what was taken may be shown. A pager may hold us up here
                // and wherever records are pushed; that time is not the cluster's.
                let shown = Instant::now();
                if sink.idle()? == Flow::Stop {
                    return Ok(Step::Stopped);
                }
                self.last_progress += shown.elapsed();
                // Disconnected it never is: we hold a sender ourselves.
                self.events.recv_timeout(wait).ok()
            }
        };
        let Some((broker, event)) = first else {
            self.check_stall()?;
            return Ok(Step::Quiet);
        };
        match self.take_event(broker, event, sink)? {
            Flow::Stop => Ok(Step::Stopped),
            Flow::Continue => Ok(Step::Moved),
        }
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
            if flow == Flow::Stop {
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
            lane.wanted = false;
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
                self.merge.push(lane.block.timestamp(), id);
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
        let waiting = self
            .lanes
            .iter()
            .any(|lane| !lane.done && !lane.queued && lane.range.end.is_some());
        if waiting {
            return Ok(None);
        }
        for turn in 0..TURN {
            let Some(id) = self.merge.pop() else {
                return Ok((turn > 0).then_some(Flow::Continue));
            };
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
            self.progress.records += 1;
            self.progress.done += u64::try_from(next - lane.position).unwrap_or(0);
            lane.position = next;
            if flow == Flow::Stop {
                return Ok(Some(flow));
            }
            if lane.block.advance() {
                self.merge.push(lane.block.timestamp(), id);
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

    fn take_lost(&mut self, slot: &Slot, cause: Cause, sink: &mut dyn Sink) -> Result<Flow, Fault> {
        let Some(lane) = self.lanes.get(slot.id).filter(|lane| !lane.done) else {
            return Ok(Flow::Continue);
        };
        let partition = lane.range.partition.clone();
        if cause.is_offset_out_of_range() {
            return self.skip_to_readable(slot.id, &partition, sink);
        }
        if !cause.is_retriable() {
            return Err(ReadError::Refused { partition, cause }.into());
        }
        self.make_homeless(slot.id);
        self.last_trouble = Some(WireError {
            broker: partition.to_string(),
            cause,
        });
        Ok(Flow::Continue)
    }

    /// Retention has overtaken us, or the log was cut: goes on where there is something to read,
    /// and writes down what is missing.
    fn skip_to_readable(
        &mut self,
        id: usize,
        partition: &TopicPartition,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        let found = match self.bounds_of(partition) {
            Ok(found) => found,
            Err(error) => {
                self.make_homeless(id);
                self.last_trouble = Some(error);
                return Ok(Flow::Continue);
            }
        };
        let offset = |index: usize| {
            found
                .get(index)
                .and_then(|answers| answers.get(partition)?.as_ref().ok().copied()?)
        };
        let Some(lane) = self.lanes.get_mut(id) else {
            return Ok(Flow::Continue);
        };
        let at = lane.fetched;
        let (reason, to) = match (offset(0), offset(1)) {
            (Some(earliest), _) if earliest > at => ("retention", earliest),
            (_, Some(latest)) if latest < at => ("the log was truncated", latest),
            _ => {
                self.make_homeless(id);
                return Ok(Flow::Continue);
            }
        };
        let truncated = to < at;
        let end = lane.range.end;
        let to = end.map_or(to, |end| if truncated { end } else { to.min(end) });
        self.gaps.push(Gap {
            topic: partition.topic.clone(),
            partition: partition.partition,
            from: at.min(to),
            to: at.max(to),
            reason: reason.to_owned(),
        });
        self.notes.push(format!(
            "{partition}: offsets {at} to {to} cannot be read: {reason}"
        ));
        let last = end.is_some_and(|end| to >= end);
        let skipped = Part {
            slot: id,
            next: to,
            records: bytes::Bytes::new(),
            aborted: Aborted::default(),
            last,
        };
        let flow = self.take_part(skipped, sink)?;
        self.make_homeless(id);
        Ok(flow)
    }

    /// Where the partition begins and ends now.
    fn bounds_of(
        &mut self,
        partition: &TopicPartition,
    ) -> Result<Vec<BTreeMap<TopicPartition, FoundOffset>>, WireError> {
        let leaders = self.client.find_leaders(std::iter::once(partition))?;
        let leaders = leaders
            .into_iter()
            .map(|(at, (leader, _))| (at, leader))
            .collect();
        let specs = [OffsetSpec::Earliest, OffsetSpec::Latest];
        self.client
            .list_offsets(&leaders, &specs, self.options.isolation)
    }

    fn make_homeless(&mut self, id: usize) {
        if self.lanes.get(id).is_none_or(|lane| lane.done) {
            return;
        }
        self.homeless.push(id);
        self.backoff = (self.backoff * 2).clamp(TICK, Duration::from_secs(1));
        self.retry_at = Instant::now() + self.backoff;
    }

    /// Finds a fetcher for lanes that have none, and new partitions of topics that are followed.
    fn look_after_partitions(&mut self) -> Result<(), Fault> {
        let now = Instant::now();
        if !self.follow_new.is_empty() && now >= self.refresh_at {
            self.refresh_at = now + PARTITION_REFRESH;
            self.find_new_partitions();
        }
        if self.homeless.is_empty() || now < self.retry_at {
            return Ok(());
        }
        let homeless = std::mem::take(&mut self.homeless);
        if let Err(error) = self.settle(&homeless) {
            if !error.cause.is_retriable() && self.fetchers.is_empty() && self.progress.bytes == 0 {
                return Err(ReadError::from(error).into());
            }
            self.last_trouble = Some(error);
            for id in homeless {
                let served = self.homeless.contains(&id);
                if !served {
                    self.make_homeless(id);
                }
            }
            self.check_stall()?;
        }
        Ok(())
    }

    fn find_new_partitions(&mut self) {
        let topics = self.follow_new.clone();
        let names: Vec<&str> = topics.iter().map(|topic| &**topic).collect();
        // When the cluster cannot be asked now, the fetchers will notice soon enough.
        let Ok(found) = self.client.metadata(&names) else {
            return;
        };
        for topic in found {
            for partition in topic.partitions {
                let partition = TopicPartition::new(topic.name.clone(), partition.partition);
                if !self
                    .lanes
                    .iter()
                    .any(|lane| lane.range.partition == partition)
                {
                    self.notes
                        .push(format!("{partition} is new: reading it from its beginning"));
                    self.add(ReadRange {
                        partition,
                        start: 0,
                        end: None,
                    });
                }
            }
        }
    }

    /// Gives each of `ids` to the fetcher of its leader.
    fn settle(&mut self, ids: &[usize]) -> Result<(), WireError> {
        let wanted: Vec<_> = ids
            .iter()
            .filter_map(|&id| Some((id, self.lanes.get(id)?.range.partition.clone())))
            .collect();
        let partitions = || wanted.iter().map(|(_, partition)| partition);
        // Whoever made the ranges has just asked for the leaders; later, things have changed.
        let leaders = match self.client.known_leaders(partitions()) {
            Some(known) if self.backoff.is_zero() => known,
            _ => self.client.find_leaders(partitions())?,
        };
        let brokers: BTreeSet<i32> = leaders.values().map(|(leader, _)| *leader).collect();
        let plan = match &self.plan {
            Some(plan) => plan.clone(),
            None => self.plan.insert(self.make_plan(brokers.len())).clone(),
        };
        for (id, partition) in wanted {
            let Some(&(leader, leader_epoch)) = leaders.get(&partition) else {
                let cause = Cause::of_code(LEADER_NOT_AVAILABLE, &partition.to_string());
                self.last_trouble = cause.map(|cause| WireError {
                    broker: "any".to_owned(),
                    cause,
                });
                self.homeless.push(id);
                self.retry_at = Instant::now() + TICK;
                continue;
            };
            if !self.fetchers.contains_key(&leader) {
                let fetcher = start(self.client, leader, plan.clone(), self.sender.clone())?;
                self.fetchers.insert(leader, fetcher);
            }
            let Some(lane) = self.lanes.get_mut(id) else {
                continue;
            };
            lane.wanted = true;
            let slot = Slot {
                id,
                topic: partition.topic.clone(),
                partition: partition.partition,
                next: lane.fetched,
                end: lane.range.end,
                leader_epoch,
                wanted: true,
            };
            if let Some(fetcher) = self.fetchers.get(&leader) {
                // A thread that has just ended says so in its last event.
                let _ = fetcher.orders.send(Order::Add(slot));
            }
        }
        Ok(())
    }

    /// How to fetch from `brokers` brokers: our own habits, and what properties say otherwise.
    fn make_plan(&self, brokers: usize) -> FetchPlan {
        let tuning = &self.client.settings().fetch;
        let bytes = |given: Option<u32>| given.and_then(|given| usize::try_from(given).ok());
        let follows = self.lanes.iter().any(|lane| lane.range.end.is_none());
        FetchPlan {
            answer_bytes: bytes(tuning.max_bytes).unwrap_or_else(|| {
                (BUFFER_BUDGET / BUFFERS / brokers.max(1)).clamp(1 << 20, 4 << 20)
            }),
            partition_bytes: bytes(tuning.partition_max_bytes),
            buffers: BUFFERS,
            min_bytes: tuning.min_bytes.unwrap_or(1),
            wait: tuning
                .max_wait
                .unwrap_or(if follows { LONG_POLL } else { TICK }),
            patience: self.options.stall_timeout,
            isolation: self.options.isolation,
            on_demand: self.options.order == ReadOrder::Time,
            rack: tuning.rack.clone().unwrap_or_default(),
        }
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
    fn drive(
        &mut self,
        sink: &mut dyn Sink,
        watch: &mut dyn Watch,
        cancel: &Cancel,
    ) -> Result<Ended, Fault> {
        loop {
            if cancel.is_raised() {
                return Ok(Ended::Cancelled);
            }
            let step = self.step(sink, TICK)?;
            watch.progress(self.progress);
            match step {
                Step::Moved | Step::Quiet => {}
                Step::Done => return Ok(Ended::End),
                Step::Stopped => return Ok(Ended::Stopped),
            }
        }
    }

    fn gaps(&self) -> &[Gap] {
        &self.gaps
    }
}

/// Starts the fetch thread of `broker`.
fn start(
    client: &mut Client,
    broker: i32,
    plan: FetchPlan,
    events: Sender<(i32, Event)>,
) -> Result<Fetcher, WireError> {
    let connection = client.take(broker)?;
    let address = connection.broker().clone();
    let closer = connection.closer().ok();
    let (orders, receiver) = mpsc::channel();
    let fetching = FetchLoop::new(connection, plan, broker, receiver, events);
    thread::Builder::new()
        .name(format!("fetch-{broker}"))
        .spawn(move || fetching.run())
        .map_err(|error| WireError {
            broker: address.to_string(),
            cause: Cause::Unreachable(error),
        })?;
    Ok(Fetcher { orders, closer })
}
