//! The plan of a replay.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

use crate::{
    codec::{shell::CommandLine, text::counted},
    event::{REPLAY_TOPIC, Timestamp},
    output::report::{Cell, Column, CommandResult, Report, duration},
    replay::{CheckpointLocation, Pace, Placing, Plan, ReplayRequest, Route, together},
    transfer::{PlannedReplay, TopicSpan},
};

const COLUMNS: [Column; 11] = [
    Column::new("topic"),
    Column::new("partition"),
    Column::new("start"),
    Column::new("end"),
    Column::new("in_window"),
    Column::if_room("bytes"),
    Column::if_room("first"),
    Column::if_room("last"),
    Column::if_room("out_of_order"),
    Column::wide("null_keys"),
    Column::wide("poison"),
];

const KIND: &str = "evctl.replay-plan/1";

/// The width of a screen.
const LINE: usize = 80;

/// A plan, to be shown.
#[derive(Clone, Copy)]
pub struct ReplayPlan<'a> {
    /// The plan, and what is known about it.
    pub planned: &'a PlannedReplay,
    /// What was asked for.
    pub request: &'a ReplayRequest,
    /// When records are due.
    pub pace: &'a Pace,
}

#[derive(Serialize)]
struct PlanJson<'a> {
    kind: &'static str,
    id: &'a str,
    plan_sha: &'a str,
    from: Option<String>,
    to: Option<String>,
    exact: bool,
    offsets_looked_at: u64,
    in_window: u64,
    bytes: u64,
    duration_ms: Option<u128>,
    speed: &'a str,
    routes: &'a [Route],
    progress_group: Option<String>,
    progress_topic: Option<&'static str>,
    partitions: Vec<PartitionJson<'a>>,
    warnings: &'a [String],
    refusals: Vec<String>,
}

/// Numbers are `None` for what was not sampled.
#[derive(Serialize)]
struct PartitionJson<'a> {
    topic: &'a str,
    partition: i32,
    start: i64,
    end: Option<i64>,
    records_at_most: Option<i64>,
    in_window: Option<u64>,
    exact: Option<bool>,
    offsets_looked_at: Option<u64>,
    bytes: Option<u64>,
    null_keys: Option<u64>,
    first: Option<String>,
    last: Option<String>,
    out_of_order: Option<f64>,
    poison: Option<Vec<BTreeMap<&'static str, i64>>>,
}

impl Serialize for ReplayPlan<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self {
            planned,
            request,
            pace,
        } = *self;
        let plan = &planned.plan;
        let all = together(&planned.samples).estimate;
        let time = |ms: i64| Timestamp(ms).to_string();
        let location = plan.checkpoint_location;
        let partitions = plan.ranges.iter().map(|range| {
            let sample = planned.samples.get(&range.at());
            let estimate = sample.map(|sample| sample.estimate);
            let is_bounded = range.end != i64::MAX;
            let poison = sample.map(|sample| {
                let each = sample.poison.iter();
                each.map(|one| {
                    BTreeMap::from([("offset", one.offset), ("timestamp", one.timestamp)])
                })
                .collect()
            });
            PartitionJson {
                topic: &range.topic,
                partition: range.partition,
                start: range.start,
                end: is_bounded.then_some(range.end),
                records_at_most: is_bounded.then(|| range.end - range.start),
                in_window: estimate.map(|one| one.records),
                exact: estimate.map(|one| one.is_exact()),
                offsets_looked_at: estimate.map(|one| one.looked_at),
                bytes: estimate.map(|one| one.bytes),
                null_keys: estimate.map(|one| one.null_keys),
                first: estimate.and_then(|one| one.earliest).map(time),
                last: estimate.and_then(|one| one.latest).map(time),
                out_of_order: estimate.and_then(|one| one.out_of_order_share()),
                poison,
            }
        });
        PlanJson {
            kind: KIND,
            id: &plan.id,
            plan_sha: &plan.hash,
            from: plan.from_ms.map(time),
            to: plan.to_ms.map(time),
            exact: planned.exact,
            offsets_looked_at: all.looked_at,
            in_window: all.records,
            bytes: all.bytes,
            duration_ms: all.duration(pace).map(|time| time.as_millis()),
            speed: request.options.speed(),
            routes: &plan.routes,
            progress_group: (location == CheckpointLocation::Group).then(|| plan.group()),
            progress_topic: (location == CheckpointLocation::Topic).then_some(REPLAY_TOPIC),
            partitions: partitions.collect(),
            warnings: &planned.verdict.warnings,
            refusals: (planned.verdict.refusals.iter())
                .map(ToString::to_string)
                .collect(),
        }
        .serialize(serializer)
    }
}

