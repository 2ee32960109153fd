//! What the plan says: exact numbers, estimates, and what the replay makes.

use super::*;

/// The plan of a dry run: as text, and as JSON.
#[track_caller]
fn plan(from: &Topic, more: &[&str]) -> (Output, Value) {
    let to = Topic::with("plan-to", 2, &[]);
    let home = Home::new();
    let line = [&*from.name, "--to-topic", &to.name, "--dry-run"];
    let line = [&line[..], more].concat();
    let text = replay(&home, &line).run().exits(0);
    let json = replay(&home, &[&line[..], &["-o", "json"]].concat()).run();
    assert!(to.seen(0).is_empty());
    (text, report(&json))
}

#[test]
fn offsets_without_a_record_are_not_counted_as_records() {
    let markers = Topic::new("plan-markers");
    for _ in 0..20 {
        markers.produce_committed(0, &["a"]);
        markers.produce_aborted(0, &["b"]);
    }
    let compacted = Topic::compacted("plan-compacted", 1);
    for _ in 0..20 {
        compacted.produce_records(0, &[Record::keyed("a", "1"), Record::keyed("b", "2")]);
    }
    compacted.compact(0);
    let plain = filled("plan-plain", 2, 100);
    for (topic, offsets, records) in [(markers, 80, 20), (compacted, 41, 3), (plain, 100, 100)] {
        let (text, plan) = plan(&topic, &[]);
        assert_eq!(plan["in_window"], records, "{plan}");
        assert_eq!(plan["exact"], true, "{plan}");
        let said = format!(": {records} records of {offsets} offsets");
        says(&text, &said);
        assert!(!text.stderr.contains('~'), "{}", text.stderr);
        assert!(!text.text().contains('~'), "{}", text.text());
    }
}

#[test]
fn an_estimate_says_what_it_rests_on_and_exact_counts() {
    let topic = filled("plan-estimated", 2, 4_000);
    let filter = ["--filter", ".offset % 7 == 0"];
    let (text, estimate) = plan(&topic, &filter);
    says(
        &text,
        "~ is estimated from 600 of the offsets; --exact reads",
    );
    says(&text, " records of 4000 offsets");
    let records = estimate["in_window"].as_u64().unwrap();
    says(&text, &format!(": ~{records} records"));
    assert!((400..800).contains(&records), "{records}");
    let row = text.text().lines().nth(1).unwrap().to_owned();
    assert!(
        row.contains(&format!("~{}", estimate["partitions"][0]["in_window"])),
        "{row}"
    );
    assert_eq!(estimate["exact"], false);
    assert_eq!(estimate["offsets_looked_at"], 600);
    let (text, exact) = plan(&topic, &[&filter[..], &["--exact"]].concat());
    assert_eq!(exact["in_window"], 572);
    assert_eq!(exact["exact"], true);
    assert!(!text.stderr.contains('~'), "{}", text.stderr);
    let (text, _) = plan(&topic, &["--transform", "."]);
    says(&text, ": at most ~4000 records");
}

#[test]
fn the_plan_names_what_keeps_the_progress_and_what_removes_it() {
    let topic = filled("plan-kept", 1, 10);
    let (text, json) = plan(&topic, &["--id", "plan-kept"]);
    says(
        &text,
        "progress is kept in group \"evctl.replay.plan-kept\"",
    );
    says(&text, "\"evctl replay cancel plan-kept\" deletes it");
    assert_eq!(json["progress_group"], "evctl.replay.plan-kept");
    let home = Home::new();
    home.write("a.ndjson", "{\"value\":\"a\"}\n");
    let line = [
        "a.ndjson",
        "--to-topic",
        &topic.name,
        "--id",
        "plan-file",
        "--dry-run",
    ];
    let text = replay(&home, &line).run().exits(0);
    says(&text, "progress is kept in topic \"__evctl_replay\"");
    says(
        &text,
        "\"evctl replay cancel plan-file\" removes it from there",
    );
}

#[test]
fn the_bytes_of_a_plan_are_those_that_are_written() {
    let from = filled("plan-bytes", 2, 60);
    let home = Home::new();
    let capture = ["capture", &from.name, "-O", "all.ndjson"];
    let _ = home
        .evctl(&[&capture[..], &["-b", broker().address()]].concat())
        .run()
        .ok();
    let cases: [(&str, &[&str]); 4] = [
        (&from.name, &[]),
        (&from.name, &["--no-mark"]),
        (
            &from.name,
            &["--set-header", "team=a", "--filter", ".offset > 9"],
        ),
        ("./all.ndjson", &[]),
    ];
    for (index, (source, more)) in cases.into_iter().enumerate() {
        let to = Topic::with(&format!("plan-bytes-{index}"), 2, &[]);
        let line = [source, "--to-topic", &to.name, "--yes", "--id", &to.name];
        let line = [&line[..], &["-o", "json"], more].concat();
        let plan = report(&replay(&home, &[&line[..], &["--dry-run"]].concat()).run());
        let end = report(&replay(&home, &line).run());
        assert_eq!(plan["bytes"], end["bytes"], "{source} {more:?}");
        assert_eq!(plan["in_window"], end["produced"], "{source} {more:?}");
    }
    let to = Topic::with("plan-bytes-changed", 2, &[]);
    let change = ["--dry-run", "--transform", ".value |= ."];
    let text = copy(&home, &from, &to, &change).exits(0);
    assert!(text.text().contains('~'), "{}", text.text());
}

#[test]
fn a_plan_names_a_filter_that_fails_on_every_record() {
    let [from, to] = ["plan-filter", "plan-filter-to"].map(Topic::new);
    from.produce(0, &["1", "2", "3"]);
    let home = Home::new();
    let warns = |filter: &str, more: &[&str]| {
        let line = [&["--dry-run", "--filter", filter], more].concat();
        let output = copy(&home, &from, &to, &line).exits(0);
        (
            output.stderr.contains("--filter fails on each"),
            output.stderr,
        )
    };
    let (warned, said) = warns(".value.total > 5", &[]);
    assert!(
        warned && said.contains("3 records that were sampled, the first: "),
        "{said}"
    );
    let (warned, said) = warns(".value.total > 5", &["--exact"]);
    assert!(
        warned && said.contains("each of the 3 records, the first: "),
        "{said}"
    );
    for well in [
        ".value > 1",
        "if .offset == 0 then error else true end",
        "false",
    ] {
        let (warned, said) = warns(well, &[]);
        assert!(!warned, "{well}: {said}");
    }
}
