//! Every property name of librdkafka 2.12.1 (its CONFIGURATION.md), and which part of evctl it
//! reaches. The one table behind "unknown property", "unused" and "secret". Knows no values.

use std::{collections::BTreeMap, fmt};

use self::Class::{Both, Librdkafka, Nobody, Read, Refused, Write};

/// What a property reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Connecting, TLS, SASL: our reader and librdkafka do the same with it.
    Both,
    /// Our reader only.
    Read,
    /// librdkafka as a producer only.
    Write,
    /// librdkafka as a member of a group only.
    Group,
    /// librdkafka, whatever it does for us.
    Librdkafka,
    /// Nothing: evctl decides this itself, or the part of librdkafka is never used.
    Nobody,
    /// Accepting it would promise what evctl does not keep.
    Refused(Refusal),
}

/// Why a property cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// `sasl.kerberos.*`
    #[error("Kerberos is not supported")]
    Kerberos,
    /// `sasl.oauthbearer.*`
    #[error("OAUTHBEARER is not supported yet")]
    OauthBearer,
    /// `ssl.keystore.*`
    #[error("JKS and PKCS#12 key stores are not supported")]
    Keystore,
    /// `ssl.key.password`, or a key that needs one.
    #[error("encrypted private keys are not supported")]
    EncryptedKey,
    /// OpenSSL's own choices, which our reader's TLS cannot make.
    #[error("it would hold for writing only: the reading half has no such choice")]
    TlsChoice,
    /// `transactional.id`
    #[error("evctl names its own transactions")]
    Transactional,
    /// `plugin.library.paths`
    #[error("evctl loads no plugins")]
    Plugin,
    /// Callbacks and pointers.
    #[error("it can be set by a program only, not by text")]
    Program,
}

/// A part of evctl that properties reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Our reader, which also asks every question.
    Reading,
    /// librdkafka's producer.
    Writing,
    /// librdkafka's group membership.
    Membership,
}

impl Class {
    /// Whether a property of this class has an effect on `part`.
    #[must_use]
    pub fn reaches(self, part: Part) -> bool {
        match self {
            Both => true,
            Read => part == Part::Reading,
            Write => part == Part::Writing,
            Self::Group => part == Part::Membership,
            Librdkafka => part != Part::Reading,
            Nobody | Refused(_) => false,
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Both => "everything",
            Read => "reading",
            Write => "writing",
            Self::Group => "groups",
            Librdkafka => "writing, groups",
            Nobody => "nothing",
            Refused(_) => "refused",
        })
    }
}

