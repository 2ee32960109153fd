//! Errors of inputs.

use crate::files::{CsvFileError, FileError, capture::CaptureError};

/// An input that cannot become records.
#[derive(Debug, thiserror::Error)]
pub enum InputError {
    /// The file cannot be opened or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is a capture file that was cut or changed.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// A record in it cannot be understood.
    #[error("{place}: {problem}")]
    Record {
        /// `FILE:LINE`
        place: String,
        /// What is wrong.
        problem: String,
    },
    /// A record names a partition that the topic does not have.
    #[error("{place}: {source}")]
    Partition {
        /// `FILE:LINE`
        place: String,
        /// Which, and which there are.
        source: NoSuchPartition,
    },
    /// A row of CSV cannot be understood.
    #[error(transparent)]
    Csv(#[from] CsvFileError),
}

/// A record's partition that the topic does not have.
#[derive(Clone, Debug, thiserror::Error)]
#[error("partition {partition}, and topic {topic:?} has the partitions 0 to {last}")]
pub struct NoSuchPartition {
    /// The partition that the record names.
    pub partition: i32,
    /// The topic.
    pub topic: String,
    /// The last partition that the topic has.
    pub last: i32,
}

impl NoSuchPartition {
    /// The error of the record at `place`.
    #[must_use]
    pub fn at(self, place: String) -> InputError {
        InputError::Partition {
            place,
            source: self,
        }
    }
}
