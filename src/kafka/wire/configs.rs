//! Topic configuration: `DescribeConfigs` and `IncrementalAlterConfigs`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use kafka_protocol::{
    messages::{
        DescribeConfigsRequest, IncrementalAlterConfigsRequest,
        describe_configs_request::DescribeConfigsResource,
        describe_configs_response::DescribeConfigsResourceResult,
        incremental_alter_configs_request::{AlterConfigsResource, AlterableConfig},
    },
    protocol::StrBytes,
};

use super::{
    cause::{Cause, WireError},
    client::Client,
    partial::Partial,
    topics::{Mode, explained},
};
use crate::{
    pipeline::Permit,
    topics::{ConfigChange, ConfigEntry, ConfigSource, TopicConfig},
};

/// `ConfigResource.Type.TOPIC` of Kafka.
const TOPIC: i8 = 2;
/// `ConfigResource.Type.BROKER` of Kafka.
const BROKER: i8 = 4;
/// The most topics in one request.
const TOPICS: usize = 2_000;
/// `AlterConfigOp.OpType` of Kafka.
const SET: i8 = 0;
const DELETE: i8 = 1;

fn source_of_code(code: i8) -> ConfigSource {
    match code {
        1 => ConfigSource::Topic,
        2 | 3 => ConfigSource::DynamicBroker,
        4 => ConfigSource::StaticBroker,
        5 => ConfigSource::Default,
        _ => ConfigSource::Other,
    }
}

impl Client {
    /// The configuration of `topics`, all of it or only `keys`. A topic whose configuration may
    /// not be seen, or that does not exist, is among the failures by its name.
    ///
    /// # Errors
    /// No broker answered.
    pub fn topic_configs(
        &mut self,
        topics: &[&str],
        keys: Option<&[&str]>,
    ) -> Result<Partial<HashMap<Arc<str>, TopicConfig>>, WireError> {
        let requests: Vec<_> = topics
            .chunks(TOPICS)
            .map(|topics| describe(topics, keys))
            .collect();
        let answers = self.on_any(|connection| connection.call_all(&requests))?;
        let mut found = Partial::<HashMap<_, _>>::default();
        for result in answers.into_iter().flat_map(|answer| answer.results) {
            let what = format!("the configuration of topic {:?}", &*result.resource_name);
            match explained(result.error_code, result.error_message.as_ref(), &what) {
                Some(cause) => found.fail(&*result.resource_name, cause),
                None => {
                    let entries = result.configs.into_iter();
                    let config = entries.map(|entry| (entry.name.to_string(), entry.into()));
                    let name = Arc::from(&*result.resource_name);
                    found.items.insert(name, config.collect());
                }
            }
        }
        Ok(found)
    }

    /// The effective values of `keys` for `topic`. The right to describe configurations is one
    /// that many users do not have: then the answer is a [`Cause`], not a broken connection.
    ///
    /// # Errors
    /// No broker answered.
    pub fn topic_config(
        &mut self,
        topic: &str,
        keys: &[&str],
    ) -> Result<Result<BTreeMap<String, String>, Cause>, WireError> {
        let mut found = self.topic_configs(&[topic], Some(keys))?;
        if let Some(failure) = found.failures.pop() {
            return Ok(Err(failure.cause));
        }
        let config = found.items.remove(topic).unwrap_or_default();
        Ok(Ok(config
            .into_iter()
            .filter_map(|(key, entry)| Some((key, entry.value?)))
            .collect()))
    }

    /// The value of a broker's property; `None` when the broker does not know it or may not tell.
    ///
    /// # Errors
    /// The broker did not answer.
    pub fn broker_config(&mut self, broker: i32, key: &str) -> Result<Option<String>, WireError> {
        let resource = DescribeConfigsResource::default()
            .with_resource_type(BROKER)
            .with_resource_name(text(&broker.to_string()))
            .with_configuration_keys(Some(vec![text(key)]));
        let request = DescribeConfigsRequest::default().with_resources(vec![resource]);
        let answer = self.on_broker(broker, |connection| connection.call(&request))?;
        let mut configs = answer.results.into_iter().flat_map(|result| result.configs);
        Ok(configs
            .find(|config| &*config.name == key)
            .and_then(|config| config.value)
            .map(|value| value.to_string()))
    }

    /// Changes the configuration of `topic`: all of `changes`, or none of them.
    ///
    /// # Errors
    /// The cluster could not be asked, or refused.
    pub fn alter_topic_config(
        &mut self,
        topic: &str,
        changes: &[ConfigChange],
        _permit: Permit,
    ) -> Result<(), WireError> {
        self.alter(topic, changes, Mode::Do)
    }

    /// Whether [`Client::alter_topic_config`] would be taken; changes nothing.
    ///
    /// # Errors
    /// As it would fail.
    pub fn check_topic_config(
        &mut self,
        topic: &str,
        changes: &[ConfigChange],
    ) -> Result<(), WireError> {
        self.alter(topic, changes, Mode::Check)
    }

    fn alter(
        &mut self,
        topic: &str,
        changes: &[ConfigChange],
        mode: Mode,
    ) -> Result<(), WireError> {
        let request = IncrementalAlterConfigsRequest::default()
            .with_validate_only(mode == Mode::Check)
            .with_resources(vec![
                AlterConfigsResource::default()
                    .with_resource_type(TOPIC)
                    .with_resource_name(text(topic))
                    .with_configs(changes.iter().map(alteration).collect()),
            ]);
        self.on_controller(|connection| {
            let answer = connection.call(&request)?;
            let what = format!("topic {topic:?}");
            let refused = answer.responses.first().and_then(|result| {
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
}

fn describe(topics: &[&str], keys: Option<&[&str]>) -> DescribeConfigsRequest {
    let keys: Option<Vec<_>> = keys.map(|keys| keys.iter().copied().map(text).collect());
    let resources = topics.iter().map(|topic| {
        DescribeConfigsResource::default()
            .with_resource_type(TOPIC)
            .with_resource_name(text(topic))
            .with_configuration_keys(keys.clone())
    });
    DescribeConfigsRequest::default()
        .with_include_synonyms(true)
        .with_resources(resources.collect())
}

fn alteration(change: &ConfigChange) -> AlterableConfig {
    let (operation, value) = match change {
        ConfigChange::Set(_, value) => (SET, Some(text(value))),
        ConfigChange::Unset(_) => (DELETE, None),
    };
    AlterableConfig::default()
        .with_name(text(change.key()))
        .with_config_operation(operation)
        .with_value(value)
}

impl From<DescribeConfigsResourceResult> for ConfigEntry {
    fn from(result: DescribeConfigsResourceResult) -> Self {
        let owned = |value: Option<StrBytes>| value.map(|value| value.to_string());
        let source = source_of_code(result.config_source);
        let value = owned(result.value);
        // Synonyms are what the value is chosen from, strongest first; the value itself leads them.
        let beneath = match source {
            ConfigSource::Topic => result
                .synonyms
                .into_iter()
                .map(|synonym| (owned(synonym.value), source_of_code(synonym.source)))
                .find(|(_, source)| *source != ConfigSource::Topic),
            source => Some((value.clone(), source)),
        };
        Self {
            value,
            source,
            sensitive: result.is_sensitive,
            beneath,
        }
    }
}

fn text(text: &str) -> StrBytes {
    StrBytes::from_string(text.to_owned())
}
