//! Which fetch thread serves which partition: leaders found, threads started, lost partitions given
//! a new home, and offsets that are gone passed over and written down.

use std::{
    collections::BTreeSet,
    sync::mpsc::{self, Sender},
    thread,
    time::{Duration, Instant},
};

use super::{PARTITION_REFRESH, ReadError, ReadOrder, ReadRange, Reader, TICK};
use crate::{
    event::TopicPartition,
    kafka::wire::{
        cause::{Cause, WireError},
        client::{Client, Leader},
        connection::Closer,
        decode::Aborted,
        fetch::{Event, FetchLoop, FetchPlan, Order, Part, Slot},
        list_offsets::{OffsetQuestion, OffsetSpec},
        topic_ids::refuse_recreated,
    },
    pipeline::{Fault, Flow, Gap, Sink},
};

/// Bytes of all fetch buffers together.
const BUFFER_BUDGET: usize = 24 << 20;
/// Buffers per connection: one being filled, one being printed, one to spare.
const BUFFERS: usize = 3;
/// How long a broker may hold back an answer while nothing is written.
const LONG_POLL: Duration = Duration::from_millis(500);
const LEADER_NOT_AVAILABLE: i16 = 5;

/// Threads are told to stop by their orders' channel and woken by closing their socket.
#[derive(Debug)]
pub(super) struct Fetcher {
    pub(super) orders: Sender<Order>,
    closer: Option<Closer>,
    by_id: bool,
}

impl Drop for Fetcher {
    fn drop(&mut self) {
        if let Some(closer) = &self.closer {
            closer.close();
        }
    }
}

