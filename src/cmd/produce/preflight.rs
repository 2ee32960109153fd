//! What has to be known of the topic before the first record is sent. What is wrong with the
//! cluster is found, and named, here.

use super::input::InputError;
use crate::{
    cmd::cluster,
    codec::shell::CommandLine,
    command::Context,
    config::Cluster,
    exit::Exit,
    failure::Failure,
    kafka::{
        property::Part,
        wire::{Client, TopicMetadata},
    },
};

/// The topic as it is.
#[derive(Clone, Debug)]
pub struct TopicFacts {
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: i32,
    /// Those of them that have a leader now.
    pub led: Vec<i32>,
    /// Its `max.message.bytes`; `None` when that may not, or need not, be asked.
    pub max_message_bytes: Option<u64>,
}

/// A record's partition that the topic does not have.
#[derive(Clone, Debug, thiserror::Error)]
#[error("partition {partition}, and topic {topic:?} has the partitions 0 to {last}")]
pub struct NoSuchPartition {
    partition: i32,
    topic: String,
    last: i32,
}

impl TopicFacts {
    /// Whether the topic has `partition`; -1 is the partitioner's choice.
    ///
    /// # Errors
    /// It has not.
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

impl NoSuchPartition {
    /// The same of the record at `place`.
    #[must_use]
    pub fn at(self, place: String) -> InputError {
        InputError::Partition {
            place,
            source: self,
        }
    }
}

/// Whether the topic's size limit is worth a question: a batch is refused as a whole for one record
/// that is too large, so it has to be known before records are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeLimit {
    /// It is.
    Asked,
    /// One small record is sent alone.
    NotNeeded,
}

/// Asks for the topic that is meant: `name`, or one chosen at the terminal. The client that asked
/// tells it from another topic of the same name.
///
/// # Errors
/// The cluster does not answer, there is no such topic, or none was named and nobody can choose.
pub fn preflight(
    context: &Context,
    cluster: &Cluster,
    name: Option<&str>,
    limit: SizeLimit,
) -> Result<(TopicFacts, Client), Failure> {
    let mut client = cluster::connect_to(context, cluster, &[Part::Reading, Part::Writing])?;
    let names = name.into_iter().map(str::to_owned).collect();
    let found = cluster::topics(&mut client, "produce", names).map_err(|failure| match name {
        Some(name) if failure.exit == Exit::NotFound => failure.hint(
            CommandLine::evctl("topics create")
                .operand(name)
                .to_string(),
        ),
        _ => failure,
    })?;
    let Some(topic) = found.into_iter().next() else {
        return Err(Failure::usage("no topic is named").hint("evctl produce TOPIC [FILE]…"));
    };
    let max_message_bytes = match limit {
        SizeLimit::NotNeeded => None,
        SizeLimit::Asked => size_limit(&mut client, &topic)?,
    };
    let led = topic
        .partitions
        .iter()
        .filter(|partition| partition.leader.is_some());
    let facts = TopicFacts {
        name: topic.name.to_string(),
        partitions: i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX),
        led: led.map(|partition| partition.partition).collect(),
        max_message_bytes,
    };
    Ok((facts, client))
}

/// The topic's size limit; a user who may not ask does without.
fn size_limit(client: &mut Client, topic: &TopicMetadata) -> Result<Option<u64>, Failure> {
    const KEY: &str = "max.message.bytes";
    let answer = client.topic_config(&topic.name, &[KEY])?;
    Ok(answer.ok().and_then(|config| config.get(KEY)?.parse().ok()))
}
