//! `--share`: membership of the group that divides the partitions of a transfer.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{TargetCluster, Transfer, TransferError, TransferSource};
use crate::{
    event::{GroupListing, TopicPartition},
    kafka::{
        Settings,
        wire::Client,
        write::{Group, GroupError, GroupEvent, GroupFence},
    },
    pipeline::{Fault, Permit},
    replay::{Checkpoints, Plan, commits_of},
};

/// How long a member without work waits for some.
const TICK: Duration = Duration::from_millis(50);
/// How often a member without work asks whether the others have any.
const ASK: Duration = Duration::from_secs(1);

/// Refuses a run alone while members of the group share the replay: nothing else tells such a run
/// from them where a topic holds the checkpoints.
///
/// # Errors
/// The group has members, or no broker answered.
pub fn refuse_shared(client: &mut Client, plan: &Plan) -> Result<(), TransferError> {
    let group = plan.group();
    let listed = client.list_groups()?.items;
    let mut ours = listed.iter().filter(|listed| *listed.name == *group);
    if !ours.any(GroupListing::has_members) {
        return Ok(());
    }
    let id = plan.id.clone();
    Err(TransferError::Shared { id, group })
}

/// This process as a member of the group, with the partitions that it was given.
pub struct Membership {
    group: Group,
    /// When the other members were asked last for work.
    asked: Instant,
    /// Whether the group has assigned anything yet, be it nothing.
    is_assigned: bool,
    /// The partitions that are ours.
    pub(super) partitions: Vec<TopicPartition>,
    /// The partitions that are being given up at this moment.
    pub(super) leaving: Vec<TopicPartition>,
}

/// What a rebalance changes.
#[derive(Debug)]
pub(super) enum Change {
    /// These partitions are ours.
    Assigned(Vec<TopicPartition>),
    /// These are not ours any more, from the next poll on; when `lost` they belong to another member
    /// already.
    Revoked {
        partitions: Vec<TopicPartition>,
        lost: bool,
    },
}

impl Membership {
    /// Joins the group that `plan` names.
    ///
    /// # Errors
    /// The member cannot start.
    pub fn join(settings: &Settings, plan: &Plan, permit: Permit) -> Result<Self, GroupError> {
        let topics: Vec<Arc<str>> = plan.sources();
        let topics: Vec<&str> = topics.iter().map(|topic| &**topic).collect();
        Ok(Self {
            group: Group::join(settings, &plan.group(), &topics, permit)?,
            asked: Instant::now(),
            is_assigned: false,
            partitions: Vec::new(),
            leaving: Vec::new(),
        })
    }

    /// The next change; waits a little for it when there is no work meanwhile.
    ///
    /// # Errors
    /// The group refuses.
    pub(super) fn poll(&mut self, is_idle: bool) -> Result<Option<Change>, GroupError> {
        let wait = if is_idle || !self.is_assigned {
            TICK
        } else {
            Duration::ZERO
        };
        Ok(self.group.poll(wait)?.map(|event| match event {
            GroupEvent::Assigned(partitions) => {
                self.is_assigned = true;
                Change::Assigned(partitions.into_iter().map(|(at, _)| at).collect())
            }
            GroupEvent::Revoked { partitions, lost } => Change::Revoked { partitions, lost },
        }))
    }

    /// Whether it is time to ask whether all members have come to the end; waits a little if not.
    pub(super) fn is_time_to_ask(&mut self) -> bool {
        if !self.is_assigned || self.asked.elapsed() < ASK {
            std::thread::sleep(TICK);
            return false;
        }
        self.asked = Instant::now();
        true
    }

    /// Commits checkpoints as a member; the answer may take `deadline`.
    ///
    /// # Errors
    /// See [`GroupError`].
    pub(super) fn commit(
        &mut self,
        checkpoints: &Checkpoints,
        deadline: Duration,
    ) -> Result<(), GroupError> {
        let commits = commits_of(checkpoints);
        self.group.commit_with(&commits, &|| deadline)
    }

    /// What keeps a transaction from committing offsets of partitions that are not ours any more.
    pub(super) fn fence(&self) -> GroupFence {
        self.group.fence()
    }

    /// Leaves the group.
    pub(super) fn leave(self, deadline: Duration) {
        self.group.close(deadline);
    }
}

impl<C: TargetCluster> Transfer<'_, C> {
    /// Whether `at` is read by this run now.
    pub(super) fn is_ours(&self, at: &TopicPartition) -> bool {
        let membership = self.membership.as_ref();
        membership.is_none_or(|membership| membership.partitions.contains(at))
    }

    /// Whether every range of the plan has come to its end, whichever member read it.
    pub(super) fn all_members_are_done(&mut self) -> Result<bool, Fault> {
        let Some(membership) = &mut self.membership else {
            return Ok(true);
        };
        if !membership.is_time_to_ask() {
            return Ok(false);
        }
        let all = self.read_patiently()?;
        let is_done = self.plan.is_done(&all);
        if is_done {
            // The report is about the whole of it.
            self.stored = all;
        }
        Ok(is_done)
    }

    /// A source that was opened again reads the partitions that are ours.
    pub(super) fn add_own_partitions(&self, source: &mut dyn TransferSource) {
        let ours = self.membership.iter().flat_map(|one| &one.partitions);
        for at in ours {
            if let Some(range) = self.plan.ranges.iter().find(|range| range.at() == *at) {
                let stored = self.stored.get(at);
                source.add(range, stored.map_or(range.start, |stored| stored.next));
            }
        }
    }

    /// Takes on and gives up partitions, as the group says.
    pub(super) fn take_turn_as_member(
        &mut self,
        source: &mut dyn TransferSource,
    ) -> Result<(), Fault> {
        loop {
            let Some(membership) = &mut self.membership else {
                return Ok(());
            };
            let is_idle = source.positions().is_empty();
            let Some(change) = membership.poll(is_idle)? else {
                return Ok(());
            };
            self.rebalance(source, change)?;
        }
    }

    fn rebalance(&mut self, source: &mut dyn TransferSource, change: Change) -> Result<(), Fault> {
        match change {
            Change::Assigned(partitions) => {
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
                    source.add(range, next);
                    if let Some(membership) = &mut self.membership {
                        membership.partitions.push(at.clone());
                    }
                }
                self.stored.extend(all);
                self.hold(&partitions)
            }
            Change::Revoked { partitions, lost } => {
                let stored = if lost {
                    self.give_up();
                    if !self.is_transactional() {
                        self.behind += self.intake.tally.sent - self.safe.sent;
                    }
                    self.intake.rewind(self.safe.clone());
                    Ok(())
                } else {
                    if let Some(membership) = &mut self.membership {
                        membership.leaving.clone_from(&partitions);
                    }
                    self.checkpoint(source)
                };
                for partition in &partitions {
                    source.remove(partition);
                }
                if let Some(membership) = &mut self.membership {
                    membership.leaving.clear();
                    membership.partitions.retain(|at| !partitions.contains(at));
                }
                stored
            }
        }
    }
}
