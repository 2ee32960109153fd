//! Exit codes: the one table behind the code, the man pages and the README.

use std::process::ExitCode;

use crate::pipeline::Signal;

/// Progress of a command when a signal stopped it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It had no result yet.
    Nothing,
    /// A part of its result was printed or stored.
    Something,
}

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Done; the check passed.
    Ok,
    /// The check ran and the answer is no.
    No,
    /// Usage or configuration.
    Usage,
    /// Cluster or registry unreachable, not authenticated, not authorised, deadline exceeded.
    Unreachable,
    /// A named thing does not exist.
    NotFound,
    /// Incomplete: something came, something did not.
    Partial,
    /// Refused by a guard before anything was written.
    Refused,
    /// Ctrl-C.
    Interrupted,
    /// Terminated by a signal.
    Terminated,
    /// What the command that `sandbox run` ran ended with.
    Command(u8),
}

impl Exit {
    /// The code of a command that `signal` stopped. A deadline leaves a command incomplete that had
    /// done something before.
    #[must_use]
    pub fn stopped(signal: Signal, done: Done) -> Self {
        match (signal, done) {
            (Signal::Interrupt, _) => Self::Interrupted,
            (Signal::Terminate, _) => Self::Terminated,
            (Signal::Deadline, Done::Nothing) => Self::Unreachable,
            (Signal::Deadline, Done::Something) => Self::Partial,
        }
    }

    /// The number the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Ok => 0,
            Self::No => 1,
            Self::Usage => 2,
            Self::Unreachable => 3,
            Self::NotFound => 4,
            Self::Partial => 5,
            Self::Refused => 6,
            Self::Interrupted => 130,
            Self::Terminated => 143,
            Self::Command(code) => code,
        }
    }
}

/// Every code with its meaning, as printed in man pages and the README.
pub const TABLE: &[(Exit, &str)] = &[
    (Exit::Ok, "done; the check passed"),
    (Exit::No, "the check ran and the answer is no"),
    (Exit::Usage, "usage or configuration"),
    (
        Exit::Unreachable,
        "cluster or registry unreachable, not authenticated, not authorised, deadline exceeded",
    ),
    (
        Exit::NotFound,
        "a named thing does not exist: topic, group, subject, file",
    ),
    (
        Exit::Partial,
        "incomplete: some records or partitions failed or were skipped though others came; what was done is reported",
    ),
    (
        Exit::Refused,
        "refused by a guard before anything was written",
    ),
    (
        Exit::Interrupted,
        "interrupted; state is safe, the message says how to resume",
    ),
    (
        Exit::Terminated,
        "terminated by a signal; state is safe, the message says how to resume",
    ),
];

impl From<Signal> for Exit {
    /// The code of a command that had done nothing.
    fn from(signal: Signal) -> Self {
        Self::stopped(signal, Done::Nothing)
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
