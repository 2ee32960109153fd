//! Tables of lag.

use crate::{
    event::GroupType,
    lag::{GroupLag, LagRow, PartitionLag, Status},
    output::report::{Cell, Column, Report, duration},
    ui::counted,
};

/// A row of a view that is neither a group nor a partition: the sum of some partitions.
struct Sum<'l> {
    name: String,
    client: Option<String>,
    host: Option<String>,
    rows: Vec<&'l PartitionLag>,
}

/// The table of `groups`.
pub(super) fn table(groups: &[GroupLag], row: LagRow) -> Report {
    let several = groups.len() > 1;
    match row {
        LagRow::Group => by_group(groups),
        LagRow::Partition => by_partition(groups, several),
        LagRow::Topic => by_sums(groups, "topic", several, by_topic),
        LagRow::Member => by_sums(groups, "member", several, by_member),
    }
}

fn by_group(groups: &[GroupLag]) -> Report {
    let unknown = groups.iter().any(|group| group.unknown_partitions > 0);
    let columns = [
        Column::new("group"),
        Column::if_room("type"),
        Column::new("state"),
        Column::if_room("members"),
        Column::new("parts"),
        // The room is needed where everything is known.
        if unknown {
            Column::new("unknown")
        } else {
            Column::wide("unknown")
        },
        Column::new("lag"),
        Column::new("time"),
        Column::new("eta"),
        Column::new("status"),
        Column::if_room("worst"),
        Column::wide("lost"),
        Column::wide("if earliest"),
        Column::wide("coordinator"),
        Column::wide("reasons"),
    ];
    let mut report = Report::new("evctl.lag/1", "groups", &columns);
    for group in groups {
        let worst = worst(group).map(|row| format!("{}/{}", row.topic, row.partition));
        report.rows.push(vec![
            (*group.group).into(),
            group.kind.map(GroupType::name).into(),
            group.state.clone().into(),
            group.members.and_then(count).into(),
            count(group.partition_count).into(),
            count(group.unknown_partitions).into(),
            records(group.lag, group.lag_is_upper_bound),
            time(group.time_lag_ms),
            eta(group.eta_s),
            group.status.known().into(),
            worst.into(),
            group.lost.into(),
            records(
                group.if_earliest,
                group.lag_is_upper_bound || group.unknown_partitions > 0,
            ),
            group.coordinator.map(i64::from).into(),
            Cell::texts(group.reasons.iter().map(String::as_str)),
        ]);
    }
    report
}

fn by_partition(groups: &[GroupLag], several: bool) -> Report {
    let mut columns = vec![
        Column::new("topic"),
        Column::new("part"),
        Column::new("status"),
        Column::if_room("committed"),
        Column::if_room("end"),
        Column::new("lag"),
        Column::new("time"),
        Column::if_room("lost"),
        Column::new("in/s"),
        Column::new("out/s"),
        Column::new("eta"),
        Column::if_room("owner"),
        Column::wide("start"),
        Column::wide("stable end"),
        Column::wide("next"),
        Column::wide("method"),
        Column::wide("span"),
        Column::wide("margin"),
        Column::wide("host"),
        Column::wide("notes"),
    ];
    let rated = groups.iter().flat_map(|group| &group.partitions);
    let rated = rated.clone().any(|row| row.rate_in.is_some());
    if !rated {
        // Without two looks there are none, and the room is needed.
        columns.retain(|column| !matches!(column.name, "in/s" | "out/s" | "eta"));
    }
    let owned = (groups.iter().flat_map(|group| &group.partitions)).any(|row| row.owner.is_some());
    if !owned {
        columns.retain(|column| column.name != "owner");
    }
    if several {
        columns.insert(0, Column::new("group"));
    }
    let mut report = Report::new("evctl.lag/1", "partitions", &columns);
    for group in groups {
        for row in &group.partitions {
            let mut cells: Vec<Cell> = Vec::new();
            if several {
                cells.push((*group.group).into());
            }
            cells.extend([
                (*row.topic).into(),
                i64::from(row.partition).into(),
                row.status.known().into(),
                row.committed.into(),
                row.end.into(),
                records(row.lag, row.lag_is_upper_bound),
                time(row.time_lag_ms),
                row.lost.into(),
            ]);
            if rated {
                cells.extend([rate(row.rate_in), rate(row.rate_out), eta(row.eta_s)]);
            }
            let owner = row.owner.as_ref();
            if owned {
                cells.push(owner.map(|owner| owner.client_id.clone()).into());
            }
            cells.extend([
                row.low.into(),
                row.stable_end.into(),
                row.next_ts.map_or(Cell::Unknown, Cell::Time),
                row.method.into(),
                time(row.span_ms),
                row.retention_margin.into(),
                owner.map(|owner| owner.host.clone()).into(),
                (!row.notes.is_empty()).then(|| row.notes.join("; ")).into(),
            ]);
            report.rows.push(cells);
        }
    }
    report
}

