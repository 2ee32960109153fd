//! A member of a streams group (KIP-1071, Kafka 4.2), made by hand down to the bytes: kafka-protocol
//! does not have its calls.

use std::sync::{
    Arc,
    atomic::{AtomicI32, Ordering},
};

use bytes::{Buf, BufMut, Bytes};
use kafka_protocol::messages::{ApiKey, ApiVersionsRequest, ApiVersionsResponse};

use super::{
    members::{
        CLIENT_ID, Heart, LOADING, NOT_AVAILABLE, NOT_COORDINATOR, SESSION_MS, commit_codes,
        commit_request, find_coordinator, new_member_id,
    },
    until,
    wire::{Wire, ask, text},
};

/// `StreamsGroupHeartbeat`
const HEARTBEAT: i16 = 88;
/// Versions of both headers where lengths are compact.
const COMPACT_HEADERS: (i16, i16) = (2, 1);
/// The only part of the topology.
const SUBTOPOLOGY: &str = "0";

/// Whether the broker has streams groups at all.
pub fn has_streams_groups(broker: &str) -> bool {
    let request = ApiVersionsRequest::default();
    let answer: ApiVersionsResponse = ask(broker, ApiKey::ApiVersions, 0, &request);
    answer.api_keys.iter().any(|key| key.api_key == HEARTBEAT)
}

/// A member of a streams group, its only one. Dropped it leaves.
pub struct StreamsMember {
    broker: String,
    group: String,
    id: String,
    epoch: Arc<AtomicI32>,
    _heart: Heart,
}

