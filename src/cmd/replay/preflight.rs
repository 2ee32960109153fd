//! What would go wrong, found before anything is written.

use std::{collections::BTreeMap, sync::Arc};

use super::look::{Looked, Looks};
use crate::{
    codec::shell::CommandLine,
    event::Timestamp,
    failure::Failure,
    kafka::wire::Client,
    replay::{
        FROM_HEADER, ID_HEADER, PartitionRange, Placing, Plan, ReplaySpec, Stamping,
        TIMESTAMP_HEADER,
    },
    ui::counted,
};

const KEYS: [&str; 8] = [
    "cleanup.policy",
    "max.message.bytes",
    "message.timestamp.after.max.ms",
    "message.timestamp.before.max.ms",
    // Before Kafka 3.6 for both of them.
    "message.timestamp.difference.max.ms",
    "message.timestamp.type",
    "min.insync.replicas",
    "retention.ms",
];
/// What a batch adds to a record: its header, and the lengths within the record.
const OVERHEAD: u64 = 90;

/// What is known of a topic that is written to.
#[derive(Clone, Debug, Default)]
pub(super) struct Target {
    pub(super) name: Arc<str>,
    /// `None` when it may not be seen.
    config: Option<BTreeMap<String, String>>,
    /// `None` when the broker does not tell.
    may_write: Option<bool>,
}

impl Target {
    fn get(&self, key: &str) -> Option<&str> {
        self.config.as_ref()?.get(key).map(String::as_str)
    }

    fn number(&self, key: &str) -> Option<i64> {
        self.get(key)?.parse().ok()
    }

    /// Whether records without a key are refused.
    pub(super) fn is_compacted(&self) -> bool {
        self.get("cleanup.policy")
            .is_some_and(|policy| policy.contains("compact"))
    }

    fn deletes(&self) -> bool {
        self.get("cleanup.policy")
            .is_none_or(|policy| policy.contains("delete"))
    }

    /// How long it keeps records, in milliseconds; `None` for ever, or when that is not known.
    pub(super) fn kept(&self) -> Option<i64> {
        let retention = self.number("retention.ms").filter(|ms| *ms >= 0);
        retention.filter(|_| self.deletes() && !self.stamps_itself())
    }

    /// How far ahead of now a timestamp may be, in milliseconds.
    pub(super) fn ahead(&self) -> Option<i64> {
        let both = self.number("message.timestamp.difference.max.ms");
        let ahead = self.number("message.timestamp.after.max.ms").or(both);
        ahead.filter(|ms| *ms >= 0 && !self.stamps_itself())
    }

    pub(super) fn stamps_itself(&self) -> bool {
        self.get("message.timestamp.type") == Some("LogAppendTime")
    }

    /// The largest batch that it takes.
    pub(super) fn max_message_bytes(&self) -> Option<u64> {
        self.get("max.message.bytes")?.parse().ok()
    }
}

/// Asks about the topics called `names`.
///
/// # Errors
/// No broker answered.
pub(super) fn targets(client: &mut Client, names: &[Arc<str>]) -> Result<Vec<Target>, Failure> {
    let asked: Vec<&str> = names.iter().map(|name| &**name).collect();
    let may_write = client.may_write(&asked)?;
    let mut targets = Vec::new();
    for (name, may_write) in names.iter().zip(may_write) {
        targets.push(Target {
            name: name.clone(),
            config: client.topic_config(name, &KEYS)?.ok(),
            may_write,
        });
    }
    Ok(targets)
}

/// The largest batch that any target takes; `None` when that may not be seen.
///
/// # Errors
/// No broker answered.
pub(super) fn size_limit(client: &mut Client, plan: &Plan) -> Result<Option<u64>, Failure> {
    const KEY: &str = "max.message.bytes";
    let mut largest = None;
    for (name, _) in plan.targets() {
        let answer = client.topic_config(&name, &[KEY])?;
        let limit = answer.ok().and_then(|config| config.get(KEY)?.parse().ok());
        largest = largest.max(limit);
    }
    Ok(largest)
}

/// Warnings about groups that read the targets and have members now: they will see what is written.
/// What cannot be asked is not warned of.
pub(super) fn readers(client: &mut Client, targets: &[(Arc<str>, i32)]) -> Vec<String> {
    let Ok(listed) = client.list_groups() else {
        return Vec::new();
    };
    let live: Vec<_> = (listed.items.iter())
        .filter(|group| !matches!(group.state.as_str(), "Empty" | "Dead"))
        .collect();
    let described = client.describe_groups(&live);
    let mut warnings = Vec::new();
    for (topic, _) in targets {
        let names: Vec<String> = (described.items.iter())
            .filter(|group| {
                let members = group.members.iter().flatten();
                let mut assigned = members.flat_map(|member| &member.assigned);
                assigned.any(|at| at.topic == *topic)
            })
            .map(|group| format!("{:?}", &*group.listing.name))
            .collect();
        if !names.is_empty() {
            warnings.push(format!(
                "live groups read topic {topic:?} and will see what is written: {}",
                names.join(", ")
            ));
        }
    }
    warnings
}

