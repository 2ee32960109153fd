//! What went wrong in many records, such as errors that a jq expression raised: how many, and the
//! first of them.

use std::fmt::Display;

use crate::event::Record;

/// What is said instead of a reason that quotes a record.
pub const WITHHELD: &str = "the reason is withheld, as it would quote a record that is redacted";

/// Counted, never fatal.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    /// Records that were tried.
    tried: u64,
    count: u64,
    first: Option<String>,
    withheld: bool,
}

impl Errors {
    /// Counts a record that is tried.
    pub fn try_one(&mut self) {
        self.tried += 1;
    }

    /// Counts anew.
    pub fn forget(&mut self) {
        *self = Self {
            withheld: self.withheld,
            ..Self::default()
        };
    }

    /// Whether records were tried, and every one of them failed.
    #[must_use]
    pub fn are_all(&self) -> bool {
        self.tried > 0 && self.count == self.tried
    }

    /// Counts one more, which `raised` at `record`.
    pub fn add(&mut self, record: &Record<'_>, raised: &dyn Display) {
        self.count += 1;
        self.first.get_or_insert_with(|| {
            let reason: &dyn Display = if self.withheld { &WITHHELD } else { raised };
            format!(
                "{}/{}@{}: {reason}",
                record.topic, record.partition, record.offset
            )
        });
    }

    /// Keeps to the place of the first one from now on: the text of an error quotes the record,
    /// and records are redacted.
    pub fn withhold(&mut self) {
        self.withheld = true;
    }

    /// How many there were, and the first one with its place.
    #[must_use]
    pub fn seen(&self) -> (u64, Option<&str>) {
        (self.count, self.first.as_deref())
    }
}
