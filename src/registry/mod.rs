//! A client for schema registries that speak Confluent's REST API: Confluent's own, Karapace,
//! Apicurio (`/apis/ccompat/v7`), Redpanda. Nothing is asked that was not named.

mod answers;
mod cache;
mod client;
mod error;
mod http;
mod settings;

#[cfg(test)]
pub use self::settings::is_known;
pub use self::{
    answers::{Compatibility, Named, Registered, SubjectVersion, Version},
    client::{Candidate, Registry},
    error::RegistryError,
    settings::{PREFIX, RegistrySettings, is_secret},
};
