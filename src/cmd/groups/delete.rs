//! `evctl groups delete`: groups and their offsets.

use std::collections::BTreeMap;

use clap::Args;

use super::{
    end_dry_run, find, refuse, refuse_live,
    undo::{Undo, undo_steps},
    unless_stopped,
};
use crate::{
    cmd::{cluster, show},
    command::Context,
    event::{GroupListing, GroupType},
    exit::Exit,
    failure::{Failure, Resource, grant},
    kafka::{
        admin::{group_commits, known_commits},
        wire::{Cause, Client, Commits},
    },
    offsets::{PartitionError, StoredOffset},
    output::{
        groups::{DeletedGroup, deleted_groups},
        report::{Report, ReportFormat},
    },
    ui::counted,
};

/// Arguments of `groups delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The groups
    #[arg(required = true, value_name = "GROUP")]
    groups: Vec<String>,
}

/// A group that is deleted.
struct Doomed {
    listing: GroupListing,
    /// Empty for share groups, whose offsets are their brokers' own.
    commits: Commits,
}

/// Deletes.
///
/// # Errors
/// A group cannot be seen, or is live; the user declined; nothing could be deleted.
pub(super) fn run(context: &Context, args: &DeleteArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (cluster, mut client) = cluster::connect_to_ask(context)?;
    let mut found = find::named(context, &mut client, &args.groups)?;
    // All of the groups are deleted, or none.
    if let Some(failure) = found.failures.pop() {
        return Err(failure);
    }
    let in_the_way = refuse(context, in_the_way(&mut client, &found.groups)?)?;
    let mut doomed = Vec::new();
    for listing in found.groups {
        let commits = match listing.kind {
            GroupType::Share => Commits::new(),
            _ => group_commits(&mut client, &listing)?,
        };
        doomed.push(Doomed { listing, commits });
    }
    let count = counted(doomed.len() as u64, "group");
    let heading = format!("{count} will be deleted with all that is stored for them");
    let plan = report(&doomed, None, &[]);
    if context.global.dry_run {
        let shown = show::dry_run(context, &heading, &plan, format)?;
        return end_dry_run(shown, in_the_way);
    }
    show::plan(context, &heading, &plan);
    let permit = cluster::permit_always(context, &cluster, &format!("delete {count}"))?;
    let listings: Vec<GroupListing> = doomed.iter().map(|group| group.listing.clone()).collect();
    unless_stopped(context)?;
    // A member may have joined while the question was open.
    refuse(context, self::in_the_way(&mut client, &listings)?)?;
    let undos: Vec<Undo> = doomed
        .iter()
        .map(|group| save(context, group))
        .collect::<Result<_, _>>()?;
    let deleted = client.delete_groups(&listings.iter().collect::<Vec<_>>(), permit);
    let errors: BTreeMap<String, PartitionError> = deleted
        .failures
        .iter()
        .map(|failure| (failure.what.clone(), PartitionError::from(&failure.cause)))
        .collect();
    let denied = deleted
        .failures
        .iter()
        .find(|failure| matches!(failure.cause, Cause::NotAuthorized { .. }));
    let hint =
        denied.map(|failure| grant(client.settings(), "Delete", Resource::Group(&failure.what)));
    let report = report(&doomed, Some(&errors), &undos);
    finish(context, format, &doomed, &errors, &report, hint)
}

/// The first of `groups` that somebody is in, and whether others are live, too.
fn in_the_way(client: &mut Client, groups: &[GroupListing]) -> Result<Option<Failure>, Failure> {
    let mut first: Option<Failure> = None;
    for group in groups {
        let Some(failure) = refuse_live(client, group, "deleting it")? else {
            continue;
        };
        first = Some(match first {
            None => failure,
            Some(first) => first.cause(failure.message),
        });
    }
    Ok(first)
}

fn save(context: &Context, group: &Doomed) -> Result<Undo, Failure> {
    let name = &group.listing.name;
    let known = known_commits(&group.commits);
    let lines = StoredOffset::of_group(name, known.iter().map(|(at, commit)| (at, Some(commit))));
    let undo = Undo::save(context, name, &lines, true)?;
    undo.tell(context);
    Ok(undo)
}

fn finish(
    context: &Context,
    format: ReportFormat,
    doomed: &[Doomed],
    errors: &BTreeMap<String, PartitionError>,
    report: &Report,
    hint: Option<String>,
) -> Result<Exit, Failure> {
    let worst = errors.iter().min_by_key(|(_, error)| error.kind);
    let Some((name, error)) = worst else {
        let names: Vec<String> = doomed
            .iter()
            .map(|g| format!("{:?}", g.listing.name))
            .collect();
        if format == ReportFormat::Table {
            context
                .ui
                .note(format_args!("deleted {}", names.join(", ")));
            return Ok(Exit::Ok);
        }
        return show::print(context, report, format);
    };
    let message = format!("group {name:?} was not deleted");
    let failure = Failure::of_partition(message, error);
    let failure = hint.into_iter().fold(failure, Failure::hint);
    if errors.len() == doomed.len() {
        return Err(failure);
    }
    show::print(context, report, format)?;
    show::warn_of(context, &failure);
    Ok(Exit::Partial)
}

/// `errors` is `None` while nothing was done yet.
fn report(
    doomed: &[Doomed],
    errors: Option<&BTreeMap<String, PartitionError>>,
    undos: &[Undo],
) -> Report {
    let groups = doomed.iter().map(|group| {
        let mut topics: Vec<&str> = group.commits.keys().map(|at| &*at.topic).collect();
        topics.dedup();
        let is_share = group.listing.kind == GroupType::Share;
        let error = errors.and_then(|errors| errors.get(&*group.listing.name));
        DeletedGroup {
            group: &group.listing.name,
            r#type: group.listing.kind.name(),
            topics: (!is_share).then_some(topics.len()),
            partitions: (!is_share).then_some(group.commits.len()),
            deleted: error.is_none(),
            error: error.map(|error| error.text.as_str()),
        }
    });
    deleted_groups(errors.is_none(), groups.collect(), &undo_steps(undos))
}
