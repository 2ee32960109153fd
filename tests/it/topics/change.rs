//! Changing: `create`, `alter`, `trim`, `delete`.

use serde_json::{Value, json};

use super::{json, topics};
use crate::support::{Home, Output, Record, Topic, admin, broker, evctl, members, says, until};

/// Runs `evctl topics` where nobody can be asked.
#[track_caller]
fn alone(arguments: &[&str]) -> Output {
    let arguments = [&["topics"], arguments, &["-b", broker().address()]].concat();
    Home::new().evctl(&arguments).without_terminal().run()
}

#[track_caller]
fn config(topic: &str, key: &str) -> (String, bool) {
    admin::topic_config(broker().address(), topic, key)
}

fn partitions(topic: &str) -> Option<usize> {
    admin::leaders(broker().address(), topic)
}

#[test]
fn create_makes_topics_with_partitions_and_configuration() {
    let [one, two] = ["create-one", "create-two"].map(Topic::unused_name);
    let how = [
        "-p",
        "3",
        "--replication",
        "1",
        "-c",
        "retention.ms=1000000",
    ];
    let create = [["create", &one, &two].as_slice(), &how].concat();
    let planned = json(&[create.as_slice(), &["--dry-run"]].concat());
    assert_eq!(planned["dry_run"], true);
    assert_eq!(planned["topics"][1]["outcome"], "would create");
    assert_eq!((partitions(&one), partitions(&two)), (None, None));

    let made = json(&create);
    assert_eq!(made["kind"], "evctl.topics-create/1");
    let row = json!({
        "topic": one, "partitions": 3, "replication": 1, "outcome": "created", "error": null,
    });
    assert_eq!(made["topics"][0], row);
    for name in [&one, &two] {
        assert_eq!(partitions(name), Some(3), "it has leaders by now");
        assert_eq!(config(name, "retention.ms"), ("1000000".to_owned(), true));
    }

    let again = topics(&["create", &one]).exits(6);
    says(&again, "TOPIC_ALREADY_EXISTS");
    says(&again, "--if-not-exists");
    let there = topics(&["create", &one, "--if-not-exists"]).exits(0);
    assert!(!there.stderr.contains("warning"), "{}", there.stderr);
    let there = topics(&["create", &one, "-p", "12", "--if-not-exists"]).exits(0);
    says(
        &there,
        &format!("warning: topic {one:?} exists already: it has 3 partitions, not 12"),
    );
    let there = json(&["create", &one, "-p", "12", "--if-not-exists"]);
    assert_eq!(there["topics"][0]["outcome"], "exists");
    assert_eq!(there["topics"][0]["partitions"], 3);
    let three = Topic::unused_name("create-three");
    let mixed = topics(&["create", &one, &three, "-o", "json"]).exits(5);
    let mixed: Value = serde_json::from_str(mixed.text()).unwrap();
    let outcomes: Vec<_> = mixed["topics"].as_array().unwrap().iter().collect();
    assert_eq!(outcomes[0]["outcome"], "created");
    assert_eq!(outcomes[1]["outcome"], "failed");
}

#[test]
fn what_kafka_does_not_take_is_told_in_its_own_words() {
    let name = Topic::unused_name("create-wrong");
    for (arguments, said) in [
        (["-c", "retention.ms=soon"], "Not a number of type LONG"),
        (
            ["-c", "no.such.key=1"],
            "Unknown topic config name: no.such.key",
        ),
        (["--replication", "9"], "INVALID_REPLICATION_FACTOR"),
    ] {
        says(
            &topics(&[&["create", &name], arguments.as_slice()].concat()).exits(2),
            said,
        );
    }
    let _ = topics(&["create", &name, "-c", "retention.ms"]).exits(2);
    says(
        &topics(&["create", "no/slash"]).exits(2),
        "INVALID_TOPIC_EXCEPTION",
    );
    assert_eq!(partitions(&name), None);
}

#[test]
fn alter_shows_old_and_new_and_asks_first() {
    let topic = Topic::with("alter", 2, &[("retention.ms", "1000000")]);
    let name = &*topic.name;
    let alter = [
        ["alter", name].as_slice(),
        &[
            "--set",
            "segment.ms=2000000",
            "--unset",
            "retention.ms",
            "--partitions",
            "4",
        ],
    ]
    .concat();

    let refused = alone(&alter).exits(6);
    says(&refused, "nothing was written");
    says(&refused, "more partitions move keys");
    let planned = json(&[alter.as_slice(), &["--dry-run"]].concat());
    let changes = planned["changes"].as_array().unwrap();
    assert_eq!(changes[0]["key"], "segment.ms");
    assert_eq!(
        (&changes[0]["new"], &changes[0]["new_source"]),
        (&json!("2000000"), &json!("topic"))
    );
    let unset = &changes[1];
    assert_eq!(
        (&unset["old"], &unset["old_source"]),
        (&json!("1000000"), &json!("topic"))
    );
    // The broker's own holds again.
    assert_eq!(
        (&unset["new"], &unset["new_source"]),
        (&json!("-1"), &json!("static-broker"))
    );
    assert_eq!(
        (&changes[2]["old"], &changes[2]["new"]),
        (&json!("2"), &json!("4"))
    );
    assert_eq!(config(name, "retention.ms"), ("1000000".to_owned(), true));
    assert_eq!(partitions(name), Some(2));

    let done = topics(&[alter.as_slice(), &["--yes"]].concat()).exits(0);
    says(&done, "altered topic");
    assert_eq!(partitions(name), Some(4), "they have leaders by now");
    until("it is altered", || {
        config(name, "segment.ms") == ("2000000".to_owned(), true)
            && config(name, "retention.ms") == ("-1".to_owned(), false)
    });
    says(
        &alone(&["alter", name, "--set", "segment.ms=2000000"]).exits(0),
        "nothing to change",
    );
}

