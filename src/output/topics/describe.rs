//! `evctl topics describe`

use std::io;

use serde::Serialize;

use super::ProducerRow;
use crate::{
    event::Timestamp,
    output::report::{Bytes, Cell, Column, CommandResult, Count, Millis, Report, row},
    topics::{ConfigSource, PartitionSurvey, TopicProducer, TopicSurvey},
};

const KIND: &str = "evctl.topic-describe/1";

/// The result of `topics describe`.
#[derive(Serialize)]
pub struct TopicDescriptions {
    kind: &'static str,
    topics: Vec<TopicDescription>,
}

/// A topic; `None` is not known, or not asked.
#[derive(Serialize)]
struct TopicDescription {
    topic: String,
    id: Option<String>,
    internal: bool,
    replication: Option<i64>,
    min_insync_replicas: Option<i64>,
    cleanup_policy: Option<String>,
    /// -1 is for ever.
    retention_ms: Option<i64>,
    /// -1 is without a limit.
    retention_bytes: Option<i64>,
    records: Option<Count>,
    records_at_most: bool,
    size: Option<Bytes>,
    size_of_all_replicas: Option<Bytes>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    error: Option<String>,
    partitions: Vec<PartitionRow>,
    /// Values that are not Kafka's defaults.
    configs: Option<Vec<Config>>,
    /// `None` without `--producers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    producers: Option<Vec<ProducerRow>>,
}

row! {
    /// A partition; `None` is not known.
    #[derive(Clone, Serialize)]
    struct PartitionRow {
        #[serde(skip)]
        topic: String,
        partition: i32,
        leader: Option<i32>,
        epoch: Option<i32> => wide,
        replicas: Vec<i32>,
        in_sync: Vec<i32>,
        offline: Vec<i32> => wide,
        start: Option<i64>,
        end: Option<i64>,
        stable_end: Option<i64> => wide,
        records: Option<Count>,
        size: Option<Bytes>,
        size_of_all_replicas: Option<Bytes> => wide,
        first: Option<Timestamp> => wide,
        last: Option<Timestamp> => wide,
        status: &'static str,
        error: Option<String> => wide,
    }
}

/// A configured value.
#[derive(Serialize)]
struct Config {
    key: String,
    /// `None` also for a secret.
    value: Option<String>,
    source: &'static str,
    sensitive: bool,
}

impl TopicDescriptions {
    /// Topics with their producers, where these were asked for.
    #[must_use]
    pub fn new(topics: &[(TopicSurvey, Option<Vec<TopicProducer>>)]) -> Self {
        let topics = topics.iter();
        Self {
            kind: KIND,
            topics: topics
                .map(|(topic, producers)| TopicDescription::new(topic, producers.as_deref()))
                .collect(),
        }
    }
}

impl CommandResult for TopicDescriptions {
    /// Partitions; producers where they were asked for.
    fn rows(&self) -> Report {
        match self.topics.first() {
            Some(first) if first.producers.is_some() => producers(&self.topics),
            _ => partitions(&self.topics),
        }
    }

    fn tables(&self) -> Vec<Report> {
        self.topics
            .iter()
            .flat_map(TopicDescription::tables)
            .collect()
    }

    /// Members are sorted by name.
    fn write_json(&self, out: &mut dyn io::Write) -> io::Result<()> {
        writeln!(out, "{}", serde_json::to_value(self)?)
    }
}

fn partitions(topics: &[TopicDescription]) -> Report {
    let rows = || topics.iter().flat_map(|topic| &topic.partitions);
    let report = Report::of(KIND, "partitions", rows().cloned());
    let has_errors = report.has("error");
    report
        .show_if("topic", topics.len() > 1)
        .show_if("offline", rows().any(|row| !row.offline.is_empty()))
        .show_if("stable_end", rows().any(|row| row.stable_end != row.end))
        .show_if("error", has_errors)
}

fn producers(topics: &[TopicDescription]) -> Report {
    let rows = topics
        .iter()
        .flat_map(|topic| topic.producers.iter().flatten());
    Report::of(KIND, "producers", rows.cloned())
}

