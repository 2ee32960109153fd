//! Groups: who there is, who is in them, and what they have stored. Nothing here makes anything,
//! not even Kafka's own topic of offsets, which `FindCoordinator` alone would.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Instant,
};

use bytes::{Buf, Bytes};
use kafka_protocol::{
    messages::{
        ConsumerGroupDescribeRequest, ConsumerProtocolAssignment, ConsumerProtocolSubscription,
        DescribeGroupsRequest, FindCoordinatorRequest, GroupId, ListGroupsRequest,
        OffsetFetchRequest, ShareGroupDescribeRequest, TopicName, consumer_group_describe_response,
        describe_groups_response::{self, DescribedGroupMember},
        offset_fetch_request::OffsetFetchRequestGroup,
        offset_fetch_response::OffsetFetchResponseGroup,
        share_group_describe_response,
    },
    protocol::StrBytes,
};

use super::{
    cause::{Cause, WireError},
    client::Client,
    connection::Connection,
    frame,
    partial::Partial,
};
use crate::event::{
    Commit, GroupDescription, GroupListing, GroupType, Member, OFFSETS_TOPIC, TopicPartition,
};

/// What a group has stored, by partition. One without a commit is not in it.
pub type Commits = BTreeMap<TopicPartition, Result<Commit, Cause>>;

/// The state of a group without members.
const EMPTY: &str = "Empty";
/// `CoordinatorType.GROUP`
const GROUP: i8 = 0;

impl Client {
    /// Every group that may be seen, as the brokers that coordinate them list it.
    ///
    /// # Errors
    /// No broker answered at all. One that did not is among the failures.
    pub fn list_groups(&mut self) -> Result<Partial<Vec<GroupListing>>, WireError> {
        if self.brokers().is_empty() {
            self.refresh_brokers()?;
        }
        let brokers: Vec<i32> = self.brokers().keys().copied().collect();
        let request = ListGroupsRequest::default();
        let mut found = Partial::<Vec<_>>::default();
        let mut answered = false;
        let mut last = None;
        for (coordinator, answer) in
            self.on_each(brokers, |_, connection| connection.call(&request))
        {
            match answer {
                Err(error) => {
                    if let Some(WireError { broker, cause }) = last.replace(error) {
                        found.fail(broker, cause);
                    }
                }
                Ok(answer) => {
                    answered = true;
                    if let Some(cause) = Cause::of_code(answer.error_code, "ListGroups") {
                        let broker = self.address_of(coordinator)?;
                        found.fail(&*broker, cause);
                    }
                    found
                        .items
                        .extend(answer.groups.iter().map(|group| GroupListing {
                            name: Arc::from(&*group.group_id.0),
                            kind: kind(&group.group_type, &group.protocol_type),
                            state: group.group_state.to_string(),
                            coordinator,
                        }));
                }
            }
        }
        match last {
            Some(error) if !answered => return Err(error),
            Some(WireError { broker, cause }) => found.fail(broker, cause),
            None => {}
        }
        found.items.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(found)
    }

    /// Why `group` is not listed: `None` when it does not exist; else what the cluster says, as a
    /// rule that we may not know.
    ///
    /// # Errors
    /// No broker answered.
    pub fn why_unlisted(&mut self, group: &str) -> Result<Option<Cause>, WireError> {
        let topic = self.metadata(&[OFFSETS_TOPIC])?.into_iter().next();
        let missing =
            topic.is_none_or(|topic| topic.error.is_some_and(|cause| cause.is_not_found()));
        if missing {
            // Nobody has ever committed here, and asking on would make the topic.
            return Ok(None);
        }
        let key = StrBytes::from_string(group.to_owned());
        let request = FindCoordinatorRequest::default()
            .with_key_type(GROUP)
            // In the form of version 4 (KIP-699: Kafka 3.0).
            .with_coordinator_keys(vec![key]);
        let answer = self.on_any(|connection| connection.call(&request))?;
        let code = answer
            .coordinators
            .first()
            .map_or(answer.error_code, |found| found.error_code);
        Ok(Cause::of_code(code, &format!("group {group:?}")))
    }

