//! `evctl replay list`, `status` and `cancel`: looking after replays.

use std::collections::{BTreeMap, BTreeSet};

use super::clusters;
use crate::{
    cmd::{cluster, show},
    command::Context,
    config::{Cluster, Overrides},
    event::{GroupListing, REPLAY_GROUP_PREFIX},
    exit::Exit,
    failure::Failure,
    kafka::{property::Part, wire::Client},
    output::replay::{KnownReplay, replay_list, replay_status, status_notes},
    replay::{CheckpointLocation, Checkpoints, Plan, ReplayRequest, checkpoints_of_commits},
    transfer::{CompactedTopic, Lock, StateFile, read_checkpoints},
};

/// Lists what this machine and the cluster know.
///
/// # Errors
/// The cluster cannot be asked, unless this machine knows some.
pub(super) fn list(context: &Context) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (saved, failed) = StateFile::all();
    for error in failed {
        show::warn_of(context, &error.into());
    }
    let mut ids: BTreeSet<String> = saved.iter().map(|one| one.plan.id.clone()).collect();
    let mut here = match cluster::connect_to_ask(context) {
        Ok((_, client)) => Some(client),
        Err(failure) if ids.is_empty() => return Err(failure),
        Err(failure) => {
            show::warn_of(context, &failure);
            None
        }
    };
    let (groups, mut kept) = match &mut here {
        Some(client) => (
            groups(client)?,
            CompactedTopic::read_all(client, &context.cancel)?,
        ),
        None => (BTreeMap::new(), BTreeMap::new()),
    };
    ids.extend(groups.keys().chain(kept.keys()).cloned());
    let mut replays = Vec::new();
    for id in ids {
        let plan = saved
            .iter()
            .find(|one| one.plan.id == id)
            .map(|one| &one.plan);
        let group = groups.get(&id);
        let checkpoints = match (&mut here, group) {
            (Some(client), Some(group)) => of_group(client, group)?,
            (Some(client), None) if is_here(client, plan) => kept.remove(&id).unwrap_or_default(),
            _ => Checkpoints::new(),
        };
        let known = KnownReplay {
            runs: group.is_some_and(GroupListing::has_members) || is_locked(&id, plan.is_some())?,
            id,
            typed: None,
            plan: plan.cloned(),
            checkpoints,
        };
        replays.push(known);
    }
    if replays.is_empty() {
        context.ui.note("no replays are known");
    }
    show::print(context, &replay_list(&replays), format)
}

/// The replays' groups, by id.
fn groups(client: &mut Client) -> Result<BTreeMap<String, GroupListing>, Failure> {
    let listed = client.list_groups()?;
    let replays = listed.items.into_iter().filter_map(|group| {
        let id = group.name.strip_prefix(REPLAY_GROUP_PREFIX)?.to_owned();
        Some((id, group))
    });
    Ok(replays.collect())
}

/// Whether a process of this machine runs it.
fn is_locked(id: &str, is_known: bool) -> Result<bool, Failure> {
    Ok(is_known && Lock::take(id)?.is_none())
}

fn of_group(client: &mut Client, group: &GroupListing) -> Result<Checkpoints, Failure> {
    let found = client.commits(&[group]);
    let commits = found.items.into_iter().flat_map(|(_, commits)| commits);
    Ok(checkpoints_of_commits(
        commits
            .filter_map(|(at, commit)| Some((at, commit.ok()?)))
            .collect(),
    ))
}

/// Whether what the cluster that is asked keeps in its topic can be the progress of a plan.
fn is_here(client: &Client, plan: Option<&Plan>) -> bool {
    plan.is_none_or(|plan| {
        plan.checkpoint_location == CheckpointLocation::Topic
            && plan.target_cluster.as_deref() == client.cluster_id()
    })
}

