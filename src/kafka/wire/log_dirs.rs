//! How much disk partitions take: `DescribeLogDirs`, asked of every broker.

use std::{collections::HashMap, sync::Arc};

use kafka_protocol::messages::{
    DescribeLogDirsRequest, DescribeLogDirsResponse,
    describe_log_dirs_request::DescribableLogDirTopic,
};

use super::{
    cause::{Cause, WireError},
    client::{Client, topic_name},
    partial::Partial,
};
use crate::event::TopicPartition;

/// The copies of each partition. One of which nothing is known is not in it: who may not describe
/// the cluster gets an empty answer from old brokers.
pub type LogSizes = HashMap<TopicPartition, Vec<ReplicaSize>>;

/// One copy of a partition on a broker's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplicaSize {
    /// The broker.
    pub broker: i32,
    /// Its size.
    pub bytes: i64,
}

impl Client {
    /// The sizes of all copies of the partitions of `topics` (name and partitions), of every topic
    /// when that is `None`. A broker that did not answer, or a disk of it, is among the failures.
    /// Copies that are on their way from one disk of a broker to another are left out.
    pub fn log_sizes(&mut self, topics: Option<&[(&str, Vec<i32>)]>) -> Partial<LogSizes> {
        let topics = topics.map(|topics| {
            let asked = topics.iter().map(|(name, partitions)| {
                DescribableLogDirTopic::default()
                    .with_topic(topic_name(name))
                    .with_partitions(partitions.clone())
            });
            asked.collect()
        });
        let request = DescribeLogDirsRequest::default().with_topics(topics);
        let brokers: Vec<i32> = self.brokers().keys().copied().collect();
        let mut found = Partial::<LogSizes>::default();
        for (id, answer) in self.on_each(brokers, |_, connection| connection.call(&request)) {
            match answer {
                Err(WireError { broker, cause }) => found.fail(broker, cause),
                Ok(answer) => collect(id, answer, &mut found),
            }
        }
        found
    }
}

fn collect(broker: i32, answer: DescribeLogDirsResponse, found: &mut Partial<LogSizes>) {
    let whole = Cause::of_code(answer.error_code, "DescribeLogDirs on the cluster");
    if let Some(cause) = whole {
        found.fail(format!("broker {broker}"), cause);
        return;
    }
    for directory in answer.results {
        let what = format!("{:?} of broker {broker}", &*directory.log_dir);
        if let Some(cause) = Cause::of_code(directory.error_code, &what) {
            found.fail(what, cause);
            continue;
        }
        for topic in directory.topics {
            let name: Arc<str> = Arc::from(&*topic.name.0);
            let present = topic.partitions.iter().filter(|copy| !copy.is_future_key);
            for copy in present {
                let at = TopicPartition::new(name.clone(), copy.partition_index);
                found.items.entry(at).or_default().push(ReplicaSize {
                    broker,
                    bytes: copy.partition_size,
                });
            }
        }
    }
}