    /// The members of `groups`. One that cannot be described is among the failures.
    pub fn describe_groups(&mut self, groups: &[&GroupListing]) -> Partial<Vec<GroupDescription>> {
        let mut shares: BTreeMap<i32, Vec<&GroupListing>> = BTreeMap::new();
        for group in groups {
            shares.entry(group.coordinator).or_default().push(group);
        }
        let answers = self.on_each(shares.keys().copied(), |id, connection| {
            describe_on(connection, shares.get(&id).map_or(&[], Vec::as_slice))
        });
        let mut found = Partial::<Vec<_>>::default();
        for (id, answer) in answers {
            match answer {
                Ok(mut answer) => {
                    found.items.append(&mut answer.items);
                    found.failures.append(&mut answer.failures);
                }
                Err(error) => found.fail(names_of(&by_coordinator(groups), id), error.cause),
            }
        }
        found
    }

    /// What `groups` have stored, in one request to each coordinator (KIP-709: Kafka 3.0). Not for
    /// share groups, see [`Client::share_offsets`]. A group without an answer is among the failures.
    pub fn commits(&mut self, groups: &[&GroupListing]) -> Partial<Vec<(Arc<str>, Commits)>> {
        let shares = by_coordinator(groups);
        // An empty list of groups is never answered by some brokers: there is none here.
        let answers = self.on_each(shares.keys().copied(), |id, connection| {
            let groups = shares.get(&id).into_iter().flatten().map(|name| {
                OffsetFetchRequestGroup::default()
                    .with_group_id(group_id(name))
                    .with_member_epoch(-1)
                    // Null: all topics.
                    .with_topics(None)
            });
            let request = OffsetFetchRequest::default().with_groups(groups.collect());
            connection.call(&request)
        });
        let mut found = Partial::<Vec<_>>::default();
        for (id, answer) in answers {
            let answer = match answer {
                Ok(answer) => answer,
                Err(WireError { cause, .. }) => {
                    found.fail(names_of(&shares, id), cause);
                    continue;
                }
            };
            for group in answer.groups {
                let name: Arc<str> = Arc::from(&*group.group_id.0);
                if let Some(cause) = Cause::of_code(group.error_code, &format!("group {name:?}")) {
                    found.fail(&*name, cause);
                    continue;
                }
                let commits = stored(group);
                found.items.push((name, commits));
            }
        }
        found
    }
}

/// What an answer says that a group has stored.
pub(super) fn stored(group: OffsetFetchResponseGroup) -> Commits {
    let mut commits = Commits::new();
    for topic in group.topics {
        let name: Arc<str> = Arc::from(&*topic.name.0);
        for partition in topic.partitions {
            let at = TopicPartition::new(name.clone(), partition.partition_index);
            let commit = match Cause::of_code(partition.error_code, &at.to_string()) {
                Some(cause) => Err(cause),
                None if partition.committed_offset < 0 => continue,
                None => Ok(Commit {
                    offset: partition.committed_offset,
                    leader_epoch: (partition.committed_leader_epoch >= 0)
                        .then_some(partition.committed_leader_epoch),
                    metadata: partition
                        .metadata
                        .map_or_else(String::new, |text| text.to_string()),
                }),
            };
            commits.insert(at, commit);
        }
    }
    commits
}

