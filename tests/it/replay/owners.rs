//! Several runs of one replay on machines that share no lock file.

use kafka_protocol::messages::ApiKey;
use rustix::process::Signal;

use super::*;
use crate::support::{Running, admin, proxy::Proxy, until};

const RECORDS: u32 = 6_000;

/// How many records stand more than once in the target, added up; none may be missing.
#[track_caller]
fn doubled(to: &Topic) -> u64 {
    let counts = counts(broker().address(), &to.name, 2);
    assert_all(&counts, RECORDS, false);
    counts.values().map(|count| *count as u64 - 1).sum()
}

/// The report of a run that was replaced: it names the other, and offers no resume command.
#[track_caller]
fn replaced(output: &Output, id: &str) -> Value {
    says(output, "was taken over by process ");
    says(output, " on host ");
    says(output, &format!("evctl replay status {id}"));
    assert!(!output.stderr.contains("resume with"), "{}", output.stderr);
    if output.code == 6 {
        return Value::Null;
    }
    assert_eq!(output.code, 5, "{}", output.stderr);
    let end: Value = serde_json::from_str(output.text()).unwrap();
    let again = end["written_again_at_most"].as_u64().unwrap();
    let said = output.stderr.contains("the other run writes up to ");
    assert_eq!(said, again > 0, "{end}: {}", output.stderr);
    end
}

/// Doubled records are no more than both reports say.
#[track_caller]
fn assert_told(to: &Topic, first: &Value, second: &Value) {
    let told = [
        &first["written_again_at_most"],
        &first["could_be_doubled"],
        &second["could_be_doubled"],
    ];
    let told: u64 = told.into_iter().filter_map(Value::as_u64).sum();
    let doubled = doubled(to);
    assert!(doubled <= told, "{doubled} doubled, {told} told");
}

/// What both runs say they wrote is what there is, and the bound of the run that goes on covers what
/// stands there twice: the other wrote all of it before the last checkpoint.
#[track_caller]
fn assert_survivor_tells(to: &Topic, first: &Value, second: &Output) {
    assert!(!second.stderr.contains("killed"), "{}", second.stderr);
    let second = report(second);
    let doubled = doubled(to);
    let told = second["could_be_doubled"].as_u64().unwrap();
    assert!(
        0 < doubled && doubled <= told,
        "{doubled} doubled, {told} told"
    );
    let produced = |end: &Value| end["produced"].as_u64().unwrap();
    let written = produced(first) + produced(&second);
    assert_eq!(
        written,
        u64::from(RECORDS) + doubled,
        "{first}
{second}"
    );
}

#[test]
fn a_run_tells_what_the_one_that_it_replaces_writes_until_it_notices() {
    let from = filled("overtaken", 2, RECORDS);
    let to = Topic::with("overtaken-to", 2, &[]);
    let id = format!("id-{}", from.name);
    let line = replay_line(&from, &to, &id);
    let line = [&line[..], &["-o", "json"]].concat();
    let first = replay(&Home::new(), &[&line[..], &["--rate", "1500/s"]].concat()).spawn();
    until("the first run writes", || !to.seen(0).is_empty());
    let second = replay(&Home::new(), &[&line[..], &["--rate", "3000/s"]].concat()).run();
    let first = replaced(&first.finish(), &id);
    assert_survivor_tells(&to, &first, &second);
}