impl TopicDescription {
    fn new(topic: &TopicSurvey, producers: Option<&[TopicProducer]>) -> Self {
        let partitions = topic.partitions.iter();
        let configs = topic.config.iter().flatten();
        let configs = configs.filter(|(_, entry)| entry.source != ConfigSource::Default);
        let configs = configs.map(|(key, entry)| Config {
            key: key.clone(),
            value: entry.value.clone(),
            source: entry.source.name(),
            sensitive: entry.sensitive,
        });
        let at_most = topic.is_upper_bound();
        Self {
            topic: topic.name.to_string(),
            id: topic.id.clone(),
            internal: topic.internal,
            replication: topic.replication(),
            min_insync_replicas: topic.min_isr(),
            cleanup_policy: topic.configured("cleanup.policy").map(str::to_owned),
            retention_ms: topic.configured_number("retention.ms"),
            retention_bytes: topic.configured_number("retention.bytes"),
            records: topic.records().map(|count| Count::new(count, at_most)),
            records_at_most: at_most,
            size: topic.size().map(Bytes),
            size_of_all_replicas: topic.size_of_all().map(Bytes),
            first: topic.first().map(Timestamp),
            last: topic.last().map(Timestamp),
            error: topic.problem(),
            partitions: partitions
                .map(|partition| PartitionRow::new(topic, partition))
                .collect(),
            configs: topic.config.as_ref().map(|_| configs.collect()),
            producers: producers.map(|producers| {
                let producers = producers.iter();
                producers
                    .map(|producer| ProducerRow::new(topic, producer))
                    .collect()
            }),
        }
    }

    fn tables(&self) -> Vec<Report> {
        let this = std::slice::from_ref(self);
        let mut tables = vec![self.summary(), self.content(), partitions(this)];
        let others = [self.changed_configs(), producers(this)];
        tables.extend(others.into_iter().filter(|table| !table.rows.is_empty()));
        tables
    }

    /// How the topic is made.
    fn summary(&self) -> Report {
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
            self.topic.clone().into(),
            self.id.clone().into(),
            self.partitions.len().into(),
            self.replication.into(),
            self.min_insync_replicas.into(),
            self.cleanup_policy.clone().into(),
            match self.retention_ms {
                Some(-1) => "forever".into(),
                ms => ms.map(Millis).into(),
            },
        ]);
        report
    }

    /// What the topic holds: a table of its own, because 80 columns have no room for both.
    fn content(&self) -> Report {
        let columns = [
            Column::new("records"),
            Column::new("size"),
            Column::wide("size_of_all_replicas"),
            Column::new("first"),
            Column::new("last"),
        ];
        let mut report = Report::new(KIND, "topics", &columns);
        report.rows.push(vec![
            self.records.into(),
            self.size.into(),
            self.size_of_all_replicas.into(),
            self.first.into(),
            self.last.into(),
        ]);
        report
    }

    fn changed_configs(&self) -> Report {
        let columns = ["config", "value", "source"].map(Column::new);
        let mut report = Report::new(KIND, "configs", &columns);
        for config in self.configs.iter().flatten() {
            let value: Cell = match &config.value {
                None if config.sensitive => "(secret)".into(),
                value => value.clone().into(),
            };
            let row = vec![config.key.as_str().into(), value, config.source.into()];
            report.rows.push(row);
        }
        report
    }
}

impl PartitionRow {
    fn new(topic: &TopicSurvey, partition: &PartitionSurvey) -> Self {
        let at_most = partition.is_upper_bound();
        Self {
            topic: topic.name.to_string(),
            partition: partition.partition,
            leader: partition.leader,
            epoch: partition.leader_epoch,
            replicas: partition.replicas.clone(),
            in_sync: partition.in_sync.clone(),
            offline: partition.offline.clone(),
            start: partition.start,
            end: partition.end,
            stable_end: partition.stable_end,
            records: partition.records().map(|count| Count::new(count, at_most)),
            size: partition.size.map(Bytes),
            size_of_all_replicas: partition.size_of_all.map(Bytes),
            first: partition.first.map(Timestamp),
            last: partition.last.map(Timestamp),
            status: partition.status(topic.min_isr()).name(),
            error: partition.error.clone(),
        }
    }
}
