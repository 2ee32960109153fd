//! What stands against a replay before anything is written: facts in, verdict out.

use std::{collections::BTreeMap, fmt, sync::Arc};

use super::{
    FROM_HEADER, ID_HEADER, PartitionRange, PartitionSample, Placing, PlacingError, Plan,
    ReplaySpec, Samples, Stamping, TIMESTAMP_HEADER,
};
use crate::{
    codec::text::counted,
    event::{Timestamp, TopicPartition},
};

/// What a batch adds to a record: its header, and the lengths within the record.
const OVERHEAD: u64 = 90;

/// What is known of a topic that is written to.
#[derive(Clone, Debug, Default)]
pub struct TargetFacts {
    /// The topic.
    pub name: Arc<str>,
    /// Its configuration; `None` when it may not be seen.
    pub config: Option<BTreeMap<String, String>>,
    /// Whether the user may write to it; `None` when the broker does not tell.
    pub may_write: Option<bool>,
}

impl TargetFacts {
    fn get(&self, key: &str) -> Option<&str> {
        self.config.as_ref()?.get(key).map(String::as_str)
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.parse().ok()
    }

    /// Whether records without a key are refused.
    #[must_use]
    pub fn is_compacted(&self) -> bool {
        self.get("cleanup.policy")
            .is_some_and(|policy| policy.contains("compact"))
    }

    fn deletes(&self) -> bool {
        self.get("cleanup.policy")
            .is_none_or(|policy| policy.contains("delete"))
    }

    /// How long it keeps records, in milliseconds; `None` for ever, or when that is not known.
    #[must_use]
    pub fn kept(&self) -> Option<i64> {
        let retention = self.number("retention.ms").filter(|ms| *ms >= 0);
        retention.filter(|_| self.deletes() && !self.stamps_itself())
    }

    /// How far ahead of now a timestamp may be, in milliseconds.
    #[must_use]
    pub fn ahead(&self) -> Option<i64> {
        let both = self.number("message.timestamp.difference.max.ms");
        let ahead = self.number("message.timestamp.after.max.ms").or(both);
        ahead.filter(|ms| *ms >= 0 && !self.stamps_itself())
    }

    /// Whether its brokers replace the records' timestamps.
    #[must_use]
    pub fn stamps_itself(&self) -> bool {
        self.get("message.timestamp.type") == Some("LogAppendTime")
    }

    /// The largest batch that it takes.
    #[must_use]
    pub fn max_message_bytes(&self) -> Option<u64> {
        self.get("max.message.bytes")?.parse().ok()
    }
}

/// What the verdict rests on.
pub struct PreflightFacts<'a> {
    /// What is read and written.
    pub plan: &'a Plan,
    /// What was asked for.
    pub spec: &'a ReplaySpec,
    /// The topics that are written to.
    pub targets: &'a [TargetFacts],
    /// What the records are like.
    pub samples: &'a Samples,
    /// Where partitions go.
    pub placing: &'a Placing,
    /// Which timestamps are written.
    pub stamping: Stamping,
    /// Whether source and target are one cluster.
    pub same: bool,
    /// How many records of the source are older than their target keeps.
    pub expired: u64,
    /// Milliseconds since 1970.
    pub now: i64,
}

/// What stands against a replay.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Each is enough not to begin.
    pub refusals: Vec<Refusal>,
    /// What the user should know before a yes.
    pub warnings: Vec<String>,
}

/// Records that options were tried on.
#[derive(Clone, Copy, Debug)]
pub struct Tried {
    /// How many.
    pub count: u64,
    /// Whether these were all records.
    pub exact: bool,
}

impl fmt::Display for Tried {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&counted(self.count, "record"))?;
        out.write_str(if self.exact { "" } else { " that were sampled" })
    }
}

