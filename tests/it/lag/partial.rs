//! What is shown of an answer when the rest is not to be had: a broker that is gone in the middle, a
//! question without an answer, a group that may not be seen.

use kafka_protocol::messages::ApiKey;
use serde_json::{Value, json};

use super::{filled, row, some, unused_group};
use crate::support::{Output, Topic, broker, evctl, members::commit, proxy::Proxy, secured};

/// A group of which 4 of 10 records are read.
fn group_at_4(label: &str) -> (Topic, String) {
    let topic = filled(label, 1, 10);
    let group = unused_group(label);
    commit(broker().address(), &group, &[(&topic.name, 0, 4)]);
    (topic, group)
}

fn run(proxy: &Proxy, arguments: &[&str]) -> Output {
    evctl(&[&["lag", "-b", proxy.address()], arguments].concat())
}

/// The JSON of an answer that is not whole; what is missing stands in it and on stderr.
#[track_caller]
fn incomplete(proxy: &Proxy, arguments: &[&str], why: &str) -> Value {
    let output = run(proxy, &[arguments, &["-o", "json"]].concat()).exits(5);
    let answer: Value = serde_json::from_str(output.text()).unwrap();
    let failures = answer["failures"].as_array().unwrap();
    let failures: Vec<&str> = failures.iter().map(|text| text.as_str().unwrap()).collect();
    assert!(!failures.is_empty());
    for failure in failures {
        assert!(failure.contains(why), "{failure}");
        let warning = format!("warning: {failure}\n");
        assert!(output.stderr.contains(&warning), "{}", output.stderr);
    }
    answer
}

#[test]
fn a_broker_that_is_gone_in_the_middle_leaves_what_was_read() {
    let (topic, group) = group_at_4("gone");
    let gone_at = |key, nth| Proxy::gone_at(broker().address(), key, nth);

    // Before anything is known, there is nothing to be shown.
    for key in [ApiKey::Metadata, ApiKey::ListGroups] {
        let output = run(&gone_at(key, 1), &[&group]).exits(3);
        assert_eq!(output.text(), "", "{key:?}");
        assert!(output.stderr.contains("connection refused"), "{key:?}");
    }

    // The group was listed, and what it has stored is not known.
    let proxy = gone_at(ApiKey::OffsetFetch, 1);
    let answer = incomplete(&proxy, &[&group], "connection refused");
    let names = ["state", "members", "status", "lag", "reasons"];
    assert_eq!(
        some(&answer["groups"][0], &names),
        json!(["Empty", null, "ERROR", null, ["connection refused"]])
    );
    let proxy = gone_at(ApiKey::OffsetFetch, 1);
    let table = run(&proxy, &[&group]).exits(5);
    assert!(table.text().ends_with(", lag unknown, ERROR\n"));
    let said = format!("the offsets of {group}: connection refused");
    assert!(table.stderr.contains(&said), "{}", table.stderr);

    // From here on what it has stored is shown, and each later answer adds to it.
    let names = ["status", "committed", "end", "lag", "time_lag_ms"];
    let error = json!(["ERROR", 4, null, null, null]);
    let aged = json!([null, 4, 10, 6, null]);
    for (key, nth, members, wanted) in [
        (ApiKey::DescribeGroups, 1, json!(null), &error),
        (ApiKey::Metadata, 2, json!(0), &error),
        (ApiKey::ListOffsets, 1, json!(0), &error),
        (ApiKey::Fetch, 1, json!(0), &aged),
    ] {
        let proxy = gone_at(key, nth);
        let answer = incomplete(&proxy, &[&group], "connection refused");
        assert_eq!(answer["groups"][0]["members"], members, "{key:?}");
        let found = row(&answer, &topic.name, 0);
        assert_eq!(some(found, &names), *wanted, "{key:?}");
        let note = found["notes"][0].as_str().unwrap();
        assert!(note.contains("connection refused"), "{key:?}: {note}");
    }
}

