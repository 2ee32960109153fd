//! The offset at which a member of a group begins to read a partition.

use std::collections::BTreeMap;

use super::{Note, OffsetReset, OutOfRange, OutOfRangeReason, Position};
use crate::event::TopicPartition;

/// Decides where a member begins in each partition that it is assigned.
#[derive(Debug)]
pub struct GroupStart {
    /// The start in partitions without a committed offset.
    from: Position,
    reset: OffsetReset,
    /// The number of partitions of each topic that the group began with.
    known: BTreeMap<String, i32>,
}

/// The committed offset of a partition.
#[derive(Clone, Debug)]
pub struct StoredOffset {
    /// The next offset that the group reads.
    pub offset: i64,
    /// The topic ids when it was committed, and now: `None` unless another topic has the name now.
    pub recreated: Option<[String; 2]>,
}

/// The log of a partition when it was assigned.
#[derive(Clone, Copy, Debug)]
pub struct PartitionLog {
    /// The log start offset.
    pub earliest: i64,
    /// The end for the reader: the last stable offset, or the high watermark.
    pub end: i64,
    /// The offset after the last record; an open transaction may hide some before it.
    pub high_watermark: i64,
    /// The offset of a `from` that is a time or a number of last records; `None` is the end.
    pub from: Option<i64>,
}

impl GroupStart {
    /// Begins at committed offsets, and at `from` in partitions without one.
    #[must_use]
    pub fn new(from: Position, reset: OffsetReset) -> Self {
        Self {
            from,
            reset,
            known: BTreeMap::new(),
        }
    }

    /// The start in partitions without a committed offset.
    #[must_use]
    pub fn from(&self) -> Position {
        self.from
    }

    /// Whether a partition that is added to a topic is read from its beginning instead: records
    /// written before this member knew of it would be lost.
    #[must_use]
    pub fn counts_from_the_end(&self) -> bool {
        matches!(self.from, Position::Latest | Position::Last(_))
    }

    /// The group began when `topic` had this number of `partitions`.
    pub fn know(&mut self, topic: &str, partitions: i32) {
        self.known.insert(topic.to_owned(), partitions);
    }

    /// The offset to begin at, and a note when it is not the one that was asked for.
    ///
    /// # Errors
    /// The committed offset lies outside of the log.
    pub fn of(
        &self,
        partition: &TopicPartition,
        stored: Option<&StoredOffset>,
        log: PartitionLog,
    ) -> Result<(i64, Option<String>), OutOfRange> {
        let PartitionLog { earliest, end, .. } = log;
        if let Some(stored) = stored {
            let whole = (earliest, log.high_watermark.max(end));
            let offset = stored.offset;
            let (start, note) = match &stored.recreated {
                // The log start is the right place in any topic.
                Some([old, new]) if offset != earliest => {
                    let out_of_range = OutOfRange {
                        partition: partition.clone(),
                        stored: offset,
                        reason: OutOfRangeReason::Recreated {
                            old: old.clone(),
                            new: new.clone(),
                        },
                    };
                    self.reset.start_instead(out_of_range, whole)?
                }
                _ => self.reset.start(partition, offset, whole)?,
            };
            return Ok((start, note.map(|note| note.to_string())));
        }
        let is_new =
            (self.known.get(&*partition.topic)).is_some_and(|&count| partition.partition >= count);
        if is_new && self.counts_from_the_end() {
            let note = format!("{partition} is new to the group: reading starts at {earliest}");
            return Ok((earliest, Some(note)));
        }
        let start = match self.from {
            Position::Latest => end,
            Position::Offset(offset) => offset,
            Position::AfterEarliest(count) => earliest.saturating_add_unsigned(count),
            Position::Time { .. } | Position::Last(_) => log.from.unwrap_or(end),
            Position::Earliest | Position::Stored => earliest,
        };
        let note = Note::outside(partition, start, (earliest, end));
        Ok((
            start.clamp(earliest, end),
            note.map(|note| note.to_string()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: PartitionLog = PartitionLog {
        earliest: 10,
        end: 20,
        high_watermark: 30,
        from: Some(17),
    };

    /// Where a member of a group that began with two partitions begins in `partition`.
    fn start(from: Position, partition: i32, stored: Option<i64>) -> (i64, Option<String>) {
        let mut start = GroupStart::new(from, OffsetReset::Error);
        start.know("orders", 2);
        let partition = TopicPartition::new("orders", partition);
        let stored = stored.map(|offset| stored_for(offset, None));
        start.of(&partition, stored.as_ref(), LOG).unwrap()
    }

    fn stored_for(offset: i64, recreated: Option<[&str; 2]>) -> StoredOffset {
        StoredOffset {
            offset,
            recreated: recreated.map(|ids| ids.map(str::to_owned)),
        }
    }

    #[test]
    fn a_partition_without_a_stored_offset_begins_where_from_says() {
        for (from, right) in [
            (Position::Earliest, 10),
            (Position::Stored, 10),
            (Position::Latest, 20),
            (Position::Last(3), 17),
            (Position::AfterEarliest(4), 14),
            (Position::Offset(12), 12),
        ] {
            assert_eq!(start(from, 1, None), (right, None), "{from}");
            assert_eq!(start(from, 1, Some(15)), (15, None), "{from}");
        }
    }

    #[test]
    fn an_offset_outside_of_the_log_is_moved_into_it_and_said() {
        for (from, right) in [(Position::Offset(99), 20), (Position::Offset(5), 10)] {
            let (at, note) = start(from, 0, None);
            assert_eq!(at, right);
            assert!(note.is_some(), "{from}");
        }
    }

    #[test]
    fn a_partition_that_the_group_did_not_begin_with_is_read_from_its_beginning() {
        for from in [Position::Latest, Position::Last(3), Position::Last(0)] {
            let (at, note) = start(from, 2, None);
            assert_eq!(at, 10, "{from}");
            assert!(note.unwrap().contains("orders/2 is new to the group"));
            assert_eq!(start(from, 2, Some(15)).0, 15);
        }
        assert_eq!(start(Position::AfterEarliest(4), 2, None), (14, None));
    }

    #[test]
    fn an_offset_that_an_open_transaction_hides_is_not_beyond_the_end() {
        assert_eq!(start(Position::Earliest, 0, Some(25)), (25, None));
        let beyond = GroupStart::new(Position::Earliest, OffsetReset::Error).of(
            &TopicPartition::new("orders", 0),
            Some(&stored_for(31, None)),
            LOG,
        );
        let outside = OutOfRangeReason::Outside {
            earliest: 10,
            end: 30,
        };
        assert_eq!(beyond.unwrap_err().reason, outside);
    }

    #[test]
    fn an_offset_of_a_deleted_topic_is_refused_within_the_log_too() {
        let partition = TopicPartition::new("orders", 1);
        let start = |reset, offset| {
            let start = GroupStart::new(Position::Earliest, reset);
            start.of(&partition, Some(&stored_for(offset, Some(["A", "B"]))), LOG)
        };
        let error = start(OffsetReset::Error, 15).unwrap_err().to_string();
        assert_eq!(
            error,
            "orders/1: the stored offset 15 is of the deleted topic with topic id A; the topic that \
             is there now has B"
        );
        let (at, note) = start(OffsetReset::Earliest, 15).unwrap();
        assert_eq!(at, 10);
        assert!(note.unwrap().ends_with("reading starts at 10"));
        assert_eq!(start(OffsetReset::Latest, 15).unwrap().0, 30);
        // Nothing is skipped from the log start on.
        assert_eq!(start(OffsetReset::Error, 10).unwrap(), (10, None));
    }
}
