//! Burrow's own verdict, rule by rule (core/internal/evaluator/caching.go), for those who migrate
//! from it. Its faults are kept: ours is [`verdict`](super::verdict).

use super::CommitPoint;

/// How many commits Burrow keeps per partition (`intervals`).
pub const INTERVALS: usize = 10;

/// Burrow's word for a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BurrowStatus {
    /// Nothing is wrong.
    Ok,
    /// Lag never decreases.
    Warn,
    /// A group with a partition that stopped, stalls or was rewound.
    Err,
    /// No commit for longer than the window.
    Stop,
    /// The same offset again and again.
    Stall,
    /// An offset below the one before.
    Rewind,
}

impl BurrowStatus {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::Warn => "WARN",
            Self::Err => "ERR",
            Self::Stop => "STOP",
            Self::Stall => "STALL",
            Self::Rewind => "REWIND",
        }
    }

    /// What it makes of a group.
    #[must_use]
    pub fn of_group(self) -> Self {
        match self {
            Self::Ok | Self::Warn => self,
            Self::Err | Self::Stop | Self::Stall | Self::Rewind => Self::Err,
        }
    }
}

/// Evaluates a partition by its last commits, oldest first, and its end `now` in milliseconds.
#[must_use]
pub fn evaluate(commits: &[CommitPoint], end: i64, now: i64) -> BurrowStatus {
    let commits = commits
        .get(commits.len().saturating_sub(INTERVALS)..)
        .unwrap_or(commits);
    let (Some(first), Some(last)) = (commits.first(), commits.last()) else {
        return BurrowStatus::Ok;
    };
    if end - last.offset <= 0 {
        return BurrowStatus::Ok;
    }
    let lag = |commit: &CommitPoint| commit.end.map(|end| (end - commit.offset).max(0));
    let met = commits
        .iter()
        .any(|commit| commit.end.is_some_and(|end| end <= last.offset));
    if now - last.at > last.at - first.at && !met {
        return BurrowStatus::Stop;
    }
    if let Some(at) = commits
        .windows(2)
        .position(|pair| matches!(pair, [a, b] if b.offset < a.offset))
    {
        let before = commits.get(at).map_or(0, |commit| commit.offset);
        let mut later = commits.get(at + 1..).unwrap_or_default().iter();
        if !later.any(|commit| commit.offset >= before) {
            return BurrowStatus::Rewind;
        }
    }
    if commits.iter().any(|commit| lag(commit) == Some(0)) {
        return BurrowStatus::Ok;
    }
    if commits.iter().all(|commit| commit.offset == first.offset) {
        return BurrowStatus::Stall;
    }
    let lags: Vec<i64> = commits.iter().filter_map(lag).collect();
    if lags.windows(2).all(|pair| matches!(pair, [a, b] if b >= a)) {
        return BurrowStatus::Warn;
    }
    BurrowStatus::Ok
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    fn status(points: &[(i64, i64)], end: i64, pause: i64) -> BurrowStatus {
        let commits: Vec<_> = (0..)
            .zip(points)
            .map(|(index, &(offset, end)): (i64, _)| CommitPoint {
                at: NOW + index * 10_000,
                offset,
                end: Some(end),
            })
            .collect();
        let last = commits.last().map_or(NOW, |commit| commit.at);
        evaluate(&commits, end, last + pause)
    }

    #[test]
    fn each_rule_of_burrow_is_kept() {
        use BurrowStatus as S;
        assert_eq!(status(&[], 100, 0), S::Ok);
        assert_eq!(status(&[(0, 9), (9, 9)], 9, 99_999), S::Ok);
        assert_eq!(status(&[(0, 50), (10, 60)], 99, 10_001), S::Stop);
        assert_eq!(status(&[(0, 50), (10, 60)], 99, 9_000), S::Warn);
        assert_eq!(status(&[(40, 50), (10, 60)], 99, 9_000), S::Rewind);
        assert_eq!(status(&[(40, 50), (10, 60), (40, 70)], 99, 9_000), S::Ok);
        assert_eq!(status(&[(10, 50), (10, 60)], 99, 9_000), S::Stall);
        assert_eq!(status(&[(10, 10), (10, 60)], 99, 9_000), S::Ok);
        // A single decreasing sample suppresses the warning.
        assert_eq!(status(&[(0, 50), (10, 59), (11, 90)], 99, 9_000), S::Ok);
        // One commit only: the window is nothing, so it stopped at once.
        assert_eq!(status(&[(0, 50)], 99, 1), S::Stop);
    }

    #[test]
    fn a_group_is_as_bad_as_its_worst_partition() {
        assert_eq!(BurrowStatus::Stall.of_group().name(), "ERR");
        assert_eq!(BurrowStatus::Warn.of_group().name(), "WARN");
    }
}
