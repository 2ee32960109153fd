//! Reading as a member of a group: librdkafka joins, heartbeats and commits; the records come from our
//! own reader. An offset is committed only when everything before it was written out and flushed.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use crate::{
    event::{Commit, TopicPartition},
    kafka::{
        admin::{Detail, LookupError, NoWatermarks, RecordTimes, hidden_offsets},
        wire::{
            Client, ReadError, ReadOptions, ReadRange, Reader, TopicMetadata, WireError,
            last_starts,
        },
        write::{Group, GroupError, GroupEvent, Log},
    },
    pipeline::{
        Cancel, Ended, Fault, Flow, Gap, Ledger, Permit, Progress, Sink, Source, Step, drive,
    },
    select::{GroupStart, Hidden, HiddenOffsets, OutOfRange, PartitionLog, Position, StoredOffset},
};

/// How often offsets are committed while records are read.
const COMMIT_EVERY: Duration = Duration::from_secs(5);
/// How long the coordinator may take to answer a commit, and a leave.
const COMMIT_PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take once a signal has come, or the time of `--timeout` is over.
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// How often signals are checked while a commit or a request is outstanding.
const TICK: Duration = Duration::from_millis(50);
/// How often the cluster is asked for the log of a partition that has no leader yet.
const LEADERLESS_RETRY: Duration = Duration::from_millis(250);

/// A read as a member of a group.
pub struct GroupRead<'c> {
    /// The name of the group.
    pub name: &'c str,
    /// The topics.
    pub topics: Vec<Arc<str>>,
    /// The start in partitions without a committed offset.
    pub from: Position,
    /// Whether to read on after the ends that partitions had when they were assigned.
    pub follow: bool,
    /// How to read.
    pub options: ReadOptions,
}

/// A fact about a read that its user may want to know.
#[derive(Debug)]
pub enum GroupNote {
    /// A partition is read from another offset than expected.
    Start(String),
    /// Open transactions hide records.
    Hidden(HiddenOffsets),
    /// A line of librdkafka's log.
    Log(Log),
}

/// The end of a read as a member of a group.
#[derive(Debug)]
pub struct GroupEnd {
    /// Why it ended.
    pub ended: Result<Ended, Fault>,
    /// Offsets that could not be read.
    pub gaps: Vec<Gap>,
    /// Whether everything that was written out is committed.
    pub committed: bool,
}

/// A read as a member of a group that cannot continue.
#[derive(Debug, thiserror::Error)]
pub enum GroupReadError {
    /// The group assigned nothing for the whole stall timeout.
    #[error("group {0:?} has given this member nothing yet")]
    Unassigned(String),
    /// A partition has no leader.
    #[error(transparent)]
    NoLeader(LookupError),
    /// A committed offset lies outside of its partition's log.
    #[error("group {group:?}: {source}")]
    OutOfRange {
        /// The group.
        group: String,
        /// Which offset, and why.
        source: OutOfRange,
    },
}

impl GroupRead<'_> {
    /// Joins the group, reads into `sink`, commits what `sink` has written out, and leaves.
    ///
    /// # Errors
    /// The group cannot be joined. What ends the reading later is part of the answer.
    pub fn run(
        self,
        client: &mut Client,
        sink: &mut dyn Sink,
        permit: Permit,
        cancel: &Cancel,
        note: &mut dyn FnMut(GroupNote),
    ) -> Result<GroupEnd, Fault> {
        let mut member = Member::join(self, client, permit, cancel, note)?;
        let ended = drive(&mut member, sink, &mut (), cancel);
        // A coordinator that did not answer a commit would not answer the next one.
        let settled = if member.group.is_silent() {
            Ok(())
        } else {
            member.settle(sink)
        };
        let committed = settled.is_ok() && !member.group.is_silent();
        let ended = match (ended, settled) {
            (Ok(ended), Ok(())) => Ok(ended),
            (Err(fault), _) | (Ok(_), Err(fault)) => Err(fault),
        };
        for line in member.group.take_log() {
            (member.note)(GroupNote::Log(line));
        }
        let gaps = member.reader.gaps().to_vec();
        member.group.close(patience(cancel, Instant::now()));
        Ok(GroupEnd {
            ended,
            gaps,
            committed,
        })
    }
}

/// How long the coordinator may take to answer a request of the time `sent`: less after a signal.
fn patience(cancel: &Cancel, sent: Instant) -> Duration {
    cancel.since().map_or(COMMIT_PATIENCE, |since| {
        let before = sent.elapsed().saturating_sub(since);
        COMMIT_PATIENCE.min(before + LAST_PATIENCE)
    })
}

