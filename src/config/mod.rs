//! Where settings come from: flags, environment, project file, user file. The only code that reads
//! the environment.

mod cluster;
pub mod edit;
pub mod env;
mod error;
mod file;
mod places;
mod profile;
mod resolve;
mod secret;

pub use cluster::Cluster;
pub use error::ConfigError;
pub use profile::{Origin, Profile, Setting, Shown, Value, without_password};
pub use resolve::{Chosen, Config, Overrides, Scope};
pub use secret::{SecretError, SecretSource};

/// Resolves the cluster and fetches its secrets: flags win over environment, over project file,
/// over user file.
///
/// # Errors
/// Whatever cannot be read or understood, with the place it stands in.
pub fn resolve(overrides: &Overrides) -> Result<Cluster, ConfigError> {
    Config::load(env::Environment::read())?
        .choose(overrides)?
        .resolve()
}
