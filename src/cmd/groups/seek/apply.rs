//! Storing the new offsets, and looking whether they are there.

use std::{
    collections::BTreeMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use ring::rand::{SystemRandom, generate};

use super::plan::Plan;
use crate::{
    cmd::{
        groups::{commits, places::Trouble, rights, undo::Undo},
        show,
    },
    command::Context,
    event::{Commit, GroupListing, GroupType, TopicPartition},
    exit::Exit,
    failure::{Failure, Resource},
    kafka::wire::{Changed, Client},
    offsets::Move,
    output::report::ReportFormat,
    pipeline::Permit,
    ui::counted,
};

/// How long the coordinator of a new group may take to be ready: Kafka's topic of offsets may have
/// to be made first.
const PATIENCE: Duration = Duration::from_secs(10);
/// Longer than a seek takes from its last look to storing the offsets.
const AT_ONCE: Duration = Duration::from_millis(100);

/// What came of it.
#[derive(Default)]
pub(super) struct Outcome {
    troubles: BTreeMap<TopicPartition, Trouble>,
    /// Resources that a right was missing on.
    denied: Option<TopicPartition>,
    /// Why it is not known whether the offsets are there.
    unread: Option<Failure>,
    /// How it is undone; `None` when nothing was done.
    pub(super) undo: Option<Undo>,
}

impl Outcome {
    pub(super) fn is_troubled(&self) -> bool {
        !self.troubles.is_empty()
    }

    pub(super) fn trouble(&self, at: &TopicPartition) -> Option<&Trouble> {
        self.troubles.get(at)
    }
}

/// The coordinator of a group that does not exist yet.
///
/// # Errors
/// Nobody coordinates it.
pub(super) fn make(
    client: &mut Client,
    name: &str,
    permit: Permit,
) -> Result<GroupListing, Failure> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match client.find_coordinator(name, permit) {
            Ok(coordinator) => {
                return Ok(GroupListing {
                    name: Arc::from(name),
                    kind: GroupType::Simple,
                    state: "Empty".to_owned(),
                    coordinator,
                });
            }
            Err(error) if error.cause.is_retriable() && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(50));
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Refuses when the group has moved since the plan was made.
///
/// # Errors
/// It has, or its coordinator does not tell.
pub(super) fn refuse_stale(
    client: &mut Client,
    group: &GroupListing,
    plan: &Plan,
) -> Result<(), Failure> {
    let stored = commits::known(&commits::of(client, group)?);
    let offset = |commit: Option<&Commit>| commit.map(|commit| commit.offset);
    let mut changes = plan.changes();
    let stale = changes.find(|moved| offset(stored.get(&moved.at)) != offset(moved.old.as_ref()));
    let Some(Move { at, old, .. }) = stale else {
        return Ok(());
    };
    let place = |commit: Option<&Commit>| {
        offset(commit).map_or_else(|| "no offset".to_owned(), |offset| offset.to_string())
    };
    let (planned, now) = (place(old.as_ref()), place(stored.get(at)));
    let message = format!(
        "group {:?} has moved since the plan was made, nothing was changed",
        group.name
    );
    Err(Failure::new(Exit::Refused, message)
        .cause(format!("{at}: it was at {planned}, and is at {now}"))
        .hint("type the line again: it begins from there"))
}

/// Marks the offsets of one seek for a moment.
fn signature() -> String {
    let random = generate::<[u8; 8]>(&SystemRandom::new());
    let random = random.map_or(0, |random| u64::from_be_bytes(random.expose()));
    format!("evctl groups seek {random:016x}")
}

/// Stores the new offsets with a signature as their metadata, and looks whether it is still there
/// after a moment: Kafka does not tell two seeks apart that look and store at the same time, of
/// which the later one replaces the offsets of the other. Those of another process are put among
/// the troubles of `outcome`, and taken out of `wanted`.
fn sign(
    client: &mut Client,
    group: &GroupListing,
    wanted: &mut BTreeMap<TopicPartition, Commit>,
    outcome: &mut Outcome,
    permit: Permit,
) -> Changed {
    let signature = signature();
    let signed = wanted.iter().map(|(at, new)| {
        let metadata = signature.clone();
        (
            at.clone(),
            Commit {
                metadata,
                ..new.clone()
            },
        )
    });
    let answers = client.commit_offsets(&group.name, group.coordinator, &signed.collect(), permit);
    thread::sleep(AT_ONCE);
    // Where that is not known, the answers have to do.
    let Ok(stored) = commits::of(client, group) else {
        return answers;
    };
    let stored = commits::known(&stored);
    wanted.retain(|at, _| {
        let found = stored.get(at);
        let kept = found.is_some_and(|found| found.metadata == signature);
        if kept || !answers.get(at).is_some_and(Result::is_ok) {
            return true;
        }
        let place = found.map_or_else(|| "nowhere".to_owned(), |found| found.offset.to_string());
        let trouble = Trouble {
            exit: Exit::Partial,
            text: format!("another process moved it at the same time, to {place}"),
        };
        outcome.troubles.insert(at.clone(), trouble);
        false
    });
    answers
}

/// Stores the new offsets and reads them back: what is there counts, not what was answered.
pub(super) fn apply(
    client: &mut Client,
    group: &GroupListing,
    plan: &Plan,
    permit: Permit,
) -> Outcome {
    let mut wanted: BTreeMap<TopicPartition, Commit> = plan
        .changes()
        .map(|moved| (moved.at.clone(), moved.new.clone()))
        .collect();
    let mut outcome = Outcome::default();
    let mut answers = sign(client, group, &mut wanted, &mut outcome, permit);
    let taken: BTreeMap<TopicPartition, Commit> = (wanted.iter())
        .filter(|(at, _)| answers.get(*at).is_some_and(Result::is_ok))
        .map(|(at, new)| (at.clone(), new.clone()))
        .collect();
    if !taken.is_empty() {
        answers.extend(client.commit_offsets(&group.name, group.coordinator, &taken, permit));
    }
    let stored = commits::of(client, group).map(|stored| commits::known(&stored));
    for (at, new) in &wanted {
        let there = match &stored {
            Ok(stored) => stored.get(at).map(|commit| commit.offset) == Some(new.offset),
            // Then the answer has to do.
            Err(_) => answers.get(at).is_some_and(Result::is_ok),
        };
        if there {
            continue;
        }
        let trouble = match answers.get(at) {
            Some(Err(cause)) => {
                if rights::is_missing(cause) {
                    outcome.denied = Some(at.clone());
                }
                Trouble::from(cause)
            }
            Some(Ok(())) => Trouble {
                exit: Exit::Partial,
                text: "was taken, and is not there when it is read back".to_owned(),
            },
            None => Trouble {
                exit: Exit::Unreachable,
                text: "the coordinator left it out of its answer".to_owned(),
            },
        };
        outcome.troubles.insert(at.clone(), trouble);
    }
    outcome.unread = stored.err();
    outcome
}

/// Says what came of it.
///
/// # Errors
/// Nothing was moved.
pub(super) fn finish(
    context: &Context,
    client: &Client,
    plan: &Plan,
    outcome: &Outcome,
    format: ReportFormat,
) -> Result<Exit, Failure> {
    let name = &plan.group;
    if let Some(failure) = &outcome.unread {
        show::warn_of(context, failure);
    }
    let worst = outcome
        .troubles
        .iter()
        .min_by_key(|(_, trouble)| trouble.exit);
    let failure = worst.map(|(at, trouble)| {
        let message = format!("group {name:?} was not moved in {at}");
        let failure = Failure::new(trouble.exit, message).cause(&trouble.text);
        match &outcome.denied {
            None => failure,
            Some(at) => failure
                .hint(rights::grant(client, "Read", Resource::Group(name)))
                .hint(rights::grant(client, "Read", Resource::Topic(&at.topic))),
        }
    });
    let moved = plan.changes().count() - outcome.troubles.len();
    if let Some(failure) = failure {
        if moved == 0 {
            return Err(failure);
        }
        show::print(context, &plan.report(Some(outcome), format), format)?;
        show::warn_of(context, &failure);
        return Ok(Exit::Partial);
    }
    if format != ReportFormat::Table || plan.is_troubled() {
        show::print(context, &plan.report(Some(outcome), format), format)?;
    }
    let read_back = match outcome.unread {
        None => ", and read back",
        Some(_) => "",
    };
    let partitions = counted(moved as u64, "partition");
    context.ui.note(format_args!(
        "moved group {name:?} in {partitions}{read_back}"
    ));
    Ok(if plan.is_troubled() {
        Exit::Partial
    } else {
        Exit::Ok
    })
}
