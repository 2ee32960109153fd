//! What is refused before anything is written.

use super::*;
use crate::support::secured;

/// What a refusal says; nothing was written.
#[track_caller]
fn refused(home: &Home, from: &Topic, to: &Topic, arguments: &[&str], says: &str) {
    let output = copy(home, from, to, arguments).exits(6);
    assert!(output.stderr.contains(says), "{}", output.stderr);
    if to.name != from.name {
        assert!(to.seen(0).is_empty());
    }
}

#[test]
fn the_source_is_not_written_to_by_accident() {
    let topic = Topic::new("itself");
    topic.produce(0, &["a"]);
    let home = Home::new();
    refused(&home, &topic, &topic, &[], "would be read and written");
    let _ = copy(&home, &topic, &topic, &["--in-place"]).ok();
    assert_eq!(values(&topic, 0), ["a", "a"]);
}

#[test]
fn fewer_partitions_cannot_be_kept() {
    let from = Topic::with("wide", 3, &[]);
    let to = Topic::with("narrow", 2, &[]);
    from.produce(2, &["a"]);
    let home = Home::new();
    refused(
        &home,
        &from,
        &to,
        &["--partitions", "keep"],
        "--partitions key",
    );
    let _ = copy(&home, &from, &to, &["--partitions", "key"]).ok();
}

#[test]
fn what_would_be_deleted_or_not_taken_for_its_time_is_refused() {
    let from = Topic::new("old");
    at(&from, 0, &[(TEN, "a"), (TEN + 1, "b")]);
    let home = Home::new();
    let short = Topic::with("short", 1, &[("retention.ms", "3600000")]);
    refused(
        &home,
        &from,
        &short,
        &[],
        "about 2 records would be deleted at the next sweep",
    );
    let strict = Topic::with(
        "strict",
        1,
        &[("message.timestamp.before.max.ms", "3600000")],
    );
    refused(
        &home,
        &from,
        &strict,
        &[],
        "message.timestamp.before.max.ms",
    );
    let _ = copy(&home, &from, &strict, &["--timestamps", "now"]).ok();
}

#[test]
fn the_hint_of_a_refused_time_names_other_ways_to_stamp() {
    let from = Topic::new("an-hour");
    at(&from, 0, &[(TEN, "a"), (TEN + 60 * MINUTE, "b")]);
    let home = Home::new();
    for (how, property, hint) in [
        ("original", "retention.ms", "now or shift"),
        (
            "original",
            "message.timestamp.before.max.ms",
            "now or shift",
        ),
        ("shift", "message.timestamp.after.max.ms", "now"),
    ] {
        let to = Topic::with("strict", 1, &[(property, "600000")]);
        let hint = format!("--timestamps {hint} writes them as new");
        refused(&home, &from, &to, &["--timestamps", how], &hint);
    }
}

#[test]
fn records_that_the_target_does_not_take_are_found_before() {
    let from = Topic::new("any");
    from.produce_records(
        0,
        &[Record::keyed("k", "v"), Record::value(&"x".repeat(5_000))],
    );
    let home = Home::new();
    let compacted = Topic::compacted("keyed", 1);
    refused(&home, &from, &compacted, &[], "without a key");
    let small = Topic::with("small", 1, &[("max.message.bytes", "2000")]);
    refused(&home, &from, &small, &[], "max.message.bytes");
    let _ = copy(&home, &from, &small, &["--filter", ".key != null"]).ok();
}

#[test]
fn nothing_is_written_without_a_yes_and_by_a_dry_run() {
    let [from, to] = ["asked-from", "asked-to"].map(Topic::new);
    from.produce(0, &["a", "b"]);
    let home = Home::new();
    let line = [&*from.name, "--to-topic", &to.name];
    let _ = replay(&home, &line).without_terminal().run().exits(6);
    let line = [
        &*from.name,
        "--to-topic",
        &to.name,
        "--dry-run",
        "--exact",
        "-o",
        "json",
    ];
    let plan = report(&replay(&home, &line).run());
    assert_eq!(plan["kind"], "evctl.replay-plan/1");
    assert_eq!(plan["in_window"], 2);
    assert_eq!(plan["exact"], true);
    assert!(to.seen(0).is_empty());
}

