//! `evctl groups delete-offsets`: what a group has stored for topics.

use std::collections::BTreeMap;

use clap::Args;

use super::{commits, find, live, places::Trouble, rights, undo::Undo};
use crate::{
    cmd::{cluster, show},
    codec::shell::CommandLine,
    command::Context,
    event::{Commit, GroupDescription, GroupListing, GroupType, Member, TopicPartition},
    exit::Exit,
    failure::{Failure, Resource},
    kafka::{
        property::nearest,
        wire::{Changed, Client, WireError},
    },
    output::report::{Column, Report, ReportFormat},
    select::PartitionSet,
    ui::counted,
};

/// Arguments of `groups delete-offsets`.
#[derive(Debug, Args)]
pub struct DeleteOffsetsArgs {
    /// The group
    #[arg(value_name = "GROUP")]
    group: String,
    /// The topic, can be repeated: --topic orders
    #[arg(short, long = "topic", required = true, value_name = "TOPIC")]
    topics: Vec<String>,
    /// Only these partitions: -p 0,3-5
    #[arg(short, long, value_name = "LIST")]
    partition: Option<String>,
}

/// Deletes.
///
/// # Errors
/// The group is not to be had, a member wants the topic, nothing is stored; somebody said no;
/// nothing could be deleted.
pub(super) fn run(context: &Context, args: &DeleteOffsetsArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let partitions = args
        .partition
        .as_deref()
        .map(PartitionSet::parse)
        .transpose()?;
    let (cluster, mut client) = cluster::connect_to_ask(context)?;
    let group = find::one(context, &mut client, &args.group)?;
    refuse_share(&group)?;
    let in_the_way = live::refuse(context, subscription(&mut client, &group, &args.topics)?)?;
    let stored = commits::known(&commits::of(&mut client, &group)?);
    let doomed = chosen(&group, &stored, &args.topics, partitions.as_ref())?;
    let count = counted(doomed.len() as u64, "offset");
    let name = &group.name;
    let heading = format!("group {name:?}: {count} will be deleted; its members begin anew there");
    let plan = report(&group, &doomed, None, &[]);
    if context.global.dry_run {
        let shown = show::dry_run(context, &heading, &plan, format)?;
        return live::end_dry_run(shown, in_the_way);
    }
    show::plan(context, &heading, &plan);
    let action = format!("delete {count} of group {name:?}");
    let permit = cluster::permit_always(context, &cluster, &action)?;
    live::unless_stopped(context)?;
    // Somebody may have joined while the question stood.
    live::refuse(context, subscription(&mut client, &group, &args.topics)?)?;
    let lines = commits::lines(name, doomed.iter().map(|(at, commit)| (at, Some(commit))));
    let undo = Undo::save(context, name, &lines, false)?;
    undo.tell(context);
    let partitions = doomed.keys().cloned().collect();
    let changed = client
        .delete_offsets(&group, &partitions, permit)
        .map_err(|error| whole(&client, &group, &error))?;
    finish(context, &client, format, &group, &doomed, changed, undo)
}

fn refuse_share(group: &GroupListing) -> Result<(), Failure> {
    if group.kind != GroupType::Share {
        return Ok(());
    }
    let message = format!(
        "group {:?} is a share group, which stores no offsets, nothing was changed",
        group.name
    );
    Err(Failure::new(Exit::Refused, message).hint(
        "kafka-share-groups --delete-offsets --group NAME --topic TOPIC deletes its start offsets",
    ))
}

/// The topic that a member wants: Kafka refuses it (`GROUP_SUBSCRIBED_TO_TOPIC`) and does not say
/// because of whom.
fn subscription(
    client: &mut Client,
    group: &GroupListing,
    topics: &[String],
) -> Result<Option<Failure>, Failure> {
    let description = live::describe(client, group)?;
    let Some((topic, members)) = subscribed(&description, topics) else {
        return Ok(None);
    };
    let name = &group.name;
    let message = format!(
        "group {name:?} is subscribed to topic {topic:?}: its offsets stay while a member wants it"
    );
    let failure = live::name_members(Failure::new(Exit::Refused, message), &members)
        .hint("stop these members, or let them subscribe to other topics");
    Ok(Some(failure))
}

/// The first of `topics` that a member wants, and all members that do.
fn subscribed<'t>(
    group: &GroupDescription,
    topics: &'t [String],
) -> Option<(&'t str, Vec<Member>)> {
    let members = group.members.as_deref().unwrap_or_default();
    topics.iter().find_map(|topic| {
        let wants = |member: &&Member| {
            member.subscribed.iter().any(|wanted| **wanted == **topic)
                || member.assigned.iter().any(|has| *has.topic == **topic)
        };
        let wanting: Vec<Member> = members.iter().filter(wants).cloned().collect();
        (!wanting.is_empty()).then_some((topic.as_str(), wanting))
    })
}

