//! `evctl replay verify`: what was written is compared with the source.

use super::{
    args::{select_args, truncated},
    clusters::Clusters,
    list, planning, resume, topic_ids,
};
use crate::{
    cmd::{read::Sources, show},
    command::Context,
    exit::Exit,
    failure::Failure,
    output::{
        replay::{passed, verified_replay},
        report::ReportFormat,
    },
    replay::{Checkpoints, Plan, ReplayRequest, Verification, Verified},
    transfer::{Files, SourceRecords, StateFile, VerificationOptions},
    ui::{Bar, counted},
};

/// Compares.
///
/// # Errors
/// There is no plan of that name here, or one of its topics cannot be read.
pub(super) fn run(context: &mut Context, id: &str) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let Some(saved) = StateFile::load(id)? else {
        return Err(resume::unknown(id));
    };
    let plan = saved.plan.clone();
    if saved.request.spec.no_mark {
        return Err(Failure::usage(format!(
            "replay {id:?} wrote no marks (--no-mark): its records cannot be told from others"
        ))
        .hint("compare captures: evctl capture diff A B --ignore topic,offset"));
    }
    let request = resume::request(context, saved);
    let sources = Sources::parse(&request.spec.sources)?;
    let mut clusters = Clusters::connect(context, &request, &sources)?;
    clusters.target.refresh_brokers()?;
    topic_ids::expect(&plan.ids, &mut clusters);
    topic_ids::compare(&mut clusters, &plan.routes)?;
    let checkpoints = list::checkpoints(context, &mut clusters.target, &plan)?;
    let mut verification = Verification::new(&plan, planning::rules(context, &request)?);
    let options = VerificationOptions {
        stall_timeout: request.options.stall_timeout(),
        cancel: &context.cancel,
    };
    let mut bar = Bar::new(&context.ui, "written");
    options.read_targets(&mut clusters.target, &plan, &mut verification, &mut bar)?;
    bar.finish();
    match (&mut clusters.source, &sources) {
        (Some(client), _) => {
            let mut bar = Bar::new(&context.ui, "source");
            let both = (&plan, &checkpoints);
            options.read_source(client, both, &mut verification, &mut bar)?;
        }
        (None, Sources::Files(first, others)) => {
            let files = files(context, &request, (first, others))?;
            let end = plan.ranges.first().map_or(0, |range| {
                (checkpoints.get(&range.at())).map_or(range.start, |checkpoint| checkpoint.next)
            });
            files.each(end, &mut SourceRecords(&mut verification))?;
        }
        (None, Sources::Topics(_)) => {}
    }
    if context.cancel.is_raised() {
        return Err(super::stopped(context));
    }
    let limited = request.spec.selection.limit.is_some();
    let verified = verification.finish();
    conclude(context, (&plan, &checkpoints), &verified, limited, format)
}

fn files<'f>(
    context: &Context,
    request: &ReplayRequest,
    (first, others): (&'f std::path::PathBuf, &'f [std::path::PathBuf]),
) -> Result<Files<'f>, Failure> {
    Ok(Files {
        first,
        others,
        truncated: truncated(&request.options),
        selection: select_args(&request.spec.selection).selection(context.now, None)?,
    })
}

/// Prints the result. Which records a limit let pass is not known any more: with `limited` none is
/// missing.
fn conclude(
    context: &Context,
    (plan, checkpoints): (&Plan, &Checkpoints),
    verified: &Verified,
    limited: bool,
    format: ReportFormat,
) -> Result<Exit, Failure> {
    let report = verified_replay(&plan.id, verified, limited);
    let printed = show::print(context, &report, format)?;
    let missing = if limited { 0 } else { verified.missing };
    let failed: u64 = checkpoints.values().map(|one| one.metadata.failed).sum();
    if failed > 0 {
        context.ui.warn(format_args!(
            "{} could not be written when it was replayed",
            counted(failed, "record")
        ));
    }
    let done = plan.is_done(checkpoints);
    if !done {
        let percent = passed(checkpoints).map_or(0, |(done, all)| done * 100 / all.max(1));
        context.ui.warn(format_args!(
            "stopped at about {percent} %: later records were not compared; resume with {}",
            super::report::command(plan)
        ));
        let behind = verified.behind();
        if behind > 0 && !limited {
            context.ui.warn(format_args!(
                "{} more are there already, and are written again when the replay is resumed",
                counted(behind, "record")
            ));
        }
    }
    if missing == 0 && verified.doubled == 0 {
        context.ui.note(format_args!(
            "{} found, each once",
            counted(verified.found, "record")
        ));
        return Ok(if done { printed } else { printed.max(Exit::No) });
    }
    context.ui.warn(format_args!(
        "{} missing, {} doubled",
        counted(missing, "record"),
        verified.doubled
    ));
    Ok(printed.max(Exit::No))
}
