//! What groups have stored.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    event::{Commit, GroupListing, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::wire::{Client, Commits},
    offsets::StoredOffset,
};

/// What `group` has stored.
///
/// # Errors
/// Its coordinator does not tell.
pub(in crate::cmd) fn of(client: &mut Client, group: &GroupListing) -> Result<Commits, Failure> {
    let mut found = client.commits(&[group]);
    match (found.items.pop(), found.failures.pop()) {
        (Some((_, commits)), _) => Ok(commits),
        (None, failure) => {
            let message = format!("the offsets of group {:?} cannot be read", group.name);
            let refused = Failure::new(Exit::Unreachable, message);
            Err(failure
                .into_iter()
                .fold(refused, |refused, failure| refused.cause(failure.cause)))
        }
    }
}

/// What a group has stored, as far as it was told.
pub(in crate::cmd) type Known = BTreeMap<TopicPartition, Commit>;

/// Those that were told, by partition.
pub(in crate::cmd) fn known(commits: &Commits) -> Known {
    let known = commits.iter();
    known
        .filter_map(|(at, commit)| Some((at.clone(), commit.as_ref().ok()?.clone())))
        .collect()
}

/// Lines for a file.
pub(super) fn lines<'c>(
    group: &Arc<str>,
    commits: impl IntoIterator<Item = (&'c TopicPartition, Option<&'c Commit>)>,
) -> Vec<StoredOffset> {
    commits
        .into_iter()
        .map(|(at, commit)| StoredOffset {
            group: Some(group.clone()),
            at: at.clone(),
            commit: commit.cloned(),
        })
        .collect()
}
