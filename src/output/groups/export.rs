//! `evctl groups export`

use crate::{
    offsets::StoredOffset,
    output::report::{Report, row},
};

row! {
    struct ExportedOffset<'o> {
        group: Option<&'o str>,
        topic: &'o str,
        partition: i32,
        offset: Option<i64>,
        leader_epoch: Option<i32> => wide,
        metadata: Option<&'o str> => wide,
    }
}

/// The result of `groups export`.
#[must_use]
pub fn exported_offsets(offsets: &[StoredOffset]) -> Report {
    let rows = offsets.iter().map(|line| {
        let commit = line.commit.as_ref();
        ExportedOffset {
            group: line.group.as_deref(),
            topic: &line.at.topic,
            partition: line.at.partition,
            offset: commit.map(|commit| commit.offset),
            leader_epoch: commit.and_then(|commit| commit.leader_epoch),
            metadata: commit.map(|commit| commit.metadata.as_str()),
        }
    });
    Report::of("evctl.group-offsets/1", "offsets", rows)
}
