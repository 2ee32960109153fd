//! Where a member of a group begins to read a partition.

use std::collections::BTreeMap;

use crate::{
    event::TopicPartition,
    select::{Note, OffsetReset, OutOfRange, Position},
};

/// Decides where a member begins in each partition that it is assigned.
pub(super) struct GroupStart {
    /// Where it begins in partitions of which the group has stored nothing.
    from: Position,
    reset: OffsetReset,
    /// The number of partitions of each topic that the group began with.
    known: BTreeMap<String, i32>,
}

/// The log of a partition when it was assigned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Log {
    /// The first offset.
    pub(super) earliest: i64,
    /// The offset after the last one that the reader is shown.
    pub(super) end: i64,
    /// The offset after the last one, which an open transaction may keep from the reader.
    pub(super) high_watermark: i64,
    /// Where a `from` that is a time, or a number of last records, lies; `None` is the end.
    pub(super) from: Option<i64>,
}

impl GroupStart {
    /// Begins at stored offsets, and at `from` where there is none.
    pub(super) fn new(from: Position, reset: OffsetReset) -> Self {
        Self {
            from,
            reset,
            known: BTreeMap::new(),
        }
    }

    /// `from`.
    pub(super) fn from(&self) -> Position {
        self.from
    }

    /// Whether a partition that is added to a topic begins elsewhere than at `from`: what was
    /// written to it before this member heard of it would be lost.
    pub(super) fn counts_from_the_end(&self) -> bool {
        matches!(self.from, Position::Latest | Position::Last(_))
    }

    /// The group began when `topic` had `partitions` partitions.
    pub(super) fn know(&mut self, topic: &str, partitions: i32) {
        self.known.insert(topic.to_owned(), partitions);
    }

    /// The offset to begin at, and what to say about it.
    ///
    /// # Errors
    /// The stored offset lies outside of the log.
    pub(super) fn of(
        &self,
        partition: &TopicPartition,
        stored: Option<i64>,
        log: Log,
    ) -> Result<(i64, Option<String>), OutOfRange> {
        let Log { earliest, end, .. } = log;
        if let Some(stored) = stored {
            let whole = (earliest, log.high_watermark.max(end));
            let (start, note) = self.reset.start(partition, stored, whole)?;
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

    const LOG: Log = Log {
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
        start.of(&partition, stored, LOG).unwrap()
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
            Some(31),
            LOG,
        );
        assert_eq!(beyond.unwrap_err().end, 30);
    }
}