impl StreamsMember {
    /// Joins `group` with a topology that reads `topic` and keeps no state, and waits until it was
    /// given all `partitions`.
    pub fn join(broker: &str, group: &str, topic: &str, partitions: usize) -> Self {
        find_coordinator(broker, group);
        let id = new_member_id();
        let epoch = Arc::new(AtomicI32::new(0));
        let mut state = State {
            group: group.to_owned(),
            id: id.clone(),
            topic: topic.to_owned(),
            epoch: Arc::clone(&epoch),
            tasks: Vec::new(),
        };
        let leave = Body::new(group, &id, -1).unchanged();
        let mut wire = Wire::to(broker, Some(CLIENT_ID));
        until(&format!("a member of {group} has its tasks"), || {
            state.beat(&mut wire);
            state.tasks.len() == partitions
        });
        // It says that it has them: the group is stable then.
        state.beat(&mut wire);
        let heart = Heart::start(
            wire,
            move |wire| state.beat(wire),
            move |wire| {
                wire.exchange(HEARTBEAT, 0, COMPACT_HEADERS, &leave);
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
        let request = commit_request(&self.group, offsets)
            .with_member_id(text(&self.id))
            .with_generation_id_or_member_epoch(self.epoch.load(Ordering::Relaxed));
        let codes = commit_codes(&mut Wire::to(&self.broker, Some(CLIENT_ID)), &request);
        assert!(codes.iter().all(|code| *code == 0), "{codes:?}");
    }
}

struct State {
    group: String,
    id: String,
    topic: String,
    epoch: Arc<AtomicI32>,
    /// The partitions that it was given.
    tasks: Vec<i32>,
}

impl State {
    fn beat(&mut self, wire: &mut Wire) {
        let epoch = self.epoch.load(Ordering::Relaxed);
        let body = Body::new(&self.group, &self.id, epoch);
        let body = if epoch == 0 {
            body.joining(&self.topic)
        } else {
            body.holding(&self.tasks)
        };
        let answer = wire.exchange(HEARTBEAT, 0, COMPACT_HEADERS, &body);
        let answer = Answer::read(answer);
        if matches!(answer.code, LOADING | NOT_AVAILABLE | NOT_COORDINATOR) {
            return;
        }
        assert_eq!(answer.code, 0, "{}", answer.message);
        self.epoch.store(answer.epoch, Ordering::Relaxed);
        if let Some(tasks) = answer.tasks {
            self.tasks = tasks;
        }
    }
}

/// `StreamsGroupHeartbeatRequest`, version 0.
struct Body(Vec<u8>);

impl Body {
    /// Everything up to the topology.
    fn new(group: &str, id: &str, epoch: i32) -> Self {
        let mut body = Self(Vec::new());
        body.text(group).text(id).int(epoch);
        // The epoch of the endpoints, which nobody has.
        body.int(0);
        // Neither an instance nor a rack.
        body.null().null();
        body.int(if epoch == 0 { SESSION_MS } else { -1 });
        body
    }

    /// A first heartbeat: the topology, and no tasks.
    fn joining(mut self, topic: &str) -> Vec<u8> {
        let present = 1;
        self.0.push(present);
        let topology_epoch = 0;
        self.int(topology_epoch).list(1);
        self.text(SUBTOPOLOGY).list(1).text(topic);
        // Regular expressions, changelogs, repartition topics to and from, copartitioned topics.
        self.list(0).list(0).list(0).list(0).list(0);
        self.no_tags().no_tags();
        self.list(0).list(0).list(0);
        // The process, no endpoint, no tags of the client.
        self.text("a process").absent().list(0);
        self.end()
    }

    /// A later one: the tasks that it has, active, standing by, and warming up.
    fn holding(mut self, tasks: &[i32]) -> Vec<u8> {
        self.absent();
        match tasks {
            [] => self.list(0),
            tasks => {
                self.list(1).text(SUBTOPOLOGY).list(tasks.len());
                tasks.iter().for_each(|task| self.0.put_i32(*task));
                self.no_tags()
            }
        };
        self.list(0).list(0);
        self.null().absent().null();
        self.end()
    }

    /// One that says nothing of topology and tasks.
    fn unchanged(mut self) -> Vec<u8> {
        self.absent().null().null().null();
        self.null().absent().null();
        self.end()
    }

    /// What is always so: no offsets of tasks, and the others may go on.
    fn end(mut self) -> Vec<u8> {
        let shutdown = 0;
        self.null().null().0.push(shutdown);
        self.no_tags();
        self.0
    }

    fn int(&mut self, number: i32) -> &mut Self {
        self.0.put_i32(number);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        self.list(text.len()).0.extend_from_slice(text.as_bytes());
        self
    }

    /// The compact length of a list or a text.
    fn list(&mut self, length: usize) -> &mut Self {
        assert!(length < 127, "more than one byte holds");
        self.0.push(u8::try_from(length + 1).unwrap());
        self
    }

    /// A list or a text that is null.
    fn null(&mut self) -> &mut Self {
        self.0.push(0);
        self
    }

    /// A structure that is null.
    fn absent(&mut self) -> &mut Self {
        self.0.put_i8(-1);
        self
    }

    fn no_tags(&mut self) -> &mut Self {
        self.0.push(0);
        self
    }
}

/// The beginning of `StreamsGroupHeartbeatResponse`, version 0.
struct Answer {
    code: i16,
    message: String,
    epoch: i32,
    /// Active tasks; `None` when they are as before.
    tasks: Option<Vec<i32>>,
}

impl Answer {
    fn read(mut bytes: Bytes) -> Self {
        let _throttle_ms = bytes.get_i32();
        let code = bytes.get_i16();
        let message = text_of(&mut bytes);
        let _member_id = text_of(&mut bytes);
        let epoch = bytes.get_i32();
        // The interval of heartbeats, the lag of a warm task, the interval of offsets.
        bytes.advance(3 * size_of::<i32>());
        // Such as that a topic is not known yet: that passes.
        for _ in 0..length_of(&mut bytes).unwrap_or(0) {
            let _status = (bytes.get_i8(), text_of(&mut bytes));
            let _no_tags = bytes.get_u8();
        }
        let tasks = length_of(&mut bytes).map(|parts| {
            let mut tasks = Vec::new();
            for _ in 0..parts {
                let _subtopology = text_of(&mut bytes);
                let count = length_of(&mut bytes).unwrap();
                tasks.extend((0..count).map(|_| bytes.get_i32()));
                let _no_tags = bytes.get_u8();
            }
            tasks
        });
        Self {
            code,
            message,
            epoch,
            tasks,
        }
    }
}

/// A compact length; `None` is null.
fn length_of(bytes: &mut Bytes) -> Option<usize> {
    let (mut number, mut shift) = (0, 0);
    loop {
        let byte = bytes.get_u8();
        number |= usize::from(byte & 0x7f) << shift;
        shift += 7;
        if byte < 0x80 {
            return number.checked_sub(1);
        }
    }
}

/// A compact text; empty also when it is null.
fn text_of(bytes: &mut Bytes) -> String {
    let length = length_of(bytes).unwrap_or(0);
    String::from_utf8(bytes.split_to(length).to_vec()).unwrap()
}
