//! Replays whose progress no group can keep: into another cluster, and from capture files.

use std::sync::OnceLock;

use evctl::sandbox::{Lifetime, Server};
use rustix::process::Signal;

use super::*;
use crate::support::{admin, kafka, until};

const RECORDS: u32 = 3_000;

/// The other cluster.
fn other() -> &'static str {
    static OTHER: OnceLock<Server> = OnceLock::new();
    let server = OTHER.get_or_init(|| Server::start(kafka(Lifetime::OfThisProcess)).unwrap());
    server.address()
}

/// A home that knows the other cluster by the name `other`.
fn home() -> Home {
    let home = Home::new();
    let add = ["profile", "add", "other", "-b", other()];
    let _ = home.evctl(&add).run().ok();
    home
}

/// What one of the verbs about replays says, asked of the other cluster.
fn ask(home: &Home, verb: &[&str]) -> Output {
    let line = [&["replay"], verb, &["-o", "json", "-b", other()]].concat();
    home.evctl(&line).run()
}

/// The state of a replay as `list` tells it.
fn state(home: &Home, id: &str) -> Option<Value> {
    let list = report(&ask(home, &["list"]));
    let mut rows = list["replays"].as_array().unwrap().iter();
    let row = rows.find(|row| row["id"] == id)?;
    Some(row["state"].clone())
}

/// Runs `line` and kills it, at several moments.
fn kill(home: &Home, line: &[&str], times: u64) {
    for round in 0..times {
        let running = replay(home, line).spawn();
        std::thread::sleep(Duration::from_millis(250) + moment(round));
        let _ = running.end_by(Signal::KILL).exits(137);
    }
}

/// Where the records of a partition were first, as their marks say.
fn origins(broker: &str, topic: &str) -> Vec<String> {
    let line = ["consume", topic, "-o", "json", "-b", broker];
    let text = Home::new().evctl(&line).run().ok();
    let origin = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        let headers = record["headers"].as_array().unwrap().clone();
        let mut marks = headers.iter().filter(|pair| pair[0] == "evctl-replay-from");
        let mark = marks.next().unwrap()[1].as_str().unwrap().to_owned();
        assert!(marks.next().is_none());
        mark
    };
    text.lines().map(origin).collect()
}

#[test]
fn a_replay_into_another_cluster_that_was_killed_writes_each_record_at_least_once() {
    killed("elsewhere-plain", &[]);
}

#[test]
fn a_replay_into_another_cluster_that_was_killed_writes_each_record_exactly_once_in_transactions() {
    killed("elsewhere-exact", &["--exactly-once"]);
}

