//! What was asked for, partition by partition.

use std::collections::{BTreeMap, BTreeSet};

use super::wanted::{Source, Wanted};
use crate::{
    cmd::{
        cluster,
        groups::{
            commits::{self, Known},
            find, live,
            places::{self, Place, Places, Trouble},
        },
    },
    codec::shell::CommandLine,
    command::Context,
    event::{Commit, CommitTopic, GroupType, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::wire::{Client, ReadOptions, ReadOrder, last_starts},
    offsets::{Goal, OffsetsFile},
    select::{Position, SelectError},
};

/// A partition with where it is to go, and what it holds; or why neither is known.
pub(super) type Goals = BTreeMap<TopicPartition, Result<(Goal, Place), Trouble>>;

/// Where each partition is to go. `stored` is what the group has.
///
/// # Errors
/// A topic or a group that was named is not to be had, nothing is to be moved, no broker answered.
pub(super) fn goals(
    context: &Context,
    client: &mut Client,
    wanted: &Wanted,
    group: &str,
    stored: &Known,
) -> Result<Goals, Failure> {
    match &wanted.source {
        Source::Position(position) => {
            let partitions = all_partitions(client, wanted, group, stored)?;
            at_position(context, client, *position, &partitions)
        }
        Source::Shift(count) => {
            let mut partitions: BTreeSet<_> = stored.keys().cloned().collect();
            partitions.retain(|at| wanted.includes(at));
            refuse_none(wanted, group, partitions.is_empty())?;
            let places = places::look_up(client, &partitions, None)?;
            Ok(with_goals(places, |_, _| Goal::Shift(*count)))
        }
        Source::Group(other) => {
            let offsets = of_other(context, client, other)?;
            copies(client, wanted, &format!("group {other:?}"), offsets)
        }
        Source::File(file, name) => {
            let offsets = of_file(context, file, name, group)?;
            copies(client, wanted, name, offsets)
        }
    }
}

fn with_goals(places: Places, goal: impl Fn(&TopicPartition, &Place) -> Goal) -> Goals {
    places
        .into_iter()
        .map(|(at, place)| {
            let place = place.map(|place| (goal(&at, &place), place));
            (at, place)
        })
        .collect()
}

/// All partitions of the topics that were named, else of those that the group has offsets on.
fn all_partitions(
    client: &mut Client,
    wanted: &Wanted,
    group: &str,
    stored: &Known,
) -> Result<BTreeSet<TopicPartition>, Failure> {
    let mut topics: Vec<&str> = match wanted.topics.as_slice() {
        [] => stored.keys().map(|at| &*at.topic).collect(),
        topics => topics.iter().map(String::as_str).collect(),
    };
    topics.sort_unstable();
    topics.dedup();
    refuse_none(wanted, group, topics.is_empty())?;
    let mut partitions = BTreeSet::new();
    for topic in client.metadata_now(&topics)? {
        if let Some(cause) = &topic.error {
            if !wanted.topics.is_empty() {
                return Err(cluster::no_topic(client, &topic.name, cause));
            }
            // Deleted since the group was there: each of its partitions will say so.
            let stored = stored.keys().filter(|at| at.topic == topic.name);
            partitions.extend(stored.filter(|at| wanted.includes(at)).cloned());
            continue;
        }
        let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
        if let Some(partition) = wanted
            .partitions
            .as_ref()
            .and_then(|set| set.missing(count))
        {
            let topic = topic.name.to_string();
            return Err(SelectError::NoSuchPartition {
                topic,
                partition,
                count,
            }
            .into());
        }
        let all = topic.partitions.iter().map(|known| known.partition);
        let all = all.map(|number| TopicPartition::new(topic.name.clone(), number));
        partitions.extend(all.filter(|at| wanted.includes(at)));
    }
    Ok(partitions)
}

fn refuse_none(wanted: &Wanted, group: &str, none: bool) -> Result<(), Failure> {
    if !none {
        return Ok(());
    }
    if wanted.topics.is_empty() && wanted.partitions.is_none() {
        let message = format!("group {group:?} has no offsets on any topic");
        return Err(Failure::new(Exit::NotFound, message).hint("name one: --topic NAME"));
    }
    let message = format!("group {group:?} has no offsets on those topics and partitions");
    Err(Failure::new(Exit::NotFound, message).hint(format!(
        "`{}` shows those it has",
        CommandLine::evctl("groups export").operand(group)
    )))
}

fn at_position(
    context: &Context,
    client: &mut Client,
    position: Position,
    partitions: &BTreeSet<TopicPartition>,
) -> Result<Goals, Failure> {
    let time = match position {
        Position::Time { ms, .. } => Some(ms),
        _ => None,
    };
    let places = places::look_up(client, partitions, time)?;
    let last = match position {
        Position::Last(count) => last(context, client, &places, count)?,
        _ => BTreeMap::new(),
    };
    Ok(with_goals(places, |at, place| match position {
        Position::Earliest | Position::Stored => Goal::Earliest,
        Position::Latest => Goal::Latest,
        Position::Offset(offset) => Goal::Offset(offset),
        Position::AfterEarliest(count) => Goal::AfterEarliest(count),
        Position::Time { .. } => Goal::Time(place.late),
        Position::Last(_) => Goal::Offset(last.get(at).copied().unwrap_or(place.bounds.latest)),
    }))
}

/// Where the last `count` records of each partition begin: records, so they are read.
fn last(
    context: &Context,
    client: &mut Client,
    places: &Places,
    count: u64,
) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    let bounds: BTreeMap<_, _> = places
        .iter()
        .filter_map(|(at, place)| Some((at, place.as_ref().ok()?.bounds)))
        .map(|(at, bounds)| (at.clone(), (bounds.earliest, bounds.latest)))
        .collect();
    let options = ReadOptions {
        isolation: client.settings().isolation,
        order: ReadOrder::Arrival,
        from_ms: None,
        to_ms: None,
        stall_timeout: client.settings().request_timeout,
    };
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let starts = last_starts(
        client,
        &bounds,
        count,
        &options,
        &mut |_| true,
        &context.cancel,
    )?;
    live::unless_stopped(context)?;
    let starts = starts.into_iter();
    Ok(starts.map(|(at, last)| (at, last.start)).collect())
}

