//! A profile, or one layer of it: every setting with where it came from. Reads nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
    sync::Arc,
};

use super::secret::SecretSource;
use crate::{
    kafka::property,
    redact::{MASK, without_password},
    registry,
};

/// Where a setting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// An option of the command line.
    Flag(&'static str),
    /// A variable of the environment.
    Variable(&'static str),
    /// A configuration file.
    File {
        /// The file.
        path: Arc<Path>,
        /// The line, from 1.
        line: usize,
    },
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(option) => write!(out, "flag {option}"),
            Self::Variable(name) => out.write_str(name),
            Self::File { path, line } => write!(out, "{}:{line}", path.display()),
        }
    }
}

/// A value and where it stands.
#[derive(Clone)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub origin: Origin,
}

/// The value of a librdkafka property.
#[derive(Clone)]
pub enum Value {
    /// In clear text.
    Text(String),
    /// To be fetched when a connection is made. Never shown, whatever the property.
    Secret(SecretSource),
}

/// The settings of one profile; `None` and absent where nothing is said.
#[derive(Clone, Default)]
pub struct Profile {
    /// `brokers`, or `bootstrap.servers` among the properties
    pub brokers: Option<Setting<Vec<String>>>,
    /// `registry`
    pub registry: Option<Setting<String>>,
    /// `protected`
    pub protected: Option<Setting<bool>>,
    /// `cluster`
    pub cluster: Option<Setting<String>>,
    /// `redact`
    pub redact: Option<Setting<Vec<String>>>,
    /// `[profiles.x.kafka]`, under the names as given
    pub kafka: BTreeMap<String, Setting<Value>>,
}

/// A setting as it may be shown.
#[derive(Debug)]
pub struct Shown<'a> {
    /// `brokers`, `sasl.password`, …
    pub name: &'a str,
    /// The value; `***` for a secret.
    pub value: String,
    /// Whether the value is masked.
    pub secret: bool,
    /// Where it stands, and for a secret where that is to be had.
    pub origin: String,
    /// Whether it is a librdkafka property.
    pub property: bool,
}

impl Profile {
    /// This layer over a weaker one. A property replaces its aliases below. Protection and
    /// redaction can only be added: a project's file must not lift what the user's says.
    #[must_use]
    pub fn over(mut self, weaker: Self) -> Self {
        let lifted = |protected: &Setting<bool>| !protected.value;
        if self.protected.as_ref().is_none_or(lifted)
            && let Some(protected) = weaker.protected
            && (protected.value || self.protected.is_none())
        {
            self.protected = Some(protected);
        }
        self.brokers = self.brokers.or(weaker.brokers);
        self.registry = self.registry.or(weaker.registry);
        self.cluster = self.cluster.or(weaker.cluster);
        self.redact = match (self.redact, weaker.redact) {
            (Some(mut strong), Some(mut weak)) => {
                weak.value.retain(|path| !strong.value.contains(path));
                strong.value.extend(weak.value);
                Some(strong)
            }
            (strong, weak) => strong.or(weak),
        };
        let said: BTreeSet<_> = self
            .kafka
            .keys()
            .map(|name| property::canonical(name).to_owned())
            .collect();
        self.kafka.extend(
            weaker
                .kafka
                .into_iter()
                .filter(|(name, _)| !said.contains(property::canonical(name))),
        );
        self
    }

    /// Sets a property; it replaces its aliases. `bootstrap.servers` are the brokers, unless
    /// those are named beside it.
    pub fn set(&mut self, name: &str, value: Value, origin: Origin) {
        let canonical = property::canonical(name);
        if canonical == "metadata.broker.list"
            && let Value::Text(list) = &value
        {
            self.brokers.get_or_insert_with(|| Setting {
                value: split(list),
                origin,
            });
            return;
        }
        for alias in property::names_of(canonical) {
            self.kafka.remove(alias);
        }
        self.kafka
            .insert(name.to_owned(), Setting { value, origin });
    }

    /// Makes the paths it names absolute: relative ones stand in `folder`, `~/` in `home`.
    pub fn make_paths_absolute(&mut self, folder: &Path, home: Option<&Path>) {
        let absolute = |path: &Path| match (path.strip_prefix("~"), home) {
            (Ok(rest), Some(home)) => home.join(rest),
            _ => folder.join(path),
        };
        for (name, setting) in &mut self.kafka {
            match &mut setting.value {
                Value::Text(path)
                    if name.ends_with(".location") && !["", "probe"].contains(&path.as_str()) =>
                {
                    *path = absolute(Path::new(path)).to_string_lossy().into_owned();
                }
                Value::Secret(SecretSource::File(path)) => *path = absolute(path),
                Value::Text(_) | Value::Secret(_) => {}
            }
        }
    }

    /// The secrets, by name.
    pub fn secrets(&self) -> impl Iterator<Item = (&str, &Setting<Value>)> {
        self.kafka
            .iter()
            .filter(|(name, setting)| match &setting.value {
                Value::Text(_) if name.starts_with(registry::PREFIX) => registry::is_secret(name),
                Value::Text(_) => property::class(name).is_some() && property::is_secret(name),
                Value::Secret(_) => true,
            })
            .map(|(name, setting)| (name.as_str(), setting))
    }

    /// Whether a secret stands here in clear text.
    #[must_use]
    pub fn holds_clear_secret(&self) -> bool {
        self.secrets()
            .any(|(_, setting)| matches!(setting.value, Value::Text(_)))
            || self.login_in_registry().is_some()
    }

