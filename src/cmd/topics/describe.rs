//! `evctl topics describe`: a summary, the partitions, what is configured, and who writes.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::{Value, json};

use super::{
    producers::{self, Producer},
    show,
    survey::{Depth, Partition, Topic, survey},
};
use crate::{
    cmd::{self, cluster},
    command::Context,
    event::Timestamp,
    exit::Exit,
    failure::Failure,
    kafka::wire::{Client, ConfigSource, TopicMetadata},
    output::report::{Cell, Column, Report, ReportFormat},
};

pub(super) const KIND: &str = "evctl.topic-describe/1";

/// Arguments of `topics describe`.
#[derive(Debug, Args)]
pub struct DescribeArgs {
    /// The topics
    #[arg(required = true, value_name = "TOPIC")]
    topics: Vec<String>,
    /// Also who writes to each partition, and which transaction holds back who reads what is
    /// committed
    #[arg(long)]
    producers: bool,
}

/// A topic and its producers, when they are asked for.
struct Described {
    topic: Topic,
    producers: Option<Vec<Producer>>,
}

/// Describes.
///
/// # Errors
/// The cluster cannot be asked, or none of the topics can be described.
pub(super) fn run(context: &Context, args: &DescribeArgs) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let (cluster, mut client) = cluster::connect_to_ask(context)?;
    let (topics, mut exit) = known(context, &mut client, &args.topics)?;
    let depth = Depth {
        stable_ends: true,
        times: true,
        sizes: true,
        counts: true,
        config: Some(None),
    };
    let found = survey(context, &mut client, topics, depth)?;
    exit = exit.max(found.exit());
    let mut described = Vec::new();
    let mut silent = Vec::new();
    for topic in found.topics {
        let mut producers = None;
        if args.producers {
            let asked = producers::ask(context, &mut client, &topic);
            exit = exit.max(asked.exit);
            if asked.producers.is_empty() && asked.exit == Exit::Ok {
                silent.push(topic.name.clone());
            }
            producers = Some(asked.producers);
        }
        described.push(Described { topic, producers });
    }
    let printed = print(context, &described, format)?;
    // Advice comes after what it is about.
    for topic in silent {
        context.ui.note(format_args!(
            "no leader of topic {topic:?} remembers a producer: nobody has written with \
             idempotence lately"
        ));
    }
    for Described { topic, producers } in &described {
        let producers = producers.as_deref().unwrap_or_default();
        producers::explain(context, &cluster.brokers, topic, producers);
    }
    Ok(exit.max(printed))
}

/// Metadata of the topics called `names`. Those that cannot be described are said, and are a
/// failure when there are no others.
pub(super) fn known(
    context: &Context,
    client: &mut Client,
    names: &[String],
) -> Result<(Vec<TopicMetadata>, Exit), Failure> {
    let mut seen = BTreeSet::new();
    let asked: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| seen.insert(*name))
        .collect();
    let (good, bad): (Vec<_>, Vec<_>) = client
        .metadata(&asked)?
        .into_iter()
        .partition(|topic| topic.error.is_none());
    let mut exit = Exit::Ok;
    for topic in &bad {
        let Some(cause) = &topic.error else { continue };
        let failure = cluster::no_topic(client, &topic.name, cause);
        if good.is_empty() && bad.len() == 1 {
            return Err(failure);
        }
        show::warn_of(context, &failure);
        exit = exit.max(failure.exit);
    }
    if good.is_empty() {
        return Err(Failure::new(exit, "none of the topics can be used"));
    }
    Ok((
        good,
        if bad.is_empty() {
            Exit::Ok
        } else {
            Exit::Partial
        },
    ))
}

fn print(context: &Context, topics: &[Described], format: ReportFormat) -> Result<Exit, Failure> {
    match format {
        ReportFormat::Json => {
            let topics: Vec<Value> = topics.iter().map(object).collect();
            let whole = json!({ "kind": KIND, "topics": topics });
            cmd::print(context, |out| writeln!(out, "{whole}"))
        }
        ReportFormat::Csv | ReportFormat::Ndjson => {
            let rows = match topics.first().map(|first| first.producers.is_some()) {
                Some(true) => {
                    let all = topics.iter().flat_map(|described| {
                        let producers = described.producers.iter().flatten();
                        producers.map(|producer| (&described.topic, producer))
                    });
                    producers::report(all)
                }
                _ => {
                    let topics: Vec<&Topic> = topics.iter().map(|one| &one.topic).collect();
                    partitions(&topics)
                }
            };
            show::print(context, &rows, format)
        }
        ReportFormat::Table | ReportFormat::Wide | ReportFormat::Markdown => {
            let reports: Vec<Report> = topics.iter().flat_map(tables).collect();
            show::print_all(context, &reports.iter().collect::<Vec<_>>(), format)
        }
    }
}