/// The number of partitions of `topic` that the group began with: those up to the last one with a
/// committed offset, and all of them without any.
fn known_partitions(
    group: &Group,
    topic: &TopicMetadata,
    start: &GroupStart,
    cancel: &Cancel,
) -> Result<i32, GroupError> {
    let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
    if !start.counts_from_the_end() {
        return Ok(count);
    }
    let partitions = (0..count).map(|partition| TopicPartition::new(topic.name.clone(), partition));
    let asked = group.ask_stored(partitions.collect());
    let committed = loop {
        if let Some(committed) = asked.answer(TICK)? {
            break committed;
        }
        if cancel.is_raised() {
            // Nothing will be read.
            return Ok(count);
        }
    };
    let stored = committed.iter().filter(|(_, commit)| commit.is_some());
    Ok(stored
        .map(|(at, _)| at.partition + 1)
        .max()
        .unwrap_or(count))
}

/// A partition that was assigned, and whose log is not known yet.
#[derive(Clone)]
struct Waiting {
    partition: TopicPartition,
    stored: Option<StoredOffset>,
    since: Instant,
}

/// A member of the group, as a source of records.
struct Member<'r> {
    read: GroupRead<'r>,
    start: GroupStart,
    cancel: &'r Cancel,
    note: &'r mut dyn FnMut(GroupNote),
    /// The reader borrows its client for as long as it reads; other requests have a client of their
    /// own.
    asking: Client,
    group: Group,
    reader: Reader<'r>,
    ledger: Ledger,
    /// The committed offset of each assigned partition; -1 is none.
    committed: BTreeMap<TopicPartition, i64>,
    /// Assigned partitions that are not read yet.
    waiting: Vec<Waiting>,
    /// When to ask for their logs.
    ask_at: Instant,
    /// Whether the group has assigned partitions, or none of them.
    assigned: bool,
    began: Instant,
    commit_at: Instant,
}

impl Source for Member<'_> {
    fn step(&mut self, sink: &mut dyn Sink, wait: Duration) -> Result<Step, Fault> {
        self.begin_waiting()?;
        let idle = self.committed.is_empty();
        if let Some(event) = self.group.poll(if idle { wait } else { Duration::ZERO })? {
            self.take(event, sink)?;
            return Ok(Step::Moved);
        }
        if idle {
            return self.wait_for_partitions();
        }
        let step = match self.reader.step(sink, wait)? {
            Step::Done if !self.waiting.is_empty() => {
                let _ = self.cancel.sleep(wait);
                Step::Quiet
            }
            step @ (Step::Done | Step::Stopped) => return Ok(step),
            step => step,
        };
        if Instant::now() >= self.commit_at {
            self.settle(sink)?;
            self.commit_at = Instant::now() + COMMIT_EVERY;
        }
        Ok(step)
    }

    fn progress(&self) -> Progress {
        self.reader.progress()
    }

    fn gaps(&self) -> &[Gap] {
        self.reader.gaps()
    }
}

impl<'r> Member<'r> {
    fn join(
        read: GroupRead<'r>,
        client: &'r mut Client,
        permit: Permit,
        cancel: &'r Cancel,
        note: &'r mut dyn FnMut(GroupNote),
    ) -> Result<Self, Fault> {
        let names: Vec<&str> = read.topics.iter().map(|topic| &**topic).collect();
        let mut settings = client.settings().as_ref().clone();
        settings.request_timeout = settings.request_timeout.min(read.options.stall_timeout);
        let mut asking = Client::connect(settings.clone())?;
        asking.expect_topic_ids(&client.topic_ids(&read.topics));
        let topics = asking.metadata(&names)?;
        let protocol = client.settings().properties.get("group.protocol");
        if protocol.is_some_and(|name| name.eq_ignore_ascii_case("consumer")) {
            asking.on_any(|connection| connection.has_new_groups())?;
        }
        let mut start = GroupStart::new(read.from, client.settings().offset_reset);
        let group = Group::join(&settings, read.name, &names, permit)?;
        for topic in &topics {
            let known = known_partitions(&group, topic, &start, cancel)?;
            start.know(&topic.name, known);
        }
        let reader = Reader::new(client, Vec::new(), read.options.clone());
        let began = Instant::now();
        Ok(Self {
            read,
            start,
            cancel,
            note,
            asking,
            group,
            reader,
            ledger: Ledger::default(),
            committed: BTreeMap::new(),
            waiting: Vec::new(),
            ask_at: began,
            assigned: false,
            began,
            commit_at: began + COMMIT_EVERY,
        })
    }

