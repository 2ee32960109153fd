//! Which run owns the checkpoints of a replay: the one that began last.
//!
//! The lock file tells the processes of one machine apart, Kafka fences transactions, and a group
//! fences the members that share a replay. None of these sees two machines, or two users, that run
//! the same plain replay: both would write all of it. So a run that begins signs the checkpoint of
//! the first partition. Each later checkpoint looks for that signature first, and signs again: a run
//! whose signature was replaced ends. Of two runs the one that signed last goes on, never none.

use std::time::Duration;

use ring::rand::{SystemRandom, generate};

use super::{CheckpointStore, Delivery, TargetCluster, Transfer, TransferError, error::Done};
use crate::{
    config::env,
    event::{REPLAY_TOPIC, TopicPartition},
    pipeline::{Cancel, Fault},
    replay::{
        Checkpoint, CheckpointLocation, CheckpointOwner, Checkpoints, DuplicateBound, Plan,
        ends_at_checkpoint, growth, is_unfinished, records_written, sign, signature,
    },
};

/// How long the coordinator may take to note that a member holds its partitions.
const SOON: Duration = Duration::from_millis(500);

/// The run of this process, which begins `now` (milliseconds since 1970).
#[must_use]
pub fn this_run(now: i64) -> CheckpointOwner {
    // Without randomness the other three have to do.
    let nonce = generate::<[u8; 4]>(&SystemRandom::new());
    CheckpointOwner {
        host: env::host_name(),
        pid: std::process::id(),
        begun: now,
        nonce: nonce.map_or(0, |random| u32::from_be_bytes(random.expose())),
        after: 0,
        unkept: None,
    }
}

/// What a run resumes from.
pub struct Claimed {
    /// What it signs checkpoints with; `None` where Kafka tells runs apart.
    pub owner: Option<CheckpointOwner>,
    /// The checkpoints.
    pub checkpoints: Checkpoints,
    /// Records that an earlier run may have written, too.
    pub duplicates: DuplicateBound,
}

impl Claimed {
    fn unsigned(checkpoints: Checkpoints, duplicates: DuplicateBound) -> Self {
        Self {
            owner: None,
            checkpoints,
            duplicates,
        }
    }
}

/// Claims the checkpoints for a new run.
pub struct Claim<'c, C> {
    /// The cluster that is written to.
    pub cluster: &'c mut C,
    /// Where the checkpoints are stored.
    pub store: &'c mut dyn CheckpointStore<C>,
    /// How records are written.
    pub delivery: &'c mut dyn Delivery,
    /// What is replayed.
    pub plan: &'c Plan,
    /// Ends the waiting.
    pub cancel: &'c Cancel,
    /// This run; how many records are written [`after`](CheckpointOwner::after) others is set here.
    pub owner: CheckpointOwner,
    /// A run of this machine that has ended, whose lock this process holds now.
    pub ended: Option<CheckpointOwner>,
    /// Whether no run was before this one.
    pub is_first: bool,
    /// Whether the work is divided among the members of a group.
    pub is_shared: bool,
}

impl<C: TargetCluster> Claim<'_, C> {
    /// Claims `checkpoints`, which are signed where Kafka does not tell runs apart: as it does in
    /// transactions and among the members of a group.
    ///
    /// # Errors
    /// The cluster does not take the signature, or another run has signed at the same time.
    pub fn claim(mut self, checkpoints: Checkpoints) -> Result<Claimed, TransferError> {
        if self.delivery.transactional_id().is_some()
            || self.plan.checkpoint_location == CheckpointLocation::Nowhere
            || (self.is_shared && self.is_first)
        {
            return Ok(Claimed::unsigned(checkpoints, DuplicateBound::Final(0)));
        }
        if !self.is_shared {
            return self.sign(&checkpoints);
        }
        // What members wrote is counted by whoever takes over their partitions.
        if signature(&checkpoints).is_none() {
            return Ok(Claimed::unsigned(checkpoints, DuplicateBound::Final(0)));
        }
        let count = self.duplicates(&checkpoints, true)?.count();
        let bound = count.map_or(DuplicateBound::Unknown, DuplicateBound::Final);
        Ok(Claimed::unsigned(checkpoints, bound))
    }

    /// Signs `stored`, and reads all checkpoints again: the run before may have stored more
    /// meanwhile.
    fn sign(mut self, stored: &Checkpoints) -> Result<Claimed, TransferError> {
        let earlier = signature(stored);
        // What was signed under the lock that this process holds was signed by a process that ended.
        let has_ended = earlier.is_some() && earlier == self.ended.as_ref();
        let duplicates = match earlier.and_then(|owner| owner.unkept) {
            _ if self.is_first => DuplicateBound::Final(0),
            Some(unkept) => DuplicateBound::Final(unkept),
            None => self.duplicates(stored, has_ended)?,
        };
        let running = earlier.filter(|owner| owner.unkept.is_none() && !has_ended);
        let after = running.map_or(u64::MAX, |owner| owner.after);
        let owner = CheckpointOwner {
            after: records_written(stored).min(after),
            ..self.owner.clone()
        };
        let mut signed = Checkpoints::new();
        sign(&mut signed, stored, Some(&owner));
        self.store.write(self.cluster, self.delivery, &signed)?;
        let now = self.store.read(self.cluster, self.cancel)?;
        match signature(&now) {
            Some(found) if *found == owner => Ok(Claimed {
                owner: Some(owner),
                checkpoints: now,
                duplicates,
            }),
            other => Err(TransferError::Replaced {
                id: self.plan.id.clone(),
                by: other.cloned(),
                done: Done::NotBegun,
            }),
        }
    }

    /// Records that the targets hold beyond the checkpoints.
    fn duplicates(
        &mut self,
        stored: &Checkpoints,
        has_ended: bool,
    ) -> Result<DuplicateBound, TransferError> {
        let Some(then) = ends_at_checkpoint(stored) else {
            return Ok(DuplicateBound::Unknown);
        };
        let now = self.cluster.ends(&self.plan.targets())?;
        Ok(DuplicateBound::since(then, now, has_ended))
    }
}

