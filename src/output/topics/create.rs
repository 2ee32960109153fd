//! `evctl topics create`

use crate::output::report::{Report, row};

row! {
    /// A topic that was asked for; `None` is not known.
    pub struct NewTopicRow<'t> {
        topic: &'t str,
        partitions: Option<i32>,
        replication: Option<i32>,
        /// `created`, `would create`, `exists` or `failed`.
        outcome: &'static str,
        error: Option<String>,
    }
}

/// The result of `topics create`.
#[must_use]
pub fn new_topics(dry_run: bool, topics: Vec<NewTopicRow<'_>>) -> Report {
    Report::of("evctl.topics-create/1", "topics", topics).with("dry_run", dry_run)
}
