//! Which run keeps the progress of a replay: the one that began last.
//!
//! The lock file tells the processes of one machine apart, Kafka fences transactions, and a group
//! fences the members that share a replay. Nothing of these sees two machines, or two users, that
//! run the same plain replay: both would write all of it. So a run that begins signs the progress
//! of the first partition. Each checkpoint looks for its own signature before it writes progress,
//! and signs again: a run whose signature was replaced ends. Of two runs the one that signed last
//! goes on, never none.

use std::time::Duration;

use ring::rand::{SystemRandom, generate};

use super::{
    duplicates::{self, DuplicateBound},
    keeper::{self, PROGRESS_TOPIC, Unkept},
    recover,
    run::{self, Run},
};
use crate::{
    codec::shell::CommandLine,
    command::Context,
    config::env,
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{wire::Client, write::Producer},
    pipeline::{Fault, Permit},
    replay::{Checkpoint, CheckpointLocation, CheckpointOwner, Checkpoints, Plan, RunOptions},
    transfer::Lock,
};

/// How long a coordinator may take before the group is looked for elsewhere.
const SOON: Duration = Duration::from_millis(500);

/// The run of this process, after `after` records that earlier runs have written.
fn this_run(context: &Context, after: u64) -> CheckpointOwner {
    // Without randomness the other three have to do.
    let nonce = generate::<[u8; 4]>(&SystemRandom::new());
    CheckpointOwner {
        host: env::host_name(),
        pid: std::process::id(),
        begun: context.now,
        nonce: nonce.map_or(0, |random| u32::from_be_bytes(random.expose())),
        after,
        unkept: None,
    }
}

/// The run that signed `progress`.
fn signature(progress: &Checkpoints) -> Option<&CheckpointOwner> {
    progress.values().next()?.metadata.run.as_ref()
}

/// Records that `progress` counts as written.
fn written(progress: &Checkpoints) -> u64 {
    progress.values().map(|one| one.metadata.sent).sum()
}

/// Where the targets ended when the progress was kept beyond which records were written again; of
/// members, each of which keeps its own ranges' alone, the first that was lost.
fn ends_of(kept: &Checkpoints) -> Option<i64> {
    let lost = kept.values().filter(|one| is_unfinished(one));
    let lost = lost.filter_map(|one| one.metadata.ends).min();
    lost.or_else(|| kept.values().filter_map(|one| one.metadata.ends).max())
}

/// Whether a member has not let go of the range, and not come to its end.
fn is_unfinished(checkpoint: &Checkpoint) -> bool {
    checkpoint.metadata.held && checkpoint.next < checkpoint.metadata.end
}

/// Adds the first partition to the `news`, signed; nothing without an owner.
pub(super) fn sign(news: &mut Checkpoints, kept: &Checkpoints, owner: Option<&CheckpointOwner>) {
    if let (Some(owner), Some((at, first))) = (owner, kept.first_key_value()) {
        let entry = news.entry(at.clone());
        let first = entry.or_insert_with(|| first.clone());
        first.metadata.run = Some(owner.clone());
    }
}

/// The progress that a run goes on from.
pub(super) struct Claimed {
    pub(super) owner: Option<CheckpointOwner>,
    pub(super) progress: Checkpoints,
    pub(super) duplicates: DuplicateBound,
}

impl Claimed {
    /// Progress without a signature.
    pub(super) fn unsigned(progress: Checkpoints, duplicates: DuplicateBound) -> Self {
        Self {
            owner: None,
            progress,
            duplicates,
        }
    }
}

/// What a new run signs the progress with.
pub(super) struct Claim<'c> {
    pub(super) context: &'c Context,
    pub(super) client: &'c mut Client,
    pub(super) producer: &'c mut Producer,
    pub(super) plan: &'c Plan,
    pub(super) coordinator: Option<i32>,
    pub(super) permit: Permit,
    pub(super) lock: Option<&'c Lock>,
}

