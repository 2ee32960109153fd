//! `evctl capture`: files that hold everything, prove that they do, and are read like topics.

use std::{fs, path::Path};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Evctl, Home, Record, Topic, broker, command::Output, secured, until};

/// Records of any time and of some size are taken, and stay.
const ROOMY: [(&str, &str); 3] = [
    ("retention.ms", "-1"),
    ("message.timestamp.after.max.ms", "9223372036854775807"),
    ("max.message.bytes", "3000000"),
];

/// 2026-01-01T10:00:00Z
const NOON: i64 = 1_767_261_600_000;

fn on_broker(home: &Home, arguments: &[&str]) -> Evctl {
    home.evctl(&[arguments, &["-b", broker().address()]].concat())
}

fn capture(home: &Home, topic: &str, arguments: &[&str]) -> Evctl {
    on_broker(home, &[&["capture", topic], arguments].concat())
}

fn verify(home: &Home, file: &str) -> Output {
    home.evctl(&["capture", "verify", file]).run()
}

/// What evctl prints of sources, which no broker is needed for.
fn read(home: &Home, arguments: &[&str]) -> Vec<String> {
    let output = home.evctl(arguments).run().ok();
    output.lines().map(str::to_owned).collect()
}

/// First line, records and last line.
fn parts(home: &Home, file: &str) -> (Value, Vec<Value>, Value) {
    let text = home.read(file);
    let mut lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let (last, first) = (lines.pop().unwrap(), lines.remove(0));
    (first, lines, last)
}

/// Values with timestamps in the first partition.
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

#[track_caller]
fn says(output: &Output, text: &str) {
    assert!(
        output.stderr.contains(text) || output.text().contains(text),
        "no {text:?} in {}{}",
        output.text(),
        output.stderr
    );
}

/// Everything that a record can be.
fn fill(topic: &Topic) {
    let headers: &[(&str, Option<&[u8]>)] = &[
        ("h", Some(b"1")),
        ("h", None),
        ("h", Some(b"1")),
        ("", Some(b"")),
        ("binary", Some(b"\xff\0")),
        ("json", Some(b"{\"a\":1}")),
        ("\u{0}ü\"", Some("ü".as_bytes())),
    ];
    let large = "z".repeat(1 << 20);
    let bytes = |key: Option<&'static [u8]>, value: Option<&'static [u8]>| (key, value);
    let pairs = [
        bytes(None, None),
        bytes(Some(b""), Some(b"")),
        bytes(Some(b"\xff\0\n"), Some(b"\x80\r\n\xfe")),
        bytes(
            Some(b"\0"),
            Some("U+0000 \0 \u{2028} \u{feff} \u{10ffff}\\\"".as_bytes()),
        ),
        bytes(Some(b"tombstone"), None),
        bytes(
            Some(b"[1,2]"),
            Some(b"{\"b\":1.50,\"a\":1e30,\"b\":\"\\u00fc\"}"),
        ),
        bytes(Some(b"12"), Some(b"{\"spaced\": true}")),
        bytes(Some(b"null"), Some(b"true")),
        bytes(Some(b"k"), Some(b"{\"json\":{\"base64\":\"/w==\"}}")),
    ];
    for (index, (key, value)) in (0..).zip(pairs) {
        let record = Record {
            key,
            value,
            timestamp: Some(NOON + i64::from(index)),
            headers: if index % 2 == 0 { headers } else { &[] },
        };
        topic.produce_records(index % 3, &[record]);
    }
    // Older, and much newer, than what stands before them.
    at(
        topic,
        0,
        &[
            (1, "long ago"),
            (4_102_444_800_000, "far ahead"),
            (NOON + 100, &large),
        ],
    );
    // The other client cannot write a name that is not UTF-8.
    let home = Home::new();
    let odd =
        r#"{"partition":1,"timestamp":5,"headers":[[{"base64":"/w=="},"n"]],"value":"odd name"}"#;
    let _ = on_broker(&home, &["produce", &topic.name, "-i", "json"])
        .stdin(odd)
        .run()
        .exits(0);
}

