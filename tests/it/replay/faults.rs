//! What goes wrong while a replay is under way: retention, brokers that stop or go, topics that are
//! deleted, disks that are full, and Ctrl-C at bad moments.

use std::time::Instant;

use evctl::sandbox::{Lifetime, Options, Server};
use rustix::process::{Pid, Signal, kill_process};

use super::*;
use crate::support::{Running, admin, kafka, until};

/// As long as a Ctrl-C may take, and the time that a machine with much to do adds to it.
const PROMPT: Duration = Duration::from_millis(2_300);

/// A server of a test's own.
struct Own(Server);

impl Own {
    /// With a topic `from` of `records` in two partitions, and empty ones like it.
    fn start(lifetime: Lifetime, records: u32, targets: &[&str]) -> Self {
        Self::start_with(kafka(lifetime), records, targets)
    }

    fn start_with(options: Options, records: u32, targets: &[&str]) -> Self {
        let server = Server::start(options).unwrap();
        for topic in [&["from"], targets].concat() {
            admin::create_topic(server.address(), topic, 2, &[]);
        }
        bulk::fill(server.address(), "from", 0, 0..records / 2);
        bulk::fill(server.address(), "from", 1, records / 2..records);
        Self(server)
    }

    fn address(&self) -> &str {
        self.0.address()
    }

    fn signal(&self, signal: Signal) {
        let pid = Pid::from_raw(i32::try_from(self.0.pid()).unwrap()).unwrap();
        kill_process(pid, signal).unwrap();
    }

    /// Replays `from` into `to`, which gives the replay its name, and waits until it writes.
    fn replay(&self, home: &Home, to: &str, more: &[&str]) -> Running {
        self.replay_of(home, "from", to, more)
    }

    /// Replays `from`, slowly.
    fn replay_of(&self, home: &Home, from: &str, to: &str, more: &[&str]) -> Running {
        let line = [
            "replay",
            from,
            "--to-topic",
            to,
            "--id",
            to,
            "--yes",
            "-o",
            "json",
        ];
        let line = [&line[..], &["--rate", "1500/s", "-b", self.address()], more].concat();
        let running = home.evctl(&line).spawn();
        until("something was committed", || {
            !counts(self.address(), to, 2).is_empty()
        });
        running
    }
}

/// How long somebody takes to end, from now on.
fn timed(running: Running) -> (Output, Duration) {
    let began = Instant::now();
    let output = running.finish();
    (output, began.elapsed())
}

#[test]
fn what_retention_takes_from_under_a_replay_is_in_its_report() {
    const RECORDS: u32 = 10_000;
    let from = filled("overtaken", 1, RECORDS);
    let to = Topic::new("overtaken-to");
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let line = [&replay_line(&from, &to, &id)[..], &["-o", "json"]].concat();
    let line = [&line[..], &["--rate", "1500/s"]].concat();
    let running = replay(&home, &line).spawn();
    until("something was written", || !to.seen(0).is_empty());
    let left = RECORDS - 10;
    from.trim(0, left.into());
    let output = running.finish().exits(5);
    let end: Value = serde_json::from_str(output.text()).unwrap();
    let written = bulk::numbers(&values(&to, 0).join("\n"));
    let before = u32::try_from(written.len()).unwrap() - 10;
    assert!(before < left, "it was met too late");
    assert!(written.iter().copied().eq((0..before).chain(left..RECORDS)));
    let gap = serde_json::json!([[from.name, 0, before, left, "retention"]]);
    assert_eq!((&end["gaps"], &end["done"]), (&gap, &true.into()));
    let lost = format!(
        "warning: {}/0: offsets {before} to {left} could not be read: retention\n",
        from.name
    );
    assert_eq!(
        output.stderr.matches("retention").count(),
        1,
        "{}",
        output.stderr
    );
    says(&output, &lost);
}

