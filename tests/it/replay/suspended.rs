//! Replays that are suspended for longer than Kafka waits for them.

use std::time::Instant;

use rustix::process::Signal;

use super::*;
use crate::support::{admin, until};

const RECORDS: u32 = 3_000;
const STALL: Duration = Duration::from_secs(3);

#[test]
fn a_suspended_replay_goes_on_from_what_was_committed() {
    let from = filled("suspended", 2, RECORDS);
    let home = Home::new();
    let capture = ["capture", &from.name, "-O", "all.ndjson"];
    let line = [&capture[..], &["-b", broker().address()]].concat();
    let _ = home.evctl(&line).run().ok();
    // The broker aborts what is open for so long.
    let exact = &["--exactly-once", "-X", "transaction.timeout.ms=2000"][..];
    let running = [
        ("suspended-exact", &*from.name, exact),
        ("suspended-file", "./all.ndjson", exact),
        ("suspended-plain", &*from.name, &["--stall-timeout", "3s"]),
    ]
    .map(|(label, source, more)| {
        let to = Topic::with(label, 2, &[]);
        let line = [source, "--to-topic", &to.name, "--yes", "--id", &to.name];
        let rate = ["--rate", "1500/s", "-o", "json"];
        let running = replay(&home, &[&line[..], &rate, more].concat()).spawn();
        (to, running)
    });
    for (to, running) in &running {
        until("something was written", || !to.seen(0).is_empty());
        running.signal(Signal::STOP);
    }
    let stopped = Instant::now();
    until("open transactions were aborted", || {
        let over = running[..2].iter().all(|(to, _)| {
            let id = format!("evctl.replay.{}", to.name);
            admin::transaction_state(broker().address(), &id).starts_with("Complete")
        });
        over && stopped.elapsed() > STALL
    });
    for (_, running) in &running {
        running.signal(Signal::CONT);
    }
    for (to, running) in running {
        let output = running.finish();
        let end = report(&output);
        assert_eq!(end["produced_in_all"], RECORDS, "{}: {end}", to.name);
        assert_eq!(end["done"], true);
        assert_all(&counts(broker().address(), &to.name, 2), RECORDS, true);
    }
}
