//! A client for schema registries that speak Confluent's REST API: Confluent's own, Karapace,
//! Apicurio (`/apis/ccompat/v7`), Redpanda. Nothing is asked that was not named.

mod answers;
mod cache;
mod client;
mod error;
mod export;
mod http;
mod settings;
mod subjects;
mod verdict;

#[cfg(test)]
pub use self::settings::is_known;
pub use self::{
    answers::{Compatibility, Named, Registered, SubjectVersion, Version},
    client::{Candidate, Registry},
    error::RegistryError,
    settings::{PREFIX, RegistrySettings, is_secret},
    subjects::{SubjectSummary, subject_summaries},
};
