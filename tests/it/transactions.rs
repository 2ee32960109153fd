//! What the writing half promises about transactions: records and offsets together or not at all,
//! one owner of a transactional id, and no waiting beyond a deadline.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use evctl::{
    event::{Commit, HeaderBuf, Headers, Record, TimestampType, TopicPartition},
    kafka::{
        Settings,
        write::{
            Code, Durability, Group, GroupEvent, GroupFence, Producer, ProducerOptions, Reports,
            TransactionError, Transactional, Undelivered,
        },
    },
    pipeline::Permit,
    sandbox::{Lifetime, Server},
};
use kafka_protocol::messages::{
    ApiKey, GroupId, OffsetFetchRequest, OffsetFetchResponse,
    offset_fetch_request::OffsetFetchRequestGroup,
};
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    message::Headers as _,
};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{
    DEADLINE, Topic, admin, broker, kafka, members,
    oracle::{self, Seen},
    secured, until,
    wire::{ask, text},
};

/// What was not delivered: tag, topic, code.
#[derive(Debug, Default)]
struct Lost(Vec<(u64, String, Code)>);

impl Reports for Lost {
    fn undelivered(&mut self, lost: &Undelivered<'_>) {
        let topic = lost.record.topic.to_owned();
        self.0.push((lost.tag, topic, lost.code));
    }
}

fn settings(broker: &str, properties: &[(&str, &str)]) -> Settings {
    let properties = properties
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Settings::from_properties(&[broker.to_owned()], &properties.collect()).unwrap()
}

fn producer_at(settings: &Settings, topics: &[&str], id: &str) -> Producer {
    let options = ProducerOptions {
        topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        durability: Durability::Idempotent,
        spread: 1,
        connections: 2,
        compression: None,
        max_message_bytes: None,
        transactional: Some(Transactional {
            id: id.to_owned(),
            answer: DEADLINE,
        }),
    };
    Producer::new(settings, &options, Permit::for_own_sandbox()).unwrap()
}

/// A producer that owns the transactional id `id`.
fn producer(topics: &[&str], id: &str) -> Producer {
    let mut producer = producer_at(&settings(broker().address(), &[]), topics, id);
    producer.init_transactions(DEADLINE).unwrap();
    producer
}

fn record<'a>(partition: i32, value: &'a str, headers: Headers<'a>) -> Record<'a> {
    Record {
        topic: "",
        partition,
        offset: -1,
        timestamp: -1,
        timestamp_type: TimestampType::Create,
        key: None,
        value: Some(value.as_bytes()),
        headers,
    }
}

fn send(producer: &mut Producer, topic: usize, partition: i32, value: &str) -> Lost {
    let mut lost = Lost::default();
    let record = record(partition, value, Headers::default());
    assert!(producer.send_to(topic, &record, 0, &mut lost));
    lost
}

fn settle(producer: &mut Producer) {
    let mut lost = Lost::default();
    assert!(producer.settle(DEADLINE, &|| false, &mut lost));
    assert!(lost.0.is_empty(), "{lost:?}");
}

/// Stops a server where it stands, and waits until the last of its threads has stopped: until then
/// it may still answer.
fn stop(pid: Pid) {
    kill_process(pid, Signal::STOP).unwrap();
    until("it stands still", || {
        let threads = format!("/proc/{}/task", pid.as_raw_nonzero());
        std::fs::read_dir(threads).unwrap().all(|thread| {
            let stat = thread.unwrap().path().join("stat");
            let stat = std::fs::read_to_string(stat).unwrap();
            stat.rsplit(") ").next().unwrap().starts_with('T')
        })
    });
}

fn offsets(topic: &str, offset: i64, metadata: &str) -> BTreeMap<TopicPartition, Commit> {
    let commit = Commit {
        offset,
        leader_epoch: Some(0),
        metadata: metadata.to_owned(),
    };
    [(TopicPartition::new(topic, 0), commit)].into()
}

