//! Notices that a topic is deleted and created again, and tells which acknowledged records went to
//! which of the two topics.

use std::collections::BTreeMap;

use crate::{
    event::TopicPartition,
    kafka::{
        admin::Detail,
        wire::{Cause, Client},
        write::{Acknowledged, Acknowledgements},
    },
};

/// Watches one topic.
#[derive(Debug)]
pub struct TopicWatch {
    client: Client,
    topic: String,
    /// Log restarts that were checked.
    restarts: u64,
}

/// A topic that was deleted and created again.
#[derive(Debug)]
pub struct Recreated {
    /// Which topic, and both ids.
    pub cause: Cause,
    /// Where the acknowledged records are.
    pub split: Split,
}

/// Acknowledged records, by the topic that took them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Split {
    /// By the deleted topic.
    pub deleted: u64,
    /// By the topic that has the name now.
    pub new: u64,
    /// By one of both.
    pub either: u64,
}

impl TopicWatch {
    /// Watches `topic`, whose id `client` has seen.
    pub fn new(client: Client, topic: &str) -> Self {
        Self {
            client,
            topic: topic.to_owned(),
            restarts: 0,
        }
    }

    /// Asks whether the topic was created again, when a log has begun again since the last call.
    pub fn check(&mut self, acknowledgements: &Acknowledgements) -> Option<Recreated> {
        if acknowledgements.restarts() == self.restarts {
            return None;
        }
        self.restarts = acknowledgements.restarts();
        self.ask()
    }

    /// Asks whether the topic was created again; `None` also when the cluster does not answer.
    pub fn ask(&mut self) -> Option<Recreated> {
        let answer = self.client.check_topic_ids(&[&self.topic]);
        let cause = answer.err()?.cause;
        cause.is_recreated().then(|| Recreated {
            cause,
            split: Split::default(),
        })
    }

    /// Which of the records went to which topic, once nothing is in flight.
    pub fn split(&mut self, acknowledgements: &Acknowledgements) -> Split {
        let ends = self.ends(acknowledgements);
        let mut split = Split::default();
        for one in acknowledgements.partitions() {
            let of_one = divide(one, ends.get(&one.partition).copied());
            split.deleted += of_one.deleted;
            split.new += of_one.new;
            split.either += of_one.either;
        }
        split
    }

    /// Where the partitions of the new topic end; partitions without an answer are left out.
    fn ends(&mut self, acknowledgements: &Acknowledgements) -> BTreeMap<i32, i64> {
        let partitions: Vec<TopicPartition> = acknowledgements
            .partitions()
            .map(|one| TopicPartition::new(&*self.topic, one.partition))
            .collect();
        // The ends are those of the new topic.
        self.client.forget_topic_ids();
        if self.client.find_leaders(partitions.iter()).is_err() {
            return BTreeMap::new();
        }
        let found = self.client.watermarks(&partitions, &[Detail::End]);
        let ends = found.items.into_iter();
        ends.filter_map(|(at, watermarks)| Some((at.partition, watermarks.ok()?.end?)))
            .collect()
    }
}

/// Divides the records of one partition, whose new log ends at `end`.
fn divide(one: &Acknowledged, end: Option<i64>) -> Split {
    if one.before > 0 {
        return Split {
            deleted: one.before,
            new: one.since,
            either: 0,
        };
    }
    // What lies behind the end of the new log can only have been in the old one.
    let deleted = end.is_some_and(|end| end == 0 || one.last >= end);
    Split {
        deleted: if deleted { one.since } else { 0 },
        new: 0,
        either: if deleted { 0 } else { one.since },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(before: u64, since: u64, last: i64, end: Option<i64>) -> (u64, u64, u64) {
        let one = Acknowledged {
            topic: "orders".to_owned(),
            partition: 0,
            before,
            since,
            last,
        };
        let split = divide(&one, end);
        (split.deleted, split.new, split.either)
    }

    #[test]
    fn records_belong_to_the_topic_that_their_offsets_prove() {
        // The log restarted while records were acknowledged.
        assert_eq!(split(35, 465, 464, Some(465)), (35, 465, 0));
        assert_eq!(split(35, 465, 464, None), (35, 465, 0));
        // No restart was seen, and the new log ends before what was acknowledged.
        assert_eq!(split(0, 9, 99, Some(99)), (9, 0, 0));
        assert_eq!(split(0, 1, 0, Some(0)), (1, 0, 0));
        assert_eq!(split(0, 1, -1, Some(0)), (1, 0, 0));
        // The new log is as long: its records may be ours or those of another producer.
        assert_eq!(split(0, 9, 99, Some(100)), (0, 0, 9));
        assert_eq!(split(0, 9, -1, Some(9)), (0, 0, 9));
        assert_eq!(split(0, 9, 99, None), (0, 0, 9));
    }
}
