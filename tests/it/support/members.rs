//! Groups of every type, made by hand: each member speaks the protocol over a connection of its
//! own, and stays until it is dropped.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI32, AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use bytes::{BufMut, Bytes, BytesMut};
use kafka_protocol::{
    messages::{
        ApiKey, ConsumerGroupHeartbeatRequest, ConsumerGroupHeartbeatResponse,
        ConsumerProtocolAssignment, ConsumerProtocolSubscription, FindCoordinatorRequest,
        FindCoordinatorResponse, GroupId, HeartbeatRequest, HeartbeatResponse,
        IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse, JoinGroupRequest,
        JoinGroupResponse, LeaveGroupRequest, LeaveGroupResponse, ListGroupsRequest,
        ListGroupsResponse, MetadataRequest, MetadataResponse, OffsetCommitRequest,
        OffsetCommitResponse, OffsetFetchRequest, OffsetFetchResponse, ShareFetchRequest,
        ShareFetchResponse, ShareGroupHeartbeatRequest, ShareGroupHeartbeatResponse,
        SyncGroupRequest, SyncGroupResponse,
        consumer_group_heartbeat_request::TopicPartitions,
        consumer_protocol_assignment,
        incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig},
        join_group_request::JoinGroupRequestProtocol,
        leave_group_request::MemberIdentity,
        metadata_request::MetadataRequestTopic,
        offset_commit_request::{OffsetCommitRequestPartition, OffsetCommitRequestTopic},
        offset_fetch_request::OffsetFetchRequestGroup,
        share_fetch_request::{AcknowledgementBatch, FetchPartition, FetchTopic},
        sync_group_request::SyncGroupRequestAssignment,
    },
    protocol::Encodable,
};

use super::{
    until,
    wire::{Wire, ask, text, topic_name},
};

/// How often a member says that it is there; sessions last many times longer.
const BEAT: Duration = Duration::from_millis(500);
pub(super) const SESSION_MS: i32 = 30_000;
/// What members call themselves; the broker shows it.
pub const CLIENT_ID: &str = "hand-driven";

const MEMBER_ID_REQUIRED: i16 = 79;
/// A coordinator that is found is not always one already.
pub(super) const LOADING: i16 = 14;
pub(super) const NOT_AVAILABLE: i16 = 15;
pub(super) const NOT_COORDINATOR: i16 = 16;

fn group_id(name: &str) -> GroupId {
    GroupId(text(name))
}

/// The names of all groups there are, in order: what must be the same after looking.
pub fn list_groups(broker: &str) -> Vec<String> {
    let request = ListGroupsRequest::default();
    let answer: ListGroupsResponse = ask(broker, ApiKey::ListGroups, 4, &request);
    assert_eq!(answer.error_code, 0);
    let names = answer.groups.iter().map(|group| group.group_id.to_string());
    let mut names: Vec<String> = names.collect();
    names.sort_unstable();
    names
}

/// Waits until the broker coordinates `group`, for which it makes Kafka's own topic of offsets when
/// there is none yet: no member does without.
pub(super) fn find_coordinator(broker: &str, group: &str) {
    let request = FindCoordinatorRequest::default().with_key(text(group));
    until(&format!("{group} has a coordinator"), || {
        let answer: FindCoordinatorResponse = ask(broker, ApiKey::FindCoordinator, 3, &request);
        answer.error_code == 0
    });
}

/// Stores offsets for a group without being a member of it, as tools and consumers do that assign
/// partitions to themselves.
#[track_caller]
pub fn commit(broker: &str, group: &str, offsets: &[(&str, i32, i64)]) {
    find_coordinator(broker, group);
    let request = commit_request(group, offsets);
    // The coordinator may still be loading.
    until(&format!("{group} has its offsets"), || {
        let codes = commit_codes(&mut Wire::to(broker, Some(CLIENT_ID)), &request);
        codes.iter().all(|code| *code == 0)
    });
}

