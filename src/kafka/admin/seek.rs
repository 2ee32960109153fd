//! A seek: commits new offsets of a group, and reads them back.

use std::{
    collections::BTreeMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use ring::rand::{SystemRandom, generate};

use super::{GroupUnanswered, group_commits, known_commits};
use crate::{
    event::{Commit, GroupListing, GroupType, TopicPartition},
    kafka::wire::{Cause, Changed, Client, WireError},
    offsets::{PartitionError, PartitionErrorKind, SeekPlan},
    pipeline::Permit,
};

/// How long the coordinator of a new group may take to be ready: `__consumer_offsets` may have to be
/// created first.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longer than a seek takes from its last read to its commit.
const AT_ONCE: Duration = Duration::from_millis(100);

/// What came of a seek.
#[derive(Debug, Default)]
pub struct SeekOutcome {
    /// The partitions that were not moved.
    pub errors: BTreeMap<TopicPartition, PartitionError>,
    /// A partition of a topic that the user may not commit to.
    pub denied: Option<TopicPartition>,
    /// Why the new offsets could not be read back.
    pub unread: Option<GroupUnanswered>,
}

/// The coordinator of a group that does not exist yet.
///
/// # Errors
/// No broker coordinates it.
pub fn new_group(
    client: &mut Client,
    name: &str,
    permit: Permit,
) -> Result<GroupListing, WireError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match client.find_coordinator(name, permit) {
            Ok(coordinator) => {
                return Ok(GroupListing {
                    name: Arc::from(name),
                    kind: GroupType::Simple,
                    state: "Empty".to_owned(),
                    coordinator,
                });
            }
            Err(error) if error.cause.is_retriable() && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(50));
            }
            Err(error) => return Err(error),
        }
    }
}

/// Tells the offsets of one seek from those of another.
fn signature() -> String {
    let random = generate::<[u8; 8]>(&SystemRandom::new());
    let random = random.map_or(0, |random| u64::from_be_bytes(random.expose()));
    format!("evctl groups seek {random:016x}")
}

/// Commits the new offsets with a signature as their metadata, and reads it back after a moment:
/// Kafka does not tell two seeks apart that read and commit at the same time, of which the later one
/// replaces the offsets of the other. Offsets of another process become errors of `outcome`, and are
/// taken out of `wanted`.
fn sign(
    client: &mut Client,
    group: &GroupListing,
    wanted: &mut BTreeMap<TopicPartition, Commit>,
    outcome: &mut SeekOutcome,
    permit: Permit,
) -> Changed {
    let signature = signature();
    let signed = wanted.iter().map(|(at, new)| {
        let metadata = signature.clone();
        (
            at.clone(),
            Commit {
                metadata,
                ..new.clone()
            },
        )
    });
    let answers = client.commit_offsets(&group.name, group.coordinator, &signed.collect(), permit);
    thread::sleep(AT_ONCE);
    // Without an answer, those to the commits have to do.
    let Ok(stored) = group_commits(client, group) else {
        return answers;
    };
    let stored = known_commits(&stored);
    wanted.retain(|at, _| {
        let found = stored.get(at);
        let kept = found.is_some_and(|found| found.metadata == signature);
        if kept || !answers.get(at).is_some_and(Result::is_ok) {
            return true;
        }
        let place = found.map_or_else(|| "nowhere".to_owned(), |found| found.offset.to_string());
        let text = format!("another process moved it at the same time, to {place}");
        let error = PartitionError::new(PartitionErrorKind::Lost, text);
        outcome.errors.insert(at.clone(), error);
        false
    });
    answers
}

/// Commits the new offsets and reads them back: the stored offset counts, not the answer.
pub fn seek(
    client: &mut Client,
    group: &GroupListing,
    plan: &SeekPlan,
    permit: Permit,
) -> SeekOutcome {
    let mut wanted: BTreeMap<TopicPartition, Commit> = plan
        .changes()
        .map(|moved| (moved.at.clone(), moved.new.clone()))
        .collect();
    let mut outcome = SeekOutcome::default();
    let mut answers = sign(client, group, &mut wanted, &mut outcome, permit);
    let taken: BTreeMap<TopicPartition, Commit> = (wanted.iter())
        .filter(|(at, _)| answers.get(*at).is_some_and(Result::is_ok))
        .map(|(at, new)| (at.clone(), new.clone()))
        .collect();
    if !taken.is_empty() {
        answers.extend(client.commit_offsets(&group.name, group.coordinator, &taken, permit));
    }
    let stored = group_commits(client, group).map(|stored| known_commits(&stored));
    for (at, new) in &wanted {
        let there = match &stored {
            Ok(stored) => stored.get(at).map(|commit| commit.offset) == Some(new.offset),
            // Then the answer has to do.
            Err(_) => answers.get(at).is_some_and(Result::is_ok),
        };
        if there {
            continue;
        }
        let error = match answers.get(at) {
            Some(Err(cause)) => {
                if matches!(cause, Cause::NotAuthorized { .. }) {
                    outcome.denied = Some(at.clone());
                }
                PartitionError::from(cause)
            }
            Some(Ok(())) => PartitionError::new(
                PartitionErrorKind::Lost,
                "was taken, and is not there when it is read back",
            ),
            None => PartitionError::new(
                PartitionErrorKind::Unreachable,
                "the coordinator left it out of its answer",
            ),
        };
        outcome.errors.insert(at.clone(), error);
    }
    outcome.unread = stored.err();
    outcome
}