/// What `group` has stored for partition 0 of topics, without what open transactions hold.
fn stored(group: &str) -> Vec<(String, i64, i32, String)> {
    let asked = OffsetFetchRequestGroup::default()
        .with_group_id(GroupId(text(group)))
        .with_member_epoch(-1)
        .with_topics(None);
    let request = OffsetFetchRequest::default().with_groups(vec![asked]);
    let answer: OffsetFetchResponse = ask(broker().address(), ApiKey::OffsetFetch, 8, &request);
    let topics = answer.groups[0].topics.iter();
    topics
        .map(|topic| {
            let partition = &topic.partitions[0];
            (
                topic.name.to_string(),
                partition.committed_offset,
                partition.committed_leader_epoch,
                partition.metadata.as_ref().unwrap().to_string(),
            )
        })
        .collect()
}

type Header = (String, Option<Vec<u8>>);

/// Values and headers of partition 0, as somebody sees them who reads what is committed.
fn with_headers(topic: &str, count: usize) -> Vec<(String, Vec<Header>)> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", broker().address())
        .set("group.id", "unused")
        .set("enable.auto.commit", "false")
        .set("isolation.level", "read_committed")
        .create()
        .unwrap();
    let mut assignment = TopicPartitionList::new();
    assignment
        .add_partition_offset(topic, 0, Offset::Beginning)
        .unwrap();
    consumer.assign(&assignment).unwrap();
    let mut seen = Vec::new();
    while seen.len() < count {
        let message = consumer.poll(DEADLINE).unwrap().unwrap();
        let headers = message.headers().into_iter().flat_map(|headers| {
            headers
                .iter()
                .map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec)))
        });
        let value = String::from_utf8(message.payload().unwrap().to_vec()).unwrap();
        seen.push((value, headers.collect()));
    }
    seen
}

fn values(topic: &Topic) -> Vec<String> {
    let seen = topic.seen_committed(0);
    seen.iter().map(|record| record.text().to_owned()).collect()
}

#[test]
fn what_is_committed_is_seen_whole_in_every_topic_and_in_the_group() {
    let (first, second) = (Topic::new("txn"), Topic::new("txn"));
    let id = Topic::unused_name("txn-id");
    let mut producer = producer(&[&first.name, &second.name], &id);
    let mut lost = Lost::default();

    // One that had nothing to say comes before.
    producer.begin().unwrap();
    producer.commit(DEADLINE, &mut lost).unwrap();

    let mut headers = HeaderBuf::default();
    headers.push(b"b", Some(b"1"));
    headers.push(b"a", None);
    headers.push(b"b", Some(b""));
    producer.begin().unwrap();
    for number in 0..100 {
        let value = number.to_string();
        let record = record(0, &value, headers.as_headers());
        assert!(producer.send_to(number % 2, &record, number as u64, &mut lost));
    }
    producer.hurry();
    assert_eq!(values(&first), [""; 0], "an open transaction shows nothing");
    // Not settled before: the commit does it.
    let fence = GroupFence::outside(&id);
    let offsets = offsets(&first.name, 42, "{\"plan\":\"ä\"}");
    producer.send_offsets(&fence, &offsets, DEADLINE).unwrap();
    producer.commit(DEADLINE, &mut lost).unwrap();
    assert!(lost.0.is_empty(), "{lost:?}");
    assert_eq!(producer.acknowledged(), 100);

    let header = |name: &str, value: Option<&[u8]>| (name.to_owned(), value.map(<[u8]>::to_vec));
    let headers = [
        header("b", Some(b"1")),
        header("a", None),
        header("b", Some(b"")),
    ];
    for (remainder, topic) in [(0, &first), (1, &second)] {
        let expected = (0..100)
            .filter(|number| number % 2 == remainder)
            .map(|number: i32| (number.to_string(), headers.to_vec()));
        assert!(with_headers(&topic.name, 50).into_iter().eq(expected));
    }
    let expected = (first.name.clone(), 42, 0, "{\"plan\":\"ä\"}".to_owned());
    until("the offsets are committed", || {
        stored(&id) == [expected.clone()]
    });
}