/// Why a replay is not begun.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Records would be read again after they were written.
    #[error("topic {topic:?} would be read and written")]
    ReadsItsTarget {
        /// The topic.
        topic: Arc<str>,
    },
    /// The user may not write.
    #[error("not authorised to write to topic {topic:?}")]
    NotAuthorised {
        /// The topic.
        topic: Arc<str>,
    },
    /// A partition has no place in the target.
    #[error("topic {topic:?}: {error}")]
    NoPartition {
        /// The target.
        topic: Arc<str>,
        /// Which.
        error: PlacingError,
    },
    /// A compacted topic takes no records without a key.
    #[error(
        "topic {topic:?} is compacted and takes no records without a key, as the source has at \
         offset {offset}"
    )]
    NullKey {
        /// The target.
        topic: Arc<str>,
        /// The offset of a record without a key.
        offset: i64,
    },
    /// A record is larger than the target takes.
    #[error(
        "the record of {place} has {bytes}, comes to about {written} as it is written{marks}, and \
         topic {topic:?} takes {limit} (max.message.bytes)",
        bytes = counted(*.bytes, "byte"),
        marks = if *.is_marked { " with its marks" } else { "" }
    )]
    TooLarge {
        /// The target.
        topic: Arc<str>,
        /// The record: `topic/partition offset N`.
        place: String,
        /// Its size in the source.
        bytes: u64,
        /// The size of a batch with it alone.
        written: u64,
        /// Whether headers are added.
        is_marked: bool,
        /// What the target takes.
        limit: u64,
    },
    /// Records are older than the target keeps.
    #[error(
        "{records} would be deleted at the next sweep: topic {topic:?} keeps {retention} ms \
         (retention.ms), and the oldest is of {oldest}",
        records = expired_records(*.expired),
        oldest = Timestamp(*.oldest)
    )]
    Expired {
        /// The target.
        topic: Arc<str>,
        /// About how many; 0 when that is not known.
        expired: u64,
        /// `retention.ms`
        retention: i64,
        /// The oldest timestamp that would be written.
        oldest: i64,
        /// How timestamps are written.
        stamping: Stamping,
    },
    /// Timestamps are older than the target takes.
    #[error(
        "topic {topic:?} takes nothing older than {limit} ms (message.timestamp.before.max.ms), \
         and the oldest is of {oldest}",
        oldest = Timestamp(*.oldest)
    )]
    TooOld {
        /// The target.
        topic: Arc<str>,
        /// `message.timestamp.before.max.ms`
        limit: i64,
        /// The oldest timestamp that would be written.
        oldest: i64,
        /// How timestamps are written.
        stamping: Stamping,
    },
    /// Timestamps lie further ahead than the target takes.
    #[error(
        "topic {topic:?} takes nothing more than {limit} ms ahead of now \
         (message.timestamp.after.max.ms), and the newest, {place}, is of {newest}",
        newest = Timestamp(*.newest)
    )]
    TooNew {
        /// The target.
        topic: Arc<str>,
        /// `message.timestamp.after.max.ms`
        limit: i64,
        /// The record: `topic/partition offset N`.
        place: String,
        /// The newest timestamp that would be written.
        newest: i64,
        /// How timestamps are written.
        stamping: Stamping,
    },
    /// `--by-time` finds no time.
    #[error(
        "--by-time {by_time:?} finds no time in any of the {tried}{first}",
        first = first_error(.first.as_deref())
    )]
    NoTime {
        /// The value of the option.
        by_time: String,
        /// The records.
        tried: Tried,
        /// Why not in the first; `None` when it has no such field.
        first: Option<String>,
    },
    /// `--transform` fails on every record.
    #[error("--transform fails on each of the {tried}, the first: {first}")]
    TransformFails {
        /// The records.
        tried: Tried,
        /// Why on the first.
        first: String,
    },
    /// `--dedupe` fails on every record.
    #[error("--dedupe {by:?} fails on each of the {tried}, the first: {first}")]
    DedupeFails {
        /// The value of the option.
        by: String,
        /// The records.
        tried: Tried,
        /// Why on the first.
        first: String,
    },
    /// A path of `--redact` matches nothing.
    #[error("--redact {path:?} matches nothing in the {tried}")]
    NothingRedacted {
        /// The path.
        path: String,
        /// The records.
        tried: Tried,
    },
}

