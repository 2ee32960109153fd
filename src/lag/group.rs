//! A group as the sum of its partitions.

use std::sync::Arc;

use super::{GroupLag, PartitionLag, Status};
use crate::{
    codec::text::counted,
    event::{GroupDescription, GroupType},
};

/// What is known of a group beside its partitions.
#[derive(Clone, Debug)]
pub struct GroupFacts {
    /// Its name.
    pub name: Arc<str>,
    /// Its protocol.
    pub kind: GroupType,
    /// Its state as Kafka names it.
    pub state: String,
    /// The broker that coordinates it.
    pub coordinator: i32,
    /// How many members it has; `None` when that could not be asked.
    pub members: Option<usize>,
}

impl From<&GroupDescription> for GroupFacts {
    fn from(group: &GroupDescription) -> Self {
        Self {
            name: group.listing.name.clone(),
            kind: group.listing.kind,
            state: group.listing.state.clone(),
            coordinator: group.listing.coordinator,
            members: group.members.as_ref().map(Vec::len),
        }
    }
}

/// Whether partitions that count for nothing are counted all the same.
type IncludeAbandoned = bool;

/// The row of a group. Abandoned partitions and deleted topics are left out of the sums, unless
/// abandoned ones are to be included; partitions of unknown lag are counted, not guessed.
#[must_use]
pub fn group_lag(
    facts: GroupFacts,
    partitions: Vec<PartitionLag>,
    include_abandoned: IncludeAbandoned,
) -> GroupLag {
    let counted = || {
        partitions
            .iter()
            .filter(|row| row.counts() || (include_abandoned && row.status == Status::Abandoned))
    };
    let unknown_partitions = counted().filter(|row| row.lag.is_none()).count();
    let lag = sum(counted().map(|row| row.lag));
    let bound =
        |of: fn(&PartitionLag) -> Option<i64>| sum(counted().map(|row| row.lag.or(of(row))));
    let blocked =
        counted().any(|row| !row.is_drained() && row.lag.is_some() && row.eta_s.is_none());
    let status = (counted().map(|row| row.status))
        .max_by_key(|status| status.severity())
        .or_else(|| {
            partitions
                .iter()
                .map(|row| row.status)
                .max_by_key(|status| status.severity())
        })
        .unwrap_or(Status::NoCommit);
    GroupLag {
        status,
        lag,
        lag_is_upper_bound: counted().any(|row| row.lag_is_upper_bound),
        if_earliest: bound(|row| row.if_earliest),
        if_latest: bound(|row| row.if_latest),
        time_lag_ms: age(counted()),
        span_ms: counted().filter_map(|row| row.span_ms).max(),
        lost: sum(counted().map(|row| row.lost)),
        eta_s: (!blocked)
            .then(|| counted().filter_map(|row| row.eta_s).max_by(f64::total_cmp))
            .flatten(),
        partition_count: counted().count(),
        unknown_partitions,
        reasons: reasons(&partitions),
        group: facts.name,
        kind: Some(facts.kind),
        state: Some(facts.state),
        coordinator: Some(facts.coordinator),
        members: facts.members,
        partitions,
    }
}

/// The age of the oldest unread record, of what is known; `None` rather than nothing at all when a
/// partition has records of an age that was not looked up.
fn age<'r>(rows: impl Iterator<Item = &'r PartitionLag> + Clone) -> Option<i64> {
    let oldest = rows.clone().filter_map(|row| row.time_lag_ms).max();
    let mut unknown = rows.filter(|row| row.time_lag_ms.is_none() && !row.is_drained());
    oldest.filter(|oldest| *oldest > 0 || unknown.next().is_none())
}

/// The sum of what is known; `None` when nothing is.
fn sum(numbers: impl Iterator<Item = Option<i64>>) -> Option<i64> {
    numbers.flatten().fold(None, |sum: Option<i64>, number| {
        Some(sum.unwrap_or(0).saturating_add(number))
    })
}

