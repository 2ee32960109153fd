//! `evctl consume` on topics: what it reads, what it leaves out, and that it ends at once.
//!
//! The topics with markers, holes and odd timestamps are those on which other clients hang, time
//! out, or print too much or too little.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::{Home, Output, Record, Topic, broker, bulk, evctl};

/// A read of a few records takes milliseconds; whoever waits for more to come, or polls until a
/// time-out, takes longer than this.
const AT_ONCE: Duration = Duration::from_secs(1);

/// 2026-01-01T10:00:00Z
const TEN: i64 = 1_767_261_600_000;
/// The year 2100.
const FAR_FUTURE: i64 = 4_102_444_800_000;

/// Any timestamp may be written, as older brokers let it be, and none is too old to be kept.
const ANY_TIME: &[(&str, &str)] = &[
    ("message.timestamp.after.max.ms", "9223372036854775807"),
    ("retention.ms", "-1"),
];

/// Runs consume on the shared broker. It ends by itself, and at once.
#[track_caller]
fn consume(arguments: &[&str]) -> Output {
    let arguments = [&["consume", "-b", broker().address()], arguments].concat();
    let output = evctl(&arguments);
    assert!(output.took < AT_ONCE, "{arguments:?}: {:?}", output.took);
    output
}

/// The values of `topic`, one a line.
#[track_caller]
fn values(topic: &Topic, options: &[&str]) -> Vec<String> {
    let printed = consume(&[&[topic.name.as_str()], options].concat()).ok();
    printed.lines().map(str::to_owned).collect()
}

/// The lines in alphabetical order: partitions arrive in any.
#[track_caller]
fn sorted(topic: &Topic, options: &[&str]) -> Vec<String> {
    let mut lines = values(topic, options);
    lines.sort_unstable();
    lines
}

#[test]
fn a_commit_marker_at_the_end_is_no_record_and_nothing_to_wait_for() {
    let topic = Topic::new("committed");
    topic.produce(0, &["plain0", "plain1", "plain2", "plain3", "plain4"]);
    topic.produce_committed(0, &["txn0", "txn1", "txn2", "txn3", "txn4"]);
    assert_eq!(values(&topic, &[]).len(), 10);
    assert_eq!(values(&topic, &["--from", "-2"]), ["txn3", "txn4"]);
    assert_eq!(values(&topic, &["--last", "2"]), ["txn3", "txn4"]);
}

#[test]
fn aborted_records_are_not_shown_and_not_counted() {
    let topic = Topic::new("aborted");
    topic.produce(0, &["plain0", "plain1", "plain2", "plain3", "plain4"]);
    topic.produce_aborted(0, &["txn0", "txn1", "txn2", "txn3", "txn4"]);
    assert_eq!(values(&topic, &[]).len(), 5);
    assert_eq!(values(&topic, &["--from", "-2"]), ["plain3", "plain4"]);
    let uncommitted = ["--isolation", "uncommitted"];
    assert_eq!(values(&topic, &uncommitted).len(), 10);
    assert_eq!(
        values(&topic, &[&uncommitted[..], &["--from", "-2"]].concat()),
        ["txn3", "txn4"]
    );
}

#[test]
fn an_open_transaction_ends_what_is_committed() {
    let topic = Topic::new("open");
    topic.produce(0, &["plain0", "plain1", "plain2", "plain3", "plain4"]);
    let open = topic.produce_open(0, &["txn0", "txn1"]);
    topic.produce(0, &["behind it"]);
    assert_eq!(values(&topic, &[]).len(), 5);
    assert_eq!(values(&topic, &["--from", "-1"]), ["plain4"]);
    let uncommitted = ["--isolation", "uncommitted"];
    assert_eq!(values(&topic, &uncommitted).len(), 8);
    let property = ["-X", "isolation.level=read_uncommitted"];
    assert_eq!(values(&topic, &property).len(), 8);
    open.commit();
    assert_eq!(values(&topic, &["--from", "-2"]), ["txn1", "behind it"]);
}

