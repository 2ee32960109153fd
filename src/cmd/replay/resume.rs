//! `evctl replay resume`: the same line again, as it was stored.

use super::{args::ResumeArgs, begin_or_resume};
use crate::{
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::property,
    replay::ReplayRequest,
    transfer::{Connection, StateFile},
};

/// Resumes a replay that this machine knows.
///
/// # Errors
/// There is none of that name; see [`begin_or_resume::run`].
pub(super) fn run(context: &mut Context, args: &ResumeArgs) -> Result<Exit, Failure> {
    let Some(mut saved) = StateFile::load(&args.id)? else {
        return Err(unknown(&args.id));
    };
    if args.speed.is_some() {
        saved.request.options.speed.clone_from(&args.speed);
    }
    if args.rate.is_some() {
        saved.request.options.rate.clone_from(&args.rate);
    }
    let request = request(context, saved);
    begin_or_resume::run(context, request)
}

/// A replay that this machine has not begun.
pub(super) fn unknown(id: &str) -> Failure {
    Failure::new(
        Exit::NotFound,
        format!("this machine knows no replay {id:?}"),
    )
    .hint("evctl replay list shows those it knows")
    .hint(format!(
        "to resume one that another machine began, type its whole line with --id {id}"
    ))
}

/// The line as it was typed; the cluster is the one that was named then, unless one is named now.
pub(super) fn request(context: &mut Context, saved: StateFile) -> ReplayRequest {
    let global = &mut context.global;
    if global.profile.is_none() && global.brokers.is_none() {
        global.profile = saved.connection.profile;
        global.brokers = saved.connection.brokers;
    }
    // What is typed now comes last, and wins.
    let typed = std::mem::take(&mut global.properties);
    global.properties = saved.connection.properties;
    global.properties.extend(typed);
    let mut request = saved.request;
    request.options.id = Some(saved.plan.id);
    request
}

/// How the source's cluster is named now, without secrets.
pub(super) fn connection(context: &Context) -> Connection {
    let global = &context.global;
    let named = |pair: &&String| {
        let name = pair.split_once('=').map_or(pair.as_str(), |(name, _)| name);
        !property::is_secret(name)
    };
    Connection {
        profile: global.profile.clone(),
        brokers: global.brokers.clone(),
        properties: global.properties.iter().filter(named).cloned().collect(),
    }
}
