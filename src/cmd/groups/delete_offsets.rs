//! `evctl groups delete-offsets`: committed offsets of topics.

use std::collections::BTreeMap;

use clap::Args;

use super::{
    end_dry_run, find, refuse,
    undo::{Undo, undo_steps},
    unless_stopped,
};
use crate::{
    cmd::{cluster, show},
    codec::shell::CommandLine,
    command::Context,
    event::{Commit, GroupDescription, GroupListing, GroupType, Member, TopicPartition},
    exit::Exit,
    failure::{Failure, Resource, grant},
    kafka::{
        admin::{describe_group, group_commits, known_commits},
        property::nearest,
        wire::{Cause, Changed, Client, WireError},
    },
    offsets::{PartitionError, StoredOffset},
    output::{
        groups::{UndoSteps, deleted_offsets},
        report::ReportFormat,
    },
    select::PartitionSet,
    ui::counted,
};

/// Arguments of `groups delete-offsets`.
#[derive(Debug, Args)]
pub struct DeleteOffsetsArgs {
    /// The group
    #[arg(value_name = "GROUP")]
    group: String,
    /// The topic, e.g. --topic orders (can be repeated)
    #[arg(short, long = "topic", required = true, value_name = "TOPIC")]
    topics: Vec<String>,
    /// Delete the offsets of these partitions only, e.g. -p 0,3-5
    #[arg(short, long, value_name = "LIST")]
    partition: Option<String>,
}

/// Deletes.
///
/// # Errors
/// The group cannot be seen, a member is subscribed to the topic, there are no offsets, the user
/// declined, or nothing could be deleted.
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
    let in_the_way = refuse(context, subscription(&mut client, &group, &args.topics)?)?;
    let stored = known_commits(&group_commits(&mut client, &group)?);
    let doomed = chosen(&group, &stored, &args.topics, partitions.as_ref())?;
    let count = counted(doomed.len() as u64, "offset");
    let name = &group.name;
    let heading = format!("group {name:?}: {count} will be deleted; its members begin anew there");
    let plan = deleted_offsets(name, &doomed, None, &UndoSteps::default());
    if context.global.dry_run {
        let shown = show::dry_run(context, &heading, &plan, format)?;
        return end_dry_run(shown, in_the_way);
    }
    show::plan(context, &heading, &plan);
    let action = format!("delete {count} of group {name:?}");
    let permit = cluster::permit_always(context, &cluster, &action)?;
    unless_stopped(context)?;
    // A member may have joined while the question was open.
    refuse(context, subscription(&mut client, &group, &args.topics)?)?;
    let lines = StoredOffset::of_group(name, doomed.iter().map(|(at, commit)| (at, Some(commit))));
    let undo = Undo::save(context, name, &lines, false)?;
    undo.tell(context);
    let partitions = doomed.keys().cloned().collect();
    let changed = client
        .delete_offsets(&group, &partitions, permit)
        .map_err(|error| whole(&client, &group, &error))?;
    finish(context, &client, format, &group, &doomed, changed, &undo)
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

/// The refusal because of a member's subscription: Kafka's own (`GROUP_SUBSCRIBED_TO_TOPIC`) does not
/// name the member.
fn subscription(
    client: &mut Client,
    group: &GroupListing,
    topics: &[String],
) -> Result<Option<Failure>, Failure> {
    let description = describe_group(client, group)?;
    let Some((topic, members)) = subscribed(&description, topics) else {
        return Ok(None);
    };
    let name = &group.name;
    let message = format!(
        "group {name:?} is subscribed to topic {topic:?}: its offsets stay while a member wants it"
    );
    let failure = Failure::new(Exit::Refused, message)
        .name_members(&members)
        .hint("stop these members, or let them subscribe to other topics");
    Ok(Some(failure))
}

/// The first of `topics` that a member is subscribed to, and all members that are.
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

/// The commits of the topics, in the partitions.
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
        let export = CommandLine::evctl("groups export").operand(&*group.name);
        let near = nearest(topic, there).filter(|near| near != topic);
        return Err(failure.nearest(near, format!("`{export}` shows them")));
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

/// The coordinator's refusal of the whole request.
fn whole(client: &Client, group: &GroupListing, error: &WireError) -> Failure {
    let name = &group.name;
    let message = format!("no offset of group {name:?} was deleted");
    let failure = Failure::of_partition(message, &PartitionError::from(&error.cause));
    match error.cause {
        Cause::NotAuthorized { .. } => {
            failure.hint(grant(client.settings(), "Delete", Resource::Group(name)))
        }
        _ => failure,
    }
}

fn finish(
    context: &Context,
    client: &Client,
    format: ReportFormat,
    group: &GroupListing,
    doomed: &BTreeMap<TopicPartition, Commit>,
    changed: Changed,
    undo: &Undo,
) -> Result<Exit, Failure> {
    let name = &group.name;
    let mut errors: BTreeMap<TopicPartition, PartitionError> = BTreeMap::new();
    let mut hint = None;
    for (at, refused) in changed {
        if let Err(cause) = refused {
            if matches!(cause, Cause::NotAuthorized { .. }) {
                let topic = Resource::Topic(&at.topic);
                hint = Some(grant(client.settings(), "Read", topic));
            }
            errors.insert(at, PartitionError::from(&cause));
        }
    }
    let report = deleted_offsets(name, doomed, Some(&errors), &undo_steps([undo]));
    let Some((at, error)) = errors.iter().min_by_key(|(_, error)| error.kind) else {
        let count = counted(doomed.len() as u64, "offset");
        return show::change(
            context,
            &report,
            &format!("deleted {count} of group {name:?}"),
        );
    };
    let failure = Failure::of_partition(format!("the offset of {at} was not deleted"), error);
    let failure = hint.into_iter().fold(failure, Failure::hint);
    if errors.len() == doomed.len() {
        return Err(failure);
    }
    show::print(context, &report, format)?;
    show::warn_of(context, &failure);
    Ok(Exit::Partial)
}
