//! Why a partition's offsets are not known, or not changed.

/// Why nothing is known of a partition, or nothing was done to it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct PartitionError {
    /// Of several errors the least kind is reported.
    pub kind: PartitionErrorKind,
    /// The cause in words.
    pub text: String,
}

/// The kind of a [`PartitionError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartitionErrorKind {
    /// Nobody answered, or the user may not ask.
    Unreachable,
    /// The topic, the partition or the offset does not exist.
    NotFound,
    /// The change was sent, and is not there.
    Lost,
    /// A member of the group is in the way.
    Refused,
}

impl PartitionError {
    /// An error of `kind`.
    pub fn new(kind: PartitionErrorKind, text: impl Into<String>) -> Self {
        Self {
            kind,
            text: text.into(),
        }
    }
}
