//! `evctl groups`: groups of every type on a real broker, live and empty.

mod delete;
mod describe;
mod files;
mod list;
mod looking;
mod rights;
mod seek;
mod undo;

use serde_json::Value;

use crate::support::{
    Evctl, Home, Output, Topic, broker,
    members::{ClassicMember, ConsumerMember, ShareMember, commit, committed, list_groups},
};

/// An evctl on the shared broker that nobody can answer for.
fn command(home: &Home, arguments: &[&str]) -> Evctl {
    let connect = ["-b", broker().address()];
    home.evctl(&[&["groups"], arguments, &connect].concat())
        .without_terminal()
}

#[track_caller]
fn groups(arguments: &[&str]) -> Output {
    command(&Home::new(), arguments).run()
}

#[track_caller]
fn json(arguments: &[&str]) -> Value {
    let text = groups(&[arguments, &["-o", "json"]].concat()).ok();
    serde_json::from_str(&text).unwrap()
}

/// A group's name that no other test has.
fn group(topic: &Topic) -> String {
    format!("{}-group", topic.name)
}

/// The offsets of a group on the shared broker: partition and offset, of one topic.
fn offsets(group: &str, topic: &Topic) -> Vec<(i32, i64)> {
    committed(broker().address(), group)
        .into_iter()
        .filter(|(name, _, _)| *name == topic.name)
        .map(|(_, partition, offset)| (partition, offset))
        .collect()
}

/// Stores offsets for a topic from outside.
fn store(group: &str, topic: &Topic, offsets: &[(i32, i64)]) {
    let offsets: Vec<_> = offsets
        .iter()
        .map(|(partition, offset)| (topic.name.as_str(), *partition, *offset))
        .collect();
    commit(broker().address(), group, &offsets);
}

/// A topic of so many partitions with `each` records in each, a second apart from the epoch on:
/// record `n` has the timestamp `1,000 + n` seconds.
fn filled(label: &str, partitions: i32, each: i64) -> Topic {
    use crate::support::Record;
    let topic = Topic::with(label, partitions, &[]);
    for partition in 0..partitions {
        let values: Vec<String> = (0..each).map(|n| format!("{partition}-{n}")).collect();
        let records: Vec<Record<'_>> = (0..each)
            .zip(&values)
            .map(|(n, value)| Record {
                timestamp: Some((1_000 + n) * 1_000),
                ..Record::value(value)
            })
            .collect();
        topic.produce_records(partition, &records);
    }
    topic
}

#[test]
fn members_made_by_hand_are_groups_of_every_type() {
    let topic = Topic::with("members", 2, &[]);
    topic.produce(0, &["a", "b"]);
    topic.produce(0, &["c", "d"]);
    let name = |kind: &str| format!("{}-{kind}", topic.name);
    let at = broker().address();
    commit(at, &name("simple"), &[(&topic.name, 0, 1)]);
    let classic = ClassicMember::join(at, &name("classic"), &[&topic.name], &[(&topic.name, 0)]);
    classic.commit(&[(&topic.name, 0, 2)]);
    assert_eq!(offsets(&name("classic"), &topic), [(0, 2)]);
    if broker().is_before_4() {
        return;
    }
    let consumer = ConsumerMember::join(at, &name("consumer"), &[&topic.name]);
    consumer.commit(&[(&topic.name, 0, 3)]);
    let mut share = ShareMember::join(at, &name("share"), &[&topic.name]);
    assert_eq!(share.take(&topic.name, 0, 1), 2, "whole batches are taken");
    let all = list_groups(at);
    for kind in ["simple", "classic", "consumer", "share"] {
        assert!(all.contains(&name(kind)), "{all:?}");
    }
}