#[test]
fn what_is_aborted_leaves_neither_records_nor_offsets() {
    let topic = Topic::new("txn");
    let id = Topic::unused_name("txn-id");
    let mut producer = producer(&[&topic.name], &id);
    let fence = GroupFence::outside(&id);
    producer.begin().unwrap();
    send(&mut producer, 0, 0, "aborted");
    settle(&mut producer);
    producer
        .send_offsets(&fence, &offsets(&topic.name, 7, "aborted"), DEADLINE)
        .unwrap();
    producer.abort(DEADLINE, &mut Lost::default()).unwrap();
    producer.begin().unwrap();
    send(&mut producer, 0, 0, "committed");
    producer.commit(DEADLINE, &mut Lost::default()).unwrap();

    until("the second one is seen", || !values(&topic).is_empty());
    assert_eq!(values(&topic), ["committed"]);
    assert_eq!(topic.seen(0).len(), 2);
    assert_eq!(stored(&id), []);
}

#[test]
fn who_takes_a_transactional_id_over_ends_what_was_open_and_fences_the_other() {
    let topic = Topic::new("txn");
    let id = Topic::unused_name("txn-id");
    let mut first = producer(&[&topic.name], &id);
    first.begin().unwrap();
    send(&mut first, 0, 0, "zombie");
    settle(&mut first);
    let mut second = producer(&[&topic.name], &id);

    let error = first.commit(DEADLINE, &mut Lost::default()).unwrap_err();
    assert!(
        matches!(error, TransactionError::Fenced { .. }),
        "{error:?}"
    );
    let error = first.abort(DEADLINE, &mut Lost::default()).unwrap_err();
    assert!(
        matches!(error, TransactionError::Fenced { .. }),
        "{error:?}"
    );
    second.begin().unwrap();
    send(&mut second, 0, 0, "owner");
    second.commit(DEADLINE, &mut Lost::default()).unwrap();
    until("the second one is seen", || !values(&topic).is_empty());
    assert_eq!(values(&topic), ["owner"]);
}

#[test]
fn who_was_fenced_hears_of_it_also_from_its_records() {
    let topic = Topic::new("txn");
    let id = Topic::unused_name("txn-id");
    let mut first = producer(&[&topic.name], &id);
    let mut second = producer(&[&topic.name], &id);
    first.begin().unwrap();
    let mut lost = send(&mut first, 0, 0, "zombie");
    assert!(first.settle(DEADLINE, &|| false, &mut lost));
    assert_eq!(lost.0.len(), 1, "{lost:?}");
    let error = first.commit(DEADLINE, &mut lost).unwrap_err();
    assert!(
        matches!(error, TransactionError::Fenced { .. }),
        "{error:?}"
    );
    second.begin().unwrap();
    second.commit(DEADLINE, &mut lost).unwrap();
    assert!(topic.seen(0).is_empty());
}

#[test]
fn a_record_that_cannot_be_delivered_asks_for_an_abort_and_the_next_transaction_works() {
    let (first, second) = (Topic::new("txn"), Topic::new("txn"));
    let id = Topic::unused_name("txn-id");
    let mut producer = producer(&[&first.name, &second.name], &id);
    producer.begin().unwrap();
    let mut lost = send(&mut producer, 0, 0, "aborted");
    let nowhere = record(99, "nowhere", Headers::default());
    assert!(producer.send_to(1, &nowhere, 9, &mut lost));
    assert!(producer.settle(DEADLINE, &|| false, &mut lost));
    assert_eq!(lost.0, [(9, second.name.clone(), Code(-190))]);
    let began = Instant::now();
    let error = producer.commit(DEADLINE, &mut lost).unwrap_err();
    assert!(
        matches!(error, TransactionError::Abortable { .. }),
        "{error:?}"
    );
    producer.abort(DEADLINE, &mut lost).unwrap();

    // Nor does it need to be settled before.
    producer.begin().unwrap();
    send(&mut producer, 0, 0, "aborted");
    producer.abort(DEADLINE, &mut lost).unwrap();
    assert!(began.elapsed() < DEADLINE / 4, "{:?}", began.elapsed());

    producer.begin().unwrap();
    send(&mut producer, 0, 0, "committed");
    producer.commit(DEADLINE, &mut lost).unwrap();
    until("the last one is seen", || !values(&first).is_empty());
    assert_eq!(values(&first), ["committed"]);
}