#[test]
fn what_is_captured_and_produced_again_is_captured_as_the_same() {
    let [first, second] = ["round", "trip"].map(|label| Topic::with(label, 3, &ROOMY));
    // So that offsets differ.
    first.produce(0, &["trimmed"]);
    first.trim(0, 1);
    fill(&first);
    let home = Home::new();
    let _ = capture(&home, &first.name, &["-O", "first.ndjson"])
        .run()
        .exits(0);
    let output = on_broker(
        &home,
        &["produce", &second.name, "-i", "json", "first.ndjson"],
    )
    .run()
    .exits(0);
    says(&output, "13 records acknowledged");
    let _ = capture(&home, &second.name, &["-O", "second.ndjson"])
        .run()
        .exits(0);

    let files = ["capture", "diff", "first.ndjson", "second.ndjson"];
    let same = home
        .evctl(&[&files[..], &["--ignore", "topic,offset"]].concat())
        .run()
        .exits(0);
    says(&same, "the same 13 records");
    says(&home.evctl(&files).run().exits(1), "topic, offset differ");
    for file in ["first.ndjson", "second.ndjson"] {
        says(&verify(&home, file).exits(0), "sound, 13 records");
    }

    // Not by evctl's word alone.
    let (_, ours, _) = parts(&home, "first.ndjson");
    let (_, theirs, _) = parts(&home, "second.ndjson");
    let stripped = |mut record: Value| {
        let members = record.as_object_mut().unwrap();
        assert!(members.remove("topic").is_some() && members.remove("offset").is_some());
        record
    };
    let [ours, theirs] =
        [ours, theirs].map(|all| all.into_iter().map(stripped).collect::<Vec<_>>());
    assert!(ours == theirs);
    for partition in 0..3 {
        let seen = |topic: &Topic| {
            let seen = topic.seen(partition).into_iter();
            seen.map(|seen| (seen.key, seen.value)).collect::<Vec<_>>()
        };
        assert!(seen(&first) == seen(&second), "partition {partition}");
    }
    let raw = |file: &str, topic: &Topic| {
        let text = home.read(file).replace(&topic.name, "t");
        let lines = text.lines().skip(1).map(|line| {
            let (before, rest) = line.split_once("\"offset\":").unwrap_or((line, ",."));
            format!("{before}{}", rest.split_once(',').unwrap().1)
        });
        lines
            .filter(|line| !line.contains("sha256"))
            .collect::<Vec<_>>()
    };
    assert!(
        raw("first.ndjson", &first) == raw("second.ndjson", &second),
        "byte by byte, too"
    );
}

