//! Merging partitions by time: a bounded k-way merge.

use std::{cmp::Reverse, collections::BinaryHeap};

/// Chooses the stream whose head comes next: earliest timestamp first, ties by the order in which
/// the streams were given (topic, then partition). Offsets within a stream are never reordered,
/// also where its timestamps go backwards.
#[derive(Debug, Default)]
pub struct Merge {
    heads: BinaryHeap<Reverse<(i64, usize)>>,
}

impl Merge {
    /// Stream `index` has a record with `timestamp` at its head.
    pub fn push(&mut self, timestamp: i64, index: usize) {
        self.heads.push(Reverse((timestamp, index)));
    }

    /// The stream to take one record from; push its next head afterwards.
    pub fn pop(&mut self) -> Option<usize> {
        self.heads.pop().map(|Reverse((_, index))| index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_earliest_head_comes_first_and_ties_keep_the_given_order() {
        let mut merge = Merge::default();
        merge.push(20, 0);
        merge.push(10, 2);
        merge.push(10, 1);
        assert_eq!(
            [merge.pop(), merge.pop(), merge.pop(), merge.pop()],
            [Some(1), Some(2), Some(0), None]
        );
    }
}
