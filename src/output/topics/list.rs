//! `evctl topics list`

use crate::{
    event::Timestamp,
    output::report::{Bytes, Count, Report, row},
    topics::TopicSurvey,
};

row! {
    /// A topic of a listing; `None` is not known, or not asked.
    struct ListedTopic<'t> {
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
pub fn topic_list(topics: &[TopicSurvey]) -> Report {
    let report = Report::of("evctl.topics/1", "topics", topics.iter().map(listed));
    let failed = report.has("error");
    report.show_if("error", failed)
}

fn listed(topic: &TopicSurvey) -> ListedTopic<'_> {
    let at_most = topic.is_upper_bound();
    ListedTopic {
        topic: &topic.name,
        partitions: topic.error.is_none().then_some(topic.partitions.len()),
        replication: topic.replication(),
        records: topic.records().map(|count| Count::new(count, at_most)),
        first: topic.first().map(Timestamp),
        last: topic.last().map(Timestamp),
        cleanup_policy: topic.configured("cleanup.policy"),
        size: topic.size().map(Bytes),
        size_of_all_replicas: topic.size_of_all().map(Bytes),
        id: topic.id.as_deref(),
        internal: topic.internal,
        records_at_most: at_most,
        error: topic.problem(),
    }
}
