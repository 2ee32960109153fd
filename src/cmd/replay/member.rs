//! `--share`: a member of the group that divides the partitions of a replay.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::list::is_live;
use crate::{
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        Settings,
        wire::Client,
        write::{Group, GroupError, GroupEvent},
    },
    pipeline::Permit,
    replay::Plan,
};

/// How long a member without work waits for some.
const TICK: Duration = Duration::from_millis(50);
/// How often a member without work looks whether the others have any.
const ASK: Duration = Duration::from_secs(1);

/// Refuses a run alone while members of the group share the replay: nothing else tells such a run
/// from them where a topic keeps the progress.
///
/// # Errors
/// The group has members, or no broker answered.
pub(super) fn refuse_shared(client: &mut Client, plan: &Plan) -> Result<(), Failure> {
    let (id, group) = (&plan.id, plan.group());
    let listed = client.list_groups()?.items;
    let mut ours = listed.iter().filter(|listed| *listed.name == *group);
    if !ours.any(is_live) {
        return Ok(());
    }
    let message = format!("replay {id:?} is shared by members of group {group:?}");
    Err(Failure::new(Exit::Refused, message)
        .cause("nothing was written")
        .hint("--share joins them; a member that was killed leaves after session.timeout.ms"))
}

/// One of several processes.
pub(super) struct Member {
    pub(super) group: Group,
    asked: Instant,
    /// Whether the group has given us anything yet, be it nothing.
    assigned: bool,
}

/// What the group wants.
pub(super) enum Change {
    /// These are ours to read.
    Ours(Vec<TopicPartition>),
    /// These are not, from the next poll on; when `lost` they belong to another already.
    Gone {
        partitions: Vec<TopicPartition>,
        lost: bool,
    },
}

impl Member {
    /// Joins.
    ///
    /// # Errors
    /// The member cannot start.
    pub(super) fn join(
        settings: &Settings,
        group: &str,
        topics: &[Arc<str>],
        permit: Permit,
    ) -> Result<Self, GroupError> {
        let topics: Vec<&str> = topics.iter().map(|topic| &**topic).collect();
        Ok(Self {
            group: Group::join(settings, group, &topics, permit)?,
            asked: Instant::now(),
            assigned: false,
        })
    }

    /// What has changed; waits a little for it when there is nothing to do meanwhile.
    ///
    /// # Errors
    /// The group refuses us.
    pub(super) fn poll(&mut self, idle: bool) -> Result<Option<Change>, GroupError> {
        let wait = if idle || !self.assigned {
            TICK
        } else {
            Duration::ZERO
        };
        Ok(self.group.poll(wait)?.map(|event| match event {
            GroupEvent::Assigned(partitions) => {
                self.assigned = true;
                Change::Ours(partitions.into_iter().map(|(at, _)| at).collect())
            }
            GroupEvent::Revoked { partitions, lost } => Change::Gone { partitions, lost },
        }))
    }

    /// Whether it is time to look whether everything is done.
    pub(super) fn asks(&mut self) -> bool {
        if !self.assigned || self.asked.elapsed() < ASK {
            std::thread::sleep(TICK);
            return false;
        }
        self.asked = Instant::now();
        true
    }
}