fn killed(label: &str, more: &[&str]) {
    let once = !more.is_empty();
    let from = filled(label, 2, RECORDS);
    admin::create_topic(other(), &from.name, 2, &[]);
    let id = format!("id-{}", from.name);
    let line = [
        &*from.name,
        "--to-topic",
        "same",
        "--to-profile",
        "other",
        "--yes",
        "--id",
        &id,
    ];
    let line = [&line[..], more].concat();
    let first = home();
    kill(&first, &[&line[..], &["--rate", "500/s"]].concat(), 5);
    let status = report(&replay(&first, &["status", &id, "-o", "json"]).run());
    assert_eq!(status["state"], "stopped");

    // Another machine, which knows nothing but the line.
    let second = home();
    assert_eq!(state(&second, &id), Some("stopped".into()));
    let unknown = replay(&second, &["resume", &id, "--yes"]).run().exits(4);
    says(&unknown, &format!("--id {id}"));
    let end = report(&replay(&second, &[&line[..], &["-o", "json"]].concat()).run());
    assert_eq!(end["done"], true);
    assert_eq!(end["produced_in_all"], RECORDS);
    assert_eq!(end["exactly_once"], once);
    assert_all(&counts(other(), &from.name, 2), RECORDS, once);
    let cluster = admin::cluster_id(broker().address());
    let own = format!("{cluster}/{}/", from.name);
    let origins = origins(other(), &from.name);
    assert!(origins.iter().all(|origin| origin.starts_with(&own)));
    // Nothing is kept where it was read.
    let groups = replay(&second, &["list", "-o", "json"]).run();
    let listed = report(&groups)["replays"].to_string();
    assert_eq!(
        listed.matches(&id).count(),
        1,
        "the plan of this home: {listed}"
    );

    let third = home();
    assert_eq!(state(&third, &id), Some("done".into()));
    let status = report(&ask(&third, &["status", &id]));
    assert_eq!(status["state"], "done");
    assert_eq!(status["produced"], RECORDS);
    let verified = replay(&second, &["verify", &id, "-o", "json"]).run();
    let verified: Value = serde_json::from_str(verified.text()).unwrap();
    let found = &verified["replays"][0];
    assert_eq!(
        (&found["missing"], &found["expected"]),
        (&0.into(), &RECORDS.into())
    );
    if once {
        assert_eq!(found["doubled"], 0);
    }
    let _ = ask(&third, &["cancel", &id, "--yes"]).exits(0);
    assert_eq!(state(&third, &id), None);
    let _ = ask(&third, &["status", &id]).exits(4);
}

#[test]
fn a_window_goes_to_another_cluster_under_the_same_name() {
    let from = Topic::new("elsewhere-window");
    admin::create_topic(other(), &from.name, 1, &[]);
    let all = [
        (TEN - 1, "before"),
        (TEN, "a"),
        (TEN + MINUTE, "b"),
        (TEN + 2 * MINUTE, "after"),
    ];
    at(&from, 0, &all);
    let home = home();
    let line = [
        &*from.name,
        "--to-topic",
        "same",
        "--to-profile",
        "other",
        "--yes",
        "--id",
        &format!("id-{}", from.name),
        "--from",
        "2026-01-01T10:00:00Z",
        "--to",
        "2026-01-01T10:02:00Z",
    ];
    let _ = replay(&home, &line).run().ok();
    let seen = oracle::committed(other(), &from.name, 0);
    let seen: Vec<&str> = seen.iter().map(oracle::Seen::text).collect();
    assert_eq!(seen, ["a", "b"]);
    assert_eq!(
        values(&from, 0),
        ["before", "a", "b", "after"],
        "the source is as it was"
    );
    let done = replay(&home, &line).run().exits(0);
    says(&done, "done already");
}

#[test]
fn a_replay_of_files_that_was_killed_writes_each_record_at_least_once() {
    files_killed("files-plain", &[]);
}

#[test]
fn a_replay_of_files_that_was_killed_writes_each_record_exactly_once_in_transactions() {
    files_killed("files-exact", &["--exactly-once"]);
}

/// Captures a topic in two files, one of them compressed, and kills their replay several times.
fn files_killed(label: &str, more: &[&str]) {
    // More partitions than the target has: where records go is decided anew each time.
    let from = filled(label, 3, RECORDS);
    let to = Topic::with(&format!("{label}-to"), 2, &[]);
    let home = Home::new();
    for (partitions, file) in [("0", "one.ndjson.zst"), ("1,2", "two.ndjson")] {
        let broker = broker().address();
        let line = [
            "capture", &from.name, "-O", file, "-p", partitions, "-b", broker,
        ];
        let _ = home.evctl(&line).run().ok();
    }
    let id = format!("id-{}", from.name);
    let line = [
        "./one.ndjson.zst",
        "./two.ndjson",
        "--to-topic",
        &to.name,
        "--yes",
        "--id",
        &id,
    ];
    let line = [&line[..], more].concat();
    kill(&home, &[&line[..], &["--rate", "500/s"]].concat(), 5);

    // On another machine, which has copies of the files.
    let elsewhere = Home::new();
    for file in ["one.ndjson.zst", "two.ndjson"] {
        std::fs::copy(home.path().join(file), elsewhere.path().join(file)).unwrap();
    }
    let again = [&line[..], &["--rate", "500/s"]].concat();
    kill(&elsewhere, &again, 1);
    let resume = ["resume", &id, "--yes", "--rate", "1000000/s", "-o", "json"];
    let end = report(&replay(&home, &resume).run());
    assert_eq!(end["done"], true);
    assert_eq!(end["produced_in_all"], RECORDS);
    assert_all(
        &counts(broker().address(), &to.name, 2),
        RECORDS,
        !more.is_empty(),
    );
    let own = format!("{}/{}/", admin::cluster_id(broker().address()), from.name);
    let origins = origins(broker().address(), &to.name);
    assert!(origins.iter().all(|origin| origin.starts_with(&own)));
}

