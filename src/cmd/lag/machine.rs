//! Lag for machines: the versioned JSON, a line for each row, CSV, and Burrow's JSON.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::{Value, json};

use super::{args::By, collect::Look};
use crate::{
    event::TopicPartition,
    lag::{
        GroupLag, LagReport, PartitionLag,
        burrow::{BurrowStatus, evaluate},
    },
    output::report::{Cell, Column, Report},
};

/// Columns of `-o csv`, a partition a row.
const PARTITION: [&str; 24] = [
    "group",
    "topic",
    "partition",
    "status",
    "committed",
    "low",
    "stable_end",
    "end",
    "lag",
    "lag_is_upper_bound",
    "if_earliest",
    "if_latest",
    "records_left",
    "time_lag_ms",
    "span_ms",
    "next_ts",
    "method",
    "clock_skew_ms",
    "lost",
    "retention_margin",
    "rate_in",
    "rate_out",
    "eta_s",
    "notes",
];
/// Columns of `-o csv`, a group a row.
const GROUP: [&str; 16] = [
    "group",
    "type",
    "state",
    "coordinator",
    "members",
    "status",
    "lag",
    "lag_is_upper_bound",
    "if_earliest",
    "if_latest",
    "time_lag_ms",
    "span_ms",
    "lost",
    "eta_s",
    "partition_count",
    "unknown_partitions",
];

/// The whole report as one object on one line.
pub(super) fn json(out: &mut dyn Write, report: &LagReport) -> io::Result<()> {
    serde_json::to_writer(&mut *out, report)?;
    out.write_all(b"\n")
}

/// A line for each row.
pub(super) fn lines(out: &mut dyn Write, report: &LagReport, by: By) -> io::Result<()> {
    #[derive(Serialize)]
    struct Row<'r> {
        kind: &'r str,
        at: &'r str,
        group: &'r str,
        #[serde(flatten)]
        row: &'r PartitionLag,
    }
    for group in &report.groups {
        if by == By::Group {
            let mut value = serde_json::to_value(group)?;
            if let Some(object) = value.as_object_mut() {
                object.remove("partitions");
                object.insert("kind".to_owned(), report.kind.into());
                object.insert("at".to_owned(), report.at.as_str().into());
            }
            writeln!(out, "{value}")?;
            continue;
        }
        for row in &group.partitions {
            let row = Row {
                kind: report.kind,
                at: &report.at,
                group: &group.group,
                row,
            };
            serde_json::to_writer(&mut *out, &row)?;
            out.write_all(b"\n")?;
        }
    }
    Ok(())
}

/// The rows with the names of the JSON as columns.
pub(super) fn csv(groups: &[GroupLag], by: By) -> Result<Report, serde_json::Error> {
    let names: &[&'static str] = if by == By::Group { &GROUP } else { &PARTITION };
    let columns: Vec<Column> = names.iter().map(|name| Column::new(name)).collect();
    let mut report = Report::new("evctl.lag/1", "rows", &columns);
    let mut add = |value: &Value, group: &str| {
        let cells = names.iter().map(|&name| match (name, value.get(name)) {
            ("group", _) => group.into(),
            (_, value) => cell(value),
        });
        report.rows.push(cells.collect());
    };
    for group in groups {
        if by == By::Group {
            add(&serde_json::to_value(group)?, &group.group);
            continue;
        }
        for row in &group.partitions {
            add(&serde_json::to_value(row)?, &group.group);
        }
    }
    Ok(report)
}

fn cell(value: Option<&Value>) -> Cell {
    match value {
        None | Some(Value::Null | Value::Object(_)) => Cell::Unknown,
        Some(Value::Bool(flag)) => (*flag).into(),
        Some(Value::Number(number)) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64().map_or(Cell::Unknown, Cell::Number),
        },
        Some(Value::String(text)) => text.as_str().into(),
        Some(Value::Array(items)) => {
            Cell::List(items.iter().map(|item| cell(Some(item))).collect())
        }
    }
}

/// Burrow's answer to `/v3/kafka/CLUSTER/consumer/GROUP/lag`, one line for each group.
pub(super) fn burrow(out: &mut dyn Write, look: &Look, cluster: &str) -> io::Result<()> {
    for group in &look.groups {
        let mut worst = BurrowStatus::Ok;
        let mut total = 0;
        let mut largest: Option<(i64, Value)> = None;
        let mut partitions = Vec::new();
        for row in &group.partitions {
            let at = TopicPartition::new(row.topic.clone(), row.partition);
            let commits = look.verdicts.commits(&group.group, &at);
            let (Some(end), Some(committed)) = (row.end, row.committed) else {
                continue;
            };
            let status = evaluate(commits, end, look.at);
            let lag = (end - committed).max(0);
            worst = worst.max(status);
            total += lag;
            let point = |commit: Option<&crate::lag::CommitPoint>| {
                commit.map(|commit| {
                    let lag = commit.end.map(|end| (end - commit.offset).max(0));
                    json!({"offset": commit.offset, "timestamp": commit.at, "lag": lag})
                })
            };
            let owner = row.owner.as_ref();
            let value = json!({
                "topic": &*row.topic,
                "partition": row.partition,
                "owner": owner.map_or("", |owner| &owner.host),
                "client_id": owner.map_or("", |owner| &owner.client_id),
                "status": status.name(),
                "start": point(commits.first()),
                "end": point(commits.last()),
                "current_lag": lag,
                "complete": if commits.is_empty() { 0.0 } else { 1.0 },
            });
            if largest.as_ref().is_none_or(|(largest, _)| lag > *largest) {
                largest = Some((lag, value.clone()));
            }
            partitions.push(value);
        }
        let value = json!({
            "error": false,
            "message": "consumer status returned",
            "status": {
                "cluster": cluster,
                "group": &*group.group,
                "status": worst.of_group().name(),
                "complete": 1.0,
                "partition_count": partitions.len(),
                "partitions": partitions,
                "maxlag": largest.map(|(_, value)| value),
                "totallag": total,
            },
        });
        writeln!(out, "{value}")?;
    }
    Ok(())
}
