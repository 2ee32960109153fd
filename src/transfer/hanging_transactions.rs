//! Hanging transactions: their coordinator has ended them, and a partition still has them open.
//!
//! Kafka 4.1 to 4.3 leaves out the marker of a partition that has no leader at that moment
//! (KAFKA-20734): while the only broker of a partition shuts down, or after it was fenced. Consumers
//! that read committed records see nothing behind such a transaction, and how the next transaction
//! of the same producer ends decides about its records, too. So partitions are asked for it before a
//! producer writes, and after its last commit, and get the marker that its coordinator has decided
//! on.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{Delivery, TargetCluster, TransferError, error::StillOpen, target_cluster::partitions};
use crate::{
    event::{OFFSETS_TOPIC, REPLAY_TOPIC, TopicPartition},
    kafka::wire::{ActiveProducer, Client, TransactionEnd, Unanswered},
    lag::offsets_partition,
    pipeline::Permit,
    replay::{CheckpointLocation, Plan},
};

/// How long taking over an earlier run's transactions may take.
pub const TAKE_OVER: Duration = Duration::from_secs(30);

/// Kafka's guard against records that come after their transaction ended (KIP-890: Kafka 3.6).
const VERIFICATION: &str = "transaction.partition.verification.enable";

/// The last transaction of a producer, as its coordinator describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastTransaction {
    producer: i64,
    /// `None` before the first one, and after another producer took the id over.
    end: Option<TransactionEnd>,
    progress: Ending,
}

/// How far a coordinator is with ending a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// It is open, or there is none.
    NotBegun,
    /// Markers are under way.
    UnderWay,
    /// No marker will be written any more.
    Over,
}

/// A partition in which a transaction is open.
struct Open {
    at: TopicPartition,
    leader: i32,
    producer: ActiveProducer,
    start: i64,
}

/// Takes the transactional id of `delivery` over, and ends what an earlier producer left open in the
/// partitions of `plan`; nothing without a transactional id.
///
/// # Errors
/// The coordinator does not allow it; a transaction hangs and cannot be ended. Where nobody tells, as
/// before Kafka 3.0 or without the right to describe the id, none is known to hang.
pub fn take_over<C: TargetCluster>(
    delivery: &mut dyn Delivery,
    cluster: &mut C,
    plan: &Plan,
    permit: Permit,
) -> Result<(), TransferError> {
    let Some(id) = delivery.transactional_id() else {
        return Ok(());
    };
    // Taking over ends what is open, and hides how.
    let last = cluster.last_transaction(id)?;
    delivery.init_transactions(TAKE_OVER)?;
    match last {
        Some(last) => cluster.end_transaction(plan, &last, permit),
        None => Ok(()),
    }
}

/// Ends the last transaction of `id` where its coordinator has ended it and a partition has not.
///
/// # Errors
/// As [`take_over`].
pub(super) fn finish<C: TargetCluster>(
    cluster: &mut C,
    plan: &Plan,
    id: &str,
    permit: Permit,
) -> Result<Ending, TransferError> {
    match cluster.last_transaction(id)? {
        Some(last) if last.progress == Ending::Over => {
            cluster.end_transaction(plan, &last, permit)?;
            Ok(Ending::Over)
        }
        last => Ok(last.map_or(Ending::NotBegun, |last| last.progress)),
    }
}

impl LastTransaction {
    /// Asks the coordinator of the transactional id `id`.
    pub(super) fn describe(client: &mut Client, id: &str) -> Result<Option<Self>, TransferError> {
        let described = match client.describe_transaction(id) {
            Ok(described) => described,
            Err(error) if error.cause.is_retriable() => {
                return Err(TransferError::UnknownTransaction(error));
            }
            Err(_) => None,
        };
        Ok(described.map(|described| {
            let (end, progress) = match described.state.as_str() {
                "Empty" | "Dead" => (None, Ending::NotBegun),
                // Whoever takes the id over aborts it.
                "Ongoing" => (Some(TransactionEnd::Abort), Ending::NotBegun),
                "PrepareCommit" => (Some(TransactionEnd::Commit), Ending::UnderWay),
                "CompleteCommit" => (Some(TransactionEnd::Commit), Ending::Over),
                "CompleteAbort" => (Some(TransactionEnd::Abort), Ending::Over),
                _ => (Some(TransactionEnd::Abort), Ending::UnderWay),
            };
            Self {
                producer: described.producer_id,
                end,
                progress,
            }
        }))
    }

