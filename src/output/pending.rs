//! Records in the printer's buffer: which of them a write that failed half-way has written.

use crate::{
    event::{Record, TopicPartition},
    pipeline::Unwritten,
};

/// The records that were printed into a buffer since it was last written.
#[derive(Debug, Default)]
pub(super) struct Pending {
    /// The partitions seen so far, of the records that were written, too.
    partitions: Vec<TopicPartition>,
    records: Vec<PendingRecord>,
}

#[derive(Debug)]
struct PendingRecord {
    /// Index into the partitions.
    partition: usize,
    offset: i64,
    /// The length of the buffer with this record in it.
    end: usize,
}

impl Pending {
    /// Adds `record`, with which the buffer is `end` bytes long.
    pub(super) fn add(&mut self, record: &Record<'_>, end: usize) {
        let is_of =
            |at: &TopicPartition| at.partition == record.partition && *at.topic == *record.topic;
        // Runs of records of one partition are the rule.
        let last = self.records.last().map(|last| last.partition);
        let partition = last
            .filter(|&index| self.partitions.get(index).is_some_and(is_of))
            .or_else(|| self.partitions.iter().position(is_of))
            .unwrap_or_else(|| {
                let at = TopicPartition::new(record.topic, record.partition);
                self.partitions.push(at);
                self.partitions.len() - 1
            });
        self.records.push(PendingRecord {
            partition,
            offset: record.offset,
            end,
        });
    }

    /// Forgets the records that are whole within the first `bytes` of the buffer. A record that a
    /// form holds back is printed with a later one, and only written with it.
    pub(super) fn written(&mut self, bytes: usize) {
        let mut whole = self.records.partition_point(|record| record.end <= bytes);
        while whole > 0 && self.is_held_back(whole - 1) {
            whole -= 1;
        }
        self.records.drain(..whole);
    }

    /// Whether the record at `index` added nothing to the buffer.
    fn is_held_back(&self, index: usize) -> bool {
        let end = |index: usize| self.records.get(index).map_or(0, |record| record.end);
        end(index) == index.checked_sub(1).map_or(0, end)
    }

    /// Forgets all of them: the whole buffer is written.
    pub(super) fn clear(&mut self) {
        self.records.clear();
    }

    /// The records that are left.
    pub(super) fn unwritten(&self) -> Unwritten {
        let mut unwritten = Unwritten {
            records: self.records.len() as u64,
            ..Unwritten::default()
        };
        // The first of a partition is inserted last.
        for record in self.records.iter().rev() {
            if let Some(at) = self.partitions.get(record.partition) {
                unwritten.first.insert(at.clone(), record.offset);
            }
        }
        unwritten
    }
}
