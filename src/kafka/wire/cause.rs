//! Why a connection or a request failed, named.
//!
//! Both halves of Kafka report through these causes, since every command connects with this half
//! first. Advice is not given here but in `failure/kafka.rs`.

use std::{io, time::Duration};

use kafka_protocol::error::ResponseError;
use thiserror::Error;

use super::{
    batch::Malformed,
    tls::{looks_like_http, looks_like_tls},
};

/// What is timed out where no connection comes about.
pub(super) const CONNECTING: &str = "connecting";
/// As [`CONNECTING`].
pub(super) const RESOLVING: &str = "resolving the name";

/// Why a broker could not be used, or would not do what was asked.
#[derive(Debug, Error)]
pub enum Cause {
    /// Nobody listens on the port.
    #[error("connection refused")]
    Refused,
    /// The host has no address.
    #[error("the name does not resolve")]
    NameNotResolved,
    /// The network said no in another way.
    #[error("unreachable: {0}")]
    Unreachable(io::Error),
    /// An address that a broker names to its clients cannot be reached from here.
    #[error(
        "the broker at {by} sends its clients to {at} (advertised.listeners), which {}",
        refusal(.cause)
    )]
    Advertised {
        /// The broker that answered, as it was reached.
        by: String,
        /// The address that it names.
        at: String,
        /// Why that cannot be reached.
        cause: Box<Self>,
    },
    /// Something else than Kafka listens there; `answer` is what gave it away.
    #[error("the port does not speak Kafka: {answer}")]
    NotKafka {
        /// What it answered, in a few printable words.
        answer: String,
    },
    /// We spoke plaintext to a listener that wants TLS.
    #[error("the broker expects TLS")]
    TlsExpected,
    /// We spoke TLS to a listener that does not.
    #[error("the broker does not speak TLS on this port")]
    TlsNotSpoken,
    /// TLS failed in a way that has no name of its own.
    #[error("TLS handshake failed: {detail}")]
    Handshake {
        /// What rustls reports.
        detail: String,
    },
    /// The broker's certificate is not signed by a root that we trust, or is not sound.
    #[error("the broker's certificate is not trusted: {detail}")]
    UntrustedCertificate {
        /// What is wrong with it.
        detail: String,
    },
    /// The broker's certificate is for other hosts.
    #[error("the broker's certificate is not for \"{wanted}\" but for {}", names(.has))]
    CertificateName {
        /// The host that we connected to.
        wanted: String,
        /// The names in the certificate; may be none, as a common name does not count.
        has: Vec<String>,
    },
    /// The broker's certificate is too old, or not valid yet.
    #[error("the broker's certificate has expired or is not valid yet: {detail}")]
    CertificateExpired {
        /// Which of both, and since when.
        detail: String,
    },
    /// The broker wants a client certificate and got none.
    #[error("the broker requires a client certificate")]
    ClientCertificateRequired,
    /// The broker does not like the client certificate that it got.
    #[error("the broker rejected the client certificate: {detail}")]
    ClientCertificateRejected {
        /// The TLS alert by name.
        detail: String,
    },
    /// The broker does not accept the credentials.
    #[error("wrong user name or password for \"{user}\" ({mechanism}): {message}")]
    WrongPassword {
        /// The SASL mechanism.
        mechanism: &'static str,
        /// The user name that was sent.
        user: String,
        /// What the broker says about it; never the password.
        message: String,
    },
    /// The broker does not offer the SASL mechanism.
    #[error("the broker does not offer {mechanism}, but {}", names(.offered))]
    MechanismNotOffered {
        /// The mechanism that we asked for.
        mechanism: &'static str,
        /// Those that it offers.
        offered: Vec<String>,
    },
    /// The broker wants SASL and we did not authenticate.
    #[error("the broker expects SASL authentication")]
    SaslExpected,
    /// We authenticate and the listener does not take that.
    #[error("the broker does not use SASL on this port")]
    SaslNotSpoken,
    /// The broker broke the rules of the SASL exchange, or is not the one that knows the password.
    #[error("{mechanism} failed: {detail}")]
    Sasl {
        /// The SASL mechanism.
        mechanism: &'static str,
        /// Which rule.
        detail: String,
    },
    /// The user may not do this.
    #[error("not authorized: {what}")]
    NotAuthorized {
        /// The operation or resource, such as `topic "orders"`.
        what: String,
    },
    /// No answer within the time it was given.
    #[error("{what} timed out after {}", seconds(*.after))]
    TimedOut {
        /// What was waited for, such as `connecting` or `Fetch`.
        what: String,
        /// How long.
        after: Duration,
    },
    /// The broker closed the connection.
    #[error("the broker closed the connection")]
    Closed,
    /// An answer that breaks the protocol.
    #[error("malformed answer: {what}")]
    Malformed {
        /// What is wrong, and where.
        what: String,
    },
    /// A record batch that is not what Kafka writes.
    #[error(transparent)]
    Batch(#[from] Malformed),
    /// The broker does not speak a version of the call that we need.
    #[error("the broker is too old: {api} version {needs} is needed, it {}", has_at_most(*.has))]
    TooOld {
        /// The call.
        api: &'static str,
        /// The lowest version that will do.
        needs: i16,
        /// The highest version that the broker has; -1 when it does not know the call at all.
        has: i16,
    },
    /// The broker has given up the versions of the call that we know.
    #[error(
        "the broker is too new: it wants {api} version {needs} or later, this evctl has at most {ours}"
    )]
    TooNew {
        /// The call.
        api: &'static str,
        /// The lowest version that the broker has.
        needs: i16,
        /// The highest version that we have.
        ours: i16,
    },
    /// The topic has another id than the one it was first seen with (KIP-516).
    #[error(
        "topic {topic:?} was deleted and created again: its topic id was {old}, now it is {new}"
    )]
    Recreated {
        /// The topic's name.
        topic: String,
        /// The id of the topic that is gone, as Kafka's tools write it.
        old: String,
        /// The id of the topic that has the name now.
        new: String,
    },
    /// Any other error code of the protocol.
    #[error("{} (error code {code}) for {what}", error_name(*.code))]
    Broker {
        /// The code (Kafka's `Errors.java`), never 0.
        code: i16,
        /// The call or the resource that it was answered for.
        what: String,
    },
}

