//! `evctl replay`.

mod commits;
mod elsewhere;
mod faults;
mod files;
mod guard;
mod hanging;
mod looks;
mod owners;
mod plan;
mod refused;
mod resume;
mod suspended;
mod told;
mod window;
mod writes;

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use crate::support::{Evctl, Home, Output, Record, Topic, broker, bulk, oracle, replay_line, says};

/// 2026-01-01T10:00:00Z
const TEN: i64 = 1_767_261_600_000;
const MINUTE: i64 = 60_000;

fn replay(home: &Home, arguments: &[&str]) -> Evctl {
    home.evctl(&[&["replay"], arguments, &["-b", broker().address()]].concat())
}

/// Replays all of `from` into `to` without a question.
#[track_caller]
fn copy(home: &Home, from: &Topic, to: &Topic, arguments: &[&str]) -> Output {
    let line = [&[&*from.name, "--to-topic", &*to.name, "--yes"], arguments].concat();
    replay(home, &line).run()
}

/// The report of a replay that went well.
#[track_caller]
fn report(output: &Output) -> Value {
    assert_eq!(output.code, 0, "{}", output.stderr);
    serde_json::from_str(output.text()).unwrap()
}

fn at(topic: &Topic, partition: i32, records: &[(i64, &str)]) {
    let records: Vec<_> = records
        .iter()
        .map(|(timestamp, value)| Record {
            timestamp: Some(*timestamp),
            ..Record::value(value)
        })
        .collect();
    topic.produce_records(partition, &records);
}

/// The values of a partition, as a reader of committed records sees them.
fn values(topic: &Topic, partition: i32) -> Vec<String> {
    let seen = topic.seen_committed(partition);
    seen.iter().map(|one| one.text().to_owned()).collect()
}

/// A topic whose values are numbered, the same count in each partition.
fn filled(label: &str, partitions: i32, records: u32) -> Topic {
    let topic = Topic::with(label, partitions, &[]);
    let share = records / u32::try_from(partitions).unwrap();
    for (partition, number) in (0..partitions).zip(0..) {
        let numbers = number * share..(number + 1) * share;
        bulk::fill(broker().address(), &topic.name, partition, numbers);
    }
    topic
}

/// How often each value stands in a topic, for a reader of committed records.
fn counts(broker: &str, topic: &str, partitions: i32) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for partition in 0..partitions {
        for seen in oracle::committed(broker, topic, partition) {
            *counts.entry(seen.text().trim().to_owned()).or_insert(0) += 1;
        }
    }
    counts
}

/// Each of `records` numbered values is there; once, when `once`.
#[track_caller]
fn assert_all(counts: &BTreeMap<String, usize>, records: u32, once: bool) {
    assert_eq!(counts.len(), records as usize, "nothing is lost");
    if once {
        let doubled: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
        assert!(doubled.is_empty(), "doubled: {doubled:?}");
    }
}

/// A wait that is another one for each `round`.
fn moment(round: u64) -> Duration {
    Duration::from_millis(round.wrapping_mul(7_919) % 700)
}

/// Every record of a topic, as JSON, but for its place.
fn records(home: &Home, topic: &Topic) -> Vec<Value> {
    let line = [
        "consume",
        &topic.name,
        "-o",
        "json",
        "-b",
        broker().address(),
    ];
    let text = home.evctl(&line).run().ok();
    text.lines()
        .map(|line| {
            let mut record: Value = serde_json::from_str(line).unwrap();
            let members = record.as_object_mut().unwrap();
            members.remove("topic");
            members.remove("offset");
            record
        })
        .collect()
}
