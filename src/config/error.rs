//! What is wrong with a configuration, and where it stands. Never holds a secret.

use std::{io, path::PathBuf};

use super::{profile::Origin, secret::SecretError};
use crate::{kafka::SettingsError, pipeline::Signal};

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A `-X` without an equals sign; only what can be a property's name is kept of it.
    #[error("-X {0:?} is not KEY=VALUE")]
    NotAPair(String),
    /// A configuration file.
    #[error("{} cannot be read: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// No TOML, or a key that evctl does not know.
    #[error("{}:{line}: {message}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A profile that no file holds.
    #[error("there is no profile {name:?} ({origin})")]
    UnknownProfile {
        /// As given.
        name: String,
        /// Who names it.
        origin: Origin,
        /// What was most likely meant.
        nearest: Option<String>,
    },
    /// A secret that cannot be had.
    #[error("{name:?} ({origin}) cannot be had: {error}")]
    Secret {
        /// The property.
        name: String,
        /// Where it stands.
        origin: Origin,
        /// Why.
        error: SecretError,
    },
    /// A secret in a project's file that the user does not trust.
    #[error(
        "{name:?} ({origin}) comes from {source_kind}, and this project file {}",
        if *.changed { "has changed since it was trusted" } else { "is not trusted" }
    )]
    Untrusted {
        /// The property.
        name: String,
        /// Where it stands.
        origin: Origin,
        /// `a command`, `a file` or `an environment variable`.
        source_kind: &'static str,
        /// Whether it was trusted with another content.
        changed: bool,
    },
    /// A project's file that the user does not trust makes a profile of the user's the default.
    #[error(
        "{origin} makes profile {name:?} of {} the default, and this project file {}",
        path.display(),
        if *.changed { "has changed since it was trusted" } else { "is not trusted" }
    )]
    UntrustedDefault {
        /// The profile.
        name: String,
        /// Where the project's file names it.
        origin: Origin,
        /// The user's file.
        path: PathBuf,
        /// Whether it was trusted with another content.
        changed: bool,
    },
    /// There is no project file to trust.
    #[error("there is no project file {}", path.display())]
    NoProject {
        /// Where it would be.
        path: PathBuf,
    },
    /// A file that needs no trust.
    #[error("EVCTL_CONFIG names {}: a file that is named needs no trust", path.display())]
    NamedIsTrusted {
        /// The file.
        path: PathBuf,
    },
    /// A signal, or the end of `--timeout`, while a file or a secret was waited for.
    #[error("interrupted while waiting for {0}")]
    Interrupted(String, Signal),
    /// An address named outside of a protected profile, whose secret would go to it.
    #[error(
        "profile {profile:?} is protected: its {secret:?} goes to its own {whose} only, not to the {whose} of {origin}"
    )]
    Protected {
        /// The profile.
        profile: String,
        /// A secret in it.
        secret: String,
        /// `brokers` or `registry`.
        whose: &'static str,
        /// Who names the address.
        origin: Origin,
    },
    /// An address, or a protection such as TLS, named by a project's file, with which a secret of
    /// the user's file would be sent.
    #[error("{secret:?} ({secret_origin}) is not {what} another file names ({origin})")]
    ForeignSecret {
        /// A secret in the user's file.
        secret: String,
        /// Where it stands.
        secret_origin: Origin,
        /// `sent to brokers that`, `sent to a registry that` or `sent with "…" that`.
        what: String,
        /// Where the other setting stands.
        origin: Origin,
    },
    /// Properties that do not make a connection.
    #[error("{error}{}", .origin.as_ref().map(|origin| format!(" ({origin})")).unwrap_or_default())]
    Settings {
        /// What is wrong.
        error: SettingsError,
        /// Where the property at fault stands, if one is.
        origin: Option<Origin>,
    },
    /// A profile that is already there.
    #[error("{} already has a profile {name:?}", path.display())]
    Exists {
        /// The profile.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// A file that cannot be written.
    #[error("{} cannot be written: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Neither `XDG_CONFIG_HOME` nor `HOME`.
    #[error("there is no home folder for a configuration file")]
    NoHome,
}
