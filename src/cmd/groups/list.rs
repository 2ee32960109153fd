//! `evctl groups list`: every group that may be seen.

use std::collections::HashMap;

use clap::Args;

use super::find;
use crate::{
    cli::Context,
    cmd::{cluster, show},
    event::{GroupDescription, GroupListing, GroupType},
    exit::Exit,
    failure::Failure,
    kafka::wire::Client,
    output::report::{Cell, Column, Report},
    select::{NameGlobs, is_glob},
};

/// Arguments of `groups list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only groups that match: names, or patterns such as 'billing-*'
    #[arg(value_name = "GLOB")]
    globs: Vec<String>,
    /// Only groups of these types: classic, simple, consumer, share, streams
    #[arg(long, visible_alias = "type", value_name = "LIST", value_delimiter = ',', value_parser = group_type)]
    group_type: Vec<GroupType>,
    /// Only groups in these states: --state stable,empty
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    state: Vec<String>,
}

fn group_type(text: &str) -> Result<GroupType, String> {
    GroupType::parse(text).ok_or_else(|| {
        let names = GroupType::ALL.map(GroupType::name).join(", ");
        format!("{text:?} is not a type of groups: {names}")
    })
}

/// What became of the question who is in each group.
type Described = HashMap<String, Result<GroupDescription, String>>;

/// Lists.
///
/// # Errors
/// No broker answers, a group that was named does not exist.
pub(super) fn run(context: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let globs = NameGlobs::new(&args.globs, &[])?;
    let (_, mut client) = cluster::connect_to_ask(context)?;
    let listed = find::all(context, &mut client)?;
    let mut failed = !listed.failures.is_empty();

    let there = |name: &str| listed.items.iter().any(|group| *group.name == *name);
    let absent = args
        .globs
        .iter()
        .filter(|glob| !is_glob(glob) && !there(glob));
    let mut missing = Vec::new();
    for name in absent {
        missing.push(find::missing(&mut client, name, &listed)?);
    }
    let mut groups: Vec<GroupListing> = listed.items;
    groups.retain(|group| {
        let kind = args.group_type.is_empty() || args.group_type.contains(&group.kind);
        kind && globs.matches(&group.name)
    });
    if groups.is_empty()
        && let Some(failure) = missing.pop()
    {
        return Err(failure);
    }
    let described = describe(&mut client, &groups);
    for group in &mut groups {
        // Brokers before Kafka 2.6 do not list states.
        if let Some(Ok(description)) = described.get(&*group.name) {
            group.state.clone_from(&description.listing.state);
        }
    }
    groups.retain(|group| {
        let is = |state: &String| state.eq_ignore_ascii_case(&group.state);
        args.state.is_empty() || args.state.iter().any(is)
    });
    for failure in &missing {
        show::warn_of(context, failure);
    }
    failed |= !missing.is_empty();
    let report = report(&client, &groups, &described);
    failed |= groups
        .iter()
        .any(|group| matches!(described.get(&*group.name), Some(Err(_))));
    if groups.is_empty() {
        context.ui.note(if args.globs.is_empty() {
            "no groups that you may see"
        } else {
            "no group matches"
        });
    }
    let printed = show::print(context, &report, format)?;
    Ok(if failed { Exit::Partial } else { printed })
}

fn describe(client: &mut Client, groups: &[GroupListing]) -> Described {
    let asked: Vec<&GroupListing> = groups.iter().collect();
    let answers = client.describe_groups(&asked);
    let mut described: Described = answers
        .items
        .into_iter()
        .map(|description| (description.listing.name.to_string(), Ok(description)))
        .collect();
    for group in groups {
        let name = &*group.name;
        if !described.contains_key(name) {
            // A coordinator that did not answer stands for all of its groups, by their names.
            let mut failures = answers.failures.iter();
            let why = failures.find(|failure| failure.what == name || failure.what.contains(name));
            let why = why.map_or("no answer".to_owned(), |why| why.cause.to_string());
            described.insert(name.to_owned(), Err(why));
        }
    }
    described
}

fn report(client: &Client, groups: &[GroupListing], described: &Described) -> Report {
    let any_error = described.values().any(Result::is_err);
    let columns = [
        Column::new("group"),
        Column::new("type"),
        Column::new("state"),
        Column::new("members"),
        Column::new("coordinator"),
        Column::wide("host"),
        Column::wide("assignor"),
        if any_error {
            Column::new("error")
        } else {
            Column::wide("error")
        },
    ];
    let mut report = Report::new("evctl.group-list/1", "groups", &columns);
    report.rows = groups
        .iter()
        .map(|group| {
            let description = described.get(&*group.name);
            let known = description.and_then(|description| description.as_ref().ok());
            let members = known.and_then(|known| known.members.as_ref());
            vec![
                (*group.name).into(),
                group.kind.name().into(),
                Some(group.state.as_str())
                    .filter(|state| !state.is_empty())
                    .into(),
                members
                    .and_then(|members| i64::try_from(members.len()).ok())
                    .into(),
                i64::from(group.coordinator).into(),
                client
                    .brokers()
                    .get(&group.coordinator)
                    .map(|host| &**host)
                    .into(),
                known
                    .map(|known| known.assignor.as_str())
                    .filter(|assignor| !assignor.is_empty())
                    .into(),
                match description {
                    Some(Err(error)) => error.as_str().into(),
                    _ => Cell::Unknown,
                },
            ]
        })
        .collect();
    report
}
