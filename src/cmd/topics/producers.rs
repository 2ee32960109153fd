//! Who writes to a topic, and which transaction holds back those who read what is committed.

use std::collections::{BTreeMap, BTreeSet};

use super::{describe, survey::Topic};
use crate::{
    codec::shell,
    command::Context,
    event::{Timestamp, TopicPartition},
    exit::Exit,
    kafka::wire::{ActiveProducer, Client, TransactionDescription, Unanswered, cause::Cause},
    output::{
        report::{Millis, Report, duration},
        topics::TopicProducer,
    },
};

/// `transaction.max.timeout.ms` as Kafka has it by default: a coordinator that works lets no
/// transaction become older.
const OLDEST_MS: i64 = 15 * 60 * 1_000;

/// A producer of a partition.
#[derive(Debug)]
pub(super) struct Producer {
    pub(super) partition: i32,
    pub(super) active: ActiveProducer,
    /// `None` when its coordinator does not list it, or you may not see it.
    transactional_id: Option<String>,
    /// What the coordinator says of the transaction: `Ongoing`, `CompleteCommit`, …
    state: Option<String>,
    /// How old its open transaction is, and whether it may be older.
    age: Option<(i64, bool)>,
    /// What is to be thought of its open transaction; `None` when it has none.
    verdict: Option<Verdict>,
    /// Whether the stable end stands at the start of its transaction.
    pub(super) holds_back: bool,
}

/// What is to be thought of a transaction that is open in a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Its coordinator has it open, too.
    Open,
    /// Its coordinator is about to write the markers.
    Completing,
    /// Its coordinator has ended it, or does not know it: nobody will ever close it here.
    Hanging,
    /// Nobody lists it: it hangs, or you may not see it.
    Unlisted,
}

impl Verdict {
    fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completing => "completing",
            Self::Hanging => "hanging",
            Self::Unlisted => "unlisted",
        }
    }

    /// `known` is what the coordinator says of the producer's transaction, `age` how old it is at
    /// least.
    fn of(at: &TopicPartition, known: Option<&TransactionDescription>, age: Option<i64>) -> Self {
        match known.map(|known| (known.state.as_str(), known.partitions.contains(at))) {
            Some(("Ongoing", true)) => Self::Open,
            Some(("PrepareCommit" | "PrepareAbort", _)) => Self::Completing,
            Some(_) => Self::Hanging,
            None if age.is_some_and(|age| age > OLDEST_MS) => Self::Hanging,
            None => Self::Unlisted,
        }
    }
}

/// The producers of a topic, and whether some are missing.
pub(super) struct Asked {
    pub(super) producers: Vec<Producer>,
    pub(super) exit: Exit,
}

/// Asks the leaders of `topic` for its producers, and the coordinators for their transactions.
pub(super) fn ask(context: &Context, client: &mut Client, topic: &Topic) -> Asked {
    let leaders: BTreeMap<TopicPartition, i32> = topic
        .partitions
        .iter()
        .filter_map(|partition| {
            let at = TopicPartition::new(topic.name.clone(), partition.meta.partition);
            Some((at, partition.meta.leader?))
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
    let mut producers: Vec<Producer> = found
        .items
        .into_iter()
        .flat_map(|(at, active)| of_partition(context.now, topic, &at, active, &known))
        .collect();
    confirm(client, topic, &leaders, &mut producers);
    // Those who are in the way come first.
    producers.sort_by_key(|producer| {
        let open = producer.verdict.is_none();
        (
            !producer.holds_back,
            open,
            producer.partition,
            producer.active.id,
        )
    });
    Asked {
        exit: note(context, &failures),
        producers,
    }
}

fn note(context: &Context, failures: &[Unanswered]) -> Exit {
    let Some(first) = failures.first() else {
        return Exit::Ok;
    };
    let right = match first.cause {
        Cause::NotAuthorized { .. } => " (it takes the right to read the topic)",
        _ => "",
    };
    context
        .ui
        .warn(format_args!("producers are incomplete: {first}{right}"));
    Exit::Partial
}

fn of_partition(
    now: i64,
    topic: &Topic,
    at: &TopicPartition,
    active: Vec<ActiveProducer>,
    known: &[TransactionDescription],
) -> Vec<Producer> {
    let first = active
        .iter()
        .filter_map(|producer| producer.transaction_start)
        .min();
    let behind = topic
        .partitions
        .iter()
        .find(|partition| partition.meta.partition == at.partition)
        .is_some_and(|partition| partition.stable_end < partition.end);
    active
        .into_iter()
        .map(|active| {
            let open = active.transaction_start.is_some();
            let known = known
                .iter()
                .find(|known| known.producer_id == active.id)
                .filter(|_| open);
            let since = |ms: i64| now.saturating_sub(ms).max(0);
            let age = match known.and_then(|known| known.started) {
                _ if !open => None,
                Some(started) => Some((since(started), false)),
                None => active.last_timestamp.map(|last| (since(last), true)),
            };
            Producer {
                partition: at.partition,
                transactional_id: known.map(|known| known.id.clone()),
                state: known.map(|known| known.state.clone()),
                age,
                verdict: open.then(|| Verdict::of(at, known, age.map(|(age, _)| age))),
                holds_back: behind && open && active.transaction_start == first,
                active,
            }
        })
        .collect()
}

/// Asks again about transactions that seem to hang: one that ended between the two questions does
/// not.
fn confirm(
    client: &mut Client,
    topic: &Topic,
    leaders: &BTreeMap<TopicPartition, i32>,
    producers: &mut Vec<Producer>,
) {
    let hangs = |producer: &Producer| producer.verdict == Some(Verdict::Hanging);
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
                other.id == producer.active.id
                    && other.transaction_start == producer.active.transaction_start
            })
        });
        !hangs(producer) || still
    });
}

