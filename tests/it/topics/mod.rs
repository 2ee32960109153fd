//! `evctl topics`, and the names that `evctl complete` gives.

mod change;
mod look;
mod rights;

use serde_json::Value;

use crate::support::{Output, broker, evctl};

/// Runs `evctl topics` on the shared broker.
#[track_caller]
fn topics(arguments: &[&str]) -> Output {
    evctl(&[&["topics"], arguments, &["-b", broker().address()]].concat())
}

/// What it prints with `-o json`, the command having gone well.
#[track_caller]
fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&topics(&[arguments, &["-o", "json"]].concat()).ok()).unwrap()
}
