//! Topics to read, resolved with what the user is told about them, and read with a progress bar.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    cmd::groups,
    command::{Context, SelectArgs},
    event::TopicPartition,
    failure::Failure,
    kafka::{
        admin::{group_commits, known_commits},
        wire::{Client, ReadOrder, TopicMetadata},
    },
    pipeline::Sink,
    select::{OutOfRange, OutOfRangeReason, Position, ResolveError, Selection},
    transfer::{Begin, TopicRead, TopicReadEnd, TopicReadOptions},
    ui::Bar,
};

impl<'c> TopicRead<'c> {
    /// Looks up where the selection begins and ends, and tells what differs from what was asked for.
    pub(in crate::cmd) fn resolve(
        context: &Context,
        client: &'c mut Client,
        topics: Vec<TopicMetadata>,
        selection: &Selection,
        select: &SelectArgs,
        stall_timeout: Duration,
    ) -> Result<Self, Failure> {
        let stored = stored_offsets(context, client, selection, select)?;
        let isolation = select.isolation;
        let options = TopicReadOptions {
            isolation: isolation.map_or(client.settings().isolation, Into::into),
            stored,
            stall_timeout,
        };
        let mut read = match Self::new(client, topics, selection, options) {
            Ok(read) => read,
            Err(ResolveError::OutOfRange(error)) => {
                let group = select.as_group.as_deref().unwrap_or_default();
                return Err(Failure::out_of_range(group, &error));
            }
            Err(error) => return Err(error.into()),
        };
        for doubt in selection.doubts() {
            context.ui.note(doubt);
        }
        for note in &read.assignment.notes {
            context.ui.warn(note);
        }
        if let Some(hidden) = read.hidden_offsets() {
            context.ui.note(hidden);
        }
        if let Some(count) = read.assignment.last {
            let count = usize::try_from(count).unwrap_or(usize::MAX);
            read.start_at_last(count, &mut |_| true, &context.cancel)?;
        }
        Ok(read)
    }
}

/// Whether a read shows its progress: not where records go to the same terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cmd) enum ProgressBar {
    Shown,
    Hidden,
}

impl ProgressBar {
    /// The bar of a read whose records go to standard output.
    pub(in crate::cmd) fn beside_stdout(context: &Context) -> Self {
        if context.ui.stdout_is_terminal() {
            Self::Hidden
        } else {
            Self::Shown
        }
    }
}

/// Reads up to the ends that were looked up.
pub(in crate::cmd) fn drive_topics(
    context: &Context,
    topics: &mut TopicRead<'_>,
    order: ReadOrder,
    sink: &mut dyn Sink,
    bar: ProgressBar,
) -> TopicReadEnd {
    let read = match bar {
        ProgressBar::Shown => {
            let mut bar = Bar::new(&context.ui, "reading");
            topics.drive(order, sink, &mut bar, &context.cancel)
        }
        ProgressBar::Hidden => topics.drive(order, sink, &mut (), &context.cancel),
    };
    detail(context, &read);
    read
}

/// Reads from `begin` on, until something stops it.
pub(in crate::cmd) fn follow_topics(
    context: &Context,
    topics: &mut TopicRead<'_>,
    begin: Begin,
    order: ReadOrder,
    sink: &mut dyn Sink,
) -> TopicReadEnd {
    let read = topics.follow(begin, order, sink, &context.cancel);
    detail(context, &read);
    read
}

fn detail(context: &Context, read: &TopicReadEnd) {
    for note in &read.notes {
        context.ui.detail(note);
    }
}

/// The committed offsets of the group of `--as-group`; empty unless the selection refers to them.
fn stored_offsets(
    context: &Context,
    client: &mut Client,
    selection: &Selection,
    select: &SelectArgs,
) -> Result<BTreeMap<TopicPartition, i64>, Failure> {
    if ![Some(selection.from), selection.to].contains(&Some(Position::Stored)) {
        return Ok(BTreeMap::new());
    }
    let Some(group) = &select.as_group else {
        return Err(
            Failure::usage("\"stored\" is the offset of a group: name it")
                .hint("--as-group NAME reads from where the group stands, and does not join it"),
        );
    };
    let group = groups::find::one(context, client, group)?;
    let commits = known_commits(&group_commits(client, &group)?);
    let recreated = commits.iter().find_map(|(at, commit)| {
        let [old, new] = client.recreated_since(&at.topic, commit)?;
        Some(OutOfRange {
            partition: at.clone(),
            stored: commit.offset,
            reason: OutOfRangeReason::Recreated { old, new },
        })
    });
    if let Some(error) = recreated {
        let mut failure = Failure::out_of_range(&group.name, &error);
        // --as-group does not reset the group.
        failure.hints.retain(|hint| !hint.starts_with("-X "));
        return Err(failure.hint("--from earliest reads the topic that is there now"));
    }
    let offsets = commits.into_iter().map(|(at, commit)| (at, commit.offset));
    Ok(offsets.collect())
}
