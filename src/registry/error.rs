//! What a registry does not do, and why.

use super::{Version, settings::SettingsError};

/// A question that a registry did not answer.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// How it is to be reached makes no sense.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// There was no answer in time.
    #[error("schema registry {url}: {reason}")]
    Unreachable {
        /// Its address, without a password.
        url: String,
        /// Why, in plain words.
        reason: String,
    },
    /// It wants to know who asks, or does not like who does: status 401 or 403.
    #[error("schema registry {url}: not allowed (status {status}){}", said(.message))]
    Denied {
        /// Its address.
        url: String,
        /// 401 or 403.
        status: u16,
        /// In its words; may be empty.
        message: String,
    },
    /// It has no such thing: status 404.
    #[error("{message}")]
    NotFound {
        /// The registry's code: 40401 subject, 40402 version, 40403 schema; 404 where it says none.
        code: i64,
        /// In its words.
        message: String,
    },
    /// It does not take the schema: status 409 or 422.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The registry's code.
        code: i64,
        /// In its words.
        message: String,
    },
    /// A schema leads to more others than are followed.
    #[error(
        "schema registry {url}: one schema leads to more than {most} others, the most that are \
         followed; the next one is {name:?}, subject {subject:?}, version {version}"
    )]
    References {
        /// Its address.
        url: String,
        /// How many are followed.
        most: usize,
        /// What the first one too many is called where it is referred to.
        name: String,
        /// Its subject.
        subject: String,
        /// Its version.
        version: Version,
    },
    /// It answered with something else.
    #[error("schema registry {url}: status {status} for {path}{}", said(.message))]
    Odd {
        /// Its address.
        url: String,
        /// What was asked for.
        path: String,
        /// The HTTP status.
        status: u16,
        /// What it said.
        message: String,
    },
}

fn said(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(": {message}")
    }
}
