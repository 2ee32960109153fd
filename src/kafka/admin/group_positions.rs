//! The offsets that groups have on topics: commits, and start offsets of share groups.

use crate::{
    event::{GroupListing, GroupType},
    kafka::wire::{Client, Unanswered, WireError},
    topics::GroupPositions,
};

/// The offsets of all groups that may be seen, and what is missing.
#[derive(Debug, Default)]
pub struct FoundPositions {
    /// The offsets.
    pub positions: GroupPositions,
    /// Brokers that did not list their groups.
    pub unlisted: Vec<Unanswered>,
    /// Groups whose offsets are not known.
    pub unknown: Vec<Unanswered>,
}

/// Asks for the offsets of every group.
///
/// # Errors
/// No broker lists groups.
pub fn group_positions(client: &mut Client) -> Result<FoundPositions, WireError> {
    let listed = client.list_groups()?;
    let (share, others): (Vec<&GroupListing>, Vec<&GroupListing>) = listed
        .items
        .iter()
        .partition(|group| group.kind == GroupType::Share);
    let mut found = FoundPositions {
        unlisted: listed.failures,
        ..FoundPositions::default()
    };
    let commits = client.commits(&others);
    for (group, commits) in &commits.items {
        for (at, commit) in commits {
            let offset = commit.as_ref().ok().map(|commit| commit.offset);
            found.positions.add(group, at, offset);
        }
    }
    let offsets = client.share_offsets(&share);
    for (group, offsets) in &offsets.items {
        for (at, share) in offsets {
            let start = share.as_ref().ok().and_then(|share| share.start);
            found.positions.add(group, at, start);
        }
    }
    found.unknown = commits.failures;
    found.unknown.extend(offsets.failures);
    Ok(found)
}