/// What the judgement rests on.
pub(super) struct Facts<'a> {
    pub(super) plan: &'a Plan,
    pub(super) what: &'a ReplaySpec,
    pub(super) targets: &'a [Target],
    pub(super) looks: &'a Looks,
    pub(super) placing: &'a Placing,
    pub(super) stamping: Stamping,
    /// Whether source and target are one cluster.
    pub(super) same: bool,
    /// Records of the source that are older than the target keeps, by range; see [`expired`].
    pub(super) expired: u64,
    pub(super) now: i64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Each is enough not to begin.
    pub(super) refusals: Vec<Refusal>,
    pub(super) warnings: Vec<String>,
}

/// Why a replay is not begun, and what to type instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) why: String,
    pub(super) hint: String,
}

/// Judges.
pub(super) fn judge(facts: &Facts<'_>) -> Verdict {
    let mut verdict = Verdict::default();
    for target in facts.targets {
        let routes = facts.plan.routes.iter();
        let sources: Vec<_> = routes.filter(|route| route.target == target.name).collect();
        let ranges: Vec<&PartitionRange> = (facts.plan.ranges.iter())
            .filter(|range| {
                facts.plan.files || sources.iter().any(|route| route.source == range.topic)
            })
            .collect();
        let seen = together(facts.looks, &ranges);
        let mut refuse = |why: String, hint: &str| {
            verdict.refusals.push(Refusal {
                why,
                hint: hint.to_owned(),
            });
        };
        let name = &target.name;
        if facts.same && !facts.what.in_place && sources.iter().any(|route| route.source == *name) {
            refuse(
                format!("topic {name:?} would be read and written"),
                "--in-place instead of --to-topic writes into the source itself; --to-topic NAME names \
                 another one",
            );
        }
        if target.may_write == Some(false) {
            refuse(
                format!("not authorised to write to topic {name:?}"),
                "an administrator grants it: kafka-acls --add --allow-principal User:NAME \
                 --operation Write --topic TOPIC",
            );
        }
        let count = sources.first().map_or(0, |route| route.partitions);
        if !facts.plan.files {
            let partitions = ranges.iter().map(|range| range.partition);
            if let Err(error) = facts.placing.check(partitions, count) {
                refuse(
                    format!("topic {name:?}: {error}"),
                    &format!(
                        "--partitions key chooses by key; {} adds some",
                        alter(name, "--partitions N")
                    ),
                );
            }
        }
        judge_records(facts, target, &seen, &ranges, &mut refuse);
        judge_times(facts, target, &seen, &ranges, &mut refuse);
        if target.stamps_itself() {
            verdict.warnings.push(format!(
                "topic {name:?} stamps records itself (LogAppendTime): their timestamps are lost"
            ));
        } else if seen.unstamped > 0 && !matches!(facts.stamping, Stamping::Now) {
            verdict.warnings.push(format!(
                "records without a timestamp, or with the timestamp 0, get the time of writing in \
                 topic {name:?}: librdkafka cannot write these"
            ));
        }
        if target.config.is_none() {
            verdict.warnings.push(format!(
                "the configuration of topic {name:?} may not be seen: what it would refuse is not \
                 known"
            ));
        }
    }
    for looked in facts.looks {
        poison(looked, &mut verdict.warnings);
    }
    verdict
}

fn together(looks: &Looks, ranges: &[&PartitionRange]) -> Looked {
    let mut all = Looked::default();
    for range in ranges {
        if let Some(looked) = looks.get(&range.at()) {
            all.add(looked);
        }
    }
    all
}