#[test]
fn an_abort_keeps_its_deadline_when_the_broker_says_nothing() {
    let server = Server::start(kafka(Lifetime::OfThisProcess)).unwrap();
    admin::create_topic(server.address(), "orders", 1, &[]);
    let mut producer = producer_at(&settings(server.address(), &[]), &["orders"], "t");
    producer.init_transactions(DEADLINE).unwrap();
    let mut lost = Lost::default();
    // One that works, so that connections and coordinators are there.
    producer.begin().unwrap();
    send(&mut producer, 0, 0, "first");
    let fence = GroupFence::outside("g");
    producer
        .send_offsets(&fence, &offsets("orders", 1, ""), DEADLINE)
        .unwrap();
    producer.commit(DEADLINE, &mut lost).unwrap();

    producer.begin().unwrap();
    send(&mut producer, 0, 0, "second");
    settle(&mut producer);
    let pid = Pid::from_raw(i32::try_from(server.pid()).unwrap()).unwrap();
    stop(pid);
    for tag in 0..1_000 {
        let waiting = record(0, "waiting", Headers::default());
        assert!(producer.send_to(0, &waiting, tag, &mut lost));
    }
    producer.hurry();
    let began = Instant::now();
    let error = producer
        .abort(Duration::from_secs(2), &mut lost)
        .unwrap_err();
    let took = began.elapsed();
    assert!(
        matches!(error, TransactionError::Silent { .. }),
        "{error:?}"
    );
    assert!(took < Duration::from_millis(2_500), "{took:?}");
    assert_eq!((producer.in_flight(), lost.0.len()), (0, 1_000));

    // What was under way may still be taken, and another transaction of the same producer would
    // have it: so there is none.
    kill_process(pid, Signal::CONT).unwrap();
    assert!(producer.abort(DEADLINE, &mut lost).is_err());
    let error = producer.begin().unwrap_err();
    assert!(matches!(error, TransactionError::Fatal { .. }), "{error:?}");

    let mut other = producer_at(&settings(server.address(), &[]), &["orders"], "t");
    other.init_transactions(DEADLINE).unwrap();
    other.begin().unwrap();
    send(&mut other, 0, 0, "third");
    other.commit(DEADLINE, &mut lost).unwrap();
    let seen = oracle::committed(server.address(), "orders", 0);
    let values: Vec<&str> = seen.iter().map(Seen::text).collect();
    assert_eq!(values, ["first", "third"]);
}

#[test]
fn a_commit_that_is_not_answered_is_told_from_one_that_failed() {
    let server = Server::start(kafka(Lifetime::OfThisProcess)).unwrap();
    admin::create_topic(server.address(), "orders", 1, &[]);
    let mut producer = producer_at(&settings(server.address(), &[]), &["orders"], "t");
    producer.init_transactions(DEADLINE).unwrap();
    producer.begin().unwrap();
    send(&mut producer, 0, 0, "first");
    settle(&mut producer);
    let pid = Pid::from_raw(i32::try_from(server.pid()).unwrap()).unwrap();
    stop(pid);
    let silent = |result: Result<(), TransactionError>, began: Instant| {
        let took = began.elapsed();
        let error = result.unwrap_err();
        assert!(
            matches!(error, TransactionError::Silent { .. }),
            "{error:?}"
        );
        assert!(took < Duration::from_millis(1_500), "{took:?}");
    };
    let second = Duration::from_secs(1);
    let mut lost = Lost::default();
    let began = Instant::now();
    silent(producer.commit(second, &mut lost), began);
    // It may have been committed: so it cannot be aborted.
    let began = Instant::now();
    silent(producer.abort(second, &mut lost), began);
    kill_process(pid, Signal::CONT).unwrap();
    producer.commit(DEADLINE, &mut lost).unwrap();
}

