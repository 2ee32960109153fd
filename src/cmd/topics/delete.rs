//! `evctl topics delete`: shows what goes with them, asks, deletes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use clap::Args;

use super::{
    describe::known,
    exit_of, refused, show,
    survey::{Depth, Topic, survey},
};
use crate::{
    cli::Context,
    cmd::cluster,
    event::{GroupListing, GroupType},
    exit::Exit,
    failure::Failure,
    kafka::wire::{Client, Partial},
    output::report::{Cell, Column, Report},
};

/// Arguments of `topics delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The topics
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// The groups that have stored offsets in each topic, by name.
type Readers = BTreeMap<Arc<str>, BTreeSet<Arc<str>>>;

/// Deletes.
///
/// # Errors
/// The cluster cannot be asked or refuses, or one of the topics does not exist or is Kafka's own.
pub(super) fn run(context: &Context, args: &DeleteArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (cluster, mut client) = cluster::connect(context)?;
    let (topics, exit) = known(context, &mut client, &args.names)?;
    if exit != Exit::Ok {
        return Err(Failure::new(
            Exit::NotFound,
            "not all of the topics can be deleted, so none was",
        ));
    }
    if let Some(internal) = topics.iter().find(|topic| topic.internal) {
        let message = format!(
            "topic {:?} is Kafka's own and is not deleted",
            internal.name
        );
        return Err(Failure::new(Exit::Refused, message));
    }
    let depth = Depth {
        sizes: true,
        config: Some(Some(&["cleanup.policy"])),
        ..Depth::default()
    };
    let found = survey(context, &mut client, topics, depth)?;
    let readers = readers(context, &mut client);
    let plan = report(&found.topics, &readers, None);
    if context.global.dry_run {
        return show::print(context, &plan, format);
    }
    show::plan(context, "these topics will be deleted for ever:", &plan);
    let names: Vec<&str> = found.topics.iter().map(|topic| &*topic.name).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let action = format!("delete {}", quoted.join(", "));
    let permit = cluster::permit_always(context, &cluster, &action)?;
    let deleted = client.delete_topics(&names, permit)?;
    if deleted.items.is_empty()
        && let Some(worst) = deleted
            .failures
            .iter()
            .max_by_key(|failure| exit_of(&failure.cause))
    {
        let message = format!("topic {:?} was not deleted", worst.what);
        return Err(refused(message, &worst.cause, "Delete"));
    }
    for failure in &deleted.failures {
        context.ui.warn(failure);
    }
    let report = report(&found.topics, &readers, Some(&deleted));
    let done = format!("deleted {}", deleted.items.join(", "));
    let printed = show::outcome(context, &report, &done)?;
    Ok(if deleted.failures.is_empty() {
        printed
    } else {
        Exit::Partial
    })
}

/// Who has commits where. Best effort: what cannot be asked is not shown.
fn readers(context: &Context, client: &mut Client) -> Readers {
    let mut readers = Readers::new();
    let listed = match client.list_groups() {
        Ok(listed) => listed.items,
        Err(error) => {
            context
                .ui
                .note(format_args!("groups are not shown: {error}"));
            return readers;
        }
    };
    let (share, others): (Vec<&GroupListing>, Vec<&GroupListing>) = listed
        .iter()
        .partition(|group| group.kind == GroupType::Share);
    let mut add = |group: &Arc<str>, topic: &Arc<str>| {
        readers
            .entry(topic.clone())
            .or_default()
            .insert(group.clone());
    };
    let commits = client.commits(&others);
    for (group, commits) in &commits.items {
        commits.keys().for_each(|at| add(group, &at.topic));
    }
    let offsets = client.share_offsets(&share);
    for (group, offsets) in &offsets.items {
        offsets.keys().for_each(|at| add(group, &at.topic));
    }
    let hidden = commits.failures.len() + offsets.failures.len();
    if let Some(first) = commits.failures.first().or(offsets.failures.first()) {
        context.ui.note(format_args!(
            "the offsets of {hidden} groups are not known: {first}"
        ));
    }
    readers
}

/// `deleted` is `None` while nothing was done yet.
fn report(topics: &[Topic], readers: &Readers, deleted: Option<&Partial<Vec<String>>>) -> Report {
    let failed = deleted.is_some_and(|deleted| !deleted.failures.is_empty());
    let columns = [
        Column::new("topic"),
        Column::new("partitions"),
        Column::new("records"),
        Column::new("size"),
        Column::new("groups"),
        Column::wide("deleted"),
        if failed {
            Column::new("error")
        } else {
            Column::wide("error")
        },
    ];
    let mut report = Report::new("evctl.topics-delete/1", "topics", &columns);
    report.summary.push(("dry_run", deleted.is_none().into()));
    report.rows = topics
        .iter()
        .map(|topic| {
            let groups = readers.get(&topic.name).into_iter().flatten();
            let error = deleted.and_then(|deleted| {
                let mut failures = deleted.failures.iter();
                failures.find(|failure| *failure.what == *topic.name)
            });
            let gone = deleted
                .is_some_and(|deleted| deleted.items.iter().any(|name| **name == *topic.name));
            vec![
                (&*topic.name).into(),
                i64::try_from(topic.partitions.len()).ok().into(),
                show::records(topic.records(), topic.may_have_gaps()),
                topic.size().map_or(Cell::Unknown, Cell::Bytes),
                Cell::texts(groups.map(ToString::to_string)),
                gone.into(),
                error.map(|failure| failure.cause.to_string()).into(),
            ]
        })
        .collect();
    report
}
