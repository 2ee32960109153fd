//! How to connect, typed: what librdkafka's property names say, for both halves.

use std::{collections::BTreeMap, fmt, time::Duration};

use super::{
    bootstrap,
    properties::{Given, SettingsError},
    property::{self, Masked, Part},
    security::{Sasl, SecurityProtocol, Tls, protocol, sasl, tls},
};
use crate::{pipeline::Trace, select::OffsetReset};

/// A broker that has not greeted us by now is reported: people wait for that answer.
const GREETING: Duration = Duration::from_millis(1_700);

/// How long it may take at most where the command has more time.
const SLOW_GREETING: Duration = Duration::from_secs(30);

/// Everything a connection needs to know.
#[derive(Clone)]
pub struct Settings {
    /// Bootstrap brokers, `host:port`; never empty.
    pub brokers: Vec<String>,
    /// TLS, when `security.protocol` is `SSL` or `SASL_SSL`.
    pub tls: Option<Tls>,
    /// SASL, when `security.protocol` is `SASL_PLAINTEXT` or `SASL_SSL`.
    pub sasl: Option<Sasl>,
    /// `isolation.level`; read committed unless said otherwise, as in librdkafka.
    pub isolation: Isolation,
    /// `client.id`; `evctl` by default.
    pub client_id: String,
    /// How long a TCP connect, the TLS handshake and the first answer may take together
    /// (`socket.connection.setup.timeout.ms`). SASL has as long again.
    pub connect_timeout: Duration,
    /// How long one request may go unanswered (`socket.timeout.ms`); 30 s by default.
    pub request_timeout: Duration,
    /// `broker.address.family`: which of a name's addresses may be tried.
    pub address_family: AddressFamily,
    /// `auto.offset.reset`: where reading starts when a group's offset lies outside of the log.
    pub offset_reset: OffsetReset,
    /// What was said about fetching.
    pub fetch: FetchTuning,
    /// Who is told of every request.
    pub trace: Trace,
    /// Every property as given, for the half that is librdkafka's. Holds secrets.
    pub properties: BTreeMap<String, String>,
}

/// Which records a reader is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Isolation {
    /// Only committed records, up to the last stable offset.
    #[default]
    Committed,
    /// Everything up to the high watermark, aborted records included.
    Uncommitted,
}

impl Isolation {
    /// The number that requests carry.
    #[must_use]
    pub fn level(self) -> i8 {
        match self {
            Self::Uncommitted => 0,
            Self::Committed => 1,
        }
    }
}

/// Which addresses of a broker's name are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AddressFamily {
    /// All of them.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

/// Tuning of our own reader; `None` where nothing was said and the reader knows best.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FetchTuning {
    /// `fetch.max.bytes`: of one response.
    pub max_bytes: Option<u32>,
    /// `max.partition.fetch.bytes` or `fetch.message.max.bytes`: of one partition in it.
    pub partition_max_bytes: Option<u32>,
    /// `fetch.min.bytes`: fewer are waited for.
    pub min_bytes: Option<u32>,
    /// `fetch.wait.max.ms`: but no longer than this.
    pub max_wait: Option<Duration>,
    /// `receive.message.max.bytes`: a larger frame of any kind is an error.
    pub frame_max_bytes: Option<u32>,
    /// `check.crcs`.
    pub check_crcs: Option<bool>,
    /// `client.rack`: a replica there may answer instead of the leader (KIP-392).
    pub rack: Option<String>,
}

