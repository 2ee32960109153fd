//! Topics and their partitions by librdkafka's own metadata.

use std::time::Duration;

use rdkafka::{
    ClientConfig,
    producer::{BaseProducer, Producer as _},
};

use crate::kafka::Settings;

/// Every topic with the partitions that have a leader, and how many it has in all.
///
/// # Errors
/// In librdkafka's words.
pub fn probe(
    settings: &Settings,
    timeout: Duration,
) -> Result<Vec<(String, i32, Vec<i32>)>, String> {
    let mut config = ClientConfig::new();
    for (name, value) in &settings.properties {
        config.set(name, value);
    }
    config.set("bootstrap.servers", settings.brokers.join(","));
    let producer: BaseProducer = config.create().map_err(|error| error.to_string())?;
    let metadata = producer
        .client()
        .fetch_metadata(None, timeout)
        .map_err(|error| error.to_string())?;
    Ok(metadata
        .topics()
        .iter()
        .map(|topic| {
            let partitions = topic.partitions();
            let led = partitions
                .iter()
                .filter(|partition| partition.leader() >= 0);
            (
                topic.name().to_owned(),
                i32::try_from(partitions.len()).unwrap_or(i32::MAX),
                led.map(rdkafka::metadata::MetadataPartition::id).collect(),
            )
        })
        .collect())
}
