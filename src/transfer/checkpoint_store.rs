//! Where checkpoints are stored.

use super::{CompactedTopic, Delivery, GroupOffsets, TransferError};
use crate::{
    kafka::wire::Client,
    pipeline::{Cancel, Permit},
    replay::{CheckpointLocation, Checkpoints, Plan, checkpoint_group},
};

/// Stores the checkpoints of one transfer, on the cluster `C` that is written to.
///
/// Within a run the engine writes them itself where they belong to the open transaction, or to the
/// membership of a group: what it asks here is what only the place of storage knows.
pub trait CheckpointStore<C> {
    /// Creates the place of storage, unless it exists.
    ///
    /// # Errors
    /// The cluster refuses.
    fn create(&mut self, _cluster: &mut C) -> Result<(), TransferError> {
        Ok(())
    }

    /// All checkpoints. Waits for what an open transaction of an earlier run holds back.
    ///
    /// # Errors
    /// The cluster does not answer, or refuses.
    fn read(&mut self, cluster: &mut C, cancel: &Cancel) -> Result<Checkpoints, TransferError>;

    /// The checkpoints that were stored since the last call, or all of them: `None` when there are
    /// none, empty when they were deleted. Not to be called for a transactional transfer.
    ///
    /// # Errors
    /// The cluster does not answer, or refuses.
    fn read_new(&mut self, cluster: &mut C) -> Result<Option<Checkpoints>, TransferError>;

    /// Stores `news`, outside of a run's transactions and groups.
    ///
    /// # Errors
    /// The cluster does not take them, or does not answer.
    fn write(
        &mut self,
        cluster: &mut C,
        delivery: &mut dyn Delivery,
        news: &Checkpoints,
    ) -> Result<(), TransferError>;

    /// Finds the brokers again that the checkpoints are stored on.
    ///
    /// # Errors
    /// The cluster does not answer.
    fn locate(&mut self, _cluster: &mut C) -> Result<(), TransferError> {
        Ok(())
    }
}

/// Where the checkpoints of `plan` are stored on a Kafka cluster; `None` when a signal ended the
/// search for their broker.
///
/// # Errors
/// The cluster refuses, or nobody coordinates the group.
pub fn find_checkpoint_store(
    client: &mut Client,
    plan: &Plan,
    cancel: &Cancel,
    permit: Permit,
) -> Result<Option<Box<dyn CheckpointStore<Client>>>, TransferError> {
    Ok(match plan.checkpoint_location {
        CheckpointLocation::Nowhere => Some(Box::new(NoCheckpoints)),
        CheckpointLocation::Topic => {
            let index = plan.targets().len();
            let topic = CompactedTopic::new(plan.id.clone(), index, permit);
            Some(Box::new(topic))
        }
        CheckpointLocation::Group => {
            let found = GroupOffsets::find(client, plan.group(), cancel, permit)?;
            found.map(|offsets| Box::new(offsets) as Box<dyn CheckpointStore<Client>>)
        }
    })
}

/// The checkpoints of the replay `id` at `location`, for a command that writes nothing.
///
/// # Errors
/// The cluster does not answer, or refuses.
pub fn read_checkpoints(
    client: &mut Client,
    location: CheckpointLocation,
    id: &str,
    cancel: &Cancel,
) -> Result<Checkpoints, TransferError> {
    match location {
        CheckpointLocation::Nowhere => Ok(Checkpoints::new()),
        CheckpointLocation::Topic => {
            let mut all = CompactedTopic::read_all(client, cancel)?;
            Ok(all.remove(id).unwrap_or_default())
        }
        CheckpointLocation::Group => {
            let group = checkpoint_group(id);
            let groups = client.list_groups()?.items;
            match groups.iter().find(|listed| *listed.name == *group) {
                Some(listed) => GroupOffsets::read_only(client, &group, listed.coordinator),
                None => Ok(Checkpoints::new()),
            }
        }
    }
}

/// Stores nothing: what is read cannot be read again.
#[derive(Debug)]
struct NoCheckpoints;

impl<C> CheckpointStore<C> for NoCheckpoints {
    fn read(&mut self, _: &mut C, _: &Cancel) -> Result<Checkpoints, TransferError> {
        Ok(Checkpoints::new())
    }

    fn read_new(&mut self, _: &mut C) -> Result<Option<Checkpoints>, TransferError> {
        Ok(None)
    }

    fn write(
        &mut self,
        _: &mut C,
        _: &mut dyn Delivery,
        _: &Checkpoints,
    ) -> Result<(), TransferError> {
        Ok(())
    }
}
