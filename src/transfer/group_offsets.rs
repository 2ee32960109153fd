//! Checkpoints as committed offsets of a group, on the one cluster that is read and written.

use std::time::{Duration, Instant};

use super::{CheckpointStore, Delivery, TAKE_OVER, TransferError};
use crate::{
    kafka::wire::Client,
    pipeline::{Cancel, Permit},
    replay::{Checkpoints, checkpoints_of_commits, commits_of},
};

/// How long a transaction of an earlier run may hold offsets back: it is aborted after
/// `transaction.timeout.ms`, which is 10 s.
const STABLE: Duration = Duration::from_secs(20);
/// How long a coordinator may take before the group is looked for elsewhere.
const SOON: Duration = Duration::from_millis(500);
/// The pause between two questions for the coordinator.
const PAUSE: Duration = Duration::from_millis(50);

/// Committed offsets, whose metadata hold the rest of a checkpoint.
#[derive(Debug)]
pub struct GroupOffsets {
    group: String,
    /// The broker that coordinates the group.
    coordinator: i32,
    permit: Permit,
}

impl GroupOffsets {
    /// The offsets of `group`, whose coordinator is waited for; `None` when a signal ended that.
    ///
    /// # Errors
    /// The cluster refuses, or nobody coordinates the group.
    pub fn find(
        client: &mut Client,
        group: String,
        cancel: &Cancel,
        permit: Permit,
    ) -> Result<Option<Self>, TransferError> {
        client.refresh_brokers()?;
        let deadline = Instant::now() + TAKE_OVER;
        loop {
            // Kafka's topic of offsets may have been created for this very question.
            match client.find_coordinator(&group, permit) {
                Ok(coordinator) => {
                    return Ok(Some(Self {
                        group,
                        coordinator,
                        permit,
                    }));
                }
                Err(error) if !error.cause.is_retriable() || Instant::now() > deadline => {
                    return Err(error.into());
                }
                Err(_) if !cancel.sleep(PAUSE) => return Ok(None),
                Err(_) => {}
            }
        }
    }

    /// The checkpoints of `group`, for a command that writes nothing.
    ///
    /// # Errors
    /// The coordinator does not answer, or refuses.
    pub fn read_only(
        client: &mut Client,
        group: &str,
        coordinator: i32,
    ) -> Result<Checkpoints, TransferError> {
        let commits = client.stable_commits(group, coordinator, STABLE)?;
        Ok(checkpoints_of_commits(commits))
    }
}

impl CheckpointStore<Client> for GroupOffsets {
    fn read(&mut self, client: &mut Client, _: &Cancel) -> Result<Checkpoints, TransferError> {
        Self::read_only(client, &self.group, self.coordinator)
    }

    fn read_new(&mut self, client: &mut Client) -> Result<Option<Checkpoints>, TransferError> {
        let commits = client.stable_commits(&self.group, self.coordinator, SOON)?;
        Ok(Some(checkpoints_of_commits(commits)))
    }

    /// Kafka refuses this while the group has members.
    fn write(
        &mut self,
        client: &mut Client,
        _: &mut dyn Delivery,
        news: &Checkpoints,
    ) -> Result<(), TransferError> {
        let commits = commits_of(news);
        let changed = client.commit_offsets(&self.group, self.coordinator, &commits, self.permit);
        for (at, outcome) in changed {
            if let Err(cause) = outcome {
                return Err(TransferError::CheckpointRefused {
                    at,
                    group: self.group.clone(),
                    cause: Box::new(cause),
                });
            }
        }
        Ok(())
    }

    fn locate(&mut self, client: &mut Client) -> Result<(), TransferError> {
        client.refresh_brokers()?;
        self.coordinator = client.find_coordinator(&self.group, self.permit)?;
        Ok(())
    }
}