#[test]
fn a_compacted_topic_has_holes_in_the_middle_and_at_the_end() {
    let topic = Topic::compacted("holes", 1);
    for round in ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"] {
        topic.produce_records(0, &[Record::keyed("a", round), Record::keyed("b", round)]);
    }
    topic.compact(0);
    topic.produce_aborted(0, &["gone"]);
    let shown = |options: &[&str]| values(&topic, &[&["-f", "%o %k%s\n"], options].concat());
    assert_eq!(shown(&[]), ["18 a9", "19 b9", "20 ~"]);
    assert_eq!(shown(&["--from", "-2"]), ["19 b9", "20 ~"]);
    assert_eq!(shown(&["--from", "-9"]), ["18 a9", "19 b9", "20 ~"]);
    assert_eq!(shown(&["--from", "19"]), ["19 b9", "20 ~"]);
    assert_eq!(shown(&["--offsets", "0:3..19"]), ["18 a9"]);
    assert_eq!(shown(&["--order", "time"]), ["18 a9", "19 b9", "20 ~"]);
}

#[test]
fn a_topic_without_records_is_read_at_once() {
    let deleted = Topic::new("deleted");
    deleted.produce(0, &["a", "b", "c", "d", "e"]);
    deleted.trim(0, 5);
    let empty = Topic::with("empty", 3, &[]);
    for topic in [&deleted, &empty] {
        for options in [
            [].as_slice(),
            &["--from", "-2"],
            &["--from", "-2h"],
            &["--order", "time"],
        ] {
            let output = consume(&[&[topic.name.as_str()], options].concat()).exits(0);
            assert_eq!((output.text(), output.stderr.as_str()), ("", ""));
        }
    }
}

#[test]
fn a_start_that_retention_has_taken_is_said() {
    let topic = Topic::new("taken");
    topic.produce(0, &["a", "b", "c", "d", "e"]);
    topic.trim(0, 3);
    let output = consume(&[&topic.name, "--from", "1"]).exits(0);
    assert_eq!(output.lines(), ["d", "e"]);
    let warning = format!(
        "warning: {}/0: retention has taken the offsets 1 to 2, ",
        topic.name
    );
    assert!(output.stderr.starts_with(&warning), "{}", output.stderr);
    assert_eq!(values(&topic, &["--from", "-4"]), ["d", "e"]);
    assert_eq!(values(&topic, &["--from", "+1"]), ["e"]);
}

#[test]
fn the_last_records_are_those_of_each_partition() {
    let topic = Topic::with("last", 3, &[]);
    topic.produce(0, &["a1", "a2", "a3", "a4"]);
    topic.produce(1, &["b1"]);
    assert_eq!(sorted(&topic, &["--from", "-2"]), ["a3", "a4", "b1"]);
    assert_eq!(sorted(&topic, &["--from", "-1", "-p", "0"]), ["a4"]);
}

/// Records n00, n01, … a second apart, but for those at `odd` places.
fn seconds(label: &str, odd: &[(usize, &str, i64)]) -> Topic {
    let topic = Topic::with(label, 1, ANY_TIME);
    let mut all: Vec<_> = (0..20)
        .map(|second| (format!("n{second:02}"), TEN + second * 1_000))
        .collect();
    for (place, name, timestamp) in odd {
        all[*place] = ((*name).to_owned(), *timestamp);
    }
    // One batch each: what a batch's header says of its timestamps is no help.
    for (value, timestamp) in &all {
        let record = Record {
            timestamp: Some(*timestamp),
            ..Record::value(value)
        };
        topic.produce_records(0, &[record]);
    }
    topic
}

fn at(second: i64) -> String {
    format!("@{}", TEN + second * 1_000)
}

