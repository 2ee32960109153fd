//! `evctl topics create`.

use clap::Args;

use super::wait_until_led;
use crate::{
    cmd::{cluster, show},
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::Awaited,
        wire::{ALREADY_EXISTS, Cause, Client, CreatedTopic, NewTopic, Partial, Unanswered},
    },
    output::{
        report::Report,
        topics::{NewTopicRow, new_topics},
    },
    ui::counted,
};

/// Arguments of `topics create`.
#[derive(Debug, Args)]
pub struct CreateArgs {
    /// The new topics
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
    /// Number of partitions of each topic [default: the cluster's]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    partitions: Option<i32>,
    /// Replicas of each partition [default: the cluster's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i16).range(1..))]
    replication: Option<i16>,
    /// Set a configuration value of the topics, e.g. -c retention.ms=86400000 (can be repeated)
    #[arg(short, long = "config", value_name = "KEY=VALUE", value_parser = pair)]
    configs: Vec<(String, String)>,
    /// Succeed without changes if the topic exists
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
        let made = client.create_topics(&topics, permit)?;
        let new: Vec<Awaited<'_>> = made
            .items
            .iter()
            .map(|topic| (topic.name.as_str(), topic.partitions))
            .collect();
        wait_until_led(context, &mut client, &new);
        made
    };
    let there = there(&mut client, args, &made);
    conclude(context, args, &made, &there)
}

/// The topics to create, each once.
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

fn exists(failure: &Unanswered) -> bool {
    matches!(failure.cause, Cause::Broker { code, .. } if code == ALREADY_EXISTS)
}

/// The topics that exist, which `--if-not-exists` accepts, as they are.
fn there(
    client: &mut Client,
    args: &CreateArgs,
    made: &Partial<Vec<CreatedTopic>>,
) -> Vec<CreatedTopic> {
    let names: Vec<&str> = made
        .failures
        .iter()
        .filter(|failure| args.if_not_exists && exists(failure))
        .map(|failure| failure.what.as_str())
        .collect();
    if names.is_empty() {
        return Vec::new();
    }
    // A topic that the user may not describe is accepted, too.
    let found = client.metadata_now(&names).unwrap_or_default();
    let partitions = |name: &str| {
        let topic = found.iter().find(|topic| *topic.name == *name)?;
        topic.error.is_none().then_some(&topic.partitions)
    };
    names
        .into_iter()
        .map(|name| CreatedTopic {
            name: name.to_owned(),
            partitions: partitions(name).and_then(|all| i32::try_from(all.len()).ok()),
            replication: partitions(name).and_then(|all| {
                let copies = all.iter().map(|partition| partition.replicas.len()).max()?;
                i16::try_from(copies).ok()
            }),
        })
        .collect()
}

/// How a topic that exists differs from the one that was asked for.
fn difference(args: &CreateArgs, topic: &CreatedTopic) -> Option<String> {
    let mut parts = Vec::new();
    if let (Some(wanted), Some(has)) = (args.partitions, topic.partitions)
        && wanted != has
    {
        let has = counted(u64::from(has.unsigned_abs()), "partition");
        parts.push(format!("it has {has}, not {wanted}"));
    }
    if let (Some(wanted), Some(has)) = (args.replication, topic.replication)
        && wanted != has
    {
        parts.push(format!("its replication is {has}, not {wanted}"));
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn conclude(
    context: &Context,
    args: &CreateArgs,
    made: &Partial<Vec<CreatedTopic>>,
    there: &[CreatedTopic],
) -> Result<Exit, Failure> {
    let well = |failure: &Unanswered| there.iter().any(|topic| topic.name == failure.what);
    let failures = made.failures.iter();
    let failed: Vec<&Unanswered> = failures.filter(|failure| !well(failure)).collect();
    if let [first, others @ ..] = failed.as_slice()
        && made.items.is_empty()
        && there.is_empty()
    {
        for failure in others {
            context.ui.warn(failure);
        }
        let message = format!("topic {:?} was not created", first.what);
        let failure = Failure::topic_refusal(message, &first.cause, "Create");
        return Err(if exists(first) {
            failure.hint("--if-not-exists leaves a topic that exists as it is")
        } else {
            failure
        });
    }
    for failure in &failed {
        context.ui.warn(failure);
    }
    for topic in there {
        if let Some(difference) = difference(args, topic) {
            let name = &topic.name;
            context
                .ui
                .warn(format_args!("topic {name:?} exists already: {difference}"));
        }
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
        .filter(|topic| difference(args, topic).is_none())
        .map(|topic| format!("topic {:?} exists already", topic.name));
    let said: Vec<String> = made_ones.chain(others).collect();
    let report = report(context, made, there);
    let printed = show::change(context, &report, &said.join("\n"))?;
    if context.global.dry_run {
        context.ui.note(show::DRY_RUN);
    }
    Ok(if failed.is_empty() {
        printed
    } else {
        Exit::Partial
    })
}

/// `there` are the topics that exist, which is no error.
fn report(context: &Context, made: &Partial<Vec<CreatedTopic>>, there: &[CreatedTopic]) -> Report {
    let dry_run = context.global.dry_run;
    let outcome = if dry_run { "would create" } else { "created" };
    let created = made.items.iter().map(|topic| row(topic, outcome));
    let others = made.failures.iter().map(|failure| {
        match there.iter().find(|topic| topic.name == failure.what) {
            Some(topic) => row(topic, "exists"),
            None => NewTopicRow {
                topic: &failure.what,
                partitions: None,
                replication: None,
                outcome: "failed",
                error: Some(failure.cause.to_string()),
            },
        }
    });
    new_topics(dry_run, created.chain(others).collect())
}

fn row<'t>(topic: &'t CreatedTopic, outcome: &'static str) -> NewTopicRow<'t> {
    NewTopicRow {
        topic: &topic.name,
        partitions: topic.partitions,
        replication: topic.replication.map(i32::from),
        outcome,
        error: None,
    }
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

    #[test]
    fn a_topic_that_exists_is_compared_with_what_was_asked_for() {
        let args = |partitions, replication| CreateArgs {
            names: Vec::new(),
            partitions,
            replication,
            configs: Vec::new(),
            if_not_exists: true,
        };
        let topic = |partitions, replication| CreatedTopic {
            name: "orders".to_owned(),
            partitions,
            replication,
        };
        let there = topic(Some(3), Some(2));
        assert_eq!(difference(&args(Some(3), Some(2)), &there), None);
        assert_eq!(difference(&args(None, None), &there), None);
        assert_eq!(
            difference(&args(Some(12), Some(3)), &there).as_deref(),
            Some("it has 3 partitions, not 12, its replication is 2, not 3")
        );
        assert_eq!(difference(&args(Some(12), None), &topic(None, None)), None);
    }
}
