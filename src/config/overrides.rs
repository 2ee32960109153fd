//! What the command line says, as the strongest layer.

use super::{
    ConfigError,
    profile::{Origin, Profile, Setting, Value, split},
};

/// What the command line says about the cluster.
#[derive(Clone, Default)]
pub struct Overrides {
    /// `--profile`
    pub profile: Option<String>,
    /// `--brokers`
    pub brokers: Option<String>,
    /// `--registry`
    pub registry: Option<String>,
    /// `-X key=value`, as typed. May hold secrets.
    pub properties: Vec<String>,
}

impl Overrides {
    /// What was typed, as the strongest layer.
    ///
    /// # Errors
    /// A `-X` without an equals sign.
    pub fn layer(&self) -> Result<Profile, ConfigError> {
        let flag = |value: &String, option| Setting {
            value: value.clone(),
            origin: Origin::Flag(option),
        };
        let mut layer = Profile {
            brokers: self.brokers.as_ref().map(|list| Setting {
                value: split(list),
                origin: Origin::Flag("-b"),
            }),
            registry: self.registry.as_ref().map(|url| flag(url, "--registry")),
            ..Profile::default()
        };
        for pair in &self.properties {
            let (name, value) = pair.split_once('=').ok_or_else(|| {
                let letters = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
                ConfigError::NotAPair(pair.chars().take_while(|c| letters(*c)).collect())
            })?;
            let value = Value::Text(value.to_owned());
            layer.set(name.trim(), value, Origin::Flag("-X"));
        }
        Ok(layer)
    }
}