impl Settings {
    /// Reads librdkafka's `properties`. `bootstrap.servers` among them is taken when `brokers` is
    /// empty. Certificate and key files are read here.
    ///
    /// # Errors
    /// A name that is unknown or refused, a value that is wrong, a combination that would connect
    /// otherwise than was meant, a file that cannot be read.
    pub fn from_properties(
        brokers: &[String],
        properties: &BTreeMap<String, String>,
    ) -> Result<Self, SettingsError> {
        let given = Given::new(properties)?;
        let (mut brokers, mut scheme) = bootstrap::parse(brokers)?;
        if brokers.is_empty()
            && let Some(list) = given.text("bootstrap.servers")
        {
            (brokers, scheme) = bootstrap::parse(&[list.to_owned()])?;
        }
        if brokers.is_empty() {
            return Err(SettingsError::NoBrokers);
        }
        let protocol = protocol(&given, scheme)?;
        Ok(Self {
            brokers,
            tls: protocol.tls().then(|| tls(&given)).transpose()?,
            sasl: protocol
                .sasl()
                .then(|| sasl(&given, protocol))
                .transpose()?,
            isolation: given
                .choice(
                    "isolation.level",
                    &[
                        ("read_committed", Isolation::Committed),
                        ("read_uncommitted", Isolation::Uncommitted),
                    ],
                )?
                .unwrap_or_default(),
            client_id: given.text("client.id").unwrap_or("evctl").to_owned(),
            connect_timeout: given
                .milliseconds(
                    "socket.connection.setup.timeout.ms",
                    1_000..=i32::MAX as u32,
                )?
                .unwrap_or(GREETING),
            request_timeout: given
                .milliseconds("socket.timeout.ms", 10..=300_000)?
                .unwrap_or(Duration::from_secs(30)),
            address_family: given
                .choice(
                    "broker.address.family",
                    &[
                        ("any", AddressFamily::Any),
                        ("v4", AddressFamily::V4),
                        ("v6", AddressFamily::V6),
                    ],
                )?
                .unwrap_or_default(),
            offset_reset: given
                .choice(
                    "auto.offset.reset",
                    &[
                        ("error", OffsetReset::Error),
                        ("none", OffsetReset::Error),
                        ("earliest", OffsetReset::Earliest),
                        ("smallest", OffsetReset::Earliest),
                        ("beginning", OffsetReset::Earliest),
                        ("latest", OffsetReset::Latest),
                        ("largest", OffsetReset::Latest),
                        ("end", OffsetReset::Latest),
                    ],
                )?
                .unwrap_or_default(),
            fetch: FetchTuning {
                max_bytes: given.number("fetch.max.bytes", 0..=2_147_483_135)?,
                partition_max_bytes: given
                    .number("max.partition.fetch.bytes", 1..=1_000_000_000)?,
                min_bytes: given.number("fetch.min.bytes", 1..=100_000_000)?,
                max_wait: given.milliseconds("fetch.wait.max.ms", 0..=300_000)?,
                frame_max_bytes: given
                    .number("receive.message.max.bytes", 1_000..=i32::MAX as u32)?,
                check_crcs: given.flag("check.crcs")?,
                rack: given.text("client.rack").map(str::to_owned),
            },
            trace: Trace::default(),
            properties: properties.clone(),
        })
    }

    /// Keeps to the `time` of a command: no answer is waited for longer, and a slow broker has as long
    /// to greet, up to half a minute, unless its property says otherwise.
    pub fn keep_to(&mut self, time: Duration) {
        self.request_timeout = self.request_timeout.min(time);
        let stated = self.connect_timeout != GREETING;
        let most = if stated {
            self.connect_timeout
        } else {
            SLOW_GREETING
        };
        self.connect_timeout = most.min(time);
    }

    /// Whether brokers and property names can be used at all, before secrets are at hand.
    ///
    /// # Errors
    /// A broker that cannot be understood, a name that is unknown or refused.
    pub fn check_names(
        brokers: &[String],
        properties: &BTreeMap<String, String>,
    ) -> Result<(), SettingsError> {
        bootstrap::parse(brokers)?;
        Given::new(properties).map(drop)
    }

    /// The properties for librdkafka: those given that reach it, and what evctl always says.
    /// Timeouts are left at librdkafka's own defaults: they are for connections that come back, and
    /// whether a cluster can be reached at all was found out before.
    #[must_use]
    pub fn for_librdkafka(&self) -> Vec<(String, String)> {
        let reaches = |name: &str| {
            property::class(name).is_some_and(|class| {
                class.reaches(Part::Writing) || class.reaches(Part::Membership)
            })
        };
        let mut said: BTreeMap<&str, String> = self
            .properties
            .iter()
            .filter(|(name, value)| reaches(name) && !value.is_empty())
            .map(|(name, value)| (property::canonical(name), value.clone()))
            .collect();
        said.insert("metadata.broker.list", self.brokers.join(","));
        said.insert("security.protocol", self.protocol().name().to_owned());
        if let Some(sasl) = &self.sasl {
            said.insert("sasl.mechanisms", sasl.mechanism.name().to_owned());
        }
        // The vendored OpenSSL does not know where this system keeps its roots.
        if let Some(Tls {
            ca: None,
            ca_pem: None,
            ..
        }) = self.tls
        {
            said.insert("ssl.ca.location", "probe".to_owned());
        }
        said.insert("allow.auto.create.topics", "false".to_owned());
        for (name, value) in [
            ("client.id", self.client_id.as_str()),
            ("enable.metrics.push", "false"),
            ("log.connection.close", "false"),
        ] {
            said.entry(name).or_insert_with(|| value.to_owned());
        }
        said.into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }

