//! The server's configuration: one node, everything quick, nothing replicated.

use std::{fmt::Write, path::Path};

/// A second set of listeners: TLS, mutual TLS, SASL with and without TLS, and an authorizer.
///
/// Who comes over the plain listener, or over TLS without a name, may do everything; everybody
/// else who is not a superuser needs an ACL.
#[derive(Clone, Debug)]
pub struct Security {
    /// The server's private key, PKCS #8 in PEM.
    pub key: String,
    /// The server's certificate and what leads to its CA, PEM.
    pub chain: String,
    /// The CAs whose clients are believed on the mutual TLS listener, PEM.
    pub trusted: String,
    /// Who may log in, with PLAIN and both SCRAMs.
    pub users: Vec<User>,
    /// Principals that need no ACL, such as `User:admin` or `User:CN=client`.
    pub superusers: Vec<String>,
}

/// Who may log in.
#[derive(Clone, Debug)]
pub struct User {
    /// The name.
    pub name: String,
    /// The password.
    pub password: String,
}

/// The addresses of the listeners, `127.0.0.1:port` each.
#[derive(Clone, Debug)]
pub(super) struct Listeners {
    pub(super) plain: String,
    pub(super) controller: String,
    /// Only with [`Security`].
    pub(super) secured: Option<SecuredListeners>,
}

/// Where [`Security`] listens.
#[derive(Clone, Debug)]
pub struct SecuredListeners {
    /// TLS, no client certificate asked for.
    pub tls: String,
    /// TLS, client certificate required.
    pub mutual_tls: String,
    /// SASL over TLS.
    pub sasl_tls: String,
    /// SASL in clear text.
    pub sasl_plain: String,
}

