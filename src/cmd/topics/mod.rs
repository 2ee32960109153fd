//! `evctl topics`: list, describe, create, alter, trim and delete topics.

mod alter;
mod create;
mod delete;
mod describe;
mod list;
mod trim;

use std::collections::BTreeSet;

use clap::Subcommand;

use super::{cluster, show};
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::{self, Awaited, Depth, Survey},
        wire::{Client, TopicMetadata},
    },
    pipeline::Signal,
    topics::GroupPositions,
    ui::counted,
};

/// List, describe, create, change, trim and delete topics
///
/// list and describe only read. alter, trim and delete show their plan and ask before they change
/// anything; --yes answers, --dry-run shows the plan and stops.
#[derive(Debug, Subcommand)]
pub enum TopicsCommand {
    /// List topics: partitions, records, first and last record, cleanup, size on disk
    ///
    /// The records of small partitions (up to 4 MiB together) are counted by reading them. Other
    /// numbers are the offsets between start and end, marked ≤: compaction, aborted transactions and
    /// transaction markers leave fewer records, and LAST may be a marker's time. Values that you may
    /// not read (sizes need DESCRIBE on the cluster, cleanup DESCRIBE_CONFIGS) are shown as -. A narrow
    /// terminal hides cleanup, first and replication; -o wide has them.
    ///
    ///   evctl topics list
    ///   evctl topics list 'orders-*' --exclude '*-dlq'
    ///   evctl topics list --sort size -o wide
    ///   evctl topics list -o csv > topics.csv
    #[command(verbatim_doc_comment, visible_alias = "ls")]
    List(list::ListArgs),
    /// Describe topics: configuration, and each partition's leader, replicas and offsets
    ///
    /// -o json prints one object. -o csv and ndjson print a row for each partition; with --producers a
    /// row for each producer.
    ///
    ///   evctl topics describe orders
    ///   evctl topics describe orders payments -o json
    ///   evctl topics describe orders --producers
    #[command(verbatim_doc_comment)]
    Describe(describe::DescribeArgs),
    /// Create topics
    ///
    /// Without -p and --replication the cluster's defaults apply.
    ///
    ///   evctl topics create orders -p 12 --replication 3
    ///   evctl topics create state -p 6 -c cleanup.policy=compact -c min.insync.replicas=2
    ///   evctl topics create orders payments -p 12 --if-not-exists
    ///   evctl topics create orders -p 12 --dry-run
    #[command(verbatim_doc_comment)]
    Create(create::CreateArgs),
    /// Change a topic's configuration, or give it more partitions
    ///
    /// Shows old and new values, warns of changes that delete records or stop producers, and asks.
    /// --unset removes the topic's own value, so that the broker's default applies again.
    ///
    ///   evctl topics alter orders --set retention.ms=604800000 --unset max.message.bytes
    ///   evctl topics alter orders --partitions 24
    ///   evctl topics alter orders --set cleanup.policy=compact,delete --dry-run
    #[command(verbatim_doc_comment)]
    Alter(alter::AlterArgs),
    /// Remove the oldest records of a topic
    ///
    /// Shows the old and new log start offset of each partition, and the groups that have not read the
    /// removed records; then asks. A topic that is only compacted cannot be trimmed.
    ///
    ///   evctl topics trim orders --before -7d
    ///   evctl topics trim orders --before 2026-01-02T10:00:00Z
    ///   evctl topics trim orders -p 0,3-5 --before 1042
    ///   evctl topics trim orders --before latest --yes
    #[command(verbatim_doc_comment)]
    Trim(trim::TrimArgs),
    /// Delete topics
    ///
    /// Shows their records, and the groups that have committed offsets there; then asks.
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

/// Metadata of the topics called `names`, each once. Topics that cannot be described are warned of;
/// when there are no others, that is a failure.
fn existing(
    context: &Context,
    client: &mut Client,
    names: &[String],
) -> Result<(Vec<TopicMetadata>, Exit), Failure> {
    let mut seen = BTreeSet::new();
    let asked: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| seen.insert(*name))
        .collect();
    let (good, bad): (Vec<_>, Vec<_>) = client
        .metadata(&asked)?
        .into_iter()
        .partition(|topic| topic.error.is_none());
    let mut exit = Exit::Ok;
    for topic in &bad {
        let Some(cause) = &topic.error else { continue };
        let failure = cluster::no_topic(client, &topic.name, cause);
        if good.is_empty() && bad.len() == 1 {
            return Err(failure);
        }
        show::warn_of(context, &failure);
        exit = exit.max(failure.exit);
    }
    if good.is_empty() {
        return Err(Failure::new(exit, "none of the topics can be used"));
    }
    Ok((
        good,
        if bad.is_empty() {
            Exit::Ok
        } else {
            Exit::Partial
        },
    ))
}

