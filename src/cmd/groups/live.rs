//! What keeps groups from being changed: somebody is in them, who is named; or we were stopped.

use crate::{
    codec::shell::CommandLine,
    command::Context,
    event::{GroupDescription, GroupListing, Member},
    exit::Exit,
    failure::Failure,
    kafka::wire::Client,
    pipeline::Signal,
};

/// How many members are named before the rest is counted.
const NAMED: usize = 5;

/// The members of `group` as it is now.
///
/// # Errors
/// The coordinator does not tell.
pub(super) fn describe(
    client: &mut Client,
    group: &GroupListing,
) -> Result<GroupDescription, Failure> {
    let mut described = client.describe_groups(&[group]);
    match (described.items.pop(), described.failures.pop()) {
        (Some(description), _) => Ok(description),
        (None, failure) => {
            let message = format!("group {:?} cannot be described", group.name);
            let refused = Failure::new(Exit::Unreachable, message);
            Err(match failure {
                Some(failure) => refused.cause(failure.cause),
                None => refused.cause("its coordinator does not know it any more"),
            })
        }
    }
}

/// Whether somebody may be in the group.
pub(super) fn is_live(group: &GroupDescription) -> bool {
    let members = group
        .members
        .as_ref()
        .is_some_and(|members| !members.is_empty());
    let state = &*group.listing.state;
    members || !(state.eq_ignore_ascii_case("Empty") || state.eq_ignore_ascii_case("Dead"))
}

/// Why `what` cannot be done to `group`: somebody is in it. `None` when nobody is.
///
/// # Errors
/// The coordinator does not tell.
pub(super) fn in_the_way(
    client: &mut Client,
    group: &GroupListing,
    what: &str,
) -> Result<Option<Failure>, Failure> {
    let description = describe(client, group)?;
    Ok(is_live(&description).then(|| refusal(&description, what)))
}

/// Ends a command that something is in the way of. A dry run goes on, so that its plan is seen, and
/// ends with it: see [`end_dry_run`].
///
/// # Errors
/// What is in the way.
pub(super) fn refuse(
    context: &Context,
    in_the_way: Option<Failure>,
) -> Result<Option<Failure>, Failure> {
    match in_the_way {
        Some(failure) if !context.global.dry_run => Err(Failure {
            message: format!("{}, nothing was changed", failure.message),
            ..failure
        }),
        in_the_way => Ok(in_the_way),
    }
}

/// What a dry run ends with: whether the real run would be refused is what was asked.
///
/// # Errors
/// What is in the way of the real run.
pub(super) fn end_dry_run(shown: Exit, in_the_way: Option<Failure>) -> Result<Exit, Failure> {
    match in_the_way {
        None => Ok(shown),
        Some(failure) => Err(Failure {
            message: format!("the real run would be refused: {}", failure.message),
            ..failure
        }),
    }
}

/// The refusal to do `what` to a live group.
fn refusal(group: &GroupDescription, what: &str) -> Failure {
    let members = group.members.as_deref().unwrap_or_default();
    let name = &group.listing.name;
    let state = group.listing.state.to_lowercase();
    let failure = Failure::new(
        Exit::Refused,
        format!("group {name:?} is {state}: {what} needs it to be empty"),
    );
    let failure = name_members(failure, members);
    failure.hint(format!(
        "stop its members; `{}` shows when it is empty",
        CommandLine::evctl("groups describe").operand(&**name)
    ))
}

/// Goes on unless Ctrl-C or the time of `--timeout` says otherwise.
///
/// # Errors
/// One of them; nothing was changed up to here.
pub(super) fn unless_stopped(context: &Context) -> Result<(), Failure> {
    let (exit, what) = match context.cancel.raised() {
        None => return Ok(()),
        Some(Signal::Deadline) => (Exit::Unreachable, "--timeout is over"),
        Some(Signal::Terminate) => (Exit::Terminated, "terminated"),
        Some(Signal::Interrupt) => (Exit::Interrupted, "interrupted"),
    };
    Err(Failure::new(exit, format!("{what}, nothing was changed")))
}

/// Adds who the members are: as far as they have one, by the names they gave themselves.
pub(super) fn name_members(failure: Failure, members: &[Member]) -> Failure {
    let mut failure = members
        .iter()
        .take(NAMED)
        .fold(failure, |failure, member| failure.cause(title(member)));
    if let Some(more) = members.len().checked_sub(NAMED).filter(|more| *more > 0) {
        failure = failure.cause(format!("and {more} more"));
    }
    failure
}

fn title(member: &Member) -> String {
    let client = &member.client_id;
    let host = member.host.trim_start_matches('/');
    let instance = match &member.instance_id {
        Some(instance) => format!(" as {instance:?}"),
        None => String::new(),
    };
    format!("member {client:?}{instance} on {host} ({})", member.id)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::event::GroupType;

    fn group(state: &str, members: usize) -> GroupDescription {
        let member = |number| Member {
            id: format!("id-{number}"),
            client_id: "billing".to_owned(),
            host: "/10.0.0.7".to_owned(),
            ..Member::default()
        };
        GroupDescription {
            listing: GroupListing {
                name: Arc::from("g"),
                kind: GroupType::Classic,
                state: state.to_owned(),
                coordinator: 1,
            },
            epochs: None,
            assignor: String::new(),
            members: Some((0..members).map(member).collect()),
        }
    }

    #[test]
    fn only_an_empty_or_a_dead_group_is_not_live() {
        assert!(!is_live(&group("Empty", 0)));
        assert!(!is_live(&group("Dead", 0)));
        assert!(is_live(&group("Stable", 1)));
        // Who is just about to join is in it already.
        assert!(is_live(&group("PreparingRebalance", 0)));
    }

    #[test]
    fn members_are_named_up_to_a_number_and_then_counted() {
        let failure = refusal(&group("Stable", 7), "seek");
        assert_eq!(failure.exit, Exit::Refused);
        assert_eq!(failure.causes.len(), NAMED + 1);
        assert_eq!(failure.causes[0], "member \"billing\" on 10.0.0.7 (id-0)");
        assert_eq!(failure.causes[NAMED], "and 2 more");
    }
}
