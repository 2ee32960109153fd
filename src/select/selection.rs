//! A selection as it was typed, understood once; [`Selection::resolve`] turns it into offsets.

use std::sync::Arc;

use super::{
    Assignment, Hidden, Note, OffsetReset, OutOfRange, PartitionOffsets, PartitionSet, Position,
    Range, SelectError, Window, crc32_partition, murmur2_partition,
};
use crate::event::TopicPartition;

/// Which offsets of which partitions are wanted. What is asked of each record is `filter`'s.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Where to start, inclusive.
    pub from: Position,
    /// Where to end, exclusive; `None` is the end of the partition.
    pub to: Option<Position>,
    /// Only these partitions; `None` is all of them.
    pub partitions: Option<PartitionSet>,
    /// Only these offsets, and only the partitions named here; stands instead of `from`, `to`
    /// and `partitions`.
    pub offsets: Option<Vec<PartitionOffsets>>,
    /// Only the partitions that this key can be in, by murmur2 or by CRC32.
    pub key_partition: Option<Vec<u8>>,
    /// Where to start when the group's offset lies outside of the log.
    pub reset: OffsetReset,
    /// Stop after so many records, counted over all partitions and after filtering. The loop's.
    pub limit: Option<u64>,
}

impl Default for Selection {
    fn default() -> Self {
        Self {
            from: Position::Earliest,
            to: None,
            partitions: None,
            offsets: None,
            key_partition: None,
            reset: OffsetReset::default(),
            limit: None,
        }
    }
}

/// One question about each of some partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The first offset there is.
    Earliest,
    /// The offset after the last one that the reader's isolation shows.
    Latest,
    /// The first offset whose timestamp is this (ms) or later; `None` when there is none.
    At(i64),
    /// The offset after the last one, whatever the reader's isolation.
    HighWatermark,
    /// The offset that the group has committed; `None` when it has not, or there is no group.
    Stored,
}

/// Whoever knows the offsets of a topic: a cluster, a capture file, a map in tests.
pub trait OffsetLookup {
    /// What can go wrong.
    type Error;

    /// Answers every question for every partition: one list per question, in the order asked,
    /// holding one answer per partition, in their order. All of it is asked at once, so that it
    /// costs one round trip.
    ///
    /// # Errors
    /// When any of the answers cannot be had.
    fn ask(
        &mut self,
        partitions: &[TopicPartition],
        questions: &[Ask],
    ) -> Result<Vec<Vec<Option<i64>>>, Self::Error>;
}

