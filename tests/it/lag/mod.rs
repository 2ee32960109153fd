//! `evctl lag`: every case in which others are wrong, on the real broker with real groups.

mod checks;
mod judged;
mod partial;
mod streams;

use serde_json::{Value, json};

use crate::support::{
    Output, Record, Topic, broker, evctl,
    members::{ClassicMember, ConsumerMember, ShareMember, commit, list_groups},
    transaction::Transaction,
};

/// Runs `evctl lag` on the shared broker.
#[track_caller]
fn run(arguments: &[&str]) -> Output {
    evctl(&[&["lag", "-b", broker().address()], arguments].concat())
}

/// The JSON of `evctl lag`, which ends with `code`; nothing was made by looking.
#[track_caller]
fn lag_with(code: i32, arguments: &[&str]) -> Value {
    let output = run(&[arguments, &["-o", "json"]].concat()).exits(code);
    serde_json::from_str(output.text()).unwrap()
}

#[track_caller]
fn lag(arguments: &[&str]) -> Value {
    lag_with(0, arguments)
}

/// The row of a partition in an answer about one group.
#[track_caller]
fn row<'v>(answer: &'v Value, topic: &str, partition: i32) -> &'v Value {
    let rows = answer["groups"][0]["partitions"].as_array().unwrap();
    let found = rows
        .iter()
        .find(|row| row["topic"] == topic && row["partition"] == partition);
    found.unwrap_or_else(|| panic!("no row for {topic}/{partition}: {answer}"))
}

/// Some members of a row.
fn some(row: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| row[*name].clone()).collect()
}

fn unused_group(label: &str) -> String {
    Topic::unused_name(label)
}

fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("v{number}")).collect()
}

/// A topic with `count` records in each partition.
fn filled(label: &str, partitions: i32, count: usize) -> Topic {
    let topic = Topic::with(label, partitions, &[]);
    let values = numbers(count);
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    for partition in 0..partitions {
        topic.produce(partition, &values);
    }
    topic
}

#[test]
fn a_group_that_committed_on_some_partitions_is_bounded_on_both_sides() {
    let topic = filled("partly", 25, 10);
    let group = unused_group("partly");
    let offsets: Vec<_> = (0..5).map(|p| (topic.name.as_str(), p, 8)).collect();
    commit(broker().address(), &group, &offsets);
    let before = list_groups(broker().address());
    let answer = lag(&[&group]);
    assert!(before.contains(&group));
    let found = &answer["groups"][0];
    assert_eq!(
        some(
            found,
            &[
                "partition_count",
                "unknown_partitions",
                "lag",
                "if_latest",
                "if_earliest"
            ]
        ),
        json!([25, 20, 10, 10, 210])
    );
    assert_eq!(found["type"], "simple");
    assert_eq!(
        some(
            row(&answer, &topic.name, 7),
            &["status", "lag", "if_earliest", "if_latest"]
        ),
        json!(["NO_COMMIT", null, 10, 0])
    );
    let table = run(&[&group]).ok();
    let total = table.lines().last().unwrap();
    assert!(
        total.contains("25 partitions, 20 unknown, lag 10 (10 if the rest is read from the end, ≤210 from the beginning)"),
        "{total}"
    );
}

#[test]
fn what_retention_removed_is_lost_and_not_lag() {
    let topic = filled("trimmed", 1, 8);
    let group = unused_group("trimmed");
    commit(broker().address(), &group, &[(&topic.name, 0, 2)]);
    topic.trim(0, 5);
    let answer = lag(&[&group]);
    assert_eq!(
        some(
            row(&answer, &topic.name, 0),
            &["status", "lag", "lost", "low", "end"]
        ),
        json!(["DATA_LOST", 3, 3, 5, 8])
    );
    assert!(
        answer["groups"][0]["reasons"][0]
            .as_str()
            .unwrap()
            .starts_with("DATA_LOST on 1 of 1")
    );
    // Everything that was left is gone, too: no lag, and the loss stays.
    topic.trim(0, 8);
    let answer = lag(&[&group]);
    assert_eq!(
        some(
            row(&answer, &topic.name, 0),
            &["status", "lag", "lost", "time_lag_ms"]
        ),
        json!(["DATA_LOST", 0, 6, 0])
    );
}

#[test]
fn a_commit_behind_the_end_has_no_lag_and_says_why() {
    let topic = filled("beyond", 1, 3);
    let group = unused_group("beyond");
    commit(broker().address(), &group, &[(&topic.name, 0, 10)]);
    let answer = lag(&[&group]);
    let row = row(&answer, &topic.name, 0);
    assert_eq!(
        some(row, &["status", "lag", "committed", "end"]),
        json!(["BEYOND_END", null, 10, 3])
    );
    assert!(
        row["notes"][0]
            .as_str()
            .unwrap()
            .contains("auto.offset.reset")
    );
    assert_eq!(answer["groups"][0]["unknown_partitions"], 1);
}

