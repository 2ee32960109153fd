//! TLS and SASL: what the security properties say, and which combinations would connect otherwise
//! than was meant. Knows no sockets.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use super::{
    properties::{Given, SettingsError, refused},
    property::Refusal,
};
use crate::{bounded_file, redact::without_password};

/// TLS settings.
#[derive(Clone, Default)]
pub struct Tls {
    /// `ssl.ca.location`: a PEM file or a directory of them; `None` means the system's roots.
    pub ca: Option<PathBuf>,
    /// `ssl.ca.pem`: PEM text, instead of a file.
    pub ca_pem: Option<String>,
    /// `ssl.certificate.location` or `ssl.certificate.pem` as PEM text; never without a key.
    pub certificate_pem: Option<String>,
    /// `ssl.key.location` or `ssl.key.pem` as PEM text; never encrypted. A secret.
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

/// `security.protocol`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecurityProtocol {
    /// Neither TLS nor SASL.
    Plaintext,
    /// TLS.
    Ssl,
    /// SASL in the clear.
    SaslPlaintext,
    /// SASL inside TLS.
    SaslSsl,
}

const PROTOCOLS: &[(&str, SecurityProtocol)] = &[
    ("PLAINTEXT", SecurityProtocol::Plaintext),
    ("SSL", SecurityProtocol::Ssl),
    ("SASL_PLAINTEXT", SecurityProtocol::SaslPlaintext),
    ("SASL_SSL", SecurityProtocol::SaslSsl),
];

impl SecurityProtocol {
    /// Reads Kafka's name for it, whatever its case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let same = |(name, _): &&(&str, Self)| name.eq_ignore_ascii_case(text);
        PROTOCOLS.iter().find(same).map(|&(_, protocol)| protocol)
    }

    /// Kafka's name for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plaintext => "PLAINTEXT",
            Self::Ssl => "SSL",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        }
    }

    pub(super) fn tls(self) -> bool {
        matches!(self, Self::Ssl | Self::SaslSsl)
    }

    pub(super) fn sasl(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslSsl)
    }
}