impl CommandResult for ReplayPlan<'_> {
    fn rows(&self) -> Report {
        let Self {
            planned, request, ..
        } = *self;
        // How large rewritten records are is only known when they are written.
        let rewrites = request.spec.transform.is_some() || !request.spec.redact.is_empty();
        let mut report = Report::new(KIND, "partitions", &COLUMNS);
        for range in &planned.plan.ranges {
            let sample = planned
                .samples
                .get(&range.at())
                .cloned()
                .unwrap_or_default();
            let estimate = &sample.estimate;
            let known = planned.samples.contains_key(&range.at());
            let about = |cell: Cell| match cell {
                cell if estimate.is_exact() => cell,
                Cell::Unknown => Cell::Unknown,
                cell => Cell::About(Box::new(cell)),
            };
            let whole = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
            let number = |count: u64| about(Cell::Integer(whole(count)));
            let time = |ms: Option<i64>| about(ms.map_or(Cell::Unknown, Cell::Time));
            let poison = sample.poison.first().map(|poison| {
                format!(
                    "offset {} of {}",
                    poison.offset,
                    Timestamp(poison.timestamp)
                )
            });
            report.rows.push(vec![
                range.topic.to_string().into(),
                i64::from(range.partition).into(),
                range.start.into(),
                if range.end == i64::MAX {
                    Cell::Unknown
                } else {
                    range.end.into()
                },
                if known {
                    number(estimate.records)
                } else {
                    Cell::Unknown
                },
                match Cell::Bytes(whole(estimate.bytes)) {
                    _ if !known => Cell::Unknown,
                    bytes if rewrites => Cell::About(Box::new(bytes)),
                    bytes => about(bytes),
                },
                time(estimate.earliest),
                time(estimate.latest),
                about(share(estimate.out_of_order_share())),
                number(estimate.null_keys),
                poison.into(),
            ]);
        }
        report
    }
}

impl ReplayPlan<'_> {
    /// The whole plan in a few lines.
    #[must_use]
    pub fn heading(&self) -> String {
        let Self {
            planned,
            request,
            pace,
        } = *self;
        let plan = &planned.plan;
        let all = together(&planned.samples);
        let limit = (request.spec.selection.limit).filter(|limit| *limit < all.estimate.records);
        // What --dedupe and --transform leave out is only known when it is replayed.
        let leaves_out = request.spec.dedupe.is_some() || request.spec.transform.is_some();
        let at_most = match limit.is_some() || leaves_out {
            true => "at most ",
            false => "",
        };
        let about = match limit.is_some() || planned.exact {
            true => "",
            false => "~",
        };
        let records = counted(limit.unwrap_or(all.estimate.records), "record");
        let offsets = counted(all.estimate.offsets, "offset");
        let mut text = format!("replay {}: {at_most}{about}{records} of {offsets}", plan.id);
        if let Some(time) = all.estimate.duration(pace).filter(|_| !pace.is_unbounded()) {
            let ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
            let about = if request.options.max_gap.is_some() || limit.is_some() {
                "at most"
            } else {
                "about"
            };
            text += &format!(", takes {about} {}", duration(ms));
        }
        if !planned.exact && all.estimate.offsets > 0 {
            text += &format!(
                "\n~ is estimated from {} of the offsets; --exact reads them all, and counts",
                all.estimate.looked_at
            );
        }
        for route in &plan.routes {
            let source = match &*route.source {
                "" if plan.checkpoint_location == CheckpointLocation::Nowhere => "standard input",
                "" => plan.ranges.first().map_or("", |range| &*range.topic),
                source => source,
            };
            let partitions = counted(route.partitions.unsigned_abs(), "partition");
            text += &format!("\n{source} -> {} ({partitions})", route.target);
        }
        if plan.from_ms.is_some() || plan.to_ms.is_some() {
            text += &format!("\n{}", window(plan.from_ms, plan.to_ms));
        }
        text += &format!("\n{}", ways(planned, request));
        text += &kept_in(plan);
        if plan.to_ms.is_some() {
            for (topic, reach) in &planned.reaches {
                text += &format!("\n{topic}: {}", reach.guarantee());
            }
        }
        text
    }
}

/// What the replay makes to keep its progress, and what removes it.
fn kept_in(plan: &Plan) -> String {
    let cancel = CommandLine::evctl("replay cancel").operand(&plan.id);
    match plan.checkpoint_location {
        CheckpointLocation::Group => format!(
            "\nprogress is kept in group {:?};\n\"{cancel}\" deletes it",
            plan.group()
        ),
        CheckpointLocation::Topic => format!(
            "\nprogress is kept in topic {REPLAY_TOPIC:?} of the target's cluster;\n\
             \"{cancel}\" removes it from there"
        ),
        CheckpointLocation::Nowhere => String::new(),
    }
}

