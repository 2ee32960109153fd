//! How a registry is reached: its address, and the properties that Confluent's clients know.

use std::{
    collections::BTreeMap,
    fmt,
    path::PathBuf,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use percent_encoding::percent_decode_str;

use crate::{pipeline::Trace, redact::without_password};

/// What properties for the registry begin with, as in `schema.registry.basic.auth.user.info`.
pub const PREFIX: &str = "schema.registry.";

/// How a registry is reached.
#[derive(Clone)]
pub struct RegistrySettings {
    /// Its address without user and password, path kept, without a slash at the end.
    pub url: String,
    /// Who asks; `None` asks without a name.
    pub credentials: Option<Credentials>,
    /// A PEM file with authorities to trust instead of the system's.
    pub ca: Option<PathBuf>,
    /// PEM files with a certificate and its key, to show who we are.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// How long one question may take, with everything that is tried again.
    pub patience: Duration,
    /// When all questions together must be answered; `None` limits each one alone.
    pub deadline: Option<Instant>,
    /// Who is told of each question.
    pub trace: Trace,
}

/// Who asks.
#[derive(Clone)]
pub enum Credentials {
    /// User and password.
    Basic(String, String),
    /// A token.
    Bearer(String),
}

/// Settings that make no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The address is none; its password is masked.
    #[error("{0:?} is not the address of a schema registry: http://host:port or https://host:port")]
    Url(String),
    /// A property that evctl does not know.
    #[error("unknown property {name:?}: for the registry there are {known}")]
    Unknown {
        /// Its name.
        name: String,
        /// Those that there are.
        known: String,
    },
    /// A property whose value cannot be used.
    #[error("property {name:?}: {reason}")]
    Bad {
        /// Its name.
        name: &'static str,
        /// Why.
        reason: String,
    },
}

const KNOWN: [&str; 5] = [
    "schema.registry.basic.auth.user.info",
    "schema.registry.bearer.auth.token",
    "schema.registry.ssl.ca.location",
    "schema.registry.ssl.certificate.location",
    "schema.registry.ssl.key.location",
];

/// Whether a property for the registry is never shown; true of a name that does not exist, which
/// may be a mistyped one.
#[must_use]
pub fn is_secret(property: &str) -> bool {
    !KNOWN[2..].contains(&property)
}

/// Whether there is such a property for the registry.
#[cfg(test)]
pub fn is_known(property: &str) -> bool {
    KNOWN.contains(&property)
}

impl RegistrySettings {
    /// Reads an address and the properties that begin with `schema.registry.`; others are left
    /// alone. A user in the address counts when no property names one.
    ///
    /// # Errors
    /// An address that is none, an unknown property, one half of a pair.
    pub fn from_properties(
        url: &str,
        properties: &BTreeMap<String, String>,
        patience: Duration,
    ) -> Result<Self, SettingsError> {
        let ours = properties
            .range(PREFIX.to_owned()..)
            .take_while(|(name, _)| name.starts_with(PREFIX));
        for (name, _) in ours {
            if !KNOWN.contains(&name.as_str()) {
                return Err(SettingsError::Unknown {
                    name: name.clone(),
                    known: KNOWN.join(", "),
                });
            }
        }
        let (url, user) = split(url)?;
        let [info, token, ca, certificate, key] = KNOWN.map(|name| properties.get(name));
        let credentials = match (info, token) {
            (Some(info), _) => Some(basic(info).ok_or_else(|| SettingsError::Bad {
                name: KNOWN[0],
                reason: "it has to be user:password".to_owned(),
            })?),
            (None, Some(token)) => Some(Credentials::Bearer(token.clone())),
            (None, None) => user,
        };
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some((certificate.into(), key.into())),
            (None, None) => None,
            _ => {
                return Err(SettingsError::Bad {
                    name: KNOWN[3],
                    reason: format!("it goes with {:?}, both or none", KNOWN[4]),
                });
            }
        };
        Ok(Self {
            url,
            credentials,
            ca: ca.map(PathBuf::from),
            identity,
            patience,
            deadline: None,
            trace: Trace::default(),
        })
    }
}

impl Credentials {
    /// The value of the header `Authorization`.
    pub(super) fn header(&self) -> String {
        match self {
            Self::Basic(user, password) => {
                format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
            }
            Self::Bearer(token) => format!("Bearer {token}"),
        }
    }
}

