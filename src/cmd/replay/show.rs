//! What is said of a replay: its plan before, its report after, and how to go on with it.

use std::time::Duration;

use serde_json::{Value, json};

use super::topic_ids::begin_again;
use crate::{
    cmd,
    codec::shell::CommandLine,
    command::Context,
    event::{REPLAY_TOPIC, Timestamp},
    exit::Exit,
    failure::Failure,
    output::report::{Cell, Column, Report, duration},
    pipeline::{Cancel, Ended, Fault, Signal},
    replay::{
        CheckpointLocation, Checkpoints, Decider, Pace, Placing, Plan, ReplayRequest,
        records_written, together,
    },
    transfer::{LastWords, Outcome, PlannedReplay, ShutdownDeadline, TopicSpan},
    ui::{self, counted},
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

/// The width of a screen.
const LINE: usize = 80;

/// Whether JSON is wanted.
///
/// # Errors
/// Another format.
pub(super) fn format(context: &Context) -> Result<bool, Failure> {
    context.wants_json("replay reports as text, or with -o json")
}

/// Shows a new plan: on standard output when it is all that is wanted, as JSON where that is.
pub(super) fn plan(
    context: &Context,
    planned: &PlannedReplay,
    request: &ReplayRequest,
    pace: &Pace,
) -> Result<(), Failure> {
    let mut heading = heading(planned, request, pace);
    if cmd::read::profile_redacts(context)? {
        heading +=
            "\nthe profile's redact does not apply to records that are written; --redact does";
    }
    let report = table(planned, request);
    if !context.global.dry_run {
        cmd::show::plan(context, &heading, &report);
        return Ok(());
    }
    if format(context)? {
        let value = plan_json(planned, request, pace);
        return cmd::print(context, |out| writeln!(out, "{value}")).map(drop);
    }
    context.ui.note_lines(&heading);
    let format = crate::output::report::ReportFormat::Table;
    cmd::show::print(context, &report, format).map(drop)
}

/// The whole plan in a few lines.
fn heading(planned: &PlannedReplay, request: &ReplayRequest, pace: &Pace) -> String {
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

/// The times that records lie in.
pub(super) fn window(from: Option<i64>, to: Option<i64>) -> String {
    let time = |ms: Option<i64>, open: &str| {
        ms.map_or_else(|| open.to_owned(), |ms| Timestamp(ms).to_string())
    };
    format!(
        "window from {} to {}",
        time(from, "the beginning"),
        time(to, "the end")
    )
}

fn table(planned: &PlannedReplay, request: &ReplayRequest) -> Report {
    // How large rewritten records are is only known when they are written.
    let rewrites = request.spec.transform.is_some() || !request.spec.redact.is_empty();
    let mut report = Report::new("evctl.replay-plan/1", "partitions", &COLUMNS);
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

fn share(share: Option<f64>) -> Cell {
    share.map_or(Cell::Unknown, |share| {
        Cell::Text(format!("{:.1}%", share * 100.0))
    })
}

fn plan_json(planned: &PlannedReplay, request: &ReplayRequest, pace: &Pace) -> Value {
    let plan = &planned.plan;
    let all = together(&planned.samples);
    let partitions = plan.ranges.iter().map(|range| {
        let sample = planned.samples.get(&range.at());
        let estimate = sample.map(|sample| sample.estimate);
        let time = |ms: Option<i64>| ms.map(|ms| Timestamp(ms).to_string());
        let poison = sample.map(|sample| {
            let each = sample.poison.iter();
            each.map(|one| json!({"offset": one.offset, "timestamp": one.timestamp}))
                .collect::<Vec<_>>()
        });
        json!({
            "topic": &*range.topic,
            "partition": range.partition,
            "start": range.start,
            "end": (range.end != i64::MAX).then_some(range.end),
            "records_at_most": (range.end != i64::MAX).then(|| range.end - range.start),
            "in_window": estimate.map(|one| one.records),
            "exact": estimate.map(|one| one.is_exact()),
            "offsets_looked_at": estimate.map(|one| one.looked_at),
            "bytes": estimate.map(|one| one.bytes),
            "null_keys": estimate.map(|one| one.null_keys),
            "first": estimate.and_then(|one| time(one.earliest)),
            "last": estimate.and_then(|one| time(one.latest)),
            "out_of_order": estimate.and_then(|one| one.out_of_order_share()),
            "poison": poison,
        })
    });
    let refusals: Vec<String> = (planned.verdict.refusals.iter())
        .map(ToString::to_string)
        .collect();
    json!({
        "kind": "evctl.replay-plan/1",
        "id": plan.id,
        "plan_sha": plan.hash,
        "from": plan.from_ms.map(|ms| Timestamp(ms).to_string()),
        "to": plan.to_ms.map(|ms| Timestamp(ms).to_string()),
        "exact": planned.exact,
        "offsets_looked_at": all.estimate.looked_at,
        "in_window": all.estimate.records,
        "bytes": all.estimate.bytes,
        "duration_ms": all.estimate.duration(pace).map(|time| time.as_millis()),
        "speed": request.options.speed(),
        "routes": plan.routes,
        "progress_group": (plan.checkpoint_location == CheckpointLocation::Group).then(|| plan.group()),
        "progress_topic": (plan.checkpoint_location == CheckpointLocation::Topic).then_some(REPLAY_TOPIC),
        "partitions": partitions.collect::<Vec<_>>(),
        "warnings": planned.verdict.warnings,
        "refusals": refusals,
    })
}

/// Says why there is nothing to replay.
pub(super) fn empty(context: &Context, planned: &PlannedReplay, spans: &[TopicSpan]) {
    let plan = &planned.plan;
    if plan.from_ms.is_none() && plan.to_ms.is_none() {
        return context.ui.note("there is nothing to replay");
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
    context.ui.note(format_args!("{sure}{why}"));
}

/// A plan that stands already.
pub(super) fn known(context: &Context, plan: &Plan) {
    let targets: Vec<String> = plan
        .targets()
        .iter()
        .map(|(name, _)| name.to_string())
        .collect();
    context.ui.note(format_args!(
        "replay {}, begun {}, goes on into {}",
        plan.id,
        Timestamp(plan.begun),
        targets.join(", ")
    ));
}

/// A replay that has come to its end before.
pub(super) fn done_before(
    context: &Context,
    plan: &Plan,
    progress: &Checkpoints,
) -> Result<Exit, Failure> {
    let sent: u64 = progress.values().map(|one| one.metadata.sent).sum();
    context.ui.note(format_args!(
        "replay {} is done already: {} were written",
        plan.id,
        counted(sent, "record")
    ));
    if format(context)? {
        let value = json!({
            "kind": "evctl.replay/1", "id": plan.id, "plan_sha": plan.hash, "done": true,
            "produced": 0, "produced_before": sent,
        });
        cmd::print(context, |out| writeln!(out, "{value}"))?;
    }
    Ok(Exit::Ok)
}

/// What is known when a run is over.
pub(super) struct End<'e> {
    pub(super) plan: &'e Plan,
    pub(super) outcome: &'e Outcome,
    pub(super) decider: &'e Decider,
    pub(super) elapsed: Duration,
    pub(super) exactly_once: bool,
    /// The command, much as it was typed.
    pub(super) line: &'e str,
}

impl End<'_> {
    /// Records at most that this run may have written and that are written again: the progress that
    /// is kept does not cover them.
    fn written_again(&self) -> u64 {
        if self.exactly_once {
            return 0;
        }
        let outcome = self.outcome;
        outcome.behind + outcome.sent.saturating_sub(outcome.tally.sent)
    }
}

/// Says what was done, and gives the exit code.
///
/// # Errors
/// What broke the run.
pub(super) fn report(
    context: &Context,
    request: &ReplayRequest,
    end: &End<'_>,
    ended: Result<Ended, Fault>,
) -> Result<Exit, Failure> {
    let (outcome, tally) = (end.outcome, &end.outcome.tally);
    for gap in &outcome.gaps {
        context.ui.warn(format_args!(
            "{}/{}: offsets {} to {} could not be read: {}",
            gap.topic, gap.partition, gap.from, gap.to, gap.reason
        ));
    }
    for (option, errors) in end.decider.errors() {
        cmd::read::warn_of_errors(context, option, errors);
    }
    if let Some(interrupted) = end.decider.interrupted_record() {
        context.ui.warn(interrupted);
    }
    if let Some(first) = &tally.first_failure {
        context.ui.warn(format_args!(
            "{} could not be written, the first: {first}",
            counted(tally.failed, "record")
        ));
    }
    let unfound = end.decider.unfound().filter(|_| outcome.sent > 0);
    cmd::read::warn_of_unfound(context, unfound);
    for line in &outcome.log {
        context.ui.detail(format_args!("librdkafka: {line:?}"));
    }
    say(context, request, end);
    if format(context)? {
        let value = json(end, request);
        cmd::print(context, |out| writeln!(out, "{value}"))?;
    }
    let resume = resume(end);
    match ended {
        Ok(Ended::Cancelled) => Ok(interrupted(context, resume.as_deref())),
        Ok(Ended::End | Ended::Stopped) if outcome.gaps.is_empty() && tally.failed == 0 => {
            Ok(cmd::read::exit_of(Exit::Ok, end.decider.filter_fails()))
        }
        Ok(Ended::End | Ended::Stopped) => Ok(Exit::Partial),
        Err(_) if context.cancel.is_raised() => Ok(interrupted(context, resume.as_deref())),
        Err(fault) => {
            let mut failure = Failure::from(fault);
            let some = tally.sent > 0 || outcome.any_acknowledged;
            if some && matches!(failure.exit, Exit::Unreachable | Exit::NotFound) {
                failure.exit = Exit::Partial;
            }
            if failure.stale && end.plan.checkpoint_location != CheckpointLocation::Nowhere {
                return Err(begin_again(failure, &end.plan.id, end.line));
            }
            Err(match resume {
                Some(resume) if !failure.stale => failure.hint(format!("go on with {resume}")),
                _ => failure,
            })
        }
    }
}

fn say(context: &Context, request: &ReplayRequest, end: &End<'_>) {
    let tally = &end.outcome.tally;
    let seconds = end.elapsed.as_secs_f64();
    let mut text = format!(
        "{} written ({}) in {seconds:.3} s",
        counted(tally.sent, "record"),
        counted(tally.bytes, "byte")
    );
    for (count, what) in [
        (
            end.decider.dedupe_counts().duplicates,
            "left out as duplicates",
        ),
        (tally.dropped, "left out by --transform"),
        (tally.timeless, "without a time"),
        (tally.failed, "failed"),
    ] {
        if count > 0 {
            text += &format!(", {count} {what}");
        }
    }
    context.ui.note(text);
    let again = end.written_again();
    if again > 0 {
        let who = if end.outcome.is_replaced {
            "the other run"
        } else {
            "the run that goes on"
        };
        context.ui.warn(format_args!(
            "{who} writes up to {} again that this one may have written",
            counted(again, "record")
        ));
    }
    let forgotten = end.decider.dedupe_counts().forgotten;
    if forgotten > 0 {
        context.ui.warn(format_args!(
            "--dedupe remembers 2 million values: the first {forgotten} were forgotten, and may have \
             been written twice"
        ));
    }
    let delay = end.decider.delay();
    if delay.most > Duration::from_secs(1) {
        context.ui.note(format_args!(
            "{:.1} s behind schedule at most, {:.1} s at the end",
            delay.most.as_secs_f64(),
            delay.last.as_secs_f64()
        ));
    }
    let earlier = match request.options.share {
        true => "an earlier run, or a member that was lost",
        false => "an earlier run",
    };
    match end.outcome.duplicates.count() {
        Some(0) => {}
        Some(count) => context.ui.warn(format_args!(
            "at most {} may have been written twice: by {earlier}, after its last checkpoint, and \
             by this one",
            counted(count, "record")
        )),
        None => context.ui.warn(
            "records that an earlier run wrote after its last checkpoint were written again; how \
             many is not known",
        ),
    }
}

/// The command that goes on; `None` when there is nothing to go on with.
fn resume(end: &End<'_>) -> Option<String> {
    let again = end.plan.checkpoint_location != CheckpointLocation::Nowhere
        && !end.plan.is_done(&end.outcome.checkpoints);
    (again && !end.outcome.is_replaced).then(|| command(end.plan))
}

/// The command that goes on.
pub(super) fn command(plan: &Plan) -> String {
    CommandLine::evctl("replay resume")
        .operand(&plan.id)
        .to_string()
}

fn interrupted(context: &Context, resume: Option<&str>) -> Exit {
    let (what, exit) = interruption(&context.cancel);
    match resume {
        Some(resume) => context.ui.note(format_args!("{what}; go on with {resume}")),
        None => context.ui.note(what),
    }
    exit
}

/// Ends the process when a shutdown takes too long, and says how the replay is resumed.
pub(super) fn shutdown_deadline(context: &Context) -> ShutdownDeadline {
    let (ui, cancel) = (context.ui.clone(), context.cancel.clone());
    ShutdownDeadline::watch(context.cancel.clone(), move |last_words| {
        let (what, exit) = interruption(&cancel);
        match last_words {
            LastWords::NothingWritten => ui.note(format_args!("{what}, nothing was written")),
            LastWords::Resume(command) => ui.note(format_args!(
                "{what} while the cluster does not answer; go on with {command}"
            )),
            LastWords::Nothing => {}
        }
        ui::end(exit);
    })
}

/// What interrupted us, and the exit code for it.
pub(super) fn interruption(cancel: &Cancel) -> (&'static str, Exit) {
    match cancel.raised() {
        Some(Signal::Deadline) => ("--timeout is over", Exit::Partial),
        Some(Signal::Terminate) => ("terminated", Exit::Terminated),
        Some(Signal::Interrupt) | None => ("interrupted", Exit::Interrupted),
    }
}

fn json(end: &End<'_>, request: &ReplayRequest) -> Value {
    let (plan, outcome, tally) = (end.plan, end.outcome, &end.outcome.tally);
    let partitions = plan.ranges.iter().map(|range| {
        let checkpoint = outcome.checkpoints.get(&range.at());
        let next = checkpoint.map_or(range.start, |one| one.next);
        json!({
            "topic": &*range.topic,
            "partition": range.partition,
            "start": range.start,
            "next": next,
            "end": (range.end != i64::MAX).then_some(range.end),
            "done": next >= range.end,
            "produced": checkpoint.map_or(0, |one| one.metadata.sent),
        })
    });
    let gaps: Vec<Value> = (outcome.gaps.iter())
        .map(|gap| json!([&*gap.topic, gap.partition, gap.from, gap.to, gap.reason]))
        .collect();
    let time = |ms: i64| Timestamp(ms).to_string();
    let dedupe = end.decider.dedupe_counts();
    let delay = end.decider.delay();
    json!({
        "kind": "evctl.replay/1",
        "id": plan.id,
        "plan_sha": plan.hash,
        "done": plan.is_done(&outcome.checkpoints),
        "exactly_once": end.exactly_once,
        "speed": request.options.speed(),
        "read": tally.read,
        "matched": tally.matched,
        "deduped": dedupe.duplicates,
        "dropped": tally.dropped,
        "skipped_late": tally.before,
        "skipped_after": tally.after,
        "without_time": tally.timeless,
        "produced": tally.sent,
        "produced_in_all": records_written(&outcome.checkpoints),
        "failed": tally.failed,
        "could_be_doubled": outcome.duplicates.count(),
        "written_again_at_most": end.written_again(),
        "bytes": tally.bytes,
        "partitions": partitions.collect::<Vec<_>>(),
        "gaps": gaps,
        "first_ts": tally.times.map(|(first, _)| time(first)),
        "last_ts": tally.times.map(|(_, last)| time(last)),
        "elapsed_ms": u64::try_from(end.elapsed.as_millis()).unwrap_or(u64::MAX),
        "lag_behind_schedule_ms": u64::try_from(delay.last.as_millis()).unwrap_or(u64::MAX),
        "most_behind_schedule_ms": u64::try_from(delay.most.as_millis()).unwrap_or(u64::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::{Screen, Terminal, report::ReportFormat};

    #[test]
    fn each_partition_of_a_plan_is_one_line_of_80_columns() {
        for topic in ["orders", "orders.by-customer.v2", "a"] {
            let mut report = Report::new("evctl.replay-plan/1", "partitions", &COLUMNS);
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
