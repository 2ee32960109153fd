//! `evctl groups describe`: who is in groups, and what they have stored.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use clap::Args;
use serde_json::{Value, json};

use super::{
    find,
    places::{self, Places},
};
use crate::{
    cli::Context,
    cmd::{self, cluster, show},
    event::{Commit, GroupDescription, GroupListing, GroupType, Member, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::wire::{Cause, Client, Commits, ShareOffset, ShareOffsets, Unanswered},
    output::report::{Cell, Column, Report, ReportFormat},
};

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
            let groups: Vec<_> = groups
                .iter()
                .map(|group| group_json(&client, group))
                .collect();
            let value = json!({ "kind": "evctl.group-describe/1", "groups": groups });
            cmd::print(context, |out| writeln!(out, "{value}"))
        }
        ReportFormat::Csv | ReportFormat::Ndjson => {
            show::print(context, &every_partition(&groups), format)
        }
        ReportFormat::Table | ReportFormat::Wide | ReportFormat::Markdown => {
            let reports: Vec<Report> = groups
                .iter()
                .flat_map(|group| reports(&client, group))
                .collect();
            show::print_all(context, &reports.iter().collect::<Vec<_>>(), format)
        }
    }?;
    if format == ReportFormat::Table {
        let names: Vec<&str> = found.groups.iter().map(|group| &*group.name).collect();
        context.ui.note(format_args!(
            "how far behind: evctl lag {}",
            names.join(" ")
        ));
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
            // A coordinator that did not answer stands for all of its groups, by their names.
            let concerned = |failure: &&Unanswered| failure.what.contains(&**name);
            let troubles = failures.iter().filter(concerned);
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

/// The group, its members, its partitions: a table each. Members and partitions only where there
/// are some.
fn reports(client: &Client, group: &Group) -> Vec<Report> {
    let mut reports = vec![summary(client, group)];
    if !group.members().is_empty() {
        reports.push(members(group));
    }
    if !group.partitions.is_empty() {
        reports.push(offsets(group));
    }
    reports
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

fn summary(client: &Client, group: &Group) -> Report {
    let columns = [
        Column::new("group"),
        Column::new("type"),
        Column::new("state"),
        Column::new("members"),
        Column::new("assignor"),
        Column::new("coordinator"),
        Column::new("host"),
        Column::wide("epoch"),
        Column::wide("assignment_epoch"),
    ];
    let mut report = Report::new("evctl.group-describe/1", "groups", &columns);
    let id = group.listing.coordinator;
    report.rows.push(vec![
        (*group.listing.name).into(),
        group.listing.kind.name().into(),
        group.state().into(),
        group.size().into(),
        group.assignor().into(),
        i64::from(id).into(),
        client.brokers().get(&id).map(|host| &**host).into(),
        group.epochs().map(|(epoch, _)| i64::from(epoch)).into(),
        group.epochs().map(|(_, epoch)| i64::from(epoch)).into(),
    ]);
    report
}

fn members(group: &Group) -> Report {
    let columns = [
        Column::new("client"),
        Column::new("host"),
        Column::new("has"),
        Column::wide("subscribed"),
        Column::wide("epoch"),
        Column::wide("instance"),
        Column::wide("member"),
    ];
    let mut report = Report::new("evctl.group-describe/1", "members", &columns);
    report.rows = group
        .members()
        .iter()
        .map(|member| {
            let subscribed = member.subscribed.iter().map(|topic| topic.to_string());
            vec![
                member.client_id.as_str().into(),
                member.host.trim_start_matches('/').into(),
                Some(compact(&member.assigned))
                    .filter(|has| !has.is_empty())
                    .into(),
                match &member.subscribed_regex {
                    Some(regex) => regex.as_str().into(),
                    None => Cell::texts(subscribed),
                },
                member.epoch.map(i64::from).into(),
                member.instance_id.as_deref().into(),
                member.id.as_str().into(),
            ]
        })
        .collect();
    report
}

fn offsets(group: &Group) -> Report {
    let share = group.listing.kind == GroupType::Share;
    let mut columns = vec![
        Column::new("topic"),
        Column::new("partition"),
        Column::new(if share { "start_offset" } else { "committed" }),
    ];
    if share {
        columns.push(Column::new("lag"));
    }
    let troubled = group.partitions.iter().any(|at| at.trouble.is_some());
    columns.extend([
        Column::new("first"),
        Column::new("end"),
        Column::new("owner"),
        Column::wide("leader_epoch"),
        Column::wide("metadata"),
        if troubled {
            Column::new("error")
        } else {
            Column::wide("error")
        },
    ]);
    let mut report = Report::new("evctl.group-describe/1", "offsets", &columns);
    report.rows = group
        .partitions
        .iter()
        .map(|partition| {
            let mut row = partition.cells();
            if !share {
                row.remove(LAG);
            }
            row
        })
        .collect();
    report
}

/// Where the lag stands among [`Partition::cells`].
const LAG: usize = 3;

impl Partition {
    fn cells(&self) -> Vec<Cell> {
        let commit = self.stored.commit();
        vec![
            (*self.at.topic).into(),
            i64::from(self.at.partition).into(),
            self.stored.offset().into(),
            self.stored.lag().into(),
            self.bounds.map(|(first, _)| first).into(),
            self.bounds.map(|(_, end)| end).into(),
            self.owner.as_deref().into(),
            commit
                .and_then(|commit| commit.leader_epoch.map(i64::from))
                .into(),
            commit
                .map(|commit| commit.metadata.as_str())
                .filter(|metadata| !metadata.is_empty())
                .into(),
            self.trouble.as_deref().into(),
        ]
    }
}

/// The partitions of all groups as rows.
fn every_partition(groups: &[Group]) -> Report {
    let columns = [
        "group",
        "type",
        "state",
        "topic",
        "partition",
        "offset",
        "lag",
        "first",
        "end",
        "owner",
        "leader_epoch",
        "metadata",
        "error",
    ];
    let mut report = Report::new(
        "evctl.group-describe/1",
        "offsets",
        &columns.map(Column::new),
    );
    for group in groups {
        report.rows.extend(group.partitions.iter().map(|partition| {
            let mut row: Vec<Cell> = vec![
                (*group.listing.name).into(),
                group.listing.kind.name().into(),
                group.state().into(),
            ];
            row.append(&mut partition.cells());
            row
        }));
    }
    report
}

fn group_json(client: &Client, group: &Group) -> Value {
    let id = group.listing.coordinator;
    let members = group
        .description
        .as_ref()
        .and_then(|group| group.members.as_ref());
    json!({
        "group": &*group.listing.name,
        "type": group.listing.kind.name(),
        "state": group.state(),
        "coordinator": { "id": id, "host": client.brokers().get(&id).map(|host| &**host) },
        "epoch": group.epochs().map(|(epoch, _)| epoch),
        "assignment_epoch": group.epochs().map(|(_, epoch)| epoch),
        "assignor": group.assignor(),
        "members": members.map(|members| members.iter().map(member_json).collect::<Vec<_>>()),
        "offsets": group.partitions.iter().map(partition_json).collect::<Vec<_>>(),
        "errors": group.troubles,
    })
}

fn member_json(member: &Member) -> Value {
    let topics = |topics: &[Arc<str>]| topics.iter().map(|topic| topic.to_string()).collect();
    let subscribed: Vec<String> = topics(&member.subscribed);
    let assigned = member.assigned.iter();
    json!({
        "member": member.id,
        "instance": member.instance_id,
        "client": member.client_id,
        "host": member.host.trim_start_matches('/'),
        "epoch": member.epoch,
        "subscribed": subscribed,
        "subscribed_regex": member.subscribed_regex,
        "assigned": assigned
            .map(|at| json!({ "topic": &*at.topic, "partition": at.partition }))
            .collect::<Vec<_>>(),
    })
}

fn partition_json(partition: &Partition) -> Value {
    let commit = partition.stored.commit();
    json!({
        "topic": &*partition.at.topic,
        "partition": partition.at.partition,
        "offset": partition.stored.offset(),
        "lag": partition.stored.lag(),
        "first": partition.bounds.map(|(first, _)| first),
        "end": partition.bounds.map(|(_, end)| end),
        "owner": partition.owner,
        "leader_epoch": commit.and_then(|commit| commit.leader_epoch),
        "metadata": commit.map(|commit| &commit.metadata),
        "error": partition.trouble,
    })
}

/// `orders:0-3,5 payments:1`
fn compact(partitions: &[TopicPartition]) -> String {
    let sorted: BTreeSet<&TopicPartition> = partitions.iter().collect();
    let mut ranges: Vec<(&str, Vec<(i32, i32)>)> = Vec::new();
    for at in sorted {
        let number = at.partition;
        match ranges.last_mut() {
            Some((topic, list)) if **topic == *at.topic => match list.last_mut() {
                Some((_, last)) if *last + 1 == number => *last = number,
                _ => list.push((number, number)),
            },
            _ => ranges.push((&at.topic, vec![(number, number)])),
        }
    }
    let range = |(first, last): &(i32, i32)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    let topic = |(topic, list): &(&str, Vec<(i32, i32)>)| {
        let list: Vec<String> = list.iter().map(range).collect();
        format!("{topic}:{}", list.join(","))
    };
    ranges.iter().map(topic).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partitions_are_written_as_ranges_by_topic() {
        let at = |topic: &str, partition| TopicPartition::new(topic, partition);
        let has = [
            at("orders", 5),
            at("orders", 1),
            at("orders", 0),
            at("pay", 2),
            at("orders", 2),
        ];
        assert_eq!(compact(&has), "orders:0-2,5 pay:2");
        assert_eq!(compact(&[]), "");
    }
}
