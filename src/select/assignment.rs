//! What a reader is built from: absolute offsets, and what must still be looked at per record.

use std::{fmt, sync::Arc};

use super::{OutOfRange, Window};
use crate::event::TopicPartition;

/// A selection, resolved against a cluster or a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assignment {
    /// One range per selected partition, in the order of topics and partitions; empty ones too.
    pub ranges: Vec<Range>,
    /// Records outside of it are inside the ranges and must be left out: an answer by timestamp
    /// is only the first record at or after that time, later ones may be older.
    pub window: Window,
    /// `-N`: of each range only the last so many records. The reader steps back from `end` until
    /// it found them, as offsets may be missing.
    pub last: Option<u64>,
    /// What an open transaction hides in the ranges.
    pub hidden: Vec<Hidden>,
    /// What the user should be told.
    pub notes: Vec<Note>,
}

/// Offsets behind the last stable one: an open transaction hides them from a reader of what is
/// committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hidden {
    /// The partition.
    pub partition: TopicPartition,
    /// The last stable offset.
    pub from: i64,
    /// The high watermark.
    pub to: i64,
}

impl Assignment {
    /// Offsets in all ranges together; at least as many as records.
    #[must_use]
    pub fn offsets(&self) -> u64 {
        self.ranges
            .iter()
            .map(|range| range.end.abs_diff(range.start))
            .sum()
    }
}

/// Offsets of one partition to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// The topic.
    pub topic: Arc<str>,
    /// The partition.
    pub partition: i32,
    /// The first offset.
    pub start: i64,
    /// The offset after the last one, never before `start`. Who follows, reads on after it.
    pub end: i64,
}

/// Something that was asked for and is not as the user may think.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The start lies before the earliest offset.
    Retention {
        /// Where.
        partition: TopicPartition,
        /// The offset asked for.
        asked: i64,
        /// The first one there is.
        earliest: i64,
    },
    /// The start lies after the end.
    BeyondEnd {
        /// Where.
        partition: TopicPartition,
        /// The offset asked for.
        asked: i64,
        /// The end.
        end: i64,
    },
    /// The group has committed nothing there: all of it is read.
    NothingStored(TopicPartition),
    /// The group's offset lies outside of the log: `auto.offset.reset` says where to start.
    Reset(OutOfRange, i64),
}

impl Note {
    /// What there is to say about a start at `asked` in a log of `earliest..end`.
    #[must_use]
    pub fn outside(
        partition: &TopicPartition,
        asked: i64,
        (earliest, end): (i64, i64),
    ) -> Option<Self> {
        let partition = partition.clone();
        if asked < earliest {
            Some(Self::Retention {
                partition,
                asked,
                earliest,
            })
        } else if asked > end {
            Some(Self::BeyondEnd {
                partition,
                asked,
                end,
            })
        } else {
            None
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Retention {
                partition,
                asked,
                earliest,
            } => write!(
                out,
                "{partition}: retention has taken the offsets {asked} to {}, reading starts at {earliest}",
                earliest - 1
            ),
            Self::BeyondEnd {
                partition,
                asked,
                end,
            } => {
                write!(out, "{partition}: offset {asked} lies beyond the end {end}")
            }
            Self::Reset(out_of_range, start) => {
                write!(out, "{out_of_range}; reading starts at {start}")
            }
            Self::NothingStored(partition) => {
                write!(
                    out,
                    "{partition}: the group has no stored offset, reading starts at the earliest"
                )
            }
        }
    }
}
