//! Our own names: those that stand beside every family, because no other exporter has them, and
//! the family for who starts anew.
//!
//! No series has a member's labels: a rebalance would end it and begin another.

use std::io;

use super::{
    rows::{Partition, Rows},
    text::{Exposition, Family, Value},
};
use crate::lag::{GroupLag, PartitionLag};

const BY_ROW: [&str; 4] = ["cluster_name", "group", "topic", "partition"];
const BY_GROUP: [&str; 2] = ["cluster_name", "group"];
const BY_TOPIC: [&str; 3] = ["cluster_name", "group", "topic"];
const BY_PARTITION: [&str; 3] = ["cluster_name", "topic", "partition"];

const ETA_SECONDS: Family<2> = Family::gauge(
    "evctl_consumergroup_eta_seconds",
    "Seconds until the group has read everything; absent when a partition is not draining.",
    BY_GROUP,
);
const RECORDS_LOST: Family<2> = Family::gauge(
    "evctl_consumergroup_records_lost",
    "Records that were removed before the group read them.",
    BY_GROUP,
);
const STATUS: Family<3> = Family::gauge(
    "evctl_consumergroup_status",
    "1 for the worst status of the group's partitions.",
    ["cluster_name", "group", "status"],
);
const UNKNOWN_PARTITIONS: Family<2> = Family::gauge(
    "evctl_consumergroup_unknown_partitions",
    "Partitions whose lag is not known, and in no sum: without a commit, or not to be asked.",
    BY_GROUP,
);
const MEMBERS: Family<2> = Family::gauge(
    "evctl_consumergroup_members",
    "Members of the group.",
    BY_GROUP,
);
const TRANSACTION_BLOCKED: Family<3> = Family::gauge(
    "evctl_partition_transaction_blocked",
    "Records behind an open transaction; absent when none is open.",
    BY_PARTITION,
);
const COLLECTED: Family<0> = Family::gauge(
    "evctl_lag_collected_timestamp_seconds",
    "When these numbers were collected.",
    [],
);
const FAILURES: Family<0> = Family::gauge(
    "evctl_lag_collect_failures",
    "Brokers and groups that could not be asked at that time.",
    [],
);

const COMMITTED: Family<4> = Family::gauge(
    "evctl_consumergroup_partition_committed_offset",
    "Offset that the group has committed: of the next record to read.",
    BY_ROW,
);
const LAG: Family<4> = Family::gauge(
    "evctl_consumergroup_partition_lag",
    "Unread records of a partition.",
    BY_ROW,
);
const LAG_SECONDS: Family<4> = Family::gauge(
    "evctl_consumergroup_partition_lag_seconds",
    "Age of the next unread record of a partition; 0 when there is none.",
    BY_ROW,
);
const LOST: Family<4> = Family::gauge(
    "evctl_consumergroup_partition_records_lost",
    "Records of a partition that were removed before the group read them.",
    BY_ROW,
);
const RETENTION_MARGIN: Family<4> = Family::gauge(
    "evctl_consumergroup_partition_retention_margin",
    "Records that may still be removed before any unread one is.",
    BY_ROW,
);
const WRITTEN: Family<4> = Family::gauge(
    "evctl_consumergroup_partition_written_per_second",
    "Records written in a second, where two samples were taken.",
    BY_ROW,
);
const READ: Family<4> = Family::gauge(
    "evctl_consumergroup_partition_read_per_second",
    "Records that the group read in a second, where two samples were taken.",
    BY_ROW,
);
const TOPIC_LAG: Family<3> = Family::gauge(
    "evctl_consumergroup_topic_lag",
    "Unread records of the group in a topic, of those partitions where that is known.",
    BY_TOPIC,
);
const GROUP_LAG: Family<2> = Family::gauge(
    "evctl_consumergroup_lag",
    "Unread records of the group, of those partitions where that is known.",
    BY_GROUP,
);
const LAG_IF_EARLIEST: Family<2> = Family::gauge(
    "evctl_consumergroup_lag_if_earliest",
    "Unread records of the group if partitions without a commit are read from their beginning.",
    BY_GROUP,
);
const LAG_IF_LATEST: Family<2> = Family::gauge(
    "evctl_consumergroup_lag_if_latest",
    "Unread records of the group if partitions without a commit are read from their end.",
    BY_GROUP,
);
const MAX_PARTITION_LAG: Family<2> = Family::gauge(
    "evctl_consumergroup_max_partition_lag",
    "Unread records of the group's worst partition.",
    BY_GROUP,
);
const GROUP_LAG_SECONDS: Family<2> = Family::gauge(
    "evctl_consumergroup_lag_seconds",
    "Age of the group's oldest unread record.",
    BY_GROUP,
);
const PARTITIONS: Family<2> = Family::gauge(
    "evctl_consumergroup_partitions",
    "Partitions that the group reads, with those whose lag is not known.",
    BY_GROUP,
);
const START: Family<3> = Family::gauge(
    "evctl_partition_start_offset",
    "First offset of a partition that can be read.",
    BY_PARTITION,
);
const STABLE_END: Family<3> = Family::gauge(
    "evctl_partition_stable_end_offset",
    "Last stable offset of a partition: where its first open transaction begins, or its end.",
    BY_PARTITION,
);
const END: Family<3> = Family::gauge(
    "evctl_partition_end_offset",
    "End of a partition: its high watermark.",
    BY_PARTITION,
);

