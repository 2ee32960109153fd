//! The names and labels of seglo/kafka-lag-exporter (`Metrics.scala`), which klag-exporter keeps.
//!
//! `cluster_name` is the cluster's id. Where nobody has a partition the member's labels are empty
//! (kafka-lag-exporter writes `unknown`), which is to Prometheus as if they were not there.

use std::io;

use super::{
    rows::{Group, Partition, Row, Rows},
    text::{Exposition, Family, Value},
};
use crate::lag::PartitionLag;

const BY_MEMBER: [&str; 7] = [
    "cluster_name",
    "group",
    "topic",
    "partition",
    "member_host",
    "consumer_id",
    "client_id",
];
const BY_GROUP: [&str; 2] = ["cluster_name", "group"];
const BY_TOPIC: [&str; 3] = ["cluster_name", "group", "topic"];
const BY_PARTITION: [&str; 3] = ["cluster_name", "topic", "partition"];

const OFFSET: Family<7> = Family::gauge(
    "kafka_consumergroup_group_offset",
    "Offset that the group has committed: of the next record to read.",
    BY_MEMBER,
);
const LAG: Family<7> = Family::gauge(
    "kafka_consumergroup_group_lag",
    "Unread records of a partition.",
    BY_MEMBER,
);
const LAG_SECONDS: Family<7> = Family::gauge(
    "kafka_consumergroup_group_lag_seconds",
    "Age of the next unread record of a partition; 0 when there is none.",
    BY_MEMBER,
);
const MAX_LAG: Family<2> = Family::gauge(
    "kafka_consumergroup_group_max_lag",
    "Unread records of the group's worst partition.",
    BY_GROUP,
);
const MAX_LAG_SECONDS: Family<2> = Family::gauge(
    "kafka_consumergroup_group_max_lag_seconds",
    "Age of the group's oldest unread record.",
    BY_GROUP,
);
const SUM_LAG: Family<2> = Family::gauge(
    "kafka_consumergroup_group_sum_lag",
    "Unread records of the group, of those partitions where that is known.",
    BY_GROUP,
);
const TOPIC_SUM_LAG: Family<3> = Family::gauge(
    "kafka_consumergroup_group_topic_sum_lag",
    "Unread records of the group in a topic, of those partitions where that is known.",
    BY_TOPIC,
);
const LATEST: Family<3> = Family::gauge(
    "kafka_partition_latest_offset",
    "End of a partition: its high watermark.",
    BY_PARTITION,
);
const EARLIEST: Family<3> = Family::gauge(
    "kafka_partition_earliest_offset",
    "First offset of a partition that can be read.",
    BY_PARTITION,
);

pub(super) fn write(out: &mut Exposition<'_>, rows: &Rows<'_>) -> io::Result<()> {
    let cluster = rows.cluster;
    let mut each_row = |family, value: fn(&PartitionLag) -> Option<Value>| {
        let series = rows.all();
        out.family(
            family,
            series.map(|row| (by_member(cluster, row), value(row.lag))),
        )
    };
    each_row(&OFFSET, |row| row.committed.map(Value::from))?;
    each_row(&LAG, |row| row.lag.map(Value::from))?;
    each_row(&LAG_SECONDS, |row| row.time_lag_ms.map(Value::seconds))?;

    let mut each_group = |family, value: fn(&Group<'_>) -> Option<Value>| {
        let series = rows.groups.iter();
        out.family(
            family,
            series.map(|group| ([cluster, group.name], value(group))),
        )
    };
    each_group(&MAX_LAG, |group| group.max_lag().map(Value::from))?;
    each_group(&MAX_LAG_SECONDS, |group| {
        group.total.time_lag_ms.map(Value::seconds)
    })?;
    each_group(&SUM_LAG, |group| group.total.lag.map(Value::from))?;

    let topics = rows.topics().map(|topic| {
        let labels = [cluster, topic.group, topic.topic];
        (labels, topic.lag.map(Value::from))
    });
    out.family(&TOPIC_SUM_LAG, topics)?;

    let mut each_partition = |family, value: fn(&Partition<'_>) -> Option<i64>| {
        let series = rows.partitions.iter().map(|partition| {
            let labels = [cluster, partition.topic, &partition.partition];
            (labels, value(partition).map(Value::from))
        });
        out.family(family, series)
    };
    each_partition(&LATEST, |partition| partition.end)?;
    each_partition(&EARLIEST, |partition| partition.low)
}

fn by_member<'v>(cluster: &'v str, row: &'v Row<'_>) -> [&'v str; 7] {
    let owner = row.lag.owner.as_ref();
    [
        cluster,
        row.group,
        row.topic,
        &row.partition,
        owner.map_or("", |owner| &owner.host),
        owner.map_or("", |owner| &owner.member_id),
        owner.map_or("", |owner| &owner.client_id),
    ]
}
