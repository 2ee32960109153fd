//! Offsets that open transactions hide, and since when.

use std::collections::BTreeMap;

use crate::{
    kafka::wire::{ActiveProducer, Client},
    select::{Hidden, HiddenOffsets},
};

/// The sum of `hidden`, with the time since when the transaction is open that hides most; `None` when
/// nothing is hidden.
pub fn hidden_offsets(client: &mut Client, hidden: &[Hidden]) -> Option<HiddenOffsets> {
    let mut all = HiddenOffsets::of(hidden)?;
    all.since = open_since(client, &all.most);
    Some(all)
}

/// When the transaction began that hides `hidden` (ms): as its coordinator knows, else when its
/// producer wrote last. `None` when neither may be asked.
fn open_since(client: &mut Client, hidden: &Hidden) -> Option<i64> {
    let at = &hidden.partition;
    let leaders = client.known_leaders(std::iter::once(at))?;
    let leaders: BTreeMap<_, _> = leaders
        .into_iter()
        .map(|(at, leader)| (at, leader.broker))
        .collect();
    let mut found = client.producers(&leaders);
    let start = |producer: &ActiveProducer| producer.transaction_start;
    let producers = found.items.remove(at)?.into_iter();
    let oldest = producers
        .filter(|producer| start(producer).is_some())
        .min_by_key(start)?;
    let listed = client.list_transactions(&[oldest.id]);
    let described = client.describe_transactions(&listed.items);
    let started = described.items.iter().find_map(|known| known.started);
    started.or(oldest.last_timestamp)
}
