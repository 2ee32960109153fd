//! Rates and verdicts: does a group get anywhere?

use serde_json::{Value, json};

use super::{filled, lag, row, run, some, unused_group};
use crate::support::{
    Home, broker,
    members::{ClassicMember, commit},
    until,
};

#[test]
fn a_group_that_was_set_back_is_rewound() {
    let topic = filled("rewound", 1, 20);
    let group = unused_group("rewound");
    for offset in [5, 12, 3] {
        commit(broker().address(), &group, &[(&topic.name, 0, offset)]);
    }
    let answer = lag(&[&group, "--verdict"]);
    let found = row(&answer, &topic.name, 0);
    assert_eq!(some(found, &["status", "lag"]), json!(["REWOUND", 17]));
    assert_eq!(
        found["notes"][0],
        "set back from 12 to 3, not recovered yet"
    );
    let age = jiff::Timestamp::now().as_millisecond() - found["last_commit_ts"].as_i64().unwrap();
    assert!((0..60_000).contains(&age), "{age}");
    let _ = run(&[&group, "--verdict", "--fail-on", "rewound"]).exits(1);
}

#[test]
fn a_group_that_commits_the_same_offset_is_stalled_and_one_that_moves_is_not() {
    let topic = filled("stalled", 2, 20);
    let group = unused_group("stalled");
    let member = ClassicMember::join(
        broker().address(),
        &group,
        &[&topic.name],
        &[(&topic.name, 0), (&topic.name, 1)],
    );
    for moving in [2, 9, 15] {
        member.commit(&[(&topic.name, 0, 7), (&topic.name, 1, moving)]);
    }
    let answer = lag(&[&group, "--verdict"]);
    let stuck = row(&answer, &topic.name, 0);
    assert_eq!(some(stuck, &["status", "lag"]), json!(["STALLED", 13]));
    assert_eq!(stuck["notes"][0], "3 commits, all at 7");
    assert_eq!(row(&answer, &topic.name, 1)["status"], "CATCHING_UP");
    assert_eq!(answer["groups"][0]["status"], "STALLED");
}

#[test]
fn burrows_verdict_has_burrows_fields() {
    let topic = filled("burrow", 1, 20);
    let group = unused_group("burrow");
    commit(broker().address(), &group, &[(&topic.name, 0, 12)]);
    commit(broker().address(), &group, &[(&topic.name, 0, 3)]);
    let said = run(&[&group, "--burrow"]).ok();
    let answer: Value = serde_json::from_str(&said).unwrap();
    let status = &answer["status"];
    assert_eq!(
        some(status, &["group", "partition_count", "totallag", "status"]),
        json!([group, 1, 17, "ERR"])
    );
    let partition = &status["partitions"][0];
    assert_eq!(
        some(partition, &["topic", "partition", "current_lag"]),
        json!([topic.name, 0, 17])
    );
    assert_eq!(partition["start"]["offset"], 12);
    assert_eq!(partition["end"]["offset"], 3);
}

#[test]
fn two_looks_give_rates_and_no_eta_for_a_partition_that_stands_still() {
    let topic = filled("rates", 2, 100);
    let group = unused_group("rates");
    let member = ClassicMember::join(
        broker().address(),
        &group,
        &[&topic.name],
        &[(&topic.name, 0), (&topic.name, 1)],
    );
    member.commit(&[(&topic.name, 0, 10), (&topic.name, 1, 10)]);
    let home = Home::new();
    let arguments = [
        "lag",
        &group,
        "--sample",
        "1500ms",
        "-o",
        "json",
        "-vv",
        "-b",
        broker().address(),
    ];
    let looking = home.evctl(&arguments).spawn();
    // The first look has ended when the next unread records were fetched.
    until("the first look is over", || {
        looking.stderr().contains("-> Fetch #")
    });
    member.commit(&[(&topic.name, 0, 60)]);
    let output = looking.finish().exits(0);
    let answer: Value = serde_json::from_str(output.text()).unwrap();
    let moving = row(&answer, &topic.name, 0);
    assert!(moving["rate_out"].as_f64().unwrap() > 10.0, "{moving}");
    assert!(moving["eta_s"].as_f64().unwrap() > 0.0, "{moving}");
    let still = row(&answer, &topic.name, 1);
    assert_eq!(
        some(still, &["rate_out", "eta_s", "lag"]),
        json!([0.0, null, 90])
    );
    assert_eq!(answer["groups"][0]["eta_s"], Value::Null);
}
