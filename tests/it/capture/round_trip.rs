//! Capture, produce, capture: nothing is lost on the way.

use super::*;

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
