//! How checkpoints are stored: as committed offsets with metadata, and as records of a compacted
//! topic.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Checkpoint, CheckpointMetadata, Checkpoints};
use crate::event::{Commit, TopicPartition};

/// The value of a record of the compacted topic.
#[derive(Serialize, Deserialize)]
struct Line {
    next: i64,
    #[serde(flatten)]
    metadata: CheckpointMetadata,
}

/// The checkpoints in a group's committed offsets. Offsets that another tool has committed there
/// are left out.
#[must_use]
pub fn checkpoints_of_commits(commits: BTreeMap<TopicPartition, Commit>) -> Checkpoints {
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

/// Checkpoints as a group's committed offsets.
#[must_use]
pub fn commits_of(checkpoints: &Checkpoints) -> BTreeMap<TopicPartition, Commit> {
    let commit = |checkpoint: &Checkpoint| Commit {
        offset: checkpoint.next,
        leader_epoch: None,
        metadata: serde_json::to_string(&checkpoint.metadata).unwrap_or_default(),
    };
    checkpoints
        .iter()
        .map(|(at, checkpoint)| (at.clone(), commit(checkpoint)))
        .collect()
}

/// Checkpoints as records of the compacted topic: key and value of each.
#[must_use]
pub fn records_of(id: &str, checkpoints: &Checkpoints) -> Vec<(Vec<u8>, Vec<u8>)> {
    let record = |(at, checkpoint): (&TopicPartition, &Checkpoint)| {
        let line = Line {
            next: checkpoint.next,
            metadata: checkpoint.metadata.clone(),
        };
        let value = serde_json::to_vec(&line).unwrap_or_default();
        (record_key(id, at), value)
    };
    checkpoints.iter().map(record).collect()
}

/// The key of a partition's checkpoint in the compacted topic. Ids have no slash, so the first one
/// ends the id; the partition follows the last one.
#[must_use]
pub fn record_key(id: &str, at: &TopicPartition) -> Vec<u8> {
    format!("{id}/{}/{}", at.topic, at.partition).into_bytes()
}

fn parse_key(key: &[u8]) -> Option<(&str, TopicPartition)> {
    let (id, rest) = std::str::from_utf8(key).ok()?.split_once('/')?;
    let (topic, partition) = rest.rsplit_once('/')?;
    Some((id, TopicPartition::new(topic, partition.parse().ok()?)))
}

/// The latest checkpoints of each replay, from records of the compacted topic.
#[derive(Clone, Debug, Default)]
pub struct CheckpointTable(BTreeMap<String, Checkpoints>);

impl CheckpointTable {
    /// Takes the next record. One without a value, or with a value that is no checkpoint, deletes
    /// the checkpoint of its key.
    pub fn apply(&mut self, key: Option<&[u8]>, value: Option<&[u8]>) {
        let Some((id, at)) = key.and_then(parse_key) else {
            return;
        };
        let checkpoints = self.0.entry(id.to_owned()).or_default();
        match value.and_then(|value| serde_json::from_slice(value).ok()) {
            Some(Line { next, metadata }) => {
                checkpoints.insert(at, Checkpoint { next, metadata });
            }
            None => {
                checkpoints.remove(&at);
            }
        }
    }

    /// What was applied about the replay `id`: `None` when that is nothing, empty when its
    /// checkpoints were deleted.
    pub fn remove(&mut self, id: &str) -> Option<Checkpoints> {
        self.0.remove(id)
    }

    /// The checkpoints of every replay that has some, by id.
    #[must_use]
    pub fn into_replays(mut self) -> BTreeMap<String, Checkpoints> {
        self.0.retain(|_, checkpoints| !checkpoints.is_empty());
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_the_replay_and_the_partition() {
        for topic in ["orders", "a/b.ndjson", "/tmp/x-1/y"] {
            let at = TopicPartition::new(topic, 7);
            let key = record_key("copy-1", &at);
            assert_eq!(parse_key(&key), Some(("copy-1", at)));
        }
        assert_eq!(parse_key(b"copy"), None);
        assert_eq!(parse_key(b"copy/t/x"), None);
    }
}
