//! Making topics.

use kafka_protocol::messages::{CreateTopicsRequest, create_topics_request::CreatableTopic};

use super::{
    cause::{Cause, WireError},
    client::{Client, topic_name},
};
use crate::pipeline::Permit;

const PATIENCE_MS: i32 = 30_000;

impl Client {
    /// Creates a topic with `partitions` partitions, replicated as the cluster does by default.
    ///
    /// # Errors
    /// The cluster could not be asked, or refused.
    pub fn create_topic(
        &mut self,
        name: &str,
        partitions: i32,
        _permit: Permit,
    ) -> Result<(), WireError> {
        // -1 is the cluster's default (KIP-464).
        let topic = CreatableTopic::default()
            .with_name(topic_name(name))
            .with_num_partitions(partitions)
            .with_replication_factor(-1);
        let request = CreateTopicsRequest::default()
            .with_topics(vec![topic])
            .with_timeout_ms(PATIENCE_MS);
        self.on_any(|connection| {
            let answer = connection.call(&request)?;
            let code = answer.topics.first().map_or(0, |topic| topic.error_code);
            match Cause::of_code(code, &format!("topic {name:?}")) {
                None => Ok(()),
                Some(cause) => Err(WireError {
                    broker: connection.broker().to_string(),
                    cause,
                }),
            }
        })
    }
}
