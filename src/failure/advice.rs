//! Advice that several commands give, each written once.
//!
//! What a single command says about its own arguments stands beside the check of those arguments.

use std::time::Duration;

use super::Failure;
use crate::{
    codec::shell::{self, CommandLine},
    exit::Exit,
    kafka::{Settings, wire::Cause},
    pipeline::Signal,
};

/// What to do about a command that gave up waiting for progress.
pub const STALL_TIMEOUT: &str = "--stall-timeout waits longer";

/// What to do about a state file that cannot be written.
pub const STATE_DIRECTORY: &str = "set XDG_STATE_HOME to a directory that can be written";

/// What an access right is about.
#[derive(Clone, Copy, Debug)]
pub enum Resource<'a> {
    /// A topic, by its name.
    Topic(&'a str),
    /// A topic that the sentence before has named.
    ThatTopic,
    /// A consumer group, by its name.
    Group(&'a str),
}

/// The line for an administrator that grants `operation` on `resource` to the user who asked.
#[must_use]
pub fn grant(settings: &Settings, operation: &str, resource: Resource<'_>) -> String {
    let sasl = settings.sasl.as_ref();
    let user = sasl.map_or("NAME", |sasl| &*sasl.username);
    let principal = shell::option("--allow-principal", &format!("User:{user}"));
    let resource = match resource {
        Resource::Topic(name) => shell::option("--topic", name),
        Resource::Group(name) => shell::option("--group", name),
        Resource::ThatTopic => "--topic …".to_owned(),
    };
    granted_by(&format!("{principal} --operation {operation} {resource}"))
}

/// The line for an administrator when user or resource is not known: `rest` follows `--add`.
pub(super) fn granted_by(rest: &str) -> String {
    format!("an administrator grants it: kafka-acls --add {rest}")
}

impl Failure {
    /// A topic that the cluster does not know, or does not show to this user.
    #[must_use]
    pub fn no_such_topic(name: &str) -> Self {
        Self::new(Exit::NotFound, format!("topic {name:?} does not exist"))
    }

    /// A topic that exists and cannot be used because of `cause`.
    #[must_use]
    pub fn unusable_topic(name: &str, cause: &Cause) -> Self {
        Self::new(Exit::Unreachable, format!("topic {name:?} cannot be used"))
            .cause(cause)
            .hint(granted_by("--allow-principal User:NAME …"))
    }

    /// An operand that was left out; `line` is the command with a place for it.
    #[must_use]
    pub fn nothing_named(what: &str, line: impl Into<String>) -> Self {
        Self::usage(format!("no {what} is named")).hint(line)
    }

    /// Records were sent, and the brokers acknowledged none of them for as long as `stall`.
    #[must_use]
    pub fn unacknowledged(exit: Exit, stall: Duration) -> Self {
        let seconds = stall.as_secs_f64();
        Self::new(exit, format!("no record was acknowledged for {seconds} s")).hint(STALL_TIMEOUT)
    }

    /// Adds the name that was probably meant; `otherwise` when none is near.
    #[must_use]
    pub fn nearest(self, near: Option<&str>, otherwise: impl Into<String>) -> Self {
        match near {
            Some(near) => self.hint(format!("did you mean {near:?}?")),
            None => self.hint(otherwise),
        }
    }

    /// Adds how the command is resumed: `line` is a command, or the options that continue it.
    #[must_use]
    pub fn resume(self, line: impl std::fmt::Display) -> Self {
        self.hint(format!("resume with {line}"))
    }

    /// Adds the line that creates the topic; without `partitions` the cluster chooses their number.
    #[must_use]
    pub fn create_topic(self, name: &str, partitions: Option<i32>) -> Self {
        let line = CommandLine::evctl("topics create").operand(name);
        let line = match partitions {
            Some(count) => line.and(&format!("-p {count}")),
            None => line,
        };
        self.hint(format!("{line} creates it"))
    }

    /// A signal, or the end of `--timeout`, stopped the command; `done` says what it did until then:
    /// "nothing was written".
    #[must_use]
    pub fn stopped(signal: Signal, done: Option<&str>) -> Self {
        let message = match done {
            Some(done) => format!("{signal}, {done}"),
            None => signal.to_string(),
        };
        Self::new(signal.into(), message)
    }
}
