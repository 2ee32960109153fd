//! Acknowledged records by partition. librdkafka knows no topic ids: it goes on writing when a topic
//! is deleted and created again. Offsets tell, as those of the second topic begin again.

use std::collections::BTreeMap;

use super::raw::Delivery;

/// What was acknowledged in each partition.
#[derive(Debug, Default)]
pub struct Acknowledgements {
    /// By partition, one entry for each topic.
    partitions: BTreeMap<i32, Vec<Acknowledged>>,
    restarts: u64,
}

/// What was acknowledged in one partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// Records before the log began again; 0 when it did not.
    pub before: u64,
    /// Records since then; all of them when it did not.
    pub since: u64,
    /// The last offset; -1 where acks ask for none.
    pub last: i64,
}

impl Acknowledgements {
    /// Takes `count` records of one partition; the first of them is `delivery`.
    pub(super) fn take(&mut self, delivery: Delivery<'_>, count: u64) {
        let (partition, first) = (delivery.partition(), delivery.offset());
        self.add(delivery.topic(), partition, first, count);
    }

    /// Adds `count` records of a partition, the first of which got the offset `first`; negative
    /// when that is not known.
    fn add(&mut self, topic: &str, partition: i32, first: i64, count: u64) {
        let topics = self.partitions.entry(partition).or_default();
        let index = match topics.iter().position(|known| known.topic == topic) {
            Some(index) => index,
            None => {
                topics.push(Acknowledged {
                    topic: topic.to_owned(),
                    partition,
                    before: 0,
                    since: 0,
                    last: -1,
                });
                topics.len() - 1
            }
        };
        let Some(known) = topics.get_mut(index) else {
            return;
        };
        if first >= 0 {
            if first <= known.last {
                self.restarts += 1;
                known.before += std::mem::take(&mut known.since);
            }
            known.last = first + i64::try_from(count).unwrap_or(0) - 1;
        }
        known.since += count;
    }

    /// How often a log began again: its topic was created again, or it lost its end with a leader.
    #[must_use]
    pub fn restarts(&self) -> u64 {
        self.restarts
    }

    /// Every partition in which something was acknowledged.
    pub fn partitions(&self) -> impl Iterator<Item = &Acknowledged> {
        self.partitions.values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(acknowledgements: &Acknowledgements) -> Vec<(&str, i32, u64, u64, i64)> {
        acknowledgements
            .partitions()
            .map(|one| (&*one.topic, one.partition, one.before, one.since, one.last))
            .collect()
    }

    #[test]
    fn offsets_that_begin_again_part_the_records_of_two_topics() {
        let mut all = Acknowledgements::default();
        all.add("orders", 0, 100, 50);
        all.add("orders", 0, 150, 1);
        all.add("orders", 1, 7, 3);
        // Others write there, too, and transactions leave gaps.
        all.add("orders", 0, 200, 10);
        assert_eq!(all.restarts(), 0);
        all.add("orders", 0, 0, 4);
        all.add("orders", 0, 4, 6);
        assert_eq!(all.restarts(), 1);
        assert_eq!(of(&all), [("orders", 0, 61, 10, 9), ("orders", 1, 0, 3, 9)]);
    }

    #[test]
    fn partitions_of_several_topics_are_kept_apart() {
        let mut all = Acknowledgements::default();
        all.add("orders", 0, 5, 1);
        all.add("payments", 0, 0, 1);
        all.add("orders", 0, 6, 1);
        assert_eq!(all.restarts(), 0);
        assert_eq!(of(&all), [("orders", 0, 0, 2, 6), ("payments", 0, 0, 1, 0)]);
    }

    #[test]
    fn without_offsets_nothing_begins_again() {
        let mut all = Acknowledgements::default();
        all.add("orders", 0, -1, 5);
        all.add("orders", 0, -1, 5);
        assert_eq!(all.restarts(), 0);
        assert_eq!(of(&all), [("orders", 0, 0, 10, -1)]);
    }
}
