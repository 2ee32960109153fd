//! Replaying: records go from the feed to the producer, and at each checkpoint how far they have
//! come is kept.
//!
//! A checkpoint is a barrier: nothing more is taken until everything is acknowledged. So no record
//! needs a book of its own, and what is kept is never ahead of what was written.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    duplicates::DuplicateBound,
    farewell,
    feed::{Feed, Origin},
    forward::{Forward, NO_LANE, Tally},
    keeper::{self, Unkept},
    member::Member,
    ownership,
    recover::{Trouble, Troubles},
    suspension::Suspension,
};
use crate::{
    cmd,
    command::Context,
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        wire::Client,
        write::{Code, GroupFence, Producer, ProducerOptions, TransactionError},
    },
    pipeline::{self, Ended, Fault, Gap, Permit, Step, Watch},
    replay::{Checkpoint, CheckpointLocation, CheckpointOwner, Checkpoints, PartitionRange, Plan},
    ui::Bar,
};

/// How often progress is kept without transactions: what may be written twice after a kill.
const CHECKPOINT: Duration = Duration::from_secs(1);
/// A transaction is closed when it has been open for so long, or holds so much. (A commit costs
/// about 100 ms when the next transaction follows at once, whatever its size.)
const OPEN: Duration = Duration::from_millis(200);
const OPEN_BYTES: u64 = 32 << 20;
/// How long an answer about a transaction may take: as long as the broker keeps one open.
const ANSWER: Duration = Duration::from_secs(10);
/// How long an abort may take.
const ABORT: Duration = Duration::from_millis(1_500);
const TICK: Duration = Duration::from_millis(20);
/// How long nothing is acknowledged before it is looked whether the targets are still there.
const DOUBT: Duration = Duration::from_secs(2);
/// How long is waited between two attempts to keep how far it has come.
const PAUSE: Duration = Duration::from_millis(200);

/// A replay under way.
pub(super) struct Run<'r> {
    pub(super) context: &'r Context,
    pub(super) plan: &'r Plan,
    pub(super) forward: Forward,
    /// Who asks the cluster that is written to.
    pub(super) asking: &'r mut Client,
    /// Who coordinates the group that keeps the progress; `None` when a topic does.
    pub(super) coordinator: Option<i32>,
    pub(super) transactional: bool,
    pub(super) permit: Permit,
    /// What is kept.
    pub(super) progress: Checkpoints,
    /// What was true when it was.
    pub(super) safe: Tally,
    pub(super) kept_at: Instant,
    /// Troubles since something was kept.
    pub(super) troubles: Troubles,
    /// The progress in a commit that was not answered yet.
    pub(super) committing: Option<Checkpoints>,
    pub(super) suspension: Suspension,
    /// How to make the producer anew.
    pub(super) options: ProducerOptions,
    /// When it was looked last whether the targets are still there.
    pub(super) looked_at: Option<Instant>,
    /// Whether a checkpoint failed: what is at hand cannot be kept any more.
    pub(super) torn: bool,
    pub(super) stall: Duration,
    pub(super) member: Option<Member>,
    /// The partitions that the group has given us.
    pub(super) ours: Vec<TopicPartition>,
    pub(super) gaps: Vec<Gap>,
    /// Where the ranges were stopped by records that were not taken.
    pub(super) lowest: BTreeMap<usize, i64>,
    /// Records at most that were written behind those, and are written again by whoever goes on.
    pub(super) behind: u64,
    /// Partitions that are let go of at this moment.
    pub(super) leaving: Vec<TopicPartition>,
    /// What this run signs its progress with; `None` where Kafka tells runs apart.
    pub(super) owner: Option<CheckpointOwner>,
    pub(super) tail: keeper::Tail,
    /// Whether another run keeps the progress now.
    pub(super) is_replaced: bool,
    /// Whether nothing more is written: the signature of the last checkpoint says so.
    pub(super) ends_here: bool,
    /// Records that an earlier run may have written, too.
    pub(super) duplicates: DuplicateBound,
    pub(super) bar: Bar,
}

