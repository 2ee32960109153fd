//! `evctl groups`: list, describe, seek, export and delete groups.

pub(super) mod commits;
mod delete;
mod delete_offsets;
mod describe;
mod export;
pub(super) mod find;
mod list;
mod live;
mod places;
mod rights;
mod seek;
mod undo;

use clap::Subcommand;

pub(super) use self::list::{group_state, group_type};
use crate::{command::Context, exit::Exit, failure::Failure};

/// Look at and change groups
///
/// list, describe and export only ask; nothing is ever made on the cluster by looking. seek, delete
/// and delete-offsets show what they would do and ask before they do it; --yes answers, --dry-run
/// shows and does nothing. How far groups are behind is `evctl lag`'s to say.
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
    /// Describe groups: coordinator, members and what they have, offsets stored
    ///
    /// With -o json all of it is one object; with -o csv or ndjson the partitions are the rows. -o
    /// wide adds epochs, member ids, leader epochs and metadata. The lag of a share group is the
    /// broker's number of offsets: there are as many records or fewer (≤).
    ///
    ///   evctl groups describe billing
    ///   evctl groups describe billing shipping -o json
    #[command(verbatim_doc_comment)]
    Describe(describe::DescribeArgs),
    /// Move a group: to an offset, a time, another group's offsets, or those of a file
    ///
    /// The group must be empty: stop its members first (a dry run shows the plan all the same, and
    /// exits 6 when the run would be refused). What is moved, and what will be read again or
    /// skipped for it, is shown; then it asks. The old offsets are saved to a file first, and the
    /// command that brings them back is printed. AGAIN and SKIPPED count offsets: there are as many
    /// records or fewer (≤), after compaction and transactions.
    ///
    /// Without --topic every topic is moved that the group has offsets on, all its partitions.
    ///
    ///   evctl groups seek billing --from -2h                 read the last two hours again
    ///   evctl groups seek billing --from 2026-01-02T10:00:00Z --topic orders
    ///   evctl groups seek billing --from latest --dry-run    what would be skipped?
    ///   evctl groups seek billing --from 1042 --topic orders -p 3
    ///   evctl groups seek billing --from -100                the last 100 records of each partition
    ///   evctl groups seek billing --shift -10                ten offsets back
    ///   evctl groups seek billing-v2 --create --to-group billing
    ///   evctl groups seek billing --from-file billing.csv    what `groups export` wrote
    #[command(verbatim_doc_comment, visible_alias = "reset")]
    Seek(seek::SeekArgs),
    /// Print the offsets that groups have stored, for `groups seek --from-file`
    ///
    /// -o csv (with a header, the default) and -o json hold everything; -o kafka is the CSV that
    /// kafka-consumer-groups --reset-offsets --from-file takes. `groups seek` reads all three.
    ///
    ///   evctl groups export billing > billing.csv
    ///   evctl groups export billing shipping -o json > groups.json
    ///   evctl groups export billing -o kafka > reset.csv
    #[command(verbatim_doc_comment)]
    Export(export::ExportArgs),
    /// Delete groups and all that they have stored
    ///
    /// Groups must be empty. Their offsets are saved to a file first.
    ///
    ///   evctl groups delete billing-test
    ///   evctl groups delete billing-test shipping-test --dry-run
    #[command(verbatim_doc_comment)]
    Delete(delete::DeleteArgs),
    /// Delete what a group has stored for a topic
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