/// As [`commit`], of one partition, with metadata.
pub fn commit_with_metadata(broker: &str, group: &str, offset: (&str, i32, i64), metadata: &str) {
    find_coordinator(broker, group);
    let mut request = commit_request(group, &[offset]);
    request.topics[0].partitions[0].committed_metadata = Some(text(metadata));
    until(&format!("{group} has its offset"), || {
        commit_codes(&mut Wire::to(broker, Some(CLIENT_ID)), &request) == [0]
    });
}

/// What a group has stored, in order.
pub fn committed(broker: &str, group: &str) -> Vec<(String, i32, i64)> {
    let asked = OffsetFetchRequestGroup::default()
        .with_group_id(group_id(group))
        .with_member_epoch(-1)
        .with_topics(None);
    let request = OffsetFetchRequest::default().with_groups(vec![asked]);
    let answer: OffsetFetchResponse = ask(broker, ApiKey::OffsetFetch, 8, &request);
    let group = &answer.groups[0];
    assert_eq!(group.error_code, 0);
    let mut offsets = Vec::new();
    for topic in &group.topics {
        for partition in &topic.partitions {
            assert_eq!(partition.error_code, 0);
            offsets.push((
                topic.name.to_string(),
                partition.partition_index,
                partition.committed_offset,
            ));
        }
    }
    offsets.sort_unstable();
    offsets
}

pub(super) fn commit_request(group: &str, offsets: &[(&str, i32, i64)]) -> OffsetCommitRequest {
    let topics = offsets.iter().map(|(topic, partition, offset)| {
        let partition = OffsetCommitRequestPartition::default()
            .with_partition_index(*partition)
            .with_committed_offset(*offset);
        OffsetCommitRequestTopic::default()
            .with_name(topic_name(topic))
            .with_partitions(vec![partition])
    });
    OffsetCommitRequest::default()
        .with_group_id(group_id(group))
        .with_topics(topics.collect())
}

pub(super) fn commit_codes(wire: &mut Wire, request: &OffsetCommitRequest) -> Vec<i16> {
    let answer: OffsetCommitResponse = wire.ask(ApiKey::OffsetCommit, 9, request);
    let partitions = answer.topics.iter().flat_map(|topic| &topic.partitions);
    partitions.map(|partition| partition.error_code).collect()
}

