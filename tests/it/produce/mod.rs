//! `evctl produce` against a real broker: what arrives is looked at with another client.

use std::{fmt::Write, time::Duration};

use evctl::{
    sandbox::{Lifetime, Options, Server},
    select::murmur2_partition,
};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Evctl, Home, Seen, Topic, admin, broker, evctl, kafka, says, secured, until};

mod damaged_captures;
mod failures_file;
mod forms;
mod refused;

/// Records of any time are taken, and stay.
const ANY_TIME: [(&str, &str); 2] = [
    ("retention.ms", "-1"),
    ("message.timestamp.after.max.ms", "9223372036854775807"),
];

fn produce(home: &Home, topic: &str, arguments: &[&str]) -> Evctl {
    let command = ["produce", "-b", broker().address(), topic];
    home.evctl(&[&command, arguments].concat())
}

/// Produces `input` and asserts that all went well.
fn feed(topic: &Topic, arguments: &[&str], input: impl Into<Vec<u8>>) {
    let home = Home::new();
    let _ = produce(&home, &topic.name, arguments)
        .stdin(input)
        .run()
        .exits(0);
}

/// Key and value of what is in the first partition.
fn pairs(topic: &Topic) -> Vec<(Option<String>, Option<String>)> {
    let text = |bytes: Option<Vec<u8>>| bytes.map(|bytes| String::from_utf8(bytes).unwrap());
    let seen = topic.seen(0).into_iter();
    seen.map(|seen| (text(seen.key), text(seen.value)))
        .collect()
}

fn values(topic: &Topic) -> Vec<String> {
    let seen = topic.seen(0);
    seen.iter().map(|seen| seen.text().to_owned()).collect()
}

/// A pair as [`pairs`] gives it.
fn pair(key: &str, value: &str) -> (Option<String>, Option<String>) {
    (Some(key.to_owned()), Some(value.to_owned()))
}

