//! What the engine asks the cluster that is written to, apart from checkpoints.

use std::sync::Arc;

use super::{TransferError, hanging_transactions::LastTransaction};
use crate::{
    event::TopicPartition,
    kafka::{
        admin::{Detail, NoWatermarks},
        wire::{Client, TopicMetadata},
    },
    pipeline::Permit,
    replay::Plan,
};

/// Topics and their number of partitions.
pub type Targets = [(Arc<str>, i32)];

/// The cluster that is written to.
pub trait TargetCluster {
    /// A target that was deleted, or deleted and created again: what was written to it is gone.
    /// `None` also when nobody can tell.
    fn lost_target(&mut self, targets: &Targets) -> Option<TransferError>;

    /// As [`Self::lost_target`], of the topics that are read, which the same cluster holds.
    ///
    /// # Errors
    /// The cluster does not answer.
    fn lost_source(&mut self, plan: &Plan) -> Result<Option<TransferError>, TransferError>;

    /// The sum of the end offsets of all partitions of `targets`.
    ///
    /// # Errors
    /// The cluster does not answer.
    fn ends(&mut self, targets: &Targets) -> Result<i64, TransferError>;

    /// Asks which brokers there are.
    ///
    /// # Errors
    /// None answers.
    fn refresh(&mut self) -> Result<(), TransferError>;

    /// The last transaction of a transactional id; `None` where nobody tells, as before Kafka 3.0
    /// or without the right to describe it.
    ///
    /// # Errors
    /// The cluster does not answer.
    fn last_transaction(&mut self, id: &str) -> Result<Option<LastTransaction>, TransferError>;

    /// Ends `last` wherever it is still open.
    ///
    /// # Errors
    /// It cannot be ended, or nobody answers.
    fn end_transaction(
        &mut self,
        plan: &Plan,
        last: &LastTransaction,
        permit: Permit,
    ) -> Result<(), TransferError>;
}

impl TargetCluster for Client {
    fn lost_target(&mut self, targets: &Targets) -> Option<TransferError> {
        let names: Vec<&str> = targets.iter().map(|(name, _)| &**name).collect();
        let found = self.metadata_now(&names).ok()?;
        found.into_iter().find_map(|topic| {
            let target = targets.iter().find(|(name, _)| *name == topic.name);
            let count = target.map_or(1, |(_, count)| *count);
            lost_topic(topic, Some(count))
        })
    }

    fn lost_source(&mut self, plan: &Plan) -> Result<Option<TransferError>, TransferError> {
        let sources = plan.sources();
        let names: Vec<&str> = sources.iter().map(|name| &**name).collect();
        self.expect_topic_ids(&plan.ids.sources);
        let topics = self.metadata_now(&names)?;
        Ok(topics.into_iter().find_map(|topic| lost_topic(topic, None)))
    }

    fn ends(&mut self, targets: &Targets) -> Result<i64, TransferError> {
        let each = end_offsets(self, targets)?;
        Ok(each.iter().map(|(_, end)| end).sum())
    }

    fn refresh(&mut self) -> Result<(), TransferError> {
        Ok(self.refresh_brokers()?)
    }

    fn last_transaction(&mut self, id: &str) -> Result<Option<LastTransaction>, TransferError> {
        LastTransaction::describe(self, id)
    }

    fn end_transaction(
        &mut self,
        plan: &Plan,
        last: &LastTransaction,
        permit: Permit,
    ) -> Result<(), TransferError> {
        last.end(self, plan, permit)
    }
}

/// A topic that was deleted, or deleted and created again.
fn lost_topic(topic: TopicMetadata, partitions: Option<i32>) -> Option<TransferError> {
    let cause = topic.error?;
    if cause.is_recreated() {
        return Some(TransferError::TopicRecreated(cause));
    }
    cause.is_not_found().then(|| TransferError::TopicDeleted {
        topic: topic.name.to_string(),
        partitions,
    })
}

/// Where each partition of `targets` ends, with everything that is written there.
///
/// # Errors
/// The cluster does not answer.
pub fn end_offsets(
    client: &mut Client,
    targets: &Targets,
) -> Result<Vec<(TopicPartition, i64)>, TransferError> {
    let partitions = partitions(targets);
    let found = client.watermarks(&partitions, &[Detail::End]).complete()?;
    let mut ends = Vec::new();
    for (at, watermarks) in found {
        match watermarks {
            Ok(watermarks) => ends.push((at, watermarks.end.unwrap_or(0))),
            Err(NoWatermarks::Refused(cause)) => {
                return Err(TransferError::UnknownEnd { at, cause });
            }
            // Without a leader nothing is written there.
            Err(_) => {}
        }
    }
    Ok(ends)
}

/// The partitions of topics of which the number of partitions is known.
pub(super) fn partitions(targets: &Targets) -> Vec<TopicPartition> {
    let each = targets.iter().flat_map(|(name, count)| {
        (0..*count).map(|number| TopicPartition::new(name.clone(), number))
    });
    each.collect()
}
