//! Where the secrets of a profile may go. A project's file comes with whatever repository the
//! working directory is in: it must not draw the user's passwords to its own addresses.

use std::path::Path;

use super::{
    ConfigError,
    profile::{Origin, Profile},
};
use crate::{kafka::property, registry};

/// Who is sent a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Recipient {
    Brokers,
    Registry,
}

/// A setting that decides where a secret goes, or how it is protected on its way.
struct Route<'a> {
    name: &'a str,
    origin: &'a Origin,
    is_address: bool,
}

impl Recipient {
    const ALL: [Self; 2] = [Self::Brokers, Self::Registry];

    /// The recipient of a property's value.
    fn of(property: &str) -> Self {
        if property.starts_with(registry::PREFIX) {
            Self::Registry
        } else {
            Self::Brokers
        }
    }

    /// Whether `property` names the brokers.
    fn is_address(property: &str) -> bool {
        property::canonical(property) == "metadata.broker.list"
    }

    /// Whether `property` decides how a secret is protected: a password goes in the clear without
    /// TLS, and by the mechanism PLAIN; a server that nobody checks may be anybody's.
    fn is_protection(property: &str) -> bool {
        matches!(
            property::canonical(property),
            "security.protocol"
                | "sasl.mechanisms"
                | "ssl.ca.location"
                | "ssl.ca.pem"
                | "ssl.endpoint.identification.algorithm"
                | "enable.ssl.certificate.verification"
                | "schema.registry.ssl.ca.location"
        )
    }

    fn routes(self, profile: &Profile) -> Vec<Route<'_>> {
        let address = match self {
            Self::Brokers => profile.brokers.as_ref().map(|setting| &setting.origin),
            Self::Registry => profile.registry.as_ref().map(|setting| &setting.origin),
        };
        let address = address.map(|origin| Route {
            name: self.name(),
            origin,
            is_address: true,
        });
        let properties = profile
            .kafka
            .iter()
            .filter(|(name, _)| Self::of(name) == self)
            .filter(|(name, _)| Self::is_address(name) || Self::is_protection(name))
            .map(|(name, setting)| Route {
                name,
                origin: &setting.origin,
                is_address: Self::is_address(name),
            });
        address.into_iter().chain(properties).collect()
    }

    /// The secrets for this recipient, private keys included.
    fn secrets(self, profile: &Profile) -> Vec<(&str, &Origin)> {
        let keys = profile
            .kafka
            .iter()
            .filter(|(name, _)| name.ends_with("ssl.key.location"));
        let mut secrets: Vec<_> = profile
            .secrets()
            .chain(keys.map(|(name, setting)| (name.as_str(), setting)))
            .filter(|(name, _)| Self::of(name) == self)
            .map(|(name, setting)| (name, &setting.origin))
            .collect();
        if self == Self::Registry
            && let Some(origin) = profile.login_in_registry()
        {
            secrets.push(("registry", origin));
        }
        secrets
    }

    fn name(self) -> &'static str {
        match self {
            Self::Brokers => "brokers",
            Self::Registry => "registry",
        }
    }
}

/// Checks that each secret of a file goes to addresses of that file only. `project` is the
/// project's file, which may not weaken the protection of other files' secrets either. Addresses of
/// a flag or of the environment are refused in a protected profile; elsewhere they give a warning.
///
/// # Errors
/// A secret that would go elsewhere.
pub(super) fn check(
    name: Option<&str>,
    profile: &Profile,
    project: Option<&Path>,
) -> Result<Vec<String>, ConfigError> {
    let protected = profile
        .protected
        .as_ref()
        .is_some_and(|protected| protected.value);
    let mut warnings = Vec::new();
    for recipient in Recipient::ALL {
        let secrets = recipient.secrets(profile);
        for route in recipient.routes(profile) {
            let foreign = secrets
                .iter()
                .find(|(_, secret)| is_foreign(secret, route.origin));
            let Some(&(secret, secret_origin)) = foreign else {
                continue;
            };
            let whose = recipient.name();
            match route.origin {
                Origin::File { path, .. } => {
                    if !route.is_address && project != Some(path) {
                        continue;
                    }
                    return Err(ConfigError::ForeignSecret {
                        secret: secret.to_owned(),
                        secret_origin: secret_origin.clone(),
                        what: match (route.is_address, recipient) {
                            (true, Recipient::Brokers) => "sent to brokers that".to_owned(),
                            (true, Recipient::Registry) => "sent to a registry that".to_owned(),
                            (false, _) => format!("sent with {:?} that", route.name),
                        },
                        origin: route.origin.clone(),
                    });
                }
                _ if !route.is_address => {}
                origin if protected => {
                    return Err(ConfigError::Protected {
                        profile: name.unwrap_or_default().to_owned(),
                        secret: secret.to_owned(),
                        whose,
                        origin: origin.clone(),
                    });
                }
                origin => warnings.push(format!(
                    "the {whose} of {origin} {} sent {secret:?} of {secret_origin}",
                    if recipient == Recipient::Brokers {
                        "are"
                    } else {
                        "is"
                    }
                )),
            }
        }
    }
    Ok(warnings)
}

