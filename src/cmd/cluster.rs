//! The way to a cluster and to the topics that were named, the same for every command.

use std::{path::Path, time::Duration};

use crate::{
    command::Context,
    config::Cluster,
    exit::Exit,
    failure::Failure,
    kafka::{
        Settings,
        property::{Part, nearest},
        wire::{Cause, Client, TopicMetadata, WireError},
    },
    pipeline::{Intent, Permit, Refused, Trace},
    ui::{Prompt, Verbosity},
};

/// How long a command that only asks may take without `--timeout`.
const PATIENCE: Duration = Duration::from_secs(30);

/// Connects to the cluster that profile, environment and flags name together, for reading.
pub(super) fn connect(context: &Context) -> Result<(Cluster, Client), Failure> {
    let cluster = context.cluster()?;
    let client = connect_to(context, &cluster, &[Part::Reading])?;
    Ok((cluster, client))
}

/// Connects to `cluster`; `-v` says which properties have no effect on `parts`.
pub(super) fn connect_to(
    context: &Context,
    cluster: &Cluster,
    parts: &[Part],
) -> Result<Client, Failure> {
    connect_with(context, parts, settings(context, cluster)?)
}

/// Connects for a command that only asks: nothing is waited for longer than `--timeout`, which is
/// half a minute when it is not given.
pub(super) fn connect_to_ask(context: &Context) -> Result<(Cluster, Client), Failure> {
    let cluster = context.cluster()?;
    let client = connect_within(context, &cluster, &[Part::Reading], patience(context))?;
    Ok((cluster, client))
}

/// Connects to `cluster`; no answer is waited for longer than `patience`.
pub(super) fn connect_within(
    context: &Context,
    cluster: &Cluster,
    parts: &[Part],
    patience: Duration,
) -> Result<Client, Failure> {
    let mut settings = settings(context, cluster)?;
    settings.request_timeout = settings.request_timeout.min(patience);
    settings.connect_timeout = settings.connect_timeout.min(patience);
    connect_with(context, parts, settings)
}

/// How to connect to `cluster` within the time of `--timeout`.
fn settings(context: &Context, cluster: &Cluster) -> Result<Settings, Failure> {
    let mut settings = cluster.settings()?;
    if let Some(time) = context.global.timeout {
        settings.keep_to(time);
    }
    Ok(settings)
}

/// How long a command that only asks may take.
pub(super) fn patience(context: &Context) -> Duration {
    context.global.timeout.unwrap_or(PATIENCE)
}

/// Shows each request with `-vv`.
pub(super) fn trace(context: &Context) -> Trace {
    if context.ui.verbosity() < Verbosity::Debug {
        return Trace::default();
    }
    let ui = context.ui.clone();
    Trace::to(move |line| ui.detail(line))
}

fn connect_with(
    context: &Context,
    parts: &[Part],
    mut settings: Settings,
) -> Result<Client, Failure> {
    settings.trace = trace(context);
    if context
        .global
        .properties
        .iter()
        .any(|typed| typed.starts_with("group.id="))
    {
        context.ui.warn(
            "group.id has no effect: groups are named by `consume -g GROUP`, `lag GROUP` and \
             `groups describe GROUP`",
        );
    }
    let unused = settings.unused_by(parts);
    if !unused.is_empty() {
        context
            .ui
            .detail(format_args!("without effect here: {}", unused.join(", ")));
    }
    Ok(Client::connect(settings)?)
}

/// The permit for `action`, which an unprotected profile gives by itself.
pub(super) fn permit(
    context: &Context,
    cluster: &Cluster,
    action: &str,
) -> Result<Permit, Failure> {
    ask(context, cluster, action, false)
}

/// The permit for `action`, which is asked for in every profile.
pub(super) fn permit_always(
    context: &Context,
    cluster: &Cluster,
    action: &str,
) -> Result<Permit, Failure> {
    ask(context, cluster, action, true)
}

/// The permit for `action` on the protected cluster called `protected`; given by itself when there
/// is none.
pub(super) fn permit_named(
    context: &Context,
    protected: Option<&str>,
    action: &str,
) -> Result<Permit, Failure> {
    ask_about(
        context,
        &Intent {
            action,
            protected,
            always_ask: false,
        },
    )
}

