//! `evctl replay resume`: the same line again, as it was kept.

use super::{
    args::{ReplayArgs, ResumeArgs},
    saved::Saved,
    start,
};
use crate::{
    command::{Context, LimitArgs},
    exit::Exit,
    failure::Failure,
};

/// Goes on with a replay that this machine knows.
///
/// # Errors
/// There is none of that name; see [`start::run`].
pub(super) fn run(context: &mut Context, args: &ResumeArgs) -> Result<Exit, Failure> {
    let Some(mut saved) = Saved::load(&args.id)? else {
        return Err(unknown(&args.id));
    };
    if let Some(speed) = &args.speed {
        saved.how.speed.clone_from(speed);
    }
    if args.rate.is_some() {
        saved.how.rate.clone_from(&args.rate);
    }
    let again = arguments(context, saved);
    start::run(context, &again)
}

/// A replay that this machine has not begun.
pub(super) fn unknown(id: &str) -> Failure {
    Failure::new(
        Exit::NotFound,
        format!("this machine knows no replay {id:?}"),
    )
    .hint("evctl replay list shows those it knows")
    .hint(format!(
        "one that another machine began goes on by its whole line and --id {id}"
    ))
}

/// The line as it was typed; the cluster is the one that was named then, unless one is named now.
pub(super) fn arguments(context: &mut Context, saved: Saved) -> ReplayArgs {
    let global = &mut context.global;
    if global.profile.is_none() && global.brokers.is_none() {
        global.profile = saved.reach.profile;
        global.brokers = saved.reach.brokers;
    }
    // What is typed now comes last, and wins.
    let typed = std::mem::take(&mut global.properties);
    global.properties = saved.reach.properties;
    global.properties.extend(typed);
    let mut what = saved.typed.what;
    what.to_profile = saved.to_profile;
    let mut how = saved.how;
    how.id = Some(saved.plan.id);
    ReplayArgs {
        command: None,
        sources: saved.typed.sources,
        what,
        how,
        limit: LimitArgs {
            limit: saved.typed.limit,
        },
        select: saved.typed.select,
        read: saved.read,
    }
}