/// Asks one coordinator about its groups, all types at once.
fn describe_on(
    connection: &mut Connection,
    groups: &[&GroupListing],
) -> Result<Partial<Vec<GroupDescription>>, WireError> {
    let mut found = Partial::<Vec<_>>::default();
    let ids = |kinds: &[GroupType]| -> Vec<GroupId> {
        let wanted = groups.iter().filter(|group| kinds.contains(&group.kind));
        wanted.map(|group| group_id(&group.name)).collect()
    };
    let listing = |name: &str| groups.iter().find(|group| *group.name == *name).copied();
    let classic = ids(&[GroupType::Classic, GroupType::Simple]);
    let consumer = ids(&[GroupType::Consumer]);
    let share = ids(&[GroupType::Share]);
    let classic = (!classic.is_empty())
        .then(|| connection.send(&DescribeGroupsRequest::default().with_groups(classic)))
        .transpose()?;
    let consumer = (!consumer.is_empty())
        .then(|| connection.send(&ConsumerGroupDescribeRequest::default().with_group_ids(consumer)))
        .transpose()?;
    let share = (!share.is_empty())
        .then(|| connection.send(&ShareGroupDescribeRequest::default().with_group_ids(share)))
        .transpose()?;
    let deadline = Instant::now() + connection.request_timeout();
    if let Some(pending) = classic {
        let answer = connection.receive::<DescribeGroupsRequest>(pending, deadline)?;
        for group in answer.groups {
            let (id, code) = (group.group_id.clone(), group.error_code);
            found.add(&id, code, listing, |listing| classic_group(group, listing));
        }
    }
    if let Some(pending) = consumer {
        let answer = connection.receive::<ConsumerGroupDescribeRequest>(pending, deadline)?;
        for group in answer.groups {
            let (id, code) = (group.group_id.clone(), group.error_code);
            found.add(&id, code, listing, |listing| consumer_group(group, listing));
        }
    }
    if let Some(pending) = share {
        let answer = connection.receive::<ShareGroupDescribeRequest>(pending, deadline)?;
        for group in answer.groups {
            let (id, code) = (group.group_id.clone(), group.error_code);
            found.add(&id, code, listing, |listing| share_group(group, listing));
        }
    }
    // Streams groups have a call of their own that we do not speak: their offsets are ordinary, and
    // that nobody is in an empty one is known from its state.
    let streams = groups
        .iter()
        .filter(|group| group.kind == GroupType::Streams);
    found.items.extend(streams.map(|&listing| GroupDescription {
        listing: listing.clone(),
        epochs: None,
        assignor: String::new(),
        members: (listing.state.eq_ignore_ascii_case(EMPTY)).then(Vec::new),
    }));
    Ok(found)
}

impl Partial<Vec<GroupDescription>> {
    /// Adds a group that was described, or why it was not.
    fn add<'g>(
        &mut self,
        id: &GroupId,
        code: i16,
        listing: impl Fn(&str) -> Option<&'g GroupListing>,
        describe: impl FnOnce(GroupListing) -> GroupDescription,
    ) {
        if let Some(cause) = Cause::of_code(code, &format!("group {:?}", &*id.0)) {
            self.fail(&*id.0, cause);
        } else if let Some(listing) = listing(&id.0) {
            self.items.push(describe(listing.clone()));
        }
    }
}

fn classic_group(
    group: describe_groups_response::DescribedGroup,
    listing: GroupListing,
) -> GroupDescription {
    GroupDescription {
        listing: GroupListing {
            state: group.group_state.to_string(),
            ..listing
        },
        epochs: None,
        assignor: group.protocol_data.to_string(),
        members: Some(group.members.into_iter().map(classic_member).collect()),
    }
}

fn consumer_group(
    group: consumer_group_describe_response::DescribedGroup,
    listing: GroupListing,
) -> GroupDescription {
    let members = group.members.into_iter().map(|member| Member {
        id: member.member_id.to_string(),
        instance_id: member.instance_id.map(|id| id.to_string()),
        client_id: member.client_id.to_string(),
        host: member.client_host.to_string(),
        epoch: Some(member.member_epoch),
        subscribed: topics(&member.subscribed_topic_names),
        subscribed_regex: member
            .subscribed_topic_regex
            .map(|regex| regex.to_string())
            .filter(|regex| !regex.is_empty()),
        assigned: (member.assignment.topic_partitions.iter())
            .flat_map(|topic| partitions(&topic.topic_name, &topic.partitions))
            .collect(),
    });
    GroupDescription {
        members: Some(members.collect()),
        listing: GroupListing {
            state: group.group_state.to_string(),
            ..listing
        },
        epochs: Some((group.group_epoch, group.assignment_epoch)),
        assignor: group.assignor_name.to_string(),
    }
}

