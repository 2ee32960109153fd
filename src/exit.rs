//! Exit codes: the one table behind the code, the man pages and the README.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Exit {
    /// Done; the check passed.
    Ok = 0,
    /// The check ran and the answer is no.
    No = 1,
    /// Usage or configuration.
    Usage = 2,
    /// Cluster or registry unreachable, not authenticated, not authorised, deadline exceeded.
    Unreachable = 3,
    /// A named thing does not exist.
    NotFound = 4,
    /// Incomplete: something came, something did not.
    Partial = 5,
    /// Refused by a guard before anything was written.
    Refused = 6,
    /// Ctrl-C.
    Interrupted = 130,
    /// Terminated by a signal.
    Terminated = 143,
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

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