/// A selection that cannot be resolved.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError<E> {
    /// The selection asks for what the topic does not have.
    #[error(transparent)]
    Select(#[from] SelectError),
    /// The group's offset lies outside of the log.
    #[error(transparent)]
    OutOfRange(#[from] OutOfRange),
    /// The offsets could not be asked for.
    #[error(transparent)]
    Lookup(E),
}

/// A topic to resolve against: its name and how many partitions it has.
pub type Partitioned = (Arc<str>, i32);

impl Selection {
    /// Checks what can be checked without asking anybody.
    ///
    /// # Errors
    /// An end before its start, an end that cannot be one.
    pub fn check(&self) -> Result<(), SelectError> {
        use Position::{AfterEarliest, Earliest, Last, Latest, Offset, Time};
        let Some(to) = self.to else { return Ok(()) };
        let reversed = match (self.from, to) {
            (_, Last(_)) => return Err(SelectError::NoEnd(to)),
            (Offset(from), Offset(to)) | (Time { ms: from, .. }, Time { ms: to, .. }) => to < from,
            (AfterEarliest(from), AfterEarliest(to)) => to < from,
            (Latest, Earliest) => true,
            _ => false,
        };
        if reversed {
            return Err(SelectError::EndBeforeStart {
                from: self.from,
                to,
            });
        }
        Ok(())
    }

    /// What the user may have meant otherwise, each thing once.
    #[must_use]
    pub fn doubts(&self) -> Vec<String> {
        let positions = [Some(self.from), self.to];
        let mut doubts: Vec<String> = (positions.into_iter().flatten())
            .filter_map(|position| position.doubt())
            .collect();
        doubts.dedup();
        doubts
    }

    /// The window of time that records must lie in.
    #[must_use]
    pub fn window(&self) -> Window {
        if self.offsets.is_some() {
            return Window::default();
        }
        let ms = |position| match position {
            Position::Time { ms, .. } => Some(ms),
            _ => None,
        };
        Window {
            from_ms: ms(self.from),
            to_ms: self.to.and_then(ms),
        }
    }

    /// Turns the selection into absolute offsets, asking `lookup` once.
    ///
    /// The end of a window of time is the end of the partition: late records inside of the window
    /// may stand after the first one beyond it, and one record from the far future must hide
    /// nothing. Where no record is at or after the start, the range is empty at the end.
    ///
    /// # Errors
    /// [`Selection::check`], a partition that no topic has, and whatever `lookup` failed with.
    pub fn resolve<L: OffsetLookup>(
        &self,
        topics: &[Partitioned],
        lookup: &mut L,
    ) -> Result<Assignment, ResolveError<L::Error>> {
        self.check()?;
        let partitions = self.chosen(topics)?;
        let mut assignment = Assignment {
            window: self.window(),
            last: match self.from {
                Position::Last(count) if self.offsets.is_none() => Some(count),
                _ => None,
            },
            ..Assignment::default()
        };
        if partitions.is_empty() {
            return Ok(assignment);
        }
        let questions = self.questions();
        let answers = lookup
            .ask(&partitions, &questions)
            .map_err(ResolveError::Lookup)?;
        for (index, partition) in partitions.into_iter().enumerate() {
            let answer = |ask: Ask| {
                let asked = questions.iter().position(|question| *question == ask)?;
                *answers.get(asked)?.get(index)?
            };
            let range = self.range(&partition, answer, &mut assignment)?;
            assignment.ranges.push(range);
        }
        Ok(assignment)
    }

    /// The partitions to read, in the order of the topics.
    fn chosen(&self, topics: &[Partitioned]) -> Result<Vec<TopicPartition>, SelectError> {
        let mut chosen = Vec::new();
        for (topic, count) in topics {
            if let Some(partition) = self.missing(*count) {
                return Err(SelectError::NoSuchPartition {
                    topic: topic.to_string(),
                    partition,
                    count: *count,
                });
            }
            let wanted = (0..*count).filter(|partition| self.wants(*partition, *count));
            chosen
                .extend(wanted.map(|partition| TopicPartition::new(Arc::clone(topic), partition)));
        }
        Ok(chosen)
    }

    /// A partition that was named and that a topic with `count` partitions does not have.
    fn missing(&self, count: i32) -> Option<i32> {
        match &self.offsets {
            Some(list) => {
                let numbers = list.iter().map(|offsets| offsets.partition);
                numbers.filter(|partition| *partition >= count).min()
            }
            None => self.partitions.as_ref()?.missing(count),
        }
    }

    fn wants(&self, partition: i32, count: i32) -> bool {
        let named = match &self.offsets {
            Some(_) => self.offsets_of(partition).is_some(),
            None => self
                .partitions
                .as_ref()
                .is_none_or(|set| set.contains(partition)),
        };
        named
            && self.key_partition.as_ref().is_none_or(|key| {
                murmur2_partition(key, count) == Some(partition)
                    || crc32_partition(key, count) == Some(partition)
            })
    }

    fn offsets_of(&self, partition: i32) -> Option<&PartitionOffsets> {
        let list = self.offsets.as_ref()?;
        list.iter().find(|offsets| offsets.partition == partition)
    }

    /// Whether no offset ends the read of `partition`.
    fn reads_to_the_end(&self, partition: i32) -> bool {
        match self.offsets_of(partition) {
            Some(offsets) => offsets.end.is_none(),
            None => matches!(
                self.to,
                None | Some(Position::Latest | Position::Time { .. } | Position::Last(_))
            ),
        }
    }

    fn questions(&self) -> Vec<Ask> {
        let mut questions = vec![Ask::Earliest, Ask::Latest, Ask::HighWatermark];
        if self.offsets.is_none() {
            if let Position::Time { ms, .. } = self.from {
                questions.push(Ask::At(ms));
            }
            if self.from == Position::Stored || self.to == Some(Position::Stored) {
                questions.push(Ask::Stored);
            }
        }
        questions
    }

    /// The offsets of one partition; `answer` is what the lookup said about it.
    fn range(
        &self,
        partition: &TopicPartition,
        answer: impl Fn(Ask) -> Option<i64>,
        assignment: &mut Assignment,
    ) -> Result<Range, OutOfRange> {
        let notes = &mut assignment.notes;
        let earliest = answer(Ask::Earliest).unwrap_or(0);
        let latest = answer(Ask::Latest).unwrap_or(earliest).max(earliest);
        let high_watermark = answer(Ask::HighWatermark).unwrap_or(latest).max(latest);
        let after = |count: u64| earliest.saturating_add_unsigned(count);
        let (start, end) = match self.offsets_of(partition.partition) {
            Some(offsets) => (
                offsets.start.unwrap_or(earliest),
                offsets.end.unwrap_or(latest),
            ),
            None => (
                match self.from {
                    Position::Earliest | Position::Last(_) => earliest,
                    Position::Latest => latest,
                    Position::Offset(offset) => offset,
                    Position::AfterEarliest(count) => after(count),
                    Position::Time { ms, .. } => answer(Ask::At(ms)).unwrap_or(latest),
                    Position::Stored => match answer(Ask::Stored) {
                        Some(stored) => {
                            let log = (earliest, high_watermark);
                            let (start, note) = self.reset.start(partition, stored, log)?;
                            notes.extend(note);
                            start
                        }
                        None => {
                            notes.push(Note::NothingStored(partition.clone()));
                            earliest
                        }
                    },
                },
                match self.to {
                    Some(Position::Earliest) => earliest,
                    Some(Position::Offset(offset)) => offset,
                    Some(Position::AfterEarliest(count)) => after(count),
                    Some(Position::Stored) => answer(Ask::Stored).unwrap_or(earliest),
                    None | Some(Position::Latest | Position::Time { .. } | Position::Last(_)) => {
                        latest
                    }
                },
            ),
        };
        if self.from != Position::Stored {
            notes.extend(Note::outside(partition, start, (earliest, latest)));
        }
        if high_watermark > latest && (end > latest || self.reads_to_the_end(partition.partition)) {
            assignment.hidden.push(Hidden {
                partition: partition.clone(),
                from: latest,
                to: high_watermark,
            });
        }
        let start = start.clamp(earliest, latest);
        Ok(Range {
            topic: Arc::clone(&partition.topic),
            partition: partition.partition,
            start,
            end: end.clamp(start, latest),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::Zone;

    /// Each partition holds the offsets 10 to 19; partition 1's timestamps end before 5,000.
    #[derive(Default)]
    struct Map {
        stored: Option<i64>,
        calls: usize,
    }

    impl OffsetLookup for Map {
        type Error = std::convert::Infallible;

        fn ask(
            &mut self,
            partitions: &[TopicPartition],
            questions: &[Ask],
        ) -> Result<Vec<Vec<Option<i64>>>, Self::Error> {
            self.calls += 1;
            let answer = |ask: &Ask, partition: i32| match ask {
                Ask::Earliest => Some(10),
                Ask::Latest => Some(20),
                Ask::HighWatermark => Some(if partition == 0 { 20 } else { 23 }),
                Ask::At(_) if partition == 1 => None,
                Ask::At(ms) => Some(ms / 1_000),
                Ask::Stored => self.stored,
            };
            Ok(questions
                .iter()
                .map(|ask| {
                    partitions
                        .iter()
                        .map(|at| answer(ask, at.partition))
                        .collect()
                })
                .collect())
        }
    }

    fn topics() -> [Partitioned; 1] {
        [(Arc::from("orders"), 2)]
    }

    fn resolve(selection: &Selection) -> Assignment {
        selection.resolve(&topics(), &mut Map::default()).unwrap()
    }

    fn ranges(assignment: &Assignment) -> Vec<(i32, i64, i64)> {
        let range = |range: &Range| (range.partition, range.start, range.end);
        assignment.ranges.iter().map(range).collect()
    }

    fn from_to(from: Position, to: Option<Position>) -> Selection {
        Selection {
            from,
            to,
            ..Selection::default()
        }
    }

    fn time(ms: i64) -> Position {
        Position::Time {
            ms,
            zone: Zone::Stated,
        }
    }

    #[test]
    fn without_a_selection_everything_is_read_and_asked_for_once() {
        let mut map = Map::default();
        let assignment = Selection::default().resolve(&topics(), &mut map).unwrap();
        assert_eq!(ranges(&assignment), [(0, 10, 20), (1, 10, 20)]);
        assert_eq!(assignment.offsets(), 20);
        assert!(assignment.notes.is_empty());
        assert_eq!(map.calls, 1);
    }

    #[test]
    fn the_end_of_a_window_of_time_is_the_snapshotted_end() {
        let assignment = resolve(&from_to(time(13_000), Some(time(15_000))));
        assert_eq!(ranges(&assignment), [(0, 13, 20), (1, 20, 20)]);
        assert!(assignment.window.contains(13_000) && assignment.window.contains(14_999));
        assert!(!assignment.window.contains(15_000) && !assignment.window.contains(-1));
    }

    #[test]
    fn an_offset_that_retention_has_taken_is_clamped_and_said() {
        let assignment = resolve(&from_to(Position::Offset(5), Some(Position::Offset(12))));
        assert_eq!(ranges(&assignment), [(0, 10, 12), (1, 10, 12)]);
        assert_eq!(
            assignment.notes[0].to_string(),
            "orders/0: retention has taken the offsets 5 to 9, reading starts at 10"
        );
    }

    #[test]
    fn an_offset_beyond_the_end_gives_nothing_and_is_said() {
        let assignment = resolve(&from_to(Position::Offset(99), None));
        assert_eq!(assignment.offsets(), 0);
        assert_eq!(
            assignment.notes[1].to_string(),
            "orders/1: offset 99 lies beyond the end 20"
        );
    }

    #[test]
    fn counts_are_relative_to_earliest_and_to_the_end() {
        let assignment = resolve(&from_to(
            Position::AfterEarliest(3),
            Some(Position::AfterEarliest(5)),
        ));
        assert_eq!(ranges(&assignment)[0], (0, 13, 15));
        let assignment = resolve(&from_to(Position::Last(3), Some(Position::Offset(18))));
        assert_eq!(assignment.last, Some(3));
        assert_eq!(ranges(&assignment)[0], (0, 10, 18));
        let assignment = resolve(&from_to(Position::AfterEarliest(u64::MAX), None));
        assert_eq!(assignment.offsets(), 0);
    }

    #[test]
    fn stored_offsets_start_or_end_a_read() {
        let mut map = Map {
            stored: Some(14),
            calls: 0,
        };
        let start = from_to(Position::Stored, None)
            .resolve(&topics(), &mut map)
            .unwrap();
        assert_eq!(ranges(&start)[0], (0, 14, 20));
        let end = from_to(Position::Earliest, Some(Position::Stored));
        assert_eq!(
            ranges(&end.resolve(&topics(), &mut map).unwrap())[0],
            (0, 10, 14)
        );
        let nothing = resolve(&from_to(Position::Stored, None));
        assert_eq!(ranges(&nothing)[0], (0, 10, 20));
        assert_eq!(nothing.notes.len(), 2);
    }

    #[test]
    fn a_stored_offset_beyond_the_end_is_an_error_unless_a_reset_is_asked_for() {
        let stored = |reset| {
            let selection = Selection {
                reset,
                ..from_to(Position::Stored, None)
            };
            let mut map = Map {
                stored: Some(99),
                calls: 0,
            };
            selection.resolve(&topics(), &mut map)
        };
        assert!(stored(OffsetReset::Error).is_err());
        let earliest = stored(OffsetReset::Earliest).unwrap();
        assert_eq!(ranges(&earliest)[0], (0, 10, 20));
        assert_eq!(earliest.notes.len(), 2);
        assert_eq!(stored(OffsetReset::Latest).unwrap().offsets(), 0);
    }

    #[test]
    fn what_an_open_transaction_hides_is_told_unless_it_was_not_asked_for() {
        let hidden = |selection: &Selection| resolve(selection).hidden;
        let right = [Hidden {
            partition: TopicPartition::new("orders", 1),
            from: 20,
            to: 23,
        }];
        assert_eq!(hidden(&Selection::default()), right);
        let to = |to| from_to(Position::Earliest, Some(to));
        assert_eq!(hidden(&to(Position::Offset(22))), right);
        assert_eq!(hidden(&to(time(99_000))), right);
        assert!(hidden(&to(Position::Offset(15))).is_empty());
        assert!(hidden(&to(Position::Offset(20))).is_empty());
        let first = Selection {
            partitions: Some(PartitionSet::parse("0").unwrap()),
            ..Selection::default()
        };
        assert!(hidden(&first).is_empty());
    }

    #[test]
    fn an_end_before_its_start_is_an_error() {
        for (from, to) in [
            (Position::Offset(9), Position::Offset(8)),
            (time(2), time(1)),
            (Position::AfterEarliest(2), Position::AfterEarliest(1)),
            (Position::Earliest, Position::Last(5)),
        ] {
            assert!(from_to(from, Some(to)).check().is_err(), "{from} {to}");
        }
        assert_eq!(from_to(time(1), Some(time(1))).check(), Ok(()));
    }

    #[test]
    fn offsets_name_partitions_and_their_ranges() {
        let selection = Selection {
            offsets: Some(PartitionOffsets::parse_list("1:12..15").unwrap()),
            ..Selection::default()
        };
        assert_eq!(ranges(&resolve(&selection)), [(1, 12, 15)]);
    }

    #[test]
    fn a_partition_that_the_topic_does_not_have_is_an_error() {
        let selection = Selection {
            partitions: Some(PartitionSet::parse("0-7").unwrap()),
            ..Selection::default()
        };
        let error = selection
            .resolve(&topics(), &mut Map::default())
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "topic \"orders\" has no partition 2, it has 2"
        );
    }

    #[test]
    fn a_keys_partitions_are_those_of_both_partitioners() {
        let selection = Selection {
            key_partition: Some(b"order-17".to_vec()),
            ..Selection::default()
        };
        let many = [(Arc::from("orders"), 1_000)];
        let assignment = selection.resolve(&many, &mut Map::default()).unwrap();
        let read: Vec<i32> = assignment
            .ranges
            .iter()
            .map(|range| range.partition)
            .collect();
        let mut candidates = [
            murmur2_partition(b"order-17", 1_000).unwrap(),
            crc32_partition(b"order-17", 1_000).unwrap(),
        ];
        candidates.sort_unstable();
        assert_eq!(read, candidates);
    }
}
