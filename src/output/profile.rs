//! Results of `evctl profile`.

use std::path::Path;

use serde::Serialize;

use super::report::{Cell, Column, CommandResult, Report, row};
use crate::{
    config::{Config, Shown, without_passwords},
    redact::without_password,
};

/// `evctl profile list`
#[derive(Serialize)]
pub struct ProfileList<'c> {
    kind: &'static str,
    /// By name.
    pub profiles: Vec<ListedProfile<'c>>,
}

row! {
    /// A profile of a listing, without its secrets.
    #[derive(Clone, Serialize)]
    pub struct ListedProfile<'c> {
        brokers: Option<Vec<String>>,
        cluster: Option<String>,
        default: bool,
        files: Vec<String>,
        name: &'c str,
        protected: bool,
        registry: Option<String>,
    }
}

impl<'c> ProfileList<'c> {
    /// The profiles of `config`.
    #[must_use]
    pub fn of(config: &'c Config) -> Self {
        let default = config.default_profile().map(|default| default.value);
        let profiles = config.names().into_iter().map(|name| {
            let profile = config.profile(name);
            let brokers = profile.brokers.as_ref();
            let registry = profile.registry.as_ref();
            ListedProfile {
                brokers: brokers.map(|brokers| without_passwords(&brokers.value)),
                cluster: profile.cluster.map(|cluster| cluster.value),
                default: default.as_deref() == Some(name),
                files: config.files_with(name).map(path).collect(),
                name,
                protected: profile.protected.is_some_and(|protected| protected.value),
                registry: registry.map(|url| without_password(&url.value)),
            }
        });
        Self {
            kind: "evctl.profiles/1",
            profiles: profiles.collect(),
        }
    }
}

fn path(path: &Path) -> String {
    path.display().to_string()
}

impl CommandResult for ProfileList<'_> {
    fn rows(&self) -> Report {
        Report::of(self.kind, "profiles", self.profiles.iter().cloned())
    }

    fn tables(&self) -> Vec<Report> {
        let columns = [
            Column::new(""),
            Column::whole("name"),
            Column::new("brokers"),
            Column::new("registry"),
            Column::new("protected"),
            Column::if_room("files"),
        ];
        let mut table = Report::new(self.kind, "profiles", &columns);
        table.rows = (self.profiles.iter())
            .map(|profile| {
                let brokers = profile.brokers.as_ref();
                vec![
                    if profile.default { "*" } else { "" }.into(),
                    profile.name.into(),
                    or_dash(brokers.map(|brokers| brokers.join(","))),
                    or_dash(profile.registry.clone()),
                    profile.protected.into(),
                    profile.files.join(", ").into(),
                ]
            })
            .collect();
        vec![table]
    }
}

/// A column of text stays to the left, also where all of it is unknown.
fn or_dash(text: Option<String>) -> Cell {
    text.unwrap_or_else(|| "-".to_owned()).into()
}

/// `evctl profile show`
#[derive(Serialize)]
pub struct ProfileSettings<'p> {
    /// Where the name comes from; `None` for flags and environment alone. The same for the name.
    pub chosen_by: Option<String>,
    kind: &'static str,
    /// The profile's name.
    pub name: Option<&'p str>,
    /// The profile's own settings, then the properties by name.
    pub settings: Vec<ShownSetting<'p>>,
    /// Whether tables say where each setting comes from.
    #[serde(skip)]
    with_origins: bool,
}

row! {
    /// A setting, masked when it is a secret.
    #[derive(Clone, Serialize)]
    pub struct ShownSetting<'p> {
        name: &'p str,
        origin: String,
        /// Which half of evctl a property reaches; `None` for what is no property.
        reaches: Option<String>,
        secret: bool,
        value: String,
    }
}

impl<'p> ProfileSettings<'p> {
    /// The result without a setting.
    #[must_use]
    pub fn new(name: Option<&'p str>, chosen_by: Option<String>, with_origins: bool) -> Self {
        Self {
            chosen_by,
            kind: "evctl.profile/1",
            name,
            settings: Vec::new(),
            with_origins,
        }
    }

    /// Adds a setting.
    pub fn add(&mut self, shown: Shown<'p>, reaches: Option<String>) {
        self.settings.push(ShownSetting {
            name: shown.name,
            origin: shown.origin,
            reaches,
            secret: shown.secret,
            value: shown.value,
        });
    }
}

impl CommandResult for ProfileSettings<'_> {
    fn rows(&self) -> Report {
        Report::of(self.kind, "settings", self.settings.iter().cloned())
    }

    fn tables(&self) -> Vec<Report> {
        let mut columns = vec![
            Column::whole("setting"),
            Column::new("value"),
            Column::if_room("reaches"),
        ];
        if self.with_origins {
            columns.push(Column::new("origin"));
        }
        let mut table = Report::new(self.kind, "settings", &columns);
        table.rows = (self.settings.iter())
            .map(|setting| {
                let mut row: Vec<Cell> = vec![
                    setting.name.into(),
                    setting.value.clone().into(),
                    setting.reaches.clone().unwrap_or_default().into(),
                ];
                if self.with_origins {
                    row.push(setting.origin.clone().into());
                }
                row
            })
            .collect();
        vec![table]
    }
}

/// `evctl profile test`
#[derive(Serialize)]
pub struct ProfileTest<'c> {
    /// The brokers that answered for the cluster.
    pub brokers: Vec<Broker<'c>>,
    /// The cluster's id; `None` when the brokers are too old to tell.
    pub cluster_id: Option<&'c str>,
    /// [`ProfileTest::KIND`].
    pub kind: &'static str,
    /// How long it took to connect.
    pub ms: u64,
    /// The profile; `None` for flags and environment alone.
    pub name: Option<&'c str>,
    /// `None` without SASL, as the user.
    pub sasl_mechanism: Option<&'c str>,
    /// Who logged in.
    pub sasl_username: Option<&'c str>,
    /// `PLAINTEXT`, `SASL_SSL`, …
    pub security_protocol: &'c str,
}

/// A broker of a cluster.
#[derive(Serialize)]
pub struct Broker<'c> {
    /// `host:port`
    pub address: &'c str,
    /// Its number.
    pub id: i32,
}

impl ProfileTest<'_> {
    /// What the result is.
    pub const KIND: &'static str = "evctl.profile-test/1";
}

impl CommandResult for ProfileTest<'_> {
    fn rows(&self) -> Report {
        let columns = ["profile", "cluster_id", "brokers", "security", "time"].map(Column::new);
        let mut report = Report::new(self.kind, "profiles", &columns);
        let brokers: Vec<&str> = self.brokers.iter().map(|broker| broker.address).collect();
        let security = [Some(self.security_protocol), self.sasl_mechanism];
        let security: Vec<&str> = security.into_iter().flatten().collect();
        report.rows.push(vec![
            or_dash(self.name.map(str::to_owned)),
            or_dash(self.cluster_id.map(str::to_owned)),
            brokers.join(",").into(),
            security.join(" ").into(),
            format!("{} ms", self.ms).into(),
        ]);
        report
    }
}
