//! A failure as the user sees it: what happened, why, and what to type next.
//!
//! Errors of the floors below are short fragments without advice; all advice is written here, so
//! that it can be reviewed in one place.

use std::{fmt, io};

use crate::{
    codec::shell::{self, CommandLine},
    config::ConfigError,
    exit::Exit,
    files::{
        CsvFileError, FileError,
        capture::{CaptureError, CaptureWriteError},
    },
    filter::{FilterError, JqError},
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
    output::{
        records::{ColumnError, TemplateError, UnknownFormat},
        report::UnknownReportFormat,
    },
    pipeline::{Fault, Refused},
    registry::RegistryError,
    replay::{MarkError, RewriteError},
    sandbox::SandboxError,
    select::{OutOfRange, SelectError, TIMES},
};

/// What to type when a topic was deleted and created again.
pub const RUN_AGAIN: &str = "run the command again to begin with the new topic";

/// What a command ends with when it does not end well.
#[derive(Debug)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// What happened, one line, lower case, no full stop.
    pub message: String,
    /// Why, outermost first.
    pub causes: Vec<String>,
    /// What to type next.
    pub hints: Vec<String>,
    /// Whether positions that were reached mean nothing any more, as their topic was deleted: no
    /// way to go on from them is offered.
    pub stale: bool,
}

