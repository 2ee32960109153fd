//! Properties as given, looked up by type: what a value must be, and the error that names the
//! property when it is not. Never shows the value of a secret.

use std::{collections::BTreeMap, io, ops::RangeInclusive, path::PathBuf, time::Duration};

use super::{
    bootstrap::BadBroker,
    java_property::{self, Instead},
    property::{self, Class, Refusal},
};
use crate::redact::without_password;

/// Properties that do not make a connection.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// Neither option, environment nor profile names a broker.
    #[error("no brokers are named")]
    NoBrokers,
    /// A broker that cannot be understood.
    #[error(transparent)]
    Broker(#[from] BadBroker),
    /// librdkafka has no such property.
    #[error("{name:?} is not a librdkafka property")]
    Unknown {
        /// As given.
        name: String,
        /// What was most likely meant.
        nearest: Option<&'static str>,
    },
    /// A property of the Java clients, which librdkafka does not have.
    #[error("{name:?} is a property of the Java clients, not of librdkafka")]
    Java {
        /// As given.
        name: String,
        /// What takes its place.
        instead: Instead,
    },
    /// A property, or a value of it, that evctl does not keep.
    #[error("{name:?} cannot be used: {refusal}")]
    Refused {
        /// As given.
        name: String,
        /// Why.
        refusal: Refusal,
    },
    /// Two names of one property, with different values.
    #[error("{first:?} and {second:?} are the same property and differ")]
    Twice {
        /// One name.
        first: String,
        /// The other.
        second: String,
    },
    /// A value of the wrong kind.
    #[error("{name:?} is {value:?}, which is not {expected}")]
    Value {
        /// As given.
        name: String,
        /// As given, a password in an address masked; no secret has a kind to miss.
        value: String,
        /// What it may be.
        expected: String,
    },
    /// A property that others need.
    #[error("{name:?} is not set, and {because} needs it")]
    Missing {
        /// The property.
        name: &'static str,
        /// Who needs it.
        because: String,
    },
    /// SASL or TLS settings that the protocol leaves unused: a connection without the
    /// authentication or encryption that was meant.
    #[error("{name:?} has no effect while security.protocol is {protocol}")]
    WithoutEffect {
        /// As given.
        name: String,
        /// The protocol in force.
        protocol: &'static str,
        /// A protocol that uses it.
        wanted: &'static str,
    },
    /// The scheme before the brokers says otherwise than the property.
    #[error("the brokers are written with {scheme}://, but security.protocol is {protocol}")]
    Scheme {
        /// What stands before the brokers.
        scheme: &'static str,
        /// What the property says.
        protocol: &'static str,
    },
    /// A file that a property names.
    #[error("{name:?} names {path:?}, which cannot be read: {error}")]
    File {
        /// As given.
        name: String,
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// Something else than PEM, DER for instance.
    #[error("{name:?} holds no PEM text")]
    NotPem {
        /// As given.
        name: String,
    },
}

impl SettingsError {
    /// The property at fault, as given; `None` when it is the brokers.
    #[must_use]
    pub fn property(&self) -> Option<&str> {
        match self {
            Self::NoBrokers | Self::Broker(_) => None,
            Self::Missing { name, .. } => Some(name),
            Self::Scheme { .. } => Some("security.protocol"),
            Self::Unknown { name, .. }
            | Self::Java { name, .. }
            | Self::Refused { name, .. }
            | Self::Twice { first: name, .. }
            | Self::Value { name, .. }
            | Self::WithoutEffect { name, .. }
            | Self::File { name, .. }
            | Self::NotPem { name } => Some(name),
        }
    }
}

/// Properties under their canonical names, with the name they were given. An empty value means
/// librdkafka's default, as there.
pub(super) struct Given<'a>(BTreeMap<&'a str, (&'a str, &'a str)>);

impl<'a> Given<'a> {
    /// Checks the names; values are checked when they are asked for.
    pub(super) fn new(properties: &'a BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let mut given: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        for (name, value) in properties {
            match property::class(name) {
                None => {
                    if let Some(instead) = java_property::instead(name) {
                        let name = name.clone();
                        return Err(SettingsError::Java { name, instead });
                    }
                    return Err(SettingsError::Unknown {
                        name: name.clone(),
                        nearest: property::nearest_property(name),
                    });
                }
                Some(Class::Refused(refusal)) if !value.is_empty() => {
                    return Err(refused(name, refusal));
                }
                Some(_) if value.is_empty() => continue,
                Some(_) => {}
            }
            let canonical = property::canonical(name);
            if let Some((first, other)) = given.insert(canonical, (name, value))
                && other != value
            {
                return Err(SettingsError::Twice {
                    first: first.to_owned(),
                    second: name.clone(),
                });
            }
        }
        Ok(Self(given))
    }

    /// The value, if one is given.
    pub(super) fn text(&self, name: &str) -> Option<&'a str> {
        self.entry(name).map(|(_, value)| value)
    }

    /// The name as given and the value.
    pub(super) fn entry(&self, name: &str) -> Option<(&'a str, &'a str)> {
        self.0.get(property::canonical(name)).copied()
    }

    /// The name as given and the value, which `because` needs.
    pub(super) fn required(
        &self,
        name: &'static str,
        because: &str,
    ) -> Result<(&'a str, &'a str), SettingsError> {
        self.entry(name).ok_or_else(|| SettingsError::Missing {
            name,
            because: because.to_owned(),
        })
    }

    /// A number in librdkafka's range.
    pub(super) fn number(
        &self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, SettingsError> {
        self.read(
            name,
            |value| value.parse().ok().filter(|n| range.contains(n)),
            || format!("a number from {} to {}", range.start(), range.end()),
        )
    }

    /// A number of milliseconds in librdkafka's range.
    pub(super) fn milliseconds(
        &self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<Duration>, SettingsError> {
        let number = self.number(name, range)?;
        Ok(number.map(|number| Duration::from_millis(number.into())))
    }

    /// `true` or `false`, in librdkafka's spellings.
    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, SettingsError> {
        self.read(
            name,
            |value| match value.to_ascii_lowercase().as_str() {
                "true" | "t" | "1" => Some(true),
                "false" | "f" | "0" => Some(false),
                _ => None,
            },
            || "true or false".to_owned(),
        )
    }

    /// One of a few words, whatever their case.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>, SettingsError> {
        self.read(
            name,
            |value| {
                let same = |(word, _): &&(&str, T)| word.eq_ignore_ascii_case(value);
                choices.iter().find(same).map(|&(_, choice)| choice)
            },
            || {
                let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
                format!("one of {}", words.join(", "))
            },
        )
    }

    fn read<T>(
        &self,
        name: &str,
        parse: impl FnOnce(&str) -> Option<T>,
        expected: impl FnOnce() -> String,
    ) -> Result<Option<T>, SettingsError> {
        let Some((name, value)) = self.entry(name) else {
            return Ok(None);
        };
        match parse(value.trim()) {
            Some(read) => Ok(Some(read)),
            None => Err(SettingsError::Value {
                name: name.to_owned(),
                value: without_password(value),
                expected: expected(),
            }),
        }
    }
}

/// The error of a property that evctl does not keep.
pub(super) fn refused(name: &str, refusal: Refusal) -> SettingsError {
    SettingsError::Refused {
        name: name.to_owned(),
        refusal,
    }
}
