//! Rows of lag for CSV: columns are called as the members of the JSON.

use crate::{
    event::GroupType,
    lag::{GroupLag, PartitionLag},
    output::report::{Report, row},
};

row! {
    /// A partition of a group; `None` is not known.
    struct PartitionRow<'r> {
        group: &'r str,
        topic: &'r str,
        partition: i32,
        status: Option<&'static str>,
        committed: Option<i64>,
        low: Option<i64>,
        stable_end: Option<i64>,
        end: Option<i64>,
        lag: Option<i64>,
        lag_is_upper_bound: bool,
        if_earliest: Option<i64>,
        if_latest: Option<i64>,
        records_left: Option<i64>,
        time_lag_ms: Option<i64>,
        span_ms: Option<i64>,
        /// Milliseconds since the epoch.
        next_ts: Option<i64>,
        method: Option<&'static str>,
        clock_skew_ms: Option<i64>,
        lost: Option<i64>,
        retention_margin: Option<i64>,
        /// Offsets in a second.
        rate_in: Option<f64>,
        rate_out: Option<f64>,
        eta_s: Option<f64>,
        notes: Vec<&'r str>,
    }
}

row! {
    /// A group; `None` is not known.
    struct GroupRow<'r> {
        group: &'r str,
        r#type: Option<&'static str>,
        state: Option<&'r str>,
        coordinator: Option<i32>,
        members: Option<usize>,
        status: Option<&'static str>,
        lag: Option<i64>,
        lag_is_upper_bound: bool,
        if_earliest: Option<i64>,
        if_latest: Option<i64>,
        time_lag_ms: Option<i64>,
        span_ms: Option<i64>,
        lost: Option<i64>,
        eta_s: Option<f64>,
        partition_count: usize,
        unknown_partitions: usize,
    }
}

pub(super) fn by_partition(groups: &[GroupLag]) -> Report {
    let rows = groups.iter().flat_map(|group| {
        let partitions = group.partitions.iter();
        partitions.map(|row| partition_row(&group.group, row))
    });
    Report::of("evctl.lag/1", "rows", rows)
}

fn partition_row<'r>(group: &'r str, row: &'r PartitionLag) -> PartitionRow<'r> {
    PartitionRow {
        group,
        topic: &row.topic,
        partition: row.partition,
        status: row.status.known(),
        committed: row.committed,
        low: row.low,
        stable_end: row.stable_end,
        end: row.end,
        lag: row.lag,
        lag_is_upper_bound: row.lag_is_upper_bound,
        if_earliest: row.if_earliest,
        if_latest: row.if_latest,
        records_left: row.records_left,
        time_lag_ms: row.time_lag_ms,
        span_ms: row.span_ms,
        next_ts: row.next_ts,
        method: row.method,
        clock_skew_ms: row.clock_skew_ms,
        lost: row.lost,
        retention_margin: row.retention_margin,
        rate_in: row.rate_in,
        rate_out: row.rate_out,
        eta_s: row.eta_s,
        notes: row.notes.iter().map(String::as_str).collect(),
    }
}

pub(super) fn by_group(groups: &[GroupLag]) -> Report {
    let rows = groups.iter().map(|group| GroupRow {
        group: &group.group,
        r#type: group.kind.map(GroupType::name),
        state: group.state.as_deref(),
        coordinator: group.coordinator,
        members: group.members,
        status: group.status.known(),
        lag: group.lag,
        lag_is_upper_bound: group.lag_is_upper_bound,
        if_earliest: group.if_earliest,
        if_latest: group.if_latest,
        time_lag_ms: group.time_lag_ms,
        span_ms: group.span_ms,
        lost: group.lost,
        eta_s: group.eta_s,
        partition_count: group.partition_count,
        unknown_partitions: group.unknown_partitions,
    });
    Report::of("evctl.lag/1", "rows", rows)
}
