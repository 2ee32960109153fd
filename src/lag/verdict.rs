//! What a partition's commits say about the group: does it get anywhere, and will it ever be done?

use super::Status;

/// Commits may pause for so long before they are missed, in milliseconds.
const LONGEST_PAUSE: i64 = 60_000;

/// A commit, and where the partition ended at that time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommitPoint {
    /// When, in milliseconds.
    pub at: i64,
    /// The offset that was committed.
    pub offset: i64,
    /// The end then; `None` when it is not known.
    pub end: Option<i64>,
}

/// A judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// OK, CATCHING_UP, SLOW, STALLED, STOPPED or REWOUND.
    pub status: Status,
    /// When the last commit was; `None` when there was none in the window.
    pub last_commit: Option<i64>,
    /// What led to it, where that is not plain.
    pub note: Option<String>,
}

/// Judges a partition with unread records by its `commits` of the window before `now`, oldest
/// first. `allowed` is a lag that may grow.
///
/// - REWOUND: the group was set back, and has not come as far again.
/// - STOPPED: no commit for more than three times the median gap, and more than a minute.
/// - STALLED: commits go on, always at the same offset.
/// - SLOW or CATCHING_UP: the lag at the commits grows, or falls (least squares over the window, not
///   Burrow's "never once decreases", which a single small step resets).
#[must_use]
pub fn verdict(commits: &[CommitPoint], lag: i64, allowed: i64, now: i64) -> Verdict {
    let Some(last) = commits.last() else {
        return Verdict {
            status: Status::Stopped,
            last_commit: None,
            note: Some("no commit in the window".to_owned()),
        };
    };
    let judged = |status, note| Verdict {
        status,
        last_commit: Some(last.at),
        note,
    };
    let rewind = rewound(commits);
    if let Some((from, to, false)) = rewind {
        let note = format!("set back from {from} to {to}, not recovered yet");
        return judged(Status::Rewound, Some(note));
    }
    let note =
        rewind.map(|(from, to, _)| format!("was set back from {from} to {to}, and recovered"));
    let pause = now - last.at;
    if pause > (3 * median_gap(commits)).max(LONGEST_PAUSE) {
        let note = format!("no commit for {} s", pause / 1_000);
        return judged(Status::Stopped, Some(note));
    }
    let moves = commits.iter().any(|commit| commit.offset != last.offset);
    if commits.len() > 1 && !moves {
        let note = format!("{} commits, all at {}", commits.len(), last.offset);
        return judged(Status::Stalled, Some(note));
    }
    let status = match slope(commits) {
        Some(slope) if slope > 0.0 && lag > allowed => Status::Slow,
        Some(slope) if slope < 0.0 => Status::CatchingUp,
        _ => Status::Ok,
    };
    judged(status, note)
}

/// Judges by two looks alone, `before` and `after`, `commits` and ends of each.
#[must_use]
pub fn verdict_of_two(before: CommitPoint, after: CommitPoint, memberless: bool) -> Verdict {
    let lag = |point: CommitPoint| point.end.map(|end| end - point.offset);
    let status = if after.offset < before.offset {
        Status::Rewound
    } else if after.offset == before.offset {
        if memberless {
            Status::Stopped
        } else {
            Status::Stalled
        }
    } else {
        match (lag(before), lag(after)) {
            (Some(before), Some(after)) if after > before => Status::Slow,
            (Some(before), Some(after)) if after < before => Status::CatchingUp,
            _ => Status::Ok,
        }
    };
    Verdict {
        status,
        last_commit: None,
        note: Some(format!(
            "by two looks {} s apart",
            (after.at - before.at) / 1_000
        )),
    }
}

/// The last time the group was set back: from, to, and whether it has come as far again.
fn rewound(commits: &[CommitPoint]) -> Option<(i64, i64, bool)> {
    let last = commits.last()?;
    commits
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] if b.offset < a.offset => Some((a.offset, b.offset, last.offset >= a.offset)),
            _ => None,
        })
        .next_back()
}

fn median_gap(commits: &[CommitPoint]) -> i64 {
    let mut gaps: Vec<i64> = commits
        .windows(2)
        .filter_map(|pair| match pair {
            [a, b] => Some(b.at - a.at),
            _ => None,
        })
        .collect();
    gaps.sort_unstable();
    gaps.get(gaps.len() / 2).copied().unwrap_or(0)
}

