//! Making, widening and deleting topics.

use kafka_protocol::{
    messages::{
        CreatePartitionsRequest, CreateTopicsRequest, DeleteTopicsRequest,
        create_partitions_request::CreatePartitionsTopic,
        create_topics_request::{CreatableTopic, CreatableTopicConfig},
        delete_topics_request::DeleteTopicState,
    },
    protocol::StrBytes,
};

use super::{
    cause::{Cause, WireError},
    client::{Client, topic_name},
    partial::Partial,
};
use crate::pipeline::Permit;

/// `TOPIC_ALREADY_EXISTS` of Kafka's `Errors.java`.
pub const ALREADY_EXISTS: i16 = 36;

const PATIENCE_MS: i32 = 30_000;

/// Whether a change is made, or the cluster only asked whether it would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Do,
    Check,
}

/// A topic that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewTopic {
    /// Its name.
    pub name: String,
    /// How many partitions; `None` is the cluster's default (KIP-464).
    pub partitions: Option<i32>,
    /// How many copies of each; `None` is the cluster's default.
    pub replication: Option<i16>,
    /// Its own configuration: key and value.
    pub configs: Vec<(String, String)>,
}

/// A topic that was made, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreatedTopic {
    /// Its name.
    pub name: String,
    /// How many partitions it has; `None` when the broker does not tell (before Kafka 2.4, or to
    /// who may not describe configurations).
    pub partitions: Option<i32>,
    /// How many copies of each; `None` as `partitions`.
    pub replication: Option<i16>,
}

impl Client {
    /// Creates a topic with `partitions` partitions, replicated as the cluster does by default.
    ///
    /// # Errors
    /// The cluster could not be asked, or refused.
    pub fn create_topic(
        &mut self,
        name: &str,
        partitions: i32,
        permit: Permit,
    ) -> Result<(), WireError> {
        let topic = NewTopic {
            name: name.to_owned(),
            partitions: Some(partitions),
            replication: None,
            configs: Vec::new(),
        };
        let mut created = self.create_topics(&[topic], permit)?;
        match created.failures.pop() {
            None => Ok(()),
            Some(failure) => Err(WireError {
                broker: failure.what,
                cause: failure.cause,
            }),
        }
    }

    /// Creates `topics`. One that the cluster refuses is among the failures, by its name.
    ///
    /// # Errors
    /// The cluster could not be asked; whether it has created any is then not known.
    pub fn create_topics(
        &mut self,
        topics: &[NewTopic],
        _permit: Permit,
    ) -> Result<Partial<Vec<CreatedTopic>>, WireError> {
        self.create(topics, Mode::Do)
    }

    /// What [`Client::create_topics`] would answer; creates nothing.
    ///
    /// # Errors
    /// The cluster could not be asked.
    pub fn check_new_topics(
        &mut self,
        topics: &[NewTopic],
    ) -> Result<Partial<Vec<CreatedTopic>>, WireError> {
        self.create(topics, Mode::Check)
    }

    fn create(
        &mut self,
        topics: &[NewTopic],
        mode: Mode,
    ) -> Result<Partial<Vec<CreatedTopic>>, WireError> {
        let request = CreateTopicsRequest::default()
            .with_topics(topics.iter().map(creatable).collect())
            .with_validate_only(mode == Mode::Check)
            .with_timeout_ms(PATIENCE_MS);
        let answer = self.on_controller(|connection| connection.call(&request))?;
        let mut created = Partial::<Vec<_>>::default();
        for topic in answer.topics {
            let name = topic.name.0.to_string();
            let what = format!("topic {name:?}");
            match explained(topic.error_code, topic.error_message.as_ref(), &what) {
                Some(cause) => created.fail(name, cause),
                None => created.items.push(CreatedTopic {
                    name,
                    partitions: Some(topic.num_partitions).filter(|count| *count > 0),
                    replication: Some(topic.replication_factor).filter(|count| *count > 0),
                }),
            }
        }
        Ok(created)
    }

    /// Adds partitions to `topic`, up to `total`.
    ///
    /// # Errors
    /// The cluster could not be asked, or refused.
    pub fn add_partitions(
        &mut self,
        topic: &str,
        total: i32,
        _permit: Permit,
    ) -> Result<(), WireError> {
        self.widen(topic, total, Mode::Do)
    }

