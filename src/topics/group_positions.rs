//! The groups that have offsets on topics, and what they lose when records are removed.

use std::{collections::BTreeMap, sync::Arc};

use crate::event::TopicPartition;

/// Offsets by group: committed offsets, start offsets of share groups. `None` is an offset that is
/// stored and not known.
#[derive(Debug, Default)]
pub struct GroupPositions(BTreeMap<Arc<str>, BTreeMap<TopicPartition, Option<i64>>>);

impl GroupPositions {
    /// Adds the offset of a group in a partition.
    pub fn add(&mut self, group: &Arc<str>, at: &TopicPartition, offset: Option<i64>) {
        let offsets = self.0.entry(group.clone()).or_default();
        offsets.insert(at.clone(), offset);
    }

    /// The groups that have an offset on `topic`, by name.
    pub fn of_topic(&self, topic: &str) -> impl Iterator<Item = &str> {
        let reads = move |offsets: &BTreeMap<TopicPartition, Option<i64>>| {
            offsets.keys().any(|at| *at.topic == *topic)
        };
        let groups = self.0.iter().filter(move |(_, offsets)| reads(offsets));
        groups.map(|(group, _)| &**group)
    }

    /// The groups that have not read all offsets of `removed`, a range (start, end) by partition.
    #[must_use]
    pub fn unread(&self, removed: &BTreeMap<TopicPartition, (i64, i64)>) -> Vec<UnreadRecords> {
        let losses = self.0.iter().map(|(group, offsets)| {
            let mut loss = UnreadRecords {
                group: group.to_string(),
                partitions: Vec::new(),
                unread: 0,
            };
            for (at, &(start, end)) in removed {
                let Some(Some(stands)) = offsets.get(at) else {
                    continue;
                };
                let unread = end.saturating_sub(*stands.max(&start));
                if unread > 0 {
                    loss.partitions.push(at.partition);
                    loss.unread = loss.unread.saturating_add(unread);
                }
            }
            loss
        });
        losses.filter(|loss| loss.unread > 0).collect()
    }
}

/// Records that a group has not read and that are removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadRecords {
    /// The group's name.
    pub group: String,
    /// The partitions that hold them.
    pub partitions: Vec<i32>,
    /// Unread offsets of all these partitions: an upper bound of the records.
    pub unread: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_loses_what_lies_between_its_offset_and_the_new_start() {
        let at = |partition| TopicPartition::new("orders", partition);
        let mut positions = GroupPositions::default();
        for (group, partition, offset) in [
            ("behind", 0, Some(3)),
            ("behind", 1, Some(40)),
            // Retention has overtaken the group: offsets below 20 are lost already.
            ("behind", 2, Some(5)),
            ("done", 0, Some(10)),
            ("secret", 0, None),
        ] {
            positions.add(&Arc::from(group), &at(partition), offset);
        }
        let removed = BTreeMap::from([
            (at(0), (0, 10)),
            (at(1), (30, 40)),
            (at(2), (20, 26)),
            (at(3), (0, 9)),
        ]);
        let loss = UnreadRecords {
            group: "behind".to_owned(),
            partitions: vec![0, 2],
            unread: 13,
        };
        assert_eq!(positions.unread(&removed), [loss]);
        let groups: Vec<&str> = positions.of_topic("orders").collect();
        assert_eq!(groups, ["behind", "done", "secret"]);
        assert_eq!(positions.of_topic("other").count(), 0);
    }
}