/// What the marks add to a record, about.
fn marks(facts: &Facts<'_>, ranges: &[&PartitionRange]) -> u64 {
    if facts.what.no_mark {
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
    facts: &Facts<'_>,
    ranges: &[&PartitionRange],
    pick: impl Fn(&Looked) -> Option<(i64, i128)>,
) -> String {
    let each = ranges.iter().filter_map(|range| {
        let (offset, much) = pick(facts.looks.get(&range.at())?)?;
        Some((much, range.at(), offset))
    });
    let place = each.max_by_key(|(much, ..)| *much);
    place.map_or_else(String::new, |(_, at, offset)| {
        format!("{at} offset {offset}")
    })
}

fn judge_records(
    facts: &Facts<'_>,
    target: &Target,
    seen: &Looked,
    ranges: &[&PartitionRange],
    refuse: &mut impl FnMut(String, &str),
) {
    let name = &target.name;
    if target.is_compacted()
        && let Some(offset) = seen.null_key
    {
        refuse(
            format!(
                "topic {name:?} is compacted and takes no records without a key, as the source has \
                 at offset {offset}"
            ),
            "--filter '.key != null' leaves them out; --transform can make keys",
        );
    }
    let overhead = OVERHEAD + marks(facts, ranges);
    // What is rewritten may have any size.
    if facts.what.transform.is_none()
        && facts.what.redact.is_empty()
        && let (Some(limit), Some((_, bytes))) = (target.max_message_bytes(), seen.largest)
        && bytes + overhead > limit
    {
        let place = place_of(facts, ranges, |looked| {
            looked.largest.map(|(offset, bytes)| (offset, bytes.into()))
        });
        let marks = if facts.what.no_mark {
            ""
        } else {
            " with its marks"
        };
        refuse(
            format!(
                "the record of {place} has {}, comes to about {} as it is written{marks}, and topic \
                 {name:?} takes {limit} (max.message.bytes)",
                counted(bytes, "byte"),
                bytes + overhead
            ),
            &format!(
                "{} takes it",
                alter(
                    name,
                    &format!("--set max.message.bytes={}", bytes + overhead)
                )
            ),
        );
    }
}

fn judge_times(
    facts: &Facts<'_>,
    target: &Target,
    seen: &Looked,
    ranges: &[&PartitionRange],
    refuse: &mut impl FnMut(String, &str),
) {
    let Some((oldest, newest)) = seen.stamps else {
        return;
    };
    if target.stamps_itself() || matches!(facts.stamping, Stamping::Now) {
        return;
    }
    let name = &target.name;
    let others = match facts.stamping {
        Stamping::Shift(_) => "now",
        _ => "now or shift",
    };
    let (oldest, newest) = (facts.stamping.stamp(oldest), facts.stamping.stamp(newest));
    if let Some(retention) = target.kept()
        && facts.now - oldest > retention
    {
        let records = if facts.expired > 0 {
            format!("about {}", counted(facts.expired, "record"))
        } else {
            "records".to_owned()
        };
        refuse(
            format!(
                "{records} would be deleted at the next sweep: topic {name:?} keeps {retention} ms \
                 (retention.ms), and the oldest is of {}",
                Timestamp(oldest)
            ),
            &format!(
                "--timestamps {others} writes them as new; {} keeps them",
                alter(name, "--set retention.ms=-1")
            ),
        );
    }
    let both = target.number("message.timestamp.difference.max.ms");
    let limit = |key: &str| target.number(key).or(both).filter(|ms| *ms >= 0);
    let hint = |key: &str| {
        format!(
            "--timestamps {others} writes them as new; {} takes them",
            alter(name, &format!("--set {key}=MS"))
        )
    };
    if let Some(limit) = limit("message.timestamp.before.max.ms")
        && facts.now.saturating_sub(oldest) > limit
    {
        refuse(
            format!(
                "topic {name:?} takes nothing older than {limit} ms \
                 (message.timestamp.before.max.ms), and the oldest is of {}",
                Timestamp(oldest)
            ),
            &hint("message.timestamp.before.max.ms"),
        );
    }
    if let Some(limit) = target.ahead()
        && newest.saturating_sub(facts.now) > limit
    {
        let place = place_of(facts, ranges, |looked| {
            looked.newest.map(|(offset, time)| (offset, time.into()))
        });
        refuse(
            format!(
                "topic {name:?} takes nothing more than {limit} ms ahead of now \
                 (message.timestamp.after.max.ms), and the newest, {place}, is of {}",
                Timestamp(newest)
            ),
            &hint("message.timestamp.after.max.ms"),
        );
    }
}

fn poison((at, looked): (&crate::event::TopicPartition, &Looked), warnings: &mut Vec<String>) {
    let Some(first) = looked.poison.first() else {
        return;
    };
    let more = match looked.poison.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    warnings.push(format!(
        "{at}: offset {} is stamped {}{more}, which cannot be true; it hides no other record",
        first.offset,
        Timestamp(first.timestamp)
    ));
}

/// The command that changes the topic called `name`.
fn alter(name: &str, change: &str) -> CommandLine {
    CommandLine::evctl("topics alter").operand(name).and(change)
}
