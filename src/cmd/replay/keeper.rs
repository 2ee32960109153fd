//! Where the progress of a replay is kept: with the offsets of a group of the one cluster that is
//! read and written, or in a compacted topic of the target.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::forward::{Losses, NO_LANE};
use crate::{
    event::{Commit, Record, TimestampType, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        wire::{
            Cause, Client, NewTopic, OffsetSpec, ReadOptions, ReadOrder, ReadRange, Reader,
            cause::WireError,
        },
        write::{GroupError, Producer},
    },
    pipeline::{Cancel, Fault, Flow, Permit, Sink, drive},
    replay::{
        Checkpoint, CheckpointLocation, CheckpointMetadata, Checkpoints, Plan, checkpoint_group,
    },
};

/// The compacted topic of the target in which progress is kept that no group can keep.
pub(super) use crate::event::REPLAY_TOPIC as PROGRESS_TOPIC;
/// How long a transaction of an earlier run may be in the way: it is aborted after
/// `transaction.timeout.ms`, which is 10 s.
const STABLE: Duration = Duration::from_secs(20);
/// How long a topic that another process creates may take to reach all brokers.
const SPREAD: Duration = Duration::from_secs(2);
const TICK: Duration = Duration::from_millis(50);

/// What stands in a record of the progress topic.
#[derive(serde::Serialize, serde::Deserialize)]
struct Line {
    next: i64,
    #[serde(flatten)]
    metadata: CheckpointMetadata,
}

/// What was not kept, or not told.
#[derive(Debug)]
pub(super) struct Unkept {
    pub(super) failure: Failure,
    /// Whether the same may go well in a while.
    pub(super) passes: bool,
}

impl From<Unkept> for Failure {
    fn from(unkept: Unkept) -> Self {
        unkept.failure
    }
}

impl From<WireError> for Unkept {
    fn from(error: WireError) -> Self {
        Self {
            passes: error.cause.is_retriable(),
            failure: error.into(),
        }
    }
}

impl From<GroupError> for Unkept {
    fn from(error: GroupError) -> Self {
        let passes = match &error {
            GroupError::Silent { .. } => true,
            GroupError::Offsets { code, .. } => code.is_silence(),
            GroupError::Stored(error) => error.cause.is_retriable(),
            GroupError::Start(_) | GroupError::Refused { .. } => false,
        };
        Self {
            passes,
            failure: error.into(),
        }
    }
}

impl Unkept {
    fn new(message: String, cause: &Cause) -> Self {
        Self {
            failure: Failure::new(Exit::Unreachable, message).cause(cause),
            passes: cause.is_retriable(),
        }
    }
}

/// The offset of the topic of progress up to which it was read; `None` before the first time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tail(Option<i64>);

/// Reads how far the replay called `id` has come, and waits for what an earlier run's transaction
/// holds back. `coordinator` is the group's.
///
/// # Errors
/// The cluster does not answer, or refuses.
pub(super) fn read(
    client: &mut Client,
    location: CheckpointLocation,
    id: &str,
    coordinator: Option<i32>,
    cancel: &Cancel,
) -> Result<Checkpoints, Failure> {
    match (location, coordinator) {
        (CheckpointLocation::Nowhere, _) | (CheckpointLocation::Group, None) => {
            Ok(Checkpoints::new())
        }
        (CheckpointLocation::Topic, _) => {
            Ok(read_topic(client, cancel)?.remove(id).unwrap_or_default())
        }
        (CheckpointLocation::Group, Some(coordinator)) => {
            let group = checkpoint_group(id);
            let commits = client.stable_commits(&group, coordinator, STABLE)?;
            Ok(understood(commits))
        }
    }
}

/// The progress in a group's offsets; what other tools have stored there is none.
pub(super) fn understood(commits: BTreeMap<TopicPartition, Commit>) -> Checkpoints {
    let checkpoint = |commit: Commit| {
        Some(Checkpoint {
            next: commit.offset,
            metadata: serde_json::from_str(&commit.metadata).ok()?,
        })
    };
    commits
        .into_iter()
        .filter_map(|(at, commit)| Some((at, checkpoint(commit)?)))
        .collect()
}

/// Progress as a group's offsets.
pub(super) fn commits(progress: &Checkpoints) -> BTreeMap<TopicPartition, Commit> {
    let commit = |checkpoint: &Checkpoint| Commit {
        offset: checkpoint.next,
        leader_epoch: None,
        metadata: serde_json::to_string(&checkpoint.metadata).unwrap_or_default(),
    };
    progress
        .iter()
        .map(|(at, checkpoint)| (at.clone(), commit(checkpoint)))
        .collect()
}

/// Stores progress as offsets of the replay's group.
///
/// # Errors
/// The coordinator refuses: somebody is in the group, or a right is missing.
pub(super) fn commit(
    client: &mut Client,
    plan: &Plan,
    coordinator: i32,
    progress: &Checkpoints,
    permit: Permit,
) -> Result<(), Unkept> {
    let group = plan.group();
    let changed = client.commit_offsets(&group, coordinator, &commits(progress), permit);
    for (at, outcome) in changed {
        if let Err(cause) = outcome {
            let message = format!("the progress in {at} cannot be kept in group {group:?}");
            return Err(Unkept::new(message, &cause));
        }
    }
    Ok(())
}