#[test]
fn alter_warns_of_what_takes_records_or_stops_producers() {
    let topic = Topic::with("alter-risks", 1, &[("retention.ms", "86400000")]);
    let name = &*topic.name;
    let risky = [
        "alter",
        name,
        "--set",
        "retention.ms=5000",
        "--set",
        "min.insync.replicas=2",
        "--set",
        "cleanup.policy=compact,delete",
        "--set",
        "max.message.bytes=1000",
    ];
    let asked = alone(&risky).exits(6);
    for risk in [
        "warning: retention.ms=5000 keeps records for 5.0s only",
        "warning: min.insync.replicas=2 with 1 copy of each partition",
        "warning: compaction keeps the last record of each key only",
        "warning: batches larger than 1000 B are refused",
    ] {
        says(&asked, risk);
    }
    let shorter = ["alter", name, "--set", "retention.ms=3600000", "--dry-run"];
    let shorter = topics(&shorter).exits(0);
    says(&shorter, "records that are older than 1h 0m go for ever");
    says(&shorter, "they are kept for 1d 0h now");
    assert!(shorter.stderr.ends_with("dry run: nothing was done\n"));
    let longer = ["alter", name, "--set", "retention.ms=-1", "--dry-run"];
    let longer = topics(&longer).exits(0);
    assert!(!longer.stderr.contains("warning"), "{}", longer.stderr);
}

#[test]
fn an_alteration_that_makes_no_sense_is_refused_before_anybody_is_asked() {
    let topic = Topic::with("alter-wrong", 2, &[]);
    let alter =
        |arguments: &[&str]| topics(&[&["alter", &*topic.name, "--yes"], arguments].concat());
    let fewer = alter(&["--partitions", "1"]).exits(6);
    says(&fewer, "has 2 partitions, Kafka cannot take any away");
    says(
        &alter(&["--set", "retenton.ms=5"]).exits(2),
        "did you mean \"retention.ms\"?",
    );
    says(
        &alter(&["--set", "retention.ms=soon"]).exits(2),
        "Not a number of type LONG",
    );
    says(&alter(&[]).exits(2), "nothing to change is named");
    says(
        &alter(&["--set", "retention.ms=1", "--unset", "retention.ms"]).exits(2),
        "changed twice",
    );
    let near = format!("{}x", topic.name);
    let unknown = topics(&["alter", &near, "--partitions", "3", "--yes"]).exits(4);
    says(&unknown, &format!("did you mean {:?}?", topic.name));
    assert_eq!(partitions(&topic.name), Some(2));
}

fn numbered(topic: &Topic, partition: i32) {
    let values: Vec<String> = (0..10).map(|number| number.to_string()).collect();
    let records: Vec<Record<'_>> = values
        .iter()
        .zip(1..)
        .map(|(value, second)| Record {
            timestamp: Some(1_700_000_000_000 + second * 1_000),
            ..Record::value(value)
        })
        .collect();
    topic.produce_records(partition, &records);
}

fn left(topic: &Topic, partition: i32) -> usize {
    topic.seen(partition).len()
}

#[test]
fn trim_shows_where_partitions_will_begin_and_asks_first() {
    let topic = Topic::with("trim", 2, &[]);
    numbered(&topic, 0);
    numbered(&topic, 1);
    let name = &*topic.name;
    let refused = alone(&["trim", name, "--before", "4"]).exits(6);
    says(&refused, "up to 8 records will be removed for ever");
    let planned = json(&["trim", name, "--before", "4", "--dry-run"]);
    assert_eq!(planned["dry_run"], true);
    let row = json!({
        "partition": 1, "old_start": 0, "new_start": 4, "records": 4, "error": null,
    });
    assert_eq!(planned["partitions"][1], row);
    assert_eq!((left(&topic, 0), left(&topic, 1)), (10, 10));

    let _ = topics(&["trim", name, "-p", "1", "--before", "4", "--yes"]).ok();
    assert_eq!((left(&topic, 0), left(&topic, 1)), (10, 6));
    // The seventh record is of this second.
    let by_time = ["trim", name, "--before", "@1700000007000", "--yes"];
    let done = json(&by_time);
    assert_eq!(done["partitions"][0]["new_start"], 6);
    assert_eq!(done["partitions"][1]["old_start"], 4);
    assert_eq!((left(&topic, 0), left(&topic, 1)), (4, 4));
    says(&alone(&by_time).exits(0), "nothing to remove");
    let _ = topics(&["trim", name, "--before", "+1", "-p", "0", "--yes"]).ok();
    assert_eq!(left(&topic, 0), 3);
    // All of them are older than a day, and than now.
    let _ = topics(&["trim", name, "--before", "-1d", "-p", "0", "--yes"]).ok();
    assert_eq!((left(&topic, 0), left(&topic, 1)), (0, 4));
    let _ = topics(&["trim", name, "--before", "latest", "--yes"]).ok();
    assert_eq!(left(&topic, 1), 0);
}