impl Cause {
    /// The cause behind an error code that was answered for `what` (a call, or a resource such as
    /// `topic "orders"`); `None` when `code` is 0.
    #[must_use]
    pub fn of_code(code: i16, what: &str) -> Option<Self> {
        use ResponseError as E;
        let what = what.to_owned();
        Some(match ResponseError::try_from_code(code)? {
            E::TopicAuthorizationFailed
            | E::GroupAuthorizationFailed
            | E::ClusterAuthorizationFailed
            | E::TransactionalIdAuthorizationFailed
            | E::DelegationTokenAuthorizationFailed => Self::NotAuthorized { what },
            E::IllegalSaslState => Self::SaslExpected,
            _ => Self::Broker { code, what },
        })
    }

    /// The cause behind a failed read or write while waiting for `what`; `after` is the time that
    /// it was given. Finds TLS errors inside, as they come when TLS 1.3 refuses a client late.
    #[must_use]
    pub fn of_io(error: io::Error, what: &str, after: Duration) -> Self {
        use io::ErrorKind as K;
        if let Some(tls) = error
            .get_ref()
            .and_then(|e| e.downcast_ref::<rustls::Error>())
        {
            return Self::from(tls);
        }
        match error.kind() {
            K::WouldBlock | K::TimedOut => Self::TimedOut {
                what: what.to_owned(),
                after,
            },
            K::ConnectionRefused => Self::Refused,
            K::UnexpectedEof | K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe => {
                Self::Closed
            }
            _ => Self::Unreachable(error),
        }
    }

