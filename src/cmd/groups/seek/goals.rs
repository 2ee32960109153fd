//! The goal of each partition of a seek.

use std::collections::{BTreeMap, BTreeSet};

use super::wanted::{Source, Wanted};
use crate::{
    cmd::{
        cluster,
        groups::{find, unless_stopped},
    },
    codec::shell::CommandLine,
    command::Context,
    event::{Commit, CommitTopic, GroupType, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::{
            BoundsByPartition, PartitionBounds, group_commits, known_commits, partition_bounds,
        },
        wire::{Client, ReadOptions, ReadOrder, last_starts},
    },
    offsets::{Goal, OffsetsFile, PartitionError, PartitionErrorKind, SeekGoal, SeekGoals},
    select::{Position, SelectError},
};

type Commits = BTreeMap<TopicPartition, Commit>;

/// The goal of each partition. `stored` are the group's commits.
///
/// # Errors
/// A topic or a group that was named cannot be seen, there is nothing to move, no broker answered.
pub(super) fn goals(
    context: &Context,
    client: &mut Client,
    wanted: &Wanted,
    group: &str,
    stored: &Commits,
) -> Result<SeekGoals, Failure> {
    match &wanted.source {
        Source::Position(position) => {
            let partitions = all_partitions(client, wanted, group, stored)?;
            at_position(context, client, *position, &partitions)
        }
        Source::Shift(count) => {
            let mut partitions: BTreeSet<_> = stored.keys().cloned().collect();
            partitions.retain(|at| wanted.includes(at));
            refuse_none(wanted, group, partitions.is_empty())?;
            let bounds = partition_bounds(client, &partitions, None)?;
            Ok(with_goals(bounds, |_, _| Goal::Shift(*count)))
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

fn with_goals(
    bounds: BoundsByPartition,
    goal: impl Fn(&TopicPartition, &PartitionBounds) -> Goal,
) -> SeekGoals {
    bounds
        .into_iter()
        .map(|(at, known)| {
            let goal = known.map(|known| SeekGoal {
                goal: goal(&at, &known),
                leader: known.leader,
                bounds: known.bounds,
            });
            (at, goal)
        })
        .collect()
}

/// All partitions of the topics that were named, else of those that the group has offsets on.
fn all_partitions(
    client: &mut Client,
    wanted: &Wanted,
    group: &str,
    stored: &Commits,
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
            // A topic that was deleted is an error of each of its partitions.
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
) -> Result<SeekGoals, Failure> {
    let time = match position {
        Position::Time { ms, .. } => Some(ms),
        _ => None,
    };
    let bounds = partition_bounds(client, partitions, time)?;
    let last = match position {
        Position::Last(count) => last(context, client, &bounds, count)?,
        _ => BTreeMap::new(),
    };
    Ok(with_goals(bounds, |at, known| match position {
        Position::Earliest | Position::Stored => Goal::Earliest,
        Position::Latest => Goal::Latest,
        Position::Offset(offset) => Goal::Offset(offset),
        Position::AfterEarliest(count) => Goal::AfterEarliest(count),
        Position::Time { .. } => Goal::Time(known.late),
        Position::Last(_) => Goal::Offset(last.get(at).copied().unwrap_or(known.bounds.latest)),
    }))
}

/// Where the last `count` records of each partition begin; they are read to count them.
fn last(
    context: &Context,
    client: &mut Client,
    bounds: &BoundsByPartition,
    count: u64,
) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    let bounds: BTreeMap<_, _> = bounds
        .iter()
        .filter_map(|(at, known)| Some((at, known.as_ref().ok()?.bounds)))
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
    unless_stopped(context)?;
    let starts = starts.into_iter();
    Ok(starts.map(|(at, last)| (at, last.start)).collect())
}

fn of_other(context: &Context, client: &mut Client, other: &str) -> Result<Commits, Failure> {
    let group = find::one(context, client, other)?;
    if group.kind == GroupType::Share {
        let message = format!("group {other:?} is a share group, which stores no offsets");
        return Err(Failure::usage(message));
    }
    Ok(known_commits(&group_commits(client, &group)?))
}

/// The group's lines of the file. A line without an offset was written when there was none: it moves
/// nothing.
fn of_file(
    context: &Context,
    file: &OffsetsFile,
    name: &str,
    group: &str,
) -> Result<Commits, Failure> {
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
    mut offsets: Commits,
) -> Result<SeekGoals, Failure> {
    offsets.retain(|at, _| wanted.includes(at));
    if offsets.is_empty() {
        let message = format!("{source} has no offsets for what is to be moved");
        return Err(Failure::new(Exit::NotFound, message));
    }
    for commit in offsets.values_mut() {
        // The id of the topic that the offset was of: a seek means the topic that exists now.
        if CommitTopic::parse(&commit.metadata).is_some() {
            commit.metadata.clear();
        }
    }
    let partitions = offsets.keys().cloned().collect();
    let bounds = partition_bounds(client, &partitions, None)?;
    Ok(bounds
        .into_iter()
        .map(|(at, known)| {
            let commit = offsets.remove(&at);
            let goal = known.and_then(|known| {
                let commit = commit.ok_or_else(|| {
                    PartitionError::new(PartitionErrorKind::NotFound, "no offset")
                })?;
                Ok(SeekGoal {
                    goal: Goal::Copy(commit),
                    leader: known.leader,
                    bounds: known.bounds,
                })
            });
            (at, goal)
        })
        .collect())
}