/// Whether a secret of a file would be used with a setting that does not stand in that file. A
/// secret that was typed goes where it was typed to go.
fn is_foreign(secret: &Origin, setting: &Origin) -> bool {
    match (secret, setting) {
        (Origin::File { path, .. }, Origin::File { path: other, .. }) => path != other,
        (Origin::File { .. }, _) => true,
        (Origin::Flag(_) | Origin::Variable(_), _) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{
        super::profile::{Setting, Value},
        *,
    };

    const USER: &str = "/user/config.toml";
    const PROJECT: &str = "/repository/evctl.toml";

    fn origin(file: &str) -> Origin {
        match file {
            "-b" => Origin::Flag("-b"),
            file => Origin::File {
                path: Arc::from(Path::new(file)),
                line: 1,
            },
        }
    }

    /// A profile whose user's file reaches brokers and a registry, and holds `secret`; `other` is
    /// set in `place`.
    fn check(secret: &str, other: &str, place: &str) -> Result<Vec<String>, ConfigError> {
        let mut profile = Profile::default();
        let registry = |value: &str, place| {
            Some(Setting {
                value: value.to_owned(),
                origin: origin(place),
            })
        };
        profile.set(
            "bootstrap.servers",
            Value::Text("kafka".to_owned()),
            origin(USER),
        );
        profile.registry = registry("http://registry", USER);
        match secret {
            "registry" => profile.registry = registry("http://me:hunter2@registry", USER),
            secret => profile.set(secret, Value::Text("hunter2".to_owned()), origin(USER)),
        }
        match other {
            "brokers" => {
                profile.brokers = Some(Setting {
                    value: vec!["evil".to_owned()],
                    origin: origin(place),
                });
            }
            "registry" => profile.registry = registry("http://evil", place),
            other => profile.set(other, Value::Text("x".to_owned()), origin(place)),
        }
        super::check(Some("prod"), &profile, Some(Path::new(PROJECT)))
    }

    #[test]
    fn a_projects_file_draws_no_secret_to_its_addresses() {
        for (secret, address) in [
            ("sasl.password", "brokers"),
            ("ssl.key.pem", "brokers"),
            ("ssl.key.location", "brokers"),
            ("schema.registry.basic.auth.user.info", "registry"),
            ("schema.registry.bearer.auth.token", "registry"),
            ("schema.registry.ssl.key.location", "registry"),
        ] {
            let error = check(secret, address, PROJECT).unwrap_err().to_string();
            let start = format!("{secret:?} ({USER}:1) is not sent to ");
            assert!(error.starts_with(&start), "{error}");
            let end = format!(" that another file names ({PROJECT}:1)");
            assert!(error.ends_with(&end), "{error}");
        }
    }

    #[test]
    fn a_projects_file_weakens_no_protection_of_a_secret() {
        for (secret, protection) in [
            ("sasl.password", "security.protocol"),
            ("sasl.password", "sasl.mechanism"),
            ("sasl.password", "ssl.ca.location"),
            ("sasl.password", "ssl.ca.pem"),
            ("sasl.password", "enable.ssl.certificate.verification"),
            ("ssl.key.location", "ssl.endpoint.identification.algorithm"),
            ("registry", "schema.registry.ssl.ca.location"),
        ] {
            let error = check(secret, protection, PROJECT).unwrap_err().to_string();
            let said = format!("is not sent with {protection:?} that another file names");
            assert!(error.contains(&said), "{error}");
            let typed = check(secret, protection, "-b").unwrap();
            assert!(typed.is_empty(), "what is typed is meant: {typed:?}");
        }
    }

    #[test]
    fn settings_that_concern_no_secret_come_from_any_file() {
        for (secret, other) in [
            ("sasl.password", "registry"),
            ("sasl.password", "schema.registry.ssl.ca.location"),
            ("sasl.password", "linger.ms"),
            ("schema.registry.bearer.auth.token", "brokers"),
            ("schema.registry.bearer.auth.token", "ssl.ca.location"),
            ("registry", "registry"),
            ("sasl.username", "brokers"),
        ] {
            assert!(check(secret, other, PROJECT).unwrap().is_empty(), "{other}");
        }
    }

    #[test]
    fn addresses_of_a_flag_are_said() {
        assert_eq!(
            check("schema.registry.bearer.auth.token", "registry", "-b").unwrap(),
            [format!(
                "the registry of flag -b is sent \"schema.registry.bearer.auth.token\" of {USER}:1"
            )]
        );
        assert_eq!(check("ssl.key.location", "brokers", "-b").unwrap().len(), 1);
        assert!(check("registry", "registry", "-b").unwrap().is_empty());
    }
}
