//! What open transactions hide from a reader of what is committed.

use std::collections::BTreeMap;

use crate::{
    command::Context,
    event::Timestamp,
    kafka::wire::{ActiveProducer, Client},
    select::Hidden,
    ui::counted,
};

/// Says in one line what open transactions hide, since when, and how it can be seen.
pub(super) fn note_hidden(context: &Context, client: &mut Client, hidden: &[Hidden]) {
    let Some(first) = hidden.iter().max_by_key(|hidden| hidden.to - hidden.from) else {
        return;
    };
    let offsets = hidden.iter().map(|hidden| hidden.from.abs_diff(hidden.to));
    let offsets = counted(offsets.sum::<u64>(), "offset");
    let place = match hidden.len() - 1 {
        0 => String::new(),
        others => format!(" and {} more", counted(others as u64, "partition")),
    };
    let since = match open_since(client, first) {
        Some(ms) => format!(", open since {}", Timestamp(ms)),
        None => String::new(),
    };
    context.ui.note(format_args!(
        "{}{place}: {offsets} from {} on hidden by an open transaction{since}; --isolation \
         uncommitted shows them",
        first.partition, first.from
    ));
}

/// Since when the transaction is open that hides `hidden` (ms): as its coordinator says, else when
/// its producer wrote last. `None` when neither may be asked.
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
