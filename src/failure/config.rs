//! Failures of configuration: profiles, secrets and the trust in a project's file.

use super::Failure;
use crate::{codec::shell, config::ConfigError};

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let failure = Self::usage(error.to_string());
        match error {
            ConfigError::Settings { error, .. } => failure.about_settings(&error),
            ConfigError::UnknownProfile { nearest, .. } => match nearest {
                Some(nearest) => failure.hint(format!("did you mean {nearest:?}?")),
                None => failure.hint("`evctl profile list` shows all profiles"),
            },
            ConfigError::Protected { .. } => failure.hint(
                "give these brokers a profile of their own: evctl profile add NAME -b HOST:PORT",
            ),
            ConfigError::ForeignSecret { .. } => {
                failure.hint("name both in the same file, or give the profile another name")
            }
            ConfigError::Untrusted { .. } => {
                failure.hint("read that file; if you trust it: evctl profile trust")
            }
            ConfigError::UntrustedDefault { name, .. } => failure
                .hint(format!(
                    "{} names the profile here",
                    shell::option("-P", &name)
                ))
                .hint("read that file; if you trust it: evctl profile trust"),
            ConfigError::Interrupted(_, signal) => Self {
                exit: signal.into(),
                ..failure
            },
            ConfigError::Exists { .. } => failure.hint("pass --replace to write it anew"),
            ConfigError::NoHome => failure.hint("pass --project, or set EVCTL_CONFIG"),
            _ => failure,
        }
    }
}