#[test]
fn a_broker_that_is_away_for_a_while_is_waited_for() {
    const RECORDS: u32 = 8_000;
    const AWAY: Duration = Duration::from_secs(18);
    let directory = tempfile::tempdir().unwrap();
    let held = || Lifetime::Held(directory.path().to_owned());
    let names = ["plain", "exact", "shared", "files", "files-exact"];
    let own = Own::start(held(), RECORDS, &names);
    let home = Home::new();
    let broker = own.address().to_owned();
    let capture = ["capture", "from", "-O", "from.ndjson", "-b", &broker];
    let _ = home.evctl(&capture).run().ok();
    // A broker may take as long to start as it was away.
    let patient = ["--stall-timeout", "90s"];
    let start = |source: &str, to: &'static str, more: &[&str]| {
        let line = [&patient[..], more].concat();
        (to, own.replay_of(&home, source, to, &line))
    };
    let running = [
        start("from", "plain", &[]),
        start("from", "exact", &["--exactly-once"]),
        start("from", "shared", &["--share"]),
        start("./from.ndjson", "files", &[]),
        start("./from.ndjson", "files-exact", &["--exactly-once"]),
    ];
    let port = broker.rsplit_once(':').unwrap().1.parse().unwrap();
    own.0.stop().unwrap();
    // So long that a transaction which was open is too old.
    std::thread::sleep(AWAY);
    let again = Server::start(Options {
        port: Some(port),
        ..kafka(held())
    });
    let _server = again.unwrap();
    for (topic, running) in running {
        let end = report(&running.finish());
        assert_eq!(end["done"], true, "{topic}: {end}");
        assert_eq!(end["produced_in_all"], RECORDS);
        // Nothing was killed: an idempotent producer doubles nothing either.
        assert_all(&counts(&broker, topic, 2), RECORDS, true);
    }
}

#[test]
fn a_broker_that_stalls_is_waited_for_as_long_as_was_said() {
    const RECORDS: u32 = 20_000;
    let names = [
        "plain",
        "exact",
        "impatient",
        "impatient-exact",
        "left",
        "left-exact",
    ];
    let mut options = kafka(Lifetime::OfThisProcess);
    // Else it takes itself for dead when it goes on, nobody leads any partition for a moment, and
    // Kafka leaves out markers of transactions.
    let session = ("broker.session.timeout.ms", "60000");
    options.properties = vec![(session.0.to_owned(), session.1.to_owned())];
    let own = Own::start_with(options, RECORDS, &names);
    let home = Home::new();
    let start = |to: &str, more: &[&str]| own.replay(&home, to, more);
    let exact = &["--exactly-once"][..];
    let brief = &["--stall-timeout", "4s"][..];
    let running = [
        start("plain", &[]),
        start("exact", exact),
        start("impatient", brief),
        start("impatient-exact", &[exact, brief].concat()),
        start("left", &[]),
        start("left-exact", exact),
    ];
    own.signal(Signal::STOP);
    let stopped = Instant::now();
    let [plain, patient, impatient, impatient_exact, left, left_exact] = running;

    // They have noticed, and wait for an answer.
    std::thread::sleep(Duration::from_secs(2));
    for (running, id) in [(left, "left"), (left_exact, "left-exact")] {
        running.signal(Signal::INT);
        let (output, took) = timed(running);
        let output = output.exits(130);
        says(&output, &format!("resume with evctl replay resume {id}"));
        assert!(took < PROMPT, "{id} took {took:?}");
    }
    for (running, id) in [
        (impatient, "impatient"),
        (impatient_exact, "impatient-exact"),
    ] {
        let output = running.finish().exits(5);
        says(&output, &format!("resume with evctl replay resume {id}"));
        // The last three are of librdkafka's calls.
        let waited = [
            "was acknowledged for 4 s",
            "timed out after 4 s",
            "Timed out (after 40",
            "no answer within 4.0",
            "Local: Timed out",
        ];
        let told = waited.iter().any(|text| output.stderr.contains(text));
        assert!(told, "{}", output.stderr);
    }
    assert!(
        stopped.elapsed() < Duration::from_secs(14),
        "{:?}",
        stopped.elapsed()
    );
    std::thread::sleep(Duration::from_secs(20).saturating_sub(stopped.elapsed()));
    own.signal(Signal::CONT);

    for (running, topic) in [(plain, "plain"), (patient, "exact")] {
        let output = running.finish();
        // Shown when what follows does not hold.
        println!("{topic}: {}", output.stderr);
        let end = report(&output);
        assert_eq!(end["produced_in_all"], RECORDS, "{end}");
        assert_all(&counts(own.address(), topic, 2), RECORDS, true);
    }
    for topic in ["impatient", "impatient-exact", "left", "left-exact"] {
        let line = [
            "replay",
            "resume",
            topic,
            "--yes",
            "--rate",
            "1000000/s",
            "-o",
            "json",
        ];
        let end = report(&home.evctl(&line).run());
        assert_eq!(end["done"], true, "{end}");
        let once = topic.ends_with("exact");
        assert_all(&counts(own.address(), topic, 2), RECORDS, once);
    }
}