fn share_group(
    group: share_group_describe_response::DescribedGroup,
    listing: GroupListing,
) -> GroupDescription {
    let members = group.members.into_iter().map(|member| Member {
        id: member.member_id.to_string(),
        instance_id: None,
        client_id: member.client_id.to_string(),
        host: member.client_host.to_string(),
        epoch: Some(member.member_epoch),
        subscribed: topics(&member.subscribed_topic_names),
        subscribed_regex: None,
        assigned: (member.assignment.topic_partitions.iter())
            .flat_map(|topic| partitions(&topic.topic_name, &topic.partitions))
            .collect(),
    });
    GroupDescription {
        members: Some(members.collect()),
        listing: GroupListing {
            state: group.group_state.to_string(),
            ..listing
        },
        epochs: Some((group.group_epoch, group.assignment_epoch)),
        assignor: group.assignor_name.to_string(),
    }
}

fn classic_member(member: DescribedGroupMember) -> Member {
    Member {
        id: member.member_id.to_string(),
        instance_id: member.group_instance_id.map(|id| id.to_string()),
        client_id: member.client_id.to_string(),
        host: member.client_host.to_string(),
        epoch: None,
        subscribed: versioned(member.member_metadata, |mut bytes, version| {
            frame::decode::<ConsumerProtocolSubscription>(&mut bytes, version).ok()
        })
        .map(|subscription| {
            subscription
                .topics
                .iter()
                .map(|name| Arc::from(&**name))
                .collect()
        })
        .unwrap_or_default(),
        subscribed_regex: None,
        assigned: versioned(member.member_assignment, |mut bytes, version| {
            frame::decode::<ConsumerProtocolAssignment>(&mut bytes, version).ok()
        })
        .map(|assignment| {
            assignment
                .assigned_partitions
                .iter()
                .flat_map(|topic| partitions(&topic.topic, &topic.partitions))
                .collect()
        })
        .unwrap_or_default(),
    }
}

/// What members tell each other through the coordinator begins with its version
/// (`ConsumerProtocol.java`); the newest that we know reads the newer ones, too. `None` when it is
/// something else: groups of Kafka Connect are classic as well.
fn versioned<T>(mut bytes: Bytes, decode: impl Fn(Bytes, i16) -> Option<T>) -> Option<T> {
    const NEWEST: i16 = 3;
    let version = bytes.try_get_i16().ok()?;
    (version >= 0).then(|| decode(bytes, version.min(NEWEST)))?
}

fn kind(group_type: &str, protocol_type: &str) -> GroupType {
    match GroupType::parse(group_type).unwrap_or(GroupType::Classic) {
        // As `isSimpleConsumerGroup` of Kafka's Admin.
        GroupType::Classic if protocol_type.is_empty() => GroupType::Simple,
        kind => kind,
    }
}

/// The names of groups by the broker that coordinates them.
pub(super) fn by_coordinator(groups: &[&GroupListing]) -> BTreeMap<i32, BTreeSet<Arc<str>>> {
    let mut shares: BTreeMap<i32, BTreeSet<Arc<str>>> = BTreeMap::new();
    for group in groups {
        let names = shares.entry(group.coordinator).or_default();
        names.insert(group.name.clone());
    }
    shares
}

/// The groups of one coordinator, for a message.
pub(super) fn names_of(shares: &BTreeMap<i32, BTreeSet<Arc<str>>>, id: i32) -> String {
    let names = shares.get(&id).into_iter().flatten();
    names.map(|name| &**name).collect::<Vec<_>>().join(", ")
}

/// The name of a group in the protocol's own type.
pub(super) fn group_id(name: &str) -> GroupId {
    GroupId(StrBytes::from_string(name.to_owned()))
}

fn topics(names: &[TopicName]) -> Vec<Arc<str>> {
    names.iter().map(|name| Arc::from(&*name.0)).collect()
}

fn partitions<'p>(
    topic: &TopicName,
    partitions: &'p [i32],
) -> impl Iterator<Item = TopicPartition> + use<'p> {
    let topic: Arc<str> = Arc::from(&*topic.0);
    partitions
        .iter()
        .map(move |&partition| TopicPartition::new(topic.clone(), partition))
}
