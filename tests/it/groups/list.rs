//! `evctl groups list`.

use serde_json::json;

use super::{command, group, groups, json as json_of, store};
use crate::support::{
    Home, Topic, broker,
    members::{ClassicMember, ConsumerMember, ShareMember},
};

#[test]
fn every_type_of_group_is_listed_with_its_state_and_its_members() {
    let topic = Topic::new("list-types");
    topic.produce(0, &["a"]);
    let at = broker().address();
    let name = |kind: &str| format!("{}-{kind}", topic.name);
    let row = |kind: &str, state: &str, members: i64| {
        json!({
            "group": name(kind), "type": kind, "state": state, "members": members,
            "coordinator": 1, "host": at, "error": null,
        })
    };
    store(&name("simple"), &topic, &[(0, 1)]);
    let _classic = ClassicMember::join(at, &name("classic"), &[&topic.name], &[(&topic.name, 0)]);
    let mut wanted = vec![row("classic", "Stable", 1), row("simple", "Empty", 0)];
    let mut members = Vec::new();
    let mut shares = Vec::new();
    if !broker().is_before_4() {
        members.push(ConsumerMember::join(at, &name("consumer"), &[&topic.name]));
        shares.push(ShareMember::join(at, &name("share"), &[&topic.name]));
        wanted.insert(1, row("consumer", "Stable", 1));
        wanted.insert(2, row("share", "Stable", 1));
    }
    let glob = format!("{}-*", topic.name);
    let mut listed = json_of(&["list", &glob]);
    assert_eq!(listed["kind"], "evctl.group-list/1");
    for group in listed["groups"].as_array_mut().unwrap() {
        // Each protocol has assignors of its own.
        group.as_object_mut().unwrap().remove("assignor");
    }
    assert_eq!(listed["groups"], json!(wanted));

    let names = |arguments: &[&str]| -> Vec<String> {
        let listed = json_of(&[&["list", &glob], arguments].concat());
        let groups = listed["groups"].as_array().unwrap().iter();
        groups
            .map(|group| group["type"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&["--group-type", "simple,SHARE"]).first().unwrap(),
        if members.is_empty() {
            "simple"
        } else {
            "share"
        }
    );
    assert_eq!(names(&["--state", "empty"]), ["simple"]);
    assert!(names(&["--group-type", "streams"]).is_empty());
}

#[test]
fn a_name_that_is_no_group_has_the_nearest_one_for_a_hint() {
    let topic = Topic::new("list-near");
    store(&group(&topic), &topic, &[(0, 0)]);
    let wrong = format!("{}s", group(&topic));
    let output = groups(&["list", &wrong]).exits(4);
    let near = format!("did you mean {:?}?", group(&topic));
    assert!(output.stderr.contains(&near), "{}", output.stderr);

    // Beside one that is there: the rest is right, and the exit code says that it is not all.
    let output = groups(&["list", &wrong, &group(&topic), "-o", "csv"]).exits(5);
    assert_eq!(output.lines().len(), 2);
    assert!(output.stderr.contains(&near), "{}", output.stderr);
}

#[test]
fn the_table_is_plain_text() {
    let topic = Topic::new("list-table");
    store(&group(&topic), &topic, &[(0, 0)]);
    let text = groups(&["list", &group(&topic)]).ok();
    let lines: Vec<Vec<&str>> = text
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        lines[0],
        ["GROUP", "TYPE", "STATE", "MEMBERS", "COORDINATOR"]
    );
    assert_eq!(lines[1], [&group(&topic), "simple", "Empty", "0", "1"]);
}

#[test]
fn groups_are_narrowed_by_patterns_and_sorted() {
    let topic = Topic::new("list-sort");
    let name = |label: &str| format!("{}-{label}", topic.name);
    let [busy, empty, other] = ["busy", "a-empty", "dlq"].map(name);
    for group in [&empty, &other] {
        store(group, &topic, &[(0, 0)]);
    }
    let _member = ClassicMember::join(
        broker().address(),
        &busy,
        &[&topic.name],
        &[(&topic.name, 0)],
    );
    let names = |arguments: &[&str]| -> Vec<String> {
        let listed = json_of(&[&["list"], arguments].concat());
        let groups = listed["groups"].as_array().unwrap().iter();
        groups
            .map(|group| group["group"].as_str().unwrap().to_owned())
            .collect()
    };
    let all = format!("{}-*", topic.name);
    assert_eq!(names(&["--match", &all]), [&*empty, &busy, &other]);
    assert_eq!(names(&[&all, "--exclude", "*-dlq"]), [&*empty, &busy]);
    for by in ["members", "state"] {
        assert_eq!(
            names(&[&all, "--sort", by]),
            [&*busy, &empty, &other],
            "{by}"
        );
    }
    let none = groups(&["list", &all, "--state", "dead"]).exits(0);
    assert!(none.stderr.contains("no group matches"), "{}", none.stderr);
    let wrong = groups(&["list", "--state", "foo"]).exits(2);
    let said = &wrong.stderr;
    assert!(said.contains("not a state of groups: dead,"), "{said}");
}

#[test]
fn a_type_that_is_none_is_wrong_usage() {
    let output = command(&Home::new(), &["list", "--group-type", "kafka"])
        .run()
        .exits(2);
    assert!(
        output
            .stderr
            .contains("classic, simple, consumer, share, streams")
    );
}