/// Kafka deletes a topic's committed offsets along with the topic: the signature is gone, and nobody
/// has taken over.
#[test]
fn a_run_whose_progress_is_gone_says_why() {
    type Removal = fn(&Topic, &str);
    let recreate: Removal = |topic, _| drop(topic.recreate());
    let delete: Removal = |topic, _| admin::delete_topic(broker().address(), &topic.name);
    let cancel: Removal = |_, id| {
        let _ = replay(&Home::new(), &["cancel", id, "--yes"]).run().ok();
    };
    let cases = [
        ("recreated", recreate, "was deleted and created again"),
        ("deleted", delete, "does not exist any more"),
        ("cancelled", cancel, "is not in group \"evctl.replay.id-"),
        ("file", cancel, "is not in topic \"__evctl_replay\""),
    ];
    let home = Home::new();
    let line = format!(r#"{{"value":"v","timestamp":{TEN}}}"#);
    home.write("all.ndjson", [&*line; 600].join("\n"));
    let running = cases.map(|(label, remove, said)| {
        // All of it is read at once: the reader asks for nothing more.
        let (from, to) = (filled(label, 1, 600), Topic::new(label));
        let id = format!("id-{}", from.name);
        let source = match label {
            "file" => "./all.ndjson",
            _ => &from.name,
        };
        let line = [source, "--to-topic", &to.name, "--yes", "--id", &id];
        let line = [&line[..], &["--rate", "150/s"]].concat();
        let run = replay(&home, &line).spawn();
        until("it writes", || !to.seen(0).is_empty());
        remove(&from, &id);
        (run, id, said)
    });
    for (run, id, said) in running {
        let output = run.finish().exits(5);
        says(&output, said);
        says(&output, &format!("evctl replay cancel {id}"));
        says(&output, "then begins again");
        assert!(!output.stderr.contains("taken over"), "{}", output.stderr);
    }
}

#[test]
fn a_suspended_run_ends_when_another_machine_has_gone_on_meanwhile() {
    let from = filled("suspended", 2, RECORDS);
    let to = Topic::with("suspended-to", 2, &[]);
    let id = format!("id-{}", from.name);
    let line = [&replay_line(&from, &to, &id)[..], &["-o", "json"]].concat();
    let first = replay(&Home::new(), &[&line[..], &["--rate", "1500/s"]].concat()).spawn();
    until("a checkpoint is kept", || to.seen(0).len() > 1_000);
    let second = first.while_suspended(|| report(&replay(&Home::new(), &line).run()));
    let first = replaced(&first.finish(), &id);
    assert_eq!(
        (&second["done"], &second["produced_in_all"]),
        (&true.into(), &RECORDS.into())
    );
    assert_told(&to, &first, &second);
    let produced = [&first, &second].map(|end| end["produced"].as_u64().unwrap());
    assert_eq!(
        produced.iter().sum::<u64>(),
        u64::from(RECORDS) + doubled(&to)
    );
}

#[test]
fn a_run_ends_when_another_machine_replays_the_same_file() {
    let from = filled("two-files", 2, RECORDS);
    let to = Topic::with("two-files-to", 2, &[]);
    let homes = [Home::new(), Home::new()];
    let capture = ["capture", &from.name, "-O", "all.ndjson"];
    let line = [&capture[..], &["-b", broker().address()]].concat();
    let _ = homes[0].evctl(&line).run().ok();
    std::fs::copy(
        homes[0].path().join("all.ndjson"),
        homes[1].path().join("all.ndjson"),
    )
    .unwrap();
    let id = format!("id-{}", to.name);
    let line = [
        "./all.ndjson",
        "--to-topic",
        &to.name,
        "--yes",
        "--id",
        &id,
        "-o",
        "json",
    ];
    let line = [&line[..], &["--rate", "1500/s"]].concat();
    let first = replay(&homes[0], &line).spawn();
    until("a checkpoint is kept", || to.seen(0).len() > 1_000);
    let second = replay(&homes[1], &line).spawn();
    let first = replaced(&first.finish(), &id);
    let second = second.finish();
    assert_eq!(report(&second)["produced_in_all"], RECORDS);
    assert_survivor_tells(&to, &first, &second);
}

#[test]
fn of_two_runs_that_begin_at_once_one_goes_on() {
    let from = filled("at-once", 2, RECORDS);
    let to = Topic::with("at-once-to", 2, &[]);
    let id = format!("id-{}", from.name);
    let line = [
        &replay_line(&from, &to, &id)[..],
        &["-o", "json", "--rate", "1500/s"],
    ]
    .concat();
    let homes = [Home::new(), Home::new()];
    let running = [0, 1].map(|index| replay(&homes[index], &line).spawn());
    let mut ended = running.map(Running::finish);
    ended.sort_by_key(|output| output.code);
    let [winner, loser] = &ended;
    let (winner, loser) = (report(winner), replaced(loser, &id));
    assert_eq!(winner["produced_in_all"], RECORDS);
    assert_told(&to, &loser, &winner);
}

/// A replay that members share, in a group that misses them soon.
fn shared<'l>(from: &'l Topic, to: &'l Topic) -> Vec<&'l str> {
    let line = [&*from.name, "--to-topic", &to.name, "--id", &to.name];
    let brief = "session.timeout.ms=1500";
    let how = ["--yes", "--share", "--rate", "1500/s", "-o", "json"];
    let beats = ["-X", brief, "-X", "heartbeat.interval.ms=300"];
    [&line[..], &how, &beats].concat()
}

#[test]
fn who_takes_over_from_a_member_counts_what_it_wrote_beyond_its_progress() {
    let from = filled("members", 4, RECORDS);
    let home = Home::new();
    // Killed while the first checkpoint, or the next, is on its way: two commits come before.
    let cases = [
        ("killed-member", 3, Signal::KILL),
        ("killed-later", 4, Signal::KILL),
        ("interrupted-member", 5, Signal::INT),
    ];
    let running = cases.map(|(label, nth, signal)| {
        let to = Topic::with(label, 4, &[]);
        let address = broker().address();
        let (proxy, address) = match signal {
            Signal::KILL => {
                let proxy = Proxy::gone_at(address, ApiKey::OffsetCommit, nth);
                let address = proxy.address().to_owned();
                (Some(proxy), address)
            }
            _ => (None, address.to_owned()),
        };
        let line = [&["replay"], &shared(&from, &to)[..], &["-b", &address]];
        let first = home.evctl(&line.concat()).spawn();
        until("the moment has come", || match &proxy {
            Some(proxy) => proxy.has_failed(),
            None => !to.seen(0).is_empty(),
        });
        drop(first.end_by(signal));
        let second = replay(&home, &shared(&from, &to)).spawn();
        (to, signal, second)
    });
    let told = |to: &Topic, output: &Output| {
        let told = report(output)["could_be_doubled"].as_u64().unwrap();
        let counts = counts(broker().address(), &to.name, 4);
        assert_all(&counts, RECORDS, false);
        let doubled: u64 = counts.values().map(|count| *count as u64 - 1).sum();
        assert!(doubled <= told, "{doubled} doubled, {told} told");
        let said = output.stderr.contains("or a member that was lost");
        assert_eq!(said, told > 0, "{}", output.stderr);
        (doubled, told)
    };
    for (to, signal, second) in running {
        let (doubled, told) = told(&to, &second.finish());
        match signal {
            Signal::KILL => assert!(doubled > 0, "{told}"),
            _ => assert_eq!((doubled, told), (0, 0)),
        }
    }
}

#[test]
fn a_member_that_was_suspended_tells_the_same_number_as_text_and_as_json() {
    let from = filled("suspended-member", 4, RECORDS);
    let to = Topic::with("suspended-member-to", 4, &[]);
    let id = format!("id-{}", from.name);
    let line = [&*from.name, "--to-topic", &to.name, "--yes", "--share"];
    let brief = [
        "-X",
        "session.timeout.ms=1500",
        "-X",
        "heartbeat.interval.ms=300",
    ];
    let rate = ["--id", &id, "--rate", "1500/s", "-o", "json"];
    let line = [&line[..], &brief, &rate].concat();
    let home = Home::new();
    let running = [0, 1].map(|_| replay(&home, &line).spawn());
    until("both write", || {
        (0..4).all(|partition| !to.seen(partition).is_empty())
    });
    let [first, second] = running;
    let second = first.while_suspended(|| report(&second.finish()));
    let first = first.finish();
    assert_eq!(second["done"], true);
    let end: Value = serde_json::from_str(first.text()).unwrap();
    let again = end["written_again_at_most"].as_u64().unwrap();
    let said = format!("writes up to {again} record");
    assert_eq!(
        first.stderr.contains(&said),
        again > 0,
        "{end}: {}",
        first.stderr
    );
    let counts = counts(broker().address(), &to.name, 4);
    assert_all(&counts, RECORDS, false);
    let doubled: u64 = counts.values().map(|count| *count as u64 - 1).sum();
    assert!(doubled <= again, "{doubled} doubled, {again} told");
}
