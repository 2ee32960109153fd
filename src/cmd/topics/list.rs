//! `evctl topics list`: one row per topic, whatever its size.

use std::{cmp::Reverse, collections::BTreeSet};

use clap::Args;

use super::{completeness, survey};
use crate::{
    cmd::{cluster, show},
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::{
        admin::Depth,
        wire::{Client, TopicMetadata},
    },
    output::topics::topic_list,
    select::{NameGlobs, is_glob},
    topics::TopicSurvey,
};

/// Arguments of `topics list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Names or patterns of topics, e.g. orders 'payments-*' [default: all topics]
    #[arg(value_name = "GLOB")]
    globs: Vec<String>,
    /// List only topics that match this pattern (can be repeated)
    #[arg(long = "match", value_name = "GLOB")]
    include: Vec<String>,
    /// Leave out topics that match this pattern (can be repeated)
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Include Kafka's own topics, such as `__consumer_offsets`
    #[arg(long)]
    internal: bool,
    /// Sort by this column
    #[arg(long, value_enum, default_value_t, value_name = "BY")]
    sort: Sort,
    /// Leave out values that brokers read from disk: first and last record, sizes, counted records
    #[arg(long)]
    brief: bool,
}

/// `--sort`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum Sort {
    /// By name
    #[default]
    Name,
    /// By size on disk, largest first
    Size,
    /// By number of records, most first
    Records,
    /// By last record, newest first
    Last,
}

/// Lists.
///
/// # Errors
/// The cluster cannot be asked; a name that no topic has.
pub(super) fn run(context: &Context, args: &ListArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let patterns = [args.globs.as_slice(), args.include.as_slice()].concat();
    let globs = NameGlobs::new(&patterns, &args.exclude)?;
    let (_, mut client) = cluster::connect_to_ask(context)?;
    let all = client.all_topics()?;
    let missing = missing(&args.globs, &all);
    // A topic that is named without a pattern is listed, also when it is Kafka's own.
    let named: BTreeSet<&str> = args.globs.iter().map(String::as_str).collect();
    let shown =
        |topic: &TopicMetadata| !topic.internal || args.internal || named.contains(&*topic.name);
    let chosen: Vec<TopicMetadata> = all
        .into_iter()
        .filter(|topic| globs.matches(&topic.name) && shown(topic))
        .collect();
    let complete = complain(context, &mut client, &missing, &chosen)?;
    if chosen.is_empty() {
        context.ui.note(if patterns.is_empty() {
            "no topics are visible; --internal includes Kafka's own"
        } else {
            "no visible topic matches; --internal includes Kafka's own"
        });
    }
    let depth = Depth {
        stable_ends: !args.brief,
        times: !args.brief,
        sizes: !args.brief,
        counts: !args.brief,
        config: Some(Some(&["cleanup.policy"])),
    };
    let mut found = survey(context, &mut client, chosen, depth)?;
    // A topic that was deleted meanwhile is left out.
    found
        .topics
        .retain(|topic| !topic.gone || named.contains(&*topic.name));
    sort(&mut found.topics, args.sort);
    let printed = show::print(context, &topic_list(&found.topics), format)?;
    Ok(complete.max(completeness(&found)).max(printed))
}

/// The names without a pattern that no listed topic has.
fn missing<'n>(named: &'n [String], all: &[TopicMetadata]) -> Vec<&'n str> {
    let there: BTreeSet<&str> = all.iter().map(|topic| &*topic.name).collect();
    named
        .iter()
        .map(String::as_str)
        .filter(|name| !is_glob(name) && !there.contains(name))
        .collect()
}

/// Warns of names that no topic has; a failure when nothing else is listed.
fn complain(
    context: &Context,
    client: &mut Client,
    missing: &[&str],
    chosen: &[TopicMetadata],
) -> Result<Exit, Failure> {
    if missing.is_empty() {
        return Ok(Exit::Ok);
    }
    for topic in client.metadata(missing)? {
        let Some(cause) = &topic.error else { continue };
        let failure = cluster::no_topic(client, &topic.name, cause);
        if chosen.is_empty() {
            return Err(failure);
        }
        show::warn_of(context, &failure);
    }
    Ok(Exit::Partial)
}

/// Unknown values come last.
fn sort(topics: &mut [TopicSurvey], by: Sort) {
    topics.sort_by(|a, b| a.name.cmp(&b.name));
    match by {
        Sort::Name => {}
        Sort::Size => topics.sort_by_key(|topic| Reverse(topic.size())),
        Sort::Records => topics.sort_by_key(|topic| Reverse(topic.records())),
        Sort::Last => topics.sort_by_key(|topic| Reverse(topic.last())),
    }
}