/// The records that keep progress in the topic of the target: key and value each.
pub(super) fn lines(id: &str, progress: &Checkpoints) -> Vec<(Vec<u8>, Vec<u8>)> {
    let line = |(at, checkpoint): (&TopicPartition, &Checkpoint)| {
        let line = Line {
            next: checkpoint.next,
            metadata: checkpoint.metadata.clone(),
        };
        let value = serde_json::to_vec(&line).unwrap_or_default();
        (key(id, at), value)
    };
    progress.iter().map(line).collect()
}

/// Ids have no slash, so the first one ends it; a partition's number follows the last.
pub(super) fn key(id: &str, at: &TopicPartition) -> Vec<u8> {
    format!("{id}/{}/{}", at.topic, at.partition).into_bytes()
}

fn parse_key(key: &[u8]) -> Option<(&str, TopicPartition)> {
    let (id, rest) = std::str::from_utf8(key).ok()?.split_once('/')?;
    let (topic, partition) = rest.rsplit_once('/')?;
    Some((id, TopicPartition::new(topic, partition.parse().ok()?)))
}

/// A progress record as it is sent.
pub(super) fn record<'a>(key: &'a [u8], value: Option<&'a [u8]>) -> Record<'a> {
    Record {
        topic: PROGRESS_TOPIC,
        partition: 0,
        offset: -1,
        timestamp: -1,
        timestamp_type: TimestampType::Create,
        key: Some(key),
        value,
        headers: crate::event::Headers::default(),
    }
}

/// Makes the topic of progress, unless it is there.
///
/// # Errors
/// The cluster refuses.
pub(super) fn make_topic(client: &mut Client, permit: Permit) -> Result<(), Failure> {
    if has_topic(client)? {
        return Ok(());
    }
    client.refresh_brokers()?;
    let copies = i16::try_from(client.brokers().len().min(3)).unwrap_or(1);
    let topic = NewTopic {
        name: PROGRESS_TOPIC.to_owned(),
        partitions: Some(1),
        replication: Some(copies),
        configs: vec![("cleanup.policy".to_owned(), "compact".to_owned())],
    };
    let made = client.create_topics(&[topic], permit)?;
    let Some(failure) = made.failures.into_iter().next() else {
        return Ok(());
    };
    // Another replay may have been quicker; not every broker knows of the topic at once.
    let deadline = Instant::now() + SPREAD;
    while Instant::now() < deadline {
        if has_topic(client)? {
            return Ok(());
        }
        std::thread::sleep(TICK);
    }
    Err(Failure::new(
        Exit::Unreachable,
        format!("topic {PROGRESS_TOPIC:?}, which keeps the progress, cannot be made"),
    )
    .cause(failure.cause)
    .hint(format!(
        "make it: evctl topics create {PROGRESS_TOPIC} -p 1 -c cleanup.policy=compact"
    )))
}

fn has_topic(client: &mut Client) -> Result<bool, Failure> {
    let found = client.metadata(&[PROGRESS_TOPIC])?;
    Ok(found.iter().any(|topic| topic.error.is_none()))
}

/// The progress of every replay that is kept in the topic, by id.
///
/// It is read to the end that everybody sees, not only to where open transactions begin: what an
/// earlier run has committed may stand behind those of others.
///
/// # Errors
/// The cluster does not answer, or refuses.
pub(super) fn read_topic(
    client: &mut Client,
    cancel: &Cancel,
) -> Result<BTreeMap<String, Checkpoints>, Failure> {
    let mut found = Found::default();
    if has_topic(client)? {
        read_records(client, None, Isolation::Committed, &mut found, Some(cancel))?;
    }
    found.0.retain(|_, progress| !progress.is_empty());
    Ok(found.0)
}

/// What was kept in the topic of the replay called `id`, which uses no transactions, since the last
/// call: `None` when that is nothing, empty progress when it was deleted.
///
/// # Errors
/// The cluster does not answer, or refuses.
pub(super) fn read_new(
    client: &mut Client,
    id: &str,
    tail: &mut Tail,
) -> Result<Option<Checkpoints>, Unkept> {
    let mut found = Found::default();
    // Transactions of other replays would be waited for, else.
    let read = read_records(client, tail.0, Isolation::Uncommitted, &mut found, None);
    tail.0 = Some(read.map_err(|failure| Unkept {
        passes: failure.exit == Exit::Unreachable,
        failure,
    })?);
    Ok(found.0.remove(id))
}

