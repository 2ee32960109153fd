//! The names and labels of danielqsj/kafka_exporter.
//!
//! Three of its habits are not ours: lag is never negative, a partition without a commit has no
//! series (there it is -1), and groups of every protocol have members.

use std::io;

use super::{
    rows::{Partition, Rows, Topic},
    text::{Exposition, Family, Value},
};
use crate::lag::PartitionLag;

const BY_ROW: [&str; 3] = ["consumergroup", "topic", "partition"];
const BY_TOPIC: [&str; 2] = ["consumergroup", "topic"];
const BY_PARTITION: [&str; 2] = ["topic", "partition"];

const CURRENT_OFFSET: Family<3> = Family::gauge(
    "kafka_consumergroup_current_offset",
    "Offset that the group has committed: of the next record to read.",
    BY_ROW,
);
const CURRENT_OFFSET_SUM: Family<2> = Family::untyped(
    "kafka_consumergroup_current_offset_sum",
    "Sum of the offsets that the group has committed in a topic.",
    BY_TOPIC,
);
const LAG: Family<3> = Family::gauge(
    "kafka_consumergroup_lag",
    "Unread records of a partition.",
    BY_ROW,
);
const LAG_SUM: Family<2> = Family::untyped(
    "kafka_consumergroup_lag_sum",
    "Unread records of the group in a topic, of those partitions where that is known.",
    BY_TOPIC,
);
const MEMBERS: Family<1> = Family::gauge(
    "kafka_consumergroup_members",
    "Members of the group.",
    ["consumergroup"],
);
const END: Family<2> = Family::gauge(
    "kafka_topic_partition_current_offset",
    "End of a partition: its high watermark.",
    BY_PARTITION,
);
const OLDEST: Family<2> = Family::gauge(
    "kafka_topic_partition_oldest_offset",
    "First offset of a partition that can be read.",
    BY_PARTITION,
);

pub(super) fn write(out: &mut Exposition<'_>, rows: &Rows<'_>) -> io::Result<()> {
    let mut each_row = |family, value: fn(&PartitionLag) -> Option<i64>| {
        let series = rows.all().map(|row| {
            let labels = [row.group, row.topic, &row.partition];
            (labels, value(row.lag).map(Value::from))
        });
        out.family(family, series)
    };
    each_row(&CURRENT_OFFSET, |row| row.committed)?;
    each_row(&LAG, |row| row.lag)?;

    let mut each_topic = |family, value: fn(&Topic<'_>) -> Option<i64>| {
        let series = rows.topics().map(|topic| {
            let value = value(&topic).map(Value::from);
            ([topic.group, topic.topic], value)
        });
        out.family(family, series)
    };
    each_topic(&CURRENT_OFFSET_SUM, |topic| topic.committed)?;
    each_topic(&LAG_SUM, |topic| topic.lag)?;

    let groups = rows.groups.iter();
    out.family(
        &MEMBERS,
        groups.map(|group| ([group.name], group.total.members.map(Value::from))),
    )?;

    let mut each_partition = |family, value: fn(&Partition<'_>) -> Option<i64>| {
        let series = rows.partitions.iter().map(|partition| {
            let labels = [partition.topic, &partition.partition];
            (labels, value(partition).map(Value::from))
        });
        out.family(family, series)
    };
    each_partition(&END, |partition| partition.end)?;
    each_partition(&OLDEST, |partition| partition.low)
}
