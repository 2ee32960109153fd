//! `evctl topics alter`

use crate::output::report::{Report, row};

row! {
    /// A value that changes; `None` is not known.
    pub struct TopicChange {
        key: String,
        old: Option<String>,
        /// Where the old value is configured; the same for the new one.
        old_source: Option<&'static str>,
        new: Option<String>,
        new_source: Option<&'static str>,
    }
}

/// The result of `topics alter`.
#[must_use]
pub fn topic_changes(topic: &str, dry_run: bool, changes: Vec<TopicChange>) -> Report {
    Report::of("evctl.topics-alter/1", "changes", changes)
        .with("topic", topic)
        .with("dry_run", dry_run)
}
