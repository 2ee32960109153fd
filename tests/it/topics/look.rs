//! Looking: `list`, `describe`, `complete`.

use std::{net::TcpListener, time::Duration};

use evctl::sandbox::{Lifetime, Server};
use serde_json::{Value, json};

use super::{json, topics};
use crate::support::{Record, Topic, admin, broker, evctl, kafka, members, until};

fn at(value: &str, timestamp: i64) -> Record<'_> {
    Record {
        timestamp: Some(timestamp),
        ..Record::value(value)
    }
}

#[test]
fn list_counts_records_and_says_when_the_first_and_the_last_were_written() {
    let topic = Topic::with("list-times", 3, &[]);
    topic.produce_records(0, &[at("a", 1_700_000_001_000), at("b", 1_700_000_009_000)]);
    topic.produce_records(1, &[at("c", 1_700_000_003_000), at("d", 1_700_000_002_000)]);
    let list = json(&["list", &topic.name]);
    assert_eq!(list["kind"], "evctl.topics/1");
    let row = &list["topics"][0];
    assert_eq!(row["topic"], *topic.name);
    assert_eq!(row["partitions"], 3);
    assert_eq!(row["replication"], 1);
    assert_eq!(row["records"], 4);
    assert_eq!(row["records_at_most"], false);
    assert_eq!(row["first"], "2023-11-14T22:13:21.000Z");
    assert_eq!(row["last"], "2023-11-14T22:13:29.000Z");
    assert_eq!(row["cleanup_policy"], "delete");
    assert!(row["size"].as_i64().unwrap() > 100, "{row}");
    assert_eq!(row["size"], row["size_of_all_replicas"]);
    assert_eq!(row["error"], Value::Null);

    // What was removed is no record any more.
    topic.trim(0, 1);
    let row = &json(&["list", &topic.name])["topics"][0];
    assert_eq!(row["records"], 3);
    assert_eq!(row["first"], "2023-11-14T22:13:23.000Z");
}

#[test]
fn an_empty_topic_has_no_first_record_and_offsets_are_at_most_so_many_records() {
    let empty = Topic::new("list-empty");
    let row = &json(&["list", &empty.name])["topics"][0];
    assert_eq!(row["records"], 0);
    assert_eq!((&row["first"], &row["last"]), (&Value::Null, &Value::Null));
    assert_eq!(row["size"], 0);

    let compacted = Topic::compacted("list-compacted", 1);
    compacted.produce_records(0, &[Record::keyed("k", "1"), Record::keyed("k", "2")]);
    compacted.compact(0);
    let row = &json(&["list", &compacted.name, "--brief"])["topics"][0];
    assert_eq!(row["records_at_most"], true);
    assert_eq!(row["records"], 3, "one of three is gone, its offset is not");
    let table = topics(&["list", &compacted.name, "--brief"]).ok();
    let line = table.lines().nth(1).unwrap();
    assert!(
        line.contains(" ≤3 ") && line.contains(" compact "),
        "{line}"
    );
    let csv = topics(&["list", &compacted.name, "--brief", "-o", "csv"]).ok();
    assert!(
        csv.lines()
            .nth(1)
            .unwrap()
            .starts_with(&format!("{},1,1,3,", compacted.name))
    );
}

#[test]
fn the_records_of_small_topics_are_counted_whatever_their_offsets_say() {
    // Compacted once, and kept by age now.
    let compacted = Topic::compacted("counted-compacted", 1);
    compacted.produce_records(0, &[Record::keyed("k", "1"), Record::keyed("k", "2")]);
    compacted.compact(0);
    let policy = [
        "alter",
        &compacted.name,
        "--set",
        "cleanup.policy=delete",
        "--yes",
    ];
    let _ = topics(&policy).ok();
    // Transactions leave markers, and aborted ones their records.
    let transactions = Topic::new("counted-transactions");
    let long_ago = at("a", 1_700_000_001_000);
    transactions.produce_records(0, &[long_ago]);
    transactions.produce_aborted(0, &["gone", "gone"]);
    // What is open may yet be aborted.
    let open = Topic::new("counted-open");
    open.produce(0, &["a"]);
    let _open = open.produce_open(0, &["b", "c"]);
    for (topic, records, at_most) in [
        (&compacted, 2, false),
        (&transactions, 1, false),
        (&open, 3, true),
    ] {
        let row = &json(&["list", &topic.name])["topics"][0];
        let told = (&row["records"], &row["records_at_most"]);
        assert_eq!(told, (&records.into(), &at_most.into()), "{row}");
        let described = &json(&["describe", &topic.name])["topics"][0];
        let told = (&described["records"], &described["records_at_most"]);
        assert_eq!(told, (&records.into(), &at_most.into()), "{described}");
    }
    // The last record's time, and not the marker's.
    let row = &json(&["list", &transactions.name])["topics"][0];
    let time = Value::from("2023-11-14T22:13:21.000Z");
    assert_eq!((&row["first"], &row["last"]), (&time, &time));
}

