//! The topics that groups read: which partitions there are, and where they begin and end.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use super::{Detail, NoWatermarks, Watermarks};
use crate::{
    event::TopicPartition,
    kafka::{
        Isolation,
        wire::{Client, TopicMetadata},
    },
    lag::{Bounds, Presence},
};

/// Up to so many partitions are asked for their newest record together with their ends, which saves
/// a round; of more, only those that turn out to have unread records.
const FEW: usize = 500;

/// What is known of some topics and their partitions.
#[derive(Debug, Default)]
pub struct TopicEnds {
    topics: BTreeMap<Arc<str>, Topic>,
    leaders: HashMap<TopicPartition, i32>,
    bounds: HashMap<TopicPartition, Bounds>,
    errors: HashMap<TopicPartition, String>,
    newest: HashMap<TopicPartition, i64>,
    /// Brokers that did not answer.
    pub failures: Vec<String>,
}

#[derive(Debug)]
enum Topic {
    Known(Vec<i32>),
    Gone,
    Failed(String),
}

impl TopicEnds {
    /// Asks about `topics`. Ask for commits before, so that no end is older than the commit that is
    /// compared with it.
    ///
    /// When the cluster does not answer, each topic has that as its error.
    pub fn ask(client: &mut Client, topics: &BTreeSet<Arc<str>>) -> Self {
        let mut ends = Self::default();
        if topics.is_empty() {
            return ends;
        }
        let names: Vec<&str> = topics.iter().map(|name| &**name).collect();
        match client.metadata_now(&names) {
            Ok(found) => found.into_iter().for_each(|topic| ends.learn(topic)),
            Err(error) => {
                let failed = |name: &Arc<str>| (name.clone(), Topic::Failed(error.to_string()));
                ends.topics = topics.iter().map(failed).collect();
                ends.failures.push(error.to_string());
                return ends;
            }
        }
        let partitions: Vec<TopicPartition> = {
            let mut led: Vec<_> = ends.leaders.keys().cloned().collect();
            led.sort_unstable();
            led
        };
        ends.ask_bounds(client, &partitions);
        ends
    }

    fn learn(&mut self, topic: TopicMetadata) {
        let name = topic.name;
        let state = match topic.error {
            Some(cause) if cause.is_not_found() => Topic::Gone,
            Some(cause) => Topic::Failed(cause.to_string()),
            None => {
                for partition in &topic.partitions {
                    if let Some(leader) = partition.leader {
                        let at = TopicPartition::new(name.clone(), partition.partition);
                        self.leaders.insert(at, leader);
                    }
                }
                let numbers = topic.partitions.iter().map(|partition| partition.partition);
                Topic::Known(numbers.collect())
            }
        };
        self.topics.insert(name, state);
    }

    /// Asks where `partitions` begin and end, with both ends.
    pub fn ask_bounds(&mut self, client: &mut Client, partitions: &[TopicPartition]) {
        let mut details = vec![Detail::Start, Detail::StableEnd, Detail::End];
        if partitions.len() <= FEW {
            details.push(Detail::LastRecord(Isolation::Uncommitted));
        }
        let found = client.watermarks(partitions, &details);
        for (at, watermarks) in found.items {
            let known = watermarks.and_then(|watermarks| {
                let bounds = bounds(&watermarks).ok_or(NoWatermarks::LeftOut)?;
                Ok((bounds, watermarks.records.unwrap_or_default().last))
            });
            match known {
                Ok((bounds, last)) => {
                    if let Some(timestamp) = last.and_then(|last| last.timestamp) {
                        self.newest.insert(at.clone(), timestamp);
                    }
                    self.bounds.insert(at, bounds);
                }
                Err(why) => {
                    self.errors.insert(at, why.to_string());
                }
            }
        }
        let failed = found.failures.iter().map(ToString::to_string);
        self.failures.extend(failed);
    }

    /// The partitions of a topic; empty when it is gone or could not be asked.
    pub fn partitions(&self, topic: &str) -> &[i32] {
        match self.topics.get(topic) {
            Some(Topic::Known(partitions)) => partitions,
            _ => &[],
        }
    }

    /// Where a partition begins and ends; `None` when that is not known.
    pub fn bounds(&self, at: &TopicPartition) -> Option<Bounds> {
        self.bounds.get(at).copied()
    }

    /// The largest timestamp of a partition; `None` when it was not asked for.
    pub fn newest(&self, at: &TopicPartition) -> Option<i64> {
        self.newest.get(at).copied()
    }

    /// The broker that leads a partition.
    pub fn leader(&self, at: &TopicPartition) -> Option<i32> {
        self.leaders.get(at).copied()
    }

    /// Whether a partition exists, has a leader, and could be asked.
    pub fn presence(&self, at: &TopicPartition) -> Presence {
        match self.topics.get(&at.topic) {
            Some(Topic::Known(partitions)) if !partitions.contains(&at.partition) => Presence::Gone,
            Some(Topic::Known(_)) if !self.leaders.contains_key(at) => Presence::Leaderless,
            Some(Topic::Known(_)) => match self.errors.get(at) {
                Some(why) => Presence::Failed(why.clone()),
                None => Presence::Led,
            },
            Some(Topic::Failed(why)) => Presence::Failed(why.clone()),
            Some(Topic::Gone) | None => Presence::Gone,
        }
    }
}

fn bounds(watermarks: &Watermarks) -> Option<Bounds> {
    Some(Bounds {
        low: watermarks.start?,
        stable_end: watermarks.stable_end?,
        end: watermarks.end?,
    })
}
