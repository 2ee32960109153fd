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
        if timestamp == -1 {
            return self.from_ms.is_none();
        }
        self.from_ms.is_none_or(|from| from <= timestamp)
            && self.to_ms.is_none_or(|to| timestamp < to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_are_times_and_minus_one_is_none() {
        let window = |from_ms, to_ms| Window { from_ms, to_ms };
        for (window, inside) in [
            (window(None, None), [true; 4]),
            (window(Some(-86_400_000), None), [false, true, true, false]),
            (
                window(Some(-86_400_000), Some(0)),
                [false, true, false, false],
            ),
            (window(None, Some(-5)), [true, true, false, true]),
            (window(Some(0), None), [false, false, true, false]),
        ] {
            let times = [-86_400_001, -86_400_000, 0, -1];
            assert_eq!(
                times.map(|time| window.contains(time)),
                inside,
                "{window:?}"
            );
        }
    }
}