/// Reads the topic of progress from the offset `from` on; the offset that it ends at.
fn read_records(
    client: &mut Client,
    from: Option<i64>,
    isolation: Isolation,
    found: &mut Found,
    cancel: Option<&Cancel>,
) -> Result<i64, Failure> {
    let at = TopicPartition::new(PROGRESS_TOPIC, 0);
    let leaders = client.find_leaders(std::iter::once(&at))?;
    let leaders = leaders
        .into_iter()
        .map(|(at, (leader, _))| (at, leader))
        .collect();
    let specs = [OffsetSpec::Earliest, OffsetSpec::Latest];
    let offsets = client.list_offsets(&leaders, &specs, Isolation::Uncommitted)?;
    let offset = |index: usize| -> Option<i64> {
        offsets
            .get(index)?
            .get(&at)?
            .as_ref()
            .ok()
            .copied()
            .flatten()
    };
    let (Some(start), Some(end)) = (offset(0), offset(1)) else {
        return Err(Failure::new(
            Exit::Unreachable,
            format!("topic {PROGRESS_TOPIC:?}, which keeps the progress, cannot be read"),
        ));
    };
    let options = ReadOptions {
        isolation,
        order: ReadOrder::Arrival,
        from_ms: None,
        to_ms: None,
        stall_timeout: STABLE,
    };
    let range = ReadRange {
        partition: at,
        start: from.unwrap_or(start).max(start),
        end: Some(end),
    };
    let mut reader = Reader::new(client, vec![range], options);
    let never = Cancel::default();
    drive(&mut reader, found, &mut (), cancel.unwrap_or(&never))?;
    Ok(end)
}

/// The last word on each range of each replay.
#[derive(Default)]
struct Found(BTreeMap<String, Checkpoints>);

impl Sink for Found {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        let Some((id, at)) = record.key.and_then(parse_key) else {
            return Ok(Flow::Continue);
        };
        let progress = self.0.entry(id.to_owned()).or_default();
        let line = record
            .value
            .and_then(|value| serde_json::from_slice(value).ok());
        match line {
            Some(Line { next, metadata }) => {
                drop(progress.insert(at, Checkpoint { next, metadata }));
            }
            None => drop(progress.remove(&at)),
        }
        Ok(Flow::Continue)
    }
}

/// Writes progress into the topic, before a replay writes anything; in a transaction where there
/// are some.
///
/// # Errors
/// The target's cluster does not take it.
pub(super) fn write(
    producer: &mut Producer,
    plan: &Plan,
    progress: &Checkpoints,
    transactional: bool,
) -> Result<(), Failure> {
    const PATIENCE: Duration = Duration::from_secs(30);
    let mut losses = Losses::default();
    let index = plan.targets().len();
    if transactional {
        producer.begin()?;
    }
    for (key, value) in lines(&plan.id, progress) {
        let record = record(&key, Some(&value));
        while !producer.send_to(index, &record, NO_LANE, &mut losses) {
            producer.poll(Duration::from_millis(20), &mut losses);
        }
    }
    let settled = producer.settle(PATIENCE, &|| false, &mut losses);
    if !settled || losses.count > 0 {
        let failure = Failure::new(
            Exit::Unreachable,
            "the progress cannot be kept on the target's cluster, nothing was written",
        );
        return Err(match losses.first {
            Some((_, _, code, _)) => failure.cause(code),
            None => failure,
        });
    }
    if transactional {
        producer.commit(PATIENCE, &mut losses)?;
    }
    Ok(())
}

/// The sum of the ends of all `targets`, with everything that is written there.
///
/// # Errors
/// A cluster that does not answer.
pub(super) fn ends(client: &mut Client, targets: &[(Arc<str>, i32)]) -> Result<i64, Unkept> {
    let each = each_end(client, targets)?;
    Ok(each.iter().map(|(_, end)| end).sum())
}

/// Where each partition of `targets` ends.
///
/// # Errors
/// A cluster that does not answer.
pub(super) fn each_end(
    client: &mut Client,
    targets: &[(Arc<str>, i32)],
) -> Result<Vec<(TopicPartition, i64)>, Unkept> {
    let partitions = partitions(targets);
    let leaders = match client.known_leaders(partitions.iter()) {
        Some(known) => known,
        None => client.find_leaders(partitions.iter())?,
    };
    let leaders = leaders
        .into_iter()
        .map(|(at, (leader, _))| (at, leader))
        .collect();
    let found = client.list_offsets(&leaders, &[OffsetSpec::Latest], Isolation::Uncommitted)?;
    let mut ends = Vec::new();
    for (at, end) in found.into_iter().flatten() {
        match end {
            Ok(end) => ends.push((at, end.unwrap_or(0))),
            Err(cause) => return Err(Unkept::new(format!("the end of {at} is not known"), &cause)),
        }
    }
    Ok(ends)
}

/// The partitions of topics of which the number of partitions is known.
pub(super) fn partitions(targets: &[(Arc<str>, i32)]) -> Vec<TopicPartition> {
    let each = targets.iter().flat_map(|(name, count)| {
        (0..*count).map(|number| TopicPartition::new(name.clone(), number))
    });
    each.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_replay_and_lane() {
        for topic in ["orders", "a/b.ndjson", "/tmp/x-1/y"] {
            let at = TopicPartition::new(topic, 7);
            let key = key("copy-1", &at);
            assert_eq!(parse_key(&key), Some(("copy-1", at)));
        }
        assert_eq!(parse_key(b"copy"), None);
        assert_eq!(parse_key(b"copy/t/x"), None);
    }
}
