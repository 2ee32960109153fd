//! Transactions of this replay that hang: their coordinator has ended them, a partition has not
//! been told.
//!
//! Kafka 4.1 to 4.3 leaves out the marker of a partition that has no leader at that moment
//! (KAFKA-20734): while the only broker of a partition shuts down, or after it was fenced. Readers of
//! what is committed see nothing behind such a transaction, and how the next one of the same
//! producer ends decides about its records, too. So it is looked for before a producer writes, and
//! after its last commit, and what its coordinator has decided is written where it is missing.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    keeper::{self, PROGRESS_TOPIC, Unkept},
    run::Run,
};
use crate::{
    codec::shell,
    event::{OFFSETS_TOPIC, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::{
        wire::{ActiveProducer, Client, TransactionEnd, Unanswered, cause::WireError},
        write::{Producer, Transactional},
    },
    lag::offsets_partition,
    pipeline::{Fault, Permit},
    replay::{CheckpointLocation, Plan},
};

/// How long taking over an earlier run's transactions may take.
pub(super) const TAKE_OVER: Duration = Duration::from_secs(30);

/// Kafka's guard against records that come after their transaction ended (KIP-890: Kafka 3.6).
const VERIFICATION: &str = "transaction.partition.verification.enable";

/// The last transaction of a producer as its coordinator tells it.
struct Last {
    producer: i64,
    /// `None` before the first one, and after somebody took the id over.
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

/// Takes the transactional `id` over, for a producer that writes what `plan` says.
///
/// # Errors
/// The coordinator does not let us; a transaction hangs and cannot be ended. Where nobody tells, as
/// those before Kafka 3.0 or without the right to describe the id, none does.
pub(super) fn take_over(
    producer: &mut Producer,
    id: &str,
    client: &mut Client,
    plan: &Plan,
    permit: Permit,
) -> Result<(), Failure> {
    // Taking over ends what is open, and hides how.
    let last = last(client, id)?;
    producer.init_transactions(TAKE_OVER)?;
    match last {
        Some(last) => end(client, plan, &last, permit),
        None => Ok(()),
    }
}

impl Run<'_> {
    /// Makes sure that the last commit has reached every partition.
    ///
    /// # Errors
    /// It has not, or nobody tells.
    pub(super) fn confirm(&mut self) -> Result<(), Fault> {
        let Some(Transactional { id, .. }) = self.options.transactional.clone() else {
            return Ok(());
        };
        self.insist(|run| {
            let unkept = |failure: Failure| Unkept {
                passes: failure.exit == Exit::Unreachable,
                failure: Failure {
                    exit: Exit::Partial,
                    ..failure
                },
            };
            if finish(run.asking, run.plan, &id, run.permit).map_err(unkept)? == Ending::UnderWay {
                let message = "the last transaction is not committed in every partition yet";
                return Err(unkept(Failure::new(Exit::Unreachable, message)));
            }
            Ok(())
        })
    }
}

/// Ends the last transaction of `id` where its coordinator has ended it and a partition has not.
///
/// # Errors
/// As [`take_over`].
pub(super) fn finish(
    client: &mut Client,
    plan: &Plan,
    id: &str,
    permit: Permit,
) -> Result<Ending, Failure> {
    match last(client, id)? {
        Some(last) if last.progress == Ending::Over => {
            end(client, plan, &last, permit)?;
            Ok(Ending::Over)
        }
        last => Ok(last.map_or(Ending::NotBegun, |last| last.progress)),
    }
}

fn last(client: &mut Client, id: &str) -> Result<Option<Last>, Failure> {
    let described = match client.describe_transaction(id) {
        Ok(described) => described,
        Err(error) if error.cause.is_retriable() => return Err(unseen(&error)),
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
        Last {
            producer: described.producer_id,
            end,
            progress,
        }
    }))
}