    /// The cause behind an answer whose first bytes cannot be a Kafka frame's.
    #[must_use]
    pub fn of_foreign_answer(first: &[u8]) -> Self {
        const SHOWN: usize = 24;
        if looks_like_tls(first) {
            return Self::TlsExpected;
        }
        let answer = if looks_like_http(first) {
            "it answers in HTTP".to_owned()
        } else {
            let shown = first.get(..SHOWN).unwrap_or(first);
            format!("it answers \"{}\"", shown.escape_ascii())
        };
        Self::NotKafka { answer }
    }

    /// Whether the same request may succeed later: the leader moved, the broker is busy or gone.
    /// What an operator has to mend (TLS, passwords, rights, versions) is not.
    #[must_use]
    pub fn is_retriable(&self) -> bool {
        match self {
            Self::Refused | Self::Unreachable(_) | Self::TimedOut { .. } | Self::Closed => true,
            Self::Advertised { cause, .. } => cause.is_retriable(),
            Self::Broker { code, .. } => {
                ResponseError::try_from_code(*code).is_some_and(|error| error.is_retriable())
            }
            _ => false,
        }
    }

    /// Whether the offset asked for is not there (any more).
    #[must_use]
    pub fn is_offset_out_of_range(&self) -> bool {
        matches!(self, Self::Broker { code, .. } if *code == ResponseError::OffsetOutOfRange.code())
    }

    /// Whether the topic was deleted and created again.
    #[must_use]
    pub fn is_recreated(&self) -> bool {
        matches!(self, Self::Recreated { .. })
    }

    /// How far a connection came before it failed: of several failures the one that came furthest
    /// says most.
    #[must_use]
    pub fn reach(&self) -> u8 {
        match self {
            Self::Advertised { cause, .. } => cause.reach(),
            Self::NameNotResolved => 0,
            Self::Unreachable(_) => 1,
            Self::Refused => 2,
            Self::TimedOut { .. } => 3,
            Self::Closed => 4,
            Self::NotKafka { .. } => 5,
            Self::TlsExpected | Self::TlsNotSpoken | Self::Handshake { .. } => 6,
            _ => 7,
        }
    }

    /// Whether no connection came about.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        match self {
            Self::Refused | Self::NameNotResolved | Self::Unreachable(_) => true,
            Self::TimedOut { what, .. } => what == CONNECTING || what == RESOLVING,
            _ => false,
        }
    }

    /// Whether the broker says that a named thing does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        use ResponseError as E;
        let Self::Broker { code, .. } = self else {
            return false;
        };
        matches!(
            ResponseError::try_from_code(*code),
            Some(
                E::UnknownTopicOrPartition
                    | E::UnknownTopicId
                    | E::GroupIdNotFound
                    | E::TransactionalIdNotFound
                    | E::ResourceNotFound
                    | E::InvalidTopicException
            )
        )
    }
}

/// A [`Cause`] and the broker it concerns.
#[derive(Debug, Error)]
#[error("broker \"{broker}\": {cause}")]
pub struct WireError {
    /// `host:port`.
    pub broker: String,
    /// What happened. Not a `source`: its text is already in this one.
    pub cause: Cause,
}

/// The name of an error code as Kafka writes it, such as `NOT_LEADER_OR_FOLLOWER`.
#[must_use]
pub fn error_name(code: i16) -> String {
    let camel = match ResponseError::try_from_code(code) {
        None => return "NONE".to_owned(),
        Some(ResponseError::Unknown(_)) => return "unknown error".to_owned(),
        Some(error) => error.to_string(),
    };
    let mut name = String::with_capacity(camel.len() + 8);
    for letter in camel.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.push(letter.to_ascii_uppercase());
    }
    name
}

/// What an address does that cannot be reached.
fn refusal(cause: &Cause) -> String {
    match cause {
        Cause::Refused => "refuses connections".to_owned(),
        Cause::NameNotResolved => "does not resolve".to_owned(),
        Cause::TimedOut { .. } => "does not answer".to_owned(),
        cause => format!("cannot be reached: {cause}"),
    }
}

