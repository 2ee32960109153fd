//! Which run keeps the progress of a replay: the one that began last.
//!
//! The lock file tells the processes of one machine apart, Kafka fences transactions, and a group
//! fences the members that share a replay. Nothing of these sees two machines, or two users, that
//! run the same plain replay: both would write all of it. So a run that begins signs the progress
//! of the first partition. Each checkpoint looks for its own signature before it writes progress,
//! and signs again: a run whose signature was replaced ends. Of two runs the one that signed last
//! goes on, never none.

use std::{fmt, time::Duration};

use ring::rand::{SystemRandom, generate};
use serde::{Deserialize, Serialize};

use super::{
    keeper::{self, Unkept},
    plan::{Home, Plan, Progress},
    run::Run,
};
use crate::{
    cli::Context,
    codec::shell::CommandLine,
    config::env,
    event::Timestamp,
    exit::Exit,
    failure::Failure,
    kafka::{wire::Client, write::Producer},
    pipeline::Permit,
};

/// How long a coordinator may take before the group is looked for elsewhere.
const SOON: Duration = Duration::from_millis(500);

/// One run of a replay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Owner {
    host: String,
    pid: u32,
    /// When it began, in milliseconds.
    begun: i64,
    /// Containers share names of hosts and ids of processes.
    nonce: u32,
    /// Records written by the runs before it: whatever those write beyond is written again.
    after: u64,
}

impl Owner {
    fn of_this_process(context: &Context, after: u64) -> Self {
        // Without randomness the other three have to do.
        let nonce = generate::<[u8; 4]>(&SystemRandom::new());
        Self {
            host: env::host_name(),
            pid: std::process::id(),
            begun: context.now,
            nonce: nonce.map_or(0, |random| u32::from_be_bytes(random.expose())),
            after,
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, pid, .. } = self;
        let begun = Timestamp(self.begun);
        write!(out, "process {pid} on host {host:?}, begun {begun}")
    }
}

/// The run that signed `progress`.
fn signature(progress: &Progress) -> Option<&Owner> {
    progress.values().next()?.note.run.as_ref()
}

/// Records that `progress` counts as written.
fn written(progress: &Progress) -> u64 {
    progress.values().map(|one| one.note.sent).sum()
}

/// Adds the first partition to the `news`, signed; nothing without an owner.
pub(super) fn sign(news: &mut Progress, kept: &Progress, owner: Option<&Owner>) {
    if let (Some(owner), Some((at, first))) = (owner, kept.first_key_value()) {
        let entry = news.entry(at.clone());
        let first = entry.or_insert_with(|| first.clone());
        first.note.run = Some(owner.clone());
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
}

impl Claim<'_> {
    /// Signs what is kept, and reads again from where to go on: the run before may have kept more
    /// meanwhile.
    ///
    /// # Errors
    /// The cluster does not take it, or another run has signed at the same time.
    pub(super) fn sign(self, kept: &Progress) -> Result<(Owner, Progress), Failure> {
        let Self { context, plan, .. } = self;
        let owner = Owner::of_this_process(context, written(kept));
        let mut signed = Progress::new();
        sign(&mut signed, kept, Some(&owner));
        match (plan.home, self.coordinator) {
            (Home::Group, Some(at)) => {
                keeper::commit(self.client, plan, at, &signed, self.permit)?;
            }
            (Home::Topic, _) => keeper::write(self.producer, plan, &signed, false)?,
            _ => {}
        }
        let cancel = &context.cancel;
        let now = keeper::read(self.client, plan.home, &plan.id, self.coordinator, cancel)?;
        match signature(&now) {
            Some(found) if *found == owner => Ok((owner, now)),
            other => Err(lost(plan, other, Exit::Refused).cause("this run has written nothing")),
        }
    }
}

impl Run<'_> {
    /// Looks whether this run still keeps the progress.
    ///
    /// # Errors
    /// Another run has begun, or the cluster does not answer.
    pub(super) fn check_owner(&mut self) -> Result<(), Unkept> {
        let Some(own) = &self.owner else {
            return Ok(());
        };
        let found = match (self.plan.home, self.coordinator) {
            (Home::Group, Some(coordinator)) => {
                let commits = self
                    .asking
                    .stable_commits(&self.plan.group(), coordinator, SOON)?;
                keeper::understood(commits)
            }
            (Home::Topic, _) => keeper::read_new(self.asking, &self.plan.id, &mut self.tail)?,
            _ => return Ok(()),
        };
        // Nothing new in the topic's tail is no news.
        let first = self.progress.keys().next().and_then(|at| found.get(at));
        let other = match (first, self.plan.home) {
            (None, Home::Topic) => return Ok(()),
            (first, _) => first.and_then(|first| first.note.run.as_ref()),
        };
        if other == Some(own) {
            return Ok(());
        }
        let kept = written(&self.progress);
        self.behind += other.map_or(0, |other| kept.saturating_sub(other.after));
        self.is_replaced = true;
        let some = kept > 0 || self.forward.tally.sent > 0;
        let exit = if some { Exit::Partial } else { Exit::Refused };
        Err(Unkept {
            failure: lost(self.plan, other, exit),
            passes: false,
        })
    }
}

/// Another run has replaced this one.
fn lost(plan: &Plan, other: Option<&Owner>, exit: Exit) -> Failure {
    let id = &plan.id;
    let other = other.map_or_else(|| "another run".to_owned(), Owner::to_string);
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
    use crate::{
        cmd::replay::plan::{Note, Reached},
        event::TopicPartition,
    };

    fn owner(nonce: u32) -> Owner {
        Owner {
            host: "a".to_owned(),
            pid: 1,
            begun: 1_767_261_600_000,
            nonce,
            after: 7,
        }
    }

    fn progress(partitions: &[i32], next: i64) -> Progress {
        let reached = Reached {
            next,
            note: Note {
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
                source_id: None,
                target_id: None,
            },
        };
        let each = partitions.iter();
        each.map(|number| (TopicPartition::new("t", *number), reached.clone()))
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
    fn runs_of_one_moment_are_told_apart_and_named() {
        assert_ne!(owner(1), owner(2));
        let named = "process 1 on host \"a\", begun 2026-01-01T10:00:00.000Z";
        assert_eq!(owner(1).to_string(), named);
    }
}