/// Ends the last transaction where it is still open.
fn end(client: &mut Client, plan: &Plan, last: &Last, permit: Permit) -> Result<(), Failure> {
    let open = open(client, plan, last.producer)?;
    let Some(first) = open.first() else {
        return Ok(());
    };
    let how = match last.end {
        // Right also for what came late.
        Some(TransactionEnd::Abort) => TransactionEnd::Abort,
        Some(TransactionEnd::Commit) if is_verified(client, &open)? => TransactionEnd::Commit,
        _ => {
            let cause = "its coordinator ended it without a marker there";
            return Err(first.hangs().cause(cause).hint(first.abort()));
        }
    };
    for one in &open {
        let written = client.write_marker(&one.at, one.leader, &one.producer, how, permit);
        match written {
            Ok(()) => {}
            Err(error) if error.cause.is_retriable() => return Err(unseen(&error)),
            Err(error) => {
                let failure = one.hangs().cause(error);
                return Err(match how {
                    TransactionEnd::Abort => failure.hint(one.abort()),
                    TransactionEnd::Commit => failure.hint(
                        "somebody with the right ClusterAction on the cluster can commit it so",
                    ),
                });
            }
        }
    }
    Ok(())
}

/// Where `producer` has a transaction open, of all that it may write to.
fn open(client: &mut Client, plan: &Plan, producer: i64) -> Result<Vec<Open>, Failure> {
    let mut partitions = keeper::partitions(&plan.targets());
    match plan.checkpoint_location {
        CheckpointLocation::Nowhere => {}
        CheckpointLocation::Topic => partitions.push(TopicPartition::new(PROGRESS_TOPIC, 0)),
        CheckpointLocation::Group => {
            let found = client
                .metadata_now(&[OFFSETS_TOPIC])
                .map_err(|error| unseen(&error))?;
            let count = found.first().map_or(0, |topic| topic.partitions.len());
            if let Some(count) = i32::try_from(count).ok().filter(|count| *count > 0) {
                let number = offsets_partition(&plan.group(), count);
                partitions.push(TopicPartition::new(OFFSETS_TOPIC, number));
            }
        }
    }
    let leaders = client.find_leaders(partitions.iter())?;
    // Nobody leads it for now: the very partition in which something may hang.
    if let Some(at) = partitions.iter().find(|at| !leaders.contains_key(*at)) {
        let message = format!("{at} has no leader");
        return Err(Failure::new(Exit::Unreachable, message));
    }
    let leaders: BTreeMap<TopicPartition, i32> = (leaders.into_iter())
        .map(|(at, (leader, _))| (at, leader))
        .collect();
    let found = client.producers(&leaders);
    let passes = |failure: &&Unanswered| failure.cause.is_retriable();
    if let Some(failure) = found.failures.iter().find(passes) {
        return Err(Failure::new(Exit::Unreachable, failure.to_string()));
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
fn is_verified(client: &mut Client, open: &[Open]) -> Result<bool, Failure> {
    for leader in open.iter().map(|open| open.leader).collect::<BTreeSet<_>>() {
        let value = client.broker_config(leader, VERIFICATION);
        if value.map_err(|error| unseen(&error))?.as_deref() != Some("true") {
            return Ok(false);
        }
    }
    Ok(true)
}

fn unseen(error: &WireError) -> Failure {
    let message = "how the last transaction ended cannot be seen";
    Failure::new(Exit::Unreachable, message).cause(error)
}

impl Open {
    fn hangs(&self) -> Failure {
        let Self { at, start, .. } = self;
        let message =
            format!("a transaction of this replay is still open in {at} from offset {start}");
        Failure::new(Exit::Partial, message)
    }

    fn abort(&self) -> String {
        let topic = shell::option("--topic", &self.at.topic);
        let (partition, start) = (self.at.partition, self.start);
        format!(
            "kafka-transactions.sh --bootstrap-server HOST:PORT abort {topic} \
             --partition {partition} --start-offset {start} aborts it; then"
        )
    }
}
