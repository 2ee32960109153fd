//! Failures of the sandbox.

use super::Failure;
use crate::{exit::Exit, sandbox::SandboxError};

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