    /// Ends it where it is still open.
    pub(super) fn end(
        &self,
        client: &mut Client,
        plan: &Plan,
        permit: Permit,
    ) -> Result<(), TransferError> {
        let open = open(client, plan, self.producer)?;
        let Some(first) = open.first() else {
            return Ok(());
        };
        let how = match self.end {
            // Right also for records that came late.
            Some(TransactionEnd::Abort) => TransactionEnd::Abort,
            Some(TransactionEnd::Commit) if is_verified(client, &open)? => TransactionEnd::Commit,
            _ => return Err(first.hangs(StillOpen::NoMarker)),
        };
        for one in &open {
            let written = client.write_marker(&one.at, one.leader, &one.producer, how, permit);
            written.map_err(|error| match error.cause.is_retriable() {
                true => TransferError::UnknownTransaction(error),
                false => one.hangs(StillOpen::MarkerRefused(how, error)),
            })?;
        }
        Ok(())
    }
}

/// Where `producer` has a transaction open, of all partitions that it may write to.
fn open(client: &mut Client, plan: &Plan, producer: i64) -> Result<Vec<Open>, TransferError> {
    let mut partitions = partitions(&plan.targets());
    match plan.checkpoint_location {
        CheckpointLocation::Nowhere => {}
        CheckpointLocation::Topic => partitions.push(TopicPartition::new(REPLAY_TOPIC, 0)),
        CheckpointLocation::Group => {
            let found = client
                .metadata_now(&[OFFSETS_TOPIC])
                .map_err(TransferError::UnknownTransaction)?;
            let count = found.first().map_or(0, |topic| topic.partitions.len());
            if let Some(count) = i32::try_from(count).ok().filter(|count| *count > 0) {
                let number = offsets_partition(&plan.group(), count);
                partitions.push(TopicPartition::new(OFFSETS_TOPIC, number));
            }
        }
    }
    let leaders = client.find_leaders(partitions.iter())?;
    // A partition without a leader is the very one in which a transaction may hang.
    if let Some(at) = partitions.iter().find(|at| !leaders.contains_key(*at)) {
        return Err(TransferError::NoLeader(at.clone()));
    }
    let leaders: BTreeMap<TopicPartition, i32> = (leaders.into_iter())
        .map(|(at, leader)| (at, leader.broker))
        .collect();
    let found = client.producers(&leaders);
    let passing = |failure: &&Unanswered| failure.cause.is_retriable();
    if let Some(failure) = found.failures.iter().find(passing) {
        return Err(TransferError::UnknownProducers(failure.to_string()));
    }
    let open = |at: TopicPartition, producer: ActiveProducer| {
        Some(Open {
            start: producer.transaction_start?,
            leader: *leaders.get(&at)?,
            at,
            producer,
        })
    };
    let each = found.items.into_iter().flat_map(|(at, producers)| {
        let ours = producers.into_iter().filter(|found| found.id == producer);
        ours.filter_map(move |producer| open(at.clone(), producer))
            .collect::<Vec<_>>()
    });
    Ok(each.collect())
}

/// Whether what is open can only be what a marker was left out of, and no record that came late.
fn is_verified(client: &mut Client, open: &[Open]) -> Result<bool, TransferError> {
    for leader in open.iter().map(|open| open.leader).collect::<BTreeSet<_>>() {
        let value = client.broker_config(leader, VERIFICATION);
        let value = value.map_err(TransferError::UnknownTransaction)?;
        if value.as_deref() != Some("true") {
            return Ok(false);
        }
    }
    Ok(true)
}

impl Open {
    fn hangs(&self, why: StillOpen) -> TransferError {
        TransferError::Hanging {
            at: self.at.clone(),
            start: self.start,
            why: Box::new(why),
        }
    }
}
