//! Files answer the same questions as topics: positions, partitions, the last N.

use std::collections::{BTreeMap, VecDeque};

use crate::{
    event::{Record, RecordBuf, TopicPartition},
    pipeline::{Fault, Flow, Sink},
    select::{FileRange, SelectError, Selection},
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
    ) -> Result<Self, SelectError> {
        Ok(Self {
            range: FileRange::new(selection)?,
            sink,
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
