//! A report in the order of its series: each group, row and partition once.

use std::collections::BTreeMap;

use crate::lag::{GroupLag, LagReport, PartitionLag, Status};

/// The groups of a report and the partitions that they read.
pub(super) struct Rows<'a> {
    /// The cluster's id; an empty label is to Prometheus as good as none.
    pub(super) cluster: &'a str,
    /// By name.
    pub(super) groups: Vec<Group<'a>>,
    /// By topic and number, each once, however many groups read it.
    pub(super) partitions: Vec<Partition<'a>>,
}

/// A group with its rows.
pub(super) struct Group<'a> {
    pub(super) name: &'a str,
    pub(super) total: &'a GroupLag,
    /// By topic and number.
    pub(super) rows: Vec<Row<'a>>,
}

/// A partition as a group sees it.
pub(super) struct Row<'a> {
    pub(super) group: &'a str,
    pub(super) topic: &'a str,
    pub(super) partition: String,
    pub(super) lag: &'a PartitionLag,
    /// Whether it is in the group's sums.
    pub(super) is_counted: bool,
}

/// A topic as a group sees it: what is known of its partitions, summed up.
pub(super) struct Topic<'a> {
    pub(super) group: &'a str,
    pub(super) topic: &'a str,
    pub(super) lag: Option<i64>,
    pub(super) committed: Option<i64>,
}

/// A partition as it is, whoever reads it.
pub(super) struct Partition<'a> {
    pub(super) topic: &'a str,
    pub(super) partition: String,
    pub(super) low: Option<i64>,
    pub(super) stable_end: Option<i64>,
    pub(super) end: Option<i64>,
    /// Records behind an open transaction; `None` when there is none, or nobody looked.
    pub(super) blocked: Option<i64>,
}

impl<'a> Rows<'a> {
    pub(super) fn of(report: &'a LagReport) -> Self {
        let mut groups: BTreeMap<&str, &GroupLag> = BTreeMap::new();
        for group in &report.groups {
            groups.entry(&group.group).or_insert(group);
        }
        Self {
            cluster: report.cluster_id.as_deref().unwrap_or_default(),
            groups: groups.into_values().map(Group::of).collect(),
            partitions: partitions(report),
        }
    }

    /// The rows of all groups.
    pub(super) fn all(&self) -> impl Iterator<Item = &Row<'a>> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// The topics of all groups.
    pub(super) fn topics(&self) -> impl Iterator<Item = Topic<'a>> {
        self.groups.iter().flat_map(Group::topics)
    }
}

impl<'a> Group<'a> {
    fn of(total: &'a GroupLag) -> Self {
        let mut found: Vec<&PartitionLag> = total.partitions.iter().collect();
        found.sort_by_key(|row| (&row.topic, row.partition));
        found.dedup_by_key(|row| (&row.topic, row.partition));
        // The sums may include abandoned partitions; only the number of partitions tells.
        let is_there = |row: &&&PartitionLag| row.status != Status::TopicGone;
        let with_abandoned = found.iter().filter(is_there).count() == total.partition_count;
        let row = |lag: &'a PartitionLag| Row {
            group: &total.group,
            topic: &lag.topic,
            partition: lag.partition.to_string(),
            lag,
            is_counted: lag.counts() || (with_abandoned && lag.status == Status::Abandoned),
        };
        Self {
            name: &total.group,
            total,
            rows: found.into_iter().map(row).collect(),
        }
    }

    /// The largest lag of a partition.
    pub(super) fn max_lag(&self) -> Option<i64> {
        self.counted().filter_map(|row| row.lag.lag).max()
    }

    fn counted(&self) -> impl Iterator<Item = &Row<'a>> {
        self.rows.iter().filter(|row| row.is_counted)
    }

    fn topics(&self) -> impl Iterator<Item = Topic<'a>> {
        self.rows
            .chunk_by(|one, other| one.topic == other.topic)
            .filter_map(|rows| {
                let first = rows.first()?;
                Some(Topic {
                    group: first.group,
                    topic: first.topic,
                    lag: sum(rows.iter().filter(|row| row.is_counted), |row| row.lag),
                    committed: sum(rows.iter(), |row| row.committed),
                })
            })
    }
}

/// The sum of what is known; `None` when nothing is.
fn sum<'r, 'a: 'r>(
    rows: impl Iterator<Item = &'r Row<'a>>,
    number: fn(&PartitionLag) -> Option<i64>,
) -> Option<i64> {
    rows.filter_map(|row| number(row.lag))
        .reduce(i64::saturating_add)
}

/// Each partition once; where one group's row does not know an end, another's may.
fn partitions(report: &LagReport) -> Vec<Partition<'_>> {
    let mut found: BTreeMap<(&str, i32), Partition<'_>> = BTreeMap::new();
    for row in report.groups.iter().flat_map(|group| &group.partitions) {
        let known = found
            .entry((&row.topic, row.partition))
            .or_insert_with(|| Partition {
                topic: &row.topic,
                partition: row.partition.to_string(),
                low: None,
                stable_end: None,
                end: None,
                blocked: None,
            });
        known.low = known.low.or(row.low);
        known.stable_end = known.stable_end.or(row.stable_end);
        known.end = known.end.or(row.end);
        known.blocked = known.blocked.or(row.txn_records);
    }
    found.into_values().collect()
}