/// A thread that says again and again that a member is there, and says good-bye when dropped.
pub(super) struct Heart {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Heart {
    pub(super) fn start(
        mut wire: Wire,
        mut beat: impl FnMut(&mut Wire) + Send + 'static,
        leave: impl FnOnce(&mut Wire) + Send + 'static,
    ) -> Self {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            while stopped.recv_timeout(BEAT) == Err(RecvTimeoutError::Timeout) {
                beat(&mut wire);
            }
            leave(&mut wire);
        });
        Self {
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Heart {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(Err(panic)) = self.thread.take().map(JoinHandle::join)
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

/// A member of a classic group, its only one and so its leader. Dropped it leaves.
pub struct ClassicMember {
    broker: String,
    group: String,
    /// What the coordinator calls it.
    pub id: String,
    generation: i32,
    _heart: Heart,
}

impl ClassicMember {
    /// Joins `group`, subscribes to `topics` and takes `partitions`.
    pub fn join(broker: &str, group: &str, topics: &[&str], partitions: &[(&str, i32)]) -> Self {
        find_coordinator(broker, group);
        let mut wire = Wire::to(broker, Some(CLIENT_ID));
        let topics = topics.iter().map(|name| text(name)).collect();
        let subscription = ConsumerProtocolSubscription::default().with_topics(topics);
        let protocol = JoinGroupRequestProtocol::default()
            .with_name(text("range"))
            .with_metadata(versioned(&subscription));
        let mut request = JoinGroupRequest::default()
            .with_group_id(group_id(group))
            .with_session_timeout_ms(SESSION_MS)
            .with_rebalance_timeout_ms(SESSION_MS)
            .with_protocol_type(text("consumer"))
            .with_protocols(vec![protocol]);
        let mut joined = JoinGroupResponse::default();
        until(&format!("somebody has joined {group}"), || {
            joined = wire.ask(ApiKey::JoinGroup, 5, &request);
            if joined.error_code == MEMBER_ID_REQUIRED {
                request.member_id = joined.member_id.clone();
            }
            joined.error_code == 0
        });
        assert_eq!(joined.leader, joined.member_id, "{group} has other members");

        let assigned = partitions.iter().map(|(topic, partition)| {
            consumer_protocol_assignment::TopicPartition::default()
                .with_topic(topic_name(topic))
                .with_partitions(vec![*partition])
        });
        let assignment =
            ConsumerProtocolAssignment::default().with_assigned_partitions(assigned.collect());
        let own = SyncGroupRequestAssignment::default()
            .with_member_id(joined.member_id.clone())
            .with_assignment(versioned(&assignment));
        let request = SyncGroupRequest::default()
            .with_group_id(group_id(group))
            .with_generation_id(joined.generation_id)
            .with_member_id(joined.member_id.clone())
            .with_assignments(vec![own]);
        let synced: SyncGroupResponse = wire.ask(ApiKey::SyncGroup, 3, &request);
        assert_eq!(synced.error_code, 0, "{group}");

        let beat = HeartbeatRequest::default()
            .with_group_id(group_id(group))
            .with_generation_id(joined.generation_id)
            .with_member_id(joined.member_id.clone());
        let leaving = MemberIdentity::default().with_member_id(joined.member_id.clone());
        let leave = LeaveGroupRequest::default()
            .with_group_id(group_id(group))
            .with_members(vec![leaving]);
        let heart = Heart::start(
            wire,
            move |wire| {
                let answer: HeartbeatResponse = wire.ask(ApiKey::Heartbeat, 3, &beat);
                assert_eq!(answer.error_code, 0);
            },
            move |wire| {
                let _: LeaveGroupResponse = wire.ask(ApiKey::LeaveGroup, 3, &leave);
            },
        );
        Self {
            broker: broker.to_owned(),
            group: group.to_owned(),
            id: joined.member_id.to_string(),
            generation: joined.generation_id,
            _heart: heart,
        }
    }

    /// Stores offsets as a member does.
    pub fn commit(&self, offsets: &[(&str, i32, i64)]) {
        let request = commit_request(&self.group, offsets)
            .with_member_id(text(&self.id))
            .with_generation_id_or_member_epoch(self.generation);
        let codes = commit_codes(&mut Wire::to(&self.broker, Some(CLIENT_ID)), &request);
        assert!(codes.iter().all(|code| *code == 0), "{codes:?}");
    }
}

/// What members tell each other begins with its version.
fn versioned(message: &impl Encodable) -> Bytes {
    let mut bytes = BytesMut::new();
    bytes.put_i16(0);
    message.encode(&mut bytes, 0).unwrap();
    bytes.freeze()
}

/// The id of a new member of the newer protocols, which members choose by themselves: 16 bytes in
/// base64, as Kafka's `Uuid` writes them.
pub(super) fn new_member_id() -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed) as u64;
    let process = u64::from(std::process::id());
    let bytes = [process.to_be_bytes(), number.to_be_bytes()].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A member of a group of the new protocol (KIP-848, Kafka 4.0). Dropped it leaves.
pub struct ConsumerMember {
    broker: String,
    group: String,
    /// What it calls itself.
    pub id: String,
    epoch: Arc<AtomicI32>,
    _heart: Heart,
}

impl ConsumerMember {
    /// Joins `group`, subscribes to `topics` and waits until it was given partitions.
    pub fn join(broker: &str, group: &str, topics: &[&str]) -> Self {
        find_coordinator(broker, group);
        let id = new_member_id();
        let topics: Vec<_> = topics.iter().map(|name| topic_name(name)).collect();
        let mut state = ConsumerState {
            request: ConsumerGroupHeartbeatRequest::default()
                .with_group_id(group_id(group))
                .with_member_id(text(&id))
                .with_member_epoch(0)
                .with_rebalance_timeout_ms(SESSION_MS)
                .with_subscribed_topic_names(Some(topics))
                .with_topic_partitions(Some(Vec::new())),
            epoch: Arc::new(AtomicI32::new(0)),
        };
        let epoch = Arc::clone(&state.epoch);
        let leave = ConsumerGroupHeartbeatRequest::default()
            .with_group_id(group_id(group))
            .with_member_id(text(&id))
            .with_member_epoch(-1);
        let mut wire = Wire::to(broker, Some(CLIENT_ID));
        until(&format!("a member of {group} has partitions"), || {
            state.beat(&mut wire);
            let given = state.request.topic_partitions.as_ref().unwrap();
            !given.is_empty()
        });
        let heart = Heart::start(
            wire,
            move |wire| state.beat(wire),
            move |wire| {
                let _: ConsumerGroupHeartbeatResponse =
                    wire.ask(ApiKey::ConsumerGroupHeartbeat, 1, &leave);
            },
        );
        Self {
            broker: broker.to_owned(),
            group: group.to_owned(),
            id,
            epoch,
            _heart: heart,
        }
    }

    /// Stores offsets as a member does.
    pub fn commit(&self, offsets: &[(&str, i32, i64)]) {
        let mut wire = Wire::to(&self.broker, Some(CLIENT_ID));
        // The epoch may move between reading it and using it.
        until(&format!("{} has its offsets", self.group), || {
            let request = commit_request(&self.group, offsets)
                .with_member_id(text(&self.id))
                .with_generation_id_or_member_epoch(self.epoch.load(Ordering::SeqCst));
            commit_codes(&mut wire, &request)
                .iter()
                .all(|code| *code == 0)
        });
    }
}

/// What a member of the new protocol says next.
struct ConsumerState {
    request: ConsumerGroupHeartbeatRequest,
    epoch: Arc<AtomicI32>,
}

impl ConsumerState {
    fn beat(&mut self, wire: &mut Wire) {
        let answer: ConsumerGroupHeartbeatResponse =
            wire.ask(ApiKey::ConsumerGroupHeartbeat, 1, &self.request);
        if matches!(answer.error_code, LOADING | NOT_AVAILABLE | NOT_COORDINATOR) {
            return;
        }
        assert_eq!(answer.error_code, 0, "{:?}", answer.error_message);
        self.request.member_epoch = answer.member_epoch;
        self.epoch.store(answer.member_epoch, Ordering::SeqCst);
        // What was assigned is taken at once, and owned from the next beat on.
        if let Some(assignment) = answer.assignment {
            let owned = assignment.topic_partitions.into_iter().map(|topic| {
                TopicPartitions::default()
                    .with_topic_id(topic.topic_id)
                    .with_partitions(topic.partitions)
            });
            self.request.topic_partitions = Some(owned.collect());
        }
    }
}

/// A member of a share group (KIP-932, Kafka 4.2). Dropped it leaves.
pub struct ShareMember {
    broker: String,
    group: String,
    /// What it calls itself.
    pub id: String,
    /// A session of fetches ends with its connection.
    fetches: Wire,
    session_epoch: i32,
    _heart: Heart,
}

impl ShareMember {
    /// Makes new partitions of `group` begin at their first record, joins it, subscribes to
    /// `topics` and waits until it was given partitions.
    pub fn join(broker: &str, group: &str, topics: &[&str]) -> Self {
        read_from_the_start(broker, group);
        find_coordinator(broker, group);
        let id = new_member_id();
        let topics: Vec<_> = topics.iter().map(|name| topic_name(name)).collect();
        let mut request = ShareGroupHeartbeatRequest::default()
            .with_group_id(group_id(group))
            .with_member_id(text(&id))
            .with_member_epoch(0)
            .with_subscribed_topic_names(Some(topics));
        let mut beat = move |wire: &mut Wire| {
            let answer: ShareGroupHeartbeatResponse =
                wire.ask(ApiKey::ShareGroupHeartbeat, 1, &request);
            if matches!(answer.error_code, LOADING | NOT_AVAILABLE | NOT_COORDINATOR) {
                return false;
            }
            assert_eq!(answer.error_code, 0, "{:?}", answer.error_message);
            request.member_epoch = answer.member_epoch;
            answer
                .assignment
                .is_some_and(|given| !given.topic_partitions.is_empty())
        };
        let leave = ShareGroupHeartbeatRequest::default()
            .with_group_id(group_id(group))
            .with_member_id(text(&id))
            .with_member_epoch(-1);
        let mut wire = Wire::to(broker, Some(CLIENT_ID));
        until(&format!("a member of {group} has partitions"), || {
            beat(&mut wire)
        });
        let heart = Heart::start(
            wire,
            move |wire| {
                beat(wire);
            },
            move |wire| {
                let _: ShareGroupHeartbeatResponse =
                    wire.ask(ApiKey::ShareGroupHeartbeat, 1, &leave);
            },
        );
        Self {
            broker: broker.to_owned(),
            group: group.to_owned(),
            id,
            fetches: Wire::to(broker, Some(CLIENT_ID)),
            session_epoch: 0,
            _heart: heart,
        }
    }

    /// Takes records of a partition and accepts them; says how many there were. At least `records`
    /// are taken, and whole batches: write in several batches to have some left.
    pub fn take(&mut self, topic: &str, partition: i32, records: i32) -> i64 {
        let mut taken = 0;
        until(&format!("{} is given records", self.group), || {
            for (first, last) in self.fetch(topic, partition, records, None) {
                self.fetch(topic, partition, 0, Some((first, last)));
                taken += last - first + 1;
            }
            taken >= i64::from(records)
        });
        taken
    }

    /// Fetches up to `records` records, or accepts those that were; what was acquired, first and
    /// last offset of each batch.
    fn fetch(
        &mut self,
        topic: &str,
        partition: i32,
        records: i32,
        accepted: Option<(i64, i64)>,
    ) -> Vec<(i64, i64)> {
        let accepted = accepted.into_iter().map(|(first, last)| {
            AcknowledgementBatch::default()
                .with_first_offset(first)
                .with_last_offset(last)
                .with_acknowledge_types(vec![1])
        });
        let partition = FetchPartition::default()
            .with_partition_index(partition)
            .with_acknowledgement_batches(accepted.collect());
        let asked = MetadataRequestTopic::default().with_name(Some(topic_name(topic)));
        let metadata = MetadataRequest::default()
            .with_topics(Some(vec![asked]))
            .with_allow_auto_topic_creation(false);
        let metadata: MetadataResponse = ask(&self.broker, ApiKey::Metadata, 12, &metadata);
        let topic = FetchTopic::default()
            .with_topic_id(metadata.topics[0].topic_id)
            .with_partitions(vec![partition]);
        let request = ShareFetchRequest::default()
            .with_group_id(Some(group_id(&self.group)))
            .with_member_id(Some(text(&self.id)))
            .with_share_session_epoch(self.session_epoch)
            .with_max_wait_ms(100)
            .with_min_bytes(1)
            .with_max_bytes(if records > 0 { 1 << 20 } else { 0 })
            .with_max_records(records)
            .with_batch_size(records)
            .with_topics(vec![topic]);
        let answer: ShareFetchResponse = self.fetches.ask(ApiKey::ShareFetch, 1, &request);
        assert_eq!(answer.error_code, 0, "{:?}", answer.error_message);
        self.session_epoch += 1;
        let mut acquired = Vec::new();
        for partition in answer.responses.iter().flat_map(|topic| &topic.partitions) {
            assert_eq!(
                (partition.error_code, partition.acknowledge_error_code),
                (0, 0),
                "{:?} {:?}",
                partition.error_message,
                partition.acknowledge_error_message
            );
            let batches = partition.acquired_records.iter();
            acquired.extend(batches.map(|batch| (batch.first_offset, batch.last_offset)));
        }
        acquired
    }
}

/// Sets `share.auto.offset.reset` of one group, which is `latest` by default.
fn read_from_the_start(broker: &str, group: &str) {
    const GROUP: i8 = 32;
    let config = AlterableConfig::default()
        .with_name(text("share.auto.offset.reset"))
        .with_value(Some(text("earliest")));
    let resource = AlterConfigsResource::default()
        .with_resource_type(GROUP)
        .with_resource_name(text(group))
        .with_configs(vec![config]);
    let request = IncrementalAlterConfigsRequest::default().with_resources(vec![resource]);
    let answer: IncrementalAlterConfigsResponse =
        ask(broker, ApiKey::IncrementalAlterConfigs, 1, &request);
    for response in answer.responses {
        assert_eq!(response.error_code, 0, "{:?}", response.error_message);
    }
}
