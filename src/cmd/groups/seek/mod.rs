//! `evctl groups seek`: moves a group.

mod goals;
mod times;
mod wanted;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use clap::{ArgGroup, Args};

use super::{
    end_dry_run, find, refuse, refuse_live,
    undo::{Undo, undo_steps},
    unless_stopped,
};
use crate::{
    cmd::{cluster, show},
    command::Context,
    config::Cluster,
    event::{GroupListing, GroupType, TopicPartition},
    exit::Exit,
    failure::{Failure, Resource, grant},
    kafka::{
        admin::{self, SeekOutcome, group_commits, known_commits, new_group},
        wire::Client,
    },
    offsets::{PartitionError, SeekPlan, StaleMove, StoredOffset},
    output::{
        groups::group_seek,
        report::{Report, ReportFormat},
    },
    pipeline::Permit,
    ui::counted,
};
use wanted::Wanted;

/// Arguments of `groups seek`.
#[derive(Debug, Args)]
#[command(
    override_usage = "evctl groups seek [OPTIONS] <GROUP> --from POSITION\n       \
    evctl groups seek [OPTIONS] <GROUP> --shift N\n       \
    evctl groups seek [OPTIONS] <GROUP> --to-group GROUP\n       \
    evctl groups seek [OPTIONS] <GROUP> --from-file FILE"
)]
#[command(group(ArgGroup::new("goal").required(true).args(["from", "shift", "to_group", "from_file"])))]
pub struct SeekArgs {
    /// The group
    #[arg(value_name = "GROUP")]
    group: String,
    /// Move the group to this position, e.g. --from -2h
    ///
    /// earliest, latest, an offset (1042), the last N records of each partition (-100), N offsets
    /// after the earliest (+100), a timestamp in seconds, milliseconds or nanoseconds
    /// (@1767261600123), a duration ago (-2h), now, today, yesterday, a date or time (10:00,
    /// 2026-01-02, 2026-01-02T10:00:00+01:00). A time is the first record that is not older, the end
    /// where there is none. A time without a zone is UTC, or in the zone of --tz.
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    from: Option<String>,
    /// Time zone of dates and times without one, local or a name [default: UTC], e.g. --tz local
    #[arg(long, value_name = "ZONE", requires = "from")]
    tz: Option<String>,
    /// Move the group by N offsets, e.g. --shift -10
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = shift)]
    shift: Option<i64>,
    /// Move the group to the offsets of another group, e.g. --to-group billing
    #[arg(long, value_name = "GROUP")]
    to_group: Option<String>,
    /// Move the group to the offsets in a file, - is stdin, e.g. --from-file billing.csv
    ///
    /// A file of `groups export` or of kafka-consumer-groups --export: lines of topic,partition,offset
    /// or group,topic,partition,offset.
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// Move only this topic, with or without offsets of the group, e.g. --topic orders (can be
    /// repeated)
    #[arg(short, long = "topic", value_name = "TOPIC")]
    topics: Vec<String>,
    /// Move only these partitions, e.g. -p 0,3-5
    #[arg(short, long, value_name = "LIST")]
    partition: Option<String>,
    /// Create the group if it does not exist
    #[arg(long)]
    create: bool,
}

/// A number of offsets with its sign: `-10`, `+10`, `10`.
fn shift(text: &str) -> Result<i64, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a number of offsets such as -10 or +10"))
}

/// What a seek does to a group.
const MOVING: &str = "moving it";

/// The group to move.
enum Subject {
    There(GroupListing),
    /// It does not exist, and `--create` says that it may be made.
    New,
}

