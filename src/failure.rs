//! A failure as the user sees it: what happened, why, and what to type next.
//!
//! Errors of the floors below are short fragments without advice; all advice is written here, so
//! that it can be reviewed in one place.

use std::fmt;

use crate::{
    config::ConfigError,
    exit::Exit,
    kafka::{SettingsError, property::Refusal},
    pipeline::{Fault, Refused},
};

/// What a command ends with when it does not end well.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened, one line, lower case, no full stop.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to type next.
    pub hints: Vec<String>,
}

impl Failure {
    /// A failure with nothing but a message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// Wrong usage or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Adds why it happened.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let failure = Self::new(Exit::Refused, "refused, nothing was written").cause(&refused);
        match refused {
            Refused::NoTerminal => failure.hint("pass --yes to do it without a question"),
            Refused::ClusterNotNamed(name) => failure.hint(format!("pass --yes --cluster {name}")),
            Refused::Declined => failure,
        }
    }
}

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
            ConfigError::ForeignSecret { .. } => failure
                .hint("name brokers and secret in the same file, or give the profile another name"),
            ConfigError::Exists { .. } => failure.hint("pass --replace to write it anew"),
            ConfigError::NoHome => failure.hint("pass --project, or set EVCTL_CONFIG"),
            _ => failure,
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::usage(error.to_string()).about_settings(&error)
    }
}

impl Failure {
    fn about_settings(self, error: &SettingsError) -> Self {
        let hint = match error {
            SettingsError::NoBrokers => {
                "name some: -b HOST:PORT, a profile with -P NAME, or `evctl sandbox start`"
            }
            SettingsError::Unknown {
                nearest: Some(nearest),
                ..
            } => return self.hint(format!("did you mean {nearest:?}?")),
            SettingsError::WithoutEffect { wanted, .. } => {
                return self.hint(format!("set security.protocol to {wanted}"));
            }
            SettingsError::Refused { refusal, .. } => match refusal {
                Refusal::Kerberos => "use SCRAM, PLAIN or client certificates",
                Refusal::OauthBearer => "for now use SCRAM, PLAIN or client certificates",
                Refusal::Keystore => {
                    "convert it to PEM and name ssl.key.location and ssl.certificate.location: \
                     openssl pkcs12 -in STORE.p12 -nodes -out client.pem (a JKS first: keytool \
                     -importkeystore -srckeystore STORE.jks -destkeystore STORE.p12 -deststoretype \
                     pkcs12)"
                }
                Refusal::EncryptedKey => {
                    "decrypt it: openssl pkey -in KEY.pem -out CLEAR.pem && chmod 600 CLEAR.pem"
                }
                Refusal::Transactional
                | Refusal::TlsChoice
                | Refusal::Plugin
                | Refusal::Program => "leave it out",
            },
            _ => return self,
        };
        self.hint(hint)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let fault = match fault.downcast::<Failure>() {
            Ok(failure) => return *failure,
            Err(fault) => fault,
        };
        let mut failure = Self::new(Exit::Partial, fault.to_string());
        let mut source = fault.source();
        while let Some(error) = source {
            failure = failure.cause(error);
            source = error.source();
        }
        failure
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}