#[test]
fn a_record_is_written_down_as_it_is() {
    let topic = Topic::with("written-down", 3, &ROOMY);
    fill(&topic);
    let home = Home::new();
    let _ = capture(&home, &topic.name, &["-O", "a.ndjson"])
        .run()
        .exits(0);
    let (_, records, _) = parts(&home, "a.ndjson");
    let timestamps: Vec<_> = records
        .iter()
        .map(|record| record["timestamp"].as_i64().unwrap())
        .collect();
    // Merged by time, as far as the order within a partition lets it be.
    assert_eq!(timestamps[12], NOON + 100);
    let of = |timestamp: i64| {
        records
            .iter()
            .find(|record| record["timestamp"] == timestamp)
            .unwrap()
    };
    let headers = json!([
        ["h", "1"], ["h", null], ["h", "1"], ["", ""], ["binary", {"base64": "/wA="}],
        ["json", {"json": {"a": 1}}], ["\u{0}ü\"", "ü"]
    ]);
    assert_eq!(
        *of(NOON),
        json!({"topic": topic.name, "partition": 0, "offset": 0, "timestamp": NOON,
            "timestamp_type": "create", "key": null, "headers": headers, "value": null})
    );
    assert_eq!(of(NOON + 1)["key"], "");
    assert_eq!(of(NOON + 1)["headers"], json!([]));
    assert_eq!(of(NOON + 2)["key"], json!({"base64": "/wAK"}));
    assert_eq!(
        of(NOON + 3)["value"],
        "U+0000 \0 \u{2028} \u{feff} \u{10ffff}\\\""
    );
    assert_eq!(of(NOON + 7)["value"], "true");
    assert_eq!(of(5)["headers"], json!([[{"base64": "/w=="}, "n"]]));
    let text = home.read("a.ndjson");
    assert!(
        text.contains(r#""value":{"json":{"b":1.50,"a":1e30,"b":"\u00fc"}}"#),
        "verbatim"
    );
}

#[test]
fn records_are_merged_by_time_over_partitions_and_topics() {
    let [a, b] = ["merged-a", "merged-b"].map(|label| Topic::with(label, 2, &ROOMY));
    at(&a, 0, &[(NOON + 1, "1"), (NOON + 5, "5")]);
    at(&a, 1, &[(NOON + 2, "2"), (NOON + 3, "3")]);
    at(&b, 0, &[(NOON + 4, "4")]);
    // Of the same time: by topic, then by partition. A late one waits for its turn in the order of
    // its partition.
    at(&b, 1, &[(NOON + 5, "5b"), (NOON, "late"), (NOON + 9, "9")]);
    let home = Home::new();
    let topics = [b.name.as_str(), "-O", "merged.ndjson"];
    let _ = capture(&home, &a.name, &topics).run().exits(0);
    assert_eq!(
        read(&home, &["consume", "merged.ndjson"]),
        ["1", "2", "3", "4", "5", "5b", "late", "9"]
    );
    says(&verify(&home, "merged.ndjson").exits(0), "sound, 8 records");
}

#[test]
fn the_first_line_says_what_was_captured_and_the_last_that_it_is_whole() {
    let configs = [ROOMY.as_slice(), &[("cleanup.policy", "compact,delete")]].concat();
    let topic = Topic::with("first-line", 2, &configs);
    let stamped = Topic::with("stamped", 1, &[("message.timestamp.type", "LogAppendTime")]);
    topic.produce_records(1, &[Record::keyed("k", "a"), Record::keyed("k", "b")]);
    stamped.produce(0, &["c"]);
    let home = Home::new();
    let arguments = [stamped.name.as_str(), "-O", "a.ndjson", "--grep", "a|b|c"];
    let _ = capture(&home, &topic.name, &arguments).run().exits(0);
    let (first, records, last) = parts(&home, "a.ndjson");
    assert_eq!(first["evctl"], "capture/1");
    assert!(first["at"].as_str().unwrap().starts_with("20"), "{first}");
    assert!(!first["cluster_id"].as_str().unwrap().is_empty());
    assert_eq!(first["query"], json!({"grep": "a|b|c"}));
    assert_eq!(
        first["topics"],
        json!([
            {"name": topic.name, "partitions": 2, "timestamp_type": "CreateTime",
             "cleanup_policy": "compact,delete", "ranges": [[0, 0, 0], [1, 0, 2]]},
            {"name": stamped.name, "partitions": 1, "timestamp_type": "LogAppendTime",
             "cleanup_policy": "delete", "ranges": [[0, 0, 1]]},
        ])
    );
    let types: Vec<_> = records
        .iter()
        .map(|record| &record["timestamp_type"])
        .collect();
    assert_eq!(types, ["create", "create", "log-append"]);
    assert_eq!(last["evctl"], "end");
    assert_eq!(last["records"], 3);
    assert_eq!(last["gaps"], json!([]));
    assert_eq!(last["truncated"], false);
    let text = home.read("a.ndjson");
    let digest = ring::digest::digest(
        &ring::digest::SHA256,
        &text.as_bytes()[..text.rfind("{\"evctl\":\"end\"").unwrap()],
    );
    let hex: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(last["sha256"], hex);
}

#[test]
fn the_suffix_says_how_a_file_is_compressed() {
    let topic = Topic::new("suffixes");
    topic.produce(0, &["a", "b"]);
    let home = Home::new();
    for (file, magic) in [
        ("a.ndjson", "{\"ev"),
        ("a.ndjson.gz", "\u{1f}"),
        ("a.ndjson.zst", "("),
    ] {
        let output = capture(&home, &topic.name, &["-O", file]).run().exits(0);
        says(&output, &format!("captured 2 records to {file}"));
        assert!(output.stdout.is_empty());
        assert!(
            fs::read(home.path().join(file))
                .unwrap()
                .starts_with(magic.as_bytes())
        );
        assert_eq!(read(&home, &["consume", file]), ["a", "b"]);
        says(&verify(&home, file).exits(0), "sound, 2 records");
    }
    let output = capture(&home, &topic.name, &["-O", "-"]).run().exits(0);
    assert_eq!(output.lines().len(), 4);
    let consumed = home
        .evctl(&["consume", "-"])
        .stdin(output.stdout.clone())
        .run()
        .ok();
    assert_eq!(consumed, "a\nb\n");
    let verified = home
        .evctl(&["capture", "verify", "-"])
        .stdin(output.stdout)
        .run();
    says(&verified.exits(0), "sound, 2 records");
    let packed = fs::read(home.path().join("a.ndjson.zst")).unwrap();
    assert_eq!(
        home.evctl(&["consume", "-"]).stdin(packed).run().ok(),
        "a\nb\n"
    );

    let output = capture(&home, &topic.name, &["-O", "b.ndjson", "-o", "json"])
        .run()
        .ok();
    let result: Value = serde_json::from_str(&output).unwrap();
    assert_eq!(result["kind"], "evctl.capture/1");
    assert_eq!(
        (&result["records"], &result["files"]),
        (&json!(2), &json!(["b.ndjson"]))
    );
    let _ = capture(&home, &topic.name, &["-O", "c.ndjson", "-o", "csv"])
        .run()
        .exits(2);
    let _ = capture(&home, &topic.name, &["-O", "-", "-o", "json"])
        .run()
        .exits(2);
    assert!(!home.path().join("c.ndjson").exists());
}

#[test]
fn each_part_of_a_split_capture_is_whole() {
    let topic = Topic::new("split");
    let values: Vec<_> = (0..100).map(|number| format!("{number:050}")).collect();
    topic.produce(0, &values.iter().map(String::as_str).collect::<Vec<_>>());
    let home = Home::new();
    let output = capture(
        &home,
        &topic.name,
        &["-O", "part.ndjson.zst", "--split", "4KiB"],
    )
    .run()
    .exits(0);
    says(
        &output,
        "captured 100 records to part.0001.ndjson.zst, part.0002.ndjson.zst",
    );
    let mut names: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() > 3, "{names:?}");
    for (number, name) in (1..).zip(&names) {
        assert_eq!(*name, format!("part.{number:04}.ndjson.zst"));
        says(&verify(&home, name).exits(0), "sound");
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    assert_eq!(
        read(&home, &[&["consume"], names.as_slice()].concat()),
        values
    );
    let _ = capture(&home, &topic.name, &["-O", "-", "--split", "4KiB"])
        .run()
        .exits(2);
}

/// How much was written under a name that is not the file's own yet.
fn unfinished(home: &Home) -> u64 {
    let entries = fs::read_dir(home.path()).unwrap().flatten();
    let parts = entries.filter(|entry| {
        Path::new(&entry.file_name())
            .extension()
            .is_some_and(|it| it == "part")
    });
    parts
        .map(|entry| entry.metadata().map_or(0, |metadata| metadata.len()))
        .sum()
}

/// A capture that follows, and has seen a record from before it and one from after.
fn following(home: &Home, label: &str) -> crate::support::command::Running {
    // So large that it is written out at once.
    let large = "x".repeat(300_000);
    let topic = Topic::new(label);
    topic.produce(0, &[&large]);
    let running = capture(home, &topic.name, &["-O", "live.ndjson", "--follow"]).spawn();
    until("the first has been written", || unfinished(home) > 300_000);
    topic.produce(0, &[&large]);
    until("the second has been written", || unfinished(home) > 600_000);
    running
}

#[test]
fn ctrl_c_ends_a_capture_that_says_so() {
    let home = Home::new();
    let running = following(&home, "followed");
    assert!(!home.path().join("live.ndjson").exists());
    running.signal(Signal::INT);
    let output = running.finish().exits(130);
    says(
        &output,
        "captured 2 records to live.ndjson, marked as truncated",
    );
    let (_, records, last) = parts(&home, "live.ndjson");
    assert_eq!(records.len(), 2);
    assert_eq!(last["truncated"], true);
    says(&verify(&home, "live.ndjson").exits(0), "interrupted");
    assert_eq!(unfinished(&home), 0);
}

#[test]
fn a_killed_capture_leaves_no_file_under_its_name() {
    let home = Home::new();
    let running = following(&home, "killed");
    running.signal(Signal::KILL);
    let _ = running.finish().exits(137);
    assert!(!home.path().join("live.ndjson").exists());
}

#[test]
fn verify_tells_changed_from_cut_off() {
    let topic = Topic::new("damaged");
    topic.produce(0, &["first", "second", "third"]);
    let home = Home::new();
    for file in ["a.ndjson", "a.ndjson.zst", "a.ndjson.gz"] {
        let _ = capture(&home, &topic.name, &["-O", file]).run().exits(0);
    }
    let whole = home.read("a.ndjson");
    home.write("changed.ndjson", whole.replace("second", "sekond"));
    says(&verify(&home, "changed.ndjson").exits(1), "checksum");
    home.write("no-json.ndjson", whole.replace("\"second\"", "second\""));
    says(
        &verify(&home, "no-json.ndjson").exits(1),
        "no-json.ndjson:3:",
    );
    home.write("longer.ndjson", format!("{whole}{{\"value\":\"more\"}}\n"));
    let _ = verify(&home, "longer.ndjson").exits(1);
    let end = whole.rfind("{\"evctl\"").unwrap();
    for cut in [end, end - 3, end + 9] {
        home.write("cut.ndjson", &whole[..cut]);
        says(&verify(&home, "cut.ndjson").exits(5), "truncated");
    }
    let both = [
        "capture",
        "verify",
        "a.ndjson",
        "changed.ndjson",
        "a.ndjson.gz",
        "-o",
        "json",
    ];
    let output = home.evctl(&both).run().exits(1);
    let sound: Vec<Value> = output
        .lines()
        .into_iter()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let sound: Vec<_> = sound
        .iter()
        .map(|report| report["sound"].as_bool().unwrap())
        .collect();
    assert_eq!(sound, [true, false, true]);
    let _ = verify(&home, "none.ndjson").exits(4);
}

#[test]
fn a_compressed_file_that_was_cut_off_gives_what_is_left() {
    let topic = Topic::with("cut-off-compressed", 1, &ROOMY);
    let large: String = (0..100_000).map(|number| number.to_string()).collect();
    topic.produce(0, &["first", &large, &large]);
    let home = Home::new();
    for suffix in ["zst", "gz"] {
        let whole = format!("a.ndjson.{suffix}");
        let _ = capture(&home, &topic.name, &["-O", &whole]).run().exits(0);
        let packed = fs::read(home.path().join(&whole)).unwrap();
        let cut = format!("cut.ndjson.{suffix}");
        home.write(&cut, &packed[..packed.len() - 10]);
        says(&verify(&home, &cut).exits(5), "truncated");
        assert_eq!(read(&home, &["consume", &cut, "-n", "1"]), ["first"]);
        // Not even the first line.
        home.write(&cut, &packed[..12]);
        let _ = verify(&home, &cut).exits(5);
        let mut changed = packed;
        let middle = changed.len() / 2;
        changed[middle] ^= 0xff;
        home.write(&cut, changed);
        let _ = verify(&home, &cut).exits(1);
    }
}

#[test]
fn a_file_that_was_cut_off_is_read_only_when_that_is_allowed() {
    let topic = Topic::new("cut-off");
    topic.produce(0, &["a", "b"]);
    let home = Home::new();
    let _ = capture(&home, &topic.name, &["-O", "a.ndjson"])
        .run()
        .exits(0);
    let whole = home.read("a.ndjson");
    home.write("a.ndjson", &whole[..whole.rfind("{\"evctl\"").unwrap()]);
    for command in [["consume", "a.ndjson"].as_slice(), &["tail", "a.ndjson"]] {
        let output = home.evctl(command).run().exits(5);
        says(&output, "--allow-truncated");
        let allowed = home
            .evctl(&[command, &["--allow-truncated"]].concat())
            .run();
        assert_eq!(allowed.ok(), "a\nb\n");
    }
}

#[test]
fn diff_names_the_lines_that_differ() {
    let topic = Topic::new("diff");
    let home = Home::new();
    let line = |offset: u8, value: &str| {
        json!({"topic": topic.name, "partition": 0, "offset": offset, "value": value}).to_string()
            + "\n"
    };
    home.write(
        "a.ndjson",
        [line(0, "0"), line(1, "1"), line(2, "2"), line(3, "3")].concat(),
    );
    home.write(
        "b.ndjson",
        [line(0, "0"), line(1, "x"), line(3, "3"), line(4, "4")].concat(),
    );
    let output = home
        .evctl(&["capture", "diff", "a.ndjson", "b.ndjson"])
        .run()
        .exits(1);
    assert_eq!(
        output.lines(),
        [
            "a.ndjson:2 b.ndjson:2: value differ",
            "a.ndjson:3: only there",
            "b.ndjson:4: only there",
            "3 differences in 4 and 4 records",
        ]
    );
    let json = home
        .evctl(&["capture", "diff", "a.ndjson", "b.ndjson", "-o", "json"])
        .run()
        .exits(1);
    let report: Value = serde_json::from_str(json.text()).unwrap();
    assert_eq!(report["kind"], "evctl.capture-diff/1");
    assert_eq!(report["count"], 3);
    assert_eq!(report["differences"][1], json!({"left": 3, "right": null}));
    let _ = home
        .evctl(&["capture", "diff", "a.ndjson", "a.ndjson"])
        .run()
        .exits(0);
    let _ = home
        .evctl(&["capture", "diff", "a.ndjson", "none.ndjson"])
        .run()
        .exits(4);
}

#[test]
fn a_file_answers_the_same_questions_as_a_topic() {
    let topic = Topic::with("asked", 2, &ROOMY);
    let json = |number: i64| format!("{{\"n\":{number}}}");
    for number in 0..10 {
        let value = json(number);
        let record = Record {
            timestamp: Some(NOON + number * 1_000),
            ..Record::keyed(if number < 5 { "low" } else { "high" }, &value)
        };
        topic.produce_records(i32::from(number % 2 == 1), &[record]);
    }
    let home = Home::new();
    let _ = capture(&home, &topic.name, &["-O", "a.ndjson.zst"])
        .run()
        .exits(0);
    let from = format!("@{}", NOON + 7_000);
    for (question, numbers) in [
        (["consume"].as_slice(), &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9][..]),
        (&["consume", "--from", &from], &[7, 8, 9]),
        (&["consume", "--to", &from, "-k", "high"], &[5, 6]),
        (&["consume", "--from", "3"], &[6, 7, 8, 9]),
        (&["consume", "--from", "+4"], &[8, 9]),
        (&["consume", "--from", "-1"], &[8, 9]),
        (&["consume", "--last", "2"], &[6, 7, 8, 9]),
        (&["consume", "-p", "1", "-n", "2"], &[1, 3]),
        (&["consume", "--offsets", "0:1..3,1:4.."], &[2, 4, 9]),
        (&["consume", "--filter", ".value.n > 7"], &[8, 9]),
        (&["consume", "--grep", "n.:[12]"], &[1, 2]),
        (&["tail", "-n", "3", "--no-follow"], &[7, 8, 9]),
        (&["tail", "-n", "1", "-k", "low", "--no-follow"], &[4]),
        (&["tail", "--from", &from, "--no-follow"], &[7, 8, 9]),
    ] {
        let expected: Vec<_> = numbers.iter().copied().map(json).collect();
        let of_file = [question, &["a.ndjson.zst"]].concat();
        assert_eq!(read(&home, &of_file), expected, "{of_file:?}");
        // Merged, as a file is; tail does so anyway.
        let ordered: &[&str] = if question[0] == "tail" {
            &[]
        } else {
            &["--order", "time"]
        };
        let of_topic = [question, &[&topic.name], ordered].concat();
        let output = on_broker(&home, &of_topic).run().ok();
        assert_eq!(output.lines().collect::<Vec<_>>(), expected, "{of_topic:?}");
    }
}