    /// The properties that were accepted but have no effect on any of `parts`.
    #[must_use]
    pub fn unused_by(&self, parts: &[Part]) -> Vec<&str> {
        property::unused(&self.properties, parts)
    }

    /// What `security.protocol` comes to.
    #[must_use]
    pub fn protocol(&self) -> SecurityProtocol {
        match (&self.sasl, &self.tls) {
            (None, None) => SecurityProtocol::Plaintext,
            (None, Some(_)) => SecurityProtocol::Ssl,
            (Some(_), None) => SecurityProtocol::SaslPlaintext,
            (Some(_), Some(_)) => SecurityProtocol::SaslSsl,
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Settings")
            .field("brokers", &self.brokers)
            .field("protocol", &self.protocol().name())
            .field("properties", &Masked(&self.properties))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let properties = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Settings::from_properties(&["kafka:9092".to_owned()], &properties)
            .map_err(|error| error.to_string())
    }

    fn librdkafka(settings: &Settings) -> BTreeMap<String, String> {
        settings.for_librdkafka().into_iter().collect()
    }

    #[test]
    fn the_time_of_a_command_bounds_every_wait() {
        let seconds = Duration::from_secs;
        let stated = [("socket.connection.setup.timeout.ms", "4000")];
        for (properties, time, greeting, request) in [
            (&[][..], seconds(1), seconds(1), seconds(1)),
            (&[], seconds(20), seconds(20), seconds(20)),
            (&[], seconds(600), seconds(30), seconds(30)),
            (&stated, seconds(20), seconds(4), seconds(20)),
            (&stated, seconds(2), seconds(2), seconds(2)),
        ] {
            let mut settings = settings(properties).unwrap();
            settings.keep_to(time);
            let bounds = (settings.connect_timeout, settings.request_timeout);
            assert_eq!(bounds, (greeting, request), "{properties:?} {time:?}");
        }
    }

    #[test]
    fn brokers_alone_are_enough() {
        let settings = settings(&[]).unwrap();
        assert_eq!(settings.brokers, ["kafka:9092"]);
        assert!(settings.tls.is_none() && settings.sasl.is_none());
        assert_eq!(settings.isolation, Isolation::Committed);
        assert_eq!(settings.client_id, "evctl");
        assert_eq!(settings.connect_timeout, GREETING);
        assert_eq!(settings.fetch, FetchTuning::default());
        assert_eq!(
            librdkafka(&settings),
            [
                ("allow.auto.create.topics", "false"),
                ("client.id", "evctl"),
                ("enable.metrics.push", "false"),
                ("log.connection.close", "false"),
                ("metadata.broker.list", "kafka:9092"),
                ("security.protocol", "PLAINTEXT"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into()
        );
    }

    #[test]
    fn every_typed_property_is_read() {
        let settings = settings(&[
            ("isolation.level", "read_uncommitted"),
            ("client.id", "desk"),
            ("socket.connection.setup.timeout.ms", "1500"),
            ("socket.timeout.ms", "2500"),
            ("broker.address.family", "v4"),
            ("fetch.max.bytes", "1"),
            ("fetch.message.max.bytes", "2"),
            ("fetch.min.bytes", "3"),
            ("fetch.wait.max.ms", "4"),
            ("receive.message.max.bytes", "5000"),
            ("check.crcs", "false"),
            ("client.rack", "r1"),
        ])
        .unwrap();
        assert_eq!(settings.isolation, Isolation::Uncommitted);
        assert_eq!(settings.client_id, "desk");
        assert_eq!(settings.connect_timeout, Duration::from_millis(1_500));
        assert_eq!(settings.request_timeout, Duration::from_millis(2_500));
        assert_eq!(settings.address_family, AddressFamily::V4);
        assert_eq!(
            settings.fetch,
            FetchTuning {
                max_bytes: Some(1),
                partition_max_bytes: Some(2),
                min_bytes: Some(3),
                max_wait: Some(Duration::from_millis(4)),
                frame_max_bytes: Some(5_000),
                check_crcs: Some(false),
                rack: Some("r1".to_owned()),
            }
        );
    }

    #[test]
    fn wrong_values_name_the_property_and_what_it_may_be() {
        for (name, value, expected) in [
            (
                "isolation.level",
                "committed",
                "read_committed, read_uncommitted",
            ),
            (
                "security.protocol",
                "TLS",
                "PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL",
            ),
            ("socket.timeout.ms", "30s", "a number from 10 to 300000"),
            ("fetch.min.bytes", "0", "a number from 1 to"),
            ("check.crcs", "yes", "true or false"),
        ] {
            let error = settings(&[(name, value)]).unwrap_err();
            for part in [name, value, expected] {
                assert!(error.contains(part), "{error}");
            }
        }
    }

    #[test]
    fn unknown_and_refused_names_are_errors() {
        let given = [("security.protocl".to_owned(), "SSL".to_owned())].into();
        let error = Settings::from_properties(&["kafka".to_owned()], &given).unwrap_err();
        assert!(
            matches!(
                error,
                SettingsError::Unknown {
                    nearest: Some("security.protocol"),
                    ..
                }
            ),
            "{error}"
        );
        for name in [
            "sasl.kerberos.keytab",
            "ssl.keystore.location",
            "transactional.id",
            "dr_cb",
        ] {
            let error = settings(&[(name, "x")]).unwrap_err();
            assert!(
                error.starts_with(&format!("{name:?} cannot be used: ")),
                "{error}"
            );
        }
    }

    #[test]
    fn two_names_of_one_property_must_agree() {
        assert!(settings(&[("linger.ms", "5"), ("queue.buffering.max.ms", "5")]).is_ok());
        let error = settings(&[("linger.ms", "5"), ("queue.buffering.max.ms", "6")]).unwrap_err();
        assert!(
            error.contains("linger.ms") && error.contains("queue.buffering.max.ms"),
            "{error}"
        );
    }

    #[test]
    fn an_empty_value_is_the_default() {
        let settings = settings(&[("client.id", ""), ("linger.ms", "")]).unwrap();
        assert_eq!(settings.client_id, "evctl");
        assert!(!librdkafka(&settings).contains_key("queue.buffering.max.ms"));
    }

    #[test]
    fn bootstrap_servers_count_when_nothing_else_names_brokers() {
        let properties = [("bootstrap.servers".to_owned(), "other:1".to_owned())].into();
        let brokers = |named: &[String]| {
            Settings::from_properties(named, &properties).map(|settings| settings.brokers)
        };
        assert_eq!(brokers(&[]).unwrap(), ["other:1"]);
        assert_eq!(brokers(&["kafka:2".to_owned()]).unwrap(), ["kafka:2"]);
        assert!(matches!(
            Settings::from_properties(&[], &BTreeMap::new()),
            Err(SettingsError::NoBrokers)
        ));
    }

    #[test]
    fn librdkafka_gets_its_own_tuning_and_not_ours() {
        let settings = settings(&[
            ("linger.ms", "20"),
            ("session.timeout.ms", "7000"),
            ("fetch.min.bytes", "9"),
            ("enable.auto.commit", "true"),
            ("enable.metrics.push", "true"),
            ("allow.auto.create.topics", "true"),
        ])
        .unwrap();
        let said = librdkafka(&settings);
        assert_eq!(said["queue.buffering.max.ms"], "20");
        assert_eq!(said["session.timeout.ms"], "7000");
        assert_eq!(said["enable.metrics.push"], "true");
        assert_eq!(said["allow.auto.create.topics"], "false");
        assert!(!said.contains_key("fetch.min.bytes"));
        assert!(!said.contains_key("enable.auto.commit"));
        assert_eq!(
            settings.unused_by(&[Part::Reading]),
            [
                "allow.auto.create.topics",
                "enable.auto.commit",
                "enable.metrics.push",
                "linger.ms",
                "session.timeout.ms"
            ]
        );
    }

    #[test]
    fn librdkafka_is_told_protocol_and_mechanism_by_its_own_names() {
        let settings = settings(&[
            ("security.protocol", "sasl_ssl"),
            ("sasl.mechanism", "plain"),
            ("sasl.username", "oncall"),
            ("sasl.password", "hunter2"),
            ("receive.message.max.bytes", "50000000"),
        ])
        .unwrap();
        let said = librdkafka(&settings);
        assert_eq!(said["sasl.mechanisms"], "PLAIN");
        assert_eq!(said["security.protocol"], "SASL_SSL");
        assert_eq!(said["ssl.ca.location"], "probe");
        assert_eq!(said["sasl.password"], "hunter2");
        assert!(said.keys().all(|name| property::class(name).is_some()));
    }

    #[test]
    fn debug_output_holds_no_secret() {
        let settings = settings(&[
            ("security.protocol", "SASL_SSL"),
            ("sasl.mechanism", "PLAIN"),
            ("sasl.username", "oncall"),
            ("sasl.password", "hunter2"),
        ])
        .unwrap();
        let shown = format!("{settings:?} {:?} {:?}", settings.sasl, settings.tls);
        assert!(
            shown.contains("oncall") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