/// The address without its user, and the user.
fn split(url: &str) -> Result<(String, Option<Credentials>), SettingsError> {
    let wrong = || SettingsError::Url(without_password(url));
    let (scheme, rest) = url.trim().split_once("://").ok_or_else(wrong)?;
    if !matches!(scheme, "http" | "https") {
        return Err(wrong());
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (basic(&percent_decode_str(user).decode_utf8_lossy()), host),
        None => (None, authority),
    };
    let strange = |symbol: char| symbol.is_whitespace() || matches!(symbol, '?' | '#');
    if host.is_empty() || host.contains(strange) || !has_a_port(host) {
        return Err(wrong());
    }
    // A password with a slash that is not encoded: its rest would be shown as a path. A query would
    // stand before the path of each question.
    if path.contains(['@', '?', '#']) {
        return Err(wrong());
    }
    Ok((
        format!("{scheme}://{host}{}", path.trim_end_matches('/')),
        user,
    ))
}

/// Whether what follows the name of a host, if anything does, is a port.
fn has_a_port(host: &str) -> bool {
    let after_name = match host.rsplit_once(']') {
        Some((_, rest)) => rest,
        None => host.find(':').map_or("", |colon| &host[colon..]),
    };
    after_name
        .strip_prefix(':')
        .map_or(after_name.is_empty(), |port| port.parse::<u16>().is_ok())
}

fn basic(info: &str) -> Option<Credentials> {
    let (user, password) = info.split_once(':')?;
    Some(Credentials::Basic(user.to_owned(), password.to_owned()))
}

impl fmt::Debug for RegistrySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegistrySettings")
            .field("url", &self.url)
            .field("credentials", &self.credentials.as_ref().map(|_| "…"))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(url: &str, properties: &[(&str, &str)]) -> Result<RegistrySettings, SettingsError> {
        let properties = properties
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        RegistrySettings::from_properties(url, &properties.collect(), Duration::from_secs(1))
    }

    #[test]
    fn a_user_in_the_address_is_taken_out_of_it() {
        let found = settings("https://me:p%40ss@host:81/apis/ccompat/v7/", &[]).unwrap();
        assert_eq!(found.url, "https://host:81/apis/ccompat/v7");
        assert_eq!(found.credentials.unwrap().header(), "Basic bWU6cEBzcw==");
    }

    #[test]
    fn properties_say_who_asks() {
        let token = settings("http://h", &[("schema.registry.bearer.auth.token", "t")]).unwrap();
        assert_eq!(token.credentials.unwrap().header(), "Bearer t");
        let user = settings(
            "http://a:b@h",
            &[("schema.registry.basic.auth.user.info", "c:d")],
        );
        assert_eq!(user.unwrap().credentials.unwrap().header(), "Basic Yzpk");
    }

    #[test]
    fn an_error_about_an_address_never_holds_its_password() {
        for url in [
            "htps://me:hunter2@host",
            "http:/me:hunter2@host",
            "me:hunter2@host",
            "https://me:hunter2@",
            "https://me:hunter2@host:port",
            "https://me:7/hunter2@host",
            "https://me:hun/ter2hunter2@host",
            "http://host:81/?key=hunter2",
            "http://host?token=hunter2",
            "host:81/#hunter2",
        ] {
            let error = settings(url, &[]).unwrap_err().to_string();
            assert!(!error.contains("hunter2"), "{error}");
            assert!(error.contains("***"), "{error}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for url in [
            "registry:8081",
            "ftp://h",
            "http://",
            "http://a b",
            "http://h:x",
        ] {
            assert_eq!(
                settings(url, &[]).unwrap_err(),
                SettingsError::Url(url.to_owned())
            );
        }
        for url in [
            "http://h",
            "http://h:81/x",
            "http://[::1]",
            "http://[::1]:81",
        ] {
            assert_eq!(settings(url, &[]).unwrap().url, url);
        }
        let unknown = settings("http://h", &[("schema.registry.basic.user", "x")]).unwrap_err();
        assert!(
            unknown
                .to_string()
                .contains("schema.registry.bearer.auth.token")
        );
        assert!(settings("http://h", &[("schema.registry.ssl.key.location", "k")]).is_err());
        assert!(settings("http://h", &[("schema.registry.basic.auth.user.info", "k")]).is_err());
    }
}