/// Polls until partitions are assigned.
fn assigned(group: &mut Group) -> Vec<(TopicPartition, Option<Commit>)> {
    let mut found = None;
    until("partitions are assigned", || {
        match group.poll(Duration::from_millis(10)).unwrap() {
            Some(GroupEvent::Assigned(partitions)) => found = Some(partitions),
            Some(GroupEvent::Revoked { .. }) | None => {}
        }
        found.is_some()
    });
    found.unwrap()
}

fn join(name: &str, topic: &Topic, properties: &[(&str, &str)]) -> Group {
    let settings = settings(broker().address(), properties);
    Group::join(&settings, name, &[&topic.name], Permit::for_own_sandbox()).unwrap()
}

/// Writes a record and puts an offset of partition 0 of `topic` with it into one transaction.
fn transact(
    producer: &mut Producer,
    fence: &GroupFence,
    offsets: &BTreeMap<TopicPartition, Commit>,
) -> Result<(), TransactionError> {
    let mut lost = Lost::default();
    producer.begin().unwrap();
    send(producer, 0, 0, "sent");
    let sent = producer.send_offsets(fence, offsets, DEADLINE);
    match &sent {
        Ok(()) => producer.commit(DEADLINE, &mut lost).unwrap(),
        Err(_) => producer.abort(DEADLINE, &mut lost).unwrap(),
    }
    sent
}

/// Polls both until the second one has a partition, which is told.
fn divided(first: &mut Group, second: &mut Group) -> TopicPartition {
    let mut shared = Vec::new();
    until("both have a partition", || {
        let _ = first.poll(Duration::from_millis(10)).unwrap();
        if let Some(GroupEvent::Assigned(partitions)) =
            second.poll(Duration::from_millis(10)).unwrap()
        {
            shared = partitions;
        }
        shared.len() == 1
    });
    shared.remove(0).0
}

#[track_caller]
fn assert_abortable(result: Result<(), TransactionError>, codes: &[i32]) {
    let error = result.unwrap_err();
    assert!(
        matches!(&error, TransactionError::Abortable { code, .. } if codes.contains(&code.0)),
        "{error:?}"
    );
}

#[test]
fn offsets_of_a_member_pass_only_with_its_present_generation() {
    let topic = Topic::with("txn", 2, &[]);
    let name = Topic::unused_name("txn-group");
    let mut producer = producer(&[&topic.name], &name);
    let mut first = join(&name, &topic, &[]);
    let early = first.fence();
    assert_eq!(assigned(&mut first).len(), 2);
    let old = first.fence();
    let offset = |offset| offsets(&topic.name, offset, "");
    transact(&mut producer, &old, &offset(1)).unwrap();
    // What was taken before there was a generation would else pass as nobody's.
    assert_abortable(transact(&mut producer, &early, &offset(2)), &[25]);

    let mut second = join(&name, &topic, &[]);
    divided(&mut first, &mut second);
    assert_abortable(transact(&mut producer, &old, &offset(3)), &[22]);
    assert!(!stored(&name).iter().any(|(_, offset, ..)| *offset > 1));
    transact(&mut producer, &second.fence(), &offset(4)).unwrap();
    until("the offsets are committed", || {
        stored(&name).iter().any(|(_, offset, ..)| *offset == 4)
    });
    first.close(DEADLINE);
    second.close(DEADLINE);
}