#[test]
fn a_transaction_marker_at_the_end_is_nobodys_work() {
    let topic = Topic::new("marker");
    topic.produce_committed(0, &["a", "b", "c"]);
    let group = unused_group("marker");
    commit(broker().address(), &group, &[(&topic.name, 0, 3)]);
    let answer = lag(&[&group]);
    let row = row(&answer, &topic.name, 0);
    assert_eq!(
        some(
            row,
            &["status", "end", "lag", "records_left", "time_lag_ms"]
        ),
        json!(["OK", 4, 0, 0, 0])
    );
    assert!(
        row["notes"][0]
            .as_str()
            .unwrap()
            .contains("transaction markers")
    );
    let _ = run(&[&group, "--max-lag", "0", "--wait", "drained"]).exits(0);
}

#[test]
fn aborted_records_are_nobodys_work_unless_they_are_asked_for() {
    let topic = Topic::new("aborted");
    topic.produce(0, &["a"]);
    topic.produce_aborted(0, &["x", "y"]);
    let group = unused_group("aborted");
    commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    let names = ["status", "records_left", "lag"];
    let answer = lag(&[&group]);
    assert_eq!(
        some(row(&answer, &topic.name, 0), &names),
        json!(["OK", 0, 0])
    );
    let answer = lag(&[&group, "--isolation", "uncommitted"]);
    assert_eq!(
        some(row(&answer, &topic.name, 0), &names),
        json!([null, 2, 2])
    );
}

#[test]
fn an_open_transaction_is_seen_from_both_sides() {
    let topic = filled("open", 1, 5);
    let transaction = Transaction::begin();
    transaction.produce(&topic, 0, &["t1", "t2", "t3"]);
    topic.produce(0, &["behind"]);
    let group = unused_group("open");
    commit(broker().address(), &group, &[(&topic.name, 0, 5)]);
    let names = ["status", "stable_end", "end", "lag", "txn_records"];
    let answer = lag(&[&group]);
    let found = row(&answer, &topic.name, 0);
    assert_eq!(some(found, &names), json!(["TXN_BLOCKED", 5, 9, 4, 4]));
    assert!(found["txn_age_ms"].as_i64().unwrap() >= 0);
    let _ = run(&[&group, "--wait", "drained", "--timeout", "1s"]).exits(1);

    let answer = lag(&[&group, "--isolation", "committed"]);
    assert_eq!(
        some(row(&answer, &topic.name, 0), &names),
        json!(["TXN_BLOCKED", 5, 9, 0, 4])
    );
    let _ = run(&[&group, "--isolation", "committed", "--wait", "drained"]).exits(0);
    transaction.commit();
    let answer = lag(&[&group]);
    assert_eq!(row(&answer, &topic.name, 0)["txn_records"], Value::Null);
    assert_eq!(row(&answer, &topic.name, 0)["lag"], 4);
}

#[test]
fn lag_is_counted_or_an_upper_bound_whatever_the_topic_was() {
    // Compacted once, and now `delete`.
    let compacted = Topic::compacted("compacted-once", 1);
    for value in &numbers(20) {
        compacted.produce_records(0, &[Record::keyed("a", value)]);
    }
    compacted.compact(0);
    let policy = format!("cleanup.policy={}", "delete");
    let altered = [
        "topics",
        "alter",
        &compacted.name,
        "--set",
        &policy,
        "--yes",
        "-b",
        broker().address(),
    ];
    evctl(&altered).ok();
    // Transactions of one record: six are committed, and every third one is aborted.
    let transactions = Topic::new("of-one-record");
    for value in ["a", "b", "c"] {
        transactions.produce_committed(0, &[value]);
        transactions.produce_committed(0, &[value]);
        transactions.produce_aborted(0, &[value]);
    }
    let plain = filled("plain", 1, 20);
    let group = unused_group("counted");
    commit(
        broker().address(),
        &group,
        &[
            (&compacted.name, 0, 4),
            (&transactions.name, 0, 0),
            (&plain.name, 0, 17),
        ],
    );
    let names = ["lag", "lag_is_upper_bound", "records_left"];
    let of = |arguments: &[&str]| {
        let answer = lag(&[&[group.as_str()], arguments].concat());
        let of = |topic: &Topic| some(row(&answer, &topic.name, 0), &names);
        let group = &answer["groups"][0];
        let sum = some(group, &["lag", "lag_is_upper_bound"]);
        [of(&compacted), of(&transactions), of(&plain), sum]
    };
    let exact = [
        json!([2, false, 2]),
        json!([6, false, 6]),
        json!([3, false, 3]),
        json!([11, false]),
    ];
    assert_eq!(of(&[]), exact);
    assert_eq!(of(&["--time", "off", "--count"]), exact);
    let offsets = [
        json!([17, true, null]),
        json!([18, true, null]),
        json!([3, true, null]),
        json!([38, true]),
    ];
    assert_eq!(of(&["--time", "off"]), offsets);
    let table = run(&[&group, "--time", "off"]).ok();
    for marked in ["≤17 ", "≤18 ", "≤3 ", "lag ≤38,"] {
        assert!(table.contains(marked), "{marked}: {table}");
    }
    // Limits judge what is shown.
    let _ = run(&[&group, "--max-lag", "11"]).exits(0);
    let _ = run(&[&group, "--max-lag", "11", "--time", "off"]).exits(1);
}