#[test]
fn a_target_that_is_deleted_ends_a_replay_which_begins_again_when_it_is_there_again() {
    for more in [&[][..], &["--exactly-once"]] {
        const RECORDS: u32 = 8_000;
        let from = filled("into-nothing", 1, RECORDS);
        let to = Topic::new("deleted");
        let home = Home::new();
        let id = format!("id-{}", from.name);
        let line = replay_line(&from, &to, &id);
        let line = [&line[..], more].concat();
        let running = replay(&home, &[&line[..], &["--rate", "1000/s"]].concat()).spawn();
        until("something was written", || values(&to, 0).len() > 10);
        admin::delete_topic(broker().address(), &to.name);
        let (output, took) = timed(running);
        let output = output.exits(5);
        says(
            &output,
            &format!("topic {:?} does not exist any more", to.name),
        );
        says(&output, &format!("evctl replay cancel {id}"));
        assert!(took < Duration::from_secs(15), "{took:?}");
        assert!(!Topic::exists(&to.name), "writing did not make it again");

        admin::create_topic(broker().address(), &to.name, 1, &[]);
        let resume = ["resume", &id, "--yes", "--rate", "1000000/s", "-o", "json"];
        let output = replay(&home, &resume).run().exits(6);
        says(&output, "was deleted and created again");
        assert!(values(&to, 0).is_empty());
        let _ = replay(&home, &["cancel", &id, "--yes"]).run().ok();
        let end = report(&replay(&home, &[&line[..], &["-o", "json"]].concat()).run());
        assert_eq!(
            (&end["done"], &end["produced"]),
            (&true.into(), &RECORDS.into())
        );
        assert!(
            bulk::numbers(&values(&to, 0).join("\n"))
                .into_iter()
                .eq(0..RECORDS)
        );
    }
}

#[test]
fn a_full_disk_ends_a_capture_and_leaves_what_was_there() {
    const LIMIT_KIB: usize = 2 << 10;
    let sized = [("max.message.bytes", "4000000")];
    let topic = Topic::with("full", 1, &sized);
    let (part, large) = ("x".repeat(400_000), "x".repeat(3_000_000));
    topic.produce(0, &[&part, &part, &part, &part, &large]);
    let home = Home::new();
    let one = [
        "capture",
        &topic.name,
        "-n",
        "1",
        "-b",
        broker().address(),
        "-O",
    ];
    let _ = home.evctl(&[&one[..], &["one.ndjson"]].concat()).run().ok();

    // A file may not grow beyond this: the signal that says so is ignored, and the write fails.
    let script = format!(
        "trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"",
        LIMIT_KIB * 2
    );
    let all = ["capture", &topic.name, "-b", broker().address(), "-O"];
    let output = home
        .evctl(&[&all[..], &["one.ndjson", "--force"]].concat())
        .within(&script)
        .run()
        .exits(5);
    says(&output, "one.ndjson");
    says(&output, "File too large");
    says(&output, "resume with --offsets 0:0..5");
    assert!(!output.stderr.contains("captured"), "{}", output.stderr);
    let verify = ["capture", "verify", "one.ndjson"];
    let whole = home.evctl(&verify).run().ok();
    assert!(whole.contains("sound, 1 record,"), "{whole}");
    let split = ["many.ndjson", "--split", "512KiB"];
    let output = home
        .evctl(&[&all[..], &split].concat())
        .within(&script)
        .run()
        .exits(5);
    says(&output, "File too large");
    // Each of the small ones has a file of its own, and those are whole.
    let parts = [1, 2, 3, 4].map(|number| format!("many.000{number}.ndjson"));
    let captured = "captured 4 records to many.0001.ndjson to many.0004.ndjson (4 files)";
    says(&output, captured);
    says(&output, "resume with --offsets 0:4..5");
    let parts = parts.each_ref().map(String::as_str);
    let left = std::fs::read_dir(home.path()).unwrap().count();
    assert_eq!(left, 5, "one.ndjson, the parts, and no fifth");
    let consume = [&["consume", "--allow-truncated"], &parts[..]].concat();
    assert_eq!(home.evctl(&consume).run().ok().lines().count(), 4);
    says(
        &home
            .evctl(&[&["consume"], &parts[..]].concat())
            .run()
            .exits(5),
        "part 5",
    );
    let verify = [&["capture", "verify"], &parts[..]].concat();
    says(&home.evctl(&verify).run().exits(5), "part 5 of the split");
    let _ = home
        .evctl(&[&verify[..], &["--allow-truncated"]].concat())
        .run()
        .exits(0);

    for target in ["/dev/full", "-"] {
        let mut shell = "exec \"$0\" \"$@\"".to_owned();
        if target == "-" {
            shell.push_str(" >/dev/full");
        }
        let output = home
            .evctl(&[&all[..], &[target]].concat())
            .within(&shell)
            .run()
            .exits(5);
        says(&output, if target == "-" { "stdout" } else { target });
        says(&output, "No space left on device");
        says(&output, "resume with --offsets 0:0..5");
        assert!(!output.stderr.contains("captured"), "{}", output.stderr);
    }
}

