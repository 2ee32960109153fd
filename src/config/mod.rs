//! Where settings come from: flags, environment, project file, user file. The only code that reads
//! the environment.

pub mod env;

use std::collections::BTreeMap;

/// A cluster as a profile describes it, with everything resolved.
#[derive(Clone, Debug, Default)]
pub struct Cluster {
    /// The profile's name; `None` when everything came from flags or environment.
    pub profile: Option<String>,
    /// Bootstrap brokers, `host:port` each; empty when none were named anywhere.
    pub brokers: Vec<String>,
    /// The schema registry's address.
    pub registry: Option<String>,
    /// Whether changes need the cluster's name typed.
    pub protected: bool,
    /// The name to type; the profile's name when the profile gives none.
    pub cluster: Option<String>,
    /// Paths that are masked in what evctl prints.
    pub redact: Vec<String>,
    /// librdkafka properties, secrets resolved. Never print a value of a secret one.
    pub properties: BTreeMap<String, String>,
}

/// What the command line says about the cluster.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--profile`
    pub profile: Option<String>,
    /// `--brokers`
    pub brokers: Option<String>,
    /// `--registry`
    pub registry: Option<String>,
    /// `-X key=value`, as typed
    pub properties: Vec<String>,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A `-X` without an equals sign.
    #[error("-X {0:?} is not KEY=VALUE")]
    NotAPair(String),
}

/// Resolves the cluster: flags win over environment, over project file, over user file.
///
/// # Errors
/// Whatever cannot be read or understood, with the place it stands in.
pub fn resolve(overrides: &Overrides) -> Result<Cluster, ConfigError> {
    let mut properties = BTreeMap::new();
    for pair in &overrides.properties {
        let (key, value) = pair
            .split_once('=')
            .ok_or_else(|| ConfigError::NotAPair(pair.clone()))?;
        properties.insert(key.to_owned(), value.to_owned());
    }
    let brokers = overrides
        .brokers
        .clone()
        .or_else(|| env::variable("EVCTL_BROKERS"));
    Ok(Cluster {
        brokers: brokers
            .map(|list| list.split(',').map(str::to_owned).collect())
            .unwrap_or_default(),
        properties,
        ..Cluster::default()
    })
}
