//! Failures of Kafka: settings, connections, reading, writing and groups.

use super::{Failure, advice::granted_by};
use crate::{
    exit::Exit,
    kafka::{
        SettingsError,
        java_property::KEYSTORE_ADVICE,
        property::Refusal,
        wire::{
            ConnectError, ReadError,
            cause::{Cause, WireError},
            trust::TlsSettingsError,
        },
        write::{GroupError, TransactionError, WriteError},
    },
};

/// What to type when a topic was deleted and created again.
pub const RUN_AGAIN: &str = "run the command again to begin with the new topic";

impl Failure {
    /// A topic that was deleted and created again while it was read or written.
    pub fn recreated(cause: &Cause) -> Self {
        let failure = Self {
            stale: true,
            ..Self::new(Exit::Partial, cause.to_string())
        };
        failure
            .cause("offsets and records from before belong to the deleted topic")
            .hint(RUN_AGAIN)
    }

    pub(super) fn about_settings(self, error: &SettingsError) -> Self {
        let hint = match error {
            SettingsError::NoBrokers => {
                "name some: -b HOST:PORT, a profile with -P NAME, or `evctl sandbox start`"
            }
            SettingsError::Unknown {
                nearest: Some(nearest),
                ..
            } => return self.hint(format!("did you mean {nearest:?}?")),
            SettingsError::Java { instead, .. } => return self.hint(instead.advice()),
            SettingsError::WithoutEffect { wanted, .. } => {
                return self.hint(format!("set security.protocol to {wanted}"));
            }
            SettingsError::Refused { refusal, .. } => match refusal {
                Refusal::Kerberos => "use SCRAM, PLAIN or client certificates",
                Refusal::OauthBearer => "for now use SCRAM, PLAIN or client certificates",
                Refusal::Keystore => KEYSTORE_ADVICE,
                Refusal::EncryptedKey => {
                    "decrypt it: openssl pkey -in KEY.pem -out CLEAR.pem && chmod 600 CLEAR.pem"
                }
                Refusal::Transactional
                | Refusal::TlsChoice
                | Refusal::Plugin
                | Refusal::Program => "leave it out",
            },
            _ => return self,
        };
        self.hint(hint)
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::usage(error.to_string()).about_settings(&error)
    }
}

