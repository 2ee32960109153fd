//! Why a transfer could not go on.

use std::time::Duration;

use crate::{
    event::{REPLAY_TOPIC, TopicPartition},
    kafka::{
        wire::{
            ReadError, TransactionEnd,
            cause::{Cause, WireError},
        },
        write::{Code, GroupError, TransactionError, WriteError},
    },
    pipeline::Fault,
    replay::{CheckpointOwner, PartitionRange},
};

/// Why a transfer could not go on. Reading, the rules and open transactions have errors of their
/// own.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// A topic was deleted: what was written to it is gone.
    #[error("topic {topic:?} does not exist any more")]
    TopicDeleted {
        /// The topic.
        topic: String,
        /// How many partitions it had; `None` for a topic that is read.
        partitions: Option<i32>,
    },
    /// A topic was deleted and created again.
    #[error("{0}")]
    TopicRecreated(Cause),
    /// A record was not acknowledged.
    #[error("{}", .0.what())]
    Undelivered(Box<Undelivered>),
    /// Another producer has the transactional id.
    #[error("{}", fenced(*.0))]
    Fenced(Code),
    /// The producer can write no more.
    #[error("{0}")]
    Producer(WriteError),
    /// Nothing was acknowledged for too long.
    #[error("no record was acknowledged for {} s", .after.as_secs_f64())]
    Stalled {
        /// How long.
        after: Duration,
        /// The producer's last complaint.
        complaint: Option<String>,
    },
    /// After a signal, what was in flight was not acknowledged in time.
    #[error("what was in flight was not acknowledged in time")]
    NotSettled {
        /// The producer's last complaint.
        complaint: Option<String>,
    },
    /// A checkpoint was not stored as a committed offset.
    #[error("the progress in {at} cannot be kept in group {group:?}")]
    CheckpointRefused {
        /// The partition.
        at: TopicPartition,
        /// The group.
        group: String,
        /// Why.
        cause: Box<Cause>,
    },
    /// Nobody tells where a target ends.
    #[error("the end of {at} is not known")]
    UnknownEnd {
        /// The partition.
        at: TopicPartition,
        /// Why.
        cause: Cause,
    },
    /// The topic of checkpoints cannot be created.
    #[error("topic {REPLAY_TOPIC:?}, which keeps the progress, cannot be made")]
    TopicNotCreated(String),
    /// The topic of checkpoints cannot be read.
    #[error("topic {REPLAY_TOPIC:?}, which keeps the progress, cannot be read")]
    TopicNotRead,
    /// The first checkpoint was not written to the topic of checkpoints.
    #[error("the progress cannot be kept on the target's cluster, nothing was written")]
    NotBegun(Option<Code>),
    /// The checkpoints of a replay were not deleted from their topic.
    #[error("replay {id:?} could not be forgotten in topic {REPLAY_TOPIC:?}")]
    NotForgotten {
        /// The replay.
        id: String,
    },
    /// A transaction that its coordinator has ended is still open in a partition.
    #[error("a transaction of this replay is still open in {at} from offset {start}")]
    Hanging {
        /// The partition.
        at: TopicPartition,
        /// Where the transaction begins.
        start: i64,
        /// Why it stays open.
        why: Box<StillOpen>,
    },
    /// How the last transaction ended cannot be asked.
    #[error("how the last transaction ended cannot be seen")]
    UnknownTransaction(#[source] WireError),
    /// A partition in which a transaction may be open has no leader.
    #[error("{0} has no leader")]
    NoLeader(TopicPartition),
    /// A broker did not tell which producers write to its partitions.
    #[error("{0}")]
    UnknownProducers(String),
    /// Markers of the last transaction are under way.
    #[error("the last transaction is not committed in every partition yet")]
    NotCommitted,
    /// Everything was written and committed, but not for certain in every partition.
    #[error("{0}")]
    Unconfirmed(Box<Self>),
    /// Another run owns the checkpoints.
    #[error(
        "replay {id:?} was taken over by {}",
        .by.as_ref().map_or_else(|| "another run".to_owned(), CheckpointOwner::to_string)
    )]
    Replaced {
        /// The replay.
        id: String,
        /// The other run; `None` when it did not sign.
        by: Option<CheckpointOwner>,
        /// What this run had done by then.
        done: Done,
    },
    /// The checkpoints were deleted.
    #[error("the progress of replay {id:?} is not in {place} any more")]
    CheckpointsDeleted {
        /// The replay.
        id: String,
        /// Where they were.
        place: String,
        /// What this run had done by then.
        done: Done,
    },
    /// Members of a group share the replay that is to run alone.
    #[error("replay {id:?} is shared by members of group {group:?}")]
    Shared {
        /// The replay.
        id: String,
        /// The group.
        group: String,
    },
    /// Reading checkpoints failed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The cluster was asked in vain.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The group refuses, or does not answer.
    #[error(transparent)]
    Group(#[from] GroupError),
    /// A transaction that holds checkpoints alone failed, or the transactional id was not taken over.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// The producer cannot be made.
    #[error(transparent)]
    Start(#[from] WriteError),
    /// Anything else.
    #[error("{0}")]
    Other(Fault),
}

/// The record that is named when records were not acknowledged.
#[derive(Clone, Debug)]
pub struct Undelivered {
    /// Where it comes from; `None` for a record that holds a checkpoint.
    pub range: Option<PartitionRange>,
    /// Its offset there.
    pub offset: i64,
    /// Whether it comes from files.
    pub is_from_files: bool,
    /// Why it was not acknowledged.
    pub code: Code,
    /// The topic it was sent to.
    pub target: String,
}

impl Undelivered {
    fn what(&self) -> String {
        let target = &self.target;
        let from = self.range.as_ref().map_or_else(
            || "progress".to_owned(),
            |range| format!("{} offset {}", range.at(), self.offset),
        );
        if self.code.is_producer_state() {
            format!("the producer cannot write on to topic {target:?} from {from}")
        } else {
            format!("topic {target:?} did not take the record of {from}")
        }
    }
}

/// Why a transaction stays open.
#[derive(Debug)]
pub enum StillOpen {
    /// Its coordinator ended it without a marker there, and nobody can tell whether records came
    /// after it.
    NoMarker,
    /// The marker that ends it was refused.
    MarkerRefused(TransactionEnd, WireError),
}

/// What a run had done when it had to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It had not begun to write.
    NotBegun,
    /// It had written nothing, and neither had the runs before it.
    Nothing,
    /// Records are written.
    Some,
}