    /// Whether [`Client::add_partitions`] would be taken; adds nothing.
    ///
    /// # Errors
    /// As it would fail.
    pub fn check_partitions(&mut self, topic: &str, total: i32) -> Result<(), WireError> {
        self.widen(topic, total, Mode::Check)
    }

    fn widen(&mut self, topic: &str, total: i32, mode: Mode) -> Result<(), WireError> {
        let wanted = CreatePartitionsTopic::default()
            .with_name(topic_name(topic))
            .with_count(total)
            // Null: the cluster places them.
            .with_assignments(None);
        let request = CreatePartitionsRequest::default()
            .with_topics(vec![wanted])
            .with_validate_only(mode == Mode::Check)
            .with_timeout_ms(PATIENCE_MS);
        self.on_controller(|connection| {
            let answer = connection.call(&request)?;
            let what = format!("topic {topic:?}");
            let refused = answer.results.first().and_then(|result| {
                explained(result.error_code, result.error_message.as_ref(), &what)
            });
            match refused {
                None => Ok(()),
                Some(cause) => Err(WireError {
                    broker: connection.broker().to_string(),
                    cause,
                }),
            }
        })
    }

    /// Deletes topics, and answers with the names of those that are gone. One that the cluster
    /// does not delete is among the failures, by its name.
    ///
    /// # Errors
    /// The cluster could not be asked; whether it has deleted any is then not known.
    pub fn delete_topics(
        &mut self,
        names: &[&str],
        _permit: Permit,
    ) -> Result<Partial<Vec<String>>, WireError> {
        // Versions to 5 read the one list, later ones the other.
        let states = names
            .iter()
            .map(|name| DeleteTopicState::default().with_name(Some(topic_name(name))));
        let by_name = DeleteTopicsRequest::default()
            .with_topic_names(names.iter().copied().map(topic_name).collect())
            .with_timeout_ms(PATIENCE_MS);
        let by_state = DeleteTopicsRequest::default()
            .with_topics(states.collect())
            .with_timeout_ms(PATIENCE_MS);
        let answer = self.on_controller(|connection| {
            let newer = connection.speaks::<DeleteTopicsRequest>(6)?;
            connection.call(if newer { &by_state } else { &by_name })
        })?;
        let mut deleted = Partial::<Vec<_>>::default();
        for topic in answer.responses {
            let name = topic
                .name
                .map_or_else(String::new, |name| name.0.to_string());
            let what = format!("topic {name:?}");
            match explained(topic.error_code, topic.error_message.as_ref(), &what) {
                Some(cause) => deleted.fail(name, cause),
                None => deleted.items.push(name),
            }
        }
        Ok(deleted)
    }
}

/// The cause behind an error code that the broker may explain in a message of its own.
pub(super) fn explained(code: i16, message: Option<&StrBytes>, what: &str) -> Option<Cause> {
    let plain = Cause::of_code(code, what)?;
    let message = message.map_or("", |message| message.trim());
    if message.is_empty() || matches!(plain, Cause::NotAuthorized { .. }) {
        return Some(plain);
    }
    Cause::of_code(code, &format!("{what}: {message}"))
}

fn creatable(topic: &NewTopic) -> CreatableTopic {
    let configs = topic.configs.iter().map(|(key, value)| {
        CreatableTopicConfig::default()
            .with_name(StrBytes::from_string(key.clone()))
            .with_value(Some(StrBytes::from_string(value.clone())))
    });
    CreatableTopic::default()
        .with_name(topic_name(&topic.name))
        .with_num_partitions(topic.partitions.unwrap_or(-1))
        .with_replication_factor(topic.replication.unwrap_or(-1))
        .with_configs(configs.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brokers_own_words_follow_the_name_of_the_error() {
        let message = StrBytes::from_static_str("Unknown topic config name: x");
        let cause = explained(40, Some(&message), "topic \"orders\"").unwrap();
        assert_eq!(
            cause.to_string(),
            "INVALID_CONFIG (error code 40) for topic \"orders\": Unknown topic config name: x"
        );
        assert!(explained(0, Some(&message), "topic \"orders\"").is_none());
        let refused = StrBytes::from_static_str("Authorization failed.");
        assert_eq!(
            explained(29, Some(&refused), "topic \"orders\"")
                .unwrap()
                .to_string(),
            "not authorized: topic \"orders\""
        );
    }
}
