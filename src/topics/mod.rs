//! What is known of topics, and rules about them: configuration, offsets, producers, groups.

mod config;
mod config_risks;
mod group_positions;
mod producer;
mod survey;

pub use config::{ConfigChange, ConfigEntry, ConfigSource, TopicConfig};
pub use config_risks::config_risks;
pub use group_positions::{GroupPositions, UnreadRecords};
pub use producer::{TopicProducer, TransactionStatus};
pub use survey::{CountedRecords, PartitionSurvey, TopicSurvey};