#[test]
fn a_window_of_time_ends_before_its_end() {
    let topic = seconds("window", &[]);
    let window = ["--from", &at(8), "--to", &at(12)];
    assert_eq!(values(&topic, &window), ["n08", "n09", "n10", "n11"]);
    let window = [
        "--from",
        "2026-01-01T10:00:08Z",
        "--to",
        "2026-01-01T10:00:10Z",
    ];
    assert_eq!(values(&topic, &window), ["n08", "n09"]);
    assert_eq!(values(&topic, &["--from", "@1767261618"]), ["n18", "n19"]);
}

#[test]
fn a_late_record_is_not_taken_for_one_of_the_window() {
    let day = 24 * 3600 * 1_000;
    let topic = seconds("late", &[(14, "late", TEN - day)]);
    let from_12 = ["--from", &at(12)];
    let right = ["n12", "n13", "n15", "n16", "n17", "n18", "n19"];
    for run in 0..20 {
        assert_eq!(values(&topic, &from_12), right, "run {run}");
    }
}

#[test]
fn a_record_from_the_far_future_hides_nothing_and_lets_nothing_in() {
    let topic = seconds("future", &[(5, "future", FAR_FUTURE)]);
    let from_12 = ["--from", &at(12)];
    assert_eq!(
        values(&topic, &from_12),
        [
            "future", "n12", "n13", "n14", "n15", "n16", "n17", "n18", "n19"
        ]
    );
    let window = ["--from", &at(8), "--to", &at(12)];
    assert_eq!(values(&topic, &window), ["n08", "n09", "n10", "n11"]);
}

#[test]
fn a_start_after_the_last_record_is_nothing_at_once() {
    let topic = seconds("after", &[]);
    for from in [&at(20), "now", "latest", "20"] {
        let output = consume(&[&topic.name, "--from", from]).exits(0);
        assert_eq!((output.text(), output.stderr.as_str()), ("", ""), "{from}");
    }
    let output = consume(&[&topic.name, "--from", "21"]).exits(0);
    assert_eq!(output.text(), "");
    assert!(
        output.stderr.contains("beyond the end 20"),
        "{}",
        output.stderr
    );
}

#[test]
fn an_unknown_topic_is_an_error_that_names_a_near_one_and_is_not_made() {
    let topic = Topic::new("shipments");
    let wrong = topic.name.replace("shipments", "shipmnets");
    for follow in [[].as_slice(), &["--follow"]] {
        let output = consume(&[&[wrong.as_str()], follow].concat()).exits(4);
        assert_eq!(output.text(), "");
        let hint = format!("hint: did you mean {:?}?", topic.name);
        assert!(output.stderr.contains(&hint), "{}", output.stderr);
        assert!(!Topic::exists(&wrong));
    }
    let _ = consume(&[&topic.name, "-p", "1"]).exits(4);
}

#[test]
fn offsets_and_partitions_are_taken_as_they_are_named() {
    let topic = Topic::with("places", 3, &[]);
    topic.produce(0, &["a0", "a1", "a2", "a3"]);
    topic.produce(1, &["b0", "b1", "b2", "b3"]);
    topic.produce(2, &["c0", "c1"]);
    let offsets = ["--offsets", "0:1..3,1:3.."];
    assert_eq!(sorted(&topic, &offsets), ["a1", "a2", "b3"]);
    assert_eq!(
        sorted(&topic, &["-p", "1-2", "--from", "1", "--to", "3"]),
        ["b1", "b2", "c1"]
    );
    assert_eq!(values(&topic, &["-p", "1", "-n", "3"]), ["b0", "b1", "b2"]);
    assert_eq!(values(&topic, &["-n", "0"]), [""; 0]);
}

