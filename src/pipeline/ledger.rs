//! What has been taken out of each partition, and up to where it is safe to commit.

use std::{collections::BTreeMap, sync::Arc};

use crate::event::TopicPartition;

/// The only source of a committable offset: a position becomes safe once everything taken before
/// it has been written out and flushed.
#[derive(Debug, Default)]
pub struct Ledger {
    taken: BTreeMap<TopicPartition, i64>,
    safe: BTreeMap<TopicPartition, i64>,
}

impl Ledger {
    /// Everything of `partition` before `next` was handed to the sink.
    pub fn take(&mut self, topic: &str, partition: i32, next: i64) {
        // Runs of records of one partition are the rule: no allocation for the second of them.
        if let Some((_, offset)) = self
            .taken
            .iter_mut()
            .find(|(at, _)| at.partition == partition && *at.topic == *topic)
        {
            *offset = next;
        } else {
            self.taken.insert(
                TopicPartition {
                    topic: Arc::from(topic),
                    partition,
                },
                next,
            );
        }
    }

    /// All that was taken so far has been written out and flushed.
    pub fn flushed(&mut self) {
        self.safe.append(&mut self.taken);
    }

    /// The offsets that may be committed now, and no longer pending here.
    pub fn commit(&mut self) -> BTreeMap<TopicPartition, i64> {
        std::mem::take(&mut self.safe)
    }

    /// Forgets a partition that was taken away from us: its new owner decides.
    pub fn revoke(&mut self, partition: &TopicPartition) {
        self.taken.remove(partition);
        self.safe.remove(partition);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_flushed_may_be_committed() {
        let mut ledger = Ledger::default();
        ledger.take("orders", 0, 5);
        ledger.take("orders", 0, 7);
        assert!(ledger.commit().is_empty());
        ledger.flushed();
        ledger.take("orders", 0, 9);
        ledger.take("orders", 1, 1);
        let safe = ledger.commit();
        assert_eq!(
            safe.into_iter().collect::<Vec<_>>(),
            [(TopicPartition::new("orders", 0), 7)]
        );
        ledger.revoke(&TopicPartition::new("orders", 1));
        ledger.flushed();
        assert_eq!(ledger.commit().into_values().collect::<Vec<_>>(), [9]);
    }
}
