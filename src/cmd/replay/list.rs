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
    output::report::{Cell, Column, Report},
    replay::{CheckpointLocation, Checkpoints, Plan, ReplayRequest, Route, checkpoints_of_commits},
    transfer::{CompactedTopic, Lock, StateFile, read_checkpoints},
    ui::counted,
};

/// A replay as far as it is known from here.
struct Known {
    id: String,
    plan: Option<Plan>,
    /// What was typed, where it is kept.
    typed: Option<String>,
    progress: Checkpoints,
    /// Whether the group has members, or a process of this machine runs it.
    runs: bool,
}

impl Known {
    /// Records that could not be written.
    fn failed(&self) -> u64 {
        self.progress.values().map(|one| one.metadata.failed).sum()
    }

    fn state(&self) -> String {
        match self.failed() {
            0 => self.stage().to_owned(),
            failed => format!("{}, {failed} failed", self.stage()),
        }
    }

    fn stage(&self) -> &'static str {
        let ends = self
            .progress
            .values()
            .all(|one| one.next >= one.metadata.end);
        match &self.plan {
            _ if self.runs => "running",
            Some(plan) if !self.progress.is_empty() && plan.is_done(&self.progress) => "done",
            None if !self.progress.is_empty() && ends => "done",
            _ if self.progress.is_empty() => "unknown",
            _ => "stopped",
        }
    }
}

/// Offsets that were passed, and all there are.
pub(super) fn passed(progress: &Checkpoints) -> Option<(i64, i64)> {
    if progress.is_empty() {
        return None;
    }
    let each = progress.values();
    Some(each.fold((0, 0), |(done, all), one| {
        (
            done + one.next.min(one.metadata.end) - one.metadata.start,
            all + one.metadata.end - one.metadata.start,
        )
    }))
}

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
    let mut report = Report::new(
        "evctl.replay-list/1",
        "replays",
        &[
            Column::whole("id"),
            Column::new("state"),
            Column::if_room("sources"),
            Column::if_room("targets"),
            Column::if_room("begun"),
            Column::new("passed"),
            Column::if_room("produced"),
        ],
    );
    for id in ids {
        let plan = saved
            .iter()
            .find(|one| one.plan.id == id)
            .map(|one| &one.plan);
        let group = groups.get(&id);
        let progress = match (&mut here, group) {
            (Some(client), Some(group)) => of_group(client, group)?,
            (Some(client), None) if is_here(client, plan) => kept.remove(&id).unwrap_or_default(),
            _ => Checkpoints::new(),
        };
        let known = Known {
            runs: group.is_some_and(GroupListing::has_members) || is_locked(&id, plan.is_some())?,
            id,
            typed: None,
            plan: plan.cloned(),
            progress,
        };
        report.rows.push(row(&known));
    }
    if report.rows.is_empty() {
        context.ui.note("no replays are known");
    }
    show::print(context, &report, format)
}

fn row(known: &Known) -> Vec<Cell> {
    let ranges = known.progress.keys().map(|at| at.topic.to_string());
    let planned = known.plan.iter().flat_map(|plan| &plan.ranges);
    let sources: BTreeSet<String> = planned
        .map(|range| range.topic.to_string())
        .chain(ranges)
        .collect();
    let targets = known.plan.iter().flat_map(Plan::targets);
    let targets: Vec<Cell> = targets.map(|(name, _)| name.to_string().into()).collect();
    let begun = known.plan.as_ref().map(|plan| plan.begun);
    let begun = begun.or_else(|| Some(known.progress.values().next()?.metadata.begun));
    let sent: u64 = known.progress.values().map(|one| one.metadata.sent).sum();
    vec![
        known.id.as_str().into(),
        known.state().into(),
        Cell::List(sources.into_iter().map(Cell::Text).collect()),
        if targets.is_empty() {
            Cell::Unknown
        } else {
            Cell::List(targets)
        },
        begun.map_or(Cell::Unknown, Cell::Time),
        percent(passed(&known.progress)),
        if known.progress.is_empty() {
            Cell::Unknown
        } else {
            Cell::Integer(i64::try_from(sent).unwrap_or(i64::MAX))
        },
    ]
}

