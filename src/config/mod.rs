//! Where settings come from: flags, environment, project file, user file. The only code that reads
//! the environment.

mod chosen;
mod cluster;
pub mod edit;
pub mod env;
mod error;
mod file;
mod guard;
mod layers;
mod overrides;
mod places;
mod profile;
mod secret;
mod trust;

pub use chosen::Chosen;
pub use cluster::Cluster;
pub use error::ConfigError;
pub use layers::{Config, Scope};
pub use overrides::Overrides;
pub use profile::{Origin, Profile, Setting, Shown, Value, without_passwords};
pub use secret::{SecretError, SecretSource};

use crate::pipeline::Cancel;

/// Resolves the cluster and fetches its secrets: flags win over environment, over project file,
/// over user file. Waiting for a secret ends when `cancel` is raised.
///
/// # Errors
/// Whatever cannot be read or understood, with the place it stands in.
pub fn resolve(overrides: &Overrides, cancel: &Cancel) -> Result<Cluster, ConfigError> {
    Config::load(env::Environment::read(), cancel)?
        .choose(overrides)?
        .resolve(cancel)
}