impl From<WireError> for Failure {
    fn from(error: WireError) -> Self {
        if error.cause.is_recreated() {
            return Self::recreated(&error.cause);
        }
        let exit = if error.cause.is_not_found() {
            Exit::NotFound
        } else {
            Exit::Unreachable
        };
        let failure = Self::new(exit, error.to_string());
        match connection_hint(&error.cause) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<ConnectError> for Failure {
    fn from(error: ConnectError) -> Self {
        match error {
            ConnectError::Settings(error) => error.into(),
            ConnectError::Wire(error) => error.into(),
        }
    }
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        let message = error.to_string();
        match error {
            ReadError::Wire(error) => error.into(),
            ReadError::Stalled { cause, .. } => {
                let failure = Self::new(Exit::Unreachable, message);
                let failure = match &cause {
                    Some(cause) => failure.cause(cause),
                    None => failure.cause("the brokers are connected and send nothing"),
                };
                failure.hint("--stall-timeout waits longer")
            }
            ReadError::Corrupt { .. } => Self::new(Exit::Partial, message)
                .hint("-X check.crcs=false reads on past a wrong checksum"),
            ReadError::Refused { cause, .. } => {
                let failure = Self::new(Exit::Unreachable, message);
                connection_hint(&cause)
                    .into_iter()
                    .fold(failure, Self::hint)
            }
        }
    }
}

impl From<GroupError> for Failure {
    fn from(error: GroupError) -> Self {
        let failure = Self::new(Exit::Unreachable, error.to_string());
        match error {
            GroupError::Refused { code, .. } | GroupError::Offsets { code, .. }
                if code.is_access() =>
            {
                failure.hint(granted_by("--operation Read --group NAME"))
            }
            GroupError::Offsets { .. } => failure.hint(
                "what was read since the last commit is read again by who owns the partitions now",
            ),
            GroupError::Stored(error) => error.into(),
            _ => failure,
        }
    }
}

impl From<TransactionError> for Failure {
    fn from(error: TransactionError) -> Self {
        let failure = Self::new(Exit::Unreachable, error.to_string());
        match error {
            TransactionError::Refused { .. } => failure.hint(granted_by(
                "--operation Write --transactional-id NAME, and --operation Read --group NAME",
            )),
            TransactionError::Fenced { .. } => {
                failure.hint("nothing of the open transaction is seen by anybody")
            }
            _ => failure,
        }
    }
}

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        let exit = match &error {
            WriteError::Property { .. } | WriteError::Start(_) => Exit::Usage,
            WriteError::Fatal { .. } => Exit::Partial,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<TlsSettingsError> for Failure {
    fn from(error: TlsSettingsError) -> Self {
        let failure = Self::usage(error.to_string());
        match error {
            TlsSettingsError::Unreadable { source, .. } => failure.cause(source),
            TlsSettingsError::NoCertificate(_) => failure.hint(
                "certificates are read as PEM; a JKS store is converted by: \
                 keytool -exportcert -rfc -keystore FILE -alias NAME",
            ),
            TlsSettingsError::Key(_) => failure.hint(
                "-X ssl.key.location=FILE names a key in PEM without a password: \
                 openssl pkey -in FILE -out PLAIN_FILE",
            ),
            TlsSettingsError::Client(_) => {
                failure.hint("ssl.key.location must be the key of ssl.certificate.location")
            }
        }
    }
}

/// What to do about a broker that could not be used.
fn connection_hint(cause: &Cause) -> Option<String> {
    let hint = match cause {
        Cause::Advertised { at, .. } => {
            return Some(format!(
                "set advertised.listeners of the broker to an address that clients reach, or make \
                 {at} reachable from here"
            ));
        }
        Cause::Refused => "is Kafka running there? `evctl sandbox start` runs one here",
        Cause::NameNotResolved => {
            "check --brokers; brokers also name each other by `advertised.listeners`, which must \
             resolve from here"
        }
        Cause::Unreachable(_) => "check --brokers, the network and the firewall",
        Cause::NotKafka { .. } => "--brokers takes the port of a Kafka listener, such as 9092",
        Cause::TlsExpected => "-X security.protocol=SSL (or SASL_SSL)",
        Cause::TlsNotSpoken => {
            "-X security.protocol=PLAINTEXT (or SASL_PLAINTEXT), or the port of a TLS listener"
        }
        Cause::Handshake { .. } => "evctl speaks TLS 1.2 and 1.3; the broker's log says more",
        Cause::UntrustedCertificate { .. } => "-X ssl.ca.location=FILE names its CA, as PEM",
        Cause::CertificateName { .. } => {
            "connect by a name of the certificate, or do not check the name: \
             -X ssl.endpoint.identification.algorithm=none"
        }
        Cause::CertificateExpired { .. } => "renew the broker's certificate, or set the clock here",
        Cause::ClientCertificateRequired => {
            "-X ssl.certificate.location=FILE -X ssl.key.location=FILE, both PEM"
        }
        Cause::ClientCertificateRejected { .. } => {
            "the certificate of ssl.certificate.location must be valid and signed by a CA that \
             the broker trusts"
        }
        Cause::WrongPassword { .. } => "check sasl.username, sasl.password and sasl.mechanism",
        Cause::MechanismNotOffered { offered, .. } => {
            let ours = ["SCRAM-SHA-512", "SCRAM-SHA-256", "PLAIN"];
            let common = ours.iter().find(|ours| offered.iter().any(|o| o == *ours));
            return Some(match common {
                Some(mechanism) => format!("-X sasl.mechanism={mechanism}"),
                None => format!("evctl speaks {}", ours.join(", ")),
            });
        }
        Cause::SaslExpected => {
            "-X security.protocol=SASL_PLAINTEXT (or SASL_SSL), with sasl.mechanism, \
             sasl.username and sasl.password, best kept in a profile"
        }
        Cause::SaslNotSpoken => "-X security.protocol=PLAINTEXT (or SSL)",
        Cause::Sasl { .. } => "check sasl.password, and that --brokers names the right cluster",
        Cause::NotAuthorized { .. } => {
            return Some(granted_by("--allow-principal User:NAME …"));
        }
        Cause::TimedOut { .. } => {
            "is the address right, and no firewall in between? \
             -X socket.connection.setup.timeout.ms and -X socket.timeout.ms wait longer"
        }
        Cause::Closed => {
            "the broker's log says why; a TLS or SASL listener closes on plaintext: \
             see -X security.protocol"
        }
        Cause::TooOld { .. } => "this needs a newer Kafka; evctl is tested with 3.9 and 4.3",
        Cause::TooNew { .. } => "this needs a newer evctl",
        Cause::Recreated { .. }
        | Cause::Malformed { .. }
        | Cause::Batch(_)
        | Cause::Broker { .. } => return None,
    };
    Some(hint.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(cause: Cause) -> Failure {
        Failure::from(WireError {
            broker: "localhost:9092".to_owned(),
            cause,
        })
    }

    #[test]
    fn an_unreachable_broker_is_exit_3_with_a_hint() {
        let refused = failure(Cause::Refused);
        assert_eq!(refused.exit, Exit::Unreachable);
        assert_eq!(
            refused.message,
            "broker \"localhost:9092\": connection refused"
        );
        assert_eq!(
            refused.hints,
            ["is Kafka running there? `evctl sandbox start` runs one here"]
        );
        let offered = failure(Cause::MechanismNotOffered {
            mechanism: "PLAIN",
            offered: vec!["SCRAM-SHA-512".to_owned()],
        });
        assert_eq!(offered.hints, ["-X sasl.mechanism=SCRAM-SHA-512"]);
        let kerberos = failure(Cause::MechanismNotOffered {
            mechanism: "PLAIN",
            offered: vec!["GSSAPI".to_owned()],
        });
        assert_eq!(
            kerberos.hints,
            ["evctl speaks SCRAM-SHA-512, SCRAM-SHA-256, PLAIN"]
        );
    }

    #[test]
    fn an_unknown_topic_is_exit_4() {
        let cause = Cause::of_code(3, "topic \"orders\"").unwrap();
        assert_eq!(failure(cause).exit, Exit::NotFound);
    }
}