fn of_other(
    context: &Context,
    client: &mut Client,
    other: &str,
) -> Result<BTreeMap<TopicPartition, Commit>, Failure> {
    let group = find::one(context, client, other)?;
    if group.kind == GroupType::Share {
        let message = format!("group {other:?} is a share group, which stores no offsets");
        return Err(Failure::usage(message));
    }
    Ok(commits::known(&commits::of(client, &group)?))
}

/// The lines of the file that are of the group. Those without an offset say that there was none
/// when the file was written: nothing can be moved there.
fn of_file(
    context: &Context,
    file: &OffsetsFile,
    name: &str,
    group: &str,
) -> Result<BTreeMap<TopicPartition, Commit>, Failure> {
    let groups = file.groups();
    let Some(lines) = file.of_group(group) else {
        let groups: Vec<String> = groups.iter().map(|group| format!("{group:?}")).collect();
        let message = format!(
            "{name} holds offsets of {}, not of {group:?}",
            groups.join(", ")
        );
        return Err(Failure::usage(message));
    };
    if let Some(other) = groups.iter().find(|other| ***other != *group)
        && groups.len() == 1
    {
        context.ui.note(format_args!(
            "the offsets in {name} are those of group {other:?}"
        ));
    }
    let without: Vec<String> = lines
        .iter()
        .filter(|line| line.commit.is_none())
        .map(|line| line.at.to_string())
        .collect();
    if !without.is_empty() {
        context.ui.note(format_args!(
            "{name} has no offset for {}: left as it is (groups delete-offsets deletes it)",
            without.join(", ")
        ));
    }
    Ok(lines
        .into_iter()
        .filter_map(|line| Some((line.at.clone(), line.commit.clone()?)))
        .collect())
}

fn copies(
    client: &mut Client,
    wanted: &Wanted,
    source: &str,
    mut offsets: BTreeMap<TopicPartition, Commit>,
) -> Result<Goals, Failure> {
    offsets.retain(|at, _| wanted.includes(at));
    if offsets.is_empty() {
        let message = format!("{source} has no offsets for what is to be moved");
        return Err(Failure::new(Exit::NotFound, message));
    }
    for commit in offsets.values_mut() {
        // Whoever moves a group means the topic that is there now.
        if CommitTopic::parse(&commit.metadata).is_some() {
            commit.metadata.clear();
        }
    }
    let partitions = offsets.keys().cloned().collect();
    let places = places::look_up(client, &partitions, None)?;
    Ok(places
        .into_iter()
        .map(|(at, place)| {
            let commit = offsets.remove(&at);
            let goal = place.and_then(|place| {
                let commit = commit.ok_or_else(|| Trouble {
                    exit: Exit::NotFound,
                    text: "no offset".to_owned(),
                })?;
                Ok((Goal::Copy(commit), place))
            });
            (at, goal)
        })
        .collect())
}