/// The records with all their members, as evctl's reading half gives them.
fn records(topic: &Topic) -> Vec<Value> {
    let output = evctl(&[
        "consume",
        "-b",
        broker().address(),
        &topic.name,
        "-o",
        "json",
    ])
    .ok();
    output
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn in_all_partitions(topic: &Topic, partitions: i32) -> Vec<Vec<Seen>> {
    (0..partitions)
        .map(|partition| topic.seen(partition))
        .collect()
}

#[test]
fn every_line_is_a_value_and_nothing_else() {
    let topic = Topic::new("lines");
    feed(&topic, &[], "a\n\nb\r\n \n\0\nlast");
    assert_eq!(values(&topic), ["a", "", "b\r", " ", "\0", "last"]);
    for seen in topic.seen(0) {
        assert_eq!(seen.key, None);
        assert!(seen.value.is_some(), "an empty line is no tombstone");
    }
    let skipped = Topic::new("lines-skipped");
    feed(&skipped, &["--skip-empty"], "a\n\nb\n\n");
    assert_eq!(values(&skipped), ["a", "b"]);
}

#[test]
fn files_and_stdin_are_read_in_the_order_in_which_they_are_named() {
    let topic = Topic::new("files");
    let home = Home::new();
    home.write("a.txt", "1\n2");
    home.write("b.txt.gz", gzip(b"5\n"));
    let output = produce(&home, &topic.name, &["a.txt", "-", "b.txt.gz"])
        .stdin("3\n4")
        .run()
        .exits(0);
    says(&output, "5 records acknowledged");
    assert!(output.stdout.is_empty());
    assert_eq!(values(&topic), ["1", "2", "3", "4", "5"]);
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_file_that_is_not_there_is_told_before_anything_is_sent() {
    let topic = Topic::new("missing-file");
    let home = Home::new();
    home.write("a.txt", "1\n");
    let output = produce(&home, &topic.name, &["a.txt", "b.txt"])
        .run()
        .exits(4);
    says(&output, "b.txt");
    assert!(topic.seen(0).is_empty());
}

#[test]
fn records_without_a_key_are_spread_over_all_partitions() {
    let topic = Topic::with("spread", 3, &[]);
    let line = "x".repeat(99) + "\n";
    feed(&topic, &[], line.repeat(20_000));
    let counts: Vec<_> = in_all_partitions(&topic, 3).iter().map(Vec::len).collect();
    assert_eq!(counts.iter().sum::<usize>(), 20_000);
    assert!(counts.iter().all(|count| *count > 2_000), "{counts:?}");
}

#[test]
fn a_delimiter_cuts_the_key_off() {
    let topic = Topic::new("delimiter");
    feed(&topic, &["-K", ":"], "a:1\nb:2:3\n:x\nk:\n");
    let expected = [
        pair("a", "1"),
        pair("b", "2:3"),
        pair("", "x"),
        pair("k", ""),
    ];
    assert_eq!(pairs(&topic), expected);
    let tabs = Topic::new("delimiter-tab");
    feed(&tabs, &["-K", "\\t"], "a\t1");
    assert_eq!(pairs(&tabs), [pair("a", "1")]);
}

#[test]
fn a_line_without_the_delimiter_is_an_error_with_its_number() {
    let topic = Topic::new("no-delimiter");
    let home = Home::new();
    let output = produce(&home, &topic.name, &["-K", ":"])
        .stdin("a:1\nb:2\nbad\nc:3\n")
        .run()
        .exits(5);
    says(&output, "stdin:3: the delimiter of -K is not in this line");
    says(&output, "stdin:2");
    says(&output, "2 records acknowledged");
    assert_eq!(pairs(&topic), [pair("a", "1"), pair("b", "2")]);

    let output = produce(&home, &topic.name, &["-K", ":"])
        .stdin("bad\n")
        .run()
        .exits(2);
    says(&output, "stdin:1");
    assert_eq!(pairs(&topic).len(), 2);
}

#[test]
fn key_headers_partition_and_timestamp_can_be_given_to_every_record() {
    let topic = Topic::with("given", 2, &ANY_TIME);
    let headers = ["-H", "a=1:2", "-H", "a:x=y", "-H", "empty="];
    let rest = ["-k", "key", "-p", "1", "--timestamp", "@1767261600123"];
    feed(&topic, &[&headers[..], &rest].concat(), "v\nw\n");
    let found = records(&topic);
    assert_eq!(found.len(), 2);
    for record in &found {
        assert_eq!(record["partition"], 1);
        assert_eq!(record["key"], "key");
        assert_eq!(record["timestamp"], 1_767_261_600_123_i64);
        assert_eq!(
            record["headers"],
            json!([["a", "1:2"], ["a", "x=y"], ["empty", ""]])
        );
    }
    let home = Home::new();
    let output = produce(&home, &topic.name, &["-p", "2"])
        .stdin("x")
        .run()
        .exits(4);
    says(&output, "no partition 2");
}

#[test]
fn each_codec_really_compresses() {
    let topic = Topic::with("codecs", 1, &[("max.message.bytes", "8000")]);
    let line = "a".repeat(50_000);
    let home = Home::new();
    for codec in ["gzip", "snappy", "lz4", "zstd"] {
        feed(&topic, &["-z", codec], line.as_str());
    }
    assert_eq!(values(&topic), vec![line.as_str(); 4]);
    let _ = produce(&home, &topic.name, &["-z", "none"])
        .stdin(line)
        .run()
        .exits(5);
}

#[test]
fn tombstones_are_written_when_they_are_asked_for() {
    let topic = Topic::new("tombstones");
    let tombstone = |key: &str| (Some(key.to_owned()), None);
    feed(
        &topic,
        &["-K", ",", "--null-value", "NULL"],
        "a,NULL\nb,null\n",
    );
    feed(&topic, &["-k", "c", "--tombstone"], "");
    feed(&topic, &["--tombstone", "-"], "d\ne\n");
    let expected = [
        tombstone("a"),
        pair("b", "null"),
        tombstone("c"),
        tombstone("d"),
        tombstone("e"),
    ];
    assert_eq!(pairs(&topic), expected);
}

#[test]
fn inputs_can_be_repeated_and_paced() {
    let topic = Topic::new("repeat");
    let home = Home::new();
    home.write("a.txt", "1\n2\n");
    let output = produce(
        &home,
        &topic.name,
        &["--repeat", "5", "--rate", "20/s", "a.txt"],
    )
    .run()
    .exits(0);
    assert_eq!(
        values(&topic),
        ["1", "2", "1", "2", "1", "2", "1", "2", "1", "2"]
    );
    assert!(
        output.took > Duration::from_millis(440),
        "{:?}",
        output.took
    );
    let _ = produce(&home, &topic.name, &["--repeat", "2"])
        .stdin("a")
        .run()
        .exits(2);
}

#[test]
fn the_result_can_be_had_as_json() {
    let topic = Topic::with("result", 1, &[("max.message.bytes", "1000")]);
    let home = Home::new();
    let large = "x".repeat(2_000);
    let output = produce(&home, &topic.name, &["-o", "json"])
        .stdin(format!("abc\n{large}\n"))
        .run()
        .exits(5);
    let result: Value = serde_json::from_str(output.text()).unwrap();
    assert_eq!(result["kind"], "evctl.produce/1");
    assert_eq!(result["topic"], topic.name);
    assert_eq!(result["acknowledged"], 1);
    assert_eq!(result["failed"], 1);
    assert_eq!(result["unknown"], 0);
    assert_eq!(result["bytes"], 3);
    assert_eq!(result["failures"][0]["place"], "stdin:2");
    assert_eq!(result["failures"][0]["bytes"], 2_000);
    let error: Value = serde_json::from_str(output.stderr.lines().last().unwrap()).unwrap();
    assert_eq!(error["kind"], "evctl.error/1");
    assert_eq!(error["code"], 5);
    let _ = produce(&home, &topic.name, &["-o", "csv"])
        .stdin("a")
        .run()
        .exits(2);
}

#[test]
fn keys_go_where_java_puts_them_and_keep_their_order() {
    const PARTITIONS: i32 = 5;
    let topic = Topic::with("keys", PARTITIONS, &[]);
    let lines: String = (0..1_000).fold(String::new(), |mut text, number| {
        writeln!(text, "key-{}:{number}", number % 13).unwrap();
        text
    });
    feed(&topic, &["-K", ":"], lines);
    feed(
        &topic,
        &["-i", "json"],
        "{\"key\":\"\",\"value\":\"0\"}\n{\"key\":{\"base64\":\"/wD+\"},\"value\":\"0\"}\n{\"key\":\"ü\",\"value\":\"0\"}\n",
    );
    let mut count = 0;
    for (partition, seen) in (0..).zip(in_all_partitions(&topic, PARTITIONS)) {
        let mut last = std::collections::HashMap::new();
        for record in seen {
            count += 1;
            let number: i32 = record.text().parse().unwrap();
            let key = record.key.unwrap();
            assert_eq!(
                murmur2_partition(&key, PARTITIONS),
                Some(partition),
                "{key:?}"
            );
            let before = last.insert(key, number);
            assert!(
                before.is_none_or(|before| before < number),
                "{before:?} {number}"
            );
        }
    }
    assert_eq!(count, 1_003);
}

#[test]
fn what_trickles_in_is_sent_at_once() {
    let topic = Topic::new("trickle");
    let home = Home::new();
    let mut running = produce(&home, &topic.name, &[]).open_stdin().spawn();
    for (count, line) in (1..).zip(["a\n", "b\nc", "\n"]) {
        running.type_in(line);
        until("it has arrived", || topic.seen(0).len() == count);
    }
    running.close_stdin();
    says(&running.finish().exits(0), "3 records acknowledged");
}
