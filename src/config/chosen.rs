//! A profile chosen and merged; where its secrets may go; and the cluster it becomes.

use std::collections::BTreeMap;

use super::{
    Cluster, ConfigError,
    profile::{Origin, Profile, Setting, Value},
};

/// A profile chosen, all layers merged, no secret fetched.
pub struct Chosen {
    /// The profile's name and who chose it; `None` when nobody did.
    pub name: Option<Setting<String>>,
    /// Its settings.
    pub profile: Profile,
    pub(super) warnings: Vec<String>,
}

impl Chosen {
    /// Applies the rules about secrets, then fetches them.
    ///
    /// # Errors
    /// A secret that would go where it must not, or that cannot be had.
    pub fn resolve(self) -> Result<Cluster, ConfigError> {
        let Self {
            name,
            profile,
            mut warnings,
        } = self;
        let name = name.map(|name| name.value);
        warnings.extend(guard(name.as_deref(), &profile)?);
        let mut origins = BTreeMap::new();
        let mut properties = BTreeMap::new();
        for (name, setting) in profile.kafka {
            let value = match setting.value {
                Value::Text(text) => text,
                Value::Secret(source) => source.fetch().map_err(|error| ConfigError::Secret {
                    name: name.clone(),
                    origin: setting.origin.clone(),
                    error,
                })?,
            };
            origins.insert(name.clone(), setting.origin);
            properties.insert(name, value);
        }
        Ok(Cluster {
            brokers: placed(&mut origins, "brokers", profile.brokers).unwrap_or_default(),
            registry: placed(&mut origins, "registry", profile.registry),
            protected: placed(&mut origins, "protected", profile.protected).unwrap_or(false),
            cluster: placed(&mut origins, "cluster", profile.cluster).or_else(|| name.clone()),
            redact: placed(&mut origins, "redact", profile.redact).unwrap_or_default(),
            profile: name,
            properties,
            origins,
            warnings,
        })
    }
}

/// The value of `setting`, its origin noted under `name`.
fn placed<T>(
    origins: &mut BTreeMap<String, Origin>,
    name: &str,
    setting: Option<Setting<T>>,
) -> Option<T> {
    let Setting { value, origin } = setting?;
    origins.insert(name.to_owned(), origin);
    Some(value)
}

/// Where secrets of a profile may go. Brokers named by a flag or by the environment beside a
/// profile with secrets are refused when it is protected, and said otherwise. A file's secrets go
/// to brokers of the same file only: a project's file comes with whatever repository one stands
/// in, and must not draw the user's passwords to its brokers.
fn guard(name: Option<&str>, profile: &Profile) -> Result<Option<String>, ConfigError> {
    let Some(Setting {
        origin: brokers, ..
    }) = &profile.brokers
    else {
        return Ok(None);
    };
    let foreign = profile
        .secrets()
        .find_map(|(name, secret)| match (&secret.origin, brokers) {
            (Origin::File { path, .. }, Origin::File { path: other, .. }) if path == other => None,
            (origin @ Origin::File { .. }, _) => Some((name.to_owned(), origin.clone())),
            _ => None,
        });
    let Some((secret, secret_origin)) = foreign else {
        return Ok(None);
    };
    let origin = brokers.clone();
    if matches!(origin, Origin::File { .. }) {
        return Err(ConfigError::ForeignSecret {
            secret,
            secret_origin,
            origin,
        });
    }
    if profile
        .protected
        .as_ref()
        .is_some_and(|protected| protected.value)
    {
        let profile = name.unwrap_or_default().to_owned();
        return Err(ConfigError::Protected {
            profile,
            secret,
            origin,
        });
    }
    Ok(Some(format!(
        "the brokers of {origin} are sent {secret:?} of {secret_origin}"
    )))
}
