//! The first checkpoint of a transfer: where each range begins.

use super::{CheckpointStore, Delivery, TargetCluster, TransferError};
use crate::replay::{Checkpoint, CheckpointLocation, Checkpoints, Plan};

/// Stores where each range of `plan` begins, so that the transfer can be resumed from anywhere.
/// Nothing is written before. With `is_shared` another member may have done so, and be in the group
/// already, which refuses it then.
///
/// # Errors
/// The cluster does not take it, or does not answer.
pub fn store_first_checkpoint<C: TargetCluster>(
    plan: &Plan,
    cluster: &mut C,
    store: &mut dyn CheckpointStore<C>,
    delivery: &mut dyn Delivery,
    is_shared: bool,
) -> Result<(), TransferError> {
    let location = plan.checkpoint_location;
    if location == CheckpointLocation::Nowhere {
        return Ok(());
    }
    let ends = match delivery.transactional_id() {
        Some(_) => None,
        None => Some(cluster.ends(&plan.targets())?),
    };
    let first: Checkpoints = (plan.ranges.iter())
        .map(|range| {
            let metadata = plan.checkpoint_metadata(range, 0, ends);
            let next = range.start;
            (range.at(), Checkpoint { next, metadata })
        })
        .collect();
    store.create(cluster)?;
    match store.write(cluster, delivery, &first) {
        Err(_) if is_shared && location == CheckpointLocation::Group => Ok(()),
        outcome => outcome,
    }
}
