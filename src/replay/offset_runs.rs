//! Offsets of records since the last checkpoint, in little memory: almost all of them are
//! consecutive.

/// Ascending offsets, as runs without gaps.
#[derive(Clone, Debug, Default)]
pub struct OffsetRuns(Vec<(i64, i64)>);

impl OffsetRuns {
    /// Adds the next offset.
    pub fn push(&mut self, offset: i64) {
        match self.0.last_mut() {
            Some((_, end)) if *end == offset => *end += 1,
            _ => self.0.push((offset, offset + 1)),
        }
    }

    /// The number of offsets before `end`.
    #[must_use]
    pub fn before(&self, end: i64) -> u64 {
        let each = self.0.iter();
        let lengths = each.map(|(start, past)| (past.min(&end) - start).max(0));
        lengths.sum::<i64>().unsigned_abs()
    }

    /// Removes all offsets.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_before_any_other_are_counted() {
        let mut runs = OffsetRuns::default();
        [5, 6, 7, 10, 20, 21]
            .into_iter()
            .for_each(|offset| runs.push(offset));
        assert_eq!(runs.0.len(), 3);
        assert_eq!(
            [0, 5, 6, 8, 11, 21, 99].map(|end| runs.before(end)),
            [0, 0, 1, 3, 4, 5, 6]
        );
        runs.clear();
        assert_eq!(runs.before(99), 0);
    }
}