#[test]
fn a_capture_holds_what_was_selected_or_nothing() {
    let topic = Topic::new("selected");
    let home = Home::new();
    let _ = capture(&home, &topic.name, &["-O", "empty.ndjson"])
        .run()
        .exits(0);
    says(&verify(&home, "empty.ndjson").exits(0), "sound, 0 records");
    assert!(read(&home, &["consume", "empty.ndjson"]).is_empty());

    topic.produce(0, &["a", "b", "c", "d"]);
    for (file, arguments, expected) in [
        ("limit.ndjson", ["-n", "3"], ["a", "b", "c"].as_slice()),
        ("from.ndjson", ["--from", "2"], &["c", "d"]),
        ("grep.ndjson", ["--grep", "[bd]"], &["b", "d"]),
        ("none.ndjson", ["-n", "0"], &[]),
    ] {
        let _ = capture(
            &home,
            &topic.name,
            &[&arguments[..], &["-O", file]].concat(),
        )
        .run()
        .exits(0);
        assert_eq!(read(&home, &["consume", file]), expected);
        let (_, _, last) = parts(&home, file);
        assert_eq!(last["truncated"], false);
        let _ = verify(&home, file).exits(0);
    }
}

#[test]
fn a_capture_that_cannot_begin_leaves_no_file() {
    let home = Home::new();
    let unknown = Topic::unused_name("uncaptured");
    let _ = capture(&home, &unknown, &["-O", "a.ndjson"]).run().exits(4);
    let _ = home
        .evctl(&["capture", "-b", "127.0.0.1:1", "t", "-O", "a.ndjson"])
        .run()
        .exits(3);
    let _ = capture(&home, "a.ndjson", &["-O", "b.ndjson"])
        .run()
        .exits(2);
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
    assert!(!Topic::exists(&unknown));
    let topic = Topic::new("no-folder");
    let _ = capture(&home, &topic.name, &["-O", "no/such/a.ndjson"])
        .run()
        .exits(4);
}

