//! `evctl topics delete`

use crate::output::report::{Bytes, Count, Report, row};
use crate::topics::{GroupPositions, TopicSurvey};

row! {
    struct DeletedTopic<'t> {
        topic: &'t str,
        partitions: usize,
        records: Option<Count>,
        size: Option<Bytes>,
        /// Groups that have offsets on the topic.
        groups: Vec<&'t str>,
        deleted: bool => wide,
        error: Option<String> => wide,
    }
}

/// The result of `topics delete`, or its plan. `outcome` tells of each topic whether it was deleted,
/// and why not.
#[must_use]
pub fn deleted_topics(
    topics: &[TopicSurvey],
    groups: &GroupPositions,
    dry_run: bool,
    outcome: impl Fn(&str) -> (bool, Option<String>),
) -> Report {
    let rows = topics.iter().map(|topic| {
        let (deleted, error) = outcome(&topic.name);
        let at_most = topic.is_upper_bound();
        DeletedTopic {
            topic: &topic.name,
            partitions: topic.partitions.len(),
            records: topic.records().map(|count| Count::new(count, at_most)),
            size: topic.size().map(Bytes),
            groups: groups.of_topic(&topic.name).collect(),
            deleted,
            error,
        }
    });
    let report = Report::of("evctl.topics-delete/1", "topics", rows).with("dry_run", dry_run);
    let failed = report.has("error");
    report.show_if("error", failed)
}
