//! `evctl replay`.

mod guard;
mod looks;
mod resume;
mod window;
mod writes;

use serde_json::Value;

use crate::support::{Evctl, Home, Output, Record, Topic, broker};

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

#[track_caller]
fn says(output: &Output, text: &str) {
    assert!(output.stderr.contains(text), "{}", output.stderr);
}