#[test]
fn a_key_is_looked_for_where_either_partitioner_puts_it() {
    const PARTITIONS: i32 = 7;
    let topic = Topic::with("keyed", PARTITIONS, &[]);
    let keys: Vec<_> = (0..12).map(|number| format!("order-{number}")).collect();
    let mut records: Vec<_> = keys
        .iter()
        .map(|key| Record::keyed(key, "murmur2"))
        .collect();
    topic.produce_routed("murmur2", &records);
    records
        .iter_mut()
        .for_each(|record| record.value = Some(b"crc32"));
    topic.produce_routed("consistent", &records);
    for key in &keys {
        let there = sorted(&topic, &["-k", key, "--key-partition", "-f", "%s %k %p\n"]);
        let [crc32, murmur2] = there.as_slice() else {
            panic!("{key}: {there:?}");
        };
        assert!(crc32.starts_with(&format!("crc32 {key} ")), "{crc32}");
        assert!(murmur2.starts_with(&format!("murmur2 {key} ")), "{murmur2}");

        // Put somewhere else by hand, it is found by whoever looks everywhere.
        let elsewhere = (0..PARTITIONS).find(|partition| {
            !there
                .iter()
                .any(|line| line.ends_with(&partition.to_string()))
        });
        topic.produce_records(elsewhere.unwrap(), &[Record::keyed(key, "by hand")]);
        assert_eq!(
            sorted(&topic, &["-k", key, "--key-partition"]),
            ["crc32", "murmur2"]
        );
        assert_eq!(
            sorted(&topic, &["-k", key]),
            ["by hand", "crc32", "murmur2"]
        );
    }
}

