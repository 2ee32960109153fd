//! `evctl topics list`

use crate::{
    event::Timestamp,
    output::report::{Bytes, Count, Report, row},
};

row! {
    /// A topic of a listing; `None` is not known, or not asked.
    pub struct ListedTopic<'t> {
        topic: &'t str,
        partitions: Option<usize>,
        /// The largest number of replicas that a partition has.
        replication: Option<i64> => if_room,
        records: Option<Count>,
        /// When the first and the last record was written.
        first: Option<Timestamp> => if_room,
        last: Option<Timestamp>,
        cleanup_policy: Option<&'t str> => if_room,
        /// On the leaders' disks.
        size: Option<Bytes>,
        size_of_all_replicas: Option<Bytes> => wide,
        id: Option<&'t str> => wide,
        internal: bool => wide,
        /// Whether `records` is an upper bound.
        records_at_most: bool => wide,
        error: Option<String> => wide,
    }
}

/// The result of `topics list`.
#[must_use]
pub fn topic_list<'t>(topics: impl IntoIterator<Item = ListedTopic<'t>>) -> Report {
    let report = Report::of("evctl.topics/1", "topics", topics);
    let failed = report.has("error");
    report.show_if("error", failed)
}
