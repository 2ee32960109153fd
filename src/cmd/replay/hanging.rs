//! Transactions of this replay that hang: their coordinator has ended them, a partition has not
//! been told.
//!
//! Kafka leaves out the marker of a partition that has no leader at that moment (seen of 4.3, where
//! the only broker of a partition was fenced). What is in such a transaction would be committed
//! along with the next one of the same producer, beside the same records again.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use super::keeper;
use crate::{
    codec::shell,
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{wire::Client, write::Producer},
};

/// How long taking over an earlier run's transactions may take.
pub(super) const TAKE_OVER: Duration = Duration::from_secs(30);

/// Takes the transactional `id` over, for a producer that writes to the partitions of `targets`.
///
/// # Errors
/// The coordinator does not let us; a transaction hangs. Where nobody tells, as those before Kafka
/// 3.0 or without the right to read the topic, none does.
pub(super) fn take_over(
    producer: &mut Producer,
    id: &str,
    client: &mut Client,
    targets: &[(Arc<str>, i32)],
) -> Result<(), Failure> {
    producer.init_transactions(TAKE_OVER)?;
    let partitions = keeper::partitions(targets);
    let leaders = client.find_leaders(partitions.iter())?;
    let leaders: BTreeMap<TopicPartition, i32> = leaders
        .into_iter()
        .map(|(at, (leader, _))| (at, leader))
        .collect();
    // Nobody leads it for now: the very partition in which something may hang.
    if let Some(at) = partitions.iter().find(|at| !leaders.contains_key(*at)) {
        let message = format!("{at} has no leader");
        return Err(Failure::new(Exit::Unreachable, message));
    }
    let mut found = client.producers(&leaders);
    found
        .failures
        .retain(|failure| failure.cause.is_retriable());
    if let Some(failure) = found.failures.first() {
        return Err(Failure::new(Exit::Unreachable, failure.to_string()));
    }
    let open: BTreeMap<i64, (TopicPartition, i64)> = (found.items)
        .into_iter()
        .flat_map(|(at, producers)| {
            let open = producers.into_iter().filter_map(move |producer| {
                Some((producer.id, (at.clone(), producer.transaction_start?)))
            });
            open.collect::<Vec<_>>()
        })
        .collect();
    if open.is_empty() {
        return Ok(());
    }
    let ids: Vec<i64> = open.keys().copied().collect();
    let listed = client.list_transactions(&ids).items;
    let ours = listed.iter().find(|listed| listed.id == id);
    let Some((at, start)) = ours.and_then(|ours| open.get(&ours.producer_id)) else {
        return Ok(());
    };
    let topic = shell::option("--topic", &at.topic);
    let partition = at.partition;
    Err(Failure::new(
        Exit::Partial,
        format!("a transaction of this replay that was given up is still open in {at} from offset {start}"),
    )
    .cause("its coordinator ended it without a marker there, so that the next commit would commit it, too")
    .hint(format!(
        "kafka-transactions.sh --bootstrap-server HOST:PORT abort {topic} \
         --partition {partition} --start-offset {start} closes it; then"
    )))
}
