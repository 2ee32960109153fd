//! Failures of the engine that moves records.

use super::Failure;
use crate::{
    codec::shell::{self, CommandLine},
    event::{REPLAY_TOPIC, TopicPartition},
    exit::Exit,
    kafka::{
        wire::TransactionEnd,
        write::{Code, TransactionError},
    },
    replay::DecideError,
    transfer::{Done, StillOpen, TransferError, Undelivered},
};

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        use TransferError as E;
        let message = error.to_string();
        let unreachable = || Self::new(Exit::Unreachable, message.clone());
        match error {
            E::TopicDeleted { topic, partitions } => deleted(message, &topic, partitions),
            E::TopicRecreated(cause) => Self::recreated(&cause),
            E::Undelivered(undelivered) => refused(message, &undelivered),
            E::Fenced(code) => {
                let reason = code.to_string();
                TransactionError::Fenced { reason }.into()
            }
            E::Stalled { after, complaint } => complaint
                .iter()
                .fold(Self::unacknowledged(Exit::Unreachable, after), Self::cause),
            E::NotSettled { complaint } => complaint.iter().fold(unreachable(), Self::cause),
            E::CheckpointRefused { cause, .. } => unreachable().cause(cause),
            E::UnknownEnd { cause, .. } => unreachable().cause(cause),
            E::TopicNotCreated(cause) => unreachable().cause(cause).hint(format!(
                "make it: evctl topics create {REPLAY_TOPIC} -p 1 -c cleanup.policy=compact"
            )),
            E::NotBegun(code) => code.iter().fold(unreachable(), Self::cause),
            E::Producer(_)
            | E::TopicNotRead
            | E::NotForgotten { .. }
            | E::NoLeader(_)
            | E::UnknownProducers(_)
            | E::NotCommitted => unreachable(),
            E::Hanging { at, start, why } => hanging(message, &at, start, &why),
            E::UnknownTransaction(error) => unreachable().cause(error),
            E::Unconfirmed(error) => Self {
                exit: Exit::Partial,
                ..Self::from(*error)
            },
            E::Replaced { id, done, .. } => replaced(message, &id, done),
            E::CheckpointsDeleted { done, .. } => Self {
                stale: true,
                ..Self::new(exit_after(done), message)
                    .cause("another process has deleted it; \"evctl replay cancel\" does that")
            },
            E::Shared { .. } => Self::new(Exit::Refused, message)
                .cause("nothing was written")
                .hint(
                    "--share joins them; a member that was killed leaves after session.timeout.ms",
                ),
            E::Read(error) => error.into(),
            E::Wire(error) => error.into(),
            E::Group(error) => error.into(),
            E::Transaction(error) => error.into(),
            E::Start(error) => error.into(),
            E::Other(fault) => fault.into(),
        }
    }
}

impl From<DecideError> for Failure {
    fn from(error: DecideError) -> Self {
        let failure = Self::new(Exit::Partial, error.to_string());
        match error {
            DecideError::Unplanned(_) => failure
                .cause("the files held none of these when the replay was planned")
                .hint("--id NAME with another name begins a new one"),
            DecideError::Placing(_) => failure,
        }
    }
}

/// A topic is gone, and with it what was written to it.
fn deleted(message: String, topic: &str, partitions: Option<i32>) -> Failure {
    let failure = Failure {
        stale: true,
        ..Failure::new(Exit::NotFound, message)
    };
    let Some(count) = partitions else {
        return failure;
    };
    failure.create_topic(topic, Some(count))
}

/// A record was not acknowledged. A record that is to blame comes again on resuming, and can only be
/// left out.
fn refused(message: String, undelivered: &Undelivered) -> Failure {
    let code = undelivered.code;
    let exit = if code.is_access() {
        Exit::Unreachable
    } else if code.is_missing() {
        Exit::NotFound
    } else {
        Exit::Partial
    };
    let failure = Failure::new(exit, message).cause(code);
    let Some(range) = undelivered.range.as_ref().filter(|_| code.blames_record()) else {
        return failure;
    };
    let failure = match code {
        Code::BAD_TIME => failure.hint("a new replay with --timestamps now gives it another time"),
        _ => failure,
    };
    if undelivered.is_from_files {
        return failure.hint("a new replay can leave it out: --filter, or --to before it");
    }
    let (partition, offset) = (range.partition, undelivered.offset);
    let others = format!(".partition != {partition} or .offset != {offset}");
    failure.hint(format!(
        "a new replay can leave it out: --filter '{others}', or --to before it"
    ))
}

fn hanging(message: String, at: &TopicPartition, start: i64, why: &StillOpen) -> Failure {
    let topic = shell::option("--topic", &at.topic);
    let abort = format!(
        "kafka-transactions.sh --bootstrap-server HOST:PORT abort {topic} --partition {} \
         --start-offset {start} aborts it; then",
        at.partition
    );
    let failure = Failure::new(Exit::Partial, message);
    match why {
        StillOpen::NoMarker => {
            (failure.cause("its coordinator ended it without a marker there")).hint(abort)
        }
        StillOpen::MarkerRefused(TransactionEnd::Abort, error) => failure.cause(error).hint(abort),
        StillOpen::MarkerRefused(TransactionEnd::Commit, error) => failure
            .cause(error)
            .hint("somebody with the right ClusterAction on the cluster can commit it so"),
    }
}

fn replaced(message: String, id: &str, done: Done) -> Failure {
    let status = CommandLine::evctl("replay status").operand(id);
    let failure = Failure::new(exit_after(done), message)
        .hint(format!("{status} shows how far that has come"))
        .hint("--share lets several processes divide the work");
    match done {
        Done::NotBegun => failure.cause("this run has written nothing"),
        Done::Nothing | Done::Some => failure,
    }
}

fn exit_after(done: Done) -> Exit {
    match done {
        Done::NotBegun | Done::Nothing => Exit::Refused,
        Done::Some => Exit::Partial,
    }
}
