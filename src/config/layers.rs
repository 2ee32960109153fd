//! The layers over each other: flags win over environment, over project file, over user file.

use std::{collections::BTreeSet, fmt, path::Path};

use super::{
    Chosen, ConfigError, Overrides,
    env::Environment,
    file::File,
    places::Places,
    profile::{Origin, Profile, Setting, Value, split},
    secret::{SecretSource, is_open_to_others},
    trust::Trust,
};
use crate::{kafka::property, pipeline::Cancel};

/// Whose configuration file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The user's.
    User,
    /// The project's.
    Project,
}

/// Every configuration file that counts, and the environment.
pub struct Config {
    environment: Environment,
    places: Places,
    files: Vec<File>,
}

impl fmt::Debug for Config {
    /// Without the files, which hold secrets.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Config").finish_non_exhaustive()
    }
}

impl Config {
    /// Reads the files; `cancel` ends the wait for the writer of a pipe that `EVCTL_CONFIG` names.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn load(environment: Environment, cancel: &Cancel) -> Result<Self, ConfigError> {
        let places = Places::find(&environment);
        let home = environment.home.as_deref();
        let files = match &places {
            Places::Named(path) => vec![File::read_named(path, home, cancel)?],
            Places::Usual { .. } => places
                .existing()
                .into_iter()
                .map(|path| File::read(path, home))
                .collect::<Result<_, _>>()?,
        };
        Ok(Self {
            environment,
            places,
            files,
        })
    }

    /// Reads the files for a profile to be added: the one `EVCTL_CONFIG` names may be missing.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn load_to_add(environment: Environment, cancel: &Cancel) -> Result<Self, ConfigError> {
        match Places::find(&environment) {
            places @ Places::Named(_) if !places.existing()[0].exists() => Ok(Self {
                environment,
                places,
                files: Vec::new(),
            }),
            _ => Self::load(environment, cancel),
        }
    }

    /// The names of all profiles, in order.
    #[must_use]
    pub fn names(&self) -> BTreeSet<&str> {
        self.files
            .iter()
            .flat_map(|file| file.profiles.keys())
            .map(String::as_str)
            .collect()
    }

    /// What the files say of a profile together; empty when none holds it.
    #[must_use]
    pub fn profile(&self, name: &str) -> Profile {
        self.files
            .iter()
            .filter_map(|file| file.profiles.get(name))
            .fold(Profile::default(), |stronger, layer| {
                stronger.over(layer.clone())
            })
    }

    /// The profile taken when none is asked for: `EVCTL_PROFILE`, else `default` of the project's
    /// file, else of the user's.
    #[must_use]
    pub fn default_profile(&self) -> Option<Setting<String>> {
        let variable = self.environment.profile.clone().map(|value| Setting {
            value,
            origin: Origin::Variable("EVCTL_PROFILE"),
        });
        variable.or_else(|| self.files.iter().find_map(|file| file.default.clone()))
    }

    /// Merges the layers. A profile asked for with `-P` takes brokers and registry from its own
    /// section or from flags; only a default profile is overridden by `EVCTL_BROKERS` and
    /// `EVCTL_REGISTRY`.
    ///
    /// # Errors
    /// A profile that does not exist, or a `-X` that is no pair.
    pub fn choose(&self, overrides: &Overrides) -> Result<Chosen, ConfigError> {
        let asked = overrides.profile.clone().map(|value| Setting {
            value,
            origin: Origin::Flag("-P"),
        });
        let mut profile = overrides.layer()?;
        if asked.is_none() {
            profile = profile.over(self.environment_layer());
        }
        let name = asked.or_else(|| self.default_profile());
        if let Some(name) = &name {
            if self.files_with(&name.value).next().is_none() {
                return Err(self.unknown(name));
            }
            profile = profile.over(self.profile(&name.value));
        }
        let users = name.as_ref().and_then(|name| self.file_with_users(name));
        Ok(Chosen {
            warnings: self.open_files(&profile),
            users_by_project: users.map(|file| file.path.clone()),
            name,
            profile,
            project: self
                .project()
                .map(|file| (file.path.clone(), self.trust_in(file))),
        })
    }

    /// The project's file, if there is one. A file that `EVCTL_CONFIG` names is the user's.
    fn project(&self) -> Option<&File> {
        let Places::Usual { project, .. } = &self.places else {
            return None;
        };
        self.files.iter().find(|file| *file.path == **project)
    }

    /// The user's file, when `name` is a profile of it that only the project's file makes the
    /// default.
    fn file_with_users(&self, name: &Setting<String>) -> Option<&File> {
        let project = self.project()?;
        if !matches!(&name.origin, Origin::File { path, .. } if *path == project.path) {
            return None;
        }
        let mut others = self.files.iter().filter(|file| file.path != project.path);
        others.find(|file| {
            let is_default = file.default.as_ref().map(|default| &default.value);
            file.profiles.contains_key(&name.value) && is_default != Some(&name.value)
        })
    }

    fn trust_in(&self, file: &File) -> Trust {
        let state = self.environment.state.as_deref();
        Trust::of(state, &file.path, file.text.as_bytes())
    }

    /// Whether the project's file may fetch secrets; true also where there is none.
    #[must_use]
    pub fn trusts_project(&self) -> bool {
        self.project()
            .is_none_or(|file| self.trust_in(file) == Trust::Given)
    }

    /// Lets the project's file, as it was read, fetch secrets from now on.
    ///
    /// # Errors
    /// There is no such file, or the record cannot be written.
    pub fn trust_project(&self) -> Result<(), ConfigError> {
        let state = self.environment.state.as_deref();
        let state = state.ok_or(ConfigError::NoHome)?;
        let file = self.project_to_trust()?;
        Trust::give(state, &file.path, file.text.as_bytes()).map_err(|error| ConfigError::Write {
            path: state.to_owned(),
            error,
        })
    }

    /// The project's file, and a line about each secret that it fetches.
    ///
    /// # Errors
    /// There is no such file.
    pub fn project_secrets(&self) -> Result<(&Path, Vec<String>), ConfigError> {
        let file = self.project_to_trust()?;
        let of_profile = |(name, profile): (&String, &Profile)| {
            profile
                .kafka
                .iter()
                .filter_map(|(property, setting)| match &setting.value {
                    Value::Secret(source) => Some(format!(
                        "{}: {property:?} of profile {name:?} from {source}",
                        setting.origin
                    )),
                    Value::Text(_) => None,
                })
                .collect::<Vec<_>>()
        };
        let secrets = file.profiles.iter().flat_map(of_profile).collect();
        Ok((&file.path, secrets))
    }

    /// A line about the user's profile that the project's file makes the default.
    #[must_use]
    pub fn project_default(&self) -> Option<String> {
        let name = self.project()?.default.as_ref()?;
        let file = self.file_with_users(name)?;
        let (name, origin) = (&name.value, &name.origin);
        let users = file.path.display();
        Some(format!(
            "{origin}: profile {name:?} of {users} is the default"
        ))
    }

    fn project_to_trust(&self) -> Result<&File, ConfigError> {
        self.project().ok_or_else(|| match &self.places {
            Places::Named(path) => ConfigError::NamedIsTrusted { path: path.clone() },
            Places::Usual { project, .. } => ConfigError::NoProject {
                path: project.clone(),
            },
        })
    }

    /// The error for a profile that no file holds.
    #[must_use]
    pub fn unknown(&self, name: &Setting<String>) -> ConfigError {
        ConfigError::UnknownProfile {
            nearest: property::nearest(&name.value, self.names()).map(str::to_owned),
            name: name.value.clone(),
            origin: name.origin.clone(),
        }
    }

    /// The file to change: the one that `EVCTL_CONFIG` names, else that of `scope`. It need not
    /// exist.
    ///
    /// # Errors
    /// There is no home for a user's file.
    pub fn file(&self, scope: Scope) -> Result<&Path, ConfigError> {
        match (&self.places, scope) {
            (Places::Named(path), _) => Ok(path),
            (Places::Usual { project, .. }, Scope::Project) => Ok(project),
            (Places::Usual { user, .. }, Scope::User) => user.as_deref().ok_or(ConfigError::NoHome),
        }
    }

    /// The files that hold the profile, strongest first.
    pub fn files_with(&self, name: &str) -> impl Iterator<Item = &Path> {
        self.files
            .iter()
            .filter(move |file| file.profiles.contains_key(name))
            .map(|file| &*file.path)
    }

    /// The strongest file that names a default profile.
    #[must_use]
    pub fn file_with_default(&self) -> Option<&Path> {
        let file = self.files.iter().find(|file| file.default.is_some())?;
        Some(&file.path)
    }

    fn environment_layer(&self) -> Profile {
        let environment = &self.environment;
        Profile {
            brokers: environment.brokers.as_deref().map(|list| Setting {
                value: split(list),
                origin: Origin::Variable("EVCTL_BROKERS"),
            }),
            registry: environment.registry.clone().map(|value| Setting {
                value,
                origin: Origin::Variable("EVCTL_REGISTRY"),
            }),
            ..Profile::default()
        }
    }

    /// Warnings about files with clear-text secrets that others can read.
    fn open_files(&self, profile: &Profile) -> Vec<String> {
        let configuration = self
            .files
            .iter()
            .filter(|file| file.holds_clear_secret())
            .map(|file| file.path.to_path_buf());
        let named = profile
            .kafka
            .iter()
            .filter_map(|(name, setting)| match &setting.value {
                Value::Secret(SecretSource::File(path)) => Some(path.clone()),
                Value::Text(path) if name == "ssl.key.location" => Some(path.into()),
                _ => None,
            });
        configuration
            .chain(named)
            .filter(|path| is_open_to_others(path))
            .map(|path| {
                let path = path.display();
                format!(
                    "{path} holds a secret in clear text and others can read it: chmod 600 {path}"
                )
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Cluster, *};

    const USER: &str = r#"
default = "dev"
[profiles.dev]
brokers = ["user:1"]
registry = "http://user"
[profiles.dev.kafka]
"linger.ms" = 1
"acks" = "1"
[profiles.prod]
brokers = "prod:1"
protected = true
cluster = "orders-prod"
[profiles.prod.kafka]
"sasl.password" = "hunter2"
[profiles.shared.kafka]
"sasl.password" = "hunter2"
"#;
    const PROJECT: &str = r#"
[profiles.dev]
brokers = ["project:1"]
[profiles.dev.kafka]
"linger.ms" = 2
[profiles.shared]
brokers = ["project:1"]
"#;

    struct Desk(tempfile::TempDir);

    impl Desk {
        fn new() -> Self {
            let desk = tempfile::tempdir().unwrap();
            let user = desk.path().join("home/evctl");
            std::fs::create_dir_all(&user).unwrap();
            std::fs::create_dir(desk.path().join("project")).unwrap();
            std::fs::write(user.join("config.toml"), USER).unwrap();
            std::fs::write(desk.path().join("project/evctl.toml"), PROJECT).unwrap();
            Self(desk)
        }

        fn environment(&self) -> Environment {
            Environment {
                config_home: Some(self.0.path().join("home")),
                directory: self.0.path().join("project"),
                ..Environment::default()
            }
        }

        fn resolve(&self, overrides: &Overrides) -> Result<Cluster, ConfigError> {
            resolve(self.environment(), overrides)
        }
    }

    fn resolve(environment: Environment, overrides: &Overrides) -> Result<Cluster, ConfigError> {
        let cancel = Cancel::default();
        Config::load(environment, &cancel)?
            .choose(overrides)?
            .resolve(&cancel)
    }

    fn with_profile(name: &str) -> Overrides {
        Overrides {
            profile: Some(name.to_owned()),
            ..Overrides::default()
        }
    }

    #[test]
    fn flags_win_over_environment_over_project_over_user() {
        let desk = Desk::new();
        let cluster = desk.resolve(&Overrides::default()).unwrap();
        assert_eq!(cluster.profile.as_deref(), Some("dev"));
        assert_eq!(cluster.brokers, ["project:1"]);
        assert_eq!(cluster.registry.as_deref(), Some("http://user"));
        assert_eq!(cluster.properties["linger.ms"], "2");
        assert_eq!(cluster.properties["acks"], "1");
        assert_eq!(cluster.cluster.as_deref(), Some("dev"));

        let mut environment = desk.environment();
        environment.brokers = Some("variable:1".to_owned());
        environment.registry = Some("http://variable".to_owned());
        let cluster = resolve(environment.clone(), &Overrides::default()).unwrap();
        assert_eq!(cluster.brokers, ["variable:1"]);
        assert_eq!(cluster.registry.as_deref(), Some("http://variable"));

        let flags = Overrides {
            brokers: Some("flag:1,flag:2".to_owned()),
            registry: Some("http://flag".to_owned()),
            properties: vec!["queue.buffering.max.ms=3".to_owned()],
            ..Overrides::default()
        };
        let cluster = resolve(environment, &flags).unwrap();
        assert_eq!(cluster.brokers, ["flag:1", "flag:2"]);
        assert_eq!(cluster.registry.as_deref(), Some("http://flag"));
        assert_eq!(cluster.properties["queue.buffering.max.ms"], "3");
        assert!(!cluster.properties.contains_key("linger.ms"));
        assert_eq!(cluster.origins["brokers"], Origin::Flag("-b"));
    }

    #[test]
    fn the_environments_brokers_override_the_default_profile_only() {
        let desk = Desk::new();
        let mut environment = desk.environment();
        environment.brokers = Some("variable:1".to_owned());
        environment.registry = Some("http://variable".to_owned());
        let cluster = resolve(environment, &with_profile("prod")).unwrap();
        assert_eq!(cluster.brokers, ["prod:1"]);
        assert_eq!(cluster.registry, None);
        assert!(cluster.protected);
        assert_eq!(cluster.cluster.as_deref(), Some("orders-prod"));
    }

    #[test]
    fn the_environment_may_name_the_default_profile_and_the_only_file() {
        let desk = Desk::new();
        let mut environment = desk.environment();
        environment.profile = Some("prod".to_owned());
        let cluster = resolve(environment.clone(), &Overrides::default()).unwrap();
        assert_eq!(cluster.brokers, ["prod:1"]);
        let cluster = resolve(environment.clone(), &with_profile("dev")).unwrap();
        assert_eq!(cluster.brokers, ["project:1"]);

        environment.profile = None;
        environment.config = Some(desk.0.path().join("home/evctl/config.toml"));
        let cluster = resolve(environment.clone(), &Overrides::default()).unwrap();
        assert_eq!(cluster.brokers, ["user:1"]);
        environment.config = Some("missing.toml".into());
        let error = resolve(environment, &Overrides::default()).unwrap_err();
        assert!(matches!(error, ConfigError::Read { .. }), "{error}");
    }

    #[test]
    fn brokers_from_elsewhere_are_said_and_refused_where_protected() {
        let desk = Desk::new();
        let mut overrides = with_profile("prod");
        overrides.brokers = Some("else:1".to_owned());
        let error = desk.resolve(&overrides).unwrap_err();
        assert!(matches!(error, ConfigError::Protected { .. }), "{error}");

        let mut environment = desk.environment();
        environment.profile = Some("prod".to_owned());
        environment.brokers = Some("else:1".to_owned());
        let error = resolve(environment, &Overrides::default()).unwrap_err();
        assert!(matches!(error, ConfigError::Protected { .. }), "{error}");

        overrides.profile = Some("shared".to_owned());
        let warning = desk.resolve(&overrides).unwrap().warnings.pop().unwrap();
        assert!(warning.starts_with("the brokers of flag -b are sent \"sasl.password\""));
        // A secret that was typed goes where it was typed to go.
        overrides.properties = vec!["sasl.password=mine".to_owned()];
        let warnings = desk.resolve(&overrides).unwrap().warnings;
        assert!(
            warnings.iter().all(|warning| !warning.contains("flag -b")),
            "{warnings:?}"
        );
    }

    #[test]
    fn a_projects_brokers_never_get_the_users_secrets() {
        let error = Desk::new().resolve(&with_profile("shared")).unwrap_err();
        assert!(
            matches!(error, ConfigError::ForeignSecret { .. }),
            "{error}"
        );
    }

    #[test]
    fn a_profile_that_does_not_exist_names_its_neighbour() {
        let error = Desk::new().resolve(&with_profile("prd")).unwrap_err();
        assert_eq!(error.to_string(), "there is no profile \"prd\" (flag -P)");
        let ConfigError::UnknownProfile { nearest, .. } = error else {
            panic!("{error}");
        };
        assert_eq!(nearest.as_deref(), Some("prod"));
    }

    #[test]
    fn a_file_that_others_can_read_is_warned_about_only_when_it_holds_a_secret() {
        use std::os::unix::fs::PermissionsExt;

        let desk = Desk::new();
        let warned = |mode| {
            for file in ["home/evctl/config.toml", "project/evctl.toml"] {
                let permissions = std::fs::Permissions::from_mode(mode);
                std::fs::set_permissions(desk.0.path().join(file), permissions).unwrap();
            }
            desk.resolve(&Overrides::default()).unwrap().warnings
        };
        assert!(warned(0o600).is_empty());
        let warnings = warned(0o640);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
        assert!(warnings[0].contains("config.toml holds a secret in clear text"));
    }

    #[test]
    fn a_property_at_fault_is_named_with_its_place() {
        let overrides = Overrides {
            brokers: Some("kafka:1".to_owned()),
            properties: vec!["security.protocl=SSL".to_owned()],
            ..Overrides::default()
        };
        let error = Desk::new()
            .resolve(&overrides)
            .unwrap()
            .settings()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"security.protocl\" is not a librdkafka property (flag -X)"
        );
    }

    #[test]
    fn what_is_no_pair_is_shown_up_to_its_name() {
        let overrides = Overrides {
            properties: vec!["sasl.password:hunter2".to_owned()],
            ..Overrides::default()
        };
        let error = resolve(Environment::default(), &overrides).unwrap_err();
        assert_eq!(error.to_string(), "-X \"sasl.password\" is not KEY=VALUE");
    }

    #[test]
    fn nothing_said_is_an_empty_cluster() {
        let environment = Environment {
            directory: Path::new("/nonexistent").to_owned(),
            ..Environment::default()
        };
        let cluster = resolve(environment, &Overrides::default()).unwrap();
        assert!(cluster.brokers.is_empty() && cluster.profile.is_none());
        let error = cluster.settings().unwrap_err();
        assert_eq!(error.to_string(), "no brokers are named");
    }
}