/// What a run knows of its ownership, and of records that are in the targets twice.
#[derive(Debug)]
pub(super) struct Ownership {
    /// What this run signs checkpoints with; `None` where Kafka tells runs apart.
    pub(super) owner: Option<CheckpointOwner>,
    /// Whether another run owns the checkpoints now.
    pub(super) is_replaced: bool,
    /// Records that an earlier run may have written, too.
    pub(super) duplicates: DuplicateBound,
}

impl<C: TargetCluster> Transfer<'_, C> {
    /// Takes on `partitions` as a member: counts what one that was lost has written beyond its
    /// checkpoints, and notes that the partitions are held.
    ///
    /// # Errors
    /// The cluster does not answer.
    pub(super) fn hold(&mut self, partitions: &[TopicPartition]) -> Result<(), Fault> {
        if self.is_transactional() {
            return Ok(());
        }
        let stored = || partitions.iter().filter_map(|at| self.stored.get(at));
        let lost: Vec<&Checkpoint> = stored().filter(|one| is_unfinished(one)).collect();
        if !lost.is_empty() {
            let left = lost.iter().map(|one| one.metadata.end - one.next).sum();
            // The earliest: between the others' checkpoints it may have written, too.
            let then = lost.iter().map(|one| one.metadata.ends).min().flatten();
            let grown = match then {
                Some(then) => growth(then, self.ends()?),
                None => u64::MAX,
            };
            self.ownership.duplicates.add(growth(0, left).min(grown));
        }
        let mut news = Checkpoints::new();
        for at in partitions {
            if let Some(checkpoint) = self.stored.get(at).filter(|one| !one.metadata.held) {
                let mut checkpoint = checkpoint.clone();
                checkpoint.metadata.held = true;
                news.insert(at.clone(), checkpoint);
            }
        }
        if news.is_empty() {
            return Ok(());
        }
        let is_stored = match (self.plan.checkpoint_location, &mut self.membership) {
            (CheckpointLocation::Topic, _) => self.store_as_records(&news).map(|()| true)?,
            // Else the first checkpoint notes it.
            (_, Some(membership)) => membership.commit(&news, SOON).is_ok(),
            (_, None) => false,
        };
        if is_stored {
            self.stored.extend(news);
        }
        Ok(())
    }

    /// Whether this member still holds the range after this checkpoint.
    pub(super) fn holds(&self, range: usize, at: &TopicPartition) -> bool {
        let gives_up = self.is_last_checkpoint && !self.lowest.contains_key(&range);
        self.membership.as_ref().is_some_and(|membership| {
            !self.is_transactional() && !gives_up && !membership.leaving.contains(at)
        })
    }

    /// How far the targets have grown since the last checkpoint; `None` when nobody tells.
    pub(super) fn grown(&mut self) -> Option<u64> {
        let then = ends_at_checkpoint(&self.stored)?;
        Some(growth(then, self.ends().ok()?))
    }

    /// Looks whether this run still owns the checkpoints.
    ///
    /// # Errors
    /// Another run has begun, or the cluster does not answer.
    pub(super) fn check_owner(&mut self) -> Result<(), TransferError> {
        let Some(own) = &self.ownership.owner else {
            return Ok(());
        };
        let Some(found) = self.store.read_new(self.cluster)? else {
            return Ok(());
        };
        let first = self.stored.keys().next().and_then(|at| found.get(at));
        // Members that share the replay write records of their own partitions only, unsigned.
        if first.is_none()
            && (self.plan.checkpoint_location == CheckpointLocation::Group || found.is_empty())
        {
            return Err(self.missing_checkpoints());
        }
        let other = first.and_then(|first| first.metadata.run.as_ref());
        if other.is_some_and(|other| other.is(own)) {
            return Ok(());
        }
        let error = TransferError::Replaced {
            id: self.plan.id.clone(),
            by: other.cloned(),
            done: self.done(),
        };
        let after = other.map_or(0, |other| other.after);
        let stored = records_written(&self.stored);
        let sent = self.intake.tally.sent;
        // Everything that was sent is acknowledged by now, and no checkpoint covers it.
        self.behind += stored.saturating_sub(after) + (sent - self.safe.sent);
        self.safe = self.intake.tally.clone();
        self.ownership.is_replaced = true;
        Err(error)
    }

    fn done(&self) -> Done {
        if records_written(&self.stored) > 0 || self.intake.tally.sent > 0 {
            Done::Some
        } else {
            Done::Nothing
        }
    }

    /// Why the checkpoints are gone: Kafka deletes a topic's committed offsets along with the topic.
    fn missing_checkpoints(&mut self) -> TransferError {
        let location = self.plan.checkpoint_location;
        // The group's cluster is the one that is read, too.
        if location == CheckpointLocation::Group {
            match self.cluster.lost_source(self.plan) {
                Ok(None) => {}
                Ok(Some(error)) | Err(error) => return error,
            }
        }
        TransferError::CheckpointsDeleted {
            id: self.plan.id.clone(),
            place: match location {
                CheckpointLocation::Topic => format!("topic {REPLAY_TOPIC:?}"),
                CheckpointLocation::Group | CheckpointLocation::Nowhere => {
                    format!("group {:?}", self.plan.group())
                }
            },
            done: self.done(),
        }
    }
}