/// Kafka lets an older epoch pass for a partition that has stayed with the member since then
/// (KIP-1251), which hurts nobody: what counts is that it does not for one that has moved on.
#[test]
fn offsets_of_a_partition_that_moved_on_pass_only_from_the_member_that_has_it_now() {
    if broker().is_before_4() {
        return;
    }
    let topic = Topic::with("txn", 2, &[]);
    let name = Topic::unused_name("txn-group");
    let mut producer = producer(&[&topic.name], &name);
    let new = [("group.protocol", "consumer")];
    let mut first = join(&name, &topic, &new);
    assert_eq!(assigned(&mut first).len(), 2);
    let old = first.fence();
    let mut second = join(&name, &topic, &new);
    let moved = divided(&mut first, &mut second);
    let offset = |offset| {
        let commit = Commit {
            offset,
            leader_epoch: None,
            metadata: String::new(),
        };
        BTreeMap::from([(moved.clone(), commit)])
    };
    assert_abortable(transact(&mut producer, &old, &offset(1)), &[22, 113]);
    assert_eq!(stored(&name), []);
    transact(&mut producer, &second.fence(), &offset(2)).unwrap();
    first.close(DEADLINE);
    second.close(DEADLINE);
}

#[test]
fn a_member_is_told_what_was_committed_with_its_metadata() {
    let topic = Topic::new("txn");
    let name = Topic::unused_name("txn-group");
    let mut group = join(&name, &topic, &[]);
    let nothing = (TopicPartition::new(topic.name.as_str(), 0), None);
    assert_eq!(assigned(&mut group), [nothing]);
    let offsets = offsets(&topic.name, 5, "{\"plan\":\"ä\"}");
    group.commit_with(&offsets, &|| DEADLINE).unwrap();
    group.close(DEADLINE);
    let mut group = join(&name, &topic, &[]);
    let expected = offsets.into_iter().map(|(at, commit)| (at, Some(commit)));
    assert!(assigned(&mut group).into_iter().eq(expected));
    group.close(DEADLINE);
}

#[test]
fn a_member_is_not_told_an_offset_that_an_open_transaction_may_still_change() {
    let topic = Topic::new("txn");
    let name = Topic::unused_name("txn-group");
    members::commit(broker().address(), &name, &[(&topic.name, 0, 1)]);
    let mut producer = producer(&[&topic.name], &name);
    producer.begin().unwrap();
    let offsets = offsets(&topic.name, 2, "");
    producer
        .send_offsets(&GroupFence::outside(&name), &offsets, DEADLINE)
        .unwrap();

    let mut group = join(&name, &topic, &[]);
    let asking: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", broker().address())
        .create()
        .unwrap();
    until("the member has its assignment", || {
        assert_eq!(group.poll(Duration::from_millis(10)).unwrap(), None);
        let list = asking.fetch_group_list(Some(&name), DEADLINE).unwrap();
        list.groups()[0].state() == "Stable"
    });
    for _ in 0..4 {
        assert_eq!(group.poll(Duration::from_millis(10)).unwrap(), None);
    }
    producer.commit(DEADLINE, &mut Lost::default()).unwrap();
    let expected = offsets.into_iter().map(|(at, commit)| (at, Some(commit)));
    assert!(assigned(&mut group).into_iter().eq(expected));
    group.close(DEADLINE);
}

#[test]
fn a_transactional_id_without_a_right_to_it_is_refused_by_name() {
    let properties = [
        ("security.protocol", "SASL_PLAINTEXT"),
        ("sasl.mechanism", "PLAIN"),
        ("sasl.username", "onlooker"),
        ("sasl.password", "onlooker-secret"),
    ];
    let settings = settings(secured().sasl_plain(), &properties);
    let topic = Topic::unused_name("txn");
    secured().create_topic(&topic, 1);
    let mut producer = producer_at(&settings, &[&topic], "nobodys");
    let error = producer.init_transactions(DEADLINE).unwrap_err();
    assert!(
        matches!(error, TransactionError::Refused { code, .. } if code == Code(53)),
        "{error:?}"
    );
    assert!(error.to_string().contains("transactional id"), "{error}");
}
