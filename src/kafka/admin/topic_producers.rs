//! The producers of a topic: partition leaders list them, coordinators know their transactions.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    event::TopicPartition,
    kafka::wire::{ActiveProducer, Client, Partial, TransactionDescription},
    topics::{TopicProducer, TopicSurvey, TransactionStatus},
};

/// The producers of `topic`, those that hold the last stable offset back first. `now` (ms) gives
/// transactions an age.
pub fn topic_producers(
    client: &mut Client,
    topic: &TopicSurvey,
    now: i64,
) -> Partial<Vec<TopicProducer>> {
    let leaders: BTreeMap<TopicPartition, i32> = topic
        .partitions
        .iter()
        .filter_map(|partition| {
            let at = TopicPartition::new(topic.name.clone(), partition.partition);
            Some((at, partition.leader?))
        })
        .collect();
    let found = client.producers(&leaders);
    let mut failures = found.failures;
    let ids: BTreeSet<i64> = found
        .items
        .values()
        .flatten()
        .filter(|producer| producer.transaction_start.is_some())
        .map(|producer| producer.id)
        .collect();
    let mut known = Vec::new();
    if !ids.is_empty() {
        let listed = client.list_transactions(&ids.into_iter().collect::<Vec<_>>());
        let described = client.describe_transactions(&listed.items);
        known = described.items;
        failures.extend(listed.failures);
        failures.extend(described.failures);
    }
    let mut producers: Vec<TopicProducer> = found
        .items
        .into_iter()
        .flat_map(|(at, active)| of_partition(now, topic, &at, active, &known))
        .collect();
    confirm_hanging(client, topic, &leaders, &mut producers);
    producers.sort_by_key(|producer| {
        let is_idle = producer.status.is_none();
        (
            !producer.holds_back,
            is_idle,
            producer.partition,
            producer.id,
        )
    });
    Partial {
        items: producers,
        failures,
    }
}

fn of_partition(
    now: i64,
    topic: &TopicSurvey,
    at: &TopicPartition,
    active: Vec<ActiveProducer>,
    known: &[TransactionDescription],
) -> Vec<TopicProducer> {
    let first = active
        .iter()
        .filter_map(|producer| producer.transaction_start)
        .min();
    let behind = topic
        .partitions
        .iter()
        .find(|partition| partition.partition == at.partition)
        .is_some_and(|partition| partition.stable_end < partition.end);
    active
        .into_iter()
        .map(|active| {
            let is_open = active.transaction_start.is_some();
            let known = known
                .iter()
                .find(|known| known.producer_id == active.id)
                .filter(|_| is_open);
            let since = |ms: i64| now.saturating_sub(ms).max(0);
            let age = match known.and_then(|known| known.started) {
                _ if !is_open => None,
                Some(started) => Some((since(started), false)),
                None => active.last_timestamp.map(|last| (since(last), true)),
            };
            let coordinator =
                known.map(|known| (known.state.as_str(), known.partitions.contains(at)));
            let status = TransactionStatus::of(coordinator, age.map(|(age, _)| age));
            TopicProducer {
                partition: at.partition,
                id: active.id,
                epoch: active.epoch,
                last_sequence: active.last_sequence,
                last_timestamp: active.last_timestamp,
                transaction_start: active.transaction_start,
                transactional_id: known.map(|known| known.id.clone()),
                state: known.map(|known| known.state.clone()),
                age,
                status: is_open.then_some(status),
                holds_back: behind && is_open && active.transaction_start == first,
            }
        })
        .collect()
}

/// Asks again about transactions that seem to hang, and drops those that ended between the two
/// requests.
fn confirm_hanging(
    client: &mut Client,
    topic: &TopicSurvey,
    leaders: &BTreeMap<TopicPartition, i32>,
    producers: &mut Vec<TopicProducer>,
) {
    let hangs = |producer: &TopicProducer| producer.status == Some(TransactionStatus::Hanging);
    let mut again = BTreeMap::new();
    for producer in producers.iter().filter(|producer| hangs(producer)) {
        let at = TopicPartition::new(topic.name.clone(), producer.partition);
        if let Some(&leader) = leaders.get(&at) {
            again.insert(at, leader);
        }
    }
    if again.is_empty() {
        return;
    }
    let now = client.producers(&again).items;
    producers.retain(|producer| {
        let at = TopicPartition::new(topic.name.clone(), producer.partition);
        let still = now.get(&at).is_none_or(|now| {
            now.iter().any(|other| {
                other.id == producer.id && other.transaction_start == producer.transaction_start
            })
        });
        !hangs(producer) || still
    });
}
