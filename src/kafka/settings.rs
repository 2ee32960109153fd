//! How to connect, typed: what librdkafka's property names say, for both halves.

use std::{collections::BTreeMap, path::PathBuf, time::Duration};

/// Everything a connection needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bootstrap brokers, `host:port`.
    pub brokers: Vec<String>,
    /// TLS, when `security.protocol` is `SSL` or `SASL_SSL`.
    pub tls: Option<Tls>,
    /// SASL, when `security.protocol` is `SASL_PLAINTEXT` or `SASL_SSL`.
    pub sasl: Option<Sasl>,
    /// `isolation.level`; read committed unless said otherwise, as in librdkafka.
    pub isolation: Isolation,
    /// `client.id`; `evctl` by default.
    pub client_id: String,
    /// How long a TCP connect, TLS and SASL may take together
    /// (`socket.connection.setup.timeout.ms`).
    pub connect_timeout: Duration,
    /// How long one request may go unanswered (`socket.timeout.ms`).
    pub request_timeout: Duration,
    /// Every property as given, for the half that is librdkafka's.
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

/// TLS settings.
#[derive(Clone, Debug, Default)]
pub struct Tls {
    /// `ssl.ca.location`: a PEM file or a directory of them; `None` means the system's roots.
    pub ca: Option<PathBuf>,
    /// `ssl.ca.pem`: PEM text, instead of a file.
    pub ca_pem: Option<String>,
    /// `ssl.certificate.location` or `ssl.certificate.pem` as PEM text.
    pub certificate_pem: Option<String>,
    /// `ssl.key.location` or `ssl.key.pem` as PEM text. A secret.
    pub key_pem: Option<String>,
    /// `ssl.endpoint.identification.algorithm=none`: do not check the host name.
    pub skip_hostname: bool,
    /// `enable.ssl.certificate.verification=false`: trust anybody.
    pub skip_verification: bool,
}

/// SASL settings.
#[derive(Clone)]
pub struct Sasl {
    /// `sasl.mechanism`.
    pub mechanism: SaslMechanism,
    /// `sasl.username`.
    pub username: String,
    /// `sasl.password`. A secret.
    pub password: String,
}

impl std::fmt::Debug for Sasl {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Sasl")
            .field("mechanism", &self.mechanism)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// The SASL mechanisms evctl speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SaslMechanism {
    /// RFC 4616.
    Plain,
    /// RFC 5802 with SHA-256 (RFC 7677).
    ScramSha256,
    /// RFC 5802 with SHA-512.
    ScramSha512,
}