/// The cluster that a replay writes to: the one that `--to-profile` named when it began, else the
/// one that is typed, else the one that was.
fn target_cluster(
    context: &Context,
    saved: Option<&StateFile>,
) -> Result<(Cluster, Client), Failure> {
    let typed = context.global.profile.is_some() || context.global.brokers.is_some();
    let profile = match saved {
        Some(StateFile {
            request:
                ReplayRequest {
                    to_profile: Some(name),
                    ..
                },
            ..
        }) => clusters::other(context, name)?,
        Some(saved) if !typed => {
            let overrides = Overrides {
                profile: saved.connection.profile.clone(),
                brokers: saved.connection.brokers.clone(),
                properties: [
                    saved.connection.properties.clone(),
                    context.global.properties.clone(),
                ]
                .concat(),
                ..Overrides::default()
            };
            context.cluster_of(&overrides)?
        }
        _ => context.cluster()?,
    };
    let client = cluster::connect_to(context, &profile, &[Part::Reading])?;
    Ok((profile, client))
}

/// How far a replay has come, from the cluster that it writes to.
///
/// # Errors
/// That cannot be asked.
pub(super) fn checkpoints(
    context: &Context,
    client: &mut Client,
    plan: &Plan,
) -> Result<Checkpoints, Failure> {
    match groups(client)?.remove(&plan.id) {
        Some(group) if plan.checkpoint_location == CheckpointLocation::Group => {
            of_group(client, &group)
        }
        _ => Ok(read_checkpoints(
            client,
            CheckpointLocation::Topic,
            &plan.id,
            &context.cancel,
        )?),
    }
}

/// What is known of the replay called `id`, with the way to the cluster that keeps it.
fn find(
    context: &Context,
    id: &str,
) -> Result<(KnownReplay, Cluster, Client, Option<GroupListing>), Failure> {
    let saved = StateFile::load(id)?;
    let (profile, mut client) = target_cluster(context, saved.as_ref())?;
    let group = groups(&mut client)?.remove(id);
    let checkpoints = match &group {
        Some(group) => of_group(&mut client, group)?,
        None => read_checkpoints(&mut client, CheckpointLocation::Topic, id, &context.cancel)?,
    };
    if saved.is_none() && checkpoints.is_empty() {
        return Err(
            Failure::new(Exit::NotFound, format!("there is no replay {id:?}"))
                .hint("evctl replay list shows those that are known"),
        );
    }
    let known = KnownReplay {
        id: id.to_owned(),
        runs: group.as_ref().is_some_and(GroupListing::has_members)
            || is_locked(id, saved.is_some())?,
        typed: saved.as_ref().map(|saved| saved.request.arguments()),
        plan: saved.map(|saved| saved.plan),
        checkpoints,
    };
    Ok((known, profile, client, group))
}

/// Shows how far a replay has come, range by range.
///
/// # Errors
/// There is none of that name, or the cluster cannot be asked.
pub(super) fn status(context: &Context, id: &str) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (known, ..) = find(context, id)?;
    for note in status_notes(&known) {
        context.ui.note(note);
    }
    show::print(context, &replay_status(&known), format)
}

/// Forgets a replay, on this machine and on the cluster.
///
/// # Errors
/// There is none of that name, it runs, or somebody said no.
pub(super) fn cancel(context: &Context, id: &str) -> Result<Exit, Failure> {
    let (known, profile, mut client, group) = find(context, id)?;
    if known.runs {
        return Err(Failure::new(
            Exit::Refused,
            format!("replay {id:?} is running, nothing was changed"),
        )
        .hint("stop it with Ctrl-C, or kill, first"));
    }
    context.ui.note(format_args!(
        "replay {id} is {}; the records it has written stay, and it cannot be resumed",
        known.state()
    ));
    if context.global.dry_run {
        context.ui.note("dry run: nothing was changed");
        return Ok(Exit::Ok);
    }
    let action = format!("forget replay {id}");
    let permit = cluster::permit_always(context, &profile, &action)?;
    match group {
        Some(group) => {
            let deleted = client.delete_groups(&[&group], permit);
            if let Some(failure) = deleted.failures.into_iter().next() {
                return Err(Failure::new(
                    Exit::Unreachable,
                    format!("replay {id:?} was not forgotten"),
                )
                .cause(failure.cause));
            }
        }
        None if !known.checkpoints.is_empty() => {
            CompactedTopic::delete(client.settings(), id, &known.checkpoints, permit)?;
        }
        None => {}
    }
    StateFile::remove(id)?;
    context.ui.note(format_args!("replay {id} is forgotten"));
    Ok(Exit::Ok)
}