/// Asks about `topics` as deeply as `depth` says, and says what is missing.
fn survey(
    context: &Context,
    client: &mut Client,
    topics: Vec<TopicMetadata>,
    depth: Depth<'_>,
) -> Result<Survey, Failure> {
    let in_time = || in_time(context);
    let found = admin::survey(client, topics, depth, &context.cancel, in_time)?;
    for missing in &found.missing {
        let Some(cause) = missing.cause() else {
            continue;
        };
        let what = missing.what;
        if missing.is_refused() {
            context
                .ui
                .note(format_args!("{what} are not shown: {cause}"));
        } else {
            context
                .ui
                .warn(format_args!("{what} are incomplete: {cause}"));
        }
    }
    Ok(found)
}

fn completeness(survey: &Survey) -> Exit {
    match survey.is_incomplete() {
        true => Exit::Partial,
        false => Exit::Ok,
    }
}

/// Ends a command that was stopped, or whose time is over.
fn in_time(context: &Context) -> Result<(), Failure> {
    let patience = cluster::patience(context);
    match context.cancel.raised() {
        None if context.started.elapsed() < patience => Ok(()),
        None | Some(Signal::Deadline) => Err(Failure::new(
            Exit::Unreachable,
            format!(
                "the cluster did not answer within {} s",
                patience.as_secs_f64()
            ),
        )
        .hint("--timeout waits longer")),
        Some(signal) => Err(Failure::stopped(signal, None)),
    }
}

/// The offsets of all groups that may be seen; what is missing is noted.
fn group_positions(context: &Context, client: &mut Client) -> GroupPositions {
    let found = match admin::group_positions(client) {
        Ok(found) => found,
        Err(error) => {
            context
                .ui
                .note(format_args!("groups are not shown: {error}"));
            return GroupPositions::default();
        }
    };
    if let Some(silent) = found.unlisted.first() {
        context
            .ui
            .note(format_args!("groups may be missing: broker {silent}"));
    }
    if let Some(first) = found.unknown.first() {
        context.ui.note(format_args!(
            "the offsets of {} are not known: {first}",
            counted(found.unknown.len(), "group")
        ));
    }
    found.positions
}

/// Waits until all brokers know `topics`; says which are late.
fn wait_until_led(context: &Context, client: &mut Client, topics: &[Awaited<'_>]) {
    let late = admin::until_led(client, topics, &context.cancel);
    if !late.is_empty() {
        context.ui.warn(format_args!(
            "{} not known to all brokers yet: writing there now may fail",
            topics_are(&late)
        ));
    }
}

/// Waits until no broker knows `topics`; says which are late.
fn wait_until_gone(context: &Context, client: &mut Client, topics: &[&str]) {
    let late = admin::until_gone(client, topics, &context.cancel);
    if !late.is_empty() {
        context.ui.warn(format_args!(
            "{} still known to a broker: it may take a while until the name is free",
            topics_are(&late)
        ));
    }
}

/// `topic "a" is`, `topics "a", "b" are`
fn topics_are(topics: &[&str]) -> String {
    let quoted: Vec<String> = topics.iter().map(|name| format!("{name:?}")).collect();
    match quoted.as_slice() {
        [one] => format!("topic {one} is"),
        several => format!("topics {} are", several.join(", ")),
    }
}
