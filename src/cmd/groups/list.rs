//! `evctl groups list`: every group that may be seen.

use std::{cmp::Reverse, collections::HashMap};

use clap::Args;

use super::find;
use crate::{
    cmd::{cluster, show},
    command::Context,
    event::{GroupDescription, GroupListing, GroupType},
    exit::Exit,
    failure::Failure,
    kafka::{admin::concerns, wire::Client},
    output::groups::{ListedGroup, group_list},
    select::{NameGlobs, is_glob},
};

/// Arguments of `groups list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Names or patterns of groups, e.g. billing 'shipping-*' [default: all groups]
    #[arg(value_name = "GLOB")]
    globs: Vec<String>,
    /// List only groups that match this pattern (can be repeated)
    #[arg(long = "match", value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out groups that match this pattern (can be repeated)
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// List only groups of these types: classic, simple, consumer, share, streams
    #[arg(long, visible_alias = "type", value_name = "LIST", value_delimiter = ',', value_parser = group_type)]
    group_type: Vec<GroupType>,
    /// List only groups in these states, e.g. --state stable,empty
    #[arg(long, value_name = "LIST", value_delimiter = ',', value_parser = group_state)]
    state: Vec<&'static str>,
    /// Sort by this column
    #[arg(long, value_enum, default_value_t, value_name = "BY")]
    sort: Sort,
}

/// `--sort`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Sort {
    /// By name
    #[default]
    Name,
    /// By number of members, most first
    Members,
    /// By state: groups with problems first, empty groups last
    State,
    /// By type
    Type,
}

/// The states of Kafka's `GroupState`, in the order of `--sort state`.
const STATES: [&str; 9] = [
    "Dead",
    "NotReady",
    "PreparingRebalance",
    "CompletingRebalance",
    "Assigning",
    "Reconciling",
    "Unknown",
    "Stable",
    "Empty",
];

/// The state of that name, in any case: `stable`, `preparing-rebalance`.
///
/// # Errors
/// Any other name; the error lists those there are.
pub(in crate::cmd) fn group_state(text: &str) -> Result<&'static str, String> {
    let name = text.replace(['-', '_'], "");
    let found = STATES
        .iter()
        .find(|state| state.eq_ignore_ascii_case(&name));
    found.copied().ok_or_else(|| {
        let names = STATES.map(str::to_lowercase).join(", ");
        format!("{text:?} is not a state of groups: {names}")
    })
}

/// The type of that name.
///
/// # Errors
/// Any other name; the error lists those there are.
pub(in crate::cmd) fn group_type(text: &str) -> Result<GroupType, String> {
    GroupType::parse(text).ok_or_else(|| {
        let names = GroupType::ALL.map(GroupType::name).join(", ");
        format!("{text:?} is not a type of groups: {names}")
    })
}

/// The description of each group, or why there is none.
type Described = HashMap<String, Result<GroupDescription, String>>;

/// Lists.
///
/// # Errors
/// No broker answers, a group that was named does not exist.
pub(super) fn run(context: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let patterns = [args.globs.as_slice(), args.include.as_slice()].concat();
    let globs = NameGlobs::new(&patterns, &args.exclude)?;
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
        let is = |state: &&str| state.eq_ignore_ascii_case(&group.state);
        args.state.is_empty() || args.state.iter().any(is)
    });
    for failure in &missing {
        show::warn_of(context, failure);
    }
    failed |= !missing.is_empty();
    sort(&mut groups, &described, args.sort);
    let rows = groups.iter().map(|group| row(&client, group, &described));
    let report = group_list(rows);
    failed |= groups
        .iter()
        .any(|group| matches!(described.get(&*group.name), Some(Err(_))));
    if groups.is_empty() {
        let all = patterns.is_empty()
            && args.exclude.is_empty()
            && args.state.is_empty()
            && args.group_type.is_empty();
        context.ui.note(if all {
            "no groups are visible"
        } else {
            "no group matches"
        });
    }
    let printed = show::print(context, &report, format)?;
    Ok(if failed { Exit::Partial } else { printed })
}

/// Unknown values come last.
fn sort(groups: &mut [GroupListing], described: &Described, by: Sort) {
    let members = |group: &GroupListing| {
        let description = described.get(&*group.name)?.as_ref().ok()?;
        description.members.as_ref().map(Vec::len)
    };
    let rank = |group: &GroupListing| {
        let same = |state: &&str| state.eq_ignore_ascii_case(&group.state);
        STATES.iter().position(same).unwrap_or(STATES.len())
    };
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    match by {
        Sort::Name => {}
        Sort::Members => groups.sort_by_key(|group| Reverse(members(group))),
        Sort::State => groups.sort_by_key(rank),
        Sort::Type => groups.sort_by_key(|group| group.kind.name()),
    }
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
            let mut failures = answers.failures.iter();
            let why = failures.find(|failure| concerns(failure, name));
            let why = why.map_or("no answer".to_owned(), |why| why.cause.to_string());
            described.insert(name.to_owned(), Err(why));
        }
    }
    described
}

fn row<'g>(
    client: &'g Client,
    group: &'g GroupListing,
    described: &'g Described,
) -> ListedGroup<'g> {
    let description = described.get(&*group.name);
    let known = description.and_then(|description| description.as_ref().ok());
    let members = known.and_then(|known| known.members.as_ref());
    let told = |text: &'g str| Some(text).filter(|text| !text.is_empty());
    ListedGroup {
        group: &group.name,
        r#type: group.kind.name(),
        state: told(&group.state),
        members: members.map(Vec::len),
        coordinator: group.coordinator,
        host: client.brokers().get(&group.coordinator).map(|host| &**host),
        assignor: known.and_then(|known| told(&known.assignor)),
        error: description.and_then(|description| Some(description.as_ref().err()?.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_found_in_any_spelling_and_another_one_is_none() {
        assert_eq!(group_state("STABLE"), Ok("Stable"));
        assert_eq!(group_state("preparing-rebalance"), Ok("PreparingRebalance"));
        let error = group_state("foo").unwrap_err();
        assert!(error.contains("stable, empty"), "{error}");
    }
}