/// Records that differ in whatever can be asked for.
fn various() -> Topic {
    let topic = Topic::new("various");
    let web: &[(&str, Option<&[u8]>)] = &[("source", Some(b"web")), ("ce_type", Some(b"placed"))];
    let shop: &[(&str, Option<&[u8]>)] = &[("source", Some(b"shop")), ("empty", None)];
    topic.produce_records(
        0,
        &[
            Record {
                headers: web,
                ..Record::keyed("a", r#"{"total":150}"#)
            },
            Record {
                headers: shop,
                ..Record::keyed("b", r#"{"total":50,"type":"paid"}"#)
            },
            Record::keyed("a", r#"{"eventType":"placed"}"#),
            Record::keyed("c", "not JSON: timeout"),
            Record::keyed("d", r#"{"total":"\u0000"}"#),
            Record {
                key: Some(b"e"),
                ..Record::default()
            },
        ],
    );
    topic
}

#[test]
fn records_are_kept_by_what_they_hold() {
    let topic = various();
    for (options, right) in [
        (["-k", "a"], ["0", "2"].as_slice()),
        (["-k", "A"], &[]),
        (["--header", "source"], &["0", "1"]),
        (["--header", "source=shop"], &["1"]),
        (["--header", "empty"], &["1"]),
        (["--header", "empty="], &[]),
        (["--event-type", "placed"], &["0", "2"]),
        (["--event-type", "paid"], &["1"]),
        (["--grep", "time(out)?$"], &["3"]),
        (["--grep", "^shop$"], &["1"]),
        (["--filter", ".value == null"], &["5"]),
        (["--filter", r#".headers.source == "web""#], &["0"]),
        (["--filter", "empty"], &[]),
        (["--filter", ".offset < 2, false"], &["0", "1"]),
    ] {
        let options = [&["-f", "%o\n"], options.as_slice()].concat();
        assert_eq!(values(&topic, &options), right, "{options:?}");
    }
    let both = [
        "-f",
        "%o\n",
        "-k",
        "a",
        "--event-type",
        "placed",
        "--header",
        "source=web",
    ];
    assert_eq!(values(&topic, &both), ["0"]);
    assert_eq!(values(&topic, &["-k", "a", "-n", "1", "-f", "%o\n"]), ["0"]);
}

#[test]
fn what_a_filter_fails_on_is_not_kept_and_is_counted() {
    let topic = various();
    let output = consume(&[&topic.name, "-f", "%o\n", "--filter", ".value.total > 100"]).exits(0);
    // A string is larger than any number; text has no members, which is an error.
    assert_eq!(output.lines(), ["0", "4"]);
    let warning = "warning: --filter failed on 1 record, the first: ";
    assert!(output.stderr.starts_with(warning), "{}", output.stderr);

    let output = consume(&[&topic.name, "-f", "%o\n", "--filter", ".value.total?"]).exits(0);
    assert_eq!(output.lines(), ["0", "1", "4"]);
    assert_eq!(output.stderr, "");

    let output = consume(&[&topic.name, "--filter", ".value["]).exits(2);
    assert!(output.stderr.contains("--filter"), "{}", output.stderr);
}

#[test]
fn a_jq_expression_says_what_is_printed() {
    let topic = various();
    let output = consume(&[&topic.name, "--jq", "[.key, .value.total]"]).exits(0);
    assert_eq!(
        output.lines(),
        [
            r#"["a",150]"#,
            r#"["b",50]"#,
            r#"["a",null]"#,
            r#"["d","\u0000"]"#,
            r#"["e",null]"#,
        ]
    );
    assert!(
        output
            .stderr
            .starts_with("warning: --jq failed on 1 record"),
        "{}",
        output.stderr
    );
}

#[test]
fn templates_columns_and_values_show_what_there_is() {
    let topic = Topic::with("shown", 1, ANY_TIME);
    let name = topic.name.as_str();
    let header: &[(&str, Option<&[u8]>)] = &[("h", Some(b"1")), ("n", None)];
    topic.produce_records(
        0,
        &[
            Record {
                timestamp: Some(TEN),
                headers: header,
                ..Record::keyed("k", r#"{"total":12.50,"note":"a, \"b\""}"#)
            },
            Record {
                timestamp: Some(TEN + 1),
                ..Record::default()
            },
            Record {
                timestamp: Some(TEN + 2),
                ..Record::keyed("", "")
            },
        ],
    );
    assert_eq!(
        values(&topic, &["-f", "%t/%p@%o %T %K %S %h %k\n"]),
        [
            format!("{name}/0@0 {TEN} 1 33 h=1,n=NULL k"),
            format!("{name}/0@1 {} -1 -1  ", TEN + 1),
            format!("{name}/0@2 {} 0 0  ", TEN + 2),
        ]
    );
    assert_eq!(
        values(
            &topic,
            &[
                "-o",
                "csv",
                "--columns",
                "offset,key,value,.value.total,header.h"
            ]
        ),
        [
            "offset,key,value,.value.total,header.h",
            r#"0,k,"{""total"":12.50,""note"":""a, \""b\""""}",12.50,1"#,
            r"1,\N,\N,,",
            r#"2,"","",,"#,
        ]
    );
    let table = values(
        &topic,
        &["-o", "table", "--columns", "offset,timestamp,key"],
    );
    let rows: Vec<Vec<&str>> = table
        .iter()
        .map(|row| row.split_whitespace().collect())
        .collect();
    let times = [TEN, TEN + 1, TEN + 2].map(|time| time.to_string());
    assert_eq!(rows[0], ["OFFSET", "TIMESTAMP", "KEY"]);
    assert_eq!(rows[1], ["0", times[0].as_str(), "k"]);
    assert_eq!(rows[2], ["1", times[1].as_str(), "-"]);
    assert_eq!(rows[3][..2], ["2", times[2].as_str()]);

    // A tombstone is an empty line, and nothing at all when nothing is added.
    let printed = consume(&[name, "-o", "value", "--from", "1"]).ok();
    assert_eq!(printed, "\n\n");
    let printed = consume(&[name, "-o", "raw", "--from", "1"]).ok();
    assert_eq!(printed, "");
}

#[test]
fn a_record_in_json_is_the_record_byte_for_byte() {
    let topic = Topic::with("exact", 1, ANY_TIME);
    let headers: &[(&str, Option<&[u8]>)] = &[
        ("trace", Some(b"00-1")),
        ("x", None),
        ("x", Some(b"\xff")),
        ("x", Some(b"")),
    ];
    let spaced: &[(&str, Option<&[u8]>)] = &[("x", Some(b"[1, 2]\n"))];
    let record = |key, value, headers| Record {
        key,
        value,
        timestamp: Some(TEN + 123),
        headers,
    };
    topic.produce_records(
        0,
        &[
            record(None, Some(b"".as_slice()), &[]),
            record(Some(b"".as_slice()), None, &[]),
            record(Some(b"\xff\x00"), Some(b"a\0\"\n"), headers),
            record(Some(b"k"), Some(br#"{"b":1.50,"a":1,"a":"\u00e9"}"#), &[]),
            record(Some(b"7"), Some(br#"{ "a": 1 }"#), &[]),
            record(Some(br#"{"id": 7}"#), Some(b"{\n  \"a\": 1\n}"), spaced),
        ],
    );
    let printed = consume(&[&topic.name, "-o", "json"]).ok();
    let right = [
        r#""key":null,"headers":[],"value":"""#,
        r#""key":"","headers":[],"value":null"#,
        r#""key":{"base64":"/wA="},"headers":[["trace","00-1"],["x",null],["x",{"base64":"/w=="}],["x",""]],"value":"a\u0000\"\n""#,
        r#""key":"k","headers":[],"value":{"json":{"b":1.50,"a":1,"a":"\u00e9"}}"#,
        r#""key":"7","headers":[],"value":{"json":{ "a": 1 }}"#,
        r#""key":{"json":{"id": 7}},"headers":[["x",{"json":[1,2],"text":"[1, 2]\n"}]],"value":{"json":{"a":1},"text":"{\n  \"a\": 1\n}"}"#,
    ];
    for (offset, (line, rest)) in printed.lines().zip(right).enumerate() {
        let name = &topic.name;
        let time = TEN + 123;
        assert_eq!(
            line,
            format!(
                r#"{{"topic":"{name}","partition":0,"offset":{offset},"timestamp":{time},"timestamp_type":"create",{rest}}}"#
            )
        );
    }
    assert_eq!(printed.lines().count(), right.len());
}

#[test]
fn several_topics_are_read_at_once_and_merged_by_time() {
    let [orders, payments] = ["orders", "payments"].map(|label| Topic::with(label, 2, ANY_TIME));
    // Each stream in order; merged, they alternate.
    let streams = [(&orders, 0), (&payments, 0), (&orders, 1), (&payments, 1)];
    for (stream, (topic, partition)) in (0..).zip(streams) {
        for step in 0..5_i64 {
            let second = step * 4 + stream;
            let value = format!("{second:02}");
            let record = Record {
                timestamp: Some(TEN + second),
                ..Record::value(&value)
            };
            topic.produce_records(partition, &[record]);
        }
    }
    let right: Vec<_> = (0..20).map(|second| format!("{second:02}")).collect();
    let both = [orders.name.as_str(), &payments.name];
    let merged = consume(&[&both[..], &["--order", "time"]].concat()).ok();
    assert_eq!(merged.lines().collect::<Vec<_>>(), right);
    let arrived = consume(&both).ok();
    let mut arrived: Vec<_> = arrived.lines().collect();
    arrived.sort_unstable();
    assert_eq!(arrived, right);
    let first = consume(&[&both[..], &["--order", "time", "-n", "7"]].concat()).ok();
    assert_eq!(first.lines().collect::<Vec<_>>(), right[..7]);
}

#[test]
fn a_topic_named_twice_is_read_once() {
    let [a, b] = ["twice", "once"].map(Topic::new);
    a.produce(0, &["a"]);
    b.produce(0, &["b"]);
    let output = consume(&[&a.name, &b.name, &a.name, "--order", "time"]).exits(0);
    assert_eq!(output.lines(), ["a", "b"]);
}

#[test]
fn many_partitions_are_read_at_once() {
    let topic = Topic::with("wide", 60, &[]);
    for partition in 0..60 {
        topic.produce(partition, &[&format!("{partition:02}")]);
    }
    let right: Vec<_> = (0..60).map(|partition| format!("{partition:02}")).collect();
    assert_eq!(sorted(&topic, &[]), right);
    assert_eq!(sorted(&topic, &["--order", "time"]), right);
    assert_eq!(sorted(&topic, &["--from", "-1"]), right);
}

#[test]
fn a_record_larger_than_any_buffer_is_read() {
    let topic = Topic::with("huge", 1, &[("max.message.bytes", "30000000")]);
    let huge = "x".repeat(20_000_000);
    topic.produce(0, &["before"]);
    topic.produce(0, &[&huge]);
    topic.produce(0, &["after"]);
    for order in ["arrival", "time"] {
        let sizes = values(&topic, &["--order", order, "-f", "%S\n"]);
        assert_eq!(sizes, ["6", "20000000", "5"]);
    }
    let read = values(&topic, &["--from", "-2"]);
    assert!(read == [huge.as_str(), "after"]);
}

#[test]
fn a_followed_topic_says_where_to_go_on() {
    let topic = Topic::new("followed");
    topic.produce(0, &["a", "b"]);
    let home = Home::new();
    let follow = ["consume", "-b", broker().address(), &topic.name, "--follow"];
    let running = home.evctl(&follow).spawn();
    running.wait_for("b\n");
    topic.produce(0, &["c"]);
    running.wait_for("c\n");
    let output = running.end_by(Signal::INT).exits(130);
    let said = "interrupted after 3 records; resume with --offsets 0:3..\n";
    assert_eq!(output.stderr, said);

    let resume = [&follow[..], &["--offsets", "0:3..", "-n", "1"]].concat();
    let running = home.evctl(&resume).spawn();
    topic.produce(0, &["d"]);
    assert_eq!(running.finish().ok(), "d\n");
}

#[test]
fn every_codec_is_read_whatever_the_isolation() {
    let topic = Topic::new("codecs");
    let mut right = Vec::new();
    for codec in ["none", "gzip", "snappy", "lz4", "zstd"] {
        let values: Vec<_> = (0..300)
            .map(|number| format!("{codec} {number} {:->200}", ""))
            .collect();
        let borrowed: Vec<_> = values.iter().map(String::as_str).collect();
        topic.produce_compressed(0, codec, &borrowed);
        right.extend(values);
    }
    for isolation in ["committed", "uncommitted"] {
        let read = values(&topic, &["--isolation", isolation]);
        assert!(
            read == right,
            "{isolation}: {} of {}",
            read.len(),
            right.len()
        );
    }
    // From the middle of a compressed batch.
    let read = values(&topic, &["--from", "450", "--to", "1250"]);
    assert!(read == right[450..1250], "{}", read.len());
    let read = values(&topic, &["--from", "-450"]);
    assert!(read == right[1050..], "{}", read.len());
}

#[test]
fn a_reader_that_went_away_is_no_error() {
    let topic = Topic::new("head");
    bulk::fill(broker().address(), &topic.name, 0, 0..500);
    let arguments = ["consume", "-b", broker().address(), &topic.name];
    let home = Home::new();
    for first in [false, true] {
        let mut running = home.evctl(&arguments).spawn_unread();
        if first {
            running.wait_for_first_byte();
        }
        running.close_stdout();
        let output = running.finish().exits(0);
        assert_eq!(output.stderr, "");
        assert!(output.took < AT_ONCE);
    }
}

#[test]
fn an_expression_that_fails_on_every_record_exits_5() {
    let topic = Topic::new("all-fail");
    let home = Home::new();
    let run = |command: &[&str], option: &str, expression: &str| {
        let mut line = command.to_vec();
        line.extend([option, expression]);
        if !command[1].ends_with(".ndjson") {
            line.extend(["-b", broker().address()]);
        }
        home.evctl(&line).run()
    };
    let consume = ["consume", topic.name.as_str()];
    let group = ["consume", &topic.name, "-g", &topic.name];
    let commands = [
        &consume[..],
        &group,
        &["tail", &topic.name, "--no-follow"],
        &["consume", "all.ndjson"],
        &["tail", "all.ndjson"],
    ];
    let capture = |records: &str| home.write("all.ndjson", records);
    capture("");
    // Nothing was seen, and nothing failed.
    for command in commands {
        let _nothing = run(command, "--filter", ".value.a").exits(0);
    }
    topic.produce(0, &["7", "8"]);
    capture("{\"value\":\"7\"}\n{\"value\":\"8\"}\n");
    for command in commands {
        for option in ["--filter", "--jq"] {
            let output = run(command, option, ".value.a").exits(5);
            let said = format!("warning: {option} failed on 2 records, the first: ");
            assert!(
                output.stderr.contains(&said),
                "{command:?}: {}",
                output.stderr
            );
        }
    }
    // A group keeps what nothing came of.
    assert_eq!(run(&group, "--jq", ".value").ok(), "7\n8\n");
    topic.produce(0, &["{\"a\":1}"]);
    capture("{\"value\":\"7\"}\n{\"value\":\"{\\\"a\\\":1}\"}\n");
    for command in [&consume[..], &["tail", "all.ndjson"]] {
        let output = run(command, "--jq", ".value.a").exits(0);
        assert_eq!(output.text(), "1\n");
        assert!(
            output.stderr.contains("--jq failed on"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn what_writes_nothing_as_its_filter_fails_on_every_record_exits_5() {
    let [topic, target] = ["all-fail-from", "all-fail-to"].map(Topic::new);
    topic.produce(0, &["7", "8"]);
    let home = Home::new();
    let commands = [
        &["capture", &topic.name, "-O", "a.ndjson"][..],
        &["replay", &topic.name, "--to-topic", &target.name, "--yes"],
        &["replay", "all.ndjson", "--to-topic", &target.name, "--yes"],
    ];
    home.write("all.ndjson", "{\"value\":\"7\"}\n{\"value\":\"8\"}\n");
    for command in commands {
        for (expression, exit) in [(".value.a", 5), (".value > 8", 0)] {
            let options = ["--filter", expression, "-b", broker().address()];
            let line = [command, &options].concat();
            let output = home.evctl(&line).run().exits(exit);
            let fails = output.stderr.contains("--filter failed on 2 records");
            assert_eq!(fails, exit == 5, "{line:?}: {}", output.stderr);
            let _ = std::fs::remove_file(home.path().join("a.ndjson"));
        }
    }
    assert!(target.seen(0).is_empty());
}

#[test]
fn what_an_open_transaction_hides_is_said_in_one_line() {
    let topic = Topic::with("hidden", 2, &[]);
    topic.produce(0, &["a"]);
    topic.produce(1, &["b"]);
    let open = topic.produce_open(0, &["x", "y"]);
    let home = Home::new();
    let name = topic.name.as_str();
    let said =
        format!("{name}/0: 2 offsets from 1 on hidden by an open transaction, open since 20");
    let run = |arguments: &[&str]| {
        let arguments = [arguments, &["-b", broker().address()]].concat();
        home.evctl(&arguments).run().exits(0).stderr
    };
    for command in [
        &["consume", name][..],
        &["consume", name, "-g", name],
        &["tail", name, "--no-follow"],
        &["capture", name, "-O", "hidden.ndjson"],
        &[
            "replay",
            name,
            "--to-topic",
            name,
            "--in-place",
            "--dry-run",
        ],
    ] {
        let stderr = run(command);
        let lines: Vec<_> = stderr
            .lines()
            .filter(|line| line.contains("hidden by"))
            .collect();
        let [line] = lines[..] else {
            panic!("{command:?}: {stderr}");
        };
        assert!(line.contains(&said), "{line}");
        assert!(
            line.ends_with("--isolation uncommitted shows them"),
            "{line}"
        );
    }
    for options in [
        &["-p", "1"][..],
        &["--to", "1"],
        &["--isolation", "uncommitted"],
    ] {
        let stderr = run(&[&["consume", name], options].concat());
        assert!(!stderr.contains("hidden"), "{options:?}: {stderr}");
    }
    open.commit();
    assert!(!run(&["consume", name]).contains("hidden"));
}