fn expired_records(count: u64) -> String {
    match count {
        0 => "records".to_owned(),
        count => format!("about {}", counted(count, "record")),
    }
}

fn first_error(first: Option<&str>) -> String {
    first.map_or_else(String::new, |first| format!(", the first: {first}"))
}

/// What stands against a replay, as far as `facts` tell.
#[must_use]
pub fn preflight(facts: &PreflightFacts<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    for target in facts.targets {
        let routes = facts.plan.routes.iter();
        let sources: Vec<_> = routes.filter(|route| route.target == target.name).collect();
        let ranges: Vec<&PartitionRange> = (facts.plan.ranges.iter())
            .filter(|range| {
                facts.plan.files || sources.iter().any(|route| route.source == range.topic)
            })
            .collect();
        let sample = of_ranges(facts.samples, &ranges);
        let topic = target.name.clone();
        let refusals = &mut verdict.refusals;
        if facts.same && !facts.spec.in_place && sources.iter().any(|route| route.source == topic) {
            refusals.push(Refusal::ReadsItsTarget {
                topic: topic.clone(),
            });
        }
        if target.may_write == Some(false) {
            refusals.push(Refusal::NotAuthorised {
                topic: topic.clone(),
            });
        }
        let count = sources.first().map_or(0, |route| route.partitions);
        if !facts.plan.files {
            let partitions = ranges.iter().map(|range| range.partition);
            if let Err(error) = facts.placing.check(partitions, count) {
                let topic = topic.clone();
                refusals.push(Refusal::NoPartition { topic, error });
            }
        }
        judge_records(facts, target, &sample, &ranges, refusals);
        judge_times(facts, target, &sample, &ranges, refusals);
        if target.stamps_itself() {
            verdict.warnings.push(format!(
                "topic {topic:?} stamps records itself (LogAppendTime): their timestamps are lost"
            ));
        } else if sample.unstamped > 0 && !matches!(facts.stamping, Stamping::Now) {
            verdict.warnings.push(format!(
                "records without a timestamp, or with the timestamp 0, get the time of writing in \
                 topic {topic:?}: librdkafka cannot write these"
            ));
        }
        if target.config.is_none() {
            verdict.warnings.push(format!(
                "the configuration of topic {topic:?} may not be seen: what it would refuse is not \
                 known"
            ));
        }
    }
    for sample in facts.samples {
        poison(sample, &mut verdict.warnings);
    }
    verdict
}

/// Warnings about groups with members that read the targets: they will see what is written.
#[must_use]
pub fn live_readers_warnings(readers: &[(Arc<str>, Vec<Arc<str>>)]) -> Vec<String> {
    let warning = |(topic, groups): &(Arc<str>, Vec<Arc<str>>)| {
        let names: Vec<String> = groups.iter().map(|name| format!("{:?}", &**name)).collect();
        format!(
            "live groups read topic {topic:?} and will see what is written: {}",
            names.join(", ")
        )
    };
    readers.iter().map(warning).collect()
}

fn of_ranges(samples: &Samples, ranges: &[&PartitionRange]) -> PartitionSample {
    let mut all = PartitionSample::default();
    for range in ranges {
        if let Some(sample) = samples.get(&range.at()) {
            all.add(sample);
        }
    }
    all
}

/// What the marks add to a record, about.
fn marks(facts: &PreflightFacts<'_>, ranges: &[&PartitionRange]) -> u64 {
    if facts.spec.no_mark {
        return 0;
    }
    let plan = facts.plan;
    let cluster = plan.source_cluster.as_ref().map_or(1, String::len);
    let topic = ranges.iter().map(|range| range.topic.len()).max();
    // Each has a name and two lengths; partition, offset and time have so many digits.
    let names = [ID_HEADER, FROM_HEADER, TIMESTAMP_HEADER].map(|name| name.len() + 4);
    let values = plan.id.len() + cluster + topic.unwrap_or(0) + 3 + 2 + 8 + 13;
    (names.iter().sum::<usize>() + values) as u64
}

