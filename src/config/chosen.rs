//! A profile chosen and merged, and the cluster it becomes.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use super::{
    Cluster, ConfigError, guard,
    profile::{Origin, Profile, Setting, Value},
    secret::SecretError,
    trust::Trust,
};
use crate::pipeline::Cancel;

/// A profile chosen, all layers merged, no secret fetched.
pub struct Chosen {
    /// The profile's name and who chose it; `None` when nobody did.
    pub name: Option<Setting<String>>,
    /// Its settings.
    pub profile: Profile,
    pub(super) warnings: Vec<String>,
    /// The user's file, when the profile stands in it and only the project's file chose it.
    pub(super) users_by_project: Option<Arc<Path>>,
    /// The project's file, and whether it may fetch secrets.
    pub(super) project: Option<(Arc<Path>, Trust)>,
}

impl Chosen {
    /// Applies the rules about secrets, then fetches them; `cancel` ends the wait for one.
    ///
    /// # Errors
    /// A secret that would go where it must not, that an untrusted project file fetches, or that
    /// cannot be had; a profile of the user's that an untrusted project file chose.
    pub fn resolve(self, cancel: &Cancel) -> Result<Cluster, ConfigError> {
        let Self {
            name,
            profile,
            mut warnings,
            users_by_project,
            project,
        } = self;
        if let (Some(file), Some((_, trust)), Some(name)) = (users_by_project, &project, &name) {
            trust.check_default(name, &file)?;
        }
        let name = name.map(|name| name.value);
        let project_file = project.as_ref().map(|(path, _)| &**path);
        warnings.extend(guard::check(name.as_deref(), &profile, project_file)?);
        if let Some((project, trust)) = &project {
            trust.check(&profile, project)?;
        }
        let mut origins = BTreeMap::new();
        let mut properties = BTreeMap::new();
        for (name, setting) in profile.kafka {
            let value = match setting.value {
                Value::Text(text) => text,
                Value::Secret(source) => source.fetch(cancel).map_err(|error| match error {
                    SecretError::Interrupted(signal) => {
                        ConfigError::Interrupted(format!("{name:?} ({})", setting.origin), signal)
                    }
                    error => ConfigError::Secret {
                        name: name.clone(),
                        origin: setting.origin.clone(),
                        error,
                    },
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
