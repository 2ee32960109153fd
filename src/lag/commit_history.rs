//! The commits behind verdicts.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{CommitPoint, Verdict, verdict};
use crate::event::TopicPartition;

/// The most commits of a partition that are judged, spread over the window.
const COMMITS: usize = 20;

/// Commits by group and partition.
pub type GroupCommits = HashMap<String, BTreeMap<TopicPartition, Vec<CommitPoint>>>;

/// The commits of some groups in a window, oldest first.
#[derive(Debug, Default)]
pub struct CommitHistory {
    /// Why there are none; `None` when they were read, or nobody asked.
    pub refused: Option<String>,
    /// `None` when they were not read.
    commits: Option<GroupCommits>,
}

impl CommitHistory {
    /// Commits that were read, oldest first.
    #[must_use]
    pub fn new(commits: GroupCommits) -> Self {
        Self {
            refused: None,
            commits: Some(commits),
        }
    }

    /// Commits that could not be read.
    #[must_use]
    pub fn refused(why: String) -> Self {
        Self {
            refused: Some(why),
            commits: None,
        }
    }

    /// The verdict on a partition with `lag`; `None` when commits were not read.
    #[must_use]
    pub fn judge(&self, group: &str, at: &TopicPartition, lag: i64, now: i64) -> Option<Verdict> {
        let read = self.commits.is_some();
        read.then(|| verdict(self.commits(group, at), lag, 0, now))
    }

    /// The commits of a group in a partition, oldest first.
    #[must_use]
    pub fn commits(&self, group: &str, at: &TopicPartition) -> &[CommitPoint] {
        let of_group = self.commits.as_ref().and_then(|commits| commits.get(group));
        of_group
            .and_then(|partitions| partitions.get(at))
            .map_or(&[], Vec::as_slice)
    }

    /// Sorts by time; keeps the first, the last, and some in between. Those that go back stay.
    pub fn thin_out(commits: &mut GroupCommits) {
        for points in commits.values_mut().flat_map(BTreeMap::values_mut) {
            points.sort_by_key(|commit| commit.at);
            let (count, last) = (points.len(), points.len().saturating_sub(1));
            if count <= COMMITS {
                continue;
            }
            let back: HashSet<usize> = (points.windows(2).enumerate())
                .filter(|(_, pair)| matches!(pair, [a, b] if b.offset < a.offset))
                .flat_map(|(index, _)| [index, index + 1])
                .take(COMMITS)
                .collect();
            let every = count / COMMITS + 1;
            let mut index = 0;
            points.retain(|_| {
                let keep = index % every == 0 || index == last || back.contains(&index);
                index += 1;
                keep
            });
        }
    }
}
