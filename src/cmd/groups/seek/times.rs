//! When what will be read again, or skipped, was written. Where the topic may not be read it is not
//! known, and nothing else depends on it.

use std::collections::BTreeMap;

use crate::{
    command::Context,
    event::TopicPartition,
    kafka::{
        Isolation,
        admin::Detail,
        wire::{Client, FirstRecords, Sought},
    },
    offsets::{SeekPlan, Times},
};

/// Finds the times of every partition that moves.
pub(super) fn look_up(context: &Context, client: &mut Client, plan: &mut SeekPlan) {
    let spans: BTreeMap<TopicPartition, (i64, i64, i64)> = plan
        .changes()
        .filter_map(|moved| {
            let (first, end) = moved.span()?;
            (first < end).then(|| (moved.at.clone(), (first, end, moved.bounds.end)))
        })
        .collect();
    if spans.is_empty() {
        return;
    }
    let leader = |at: &TopicPartition| plan.leader(at);
    let sought = spans.iter().map(|(at, &(first, end, last))| Sought {
        partition: at.clone(),
        offsets: vec![first, end],
        end: last,
        count: false,
    });
    let sought = sought.collect();
    let records = client.first_records(leader, sought, Isolation::Uncommitted, &context.cancel);
    let newest = newest(client, &spans);
    let mut times = BTreeMap::new();
    for (at, &(first, end, _)) in &spans {
        // Behind the end of the span stands the record that is not read again: nearly the last
        // one's time. Where there is none, the partition's newest.
        let from = time_at(&records.items, at, first);
        let to = time_at(&records.items, at, end).or_else(|| newest.get(at).copied());
        if let (Some(from), Some(to)) = (from, to) {
            let span: Times = (from.min(to), from.max(to));
            times.insert(at.clone(), span);
        }
    }
    plan.set_times(&times);
}

fn time_at(records: &FirstRecords, at: &TopicPartition, offset: i64) -> Option<i64> {
    let found = records.get(&(at.clone(), offset))?;
    let record = found.as_ref().ok()?.as_ref()?;
    (record.timestamp >= 0).then_some(record.timestamp)
}

/// The largest timestamp of each partition whose span reaches the end.
fn newest(
    client: &mut Client,
    spans: &BTreeMap<TopicPartition, (i64, i64, i64)>,
) -> BTreeMap<TopicPartition, i64> {
    let reaching = spans.iter().filter(|(_, (_, end, last))| end == last);
    let reaching: Vec<TopicPartition> = reaching.map(|(at, _)| at.clone()).collect();
    if reaching.is_empty() {
        return BTreeMap::new();
    }
    let found = client.watermarks(&reaching, &[Detail::LastRecord(Isolation::Uncommitted)]);
    let each = found.items.into_iter();
    each.filter_map(|(at, watermarks)| Some((at, watermarks.ok()?.records.ok()?.last?.timestamp?)))
        .collect()
}