#[test]
fn a_window_of_a_file_goes_to_topics_named_like_its_own() {
    let from = Topic::with("file-window", 2, &[]);
    let to = Topic::with(&format!("{}.again", from.name), 2, &[]);
    at(&from, 0, &[(TEN - 1, "before"), (TEN, "a")]);
    at(
        &from,
        1,
        &[(TEN + MINUTE, "b"), (TEN + 2 * MINUTE, "after")],
    );
    let home = Home::new();
    let line = [
        "capture",
        &from.name,
        "-O",
        "all.ndjson",
        "-b",
        broker().address(),
    ];
    let _ = home.evctl(&line).run().ok();
    let name = to.name.strip_prefix(&from.name).unwrap();
    let template = format!("{{topic}}{name}");
    let line = [
        "./all.ndjson",
        "--to-topic",
        &template,
        "--yes",
        "--from",
        "2026-01-01T10:00:00Z",
        "--to",
        "2026-01-01T10:02:00Z",
        "-o",
        "json",
    ];
    let report = report(&replay(&home, &line).run());
    assert_eq!(
        (&report["produced"], &report["read"]),
        (&2.into(), &4.into())
    );
    assert_eq!(values(&to, 0), ["a"]);
    assert_eq!(values(&to, 1), ["b"]);
}

/// The group of the members is on the cluster that is read, the progress on the other.
#[test]
fn a_run_alone_and_members_that_share_do_not_both_write_elsewhere() {
    let from = filled("elsewhere-share", 2, RECORDS);
    let to = Topic::unused_name("elsewhere-share-to");
    admin::create_topic(other(), &to, 2, &[]);
    let homes = [home(), home()];
    let start = |home: usize, id: &str, more: &[&str]| {
        let line = [&*from.name, "--to-topic", &to, "--to-profile", "other"];
        let with_id = ["--yes", "--id", id, "--rate", "200/s"];
        replay(&homes[home], &[&line[..], &with_id, more].concat()).spawn()
    };
    let written = || counts(other(), &to, 2).values().sum::<usize>();
    // Members are there first: nobody else begins.
    let member = start(0, "elsewhere-share", &["--share"]);
    until("a member writes", || written() > 0);
    let alone = start(1, "elsewhere-share", &[]).finish().exits(6);
    says(
        &alone,
        "is shared by members of group \"evctl.replay.elsewhere-share\"",
    );
    says(&alone, "--share joins them");
    // Another replay is none of theirs.
    let other_id = start(1, "elsewhere-alone", &["--limit", "10"]).finish();
    let _ = other_id.exits(0);
    let _ = member.end_by(Signal::INT).exits(130);
    // A run alone is there first: the member that joins replaces it.
    let alone = start(0, "elsewhere-first", &[]);
    let before = written();
    until("the run writes", || written() > before);
    let member = start(1, "elsewhere-first", &["--share"]);
    let alone = alone.finish().exits(5);
    says(&alone, "was taken over by another run");
    let _ = member.end_by(Signal::INT).exits(130);
}
