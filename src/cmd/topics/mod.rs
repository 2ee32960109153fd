//! `evctl topics`: list, describe, create, alter, trim and delete topics.

mod alter;
mod counts;
mod create;
mod delete;
mod describe;
mod list;
mod producers;
mod readers;
mod risks;
mod show;
mod survey;
mod trim;
mod wait;

use clap::Subcommand;

use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::wire::{ALREADY_EXISTS, POLICY_VIOLATION, cause::Cause},
};

/// Look at and change topics
///
/// list and describe only ask. alter, trim and delete show what they would do and ask before they
/// do it; --yes answers, --dry-run shows and does nothing.
#[derive(Debug, Subcommand)]
pub enum TopicsCommand {
    /// List topics: partitions, records, first and last record, cleanup, size on disk
    ///
    /// The records of small partitions (up to 4 MiB together) are counted by reading them. Other
    /// numbers are the offsets between start and end, marked ≤: compaction, aborted transactions and
    /// transaction markers leave fewer records, and LAST may be a marker's time. What you may not ask
    /// for (sizes need DESCRIBE on the cluster, cleanup DESCRIBE_CONFIGS) is shown as -. On a terminal
    /// that is too narrow cleanup, first and replication give way; -o wide has them.
    ///
    ///   evctl topics list
    ///   evctl topics list 'orders-*' --exclude '*-dlq'
    ///   evctl topics list --sort size -o wide
    ///   evctl topics list -o csv > topics.csv
    #[command(verbatim_doc_comment, visible_alias = "ls")]
    List(list::ListArgs),
    /// Describe topics: each partition's leader, replicas and offsets, and what is configured
    ///
    /// With -o json all of it is one object; with -o csv or ndjson the partitions are the rows, and
    /// with --producers the producers.
    ///
    ///   evctl topics describe orders
    ///   evctl topics describe orders payments -o json
    ///   evctl topics describe orders --producers
    #[command(verbatim_doc_comment)]
    Describe(describe::DescribeArgs),
    /// Create topics
    ///
    /// Without -p and --replication the cluster's defaults are taken.
    ///
    ///   evctl topics create orders -p 12 --replication 3
    ///   evctl topics create state -p 6 -c cleanup.policy=compact -c min.insync.replicas=2
    ///   evctl topics create orders payments -p 12 --if-not-exists
    ///   evctl topics create orders -p 12 --dry-run
    #[command(verbatim_doc_comment)]
    Create(create::CreateArgs),
    /// Change a topic's configuration, or give it more partitions
    ///
    /// Shows what is and what will be, warns of what takes records away or stops producers, and asks.
    /// --unset takes a value of the topic's own away, so that the broker's holds again.
    ///
    ///   evctl topics alter orders --set retention.ms=604800000 --unset max.message.bytes
    ///   evctl topics alter orders --partitions 24
    ///   evctl topics alter orders --set cleanup.policy=compact,delete --dry-run
    #[command(verbatim_doc_comment)]
    Alter(alter::AlterArgs),
    /// Remove the oldest records of a topic
    ///
    /// Shows which offsets each partition begins at now and then, and which groups have not read
    /// what will be removed; then it asks. A topic that is only compacted cannot be trimmed.
    ///
    ///   evctl topics trim orders --before -7d
    ///   evctl topics trim orders --before 2026-01-02T10:00:00Z
    ///   evctl topics trim orders -p 0,3-5 --before 1042
    ///   evctl topics trim orders --before latest --yes
    #[command(verbatim_doc_comment)]
    Trim(trim::TrimArgs),
    /// Delete topics
    ///
    /// Shows what goes with them, records and the groups that have commits there, and asks.
    ///
    ///   evctl topics delete orders-old
    ///   evctl topics delete orders-old payments-old --dry-run
    #[command(verbatim_doc_comment)]
    Delete(delete::DeleteArgs),
}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(context: &mut Context, command: &TopicsCommand) -> Result<Exit, Failure> {
    match command {
        TopicsCommand::List(args) => list::run(context, args),
        TopicsCommand::Describe(args) => describe::run(context, args),
        TopicsCommand::Create(args) => create::run(context, args),
        TopicsCommand::Alter(args) => alter::run(context, args),
        TopicsCommand::Trim(args) => trim::run(context, args),
        TopicsCommand::Delete(args) => delete::run(context, args),
    }
}

/// What a change that the cluster refused ends with: its rules are guards as ours are, and a value
/// that it does not take was typed.
fn exit_of(cause: &Cause) -> Exit {
    // Kafka's Errors.java: INVALID_TOPIC_EXCEPTION, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR,
    // INVALID_REPLICA_ASSIGNMENT, INVALID_CONFIG, INVALID_REQUEST.
    const TYPED: [i16; 6] = [17, 37, 38, 39, 40, 42];
    match cause {
        Cause::Broker {
            code: ALREADY_EXISTS | POLICY_VIOLATION,
            ..
        } => Exit::Refused,
        Cause::Broker { code, .. } if TYPED.contains(code) => Exit::Usage,
        cause if cause.is_not_found() => Exit::NotFound,
        _ => Exit::Unreachable,
    }
}

/// A change that the cluster did not take, with nothing else done; it needs the right to
/// `operation`.
fn refused(message: impl Into<String>, cause: &Cause, operation: &str) -> Failure {
    let failure = Failure::new(exit_of(cause), message).cause(cause);
    match cause {
        Cause::NotAuthorized { .. } => failure.hint(format!(
            "an administrator grants it: kafka-acls --add --allow-principal User:NAME \
             --operation {operation} --topic …"
        )),
        _ => failure,
    }
}