/// Moves it.
///
/// # Errors
/// The group or a topic cannot be seen, the group is live, the user declined, nothing could be
/// moved.
pub(super) fn run(context: &Context, args: &SeekArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let wanted = Wanted::parse(context, args)?;
    let (cluster, mut client) = cluster::connect_to_ask(context)?;
    let subject = subject(context, &mut client, args)?;
    let (stored, refusal) = match &subject {
        Subject::New => (BTreeMap::new(), None),
        Subject::There(group) => {
            refuse_type(group)?;
            let refusal = refuse_live(&mut client, group, MOVING)?;
            let refusal = refuse(context, refusal)?;
            (known_commits(&group_commits(&mut client, group)?), refusal)
        }
    };
    let goals = goals::goals(context, &mut client, &wanted, &args.group, &stored)?;
    let mut plan = SeekPlan::new(&args.group, goals, &stored);
    refuse_nothing(&plan)?;
    times::look_up(context, &mut client, &mut plan);
    unless_stopped(context)?;
    if context.global.dry_run {
        let report = report(&plan, None, None, format);
        let shown = show::dry_run(context, &plan.heading(), &report, format)?;
        return end_dry_run(shown, refusal);
    }
    if plan.changes().next().is_none() {
        return nothing_to_do(context, &plan, format);
    }
    let table = report(&plan, None, None, ReportFormat::Table);
    show::plan(context, &plan.heading(), &table);
    let permit = permit(context, &cluster, &plan)?;
    let topics: BTreeSet<&str> = plan.changes().map(|moved| &*moved.at.topic).collect();
    cluster::refuse_recreated(&mut client, &topics.into_iter().collect::<Vec<_>>())?;
    let mut is_new = false;
    let group = match subject {
        Subject::There(group) => {
            // A member may have joined while the question was open.
            refuse(context, refuse_live(&mut client, &group, MOVING)?)?;
            group
        }
        Subject::New => {
            is_new = true;
            new_group(&mut client, &args.group, permit)?
        }
    };
    unless_stopped(context)?;
    let undo = save(context, &plan)?;
    // A new group has no offsets, and its coordinator may not be ready to say so.
    if !is_new && let Err(stale) = refuse_stale(&mut client, &group, &plan) {
        undo.discard();
        return Err(stale);
    }
    undo.tell(context);
    let outcome = admin::seek(&mut client, &group, &plan, permit);
    finish(context, &client, &plan, outcome, &undo, format)
}

/// The result; the plan when `errors` is `None`.
fn report(
    plan: &SeekPlan,
    errors: Option<&BTreeMap<TopicPartition, PartitionError>>,
    undo: Option<&Undo>,
    format: ReportFormat,
) -> Report {
    let with_idle = !matches!(format, ReportFormat::Table | ReportFormat::Wide);
    group_seek(plan, errors, &undo_steps(undo), with_idle)
}

/// Refuses when no partition can be moved.
fn refuse_nothing(plan: &SeekPlan) -> Result<(), Failure> {
    if plan.moves().next().is_some() {
        return Ok(());
    }
    let Some((at, error)) = plan.worst_error() else {
        return Err(Failure::new(Exit::NotFound, "there is nothing to move"));
    };
    let message = format!("group {:?} cannot be moved", plan.group);
    Err(Failure::new(error.kind.into(), message).cause(format!("{at}: {error}")))
}

/// Refuses when the group has moved since the plan was made.
fn refuse_stale(client: &mut Client, group: &GroupListing, plan: &SeekPlan) -> Result<(), Failure> {
    let stored = known_commits(&group_commits(client, group)?);
    let Some(StaleMove { at, planned, now }) = plan.stale(&stored) else {
        return Ok(());
    };
    let place = |offset: Option<i64>| {
        offset.map_or_else(|| "no offset".to_owned(), |offset| offset.to_string())
    };
    let message = format!(
        "group {:?} has moved since the plan was made, nothing was changed",
        group.name
    );
    Err(Failure::new(Exit::Refused, message)
        .cause(format!(
            "{at}: it was at {}, and is at {}",
            place(planned),
            place(now)
        ))
        .hint("type the line again: it begins from there"))
}

