//! Which records are replayed.

use super::*;

const WINDOW: [&str; 4] = [
    "--from",
    "2026-01-01T10:00:00Z",
    "--to",
    "2026-01-01T10:20:00Z",
];

#[test]
fn a_late_record_behind_the_indexs_end_is_replayed() {
    let [from, to] = ["late-from", "late-to"].map(Topic::new);
    at(
        &from,
        0,
        &[
            (TEN - MINUTE, "before"),
            (TEN, "first"),
            (TEN + 20 * MINUTE, "after"),
            (TEN + 10 * MINUTE, "late"),
            (TEN + 100 * MINUTE, "much later"),
        ],
    );
    let home = Home::new();
    let output = copy(&home, &from, &to, &[&WINDOW[..], &["-o", "json"]].concat());
    let report = report(&output);
    assert_eq!(values(&to, 0), ["first", "late"]);
    assert_eq!(report["produced"], 2);
    assert_eq!(report["skipped_after"], 1, "what is much later is not read");
    assert_eq!(report["first_ts"], "2026-01-01T10:00:00.000Z");
    says(&output, "misses only records");
}

#[test]
fn one_poison_timestamp_changes_nothing_and_is_named() {
    let any_time = [("message.timestamp.after.max.ms", "9223372036854775807")];
    let from = Topic::with("poison-from", 1, &any_time);
    let to = Topic::new("poison-to");
    let mut all = Vec::new();
    let names: Vec<String> = (0..300).map(|number| format!("v{number}")).collect();
    for (number, name) in (0..).zip(&names) {
        // Milliseconds that are microseconds: the year 57970.
        let stamp = if number == 10 {
            TEN * 1_000
        } else {
            TEN + number * 1_000
        };
        all.push((stamp, name.as_str()));
    }
    at(&from, 0, &all);
    let home = Home::new();
    let window = [
        "--from",
        "2026-01-01T10:01:00Z",
        "--to",
        "2026-01-01T10:02:00Z",
    ];
    let output = copy(&home, &from, &to, &window).exits(0);
    assert_eq!(values(&to, 0), names[60..120]);
    says(&output, "offset 10 is stamped 1767261600000000");
}

#[test]
fn a_record_of_the_near_future_does_not_end_the_window_early() {
    let [from, to] = ["doubt-from", "doubt-to"].map(Topic::new);
    at(
        &from,
        0,
        &[
            (TEN, "a"),
            (TEN + 600 * MINUTE, "ahead"),
            (TEN + MINUTE, "b"),
        ],
    );
    let home = Home::new();
    let _ = copy(&home, &from, &to, &WINDOW).ok();
    assert_eq!(values(&to, 0), ["a", "b"]);
}

#[test]
fn an_empty_window_is_no_failure_and_says_why() {
    let [from, to] = ["empty-from", "empty-to"].map(Topic::new);
    at(&from, 0, &[(TEN - 60 * MINUTE, "before")]);
    let home = Home::new();
    let output = copy(&home, &from, &to, &WINDOW).exits(0);
    says(&output, "the window is empty");
    says(&output, "2026-01-01T09:00:00.000Z");
    assert!(values(&to, 0).is_empty());
}

#[test]
fn aborted_transactions_are_not_replayed() {
    let [from, to] = ["aborted-from", "aborted-to"].map(Topic::new);
    from.produce_committed(0, &["committed"]);
    from.produce_aborted(0, &["aborted"]);
    from.produce(0, &["plain"]);
    let home = Home::new();
    let _ = copy(&home, &from, &to, &[]).ok();
    assert_eq!(values(&to, 0), ["committed", "plain"]);
}

#[test]
fn a_compacted_source_is_replayed_to_its_end() {
    let from = Topic::compacted("compacted-from", 1);
    let to = Topic::new("compacted-to");
    from.produce_records(0, &[Record::keyed("k", "1"), Record::keyed("k", "2")]);
    from.compact(0);
    let kept = values(&from, 0);
    let home = Home::new();
    let output = copy(&home, &from, &to, &["-o", "json"]);
    let report = report(&output);
    assert_eq!(values(&to, 0), kept);
    assert_eq!(report["done"], true);
}

#[test]
fn two_topics_are_merged_by_time_when_a_speed_is_given() {
    let [one, two, to] = ["merged-1", "merged-2", "merged-to"].map(Topic::new);
    at(&one, 0, &[(TEN, "a"), (TEN + 200, "c"), (TEN + 400, "e")]);
    at(&two, 0, &[(TEN + 100, "b"), (TEN + 300, "d")]);
    let home = Home::new();
    let line = [
        &one.name,
        &two.name,
        "--to-topic",
        &to.name,
        "--speed",
        "10x",
        "--yes",
    ];
    let _ = replay(&home, &line).run().ok();
    assert_eq!(values(&to, 0), ["a", "b", "c", "d", "e"]);
}

#[test]
fn the_time_of_an_event_can_decide() {
    let [from, to] = ["event-from", "event-to"].map(Topic::new);
    let event = |time: &str, name: &str| format!(r#"{{"at":"{time}","name":"{name}"}}"#);
    let inside = event("2026-01-01T10:05:00Z", "inside");
    let outside = event("2026-01-01T11:05:00Z", "outside");
    at(
        &from,
        0,
        &[
            (TEN + 30 * MINUTE, &inside),
            (TEN + MINUTE, &outside),
            (TEN, "none"),
        ],
    );
    let home = Home::new();
    let more = ["--by-time", ".value.at", "-o", "json"];
    let report = report(&copy(&home, &from, &to, &[&WINDOW[..], &more].concat()));
    assert_eq!(values(&to, 0), [inside]);
    assert_eq!(report["without_time"], 1);
}

#[test]
fn a_filter_and_a_limit_hold() {
    let [from, to] = ["filter-from", "filter-to"].map(Topic::new);
    from.produce(0, &["1", "2", "3", "4", "5"]);
    let home = Home::new();
    let report = report(&copy(
        &home,
        &from,
        &to,
        &["--filter", ".value > 1", "-n", "2", "-o", "json"],
    ));
    assert_eq!(values(&to, 0), ["2", "3"]);
    assert_eq!(
        report["matched"].as_u64().unwrap() - 1,
        2,
        "the third ends it"
    );
}

#[test]
fn records_of_times_before_1970_lie_in_windows_too() {
    const DAY: i64 = 24 * 60 * MINUTE;
    let from = Topic::new("early-window");
    at(&from, 0, &[(-2 * DAY, "a"), (-DAY, "b"), (TEN, "c")]);
    let home = Home::new();
    for (index, (window, right)) in [
        (
            &["--from", "1969-12-31", "--to", "1970-01-02"][..],
            &["b"][..],
        ),
        (&["--to", "1969-12-31"], &["a"]),
        (&["--from", "1970-01-01"], &["c"]),
        (
            &["--from", "1969-12-31", "--by-time", ".timestamp"],
            &["b", "c"],
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let to = Topic::new(&format!("early-window-{index}"));
        let output = copy(&home, &from, &to, window).exits(0);
        assert_eq!(values(&to, 0), right, "{window:?}: {}", output.stderr);
    }
}
