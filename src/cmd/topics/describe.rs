//! `evctl topics describe`: a summary, the partitions, the configuration, the producers.

use clap::Args;

use super::{completeness, existing, survey};
use crate::{
    cmd::{cluster, show},
    codec::{quantity::duration, shell},
    command::Context,
    event::TopicPartition,
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::{Depth, topic_producers},
        wire::{Cause, Unanswered},
    },
    output::topics::TopicDescriptions,
    topics::{TopicProducer, TopicSurvey, TransactionStatus},
};

/// Arguments of `topics describe`.
#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// The topics
    #[arg(required = true, value_name = "TOPIC")]
    topics: Vec<String>,
    /// Show the producers of each partition, and the open transaction that blocks read_committed
    /// consumers
    #[arg(long)]
    producers: bool,
}

/// Describes.
///
/// # Errors
/// The cluster cannot be asked, or none of the topics can be described.
pub(super) fn run(context: &Context, args: &DescribeArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (cluster, mut client) = cluster::connect_to_ask(context)?;
    let (topics, mut exit) = existing(context, &mut client, &args.topics)?;
    let depth = Depth {
        stable_ends: true,
        times: true,
        sizes: true,
        counts: true,
        config: Some(None),
    };
    let found = survey(context, &mut client, topics, depth)?;
    exit = exit.max(completeness(&found));
    let mut described = Vec::new();
    let mut silent = Vec::new();
    for topic in found.topics {
        let mut producers = None;
        if args.producers {
            let asked = topic_producers(&mut client, &topic, context.now);
            exit = exit.max(warn_of_missing(context, &asked.failures));
            if asked.items.is_empty() && asked.failures.is_empty() {
                silent.push(topic.name.clone());
            }
            producers = Some(asked.items);
        }
        described.push((topic, producers));
    }
    let printed = show::print(context, &TopicDescriptions::new(&described), format)?;
    // Advice comes after what it is about.
    for topic in silent {
        context.ui.note(format_args!(
            "no leader of topic {topic:?} remembers a producer: nobody has written with \
             idempotence lately"
        ));
    }
    for (topic, producers) in &described {
        explain(
            context,
            &cluster.brokers,
            topic,
            producers.as_deref().unwrap_or_default(),
        );
    }
    Ok(exit.max(printed))
}

fn warn_of_missing(context: &Context, failures: &[Unanswered]) -> Exit {
    let Some(first) = failures.first() else {
        return Exit::Ok;
    };
    let right = match first.cause {
        Cause::NotAuthorized { .. } => " (it takes the right to read the topic)",
        _ => "",
    };
    context
        .ui
        .warn(format_args!("producers are incomplete: {first}{right}"));
    Exit::Partial
}

/// Explains which transaction holds the last stable offset back, and how to end it.
fn explain(
    context: &Context,
    brokers: &[String],
    topic: &TopicSurvey,
    producers: &[TopicProducer],
) {
    for producer in producers.iter().filter(|producer| producer.holds_back) {
        let (Some(status), Some(start)) = (producer.status, producer.transaction_start) else {
            continue;
        };
        let at = TopicPartition::new(topic.name.clone(), producer.partition);
        let age = match producer.age {
            None => String::new(),
            Some((age, true)) => format!(", for {} at least", duration(age)),
            Some((age, false)) => format!(", for {}", duration(age)),
        };
        let who = match &producer.transactional_id {
            Some(id) => format!("producer {} (transactional id {id:?})", producer.id),
            None => format!("producer {}", producer.id),
        };
        let what = match status {
            TransactionStatus::Open => "open: it ends when its producer commits, or by its timeout",
            TransactionStatus::Completing => "completing: its markers are being written",
            TransactionStatus::Hanging => "hanging: its coordinator will never end it",
            TransactionStatus::Unlisted => {
                "listed by no coordinator: it hangs, or you may not see it"
            }
        };
        context.ui.warn(format_args!(
            "{at}: the transaction of {who} holds the stable end back at {start}{age}; it is {what}"
        ));
        if status != TransactionStatus::Completing {
            context.ui.note(format_args!(
                "to abort it: kafka-transactions.sh --bootstrap-server {} abort {} \
                 --partition {} --start-offset {start}",
                shell::word(&brokers.join(",")),
                shell::option("--topic", &topic.name),
                producer.partition,
            ));
        }
    }
}
