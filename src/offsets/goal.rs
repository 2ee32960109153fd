//! Where a group is to be moved to in one partition.

use super::{Bounds, Move, Note};
use crate::event::{Commit, TopicPartition};

/// The offset that a partition is to be moved to, as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Goal {
    /// The first offset there is.
    Earliest,
    /// The end that readers see.
    Latest,
    /// An absolute offset.
    Offset(i64),
    /// So many offsets after the earliest.
    AfterEarliest(u64),
    /// The first record that is late enough; `None` when none is.
    Time(Option<i64>),
    /// So many offsets after what is committed; before it when negative.
    Shift(i64),
    /// What another group has committed, or a file holds.
    Copy(Commit),
}

/// Why a partition stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmoved {
    /// There is nothing that it could be moved relative to.
    #[error("nothing is committed that could be shifted")]
    NothingCommitted,
}

impl Goal {
    /// The move that leads there from `old`. Never beyond what the partition holds.
    ///
    /// # Errors
    /// There is none.
    pub fn reach(
        &self,
        at: TopicPartition,
        old: Option<Commit>,
        bounds: Bounds,
    ) -> Result<Move, Unmoved> {
        let committed = old.as_ref().map(|commit| commit.offset);
        let asked = match self {
            Self::Earliest => bounds.earliest,
            Self::Latest => bounds.latest,
            Self::Offset(offset) => *offset,
            Self::AfterEarliest(count) => bounds.earliest.saturating_add_unsigned(*count),
            Self::Time(found) => found.unwrap_or(bounds.latest),
            Self::Shift(count) => committed
                .ok_or(Unmoved::NothingCommitted)?
                .saturating_add(*count),
            Self::Copy(commit) => commit.offset,
        };
        let offset = asked.clamp(bounds.earliest, bounds.end.max(bounds.earliest));
        let note = match self {
            Self::Time(None) if bounds.earliest >= bounds.end => Some(Note::Empty),
            Self::Time(None) => Some(Note::NothingThatLate),
            _ if asked < offset => Some(Note::BeforeStart { asked }),
            _ if asked > offset => Some(Note::BeyondEnd { asked }),
            _ => None,
        };
        // The epoch and the note of a commit are true of its own offset only.
        let new = match self {
            Self::Copy(commit) if commit.offset == offset => commit.clone(),
            _ => Commit {
                offset,
                leader_epoch: None,
                metadata: String::new(),
            },
        };
        Ok(Move {
            at,
            old,
            new,
            bounds,
            note,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        earliest: 10,
        latest: 18,
        end: 20,
    };

    fn commit(offset: i64) -> Commit {
        Commit {
            offset,
            leader_epoch: Some(3),
            metadata: "by hand".to_owned(),
        }
    }

    fn reach(goal: &Goal, old: Option<i64>) -> (i64, Option<Note>) {
        let at = TopicPartition::new("orders", 0);
        let moved = goal.reach(at, old.map(commit), BOUNDS).unwrap();
        (moved.new.offset, moved.note)
    }

    #[test]
    fn every_goal_lies_within_what_there_is() {
        assert_eq!(reach(&Goal::Earliest, None), (10, None));
        assert_eq!(reach(&Goal::Latest, None), (18, None));
        assert_eq!(reach(&Goal::Offset(15), None), (15, None));
        assert_eq!(
            reach(&Goal::Offset(3), None),
            (10, Some(Note::BeforeStart { asked: 3 }))
        );
        assert_eq!(
            reach(&Goal::Offset(99), None),
            (20, Some(Note::BeyondEnd { asked: 99 }))
        );
        assert_eq!(reach(&Goal::AfterEarliest(4), None), (14, None));
        assert_eq!(reach(&Goal::Time(Some(12)), None), (12, None));
    }

    #[test]
    fn an_end_for_want_of_late_records_is_not_an_empty_partition() {
        assert_eq!(
            reach(&Goal::Time(None), None),
            (18, Some(Note::NothingThatLate))
        );
        let empty = Bounds {
            earliest: 7,
            latest: 7,
            end: 7,
        };
        let at = TopicPartition::new("orders", 0);
        let moved = Goal::Time(None).reach(at, None, empty).unwrap();
        assert_eq!((moved.new.offset, moved.note), (7, Some(Note::Empty)));
    }

    #[test]
    fn a_shift_needs_something_to_shift_and_stops_at_both_ends() {
        assert_eq!(reach(&Goal::Shift(-2), Some(15)), (13, None));
        assert_eq!(
            reach(&Goal::Shift(-9), Some(15)),
            (10, Some(Note::BeforeStart { asked: 6 }))
        );
        assert_eq!(
            reach(&Goal::Shift(i64::MAX), Some(15)),
            (20, Some(Note::BeyondEnd { asked: i64::MAX }))
        );
        let at = TopicPartition::new("orders", 0);
        assert_eq!(
            Goal::Shift(1).reach(at, None, BOUNDS),
            Err(Unmoved::NothingCommitted)
        );
    }

    #[test]
    fn a_copy_keeps_epoch_and_metadata_only_at_its_own_offset() {
        let copy = |offset| {
            let at = TopicPartition::new("orders", 0);
            Goal::Copy(commit(offset)).reach(at, None, BOUNDS).unwrap()
        };
        assert_eq!(copy(12).new, commit(12));
        let clamped = copy(5).new;
        assert_eq!((clamped.offset, clamped.leader_epoch), (10, None));
        assert_eq!(clamped.metadata, "");
    }
}