fn subject(context: &Context, client: &mut Client, args: &SeekArgs) -> Result<Subject, Failure> {
    match find::one(context, client, &args.group) {
        Ok(group) => Ok(Subject::There(group)),
        Err(failure) if failure.exit == Exit::NotFound && args.create => Ok(Subject::New),
        Err(failure) if failure.exit == Exit::NotFound => {
            Err(failure.hint("--create makes a new group"))
        }
        Err(failure) => Err(failure),
    }
}

fn refuse_type(group: &GroupListing) -> Result<(), Failure> {
    let (why, tool) = match group.kind {
        GroupType::Classic | GroupType::Simple | GroupType::Consumer => return Ok(()),
        GroupType::Share => ("has no offsets of its own to move", "kafka-share-groups"),
        GroupType::Streams => (
            "has internal topics that have to go with its offsets",
            "kafka-streams-groups",
        ),
    };
    let kind = group.kind.name();
    let message = format!(
        "group {:?} is a {kind} group, which {why}, nothing was changed",
        group.name
    );
    Err(Failure::new(Exit::Refused, message).hint(format!(
        "{tool} --reset-offsets --group NAME … --execute moves it"
    )))
}

fn nothing_to_do(
    context: &Context,
    plan: &SeekPlan,
    format: ReportFormat,
) -> Result<Exit, Failure> {
    context.ui.note(format_args!(
        "group {:?} stands there already, nothing was changed",
        plan.group
    ));
    if format != ReportFormat::Table || plan.has_errors() {
        let report = report(plan, Some(&BTreeMap::new()), None, format);
        show::print(context, &report, format)?;
    }
    Ok(if plan.has_errors() {
        Exit::Partial
    } else {
        Exit::Ok
    })
}

fn permit(context: &Context, cluster: &Cluster, plan: &SeekPlan) -> Result<Permit, Failure> {
    let partitions = counted(plan.changes().count() as u64, "partition");
    let action = format!("move group {:?} in {partitions}", plan.group);
    cluster::permit_always(context, cluster, &action)
}

fn save(context: &Context, plan: &SeekPlan) -> Result<Undo, Failure> {
    let name = plan.group.as_str().into();
    let changes = plan.changes().map(|moved| (&moved.at, moved.old.as_ref()));
    let lines = StoredOffset::of_group(&name, changes);
    Undo::save(context, &plan.group, &lines, false)
}

/// Says what came of it; fails when nothing was moved.
fn finish(
    context: &Context,
    client: &Client,
    plan: &SeekPlan,
    outcome: SeekOutcome,
    undo: &Undo,
    format: ReportFormat,
) -> Result<Exit, Failure> {
    let name = &plan.group;
    let is_read_back = outcome.unread.is_none();
    if let Some(unread) = outcome.unread {
        show::warn_of(context, &unread.into());
    }
    let moved = plan.changes().count() - outcome.errors.len();
    let report = report(plan, Some(&outcome.errors), Some(undo), format);
    let worst = outcome.errors.iter().min_by_key(|(_, error)| error.kind);
    if let Some((at, error)) = worst {
        let message = format!("group {name:?} was not moved in {at}");
        let mut failure = Failure::of_partition(message, error);
        if let Some(at) = &outcome.denied {
            let resources = [Resource::Group(name), Resource::Topic(&at.topic)];
            let grants = resources.map(|resource| grant(client.settings(), "Read", resource));
            failure = grants.into_iter().fold(failure, Failure::hint);
        }
        if moved == 0 {
            return Err(failure);
        }
        show::print(context, &report, format)?;
        show::warn_of(context, &failure);
        return Ok(Exit::Partial);
    }
    if format != ReportFormat::Table || plan.has_errors() {
        show::print(context, &report, format)?;
    }
    let read_back = if is_read_back { ", and read back" } else { "" };
    let partitions = counted(moved as u64, "partition");
    context.ui.note(format_args!(
        "moved group {name:?} in {partitions}{read_back}"
    ));
    Ok(if plan.has_errors() {
        Exit::Partial
    } else {
        Exit::Ok
    })
}
