//! `evctl groups delete`: groups and all that they have stored.

use std::collections::BTreeMap;

use clap::Args;

use super::{commits, find, live, places::Trouble, rights, undo::Undo};
use crate::{
    cmd::{cluster, show},
    command::Context,
    event::{GroupListing, GroupType},
    exit::Exit,
    failure::{Failure, Resource},
    kafka::wire::{Client, Commits},
    output::report::{Cell, Column, Report, ReportFormat},
    ui::counted,
};

/// Arguments of `groups delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The groups
    #[arg(required = true, value_name = "GROUP")]
    groups: Vec<String>,
}

/// A group that is to go.
struct Doomed {
    listing: GroupListing,
    /// Empty for share groups, whose offsets are their brokers' own.
    commits: Commits,
}

/// Deletes.
///
/// # Errors
/// A group is not to be had, or is live; somebody said no; nothing could be deleted.
pub(super) fn run(context: &Context, args: &DeleteArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (cluster, mut client) = cluster::connect_to_ask(context)?;
    let mut found = find::named(context, &mut client, &args.groups)?;
    // Half of what was asked for is not what was asked for.
    if let Some(failure) = found.failures.pop() {
        return Err(failure);
    }
    let in_the_way = live::refuse(context, in_the_way(&mut client, &found.groups)?)?;
    let mut doomed = Vec::new();
    for listing in found.groups {
        let commits = match listing.kind {
            GroupType::Share => Commits::new(),
            _ => commits::of(&mut client, &listing)?,
        };
        doomed.push(Doomed { listing, commits });
    }
    let count = counted(doomed.len() as u64, "group");
    let heading = format!("{count} will be deleted with all that is stored for them");
    let plan = report(&doomed, None, &[]);
    if context.global.dry_run {
        let shown = show::dry_run(context, &heading, &plan, format)?;
        return live::end_dry_run(shown, in_the_way);
    }
    show::plan(context, &heading, &plan);
    let permit = cluster::permit_always(context, &cluster, &format!("delete {count}"))?;
    let listings: Vec<GroupListing> = doomed.iter().map(|group| group.listing.clone()).collect();
    live::unless_stopped(context)?;
    // Somebody may have joined while the question stood.
    live::refuse(context, self::in_the_way(&mut client, &listings)?)?;
    let undos: Vec<Undo> = doomed
        .iter()
        .map(|group| save(context, group))
        .collect::<Result<_, _>>()?;
    let deleted = client.delete_groups(&listings.iter().collect::<Vec<_>>(), permit);
    let troubles: BTreeMap<String, Trouble> = deleted
        .failures
        .iter()
        .map(|failure| (failure.what.clone(), Trouble::from(&failure.cause)))
        .collect();
    let denied = deleted
        .failures
        .iter()
        .find(|failure| rights::is_missing(&failure.cause));
    let hint =
        denied.map(|failure| rights::grant(&client, "Delete", Resource::Group(&failure.what)));
    let report = report(&doomed, Some(&troubles), &undos);
    finish(context, format, &doomed, &troubles, &report, hint)
}

/// The first of `groups` that somebody is in, and whether others are live, too.
fn in_the_way(client: &mut Client, groups: &[GroupListing]) -> Result<Option<Failure>, Failure> {
    let mut first: Option<Failure> = None;
    for group in groups {
        let Some(failure) = live::in_the_way(client, group, "deleting it")? else {
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
    let known = commits::known(&group.commits);
    let lines = commits::lines(name, known.iter().map(|(at, commit)| (at, Some(commit))));
    let undo = Undo::save(context, name, &lines, true)?;
    undo.tell(context);
    Ok(undo)
}

fn finish(
    context: &Context,
    format: ReportFormat,
    doomed: &[Doomed],
    troubles: &BTreeMap<String, Trouble>,
    report: &Report,
    hint: Option<String>,
) -> Result<Exit, Failure> {
    let worst = troubles.iter().min_by_key(|(_, trouble)| trouble.exit);
    let Some((name, trouble)) = worst else {
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
    let failure = Failure::new(trouble.exit, message).cause(&trouble.text);
    let failure = hint.into_iter().fold(failure, Failure::hint);
    if troubles.len() == doomed.len() {
        return Err(failure);
    }
    show::print(context, report, format)?;
    show::warn_of(context, &failure);
    Ok(Exit::Partial)
}

/// `troubles` is `None` while nothing was done yet.
fn report(
    doomed: &[Doomed],
    troubles: Option<&BTreeMap<String, Trouble>>,
    undos: &[Undo],
) -> Report {
    let mut columns = vec![
        Column::new("group"),
        Column::new("type"),
        Column::new("topics"),
        Column::new("partitions"),
    ];
    if troubles.is_some() {
        columns.push(Column::new("deleted"));
        columns.push(Column::new("error"));
    }
    let mut report = Report::new("evctl.group-delete/1", "groups", &columns);
    report.summary.push(("dry_run", troubles.is_none().into()));
    report.summary.extend(Undo::members(undos));
    report.rows = doomed
        .iter()
        .map(|group| {
            let mut topics: Vec<&str> = group.commits.keys().map(|at| &*at.topic).collect();
            topics.dedup();
            // What a share group has stored is not asked for.
            let count = |count: usize| match group.listing.kind {
                GroupType::Share => Cell::Unknown,
                _ => i64::try_from(count).ok().into(),
            };
            let trouble = troubles.and_then(|troubles| troubles.get(&*group.listing.name));
            vec![
                (*group.listing.name).into(),
                group.listing.kind.name().into(),
                count(topics.len()),
                count(group.commits.len()),
                trouble.is_none().into(),
                trouble.map(|trouble| trouble.text.as_str()).into(),
            ]
        })
        .collect();
    report
}
