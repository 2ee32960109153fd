//! What is said of a replay: its plan before, its report after, and how to resume it.

use super::topic_ids::begin_again;
use crate::{
    cmd,
    codec::shell::CommandLine,
    command::Context,
    event::Timestamp,
    exit::Exit,
    failure::Failure,
    output::{
        replay::{FinishedReplay, Remark, ReplayPlan, ReplayResult},
        report::{CommandResult, ReportFormat},
    },
    pipeline::{Cancel, Ended, Fault, Signal},
    replay::{CheckpointLocation, Checkpoints, Decider, Plan, records_written},
    transfer::{LastWords, ShutdownDeadline},
    ui::{self, counted},
};

/// Whether JSON is wanted.
///
/// # Errors
/// Another format.
pub(super) fn format(context: &Context) -> Result<bool, Failure> {
    context.wants_json("replay reports as text, or with -o json")
}

/// Shows a new plan: on standard output when it is all that is wanted, as JSON where that is.
pub(super) fn plan(context: &Context, plan: &ReplayPlan<'_>) -> Result<(), Failure> {
    let mut heading = plan.heading();
    if cmd::read::profile_redacts(context)? {
        heading +=
            "\nthe profile's redact does not apply to records that are written; --redact does";
    }
    if !context.global.dry_run {
        cmd::show::plan(context, &heading, &plan.rows());
        return Ok(());
    }
    let format = if format(context)? {
        ReportFormat::Json
    } else {
        context.ui.note_lines(&heading);
        ReportFormat::Table
    };
    cmd::show::print(context, plan, format).map(drop)
}

/// A replay that is resumed.
pub(super) fn known(context: &Context, plan: &Plan) {
    let targets: Vec<String> = plan
        .targets()
        .iter()
        .map(|(name, _)| name.to_string())
        .collect();
    context.ui.note(format_args!(
        "resuming replay {}, begun {}, into {}",
        plan.id,
        Timestamp(plan.begun),
        targets.join(", ")
    ));
}

/// A replay that has come to its end before.
pub(super) fn done_before(
    context: &Context,
    plan: &Plan,
    checkpoints: &Checkpoints,
) -> Result<Exit, Failure> {
    let sent = records_written(checkpoints);
    context.ui.note(format_args!(
        "replay {} is done already: {} were written",
        plan.id,
        counted(sent, "record")
    ));
    if format(context)? {
        let result = FinishedReplay::new(plan, sent);
        cmd::show::print(context, &result, ReportFormat::Json)?;
    }
    Ok(Exit::Ok)
}

/// What is known when a run is over.
pub(super) struct End<'e> {
    pub(super) result: ReplayResult<'e>,
    pub(super) decider: &'e Decider,
    /// The arguments of the command.
    pub(super) line: &'e str,
}

/// Says what was done, and gives the exit code.
///
/// # Errors
/// What broke the run.
pub(super) fn report(
    context: &Context,
    end: &End<'_>,
    ended: Result<Ended, Fault>,
) -> Result<Exit, Failure> {
    let (outcome, tally) = (end.result.outcome, &end.result.outcome.tally);
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
    for remark in end.result.remarks() {
        match remark {
            Remark::Note(text) => context.ui.note(text),
            Remark::Warning(text) => context.ui.warn(text),
        }
    }
    if format(context)? {
        cmd::show::print(context, &end.result, ReportFormat::Json)?;
    }
    let plan = end.result.plan;
    let resume = end.result.is_resumable().then(|| command(plan));
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
            if failure.stale && plan.checkpoint_location != CheckpointLocation::Nowhere {
                return Err(begin_again(failure, &plan.id, end.line));
            }
            Err(match resume {
                Some(resume) if !failure.stale => failure.hint(format!("resume with {resume}")),
                _ => failure,
            })
        }
    }
}

/// The command that resumes a replay.
pub(super) fn command(plan: &Plan) -> String {
    CommandLine::evctl("replay resume")
        .operand(&plan.id)
        .to_string()
}

fn interrupted(context: &Context, resume: Option<&str>) -> Exit {
    let (what, exit) = interruption(&context.cancel);
    match resume {
        Some(resume) => context
            .ui
            .note(format_args!("{what}; resume with {resume}")),
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
                "{what} while the cluster does not answer; resume with {command}"
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
