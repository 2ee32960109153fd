//! Topic configuration: `DescribeConfigs`.

use std::collections::BTreeMap;

use kafka_protocol::{
    messages::{DescribeConfigsRequest, describe_configs_request::DescribeConfigsResource},
    protocol::StrBytes,
};

use super::{
    cause::{Cause, WireError},
    client::Client,
};

/// `ConfigResource.Type.TOPIC` of Kafka.
const TOPIC: i8 = 2;

impl Client {
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
        let resource = DescribeConfigsResource::default()
            .with_resource_type(TOPIC)
            .with_resource_name(StrBytes::from_string(topic.to_owned()))
            .with_configuration_keys(Some(
                keys.iter()
                    .map(|key| StrBytes::from_string((*key).to_owned()))
                    .collect(),
            ));
        let request = DescribeConfigsRequest::default().with_resources(vec![resource]);
        let answer = self.on_any(|connection| connection.call(&request))?;
        let Some(result) = answer.results.into_iter().next() else {
            return Ok(Ok(BTreeMap::new()));
        };
        let what = format!("the configuration of topic {topic:?}");
        if let Some(cause) = Cause::of_code(result.error_code, &what) {
            return Ok(Err(cause));
        }
        Ok(Ok(result
            .configs
            .into_iter()
            .filter_map(|config| Some((config.name.to_string(), config.value?.to_string())))
            .collect()))
    }
}