impl TransferError {
    /// Whether the same may succeed in a while.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Wire(error) => error.cause.is_retriable(),
            Self::CheckpointRefused { cause, .. } => cause.is_retriable(),
            Self::UnknownEnd { cause, .. } => cause.is_retriable(),
            Self::Group(error) => match error {
                GroupError::Silent { .. } => true,
                GroupError::Offsets { code, .. } => code.is_silence(),
                GroupError::Stored(error) => error.cause.is_retriable(),
                GroupError::Start(_) | GroupError::Refused { .. } => false,
            },
            Self::Read(_) | Self::TopicNotRead => self.is_unreachable(),
            Self::Unconfirmed(error) => error.is_unreachable(),
            _ => false,
        }
    }

    /// Whether the cluster could not be reached, or did not let us in.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Wire(error)
            | Self::Read(ReadError::Wire(error))
            | Self::Group(GroupError::Stored(error)) => is_unreachable(error),
            Self::Read(ReadError::Corrupt { .. })
            | Self::TopicDeleted { .. }
            | Self::TopicRecreated(_)
            | Self::Undelivered(_)
            | Self::Hanging { .. }
            | Self::Unconfirmed(_)
            | Self::Replaced { .. }
            | Self::CheckpointsDeleted { .. }
            | Self::Shared { .. }
            | Self::Start(_)
            | Self::Other(_) => false,
            Self::Read(ReadError::Stalled { .. } | ReadError::Refused { .. })
            | Self::Fenced(_)
            | Self::Producer(_)
            | Self::Stalled { .. }
            | Self::NotSettled { .. }
            | Self::CheckpointRefused { .. }
            | Self::UnknownEnd { .. }
            | Self::TopicNotCreated(_)
            | Self::TopicNotRead
            | Self::NotBegun(_)
            | Self::NotForgotten { .. }
            | Self::UnknownTransaction(_)
            | Self::NoLeader(_)
            | Self::UnknownProducers(_)
            | Self::NotCommitted
            | Self::Group(_)
            | Self::Transaction(_) => true,
        }
    }
}

fn is_unreachable(error: &WireError) -> bool {
    !error.cause.is_recreated() && !error.cause.is_not_found()
}

/// As the coordinator would have said it.
fn fenced(code: Code) -> TransactionError {
    let reason = code.to_string();
    TransactionError::Fenced { reason }
}