    /// The step of a member without partitions.
    fn wait_for_partitions(&self) -> Result<Step, Fault> {
        // A member that is assigned nothing has nothing to read to the end.
        if self.assigned && !self.read.follow && self.waiting.is_empty() {
            return Ok(Step::Done);
        }
        let nothing = !self.assigned && !self.group.asks_for_stored();
        if nothing && self.began.elapsed() > self.read.options.stall_timeout {
            return Err(GroupReadError::Unassigned(self.read.name.to_owned()).into());
        }
        Ok(Step::Quiet)
    }

    fn take(&mut self, event: GroupEvent, sink: &mut dyn Sink) -> Result<(), Fault> {
        match event {
            GroupEvent::Assigned(partitions) => {
                self.assigned = true;
                let since = Instant::now();
                let assigned = partitions.into_iter().map(|(partition, commit)| Waiting {
                    stored: commit.map(|commit| StoredOffset {
                        offset: commit.offset,
                        recreated: self.asking.recreated_since(&partition.topic, &commit),
                    }),
                    partition,
                    since,
                });
                self.waiting.extend(assigned);
                self.ask_at = since;
                Ok(())
            }
            GroupEvent::Revoked { partitions, lost } => {
                if !lost {
                    self.settle(sink)?;
                }
                for partition in &partitions {
                    self.reader.remove(partition);
                    self.ledger.revoke(partition);
                    self.committed.remove(partition);
                }
                self.waiting
                    .retain(|waiting| !partitions.contains(&waiting.partition));
                Ok(())
            }
        }
    }

    /// Begins to read the assigned partitions. A partition without a leader has no known end, and
    /// waits for one.
    fn begin_waiting(&mut self) -> Result<(), Fault> {
        if self.waiting.is_empty() || Instant::now() < self.ask_at {
            return Ok(());
        }
        let logs = match self.logs() {
            Ok(logs) => logs,
            Err(fault) => match fault.downcast::<WireError>() {
                Ok(error) if error.cause.is_retriable() => BTreeMap::new(),
                Ok(error) => return Err(error),
                Err(fault) => return Err(fault),
            },
        };
        let mut begun_at_end = BTreeMap::new();
        let mut hidden = Vec::new();
        for waiting in std::mem::take(&mut self.waiting) {
            let Some(&log) = logs.get(&waiting.partition) else {
                self.keep_waiting(waiting)?;
                continue;
            };
            let Waiting {
                partition, stored, ..
            } = waiting;
            let (start, note) =
                (self.start.of(&partition, stored.as_ref(), log)).map_err(|source| {
                    GroupReadError::OutOfRange {
                        group: self.read.name.to_owned(),
                        source,
                    }
                })?;
            if let Some(note) = note {
                (self.note)(GroupNote::Start(note));
            }
            if stored.is_none() && self.start.counts_from_the_end() {
                begun_at_end.insert(partition.clone(), start);
            }
            self.committed
                .insert(partition.clone(), stored.map_or(-1, |stored| stored.offset));
            if log.end < log.high_watermark {
                hidden.push(Hidden {
                    partition: partition.clone(),
                    from: log.end,
                    to: log.high_watermark,
                });
            }
            self.reader.add(ReadRange {
                partition,
                start,
                end: (!self.read.follow).then_some(log.end),
            });
        }
        self.ask_at = Instant::now() + LEADERLESS_RETRY;
        if let Some(hidden) = hidden_offsets(&mut self.asking, &hidden) {
            (self.note)(GroupNote::Hidden(hidden));
        }
        // Without this commit the next member would begin at an end of its own, and lose the records
        // in between. When the group is rebalancing, the next commit stores it.
        if self.commit(&begun_at_end).is_ok() {
            self.committed.extend(begun_at_end);
        }
        Ok(())
    }

    fn keep_waiting(&mut self, waiting: Waiting) -> Result<(), Fault> {
        let patience = self.read.options.stall_timeout;
        if !self.read.follow && waiting.since.elapsed() > patience {
            let error = LookupError::NoLeader(waiting.partition);
            return Err(GroupReadError::NoLeader(error).into());
        }
        self.waiting.push(waiting);
        Ok(())
    }