/// Says in words what holds back whoever reads what is committed, and how that is ended.
pub(super) fn explain(
    context: &Context,
    brokers: &[String],
    topic: &Topic,
    producers: &[Producer],
) {
    for producer in producers.iter().filter(|producer| producer.holds_back) {
        let (Some(verdict), Some(start)) = (producer.verdict, producer.active.transaction_start)
        else {
            continue;
        };
        let at = TopicPartition::new(topic.name.clone(), producer.partition);
        let age = match producer.age {
            None => String::new(),
            Some((age, true)) => format!(", for {} at least", duration(age)),
            Some((age, false)) => format!(", for {}", duration(age)),
        };
        let who = match &producer.transactional_id {
            Some(id) => format!("producer {} (transactional id {id:?})", producer.active.id),
            None => format!("producer {}", producer.active.id),
        };
        let what = match verdict {
            Verdict::Open => "open: it ends when its producer commits, or by its timeout",
            Verdict::Completing => "completing: its markers are being written",
            Verdict::Hanging => "hanging: its coordinator will never end it",
            Verdict::Unlisted => "listed by no coordinator: it hangs, or you may not see it",
        };
        context.ui.warn(format_args!(
            "{at}: the transaction of {who} holds the stable end back at {start}{age}; it is {what}"
        ));
        if verdict != Verdict::Completing {
            context.ui.note(format_args!(
                "to abort it: kafka-transactions.sh --bootstrap-server {} abort {} \
                 --partition {} --start-offset {start}",
                shell::word(&brokers.join(",")),
                shell::option("--topic", &topic.name),
                producer.partition,
            ));
        }
    }
}

/// One row per producer.
pub(super) fn report<'p>(producers: impl Iterator<Item = (&'p Topic, &'p Producer)>) -> Report {
    let rows = producers.map(|(topic, producer)| row(topic, producer));
    Report::of(describe::KIND, "producers", rows)
}

/// The producer as it is shown.
pub(super) fn row(topic: &Topic, producer: &Producer) -> TopicProducer {
    let active = &producer.active;
    TopicProducer {
        topic: topic.name.to_string(),
        partition: producer.partition,
        producer_id: active.id,
        epoch: active.epoch,
        last_sequence: active.last_sequence,
        last_timestamp: active.last_timestamp.map(Timestamp),
        transaction_start: active.transaction_start,
        transaction_age_ms: producer.age.map(|(age, _)| Millis(age)),
        age_at_least: producer.age.map(|(_, at_least)| at_least),
        transaction: producer.verdict.map(Verdict::name),
        transactional_id: producer.transactional_id.clone(),
        state: producer.state.clone(),
        holds_back: producer.holds_back,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_transaction_that_its_coordinator_does_not_have_open_hangs() {
        let at = TopicPartition::new(Arc::from("orders"), 0);
        let elsewhere = TopicPartition::new(Arc::from("orders"), 1);
        let known = |state: &str, partition: &TopicPartition| TransactionDescription {
            id: "t".to_owned(),
            state: state.to_owned(),
            producer_id: 7,
            started: None,
            timeout_ms: 60_000,
            partitions: vec![partition.clone()],
        };
        let of = |known: Option<&TransactionDescription>, age| Verdict::of(&at, known, age);
        assert_eq!(of(Some(&known("Ongoing", &at)), None), Verdict::Open);
        assert_eq!(
            of(Some(&known("Ongoing", &elsewhere)), None),
            Verdict::Hanging
        );
        assert_eq!(
            of(Some(&known("PrepareAbort", &at)), None),
            Verdict::Completing
        );
        assert_eq!(
            of(Some(&known("CompleteCommit", &at)), None),
            Verdict::Hanging
        );
        assert_eq!(of(None, Some(1_000)), Verdict::Unlisted);
        assert_eq!(of(None, None), Verdict::Unlisted);
        assert_eq!(of(None, Some(OLDEST_MS + 1)), Verdict::Hanging);
    }
}
