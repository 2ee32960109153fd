//! Positions in capture files.

use std::collections::BTreeMap;

use super::{PartitionOffsets, PartitionSet, Position, SelectError, Selection};
use crate::event::{Record, TopicPartition};

/// The records of a capture file that a selection names by partition and offset. Times are the
/// filter's.
#[derive(Debug)]
pub struct FileRange {
    from: Position,
    to: Option<Position>,
    partitions: Option<PartitionSet>,
    offsets: Option<Vec<PartitionOffsets>>,
    /// The first offset of each partition that was seen: `earliest` in a file.
    first: BTreeMap<TopicPartition, i64>,
}

impl FileRange {
    /// The records that `selection` names.
    ///
    /// # Errors
    /// [`SelectError::StoredInFile`]: a committed offset is known to a cluster only.
    pub fn new(selection: &Selection) -> Result<Self, SelectError> {
        if selection.from == Position::Stored {
            return Err(SelectError::StoredInFile);
        }
        Ok(Self {
            from: selection.from,
            to: selection.to,
            partitions: selection.partitions.clone(),
            offsets: selection.offsets.clone(),
            first: BTreeMap::new(),
        })
    }

    /// Whether `record` is selected. Each record has to be offered once, in the order of the file.
    pub fn holds(&mut self, record: &Record<'_>) -> bool {
        if let Some(offsets) = &self.offsets {
            return offsets.iter().any(|range| {
                range.partition == record.partition
                    && range.start.is_none_or(|start| start <= record.offset)
                    && range.end.is_none_or(|end| record.offset < end)
            });
        }
        if self
            .partitions
            .as_ref()
            .is_some_and(|set| !set.contains(record.partition))
        {
            return false;
        }
        let mut earliest = 0;
        if matches!(self.from, Position::AfterEarliest(_))
            || matches!(self.to, Some(Position::AfterEarliest(_)))
        {
            let partition = TopicPartition::new(record.topic, record.partition);
            earliest = *self.first.entry(partition).or_insert(record.offset);
        }
        let offset = |position| match position {
            Position::Offset(offset) => Some(offset),
            Position::AfterEarliest(count) => {
                Some(earliest.saturating_add(i64::try_from(count).unwrap_or(i64::MAX)))
            }
            Position::Latest => Some(i64::MAX),
            _ => None,
        };
        offset(self.from).is_none_or(|from| from <= record.offset)
            && self.to.is_none_or(|to| {
                to != Position::Earliest && offset(to).is_none_or(|to| record.offset < to)
            })
    }
}
