//! The result of `evctl produce`.

use serde::Serialize;

use super::report::{CommandResult, Report, row};
use crate::transfer::produce::{GaveUp, ProduceOutcome, Stopped};

/// What became of the records.
#[derive(Serialize)]
pub struct ProduceResult<'r> {
    acknowledged: u64,
    /// Acknowledged records that are in either the deleted topic or the one created again; absent
    /// unless the topic was created again.
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_by_deleted_topic: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acknowledged_by_either_topic: Option<u64>,
    bytes: u64,
    failed: u64,
    failures: Vec<ProduceFailure<'r>>,
    interrupted: bool,
    kind: &'static str,
    seconds: f64,
    topic: &'r str,
    unknown: u64,
}

row! {
    /// One of the first records that were not acknowledged.
    #[derive(Clone, Serialize)]
    pub struct ProduceFailure<'r> {
        bytes: usize,
        cause: &'r str,
        may_be_written: bool,
        place: &'r str,
    }
}

impl<'r> ProduceResult<'r> {
    /// The result of `outcome`, which took so many seconds.
    #[must_use]
    pub fn new(topic: &'r str, outcome: &'r ProduceOutcome, seconds: f64) -> Self {
        let split = match &outcome.gave_up {
            Some(GaveUp::Recreated(recreated)) => Some(recreated.split),
            _ => None,
        };
        let failures = outcome
            .undelivered
            .first
            .iter()
            .map(|record| ProduceFailure {
                bytes: record.size,
                cause: &record.cause,
                may_be_written: record.may_be_written,
                place: &record.place,
            });
        Self {
            acknowledged: outcome.acknowledged,
            acknowledged_by_deleted_topic: split.map(|split| split.deleted),
            acknowledged_by_either_topic: split.map(|split| split.either),
            bytes: outcome.bytes,
            failed: outcome.undelivered.failed,
            failures: failures.collect(),
            interrupted: matches!(outcome.stopped, Stopped::Cancelled),
            kind: "evctl.produce/1",
            seconds,
            topic,
            unknown: outcome.undelivered.unknown,
        }
    }
}

impl CommandResult for ProduceResult<'_> {
    fn rows(&self) -> Report {
        Report::of(self.kind, "failures", self.failures.iter().cloned())
    }
}