#[test]
fn a_file_that_is_there_is_replaced_only_when_the_new_one_is_whole() {
    let topic = Topic::new("replaced");
    topic.produce(0, &["new"]);
    let home = Home::new();
    home.write("a.ndjson", "{\"value\":\"old\"}\n");
    let _ = capture(&home, "no-such-topic", &["-O", "a.ndjson"])
        .run()
        .exits(4);
    assert_eq!(read(&home, &["consume", "a.ndjson"]), ["old"]);
    let _ = capture(&home, &topic.name, &["-O", "a.ndjson"])
        .run()
        .exits(0);
    assert_eq!(read(&home, &["consume", "a.ndjson"]), ["new"]);
}

#[test]
fn who_may_not_ask_for_settings_captures_without_them() {
    let broker = secured();
    let name = Topic::unused_name("no-settings");
    broker.create_topic(&name, 1);
    let home = Home::new();
    let _ = home
        .evctl(&["produce", "-b", broker.plain(), &name])
        .stdin("a\n")
        .run()
        .exits(0);
    let login = [
        "security.protocol=sasl_plaintext",
        "sasl.mechanism=PLAIN",
        "sasl.username=reader",
        "sasl.password=reader-secret",
    ];
    let mut arguments = vec![
        "capture",
        "-b",
        broker.sasl_plain(),
        &name,
        "-O",
        "a.ndjson",
    ];
    arguments.extend(login.iter().flat_map(|property| ["-X", property]));
    let _ = home.evctl(&arguments).run().exits(0);
    let (first, records, _) = parts(&home, "a.ndjson");
    assert_eq!(records.len(), 1);
    assert_eq!(first["topics"][0]["timestamp_type"], Value::Null);
    assert_eq!(first["topics"][0]["cleanup_policy"], Value::Null);
    assert_eq!(first["topics"][0]["ranges"], json!([[0, 0, 1]]));
}
