//! The timestamp that a replayed record is written with (`--timestamps`).

/// What was typed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Timestamps {
    /// The timestamp that the record has.
    #[default]
    Original,
    /// The time of writing.
    Now,
    /// The record's, moved so that the first one of the replay becomes the replay's start.
    Shift,
}

/// `--timestamps` that is none of its words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a way to stamp records: original, now or shift")]
pub struct TimestampsError(String);

impl Timestamps {
    /// Parses `original`, `now` or `shift`.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(text: &str) -> Result<Self, TimestampsError> {
        match text {
            "original" => Ok(Self::Original),
            "now" => Ok(Self::Now),
            "shift" => Ok(Self::Shift),
            _ => Err(TimestampsError(text.to_owned())),
        }
    }
}

/// What is written, decided once: it has to be the same again after a resume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamping {
    /// The timestamp that the record has.
    Original,
    /// The time of writing.
    Now,
    /// The record's timestamp and so many milliseconds, which may be negative.
    Shift(i64),
}

impl Stamping {
    /// What `typed` means when the timestamp `base_ms` becomes `start_ms`.
    #[must_use]
    pub fn new(typed: Timestamps, base_ms: i64, start_ms: i64) -> Self {
        match typed {
            Timestamps::Original => Self::Original,
            Timestamps::Now => Self::Now,
            Timestamps::Shift => Self::Shift(start_ms.saturating_sub(base_ms)),
        }
    }

    /// The timestamp to write; -1 is the time of writing, which a record that has none gets as
    /// well. Times before 1970 are times like others.
    #[must_use]
    pub fn stamp(self, timestamp: i64) -> i64 {
        match self {
            Self::Now => -1,
            _ if timestamp == -1 => -1,
            Self::Original => timestamp,
            Self::Shift(by) => timestamp.saturating_add(by).max(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_keep_lose_or_move_their_timestamps() {
        let stamps = |typed| {
            let stamping = Stamping::new(typed, 1_000, 50_000);
            [1_000, 1_250, 900, -1].map(|timestamp| stamping.stamp(timestamp))
        };
        assert_eq!(stamps(Timestamps::Original), [1_000, 1_250, 900, -1]);
        assert_eq!(Stamping::Original.stamp(-86_400_000), -86_400_000);
        assert_eq!(Stamping::Shift(50_000).stamp(-10_000), 40_000);
        assert_eq!(Stamping::Now.stamp(-86_400_000), -1);
        assert_eq!(stamps(Timestamps::Now), [-1; 4]);
        assert_eq!(stamps(Timestamps::Shift), [50_000, 50_250, 49_900, -1]);
    }

    #[test]
    fn a_shift_never_leaves_the_times_there_are() {
        assert_eq!(Stamping::Shift(-10).stamp(5), 0);
        assert_eq!(Stamping::Shift(i64::MAX).stamp(5), i64::MAX);
        assert_eq!(
            Stamping::new(Timestamps::Shift, i64::MIN, 1),
            Stamping::Shift(i64::MAX)
        );
    }

    #[test]
    fn words_are_parsed() {
        for (word, typed) in [
            ("original", Timestamps::Original),
            ("now", Timestamps::Now),
            ("shift", Timestamps::Shift),
        ] {
            assert_eq!(Timestamps::parse(word), Ok(typed));
        }
        assert_eq!(
            Timestamps::parse("keep").unwrap_err().to_string(),
            "\"keep\" is not a way to stamp records: original, now or shift"
        );
    }
}
