//! What one coordinator tells of one group.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    event::{Commit, GroupDescription, GroupListing, TopicPartition},
    kafka::wire::{Client, Commits, Unanswered},
};

/// A coordinator that does not tell of a group.
#[derive(Debug, thiserror::Error)]
pub enum GroupUnanswered {
    /// Its state and members.
    #[error("group {0:?} cannot be described")]
    Description(Arc<str>, Option<Unanswered>),
    /// Its offsets.
    #[error("the offsets of group {0:?} cannot be read")]
    Offsets(Arc<str>, Option<Unanswered>),
}

/// The state and the members of `group` now.
///
/// # Errors
/// The coordinator does not tell.
pub fn describe_group(
    client: &mut Client,
    group: &GroupListing,
) -> Result<GroupDescription, GroupUnanswered> {
    let mut described = client.describe_groups(&[group]);
    let failure = described.failures.pop();
    let description = described.items.pop();
    description.ok_or_else(|| GroupUnanswered::Description(group.name.clone(), failure))
}

/// The commits of `group`.
///
/// # Errors
/// The coordinator does not tell.
pub fn group_commits(
    client: &mut Client,
    group: &GroupListing,
) -> Result<Commits, GroupUnanswered> {
    let mut found = client.commits(&[group]);
    let failure = found.failures.pop();
    let commits = found.items.pop().map(|(_, commits)| commits);
    commits.ok_or_else(|| GroupUnanswered::Offsets(group.name.clone(), failure))
}

/// The commits that the coordinator told, without those it refused.
pub fn known_commits(commits: &Commits) -> BTreeMap<TopicPartition, Commit> {
    let known = commits.iter();
    known
        .filter_map(|(at, commit)| Some((at.clone(), commit.as_ref().ok()?.clone())))
        .collect()
}