/// An estimate until the end: not every offset is a record.
fn percent(passed: Option<(i64, i64)>) -> Cell {
    match passed {
        None => Cell::Unknown,
        Some((done, all)) if done >= all => Cell::Text("100%".to_owned()),
        Some((done, all)) => {
            let percent = Cell::Text(format!("{}%", done.saturating_mul(100) / all));
            Cell::About(Box::new(percent))
        }
    }
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
fn home(context: &Context, saved: Option<&StateFile>) -> Result<(Cluster, Client), Failure> {
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
pub(super) fn progress(
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
) -> Result<(Known, Cluster, Client, Option<GroupListing>), Failure> {
    let saved = StateFile::load(id)?;
    let (profile, mut client) = home(context, saved.as_ref())?;
    let group = groups(&mut client)?.remove(id);
    let progress = match &group {
        Some(group) => of_group(&mut client, group)?,
        None => read_checkpoints(&mut client, CheckpointLocation::Topic, id, &context.cancel)?,
    };
    if saved.is_none() && progress.is_empty() {
        return Err(
            Failure::new(Exit::NotFound, format!("there is no replay {id:?}"))
                .hint("evctl replay list shows those that are known"),
        );
    }
    let known = Known {
        id: id.to_owned(),
        runs: group.as_ref().is_some_and(GroupListing::has_members)
            || is_locked(id, saved.is_some())?,
        typed: saved.as_ref().map(|saved| saved.request.arguments()),
        plan: saved.map(|saved| saved.plan),
        progress,
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
    let columns = [
        "topic",
        "partition",
        "start",
        "next",
        "end",
        "passed",
        "produced",
    ]
    .map(Column::new);
    let mut report = Report::new("evctl.replay-status/1", "partitions", &columns);
    for (at, checkpoint) in &known.progress {
        let metadata = &checkpoint.metadata;
        report.rows.push(vec![
            at.topic.to_string().into(),
            i64::from(at.partition).into(),
            metadata.start.into(),
            checkpoint.next.into(),
            metadata.end.into(),
            percent(Some((
                checkpoint.next.min(metadata.end) - metadata.start,
                metadata.end - metadata.start,
            ))),
            i64::try_from(metadata.sent).unwrap_or(i64::MAX).into(),
        ]);
    }
    let sent: u64 = known.progress.values().map(|one| one.metadata.sent).sum();
    let begun = known.plan.as_ref().map(|plan| plan.begun);
    let time = |ms: fn(&Plan) -> Option<i64>| known.plan.as_ref().and_then(ms);
    let names = |all: Vec<String>| Cell::List(all.into_iter().map(Cell::Text).collect());
    let routes = known.plan.as_ref().map(|plan| {
        let each = plan.routes.iter();
        let route = |route: &Route| format!("{} -> {}", route.source, route.target);
        each.map(route).collect::<Vec<_>>()
    });
    let (from, to) = (time(|plan| plan.from_ms), time(|plan| plan.to_ms));
    report.summary = vec![
        ("routes", routes.clone().map_or(Cell::Unknown, names)),
        ("from", from.map_or(Cell::Unknown, Cell::Time)),
        ("to", to.map_or(Cell::Unknown, Cell::Time)),
        ("typed", known.typed.clone().into()),
        ("id", known.id.as_str().into()),
        ("state", known.state().into()),
        (
            "plan_sha",
            known.plan.as_ref().map(|plan| plan.hash.clone()).into(),
        ),
        ("produced", i64::try_from(sent).unwrap_or(i64::MAX).into()),
        ("begun", begun.map_or(Cell::Unknown, Cell::Time)),
    ];
    context.ui.note(format_args!(
        "replay {} is {}: {} written",
        known.id,
        known.state(),
        counted(sent, "record")
    ));
    if let Some(routes) = routes {
        context.ui.note(routes.join(", "));
        context.ui.note(super::show::window(from, to));
    }
    if let Some(typed) = &known.typed {
        context.ui.note(typed);
    }
    show::print(context, &report, format)
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
        "replay {id} is {}; what it has written stays, it cannot be gone on with",
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
        None if !known.progress.is_empty() => {
            CompactedTopic::delete(client.settings(), id, &known.progress, permit)?;
        }
        None => {}
    }
    StateFile::remove(id)?;
    context.ui.note(format_args!("replay {id} is forgotten"));
    Ok(Exit::Ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_the_offsets_is_an_estimate_and_all_of_them_are_not() {
        let text = |text: &str| Cell::Text(text.to_owned());
        assert_eq!(percent(None), Cell::Unknown);
        for (done, all, estimate) in [(0, 3, "0%"), (1, 3, "33%"), (299, 300, "99%")] {
            let estimate = Cell::About(Box::new(text(estimate)));
            assert_eq!(percent(Some((done, all))), estimate);
        }
        assert_eq!(percent(Some((3, 3))), text("100%"));
        assert_eq!(percent(Some((0, 0))), text("100%"));
    }
}