fn ask(
    context: &Context,
    cluster: &Cluster,
    action: &str,
    always_ask: bool,
) -> Result<Permit, Failure> {
    let name = cluster.cluster.as_deref().or(cluster.profile.as_deref());
    let intent = Intent {
        action,
        protected: cluster.protected.then_some(name.unwrap_or("this cluster")),
        always_ask,
    };
    ask_about(context, &intent)
}

fn ask_about(context: &Context, intent: &Intent<'_>) -> Result<Permit, Failure> {
    let named = context.global.cluster.as_deref();
    let answer = Permit::ask(intent, context.global.yes, named, &mut Prompt);
    // The signal of a Ctrl-C at the question is delivered by another thread.
    let interrupted = || !context.cancel.sleep(Duration::from_millis(50));
    match answer {
        Err(Refused::Declined) if interrupted() => Err(Failure::new(
            Exit::Interrupted,
            "interrupted at the question, nothing was written",
        )),
        answer => Ok(answer?),
    }
}

/// Refuses to carry out a plan when one of its topics was deleted and created again since.
///
/// # Errors
/// One of them was, or the cluster cannot be asked.
pub(super) fn refuse_recreated(client: &mut Client, topics: &[&str]) -> Result<(), Failure> {
    client.check_topic_ids(topics).map_err(before_writing)
}

/// An error that came before anything was written: a topic that was created again is a refusal then.
pub(super) fn before_writing(error: WireError) -> Failure {
    let mut failure = Failure::from(error);
    if failure.stale {
        failure.exit = Exit::Refused;
        failure = failure.cause("nothing was written");
    }
    failure
}

/// Metadata of the topics called `names`; of one that was chosen at the terminal when there are
/// none; `command` is what was typed (`consume`). Their brokers can be reached.
pub(super) fn topics(
    client: &mut Client,
    command: &str,
    mut names: Vec<String>,
) -> Result<Vec<TopicMetadata>, Failure> {
    if names.is_empty() {
        names.push(choose(client, command)?);
    }
    names.dedup();
    let asked: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut found = client.metadata(&asked)?;
    for topic in &mut found {
        if let Some(cause) = topic.error.take() {
            return Err(no_topic(client, &topic.name, &cause));
        }
    }
    client.check_listeners()?;
    Ok(found)
}

/// Why the topic cannot be used; when it does not exist, with the nearest names there are.
pub(super) fn no_topic(client: &mut Client, name: &str, cause: &Cause) -> Failure {
    if cause.is_recreated() {
        return Failure::recreated(cause);
    }
    if !cause.is_not_found() {
        return Failure::unusable_topic(name, cause);
    }
    let failure = Failure::no_such_topic(name);
    let is_input = |metadata: std::fs::Metadata| !metadata.is_dir();
    if Path::new(name).metadata().is_ok_and(is_input) {
        return failure.hint(format!(
            "there is a file of this name: where files are read, ./{name} names it"
        ));
    }
    let names = visible(client).unwrap_or_default();
    match nearest(name, names.iter().map(String::as_str)) {
        None if names.is_empty() => failure.hint("the cluster has no topics that you may see"),
        near => failure.nearest(
            near,
            "check the name and the cluster; evctl topics create makes topics",
        ),
    }
}

/// The topics that a person may mean, in alphabetical order.
fn visible(client: &mut Client) -> Result<Vec<String>, Failure> {
    let topics = client.all_topics()?;
    let mut names: Vec<String> = topics
        .iter()
        .filter(|topic| !topic.is_internal())
        .map(|topic| topic.name.to_string())
        .collect();
    names.sort_unstable();
    Ok(names)
}

fn choose(client: &mut Client, command: &str) -> Result<String, Failure> {
    // Only a person who types can choose: a script whose errors go to a terminal cannot.
    if !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        let line = format!("name it: evctl {command} TOPIC");
        return Err(Failure::nothing_named("topic", line));
    }
    let names = visible(client)?;
    let chosen = Prompt
        .choose("topic", &names)
        .and_then(|index| names.into_iter().nth(index));
    chosen.ok_or_else(|| Failure::new(Exit::Interrupted, "no topic was chosen"))
}
