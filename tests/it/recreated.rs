//! Topics that are deleted and created again while something reads or writes them, or has kept where
//! it stood.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use kafka_protocol::messages::ApiKey;
use rustix::process::Signal;
use serde_json::Value;

use crate::support::{
    Home, Output, Running, Topic, admin, broker, bulk, evctl, members, proxy::Proxy, replay_line,
    until,
};

/// So many records of 2 KB are more than pipes and small buffers hold.
const MANY: u32 = 2_000;
/// Keeps buffers small.
const SMALL: [&str; 2] = ["-X", "fetch.max.bytes=100000"];

/// A topic of many records.
fn filled(label: &str) -> Topic {
    let topic = Topic::new(label);
    bulk::fill(broker().address(), &topic.name, 0, 0..MANY);
    topic
}

/// Whether `output` ended with `code` and names topic and ids.
#[track_caller]
fn tells(output: Output, code: i32, topic: &Topic, [old, new]: &[String; 2]) -> Output {
    let output = output.exits(code);
    let said = format!(
        "topic {:?} was deleted and created again: its topic id was {old}, now it is {new}",
        topic.name
    );
    // With -o json the error is JSON, too.
    let told = output.stderr.replace("\\\"", "\"");
    assert!(told.contains(&said), "{}", output.stderr);
    for resume in ["go on with", "resume with"] {
        assert!(!output.stderr.contains(resume), "{}", output.stderr);
    }
    output
}

/// Starts evctl on `broker` and waits until it has begun to print what nobody reads.
fn stopped(home: &Home, broker: &str, line: &[&str]) -> Running {
    let line = [line, &SMALL, &["-b", broker]].concat();
    let mut running = home.evctl(&line).spawn_unread();
    running.wait_for_first_byte();
    running
}

#[test]
fn a_reader_that_was_stopped_meanwhile_reads_nothing_of_the_new_topic() {
    let home = Home::new();
    let older = Proxy::older(broker().address(), ApiKey::Fetch, 12);
    let cases: [(&str, &[&str]); 4] = [
        (broker().address(), &["consume", "--from", "earliest"]),
        (broker().address(), &["consume", "--order", "time"]),
        (broker().address(), &["capture", "-O", "-"]),
        // A broker that fetches by name would go on with the new topic.
        (older.address(), &["consume", "--from", "earliest"]),
    ];
    for (address, line) in cases {
        let topic = filled("stopped");
        let line = [&line[..1], &[&*topic.name], &line[1..]].concat();
        let mut running = stopped(&home, address, &line);
        let ids = topic.recreate();
        bulk::fill(broker().address(), &topic.name, 0, MANY..2 * MANY);
        running.read_stdout();
        let output = tells(running.finish(), 5, &topic, &ids);
        let older = address != broker().address();
        let of_new = output.text().contains(&format!("{MANY} "));
        assert!(
            older || !of_new,
            "{line:?} printed records of the new topic"
        );
    }
}

