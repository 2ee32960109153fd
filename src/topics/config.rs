//! The configuration of a topic, and changes of it.

use std::collections::BTreeMap;

/// A topic's configuration by key.
pub type TopicConfig = BTreeMap<String, ConfigEntry>;

/// Where a value was set (`ConfigEntry.ConfigSource` of Kafka).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfigSource {
    /// For the topic itself.
    Topic,
    /// For one broker or for all, while it runs.
    DynamicBroker,
    /// In a broker's `server.properties`.
    StaticBroker,
    /// Nowhere: Kafka's default.
    Default,
    /// A source that this version of evctl does not know.
    Other,
}

/// One value of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigEntry {
    /// The value; `None` when it is a secret that the broker keeps, or there is none.
    pub value: Option<String>,
    /// Where it was set.
    pub source: ConfigSource,
    /// Whether it is a secret.
    pub sensitive: bool,
    /// The value without the topic's own, and its source; `None` when the broker does not tell.
    pub beneath: Option<(Option<String>, ConfigSource)>,
}

/// A change of a topic's configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConfigChange {
    /// The topic gets this value of its own.
    Set(String, String),
    /// The topic has no value of its own any more.
    Unset(String),
}

impl ConfigChange {
    /// The key that is changed.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Set(key, _) | Self::Unset(key) => key,
        }
    }
}

impl ConfigSource {
    /// Its name: `topic`, `dynamic-broker`, `static-broker`, `default`, `other`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::DynamicBroker => "dynamic-broker",
            Self::StaticBroker => "static-broker",
            Self::Default => "default",
            Self::Other => "other",
        }
    }
}