/// How the records are written: what else matters before a yes.
fn ways(planned: &PlannedReplay, request: &ReplayRequest) -> String {
    let (what, how) = (&request.spec, &request.options);
    let partitions = match &what.partitions {
        Some(typed) if typed.starts_with("map:") => format!("partitions by {typed}"),
        _ if planned.placing == Placing::Keep => "partitions kept".to_owned(),
        _ => "partitions by key".to_owned(),
    };
    let mut ways = vec![
        partitions,
        format!("timestamps {}", what.timestamps()),
        format!("speed {}", how.speed()),
    ];
    ways.extend(how.rate.as_ref().map(|rate| format!("rate {rate}")));
    ways.push(if how.exactly_once {
        "exactly once".to_owned()
    } else {
        "at least once".to_owned()
    });
    ways.extend(what.no_mark.then(|| "no marks".to_owned()));
    ways.extend(what.redact.iter().map(|path| format!("--redact {path}")));
    ways.extend(
        what.transform
            .iter()
            .map(|jq| format!("--transform '{jq}'")),
    );
    ways.extend(what.dedupe.iter().map(|by| format!("--dedupe {by}")));
    ways.extend(
        what.set_header
            .iter()
            .map(|pair| format!("--set-header {pair}")),
    );
    ways.extend(
        what.drop_header
            .iter()
            .map(|glob| format!("--drop-header '{glob}'")),
    );
    folded(&ways)
}

/// Parts in lines of no more than [`LINE`] letters, but for a part that is longer.
fn folded(parts: &[String]) -> String {
    let mut text = String::new();
    let mut line = 0;
    for part in parts {
        let length = part.chars().count();
        if text.is_empty() {
            line = length;
        } else if line + 2 + length < LINE {
            text.push_str(", ");
            line += 2 + length;
        } else {
            text.push_str(",\n");
            line = length;
        }
        text.push_str(part);
    }
    text
}

fn share(share: Option<f64>) -> Cell {
    share.map_or(Cell::Unknown, |share| {
        Cell::Text(format!("{:.1}%", share * 100.0))
    })
}

/// The times that records lie in.
#[must_use]
pub fn window(from: Option<i64>, to: Option<i64>) -> String {
    let time = |ms: Option<i64>, open: &str| {
        ms.map_or_else(|| open.to_owned(), |ms| Timestamp(ms).to_string())
    };
    format!(
        "window from {} to {}",
        time(from, "the beginning"),
        time(to, "the end")
    )
}

/// Why there is nothing to replay, with the times of the records that are there.
#[must_use]
pub fn empty_window(planned: &PlannedReplay, spans: &[TopicSpan]) -> String {
    let plan = &planned.plan;
    if plan.from_ms.is_none() && plan.to_ms.is_none() {
        return "there is nothing to replay".to_owned();
    }
    let each = spans.iter().map(|TopicSpan { topic, span }| match span {
        Some((first, last)) => format!(
            "topic {topic:?} has records from {} to {}",
            Timestamp(*first),
            Timestamp(*last)
        ),
        None => format!("topic {topic:?} has no records"),
    });
    let each: Vec<String> = each.collect();
    let why = if each.is_empty() {
        String::new()
    } else {
        format!(": {}", each.join("; "))
    };
    let sure = if planned.exact || plan.ranges.iter().all(|range| range.start >= range.end) {
        "the window is empty"
    } else {
        "the window is empty, as far as samples tell"
    };
    format!("{sure}{why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Screen, Terminal, report::ReportFormat};

    #[test]
    fn each_partition_of_a_plan_is_one_line_of_80_columns() {
        for topic in ["orders", "orders.by-customer.v2", "a"] {
            let mut report = Report::new(KIND, "partitions", &COLUMNS);
            let about = |cell| Cell::About(Box::new(cell));
            for partition in [0, 11] {
                report.rows.push(vec![
                    topic.into(),
                    partition.into(),
                    1_234_567.into(),
                    2_345_678.into(),
                    about(1_111_111.into()),
                    about(Cell::Bytes(300_000_000)),
                    about(Cell::Time(1_767_261_600_000)),
                    about(Cell::Time(1_767_265_200_000)),
                    about("0.1%".into()),
                ]);
            }
            let mut text = Vec::new();
            let screen = Screen::new(Terminal::Yes, 80, false);
            (report.write(&mut text, ReportFormat::Table, &screen)).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert_eq!(text.lines().count(), 3, "{text}");
            let narrow = text.lines().all(|line| line.chars().count() <= 80);
            assert!(narrow && text.contains("~1111111"), "{text}");
        }
    }
}
