//! Commits of `--exactly-once` whose requests are not answered, or answered with nonsense.

use std::time::Instant;

use kafka_protocol::messages::ApiKey;

use super::*;
use crate::support::{Running, proxy::Proxy};

const RECORDS: u32 = 3_000;

fn start(home: &Home, source: &str, to: &Topic, proxy: &Proxy, more: &[&str]) -> Running {
    let line = ["replay", source, "--to-topic", &to.name, "--id", &to.name];
    let how = ["--yes", "--exactly-once", "-b"];
    let line = [&line[..], &how, &[proxy.address()], more].concat();
    home.evctl(&line).spawn()
}

#[test]
fn a_commit_that_fails_each_time_ends_the_replay_after_the_stall_timeout() {
    let from = filled("uncommitted", 1, RECORDS);
    let home = Home::new();
    let address = broker().address();
    let began = Instant::now();
    let running = [
        (
            "garbled",
            Proxy::garbling(address, ApiKey::TxnOffsetCommit, 1),
        ),
        (
            "garbled-add",
            Proxy::garbling(address, ApiKey::AddOffsetsToTxn, 1),
        ),
        (
            "swallowed",
            Proxy::silent_at(address, ApiKey::TxnOffsetCommit),
        ),
    ]
    .map(|(label, proxy)| {
        let to = Topic::new(label);
        let more = ["--stall-timeout", "3s"];
        (start(&home, &from.name, &to, &proxy, &more), to, proxy)
    });
    for (running, to, _proxy) in running {
        let output = running.finish().exits(5);
        says(&output, "error: ");
        says(&output, "offsets");
        says(&output, &format!("evctl replay resume {}", to.name));
        assert!(values(&to, 0).is_empty());
        // Attempts begin after 0, 0.2, 0.6, 1.4, and 3 seconds at the soonest.
        let written = to.seen(0).len();
        assert!(written <= 5 * RECORDS as usize, "{}: {written}", to.name);
        let resume = ["resume", &to.name, "--yes", "-o", "json"];
        assert_eq!(report(&replay(&home, &resume).run())["done"], true);
        assert_all(&counts(address, &to.name, 1), RECORDS, true);
    }
    let took = began.elapsed();
    assert!(took < Duration::from_secs(40), "{took:?}");
}

#[test]
fn a_transaction_counts_as_written_when_only_the_answer_to_its_commit_is_lost() {
    let from = filled("unanswered", 1, RECORDS);
    let home = Home::new();
    let address = broker().address();
    let running = [
        ("unanswered-to", 1, &[][..]),
        // Some transactions later, and after others that went well.
        ("unanswered-later", 3, &["--rate", "4000/s"]),
        ("unanswered-share", 1, &["--share"]),
    ]
    .map(|(label, nth, more)| {
        let proxy = Proxy::garbling(address, ApiKey::EndTxn, nth);
        let to = Topic::new(label);
        let more = [&["-o", "json"], more].concat();
        (start(&home, &from.name, &to, &proxy, &more), to, proxy)
    });
    for (running, to, _proxy) in running {
        let output = running.finish();
        let end = report(&output);
        let counted = (&end["done"], &end["produced"], &end["produced_in_all"]);
        let all = RECORDS.into();
        assert_eq!(counted, (&true.into(), &all, &all), "{}", to.name);
        says(&output, &format!("{RECORDS} records written"));
        assert_all(&counts(address, &to.name, 1), RECORDS, true);
    }
}
