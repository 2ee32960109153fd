//! The forms that `-i` takes.

use super::*;

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
        .exits(4);
    let missing = format!(
        "stdin:1: partition 3, and topic {:?} has the partitions 0 to 2",
        topic.name
    );
    says(&output, &missing);
    says(&output, "-p N writes all records to one partition");
    assert_eq!(counts(), [1, 2, 1], "nothing was sent");
    // In every form, also below -1, and far behind the start.
    for (form, input) in [
        ("csv", "value,partition\nx,7\n"),
        ("kcat", "{\"payload\":\"x\",\"partition\":-2}\n"),
        ("json", "{\"value\":\"x\",\"partition\":-2}\n"),
    ] {
        let output = produce(&home, &topic.name, &["-i", form])
            .stdin(input)
            .run()
            .exits(4);
        says(&output, "has the partitions 0 to 2");
    }
    assert_eq!(counts(), [1, 2, 1]);
    let many = format!("{{\"partition\":0,\"value\":\"{}\"}}\n", "x".repeat(100)).repeat(9_000);
    let output = produce(&home, &topic.name, &["-i", "json"])
        .stdin(format!("{many}{{\"partition\":3,\"value\":\"x\"}}\n{many}"))
        .run()
        .exits(5);
    says(&output, "stdin:9001: partition 3, and topic");
    assert_eq!(counts(), [9_001, 2, 1], "it stops there");
}

#[test]
fn csv_gives_back_null_and_times_before_1970() {
    let [from, to] = ["csv-from", "csv-to"].map(|label| Topic::with(label, 1, &ANY_TIME));
    let input = r#"{"value":null,"key":"tombstone","timestamp":-5}
{"value":"","key":null,"timestamp":-2}
{"value":"\\N","key":"\\\\N","headers":[["h",null]],"timestamp":5}
{"value":"a, \"b\"","key":"","headers":[["h","\\N"]],"timestamp":-86400000}
"#;
    feed(&from, &["-i", "json"], input);
    let shown = |topic: &Topic, options: &[&str]| {
        let command = ["consume", "-b", broker().address(), &topic.name];
        evctl(&[&command, options].concat()).ok()
    };
    let columns = ["-o", "csv", "--columns", "key,value,timestamp,header.h"];
    let csv = shown(&from, &columns);
    assert_eq!(
        csv,
        "key,value,timestamp,header.h\ntombstone,\\N,-5,\n\\N,\"\",-2,\n\\\\\\N,\\\\N,5,\\N\n\
         \"\",\"a, \"\"b\"\"\",-86400000,\\\\N\n"
    );
    feed(&to, &["-i", "csv"], csv.as_str());
    let without_topic = |topic: &Topic| {
        let mut found = records(topic);
        for record in &mut found {
            record["topic"] = Value::Null;
        }
        found
    };
    assert_eq!(without_topic(&from), without_topic(&to));
    let times = shown(&to, &["--jq", "[.timestamp, .timestamp_iso]", "-n", "1"]);
    assert_eq!(times, "[-5,\"1969-12-31T23:59:59.995Z\"]\n");

    let marked = [&columns[..], &["--null-value", "NULL", "-n", "1"]].concat();
    let csv = shown(&from, &marked);
    assert!(csv.ends_with("\ntombstone,NULL,-5,\n"), "{csv}");
    let again = Topic::with("csv-again", 1, &ANY_TIME);
    feed(&again, &["-i", "csv", "--null-value", "NULL"], csv.as_str());
    assert_eq!(pairs(&again), [(Some("tombstone".to_owned()), None)]);
}

#[test]
fn values_of_other_tools_may_be_base64() {
    let topic = Topic::new("base64");
    let kafkactl = r#"{"Partition":0,"Offset":1,"Key":"k","Value":"/wA="}"#;
    feed(&topic, &["-i", "kafkactl", "--base64"], kafkactl);
    feed(
        &topic,
        &["-i", "csv", "--base64"],
        "key,value\nk,/wA=\nk,\\N\n",
    );
    feed(
        &topic,
        &["-i", "kcat", "--base64"],
        r#"{"key":"k","payload":"YQ=="}"#,
    );
    let found: Vec<_> = topic.seen(0).into_iter().map(|seen| seen.value).collect();
    let binary = Some(b"\xff\0".to_vec());
    assert_eq!(found, [binary.clone(), binary, None, Some(b"a".to_vec())]);
    let home = Home::new();
    let wrong = ["-i", "kafkactl", "--base64"];
    let output = produce(&home, &topic.name, &wrong)
        .stdin(kafkactl.replace("/wA=", "!"))
        .run()
        .exits(2);
    says(&output, "stdin:1: the value is not base64");
    let _ = produce(&home, &topic.name, &["--base64"])
        .stdin("a")
        .run()
        .exits(2);
    assert_eq!(topic.seen(0).len(), 4);
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
fn timestamps_before_1970_are_written_as_they_are() {
    let topic = Topic::with("timestamp-early", 1, &ANY_TIME);
    let early = [-86_400_000, -2, 1];
    let lines = early.map(|time| format!("{{\"value\":\"a\",\"timestamp\":{time}}}\n"));
    let output = produce(&Home::new(), &topic.name, &["-i", "json"])
        .stdin(lines.concat())
        .run();
    let _ = output.exits(0);
    let found = records(&topic);
    let times = found.iter().map(|record| record["timestamp"].as_i64());
    assert!(times.eq(early.map(Some)), "{found:?}");
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
    says(&output, "bad.csv:3: 1 field where the first line names 2");
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
        feed(&topic, &["-i", form], input);
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
fn a_capture_read_as_lines_is_warned_of_and_an_edited_one_is_refused() {
    let topic = Topic::new("capture-as-lines");
    let home = Home::new();
    let header = "{\"evctl\":\"capture/1\"}\n";
    let warning = "is a capture file, and each of its lines becomes a value; -i json";
    home.write("x.cap.ndjson", format!("{header}{{\"value\":\"a\"}}\n"));
    let output = produce(&home, &topic.name, &["x.cap.ndjson"])
        .run()
        .exits(0);
    says(&output, &format!("x.cap.ndjson {warning}"));
    let output = produce(&home, &topic.name, &[])
        .stdin(header)
        .run()
        .exits(0);
    says(&output, &format!("stdin {warning}"));
    let plain = "{\"value\":\"evctl\"}\n";
    let output = produce(&home, &topic.name, &[]).stdin(plain).run().exits(0);
    assert!(!output.stderr.contains(warning), "{}", output.stderr);

    let edited = r#"{"value":{"json":{"a":2},"text":"{\"a\": 1}\n"}}"#;
    home.write("edited.ndjson", format!("{{\"value\":\"a\"}}\n{edited}\n"));
    let output = produce(&home, &topic.name, &["-i", "json", "edited.ndjson"])
        .run()
        .exits(5);
    says(
        &output,
        "edited.ndjson:2:10: \"json\" and \"text\" differ; remove \"text\" to send the JSON",
    );
    let output = home.evctl(&["consume", "./edited.ndjson"]).run();
    assert_ne!(output.code, 0);
    says(&output, "\"json\" and \"text\" differ");
}
