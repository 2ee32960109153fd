//! Groups that cannot be seen, or be changed because of their members.

use super::{Failure, Resource, grant};
use crate::{
    codec::shell::CommandLine,
    event::{GroupDescription, Member},
    exit::Exit,
    kafka::{Settings, admin::GroupUnanswered, property::nearest, wire::Cause},
    offsets::{PartitionError, PartitionErrorKind},
};

/// The most members that a refusal names.
const NAMED: usize = 5;

impl From<PartitionErrorKind> for Exit {
    fn from(kind: PartitionErrorKind) -> Self {
        match kind {
            PartitionErrorKind::Unreachable => Self::Unreachable,
            PartitionErrorKind::NotFound => Self::NotFound,
            PartitionErrorKind::Lost => Self::Partial,
            PartitionErrorKind::Refused => Self::Refused,
        }
    }
}

impl From<GroupUnanswered> for Failure {
    fn from(unanswered: GroupUnanswered) -> Self {
        let failure = Self::new(Exit::Unreachable, unanswered.to_string());
        match unanswered {
            GroupUnanswered::Description(_, None) => {
                failure.cause("its coordinator does not know it any more")
            }
            GroupUnanswered::Offsets(_, None) => failure,
            GroupUnanswered::Description(_, Some(failed))
            | GroupUnanswered::Offsets(_, Some(failed)) => failure.cause(failed.cause),
        }
    }
}

impl Failure {
    /// `message` because of what stands in the way in a partition.
    #[must_use]
    pub fn of_partition(message: impl Into<String>, error: &PartitionError) -> Self {
        Self::new(error.kind.into(), message).cause(error)
    }

    /// A group that the user may not see.
    #[must_use]
    pub fn hidden_group(name: &str, cause: &Cause, settings: &Settings) -> Self {
        Self::new(Exit::Unreachable, format!("group {name:?} cannot be seen"))
            .cause(cause)
            .hint(grant(settings, "Describe", Resource::Group(name)))
    }

    /// A group that does not exist; `others` are the names there are.
    #[must_use]
    pub fn no_such_group<'n>(name: &str, others: impl Iterator<Item = &'n str> + Clone) -> Self {
        let failure = Self::new(Exit::NotFound, format!("group {name:?} does not exist"));
        match nearest(name, others.clone()) {
            None if others.count() == 0 => {
                failure.hint("the cluster has no groups that you may see")
            }
            near => failure.nearest(near, "`evctl groups list` shows those that you may see"),
        }
    }

    /// A group with members, which `what` cannot be done to.
    #[must_use]
    pub fn live_group(group: &GroupDescription, what: &str) -> Self {
        let members = group.members.as_deref().unwrap_or_default();
        let name = &group.listing.name;
        let state = group.listing.state.to_lowercase();
        Self::new(
            Exit::Refused,
            format!("group {name:?} is {state}: {what} needs it to be empty"),
        )
        .name_members(members)
        .hint(format!(
            "stop its members; `{}` shows when it is empty",
            CommandLine::evctl("groups describe").operand(&**name)
        ))
    }

    /// Adds who the members are.
    #[must_use]
    pub fn name_members(self, members: &[Member]) -> Self {
        let named = members.iter().take(NAMED);
        let mut failure = named.fold(self, |failure, member| failure.cause(title(member)));
        if let Some(more) = members.len().checked_sub(NAMED).filter(|more| *more > 0) {
            failure = failure.cause(format!("and {more} more"));
        }
        failure
    }
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
    use crate::event::{GroupListing, GroupType};

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
    fn members_are_named_up_to_a_number_and_then_counted() {
        let failure = Failure::live_group(&group("Stable", 7), "seek");
        assert_eq!(failure.exit, Exit::Refused);
        assert_eq!(failure.causes.len(), NAMED + 1);
        assert_eq!(failure.causes[0], "member \"billing\" on 10.0.0.7 (id-0)");
        assert_eq!(failure.causes[NAMED], "and 2 more");
    }
}