fn tables(described: &Described) -> Vec<Report> {
    let topic = &described.topic;
    let mut tables = vec![summary(topic), content(topic), partitions(&[topic])];
    let configs = configs(topic);
    if !configs.rows.is_empty() {
        tables.push(configs);
    }
    if let Some(producers) = &described.producers {
        let producers = producers.iter().map(|producer| (topic, producer));
        let producers = producers::report(producers);
        if !producers.rows.is_empty() {
            tables.push(producers);
        }
    }
    tables
}

/// How the topic is made.
fn summary(topic: &Topic) -> Report {
    let columns = [
        Column::new("topic"),
        Column::if_room("id"),
        Column::new("partitions"),
        Column::new("replication"),
        Column::new("min_isr"),
        Column::new("cleanup"),
        Column::new("retention"),
    ];
    let mut report = Report::new(KIND, "topics", &columns);
    report.rows.push(vec![
        (&*topic.name).into(),
        topic.id.clone().into(),
        count(topic.partitions.len()).into(),
        topic.replication().into(),
        min_isr(topic).into(),
        topic.configured("cleanup.policy").into(),
        match number(topic, "retention.ms") {
            None => Cell::Unknown,
            Some(-1) => "forever".into(),
            Some(ms) => Cell::Duration(ms),
        },
    ]);
    report
}

/// What the topic holds: a table of its own, because 80 columns have no room for both.
fn content(topic: &Topic) -> Report {
    let columns = [
        Column::new("records"),
        Column::new("size"),
        Column::wide("size_of_all_replicas"),
        Column::new("first"),
        Column::new("last"),
    ];
    let mut report = Report::new(KIND, "topics", &columns);
    report.rows.push(vec![
        show::records(topic.records(), topic.is_upper_bound()),
        topic.size().map_or(Cell::Unknown, Cell::Bytes),
        topic.size_of_all().map_or(Cell::Unknown, Cell::Bytes),
        topic.first().map_or(Cell::Unknown, Cell::Time),
        topic.last().map_or(Cell::Unknown, Cell::Time),
    ]);
    report
}

fn partitions(topics: &[&Topic]) -> Report {
    let of_any =
        |is: fn(&Partition) -> bool| topics.iter().any(|topic| topic.partitions.iter().any(is));
    let shown_if = |is: bool| if is { Column::new } else { Column::wide };
    let columns = [
        shown_if(topics.len() > 1)("topic"),
        Column::new("partition"),
        Column::new("leader"),
        Column::wide("epoch"),
        Column::new("replicas"),
        Column::new("in_sync"),
        shown_if(of_any(|partition| !partition.meta.offline.is_empty()))("offline"),
        Column::new("start"),
        Column::new("end"),
        shown_if(of_any(|partition| partition.stable_end != partition.end))("stable_end"),
        Column::new("records"),
        Column::new("size"),
        Column::wide("size_of_all_replicas"),
        Column::wide("first"),
        Column::wide("last"),
        Column::new("status"),
        shown_if(of_any(|partition| partition.error.is_some()))("error"),
    ];
    let mut report = Report::new(KIND, "partitions", &columns);
    report.rows = topics
        .iter()
        .flat_map(|topic| {
            topic
                .partitions
                .iter()
                .map(move |partition| row(topic, partition))
        })
        .collect();
    report
}

fn row(topic: &Topic, partition: &Partition) -> Vec<Cell> {
    let meta = &partition.meta;
    let list = |brokers: &[i32]| {
        Cell::List(
            brokers
                .iter()
                .map(|&broker| i64::from(broker).into())
                .collect(),
        )
    };
    vec![
        (&*topic.name).into(),
        i64::from(meta.partition).into(),
        meta.leader.map(i64::from).into(),
        epoch(partition).into(),
        list(&meta.replicas),
        list(&meta.in_sync),
        list(&meta.offline),
        partition.start.into(),
        partition.end.into(),
        partition.stable_end.into(),
        show::records(partition.records(), partition.is_upper_bound()),
        partition.size.map_or(Cell::Unknown, Cell::Bytes),
        partition.size_of_all.map_or(Cell::Unknown, Cell::Bytes),
        partition.first.map_or(Cell::Unknown, Cell::Time),
        partition.last.map_or(Cell::Unknown, Cell::Time),
        status(partition, min_isr(topic)).into(),
        partition.error.clone().into(),
    ]
}

fn epoch(partition: &Partition) -> Option<i64> {
    Some(i64::from(partition.meta.leader_epoch)).filter(|epoch| *epoch >= 0)
}

/// What is wrong with a partition, the worst first: it cannot be used; it cannot be written to with
/// acks=all; a broker is down; a copy lags behind.
fn status(partition: &Partition, min_isr: Option<i64>) -> &'static str {
    let meta = &partition.meta;
    if meta.leader.is_none() {
        "no leader"
    } else if min_isr.is_some_and(|least| count(meta.in_sync.len()) < least) {
        "under min isr"
    } else if !meta.offline.is_empty() {
        "offline replicas"
    } else if meta.in_sync.len() < meta.replicas.len() {
        "under-replicated"
    } else if partition.error.is_some() {
        "error"
    } else {
        "ok"
    }
}

