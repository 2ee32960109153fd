//! What the tests stand on: brokers, topics, and a hermetic way to run evctl.
//!
//! Nothing here reads what evctl reads by evctl's own means: topics are made, filled and read back
//! with other clients, so that the tests do not agree with their own mistakes.

pub mod admin;
pub mod broker;
pub mod bulk;
pub mod command;
pub mod members;
pub mod oracle;
pub mod proxy;
pub mod registry;
pub mod secured;
pub mod streams;
pub mod topic;
pub mod transaction;
pub mod wire;

use std::{
    io::{self, Write},
    thread,
    time::{Duration, Instant},
};

pub use broker::{broker, cache_home, kafka};
pub use command::{Evctl, Home, Output, Running, evctl};
pub use oracle::Seen;
pub use secured::secured;
pub use topic::{Record, Topic};

/// Longer than anything takes on a slow machine that is not broken.
pub const DEADLINE: Duration = Duration::from_secs(200);

/// Waits until `condition` holds; says what was waited for when it never does.
#[track_caller]
pub fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < DEADLINE, "waited in vain until {what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// Asserts that `text` stands in the standard error of `output`.
#[track_caller]
pub fn says(output: &Output, text: &str) {
    // An empty text stands in everything.
    assert!(!text.is_empty());
    let said = &output.stderr;
    assert!(said.contains(text), "{text:?} is not in:\n{said}");
}

/// The arguments of a replay of all of `from` into `to` without a question.
pub fn replay_line<'l>(from: &'l Topic, to: &'l Topic, id: &'l str) -> [&'l str; 6] {
    [&from.name, "--to-topic", &to.name, "--yes", "--id", id]
}

/// Whether the long tests run too (`EVCTL_TEST_LONG=1`); if not, says that `what` is left out.
pub fn long(what: &str) -> bool {
    let long = evctl::config::env::variable("EVCTL_TEST_LONG").is_some();
    if !long {
        // Not with eprintln!, which the test runner swallows when the test passes.
        let _ = writeln!(io::stderr(), "left out without EVCTL_TEST_LONG=1: {what}");
    }
    long
}
