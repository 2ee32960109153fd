//! What requests tell of topics: offsets, timestamps, sizes, configuration.

use std::sync::Arc;

use super::TopicConfig;

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSurvey {
    /// Its name.
    pub name: Arc<str>,
    /// Kafka's id of it; `None` when the broker is too old to tell.
    pub id: Option<String>,
    /// Whether it is Kafka's own, such as `__consumer_offsets`.
    pub internal: bool,
    /// Its partitions.
    pub partitions: Vec<PartitionSurvey>,
    /// `None` when it may not be seen.
    pub config: Option<TopicConfig>,
    /// Why the topic as a whole could not be asked.
    pub error: Option<String>,
    /// Whether it was deleted since it was named.
    pub gone: bool,
}

/// A partition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartitionSurvey {
    /// Its number.
    pub partition: i32,
    /// The broker that leads it; `None` while it has no leader.
    pub leader: Option<i32>,
    /// The leader's epoch; `None` when the broker is too old to tell.
    pub leader_epoch: Option<i32>,
    /// The brokers that hold a replica, the preferred leader first.
    pub replicas: Vec<i32>,
    /// The replicas that are in sync.
    pub in_sync: Vec<i32>,
    /// The replicas whose broker is down; empty also when the broker is too old to tell.
    pub offline: Vec<i32>,
    /// The log start offset; `None` when it is not known, see `error`. The same for the ends.
    pub start: Option<i64>,
    /// The high watermark.
    pub end: Option<i64>,
    /// The last stable offset; `None` also when not asked.
    pub stable_end: Option<i64>,
    /// The timestamp (ms) of the first record; `None` when there is none, it has no timestamp, or
    /// not asked. The same for the last one.
    pub first: Option<i64>,
    /// The largest timestamp (ms).
    pub last: Option<i64>,
    /// Bytes on the leader's disk; `None` when not known.
    pub size: Option<i64>,
    /// Bytes on the disks of all replicas; `None` when one of them is not known.
    pub size_of_all: Option<i64>,
    /// What was counted by reading; `None` when it was not read.
    pub counted: Option<CountedRecords>,
    /// Why it could not be asked.
    pub error: Option<String>,
    /// Whether it may be asked again: the leader has just moved, or is not ready yet.
    pub unsettled: bool,
}

/// The committed records of a partition, read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountedRecords {
    /// Their number.
    pub records: i64,
    /// The timestamp of the first one; `None` when there is none, or it has none.
    pub first: Option<i64>,
    /// The largest timestamp.
    pub last: Option<i64>,
}

/// The worst problem of a partition; later variants are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartitionStatus {
    /// None.
    Ok,
    /// It could not be asked.
    Error,
    /// A replica is not in sync.
    UnderReplicated,
    /// A replica's broker is down.
    OfflineReplicas,
    /// Producers with acks=all are refused.
    UnderMinIsr,
    /// It can be neither read nor written.
    NoLeader,
}

impl PartitionStatus {
    /// Its name in results.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Error => "error",
            Self::UnderReplicated => "under-replicated",
            Self::OfflineReplicas => "offline replicas",
            Self::UnderMinIsr => "under min isr",
            Self::NoLeader => "no leader",
        }
    }
}

impl TopicSurvey {
    /// Records of all partitions, or offsets where they were not counted; `None` when one of them is
    /// not known.
    #[must_use]
    pub fn records(&self) -> Option<i64> {
        self.sum(PartitionSurvey::records)
    }

    /// Bytes on the leaders' disks; `None` when one of them is not known.
    #[must_use]
    pub fn size(&self) -> Option<i64> {
        self.sum(|partition| partition.size)
    }

    /// Bytes on the disks of all replicas; `None` when one of them is not known.
    #[must_use]
    pub fn size_of_all(&self) -> Option<i64> {
        self.sum(|partition| partition.size_of_all)
    }

    fn sum(&self, of: impl Fn(&PartitionSurvey) -> Option<i64>) -> Option<i64> {
        if self.error.is_some() {
            return None;
        }
        self.partitions.iter().map(of).sum()
    }

    /// When the first record was written; `None` also when a partition could not be asked.
    #[must_use]
    pub fn first(&self) -> Option<i64> {
        self.of_all(|partition| partition.first).min()
    }

    /// When the last record was written; `None` also when a partition could not be asked.
    #[must_use]
    pub fn last(&self) -> Option<i64> {
        self.of_all(|partition| partition.last).max()
    }

    /// The known values; none when one of the partitions could not be asked.
    fn of_all(&self, of: impl Fn(&PartitionSurvey) -> Option<i64>) -> impl Iterator<Item = i64> {
        let complete = self.partitions.iter().all(|part| part.error.is_none());
        let known = self.partitions.iter().filter_map(of);
        known.filter(move |_| complete)
    }

    /// The effective value of a key; `None` when it may not be seen.
    #[must_use]
    pub fn configured(&self, key: &str) -> Option<&str> {
        self.config.as_ref()?.get(key)?.value.as_deref()
    }

    /// The effective value of a key as a number; `None` also when it is none.
    #[must_use]
    pub fn configured_number(&self, key: &str) -> Option<i64> {
        self.configured(key)?.parse().ok()
    }

    /// `min.insync.replicas`; `None` when it may not be seen.
    #[must_use]
    pub fn min_isr(&self) -> Option<i64> {
        self.configured_number("min.insync.replicas")
    }

