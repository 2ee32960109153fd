//! Failures of what selects records: positions, times, expressions.

use super::{Failure, STALL_TIMEOUT};
use crate::{
    codec::shell::CommandLine,
    exit::Exit,
    filter::{FilterError, JqError},
    kafka::admin::LookupError,
    select::{OutOfRange, ResolveError, SelectError, TIMES},
    transfer::GroupReadError,
};

impl Failure {
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
}

/// A read that cannot begin.
impl From<ResolveError<LookupError>> for Failure {
    fn from(error: ResolveError<LookupError>) -> Self {
        match error {
            ResolveError::Select(error) => error.into(),
            ResolveError::OutOfRange(error) => Self::new(Exit::Partial, error.to_string()),
            ResolveError::Lookup(LookupError::Wire(error)) => error.into(),
            ResolveError::Lookup(error) => Self::new(Exit::Unreachable, error.to_string()),
        }
    }
}

impl From<GroupReadError> for Failure {
    fn from(error: GroupReadError) -> Self {
        match error {
            GroupReadError::OutOfRange { group, source } => Self::out_of_range(&group, &source),
            GroupReadError::Unassigned(_) | GroupReadError::NoLeader(_) => {
                Self::new(Exit::Unreachable, error.to_string()).hint(STALL_TIMEOUT)
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
