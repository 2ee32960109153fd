//! `evctl groups seek`: moves a group.

mod apply;
mod goals;
mod plan;
mod times;
mod wanted;

use std::{collections::BTreeSet, path::PathBuf};

use clap::{ArgGroup, Args};

use super::{commits, find, live, undo::Undo};
use crate::{
    cmd::{cluster, show},
    command::Context,
    config::Cluster,
    event::{GroupListing, GroupType},
    exit::Exit,
    failure::Failure,
    kafka::wire::Client,
    output::report::ReportFormat,
    pipeline::Permit,
    ui::counted,
};
use plan::Plan;
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
    /// Move it there: --from -2h
    ///
    /// earliest, latest, an offset (1042), the last N records of each partition (-100), N offsets
    /// after the earliest (+100), a timestamp in seconds, milliseconds or nanoseconds
    /// (@1767261600123), a while ago (-2h), now, today, yesterday, a date or time (10:00, 2026-01-02,
    /// 2026-01-02T10:00:00+01:00). A time is the first record that is not older; where none is, the
    /// end. A time without a zone is UTC, or as --tz says.
    #[arg(long, value_name = "POSITION", allow_hyphen_values = true)]
    from: Option<String>,
    /// Time zone of a date or time that states none, local or a name [default: UTC]: --tz local
    #[arg(long, value_name = "ZONE", requires = "from")]
    tz: Option<String>,
    /// So many offsets after what is committed, or before it: --shift -10
    #[arg(long, value_name = "N", allow_hyphen_values = true, value_parser = shift)]
    shift: Option<i64>,
    /// To where another group stands: --to-group billing
    #[arg(long, value_name = "GROUP")]
    to_group: Option<String>,
    /// To the offsets in a file, - is stdin: --from-file billing.csv
    ///
    /// What `groups export` wrote, or kafka-consumer-groups --export: lines of topic,partition,offset
    /// or group,topic,partition,offset.
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// Only this topic, also one that the group has no offsets on, can be repeated: --topic orders
    #[arg(short, long = "topic", value_name = "TOPIC")]
    topics: Vec<String>,
    /// Only these partitions: -p 0,3-5
    #[arg(short, long, value_name = "LIST")]
    partition: Option<String>,
    /// Make the group if it does not exist
    #[arg(long)]
    create: bool,
}

/// A number of offsets with its sign: `-10`, `+10`, `10`.
fn shift(text: &str) -> Result<i64, String> {
    text.parse()
        .map_err(|_| format!("{text:?} is not a number of offsets such as -10 or +10"))
}

/// What is done here to a group.
const MOVING: &str = "moving it";

/// The group that is to be moved.
enum Subject {
    There(GroupListing),
    /// It does not exist, and `--create` says that it may be made.
    New,
}

/// Moves it.
///
/// # Errors
/// The group or a topic is not to be had, the group is live, somebody said no, nothing could be
/// moved.
pub(super) fn run(context: &Context, args: &SeekArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let wanted = Wanted::parse(context, args)?;
    let (cluster, mut client) = cluster::connect_to_ask(context)?;
    let subject = subject(context, &mut client, args)?;
    let (stored, in_the_way) = match &subject {
        Subject::New => (commits::Known::new(), None),
        Subject::There(group) => {
            refuse_type(group)?;
            let members = live::in_the_way(&mut client, group, MOVING)?;
            let in_the_way = live::refuse(context, members)?;
            let stored = commits::of(&mut client, group)?;
            (commits::known(&stored), in_the_way)
        }
    };
    let goals = goals::goals(context, &mut client, &wanted, &args.group, &stored)?;
    let mut plan = Plan::new(&args.group, goals, &stored);
    plan.refuse_nothing()?;
    times::look_up(context, &mut client, &mut plan);
    live::unless_stopped(context)?;
    if context.global.dry_run {
        let shown = show::dry_run(context, &plan.heading(), &plan.report(None, format), format)?;
        return live::end_dry_run(shown, in_the_way);
    }
    if plan.changes().next().is_none() {
        return nothing_to_do(context, &plan, format);
    }
    let table = plan.report(None, ReportFormat::Table);
    show::plan(context, &plan.heading(), &table);
    let permit = permit(context, &cluster, &plan)?;
    let topics: BTreeSet<&str> = plan.changes().map(|moved| &*moved.at.topic).collect();
    cluster::refuse_recreated(&mut client, &topics.into_iter().collect::<Vec<_>>())?;
    let mut is_new = false;
    let group = match subject {
        Subject::There(group) => {
            // Somebody may have joined while the question stood.
            live::refuse(context, live::in_the_way(&mut client, &group, MOVING)?)?;
            group
        }
        Subject::New => {
            is_new = true;
            apply::make(&mut client, &args.group, permit)?
        }
    };
    live::unless_stopped(context)?;
    let undo = save(context, &plan)?;
    // A new group has no offsets, and its coordinator may not be ready to say so.
    if !is_new && let Err(stale) = apply::refuse_stale(&mut client, &group, &plan) {
        undo.discard();
        return Err(stale);
    }
    undo.tell(context);
    let mut outcome = apply::apply(&mut client, &group, &plan, permit);
    outcome.undo = Some(undo);
    apply::finish(context, &client, &plan, &outcome, format)
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

fn nothing_to_do(context: &Context, plan: &Plan, format: ReportFormat) -> Result<Exit, Failure> {
    context.ui.note(format_args!(
        "group {:?} stands there already, nothing was changed",
        plan.group
    ));
    if format != ReportFormat::Table || plan.is_troubled() {
        show::print(
            context,
            &plan.report(Some(&apply::Outcome::default()), format),
            format,
        )?;
    }
    Ok(if plan.is_troubled() {
        Exit::Partial
    } else {
        Exit::Ok
    })
}

fn permit(context: &Context, cluster: &Cluster, plan: &Plan) -> Result<Permit, Failure> {
    let partitions = counted(plan.changes().count() as u64, "partition");
    let action = format!("move group {:?} in {partitions}", plan.group);
    cluster::permit_always(context, cluster, &action)
}

fn save(context: &Context, plan: &Plan) -> Result<Undo, Failure> {
    let name = plan.group.as_str().into();
    let changes = plan.changes().map(|moved| (&moved.at, moved.old.as_ref()));
    let lines = commits::lines(&name, changes);
    Undo::save(context, &plan.group, &lines, false)
}