#[test]
fn what_is_not_there_is_exit_4_and_what_makes_no_sense_exit_2() {
    let from = Topic::new("there");
    let home = Home::new();
    let missing = Topic::unused_name("not-there");
    let output = replay(&home, &[&from.name, "--to-topic", &missing, "--yes"])
        .run()
        .exits(4);
    says(&output, "evctl topics create");
    for more in [
        &["--speed", "fast"][..],
        &["--late", "soon"],
        &["--timestamps", "old"],
        &["--partitions", "some"],
        &["--rate", "0/s"],
        &["--max-gap", "5s"],
        &["--id", "a/b"],
        &["--transform", ".value["],
        &["--set-header", "x"],
    ] {
        let line = [&[&*from.name, "--to-topic", "x", "--yes"], more].concat();
        let _ = replay(&home, &line).run().exits(2);
    }
}

#[test]
fn a_live_group_on_the_target_is_named() {
    let [from, to] = ["live-from", "live-to"].map(Topic::new);
    from.produce(0, &["a"]);
    to.produce(0, &["b"]);
    let group = format!("{}-readers", to.name);
    let home = Home::new();
    let line = [
        "consume",
        &to.name,
        "--group",
        &group,
        "--follow",
        "-b",
        broker().address(),
    ];
    let reader = home.evctl(&line).spawn();
    reader.wait_for("b");
    let output = copy(&home, &from, &to, &[]).exits(0);
    says(&output, &format!("{group:?}"));
    reader.wait_for("a");
}

#[test]
fn who_may_not_write_is_refused_before_anything_is_written() {
    let from = Topic::unused_name("rights-from");
    let to = Topic::unused_name("rights-to");
    for name in [&from, &to] {
        secured().create_topic(name, 1);
    }
    bulk::fill(secured().plain(), &from, 0, 0..10);
    let home = Home::new();
    let replay_as = |user: &str| {
        let login = [
            "security.protocol=SASL_PLAINTEXT".to_owned(),
            "sasl.mechanism=PLAIN".to_owned(),
            format!("sasl.username={user}"),
            format!("sasl.password={user}-secret"),
        ];
        let line = [
            "replay",
            &from,
            "--to-topic",
            &to,
            "--yes",
            "-b",
            secured().sasl_plain(),
        ];
        let login = login.iter().flat_map(|pair| ["-X", pair]);
        let line: Vec<&str> = line.into_iter().chain(login).collect();
        home.evctl(&line).run()
    };
    let output = replay_as("reader").exits(6);
    says(&output, "refused, nothing was written");
    says(&output, &format!("not authorised to write to topic {to:?}"));
    assert!(counts(secured().plain(), &to, 1).is_empty());
    let _ = replay_as("alice").ok();
    assert_all(&counts(secured().plain(), &to, 1), 10, true);
}

#[test]
fn a_target_that_stamps_records_itself_is_warned_of() {
    let from = Topic::new("stamped-from");
    let own = [("message.timestamp.type", "LogAppendTime")];
    let to = Topic::with("stamped-to", 1, &own);
    at(&from, 0, &[(TEN, "a")]);
    let home = Home::new();
    let output = copy(&home, &from, &to, &[]).exits(0);
    says(&output, "stamps records itself (LogAppendTime)");
    assert_eq!(values(&to, 0), ["a"]);
}

#[test]
fn what_is_too_far_ahead_for_the_target_is_refused() {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap();
    let now = i64::try_from(now.as_millis()).unwrap();
    let from = Topic::new("ahead");
    at(
        &from,
        0,
        &[(now, "now"), (now + 30 * MINUTE, "in half an hour")],
    );
    let strict = [("message.timestamp.after.max.ms", "60000")];
    let to = Topic::with("not-ahead", 1, &strict);
    let home = Home::new();
    refused(&home, &from, &to, &[], "message.timestamp.after.max.ms");
    let _ = copy(&home, &from, &to, &["--timestamps", "now"]).ok();
    assert_eq!(values(&to, 0).len(), 2);
}

#[test]
fn a_long_gap_is_cut_to_what_was_said() {
    let [from, to] = ["cut-from", "cut-to"].map(Topic::new);
    at(
        &from,
        0,
        &[
            (TEN, "a"),
            (TEN + 60 * MINUTE, "b"),
            (TEN + 60 * MINUTE + 200, "c"),
        ],
    );
    let home = Home::new();
    let more = ["--speed", "1x", "--max-gap", "700ms", "-o", "json"];
    let report = report(&copy(&home, &from, &to, &more));
    let elapsed = report["elapsed_ms"].as_u64().unwrap();
    assert!((900..1_900).contains(&elapsed), "{elapsed}");
    assert_eq!(values(&to, 0), ["a", "b", "c"]);
}
