//! `evctl groups seek`

use std::collections::BTreeMap;

use super::UndoSteps;
use crate::{
    event::{Timestamp, TopicPartition},
    offsets::{Move, PartitionError, SeekPlan, SeekRow},
    output::report::{Cell, Count, Report, row},
};

row! {
    struct SoughtPartition<'p> {
        topic: &'p str,
        partition: i32,
        old: Option<i64>,
        /// `None` where the group could not be moved.
        new: Option<i64>,
        /// Offsets that are read again, and that are skipped.
        again: Option<Count>,
        skipped: Option<Count>,
        /// The first and the last timestamp of what lies between the two offsets.
        from_time: Option<Timestamp> => if_room,
        to_time: Option<Timestamp> => if_room,
        note: Option<String> => wide,
        first: Option<i64> => wide,
        end: Option<i64> => wide,
        error: Option<&'p str> => wide,
    }
}

/// The result of `groups seek`; its plan when `errors` is `None`. A table leaves out the partitions
/// that stay where they are without a note (`with_idle` is false): the heading counts them.
#[must_use]
pub fn group_seek(
    plan: &SeekPlan,
    errors: Option<&BTreeMap<TopicPartition, PartitionError>>,
    undo: &UndoSteps,
    with_idle: bool,
) -> Report {
    let has_errors = plan.has_errors() || errors.is_some_and(|errors| !errors.is_empty());
    let has_notes = plan.moves().any(|moved| moved.note.is_some());
    let rows = plan.rows.iter().filter(|row| with_idle || !row.is_idle());
    let rows = rows.map(|row| sought(row, errors.and_then(|errors| errors.get(&row.at))));
    let total = plan.total();
    let time = |time: Option<i64>| -> Cell { time.map(Timestamp).into() };
    let report = Report::of("evctl.group-seek/1", "partitions", rows)
        .show_if("note", has_notes)
        .show_if("error", has_errors)
        .with("group", plan.group.as_str())
        .with("dry_run", errors.is_none())
        .with("again", at_most(total.again))
        .with("skipped", at_most(total.skipped))
        .with("from_time", time(total.again_times.map(|(first, _)| first)))
        .with("to_time", time(total.again_times.map(|(_, last)| last)));
    undo.add_to(report)
}

fn sought<'p>(row: &'p SeekRow, failed: Option<&'p PartitionError>) -> SoughtPartition<'p> {
    let moved = row.moved.as_ref().ok();
    // What the move would have done is of no interest once it has failed.
    let hoped = moved.filter(|_| failed.is_none());
    let error = failed.or(row.moved.as_ref().err());
    SoughtPartition {
        topic: &row.at.topic,
        partition: row.at.partition,
        old: moved.and_then(|moved| Some(moved.old.as_ref()?.offset)),
        new: hoped.map(|moved| moved.new.offset),
        again: hoped.and_then(Move::again).map(at_most),
        skipped: hoped.and_then(Move::skipped).map(at_most),
        from_time: row.times.map(|(first, _)| Timestamp(first)),
        to_time: row.times.map(|(_, last)| Timestamp(last)),
        note: hoped.and_then(|moved| Some(moved.note?.to_string())),
        first: moved.map(|moved| moved.bounds.earliest),
        end: moved.map(|moved| moved.bounds.end),
        error: error.map(|error| error.text.as_str()),
    }
}

/// Offsets include transaction markers and what compaction has removed.
fn at_most(offsets: i64) -> Count {
    Count::new(offsets, offsets != 0)
}
