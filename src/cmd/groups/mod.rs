//! `evctl groups`: list, describe, seek, export and delete groups.

mod delete;
mod delete_offsets;
mod describe;
mod export;
pub(super) mod find;
mod list;
mod seek;
mod undo;

use clap::Subcommand;

pub(super) use self::list::{group_state, group_type};
use crate::{
    command::Context,
    event::GroupListing,
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::{GroupUnanswered, describe_group},
        wire::Client,
    },
};

/// List, describe, move, export and delete groups
///
/// list, describe and export only read. seek, delete and delete-offsets show their plan and ask before
/// they change anything; --yes answers, --dry-run shows the plan and stops. `evctl lag` shows the lag
/// of groups.
#[derive(Debug, Subcommand)]
pub enum GroupsCommand {
    /// List groups: type, state, members, coordinator
    ///
    /// Only groups that you may see (DESCRIBE) are listed.
    ///
    ///   evctl groups list
    ///   evctl groups list 'billing-*' --exclude '*-test'
    ///   evctl groups list --sort members
    ///   evctl groups list --group-type consumer,share --state empty
    ///   evctl groups list -o json
    #[command(verbatim_doc_comment, visible_alias = "ls")]
    List(list::ListArgs),
    /// Describe groups: coordinator, members with their partitions, committed offsets
    ///
    /// -o json prints one object; -o csv and ndjson print a row for each partition. -o wide adds
    /// epochs, member ids, leader epochs and metadata. The lag of a share group is counted in offsets
    /// by the broker, an upper bound of its records (≤).
    ///
    ///   evctl groups describe billing
    ///   evctl groups describe billing shipping -o json
    #[command(verbatim_doc_comment)]
    Describe(describe::DescribeArgs),
    /// Move a group: to an offset, a time, another group's offsets, or those of a file
    ///
    /// The group must be empty: stop its members first (a dry run shows the plan anyway, and exits 6
    /// when the run would be refused). Shows the partitions that move, and the records that are read
    /// again or skipped; then asks. Saves the old offsets to a file first, and prints the command that
    /// restores them. AGAIN and SKIPPED count offsets, an upper bound of the records (≤): compaction
    /// and transactions leave fewer.
    ///
    /// Without --topic all partitions of every topic move that the group has offsets on.
    ///
    ///   evctl groups seek billing --from -2h                 read the last two hours again
    ///   evctl groups seek billing --from 2026-01-02T10:00:00Z --topic orders
    ///   evctl groups seek billing --from latest --dry-run    show the records to skip
    ///   evctl groups seek billing --from 1042 --topic orders -p 3
    ///   evctl groups seek billing --from -100                the last 100 records of each partition
    ///   evctl groups seek billing --shift -10                ten offsets back
    ///   evctl groups seek billing-v2 --create --to-group billing
    ///   evctl groups seek billing --from-file billing.csv    a file of `groups export`
    #[command(verbatim_doc_comment, visible_alias = "reset")]
    Seek(seek::SeekArgs),
    /// Print the committed offsets of groups, for `groups seek --from-file`
    ///
    /// -o csv (with a header, the default) and -o json are complete; -o kafka is the CSV that
    /// kafka-consumer-groups --reset-offsets --from-file reads. `groups seek` reads all three.
    ///
    ///   evctl groups export billing > billing.csv
    ///   evctl groups export billing shipping -o json > groups.json
    ///   evctl groups export billing -o kafka > reset.csv
    #[command(verbatim_doc_comment)]
    Export(export::ExportArgs),
    /// Delete groups and their offsets
    ///
    /// Groups must be empty. Their offsets are saved to a file first.
    ///
    ///   evctl groups delete billing-test
    ///   evctl groups delete billing-test shipping-test --dry-run
    #[command(verbatim_doc_comment)]
    Delete(delete::DeleteArgs),
    /// Delete the committed offsets of a group on topics
    ///
    /// No member of the group may be subscribed to the topic. The offsets are saved to a file first.
    ///
    ///   evctl groups delete-offsets billing --topic orders-old
    ///   evctl groups delete-offsets billing --topic orders -p 0,3-5
    #[command(verbatim_doc_comment)]
    DeleteOffsets(delete_offsets::DeleteOffsetsArgs),
}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(context: &mut Context, command: &GroupsCommand) -> Result<Exit, Failure> {
    match command {
        GroupsCommand::List(args) => list::run(context, args),
        GroupsCommand::Describe(args) => describe::run(context, args),
        GroupsCommand::Seek(args) => seek::run(context, args),
        GroupsCommand::Export(args) => export::run(context, args),
        GroupsCommand::Delete(args) => delete::run(context, args),
        GroupsCommand::DeleteOffsets(args) => delete_offsets::run(context, args),
    }
}

/// The refusal to do `what` to a group with members; `None` when it has none.
fn refuse_live(
    client: &mut Client,
    group: &GroupListing,
    what: &str,
) -> Result<Option<Failure>, GroupUnanswered> {
    let description = describe_group(client, group)?;
    let is_live = description.is_live();
    Ok(is_live.then(|| Failure::live_group(&description, what)))
}

/// Ends a command that is refused. A dry run continues, so that its plan is seen, and ends with the
/// refusal: see [`end_dry_run`].
fn refuse(context: &Context, refusal: Option<Failure>) -> Result<Option<Failure>, Failure> {
    match refusal {
        Some(failure) if !context.global.dry_run => Err(Failure {
            message: format!("{}, nothing was changed", failure.message),
            ..failure
        }),
        refusal => Ok(refusal),
    }
}

/// Ends a dry run, with the exit code of the refusal that the run would meet.
fn end_dry_run(shown: Exit, refusal: Option<Failure>) -> Result<Exit, Failure> {
    match refusal {
        None => Ok(shown),
        Some(failure) => Err(Failure {
            message: format!("the real run would be refused: {}", failure.message),
            ..failure
        }),
    }
}

/// Fails when the command was stopped; nothing was changed until then.
fn unless_stopped(context: &Context) -> Result<(), Failure> {
    match context.cancel.raised() {
        None => Ok(()),
        Some(signal) => Err(Failure::stopped(signal, Some("nothing was changed"))),
    }
}