#[test]
fn list_is_narrowed_by_patterns_and_sorted() {
    let few = Topic::new("sorted-few");
    let many = Topic::new("sorted-many");
    let other = Topic::new("sorted-dlq");
    few.produce(0, &["a"]);
    many.produce(0, &["a", "b", "c"]);
    let names = |arguments: &[&str]| -> Vec<String> {
        let csv = topics(&[&["list", "-o", "csv"], arguments].concat()).ok();
        let rows = csv.lines().skip(1);
        rows.map(|row| row.split(',').next().unwrap().to_owned())
            .collect()
    };
    let all = ["sorted-*", "--sort", "records"];
    assert_eq!(names(&all), [&*many.name, &few.name, &other.name]);
    let by_name = [&*other.name, &few.name, &many.name];
    assert_eq!(names(&["--match", "sorted-*"]), by_name);
    let without = ["sorted-*", "--exclude", "*-dlq-*", "--brief"];
    assert_eq!(names(&without), [&*few.name, &many.name]);
    assert_eq!(names(&["sorted-{few,dlq}-*"]), [&*other.name, &few.name]);

    let none = topics(&["list", "no-such-*"]).exits(0);
    assert!(
        none.stderr.contains("no visible topic matches"),
        "{}",
        none.stderr
    );
    let bad = topics(&["list", "a[b"]).exits(2);
    assert!(
        bad.stderr.contains("\"a[b\" is not a pattern"),
        "{}",
        bad.stderr
    );
}

#[test]
fn a_name_that_no_topic_has_is_exit_4_and_exit_5_beside_others() {
    let topic = Topic::new("nearest");
    let near = format!("{}x", topic.name);
    for verb in ["list", "describe"] {
        let alone = topics(&[verb, &near]).exits(4);
        let hint = format!("did you mean {:?}?", topic.name);
        assert!(alone.stderr.contains(&hint), "{}", alone.stderr);
        let beside = topics(&[verb, &near, &topic.name, "-o", "csv"]).exits(5);
        assert!(beside.lines()[1].starts_with(&*topic.name));
        let warning = format!("warning: topic {near:?} does not exist");
        assert!(beside.stderr.contains(&warning), "{}", beside.stderr);
    }
    assert!(!Topic::exists(&near));
}

#[test]
fn kafkas_own_topics_are_listed_when_asked_for() {
    let topic = Topic::new("internal");
    let _ = topic.produce_open(0, &["a"]);
    let own = "__transaction_state";
    let listed = |arguments: &[&str]| topics(&[&["list"], arguments].concat()).ok().contains(own);
    assert!(!listed(&[]));
    assert!(listed(&["--internal"]));
    assert!(listed(&[own]), "it is named");
}

#[test]
fn describe_shows_partitions_and_where_a_value_comes_from() {
    let topic = Topic::with("describe", 2, &[("retention.ms", "86400000")]);
    topic.produce(1, &["a", "b"]);
    let described = json(&["describe", &topic.name]);
    assert_eq!(described["kind"], "evctl.topic-describe/1");
    let described = &described["topics"][0];
    assert_eq!(described["topic"], *topic.name);
    assert_eq!(described["id"].as_str().unwrap().len(), 22);
    assert_eq!(described["min_insync_replicas"], 1);
    assert_eq!(described["retention_ms"], 86_400_000);
    assert_eq!(described["records"], 2);
    let partition = &described["partitions"][1];
    assert_eq!(partition["replicas"], json!([1]));
    assert_eq!(partition["in_sync"], json!([1]));
    assert_eq!(partition["offline"], json!([]));
    assert_eq!(partition["leader"], 1);
    assert_eq!(partition["epoch"], 0);
    let offsets = ["start", "end", "stable_end", "records"].map(|name| &partition[name]);
    assert_eq!(offsets, [0, 2, 2, 2]);
    assert_eq!(partition["status"], "ok");
    let configs = described["configs"].as_array().unwrap();
    let own = json!({
        "key": "retention.ms", "value": "86400000", "source": "topic", "sensitive": false,
    });
    assert!(configs.contains(&own), "{configs:?}");
    assert!(configs.iter().all(|config| config["source"] != "default"));

    let table = topics(&["describe", &topic.name]).ok();
    assert!(
        table.contains("1d 0h") && table.contains("retention.ms"),
        "{table}"
    );
    assert!(
        !table.contains("STABLE END"),
        "it differs nowhere:\n{table}"
    );
}