impl SaslMechanism {
    /// The registered name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

/// What a SASL connection needs, and what has no effect without one.
const SASL_ONLY: &[&str] = &["sasl.mechanism", "sasl.username", "sasl.password"];
/// What has no effect without TLS.
const TLS_ONLY: &[&str] = &[
    "ssl.ca.location",
    "ssl.ca.pem",
    "ssl.certificate.location",
    "ssl.certificate.pem",
    "ssl.key.location",
    "ssl.key.pem",
];

/// `security.protocol` or the brokers' scheme, which must agree; and nothing given for SASL or
/// TLS may be left unused, for that is how a password is believed to be asked for when it is not.
pub(super) fn protocol(
    given: &Given<'_>,
    scheme: Option<SecurityProtocol>,
) -> Result<SecurityProtocol, SettingsError> {
    let said = given.choice("security.protocol", PROTOCOLS)?;
    if let (Some(scheme), Some(said)) = (scheme, said)
        && scheme != said
    {
        return Err(SettingsError::Scheme {
            scheme: scheme.name(),
            protocol: said.name(),
        });
    }
    let protocol = said.or(scheme).unwrap_or(SecurityProtocol::Plaintext);
    let idle = |names: &[&str]| names.iter().find_map(|name| given.entry(name));
    let without_effect = |(name, _): (&str, _), wanted: SecurityProtocol| {
        Err(SettingsError::WithoutEffect {
            name: name.to_owned(),
            protocol: protocol.name(),
            wanted: wanted.name(),
        })
    };
    if !protocol.sasl()
        && let Some(entry) = idle(SASL_ONLY)
    {
        return without_effect(entry, SecurityProtocol::SaslSsl);
    }
    if !protocol.tls()
        && let Some(entry) = idle(TLS_ONLY)
    {
        let wanted = if protocol.sasl() {
            SecurityProtocol::SaslSsl
        } else {
            SecurityProtocol::Ssl
        };
        return without_effect(entry, wanted);
    }
    Ok(protocol)
}

pub(super) fn sasl(given: &Given<'_>, protocol: SecurityProtocol) -> Result<Sasl, SettingsError> {
    let because = format!("security.protocol {}", protocol.name());
    let (name, value) = given.required("sasl.mechanism", &because)?;
    let mechanism = match value.trim().to_ascii_uppercase().as_str() {
        "PLAIN" => SaslMechanism::Plain,
        "SCRAM-SHA-256" => SaslMechanism::ScramSha256,
        "SCRAM-SHA-512" => SaslMechanism::ScramSha512,
        "GSSAPI" => return Err(refused(name, Refusal::Kerberos)),
        "OAUTHBEARER" => return Err(refused(name, Refusal::OauthBearer)),
        _ => {
            return Err(SettingsError::Value {
                name: name.to_owned(),
                value: without_password(value),
                expected: "one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512".to_owned(),
            });
        }
    };
    let because = format!("sasl.mechanism {}", mechanism.name());
    Ok(Sasl {
        mechanism,
        username: given.required("sasl.username", &because)?.1.to_owned(),
        password: given.required("sasl.password", &because)?.1.to_owned(),
    })
}

pub(super) fn tls(given: &Given<'_>) -> Result<Tls, SettingsError> {
    let certificate_pem = pem(given, "ssl.certificate.pem", "ssl.certificate.location")?;
    let key_pem = pem(given, "ssl.key.pem", "ssl.key.location")?;
    let (lonely, needed) = match (&certificate_pem, &key_pem) {
        (Some(_), None) => ("a client certificate", "ssl.key.location"),
        (None, Some(_)) => ("a client key", "ssl.certificate.location"),
        _ => ("", ""),
    };
    if !needed.is_empty() {
        given.required(needed, lonely)?;
    }
    // Of PKCS#8, and of OpenSSL's older form.
    let encrypted = |key: &String| {
        key.contains("BEGIN ENCRYPTED PRIVATE KEY") || key.contains("Proc-Type: 4,ENCRYPTED")
    };
    if key_pem.as_ref().is_some_and(encrypted) {
        let given_in_place = given.entry("ssl.key.pem").map(|(name, _)| name);
        return Err(refused(
            given_in_place.unwrap_or("ssl.key.location"),
            Refusal::EncryptedKey,
        ));
    }
    let skip_hostname = given.choice(
        "ssl.endpoint.identification.algorithm",
        &[("https", false), ("none", true)],
    )?;
    Ok(Tls {
        ca: given
            .text("ssl.ca.location")
            .filter(|location| *location != "probe")
            .map(PathBuf::from),
        ca_pem: given.text("ssl.ca.pem").map(str::to_owned),
        certificate_pem,
        key_pem,
        skip_hostname: skip_hostname.unwrap_or(false),
        skip_verification: given
            .flag("enable.ssl.certificate.verification")?
            .is_some_and(|verify| !verify),
    })
}

/// PEM text, given in place or as a file; in place wins, as librdkafka sets it last.
fn pem(given: &Given<'_>, text: &str, location: &str) -> Result<Option<String>, SettingsError> {
    let (name, pem) = if let Some((name, text)) = given.entry(text) {
        (name, text.to_owned())
    } else if let Some((name, path)) = given.entry(location) {
        let read = bounded_file::read_regular(Path::new(path), bounded_file::CERTIFICATES);
        let read = read.map_err(|error| SettingsError::File {
            name: name.to_owned(),
            path: path.into(),
            error,
        })?;
        (name, String::from_utf8_lossy(&read).into_owned())
    } else {
        return Ok(None);
    };
    if pem.contains("-----BEGIN ") {
        Ok(Some(pem))
    } else {
        Err(SettingsError::NotPem {
            name: name.to_owned(),
        })
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Tls")
            .field("ca", &self.ca)
            .field("client_certificate", &self.certificate_pem.is_some())
            .field("skip_hostname", &self.skip_hostname)
            .field("skip_verification", &self.skip_verification)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Sasl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Sasl")
            .field("mechanism", &self.mechanism)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{super::Settings, *};

    const SCRAM: &[(&str, &str)] = &[
        ("security.protocol", "SASL_SSL"),
        ("sasl.mechanism", "SCRAM-SHA-512"),
        ("sasl.username", "oncall"),
        ("sasl.password", "hunter2"),
    ];

    fn from(broker: &str, pairs: &[(&str, &str)]) -> Result<Settings, String> {
        let properties: BTreeMap<_, _> = pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Settings::from_properties(&[broker.to_owned()], &properties)
            .map_err(|error| error.to_string())
    }

    fn without(name: &str) -> String {
        let pairs: Vec<_> = SCRAM
            .iter()
            .copied()
            .filter(|pair| pair.0 != name)
            .collect();
        from("kafka", &pairs).unwrap_err()
    }

    #[test]
    fn scram_inside_tls_is_read() {
        let settings = from("kafka", SCRAM).unwrap();
        let sasl = settings.sasl.unwrap();
        assert_eq!(sasl.mechanism, SaslMechanism::ScramSha512);
        assert_eq!(
            (sasl.username.as_str(), sasl.password.as_str()),
            ("oncall", "hunter2")
        );
        assert!(settings.tls.unwrap().ca.is_none());
    }

    #[test]
    fn what_sasl_needs_is_named() {
        assert_eq!(
            without("sasl.mechanism"),
            "\"sasl.mechanism\" is not set, and security.protocol SASL_SSL needs it"
        );
        assert_eq!(
            without("sasl.password"),
            "\"sasl.password\" is not set, and sasl.mechanism SCRAM-SHA-512 needs it"
        );
        assert!(without("sasl.username").starts_with("\"sasl.username\" is not set"));
    }

    #[test]
    fn sasl_and_tls_settings_without_their_protocol_are_an_error() {
        assert_eq!(
            without("security.protocol"),
            "\"sasl.mechanism\" has no effect while security.protocol is PLAINTEXT"
        );
        for (protocol, name) in [
            ("SSL", "sasl.password"),
            ("PLAINTEXT", "ssl.ca.location"),
            ("SASL_PLAINTEXT", "ssl.key.location"),
        ] {
            let error = from("kafka", &[("security.protocol", protocol), (name, "x")]).unwrap_err();
            assert!(error.contains(name) && error.contains(protocol), "{error}");
        }
    }

    #[test]
    fn mechanisms_of_later_are_refused_by_name() {
        let mechanism = |value| {
            from(
                "kafka",
                &[
                    ("security.protocol", "SASL_SSL"),
                    ("sasl.mechanisms", value),
                ],
            )
            .unwrap_err()
        };
        assert_eq!(
            mechanism("GSSAPI"),
            "\"sasl.mechanisms\" cannot be used: Kerberos is not supported"
        );
        assert_eq!(
            mechanism("OAUTHBEARER"),
            "\"sasl.mechanisms\" cannot be used: OAUTHBEARER is not supported yet"
        );
        assert!(mechanism("SCRAM").contains("one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512"));
    }

    #[test]
    fn the_brokers_scheme_chooses_the_protocol_and_must_agree() {
        assert!(from("SSL://kafka:9093", &[]).unwrap().tls.is_some());
        let error = from("SSL://kafka:9093", &[("security.protocol", "PLAINTEXT")]).unwrap_err();
        assert_eq!(
            error,
            "the brokers are written with SSL://, but security.protocol is PLAINTEXT"
        );
    }

    #[test]
    fn debug_output_holds_no_key() {
        let begin = "-----BEGIN PRIVATE KEY-----";
        let tls = Tls {
            certificate_pem: Some("-----BEGIN CERTIFICATE-----".to_owned()),
            key_pem: Some(begin.to_owned()),
            ..Tls::default()
        };
        let shown = format!("{tls:?} {:?}", Some(&tls));
        assert!(shown.contains("client_certificate: true"), "{shown}");
        assert!(!shown.contains(begin), "{shown}");
    }

    #[test]
    fn tls_reads_files_and_switches() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        let certificate = file("c.pem", "-----BEGIN CERTIFICATE-----");
        let key = file("k.pem", "-----BEGIN PRIVATE KEY-----");
        let locked = file("l.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----");
        let binary = file("k.der", "0\u{1}");
        let tls = |pairs: &[(&str, &str)]| {
            let all: Vec<_> = [("security.protocol", "ssl")]
                .iter()
                .chain(pairs)
                .copied()
                .collect();
            from("kafka", &all).map(|settings| settings.tls.unwrap())
        };

        let read = tls(&[
            ("ssl.ca.location", "/ca"),
            ("ssl.certificate.location", &certificate),
            ("ssl.key.location", &key),
            ("ssl.endpoint.identification.algorithm", "none"),
            ("enable.ssl.certificate.verification", "false"),
        ])
        .unwrap();
        assert_eq!(read.ca, Some("/ca".into()));
        assert_eq!(
            read.certificate_pem.as_deref(),
            Some("-----BEGIN CERTIFICATE-----")
        );
        assert_eq!(read.key_pem.as_deref(), Some("-----BEGIN PRIVATE KEY-----"));
        assert!(read.skip_hostname && read.skip_verification);

        let probed = tls(&[("ssl.ca.location", "probe")]).unwrap();
        assert!(probed.ca.is_none() && !probed.skip_hostname && !probed.skip_verification);

        let key_of = |path| {
            tls(&[
                ("ssl.certificate.location", &certificate),
                ("ssl.key.location", path),
            ])
            .unwrap_err()
        };
        assert!(key_of(&locked).contains("encrypted private keys are not supported"));
        assert_eq!(key_of(&binary), "\"ssl.key.location\" holds no PEM text");
        assert!(key_of("/no/such").contains("\"/no/such\""));
        assert_eq!(
            tls(&[("ssl.certificate.location", &certificate)]).unwrap_err(),
            "\"ssl.key.location\" is not set, and a client certificate needs it"
        );
    }
}