/// The text of `server.properties`; the ones in `more` win.
pub(super) fn server_properties(
    listeners: &Listeners,
    data: &Path,
    security: Option<&Security>,
    more: &[(String, String)],
) -> String {
    let data = data.to_string_lossy();
    let voters = format!("1@{}", listeners.controller);
    let mut properties: Vec<(&str, &str)> = vec![
        ("process.roles", "broker,controller"),
        ("node.id", "1"),
        ("controller.quorum.voters", &voters),
        ("controller.listener.names", "CONTROLLER"),
        ("inter.broker.listener.name", "PLAIN"),
        ("log.dirs", &data),
    ];
    properties.extend(ONE_NODE);
    properties.extend(QUICK);
    properties.extend(NOTHING_IS_LOST);

    let listening = listening(listeners);
    properties.extend(
        listening
            .iter()
            .map(|(name, value)| (*name, value.as_str())),
    );
    let secured = security.map(secured).unwrap_or_default();
    properties.extend(
        secured
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    properties.extend(
        more.iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
    );
    render(&properties)
}

const ONE_NODE: &[(&str, &str)] = &[
    ("offsets.topic.replication.factor", "1"),
    ("offsets.topic.num.partitions", "4"),
    ("transaction.state.log.replication.factor", "1"),
    ("transaction.state.log.min.isr", "1"),
    ("transaction.state.log.num.partitions", "4"),
    ("share.coordinator.state.topic.replication.factor", "1"),
    ("share.coordinator.state.topic.min.isr", "1"),
    ("share.coordinator.state.topic.num.partitions", "4"),
];

/// Compaction, retention and group joins happen while somebody watches, not in half a minute.
const QUICK: &[(&str, &str)] = &[
    ("group.initial.rebalance.delay.ms", "0"),
    ("group.streams.initial.rebalance.delay.ms", "0"),
    ("log.initial.task.delay.ms", "500"),
    ("log.cleaner.backoff.ms", "200"),
    ("log.cleaner.dedupe.buffer.size", "8388608"),
    ("log.retention.check.interval.ms", "500"),
];

/// Old timestamps are as good as new ones here; and topics are made by whoever asks for them, as
/// on many clusters, so that a test can prove that reading never does.
const NOTHING_IS_LOST: &[(&str, &str)] = &[
    ("log.retention.ms", "-1"),
    ("auto.create.topics.enable", "true"),
];

fn listening(listeners: &Listeners) -> [(&'static str, String); 3] {
    let mut advertised = vec![("PLAIN", "PLAINTEXT", &listeners.plain)];
    if let Some(secured) = &listeners.secured {
        advertised.extend([
            ("TLS", "SSL", &secured.tls),
            ("MUTUAL_TLS", "SSL", &secured.mutual_tls),
            ("SASL_TLS", "SASL_SSL", &secured.sasl_tls),
            ("SASL_PLAIN", "SASL_PLAINTEXT", &secured.sasl_plain),
        ]);
    }
    let mut all = advertised.clone();
    all.push(("CONTROLLER", "PLAINTEXT", &listeners.controller));
    let addresses = |listeners: &[(&str, &str, &String)]| {
        let each = listeners.iter();
        let each = each.map(|(name, _, address)| format!("{name}://{address}"));
        each.collect::<Vec<_>>().join(",")
    };
    let protocols = all
        .iter()
        .map(|(name, protocol, _)| format!("{name}:{protocol}"));
    [
        ("listeners", addresses(&all)),
        ("advertised.listeners", addresses(&advertised)),
        (
            "listener.security.protocol.map",
            protocols.collect::<Vec<_>>().join(","),
        ),
    ]
}

fn secured(security: &Security) -> Vec<(String, String)> {
    let superusers =
        std::iter::once("User:ANONYMOUS").chain(security.superusers.iter().map(String::as_str));
    let mut properties = vec![
        ("ssl.keystore.type".to_owned(), "PEM".to_owned()),
        ("ssl.keystore.key".to_owned(), security.key.clone()),
        (
            "ssl.keystore.certificate.chain".to_owned(),
            security.chain.clone(),
        ),
        ("ssl.truststore.type".to_owned(), "PEM".to_owned()),
        (
            "ssl.truststore.certificates".to_owned(),
            security.trusted.clone(),
        ),
        (
            "listener.name.mutual_tls.ssl.client.auth".to_owned(),
            "required".to_owned(),
        ),
        (
            "sasl.enabled.mechanisms".to_owned(),
            "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512".to_owned(),
        ),
        (
            "authorizer.class.name".to_owned(),
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer".to_owned(),
        ),
        (
            "super.users".to_owned(),
            superusers.collect::<Vec<_>>().join(";"),
        ),
    ];
    let mut plain = "org.apache.kafka.common.security.plain.PlainLoginModule required".to_owned();
    for User { name, password } in &security.users {
        let _ = write!(plain, " user_{name}=\"{password}\"");
    }
    let scram = "org.apache.kafka.common.security.scram.ScramLoginModule required";
    for listener in ["sasl_tls", "sasl_plain"] {
        for (mechanism, module) in [
            ("plain", plain.as_str()),
            ("scram-sha-256", scram),
            ("scram-sha-512", scram),
        ] {
            properties.push((
                format!("listener.name.{listener}.{mechanism}.sasl.jaas.config"),
                format!("{module};"),
            ));
        }
    }
    properties
}

/// Java's own escapes: a backslash and a line break do not stand for themselves.
fn render(properties: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in properties {
        let value = value.replace('\\', "\\\\").replace('\n', "\\n");
        let _ = writeln!(text, "{name}={value}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listeners(secured: Option<SecuredListeners>) -> Listeners {
        Listeners {
            plain: "127.0.0.1:1".to_owned(),
            controller: "127.0.0.1:2".to_owned(),
            secured,
        }
    }

    #[test]
    fn the_controller_listens_and_is_not_advertised() {
        let text = server_properties(&listeners(None), Path::new("/data"), None, &[]);
        assert!(text.contains("\nlisteners=PLAIN://127.0.0.1:1,CONTROLLER://127.0.0.1:2\n"));
        assert!(text.contains("\nadvertised.listeners=PLAIN://127.0.0.1:1\n"));
        assert!(text.contains("\nlog.dirs=/data\n"));
    }

    #[test]
    fn a_certificate_stays_on_one_line() {
        let security = Security {
            key: "a\nb\\".to_owned(),
            chain: String::new(),
            trusted: String::new(),
            users: Vec::new(),
            superusers: vec!["User:admin".to_owned()],
        };
        let text = server_properties(&listeners(None), Path::new("/data"), Some(&security), &[]);
        assert!(text.contains("\nssl.keystore.key=a\\nb\\\\\n"));
        assert!(text.contains("\nsuper.users=User:ANONYMOUS;User:admin\n"));
    }

    #[test]
    fn the_callers_own_properties_come_last_and_so_win() {
        let more = [("log.retention.ms".to_owned(), "7".to_owned())];
        let text = server_properties(&listeners(None), Path::new("/data"), None, &more);
        assert!(text.ends_with("\nlog.retention.ms=7\n"));
    }
}
