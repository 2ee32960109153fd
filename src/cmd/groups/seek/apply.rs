//! Storing the new offsets, and looking whether they are there.

use std::{
    collections::BTreeMap,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use super::plan::Plan;
use crate::{
    cli::Context,
    cmd::{
        groups::{commits, places::Trouble, rights, undo::Undo},
        show,
    },
    event::{Commit, GroupListing, GroupType, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::wire::Client,
    output::report::ReportFormat,
    pipeline::Permit,
    ui::counted,
};

/// How long the coordinator of a new group may take to be ready: Kafka's topic of offsets may have
/// to be made first.
const PATIENCE: Duration = Duration::from_secs(10);

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

/// Stores the new offsets and reads them back: what is there counts, not what was answered.
pub(super) fn apply(
    client: &mut Client,
    group: &GroupListing,
    plan: &Plan,
    permit: Permit,
) -> Outcome {
    let wanted: BTreeMap<TopicPartition, Commit> = plan
        .changes()
        .map(|moved| (moved.at.clone(), moved.new.clone()))
        .collect();
    let answers = client.commit_offsets(&group.name, group.coordinator, &wanted, permit);
    let stored = commits::of(client, group).map(|stored| commits::known(&stored));
    let mut outcome = Outcome::default();
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
                .hint(rights::grant(client, "Read", &rights::on_group(name)))
                .hint(rights::grant(client, "Read", &rights::on_topic(&at.topic))),
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
