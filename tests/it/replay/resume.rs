//! Replays that are stopped, killed and gone on with.

use rustix::process::Signal;

use super::*;

const RECORDS: u32 = 8_000;

#[test]
fn a_replay_that_was_killed_at_any_moment_writes_each_record_at_least_once() {
    killed("plain", &[]);
}

#[test]
fn a_replay_that_was_killed_at_any_moment_writes_each_record_exactly_once_in_transactions() {
    killed("exact", &["--exactly-once"]);
}

/// Kills a replay at 20 moments, and lets it end.
fn killed(label: &str, more: &[&str]) {
    let from = filled(&format!("killed-{label}"), 2, RECORDS);
    let to = Topic::with(&format!("killed-{label}-to"), 2, &[]);
    let home = Home::new();
    let id = format!("id-{}", from.name);
    // Slow enough to be killed in the midst of it.
    let line = [
        &[&replay_line(&from, &to, &id)[..], &["--rate", "600/s"]].concat(),
        more,
    ]
    .concat();
    for round in 0..20 {
        let running = replay(&home, &line).spawn();
        std::thread::sleep(Duration::from_millis(150) + moment(round));
        let _ = running.end_by(Signal::KILL);
    }
    let doubled = |counts: &BTreeMap<String, usize>| -> usize {
        counts.values().map(|count| count - 1).sum()
    };
    let before = doubled(&counts(broker().address(), &to.name, 2));
    let last = ["resume", &id, "--yes", "--rate", "1000000/s", "-o", "json"];
    let end = report(&replay(&home, &last).run());
    assert_eq!(end["done"], true);
    let counts = counts(broker().address(), &to.name, 2);
    assert_eq!(counts.len(), RECORDS as usize, "nothing is lost");
    if more.is_empty() {
        // A run reports what it may have written twice itself; those before it were killed.
        let by_last_run = doubled(&counts) - before;
        let reported = end["could_be_doubled"].as_u64().unwrap();
        assert!(by_last_run as u64 <= reported, "{by_last_run}: {end}");
    } else {
        assert!(
            counts.values().all(|count| *count == 1),
            "nothing is doubled"
        );
    }
}

#[test]
fn ctrl_c_says_how_to_go_on_and_resume_does() {
    let from = filled("interrupted", 1, RECORDS);
    let to = Topic::new("interrupted-to");
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let line = [&replay_line(&from, &to, &id)[..], &["--rate", "1000/s"]].concat();
    let running = replay(&home, &line).spawn();
    crate::support::until("something was written", || !to.seen(0).is_empty());
    let output = running.end_by(Signal::INT).exits(130);
    says(&output, &format!("evctl replay resume {id}"));
    let status = replay(&home, &["status", &id, "-o", "json"]).run();
    assert_eq!(report(&status)["state"], "stopped");
    let line = ["resume", &id, "--yes", "--rate", "1000000/s", "-o", "json"];
    let end = report(&replay(&home, &line).run());
    assert_eq!(end["produced_in_all"], RECORDS);
    assert_eq!(end["could_be_doubled"], 0);
    assert_eq!(values(&to, 0).len(), RECORDS as usize);
    // The same line once more has nothing to do.
    let output = replay(&home, &["resume", &id, "--yes"]).run().exits(0);
    says(&output, "done already");
}

#[test]
fn another_plan_under_the_same_id_is_refused_with_both_hashes() {
    let [from, to] = ["other-from", "other-to"].map(Topic::new);
    from.produce(0, &["a"]);
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let _ = copy(&home, &from, &to, &["--id", &id]).ok();
    let output = copy(&home, &from, &to, &["--id", &id, "--no-mark"]).exits(2);
    says(&output, "is another one: its plan is ");
    // Another machine, which has no plan of it, sees the same.
    let elsewhere = Home::new();
    let _ = copy(&elsewhere, &from, &to, &["--id", &id, "--no-mark"]).exits(2);
    let output = copy(&elsewhere, &from, &to, &["--id", &id]).exits(0);
    says(&output, "done already");
    assert_eq!(values(&to, 0), ["a"]);
}

#[test]
fn two_processes_share_a_replay_and_one_takes_over_when_the_other_is_killed() {
    shared("plain", &[]);
    shared("exact", &["--exactly-once"]);
}

fn shared(label: &str, more: &[&str]) {
    let from = filled(&format!("shared-{label}"), 4, RECORDS);
    let to = Topic::with(&format!("shared-{label}-to"), 4, &[]);
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let line = [
        &[
            &*from.name,
            "--to-topic",
            &to.name,
            "--yes",
            "--share",
            "--id",
            &id,
        ][..],
        &[
            "--rate",
            "700/s",
            "-X",
            "session.timeout.ms=6000",
            "-o",
            "json",
        ],
        more,
    ]
    .concat();
    let one = replay(&home, &line).spawn();
    let two = replay(&home, &line).spawn();
    crate::support::until("both write", || {
        (0..4)
            .filter(|partition| !to.seen(*partition).is_empty())
            .count()
            == 4
    });
    let _ = one.end_by(Signal::KILL);
    let end = report(&two.finish());
    assert_eq!(end["done"], true, "{end}");
    // The transaction that the killed one left open hides what follows, until it is aborted.
    crate::support::until("each record is seen", || {
        counts(broker().address(), &to.name, 4).len() == RECORDS as usize
    });
    let counts = counts(broker().address(), &to.name, 4);
    if !more.is_empty() {
        assert!(
            counts.values().all(|count| *count == 1),
            "nothing is doubled"
        );
    }
}

#[test]
fn exactly_once_is_kept_by_whoever_goes_on() {
    for (label, begun, other) in [
        ("exact", &["--exactly-once"][..], &[][..]),
        ("inexact", &[], &["--exactly-once"]),
    ] {
        let from = Topic::new(label);
        let to = Topic::new(&format!("{label}-to"));
        from.produce(0, &["a"]);
        let home = Home::new();
        let id = format!("id-{}", from.name);
        let _ = copy(&home, &from, &to, &[&["--id", &id], begun].concat()).ok();
        for machine in [&home, &Home::new()] {
            let output = copy(machine, &from, &to, &[&["--id", &id], other].concat()).exits(2);
            says(&output, "--exactly-once");
            let output = copy(machine, &from, &to, &[&["--id", &id], begun].concat()).exits(0);
            says(&output, "done already");
        }
        let _ = replay(&home, &["resume", &id, "--yes"]).run().exits(0);
    }
}
