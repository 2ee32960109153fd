//! `consume --group`: librdkafka joins, heartbeats and commits; the records come from our own
//! reader. An offset is committed only when everything before it was written out and flushed.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    Kept,
    group_start::{GroupStart, Log, StoredOffset},
    hidden_offsets::note_hidden,
};
use crate::{
    command::Context,
    event::{Commit, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::{Detail, LookupError, NoWatermarks, RecordTimes},
        wire::{
            Client, ReadError, ReadOptions, ReadRange, Reader, TopicMetadata, WireError,
            last_starts,
        },
        write::{Group, GroupError, GroupEvent},
    },
    pipeline::{Cancel, Ended, Fault, Flow, Gap, Ledger, Permit, Sink, Source, Step},
    select::{Hidden, Position},
};

/// How often what was flushed is committed while reading goes on.
const COMMIT_EVERY: Duration = Duration::from_secs(5);
/// How long the coordinator may take to answer a commit, and a leave.
const COMMIT_PATIENCE: Duration = Duration::from_secs(10);
/// How long it may take once a signal has come, or the time of `--timeout` is over.
const LAST_PATIENCE: Duration = Duration::from_secs(3);
/// How often membership, signals and deadlines are looked at.
const TICK: Duration = Duration::from_millis(50);
/// How often the cluster is asked for the log of a partition that has no leader yet.
const LEADERLESS_RETRY: Duration = Duration::from_millis(250);

/// Reading as a member of a group.
pub(in crate::cmd) struct GroupRead<'c> {
    /// The group's name.
    pub(in crate::cmd) name: &'c str,
    /// The topics.
    pub(in crate::cmd) topics: Vec<Arc<str>>,
    /// Where a partition begins of which the group has committed nothing.
    pub(in crate::cmd) from: Position,
    /// Whether to go on after the ends that were seen when partitions were assigned.
    pub(in crate::cmd) follow: bool,
    /// How to read.
    pub(in crate::cmd) options: ReadOptions,
}

/// What the reading came to.
pub(in crate::cmd) struct GroupEnd {
    pub(in crate::cmd) ended: Result<Ended, Fault>,
    pub(in crate::cmd) gaps: Vec<Gap>,
    /// Whether what was written out was committed in the end.
    pub(in crate::cmd) stored: bool,
}

impl GroupRead<'_> {
    /// Joins, reads, commits, leaves.
    ///
    /// # Errors
    /// The group cannot be joined. What ends the reading later is part of the answer.
    pub(in crate::cmd) fn run(
        self,
        context: &Context,
        client: &mut Client,
        kept: &mut Kept<'_>,
        permit: Permit,
    ) -> Result<GroupEnd, Failure> {
        let names: Vec<&str> = self.topics.iter().map(|topic| &**topic).collect();
        // The reader borrows its client for as long as it reads; what is asked meanwhile has one
        // of its own.
        let mut settings = client.settings().as_ref().clone();
        settings.request_timeout = settings.request_timeout.min(self.options.stall_timeout);
        let mut asking = Client::connect(settings.clone())?;
        asking.expect_topic_ids(&client.topic_ids(&self.topics));
        let topics = asking.metadata(&names)?;
        let protocol = client.settings().properties.get("group.protocol");
        if protocol.is_some_and(|name| name.eq_ignore_ascii_case("consumer")) {
            asking.on_any(|connection| connection.has_new_groups())?;
        }
        let mut start = GroupStart::new(self.from, client.settings().offset_reset);
        let group = Group::join(&settings, self.name, &names, permit)?;
        for topic in &topics {
            let known = known_partitions(&group, topic, &start, &context.cancel)?;
            start.know(&topic.name, known);
        }
        let reader = Reader::new(client, Vec::new(), self.options.clone());
        let mut member = Member {
            read: self,
            start,
            context,
            asking,
            group,
            reader,
            ledger: Ledger::default(),
            committed: BTreeMap::new(),
            waiting: Vec::new(),
            ask_at: Instant::now(),
            assigned: false,
        };
        let ended = member.read_on(kept);
        // Whom a commit was not answered, the next would not be either.
        let settled = if member.group.is_silent() {
            Ok(())
        } else {
            member.settle(kept)
        };
        let stored = settled.is_ok() && !member.group.is_silent();
        let ended = match (ended, settled) {
            (Ok(ended), Ok(())) => Ok(ended),
            (Err(fault), _) | (Ok(_), Err(fault)) => Err(fault),
        };
        for line in member.group.take_log() {
            context.ui.detail(format_args!("librdkafka: {line:?}"));
        }
        let gaps = member.reader.gaps().to_vec();
        member
            .group
            .close(patience(&context.cancel, Instant::now()));
        Ok(GroupEnd {
            ended,
            gaps,
            stored,
        })
    }
}

/// How long the coordinator may take for what was `sent` to it: little once a signal has come.
fn patience(cancel: &Cancel, sent: Instant) -> Duration {
    cancel.since().map_or(COMMIT_PATIENCE, |since| {
        let before = sent.elapsed().saturating_sub(since);
        COMMIT_PATIENCE.min(before + LAST_PATIENCE)
    })
}

