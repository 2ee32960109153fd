//! What is changed about groups from outside of them: stored offsets, and groups as a whole. None
//! of it is sent twice; the coordinator refuses it where members could be surprised.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use kafka_protocol::{
    messages::{
        DeleteGroupsRequest, FindCoordinatorRequest, OffsetCommitRequest, OffsetCommitResponse,
        OffsetDeleteRequest,
        offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
        offset_delete_request::{OffsetDeleteRequestPartition, OffsetDeleteRequestTopic},
    },
    protocol::StrBytes,
};

use super::{
    by_topic::by_topic,
    cause::{Cause, WireError},
    client::{Client, topic_name},
    groups::{by_coordinator, group_id},
    partial::Partial,
};
use crate::{
    event::{Commit, GroupListing, TopicPartition},
    pipeline::Permit,
};

/// `NON_EMPTY_GROUP` of Kafka's `Errors.java`.
pub const NON_EMPTY_GROUP: i16 = 68;
/// `GROUP_SUBSCRIBED_TO_TOPIC` of Kafka's `Errors.java`.
pub const GROUP_SUBSCRIBED_TO_TOPIC: i16 = 86;
/// `UNKNOWN_MEMBER_ID` of Kafka's `Errors.java`: what a commit from outside is told by a group that
/// has members.
pub const UNKNOWN_MEMBER_ID: i16 = 25;

/// The most partitions in one commit, whose records the coordinator writes in one batch: it has to
/// fit into `max.message.bytes`, a megabyte, with names of 249 characters and some metadata.
const COMMIT_PARTITIONS: usize = 1_000;
/// `COORDINATOR_LOAD_IN_PROGRESS`, `COORDINATOR_NOT_AVAILABLE` and `NOT_COORDINATOR`: said of the
/// whole group, as by a broker whose part of Kafka's topic of offsets was made a moment ago.
pub(super) const BEGINNING: [i16; 3] = [14, 15, 16];
/// How long that may take.
pub(super) const SETTLING: Duration = Duration::from_secs(5);
/// `CoordinatorType.GROUP`
const GROUP: i8 = 0;

/// What became of each partition: nothing to say, or why not.
pub type Changed = BTreeMap<TopicPartition, Result<(), Cause>>;

impl Client {
    /// The broker that coordinates `group`, also one that does not exist yet: as somebody is about
    /// to write there, Kafka's topic of offsets may be made for it.
    ///
    /// # Errors
    /// No broker answered, or nobody coordinates it.
    pub fn find_coordinator(&mut self, group: &str, _permit: Permit) -> Result<i32, WireError> {
        self.coordinator_of(group, GROUP, &format!("group {group:?}"))
    }

    /// The broker that coordinates what `key` names: a group, or a transactional id.
    pub(super) fn coordinator_of(
        &mut self,
        key: &str,
        key_type: i8,
        what: &str,
    ) -> Result<i32, WireError> {
        let key = StrBytes::from_string(key.to_owned());
        let request = FindCoordinatorRequest::default()
            .with_key_type(key_type)
            // In the form of version 4 (KIP-699: Kafka 3.0).
            .with_coordinator_keys(vec![key]);
        self.on_any(|connection| {
            let answer = connection.call(&request)?;
            let first = answer.coordinators.first();
            let code = first.map_or(answer.error_code, |found| found.error_code);
            match Cause::of_code(code, what) {
                None => Ok(first.map_or(answer.node_id.0, |found| found.node_id.0)),
                Some(cause) => Err(WireError {
                    broker: connection.broker().to_string(),
                    cause,
                }),
            }
        })
    }

    /// Stores offsets for `group`, as if a member had committed them; `coordinator` takes them only
    /// while the group is empty. Each partition has its own answer; those of a request that got none
    /// are failed with its cause, and may have been stored.
    pub fn commit_offsets(
        &mut self,
        group: &str,
        coordinator: i32,
        offsets: &BTreeMap<TopicPartition, Commit>,
        _permit: Permit,
    ) -> Changed {
        let mut changed = Changed::new();
        let all: Vec<_> = offsets.iter().collect();
        for some in all.chunks(COMMIT_PARTITIONS) {
            let request = commit_request(group, some);
            match self.commit(coordinator, &request) {
                Err(error) => {
                    let refused = || Err(unanswered(&error));
                    changed.extend(some.iter().map(|(at, _)| ((*at).clone(), refused())));
                }
                Ok(answer) => {
                    for topic in answer.topics {
                        let name: Arc<str> = Arc::from(&*topic.name.0);
                        for partition in topic.partitions {
                            let at = TopicPartition::new(name.clone(), partition.partition_index);
                            let done = outcome(partition.error_code, &at, group);
                            changed.insert(at, done);
                        }
                    }
                }
            }
        }
        changed
    }

