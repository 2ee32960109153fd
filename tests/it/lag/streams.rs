//! Groups of Kafka Streams' own protocol (KIP-1071): their offsets are ordinary, and who is in them
//! is asked by a call that evctl does not speak.

use serde_json::{Value, json};

use super::{filled, lag, row, run, some, unused_group};
use crate::support::{
    broker, evctl,
    streams::{StreamsMember, has_streams_groups},
    until,
};

fn groups(arguments: &[&str]) -> String {
    evctl(&[&["groups", "-b", broker().address()], arguments].concat()).ok()
}

fn groups_json(arguments: &[&str]) -> Value {
    let said = groups(&[arguments, &["-o", "json"]].concat());
    let answer: Value = serde_json::from_str(&said).unwrap();
    answer["groups"].clone()
}

#[test]
fn a_streams_group_has_lag_and_nobody_says_who_is_in_it() {
    let at = broker().address();
    if broker().is_before_4() {
        assert!(!has_streams_groups(at));
        assert_eq!(lag(&["--group-type", "streams"])["groups"], json!([]));
        let listed = groups_json(&["list", "--group-type", "streams"]);
        assert_eq!(listed, json!([]));
        return;
    }
    let topic = filled("streams", 2, 6);
    let group = unused_group("streams");
    let member = StreamsMember::join(at, &group, &topic.name, 2);
    member.commit(&[(&topic.name, 0, 4)]);
    until("its tasks are settled", || {
        lag(&[&group])["groups"][0]["state"] == "Stable"
    });

    let answer = lag(&[&group, "--min-members", "1"]);
    let found = [
        "type",
        "members",
        "lag",
        "unknown_partitions",
        "if_earliest",
    ];
    assert_eq!(
        some(&answer["groups"][0], &found),
        json!(["streams", null, 2, 1, 8])
    );
    assert_eq!(answer["limits"][0]["actual"], Value::Null);
    let offsets = ["status", "committed", "end", "lag", "owner"];
    assert_eq!(
        some(row(&answer, &topic.name, 0), &offsets),
        json!(["OK", 4, 6, 2, null])
    );
    let table = run(&["--match", &group]).ok();
    let line = table.lines().last().unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words[..4], [&group, "streams", "Stable", "-"], "{table}");

    let listed = groups_json(&["list", "--group-type", "streams", &group]);
    assert_eq!(
        some(&listed[0], &["group", "state", "members", "error"]),
        json!([group, "Stable", null, null])
    );
    let table = groups(&["list", &group]);
    let line = table.lines().last().unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(words, [&group, "streams", "Stable", "-", "1"], "{table}");

    let described = groups_json(&["describe", &group]);
    assert_eq!(
        some(&described[0], &["type", "state", "members", "errors"]),
        json!(["streams", "Stable", null, []])
    );
    let stored = ["partition", "offset", "end", "owner", "error"];
    assert_eq!(
        some(&described[0]["offsets"][0], &stored),
        json!([0, 4, 6, null, null])
    );

    // That nobody is in an empty group needs no call.
    drop(member);
    let answer = lag(&[&group]);
    assert_eq!(
        some(&answer["groups"][0], &["state", "members", "status", "lag"]),
        json!(["Empty", 0, "STOPPED", 2])
    );
    assert_eq!(groups_json(&["describe", &group])[0]["members"], json!([]));
}
