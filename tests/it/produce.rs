//! `evctl produce` against a real broker: what arrives is looked at with another client.

use std::{fmt::Write, time::Duration};

use evctl::{
    sandbox::{Lifetime, Options, Server},
    select::murmur2_partition,
};
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{
    Evctl, Home, Seen, Topic, admin, broker, command::Output, evctl, kafka, secured, until,
};

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

#[track_caller]
fn says(output: &Output, text: &str) {
    assert!(
        output.stderr.contains(text),
        "no {text:?} in {}",
        output.stderr
    );
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
fn json_takes_every_form_of_bytes() {
    let topic = Topic::with("json-forms", 1, &ANY_TIME);
    let input = r#"{"value":null}
{"value":""}
{"value":"t\u0000\u00fc"}
{"value":{"json":{"b":1.50,"a":"\u00fc","b":2}}}
{"value":{"base64":"/wA="},"key":{"base64":"/w=="}}
  { "key" : {"json":[1]} , "value" : "x", "headers": [["h","1"],["h",null],["",""],["b",{"base64":"/w=="}],[{"base64":"/w=="},"n"]] }

{"value":"old","timestamp":1,"topic":"other","offset":77,"timestamp_type":"log-append","decoded":{"value":1}}
"#;
    feed(&topic, &["-i", "json"], input);
    let seen = topic.seen(0);
    let bytes: Vec<_> = seen.iter().map(|seen| seen.value.as_deref()).collect();
    let expected: [Option<&[u8]>; 7] = [
        None,
        Some(b""),
        Some("t\0ü".as_bytes()),
        Some(br#"{"b":1.50,"a":"\u00fc","b":2}"#),
        Some(b"\xff\0"),
        Some(b"x"),
        Some(b"old"),
    ];
    assert_eq!(bytes, expected);
    assert_eq!(seen[4].key.as_deref(), Some(b"\xff".as_slice()));
    assert_eq!(seen[5].key.as_deref(), Some(b"[1]".as_slice()));
    let found = records(&topic);
    assert_eq!(
        found[5]["headers"],
        json!([["h", "1"], ["h", null], ["", ""], ["b", {"base64": "/w=="}], [{"base64": "/w=="}, "n"]]),
        "a name that is not UTF-8 survives, too"
    );
    assert_eq!(found[6]["timestamp"], 1);
}

#[test]
fn a_record_keeps_the_partition_that_it_names_unless_p_wins() {
    let topic = Topic::with("own-partition", 3, &[]);
    let input =
        "{\"partition\":2,\"key\":\"a\",\"value\":\"1\"}\n{\"partition\":0,\"value\":\"2\"}\n";
    let counts = || {
        in_all_partitions(&topic, 3)
            .iter()
            .map(Vec::len)
            .collect::<Vec<_>>()
    };
    feed(&topic, &["-i", "json"], input);
    assert_eq!(counts(), [1, 0, 1]);
    feed(&topic, &["-i", "json", "-p", "1"], input);
    assert_eq!(counts(), [1, 2, 1]);

    let home = Home::new();
    let output = produce(&home, &topic.name, &["-i", "json"])
        .stdin("{\"partition\":3,\"value\":\"x\"}\n{\"partition\":1,\"value\":\"y\"}\n")
        .run()
        .exits(5);
    says(&output, "stdin:1: the topic has no such partition");
    assert_eq!(counts(), [1, 3, 1]);
}

#[test]
fn a_timestamp_of_0_cannot_be_written_and_is_said() {
    let topic = Topic::with("timestamp-0", 1, &ANY_TIME);
    let home = Home::new();
    let output = produce(&home, &topic.name, &["-i", "json"])
        .stdin("{\"value\":\"a\",\"timestamp\":1}\n{\"value\":\"b\",\"timestamp\":0}\n")
        .run()
        .exits(0);
    says(&output, "timestamp 0");
    says(&output, "stdin:2");
    let found = records(&topic);
    assert_eq!(found[0]["timestamp"], 1);
    assert!(found[1]["timestamp"].as_i64().unwrap() > 1_700_000_000_000);
}

#[test]
fn csv_has_its_columns_named_in_the_first_line() {
    let topic = Topic::with("csv", 2, &[]);
    let input = "key,partition,header.h,value\r\nk,1,x,\"a,\"\"b\nc\"\r\n,1,,\n";
    feed(&topic, &["-i", "csv"], input);
    let found = records(&topic);
    assert_eq!(found[0]["value"], "a,\"b\nc");
    assert_eq!(found[0]["headers"], json!([["h", "x"]]));
    assert_eq!(found[1]["key"], "");
    assert_eq!(found[1]["headers"], json!([]));
    assert_eq!(topic.seen(1).len(), 2);

    let home = Home::new();
    home.write("bad.csv", "key,value\na,1\nb\nc,3\n");
    let output = produce(&home, &topic.name, &["-i", "csv", "-p", "0", "bad.csv"])
        .run()
        .exits(5);
    says(&output, "bad.csv:3: 1 fields where the first line names 2");
    assert_eq!(pairs(&topic), [pair("a", "1")]);
}

#[test]
fn a_raw_file_is_one_value() {
    let topic = Topic::new("raw");
    let home = Home::new();
    home.write("a.bin", b"x\n\xff\0");
    home.write("b.bin", "");
    let _ = produce(&home, &topic.name, &["-i", "raw", "a.bin", "b.bin"])
        .run()
        .exits(0);
    let seen = topic.seen(0);
    let bytes: Vec<_> = seen
        .iter()
        .map(|seen| seen.value.as_deref().unwrap())
        .collect();
    assert_eq!(bytes, [b"x\n\xff\0".as_slice(), b""]);
}

/// What other tools print for a record with key `k`, value `v` and header `h` = `1`.
const OTHER_TOOLS: [(&str, &str); 7] = [
    ("json", r#"{"key":"k","value":"v","headers":[["h","1"]]}"#),
    ("csv", "key,value,header.h\nk,v,1\n"),
    (
        "kcat",
        r#"{"topic":"t","partition":0,"offset":4,"tstype":"create","ts":1767261600123,"broker":1,"headers":["h","1"],"key":"k","payload":"v"}"#,
    ),
    (
        "kaf",
        r#"{"topic":"t","partition":0,"offset":2,"timestamp":"2026-01-01T11:00:00.123+01:00","headers":[{"key":"h","value":"1"}],"key":"k","payload":"v"}"#,
    ),
    (
        "kafkactl",
        "{\n\t\"Partition\": 0,\n\t\"Offset\": 7,\n\t\"Headers\": {\n\t\t\"h\": \"1\"\n\t},\n\t\"Key\": \"k\",\n\t\"Value\": \"v\",\n\t\"Timestamp\": \"2026-01-01T10:00:00.123Z\"\n}\n",
    ),
    (
        "rpk",
        "{\n  \"topic\": \"t\",\n  \"key\": \"k\",\n  \"value\": \"v\",\n  \"headers\": [\n    {\n      \"key\": \"h\",\n      \"value\": \"1\"\n    }\n  ],\n  \"timestamp\": 1767261600123,\n  \"partition\": 0,\n  \"offset\": 9\n}\n",
    ),
    (
        "msk",
        r#"{"eventSource":"aws:kafka","records":{"t-0":[{"topic":"t","partition":0,"offset":15,"timestamp":1767261600123,"timestampType":"CREATE_TIME","key":"aw==","value":"dg==","headers":[{"h":[49]}]}]}}"#,
    ),
];

#[test]
fn what_other_tools_print_is_taken_by_name_and_guessed() {
    let topic = Topic::with("other-tools", 1, &ANY_TIME);
    let home = Home::new();
    for (form, input) in OTHER_TOOLS {
        feed(&topic, &["-i", form], input.repeat(1));
        let output = produce(&home, &topic.name, &["-i", "auto"])
            .stdin(input)
            .run()
            .exits(0);
        says(&output, &format!("took the input for {form}"));
    }
    let found = records(&topic);
    assert_eq!(found.len(), 2 * OTHER_TOOLS.len());
    for record in &found {
        assert_eq!(record["key"], "k");
        assert_eq!(record["value"], "v");
        assert_eq!(record["headers"], json!([["h", "1"]]));
    }
    for record in &found[4..] {
        assert_eq!(record["timestamp"], 1_767_261_600_123_i64);
    }
    let output = produce(&home, &topic.name, &["-i", "auto"])
        .stdin("plain\n")
        .run()
        .exits(0);
    says(&output, "took the input for lines");
}

#[test]
fn a_mistake_in_json_is_named_with_line_and_column_and_what_stands_before_it_is_sent() {
    let topic = Topic::new("bad-json");
    let home = Home::new();
    home.write(
        "in.ndjson",
        "{\"value\":\"a\"}\n{\"value\":\"b\"}\n{\"value\":1}\n{\"value\":\"c\"}\n",
    );
    let output = produce(&home, &topic.name, &["-i", "json", "in.ndjson"])
        .run()
        .exits(5);
    says(&output, "in.ndjson:3:10: ");
    says(&output, "2 records acknowledged");
    says(
        &output,
        "the last record that was sent stood at in.ndjson:2",
    );
    assert_eq!(values(&topic), ["a", "b"]);

    let output = produce(&home, &topic.name, &["-i", "json"])
        .stdin("[]\n")
        .run()
        .exits(2);
    says(&output, "stdin:1:1: ");
    assert_eq!(values(&topic).len(), 2);
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
fn an_unknown_topic_is_not_made_and_the_nearest_is_named() {
    let topic = Topic::new("nearest-of-produce");
    let home = Home::new();
    let unknown = format!("{}x", topic.name);
    let output = produce(&home, &unknown, &[]).stdin("a").run().exits(4);
    says(&output, &format!("did you mean {:?}?", topic.name));
    assert!(!Topic::exists(&unknown));
}

#[test]
fn a_line_that_is_too_large_is_named_and_the_others_are_sent() {
    let topic = Topic::with("too-large", 1, &[("max.message.bytes", "2000")]);
    let home = Home::new();
    // The second one is for the broker to refuse: with its batch's header it is too large.
    let [large, just, fits] = [3_000, 1_990, 1_800].map(|size| "x".repeat(size));
    let short = format!("1\n{large}\n2\n{just}\n3\n{fits}\n");
    home.write("short.txt", &short);
    let output = produce(&home, &topic.name, &["short.txt"]).run().exits(5);
    says(
        &output,
        "short.txt:2: 3000 bytes, and the topic takes 2000 (max.message.bytes)",
    );
    says(
        &output,
        "short.txt:4: 1990 bytes, and the topic takes 2000 (max.message.bytes)",
    );
    says(&output, "4 records acknowledged");
    assert_eq!(values(&topic), ["1", "2", "3", &fits]);

    // Long inputs go another way: idempotently.
    let topic = Topic::with("too-large-long", 1, &[("max.message.bytes", "2000")]);
    let lines: String = (0..20_000).fold(String::new(), |mut text, line| {
        writeln!(text, "line {line}").unwrap();
        text
    });
    home.write("long.txt", format!("{lines}{large}\n{just}\n{lines}"));
    let output = produce(&home, &topic.name, &["long.txt"]).run().exits(5);
    says(&output, "long.txt:20001: 3000 bytes");
    says(&output, "long.txt:20002: 1990 bytes");
    says(&output, "40000 records acknowledged");
    let expected: Vec<_> = lines.lines().chain(lines.lines()).collect();
    assert!(values(&topic) == expected, "all of them, in order");
}

#[test]
fn whatever_size_the_topic_takes_is_written() {
    let topic = Topic::with("large", 1, &[("max.message.bytes", "6000000")]);
    let large = "y".repeat(5_000_000);
    feed(&topic, &[], large.as_str());
    feed(&topic, &["-H", "h=1"], large.as_str());
    assert!(values(&topic) == [large.as_str(), &large]);
}

#[test]
fn the_failures_can_be_produced_again() {
    let small = Topic::with("failures-small", 3, &[("max.message.bytes", "1000")]);
    let large = Topic::with("failures-large", 3, &ANY_TIME);
    let home = Home::new();
    let big = "x".repeat(1_500);
    let input = [
        json!({"value": "fits"}),
        json!({"key": "a", "value": big, "partition": 2, "timestamp": 1_767_261_600_123_i64,
            "headers": [["h", "1"], ["h", null], ["b", {"base64": "/w=="}]]}),
        json!({"key": {"base64": "/w=="}, "value": format!("\0{big}")}),
        json!({"key": big, "value": null}),
    ];
    let input: String = input.iter().map(|record| format!("{record}\n")).collect();
    let output = produce(
        &home,
        &small.name,
        &["-i", "json", "--failures", "left.ndjson"],
    )
    .stdin(input)
    .run()
    .exits(5);
    says(
        &output,
        &format!(
            "evctl produce {} -i json left.ndjson tries them again",
            small.name
        ),
    );
    assert_eq!(home.read("left.ndjson").lines().count(), 3);

    let again = ["-i", "json", "left.ndjson", "--failures", "none.ndjson"];
    let output = produce(&home, &large.name, &again).run().exits(0);
    says(&output, "3 records acknowledged");
    assert_eq!(home.read("none.ndjson"), "", "nothing failed");
    let found = records(&large);
    let keyed = |key: Value| found.iter().find(|record| record["key"] == key).unwrap();
    let first = keyed(json!("a"));
    assert_eq!(first["value"], big);
    assert_eq!(first["partition"], 2);
    assert_eq!(first["timestamp"], 1_767_261_600_123_i64);
    assert_eq!(
        first["headers"],
        json!([["h", "1"], ["h", null], ["b", {"base64": "/w=="}]])
    );
    let second = keyed(json!({"base64": "/w=="}));
    assert_eq!(second["value"], format!("\0{big}"));
    assert_ne!(second["timestamp"], first["timestamp"]);
    assert_eq!(keyed(json!(big))["value"], Value::Null);
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
fn ctrl_c_waits_for_what_was_sent_and_reports_it() {
    let topic = Topic::new("interrupted");
    let home = Home::new();
    let mut running = produce(&home, &topic.name, &[]).open_stdin().spawn();
    running.type_in("a\nb\n");
    until("both have arrived", || topic.seen(0).len() == 2);
    running.type_in("no newline yet");
    running.signal(Signal::INT);
    let output = running.finish().exits(130);
    says(&output, "2 records acknowledged");
    says(&output, "the last record that was sent stood at stdin:2");
    assert!(output.took < Duration::from_secs(2), "{:?}", output.took);
    assert_eq!(values(&topic), ["a", "b"]);
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

#[test]
fn a_broker_that_is_not_there_is_told_at_once() {
    let home = Home::new();
    let output = home
        .evctl(&["produce", "-b", "127.0.0.1:1", "t"])
        .stdin("a")
        .run()
        .exits(3);
    says(&output, "refused");
    assert!(output.took < Duration::from_secs(2), "{:?}", output.took);
}

#[test]
fn a_broker_that_comes_back_gets_every_record_once_and_one_that_does_not_is_given_up() {
    let directory = tempfile::tempdir().unwrap();
    let start = |port: Option<u16>| {
        Server::start(Options {
            port,
            ..kafka(Lifetime::Held(directory.path().to_owned()))
        })
        .unwrap()
    };
    let server = start(None);
    let address = server.address().to_owned();
    let port = address.rsplit_once(':').unwrap().1.parse().ok();
    admin::create_topic(&address, "t", 1, &[]);
    let home = Home::new();
    let command = ["produce", "-b", &address, "t"];
    let read = || home.evctl(&["consume", "-b", &address, "t"]).run().exits(0);
    let lines = |from: u32| {
        (from..from + 2_000).fold(String::new(), |mut text, number| {
            writeln!(text, "{number}").unwrap();
            text
        })
    };

    let mut running = home.evctl(&command).open_stdin().spawn();
    running.type_in(&lines(0));
    until("the first part has arrived", || {
        read().lines().len() == 2_000
    });
    server.stop().unwrap();
    running.type_in(&lines(2_000));
    let server = start(port);
    running.type_in(&lines(4_000));
    running.close_stdin();
    says(&running.finish().exits(0), "6000 records acknowledged");
    let expected: String = [0, 2_000, 4_000].map(lines).concat();
    assert!(read().text() == expected, "each of them once, in order");

    let given_up = [
        &command[..],
        &["--stall-timeout", "1s", "--failures", "left.ndjson"],
    ]
    .concat();
    let mut running = home.evctl(&given_up).open_stdin().spawn();
    running.type_in("a\n");
    until("it has arrived", || read().lines().len() == 6_001);
    server.stop().unwrap();
    running.type_in("b\n");
    running.close_stdin();
    let output = running.finish().exits(5);
    says(&output, "no record was acknowledged for 1 s");
    says(&output, "1 record acknowledged");
    says(&output, "stdin:2");
    assert_eq!(home.read("left.ndjson").lines().count(), 1);
}

#[test]
fn a_protected_cluster_is_written_to_only_when_it_is_named() {
    let topic = Topic::new("protected");
    let home = Home::new();
    let address = broker().address();
    home.write(
        "evctl.toml",
        format!("[profiles.prod]\nbrokers = [{address:?}]\nprotected = true\ncluster = \"orders-prod\"\n"),
    );
    let with = |arguments: &[&str]| {
        let command = ["-P", "prod", "produce", &topic.name];
        let command = home.evctl(&[&command, arguments].concat());
        command.without_terminal().stdin("a\n").run()
    };
    says(&with(&[]).exits(6), "--yes");
    says(&with(&["--yes"]).exits(6), "orders-prod");
    let _ = with(&["--yes", "--cluster", "orders"]).exits(6);
    let _ = with(&["--dry-run"]).exits(0);
    assert!(topic.seen(0).is_empty(), "nothing was written");
    let _ = with(&["--yes", "--cluster", "orders-prod"]).exits(0);
    assert_eq!(values(&topic), ["a"]);
}

#[test]
fn a_user_who_may_only_look_loses_nothing() {
    let broker = secured();
    let name = Topic::unused_name("only-look");
    broker.create_topic(&name, 1);
    let home = Home::new();
    let user = |user: &str, arguments: &[&str]| {
        let name_and_password = [
            format!("sasl.username={user}"),
            format!("sasl.password={user}-secret"),
        ];
        let login = [
            "-b",
            broker.sasl_plain(),
            "-X",
            "security.protocol=sasl_plaintext",
            "-X",
            "sasl.mechanism=SCRAM-SHA-256",
            "-X",
            &name_and_password[0],
            "-X",
            &name_and_password[1],
        ];
        home.evctl(&[arguments, &login].concat())
    };
    // Short and long inputs go different ways.
    for lines in [3, 20_000] {
        let input = "a line\n".repeat(lines);
        let output = user(
            "describer",
            &["produce", &name, "--failures", "left.ndjson"],
        )
        .stdin(input)
        .run()
        .exits(3);
        says(&output, "not authorised");
        says(&output, "0 records acknowledged");
        assert_eq!(home.read("left.ndjson").lines().count(), lines);
    }
    let consumed = home
        .evctl(&["consume", "-b", broker.plain(), &name])
        .run()
        .exits(0);
    assert!(consumed.stdout.is_empty());
    let _ = user("alice", &["produce", &name, "-i", "json", "left.ndjson"])
        .run()
        .exits(0);
    let consumed = home
        .evctl(&["consume", "-b", broker.plain(), &name])
        .run()
        .exits(0);
    assert_eq!(consumed.lines().len(), 20_000);
}
