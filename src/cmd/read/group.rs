//! `consume --group`: librdkafka joins, heartbeats and commits; the records come from our own
//! reader. An offset is committed only when everything before it was written out and flushed.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::Kept;
use crate::{
    cli::Context,
    event::{Commit, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::{
        wire::{Client, OffsetSpec, ReadOptions, ReadRange, Reader, Step, WireError},
        write::{Group, GroupEvent},
    },
    pipeline::{Ended, Fault, Flow, Gap, Ledger, Permit, Sink},
    select::Position,
};

/// How often what was flushed is committed while reading goes on.
const COMMIT_EVERY: Duration = Duration::from_secs(5);
/// How long the coordinator may take to answer a commit, and a leave.
const COMMIT_PATIENCE: Duration = Duration::from_secs(10);
/// How often membership, signals and deadlines are looked at.
const TICK: Duration = Duration::from_millis(50);

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
        let mut asking = Client::connect(client.settings().as_ref().clone())?;
        asking.expect_topic_ids(&client.topic_ids(&self.topics));
        asking.metadata(&names)?;
        let protocol = client.settings().properties.get("group.protocol");
        if protocol.is_some_and(|name| name.eq_ignore_ascii_case("consumer")) {
            asking.on_any(|connection| connection.has_new_groups())?;
        }
        let group = Group::join(client.settings(), self.name, &names, permit)?;
        let reader = Reader::new(client, Vec::new(), self.options.clone());
        let mut member = Member {
            read: self,
            context,
            asking,
            group,
            reader,
            ledger: Ledger::default(),
            committed: BTreeMap::new(),
            assigned: false,
        };
        let ended = member.read_on(kept);
        let ended = match (ended, member.settle(kept)) {
            (Ok(ended), Ok(())) => Ok(ended),
            (Err(fault), _) | (Ok(_), Err(fault)) => Err(fault),
        };
        for line in member.group.take_log() {
            context.ui.detail(format_args!("librdkafka: {line:?}"));
        }
        let gaps = crate::pipeline::Source::gaps(&member.reader).to_vec();
        member.group.close(COMMIT_PATIENCE);
        Ok(GroupEnd { ended, gaps })
    }
}

struct Member<'r> {
    read: GroupRead<'r>,
    context: &'r Context,
    asking: Client,
    group: Group,
    reader: Reader<'r>,
    ledger: Ledger,
    /// What the group holds of each partition that is ours.
    committed: BTreeMap<TopicPartition, i64>,
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
            let idle = self.committed.is_empty();
            if let Some(event) = self.group.poll(if idle { TICK } else { Duration::ZERO })? {
                self.take(event, kept)?;
                continue;
            }
            if idle {
                // A member that the group gives nothing has nothing to read to the end.
                if self.assigned && !self.read.follow {
                    return Ok(Ended::End);
                }
                if !self.assigned && began.elapsed() > self.read.options.stall_timeout {
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
                Step::Done => return Ok(Ended::End),
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
                self.begin(partitions)
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
                Ok(())
            }
        }
    }

    /// Begins to read partitions that are ours now.
    fn begin(&mut self, partitions: Vec<(TopicPartition, Option<Commit>)>) -> Result<(), Fault> {
        let leaders = self
            .asking
            .find_leaders(partitions.iter().map(|(partition, _)| partition))?;
        let leaders = leaders
            .into_iter()
            .map(|(at, (leader, _))| (at, leader))
            .collect();
        let mut specs = vec![OffsetSpec::Earliest, OffsetSpec::Latest];
        if let Position::Time { ms, .. } = self.read.from {
            specs.push(OffsetSpec::AtOrAfter(ms));
        }
        let isolation = self.read.options.isolation;
        let found = self.asking.list_offsets(&leaders, &specs, isolation)?;
        for (partition, stored) in partitions {
            let stored = stored.map(|commit| commit.offset);
            let offset = |index: usize| {
                found
                    .get(index)
                    .and_then(|answers| answers.get(&partition)?.as_ref().ok().copied()?)
            };
            // Without a leader there is no end to know: the reader waits for one, from the start.
            let earliest = offset(0).unwrap_or(0);
            let end = offset(1).unwrap_or(i64::MAX);
            let start = match (stored, self.read.from) {
                (Some(stored), _) => {
                    if stored < earliest {
                        self.context.ui.warn(format_args!(
                            "{partition}: retention has taken the offsets {stored} to {}, reading \
                             starts at {earliest}",
                            earliest - 1
                        ));
                    }
                    stored.max(earliest)
                }
                (None, Position::Latest) => end,
                (None, Position::Offset(offset)) => offset.clamp(earliest, end),
                (None, Position::Time { .. }) => offset(2).unwrap_or(end),
                (None, _) => earliest,
            };
            self.committed
                .insert(partition.clone(), stored.unwrap_or(-1));
            let end = (!self.read.follow).then_some(end);
            self.reader.add(ReadRange {
                partition,
                start,
                end,
            });
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
        // A reader of our output that went away has not seen the last of it.
        if kept.idle()? == Flow::Stop {
            return Ok(());
        }
        self.ledger.flushed();
        let offsets = self.ledger.commit();
        if offsets.is_empty() {
            return Ok(());
        }
        self.compare_topic_ids()?;
        self.group.commit(&offsets, COMMIT_PATIENCE)?;
        self.committed.extend(offsets);
        Ok(())
    }

    /// librdkafka commits by name: an offset of a deleted topic would become one of the topic that
    /// has its name now.
    fn compare_topic_ids(&mut self) -> Result<(), WireError> {
        let topics: Vec<&str> = self.read.topics.iter().map(|topic| &**topic).collect();
        let deadline = Instant::now() + COMMIT_PATIENCE;
        loop {
            match self.asking.check_topic_ids(&topics) {
                Err(error)
                    if error.cause.is_retriable()
                        && Instant::now() < deadline
                        && self.context.cancel.sleep(TICK) => {}
                outcome => return outcome,
            }
        }
    }
}
