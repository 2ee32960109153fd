//! A failure as the user sees it: what happened, why, and what to type next.
//!
//! Errors of the floors below are short fragments without advice; all advice is written here, so
//! that it can be reviewed in one place.

use std::fmt;

use crate::{
    config::ConfigError,
    exit::Exit,
    kafka::write::WriteError,
    pipeline::{Fault, Refused},
    sandbox::SandboxError,
};

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
}

impl Failure {
    /// A failure with nothing but a message.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
            causes: Vec::new(),
            hints: Vec::new(),
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
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        let failure = Self::new(Exit::Refused, "refused, nothing was written").cause(&refused);
        match refused {
            Refused::NoTerminal => failure.hint("pass --yes to do it without a question"),
            Refused::ClusterNotNamed(name) => failure.hint(format!("pass --yes --cluster {name}")),
            Refused::Declined => failure,
        }
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        Self::usage(error.to_string())
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let fault = match fault.downcast::<Failure>() {
            Ok(failure) => return *failure,
            Err(fault) => fault,
        };
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
            E::PortTaken(_) => (Exit::Usage, "leave out --port to take a free one"),
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

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        let exit = match &error {
            WriteError::Property { .. } | WriteError::Start(_) => Exit::Usage,
            WriteError::Fatal { .. } => Exit::Partial,
        };
        Self::new(exit, error.to_string())
    }
}
