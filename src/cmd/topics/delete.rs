//! `evctl topics delete`: shows what goes with them, asks, deletes.

use clap::Args;

use super::{
    describe::known,
    exit_of,
    readers::{Readers, readers},
    refused, show,
    survey::{Depth, Topic, survey},
    wait,
};
use crate::{
    cmd::cluster,
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::wire::Partial,
    output::report::{Cell, Column, Report},
};

/// Arguments of `topics delete`.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The topics
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

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
    let heading = "these topics will be deleted for ever:";
    if context.global.dry_run {
        return show::dry_run(context, heading, &plan, format);
    }
    show::plan(context, heading, &plan);
    let names: Vec<&str> = found.topics.iter().map(|topic| &*topic.name).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let action = format!("delete {}", quoted.join(", "));
    let permit = cluster::permit_always(context, &cluster, &action)?;
    // The question may have stood for a while.
    cluster::refuse_recreated(&mut client, &names)?;
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
    let gone: Vec<&str> = deleted.items.iter().map(String::as_str).collect();
    wait::until_gone(context, &mut client, &gone);
    let report = report(&found.topics, &readers, Some(&deleted));
    let done = format!("deleted {}", deleted.items.join(", "));
    let printed = show::outcome(context, &report, &done)?;
    Ok(if deleted.failures.is_empty() {
        printed
    } else {
        Exit::Partial
    })
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
            let groups = readers.of_topic(&topic.name);
            let error = deleted.and_then(|deleted| {
                let mut failures = deleted.failures.iter();
                failures.find(|failure| *failure.what == *topic.name)
            });
            let gone = deleted
                .is_some_and(|deleted| deleted.items.iter().any(|name| **name == *topic.name));
            vec![
                (&*topic.name).into(),
                i64::try_from(topic.partitions.len()).ok().into(),
                show::records(topic.records(), topic.is_upper_bound()),
                topic.size().map_or(Cell::Unknown, Cell::Bytes),
                Cell::texts(groups),
                gone.into(),
                error.map(|failure| failure.cause.to_string()).into(),
            ]
        })
        .collect();
    report
}
