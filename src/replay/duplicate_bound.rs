//! Records that the targets hold twice: an earlier run wrote them after the checkpoint that this run
//! resumes from.

/// An upper bound of their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DuplicateBound {
    /// The earlier run writes nothing more.
    Final(u64),
    /// The earlier run may still write: nothing tells that it has ended.
    Open {
        /// The sum of the targets' end offsets at its checkpoint.
        ends: i64,
        /// What others than this run have written since.
        count: u64,
        /// Whether the earlier run has ended: what it had in flight arrives before the next
        /// checkpoint of this run.
        has_ended: bool,
    },
    /// The checkpoint does not tell where the targets ended.
    Unknown,
}

impl DuplicateBound {
    /// The bound at the start of a run: at the checkpoint the targets ended at `kept`, now they end at
    /// `ends`.
    #[must_use]
    pub fn since(kept: i64, ends: i64, has_ended: bool) -> Self {
        Self::Open {
            ends: kept,
            count: growth(kept, ends),
            has_ended,
        }
    }

    /// The targets end at `ends` now, `own` records of this run included.
    pub fn observe(&mut self, ends: i64, own: u64) {
        let Self::Open {
            ends: kept,
            count,
            has_ended,
        } = self
        else {
            return;
        };
        *count = growth(*kept, ends).saturating_sub(own).max(*count);
        if *has_ended {
            *self = Self::Final(*count);
        }
    }

    /// Adds up to `more` records, of a member that was lost.
    pub fn add(&mut self, more: u64) {
        match self {
            Self::Final(count) => *count += more,
            Self::Open { ends, count, .. } => {
                *ends = ends.saturating_sub_unsigned(more);
                *count += more;
            }
            Self::Unknown => {}
        }
    }

    /// The number; `None` when it is not known.
    #[must_use]
    pub fn count(self) -> Option<u64> {
        match self {
            Self::Final(count) | Self::Open { count, .. } => Some(count),
            Self::Unknown => None,
        }
    }
}

/// Records that were added to targets which ended at `from` and end at `to` now.
#[must_use]
pub fn growth(from: i64, to: i64) -> u64 {
    to.saturating_sub(from).max(0).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_earlier_run_of_unknown_end_is_counted_until_the_last_checkpoint() {
        let mut bound = DuplicateBound::since(1_000, 1_300, false);
        assert_eq!(bound.count(), Some(300));
        // Each: the end of the targets, what this run has written, and the bound.
        for (ends, own, expected) in [
            (2_500, 500, 1_000),
            (4_000, 2_000, 1_000),
            (5_000, 2_900, 1_100),
            // Records of this run that were lost with a leader do not lower it.
            (4_900, 3_000, 1_100),
        ] {
            bound.observe(ends, own);
            assert_eq!(bound.count(), Some(expected), "{ends}");
        }
    }

    #[test]
    fn records_of_a_lost_member_are_added_and_stay() {
        let mut bounds = [
            DuplicateBound::Final(5),
            DuplicateBound::since(1_000, 1_300, false),
            DuplicateBound::Unknown,
        ];
        for (bound, expected) in bounds.iter_mut().zip([Some(45), Some(340), None]) {
            bound.add(40);
            assert_eq!(bound.count(), expected);
            bound.observe(1_400, 100);
            assert_eq!(bound.count(), expected);
        }
    }

    #[test]
    fn an_earlier_run_that_has_ended_is_counted_until_the_first_checkpoint() {
        let mut bound = DuplicateBound::since(1_000, 1_300, true);
        bound.observe(2_000, 600);
        assert_eq!(bound, DuplicateBound::Final(400));
        bound.observe(9_000, 700);
        assert_eq!(bound.count(), Some(400));
        let mut unknown = DuplicateBound::Unknown;
        unknown.observe(9_000, 700);
        assert_eq!(unknown.count(), None);
    }
}
