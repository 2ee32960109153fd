//! `evctl topics create`.

use clap::Args;

use super::{refused, show};
use crate::{
    cli::Context,
    cmd::cluster,
    exit::Exit,
    failure::Failure,
    kafka::wire::{ALREADY_EXISTS, CreatedTopic, NewTopic, Partial, Unanswered, cause::Cause},
    output::report::{Cell, Column, Report},
    ui::counted,
};

/// Arguments of `topics create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The new topics
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// How many partitions each has; the cluster's default when left out
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    partitions: Option<i32>,
    /// How many copies of each partition; the cluster's default when left out
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i16).range(1..))]
    replication: Option<i16>,
    /// Configuration of the topics' own: -c retention.ms=86400000 (can be repeated)
    #[arg(short, long = "config", value_name = "KEY=VALUE", value_parser = pair)]
    configs: Vec<(String, String)>,
    /// Leave a topic that exists as it is, and call that well done
    #[arg(long)]
    if_not_exists: bool,
}

/// `KEY=VALUE`
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok((key.trim().to_owned(), value.to_owned()))
        }
        _ => Err(format!("{text:?} is not KEY=VALUE")),
    }
}

/// Creates.
///
/// # Errors
/// The cluster cannot be asked, or refuses all of them.
pub(super) fn run(context: &Context, args: &CreateArgs) -> Result<Exit, Failure> {
    show::format(context)?;
    let topics = wanted(args);
    let (cluster, mut client) = cluster::connect(context)?;
    client.refresh_brokers()?;
    let made = if context.global.dry_run {
        client.check_new_topics(&topics)?
    } else {
        let names: Vec<String> = topics
            .iter()
            .map(|topic| format!("{:?}", topic.name))
            .collect();
        let action = format!("create {}", names.join(", "));
        let permit = cluster::permit(context, &cluster, &action)?;
        client.create_topics(&topics, permit)?
    };
    conclude(context, args, &made)
}

/// The topics that are to be made, each once.
fn wanted(args: &CreateArgs) -> Vec<NewTopic> {
    let mut topics: Vec<NewTopic> = Vec::new();
    for name in &args.names {
        if topics.iter().all(|topic| topic.name != *name) {
            topics.push(NewTopic {
                name: name.clone(),
                partitions: args.partitions,
                replication: args.replication,
                configs: args.configs.clone(),
            });
        }
    }
    topics
}

fn conclude(
    context: &Context,
    args: &CreateArgs,
    made: &Partial<Vec<CreatedTopic>>,
) -> Result<Exit, Failure> {
    let exists = |failure: &Unanswered| matches!(failure.cause, Cause::Broker { code, .. } if code == ALREADY_EXISTS);
    let (there, failed): (Vec<&Unanswered>, Vec<&Unanswered>) = made
        .failures
        .iter()
        .partition(|failure| args.if_not_exists && exists(failure));
    if let [first, others @ ..] = failed.as_slice()
        && made.items.is_empty()
        && there.is_empty()
    {
        for failure in others {
            context.ui.warn(failure);
        }
        let message = format!("topic {:?} was not created", first.what);
        let failure = refused(message, &first.cause, "Create");
        return Err(if exists(first) {
            failure.hint("--if-not-exists leaves a topic that exists as it is")
        } else {
            failure
        });
    }
    for failure in &failed {
        context.ui.warn(failure);
    }
    let verb = if context.global.dry_run {
        "would create"
    } else {
        "created"
    };
    let made_ones = made
        .items
        .iter()
        .map(|topic| format!("{verb} {}", describe(topic)));
    let others = there
        .iter()
        .map(|failure| format!("topic {:?} exists already", failure.what));
    let said: Vec<String> = made_ones.chain(others).collect();
    let report = report(context, made, &there);
    let printed = show::outcome(context, &report, &said.join("\n"))?;
    Ok(if failed.is_empty() {
        printed
    } else {
        Exit::Partial
    })
}

/// `there` are those that exist, which is well.
fn report(context: &Context, made: &Partial<Vec<CreatedTopic>>, there: &[&Unanswered]) -> Report {
    let dry_run = context.global.dry_run;
    let columns = ["topic", "partitions", "replication", "outcome", "error"].map(Column::new);
    let mut report = Report::new("evctl.topics-create/1", "topics", &columns);
    report.summary.push(("dry_run", dry_run.into()));
    for topic in &made.items {
        report.rows.push(vec![
            topic.name.as_str().into(),
            topic.partitions.map(i64::from).into(),
            topic.replication.map(i64::from).into(),
            if dry_run { "would create" } else { "created" }.into(),
        ]);
    }
    for failure in &made.failures {
        let well = there.iter().any(|there| there.what == failure.what);
        report.rows.push(vec![
            failure.what.as_str().into(),
            Cell::Unknown,
            Cell::Unknown,
            if well { "exists" } else { "failed" }.into(),
            (!well).then(|| failure.cause.to_string()).into(),
        ]);
    }
    report
}

fn describe(topic: &CreatedTopic) -> String {
    let mut text = format!("topic {:?}", topic.name);
    if let (Some(partitions), Some(replication)) = (topic.partitions, topic.replication) {
        let partitions = counted(u64::from(partitions.unsigned_abs()), "partition");
        text += &format!(": {partitions}, replication {replication}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_may_hold_an_equals_sign_or_be_empty() {
        let owned = |key: &str, value: &str| Ok((key.to_owned(), value.to_owned()));
        assert_eq!(pair("a=b=c"), owned("a", "b=c"));
        assert_eq!(pair("a="), owned("a", ""));
        assert!(pair("a").is_err() && pair("=b").is_err());
    }
}