/// The slope of the lag over time, in records per millisecond; `None` with fewer than two points.
#[expect(
    clippy::cast_precision_loss,
    reason = "the sign of a slope needs no more than 52 bits"
)]
fn slope(commits: &[CommitPoint]) -> Option<f64> {
    let points: Vec<(f64, f64)> = commits
        .iter()
        .filter_map(|commit| {
            let lag = (commit.end? - commit.offset).max(0);
            Some(((commit.at - commits.first()?.at) as f64, lag as f64))
        })
        .collect();
    if points.len() < 2 {
        return None;
    }
    let count = points.len() as f64;
    let mean_x = points.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = points.iter().map(|(_, y)| y).sum::<f64>() / count;
    let covariance: f64 = points
        .iter()
        .map(|(x, y)| (x - mean_x) * (y - mean_y))
        .sum();
    let variance: f64 = points.iter().map(|(x, _)| (x - mean_x).powi(2)).sum();
    (variance > 0.0).then(|| covariance / variance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_000_000;

    /// A commit every 10 s up to now, of `(offset, end)`.
    fn commits(points: &[(i64, i64)]) -> Vec<CommitPoint> {
        let count = i64::try_from(points.len()).unwrap();
        (0..)
            .zip(points)
            .map(|(index, &(offset, end)): (i64, _)| CommitPoint {
                at: NOW - (count - 1 - index) * 10_000,
                offset,
                end: Some(end),
            })
            .collect()
    }

    fn status(points: &[(i64, i64)]) -> Status {
        verdict(&commits(points), 10, 0, NOW).status
    }

    #[test]
    fn lag_that_falls_catches_up_and_lag_that_grows_is_slow() {
        assert_eq!(
            status(&[(0, 100), (50, 120), (100, 140)]),
            Status::CatchingUp
        );
        assert_eq!(status(&[(0, 100), (50, 200), (100, 300)]), Status::Slow);
        assert_eq!(status(&[(0, 100), (50, 150), (100, 200)]), Status::Ok);
        // One good step does not hide that it grows, as it does in Burrow.
        assert_eq!(
            status(&[(0, 100), (50, 300), (250, 490), (260, 900)]),
            Status::Slow
        );
        let allowed = verdict(&commits(&[(0, 100), (50, 200)]), 10, 50, NOW);
        assert_eq!(allowed.status, Status::Ok);
    }

    #[test]
    fn commits_at_the_same_offset_are_stalled() {
        let stalled = verdict(&commits(&[(5, 10), (5, 20), (5, 30)]), 25, 0, NOW);
        assert_eq!(stalled.status, Status::Stalled);
        assert_eq!(stalled.note.as_deref(), Some("3 commits, all at 5"));
        assert_eq!(status(&[(5, 10)]), Status::Ok);
    }

    #[test]
    fn a_pause_of_three_gaps_and_a_minute_is_a_stop() {
        let at = |pause| verdict(&commits(&[(0, 9), (5, 9), (7, 9)]), 2, 0, NOW + pause).status;
        assert_ne!(at(59_000), Status::Stopped);
        assert_eq!(at(61_000), Status::Stopped);
        let rare: Vec<_> = commits(&[(0, 9), (5, 9), (7, 9)])
            .into_iter()
            .map(|commit| CommitPoint {
                at: NOW - (NOW - commit.at) * 10,
                ..commit
            })
            .collect();
        assert_ne!(verdict(&rare, 2, 0, NOW + 250_000).status, Status::Stopped);
        assert_eq!(verdict(&rare, 2, 0, NOW + 301_000).status, Status::Stopped);
        assert_eq!(verdict(&[], 2, 0, NOW).status, Status::Stopped);
    }

    #[test]
    fn a_group_that_was_set_back_is_rewound_until_it_has_recovered() {
        let back = verdict(
            &commits(&[(50, 100), (80, 110), (20, 120), (30, 130)]),
            100,
            0,
            NOW,
        );
        assert_eq!(back.status, Status::Rewound);
        assert_eq!(
            back.note.as_deref(),
            Some("set back from 80 to 20, not recovered yet")
        );
        let again = verdict(&commits(&[(80, 90), (20, 100), (95, 110)]), 15, 0, NOW);
        assert_ne!(again.status, Status::Rewound);
        assert_eq!(
            again.note.as_deref(),
            Some("was set back from 80 to 20, and recovered")
        );
    }

    #[test]
    fn two_looks_tell_as_much_as_they_can() {
        let at = |at, offset, end| CommitPoint {
            at,
            offset,
            end: Some(end),
        };
        let two = |after, memberless| verdict_of_two(at(0, 10, 100), after, memberless).status;
        assert_eq!(two(at(9_000, 10, 120), false), Status::Stalled);
        assert_eq!(two(at(9_000, 10, 120), true), Status::Stopped);
        assert_eq!(two(at(9_000, 20, 120), false), Status::Slow);
        assert_eq!(two(at(9_000, 50, 120), false), Status::CatchingUp);
        assert_eq!(two(at(9_000, 30, 120), false), Status::Ok);
        assert_eq!(two(at(9_000, 5, 120), false), Status::Rewound);
    }
}