/// The table. Names of the global and the topic section that are equal stand here once.
#[rustfmt::skip]
const TABLE: &[(Class, &[&str])] = &[
    (Both, &[
        "bootstrap.servers", "broker.address.family", "client.id",
        "enable.ssl.certificate.verification", "metadata.broker.list", "receive.message.max.bytes",
        "sasl.mechanism", "sasl.mechanisms", "sasl.password", "sasl.username", "security.protocol",
        "socket.connection.setup.timeout.ms", "socket.timeout.ms", "ssl.ca.location", "ssl.ca.pem",
        "ssl.certificate.location", "ssl.certificate.pem", "ssl.endpoint.identification.algorithm",
        "ssl.key.location", "ssl.key.pem",
    ]),
    (Read, &[
        "auto.offset.reset", "check.crcs", "client.rack", "fetch.max.bytes", "fetch.message.max.bytes",
        "fetch.min.bytes", "fetch.wait.max.ms", "isolation.level", "max.partition.fetch.bytes",
    ]),
    (Write, &[
        "acks", "batch.num.messages", "batch.size", "compression.codec", "compression.level",
        "compression.type", "delivery.timeout.ms", "enable.gapless.guarantee",
        "enable.idempotence", "linger.ms", "max.in.flight",
        "max.in.flight.requests.per.connection", "message.copy.max.bytes", "message.max.bytes",
        "message.send.max.retries", "message.timeout.ms", "partitioner",
        "queue.buffering.backpressure.threshold", "queue.buffering.max.kbytes",
        "queue.buffering.max.messages", "queue.buffering.max.ms", "queuing.strategy",
        "request.required.acks", "request.timeout.ms", "retries", "sticky.partitioning.linger.ms",
        "transaction.timeout.ms",
    ]),
    (Class::Group, &[
        "coordinator.query.interval.ms", "group.instance.id", "group.protocol",
        "group.protocol.type", "group.remote.assignor", "heartbeat.interval.ms",
        "max.poll.interval.ms", "partition.assignment.strategy", "session.timeout.ms",
    ]),
    (Librdkafka, &[
        "api.version.fallback.ms", "api.version.request", "api.version.request.timeout.ms",
        "broker.address.ttl", "broker.version.fallback", "client.dns.lookup",
        "connections.max.idle.ms", "debug", "enable.metrics.push", "enable.random.seed",
        "log.connection.close", "log.thread.name", "log_level", "metadata.max.age.ms",
        "metadata.recovery.rebootstrap.trigger.ms", "metadata.recovery.strategy",
        "reconnect.backoff.jitter.ms", "reconnect.backoff.max.ms", "reconnect.backoff.ms",
        "retry.backoff.max.ms", "retry.backoff.ms", "socket.blocking.max.ms",
        "socket.keepalive.enable", "socket.max.fails", "socket.nagle.disable",
        "socket.receive.buffer.bytes", "socket.send.buffer.bytes", "topic.blacklist",
        "topic.metadata.propagation.max.ms", "topic.metadata.refresh.fast.cnt",
        "topic.metadata.refresh.fast.interval.ms", "topic.metadata.refresh.interval.ms",
        "topic.metadata.refresh.sparse",
    ]),
    // evctl never lets a read create a topic, commits by itself after output, counts every
    // delivery, takes group and start from its own options and fetches without librdkafka.
    (Nobody, &[
        "allow.auto.create.topics", "auto.commit.enable", "auto.commit.interval.ms",
        "builtin.features", "consume.callback.max.messages",
        "delivery.report.only.error", "enable.auto.commit", "enable.auto.offset.store",
        "enable.partition.eof", "fetch.error.backoff.ms", "fetch.queue.backoff.ms", "group.id",
        "internal.termination.signal", "log.queue", "offset.store.method", "offset.store.path",
        "offset.store.sync.interval.ms", "produce.offset.report", "queued.max.messages.kbytes",
        "queued.min.messages", "ssl.ca.certificate.stores", "statistics.interval.ms",
    ]),
    (Refused(Refusal::Kerberos), &[
        "sasl.kerberos.keytab", "sasl.kerberos.kinit.cmd", "sasl.kerberos.min.time.before.relogin",
        "sasl.kerberos.principal", "sasl.kerberos.service.name",
    ]),
    (Refused(Refusal::OauthBearer), &[
        "enable.sasl.oauthbearer.unsecure.jwt", "https.ca.location", "https.ca.pem",
        "sasl.oauthbearer.assertion.algorithm", "sasl.oauthbearer.assertion.claim.aud",
        "sasl.oauthbearer.assertion.claim.exp.seconds", "sasl.oauthbearer.assertion.claim.iss",
        "sasl.oauthbearer.assertion.claim.jti.include",
        "sasl.oauthbearer.assertion.claim.nbf.seconds", "sasl.oauthbearer.assertion.claim.sub",
        "sasl.oauthbearer.assertion.file", "sasl.oauthbearer.assertion.jwt.template.file",
        "sasl.oauthbearer.assertion.private.key.file",
        "sasl.oauthbearer.assertion.private.key.passphrase",
        "sasl.oauthbearer.assertion.private.key.pem",
        "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.client.credentials.client.secret", "sasl.oauthbearer.client.id",
        "sasl.oauthbearer.client.secret", "sasl.oauthbearer.config", "sasl.oauthbearer.extensions",
        "sasl.oauthbearer.grant.type", "sasl.oauthbearer.metadata.authentication.type",
        "sasl.oauthbearer.method", "sasl.oauthbearer.scope",
        "sasl.oauthbearer.token.endpoint.url",
    ]),
    (Refused(Refusal::Keystore), &["ssl.keystore.location", "ssl.keystore.password"]),
    (Refused(Refusal::EncryptedKey), &["ssl.key.password"]),
    (Refused(Refusal::TlsChoice), &[
        "ssl.cipher.suites", "ssl.crl.location", "ssl.curves.list", "ssl.engine.id",
        "ssl.engine.location", "ssl.providers", "ssl.sigalgs.list",
    ]),
    (Refused(Refusal::Transactional), &["transactional.id"]),
    (Refused(Refusal::Plugin), &["interceptors", "plugin.library.paths"]),
    (Refused(Refusal::Program), &[
        "background_event_cb", "closesocket_cb", "connect_cb", "consume_cb", "default_topic_conf",
        "dr_cb", "dr_msg_cb", "enabled_events", "error_cb", "log_cb", "msg_order_cmp",
        "oauthbearer_token_refresh_cb", "offset_commit_cb", "opaque", "open_cb", "partitioner_cb",
        "rebalance_cb", "resolve_cb", "socket_cb", "ssl.certificate.verify_cb", "ssl_ca",
        "ssl_certificate", "ssl_engine_callback_data", "ssl_key", "stats_cb", "throttle_cb",
    ]),
];

/// Names for one and the same property: alias, then the name librdkafka stores it under.
const ALIASES: &[(&str, &str)] = &[
    ("acks", "request.required.acks"),
    ("bootstrap.servers", "metadata.broker.list"),
    ("compression.type", "compression.codec"),
    ("delivery.timeout.ms", "message.timeout.ms"),
    ("linger.ms", "queue.buffering.max.ms"),
    ("max.in.flight", "max.in.flight.requests.per.connection"),
    ("max.partition.fetch.bytes", "fetch.message.max.bytes"),
    ("retries", "message.send.max.retries"),
    ("sasl.mechanism", "sasl.mechanisms"),
    (
        "sasl.oauthbearer.client.credentials.client.id",
        "sasl.oauthbearer.client.id",
    ),
    (
        "sasl.oauthbearer.client.credentials.client.secret",
        "sasl.oauthbearer.client.secret",
    ),
];

