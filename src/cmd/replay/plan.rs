//! What a replay is to do: fixed before the first record is written, kept until the last one is, and
//! known again by its hash.

use std::{collections::BTreeMap, sync::Arc};

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{args::WhatArgs, ownership::Owner, topic_ids::TopicIds};
use crate::{
    cmd::read::Sources,
    command::SelectArgs,
    event::{Timestamp, TopicPartition},
    select::Window,
};

/// What decides which records are written, where, and what they look like, as it was typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Typed {
    pub(super) sources: Vec<String>,
    pub(super) what: WhatArgs,
    pub(super) select: SelectArgs,
    pub(super) limit: Option<u64>,
}

impl Typed {
    /// A name for all of it and the two clusters, 16 letters long. Pace and safety are not in it:
    /// they may change when a replay is gone on with.
    pub(super) fn hash(&self, source: Option<&str>, target: Option<&str>) -> String {
        let text = serde_json::to_vec(&(self, source, target)).unwrap_or_default();
        let hash = digest(&SHA256, &text);
        let bytes = hash.as_ref().iter().take(8);
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Where the progress of a replay is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Home {
    /// As offsets of a group of the one cluster that is read and written.
    Group,
    /// As records of a compacted topic of the target cluster.
    Topic,
    /// Nowhere: what came over standard input cannot be read again.
    Nowhere,
}

/// Where the records of a source topic go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Route {
    pub(super) source: Arc<str>,
    pub(super) target: Arc<str>,
    /// How many partitions the target has.
    pub(super) partitions: i32,
}

/// A partition that is read, or a list of files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Lane {
    pub(super) topic: Arc<str>,
    pub(super) partition: i32,
    /// The first offset; 0 for files, whose records are counted.
    pub(super) start: i64,
    /// The offset to stop before; the number of records for files.
    pub(super) end: i64,
}

impl Lane {
    pub(super) fn at(&self) -> TopicPartition {
        TopicPartition::new(self.topic.clone(), self.partition)
    }
}

/// The whole of it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Plan {
    pub(super) id: String,
    pub(super) hash: String,
    /// When it began, in milliseconds.
    pub(super) begun: i64,
    pub(super) source_cluster: Option<String>,
    pub(super) target_cluster: Option<String>,
    pub(super) home: Home,
    pub(super) files: bool,
    /// The times that records lie in, by the time that --by-time names.
    pub(super) from_ms: Option<i64>,
    pub(super) to_ms: Option<i64>,
    /// The timestamp that becomes the start with --timestamps shift.
    pub(super) base_ms: i64,
    pub(super) routes: Vec<Route>,
    pub(super) lanes: Vec<Lane>,
    /// The times of the first and the last record, as far as they were looked at.
    #[serde(default)]
    pub(super) span: Option<(i64, i64)>,
    /// Where the targets ended when it was planned; empty when that is not known.
    #[serde(default)]
    pub(super) before: Vec<(TopicPartition, i64)>,
    /// Whether its beginning is kept on the cluster: before that nothing is written.
    #[serde(default)]
    pub(super) kept: bool,
    /// The topics that are meant; empty in plans of earlier versions.
    #[serde(default)]
    pub(super) ids: TopicIds,
}

impl Plan {
    pub(super) fn window(&self) -> Window {
        Window {
            from_ms: self.from_ms,
            to_ms: self.to_ms,
        }
    }

    /// The group that holds the progress, and divides the work with --share.
    pub(super) fn group(&self) -> String {
        group_of(&self.id)
    }

    /// The targets, each once.
    pub(super) fn targets(&self) -> Vec<(Arc<str>, i32)> {
        let all = self.routes.iter();
        let targets: BTreeMap<Arc<str>, i32> = all
            .map(|route| (route.target.clone(), route.partitions))
            .collect();
        targets.into_iter().collect()
    }

    /// What is written beside the progress of a lane, so that it can be gone on with anywhere.
    pub(super) fn note(&self, lane: &Lane, sent: u64, ends: Option<i64>) -> Note {
        let [source_id, target_id] = self.ids.of_lane(lane, &self.routes);
        Note {
            source_id,
            target_id,
            replay: self.hash.clone(),
            start: lane.start,
            end: lane.end,
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
}

/// A name that no other replay has: it begins with the source's.
pub(super) fn new_id(now: i64, sources: &Sources) -> String {
    let name = match sources {
        Sources::Topics(names) => names.first().cloned().unwrap_or_default(),
        Sources::Files(first, _) => {
            let name = first.file_stem().unwrap_or_default().to_string_lossy();
            name.split('.').next().unwrap_or_default().to_owned()
        }
    };
    let letters = name
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c));
    let name: String = letters.skip_while(|c| *c == '.').take(60).collect();
    let time = Timestamp(now).to_string();
    let digits: String = time.chars().filter(char::is_ascii_digit).collect();
    let name = if name.is_empty() { "replay" } else { &name };
    // 20260102100000123: to the second, and three digits that tell runs of one second apart.
    let (day, rest) = digits.split_at(digits.len().min(8));
    format!("{name}-{day}-{rest}")
}