/// What stands beside every family of names.
pub(super) fn write_always(
    out: &mut Exposition<'_>,
    rows: &Rows<'_>,
    failures: usize,
    at_ms: i64,
) -> io::Result<()> {
    let statuses = rows.groups.iter().map(|group| {
        let labels = [rows.cluster, group.name, group.total.status.name()];
        (labels, Some(Value::Whole(1)))
    });
    out.family(&STATUS, statuses)?;
    each_group(out, rows, &UNKNOWN_PARTITIONS, |group| {
        Some(group.unknown_partitions.into())
    })?;
    each_group(out, rows, &MEMBERS, |group| group.members.map(Value::from))?;
    each_group(out, rows, &RECORDS_LOST, |group| {
        group.lost.map(Value::from)
    })?;
    each_group(out, rows, &ETA_SECONDS, |group| {
        group.eta_s.map(Value::from)
    })?;
    each_partition(out, rows, &TRANSACTION_BLOCKED, |row| row.blocked)?;
    out.family(&COLLECTED, [([], Some(Value::seconds(at_ms)))])?;
    out.family(&FAILURES, [([], Some(failures.into()))])
}

/// The family for who has no dashboards yet.
pub(super) fn write(out: &mut Exposition<'_>, rows: &Rows<'_>) -> io::Result<()> {
    each_row(out, rows, &COMMITTED, |row| row.committed.map(Value::from))?;
    each_row(out, rows, &LAG, |row| row.lag.map(Value::from))?;
    each_row(out, rows, &LAG_SECONDS, |row| {
        row.time_lag_ms.map(Value::seconds)
    })?;
    each_row(out, rows, &LOST, |row| row.lost.map(Value::from))?;
    each_row(out, rows, &RETENTION_MARGIN, |row| {
        row.retention_margin.map(Value::from)
    })?;
    each_row(out, rows, &WRITTEN, |row| row.rate_in.map(Value::from))?;
    each_row(out, rows, &READ, |row| row.rate_out.map(Value::from))?;
    let topics = rows.topics().map(|topic| {
        let labels = [rows.cluster, topic.group, topic.topic];
        (labels, topic.lag.map(Value::from))
    });
    out.family(&TOPIC_LAG, topics)?;
    each_group(out, rows, &GROUP_LAG, |group| group.lag.map(Value::from))?;
    each_group(out, rows, &LAG_IF_EARLIEST, |group| {
        group.if_earliest.map(Value::from)
    })?;
    each_group(out, rows, &LAG_IF_LATEST, |group| {
        group.if_latest.map(Value::from)
    })?;
    let worst = rows.groups.iter().map(|group| {
        let labels = [rows.cluster, group.name];
        (labels, group.max_lag().map(Value::from))
    });
    out.family(&MAX_PARTITION_LAG, worst)?;
    each_group(out, rows, &GROUP_LAG_SECONDS, |group| {
        group.time_lag_ms.map(Value::seconds)
    })?;
    each_group(out, rows, &PARTITIONS, |group| {
        Some(group.partition_count.into())
    })?;
    each_partition(out, rows, &START, |partition| partition.low)?;
    each_partition(out, rows, &STABLE_END, |partition| partition.stable_end)?;
    each_partition(out, rows, &END, |partition| partition.end)
}

fn each_row(
    out: &mut Exposition<'_>,
    rows: &Rows<'_>,
    family: &Family<4>,
    value: fn(&PartitionLag) -> Option<Value>,
) -> io::Result<()> {
    let series = rows.all().map(|row| {
        let labels = [rows.cluster, row.group, row.topic, &row.partition];
        (labels, value(row.lag))
    });
    out.family(family, series)
}

fn each_group(
    out: &mut Exposition<'_>,
    rows: &Rows<'_>,
    family: &Family<2>,
    value: fn(&GroupLag) -> Option<Value>,
) -> io::Result<()> {
    let series = rows.groups.iter().map(|group| {
        let labels = [rows.cluster, group.name];
        (labels, value(group.total))
    });
    out.family(family, series)
}

fn each_partition(
    out: &mut Exposition<'_>,
    rows: &Rows<'_>,
    family: &Family<3>,
    value: fn(&Partition<'_>) -> Option<i64>,
) -> io::Result<()> {
    let series = rows.partitions.iter().map(|partition| {
        let labels = [rows.cluster, partition.topic, &partition.partition];
        (labels, value(partition).map(Value::from))
    });
    out.family(family, series)
}