#[test]
fn trim_names_the_groups_that_have_not_read_what_goes() {
    let topic = Topic::with("trim-groups", 2, &[]);
    numbered(&topic, 0);
    numbered(&topic, 1);
    let name = &*topic.name;
    let [behind, done] = ["behind", "done"].map(|label| format!("{name}-{label}"));
    let at = broker().address();
    members::commit(at, &behind, &[(name, 0, 1), (name, 1, 4)]);
    members::commit(at, &done, &[(name, 0, 10), (name, 1, 10)]);
    let planned = json(&["trim", name, "--before", "6", "--dry-run"]);
    let loss = json!({ "group": behind, "partitions": [0, 1], "unread": 7 });
    assert_eq!(planned["groups"], json!([loss]));
    let warning = format!("group {behind:?} has not read up to 7 records of them (partition 0,1)");
    let dry = topics(&["trim", name, "--before", "6", "--dry-run"]).exits(0);
    says(&dry, &warning);
    says(&dry, "up to 12 records will be removed for ever");
    assert!(
        dry.stderr.ends_with("dry run: nothing was done\n"),
        "{}",
        dry.stderr
    );
    let asked = alone(&["trim", name, "--before", "6"]).exits(6);
    says(&asked, &warning);
    assert!(!asked.stderr.contains(&done), "{}", asked.stderr);
    let safe = alone(&["trim", name, "--before", "1"]).exits(6);
    says(&safe, "no group that you may see stands before");
}

#[test]
fn what_cannot_be_trimmed_is_refused_with_the_reason() {
    let compacted = Topic::compacted("trim-compacted", 1);
    compacted.produce_records(0, &[Record::keyed("k", "1")]);
    let refused = topics(&["trim", &compacted.name, "--before", "latest", "--yes"]).exits(6);
    says(&refused, "only compacted");
    says(&refused, "--set cleanup.policy=compact,delete");

    let topic = Topic::new("trim-wrong");
    topic.produce(0, &["a"]);
    let trim = |arguments: &[&str]| topics(&[&["trim", &*topic.name, "--yes"], arguments].concat());
    says(
        &trim(&["--before", "0", "-p", "7"]).exits(4),
        "has no partition 7",
    );
    says(&trim(&["--before", "stored"]).exits(2), "no group");
    says(&trim(&["--before", "-5"]).exits(2), "from the end");
    says(
        &trim(&["--before", "someday"]).exits(2),
        "is not a position",
    );
    says(&trim(&["--before", "5"]).exits(0), "lies beyond the end 1");
    assert_eq!(left(&topic, 0), 0);
}

#[test]
fn delete_shows_records_and_groups_and_asks_first() {
    let topic = Topic::with("delete", 2, &[]);
    let other = Topic::new("delete-other");
    topic.produce(1, &["a", "b"]);
    let name = &*topic.name;
    let group = format!("{name}-group");
    let _ = evctl(&["consume", name, "-g", &group, "-b", broker().address()]).ok();

    let refused = alone(&["delete", name]).exits(6);
    says(&refused, "will be deleted for ever");
    says(&refused, &group);
    let planned = json(&["delete", name, "--dry-run"]);
    let row = &planned["topics"][0];
    assert_eq!(row["groups"], json!([group]));
    assert_eq!(
        (&row["records"], &row["partitions"]),
        (&json!(2), &json!(2))
    );
    assert!(row["size"].as_i64().unwrap() > 0);
    assert_eq!(row["deleted"], false);

    // One that is not there, and none goes.
    let near = format!("{name}x");
    let missing = topics(&["delete", name, &near, "--yes"]).exits(4);
    says(&missing, &format!("did you mean {name:?}?"));
    assert!(Topic::exists(name));

    let gone = json(&["delete", name, &other.name, "--yes"]);
    assert_eq!(gone["kind"], "evctl.topics-delete/1");
    assert_eq!(gone["topics"][1]["deleted"], true);
    assert!(
        !Topic::exists(name) && !Topic::exists(&other.name),
        "both are gone by now"
    );
}

#[test]
fn kafkas_own_topics_are_not_deleted() {
    let topic = Topic::new("delete-internal");
    let _ = topic.produce_open(0, &["a"]);
    let refused = topics(&["delete", "__transaction_state", "--yes"]).exits(6);
    says(&refused, "Kafka's own");
    assert!(Topic::exists("__transaction_state"));
}
