//! `evctl groups delete-offsets`

use std::collections::BTreeMap;

use super::{UndoSteps, delete::without_outcome};
use crate::{
    event::{Commit, TopicPartition},
    offsets::PartitionError,
    output::report::{Report, row},
};

row! {
    struct DeletedOffset<'o> {
        topic: &'o str,
        partition: i32,
        committed: i64,
        deleted: bool,
        error: Option<&'o str>,
    }
}

/// The result of `groups delete-offsets`; its plan when `errors` is `None`.
#[must_use]
pub fn deleted_offsets(
    group: &str,
    offsets: &BTreeMap<TopicPartition, Commit>,
    errors: Option<&BTreeMap<TopicPartition, PartitionError>>,
    undo: &UndoSteps,
) -> Report {
    let rows = offsets.iter().map(|(at, commit)| {
        let error = errors.and_then(|errors| errors.get(at));
        DeletedOffset {
            topic: &at.topic,
            partition: at.partition,
            committed: commit.offset,
            deleted: error.is_none(),
            error: error.map(|error| error.text.as_str()),
        }
    });
    let mut report = Report::of("evctl.group-delete-offsets/1", "partitions", rows);
    if errors.is_none() {
        without_outcome(&mut report.columns);
    }
    undo.add_to(
        report
            .with("group", group)
            .with("dry_run", errors.is_none()),
    )
}