/// What is configured otherwise than Kafka does by default, and where.
fn configs(topic: &Topic) -> Report {
    let columns = ["config", "value", "source"].map(Column::new);
    let mut report = Report::new(KIND, "configs", &columns);
    for (key, entry) in topic.config.iter().flatten() {
        if entry.source != ConfigSource::Default {
            let value = match &entry.value {
                None if entry.sensitive => "(secret)".into(),
                value => value.clone().into(),
            };
            let source = entry.source.name().into();
            report.rows.push(vec![key.as_str().into(), value, source]);
        }
    }
    report
}

fn object(described: &Described) -> Value {
    let topic = &described.topic;
    let min_isr = min_isr(topic);
    let partitions = topic.partitions.iter().map(|partition| {
        let meta = &partition.meta;
        json!({
            "partition": meta.partition,
            "leader": meta.leader,
            "epoch": epoch(partition),
            "replicas": meta.replicas,
            "in_sync": meta.in_sync,
            "offline": meta.offline,
            "start": partition.start,
            "end": partition.end,
            "stable_end": partition.stable_end,
            "records": partition.records(),
            "size": partition.size,
            "size_of_all_replicas": partition.size_of_all,
            "first": time(partition.first),
            "last": time(partition.last),
            "status": status(partition, min_isr),
            "error": partition.error,
        })
    });
    let configs = topic.config.as_ref().map(|config| {
        let changed = config
            .iter()
            .filter(|(_, entry)| entry.source != ConfigSource::Default);
        changed
            .map(|(key, entry)| {
                json!({
                    "key": key,
                    "value": entry.value,
                    "source": entry.source.name(),
                    "sensitive": entry.sensitive,
                })
            })
            .collect::<Vec<_>>()
    });
    let mut object = json!({
        "topic": *topic.name,
        "id": topic.id,
        "internal": topic.internal,
        "replication": topic.replication(),
        "min_insync_replicas": min_isr,
        "cleanup_policy": topic.configured("cleanup.policy"),
        // Kafka's own -1 means for ever, or without a limit.
        "retention_ms": number(topic, "retention.ms"),
        "retention_bytes": number(topic, "retention.bytes"),
        "records": topic.records(),
        "records_at_most": topic.is_upper_bound(),
        "size": topic.size(),
        "size_of_all_replicas": topic.size_of_all(),
        "first": time(topic.first()),
        "last": time(topic.last()),
        "error": topic.problem(),
        "partitions": partitions.collect::<Vec<_>>(),
        "configs": configs,
    });
    if let Some(producers) = &described.producers {
        let producers = producers.iter();
        let producers = producers.map(|producer| json!(producers::row(topic, producer)));
        object["producers"] = producers.collect();
    }
    object
}

fn time(ms: Option<i64>) -> Option<String> {
    ms.map(|ms| Timestamp(ms).to_string())
}

fn min_isr(topic: &Topic) -> Option<i64> {
    number(topic, "min.insync.replicas")
}

fn number(topic: &Topic, key: &str) -> Option<i64> {
    topic.configured(key)?.parse().ok()
}

fn count(things: usize) -> i64 {
    i64::try_from(things).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::wire::PartitionMetadata;

    fn partition(leader: Option<i32>, in_sync: &[i32], offline: &[i32]) -> Partition {
        Partition {
            meta: PartitionMetadata {
                partition: 0,
                leader,
                leader_epoch: -1,
                replicas: vec![1, 2, 3],
                in_sync: in_sync.to_vec(),
                offline: offline.to_vec(),
            },
            start: None,
            end: None,
            stable_end: None,
            first: None,
            last: None,
            size: None,
            size_of_all: None,
            counted: None,
            error: None,
            unsettled: false,
        }
    }

    #[test]
    fn a_partitions_worst_trouble_is_its_status() {
        for (leader, in_sync, offline, wanted) in [
            (Some(1), [1, 2, 3].as_slice(), [].as_slice(), "ok"),
            (Some(1), &[1, 2], &[], "under-replicated"),
            (Some(1), &[1, 2], &[3], "offline replicas"),
            (Some(1), &[1], &[2, 3], "under min isr"),
            (None, &[1], &[1], "no leader"),
        ] {
            assert_eq!(
                status(&partition(leader, in_sync, offline), Some(2)),
                wanted
            );
        }
        assert_eq!(
            status(&partition(Some(1), &[1], &[]), None),
            "under-replicated"
        );
    }

    #[test]
    fn an_epoch_that_is_not_told_is_not_known() {
        assert_eq!(epoch(&partition(Some(1), &[], &[])), None);
    }
}