/// The group of the replay called `id`.
pub(super) fn group_of(id: &str) -> String {
    format!("{GROUP_PREFIX}{id}")
}

/// What the names of all replays' groups begin with.
pub(super) use crate::event::REPLAY_GROUP_PREFIX as GROUP_PREFIX;

/// What stands beside a stored offset, as JSON: less than the 4096 bytes that a broker takes
/// (`offset.metadata.max.bytes`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Note {
    /// The plan's hash.
    pub(super) replay: String,
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) from_ms: Option<i64>,
    pub(super) to_ms: Option<i64>,
    pub(super) begun: i64,
    pub(super) base_ms: i64,
    /// Records of the lane that were written.
    pub(super) sent: u64,
    /// Records of the lane that could not be written.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) failed: u64,
    /// The ends of all target partitions, added up when this was written: what is more by now may
    /// have been written since. `None` in transactions, which leave nothing half done.
    pub(super) ends: Option<i64>,
    /// The run that keeps the progress, beside the first partition alone. `None` where Kafka tells
    /// runs apart: in transactions, and in a group that shares the work.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) run: Option<Owner>,
    /// Whether a member that shares the work had the lane at that moment: when it is lost, what it
    /// wrote beyond is written again. Never in transactions.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) held: bool,
    /// The id of the topic that the lane is a partition of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) source_id: Option<String>,
    /// The id of the topic that the lane's records go to; `None` also when they go to several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) target_id: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde asks")]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// How far a lane has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reached {
    /// The next offset to read.
    pub(super) next: i64,
    pub(super) note: Note,
}

/// How far each lane has come; a lane without an entry has not begun.
pub(super) type Progress = BTreeMap<TopicPartition, Reached>;

/// The plan that was stored as progress alone, for a machine that has not seen its beginning.
/// `None` when the notes are not those of one plan.
pub(super) fn rebuild(plan: Plan, progress: &Progress) -> Option<Plan> {
    let first = &progress.values().next()?.note;
    let lanes = progress.iter().map(|(at, reached)| Lane {
        topic: at.topic.clone(),
        partition: at.partition,
        start: reached.note.start,
        end: reached.note.end,
    });
    let one = progress
        .values()
        .all(|reached| reached.note.replay == first.replay);
    let mut ids = plan.ids.clone();
    ids.take(progress, &plan.routes);
    one.then(|| Plan {
        hash: first.replay.clone(),
        begun: first.begun,
        base_ms: first.base_ms,
        from_ms: first.from_ms,
        to_ms: first.to_ms,
        lanes: lanes.collect(),
        ids,
        ..plan
    })
}

/// Whether `id` can be the name of a group, of a transaction and of a file.
pub(super) fn is_id(id: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    (1..=100).contains(&id.len()) && id.bytes().all(letters) && !id.starts_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed {
            sources: vec!["orders".to_owned()],
            what: WhatArgs::default(),
            select: SelectArgs::default(),
            limit: None,
        }
    }

    #[test]
    fn the_hash_covers_what_was_typed_and_both_clusters() {
        let hash = typed().hash(Some("a"), Some("b"));
        assert_eq!(hash.len(), 16);
        assert_eq!(hash, typed().hash(Some("a"), Some("b")));
        assert_ne!(hash, typed().hash(Some("a"), Some("c")));
        let mut other = typed();
        other.what.no_mark = true;
        assert_ne!(hash, other.hash(Some("a"), Some("b")));
        other = typed();
        other.select.from = Some("-2h".to_owned());
        assert_ne!(hash, other.hash(Some("a"), Some("b")));
        // A profile's name is this machine's own.
        other = typed();
        other.what.to_profile = Some("staging".to_owned());
        assert_eq!(hash, other.hash(Some("a"), Some("b")));
    }

    #[test]
    fn an_id_is_a_name_for_files_and_groups() {
        assert!(is_id("copy-1") && is_id("a.b_c"));
        for bad in ["", "a/b", "..", ".x", "a b", "ä", &"x".repeat(101)] {
            assert!(!is_id(bad), "{bad}");
        }
    }

    #[test]
    fn a_plan_is_built_again_from_its_notes() {
        let lane = Lane {
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
            home: Home::Group,
            files: false,
            from_ms: Some(1),
            to_ms: Some(2),
            base_ms: 3,
            routes: Vec::new(),
            lanes: vec![lane.clone()],
            span: None,
            before: Vec::new(),
            kept: true,
            ids: TopicIds::default(),
        };
        let reached = Reached {
            next: 7,
            note: plan.note(&lane, 2, Some(12)),
        };
        let text = serde_json::to_string(&reached.note).unwrap();
        assert!(text.len() < 300, "{text}");
        let blank = Plan {
            hash: String::new(),
            begun: 9,
            lanes: Vec::new(),
            ..plan.clone()
        };
        let again = rebuild(blank, &BTreeMap::from([(lane.at(), reached)])).unwrap();
        assert_eq!((again.hash, again.begun), (plan.hash, plan.begun));
        assert_eq!(again.lanes, plan.lanes);
    }
}
