//! The topic that records are produced to, as it was before the first record.

use crate::{
    files::inputs::NoSuchPartition,
    kafka::wire::{Client, TopicMetadata, WireError},
};

/// A topic that can be produced to.
#[derive(Clone, Debug)]
pub struct TopicFacts {
    /// Its name.
    pub name: String,
    /// The number of its partitions.
    pub partitions: i32,
    /// The partitions that have a leader.
    pub led: Vec<i32>,
    /// Its `max.message.bytes`; `None` when that is not needed, or may not be asked for.
    pub max_message_bytes: Option<u64>,
}

/// Whether the topic's size limit is asked for. A batch is refused as a whole for one record that is
/// too large, so the limit has to be known before records are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeLimit {
    /// It is asked for.
    Asked,
    /// It is not needed: one small record is sent alone.
    NotNeeded,
}

impl TopicFacts {
    /// Facts of `topic`.
    ///
    /// # Errors
    /// The cluster does not answer.
    pub fn of(
        client: &mut Client,
        topic: &TopicMetadata,
        limit: SizeLimit,
    ) -> Result<Self, WireError> {
        let max_message_bytes = match limit {
            SizeLimit::NotNeeded => None,
            SizeLimit::Asked => size_limit(client, topic)?,
        };
        let led = (topic.partitions.iter()).filter(|partition| partition.leader.is_some());
        Ok(Self {
            name: topic.name.to_string(),
            partitions: i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX),
            led: led.map(|partition| partition.partition).collect(),
            max_message_bytes,
        })
    }

    /// Checks that the topic has `partition`; -1 is the partitioner's choice.
    ///
    /// # Errors
    /// The topic has no such partition.
    pub fn check(&self, partition: i32) -> Result<(), NoSuchPartition> {
        if (-1..self.partitions).contains(&partition) {
            return Ok(());
        }
        Err(NoSuchPartition {
            partition,
            topic: self.name.clone(),
            last: self.partitions - 1,
        })
    }
}

/// The topic's size limit; `None` when the user may not ask for it.
fn size_limit(client: &mut Client, topic: &TopicMetadata) -> Result<Option<u64>, WireError> {
    const KEY: &str = "max.message.bytes";
    let answer = client.topic_config(&topic.name, &[KEY])?;
    Ok(answer.ok().and_then(|config| config.get(KEY)?.parse().ok()))
}