#[test]
fn many_unread_records_are_not_read_and_groups_on_one_partition_are_counted_apart() {
    let value = "v".repeat(100);
    let topic = Topic::new("much");
    for _ in 0..4 {
        topic.produce(0, &vec![value.as_str(); 1_000]);
    }
    let names = ["lag", "lag_is_upper_bound"];
    for (committed, lag_at) in [
        (0, json!([4_000, true])),
        (1_500, json!([2_500, true])),
        // The rest of its batch, and the next one.
        (2_500, json!([1_500, false])),
        (3_999, json!([1, false])),
    ] {
        let group = unused_group("much");
        commit(broker().address(), &group, &[(&topic.name, 0, committed)]);
        let answer = lag(&[&group]);
        assert_eq!(some(row(&answer, &topic.name, 0), &names), lag_at);
    }
    let answer = lag(&["--match", "much-*", "--topic", &topic.name]);
    let groups = answer["groups"].as_array().unwrap();
    let counted: Vec<_> = groups.iter().map(|group| some(group, &names)).collect();
    assert_eq!(
        counted,
        [
            json!([4_000, true]),
            json!([2_500, true]),
            json!([1_500, false]),
            json!([1, false])
        ]
    );
}

#[test]
fn an_empty_group_with_unread_records_is_stopped() {
    let topic = filled("empty", 1, 5);
    let group = unused_group("empty");
    ClassicMember::join(
        broker().address(),
        &group,
        &[&topic.name],
        &[(&topic.name, 0)],
    )
    .commit(&[(&topic.name, 0, 2)]);
    crate::support::until("the group is empty", || {
        lag(&[&group])["groups"][0]["state"] == "Empty"
    });
    let answer = lag(&[&group]);
    let found = &answer["groups"][0];
    assert_eq!(
        some(found, &["type", "state", "members", "status", "lag"]),
        json!(["classic", "Empty", 0, "STOPPED", 3])
    );
}

#[test]
fn a_topic_that_a_living_group_left_is_abandoned_and_out_of_the_sum() {
    let (kept, left) = (filled("kept", 1, 5), filled("left", 1, 50));
    let group = unused_group("abandons");
    commit(
        broker().address(),
        &group,
        &[(&kept.name, 0, 4), (&left.name, 0, 10)],
    );
    let member = ClassicMember::join(
        broker().address(),
        &group,
        &[&kept.name],
        &[(&kept.name, 0)],
    );
    let answer = lag(&[&group]);
    assert_eq!(
        some(
            &answer["groups"][0],
            &["type", "state", "members", "lag", "status"]
        ),
        json!(["classic", "Stable", 1, 1, "OK"])
    );
    assert_eq!(row(&answer, &left.name, 0)["status"], "ABANDONED");
    let owner = &row(&answer, &kept.name, 0)["owner"];
    assert_eq!(
        some(owner, &["member_id", "client_id"]),
        json!([member.id, "hand-driven"])
    );
    let all = lag(&[&group, "--include-abandoned"]);
    assert_eq!(all["groups"][0]["lag"], 41);
}

#[test]
fn a_group_of_the_new_protocol_is_told_with_its_members() {
    if broker().is_before_4() {
        // It has no such groups, and says so to whoever wants to be a member (group.rs).
        assert_eq!(lag(&["--group-type", "consumer"])["groups"], json!([]));
        return;
    }
    let topic = filled("new-protocol", 3, 6);
    let group = unused_group("new-protocol");
    let member = ConsumerMember::join(broker().address(), &group, &[&topic.name]);
    member.commit(&[(&topic.name, 0, 0), (&topic.name, 1, 6)]);
    let answer = lag(&[&group]);
    assert_eq!(
        some(
            &answer["groups"][0],
            &[
                "type",
                "state",
                "members",
                "lag",
                "if_earliest",
                "unknown_partitions"
            ]
        ),
        json!(["consumer", "Stable", 1, 6, 12, 1])
    );
    let rows: Vec<_> = (0..3)
        .map(|p| row(&answer, &topic.name, p)["status"].clone())
        .collect();
    assert_eq!(rows, ["OK", "OK", "NO_COMMIT"]);
    assert_eq!(
        row(&answer, &topic.name, 2)["owner"]["client_id"],
        "hand-driven"
    );
}

