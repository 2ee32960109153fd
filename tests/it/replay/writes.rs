//! What the written records look like.

use serde_json::json;

use super::*;
use crate::support::long;

/// Bytes and headers that are easily lost.
fn fill(topic: &Topic) {
    let headers: &[(&str, Option<&[u8]>)] = &[
        ("h", Some(b"1")),
        ("h", None),
        ("h", Some(b"1")),
        ("e", Some(b"")),
    ];
    for (index, (key, value)) in (0..).zip([
        (None, None),
        (Some(&b""[..]), Some(&b""[..])),
        (Some(b"\xff\0"), Some(b"\x80")),
        (Some(b"k"), Some(b"{\"a\":1.50}")),
        (Some(b"k"), None),
    ]) {
        let record = Record {
            key,
            value,
            timestamp: Some(TEN + i64::from(index) * 1_000),
            headers: if index % 2 == 0 { headers } else { &[] },
        };
        topic.produce_records(index % 3, &[record]);
    }
}

fn sorted(mut records: Vec<Value>) -> Vec<Value> {
    records.sort_by_key(|record| record["timestamp"].as_i64());
    records
}

#[test]
fn without_marks_a_record_is_written_bit_for_bit() {
    let [from, to] = ["exact-from", "exact-to"].map(|label| Topic::with(label, 3, &[]));
    fill(&from);
    let home = Home::new();
    let _ = copy(&home, &from, &to, &["--no-mark"]).ok();
    assert_eq!(sorted(records(&home, &to)), sorted(records(&home, &from)));
}

#[test]
fn marks_say_where_a_record_was_first_and_are_never_stacked() {
    let [from, to, again] =
        ["mark-from", "mark-to", "mark-again"].map(|label| Topic::with(label, 1, &[]));
    at(&from, 0, &[(TEN, "a")]);
    let home = Home::new();
    let _ = copy(&home, &from, &to, &["--id", "first-copy"]).ok();
    let _ = copy(
        &home,
        &to,
        &again,
        &["--id", "second-copy", "--timestamps", "now"],
    )
    .ok();
    let record = &records(&home, &again)[0];
    let headers = record["headers"].as_array().unwrap();
    let named = |name: &str| -> Vec<&str> {
        let all = headers.iter().filter(|pair| pair[0] == name);
        all.map(|pair| pair[1].as_str().unwrap()).collect()
    };
    assert_eq!(named("evctl-replay-id"), ["second-copy"]);
    let origin = format!("/{}/0/0", from.name);
    assert!(
        named("evctl-replay-from")[0].ends_with(&origin),
        "{headers:?}"
    );
    assert_eq!(named("evctl-replay-ts"), [TEN.to_string()]);
    assert_eq!(headers.len(), 3);
}

#[test]
fn timestamps_are_the_original_ones_now_or_shifted() {
    let from = Topic::new("stamp-from");
    at(&from, 0, &[(TEN, "a"), (TEN + 5_000, "b")]);
    let home = Home::new();
    let stamps = |how: &str| -> Vec<i64> {
        let to = Topic::new("stamp-to");
        let _ = copy(&home, &from, &to, &["--timestamps", how]).ok();
        let all = records(&home, &to);
        all.iter()
            .map(|one| one["timestamp"].as_i64().unwrap())
            .collect()
    };
    assert_eq!(stamps("original"), [TEN, TEN + 5_000]);
    let now = stamps("now");
    assert!(now[0] > TEN + MINUTE, "{now:?}");
    let shifted = stamps("shift");
    assert!(shifted[0] > TEN + MINUTE);
    assert_eq!(shifted[1] - shifted[0], 5_000);
}

#[test]
fn times_before_1970_are_kept() {
    let [from, to, again] = ["early-from", "early-to", "early-again"].map(Topic::new);
    let early = [(-86_400_000, "a"), (-2, "b"), (TEN, "c")];
    at(&from, 0, &early);
    let home = Home::new();
    let output = copy(&home, &from, &to, &["--no-mark"]).exits(0);
    let warned = output.stderr.contains("without a timestamp");
    assert!(!warned, "{}", output.stderr);
    // The marks of the second replay tell the times that the first has written.
    let _ = copy(&home, &to, &again, &[]).ok();
    let marked = records(&home, &again);
    let times = marked.iter().map(|record| {
        let headers = record["headers"].as_array().unwrap();
        let mark = headers.iter().find(|pair| pair[0] == "evctl-replay-ts");
        mark.unwrap()[1].as_str().unwrap().parse().unwrap()
    });
    assert_eq!(times.collect::<Vec<i64>>(), early.map(|(time, _)| time));
}