#[test]
fn ctrl_c_is_heard_in_the_longest_gap() {
    let from = Topic::new("gap");
    let to = Topic::new("gap-to");
    at(&from, 0, &[(TEN, "a"), (TEN + 60 * MINUTE, "b")]);
    for (more, signal, code) in [
        (&[][..], Signal::INT, 130),
        (&["--exactly-once"], Signal::INT, 130),
        (&["--exactly-once"], Signal::HUP, 143),
    ] {
        let home = Home::new();
        let id = Topic::unused_name("gap-id");
        let line = [
            &*from.name,
            "--to-topic",
            &to.name,
            "--yes",
            "--speed",
            "1x",
            "--id",
            &id,
        ];
        let written = values(&to, 0).len() + 1;
        let running = replay(&home, &[&line[..], more].concat()).spawn();
        until("the first is committed", || values(&to, 0).len() == written);
        running.signal(signal);
        let (output, took) = timed(running);
        let output = output.exits(code);
        says(&output, &format!("resume with evctl replay resume {id}"));
        assert!(took < PROMPT, "{took:?}");
        let status = report(&replay(&home, &["status", &id, "-o", "json"]).run());
        assert_eq!(status["produced"], 1);
    }
}

#[test]
fn ctrl_c_ends_an_open_transaction() {
    const RECORDS: u32 = 6_000;
    let from = filled("open", 1, RECORDS);
    let to = Topic::new("open-to");
    let home = Home::new();
    let id = format!("id-{}", from.name);
    let line = replay_line(&from, &to, &id);
    // One is open at nearly every moment.
    let line = [&line[..], &["--rate", "1000/s", "--exactly-once"]].concat();
    for round in 0..3 {
        let before = values(&to, 0).len();
        let running = replay(&home, &line).spawn();
        until("something is committed", || values(&to, 0).len() > before);
        std::thread::sleep(moment(round) / 4);
        running.signal(Signal::INT);
        let (output, took) = timed(running);
        let output = output.exits(130);
        says(&output, &format!("resume with evctl replay resume {id}"));
        assert!(took < PROMPT, "{took:?}");
        // Nobody has to wait for the broker to give it up: what is committed is what is kept.
        let began = Instant::now();
        let status = report(&replay(&home, &["status", &id, "-o", "json"]).run());
        until("all of it is seen", || {
            status["produced"] == values(&to, 0).len()
        });
        assert!(
            began.elapsed() < Duration::from_secs(5),
            "{:?}",
            began.elapsed()
        );
    }
    let resume = ["resume", &id, "--yes", "--rate", "1000000/s"];
    let _ = replay(&home, &resume).run().ok();
    assert_all(&counts(broker().address(), &to.name, 1), RECORDS, true);
}

#[test]
fn who_takes_a_replay_over_ends_the_other() {
    const RECORDS: u32 = 6_000;
    let from = filled("taken-over", 1, RECORDS);
    let to = Topic::new("taken-over-to");
    let id = format!("id-{}", from.name);
    let line = replay_line(&from, &to, &id);
    let line = [&line[..], &["--rate", "1500/s", "--exactly-once"]].concat();
    let homes = [Home::new(), Home::new()];
    let first = replay(&homes[0], &line).spawn();
    until("something is committed", || !values(&to, 0).is_empty());
    let second = replay(&homes[1], &line).spawn();
    let output = first.finish().exits(5);
    says(&output, "fenced: another producer has taken over");
    let _ = second.finish().exits(0);
    assert_all(&counts(broker().address(), &to.name, 1), RECORDS, true);
}