impl Reader<'_> {
    pub(super) fn take_lost(
        &mut self,
        slot: &Slot,
        cause: Cause,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        let Some(lane) = self.lanes.get(slot.id).filter(|lane| !lane.done) else {
            return Ok(Flow::Continue);
        };
        let partition = lane.range.partition.clone();
        if cause.is_offset_out_of_range() {
            return self.skip_to_readable(slot.id, &partition, sink);
        }
        if let Cause::Batch(flaw) = cause {
            return Err(ReadError::Corrupt { partition, flaw }.into());
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
        let bounds = match self.bounds_of(partition) {
            Ok(bounds) => bounds,
            Err(error) if error.cause.is_recreated() => return Err(ReadError::from(error).into()),
            Err(error) => {
                self.make_homeless(id);
                self.last_trouble = Some(error);
                return Ok(Flow::Continue);
            }
        };
        let Some(lane) = self.lanes.get_mut(id) else {
            return Ok(Flow::Continue);
        };
        let at = lane.fetched;
        let (reason, to) = match bounds {
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
        if truncated && end.is_none() {
            // What is written there from now on is new.
            lane.position = lane.position.min(to);
        }
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
            caught_up: false,
            arrived: Instant::now(),
        };
        let flow = self.take_part(skipped, sink)?;
        self.make_homeless(id);
        Ok(flow)
    }

    /// The log start offset and the end of a partition now; `None` when its leader does not tell.
    fn bounds_of(
        &mut self,
        partition: &TopicPartition,
    ) -> Result<(Option<i64>, Option<i64>), WireError> {
        self.client.find_leaders(std::iter::once(partition))?;
        let question = |spec| OffsetQuestion {
            isolation: self.options.isolation,
            partitions: vec![(partition, spec)],
        };
        let questions = [question(OffsetSpec::Earliest), question(OffsetSpec::Latest)];
        let listed = self.client.list_offsets(&questions).complete()?;
        let offset = |index: usize| {
            let answer = listed.get(index)?.get(partition)?;
            answer.as_ref().ok()?.map(|place| place.offset)
        };
        Ok((offset(0), offset(1)))
    }

    pub(super) fn make_homeless(&mut self, id: usize) {
        if self.lanes.get(id).is_none_or(|lane| lane.done) {
            return;
        }
        self.homeless.push(id);
        self.backoff = (self.backoff * 2).clamp(TICK, Duration::from_secs(1));
        self.retry_at = Instant::now() + self.backoff;
    }

    /// Finds a fetcher for lanes that have none, and new partitions of topics that are followed.
    pub(super) fn look_after_partitions(&mut self) -> Result<(), Fault> {
        let now = Instant::now();
        if now >= self.refresh_at {
            self.refresh_at = now + PARTITION_REFRESH;
            self.find_new_partitions()?;
            self.compare_topic_ids()?;
        }
        if self.homeless.is_empty() || now < self.retry_at {
            return Ok(());
        }
        let homeless = std::mem::take(&mut self.homeless);
        if let Err(error) = self.settle(&homeless) {
            let refused = !error.cause.is_retriable();
            let unread = self.fetchers.is_empty() && self.progress.bytes == 0;
            if error.cause.is_recreated() || (refused && unread) {
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

    fn find_new_partitions(&mut self) -> Result<(), ReadError> {
        if self.follow_new.is_empty() {
            return Ok(());
        }
        let topics = self.follow_new.clone();
        let names: Vec<&str> = topics.iter().map(|topic| &**topic).collect();
        // When the cluster cannot be asked now, the fetchers will notice soon enough.
        let Ok(mut found) = self.client.metadata(&names) else {
            return Ok(());
        };
        refuse_recreated(&mut found)?;
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
        Ok(())
    }

    /// Compares the topics' ids where requests name topics: fetching would go on in another topic
    /// of the same name.
    pub(super) fn compare_topic_ids(&mut self) -> Result<(), ReadError> {
        if !self.fetches_by_name {
            return Ok(());
        }
        let topics: BTreeSet<&str> = (self.lanes.iter())
            .map(|lane| &*lane.range.partition.topic)
            .collect();
        let topics: Vec<&str> = topics.into_iter().collect();
        match self.client.check_topic_ids(&topics) {
            Err(error) if error.cause.is_recreated() => Err(error.into()),
            // When the cluster cannot be asked now, the fetchers will notice soon enough.
            _ => Ok(()),
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
        let brokers: BTreeSet<i32> = leaders.values().map(|leader| leader.broker).collect();
        let plan = match &self.plan {
            Some(plan) => plan.clone(),
            None => self.plan.insert(self.make_plan(brokers.len())).clone(),
        };
        for (id, partition) in wanted {
            let Some(&Leader { broker, epoch }) = leaders.get(&partition) else {
                let cause = Cause::of_code(LEADER_NOT_AVAILABLE, &partition.to_string());
                self.last_trouble = cause.map(|cause| WireError {
                    broker: "any".to_owned(),
                    cause,
                });
                self.homeless.push(id);
                self.retry_at = Instant::now() + TICK;
                continue;
            };
            if !self.fetchers.contains_key(&broker) {
                let fetcher = start(self.client, broker, plan.clone(), self.sender.clone())?;
                self.fetches_by_name |= !fetcher.by_id;
                self.fetchers.insert(broker, fetcher);
            }
            let Some(lane) = self.lanes.get_mut(id) else {
                continue;
            };
            lane.wanted = true;
            let slot = Slot {
                id,
                topic_id: (self.client.topic_ids.get(&partition.topic)).unwrap_or_default(),
                topic: partition.topic.clone(),
                partition: partition.partition,
                next: lane.fetched,
                end: lane.range.end,
                leader_epoch: epoch,
                misfits: 0,
                wanted: true,
            };
            if let Some(fetcher) = self.fetchers.get(&broker) {
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
        // A merging reader holds copies and decoded batches beside the buffers.
        let largest = match self.options.order {
            ReadOrder::Arrival => 4 << 20,
            ReadOrder::Time => 2 << 20,
        };
        FetchPlan {
            answer_bytes: bytes(tuning.max_bytes).unwrap_or_else(|| {
                (BUFFER_BUDGET / BUFFERS / brokers.max(1)).clamp(1 << 20, largest)
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
    let by_id = connection.has_fetch_by_id();
    let (orders, receiver) = mpsc::channel();
    let fetching = FetchLoop::new(connection, plan, broker, receiver, events);
    thread::Builder::new()
        .name(format!("fetch-{broker}"))
        .spawn(move || fetching.run())
        .map_err(|error| WireError {
            broker: address.to_string(),
            cause: Cause::Unreachable(error),
        })?;
    Ok(Fetcher {
        orders,
        closer,
        by_id,
    })
}