#[test]
fn a_share_group_has_the_brokers_own_lag() {
    if broker().is_before_4() {
        assert_eq!(lag(&["--group-type", "share"])["groups"], json!([]));
        return;
    }
    let topic = Topic::new("shared");
    for values in [["a", "b"], ["c", "d"], ["e", "f"]] {
        topic.produce(0, &values);
    }
    let group = unused_group("shared");
    let mut member = ShareMember::join(broker().address(), &group, &[&topic.name]);
    let taken = member.take(&topic.name, 0, 2);
    crate::support::until("the broker counts what is left", || {
        let answer = lag(&[&group]);
        some(row(&answer, &topic.name, 0), &["lag", "method"]) == json!([6 - taken, "broker"])
    });
    let answer = lag(&[&group]);
    assert_eq!(
        some(
            &answer["groups"][0],
            &["type", "members", "lag", "lag_is_upper_bound"]
        ),
        json!(["share", 1, 6 - taken, false])
    );
    // The broker counts offsets; nobody looked whether they are records.
    let unread = lag(&[&group, "--time", "off"]);
    assert_eq!(unread["groups"][0]["lag_is_upper_bound"], true);
}

#[test]
fn the_age_is_that_of_the_next_record_whoever_is_idle() {
    let topic = Topic::with(
        "aged",
        1,
        &[("message.timestamp.after.max.ms", "9223372036854775807")],
    );
    let hour_ago = jiff::Timestamp::now().as_millisecond() - 3_600_000;
    let at = |timestamp: i64| Record {
        timestamp: Some(timestamp),
        ..Record::value("v")
    };
    topic.produce_records(
        0,
        &[at(hour_ago - 5_000), at(hour_ago), at(hour_ago + 60_000)],
    );
    let group = unused_group("aged");
    commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    let answer = lag(&[&group]);
    let found = row(&answer, &topic.name, 0);
    let age = found["time_lag_ms"].as_i64().unwrap();
    assert!((3_600_000..3_660_000).contains(&age), "{age}");
    assert_eq!(
        some(found, &["next_ts", "span_ms", "method", "next_ts_type"]),
        json!([hour_ago, 60_000, "fetch", "create"])
    );
    assert_eq!(answer["groups"][0]["time_lag_ms"], found["time_lag_ms"]);
    let off = lag(&[&group, "--time", "off"]);
    assert_eq!(
        some(row(&off, &topic.name, 0), &["lag", "time_lag_ms"]),
        json!([2, null])
    );

    // A clock that runs ahead makes no negative age.
    topic.produce_records(0, &[at(hour_ago + 7_200_000)]);
    commit(broker().address(), &group, &[(&topic.name, 0, 3)]);
    let answer = lag(&[&group]);
    let found = row(&answer, &topic.name, 0);
    assert_eq!(found["time_lag_ms"], 0);
    assert!(
        found["clock_skew_ms"].as_i64().unwrap() > 3_500_000,
        "{found}"
    );
}

#[test]
fn many_groups_are_told_apart_each_with_its_own_numbers() {
    let topic = filled("many", 2, 30);
    let groups: Vec<String> = (0..20).map(|_| unused_group("many")).collect();
    for (index, group) in (0..).zip(&groups) {
        commit(
            broker().address(),
            group,
            &[(&topic.name, 0, index), (&topic.name, 1, 30)],
        );
    }
    let before = list_groups(broker().address());
    let answer = lag(&["--match", "many-*", "--topic", &topic.name]);
    let found: Vec<_> = (answer["groups"].as_array().unwrap().iter())
        .filter(|group| groups.iter().any(|name| group["group"] == **name))
        .collect();
    assert_eq!(found.len(), 20);
    for (index, name) in groups.iter().enumerate() {
        let group = found.iter().find(|group| group["group"] == **name).unwrap();
        assert_eq!(group["lag"], 30 - index, "{group}");
        assert!(index == 0 || group["time_lag_ms"].as_i64().is_some());
    }
    for name in &groups {
        assert!(before.contains(name));
    }
    let few = lag(&[
        "--match",
        "many-*",
        "--topic",
        &topic.name,
        "--sort",
        "lag",
        "--top",
        "3",
    ]);
    let lags: Vec<_> = few["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| &group["lag"])
        .collect();
    assert_eq!(lags, [30, 29, 28]);
    let without = lag(&["--match", "many-*", "--exclude", "many-*"]);
    assert_eq!(without["groups"], json!([]));
}