const SECRETS: &[&str] = &[
    "sasl.oauthbearer.assertion.private.key.passphrase",
    "sasl.oauthbearer.assertion.private.key.pem",
    "sasl.oauthbearer.client.credentials.client.secret",
    "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.config",
    "sasl.password",
    "ssl.key.password",
    "ssl.key.pem",
    "ssl.keystore.password",
    "ssl_key",
];

/// What `name` reaches; `None` when librdkafka has no such property.
#[must_use]
pub fn class(name: &str) -> Option<Class> {
    TABLE
        .iter()
        .find_map(|(class, names)| names.contains(&name).then_some(*class))
}

/// The name that all names for the same property share.
#[must_use]
pub fn canonical(name: &str) -> &str {
    ALIASES
        .iter()
        .find_map(|&(alias, canonical)| (alias == name).then_some(canonical))
        .unwrap_or(name)
}

/// Every name of the property that is stored under `canonical`, that one included.
pub fn names_of(canonical: &str) -> impl Iterator<Item = &str> {
    ALIASES
        .iter()
        .filter_map(move |&(alias, stored)| (stored == canonical).then_some(alias))
        .chain([canonical])
}

/// Whether the value must never be shown. A name that does not exist counts as secret: it may be
/// a mistyped `sasl.password`.
#[must_use]
pub fn is_secret(name: &str) -> bool {
    SECRETS.contains(&name) || class(name).is_none()
}

/// The existing name that was most likely meant.
#[must_use]
pub fn nearest_property(name: &str) -> Option<&'static str> {
    nearest(name, TABLE.iter().flat_map(|(_, names)| *names).copied())
}

/// The candidate closest to `name`, when one is close enough to have been meant: at most a third
/// of its characters differ.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(name, candidate), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= name.chars().count().div_ceil(3))
        .map(|(_, candidate)| candidate)
}

/// Those of `properties` that have no effect on any of `parts`, in order.
#[must_use]
pub fn unused<'a>(properties: &'a BTreeMap<String, String>, parts: &[Part]) -> Vec<&'a str> {
    properties
        .keys()
        .map(String::as_str)
        .filter(|name| {
            class(name).is_some_and(|class| !parts.iter().any(|part| class.reaches(*part)))
        })
        .collect()
}

/// Shows properties with their secrets masked.
pub struct Masked<'a>(pub &'a BTreeMap<String, String>);

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.iter().map(|(name, value)| {
            let secret = is_secret(name);
            (name, if secret { "***" } else { value.as_str() })
        });
        out.debug_map().entries(shown).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn names() -> Vec<&'static str> {
        TABLE
            .iter()
            .flat_map(|(_, names)| *names)
            .copied()
            .collect()
    }

    #[test]
    fn the_table_holds_each_of_librdkafkas_names_once() {
        let names = names();
        assert_eq!(names.len(), 190, "as many as CONFIGURATION.md of 2.12.1");
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }

    #[test]
    fn aliases_and_secrets_name_properties_that_exist() {
        for (alias, canonical) in ALIASES {
            assert!(class(alias).is_some(), "{alias}");
            assert_eq!(class(alias), class(canonical), "{alias}");
        }
        for secret in SECRETS {
            assert!(class(secret).is_some(), "{secret}");
        }
    }

    #[test]
    fn a_mistyped_name_finds_its_neighbour() {
        assert_eq!(nearest_property("sasl.pasword"), Some("sasl.password"));
        assert_eq!(
            nearest_property("security.protocl"),
            Some("security.protocol")
        );
        assert_eq!(nearest_property("a"), None);
        assert_eq!(nearest_property("nothing.like.this.at.all"), None);
    }

    #[test]
    fn a_name_that_does_not_exist_is_treated_as_a_secret() {
        assert!(is_secret("sasl.password"));
        assert!(is_secret("sasl.pasword"));
        assert!(!is_secret("sasl.username"));
    }

    #[test]
    fn properties_of_the_other_half_are_unused() {
        let properties = ["client.id", "linger.ms", "fetch.min.bytes", "group.id"]
            .map(|name| (name.to_owned(), "1".to_owned()))
            .into();
        assert_eq!(
            unused(&properties, &[Part::Reading]),
            ["group.id", "linger.ms"]
        );
        assert_eq!(
            unused(&properties, &[Part::Reading, Part::Writing]),
            ["group.id"]
        );
        assert_eq!(
            unused(&properties, &[]),
            ["client.id", "fetch.min.bytes", "group.id", "linger.ms"]
        );
    }

    #[test]
    fn masked_properties_show_names_and_harmless_values_only() {
        let properties = [("sasl.username", "oncall"), ("sasl.password", "hunter2")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
        let shown = format!("{:?}", Masked(&properties));
        assert!(
            shown.contains("oncall") && !shown.contains("hunter2"),
            "{shown}"
        );
    }
}