impl Run<'_> {
    /// Replays what `origin` gives until the end, a limit, a signal, or something that breaks it.
    ///
    /// # Errors
    /// What broke it: what is kept then is right, and can be gone on with.
    pub(super) fn go(&mut self, origin: &mut Origin<'_>) -> Result<Ended, Fault> {
        loop {
            self.torn = false;
            let looks_back = self.forward.looks_back();
            let mut source = origin.feed(self.plan, &self.progress, looks_back)?;
            if let (CheckpointLocation::Nowhere, Feed::Files(files)) =
                (self.plan.checkpoint_location, &source)
            {
                // The plan could not look at what comes over standard input.
                let warning = cmd::read::redacted("stdin", files.reader.redacted());
                warning.iter().for_each(|text| self.context.ui.warn(text));
            }
            for at in &self.ours {
                if let Some(range) = self.plan.ranges.iter().find(|range| range.at() == *at) {
                    let kept = self.progress.get(at);
                    source.add(range, kept.map_or(range.start, |kept| kept.next));
                }
            }
            let ended = self.drive(&mut source);
            let opened = self.forward.open().map(|(since, _)| since);
            let open = opened.map(|since| since.elapsed());
            let ended = self.conclude(&mut source, ended);
            let mut trouble = match &ended {
                Err(fault) => self.trouble(fault, open),
                Ok(_) => None,
            };
            if (ended.is_err() || self.forward.open().is_some())
                && !self.let_go()
                && trouble == Some(Trouble::Aborted)
            {
                // It is not known what became of the transaction: another producer makes it sure.
                trouble = Some(Trouble::Silence);
            }
            self.gaps.extend(source.gaps());
            drop(source);
            match (ended, trouble) {
                (Err(fault), Some(trouble)) => self.recover(fault, trouble, opened)?,
                (Ok(ended @ (Ended::End | Ended::Stopped)), _) => {
                    return self.confirm().map(|()| ended);
                }
                (ended, _) => return ended,
            }
        }
    }

    fn drive(&mut self, feed: &mut Feed<'_>) -> Result<Ended, Fault> {
        loop {
            if self.context.cancel.is_raised() {
                return Ok(Ended::Cancelled);
            }
            self.take_turn_as_member(feed)?;
            let step = feed.step(&mut self.forward, TICK)?;
            self.forward.poll(Duration::ZERO);
            self.bar.progress(self.shown(feed));
            if self.forward.is_broken() {
                return Err(self.broken().into());
            }
            match step {
                Step::Done if self.member.is_none() => return Ok(Ended::End),
                Step::Done => {
                    self.checkpoint(feed)?;
                    if self.everybody_is_done()? {
                        return Ok(Ended::End);
                    }
                }
                Step::Stopped if self.forward.full => return Ok(Ended::Stopped),
                Step::Held => self.forward.wait_for_turn(),
                Step::Stopped | Step::Moved | Step::Quiet => {}
            }
            if self.is_due() {
                self.checkpoint(feed)?;
            }
        }
    }

    /// How far it has come: by the records' time at a speed, by the records that --limit asks for,
    /// else by what was read, earlier runs included. The records are those that were written.
    fn shown(&self, feed: &Feed<'_>) -> pipeline::Progress {
        let mut shown = feed.progress();
        shown.records = self.forward.tally.sent;
        shown.bytes = self.forward.tally.bytes;
        let passed = |ms: i64| u64::try_from(ms).unwrap_or(0);
        if let Some((first, last)) = self.plan.span.filter(|(first, last)| last > first)
            && let Some(clock) = self.forward.clock()
        {
            shown.total = passed(last - first);
            shown.done = passed(clock - first).min(shown.total);
        } else if let Some((done, limit)) = self.forward.limited()
            && limit < shown.total
        {
            shown.total = limit;
            shown.done = done;
        } else if matches!(feed, Feed::Topics(_)) && !self.forward.looks_back() {
            let earlier = self.forward.passed_before(self.plan);
            shown.done += earlier;
            shown.total += earlier;
        }
        shown
    }

    /// Keeps what can be kept at the end.
    fn conclude(
        &mut self,
        feed: &mut Feed<'_>,
        ended: Result<Ended, Fault>,
    ) -> Result<Ended, Fault> {
        let refused = self.forward.losses.count > 0 && !self.forward.stalled;
        self.ends_here = true;
        match ended {
            Err(_) if refused && !self.transactional => Err(self.salvage(feed)),
            Err(fault)
                if self.torn || self.forward.is_broken() || fault.is::<TransactionError>() =>
            {
                Err(fault)
            }
            ended => match self.checkpoint(feed) {
                Ok(()) => ended,
                Err(_) if self.forward.losses.count > 0 && !self.transactional => {
                    Err(self.salvage(feed))
                }
                Err(fault) => ended.and(Err(fault)),
            },
        }
    }

    /// Some records were not taken: keeps how far each range has come before its first of them, and
    /// says why it was not taken.
    fn salvage(&mut self, feed: &Feed<'_>) -> Fault {
        let cancel = &self.context.cancel;
        let leave = || cancel.since().is_some_and(|since| since > farewell::SETTLE);
        let forward = &mut self.forward;
        let patience = DOUBT.min(self.stall);
        let settled = (forward.producer).settle(patience, &leave, &mut forward.losses);
        let failure = self.broken();
        if !settled || self.lost_target().is_some() {
            return failure.into();
        }
        let losses = std::mem::take(&mut self.forward.losses);
        let handed = self.forward.tally.sent - self.safe.sent;
        let grown = self.grown().map_or(handed, |grown| grown.min(handed));
        let tally = &mut self.forward.tally;
        tally.sent = tally.sent.saturating_sub(losses.count);
        tally.bytes = tally.bytes.saturating_sub(losses.bytes);
        let written = tally.sent - self.safe.sent;
        let kept = self.kept_before(&losses.lowest, feed);
        // A record that was refused may be there all the same, when the answer was not the broker's.
        self.behind = (written + losses.may_be_written).max(grown) - kept.min(written);
        self.lowest = losses.lowest.clone();
        let outcome = match self.renew() {
            Ok(()) => self.keep(feed),
            Err(failure) => Err(failure.into()),
        };
        if outcome.is_ok() {
            self.safe = self.forward.tally.clone();
        } else {
            // Then these count as what was written since the last checkpoint.
            self.behind = self.behind.saturating_sub(written.saturating_sub(kept));
        }
        self.forward.losses = losses;
        failure.into()
    }

    /// Records written since the last checkpoint that need not be written again.
    fn kept_before(&self, lowest: &BTreeMap<usize, i64>, feed: &Feed<'_>) -> u64 {
        let positions = feed.positions(&self.plan.ranges);
        let each = positions.iter().filter_map(|(at, next)| {
            let range = self
                .plan
                .ranges
                .iter()
                .position(|range| range.at() == *at)?;
            let next = lowest.get(&range).map_or(*next, |lowest| *lowest.min(next));
            Some(self.forward.sent_before(range, next))
        });
        each.sum()
    }

    /// A producer that was refused a record writes no progress any more.
    fn renew(&mut self) -> Result<(), Failure> {
        if self.plan.checkpoint_location == CheckpointLocation::Topic {
            let settings = self.asking.settings();
            let producer = Producer::new(settings, &self.options, self.permit)?;
            self.forward.go_on_with(producer);
        }
        Ok(())
    }

    /// Gives up what was not acknowledged, and aborts the transaction that is open; whether it is
    /// known to be aborted.
    fn let_go(&mut self) -> bool {
        let forward = &mut self.forward;
        if self.transactional && forward.open().is_some() {
            // A broker that does not answer aborts it by itself, after `transaction.timeout.ms`.
            let since = self.context.cancel.since();
            let left = since.map_or(ABORT, |since| farewell::LAST.saturating_sub(since));
            let aborted = (forward.producer).abort(left.max(TICK), &mut forward.losses);
            forward.closed();
            aborted.is_ok()
        } else {
            forward.producer.give_up(&mut forward.losses);
            true
        }
    }

    fn is_due(&self) -> bool {
        match self.forward.open() {
            Some((since, bytes)) => since.elapsed() >= OPEN || bytes >= OPEN_BYTES,
            None => self.kept_at.elapsed() >= CHECKPOINT,
        }
    }

    /// Waits until everything is acknowledged, and keeps how far it has come.
    fn checkpoint(&mut self, feed: &Feed<'_>) -> Result<(), Fault> {
        self.torn = true;
        self.settle()?;
        // What was acknowledged just now is in the topics that are there now.
        if let Some(lost) = self.look_for_targets() {
            return Err(lost.into());
        }
        self.keep(feed)?;
        self.torn = false;
        self.safe = self.forward.tally.clone();
        self.forward.forget_sent();
        self.kept_at = Instant::now();
        Ok(())
    }

    fn settle(&mut self) -> Result<(), Fault> {
        let cancel = &self.context.cancel;
        let leave = || cancel.since().is_some_and(|since| since > farewell::SETTLE);
        let mut known = self.forward.producer.settled();
        let mut since = Instant::now();
        loop {
            let forward = &mut self.forward;
            let patience = DOUBT.min(self.stall.saturating_sub(self.suspension.silence(since)));
            let settled = (forward.producer).settle(patience, &leave, &mut forward.losses);
            if forward.is_broken() || (!settled && leave()) {
                return Err(self.broken().into());
            }
            if settled {
                return Ok(());
            }
            if forward.producer.settled() != known {
                known = forward.producer.settled();
                since = Instant::now();
            }
            forward.stalled = self.suspension.silence(since) >= self.stall;
            if forward.stalled {
                return Err(self.broken().into());
            }
            if let Some(lost) = self.lost_target() {
                return Err(lost.into());
            }
        }
    }

    /// Asks, again for as long as a stall may last when the trouble is one that passes. Nothing is
    /// in flight meanwhile.
    pub(super) fn insist<T>(
        &mut self,
        mut ask: impl FnMut(&mut Self) -> Result<T, Unkept>,
    ) -> Result<T, Fault> {
        let began = Instant::now();
        loop {
            let unkept = match ask(self) {
                Ok(answer) => return Ok(answer),
                Err(unkept) => unkept,
            };
            if let Some(lost) = self.lost_target() {
                return Err(lost.into());
            }
            let over = !unkept.passes || began.elapsed() >= self.stall;
            if over || !self.context.cancel.sleep(PAUSE) {
                return Err(unkept.failure.into());
            }
            // Another broker may coordinate by now; one that does not answer is asked again.
            let _ = self.find_coordinator();
        }
    }

    /// What is not kept yet of how far the ranges have come.
    fn news(&self, feed: &Feed<'_>, ends: Option<i64>) -> Checkpoints {
        let mut news = Checkpoints::new();
        for (at, next) in feed.positions(&self.plan.ranges) {
            if !self.is_ours(&at) {
                continue;
            }
            let ranges = self.plan.ranges.iter().enumerate();
            let found = ranges.into_iter().find(|(_, range)| range.at() == at);
            let Some((index, range)) = found else {
                continue;
            };
            let next = match self.lowest.get(&index) {
                Some(low) => next.min(*low),
                // Behind --limit there is nothing more to do.
                None if self.forward.full => range.end,
                None => next,
            };
            let kept = self.progress.get(&at);
            let held = self.holds(index, &at);
            if kept.is_some_and(|kept| kept.next >= next && kept.metadata.held == held) {
                continue;
            }
            let next = kept.map_or(next, |kept| kept.next.max(next));
            let now = self.forward.sent_before(index, next);
            let sent = kept.map_or(0, |kept| kept.metadata.sent) + now;
            let failed = self.forward.failed_before(index, next);
            let mut metadata = self.plan.checkpoint_metadata(range, sent, ends);
            metadata.held = held;
            metadata.failed = kept.map_or(0, |kept| kept.metadata.failed) + failed;
            news.insert(at, Checkpoint { next, metadata });
        }
        news
    }

    fn keep(&mut self, feed: &Feed<'_>) -> Result<(), Fault> {
        if self.plan.checkpoint_location == CheckpointLocation::Nowhere {
            return self.commit(None);
        }
        let ends = if self.transactional {
            None
        } else {
            let targets = self.plan.targets();
            let ends = self.insist(|run| keeper::ends(run.asking, &targets))?;
            self.duplicates.observe(ends, self.forward.tally.sent);
            // What is written again by whoever goes on may be there twice.
            Some(ends.saturating_sub_unsigned(self.behind))
        };
        self.insist(Self::check_owner)?;
        let mut news = self.news(feed, ends);
        let answer = ANSWER.min(self.stall);
        let owner = match &self.owner {
            Some(owner) if self.ends_here => Some(owner.ended(self.behind)),
            owner => owner.clone(),
        };
        if !news.is_empty() || self.ends_here {
            ownership::sign(&mut news, &self.progress, owner.as_ref());
        }
        if news.is_empty() {
            return self.commit(None);
        }
        if self.plan.checkpoint_location == CheckpointLocation::Topic {
            self.keep_in_topic(&news)?;
        } else if self.transactional {
            self.begin()?;
            let fence = match &self.member {
                Some(member) => member.group.fence(),
                None => GroupFence::outside(&self.plan.group()),
            };
            let commits = keeper::commits(&news);
            self.forward
                .producer
                .send_offsets(&fence, &commits, answer)?;
        } else if self.member.is_some() {
            let commits = keeper::commits(&news);
            self.insist(|run| match &mut run.member {
                Some(member) => Ok(member.group.commit_with(&commits, &|| answer)?),
                None => Ok(()),
            })?;
        } else {
            self.insist(|run| match run.coordinator {
                Some(at) => keeper::commit(run.asking, run.plan, at, &news, run.permit),
                None => Ok(()),
            })?;
        }
        self.commit(Some(news))
    }

    /// Writes progress as records, of the same transaction where there is one.
    pub(super) fn keep_in_topic(&mut self, news: &Checkpoints) -> Result<(), Fault> {
        self.begin()?;
        let index = self.plan.targets().len();
        for (key, value) in keeper::lines(&self.plan.id, news) {
            let record = keeper::record(&key, Some(&value));
            let forward = &mut self.forward;
            while !forward
                .producer
                .send_to(index, &record, NO_LANE, &mut forward.losses)
            {
                forward.poll(TICK);
            }
        }
        self.settle()
    }

    fn begin(&mut self) -> Result<(), Fault> {
        if self.transactional && self.forward.open().is_none() {
            self.forward.begin()?;
        }
        Ok(())
    }

    /// Ends the transaction; then the news are kept.
    fn commit(&mut self, news: Option<Checkpoints>) -> Result<(), Fault> {
        let forward = &mut self.forward;
        if self.transactional && forward.open().is_some() {
            self.committing.clone_from(&news);
            forward
                .producer
                .commit(ANSWER.min(self.stall), &mut forward.losses)?;
            forward.closed();
            self.committing = None;
            // Not so a checkpoint with nothing to keep.
            self.troubles = Troubles::default();
        }
        self.progress.extend(news.into_iter().flatten());
        Ok(())
    }

    /// Why nothing more can be sent.
    fn broken(&mut self) -> Failure {
        let lost = self.forward.losses.first.as_ref();
        let doubtful =
            self.forward.stalled || lost.is_some_and(|(_, _, code, _)| code.is_missing());
        if doubtful
            && !self.context.cancel.is_raised()
            && let Some(missing) = self.lost_target()
        {
            return missing;
        }
        let forward = &self.forward;
        let some = self.safe.sent > 0 || forward.producer.acknowledged() > 0;
        let worst = if some {
            Exit::Partial
        } else {
            Exit::Unreachable
        };
        let lost = forward.losses.first.as_ref().map(|(_, _, code, _)| *code);
        let fenced = lost.filter(|code| code.is_fenced());
        if let Some(code) = fenced.or_else(|| forward.producer.fenced()) {
            let reason = code.to_string();
            let mut failure = Failure::from(TransactionError::Fenced { reason });
            failure.exit = worst;
            return failure;
        }
        if let Some((range, offset, code, target)) = &forward.losses.first
            && !self.context.cancel.is_raised()
        {
            let from = self.plan.ranges.get(*range);
            let from = from.map_or_else(
                || "progress".to_owned(),
                |range| format!("{} offset {offset}", range.at()),
            );
            let exit = if some || code.is_access() {
                worst
            } else if code.is_missing() {
                Exit::NotFound
            } else {
                Exit::Partial
            };
            let message = if code.is_producer_state() {
                format!("the producer cannot write on to topic {target:?} from {from}")
            } else {
                format!("topic {target:?} did not take the record of {from}")
            };
            let failure = Failure::new(exit, message).cause(code);
            return match self.plan.ranges.get(*range) {
                Some(range) if code.blames_record() => {
                    ways_out(failure, *code, range, *offset, self.plan.files)
                }
                _ => failure,
            };
        }
        if let Err(error) = forward.producer.check() {
            return Failure::new(worst, error.to_string());
        }
        let failure = if self.context.cancel.is_raised() {
            Failure::new(worst, "what was in flight was not acknowledged in time")
        } else {
            let message = format!(
                "no record was acknowledged for {} s",
                self.stall.as_secs_f64()
            );
            Failure::new(worst, message).hint("--stall-timeout waits longer")
        };
        match forward.producer.trouble() {
            Some((_, reason)) => failure.cause(reason),
            None => failure,
        }
    }

    /// Whether every range of the plan has come to its end, whoever read it.
    fn everybody_is_done(&mut self) -> Result<bool, Fault> {
        let Some(member) = &mut self.member else {
            return Ok(true);
        };
        if !member.asks() {
            return Ok(false);
        }
        let all = self.read_patiently()?;
        let done = is_done(self.plan, &all);
        if done {
            // The report is about the whole of it.
            self.progress = all;
        }
        Ok(done)
    }

    /// Takes on and lets go of what the group gives and takes.
    fn take_turn_as_member(&mut self, feed: &mut Feed<'_>) -> Result<(), Fault> {
        loop {
            let idle = feed.positions(&self.plan.ranges).is_empty();
            let Some(member) = &mut self.member else {
                return Ok(());
            };
            let Some(change) = member.poll(idle)? else {
                return Ok(());
            };
            self.rebalance(feed, change)?;
        }
    }

    fn rebalance(
        &mut self,
        feed: &mut Feed<'_>,
        change: super::member::Change,
    ) -> Result<(), Fault> {
        use super::member::Change;
        match change {
            Change::Ours(partitions) => {
                // What a member that died had under way is aborted before it is read.
                let all = self.read_patiently()?;
                for at in &partitions {
                    let Some(range) = self.plan.ranges.iter().find(|range| range.at() == *at)
                    else {
                        continue;
                    };
                    let next = all
                        .get(at)
                        .map_or(range.start, |checkpoint| checkpoint.next);
                    feed.add(range, next);
                    self.ours.push(at.clone());
                }
                self.progress.extend(all);
                self.hold(&partitions)
            }
            Change::Gone { partitions, lost } => {
                let kept = if lost {
                    self.let_go();
                    if !self.transactional {
                        self.behind += self.forward.tally.sent - self.safe.sent;
                    }
                    self.forward.rewind(self.safe.clone());
                    Ok(())
                } else {
                    self.leaving.clone_from(&partitions);
                    self.checkpoint(feed)
                };
                self.leaving.clear();
                for partition in &partitions {
                    feed.remove(partition);
                }
                self.ours.retain(|at| !partitions.contains(at));
                kept
            }
        }
    }
}

/// What leaves out a record that is not taken, as going on alone comes to it again.
fn ways_out(
    failure: Failure,
    code: Code,
    range: &PartitionRange,
    offset: i64,
    files: bool,
) -> Failure {
    let failure = match code {
        Code::BAD_TIME => failure.hint("a new replay with --timestamps now gives it another time"),
        _ => failure,
    };
    if files {
        return failure.hint("a new replay can leave it out: --filter, or --to before it");
    }
    let others = format!(".partition != {} or .offset != {offset}", range.partition);
    failure.hint(format!(
        "a new replay can leave it out: --filter '{others}', or --to before it"
    ))
}

/// Whether every range has come to its end.
pub(super) fn is_done(plan: &Plan, progress: &Checkpoints) -> bool {
    plan.ranges.iter().all(|range| {
        range.start >= range.end
            || (progress.get(&range.at())).is_some_and(|checkpoint| checkpoint.next >= range.end)
    })
}

/// The topics that are read.
pub(super) fn sources(plan: &Plan) -> Vec<Arc<str>> {
    super::look::topics_of(&plan.ranges).into_iter().collect()
}