    /// Whether there may be fewer records than [`TopicSurvey::records`] says.
    #[must_use]
    pub fn is_upper_bound(&self) -> bool {
        self.partitions.iter().any(PartitionSurvey::is_upper_bound)
    }

    /// The largest number of replicas that a partition has.
    #[must_use]
    pub fn replication(&self) -> Option<i64> {
        let replicas = self
            .partitions
            .iter()
            .map(|partition| partition.replicas.len());
        replicas.max().and_then(|count| i64::try_from(count).ok())
    }

    /// Takes the times of counted records: ListOffsets takes a transaction marker for a record.
    pub fn take_times(&mut self) {
        for partition in &mut self.partitions {
            if let Some(counted) = partition.counted {
                (partition.first, partition.last) = (counted.first, counted.last);
            }
        }
    }

    /// The first error, and the number of others; `None` when there is none.
    #[must_use]
    pub fn problem(&self) -> Option<String> {
        if let Some(error) = &self.error {
            return Some(error.clone());
        }
        let mut wrong = self.partitions.iter().filter_map(|partition| {
            let error = partition.error.as_deref()?;
            Some((partition.partition, error))
        });
        let (first, error) = wrong.next()?;
        let others = wrong.count();
        Some(match others {
            0 => format!("partition {first}: {error}"),
            _ => format!("partition {first} and {others} more: {error}"),
        })
    }
}

impl PartitionSurvey {
    /// Records, or the offsets between start and end where they were not counted.
    #[must_use]
    pub fn records(&self) -> Option<i64> {
        match self.counted {
            Some(counted) => Some(counted.records),
            None => Some((self.end? - self.start?).max(0)),
        }
    }

    /// Whether there may be fewer records than [`PartitionSurvey::records`] says.
    #[must_use]
    pub fn is_upper_bound(&self) -> bool {
        self.counted.is_none() && self.records() != Some(0)
    }

    /// Its worst problem; `min_isr` is the topic's `min.insync.replicas`.
    #[must_use]
    pub fn status(&self, min_isr: Option<i64>) -> PartitionStatus {
        let in_sync = i64::try_from(self.in_sync.len()).unwrap_or(i64::MAX);
        if self.leader.is_none() {
            PartitionStatus::NoLeader
        } else if min_isr.is_some_and(|least| in_sync < least) {
            PartitionStatus::UnderMinIsr
        } else if !self.offline.is_empty() {
            PartitionStatus::OfflineReplicas
        } else if self.in_sync.len() < self.replicas.len() {
            PartitionStatus::UnderReplicated
        } else if self.error.is_some() {
            PartitionStatus::Error
        } else {
            PartitionStatus::Ok
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn topic(leaders: &[Option<i32>]) -> TopicSurvey {
        let partitions = (0..)
            .zip(leaders)
            .map(|(partition, leader)| PartitionSurvey {
                partition,
                leader: *leader,
                error: leader.is_none().then(|| "no leader".to_owned()),
                ..PartitionSurvey::default()
            });
        TopicSurvey {
            name: Arc::from("orders"),
            id: None,
            internal: false,
            partitions: partitions.collect(),
            config: None,
            error: None,
            gone: false,
        }
    }

    #[test]
    fn a_sum_with_an_unknown_part_is_not_known() {
        let mut whole = topic(&[Some(1), Some(1)]);
        for (partition, end) in whole.partitions.iter_mut().zip([7, 5]) {
            (partition.start, partition.end) = (Some(2), Some(end));
        }
        assert_eq!((whole.records(), whole.problem()), (Some(8), None));
        assert!(whole.is_upper_bound(), "nobody counted");
        let counted = |records| {
            Some(CountedRecords {
                records,
                ..CountedRecords::default()
            })
        };
        whole.partitions[0].counted = counted(2);
        assert_eq!((whole.records(), whole.is_upper_bound()), (Some(5), true));
        whole.partitions[1].counted = counted(0);
        assert_eq!((whole.records(), whole.is_upper_bound()), (Some(2), false));

        let mut torn = topic(&[Some(1), None, None]);
        (torn.partitions[0].start, torn.partitions[0].end) = (Some(0), Some(9));
        assert_eq!(torn.records(), None);
        let problem = "partition 1 and 1 more: no leader";
        assert_eq!(torn.problem().as_deref(), Some(problem));
    }

    #[test]
    fn a_partitions_worst_problem_is_its_status() {
        use PartitionStatus::{NoLeader, OfflineReplicas, Ok, UnderMinIsr, UnderReplicated};
        let partition = |leader, in_sync: &[i32], offline: &[i32]| PartitionSurvey {
            leader,
            replicas: vec![1, 2, 3],
            in_sync: in_sync.to_vec(),
            offline: offline.to_vec(),
            ..PartitionSurvey::default()
        };
        for (leader, in_sync, offline, wanted) in [
            (Some(1), [1, 2, 3].as_slice(), [].as_slice(), Ok),
            (Some(1), &[1, 2], &[], UnderReplicated),
            (Some(1), &[1, 2], &[3], OfflineReplicas),
            (Some(1), &[1], &[2, 3], UnderMinIsr),
            (None, &[1], &[1], NoLeader),
        ] {
            assert_eq!(partition(leader, in_sync, offline).status(Some(2)), wanted);
        }
        let status = partition(Some(1), &[1], &[]).status(None);
        assert_eq!(status, UnderReplicated);
    }
}
