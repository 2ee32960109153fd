//! Stored offsets that no open transaction is about to change.

use std::{
    collections::{BTreeMap, BTreeSet},
    thread,
    time::{Duration, Instant},
};

use kafka_protocol::messages::{
    OffsetFetchRequest,
    offset_fetch_request::{OffsetFetchRequestGroup, OffsetFetchRequestTopics},
};

use super::{
    by_topic::by_topic,
    cause::{Cause, WireError},
    client::{Client, topic_name},
    groups::{Commits, group_id, stored},
};
use crate::{
    event::{Commit, TopicPartition},
    pipeline::Permit,
};

/// `UNSTABLE_OFFSET_COMMIT` of Kafka's `Errors.java`.
const UNSTABLE_OFFSET_COMMIT: i16 = 88;
/// How long to wait before the same is asked again.
const PAUSE: Duration = Duration::from_millis(50);

/// What a group has stored; `Err` says why that is not known.
type Stable = Result<BTreeMap<TopicPartition, Commit>, Cause>;

impl Client {
    /// What `group` has stored, once no transaction is under way that would change it (KIP-447):
    /// waits for that up to `patience`. Empty also when the group does not exist.
    ///
    /// # Errors
    /// The coordinator does not answer, refuses, or a transaction stays open.
    pub fn stable_commits(
        &mut self,
        group: &str,
        coordinator: i32,
        patience: Duration,
    ) -> Result<BTreeMap<TopicPartition, Commit>, WireError> {
        let deadline = Instant::now() + patience;
        loop {
            match self.ask_stable(group, coordinator, None)? {
                Ok(commits) => return Ok(commits),
                Err(cause) if passes(&cause) && Instant::now() < deadline => thread::sleep(PAUSE),
                Err(cause) => return Err(refused(group, cause)),
            }
        }
    }

    /// [`Client::stable_commits`] of `partitions` alone, for a member of `group`: the coordinator is
    /// the one that a broker names, and is looked for again when it moves. Who joins a group makes
    /// Kafka's topic of offsets, so asking for it makes nothing more.
    ///
    /// # Errors
    /// As [`Client::stable_commits`]; an answer that does not come in time is not asked for again.
    pub fn stable_commits_of(
        &mut self,
        group: &str,
        partitions: &[TopicPartition],
        patience: Duration,
        permit: Permit,
    ) -> Result<BTreeMap<TopicPartition, Commit>, WireError> {
        let deadline = Instant::now() + patience;
        if self.brokers().is_empty() {
            self.refresh_brokers()?;
        }
        loop {
            let asked = self
                .find_coordinator(group, permit)
                .and_then(|coordinator| {
                    let stable = self.ask_stable(group, coordinator, Some(partitions))?;
                    stable.map_err(|cause| refused(group, cause))
                });
            match asked {
                Err(error) if passes(&error.cause) && Instant::now() < deadline => {
                    thread::sleep(PAUSE);
                }
                asked => return asked,
            }
        }
    }

    fn ask_stable(
        &mut self,
        group: &str,
        coordinator: i32,
        partitions: Option<&[TopicPartition]>,
    ) -> Result<Stable, WireError> {
        let asked = OffsetFetchRequestGroup::default()
            .with_group_id(group_id(group))
            .with_member_epoch(-1)
            // Null: all topics.
            .with_topics(partitions.map(requested));
        let request = OffsetFetchRequest::default()
            .with_groups(vec![asked])
            .with_require_stable(true);
        let answer = self.on_broker(coordinator, |connection| connection.call(&request))?;
        let Some(found) = answer.groups.into_iter().next() else {
            return Ok(Ok(BTreeMap::new()));
        };
        if let Some(cause) = Cause::of_code(found.error_code, &format!("group {group:?}")) {
            return Ok(Err(cause));
        }
        let commits: Commits = stored(found);
        Ok(commits
            .into_iter()
            .map(|(at, commit)| Ok((at, commit?)))
            .collect())
    }
}

fn requested(partitions: &[TopicPartition]) -> Vec<OffsetFetchRequestTopics> {
    let sorted: BTreeSet<&TopicPartition> = partitions.iter().collect();
    by_topic(sorted.into_iter().map(|at| (&at.topic, at.partition)))
        .map(|(topic, numbers)| {
            OffsetFetchRequestTopics::default()
                .with_name(topic_name(topic))
                .with_partition_indexes(numbers)
        })
        .collect()
}

/// Whether the same request may have another answer soon.
fn passes(cause: &Cause) -> bool {
    let is_unstable =
        matches!(cause, Cause::Broker { code, .. } if *code == UNSTABLE_OFFSET_COMMIT);
    is_unstable || (cause.is_retriable() && !matches!(cause, Cause::TimedOut { .. }))
}

fn refused(group: &str, cause: Cause) -> WireError {
    WireError {
        broker: format!("the coordinator of {group:?}"),
        cause,
    }
}