impl Claim<'_> {
    /// Signs what is kept, and reads again from where to go on: the run before may have kept more
    /// meanwhile. `is_first` tells that no run was before this one.
    ///
    /// # Errors
    /// The cluster does not take it, or another run has signed at the same time.
    pub(super) fn sign(mut self, kept: &Checkpoints, is_first: bool) -> Result<Claimed, Failure> {
        let earlier = signature(kept);
        // What was signed under the lock that this process holds was signed by a process that ended.
        let last = self.lock.and_then(Lock::last_owner);
        let has_ended = earlier.is_some() && earlier == last.as_ref();
        let duplicates = match earlier.and_then(|owner| owner.unkept) {
            _ if is_first => DuplicateBound::Final(0),
            Some(unkept) => DuplicateBound::Final(unkept),
            None => self.duplicates(kept, has_ended)?,
        };
        let running = earlier.filter(|owner| owner.unkept.is_none() && !has_ended);
        let after = running.map_or(u64::MAX, |owner| owner.after);
        let Self { context, plan, .. } = self;
        let owner = this_run(context, written(kept).min(after));
        let mut signed = Checkpoints::new();
        sign(&mut signed, kept, Some(&owner));
        match (plan.checkpoint_location, self.coordinator) {
            (CheckpointLocation::Group, Some(at)) => {
                keeper::commit(self.client, plan, at, &signed, self.permit)?;
            }
            (CheckpointLocation::Topic, _) => keeper::write(self.producer, plan, &signed, false)?,
            _ => {}
        }
        let cancel = &context.cancel;
        let now = keeper::read(
            self.client,
            plan.checkpoint_location,
            &plan.id,
            self.coordinator,
            cancel,
        )?;
        match signature(&now) {
            Some(found) if *found == owner => {
                if let Some(lock) = self.lock {
                    lock.set_last_owner(&owner);
                }
                Ok(Claimed {
                    owner: Some(owner),
                    progress: now,
                    duplicates,
                })
            }
            other => Err(lost(plan, other, Exit::Refused).cause("this run has written nothing")),
        }
    }

    /// Records that stand in the targets beyond the progress that is kept.
    ///
    /// # Errors
    /// The cluster does not answer.
    pub(super) fn duplicates(
        &mut self,
        kept: &Checkpoints,
        has_ended: bool,
    ) -> Result<DuplicateBound, Failure> {
        let Some(kept) = ends_of(kept) else {
            return Ok(DuplicateBound::Unknown);
        };
        let ends = keeper::ends(self.client, &self.plan.targets())?;
        Ok(DuplicateBound::since(kept, ends, has_ended))
    }
}

/// Signs the progress of a run that Kafka does not tell from others, as it does in transactions and
/// among the members of a group. `is_first` tells that no run was before this one.
///
/// # Errors
/// See [`Claim::sign`].
pub(super) fn claimed(
    mut claim: Claim<'_>,
    how: &RunOptions,
    progress: Checkpoints,
    is_first: bool,
) -> Result<Claimed, Failure> {
    if how.exactly_once
        || claim.plan.checkpoint_location == CheckpointLocation::Nowhere
        || (how.share && is_first)
    {
        return Ok(Claimed::unsigned(progress, DuplicateBound::Final(0)));
    }
    if how.share {
        // What members wrote is counted by whoever takes over their partitions.
        if signature(&progress).is_none() {
            return Ok(Claimed::unsigned(progress, DuplicateBound::Final(0)));
        }
        let count = claim.duplicates(&progress, true)?.count();
        let bound = count.map_or(DuplicateBound::Unknown, DuplicateBound::Final);
        return Ok(Claimed::unsigned(progress, bound));
    }
    claim.sign(&progress, is_first)
}

