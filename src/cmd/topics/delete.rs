//! `evctl topics delete`: shows records and groups, asks, deletes.

use clap::Args;

use super::{existing, group_positions, survey, wait_until_gone};
use crate::{
    cmd::{cluster, show},
    command::Context,
    exit::Exit,
    failure::{Failure, refusal_exit},
    kafka::admin::Depth,
    output::topics::deleted_topics,
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
    let (topics, exit) = existing(context, &mut client, &args.names)?;
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
    let groups = group_positions(context, &mut client);
    let plan = deleted_topics(&found.topics, &groups, true, |_| (false, None));
    let heading = "these topics will be deleted for ever:";
    if context.global.dry_run {
        return show::dry_run(context, heading, &plan, format);
    }
    show::plan(context, heading, &plan);
    let names: Vec<&str> = found.topics.iter().map(|topic| &*topic.name).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let action = format!("delete {}", quoted.join(", "));
    let permit = cluster::permit_always(context, &cluster, &action)?;
    // The question may have been open for a while.
    cluster::refuse_recreated(&mut client, &names)?;
    let deleted = client.delete_topics(&names, permit)?;
    if deleted.items.is_empty()
        && let Some(worst) = deleted
            .failures
            .iter()
            .max_by_key(|failure| refusal_exit(&failure.cause))
    {
        let message = format!("topic {:?} was not deleted", worst.what);
        return Err(Failure::topic_refusal(message, &worst.cause, "Delete"));
    }
    for failure in &deleted.failures {
        context.ui.warn(failure);
    }
    let gone: Vec<&str> = deleted.items.iter().map(String::as_str).collect();
    wait_until_gone(context, &mut client, &gone);
    let report = deleted_topics(&found.topics, &groups, false, |name| {
        let mut failures = deleted.failures.iter();
        let failure = failures.find(|failure| failure.what == name);
        let is_deleted = deleted.items.iter().any(|deleted| deleted == name);
        (is_deleted, failure.map(|failure| failure.cause.to_string()))
    });
    let done = format!("deleted {}", deleted.items.join(", "));
    let printed = show::change(context, &report, &done)?;
    Ok(if deleted.failures.is_empty() {
        printed
    } else {
        Exit::Partial
    })
}