    /// The logs of the waiting partitions that have leaders.
    fn logs(&mut self) -> Result<BTreeMap<TopicPartition, PartitionLog>, Fault> {
        let partitions: Vec<_> = (self.waiting.iter())
            .map(|waiting| waiting.partition.clone())
            .collect();
        let leaders = self.asking.find_leaders(partitions.iter())?;
        let led: Vec<TopicPartition> = leaders.into_keys().collect();
        let isolation = self.read.options.isolation;
        let mut details = vec![Detail::Start, Detail::end_for(isolation), Detail::End];
        if let Position::Time { ms, .. } = self.start.from() {
            details.push(Detail::AtOrAfter(ms, isolation));
        }
        let mut logs = BTreeMap::new();
        for (partition, watermarks) in self.asking.watermarks(&led, &details).complete()? {
            let known = watermarks.and_then(|mut watermarks| {
                let records =
                    std::mem::replace(&mut watermarks.records, Ok(RecordTimes::default()));
                Ok((records?, watermarks))
            });
            let (records, watermarks) = match known {
                Ok(known) => known,
                Err(NoWatermarks::Refused(cause)) if !cause.is_retriable() => {
                    return Err(ReadError::Refused { partition, cause }.into());
                }
                Err(_) => continue,
            };
            if let (Some(earliest), Some(end), Some(high_watermark)) = (
                watermarks.start,
                watermarks.end_for(isolation),
                watermarks.end,
            ) {
                let log = PartitionLog {
                    earliest,
                    end,
                    high_watermark,
                    from: records.at_or_after.map(|place| place.offset),
                };
                logs.insert(partition, log);
            }
        }
        if let Position::Last(count) = self.start.from() {
            self.find_last(count, &mut logs)?;
        }
        Ok(logs)
    }

    /// Finds the start of the last `count` records in partitions without a committed offset.
    fn find_last(
        &mut self,
        count: u64,
        logs: &mut BTreeMap<TopicPartition, PartitionLog>,
    ) -> Result<(), Fault> {
        let is_stored = |partition: &TopicPartition| {
            let mut waiting = self.waiting.iter();
            waiting.any(|waiting| waiting.partition == *partition && waiting.stored.is_some())
        };
        let bounds = (logs.iter())
            .filter(|(partition, _)| !is_stored(partition))
            .map(|(partition, log)| (partition.clone(), (log.earliest, log.end)))
            .collect();
        let starts = last_starts(
            &mut self.asking,
            &bounds,
            usize::try_from(count).unwrap_or(usize::MAX),
            &self.read.options,
            &mut |_| true,
            self.cancel,
        )?;
        for (partition, last) in starts {
            if let Some(log) = logs.get_mut(&partition) {
                log.from = Some(last.start);
            }
        }
        Ok(())
    }

    /// Flushes, and commits everything that was written out.
    fn settle(&mut self, sink: &mut dyn Sink) -> Result<(), Fault> {
        for (partition, position, _) in self.reader.positions() {
            let held = self.committed.get(partition);
            if held.is_some_and(|&held| held != position) {
                self.ledger
                    .take(&partition.topic, partition.partition, position);
            }
        }
        // A closed output has not shown the last records, and an expression that fails on every record
        // has shown none.
        if sink.idle()? == Flow::Stop || sink.fails_on_all() {
            return Ok(());
        }
        self.ledger.flushed();
        let offsets = self.ledger.commit();
        if offsets.is_empty() {
            return Ok(());
        }
        self.compare_topic_ids()?;
        self.commit(&offsets)?;
        self.committed.extend(offsets);
        Ok(())
    }

    /// Commits `offsets`, each with the id of its topic: librdkafka may retry while the topic is
    /// deleted and created again.
    fn commit(&mut self, offsets: &BTreeMap<TopicPartition, i64>) -> Result<(), GroupError> {
        let commits = offsets.iter().map(|(at, offset)| {
            let topic = self.asking.commit_topic(&at.topic);
            let commit = Commit {
                offset: *offset,
                leader_epoch: None,
                metadata: topic.map(|topic| topic.to_string()).unwrap_or_default(),
            };
            (at.clone(), commit)
        });
        let (cancel, sent) = (self.cancel, Instant::now());
        self.group
            .commit_with(&commits.collect(), &|| patience(cancel, sent))
    }

    /// librdkafka commits by name: an offset of a deleted topic would become one of the topic that
    /// has its name now, or next. So nothing is committed while one of the topics is missing.
    fn compare_topic_ids(&mut self) -> Result<(), WireError> {
        let topics: Vec<&str> = self.read.topics.iter().map(|topic| &**topic).collect();
        let deadline = Instant::now() + COMMIT_PATIENCE;
        loop {
            match self.asking.check_topics(&topics) {
                Err(error)
                    if error.cause.is_retriable()
                        && Instant::now() < deadline
                        && self.cancel.sleep(TICK) => {}
                outcome => return outcome,
            }
        }
    }
}
