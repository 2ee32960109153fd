//! One partition's part of a seek: from where, to where, and what will be read again for it.

use std::fmt;

use crate::event::{Commit, TopicPartition};

/// The offsets that a partition has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The first one.
    pub earliest: i64,
    /// The end that readers see: what an open transaction hides lies behind it.
    pub latest: i64,
    /// The end.
    pub end: i64,
}

/// A partition that is to be moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// The partition.
    pub at: TopicPartition,
    /// What the group has committed; `None` when nothing is.
    pub old: Option<Commit>,
    /// What it is to have.
    pub new: Commit,
    /// What the partition holds.
    pub bounds: Bounds,
    /// What the user should know.
    pub note: Option<Note>,
}

/// Why the new offset is not what one might expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// The offset that was asked for is gone: it is the first one there is.
    BeforeStart {
        /// That offset.
        asked: i64,
    },
    /// The offset that was asked for does not exist yet: it is the end.
    BeyondEnd {
        /// That offset.
        asked: i64,
    },
    /// There are records, and none that late: it is the end.
    NothingThatLate,
    /// There are no records.
    Empty,
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BeforeStart { asked } => write!(out, "{asked} is gone, so the start"),
            Self::BeyondEnd { asked } => write!(out, "{asked} lies beyond the end, so the end"),
            Self::NothingThatLate => out.write_str("no record that late, so the end"),
            Self::Empty => out.write_str("the partition is empty"),
        }
    }
}

impl Move {
    /// Whether anything changes. The same offset without its epoch and metadata is no change.
    #[must_use]
    pub fn is_change(&self) -> bool {
        let old = self.old.as_ref().map(|old| old.offset);
        old != Some(self.new.offset)
    }

    /// Offsets that lie between the old and the new place and can be read, first and end; `None`
    /// when nothing was committed.
    #[must_use]
    pub fn span(&self) -> Option<(i64, i64)> {
        let old = self.old.as_ref()?.offset;
        let old = old.clamp(
            self.bounds.earliest,
            self.bounds.end.max(self.bounds.earliest),
        );
        Some((old.min(self.new.offset), old.max(self.new.offset)))
    }

    /// Offsets that will be read again; 0 when the group moves forward. At least as many as
    /// records. `None` when nothing was committed.
    #[must_use]
    pub fn again(&self) -> Option<i64> {
        let (first, end) = self.span()?;
        Some(if first == self.new.offset {
            end - first
        } else {
            0
        })
    }

    /// Offsets that will never be read; 0 when the group moves back. `None` when nothing was
    /// committed.
    #[must_use]
    pub fn skipped(&self) -> Option<i64> {
        let (first, end) = self.span()?;
        Some(if end == self.new.offset {
            end - first
        } else {
            0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moved(old: Option<i64>, new: i64) -> Move {
        let commit = |offset| Commit {
            offset,
            leader_epoch: None,
            metadata: String::new(),
        };
        Move {
            at: TopicPartition::new("orders", 0),
            old: old.map(commit),
            new: commit(new),
            bounds: Bounds {
                earliest: 10,
                latest: 20,
                end: 20,
            },
            note: None,
        }
    }

    fn counts(old: Option<i64>, new: i64) -> (Option<i64>, Option<i64>) {
        (moved(old, new).again(), moved(old, new).skipped())
    }

    #[test]
    fn only_what_is_still_there_can_be_read_again_or_skipped() {
        assert_eq!(counts(Some(18), 12), (Some(6), Some(0)));
        assert_eq!(counts(Some(12), 18), (Some(0), Some(6)));
        assert_eq!(counts(Some(15), 15), (Some(0), Some(0)));
        // Retention has overtaken the group: 4 to 9 are lost whatever it does.
        assert_eq!(counts(Some(4), 12), (Some(0), Some(2)));
        // Committed beyond the end: the topic was made anew.
        assert_eq!(counts(Some(99), 12), (Some(8), Some(0)));
        assert_eq!(counts(None, 12), (None, None));
    }

    #[test]
    fn the_same_offset_is_no_change() {
        assert!(!moved(Some(12), 12).is_change());
        assert!(moved(Some(12), 13).is_change());
        assert!(moved(None, 13).is_change());
    }
}
