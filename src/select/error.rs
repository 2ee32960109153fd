//! What cannot be understood, or contradicts itself, in a selection.

use super::Position;

/// A selection that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectError {
    /// A position that none of the grammar's forms fits.
    #[error("{0:?} is not a position")]
    Position(String),
    /// A duration without its sign (`2h`): a while ago is `-2h`.
    #[error("{0:?} is a duration, not a position")]
    While(String),
    /// `@` with a number that is neither seconds, milliseconds nor nanoseconds.
    #[error("{0:?} has {1} digits: a timestamp has 10 (s), 13 (ms) or 19 (ns)")]
    TimestampDigits(String, usize),
    /// A date or a time that the calendar does not have.
    #[error("{0:?} is not a date or time")]
    Time(String),
    /// A time zone that this machine does not know.
    #[error("{0:?} is not a time zone")]
    TimeZone(String),
    /// Something in `-p` that is neither a number nor a range of numbers.
    #[error("{0:?} is not a list of partitions such as 0,3-5")]
    Partitions(String),
    /// Something in `--offsets` that is not `PARTITION:START..END`.
    #[error("{0:?} is not a list of offsets such as 0:100..200,3:7..")]
    Offsets(String),
    /// `--offsets` that names a partition twice.
    #[error("partition {0} is named twice")]
    PartitionTwice(i32),
    /// The end lies before the start.
    #[error("the end {to} lies before the start {from}")]
    EndBeforeStart {
        /// Where reading would start.
        from: Position,
        /// Where it would end.
        to: Position,
    },
    /// `--to -100`: an end cannot be counted back from the end.
    #[error("{0} cannot be an end")]
    NoEnd(Position),
    /// `--from stored` with a capture file.
    #[error("--from stored: a file has no group")]
    StoredInFile,
    /// A pattern of names that is none.
    #[error("{0:?} is not a pattern of names such as orders-*: {1}")]
    Glob(String, String),
    /// A partition that the topic does not have.
    #[error("topic {topic:?} has no partition {partition}, it has {count}")]
    NoSuchPartition {
        /// The topic.
        topic: String,
        /// The partition that was asked for.
        partition: i32,
        /// How many the topic has.
        count: i32,
    },
}