/// What is stored for the topics, in the partitions.
fn chosen(
    group: &GroupListing,
    stored: &BTreeMap<TopicPartition, Commit>,
    topics: &[String],
    partitions: Option<&PartitionSet>,
) -> Result<BTreeMap<TopicPartition, Commit>, Failure> {
    for topic in topics {
        let on_topic = |at: &&TopicPartition| {
            *at.topic == **topic && partitions.is_none_or(|set| set.contains(at.partition))
        };
        if stored.keys().any(|at| on_topic(&at)) {
            continue;
        }
        let there = stored.keys().map(|at| &*at.topic);
        let message = match partitions {
            Some(_) if stored.keys().any(|at| *at.topic == **topic) => format!(
                "group {:?} has no offsets in those partitions of topic {topic:?}",
                group.name
            ),
            _ => format!("group {:?} has no offsets on topic {topic:?}", group.name),
        };
        let failure = Failure::new(Exit::NotFound, message);
        return Err(match nearest(topic, there).filter(|near| near != topic) {
            Some(near) => failure.hint(format!("did you mean {near:?}?")),
            None => failure.hint(format!(
                "`{}` shows them",
                CommandLine::evctl("groups export").operand(&*group.name)
            )),
        });
    }
    let wanted = |at: &TopicPartition| {
        topics.iter().any(|topic| *at.topic == **topic)
            && partitions.is_none_or(|set| set.contains(at.partition))
    };
    Ok(stored
        .iter()
        .filter(|(at, _)| wanted(at))
        .map(|(at, commit)| (at.clone(), commit.clone()))
        .collect())
}

/// The coordinator's refusal of all of it.
fn whole(client: &Client, group: &GroupListing, error: &WireError) -> Failure {
    let trouble = Trouble::from(&error.cause);
    let name = &group.name;
    let message = format!("no offset of group {name:?} was deleted");
    let failure = Failure::new(trouble.exit, message).cause(trouble.text);
    if !rights::is_missing(&error.cause) {
        return failure;
    }
    failure.hint(rights::grant(client, "Delete", Resource::Group(name)))
}

fn finish(
    context: &Context,
    client: &Client,
    format: ReportFormat,
    group: &GroupListing,
    doomed: &BTreeMap<TopicPartition, Commit>,
    changed: Changed,
    undo: Undo,
) -> Result<Exit, Failure> {
    let name = &group.name;
    let mut troubles: BTreeMap<TopicPartition, Trouble> = BTreeMap::new();
    let mut hint = None;
    for (at, refused) in changed {
        if let Err(cause) = refused {
            if rights::is_missing(&cause) {
                let topic = Resource::Topic(&at.topic);
                hint = Some(rights::grant(client, "Read", topic));
            }
            troubles.insert(at, Trouble::from(&cause));
        }
    }
    let report = report(group, doomed, Some(&troubles), &[undo]);
    let Some((at, trouble)) = troubles.iter().min_by_key(|(_, trouble)| trouble.exit) else {
        let count = counted(doomed.len() as u64, "offset");
        if format == ReportFormat::Table {
            context
                .ui
                .note(format_args!("deleted {count} of group {name:?}"));
            return Ok(Exit::Ok);
        }
        return show::print(context, &report, format);
    };
    let failure = Failure::new(trouble.exit, format!("the offset of {at} was not deleted"));
    let failure = hint
        .into_iter()
        .fold(failure.cause(&trouble.text), Failure::hint);
    if troubles.len() == doomed.len() {
        return Err(failure);
    }
    show::print(context, &report, format)?;
    show::warn_of(context, &failure);
    Ok(Exit::Partial)
}

/// `troubles` is `None` while nothing was done yet.
fn report(
    group: &GroupListing,
    doomed: &BTreeMap<TopicPartition, Commit>,
    troubles: Option<&BTreeMap<TopicPartition, Trouble>>,
    undos: &[Undo],
) -> Report {
    let mut columns = vec![
        Column::new("topic"),
        Column::new("partition"),
        Column::new("committed"),
    ];
    if troubles.is_some() {
        columns.push(Column::new("deleted"));
        columns.push(Column::new("error"));
    }
    let mut report = Report::new("evctl.group-delete-offsets/1", "partitions", &columns);
    report.summary.push(("group", (*group.name).into()));
    report.summary.push(("dry_run", troubles.is_none().into()));
    report.summary.extend(Undo::members(undos));
    report.rows = doomed
        .iter()
        .map(|(at, commit)| {
            let trouble = troubles.and_then(|troubles| troubles.get(at));
            vec![
                (*at.topic).into(),
                i64::from(at.partition).into(),
                commit.offset.into(),
                trouble.is_none().into(),
                trouble.map(|trouble| trouble.text.as_str()).into(),
            ]
        })
        .collect();
    report
}
