//! The last N records of a source that is read to its end.

use std::collections::{BTreeMap, VecDeque};

use super::{Fault, Flow, Sink};
use crate::event::{Record, RecordBuf, TopicPartition};

/// The scope of "the last N records".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastOf {
    /// The last records of each partition.
    EachPartition,
    /// The last records of the whole source.
    All,
}

/// Holds back the last `count` records of a source whose end is not known before it comes. Memory
/// is bounded by `count` records per scope.
pub struct LastRecords {
    of: LastOf,
    count: usize,
    kept: BTreeMap<Option<TopicPartition>, VecDeque<(u64, RecordBuf)>>,
    seen: u64,
}

impl LastRecords {
    /// Holds back `count` records.
    #[must_use]
    pub fn new(of: LastOf, count: u64) -> Self {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        Self {
            of,
            count,
            kept: BTreeMap::new(),
            seen: 0,
        }
    }

    /// Passes on what was held back, in the order of the source.
    ///
    /// # Errors
    /// What `sink` failed with.
    pub fn release(self, sink: &mut dyn Sink) -> Result<Flow, Fault> {
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

impl Sink for LastRecords {
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
