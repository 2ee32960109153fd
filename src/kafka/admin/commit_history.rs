//! The commits of a window, from Kafka's own topic of offsets, and where each partition ended when they
//! were made: a verdict needs no daemon that watched.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    time::Duration,
};

use super::{Detail, NoWatermarks, TopicEnds};
use crate::{
    event::{OFFSETS_TOPIC, Record, TopicPartition},
    kafka::{
        Isolation,
        wire::{Client, OffsetQuestion, OffsetSpec, ReadOptions, ReadOrder, ReadRange, Reader},
    },
    lag::{CommitHistory, CommitPoint, GroupCommits, offsets_partition, parse_commit},
    pipeline::{Cancel, Fault, Flow, Sink, drive},
};

const STALL: Duration = Duration::from_secs(10);

/// Reads the commits of `groups` since `since`, in milliseconds.
pub fn commit_history(
    client: &mut Client,
    groups: &[&str],
    ends: &TopicEnds,
    since: i64,
    cancel: &Cancel,
) -> CommitHistory {
    match read_commits(client, groups, since, cancel) {
        Err(why) => CommitHistory::refused(why),
        Ok(mut commits) => {
            CommitHistory::thin_out(&mut commits);
            find_ends(client, &mut commits, ends);
            CommitHistory::new(commits)
        }
    }
}

/// Where each partition ended at each commit: the first record that is not older than it.
fn find_ends(client: &mut Client, commits: &mut GroupCommits, ends: &TopicEnds) {
    let mut times: BTreeMap<TopicPartition, BTreeSet<i64>> = BTreeMap::new();
    for (at, points) in commits.values().flatten() {
        let of_partition = times.entry(at.clone()).or_default();
        of_partition.extend(points.iter().map(|commit| commit.at));
    }
    let mut questions: Vec<OffsetQuestion<'_>> = Vec::new();
    for (at, times) in &times {
        for (round, &time) in times.iter().enumerate() {
            if questions.len() <= round {
                questions.push(OffsetQuestion {
                    isolation: Isolation::Uncommitted,
                    partitions: Vec::new(),
                });
            }
            if let Some(question) = questions.get_mut(round) {
                question.partitions.push((at, OffsetSpec::AtOrAfter(time)));
            }
        }
    }
    let found = client.list_offsets(&questions);
    let mut known: HashMap<(&TopicPartition, i64), i64> = HashMap::new();
    for (at, times) in &times {
        for (round, &time) in times.iter().enumerate() {
            let end = match found.items.get(round).and_then(|places| places.get(at)) {
                Some(Ok(Some(place))) => Some(place.offset),
                // Nothing is that young: it ended then where it ends now.
                Some(Ok(None)) => ends.bounds(at).map(|bounds| bounds.end),
                _ => None,
            };
            if let Some(end) = end {
                known.insert((at, time), end);
            }
        }
    }
    for (at, points) in commits.values_mut().flatten() {
        for commit in points {
            commit.end = known.get(&(at, commit.at)).copied();
        }
    }
}

fn read_commits(
    client: &mut Client,
    groups: &[&str],
    since: i64,
    cancel: &Cancel,
) -> Result<GroupCommits, String> {
    let topic = client
        .metadata_now(&[OFFSETS_TOPIC])
        .map_err(|error| error.to_string())?
        .into_iter()
        .next();
    let Some(topic) = topic.filter(|topic| topic.error.is_none()) else {
        return Err(format!("{OFFSETS_TOPIC} may not be read"));
    };
    let count = i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
    let wanted: BTreeSet<i32> = (groups.iter())
        .map(|group| offsets_partition(group, count))
        .collect();
    let partitions: Vec<TopicPartition> = (topic.partitions.iter())
        .filter(|partition| wanted.contains(&partition.partition) && partition.leader.is_some())
        .map(|partition| TopicPartition::new(topic.name.clone(), partition.partition))
        .collect();
    let since_then = Detail::AtOrAfter(since, Isolation::Uncommitted);
    let found = client.watermarks(&partitions, &[since_then, Detail::End]);
    let mut ranges = Vec::new();
    for (at, watermarks) in found.items {
        let watermarks = watermarks.map_err(|why| match why {
            NoWatermarks::Refused(cause) => cause.to_string(),
            why => format!("{at}: {why}"),
        })?;
        let start = watermarks
            .records
            .ok()
            .and_then(|records| records.at_or_after);
        if let (Some(start), Some(end)) = (start, watermarks.end) {
            ranges.push(ReadRange {
                partition: at,
                start: start.offset,
                end: Some(end),
            });
        }
    }
    let mut commits = Kept {
        groups: groups.iter().copied().collect(),
        commits: HashMap::new(),
    };
    let options = ReadOptions {
        isolation: Isolation::Committed,
        order: ReadOrder::Arrival,
        from_ms: Some(since),
        to_ms: None,
        stall_timeout: STALL,
    };
    let mut reader = Reader::new(client, ranges, options);
    drive(&mut reader, &mut commits, &mut (), cancel).map_err(|fault| fault.to_string())?;
    Ok(commits.commits)
}

/// Keeps the commits of some groups.
struct Kept<'g> {
    groups: HashSet<&'g str>,
    commits: GroupCommits,
}

impl Sink for Kept<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        let Some(found) = record.key.and_then(|key| parse_commit(key, record.value)) else {
            return Ok(Flow::Continue);
        };
        if !self.groups.contains(&*found.group) {
            return Ok(Flow::Continue);
        }
        let partitions = self.commits.entry(found.group).or_default();
        match found.commit {
            Ok(commit) => partitions
                .entry(found.partition)
                .or_default()
                .push(CommitPoint {
                    at: commit.at,
                    offset: commit.offset,
                    end: None,
                }),
            // Deleted or expired: what came before counts no more.
            Err(_) => {
                partitions.remove(&found.partition);
            }
        }
        Ok(Flow::Continue)
    }
}
