//! Groups by their names.

use crate::{
    command::Context,
    event::GroupListing,
    exit::Exit,
    failure::Failure,
    kafka::wire::{Client, Partial},
};

/// The groups that were named.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Those that exist, by name.
    pub(super) groups: Vec<GroupListing>,
    /// Why the others are missing.
    pub(super) failures: Vec<Failure>,
}

/// Every group that may be seen; warns of brokers that did not answer.
pub(super) fn all(
    context: &Context,
    client: &mut Client,
) -> Result<Partial<Vec<GroupListing>>, Failure> {
    let listed = client.list_groups()?;
    for failure in &listed.failures {
        context
            .ui
            .warn(format_args!("groups may be missing: broker {failure}"));
    }
    Ok(listed)
}

/// The groups called `names`.
///
/// # Errors
/// No broker answered, or none of the groups can be seen.
pub(super) fn named(
    context: &Context,
    client: &mut Client,
    names: &[String],
) -> Result<Found, Failure> {
    let listed = all(context, client)?;
    let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let mut found = Found::default();
    for name in names {
        match listed.items.iter().find(|group| *group.name == *name) {
            Some(group) => found.groups.push(group.clone()),
            None => found.failures.push(missing(client, name, &listed)?),
        }
    }
    if found.groups.is_empty() {
        found.failures.sort_by_key(|failure| failure.exit);
        if let Some(failure) = found.failures.drain(..).next() {
            return Err(failure);
        }
    }
    Ok(found)
}

/// The group called `name`, and no other.
///
/// # Errors
/// No broker answered, or it cannot be seen.
pub(in crate::cmd) fn one(
    context: &Context,
    client: &mut Client,
    name: &str,
) -> Result<GroupListing, Failure> {
    let listed = all(context, client)?;
    match listed.items.iter().find(|group| *group.name == *name) {
        Some(group) => Ok(group.clone()),
        None => Err(missing(client, name, &listed)?),
    }
}

/// Why the group called `name` is not listed; when it does not exist, with the nearest there is.
///
/// # Errors
/// No broker answered.
pub(in crate::cmd) fn missing(
    client: &mut Client,
    name: &str,
    listed: &Partial<Vec<GroupListing>>,
) -> Result<Failure, Failure> {
    if let Some(cause) = client.why_unlisted(name)? {
        return Ok(Failure::hidden_group(name, &cause, client.settings()));
    }
    if let Some(silent) = listed.failures.first() {
        let message = format!("group {name:?} is not on the brokers that answered");
        return Ok(Failure::new(Exit::Unreachable, message).cause(format!("broker {silent}")));
    }
    let names = listed.items.iter().map(|group| &*group.name);
    Ok(Failure::no_such_group(name, names))
}