impl Failure {
    /// A failure with nothing but a message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
            stale: false,
        }
    }

    /// Wrong usage or configuration.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// Adds why it happened.
    #[must_use]
    pub fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The stored offset of `group` lies outside of a partition's log, so that nobody knows what it
    /// has read of it.
    pub fn out_of_range(group: &str, error: &OutOfRange) -> Self {
        let (topic, number) = (&error.partition.topic, error.partition.partition);
        let seek = CommandLine::evctl("groups seek").operand(group);
        let from = format!("-p {number} --from earliest");
        let seek = seek.option("--topic", topic).and(&from);
        Self::new(Exit::Partial, format!("group {group:?}: {error}"))
            .cause(error.cause())
            .hint("-X auto.offset.reset=earliest starts at the log start, latest at the end")
            .hint(format!("{seek} moves the group"))
    }

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

    fn about_settings(self, error: &SettingsError) -> Self {
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

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let failure = Self::new(Exit::Refused, "refused, nothing was written").cause(&refused);
        match refused {
            Refused::NoTerminal => failure.hint("pass --yes to do it without a question"),
            Refused::ClusterNotNamed(name) | Refused::NoTerminalForName(name) => {
                failure.hint(format!("pass --yes {}", shell::option("--cluster", &name)))
            }
            Refused::Declined => failure,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let failure = Self::usage(error.to_string());
        match error {
            ConfigError::Settings { error, .. } => failure.about_settings(&error),
            ConfigError::UnknownProfile { nearest, .. } => match nearest {
                Some(nearest) => failure.hint(format!("did you mean {nearest:?}?")),
                None => failure.hint("`evctl profile list` shows all profiles"),
            },
            ConfigError::Protected { .. } => failure.hint(
                "give these brokers a profile of their own: evctl profile add NAME -b HOST:PORT",
            ),
            ConfigError::ForeignSecret { .. } => {
                failure.hint("name both in the same file, or give the profile another name")
            }
            ConfigError::Untrusted { .. } => {
                failure.hint("read that file; if you trust it: evctl profile trust")
            }
            ConfigError::UntrustedDefault { name, .. } => failure
                .hint(format!(
                    "{} names the profile here",
                    shell::option("-P", &name)
                ))
                .hint("read that file; if you trust it: evctl profile trust"),
            ConfigError::Interrupted(_, signal) => Self {
                exit: signal.into(),
                ..failure
            },
            ConfigError::Exists { .. } => failure.hint("pass --replace to write it anew"),
            ConfigError::NoHome => failure.hint("pass --project, or set EVCTL_CONFIG"),
            _ => failure,
        }
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::usage(error.to_string()).about_settings(&error)
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let fault = match fault.downcast::<Self>() {
            Ok(failure) => return *failure,
            Err(fault) => fault,
        };
        /// Returns the failure behind the fault when it is one of these errors.
        macro_rules! known {
            ($fault:ident: $($error:ty),*) => {$(
                let $fault = match $fault.downcast::<$error>() {
                    Ok(error) => return Self::from(*error),
                    Err(other) => other,
                };
            )*};
        }
        known!(fault: ReadError, WireError, GroupError, TransactionError, CaptureError);
        known!(fault: CaptureWriteError);
        let mut failure = Self::new(Exit::Partial, fault.to_string());
        let mut source = fault.source();
        while let Some(error) = source {
            failure = failure.cause(error);
            source = error.source();
        }
        failure
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        use RegistryError as E;
        let (exit, hint) = match &error {
            E::Settings(_) | E::References { .. } => (Exit::Usage, None),
            E::Unreachable { .. } => (
                Exit::Unreachable,
                Some("is it there? `evctl sandbox start --registry` starts one on this machine"),
            ),
            E::Denied { .. } => (
                Exit::Unreachable,
                Some(
                    "say who asks: -X schema.registry.basic.auth.user.info=USER:PASSWORD, or \
                     -X schema.registry.bearer.auth.token=TOKEN",
                ),
            ),
            // Registries number what they miss: 40401 is a subject. No number, no registry.
            E::NotFound { code, .. } if *code < 1_000 => (
                Exit::NotFound,
                Some("is its path right? Apicurio's is /apis/ccompat/v7"),
            ),
            E::NotFound { .. } => (
                Exit::NotFound,
                Some("`evctl schema list` shows what there is"),
            ),
            E::Refused { .. } => (Exit::No, None),
            E::Odd { .. } => (
                Exit::Unreachable,
                Some("does a registry that speaks Confluent's API answer there?"),
            ),
        };
        let failure = Self::new(exit, error.to_string());
        match hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        use SandboxError as E;
        let (exit, hint) = match &error {
            E::NoJava | E::OldJava { .. } | E::NoMaven => (
                Exit::Usage,
                "install both: apt-get install openjdk-17-jre-headless maven; \
                 or set KAFKA_HOME to an unpacked Kafka, or EVCTL_SANDBOX_BROKERS to a running one",
            ),
            E::Maven { .. } => (
                Exit::Unreachable,
                "the first start fetches Kafka with Maven and needs its repository",
            ),
            E::KafkaHome(_) => (
                Exit::Usage,
                "unset KAFKA_HOME to have Kafka fetched with Maven",
            ),
            E::Homeless(_) => (Exit::Usage, "set HOME"),
            E::PortTaken(_) | E::PortLost { .. } => (Exit::Usage, "leave out --port"),
            E::Format(_) | E::Ended { .. } | E::Silent { .. } => (
                Exit::Unreachable,
                "evctl sandbox stop --purge removes what an earlier or newer server left behind",
            ),
            E::Undying(_) | E::Stuck(_) => (
                Exit::Unreachable,
                "evctl sandbox status shows the process; end it with kill -9",
            ),
            E::Io { .. } => return Self::new(Exit::Unreachable, error.to_string()),
        };
        Self::new(exit, error.to_string()).hint(hint)
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

impl From<GroupError> for Failure {
    fn from(error: GroupError) -> Self {
        let failure = Self::new(Exit::Unreachable, error.to_string());
        match error {
            GroupError::Refused { code, .. } | GroupError::Offsets { code, .. }
                if code.is_access() =>
            {
                failure.hint(
                    "an administrator grants it: kafka-acls --add --operation Read --group NAME",
                )
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
            TransactionError::Refused { .. } => failure.hint(
                "an administrator grants it: kafka-acls --add --operation Write \
                 --transactional-id NAME, and --operation Read --group NAME",
            ),
            TransactionError::Fenced { .. } => {
                failure.hint("nothing of the open transaction is seen by anybody")
            }
            _ => failure,
        }
    }
}

impl From<RewriteError> for Failure {
    fn from(error: RewriteError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<MarkError> for Failure {
    fn from(error: MarkError) -> Self {
        Self::usage(error.to_string())
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
            "an administrator grants it: kafka-acls --add --allow-principal User:NAME …"
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

impl From<SelectError> for Failure {
    fn from(error: SelectError) -> Self {
        let missing = matches!(error, SelectError::NoSuchPartition { .. });
        let exit = if missing { Exit::NotFound } else { Exit::Usage };
        let failure = Self::new(exit, error.to_string());
        match error {
            SelectError::Position(_) | SelectError::Time(_) => failure.hint(format!(
                "a position is earliest, latest, stored, 1042, -100, +100 or a time: {TIMES}"
            )),
            SelectError::TimeZone(_) => {
                failure.hint("--tz takes local, UTC or a name such as Europe/Warsaw")
            }
            SelectError::While(back) => {
                failure.hint(format!("did you mean -{back} ({back} before now)?"))
            }
            SelectError::NoEnd(_) => {
                failure.hint("--from takes the last N records of each partition")
            }
            _ => failure,
        }
    }
}

impl From<FilterError> for Failure {
    fn from(error: FilterError) -> Self {
        match error {
            FilterError::Grep(_, cause) => {
                Self::usage(format!("--grep: {cause}").replace('\n', "\n  "))
            }
            FilterError::Jq(error) => Self::usage(format!("--filter: {error}")),
        }
    }
}

impl From<JqError> for Failure {
    fn from(error: JqError) -> Self {
        Self::usage(format!("--jq: {error}"))
    }
}

impl From<TemplateError> for Failure {
    fn from(error: TemplateError) -> Self {
        Self::usage(format!("--format: {error}")).hint(
            "%s value, %k key, %t topic, %p partition, %o offset, %T timestamp in ms, %h headers, \
             %S and %K lengths, %R binary length, %% a percent sign; \\n \\r \\t \\e \\0 \\xNN",
        )
    }
}

impl From<ColumnError> for Failure {
    fn from(error: ColumnError) -> Self {
        Self::usage(format!("--columns: {error}"))
    }
}

impl From<UnknownFormat> for Failure {
    fn from(error: UnknownFormat) -> Self {
        Self::usage(format!("--output: {error}"))
    }
}

impl From<UnknownReportFormat> for Failure {
    fn from(error: UnknownReportFormat) -> Self {
        Self::usage(format!("--output: {error}"))
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        let message = error.to_string();
        match error {
            FileError::Open { source, .. } if source.kind() == io::ErrorKind::NotFound => {
                Self::new(Exit::NotFound, message).cause(source)
            }
            FileError::Open { source, .. } => Self::usage(message).cause(source),
            FileError::Read { source, .. } => Self::new(Exit::Partial, message).cause(source),
            FileError::TooLong { .. } => Self::new(Exit::Partial, message),
        }
    }
}

impl From<CaptureError> for Failure {
    fn from(error: CaptureError) -> Self {
        let message = error.to_string();
        match error {
            CaptureError::File(error) => error.into(),
            CaptureError::Header { .. } => Self::usage(message),
            CaptureError::Version { .. } => {
                Self::usage(message).hint("read it with the evctl that wrote it, or a newer one")
            }
            CaptureError::Record { .. } | CaptureError::Empty(_) => {
                Self::new(Exit::Partial, message)
            }
            CaptureError::Truncated { .. } => Self::new(Exit::Partial, message)
                .hint("consume and tail take the records that are there with --allow-truncated"),
            CaptureError::MissingPart(_) => Self::new(Exit::Partial, message)
                .hint("--allow-truncated takes the parts that are there"),
            CaptureError::LastLine { .. } => Self::new(Exit::Partial, message)
                .hint("the file was changed after it was written; capture again if you can"),
        }
    }
}

impl From<CaptureWriteError> for Failure {
    fn from(error: CaptureWriteError) -> Self {
        let (message, left) = (error.to_string(), error.left_behind());
        match error {
            CaptureWriteError::Write { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => Self::new(Exit::NotFound, message).cause(source),
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge
                | io::ErrorKind::WriteZero => {
                    Self::new(Exit::Partial, message).cause(source).hint(left)
                }
                _ => Self::usage(message).cause(source),
            },
            CaptureWriteError::Exists(_) => Self::new(Exit::Refused, message)
                .hint("--force replaces it when the new capture is whole"),
            CaptureWriteError::Unfinished(name) => {
                let consume = CommandLine::evctl("consume").operand(name);
                Self::new(Exit::Refused, message)
                    .hint(format!("{} reads it", consume.and("--allow-truncated")))
                    .hint("--force replaces it")
            }
            CaptureWriteError::InProgress(_) => Self::new(Exit::Refused, message),
            CaptureWriteError::Suffix(_) => Self::usage(message)
                .hint("the suffix tells a file from a topic, and how it is compressed"),
            CaptureWriteError::SplitStream => {
                Self::usage(message).hint("name a file with -O, or leave out --split")
            }
        }
    }
}

impl From<CsvFileError> for Failure {
    fn from(error: CsvFileError) -> Self {
        match error {
            CsvFileError::File(error) => error.into(),
            CsvFileError::Row { line, .. } => {
                let exit = if line == 1 {
                    Exit::Usage
                } else {
                    Exit::Partial
                };
                Self::new(exit, error.to_string())
            }
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
