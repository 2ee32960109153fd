//! What went wrong in many records, such as errors that a jq expression raised: how many, and the
//! first of them.

use std::fmt::Display;

use crate::event::Record;

/// Counted, never fatal.
#[derive(Clone, Debug, Default)]
pub struct Errors {
    count: u64,
    first: Option<String>,
}

impl Errors {
    /// Counts one more, which `raised` at `record`.
    pub fn add(&mut self, record: &Record<'_>, raised: &dyn Display) {
        self.count += 1;
        self.first.get_or_insert_with(|| {
            format!(
                "{}/{}@{}: {raised}",
                record.topic, record.partition, record.offset
            )
        });
    }

    /// How many there were, and the first one with its place.
    #[must_use]
    pub fn seen(&self) -> (u64, Option<&str>) {
        (self.count, self.first.as_deref())
    }
}
