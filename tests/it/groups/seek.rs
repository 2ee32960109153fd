//! `evctl groups seek`: where to, and when not.

use serde_json::{Value, json};

use super::{command, filled, group, groups, json as json_of, offsets, store};
use crate::support::{
    Home, Topic, broker,
    members::{CLIENT_ID, ClassicMember, ConsumerMember, ShareMember},
};

/// Moves a group that stands at 5 in both partitions of a topic with 10 records each.
#[track_caller]
fn moved(topic: &Topic, arguments: &[&str]) -> Vec<(i32, i64)> {
    let group = group(topic);
    store(&group, topic, &[(0, 5), (1, 5)]);
    let arguments = [&["seek", &group], arguments, &["--yes"]].concat();
    let output = groups(&arguments).exits(0);
    assert!(output.text().is_empty(), "{}", output.text());
    offsets(&group, topic)
}

#[test]
fn a_group_goes_to_every_position_that_can_be_typed() {
    let topic = filled("seek-forms", 2, 10);
    topic.trim(1, 2);
    for (from, first, second) in [
        ("earliest", 0, 2),
        ("latest", 10, 10),
        ("7", 7, 7),
        ("-3", 7, 7),
        ("+3", 3, 5),
        // Record n was written n seconds after ten o'clock.
        ("@1767261604", 4, 4),
        ("@1767261603999", 4, 4),
        ("@1767261604000000000", 4, 4),
        ("2026-01-01T10:00:06.5Z", 7, 7),
        ("2026-01-01T11:00:06+01:00", 6, 6),
        ("2026-01-01T10:00:06", 6, 6),
        ("2026-01-01", 0, 2),
        ("now", 10, 10),
        ("-2h", 10, 10),
    ] {
        assert_eq!(
            moved(&topic, &["--from", from]),
            [(0, first), (1, second)],
            "{from}"
        );
    }
    assert_eq!(moved(&topic, &["--from", "8", "-p", "1"]), [(0, 5), (1, 8)]);
    assert_eq!(moved(&topic, &["--shift", "-2"]), [(0, 3), (1, 3)]);
    assert_eq!(moved(&topic, &["--shift", "+2"]), [(0, 7), (1, 7)]);
    let output = groups(&["seek", &group(&topic), "--from", "2h", "--yes"]).exits(2);
    let hint = "hint: did you mean -2h (2h before now)?";
    assert!(output.stderr.contains(hint), "{}", output.stderr);
    let output = groups(&["seek", &group(&topic), "--from", "stored", "--yes"]).exits(2);
    assert!(
        output.stderr.contains("that is no move"),
        "{}",
        output.stderr
    );
}

#[test]
fn the_last_records_are_counted_as_records_over_the_markers_of_transactions() {
    let topic = Topic::new("seek-last");
    topic.produce_committed(0, &["a", "b"]);
    topic.produce_aborted(0, &["no"]);
    topic.produce_committed(0, &["c"]);
    let group = group(&topic);
    store(&group, &topic, &[(0, 7)]);
    let _moved = groups(&["seek", &group, "--from", "-2", "--yes"]).ok();
    // a b marker no marker c marker: the last two are at 1 and 5.
    assert_eq!(offsets(&group, &topic), [(0, 1)]);
}

