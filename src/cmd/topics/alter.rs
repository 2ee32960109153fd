//! `evctl topics alter`: a topic's configuration and number of partitions.

use clap::Args;

use super::{create::pair, wait_until_led};
use crate::{
    cmd::{cluster, show},
    command::Context,
    exit::Exit,
    failure::Failure,
    kafka::{
        property::nearest,
        wire::{Client, TopicMetadata, WireError},
    },
    output::topics::{TopicChange, topic_changes},
    topics::{ConfigChange, ConfigEntry, ConfigSource, TopicConfig, config_risks},
    ui::counted,
};

/// Arguments of `topics alter`.
#[derive(Debug, Args)]
pub struct AlterArgs {
    /// The topic
    #[arg(value_name = "NAME")]
    name: String,
    /// Set a configuration value, e.g. --set retention.ms=86400000 (can be repeated)
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Remove the topic's own value of this key (can be repeated)
    #[arg(long, value_name = "KEY")]
    unset: Vec<String>,
    /// Increase the number of partitions to N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i32).range(1..))]
    partitions: Option<i32>,
}

/// Alters.
///
/// # Errors
/// The cluster cannot be asked or refuses, the topic does not exist, or the change makes no sense.
pub(super) fn run(context: &Context, args: &AlterArgs) -> Result<Exit, Failure> {
    show::format(context)?;
    let changes = changes(args)?;
    let (cluster, mut client) = cluster::connect(context)?;
    let topics = cluster::topics(&mut client, "topics alter", vec![args.name.clone()])?;
    let Some(topic) = topics.into_iter().next() else {
        return Err(Failure::new(
            Exit::NotFound,
            "the cluster did not name the topic",
        ));
    };
    let more = more_partitions(&topic, args.partitions)?;
    let config = config(context, &mut client, &topic, &changes)?;
    let changes = effective(changes, config.as_ref());
    let rows = rows(&topic, config.as_ref(), &changes, more);
    let report = topic_changes(&topic.name, context.global.dry_run, rows);
    if report.rows.is_empty() {
        return show::change(context, &report, "nothing to change: it is so already");
    }
    // What the cluster would refuse is found before anybody is asked.
    let name = &*topic.name;
    if !changes.is_empty() {
        let checked = client.check_topic_config(name, &changes);
        checked.map_err(|error| not_changed(name, &error, "AlterConfigs"))?;
    }
    if let Some(total) = more {
        let checked = client.check_partitions(name, total);
        checked.map_err(|error| not_changed(name, &error, "Alter"))?;
        context.ui.warn(
            "more partitions move keys: records of one key that are written from now on may go to \
             another partition than those before",
        );
    }
    for risk in config_risks(&changes, config.as_ref(), copies(&topic)) {
        context.ui.warn(risk);
    }
    let heading = format!("topic {name:?} will be altered:");
    if context.global.dry_run {
        return show::dry_run(context, &heading, &report, show::format(context)?);
    }
    show::plan(context, &heading, &report);
    let permit = cluster::permit_always(context, &cluster, &format!("alter topic {name:?}"))?;
    if !changes.is_empty() {
        let changed = client.alter_topic_config(name, &changes, permit);
        changed.map_err(|error| not_changed(name, &error, "AlterConfigs"))?;
    }
    if let Some(total) = more {
        let added = client.add_partitions(name, total, permit);
        added.map_err(|error| {
            let failure = not_changed(name, &error, "Alter");
            if changes.is_empty() {
                return failure;
            }
            Failure {
                exit: Exit::Partial,
                ..failure
            }
            .cause("its configuration was changed, its partitions were not added")
        })?;
        wait_until_led(context, &mut client, &[(name, Some(total))]);
    }
    show::change(context, &report, &format!("altered topic {name:?}"))
}

/// Configuration is one right (AlterConfigs), partitions another (Alter).
fn not_changed(name: &str, error: &WireError, operation: &str) -> Failure {
    let message = format!("topic {name:?} was not altered");
    Failure::topic_refusal(message, &error.cause, operation)
}

/// What was typed, each key once.
fn changes(args: &AlterArgs) -> Result<Vec<ConfigChange>, Failure> {
    let set = args.set.iter().cloned();
    let set = set.map(|(key, value)| ConfigChange::Set(key, value));
    let unset = args.unset.iter().cloned().map(ConfigChange::Unset);
    let changes: Vec<ConfigChange> = set.chain(unset).collect();
    for (index, change) in changes.iter().enumerate() {
        if changes[..index]
            .iter()
            .any(|other| other.key() == change.key())
        {
            let message = format!("{:?} is changed twice", change.key());
            return Err(Failure::usage(message));
        }
    }
    if changes.is_empty() && args.partitions.is_none() {
        return Err(Failure::usage("nothing to change is named")
            .hint("--set KEY=VALUE, --unset KEY or --partitions N"));
    }
    Ok(changes)
}

/// The new number of partitions; `None` when there are as many.
fn more_partitions(topic: &TopicMetadata, wanted: Option<i32>) -> Result<Option<i32>, Failure> {
    let now = partitions(topic);
    match wanted {
        Some(wanted) if wanted < now => Err(Failure::new(
            Exit::Refused,
            format!(
                "topic {:?} has {}, Kafka cannot take any away",
                topic.name,
                counted(now, "partition")
            ),
        )
        .hint("make another topic with fewer, and copy the records over")),
        wanted => Ok(wanted.filter(|wanted| *wanted > now)),
    }
}