#[test]
fn the_transaction_that_holds_the_stable_end_back_is_named() {
    let topic = Topic::with("held-back", 2, &[]);
    topic.produce(0, &["before"]);
    let open = topic.produce_open(0, &["a", "b"]);
    topic.produce(0, &["after"]);
    topic.produce_committed(1, &["done"]);
    let output = topics(&["describe", &topic.name, "--producers", "-o", "json"]).exits(0);
    let described: Value = serde_json::from_str(output.text()).unwrap();
    let described = &described["topics"][0];
    let partition = &described["partitions"][0];
    assert_eq!(
        (&partition["stable_end"], &partition["end"]),
        (&json!(1), &json!(4))
    );

    let producers = described["producers"].as_array().unwrap();
    let held = &producers[0];
    assert_eq!(held["partition"], 0);
    assert_eq!(held["transaction_start"], 1);
    assert_eq!(held["holds_back"], true);
    assert_eq!(held["transaction"], "open");
    assert_eq!(held["state"], "Ongoing");
    assert_eq!(held["transactional_id"], *open.id());
    assert_eq!(held["last_sequence"], 1);
    assert!(
        (0..60_000).contains(&held["transaction_age_ms"].as_i64().unwrap()),
        "{held}"
    );
    assert_eq!(held["age_at_least"], false);
    let done = producers
        .iter()
        .find(|producer| producer["partition"] == 1)
        .unwrap();
    assert_eq!(
        (&done["transaction"], &done["holds_back"]),
        (&Value::Null, &json!(false))
    );

    let id = &held["producer_id"];
    let name = &topic.name;
    for said in [
        format!(
            "{name}/0: the transaction of producer {id} (transactional id {:?}) holds",
            open.id()
        ),
        format!("abort --topic {name} --partition 0 --start-offset 1"),
    ] {
        assert!(output.stderr.contains(&said), "{said}\n{}", output.stderr);
    }
    let table = topics(&["describe", name]).ok();
    assert!(table.contains("STABLE END"), "{table}");

    open.commit();
    let after = topics(&["describe", name, "--producers"]).exits(0);
    assert!(
        !after.stderr.contains("holds the stable end"),
        "{}",
        after.stderr
    );
}

#[test]
fn looking_makes_nothing_on_a_cluster() {
    let server = Server::start(kafka(Lifetime::OfThisProcess)).unwrap();
    let broker = server.address();
    admin::create_topic(broker, "orders", 2, &[]);
    for command in [
        ["topics", "list", "--internal"].as_slice(),
        &["topics", "list", "order*"],
        &["topics", "describe", "orders", "--producers"],
        &["topics", "create", "payments", "--dry-run"],
        &["topics", "delete", "orders", "--dry-run"],
        &["complete", "topics"],
        &["complete", "groups"],
        &["lag"],
        &["lag", "--match", "*", "--verdict", "--sample", "1ms"],
        &["lag", "-o", "prom"],
        &["groups", "list"],
    ] {
        let _ = evctl(&[command, &["-b", broker]].concat()).ok();
    }
    for command in [
        ["topics", "describe", "ordersx"].as_slice(),
        &["lag", "nobody"],
        &["lag", "nobody", "--burrow"],
        &["groups", "describe", "nobody"],
        &["groups", "export", "nobody"],
        &["groups", "seek", "nobody", "--from", "earliest", "--yes"],
        &["groups", "delete", "nobody", "--yes"],
    ] {
        let _ = evctl(&[command, &["-b", broker]].concat()).exits(4);
    }
    assert_eq!(admin::topics(broker), ["orders"]);
    assert_eq!(members::list_groups(broker), [""; 0]);
}

#[test]
fn names_are_completed_and_nothing_is_said_when_they_cannot_be() {
    let topic = Topic::new("complete-topic");
    let group = format!("{}-group", topic.name);
    topic.produce(0, &["a"]);
    let read = [
        "consume",
        &topic.name,
        "-g",
        &group,
        "-b",
        broker().address(),
    ];
    let _ = evctl(&read).ok();
    let complete = |what: &str, prefix: &str| {
        let output = evctl(&["complete", what, prefix, "-b", broker().address()]);
        assert!(output.stderr.is_empty(), "{}", output.stderr);
        output.ok()
    };
    // Half a second may be short on a machine that is busy with other tests.
    until("the topic is named", || {
        complete("topics", "complete-t") == format!("{}\n", topic.name)
    });
    until("the group is named", || {
        complete("groups", "complete-t") == format!("{group}\n")
    });
    assert_eq!(complete("topics", "no-such"), "");

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = silent.local_addr().unwrap().to_string();
    for nobody in [&*silent, "127.0.0.1:1", "no brokers"] {
        let output = evctl(&["complete", "topics", "-b", nobody]).exits(0);
        assert!(
            output.stdout.is_empty() && output.stderr.is_empty(),
            "{output:?}"
        );
        assert!(
            output.took < Duration::from_secs(2),
            "{nobody}: {:?}",
            output.took
        );
    }
}