/// What is not well, worst first: `DATA_LOST on 2 of 12 partitions (first orders/3): 60 offsets`.
fn reasons(partitions: &[PartitionLag]) -> Vec<String> {
    if partitions.is_empty() {
        return vec!["NO_COMMIT: no offset is committed".to_owned()];
    }
    let mut statuses: Vec<Status> = Vec::new();
    for row in partitions {
        if row.status.is_problem() && !statuses.contains(&row.status) {
            statuses.push(row.status);
        }
    }
    statuses.sort_by_key(|status| std::cmp::Reverse(status.severity()));
    statuses
        .into_iter()
        .map(|status| {
            let rows: Vec<_> = partitions
                .iter()
                .filter(|row| row.status == status)
                .collect();
            let first = rows
                .first()
                .map(|row| format!("{}/{}", row.topic, row.partition))
                .unwrap_or_default();
            let detail = match status {
                Status::DataLost => sum(rows.iter().map(|row| row.lost))
                    .map(|lost| format!(": {} removed unread", counted(lost, "offset"))),
                Status::TxnBlocked => sum(rows.iter().map(|row| row.txn_records)).map(|offsets| {
                    format!(
                        ": {} behind an open transaction",
                        counted(offsets, "offset")
                    )
                }),
                Status::NoCommit => sum(rows.iter().map(|row| row.if_earliest)).map(|offsets| {
                    format!(
                        ": {} if read from the beginning",
                        counted(offsets, "offset")
                    )
                }),
                _ => rows
                    .first()
                    .and_then(|row| row.notes.first())
                    .map(|note| format!(": {note}")),
            };
            format!(
                "{} on {} of {} (first {first}){}",
                status.name(),
                rows.len(),
                counted(partitions.len(), "partition"),
                detail.unwrap_or_default()
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group() -> GroupFacts {
        GroupFacts {
            name: Arc::from("billing"),
            kind: GroupType::Classic,
            state: "Stable".to_owned(),
            coordinator: 1,
            members: Some(2),
        }
    }

    fn row(partition: i32, status: Status, lag: Option<i64>) -> PartitionLag {
        PartitionLag {
            lag,
            ..PartitionLag::new(Arc::from("orders"), partition, status)
        }
    }

    #[test]
    fn partitions_without_a_commit_are_counted_and_bounded() {
        let mut partitions: Vec<_> = (0..5).map(|p| row(p, Status::Ok, Some(2))).collect();
        partitions.extend((5..25).map(|p| PartitionLag {
            if_earliest: Some(10),
            if_latest: Some(0),
            ..row(p, Status::NoCommit, None)
        }));
        let group = group_lag(group(), partitions, false);
        assert_eq!(group.lag, Some(10));
        assert_eq!((group.if_latest, group.if_earliest), (Some(10), Some(210)));
        assert_eq!((group.partition_count, group.unknown_partitions), (25, 20));
        assert_eq!(group.status, Status::NoCommit);
        assert_eq!(
            group.reasons,
            [
                "NO_COMMIT on 20 of 25 partitions (first orders/5): 200 offsets if read from the beginning"
            ]
        );
    }

    #[test]
    fn abandoned_topics_and_deleted_ones_are_out_of_the_sums() {
        let partitions = vec![
            row(0, Status::Ok, Some(1)),
            row(1, Status::Abandoned, Some(100)),
            row(2, Status::TopicGone, None),
        ];
        let without = group_lag(group(), partitions.clone(), false);
        assert_eq!((without.lag, without.unknown_partitions), (Some(1), 0));
        assert_eq!(without.status, Status::Ok);
        let with = group_lag(group(), partitions, true);
        assert_eq!(with.lag, Some(101));
    }

    #[test]
    fn one_partition_that_does_not_drain_leaves_the_group_without_an_eta() {
        let drains = PartitionLag {
            eta_s: Some(30.0),
            ..row(0, Status::CatchingUp, Some(300))
        };
        let soon = PartitionLag {
            eta_s: Some(5.0),
            ..row(1, Status::CatchingUp, Some(5))
        };
        let done = PartitionLag {
            eta_s: Some(0.0),
            ..row(2, Status::Ok, Some(0))
        };
        let rows = vec![drains, soon, done];
        assert_eq!(group_lag(group(), rows.clone(), false).eta_s, Some(30.0));
        let mut stuck = rows;
        stuck.push(row(3, Status::Stalled, Some(1)));
        let group = group_lag(group(), stuck, false);
        assert_eq!(group.eta_s, None);
        assert_eq!(group.status, Status::Stalled);
    }

    #[test]
    fn an_age_that_was_not_looked_up_is_not_none_at_all() {
        let aged = |partition, lag, time_lag_ms| PartitionLag {
            time_lag_ms,
            ..row(partition, Status::Ok, Some(lag))
        };
        let age = |rows| group_lag(group(), rows, false).time_lag_ms;
        assert_eq!(age(vec![aged(0, 0, Some(0)), aged(1, 5, None)]), None);
        assert_eq!(age(vec![aged(0, 0, Some(0)), aged(1, 0, Some(0))]), Some(0));
        assert_eq!(age(vec![aged(0, 3, Some(70)), aged(1, 5, None)]), Some(70));
    }

    #[test]
    fn a_group_of_which_nothing_is_known_has_no_lag() {
        let rows = vec![row(0, Status::NoCommit, None), row(1, Status::Error, None)];
        let known = group_lag(group(), rows, false);
        assert_eq!((known.lag, known.time_lag_ms), (None, None));
        assert_eq!(known.status, Status::Error);
        let nothing = group_lag(group(), Vec::new(), false);
        assert_eq!((nothing.status, nothing.lag), (Status::NoCommit, None));
        assert_eq!(nothing.reasons, ["NO_COMMIT: no offset is committed"]);
    }
}