#[test]
fn a_follower_ends_when_its_topic_is_created_again() {
    let home = Home::new();
    for line in [
        &["consume", "--follow"][..],
        &["tail", "-n", "5"],
        &["capture", "--follow", "-O", "-"],
    ] {
        let topic = Topic::new("followed");
        topic.produce(0, &["old-1", "old-2"]);
        let line = [&line[..1], &[&*topic.name], &line[1..]].concat();
        let line = [&line[..], &["-b", broker().address()]].concat();
        let running = home.evctl(&line).spawn();
        running.wait_for("old-2");
        // Between both topics it would find none, and say that.
        let ids = running.while_suspended(|| topic.recreate());
        topic.produce(0, &["new-1", "new-2", "new-3"]);
        let output = tells(running.finish(), 5, &topic, &ids);
        assert!(!output.text().contains("new"), "{}", output.text());
        assert!(
            !output.stderr.contains("log was truncated"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn an_offset_that_was_looked_up_is_not_fetched_from_another_topic() {
    for line in [
        &["tail", "-n", "2", "--no-follow"][..],
        &["consume", "--from", "-2"],
        &["consume", "--order", "time"],
    ] {
        let topic = Topic::new("looked-up");
        topic.produce(0, &["old-1", "old-2", "old-3"]);
        let name = topic.name.clone();
        let proxy = Proxy::acting_at(broker().address(), ApiKey::Fetch, 1, move || {
            let topic = Topic { name };
            let _ = topic.recreate();
            topic.produce(0, &["new-1", "new-2", "new-3", "new-4"]);
        });
        let line = [&line[..1], &[&*topic.name], &line[1..]].concat();
        let output = evctl(&[&line[..], &["-b", proxy.address()]].concat()).exits(5);
        assert!(
            output.stderr.contains("deleted and created again"),
            "{}",
            output.stderr
        );
        assert_eq!(output.text(), "");
    }
}

#[test]
fn brokers_that_know_no_topic_ids_are_read_and_written_as_before() {
    let topic = Topic::new("no-ids");
    let older = Proxy::older(broker().address(), ApiKey::Metadata, 9);
    let line = ["produce", &topic.name, "-b", older.address()];
    let _ = Home::new().evctl(&line).stdin("a\nb\n").run().ok();
    let line = ["consume", &topic.name, "-b", older.address()];
    assert_eq!(evctl(&line).ok(), "a\nb\n");
    let copy = Topic::new("no-ids-copy");
    let line = ["replay", &topic.name, "--to-topic", &copy.name, "--yes"];
    let line = [&line[..], &["-b", older.address()]].concat();
    let _ = evctl(&line).ok();
    assert_eq!(copy.seen(0).len(), 2);
}

/// A produce that reads what is typed, and has written three lines of it.
fn producing(home: &Home, topic: &Topic) -> Running {
    let line = [
        "produce",
        &topic.name,
        "-o",
        "json",
        "-b",
        broker().address(),
    ];
    let mut running = home.evctl(&line).open_stdin().spawn();
    running.type_in("1\n2\n3\n");
    until("three records are written", || topic.seen(0).len() == 3);
    running
}

#[test]
fn produce_tells_what_the_deleted_topic_took_from_what_the_new_one_has() {
    let home = Home::new();
    // The new topic takes records: it is noticed with the first of them.
    let topic = Topic::new("produced");
    let mut running = producing(&home, &topic);
    let ids = topic.recreate();
    running.type_in("4\n5\n");
    let output = tells(running.finish(), 5, &topic, &ids);
    assert_eq!(topic.seen(0).len(), 2);
    let said =
        "of 5 records acknowledged, 3 went to the deleted topic and are gone, 2 to the new one";
    assert!(output.stderr.contains(said), "{}", output.stderr);
    let result: Value = serde_json::from_str(output.text()).unwrap();
    assert_eq!(result["acknowledged"], 5);
    assert_eq!(result["acknowledged_by_deleted_topic"], 3);
    assert_eq!(result["acknowledged_by_either_topic"], 0);

    // Nothing follows: it is noticed at the end.
    let topic = Topic::new("produced-before");
    let mut running = producing(&home, &topic);
    let ids = topic.recreate();
    running.close_stdin();
    let output = tells(running.finish(), 5, &topic, &ids);
    let said = "of 3 records acknowledged, 3 went to the deleted topic and are gone, 0 to the new";
    assert!(output.stderr.contains(said), "{}", output.stderr);

    // Another writer was quicker, so that offsets prove nothing.
    let topic = Topic::new("produced-either");
    let mut running = producing(&home, &topic);
    let ids = topic.recreate();
    topic.produce(0, &["x", "x", "x", "x"]);
    running.close_stdin();
    let output = tells(running.finish(), 5, &topic, &ids);
    let said = "3 records went to one of both";
    assert!(output.stderr.contains(said), "{}", output.stderr);
}

/// The id of a replay, and its line.
fn line<'a>(from: &'a Topic, to: &'a Topic, more: &[&'a str]) -> Vec<&'a str> {
    let line = [&["replay"], &replay_line(from, to, &to.name)[..]].concat();
    [&line[..], &["-b", broker().address()], more].concat()
}

#[test]
fn a_replay_whose_target_is_created_again_at_once_ends_and_is_not_resumed() {
    for more in [&[][..], &["--exactly-once"]] {
        let (from, to) = (filled("again-from"), Topic::new("again-to"));
        let home = Home::new();
        let slow = [&["--rate", "1000/s"], more].concat();
        let running = home.evctl(&line(&from, &to, &slow)).spawn();
        until("something is written", || !to.seen(0).is_empty());
        // Between both topics it would find none, and say that.
        let ids = running.while_suspended(|| to.recreate());
        let output = tells(running.finish(), 5, &to, &ids);
        let cancel = format!("evctl replay cancel {}", to.name);
        assert!(output.stderr.contains(&cancel), "{}", output.stderr);

        let there = to.seen(0).len();
        // Also on a machine that knows only what the cluster keeps of it.
        let resume = [
            "replay",
            "resume",
            &to.name,
            "--yes",
            "-b",
            broker().address(),
        ];
        for output in [
            home.evctl(&resume).run(),
            Home::new().evctl(&line(&from, &to, more)).run(),
        ] {
            let output = tells(output, 6, &to, &ids);
            assert!(
                output.stderr.contains("nothing was written"),
                "{}",
                output.stderr
            );
            assert!(output.stderr.contains(&cancel), "{}", output.stderr);
            let again = format!("evctl replay {} --", from.name);
            assert!(output.stderr.contains(&again), "{}", output.stderr);
        }
        assert_eq!(to.seen(0).len(), there);
        let verify = ["replay", "verify", &to.name, "-b", broker().address()];
        let _ = tells(home.evctl(&verify).run(), 5, &to, &ids);
    }
}

#[test]
fn a_replay_whose_source_is_created_again_ends_and_is_not_resumed() {
    let (from, to) = (filled("source"), Topic::new("source-to"));
    let home = Home::new();
    let more = [&["--exactly-once", "--rate", "1000/s"], &SMALL[..]].concat();
    let running = home.evctl(&line(&from, &to, &more)).spawn();
    until("something is written", || !to.seen(0).is_empty());
    let ids = running.while_suspended(|| {
        let ids = from.recreate();
        bulk::fill(broker().address(), &from.name, 0, MANY..2 * MANY);
        ids
    });
    let _ = tells(running.finish(), 5, &from, &ids);
    let written = to.seen_committed(0).len();
    assert!(written < MANY as usize, "{written}");
    let resume = [
        "replay",
        "resume",
        &to.name,
        "--yes",
        "-b",
        broker().address(),
    ];
    let _ = tells(home.evctl(&resume).run(), 6, &from, &ids);
    assert_eq!(to.seen_committed(0).len(), written);
}

#[test]
fn a_replay_that_an_earlier_version_began_is_resumed_without_topic_ids() {
    let (from, to) = (filled("earlier"), Topic::new("earlier-to"));
    let home = Home::new();
    let running = home.evctl(&line(&from, &to, &["--rate", "1000/s"])).spawn();
    until("something is written", || !to.seen(0).is_empty());
    let _ = running.end_by(Signal::INT).exits(130);
    let path = format!(".local/state/evctl/replay/{}.json", to.name);
    let mut saved: Value = serde_json::from_str(&home.read(&path)).unwrap();
    let ids = saved["plan"].as_object_mut().unwrap().remove("ids");
    assert!(ids.is_some());
    home.write(&path, saved.to_string());
    let resume = [
        "replay",
        "resume",
        &to.name,
        "--yes",
        "-b",
        broker().address(),
    ];
    let resume = [&resume[..], &["--rate", "1000000/s"]].concat();
    let _ = home.evctl(&resume).run().ok();
    assert_eq!(to.seen(0).len(), MANY as usize);
    // From then on they are known.
    let ids = to.recreate();
    let _ = tells(home.evctl(&resume).run(), 6, &to, &ids);
}

#[test]
fn a_plan_is_not_carried_out_on_another_topic_of_the_name() {
    // Meanwhile the plan is drawn, or a question stands.
    let recreating = |topic: &Topic, key: ApiKey, nth: usize| {
        let name = topic.name.clone();
        Proxy::acting_at(broker().address(), key, nth, move || {
            let topic = Topic { name };
            let _ = topic.recreate();
            topic.produce(0, &["new"]);
        })
    };
    let (from, to) = (Topic::new("plan-from"), Topic::new("plan-to"));
    from.produce(0, &["a"]);
    let home = Home::new();
    let capture = [
        "capture",
        &from.name,
        "-O",
        "from.ndjson",
        "-b",
        broker().address(),
    ];
    let _ = home.evctl(&capture).run().ok();
    let proxy = recreating(&to, ApiKey::DescribeConfigs, 1);
    let line = ["replay", "./from.ndjson", "--to-topic", &to.name, "--yes"];
    let output = home.evctl(&[&line[..], &["-b", proxy.address()]].concat());
    let output = output.run().exits(6);
    assert!(
        output.stderr.contains("nothing was written"),
        "{}",
        output.stderr
    );
    assert_eq!(to.seen(0).len(), 1);

    let topic = Topic::new("plan-trim");
    topic.produce(0, &["a", "b"]);
    let proxy = recreating(&topic, ApiKey::ListGroups, 1);
    let line = ["topics", "trim", &topic.name, "--before", "latest", "--yes"];
    let output = evctl(&[&line[..], &["-b", proxy.address()]].concat()).exits(6);
    assert!(
        output.stderr.contains("nothing was written"),
        "{}",
        output.stderr
    );
    assert_eq!(topic.seen(0).len(), 1);

    let (topic, group) = (
        Topic::new("plan-seek"),
        Topic::unused_name("plan-seek-group"),
    );
    topic.produce(0, &["a", "b"]);
    members::commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    let proxy = recreating(&topic, ApiKey::ListOffsets, 1);
    let line = ["groups", "seek", &group, "--from", "earliest", "--yes"];
    let output = evctl(&[&line[..], &["-b", proxy.address()]].concat()).exits(6);
    assert!(
        output.stderr.contains("nothing was written"),
        "{}",
        output.stderr
    );
}

#[test]
fn a_group_commits_no_offset_of_the_deleted_topic_to_the_new_one() {
    let home = Home::new();
    let topic = Topic::new("grouped");
    let group = Topic::unused_name("grouped-group");
    topic.produce(0, &["old-1", "old-2", "old-3"]);
    let line = ["consume", &topic.name, "--group", &group, "--follow"];
    let line = [&line[..], &["--from", "earliest", "-b", broker().address()]].concat();
    let running = home.evctl(&line).spawn();
    running.wait_for("old-3");
    let ids = running.while_suspended(|| topic.recreate());
    topic.produce(0, &["new-1", "new-2", "new-3", "new-4"]);
    let output = tells(running.finish(), 5, &topic, &ids);
    assert!(!output.text().contains("new"), "{}", output.text());
    let committed = members::committed(broker().address(), &group);
    assert!(committed.is_empty(), "{committed:?}");
}

/// The topic is created again while a commit is on its way: librdkafka retries by name.
#[test]
fn an_offset_that_was_committed_for_the_deleted_topic_is_not_read_from() {
    let topic = Topic::new("grouped-late");
    let group = Topic::unused_name("grouped-late-group");
    topic.produce(0, &["old-1", "old-2", "old-3"]);
    let (again, ids) = (topic.name.clone(), Arc::new(Mutex::new(None)));
    let kept = ids.clone();
    let proxy = Proxy::acting_at(broker().address(), ApiKey::OffsetCommit, 1, move || {
        let topic = Topic { name: again };
        *kept.lock().unwrap() = Some(topic.recreate());
    });
    let line = ["consume", &topic.name, "-g", &group, "--from", "earliest"];
    let first = evctl(&[&line[..], &["-b", proxy.address()]].concat());
    assert!(first.text().contains("old-3"), "{}", first.stderr);
    let committed = members::committed(broker().address(), &group);
    assert_eq!(committed, [(topic.name.clone(), 0, 3)]);
    topic.produce(0, &["new-1", "new-2", "new-3", "new-4"]);
    let [old, new] = ids.lock().unwrap().take().unwrap();
    let run = |group: &str, more: &[&str]| {
        let line = [
            "consume",
            &topic.name,
            "-b",
            broker().address(),
            "-g",
            group,
        ];
        evctl(&[&line[..], more].concat())
    };
    let as_group = ["--as-group", &group, "-b", broker().address()];
    for output in [
        run(&group, &[]),
        run(&group, &["--follow"]),
        evctl(&[&["consume", &topic.name], &as_group[..]].concat()),
    ] {
        let output = output.exits(5);
        let said = format!(
            "group {group:?}: {}/0: the stored offset 3 is of the deleted topic with topic id {old}; \
             the topic that is there now has {new}",
            topic.name
        );
        assert!(output.stderr.contains(&said), "{}", output.stderr);
        let seek = format!("evctl groups seek {group} --topic {}", topic.name);
        assert!(output.stderr.contains(&seek), "{}", output.stderr);
        assert_eq!(output.text(), "");
    }
    let all = "new-1\nnew-2\nnew-3\nnew-4\n";
    // Metadata of others, of another cluster and none name no topic that could be another one.
    let other_cluster = format!("evctl topic id {old} of cluster elsewhere");
    for metadata in ["", "by hand", &other_cluster] {
        let group = format!("{group}-{}", metadata.len());
        members::commit_with_metadata(broker().address(), &group, (&topic.name, 0, 3), metadata);
        assert_eq!(run(&group, &[]).ok(), "new-4\n", "{metadata:?}");
    }
    let stale = format!("{group}-reset");
    let cluster = admin::cluster_id(broker().address());
    let metadata = format!("evctl topic id {old} of cluster {cluster}");
    members::commit_with_metadata(broker().address(), &stale, (&topic.name, 0, 3), &metadata);
    let output = run(&stale, &["-X", "auto.offset.reset=earliest"]).exits(0);
    assert!(
        output.stderr.contains("reading starts at 0"),
        "{}",
        output.stderr
    );
    assert_eq!(output.text(), all);
    // What the hint says.
    let seek = ["groups", "seek", &group, "--topic", &topic.name, "-p", "0"];
    let seek = [
        &seek[..],
        &["--from", "earliest", "--yes", "-b", broker().address()],
    ]
    .concat();
    let _ = evctl(&seek).ok();
    assert_eq!(run(&group, &[]).ok(), all);
}

#[test]
fn a_group_commits_nothing_while_its_topic_is_missing() {
    let home = Home::new();
    let topic = Topic::new("grouped-gap");
    let group = Topic::unused_name("grouped-gap-group");
    topic.produce(0, &["old-1", "old-2", "old-3"]);
    let line = ["consume", &topic.name, "--group", &group, "--follow"];
    let line = [&line[..], &["--from", "earliest", "-b", broker().address()]].concat();
    let running = home.evctl(&line).spawn();
    running.wait_for("old-3");
    admin::delete_topic(broker().address(), &topic.name);
    let output = running.end_by(Signal::INT);
    assert!(
        !output.stderr.contains("has stored where it stands"),
        "{}",
        output.stderr
    );
    admin::create_topic(broker().address(), &topic.name, 1, &[]);
    let committed = members::committed(broker().address(), &group);
    assert!(committed.is_empty(), "{committed:?}");
}

#[test]
fn who_looks_again_and_again_sees_the_new_topic() {
    let home = Home::new();
    let topic = Topic::new("watched");
    let group = Topic::unused_name("watched-group");
    topic.produce(0, &["a", "b", "c"]);
    members::commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    let line = ["lag", &group, "--watch=50ms", "-b", broker().address()];
    let watch = home.evctl(&line).spawn();
    watch.wait_for("lag 2");
    let _ = topic.recreate();
    topic.produce(0, &["a", "b", "c", "d", "e", "f", "g", "h"]);
    members::commit(broker().address(), &group, &[(&topic.name, 0, 1)]);
    watch.wait_for("lag 7");
    let output = watch.end_by(Signal::INT).exits(130);
    assert!(
        !output.stderr.contains("created again"),
        "{}",
        output.stderr
    );
    assert!(output.took < Duration::from_secs(60));
}
