//! The plan of a seek: where each partition is moved, and what is read again or skipped for it.

use std::collections::{BTreeMap, BTreeSet};

use super::{Bounds, Goal, Move, PartitionError, PartitionErrorKind};
use crate::{
    codec::{quantity::duration, text::counted},
    event::{Commit, Timestamp, TopicPartition},
};

/// The first and the last timestamp (ms) between two offsets.
pub type Times = (i64, i64);

/// The goal of a partition, its leader and its bounds; or why they are not known.
pub type SeekGoals = BTreeMap<TopicPartition, Result<SeekGoal, PartitionError>>;

/// The goal of a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeekGoal {
    /// Where the group is moved to.
    pub goal: Goal,
    /// The broker that leads the partition.
    pub leader: i32,
    /// The partition's offsets.
    pub bounds: Bounds,
}

/// All partitions with their moves.
#[derive(Clone, Debug)]
pub struct SeekPlan {
    /// The group.
    pub group: String,
    /// A row for each partition, in order.
    pub rows: Vec<SeekRow>,
}

/// A partition of a plan.
#[derive(Clone, Debug)]
pub struct SeekRow {
    /// The partition.
    pub at: TopicPartition,
    /// The broker that leads it; `None` when not known.
    pub leader: Option<i32>,
    /// Its move, or why it cannot be moved.
    pub moved: Result<Move, PartitionError>,
    /// The timestamps between the old and the new offset; `None` when not known.
    pub times: Option<Times>,
}

/// A partition whose commit is not the one that was planned with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleMove {
    /// The partition.
    pub at: TopicPartition,
    /// The committed offset of the plan; `None` when there was none.
    pub planned: Option<i64>,
    /// The committed offset now; `None` when there is none.
    pub now: Option<i64>,
}

impl SeekPlan {
    /// The plan that leads `group` from `stored` to its `goals`.
    #[must_use]
    pub fn new(group: &str, goals: SeekGoals, stored: &BTreeMap<TopicPartition, Commit>) -> Self {
        let rows = goals.into_iter().map(|(at, goal)| {
            let leader = goal.as_ref().ok().map(|goal| goal.leader);
            let moved = goal.and_then(|goal| {
                let old = stored.get(&at).cloned();
                let reached = goal.goal.reach(at.clone(), old, goal.bounds);
                reached.map_err(|unmoved| {
                    PartitionError::new(PartitionErrorKind::NotFound, unmoved.to_string())
                })
            });
            SeekRow {
                at,
                leader,
                moved,
                times: None,
            }
        });
        Self {
            group: group.to_owned(),
            rows: rows.collect(),
        }
    }

    /// The error to report when no partition can be moved.
    #[must_use]
    pub fn worst_error(&self) -> Option<(&TopicPartition, &PartitionError)> {
        let errors = self.rows.iter();
        let errors = errors.filter_map(|row| Some((&row.at, row.moved.as_ref().err()?)));
        errors.min_by_key(|(_, error)| error.kind)
    }

    /// The first partition whose commit in `stored` is not that of the plan; `None` when the plan
    /// still holds.
    #[must_use]
    pub fn stale(&self, stored: &BTreeMap<TopicPartition, Commit>) -> Option<StaleMove> {
        let offset = |commit: Option<&Commit>| commit.map(|commit| commit.offset);
        let mut changes = self.changes().map(|moved| StaleMove {
            at: moved.at.clone(),
            planned: offset(moved.old.as_ref()),
            now: offset(stored.get(&moved.at)),
        });
        changes.find(|change| change.planned != change.now)
    }

    /// The partitions that can be moved.
    pub fn moves(&self) -> impl Iterator<Item = &Move> {
        self.rows.iter().filter_map(|row| row.moved.as_ref().ok())
    }

    /// The partitions whose offset will be another one.
    pub fn changes(&self) -> impl Iterator<Item = &Move> {
        self.moves().filter(|moved| moved.is_change())
    }

    /// Whether there are partitions that cannot be moved.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.rows.iter().any(|row| row.moved.is_err())
    }

    /// The broker that leads a partition.
    #[must_use]
    pub fn leader(&self, at: &TopicPartition) -> Option<i32> {
        let row = self.rows.iter().find(|row| row.at == *at);
        row.and_then(|row| row.leader)
    }

    /// Sets the timestamps of the partitions; `None` where `times` has none.
    pub fn set_times(&mut self, times: &BTreeMap<TopicPartition, Times>) {
        for row in &mut self.rows {
            row.times = times.get(&row.at).copied();
        }
    }

    /// One line about the whole plan.
    #[must_use]
    pub fn heading(&self) -> String {
        let topics: BTreeSet<&str> = self.changes().map(|moved| &*moved.at.topic).collect();
        let mut text = match self.changes().count() {
            0 => format!("group {:?}: nothing will be moved", self.group),
            count => format!(
                "group {:?}: {} of {} will be moved",
                self.group,
                counted(count as u64, "partition"),
                counted(topics.len() as u64, "topic"),
            ),
        };
        let total = self.total();
        let upto = |count: i64| format!("up to {}", counted(count.unsigned_abs(), "record"));
        if total.again > 0 {
            text.push_str(&format!("; {} will be read again", upto(total.again)));
        }
        match total.again_times {
            None => {}
            Some((first, last)) if first == last => {
                text.push_str(&format!(", of {}", Timestamp(first)));
            }
            Some((first, last)) => text.push_str(&format!(
                ", of {} to {} ({})",
                Timestamp(first),
                Timestamp(last),
                duration(last - first)
            )),
        }
        if total.skipped > 0 {
            text.push_str(&format!("; {} will never be read", upto(total.skipped)));
        }
        if total.unknown > 0 {
            let partitions = counted(total.unknown, "partition");
            text.push_str(&format!("; {partitions} had no offset"));
        }
        match self.moves().filter(|moved| !moved.is_change()).count() {
            0 => {}
            1 => text.push_str("; 1 partition stays where it is"),
            count => text.push_str(&format!("; {count} partitions stay where they are")),
        }
        text
    }

    /// Sums over all partitions.
    #[must_use]
    pub fn total(&self) -> SeekTotal {
        let mut total = SeekTotal::default();
        for row in &self.rows {
            let Ok(moved) = &row.moved else { continue };
            let (Some(again), Some(skipped)) = (moved.again(), moved.skipped()) else {
                total.unknown += 1;
                continue;
            };
            total.again = total.again.saturating_add(again);
            total.skipped = total.skipped.saturating_add(skipped);
            if let Some((first, last)) = row.times.filter(|_| again > 0) {
                let (from, to) = total.again_times.unwrap_or((first, last));
                total.again_times = Some((from.min(first), to.max(last)));
            }
        }
        total
    }
}

impl SeekRow {
    /// Whether the partition stays where it is, without a note.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let moved = self.moved.as_ref();
        moved.is_ok_and(|moved| !moved.is_change() && moved.note.is_none())
    }
}

/// Sums over all partitions of a plan.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeekTotal {
    /// Offsets that are read again.
    pub again: i64,
    /// Offsets that are skipped.
    pub skipped: i64,
    /// Partitions without a committed offset, of which neither is known.
    pub unknown: u64,
    /// The timestamps of what is read again.
    pub again_times: Option<Times>,
}
