//! `evctl topics trim`

use crate::{
    output::report::{Cell, Count, Report, row},
    topics::UnreadRecords,
};

row! {
    /// A partition that is trimmed.
    pub struct TrimmedPartition {
        partition: i32,
        /// The log start offset.
        old_start: i64,
        /// `None` where trimming failed.
        new_start: Option<i64>,
        /// Removed offsets.
        records: Count,
        error: Option<String> => wide,
    }
}

/// The result of `topics trim`, or its plan. `unread` are the groups that lose records.
#[must_use]
pub fn trimmed_topic(
    topic: &str,
    dry_run: bool,
    unread: &[UnreadRecords],
    partitions: Vec<TrimmedPartition>,
) -> Report {
    let group = |unread: &UnreadRecords| {
        Cell::Object(vec![
            ("group", unread.group.as_str().into()),
            ("partitions", unread.partitions.clone().into()),
            ("unread", unread.unread.into()),
        ])
    };
    Report::of("evctl.topics-trim/1", "partitions", partitions)
        .with("topic", topic)
        .with("dry_run", dry_run)
        .with("groups", Cell::List(unread.iter().map(group).collect()))
}
