//! `evctl groups describe`: who is in groups, and what they have stored.

mod json;
mod tables;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use clap::Args;

use super::{
    find,
    places::{self, Places},
};
use crate::{
    cmd::{self, cluster, show},
    codec::shell::CommandLine,
    command::Context,
    event::{Commit, GroupDescription, GroupListing, GroupType, Member, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::wire::{Cause, Client, Commits, ShareOffset, ShareOffsets, Unanswered},
    output::report::{Report, ReportFormat},
};

/// What the result says that it is.
const KIND: &str = "evctl.group-describe/1";

/// Arguments of `groups describe`.
#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// The groups
    #[arg(required = true, value_name = "GROUP")]
    groups: Vec<String>,
}

/// Everything that is known of a group.
struct Group {
    listing: GroupListing,
    /// `None` when the coordinator does not tell.
    description: Option<GroupDescription>,
    partitions: Vec<Partition>,
    /// What could not be had.
    troubles: Vec<String>,
}

/// A partition that a group has stored something for, or that a member has.
struct Partition {
    at: TopicPartition,
    stored: Stored,
    /// First offset and end.
    bounds: Option<(i64, i64)>,
    owner: Option<String>,
    trouble: Option<String>,
}

/// What a group has stored for a partition.
#[derive(Default)]
enum Stored {
    #[default]
    Nothing,
    Commit(Commit),
    Share(ShareOffset),
}

impl Stored {
    fn offset(&self) -> Option<i64> {
        match self {
            Self::Nothing => None,
            Self::Commit(commit) => Some(commit.offset),
            Self::Share(share) => share.start,
        }
    }

    /// What the broker counts for a share group: offsets, so there are as many records or fewer.
    fn lag(&self) -> Option<i64> {
        match self {
            Self::Share(share) => share.lag,
            _ => None,
        }
    }

    fn commit(&self) -> Option<&Commit> {
        match self {
            Self::Commit(commit) => Some(commit),
            _ => None,
        }
    }
}

/// Describes.
///
/// # Errors
/// No broker answers, none of the groups is to be had.
pub(super) fn run(context: &Context, args: &DescribeArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (_, mut client) = cluster::connect_to_ask(context)?;
    let found = find::named(context, &mut client, &args.groups)?;
    let groups = look_at(&mut client, &found.groups)?;
    for failure in &found.failures {
        show::warn_of(context, failure);
    }
    let mut complete = found.failures.is_empty();
    for group in &groups {
        for trouble in &group.troubles {
            context
                .ui
                .warn(format_args!("group {:?}: {trouble}", group.listing.name));
        }
        complete &= group.troubles.is_empty();
        complete &= group.partitions.iter().all(|at| at.trouble.is_none());
    }
    let printed = match format {
        ReportFormat::Json => {
            let value = json::groups(&client, &groups);
            cmd::print(context, |out| writeln!(out, "{value}"))
        }
        ReportFormat::Csv | ReportFormat::Ndjson => {
            show::print(context, &tables::every_partition(&groups), format)
        }
        ReportFormat::Table | ReportFormat::Wide | ReportFormat::Markdown => {
            let reports: Vec<Report> = groups
                .iter()
                .flat_map(|group| tables::reports(&client, group))
                .collect();
            show::print_all(context, &reports.iter().collect::<Vec<_>>(), format)
        }
    }?;
    // Advice is for a person: whoever pipes the table into `head` did not ask for more.
    if format == ReportFormat::Table && context.ui.stdout_is_terminal() {
        let groups = found.groups.iter();
        let line = groups.fold(CommandLine::evctl("lag"), |line, group| {
            line.operand(&*group.name)
        });
        context.ui.note(format_args!("how far behind: {line}"));
    }
    Ok(if complete { printed } else { Exit::Partial })
}