impl Run<'_> {
    /// Takes on `partitions` as a member: counts what one that was lost has written beyond their
    /// progress, and notes that they are ours.
    ///
    /// # Errors
    /// The cluster does not answer.
    pub(super) fn hold(&mut self, partitions: &[TopicPartition]) -> Result<(), Fault> {
        if self.transactional {
            return Ok(());
        }
        let checkpoint = || partitions.iter().filter_map(|at| self.progress.get(at));
        let lost: Vec<&Checkpoint> = checkpoint().filter(|one| is_unfinished(one)).collect();
        if !lost.is_empty() {
            let left = lost.iter().map(|one| one.metadata.end - one.next).sum();
            // The first that is kept: between the others' checkpoints it may have written, too.
            let kept = lost.iter().map(|one| one.metadata.ends).min().flatten();
            let targets = self.plan.targets();
            let grown = match kept {
                Some(kept) => {
                    let ends = self.insist(|run| keeper::ends(run.asking, &targets))?;
                    duplicates::grown(kept, ends)
                }
                None => u64::MAX,
            };
            self.duplicates.add(duplicates::grown(0, left).min(grown));
        }
        let mut news = Checkpoints::new();
        for at in partitions {
            if let Some(checkpoint) = self.progress.get(at).filter(|one| !one.metadata.held) {
                let mut checkpoint = checkpoint.clone();
                checkpoint.metadata.held = true;
                news.insert(at.clone(), checkpoint);
            }
        }
        if news.is_empty() {
            return Ok(());
        }
        let kept = match (self.plan.checkpoint_location, &mut self.member) {
            (CheckpointLocation::Topic, _) => self.keep_in_topic(&news).map(|()| true)?,
            // Else the first checkpoint notes it.
            (_, Some(member)) => (member.group)
                .commit_with(&keeper::commits(&news), &|| SOON)
                .is_ok(),
            (_, None) => false,
        };
        if kept {
            self.progress.extend(news);
        }
        Ok(())
    }

    /// Whether we have the range still, as a member, behind this checkpoint.
    pub(super) fn holds(&self, range: usize, at: &TopicPartition) -> bool {
        let lets_go = self.ends_here && !self.lowest.contains_key(&range);
        let is_member = self.member.is_some() && !self.transactional;
        is_member && !lets_go && !self.leaving.contains(at)
    }

    /// How far the targets have grown since the last checkpoint; `None` when nobody tells.
    pub(super) fn grown(&mut self) -> Option<u64> {
        let kept = ends_of(&self.progress)?;
        let targets = self.plan.targets();
        let ends = self.insist(|run| keeper::ends(run.asking, &targets)).ok()?;
        Some(duplicates::grown(kept, ends))
    }

    /// Looks whether this run still keeps the progress.
    ///
    /// # Errors
    /// Another run has begun, or the cluster does not answer.
    pub(super) fn check_owner(&mut self) -> Result<(), Unkept> {
        let Some(own) = &self.owner else {
            return Ok(());
        };
        let found = match (self.plan.checkpoint_location, self.coordinator) {
            (CheckpointLocation::Group, Some(coordinator)) => {
                let group = self.plan.group();
                let commits = self.asking.stable_commits(&group, coordinator, SOON)?;
                Some(keeper::understood(commits))
            }
            (CheckpointLocation::Topic, _) => {
                keeper::read_new(self.asking, &self.plan.id, &mut self.tail)?
            }
            _ => None,
        };
        let Some(found) = found else {
            return Ok(());
        };
        let first = self.progress.keys().next().and_then(|at| found.get(at));
        // Members that share the replay write records of their own partitions alone, unsigned.
        if first.is_none()
            && (self.plan.checkpoint_location == CheckpointLocation::Group || found.is_empty())
        {
            return Err(self.missing_progress());
        }
        let other = first.and_then(|first| first.metadata.run.as_ref());
        if other.is_some_and(|other| other.is(own)) {
            return Ok(());
        }
        let kept = written(&self.progress);
        let after = other.map_or(0, |other| other.after);
        let sent = self.forward.tally.sent;
        // Everything that was sent is acknowledged by now, and nothing of it is kept.
        self.behind += kept.saturating_sub(after) + (sent - self.safe.sent);
        self.safe = self.forward.tally.clone();
        self.is_replaced = true;
        Err(Unkept {
            failure: lost(self.plan, other, self.lost_exit()),
            passes: false,
        })
    }

    fn lost_exit(&self) -> Exit {
        if written(&self.progress) > 0 || self.forward.tally.sent > 0 {
            Exit::Partial
        } else {
            Exit::Refused
        }
    }

    /// Why the progress is not kept any more: Kafka deletes a topic's committed offsets along with
    /// the topic.
    fn missing_progress(&mut self) -> Unkept {
        let sources = match self.plan.checkpoint_location {
            CheckpointLocation::Group => run::sources(self.plan),
            CheckpointLocation::Topic | CheckpointLocation::Nowhere => Vec::new(),
        };
        let names: Vec<&str> = sources.iter().map(|name| &**name).collect();
        // The group's cluster is the one that is read, too.
        self.asking.expect_topic_ids(&self.plan.ids.sources);
        let topics = match self.asking.metadata_now(&names) {
            Ok(topics) => topics,
            Err(error) => return error.into(),
        };
        let lost = topics.iter().find_map(recover::lost_topic);
        let failure = lost.unwrap_or_else(|| deleted_progress(self.plan, self.lost_exit()));
        Unkept {
            failure: Failure {
                stale: true,
                ..failure
            },
            passes: false,
        }
    }
}