    /// Where the registry's address stands, when it holds a password.
    pub(super) fn login_in_registry(&self) -> Option<&Origin> {
        self.registry
            .as_ref()
            .filter(|registry| without_password(&registry.value) != registry.value)
            .map(|registry| &registry.origin)
    }

    /// Every setting, secrets masked: the profile's own first, then the properties by name.
    #[must_use]
    pub fn shown(&self) -> Vec<Shown<'_>> {
        fn own<'a, T>(
            name: &'a str,
            setting: Option<&Setting<T>>,
            show: impl FnOnce(&T) -> String,
        ) -> Option<Shown<'a>> {
            setting.map(|setting| Shown {
                name,
                value: show(&setting.value),
                secret: false,
                origin: setting.origin.to_string(),
                property: false,
            })
        }
        let own = [
            own("brokers", self.brokers.as_ref(), |list| {
                without_passwords(list).join(",")
            }),
            own("registry", self.registry.as_ref(), |url| {
                without_password(url)
            }),
            own("protected", self.protected.as_ref(), bool::to_string),
            own("cluster", self.cluster.as_ref(), String::clone),
            own("redact", self.redact.as_ref(), |list| list.join(",")),
        ];
        let properties = self.kafka.iter().map(|(name, setting)| {
            let (value, secret, origin) = match &setting.value {
                Value::Text(_) if is_masked(name) => {
                    (MASK.to_owned(), true, setting.origin.to_string())
                }
                Value::Text(text) if text.contains("://") => {
                    (without_password(text), false, setting.origin.to_string())
                }
                Value::Text(text) => (text.clone(), false, setting.origin.to_string()),
                Value::Secret(source) => (
                    MASK.to_owned(),
                    true,
                    format!("{} ({source})", setting.origin),
                ),
            };
            Shown {
                name,
                value,
                secret,
                origin,
                property: true,
            }
        });
        own.into_iter().flatten().chain(properties).collect()
    }
}

/// Whether a property's value is never shown; true of a name that does not exist.
fn is_masked(name: &str) -> bool {
    if name.starts_with(registry::PREFIX) {
        registry::is_secret(name)
    } else {
        property::is_secret(name)
    }
}

/// Brokers as they may be shown. A login before one is an error, and may stand in a file still.
#[must_use]
pub fn without_passwords(brokers: &[String]) -> Vec<String> {
    brokers
        .iter()
        .map(|broker| without_password(broker))
        .collect()
}

/// The items of a comma-separated list.
#[must_use]
pub fn split(list: &str) -> Vec<String> {
    list.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(option: &'static str, properties: &[(&str, &str)]) -> Profile {
        let mut profile = Profile::default();
        for (name, value) in properties {
            let value = Value::Text((*value).to_owned());
            profile.set(name, value, Origin::Flag(option));
        }
        profile
    }

    fn shown(profile: &Profile) -> Vec<String> {
        let line = |shown: &Shown<'_>| format!("{}={} {}", shown.name, shown.value, shown.origin);
        profile.shown().iter().map(line).collect()
    }

    #[test]
    fn a_stronger_property_replaces_its_aliases_below() {
        let merged = layer(
            "strong",
            &[("sasl.mechanism", "PLAIN"), ("bootstrap.servers", "a, b")],
        )
        .over(layer(
            "weak",
            &[
                ("sasl.mechanisms", "GSSAPI"),
                ("metadata.broker.list", "c"),
                ("acks", "1"),
            ],
        ));
        assert_eq!(
            shown(&merged),
            [
                "brokers=a,b flag strong",
                "acks=1 flag weak",
                "sasl.mechanism=PLAIN flag strong"
            ]
        );
    }

    #[test]
    fn protection_can_be_added_by_any_layer_and_lifted_by_none() {
        let protected = |value: Option<bool>| Profile {
            protected: value.map(|value| Setting {
                value,
                origin: Origin::Flag("x"),
            }),
            ..Profile::default()
        };
        for (strong, weak, result) in [
            (Some(false), Some(true), Some(true)),
            (Some(true), Some(false), Some(true)),
            (None, Some(false), Some(false)),
            (Some(false), None, Some(false)),
            (None, None, None),
        ] {
            let merged = protected(strong).over(protected(weak));
            assert_eq!(
                merged.protected.map(|p| p.value),
                result,
                "{strong:?} {weak:?}"
            );
        }
    }

    #[test]
    fn redaction_can_be_added_by_any_layer_and_lifted_by_none() {
        let redact = |paths: Option<&[&str]>| Profile {
            redact: paths.map(|paths| Setting {
                value: paths.iter().map(|path| (*path).to_owned()).collect(),
                origin: Origin::Flag("x"),
            }),
            ..Profile::default()
        };
        for (strong, weak, result) in [
            (Some(&[][..]), Some(&["email"][..]), Some(&["email"][..])),
            (Some(&["key"]), Some(&["email"]), Some(&["key", "email"])),
            (Some(&["key"]), Some(&["key"]), Some(&["key"])),
            (None, Some(&["email"]), Some(&["email"])),
            (Some(&["key"]), None, Some(&["key"])),
            (None, None, None),
        ] {
            let merged = redact(strong).over(redact(weak));
            let wanted = redact(result).redact.map(|paths| paths.value);
            assert_eq!(merged.redact.map(|paths| paths.value), wanted);
        }
    }

    #[test]
    fn secrets_and_mistyped_names_are_masked() {
        let profile = layer(
            "-X",
            &[("sasl.password", "hunter2"), ("sasl.pasword", "hunter2")],
        );
        assert_eq!(
            shown(&profile),
            ["sasl.password=*** flag -X", "sasl.pasword=*** flag -X"]
        );
    }
}