#[test]
fn a_broker_that_is_gone_before_the_second_look_leaves_the_first() {
    let (topic, group) = group_at_4("second");
    let proxy = Proxy::gone_at(broker().address(), ApiKey::ListGroups, 2);
    let arguments = [group.as_str(), "--sample", "10ms"];
    let answer = incomplete(&proxy, &arguments, "connection refused");
    assert_eq!(
        some(row(&answer, &topic.name, 0), &["lag", "rate_out"]),
        json!([6, null])
    );
}

#[test]
fn a_check_with_a_question_unanswered_is_not_passed() {
    let (topic, group) = group_at_4("unanswered");
    let why = "the broker closed the connection";
    let closing_at = |key| Proxy::closing_at(broker().address(), key);

    let proxy = closing_at(ApiKey::DescribeGroups);
    let answer = incomplete(&proxy, &[&group, "--min-members", "1"], why);
    let found = &answer["groups"][0];
    assert_eq!(
        some(found, &["members", "lag", "status"]),
        json!([null, 6, null])
    );
    assert_eq!(
        found["reasons"][1],
        format!("its members are not known: {why}")
    );
    let proxy = closing_at(ApiKey::Fetch);
    let answer = incomplete(&proxy, &[&group, "--max-time", "1h"], why);
    let found = row(&answer, &topic.name, 0);
    assert_eq!(some(found, &["lag", "time_lag_ms"]), json!([6, null]));
    // A limit that is hit all the same stands.
    let _ = run(&closing_at(ApiKey::Fetch), &[&group, "--max-lag", "5"]).exits(1);
}

#[test]
fn a_group_that_may_not_be_seen_has_a_row_beside_one_that_may() {
    let topic = Topic::unused_name("tenant");
    secured().create_topic(&topic, 1);
    let (own, other) = (unused_group("tenant-lag"), unused_group("other-lag"));
    for group in [&own, &other] {
        commit(secured().plain(), group, &[(&topic, 0, 0)]);
    }
    let as_tenant = |arguments: &[&str]| {
        let login = [
            "-b",
            secured().sasl_plain(),
            "-X",
            "security.protocol=SASL_PLAINTEXT",
            "-X",
            "sasl.mechanism=PLAIN",
            "-X",
            "sasl.username=tenant",
            "-X",
            "sasl.password=tenant-secret",
        ];
        evctl(&[&["lag"], arguments, &login].concat())
    };
    let right = format!(
        "kafka-acls --add --allow-principal User:tenant --operation Describe --group {other}"
    );
    let output = as_tenant(&[&own, &other, "-o", "json"]).exits(5);
    assert!(output.stderr.contains(&right), "{}", output.stderr);
    let answer: Value = serde_json::from_str(output.text()).unwrap();
    let names = ["group", "type", "status", "lag", "members"];
    let rows = answer["groups"].as_array().unwrap().iter();
    let rows: Vec<_> = rows.map(|group| some(group, &names)).collect();
    assert_eq!(
        rows,
        [
            json!([other, null, "ERROR", null, null]),
            json!([own, "simple", "OK", 0, 0])
        ]
    );
    for why in [&answer["groups"][0]["reasons"][0], &answer["failures"][0]] {
        let why = why.as_str().unwrap();
        assert!(why.contains("not authorized"), "{why}");
        assert!(why.ends_with(&right), "{why}");
    }
    let table = as_tenant(&[&own, &other]).exits(5);
    let lines: Vec<Vec<&str>> = (table.lines().iter())
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(lines[1][..4], [&other, "-", "-", "-"]);
    assert_eq!(lines[2][..4], [&own, "simple", "Empty", "0"]);
    let metrics = as_tenant(&[&own, &other, "-o", "prom"]).exits(5);
    assert!(metrics.text().contains("\nevctl_lag_collect_failures 1\n"));
    let _ = as_tenant(&[&own, &other, "--fail-on", "error"]).exits(1);
    // Nobody who lists all groups is told of one that is hidden: Kafka does not say that it is there.
    let _ = as_tenant(&[]).exits(0);
}