fn partitions(topic: &TopicMetadata) -> i32 {
    i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX)
}

/// The fewest copies that a partition has.
fn copies(topic: &TopicMetadata) -> Option<i64> {
    let copies = topic.partitions.iter();
    let fewest = copies.map(|partition| partition.replicas.len()).min()?;
    i64::try_from(fewest).ok()
}

/// The topic's configuration; `None` when it may not be seen. A key that no topic has is a mistake.
fn config(
    context: &Context,
    client: &mut Client,
    topic: &TopicMetadata,
    changes: &[ConfigChange],
) -> Result<Option<TopicConfig>, Failure> {
    if changes.is_empty() {
        return Ok(None);
    }
    let mut found = client.topic_configs(&[&topic.name], None)?;
    if let Some(failure) = found.failures.first() {
        context.ui.note(format_args!(
            "what is configured now is not shown: {}",
            failure.cause
        ));
        return Ok(None);
    }
    let Some(config) = found.items.remove(&topic.name) else {
        return Ok(None);
    };
    for change in changes {
        let key = change.key();
        if !config.contains_key(key) {
            let failure = Failure::usage(format!("{key:?} is no configuration of topics"));
            let near = nearest(key, config.keys().map(String::as_str));
            let otherwise = "Kafka's documentation lists them under topic configs";
            return Err(failure.nearest(near, otherwise));
        }
    }
    Ok(Some(config))
}

/// The changes that change something.
fn effective(changes: Vec<ConfigChange>, config: Option<&TopicConfig>) -> Vec<ConfigChange> {
    let idle = |change: &ConfigChange| {
        let own = config
            .and_then(|config| config.get(change.key()))
            .map(|entry| (entry.source == ConfigSource::Topic, entry.value.as_deref()));
        match (change, own) {
            (_, None) => false,
            (ConfigChange::Set(_, value), Some((own, now))) => own && now == Some(value),
            (ConfigChange::Unset(_), Some((own, _))) => !own,
        }
    };
    changes.into_iter().filter(|change| !idle(change)).collect()
}

fn rows(
    topic: &TopicMetadata,
    config: Option<&TopicConfig>,
    changes: &[ConfigChange],
    more: Option<i32>,
) -> Vec<TopicChange> {
    let entry = |change: &ConfigChange| config.and_then(|config| config.get(change.key()));
    let changed = changes.iter().map(|change| row(change, entry(change)));
    let more = more.map(|total| TopicChange {
        key: "partitions".to_owned(),
        old: Some(partitions(topic).to_string()),
        old_source: None,
        new: Some(total.to_string()),
        new_source: None,
    });
    changed.chain(more).collect()
}

fn row(change: &ConfigChange, entry: Option<&ConfigEntry>) -> TopicChange {
    let shown = |value: Option<&String>| match entry {
        Some(entry) if entry.sensitive => Some("(secret)".to_owned()),
        _ => value.cloned(),
    };
    let beneath = entry.and_then(|entry| entry.beneath.as_ref());
    let (new, new_source) = match change {
        ConfigChange::Set(_, value) => (shown(Some(value)), Some("topic")),
        ConfigChange::Unset(_) => (
            beneath.and_then(|(value, _)| shown(value.as_ref())),
            beneath.map(|(_, source)| source.name()),
        ),
    };
    TopicChange {
        key: change.key().to_owned(),
        old: shown(entry.and_then(|entry| entry.value.as_ref())),
        old_source: entry.map(|entry| entry.source.name()),
        new,
        new_source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(value: &str, source: ConfigSource) -> ConfigEntry {
        ConfigEntry {
            value: Some(value.to_owned()),
            source,
            sensitive: false,
            beneath: Some((Some("7".to_owned()), ConfigSource::StaticBroker)),
        }
    }

    #[test]
    fn an_unset_value_shows_what_holds_then() {
        let own = entry("5", ConfigSource::Topic);
        let row = row(&ConfigChange::Unset("retention.ms".to_owned()), Some(&own));
        assert_eq!(row.old.as_deref(), Some("5"));
        assert_eq!(row.old_source, Some("topic"));
        assert_eq!(row.new.as_deref(), Some("7"));
        assert_eq!(row.new_source, Some("static-broker"));
    }

    #[test]
    fn what_is_so_already_is_not_changed() {
        let config = TopicConfig::from([
            ("own".to_owned(), entry("5", ConfigSource::Topic)),
            ("other".to_owned(), entry("5", ConfigSource::Default)),
        ]);
        let set = |key: &str, value: &str| ConfigChange::Set(key.to_owned(), value.to_owned());
        let unset = |key: &str| ConfigChange::Unset(key.to_owned());
        let changes = vec![
            set("own", "5"),
            set("own", "6"),
            set("other", "5"),
            unset("other"),
        ];
        // A value that equals the default is pinned when it becomes the topic's own.
        assert_eq!(
            effective(changes.clone(), Some(&config)),
            [set("own", "6"), set("other", "5")]
        );
        assert_eq!(effective(changes.clone(), None), changes);
    }
}