/// The progress is not kept any more, and the topics are those that they were.
fn deleted_progress(plan: &Plan, exit: Exit) -> Failure {
    let id = &plan.id;
    let place = match plan.checkpoint_location {
        CheckpointLocation::Topic => format!("topic {PROGRESS_TOPIC:?}"),
        CheckpointLocation::Group | CheckpointLocation::Nowhere => {
            format!("group {:?}", plan.group())
        }
    };
    let message = format!("the progress of replay {id:?} is not in {place} any more");
    Failure::new(exit, message)
        .cause("another process has deleted it; \"evctl replay cancel\" does that")
}

/// Another run has replaced this one.
fn lost(plan: &Plan, other: Option<&CheckpointOwner>, exit: Exit) -> Failure {
    let id = &plan.id;
    let other = other.map_or_else(|| "another run".to_owned(), CheckpointOwner::to_string);
    Failure::new(exit, format!("replay {id:?} was taken over by {other}"))
        .hint(format!(
            "{} shows how far that has come",
            CommandLine::evctl("replay status").operand(id)
        ))
        .hint("--share lets several processes divide the work")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::CheckpointMetadata;

    fn owner(nonce: u32) -> CheckpointOwner {
        CheckpointOwner {
            host: "a".to_owned(),
            pid: 1,
            begun: 1_767_261_600_000,
            nonce,
            after: 7,
            unkept: None,
        }
    }

    fn progress(partitions: &[i32], next: i64) -> Checkpoints {
        let checkpoint = Checkpoint {
            next,
            metadata: CheckpointMetadata {
                replay: "h".to_owned(),
                start: 0,
                end: 9,
                from_ms: None,
                to_ms: None,
                begun: 0,
                base_ms: 0,
                sent: 3,
                failed: 0,
                ends: Some(1),
                run: None,
                held: false,
                source_id: None,
                target_id: None,
            },
        };
        let each = partitions.iter();
        each.map(|number| (TopicPartition::new("t", *number), checkpoint.clone()))
            .collect()
    }

    #[test]
    fn each_checkpoint_signs_the_first_partition_whether_it_has_moved_or_not() {
        let kept = progress(&[0, 1, 2], 4);
        for (moved, expected) in [(&[0, 1][..], 5), (&[1, 2], 4), (&[], 4)] {
            let mut news = progress(moved, 5);
            sign(&mut news, &kept, Some(&owner(1)));
            assert_eq!(signature(&news), Some(&owner(1)), "{moved:?}");
            assert_eq!(news.values().next().unwrap().next, expected, "{moved:?}");
        }
        let mut news = progress(&[1], 5);
        sign(&mut news, &kept, None);
        assert_eq!((news.len(), signature(&news)), (1, None));
        assert_eq!(written(&kept), 9);
    }

    #[test]
    fn what_a_lost_member_wrote_is_counted_from_the_first_checkpoint_of_its_lanes() {
        for (held, next, expected) in [
            (&[0, 1][..], 4, 10),
            (&[1], 4, 20),
            (&[], 4, 30),
            // At its end nothing is written again.
            (&[0, 1], 9, 30),
        ] {
            let mut kept = progress(&[0, 1, 2], next);
            for ((at, one), ends) in kept.iter_mut().zip([10, 20, 30]) {
                one.metadata.ends = Some(ends);
                one.metadata.held = held.contains(&at.partition);
            }
            assert_eq!(ends_of(&kept), Some(expected), "{held:?} {next}");
        }
    }

    #[test]
    fn runs_of_one_moment_are_told_apart_and_named() {
        assert_ne!(owner(1), owner(2));
        let named = "process 1 on host \"a\", begun 2026-01-01T10:00:00.000Z";
        assert_eq!(owner(1).to_string(), named);
    }
}
