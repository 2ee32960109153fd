//! How far a replay has come: per partition, with all that a machine needs to resume.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::event::{Timestamp, TopicPartition};

/// Where the checkpoints of a replay are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckpointLocation {
    /// As offsets of a group of the one cluster that is read and written.
    Group,
    /// As records of a compacted topic of the target cluster.
    Topic,
    /// Nowhere: standard input cannot be read again.
    Nowhere,
}

/// How far the replay of a partition has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The next offset to read.
    pub next: i64,
    /// What is stored beside it.
    pub metadata: CheckpointMetadata,
}

/// The checkpoint of each partition; a partition without one has not begun.
pub type Checkpoints = BTreeMap<TopicPartition, Checkpoint>;

/// What is stored beside a checkpoint, as JSON: less than the 4096 bytes that a broker takes
/// (`offset.metadata.max.bytes`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointMetadata {
    /// The plan's hash.
    pub replay: String,
    /// The first offset of the partition's range.
    pub start: i64,
    /// The offset that the range ends before.
    pub end: i64,
    /// The first timestamp of the window.
    pub from_ms: Option<i64>,
    /// The timestamp that the window ends before.
    pub to_ms: Option<i64>,
    /// When the replay began, in milliseconds since 1970.
    pub begun: i64,
    /// The timestamp that becomes the start with `--timestamps shift`.
    pub base_ms: i64,
    /// Records of the partition that were written.
    pub sent: u64,
    /// Records of the partition that could not be written.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// The sum of the end offsets of all target partitions at this checkpoint: records beyond it may
    /// have been written since. `None` in transactions, which leave nothing half done.
    pub ends: Option<i64>,
    /// The run that owns the checkpoints, beside the first partition alone. `None` where Kafka tells
    /// runs apart: in transactions, and in a group that shares the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<CheckpointOwner>,
    /// Whether a member of `--share` had the partition at this checkpoint. When the member is lost,
    /// what it wrote beyond is written again. Never in transactions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
    /// The id of the source topic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<String>,
    /// The id of the target topic; `None` also when the records go to several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_id: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// A run of a replay that stores its checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointOwner {
    /// The name of the machine.
    pub host: String,
    /// The id of the process.
    pub pid: u32,
    /// When the run began, in milliseconds since 1970.
    pub begun: i64,
    /// A random number: containers share names of hosts and ids of processes.
    pub nonce: u32,
    /// Records written by the runs before it. Any that those write beyond are written again.
    pub after: u64,
    /// Records at most that it wrote beyond its last checkpoint; `None` until it has ended, and
    /// after a kill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unkept: Option<u64>,
}

impl CheckpointOwner {
    /// This run as it ends: at most `unkept` of the records it wrote are beyond its last checkpoint.
    #[must_use]
    pub fn ended(&self, unkept: u64) -> Self {
        Self {
            unkept: Some(unkept),
            ..self.clone()
        }
    }

    /// Whether both are the same run.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let name = |one: &Self| (one.host.clone(), one.pid, one.begun, one.nonce);
        name(self) == name(other)
    }
}

impl fmt::Display for CheckpointOwner {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, pid, .. } = self;
        let begun = Timestamp(self.begun);
        write!(out, "process {pid} on host {host:?}, begun {begun}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Metadata as evctl wrote it before [`ReplaySpec`](crate::replay::ReplaySpec).
    const STORED: &str = r#"{"replay":"e98fcc0244a57364","start":0,"end":400,"from_ms":1796086464644,"to_ms":1796093664644,"begun":1796093664644,"base_ms":1796086464644,"sent":0,"ends":0,"run":{"host":"vm","pid":22705,"begun":1796093664644,"nonce":3234705787,"after":0,"unkept":0},"source_id":"VKw7ZAXUSMywDBOjQ687aA","target_id":"22hFVZ4xSTaCLY0wc5GdxQ"}"#;

    #[test]
    fn stored_metadata_is_read_and_written_as_ever() {
        let metadata: CheckpointMetadata = serde_json::from_str(STORED).unwrap();
        assert_eq!(metadata.end, 400);
        assert_eq!(serde_json::to_string(&metadata).unwrap(), STORED);
        let owner = metadata.run.unwrap();
        assert_eq!(
            owner.to_string(),
            "process 22705 on host \"vm\", begun 2026-12-01T02:54:24.644Z"
        );
        assert!(owner.is(&owner.ended(3)));
    }
}
