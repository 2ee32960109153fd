//! `evctl capture`: files that hold everything, prove that they do, and are read like topics.

use std::{fs, path::Path};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Evctl, Home, Record, Topic, broker, command::Output, secured, until};

mod round_trip;
mod whole;

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
    let mut names: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(names.len() > 3, "{names:?}");
    let last = names.last().unwrap();
    let count = names.len();
    says(
        &output,
        &format!("captured 100 records to part.0001.ndjson.zst to {last} ({count} files)\n"),
    );
    for (number, name) in (1..).zip(&names) {
        assert_eq!(*name, format!("part.{number:04}.ndjson.zst"));
        let verified = verify(&home, name).exits(0);
        says(&verified, "sound");
        says(&verified, &format!("part {number} of a split capture"));
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    assert_eq!(
        read(&home, &[&["consume"], names.as_slice()].concat()),
        values
    );
    // Without a part none of the others is called sound.
    let verify_all = |names: &[&str], options: &[&str]| {
        let words = [&["capture", "verify"], names, options].concat();
        home.evctl(&words).run()
    };
    let (last, rest) = names.split_last().unwrap();
    fs::rename(home.path().join(last), home.path().join("elsewhere")).unwrap();
    let output = verify_all(rest, &[]).exits(5);
    assert!(!output.text().contains("sound"), "{}", output.text());
    says(
        &output,
        "part.0001.ndjson.zst: a part of an INCOMPLETE capture",
    );
    says(
        &output,
        &format!("part {count} of the split capture is missing"),
    );
    let output = verify_all(rest, &["-o", "json"]).exits(5);
    assert!(
        !output.text().contains("\"sound\":true"),
        "{}",
        output.text()
    );
    let output = verify_all(rest, &["--allow-truncated"]).exits(0);
    assert_eq!(output.text().matches(": sound").count(), count - 1);
    fs::rename(home.path().join("elsewhere"), home.path().join(last)).unwrap();
    fs::remove_file(home.path().join(names[1])).unwrap();
    let output = verify_all(&[names[0], last], &[]).exits(5);
    assert_eq!(output.text().matches("INCOMPLETE").count(), 2);
    let _ = capture(&home, &topic.name, &["-O", "-", "--split", "4KiB"])
        .run()
        .exits(2);
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
