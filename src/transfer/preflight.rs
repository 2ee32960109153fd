//! Asks what the topics of a transfer take, before anything is written.

use std::sync::Arc;

use crate::{
    event::TopicPartition,
    kafka::wire::{Client, cause::WireError},
    replay::{Plan, TargetFacts},
};

/// What [`TargetFacts`] tell.
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

/// Asks about the topics called `names`.
///
/// # Errors
/// No broker answered.
pub fn target_facts(
    client: &mut Client,
    names: &[Arc<str>],
) -> Result<Vec<TargetFacts>, WireError> {
    let asked: Vec<&str> = names.iter().map(|name| &**name).collect();
    let may_write = client.may_write(&asked)?;
    let mut targets = Vec::new();
    for (name, may_write) in names.iter().zip(may_write) {
        targets.push(TargetFacts {
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
pub fn size_limit(client: &mut Client, plan: &Plan) -> Result<Option<u64>, WireError> {
    const KEY: &str = "max.message.bytes";
    let mut largest = None;
    for (name, _) in plan.targets() {
        let answer = client.topic_config(&name, &[KEY])?;
        let limit = answer.ok().and_then(|config| config.get(KEY)?.parse().ok());
        largest = largest.max(limit);
    }
    Ok(largest)
}

/// The groups with members that read `targets`, by target; without targets that none reads. What
/// cannot be asked counts as not there.
pub fn live_readers(
    client: &mut Client,
    targets: &[(Arc<str>, i32)],
) -> Vec<(Arc<str>, Vec<Arc<str>>)> {
    let Ok(listed) = client.list_groups() else {
        return Vec::new();
    };
    let live: Vec<_> = (listed.items.iter())
        .filter(|group| !matches!(group.state.as_str(), "Empty" | "Dead"))
        .collect();
    let described = client.describe_groups(&live);
    let readers = targets.iter().map(|(topic, _)| {
        let groups = described.items.iter().filter(|group| {
            let members = group.members.iter().flatten();
            let mut assigned = members.flat_map(|member| &member.assigned);
            assigned.any(|at: &TopicPartition| at.topic == *topic)
        });
        let names = groups.map(|group| group.listing.name.clone());
        (topic.clone(), names.collect::<Vec<_>>())
    });
    readers.filter(|(_, groups)| !groups.is_empty()).collect()
}
