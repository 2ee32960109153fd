//! Burrow's JSON: its answer to `/v3/kafka/CLUSTER/consumer/GROUP/lag`, with its names.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    event::TopicPartition,
    lag::{
        CommitHistory, CommitPoint, GroupLag, PartitionLag,
        burrow::{BurrowStatus, evaluate},
    },
};

#[derive(Serialize)]
struct Answer<'r> {
    error: bool,
    message: &'static str,
    status: GroupStatus<'r>,
}

#[derive(Serialize)]
struct GroupStatus<'r> {
    cluster: &'r str,
    group: &'r str,
    status: &'static str,
    complete: f64,
    partition_count: usize,
    maxlag: Option<PartitionStatus<'r>>,
    totallag: i64,
    partitions: Vec<PartitionStatus<'r>>,
}

#[derive(Clone, Serialize)]
struct PartitionStatus<'r> {
    topic: &'r str,
    partition: i32,
    owner: &'r str,
    client_id: &'r str,
    status: &'static str,
    /// The first commit of the window; `None` when there is none.
    start: Option<Point>,
    /// The last one.
    end: Option<Point>,
    current_lag: i64,
    complete: f64,
}

#[derive(Clone, Copy, Serialize)]
struct Point {
    offset: i64,
    timestamp: i64,
    lag: Option<i64>,
}

impl From<&CommitPoint> for Point {
    fn from(commit: &CommitPoint) -> Self {
        Self {
            offset: commit.offset,
            timestamp: commit.at,
            lag: commit.end.map(|end| (end - commit.offset).max(0)),
        }
    }
}

/// Writes one line for each group, judged on `history` at the instant `at` (ms).
///
/// # Errors
/// What `out` failed with.
pub fn write_burrow(
    out: &mut dyn Write,
    groups: &[GroupLag],
    history: &CommitHistory,
    at: i64,
    cluster: &str,
) -> io::Result<()> {
    for group in groups {
        let judged = group.partitions.iter().filter_map(|row| {
            let place = TopicPartition::new(row.topic.clone(), row.partition);
            judge(row, history.commits(&group.group, &place), at)
        });
        let (statuses, partitions): (Vec<BurrowStatus>, Vec<PartitionStatus<'_>>) = judged.unzip();
        let worst = statuses
            .into_iter()
            .fold(BurrowStatus::Ok, BurrowStatus::max);
        // Of several with the largest lag the first.
        let largest = partitions.iter().rev().max_by_key(|row| row.current_lag);
        let answer = Answer {
            error: false,
            message: "consumer status returned",
            status: GroupStatus {
                cluster,
                group: &group.group,
                status: worst.of_group().name(),
                complete: 1.0,
                partition_count: partitions.len(),
                maxlag: largest.cloned(),
                totallag: partitions.iter().map(|row| row.current_lag).sum(),
                partitions,
            },
        };
        serde_json::to_writer(&mut *out, &answer)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// `None` when there is no end, or no commit.
fn judge<'r>(
    row: &'r PartitionLag,
    commits: &[CommitPoint],
    at: i64,
) -> Option<(BurrowStatus, PartitionStatus<'r>)> {
    let (end, committed) = (row.end?, row.committed?);
    let status = evaluate(commits, end, at);
    let owner = row.owner.as_ref();
    let judged = PartitionStatus {
        topic: &row.topic,
        partition: row.partition,
        owner: owner.map_or("", |owner| &owner.host),
        client_id: owner.map_or("", |owner| &owner.client_id),
        status: status.name(),
        start: commits.first().map(Point::from),
        end: commits.last().map(Point::from),
        current_lag: (end - committed).max(0),
        complete: if commits.is_empty() { 0.0 } else { 1.0 },
    };
    Some((status, judged))
}