/// The number of partitions of `topic` that the group began with: those up to the last one that it
/// has stored an offset of, and all of them when it has stored none.
fn known_partitions(
    group: &Group,
    topic: &TopicMetadata,
    start: &GroupStart,
    cancel: &Cancel,
) -> Result<i32, Failure> {
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

struct Member<'r> {
    read: GroupRead<'r>,
    start: GroupStart,
    context: &'r Context,
    asking: Client,
    group: Group,
    reader: Reader<'r>,
    ledger: Ledger,
    /// What the group holds of each partition that is ours.
    committed: BTreeMap<TopicPartition, i64>,
    /// Partitions that are ours and are not read yet, and when to ask for their logs.
    waiting: Vec<Waiting>,
    ask_at: Instant,
    /// Whether the group has given us anything yet, be it nothing.
    assigned: bool,
}

impl Member<'_> {
    fn read_on(&mut self, kept: &mut Kept<'_>) -> Result<Ended, Fault> {
        let began = Instant::now();
        let mut commit_at = began + COMMIT_EVERY;
        loop {
            if self.context.cancel.is_raised() {
                return Ok(Ended::Cancelled);
            }
            self.begin_waiting()?;
            let idle = self.committed.is_empty();
            if let Some(event) = self.group.poll(if idle { TICK } else { Duration::ZERO })? {
                self.take(event, kept)?;
                continue;
            }
            if idle {
                // A member that the group gives nothing has nothing to read to the end.
                if self.assigned && !self.read.follow && self.waiting.is_empty() {
                    return Ok(Ended::End);
                }
                let nothing = !self.assigned && !self.group.asks_for_stored();
                if nothing && began.elapsed() > self.read.options.stall_timeout {
                    let group = self.read.name;
                    let failure = Failure::new(
                        Exit::Unreachable,
                        format!("group {group:?} has given this member nothing yet"),
                    );
                    return Err(failure.hint("--stall-timeout waits longer").into());
                }
                continue;
            }
            match self.reader.step(kept, TICK)? {
                Step::Moved | Step::Quiet | Step::Held => {}
                Step::Done if self.waiting.is_empty() => return Ok(Ended::End),
                Step::Done => drop(self.context.cancel.sleep(TICK)),
                Step::Stopped => return Ok(Ended::Stopped),
            }
            if Instant::now() >= commit_at {
                self.settle(kept)?;
                commit_at = Instant::now() + COMMIT_EVERY;
            }
        }
    }

    fn take(&mut self, event: GroupEvent, kept: &mut Kept<'_>) -> Result<(), Fault> {
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
                    self.settle(kept)?;
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

    /// Begins to read the partitions that were assigned. One without a leader has no end that
    /// anybody knows: it waits until it has one.
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
            let (start, note) = (self.start.of(&partition, stored.as_ref(), log))
                .map_err(|error| Failure::out_of_range(self.read.name, &error))?;
            if let Some(note) = note {
                self.context.ui.warn(note);
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
        note_hidden(self.context, &mut self.asking, &hidden);
        // Else the next member would begin at an end of its own, and lose what lies between. Should
        // the group be about to change, the next commit stores it.
        if self.commit(&begun_at_end).is_ok() {
            self.committed.extend(begun_at_end);
        }
        Ok(())
    }

    fn keep_waiting(&mut self, waiting: Waiting) -> Result<(), Fault> {
        let patience = self.read.options.stall_timeout;
        if !self.read.follow && waiting.since.elapsed() > patience {
            let error = LookupError::NoLeader(waiting.partition);
            let failure = Failure::new(Exit::Unreachable, error.to_string());
            return Err(failure.hint("--stall-timeout waits longer").into());
        }
        self.waiting.push(waiting);
        Ok(())
    }

    /// The logs of the partitions that wait, as far as they have leaders.
    fn logs(&mut self) -> Result<BTreeMap<TopicPartition, Log>, Fault> {
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
                let log = Log {
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

    /// Finds where the last `count` records begin in partitions of which the group has stored
    /// nothing.
    fn find_last(
        &mut self,
        count: u64,
        logs: &mut BTreeMap<TopicPartition, Log>,
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
            &self.context.cancel,
        )?;
        for (partition, last) in starts {
            if let Some(log) = logs.get_mut(&partition) {
                log.from = Some(last.start);
            }
        }
        Ok(())
    }

    /// Flushes, and commits what is safe then.
    fn settle(&mut self, kept: &mut Kept<'_>) -> Result<(), Fault> {
        for (partition, position, _) in self.reader.positions() {
            let held = self.committed.get(partition);
            if held.is_some_and(|&held| held != position) {
                self.ledger
                    .take(&partition.topic, partition.partition, position);
            }
        }
        // A reader of our output that went away has not seen the last of it, and an expression that
        // fails on every record has shown nothing.
        if kept.idle()? == Flow::Stop || kept.fails_on_all() {
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
        let (cancel, sent) = (&self.context.cancel, Instant::now());
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
                        && self.context.cancel.sleep(TICK) => {}
                outcome => return outcome,
            }
        }
    }
}
