//! What went wrong in many records, such as errors that a jq expression raised: how many, and the
//! first of them.

use std::fmt::Display;

use crate::event::Record;

/// What is said instead of a reason that quotes a record.
pub const WITHHELD: &str = "the reason is withheld, as it would quote a record that is redacted";

/// Counted, never fatal.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    count: u64,
    first: Option<String>,
    withheld: bool,
}

impl Errors {
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
