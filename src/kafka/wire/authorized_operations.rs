//! What we may do to topics, asked without trying it.

use kafka_protocol::messages::{MetadataRequest, metadata_request::MetadataRequestTopic};

use super::{
    cause::WireError,
    client::{Client, topic_name},
};

/// `AclOperation.WRITE` of Kafka: its bit in the answer.
const WRITE: u32 = 4;

impl Client {
    /// Whether each of `topics` may be written to, in their order; `None` where the broker does not
    /// tell (KIP-430: Kafka 2.3).
    ///
    /// # Errors
    /// No broker answered.
    pub fn may_write(&mut self, topics: &[&str]) -> Result<Vec<Option<bool>>, WireError> {
        let named = topics
            .iter()
            .map(|&name| MetadataRequestTopic::default().with_name(Some(topic_name(name))));
        let request = MetadataRequest::default()
            .with_allow_auto_topic_creation(false)
            .with_include_topic_authorized_operations(true)
            .with_topics(Some(named.collect()));
        let answer = self.on_any(|connection| connection.call(&request))?;
        let may = |name: &str| {
            let found = (answer.topics.iter())
                .find(|topic| topic.name.as_ref().is_some_and(|own| &*own.0 == name))?;
            // What was not told is `Integer.MIN_VALUE`.
            (found.topic_authorized_operations != i32::MIN)
                .then_some(found.topic_authorized_operations & (1 << WRITE) != 0)
        };
        Ok(topics.iter().map(|name| may(name)).collect())
    }
}
