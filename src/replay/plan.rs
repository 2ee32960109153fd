//! What a replay reads and writes: fixed before the first record is written, and the same until the
//! last one is.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde::{Deserialize, Serialize};

use super::{CheckpointLocation, CheckpointMetadata, Checkpoints, TopicIds, id::checkpoint_group};
use crate::{event::TopicPartition, select::Window};

/// Where the records of a source topic go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The source topic; empty for standard input, whose topics are not known before.
    pub source: Arc<str>,
    /// The topic that is written to.
    pub target: Arc<str>,
    /// How many partitions the target has.
    pub partitions: i32,
}

/// The offsets of a partition that are read, or the records of a list of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionRange {
    /// The topic; the names of the files, joined with commas.
    pub topic: Arc<str>,
    /// The partition; 0 for files.
    pub partition: i32,
    /// The first offset; 0 for files, whose records are counted.
    pub start: i64,
    /// The offset to stop before; the number of records for files.
    pub end: i64,
}

impl PartitionRange {
    /// The topic and the partition.
    #[must_use]
    pub fn at(&self) -> TopicPartition {
        TopicPartition::new(self.topic.clone(), self.partition)
    }
}

/// All of it. The state file of the machine that began the replay holds it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// The replay's name: part of its group, its transactions and its files.
    pub id: String,
    /// What tells a replay from another one with the same name; beside every checkpoint.
    pub hash: String,
    /// When it began, in milliseconds since 1970.
    pub begun: i64,
    /// The cluster that is read; `None` for files that do not name one.
    pub source_cluster: Option<String>,
    /// The cluster that is written to; `None` when its brokers do not name it.
    pub target_cluster: Option<String>,
    /// Where the checkpoints are stored.
    #[serde(rename = "home")]
    pub checkpoint_location: CheckpointLocation,
    /// Whether files are read, not topics.
    pub files: bool,
    /// The first timestamp of the window, by the time that `--by-time` names.
    pub from_ms: Option<i64>,
    /// The timestamp that the window ends before.
    pub to_ms: Option<i64>,
    /// The timestamp that becomes the start with `--timestamps shift`.
    pub base_ms: i64,
    /// One per source topic.
    pub routes: Vec<Route>,
    /// What is read: one per partition, or one for all files.
    #[serde(rename = "lanes")]
    pub ranges: Vec<PartitionRange>,
    /// The times of the earliest and the latest record among those that were sampled.
    #[serde(default)]
    pub span: Option<(i64, i64)>,
    /// Where the targets ended when the replay was planned; empty when that is not known.
    #[serde(default)]
    pub before: Vec<(TopicPartition, i64)>,
    /// Whether the cluster holds the first checkpoint. No record is written before.
    #[serde(default)]
    pub kept: bool,
    /// The ids of the topics; empty in plans of earlier versions.
    #[serde(default)]
    pub ids: TopicIds,
}

impl Plan {
    /// The times that are replayed.
    #[must_use]
    pub fn window(&self) -> Window {
        Window {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
        }
    }

    /// The group that holds the checkpoints, and divides the work with `--share`.
    #[must_use]
    pub fn group(&self) -> String {
        checkpoint_group(&self.id)
    }

    /// The topics that are read, each once, by name.
    #[must_use]
    pub fn sources(&self) -> Vec<Arc<str>> {
        let topics = self.ranges.iter().map(|range| range.topic.clone());
        let topics: BTreeSet<Arc<str>> = topics.collect();
        topics.into_iter().collect()
    }

    /// Whether `checkpoints` have come to the end of every range.
    #[must_use]
    pub fn is_done(&self, checkpoints: &Checkpoints) -> bool {
        self.ranges.iter().all(|range| {
            range.start >= range.end
                || (checkpoints.get(&range.at()))
                    .is_some_and(|checkpoint| checkpoint.next >= range.end)
        })
    }

    /// The target topics and their number of partitions, each once, by name.
    #[must_use]
    pub fn targets(&self) -> Vec<(Arc<str>, i32)> {
        let all = self.routes.iter();
        let targets: BTreeMap<Arc<str>, i32> = all
            .map(|route| (route.target.clone(), route.partitions))
            .collect();
        targets.into_iter().collect()
    }

    /// What is stored beside a checkpoint of `range`. Any machine can resume with it.
    #[must_use]
    pub fn checkpoint_metadata(
        &self,
        range: &PartitionRange,
        sent: u64,
        ends: Option<i64>,
    ) -> CheckpointMetadata {
        let [source_id, target_id] = self.ids.of_range(range, &self.routes);
        CheckpointMetadata {
            source_id,
            target_id,
            replay: self.hash.clone(),
            start: range.start,
            end: range.end,
            from_ms: self.from_ms,
            to_ms: self.to_ms,
            begun: self.begun,
            base_ms: self.base_ms,
            sent,
            failed: 0,
            ends,
            run: None,
            held: false,
        }
    }

    /// This plan with what `checkpoints` tell of it, for a machine that did not begin the replay.
    /// `None` without checkpoints, and when they are of several replays.
    #[must_use]
    pub fn with_checkpoints(self, checkpoints: &Checkpoints) -> Option<Self> {
        let first = &checkpoints.values().next()?.metadata;
        let ranges = checkpoints.iter().map(|(at, checkpoint)| PartitionRange {
            topic: at.topic.clone(),
            partition: at.partition,
            start: checkpoint.metadata.start,
            end: checkpoint.metadata.end,
        });
        let one = checkpoints
            .values()
            .all(|checkpoint| checkpoint.metadata.replay == first.replay);
        let mut ids = self.ids.clone();
        ids.take(checkpoints, &self.routes);
        one.then(|| Self {
            hash: first.replay.clone(),
            begun: first.begun,
            base_ms: first.base_ms,
            from_ms: first.from_ms,
            to_ms: first.to_ms,
            ranges: ranges.collect(),
            ids,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replay::Checkpoint;

    #[test]
    fn a_plan_is_built_again_from_its_checkpoints() {
        let range = PartitionRange {
            topic: Arc::from("orders"),
            partition: 3,
            start: 5,
            end: 90,
        };
        let plan = Plan {
            id: "x".to_owned(),
            hash: "h".to_owned(),
            begun: 1_000,
            source_cluster: None,
            target_cluster: None,
            checkpoint_location: CheckpointLocation::Group,
            files: false,
            from_ms: Some(1),
            to_ms: Some(2),
            base_ms: 3,
            routes: Vec::new(),
            ranges: vec![range.clone()],
            span: None,
            before: Vec::new(),
            kept: true,
            ids: TopicIds::default(),
        };
        let checkpoint = Checkpoint {
            next: 7,
            metadata: plan.checkpoint_metadata(&range, 2, Some(12)),
        };
        let text = serde_json::to_string(&checkpoint.metadata).unwrap();
        assert!(text.len() < 300, "{text}");
        let blank = Plan {
            hash: String::new(),
            begun: 9,
            ranges: Vec::new(),
            ..plan.clone()
        };
        let checkpoints = BTreeMap::from([(range.at(), checkpoint)]);
        let again = blank.with_checkpoints(&checkpoints).unwrap();
        assert_eq!((again.hash, again.begun), (plan.hash, plan.begun));
        assert_eq!(again.ranges, plan.ranges);
    }
}