/// Asks for all groups at once: members, offsets, then where the partitions begin and end.
fn look_at(client: &mut Client, listings: &[GroupListing]) -> Result<Vec<Group>, Failure> {
    let of_share = |share: bool| -> Vec<&GroupListing> {
        let wanted = |group: &&GroupListing| (group.kind == GroupType::Share) == share;
        listings.iter().filter(wanted).collect()
    };
    let described = client.describe_groups(&listings.iter().collect::<Vec<_>>());
    let commits = client.commits(&of_share(false));
    let starts = client.share_offsets(&of_share(true));

    let failures: Vec<Unanswered> = [described.failures, commits.failures, starts.failures]
        .into_iter()
        .flatten()
        .collect();
    let mut descriptions: HashMap<Arc<str>, GroupDescription> = described
        .items
        .into_iter()
        .map(|description| (description.listing.name.clone(), description))
        .collect();
    let mut commits: HashMap<Arc<str>, Commits> = commits.items.into_iter().collect();
    let mut starts: HashMap<Arc<str>, ShareOffsets> = starts.items.into_iter().collect();
    let mut groups: Vec<Group> = listings
        .iter()
        .map(|listing| {
            let name = &listing.name;
            let description = descriptions.remove(name);
            let stored = commits.remove(name).into_iter().flatten();
            let stored = stored.map(|(at, commit)| (at, commit.map(Stored::Commit)));
            let shared = starts.remove(name).into_iter().flatten();
            let shared = shared.map(|(at, share)| (at, share.map(Stored::Share)));
            let troubles = failures.iter();
            let troubles = troubles.filter(|failure| find::concerns(failure, name));
            Group {
                partitions: partitions(description.as_ref(), stored.chain(shared)),
                troubles: troubles.map(|failure| failure.cause.to_string()).collect(),
                listing: listing.clone(),
                description,
            }
        })
        .collect();

    let every = groups.iter().flat_map(|group| &group.partitions);
    let every: BTreeSet<TopicPartition> = every.map(|partition| partition.at.clone()).collect();
    let places = places::look_up(client, &every, None)?;
    for partition in groups.iter_mut().flat_map(|group| &mut group.partitions) {
        partition.place(&places);
    }
    Ok(groups)
}

/// What was stored, and what members have without anything stored, by topic and partition.
fn partitions(
    description: Option<&GroupDescription>,
    stored: impl Iterator<Item = (TopicPartition, Result<Stored, Cause>)>,
) -> Vec<Partition> {
    let mut all: BTreeMap<TopicPartition, Result<Stored, Cause>> = stored.collect();
    let members = description.and_then(|description| description.members.as_ref());
    for at in members
        .into_iter()
        .flatten()
        .flat_map(|member| &member.assigned)
    {
        all.entry(at.clone()).or_insert(Ok(Stored::Nothing));
    }
    all.into_iter()
        .map(|(at, stored)| {
            let owner = description.and_then(|description| description.owner(&at));
            let trouble = stored.as_ref().err().map(ToString::to_string);
            Partition {
                owner: owner.map(|member| member.client_id.clone()),
                stored: stored.unwrap_or_default(),
                bounds: None,
                trouble,
                at,
            }
        })
        .collect()
}

impl Partition {
    fn place(&mut self, places: &Places) {
        match places.get(&self.at) {
            Some(Ok(place)) => self.bounds = Some((place.bounds.earliest, place.bounds.end)),
            Some(Err(trouble)) if self.trouble.is_none() => {
                self.trouble = Some(trouble.text.clone());
            }
            _ => {}
        }
    }
}

impl Group {
    fn members(&self) -> &[Member] {
        let members = self
            .description
            .as_ref()
            .and_then(|group| group.members.as_deref());
        members.unwrap_or_default()
    }

    /// As described; as listed when the coordinator does not describe it.
    fn state(&self) -> &str {
        let described = self.description.as_ref().map(|group| &group.listing.state);
        described.unwrap_or(&self.listing.state)
    }

    fn epochs(&self) -> Option<(i32, i32)> {
        self.description.as_ref()?.epochs
    }

    fn assignor(&self) -> Option<&str> {
        let assignor = &*self.description.as_ref()?.assignor;
        Some(assignor).filter(|assignor| !assignor.is_empty())
    }

    /// How many members there are; `None` when the coordinator does not tell.
    fn size(&self) -> Option<i64> {
        let members = self.description.as_ref()?.members.as_ref()?;
        i64::try_from(members.len()).ok()
    }
}
