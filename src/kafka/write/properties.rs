//! librdkafka's properties for a producer: ours, overruled by the user's.

use std::collections::BTreeMap;

use super::{
    ProducerOptions, Transactional,
    sticky::{BATCH_BYTES, BATCH_RECORDS},
};
use crate::kafka::{
    Settings,
    property::{self, Part},
};

/// What happens to a record whose answer does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Sent again without doubles and in order (KIP-98); costs about 60 ms at the start.
    Idempotent,
    /// Never sent again: reported as perhaps written. At once, for a few records.
    Once,
}

/// A batch's header and a record's lengths: what a topic's limit covers beside key and value.
const BATCH_OVERHEAD: u64 = 128;
/// What may wait to be acknowledged: with about 200 B for each record beside its bytes, this keeps
/// the process below 64 MB.
const QUEUE_RECORDS: usize = 60_000;
const QUEUE_BYTES: u64 = 12 * 1_024 * 1_024;
/// Full batches that wait or are under way, beside those that are being filled.
const BATCHES_AHEAD: usize = 5;
/// librdkafka takes no larger `message.max.bytes`.
const MESSAGE_MAX_BYTES: u64 = 1_000_000_000;

/// How long a transaction may be open. A producer that died keeps readers of what is committed
/// waiting for as long.
const TRANSACTION_MS: &str = "10000";
const RETRY_MS: &str = "20";

/// The properties for a producer by their canonical names: what the user says wins.
pub(super) fn producer(settings: &Settings, options: &ProducerOptions) -> BTreeMap<String, String> {
    let mut ours = BTreeMap::new();
    let mut set = |name: &str, value: &str| {
        ours.insert(property::canonical(name).to_owned(), value.to_owned());
    };
    set("reconnect.backoff.ms", "50");
    // 10 s by default: who is back after half a minute would be waited for as long again.
    set("reconnect.backoff.max.ms", "1000");
    // Topics are known to exist. One that is deleted is told from one that is new after this time.
    set("topic.metadata.propagation.max.ms", "5000");
    // A topic that is deleted meanwhile is not made again.
    set("allow.auto.create.topics", "false");
    // Java's: a key is found where every other client looks for it.
    set("partitioner", "murmur2_random");
    set("acks", "all");
    sizes(options, &mut set);
    if let Some(codec) = &options.compression {
        set("compression.codec", codec);
    }
    let mut given: BTreeMap<String, String> = settings
        .for_librdkafka()
        .into_iter()
        .filter(|(name, _)| property::class(name).is_some_and(|class| class.reaches(Part::Writing)))
        .collect();
    let durability = match &options.transactional {
        Some(wanted) => {
            transactional(wanted, &mut given, &mut set);
            Durability::Idempotent
        }
        None => options.durability,
    };
    let acks = given
        .get(property::canonical("acks"))
        .map_or("all", String::as_str);
    match durability {
        Durability::Idempotent => {
            // A full batch is sent at once, and the rest when `Producer::hurry` says that nothing
            // more is at hand. Less, and librdkafka's broker thread spins from the moment that the
            // oldest record has lingered until the request before it is answered: twice the CPU.
            set("linger.ms", "1000");
            if matches!(acks, "all" | "-1") {
                set("enable.idempotence", "true");
            }
        }
        Durability::Once => {
            set("linger.ms", "0");
            set("retries", "0");
            set("max.in.flight", "1");
        }
    }
    if given.contains_key("reconnect.backoff.ms") {
        // librdkafka does not start when ours is shorter than theirs.
        ours.remove("reconnect.backoff.max.ms");
    }
    ours.extend(given);
    ours
}

/// What transactions need beside idempotence.
fn transactional(
    wanted: &Transactional,
    given: &mut BTreeMap<String, String>,
    set: &mut impl FnMut(&str, &str),
) {
    set("transactional.id", &wanted.id);
    set("transaction.timeout.ms", TRANSACTION_MS);
    set("retry.backoff.ms", RETRY_MS);
    // librdkafka does not start when an answer, or a record, may take longer than a transaction.
    let longest = given
        .get("transaction.timeout.ms")
        .map_or(TRANSACTION_MS, String::as_str)
        .to_owned();
    let Ok(most) = longest.parse::<u64>() else {
        return;
    };
    let answer = u64::try_from(wanted.answer.as_millis()).unwrap_or(most);
    set(
        "socket.timeout.ms",
        &answer.clamp(10, most.max(10)).to_string(),
    );
    for name in ["socket.timeout.ms", "message.timeout.ms"] {
        if let Some(asked) = given.get_mut(name)
            && asked
                .parse::<u64>()
                .is_ok_and(|asked| asked == 0 || asked > most)
        {
            asked.clone_from(&longest);
        }
    }
}