    /// Sends a commit; again, for a while, as long as the coordinator says that it has not begun to
    /// work: then nothing was stored.
    fn commit(
        &mut self,
        coordinator: i32,
        request: &OffsetCommitRequest,
    ) -> Result<OffsetCommitResponse, WireError> {
        let deadline = Instant::now() + SETTLING;
        loop {
            let answer = self.on_broker(coordinator, |connection| connection.call(request))?;
            let mut codes = answer.topics.iter().flat_map(|topic| &topic.partitions);
            let settling = codes.any(|partition| BEGINNING.contains(&partition.error_code));
            if !settling || Instant::now() > deadline {
                return Ok(answer);
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Deletes what `group` has stored in `partitions`. Its members may not want the topics.
    ///
    /// # Errors
    /// The coordinator did not answer, or refuses the whole group.
    pub fn delete_offsets(
        &mut self,
        group: &GroupListing,
        partitions: &BTreeSet<TopicPartition>,
        _permit: Permit,
    ) -> Result<Changed, WireError> {
        let each = partitions.iter().map(|at| {
            let partition = OffsetDeleteRequestPartition::default();
            (&at.topic, partition.with_partition_index(at.partition))
        });
        let topics = by_topic(each).map(|(topic, partitions)| {
            OffsetDeleteRequestTopic::default()
                .with_name(topic_name(topic))
                .with_partitions(partitions)
        });
        let request = OffsetDeleteRequest::default()
            .with_group_id(group_id(&group.name))
            .with_topics(topics.collect());
        let answer = self.on_broker(group.coordinator, |connection| {
            let answer = connection.call(&request)?;
            match Cause::of_code(answer.error_code, &format!("group {:?}", group.name)) {
                None => Ok(answer),
                Some(cause) => Err(WireError {
                    broker: connection.broker().to_string(),
                    cause,
                }),
            }
        })?;
        let mut changed = Changed::new();
        for topic in answer.topics {
            let name: Arc<str> = Arc::from(&*topic.name.0);
            for partition in topic.partitions {
                let at = TopicPartition::new(name.clone(), partition.partition_index);
                let done = outcome(partition.error_code, &at, &group.name);
                changed.insert(at, done);
            }
        }
        Ok(changed)
    }

    /// Deletes `groups` with all that they have stored, and answers with the names of those that
    /// are gone. One that the cluster does not delete is among the failures, by its name.
    pub fn delete_groups(
        &mut self,
        groups: &[&GroupListing],
        _permit: Permit,
    ) -> Partial<Vec<Arc<str>>> {
        let mut deleted = Partial::<Vec<_>>::default();
        for (coordinator, names) in by_coordinator(groups) {
            let ids = names.iter().map(|name| group_id(name));
            let request = DeleteGroupsRequest::default().with_groups_names(ids.collect());
            match self.on_broker(coordinator, |connection| connection.call(&request)) {
                Err(error) => {
                    for name in names {
                        deleted.fail(&*name, unanswered(&error));
                    }
                }
                Ok(answer) => {
                    for result in answer.results {
                        let name: Arc<str> = Arc::from(&*result.group_id.0);
                        match Cause::of_code(result.error_code, &format!("group {name:?}")) {
                            None => deleted.items.push(name),
                            Some(cause) => deleted.fail(&*name, cause),
                        }
                    }
                }
            }
        }
        deleted
    }
}

/// `GROUP_AUTHORIZATION_FAILED` and its like stand on every partition: they are about the group.
fn outcome(code: i16, at: &TopicPartition, group: &str) -> Result<(), Cause> {
    const GROUP_AUTHORIZATION_FAILED: i16 = 30;
    let what = if code == GROUP_AUTHORIZATION_FAILED {
        format!("group {group:?}")
    } else {
        at.to_string()
    };
    Cause::of_code(code, &what).map_or(Ok(()), Err)
}

/// The cause of one failed request, once more: of a request for many things, each has it.
fn unanswered(error: &WireError) -> Cause {
    Cause::Unreachable(std::io::Error::other(error.to_string()))
}

fn commit_request(group: &str, offsets: &[(&TopicPartition, &Commit)]) -> OffsetCommitRequest {
    let each = offsets.iter().map(|(at, commit)| {
        let partition = OffsetCommitRequestPartition::default()
            .with_partition_index(at.partition)
            .with_committed_offset(commit.offset)
            .with_committed_leader_epoch(commit.leader_epoch.unwrap_or(-1))
            .with_committed_metadata(Some(StrBytes::from_string(commit.metadata.clone())));
        (&at.topic, partition)
    });
    let topics = by_topic(each).map(|(topic, partitions)| {
        OffsetCommitRequestTopic::default()
            .with_name(topic_name(topic))
            .with_partitions(partitions)
    });
    // No member, and a generation below zero: somebody from outside (`GroupMetadataManager`), for
    // every type of group as long as it is empty.
    OffsetCommitRequest::default()
        .with_group_id(group_id(group))
        .with_generation_id_or_member_epoch(-1)
        .with_topics(topics.collect())
}
