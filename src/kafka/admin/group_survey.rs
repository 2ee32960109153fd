//! Groups with their members and offsets.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::partition_bounds;
use crate::{
    event::{GroupDescription, GroupListing, GroupType, TopicPartition},
    kafka::wire::{Cause, Client, Commits, ShareOffsets, Unanswered, WireError},
    offsets::{GroupPartition, GroupSurvey},
};

/// Whether `failure` is about the group called `name`: that of a coordinator names all the groups
/// that it was asked about.
pub fn concerns(failure: &Unanswered, name: &str) -> bool {
    failure.what == name || failure.what.split(", ").any(|part| part == name)
}

/// Asks for all groups at once: members, offsets, then the bounds of partitions.
///
/// # Errors
/// No broker answers.
pub fn survey_groups(
    client: &mut Client,
    listings: &[GroupListing],
) -> Result<Vec<GroupSurvey>, WireError> {
    let (share, others): (Vec<&GroupListing>, Vec<&GroupListing>) = listings
        .iter()
        .partition(|group| group.kind == GroupType::Share);
    let described = client.describe_groups(&listings.iter().collect::<Vec<_>>());
    let commits = client.commits(&others);
    let starts = client.share_offsets(&share);

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
    let mut groups: Vec<GroupSurvey> = listings
        .iter()
        .map(|listing| {
            let name = &listing.name;
            let description = descriptions.remove(name);
            let commits = commits.remove(name).unwrap_or_default();
            let starts = starts.remove(name).unwrap_or_default();
            let errors = failures.iter();
            let errors = errors.filter(|failure| concerns(failure, name));
            GroupSurvey {
                partitions: partitions(description.as_ref(), commits, starts),
                errors: errors.map(|failure| failure.cause.to_string()).collect(),
                listing: listing.clone(),
                description,
            }
        })
        .collect();

    let every = groups.iter().flat_map(|group| &group.partitions);
    let every: BTreeSet<TopicPartition> = every.map(|partition| partition.at.clone()).collect();
    let bounds = partition_bounds(client, &every, None)?;
    for partition in groups.iter_mut().flat_map(|group| &mut group.partitions) {
        match bounds.get(&partition.at) {
            Some(Ok(known)) => partition.bounds = Some((known.bounds.earliest, known.bounds.end)),
            Some(Err(error)) if partition.error.is_none() => {
                partition.error = Some(error.text.clone());
            }
            _ => {}
        }
    }
    Ok(groups)
}

/// The partitions that the group has offsets on, or that a member has, by topic and number.
fn partitions(
    description: Option<&GroupDescription>,
    commits: Commits,
    starts: ShareOffsets,
) -> Vec<GroupPartition> {
    let new = |at: &TopicPartition, refused: Option<&Cause>| GroupPartition {
        at: at.clone(),
        offset: None,
        lag: None,
        leader_epoch: None,
        metadata: None,
        bounds: None,
        owner: description
            .and_then(|description| description.owner(at))
            .map(|member| member.client_id.clone()),
        error: refused.map(ToString::to_string),
    };
    let mut all: BTreeMap<TopicPartition, GroupPartition> = BTreeMap::new();
    for (at, commit) in commits {
        let mut partition = new(&at, commit.as_ref().err());
        if let Ok(commit) = commit {
            partition.offset = Some(commit.offset);
            partition.leader_epoch = commit.leader_epoch;
            partition.metadata = Some(commit.metadata);
        }
        all.insert(at, partition);
    }
    for (at, share) in starts {
        let mut partition = new(&at, share.as_ref().err());
        if let Ok(share) = share {
            (partition.offset, partition.lag) = (share.start, share.lag);
        }
        all.insert(at, partition);
    }
    let members = description.and_then(|description| description.members.as_ref());
    let assigned = members
        .into_iter()
        .flatten()
        .flat_map(|member| &member.assigned);
    for at in assigned {
        all.entry(at.clone()).or_insert_with(|| new(at, None));
    }
    all.into_values().collect()
}
