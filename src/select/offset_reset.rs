//! A group's stored offset that lies outside of its partition's log.

use super::Note;
use crate::event::TopicPartition;

/// `auto.offset.reset`: where reading starts when the stored offset lies outside of the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OffsetReset {
    /// Nowhere: that is an error.
    #[default]
    Error,
    /// At the log start.
    Earliest,
    /// At the end.
    Latest,
}

/// A stored offset that is not one of the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{partition}: the stored offset {stored} {reason}")]
pub struct OutOfRange {
    /// The partition.
    pub partition: TopicPartition,
    /// The stored offset.
    pub stored: i64,
    /// Why it is none.
    pub reason: OutOfRangeReason,
}

impl OutOfRange {
    /// What has happened to the topic.
    #[must_use]
    pub fn cause(&self) -> &'static str {
        match self.reason {
            OutOfRangeReason::Recreated { .. } => "the topic was deleted and created again",
            OutOfRangeReason::Outside { end, .. } if self.stored > end => {
                "the topic was deleted and created again, or its log was truncated"
            }
            OutOfRangeReason::Outside { .. } => {
                "retention has deleted the records before the log start"
            }
        }
    }
}

/// Why a stored offset is not one of the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfRangeReason {
    /// Its number is too low or too high.
    #[error("lies outside of the log, which is {earliest} to {end}")]
    Outside {
        /// The log start.
        earliest: i64,
        /// The end of the log.
        end: i64,
    },
    /// It was stored for a topic of the same name that is deleted.
    #[error("is of the deleted topic with topic id {old}; the topic that is there now has {new}")]
    Recreated {
        /// The id of the topic that it was stored for.
        old: String,
        /// The id of the topic that is there now.
        new: String,
    },
}

impl OffsetReset {
    /// Where reading starts in `partition`, whose log is `earliest..end`, when the group has stored
    /// `stored`; with a note when that is not the stored offset.
    ///
    /// # Errors
    /// The stored offset lies outside of the log, and nothing says where to start instead.
    pub fn start(
        self,
        partition: &TopicPartition,
        stored: i64,
        (earliest, end): (i64, i64),
    ) -> Result<(i64, Option<Note>), OutOfRange> {
        if (earliest..=end).contains(&stored) {
            return Ok((stored, None));
        }
        let out_of_range = OutOfRange {
            partition: partition.clone(),
            stored,
            reason: OutOfRangeReason::Outside { earliest, end },
        };
        self.start_instead(out_of_range, (earliest, end))
    }

    /// Where reading starts in the log `earliest..end` instead of at a stored offset that is not one
    /// of it.
    ///
    /// # Errors
    /// Nothing says where.
    pub fn start_instead(
        self,
        stored: OutOfRange,
        (earliest, end): (i64, i64),
    ) -> Result<(i64, Option<Note>), OutOfRange> {
        let start = match self {
            Self::Error => return Err(stored),
            Self::Earliest => earliest,
            Self::Latest => end,
        };
        Ok((start, Some(Note::Reset(stored, start))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(reset: OffsetReset, stored: i64) -> Result<(i64, Option<String>), String> {
        let partition = TopicPartition::new("orders", 3);
        let start = reset.start(&partition, stored, (10, 20));
        start
            .map(|(start, note)| (start, note.map(|note| note.to_string())))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_stored_offset_within_the_log_is_where_reading_starts() {
        for reset in [
            OffsetReset::Error,
            OffsetReset::Earliest,
            OffsetReset::Latest,
        ] {
            for stored in [10, 15, 20] {
                assert_eq!(start(reset, stored), Ok((stored, None)));
            }
        }
    }

    #[test]
    fn a_stored_offset_outside_of_the_log_is_an_error_unless_a_reset_is_asked_for() {
        assert_eq!(
            start(OffsetReset::Error, 21).unwrap_err(),
            "orders/3: the stored offset 21 lies outside of the log, which is 10 to 20"
        );
        assert!(start(OffsetReset::Error, 9).is_err());
        for (stored, reset, right) in [
            (21, OffsetReset::Earliest, 10),
            (21, OffsetReset::Latest, 20),
            (9, OffsetReset::Earliest, 10),
            (9, OffsetReset::Latest, 20),
        ] {
            let (start, note) = start(reset, stored).unwrap();
            assert_eq!(start, right, "{stored} {reset:?}");
            let note = note.unwrap();
            assert!(
                note.ends_with(&format!("reading starts at {right}")),
                "{note}"
            );
        }
    }
}