/// Room for the batches that are filled at once, and for those under way; not more, as a short
/// queue stays in the processor's cache, which is worth a fifth of all CPU.
///
/// The topic's limit counts a batch as it is written, so only the broker can judge a compressed
/// one: then the client lets any size pass.
fn sizes(options: &ProducerOptions, set: &mut impl FnMut(&str, &str)) {
    let batches = options.spread.max(1) + BATCHES_AHEAD;
    let records = BATCH_RECORDS.min(QUEUE_RECORDS / batches).max(1);
    set("batch.num.messages", &records.to_string());
    set(
        "queue.buffering.max.messages",
        &(records * batches).to_string(),
    );
    let mut queue = QUEUE_BYTES / options.connections.max(1) as u64;
    let mut batch = u64::from(BATCH_BYTES).min(queue / batches as u64);
    if let Some(limit) = options.max_message_bytes {
        let message = if options.compression.is_some() {
            MESSAGE_MAX_BYTES
        } else {
            limit
                .saturating_add(BATCH_OVERHEAD)
                .clamp(1_000, MESSAGE_MAX_BYTES)
        };
        set("message.max.bytes", &message.to_string());
        batch = batch.min(limit.saturating_sub(BATCH_OVERHEAD));
        // A record larger than the queue would never fit into it.
        queue = queue
            .max(limit.saturating_mul(2))
            .min(MESSAGE_MAX_BYTES * 2);
    }
    set("batch.size", &batch.max(1_000).to_string());
    set("queue.buffering.max.kbytes", &(queue / 1_024).to_string());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn properties(user: &[(&str, &str)], options: &ProducerOptions) -> BTreeMap<String, String> {
        let user = user
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let brokers = ["a:1".to_owned(), "b:2".to_owned()];
        producer(
            &Settings::from_properties(&brokers, &user.collect()).unwrap(),
            options,
        )
    }

    fn options(durability: Durability) -> ProducerOptions {
        ProducerOptions {
            topics: vec!["t".to_owned()],
            durability,
            compression: None,
            max_message_bytes: Some(2_000_000),
            spread: 1,
            connections: 1,
            transactional: None,
        }
    }

    #[test]
    fn the_users_property_wins_over_ours() {
        let all = properties(&[("linger.ms", "7")], &options(Durability::Idempotent));
        assert_eq!(all["queue.buffering.max.ms"], "7");
        assert_eq!(all["metadata.broker.list"], "a:1,b:2");
        assert_eq!(all["enable.idempotence"], "true");
        assert_eq!(all["message.max.bytes"], "2000128");
        assert_eq!(all["allow.auto.create.topics"], "false");
        assert_eq!(all["reconnect.backoff.max.ms"], "1000");
        let slow = [("reconnect.backoff.ms", "5000")];
        let all = properties(&slow, &options(Durability::Idempotent));
        assert_eq!(all.get("reconnect.backoff.max.ms"), None);
    }

    #[test]
    fn the_queue_holds_a_batch_for_each_partition_and_stays_bounded() {
        let queue = |spread| {
            let options = ProducerOptions {
                spread,
                ..options(Durability::Idempotent)
            };
            let all = properties(&[], &options);
            let number = |name: &str| all[name].parse::<usize>().unwrap();
            let batches = number("queue.buffering.max.messages") / number("batch.num.messages");
            let bytes = number("queue.buffering.max.kbytes") * 1_024;
            assert!(number("batch.size") * batches <= bytes);
            (batches, number("queue.buffering.max.messages"))
        };
        assert_eq!(queue(1), (6, 15_000));
        assert_eq!(queue(12), (17, 42_500));
        assert_eq!(queue(1_000), (1_005, 59_295));
    }

    #[test]
    fn weaker_acks_are_not_asked_to_be_idempotent() {
        let all = properties(&[("acks", "1")], &options(Durability::Idempotent));
        assert_eq!(all.get("enable.idempotence"), None);
    }

    #[test]
    fn no_answer_may_take_longer_than_a_transaction() {
        let options = ProducerOptions {
            transactional: Some(Transactional {
                id: "t".to_owned(),
                answer: Duration::from_secs(4),
            }),
            ..options(Durability::Once)
        };
        let user = [("socket.timeout.ms", "60000"), ("delivery.timeout.ms", "0")];
        let all = properties(&user, &options);
        assert_eq!(all["enable.idempotence"], "true");
        assert_eq!(all["socket.timeout.ms"], "10000");
        assert_eq!(all["message.timeout.ms"], "10000");
        let user = [
            ("socket.timeout.ms", "2000"),
            ("transaction.timeout.ms", "5000"),
        ];
        let all = properties(&user, &options);
        assert_eq!(all["socket.timeout.ms"], "2000");
        assert_eq!(all["transaction.timeout.ms"], "5000");
        assert_eq!(all.get("message.timeout.ms"), None);
        let timeout =
            |user: &[(&str, &str)]| properties(user, &options)["socket.timeout.ms"].clone();
        assert_eq!(timeout(&[]), "4000");
        assert_eq!(timeout(&[("transaction.timeout.ms", "2000")]), "2000");
    }

    #[test]
    fn a_one_shot_is_never_sent_again() {
        let all = properties(&[], &options(Durability::Once));
        assert_eq!(all["message.send.max.retries"], "0");
        assert_eq!(all["max.in.flight.requests.per.connection"], "1");
        assert_eq!(all.get("enable.idempotence"), None);
    }
}
