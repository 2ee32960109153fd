//! Properties of the Java clients that librdkafka does not have, and what stands in their place.

/// What takes the place of a Java property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Instead {
    /// A PEM file with the authorities to trust.
    Authorities,
    /// PEM files with the client's certificate and key.
    Identity,
    /// User name and password as properties of their own.
    Login,
    /// This property of librdkafka.
    Property(&'static str),
    /// This option of evctl.
    Option(&'static str),
    /// Nothing: evctl does without it.
    Nothing,
}

const TABLE: &[(&str, Instead)] = &[
    ("ssl.truststore.location", Instead::Authorities),
    ("ssl.truststore.password", Instead::Authorities),
    ("ssl.truststore.type", Instead::Authorities),
    (
        "ssl.truststore.certificates",
        Instead::Property("ssl.ca.pem"),
    ),
    ("ssl.keystore.type", Instead::Identity),
    ("ssl.keystore.key", Instead::Property("ssl.key.pem")),
    (
        "ssl.keystore.certificate.chain",
        Instead::Property("ssl.certificate.pem"),
    ),
    ("ssl.protocol", Instead::Nothing),
    ("ssl.provider", Instead::Nothing),
    ("ssl.enabled.protocols", Instead::Nothing),
    ("ssl.keymanager.algorithm", Instead::Nothing),
    ("ssl.trustmanager.algorithm", Instead::Nothing),
    ("ssl.secure.random.implementation", Instead::Nothing),
    ("ssl.engine.factory.class", Instead::Nothing),
    ("sasl.jaas.config", Instead::Login),
    ("sasl.client.callback.handler.class", Instead::Nothing),
    ("sasl.login.callback.handler.class", Instead::Nothing),
    ("sasl.login.class", Instead::Nothing),
    ("key.serializer", Instead::Option("-i FORMAT")),
    ("value.serializer", Instead::Option("-i FORMAT")),
    ("key.deserializer", Instead::Option("-o FORMAT")),
    ("value.deserializer", Instead::Option("-o FORMAT")),
    ("max.poll.records", Instead::Option("-n N")),
    (
        "default.api.timeout.ms",
        Instead::Option("--timeout DURATION"),
    ),
    ("max.block.ms", Instead::Option("--stall-timeout DURATION")),
    (
        "basic.auth.user.info",
        Instead::Property("schema.registry.basic.auth.user.info"),
    ),
    (
        "bearer.auth.token",
        Instead::Property("schema.registry.bearer.auth.token"),
    ),
    ("basic.auth.credentials.source", Instead::Nothing),
    ("bearer.auth.credentials.source", Instead::Nothing),
    ("auto.register.schemas", Instead::Nothing),
    ("specific.avro.reader", Instead::Nothing),
    ("fetch.max.wait.ms", Instead::Property("fetch.wait.max.ms")),
    ("max.request.size", Instead::Property("message.max.bytes")),
    (
        "buffer.memory",
        Instead::Property("queue.buffering.max.kbytes"),
    ),
    (
        "receive.buffer.bytes",
        Instead::Property("socket.receive.buffer.bytes"),
    ),
    (
        "send.buffer.bytes",
        Instead::Property("socket.send.buffer.bytes"),
    ),
    ("partitioner.class", Instead::Property("partitioner")),
    ("interceptor.classes", Instead::Nothing),
    ("metric.reporters", Instead::Nothing),
    ("metrics.num.samples", Instead::Nothing),
    ("metrics.recording.level", Instead::Nothing),
    ("metrics.sample.window.ms", Instead::Nothing),
    ("security.providers", Instead::Nothing),
    ("exclude.internal.topics", Instead::Nothing),
];

/// What takes the place of `name`; `None` when no Java client has it either, or librdkafka does.
#[must_use]
pub fn instead(name: &str) -> Option<Instead> {
    TABLE
        .iter()
        .find_map(|(java, instead)| (*java == name).then_some(*instead))
}

/// What to do with a key store.
pub const KEYSTORE_ADVICE: &str = "convert it to PEM and name ssl.key.location and ssl.certificate.location: openssl pkcs12 -in \
     STORE.p12 -nodes -out client.pem (a JKS first: keytool -importkeystore -srckeystore STORE.jks \
     -destkeystore STORE.p12 -deststoretype pkcs12)";

impl Instead {
    /// What to write instead.
    #[must_use]
    pub fn advice(self) -> String {
        match self {
        Self::Authorities => "export its certificates as PEM and name ssl.ca.location: keytool \
             -list -rfc -keystore STORE.jks > ca.pem, then -X ssl.ca.location=ca.pem"
            .to_owned(),
        Self::Identity => KEYSTORE_ADVICE.to_owned(),
        Self::Login => "its username and password are properties of their own: -X \
             sasl.mechanism=SCRAM-SHA-512 (or PLAIN) -X sasl.username=USER -X sasl.password=PASSWORD"
            .to_owned(),
        Self::Property(name) => format!("librdkafka calls it {name}"),
        Self::Option(option) => format!("leave it out; {option} takes its place"),
        Self::Nothing => "leave it out: nothing here needs it".to_owned(),
    }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::property, *};
    use crate::registry;

    #[test]
    fn what_is_listed_is_no_property_of_librdkafka_and_leads_to_one() {
        for (name, instead) in TABLE {
            assert!(property::class(name).is_none(), "{name}");
            if let Instead::Property(other) = instead {
                let exists = property::class(other).is_some() || registry::is_known(other);
                assert!(exists, "{other}");
            }
        }
    }
}