#[test]
fn what_is_beyond_either_end_is_moved_to_it_and_said() {
    let topic = filled("seek-clamp", 2, 10);
    topic.trim(0, 4);
    let group = group(&topic);
    store(&group, &topic, &[(0, 5), (1, 5)]);
    let plan = json_of(&["seek", &group, "--shift", "-3", "--dry-run"]);
    let notes: Vec<&Value> = plan["partitions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| &row["note"])
        .collect();
    assert_eq!(notes, [&json!("2 is gone, so the start"), &Value::Null]);
    let output = groups(&["seek", &group, "--from", "99", "--yes"]).exits(0);
    assert!(
        output.stderr.contains("99 lies beyond the end, so the end"),
        "{}",
        output.stderr
    );
    assert_eq!(offsets(&group, &topic), [(0, 10), (1, 10)]);
}

#[test]
fn no_record_that_late_is_told_from_no_record_at_all() {
    let topic = Topic::with("seek-late", 2, &[]);
    topic.produce(0, &["a"]);
    let group = group(&topic);
    store(&group, &topic, &[(0, 0), (1, 0)]);
    let output = groups(&["seek", &group, "--from", "now", "--dry-run"]).exits(0);
    let text = output.text();
    assert!(text.contains("no record that late, so the end"), "{text}");
    assert!(text.contains("the partition is empty"), "{text}");
}

#[test]
fn the_plan_says_what_will_be_read_again_and_of_when_it_is() {
    let topic = filled("seek-plan", 2, 10);
    let group = group(&topic);
    store(&group, &topic, &[(0, 8), (1, 2)]);
    let plan = json_of(&["seek", &group, "--from", "4", "--dry-run"]);
    assert_eq!(plan["kind"], "evctl.group-seek/1");
    assert_eq!((&plan["again"], &plan["skipped"]), (&json!(4), &json!(2)));
    assert_eq!(plan["dry_run"], true);
    let row = |old: i64, again: i64, skipped: i64, partition: i64, from: &str, to: &str| {
        json!({
            "topic": topic.name, "partition": partition, "old": old, "new": 4, "again": again,
            "skipped": skipped, "from_time": from, "to_time": to, "note": null, "first": 0,
            "end": 10, "error": null,
        })
    };
    let [second, fourth, eighth] = ["02", "04", "08"].map(|s| format!("2026-01-01T10:00:{s}.000Z"));
    assert_eq!(
        plan["partitions"],
        json!([
            row(8, 4, 0, 0, &fourth, &eighth),
            row(2, 0, 2, 1, &second, &fourth),
        ])
    );
    assert_eq!(
        offsets(&group, &topic),
        [(0, 8), (1, 2)],
        "a dry run changes nothing"
    );

    // What reaches to the end ends with the newest record.
    store(&group, &topic, &[(0, 10), (1, 10)]);
    let output = groups(&["seek", &group, "--from", "earliest", "--yes"]).exits(0);
    let said = &output.stderr;
    assert!(
        said.contains(
            "2 partitions of 1 topic will be moved; up to 20 records will be read again, of \
             2026-01-01T10:00:00.000Z to 2026-01-01T10:00:09.000Z (9.0s)"
        ),
        "{said}"
    );
    assert!(said.contains("and read back"), "{said}");
}

#[test]
fn what_stays_is_counted_and_left_out_of_the_table() {
    let topic = filled("seek-stays", 3, 10);
    let group = group(&topic);
    store(&group, &topic, &[(0, 5), (1, 7), (2, 5)]);
    let seek = ["seek", &group, "--from", "5", "--dry-run"];
    let output = groups(&seek).exits(0);
    assert_eq!(output.lines().len(), 2, "{}", output.text());
    let said = &output.stderr;
    assert!(
        said.contains("1 partition of 1 topic will be moved")
            && said.contains("; 2 partitions stay where they are"),
        "{said}"
    );
    assert!(said.ends_with("dry run: nothing was done\n"), "{said}");
    let all = json_of(&seek);
    assert_eq!(all["partitions"].as_array().unwrap().len(), 3);
}

#[test]
fn a_live_group_is_refused_and_its_members_are_named() {
    let topic = filled("seek-live", 1, 10);
    let classic = format!("{}-classic", topic.name);
    let at = broker().address();
    let member = ClassicMember::join(at, &classic, &[&topic.name], &[(&topic.name, 0)]);
    member.commit(&[(&topic.name, 0, 5)]);
    let refused = |group: &str, id: &str| {
        let output = groups(&["seek", group, "--from", "earliest", "--yes"]).exits(6);
        let said = &output.stderr;
        assert!(said.contains("nothing was changed"), "{said}");
        assert!(
            said.contains(&format!("member {CLIENT_ID:?} on 127.0.0.1 ({id})")),
            "{said}"
        );
        assert_eq!(offsets(group, &topic), [(0, 5)]);
        // What it would do can be seen all the same, and that it would not be done.
        let dry = groups(&["seek", group, "--from", "earliest", "--dry-run"]).exits(6);
        assert!(dry.text().contains(&topic.name), "{}", dry.text());
        let said = &dry.stderr;
        let order = [
            "1 partition of 1 topic will be moved; up to 5 records will be read again",
            "dry run: nothing was done",
            "the real run would be refused",
            "needs it to be empty",
            &format!("({id})"),
        ];
        let places: Vec<_> = order.iter().map(|text| said.find(text)).collect();
        assert!(
            places.is_sorted() && places[0].is_some(),
            "{places:?}: {said}"
        );
    };
    refused(&classic, &member.id);
    drop(member);
    let _moved = groups(&["seek", &classic, "--from", "earliest", "--yes"]).ok();
    assert_eq!(offsets(&classic, &topic), [(0, 0)]);
    if broker().is_before_4() {
        return;
    }
    let consumer = format!("{}-consumer", topic.name);
    let member = ConsumerMember::join(at, &consumer, &[&topic.name]);
    member.commit(&[(&topic.name, 0, 5)]);
    refused(&consumer, &member.id);
    drop(member);
    let _moved = groups(&["seek", &consumer, "--from", "earliest", "--yes"]).ok();
    assert_eq!(offsets(&consumer, &topic), [(0, 0)]);
}

#[test]
fn a_share_group_is_not_ours_to_move() {
    let topic = filled("seek-share", 1, 3);
    let group = group(&topic);
    if broker().is_before_4() {
        let _unknown = groups(&["seek", &group, "--from", "earliest", "--yes"]).exits(4);
        return;
    }
    drop(ShareMember::join(
        broker().address(),
        &group,
        &[&topic.name],
    ));
    let said = groups(&["seek", &group, "--from", "earliest", "--yes"])
        .exits(6)
        .stderr;
    assert!(said.contains("is a share group"), "{said}");
    assert!(
        said.contains("kafka-share-groups --reset-offsets"),
        "{said}"
    );
}

#[test]
fn a_group_that_does_not_exist_is_made_only_when_that_is_said() {
    let topic = filled("seek-new", 2, 10);
    let group = group(&topic);
    let arguments = [
        "seek",
        &group,
        "--topic",
        &topic.name,
        "--from",
        "-3",
        "--yes",
    ];
    let said = groups(&arguments).exits(4).stderr;
    assert!(said.contains("--create makes a new group"), "{said}");
    let _made = groups(&[&arguments, ["--create"].as_slice()].concat()).ok();
    assert_eq!(offsets(&group, &topic), [(0, 7), (1, 7)]);
}

#[test]
fn a_topic_may_be_new_to_a_group_and_must_exist() {
    let old = filled("seek-old-topic", 1, 3);
    let new = filled("seek-new-topic", 2, 3);
    let group = group(&old);
    store(&group, &old, &[(0, 2)]);
    let _moved = groups(&["seek", &group, "--topic", &new.name, "--from", "1", "--yes"]).ok();
    assert_eq!(offsets(&group, &new), [(0, 1), (1, 1)]);
    assert_eq!(offsets(&group, &old), [(0, 2)], "it was not named");

    let wrong = format!("{}x", new.name);
    let said = groups(&["seek", &group, "--topic", &wrong, "--from", "1", "--yes"])
        .exits(4)
        .stderr;
    assert!(
        said.contains(&format!("did you mean {:?}?", new.name)),
        "{said}"
    );
    let arguments = [
        "seek", &group, "--topic", &new.name, "-p", "7", "--from", "1", "--yes",
    ];
    let said = groups(&arguments).exits(4).stderr;
    assert!(said.contains("has no partition 7, it has 2"), "{said}");
    assert!(!Topic::exists(&wrong));
}

#[test]
fn a_group_goes_to_where_another_one_stands() {
    let topic = filled("seek-other", 2, 10);
    let [from, to] = ["from", "to"].map(|name| format!("{}-{name}", topic.name));
    store(&from, &topic, &[(0, 3)]);
    store(&to, &topic, &[(0, 9), (1, 9)]);
    let _moved = groups(&["seek", &to, "--to-group", &from, "--yes"]).ok();
    assert_eq!(offsets(&to, &topic), [(0, 3), (1, 9)]);
    let wrong = format!("{from}x");
    let said = groups(&["seek", &to, "--to-group", &wrong, "--yes"])
        .exits(4)
        .stderr;
    assert!(said.contains(&format!("did you mean {from:?}?")), "{said}");
}

#[test]
fn nobody_is_asked_when_nothing_would_change() {
    let topic = filled("seek-same", 1, 3);
    let group = group(&topic);
    store(&group, &topic, &[(0, 3)]);
    let output = groups(&["seek", &group, "--from", "latest"]).exits(0);
    assert!(
        output.stderr.contains("stands there already"),
        "{}",
        output.stderr
    );
}

#[test]
fn it_always_asks_and_a_protected_cluster_wants_its_name() {
    let topic = filled("seek-asks", 1, 3);
    let group = group(&topic);
    store(&group, &topic, &[(0, 3)]);
    let refused = groups(&["seek", &group, "--from", "earliest"]).exits(6);
    assert!(refused.stderr.contains("pass --yes"), "{}", refused.stderr);
    let home = Home::new();
    let config = format!(
        "[profiles.prod]\nbrokers = [{:?}]\nprotected = true\ncluster = \"orders\"\n",
        broker().address()
    );
    home.write("evctl.toml", config);
    let arguments = [
        "groups", "seek", &group, "--from", "earliest", "-P", "prod", "--yes",
    ];
    let _refused = home.evctl(&arguments).without_terminal().run().exits(6);
    assert_eq!(offsets(&group, &topic), [(0, 3)]);
    let named = [&arguments, ["--cluster", "orders"].as_slice()].concat();
    let _moved = home.evctl(&named).without_terminal().run().ok();
    assert_eq!(offsets(&group, &topic), [(0, 0)]);
}

#[test]
fn results_are_told_in_every_format() {
    let topic = filled("seek-formats", 1, 3);
    let group = group(&topic);
    store(&group, &topic, &[(0, 3)]);
    let done = json_of(&["seek", &group, "--from", "earliest", "--yes"]);
    assert_eq!(done["dry_run"], false);
    assert_eq!(done["partitions"][0]["new"], 0);
    let undo = done["undo"][0].as_str().unwrap();
    let file = done["undo_files"][0].as_str().unwrap();
    assert!(
        undo.contains("--from-file") && undo.contains(file),
        "{done}"
    );
    let csv = groups(&["seek", &group, "--from", "latest", "--yes", "-o", "csv"]).ok();
    assert!(
        csv.starts_with("topic,partition,old,new,again,skipped,"),
        "{csv}"
    );
    let wrong = command(
        &Home::new(),
        &["seek", &group, "--from", "latest", "-o", "xml"],
    )
    .run();
    let _wrong = wrong.exits(2);
}

#[test]
fn of_seeks_at_the_same_time_only_those_that_moved_the_group_say_so() {
    for seeks in [2, 3] {
        let topic = filled("seek-at-once", 2, 100);
        let group = group(&topic);
        store(&group, &topic, &[(0, 90), (1, 60)]);
        let homes: Vec<Home> = (0..seeks).map(|_| Home::new()).collect();
        let line = ["groups", "seek", &group, "--shift", "-10", "--yes"];
        let line = [&line[..], &["-b", broker().address()]].concat();
        let running = homes.iter().map(|home| home.evctl(&line).spawn());
        let ended: Vec<_> = running
            .collect::<Vec<_>>()
            .into_iter()
            .map(|one| one.finish())
            .collect();
        let codes: Vec<i32> = ended.iter().map(|one| one.code).collect();
        let moved = codes.iter().filter(|code| **code == 0).count();
        for one in &ended {
            let told = match one.code {
                0 => "and read back",
                5 => "another process moved it at the same time, to ",
                6 => "has moved since the plan was made, nothing was changed",
                _ => panic!("{}", one.stderr),
            };
            assert!(one.stderr.contains(told), "{}", one.stderr);
        }
        let by = 10 * i64::try_from(moved).unwrap();
        assert!(moved >= 1, "{codes:?}");
        assert_eq!(
            offsets(&group, &topic),
            [(0, 90 - by), (1, 60 - by)],
            "{codes:?}"
        );
    }
}