/// Which record of which range has the most of something: as `topic/partition offset N`.
fn place_of(
    facts: &PreflightFacts<'_>,
    ranges: &[&PartitionRange],
    pick: impl Fn(&PartitionSample) -> Option<(i64, i128)>,
) -> String {
    let each = ranges.iter().filter_map(|range| {
        let (offset, much) = pick(facts.samples.get(&range.at())?)?;
        Some((much, range.at(), offset))
    });
    let place = each.max_by_key(|(much, ..)| *much);
    place.map_or_else(String::new, |(_, at, offset)| {
        format!("{at} offset {offset}")
    })
}

fn judge_records(
    facts: &PreflightFacts<'_>,
    target: &TargetFacts,
    sample: &PartitionSample,
    ranges: &[&PartitionRange],
    refusals: &mut Vec<Refusal>,
) {
    if target.is_compacted()
        && let Some(offset) = sample.null_key
    {
        refusals.push(Refusal::NullKey {
            topic: target.name.clone(),
            offset,
        });
    }
    let overhead = OVERHEAD + marks(facts, ranges);
    // What is rewritten may have any size.
    if facts.spec.transform.is_none()
        && facts.spec.redact.is_empty()
        && let (Some(limit), Some((_, bytes))) = (target.max_message_bytes(), sample.largest)
        && bytes + overhead > limit
    {
        refusals.push(Refusal::TooLarge {
            topic: target.name.clone(),
            place: place_of(facts, ranges, |sample| {
                sample.largest.map(|(offset, bytes)| (offset, bytes.into()))
            }),
            bytes,
            written: bytes + overhead,
            is_marked: !facts.spec.no_mark,
            limit,
        });
    }
}

fn judge_times(
    facts: &PreflightFacts<'_>,
    target: &TargetFacts,
    sample: &PartitionSample,
    ranges: &[&PartitionRange],
    refusals: &mut Vec<Refusal>,
) {
    let Some((oldest, newest)) = sample.stamps else {
        return;
    };
    let stamping = facts.stamping;
    if target.stamps_itself() || matches!(stamping, Stamping::Now) {
        return;
    }
    let topic = &target.name;
    let (oldest, newest) = (stamping.stamp(oldest), stamping.stamp(newest));
    if let Some(retention) = target.kept()
        && facts.now - oldest > retention
    {
        refusals.push(Refusal::Expired {
            topic: topic.clone(),
            expired: facts.expired,
            retention,
            oldest,
            stamping,
        });
    }
    let both = target.number("message.timestamp.difference.max.ms");
    let before = target.number("message.timestamp.before.max.ms").or(both);
    if let Some(limit) = before.filter(|ms| *ms >= 0)
        && facts.now.saturating_sub(oldest) > limit
    {
        refusals.push(Refusal::TooOld {
            topic: topic.clone(),
            limit,
            oldest,
            stamping,
        });
    }
    if let Some(limit) = target.ahead()
        && newest.saturating_sub(facts.now) > limit
    {
        refusals.push(Refusal::TooNew {
            topic: topic.clone(),
            limit,
            place: place_of(facts, ranges, |sample| {
                sample.newest.map(|(offset, time)| (offset, time.into()))
            }),
            newest,
            stamping,
        });
    }
}

fn poison((at, sample): (&TopicPartition, &PartitionSample), warnings: &mut Vec<String>) {
    let Some(first) = sample.poison.first() else {
        return;
    };
    let more = match sample.poison.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    warnings.push(format!(
        "{at}: offset {} is stamped {}{more}, which cannot be true; it hides no other record",
        first.offset,
        Timestamp(first.timestamp)
    ));
}
