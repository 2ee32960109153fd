//! Where checkpoints are stored.

use super::{Delivery, TransferError};
use crate::{pipeline::Cancel, replay::Checkpoints};

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

/// Stores nothing: what is read cannot be read again.
#[derive(Debug)]
pub struct NoCheckpoints;

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