fn by_sums(
    groups: &[GroupLag],
    what: &'static str,
    several: bool,
    sums: impl Fn(&GroupLag) -> Vec<Sum<'_>>,
) -> Report {
    let mut columns = vec![
        Column::new(what),
        Column::new("parts"),
        Column::new("unknown"),
        Column::new("lag"),
        Column::new("time"),
        Column::new("status"),
    ];
    if what == "member" {
        columns.insert(1, Column::if_room("client"));
        columns.insert(2, Column::if_room("host"));
    }
    if several {
        columns.insert(0, Column::new("group"));
    }
    let mut report = Report::new("evctl.lag/1", "rows", &columns);
    for group in groups {
        for sum in sums(group) {
            let known = sum.rows.iter().filter_map(|row| row.lag);
            let bound = sum.rows.iter().any(|row| row.lag_is_upper_bound);
            let unknown = sum.rows.iter().filter(|row| row.lag.is_none()).count();
            let status = (sum.rows.iter().map(|row| row.status))
                .max_by_key(|status| status.severity())
                .unwrap_or(Status::Ok);
            let lag = (unknown < sum.rows.len()).then(|| known.sum());
            let mut cells: Vec<Cell> = Vec::new();
            if several {
                cells.push((*group.group).into());
            }
            cells.push(sum.name.into());
            if what == "member" {
                cells.extend([sum.client.into(), sum.host.into()]);
            }
            cells.extend([
                count(sum.rows.len()).into(),
                count(unknown).into(),
                records(lag, bound),
                time(sum.rows.iter().filter_map(|row| row.time_lag_ms).max()),
                status.known().into(),
            ]);
            report.rows.push(cells);
        }
    }
    report
}

fn by_topic(group: &GroupLag) -> Vec<Sum<'_>> {
    let mut sums: Vec<Sum<'_>> = Vec::new();
    for row in &group.partitions {
        match sums.iter_mut().find(|sum| sum.name == *row.topic) {
            Some(sum) => sum.rows.push(row),
            None => sums.push(Sum {
                name: row.topic.to_string(),
                client: None,
                host: None,
                rows: vec![row],
            }),
        }
    }
    sums
}

fn by_member(group: &GroupLag) -> Vec<Sum<'_>> {
    let mut sums: Vec<Sum<'_>> = Vec::new();
    for row in &group.partitions {
        let name = row
            .owner
            .as_ref()
            .map_or("(nobody)", |owner| &owner.member_id);
        match sums.iter_mut().find(|sum| sum.name == name) {
            Some(sum) => sum.rows.push(row),
            None => sums.push(Sum {
                name: name.to_owned(),
                client: row.owner.as_ref().map(|owner| owner.client_id.clone()),
                host: row.owner.as_ref().map(|owner| owner.host.clone()),
                rows: vec![row],
            }),
        }
    }
    sums
}

/// The partition that is worst off: by status, then by age, then by records.
fn worst(group: &GroupLag) -> Option<&PartitionLag> {
    group
        .partitions
        .iter()
        .filter(|row| row.counts() && !row.is_drained())
        .max_by_key(|row| (row.status.severity(), row.time_lag_ms, row.lag))
}

/// The line under the table of one group.
pub(super) fn total(group: &GroupLag) -> String {
    let mut text = format!(
        "{}: {}",
        group.group,
        counted(group.partition_count, "partition")
    );
    if group.unknown_partitions > 0 {
        text.push_str(&format!(", {} unknown", group.unknown_partitions));
    }
    let bound = if group.lag_is_upper_bound { "≤" } else { "" };
    match group.lag {
        Some(lag) => text.push_str(&format!(", lag {bound}{lag}")),
        None => text.push_str(", lag unknown"),
    }
    if let (Some(earliest), Some(latest)) = (group.if_earliest, group.if_latest)
        && earliest != latest
    {
        text.push_str(&format!(
            " ({bound}{latest} if the rest is read from the end, ≤{earliest} from the beginning)"
        ));
    }
    if let Some(ms) = group.time_lag_ms.filter(|ms| *ms > 0) {
        text.push_str(&format!(", {} behind", duration(ms)));
    }
    if let Some(seconds) = group.eta_s.filter(|_| group.lag != Some(0)) {
        text.push_str(&format!(", done in {}", duration(ms(seconds))));
    }
    text.push_str(", ");
    text.push_str(group.status.known().unwrap_or("status unknown"));
    text
}

fn count(number: usize) -> Option<i64> {
    i64::try_from(number).ok()
}

fn records(lag: Option<i64>, upper_bound: bool) -> Cell {
    match lag {
        Some(lag) if upper_bound => Cell::AtMost(lag),
        lag => lag.into(),
    }
}

fn time(ms: Option<i64>) -> Cell {
    ms.map_or(Cell::Unknown, Cell::Duration)
}

fn eta(seconds: Option<f64>) -> Cell {
    seconds.map_or(Cell::Unknown, |seconds| Cell::Duration(ms(seconds)))
}

fn rate(per_second: Option<f64>) -> Cell {
    per_second.map_or(Cell::Unknown, |rate| {
        Cell::Number((rate * 10.0).round() / 10.0)
    })
}

fn ms(seconds: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "an estimate, saturating")]
    let ms = (seconds * 1_000.0) as i64;
    ms
}
