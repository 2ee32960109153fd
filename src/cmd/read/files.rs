//! Files answer the same questions as topics: positions, partitions, the last N.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    event::{Record, RecordBuf, TopicPartition},
    failure::Failure,
    pipeline::{Fault, Flow, Sink},
    select::{PartitionOffsets, PartitionSet, Position, Selection},
};

/// Passes on the records of a file that lie within a selection.
pub(in crate::cmd) struct FileSelection<'s> {
    range: FileRange,
    sink: &'s mut dyn Sink,
}

impl<'s> FileSelection<'s> {
    /// Passes on to `sink`.
    ///
    /// # Errors
    /// What only a cluster can answer.
    pub(in crate::cmd) fn new(
        selection: &Selection,
        sink: &'s mut dyn Sink,
    ) -> Result<Self, Failure> {
        Ok(Self {
            range: FileRange::new(selection)?,
            sink,
        })
    }
}

/// Says which records of a file lie within a selection. Timestamps are the filter's.
pub(in crate::cmd) struct FileRange {
    from: Position,
    to: Option<Position>,
    partitions: Option<PartitionSet>,
    offsets: Option<Vec<PartitionOffsets>>,
    /// The first offset seen of each partition: what `earliest` is in a file.
    first: BTreeMap<TopicPartition, i64>,
}

impl FileRange {
    /// Understands `selection`.
    ///
    /// # Errors
    /// What only a cluster can answer.
    pub(in crate::cmd) fn new(selection: &Selection) -> Result<Self, Failure> {
        if selection.from == Position::Stored {
            return Err(Failure::usage("--from stored: a file has no group"));
        }
        Ok(Self {
            from: selection.from,
            to: selection.to,
            partitions: selection.partitions.clone(),
            offsets: selection.offsets.clone(),
            first: BTreeMap::new(),
        })
    }

    /// Whether `record`, which is asked about once and in its order, is meant.
    pub(in crate::cmd) fn holds(&mut self, record: &Record<'_>) -> bool {
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

impl Sink for FileSelection<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        if self.range.holds(record) {
            self.sink.record(record)
        } else {
            Ok(Flow::Continue)
        }
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        self.sink.idle()
    }
}

/// Whose last records are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cmd) enum LastOf {
    /// Those of each partition.
    EachPartition,
    /// Those of the whole file.
    All,
}

/// Holds back the last `count` records: a file is only known to end when it ends. Memory is
/// bounded by what was asked for.
pub(in crate::cmd) struct LastOnes {
    of: LastOf,
    count: usize,
    kept: BTreeMap<Option<TopicPartition>, VecDeque<(u64, RecordBuf)>>,
    seen: u64,
}

impl LastOnes {
    /// Holds back `count` records.
    pub(in crate::cmd) fn new(of: LastOf, count: u64) -> Self {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        Self {
            of,
            count,
            kept: BTreeMap::new(),
            seen: 0,
        }
    }

    /// Passes on what was held back, in the order of the file.
    pub(in crate::cmd) fn release(self, sink: &mut dyn Sink) -> Result<Flow, Fault> {
        let mut records: Vec<_> = self.kept.into_values().flatten().collect();
        records.sort_unstable_by_key(|(number, _)| *number);
        for (_, record) in records {
            if sink.record(&record.as_record())? == Flow::Stop {
                return Ok(Flow::Stop);
            }
        }
        sink.idle()
    }
}

impl Sink for LastOnes {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        let queue = match self.of {
            LastOf::All => None,
            LastOf::EachPartition => Some(TopicPartition::new(record.topic, record.partition)),
        };
        let kept = self.kept.entry(queue).or_default();
        kept.push_back((self.seen, RecordBuf::from(record)));
        if kept.len() > self.count {
            kept.pop_front();
        }
        self.seen += 1;
        Ok(Flow::Continue)
    }
}