/// To a tenth of a second, as nobody cares for more; in milliseconds below that.
pub(super) fn seconds(time: Duration) -> String {
    if time < Duration::from_millis(100) {
        return format!("{} ms", time.as_millis());
    }
    let tenths = (time.as_secs_f64() * 10.0).round();
    format!("{} s", tenths / 10.0)
}

fn has_at_most(version: i16) -> String {
    if version < 0 {
        return "does not have the call".to_owned();
    }
    format!("has at most {version}")
}

fn names(list: &[String]) -> String {
    if list.is_empty() {
        return "none".to_owned();
    }
    list.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_codes_have_kafkas_names() {
        assert_eq!(error_name(6), "NOT_LEADER_OR_FOLLOWER");
        assert_eq!(error_name(17), "INVALID_TOPIC_EXCEPTION");
        assert_eq!(error_name(-1), "UNKNOWN_SERVER_ERROR");
        assert_eq!(error_name(1234), "unknown error");
        assert!(Cause::of_code(0, "Fetch").is_none());
    }

    #[test]
    fn codes_become_the_cause_that_a_user_knows() {
        let cause = Cause::of_code(29, "topic \"orders\"").unwrap();
        assert_eq!(cause.to_string(), "not authorized: topic \"orders\"");
        assert!(!cause.is_retriable());
        assert!(matches!(
            Cause::of_code(34, "Metadata"),
            Some(Cause::SaslExpected)
        ));
        let moved = Cause::of_code(6, "topic \"orders\"").unwrap();
        assert!(moved.is_retriable() && !moved.is_not_found());
        assert!(Cause::of_code(3, "topic \"x\"").unwrap().is_not_found());
        let error = WireError {
            broker: "b1:9092".to_owned(),
            cause: Cause::of_code(3, "topic \"x\"").unwrap(),
        };
        assert_eq!(
            error.to_string(),
            "broker \"b1:9092\": UNKNOWN_TOPIC_OR_PARTITION (error code 3) for topic \"x\""
        );
    }

    #[test]
    fn foreign_answers_are_recognised() {
        let tls = Cause::of_foreign_answer(&[0x15, 3, 3, 0, 2]);
        assert!(matches!(tls, Cause::TlsExpected));
        let message = |first| Cause::of_foreign_answer(first).to_string();
        assert_eq!(
            message(b"HTTP/1.1 400 Bad Request"),
            "the port does not speak Kafka: it answers in HTTP"
        );
        assert_eq!(
            message(b"SSH-2.0-x\r\n\x1b"),
            "the port does not speak Kafka: it answers \"SSH-2.0-x\\r\\n\\x1b\""
        );
    }

    #[test]
    fn times_below_a_tenth_of_a_second_are_told_in_milliseconds() {
        let told = [1, 99, 100, 1_960, 60_000].map(|ms| seconds(Duration::from_millis(ms)));
        assert_eq!(told, ["1 ms", "99 ms", "0.1 s", "2 s", "60 s"]);
    }

    #[test]
    fn io_errors_become_causes() {
        let of = |kind| Cause::of_io(io::Error::from(kind), "Fetch", Duration::from_secs(2));
        assert!(matches!(
            of(io::ErrorKind::ConnectionRefused),
            Cause::Refused
        ));
        assert!(matches!(of(io::ErrorKind::UnexpectedEof), Cause::Closed));
        assert_eq!(
            of(io::ErrorKind::WouldBlock).to_string(),
            "Fetch timed out after 2 s"
        );
        let tls = io::Error::new(
            io::ErrorKind::InvalidData,
            rustls::Error::AlertReceived(rustls::AlertDescription::CertificateRequired),
        );
        assert!(matches!(
            Cause::of_io(tls, "Fetch", Duration::ZERO),
            Cause::ClientCertificateRequired
        ));
    }
}
