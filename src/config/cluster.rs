//! A cluster with everything resolved: what a command connects with.

use std::{collections::BTreeMap, fmt};

use super::{
    ConfigError,
    profile::{Origin, without_passwords},
};
use crate::{
    kafka::{Settings, property::Masked},
    redact::without_password,
    registry,
};

/// A cluster as a profile describes it, with everything resolved.
#[derive(Clone, Default)]
pub struct Cluster {
    /// The profile's name; `None` when everything came from flags or environment.
    pub profile: Option<String>,
    /// Bootstrap brokers as written; empty when none were named anywhere.
    pub brokers: Vec<String>,
    /// The schema registry's address. May hold a password.
    pub registry: Option<String>,
    /// Whether changes need the cluster's name typed.
    pub protected: bool,
    /// The name to type; the profile's name when the profile gives none.
    pub cluster: Option<String>,
    /// librdkafka properties, secrets resolved. Never print a value of a secret one.
    pub properties: BTreeMap<String, String>,
    /// Where each setting stands: `brokers`, `registry`, … and the properties by name.
    pub origins: BTreeMap<String, Origin>,
    /// What the user should be told on stderr before a connection is made.
    pub warnings: Vec<String>,
}

impl Cluster {
    /// The connection's settings.
    ///
    /// # Errors
    /// No brokers; a property that is unknown, refused or wrong, with the place it stands in.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        // Those of the registry are read by whoever connects to it.
        let properties = self.properties.iter();
        let properties = properties
            .filter(|(name, _)| !name.starts_with(registry::PREFIX))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        Settings::from_properties(&self.brokers, &properties).map_err(|error| {
            let name = error.property().unwrap_or("brokers");
            ConfigError::Settings {
                origin: self.origins.get(name).cloned(),
                error,
            }
        })
    }
}

impl fmt::Debug for Cluster {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Cluster")
            .field("profile", &self.profile)
            .field("brokers", &without_passwords(&self.brokers))
            .field("registry", &self.registry.as_deref().map(without_password))
            .field("protected", &self.protected)
            .field("cluster", &self.cluster)
            .field("properties", &Masked(&self.properties))
            .finish_non_exhaustive()
    }
}