#[test]
fn partitions_are_kept_chosen_by_key_or_mapped() {
    let from = Topic::with("place-from", 2, &[]);
    for partition in 0..2 {
        for key in ["a", "b", "c"] {
            from.produce_records(partition, &[Record::keyed(key, key)]);
        }
    }
    let home = Home::new();
    let keep = Topic::with("place-keep", 2, &[]);
    let _ = copy(&home, &from, &keep, &[]).ok();
    assert_eq!(values(&keep, 1), ["a", "b", "c"]);

    let key = Topic::with("place-key", 3, &[]);
    let _ = copy(&home, &from, &key, &[]).ok();
    let murmur2 = Topic::with("place-murmur2", 3, &[]);
    let keyed = ["a", "b", "c"].map(|key| Record::keyed(key, key));
    murmur2.produce_routed("murmur2_random", &keyed);
    for partition in 0..3 {
        let mut expected = values(&murmur2, partition);
        expected.extend(expected.clone());
        expected.sort_unstable();
        let mut found = values(&key, partition);
        found.sort_unstable();
        assert_eq!(found, expected);
    }

    let mapped = Topic::with("place-map", 2, &[]);
    let _ = copy(&home, &from, &mapped, &["--partitions", "map:0=1,1=1"]).ok();
    assert!(values(&mapped, 0).is_empty());
    assert_eq!(values(&mapped, 1).len(), 6);
}

#[test]
fn records_are_changed_hidden_and_told_apart() {
    let [from, to] = ["change-from", "change-to"].map(Topic::new);
    let line = |id: &str, mail: &str| format!(r#"{{"id":"{id}","mail":"{mail}","n":1.50}}"#);
    let (one, two) = (line("1", "a@b"), line("2", "c@d"));
    at(&from, 0, &[(TEN, &one), (TEN + 1, &one), (TEN + 2, &two)]);
    let home = Home::new();
    let more = [
        "--redact",
        "mail",
        "--transform",
        ".value.test = true",
        "--dedupe",
        "id",
        "--set-header",
        "replayed=yes",
        "--no-mark",
        "-o",
        "json",
    ];
    let report = report(&copy(&home, &from, &to, &more));
    let hidden =
        |id: &str| json!({"json": {"id": id, "mail": "[redacted]", "n": 1.5, "test": true}});
    let written = records(&home, &to);
    assert_eq!(written.len(), 2);
    assert_eq!(written[0]["value"], hidden("1"));
    assert_eq!(written[1]["value"], hidden("2"));
    assert_eq!(written[0]["headers"], json!([["replayed", "yes"]]));
    assert_eq!(report["deduped"], 1);
}

#[test]
fn what_cannot_be_hidden_is_not_written() {
    let [from, to] = ["open-from", "open-to"].map(Topic::new);
    from.produce(0, &["{\"a\":1}", "no json"]);
    let home = Home::new();
    let output = copy(&home, &from, &to, &["--redact", "a"]).exits(5);
    assert_eq!(values(&to, 0), ["{\"a\":\"[redacted]\"}"]);
    says(&output, "1 record could not be written");
}

#[test]
fn ten_minutes_are_replayed_in_ten_seconds() {
    if !long("a capture of ten minutes at 60x") {
        return;
    }
    let [from, to] = ["ten-from", "ten-to"].map(Topic::new);
    let all: Vec<(i64, &str)> = (0..=6_000)
        .map(|number| (TEN + number * 100, "v"))
        .collect();
    at(&from, 0, &all);
    let home = Home::new();
    let line = [
        "capture",
        &from.name,
        "-O",
        "ten.ndjson",
        "-b",
        broker().address(),
    ];
    let _ = home.evctl(&line).run().exits(0);
    let line = [
        "./ten.ndjson",
        "--to-topic",
        &to.name,
        "--speed",
        "60x",
        "--yes",
        "-o",
        "json",
    ];
    let report = report(&replay(&home, &line).run());
    let elapsed = report["elapsed_ms"].as_u64().unwrap();
    assert!((10_000..=10_200).contains(&elapsed), "{elapsed}");
    assert_eq!(report["produced"], 6_001);
}

#[test]
fn a_capture_is_replayed_at_its_pace() {
    let [from, to] = ["pace-from", "pace-to"].map(Topic::new);
    let all: Vec<(i64, &str)> = (0..=20).map(|number| (TEN + number * 6_000, "v")).collect();
    at(&from, 0, &all);
    let home = Home::new();
    let line = [
        "capture",
        &from.name,
        "-O",
        "two-minutes.ndjson.zst",
        "-b",
        broker().address(),
    ];
    let _ = home.evctl(&line).run().exits(0);
    let line = [
        "./two-minutes.ndjson.zst",
        "--to-topic",
        &to.name,
        "--speed",
        "60x",
        "--yes",
        "-o",
        "json",
    ];
    let report = report(&replay(&home, &line).run());
    let elapsed = report["elapsed_ms"].as_u64().unwrap();
    assert!((2_000..2_600).contains(&elapsed), "{elapsed}");
    assert_eq!(report["produced"], 21);
}
