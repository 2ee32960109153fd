//! Why a replay of some name cannot be gone on with.

use crate::{codec::shell::CommandLine, exit::Exit, failure::Failure};

/// Another plan has this name.
pub(super) fn another(id: &str, one: &str, other: &str) -> Failure {
    Failure::usage(format!(
        "replay {id:?} is another one: its plan is {one}, this one {other}"
    ))
    .hint("--id NAME begins a new one")
    .hint(format!(
        "{} shows what it does",
        CommandLine::evctl("replay status").operand(id)
    ))
}

/// A replay that was begun with --exactly-once is gone on with without, or the other way round.
pub(super) fn other_safety(id: &str, exactly_once: bool) -> Failure {
    if exactly_once {
        Failure::usage(format!("replay {id:?} was begun with --exactly-once"))
            .hint("type --exactly-once again")
    } else {
        Failure::usage(format!("replay {id:?} was begun without --exactly-once"))
            .cause("what it has written may be there twice already")
            .hint("leave out --exactly-once, or begin a new one with --id NAME")
    }
}

/// What the cluster kept of it has expired.
pub(super) fn lost_progress(id: &str) -> Failure {
    Failure::new(
        Exit::Refused,
        format!("how far replay {id:?} has come is not kept any more, nothing was written"),
    )
    .cause("the offsets of a group without members expire (offsets.retention.minutes)")
    .hint(format!(
        "{} forgets it, so that it can begin anew",
        CommandLine::evctl("replay cancel").operand(id)
    ))
}
