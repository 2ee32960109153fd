//! A window of time.

/// Record timestamps from `from_ms` (inclusive) to `to_ms` (exclusive), milliseconds since the
/// epoch; `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Window {
    /// The first timestamp inside.
    pub from_ms: Option<i64>,
    /// The first timestamp after it.
    pub to_ms: Option<i64>,
}

impl Window {
    /// Whether a record with this timestamp lies inside. One without a timestamp (-1) lies in no
    /// window that has a start.
    #[must_use]
    pub fn contains(&self, timestamp: i64) -> bool {
        self.from_ms.is_none_or(|from| from <= timestamp)
            && self.to_ms.is_none_or(|to| timestamp < to)
    }
}
