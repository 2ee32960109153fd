//! Offsets in files: our CSV and JSON, and the CSV of `kafka-consumer-groups --export`.

use std::{collections::HashSet, fmt::Write as _, sync::Arc};

use serde_json::Value;

use crate::{
    codec::text::counted,
    event::{Commit, TopicPartition},
};

/// What the JSON of `groups export` says that it is.
const KIND: &str = "evctl.group-offsets/1";
/// The columns of our CSV.
const COLUMNS: [&str; 6] = [
    "group",
    "topic",
    "partition",
    "offset",
    "leader_epoch",
    "metadata",
];

/// One line: what a group has, or had, in a partition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredOffset {
    /// The group; `None` when the file is of one group and does not name it.
    pub group: Option<Arc<str>>,
    /// The partition.
    pub at: TopicPartition,
    /// What was committed; `None` says that nothing was.
    pub commit: Option<Commit>,
}

impl StoredOffset {
    /// The commits of `group` as lines; a partition without a commit is one, too.
    pub fn of_group<'c>(
        group: &Arc<str>,
        commits: impl IntoIterator<Item = (&'c TopicPartition, Option<&'c Commit>)>,
    ) -> Vec<Self> {
        let lines = commits.into_iter().map(|(at, commit)| Self {
            group: Some(group.clone()),
            at: at.clone(),
            commit: commit.cloned(),
        });
        lines.collect()
    }
}

/// A file of offsets, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetsFile {
    /// Its lines, in their order.
    pub offsets: Vec<StoredOffset>,
}

/// A file that holds something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OffsetsFileError {
    /// A line of CSV.
    #[error("line {line}: {what}")]
    Line {
        /// Which, from 1.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// JSON that is broken, or of something else.
    #[error("{0}")]
    Json(String),
    /// A partition that is named twice, for one group.
    #[error("{0} is there twice")]
    Twice(TopicPartition),
    /// Nothing is in it.
    #[error("there are no offsets in it")]
    Empty,
}

impl OffsetsFile {
    /// Reads any of the forms.
    ///
    /// # Errors
    /// It is none of them, or names a partition of a group twice.
    pub fn parse(text: &str) -> Result<Self, OffsetsFileError> {
        let text = text.trim_start();
        let offsets = if text.starts_with('{') {
            read_json(text)?
        } else {
            read_csv(text)?
        };
        if offsets.is_empty() {
            return Err(OffsetsFileError::Empty);
        }
        let mut seen = HashSet::new();
        for line in &offsets {
            if !seen.insert((&line.group, &line.at)) {
                return Err(OffsetsFileError::Twice(line.at.clone()));
            }
        }
        Ok(Self { offsets })
    }

    /// The groups that are named, in order, each once.
    #[must_use]
    pub fn groups(&self) -> Vec<Arc<str>> {
        let mut groups: Vec<_> = self
            .offsets
            .iter()
            .filter_map(|o| o.group.clone())
            .collect();
        groups.sort();
        groups.dedup();
        groups
    }

    /// The lines for `group`: its own and those that name none; those of another one when the file
    /// is of that one alone. `None` when it is of others.
    #[must_use]
    pub fn of_group(&self, group: &str) -> Option<Vec<&StoredOffset>> {
        let groups = self.groups();
        let whole = groups.len() <= 1;
        let wanted = |line: &&StoredOffset| whole || line.group.as_deref() == Some(group);
        let lines: Vec<_> = self.offsets.iter().filter(wanted).collect();
        (!lines.is_empty()).then_some(lines)
    }
}

fn read_csv(text: &str) -> Result<Vec<StoredOffset>, OffsetsFileError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut columns: Option<Vec<String>> = None;
    let mut offsets = Vec::new();
    for row in reader.records() {
        let row = row.map_err(|error| OffsetsFileError::Line {
            line: error.position().map_or(0, csv::Position::line),
            what: "it is not CSV in UTF-8".to_owned(),
        })?;
        let line = row.position().map_or(0, csv::Position::line);
        let fields: Vec<&str> = row.iter().collect();
        if columns.is_none() && offsets.is_empty() && fields.contains(&"partition") {
            let names = fields.iter().map(|name| name.trim().to_owned());
            columns = Some(names.collect());
            continue;
        }
        let read = match &columns {
            Some(columns) => from_named(columns, &fields),
            None => from_kafka(&fields),
        };
        offsets.push(read.map_err(|what| OffsetsFileError::Line { line, what })?);
    }
    Ok(offsets)
}

/// A row under a header. Columns that we do not know are left alone.
fn from_named(columns: &[String], fields: &[&str]) -> Result<StoredOffset, String> {
    if columns.len() != fields.len() {
        let (has, wants) = (fields.len(), columns.len());
        let has = counted(has as u64, "field");
        return Err(format!("{has} where the header names {wants}"));
    }
    let field = |name: &str| {
        let index = columns.iter().position(|column| column == name)?;
        fields.get(index).copied().filter(|field| !field.is_empty())
    };
    let missing = |name: &str| format!("there is no {name}");
    Ok(StoredOffset {
        group: field("group").map(Arc::from),
        at: TopicPartition::new(
            field("topic").ok_or_else(|| missing("topic"))?,
            partition(field("partition").ok_or_else(|| missing("partition"))?)?,
        ),
        commit: match field("offset") {
            None => None,
            Some(text) => Some(Commit {
                offset: offset(text)?,
                leader_epoch: field("leader_epoch").map(epoch).transpose()?,
                metadata: field("metadata").unwrap_or_default().to_owned(),
            }),
        },
    })
}

/// A row of `kafka-consumer-groups --export`: without a header, and without the group when there is
/// only one (`ConsumerGroupCommand.exportOffsetsToCsv`).
fn from_kafka(fields: &[&str]) -> Result<StoredOffset, String> {
    let (group, topic, number, text) = match fields {
        [topic, number, text] => (None, topic, number, text),
        [group, topic, number, text] => (Some(Arc::from(*group)), topic, number, text),
        _ => {
            return Err("it is neither TOPIC,PARTITION,OFFSET nor \
                        GROUP,TOPIC,PARTITION,OFFSET, and no header names its columns"
                .to_owned());
        }
    };
    Ok(StoredOffset {
        group,
        at: TopicPartition::new(*topic, partition(number)?),
        commit: Some(Commit {
            offset: offset(text)?,
            leader_epoch: None,
            metadata: String::new(),
        }),
    })
}

fn partition(text: &str) -> Result<i32, String> {
    let number = text.trim().parse().ok().filter(|number| *number >= 0);
    number.ok_or_else(|| format!("{text:?} is not a partition"))
}

fn offset(text: &str) -> Result<i64, String> {
    let number = text.trim().parse().ok().filter(|number| *number >= 0);
    number.ok_or_else(|| format!("{text:?} is not an offset"))
}

fn epoch(text: &str) -> Result<i32, String> {
    let number = text.trim().parse().ok().filter(|number| *number >= 0);
    number.ok_or_else(|| format!("{text:?} is not a leader epoch"))
}

/// One object with all of them, or one for each.
fn read_json(text: &str) -> Result<Vec<StoredOffset>, OffsetsFileError> {
    let mut offsets = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        let value = value.map_err(|error| OffsetsFileError::Json(error.to_string()))?;
        let kind = value.get("kind").and_then(Value::as_str);
        if kind != Some(KIND) {
            let kind = kind.unwrap_or("JSON without a kind");
            return Err(OffsetsFileError::Json(format!("{kind} is not {KIND}")));
        }
        match value.get("offsets").and_then(Value::as_array) {
            Some(rows) => {
                for row in rows {
                    offsets.push(from_json(row)?);
                }
            }
            None => offsets.push(from_json(&value)?),
        }
    }
    Ok(offsets)
}

fn from_json(row: &Value) -> Result<StoredOffset, OffsetsFileError> {
    let wrong = |name: &str| OffsetsFileError::Json(format!("{row}: no sound {name:?}"));
    let text = |name: &str| row.get(name).and_then(Value::as_str);
    let number = |name: &str| match row.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_i64() {
            Some(number) if number >= 0 => Ok(Some(number)),
            _ => Err(wrong(name)),
        },
    };
    let small = |name: &str| -> Result<Option<i32>, OffsetsFileError> {
        let number = number(name)?;
        number
            .map(|number| i32::try_from(number).map_err(|_| wrong(name)))
            .transpose()
    };
    let leader_epoch = small("leader_epoch")?;
    Ok(StoredOffset {
        group: text("group").map(Arc::from),
        at: TopicPartition::new(
            text("topic").ok_or_else(|| wrong("topic"))?,
            small("partition")?.ok_or_else(|| wrong("partition"))?,
        ),
        commit: number("offset")?.map(|offset| Commit {
            offset,
            leader_epoch,
            metadata: text("metadata").unwrap_or_default().to_owned(),
        }),
    })
}

/// Our CSV, with a header. A partition without a commit has an empty offset.
#[must_use]
pub fn write_csv(offsets: &[StoredOffset]) -> String {
    let mut out = COLUMNS.join(",");
    out.push('\n');
    for line in offsets {
        let commit = line.commit.as_ref();
        let number = |number: Option<String>| number.unwrap_or_default();
        let _ = writeln!(
            out,
            "{},{},{},{},{},{}",
            quoted(line.group.as_deref().unwrap_or_default()),
            quoted(&line.at.topic),
            line.at.partition,
            number(commit.map(|commit| commit.offset.to_string())),
            number(commit.and_then(|commit| Some(commit.leader_epoch?.to_string()))),
            quoted(commit.map_or("", |commit| &commit.metadata)),
        );
    }
    out
}

/// The CSV of `kafka-consumer-groups`, for its `--reset-offsets --from-file`: no header; the group
/// stands in it when there are several. It cannot hold partitions without a commit.
#[must_use]
pub fn write_kafka_csv(offsets: &[StoredOffset]) -> String {
    let first = offsets.first().and_then(|line| line.group.as_ref());
    let several = offsets.iter().any(|line| line.group.as_ref() != first);
    let mut out = String::new();
    for line in offsets {
        let Some(commit) = &line.commit else { continue };
        if several {
            let _ = write!(
                out,
                "{},",
                quoted(line.group.as_deref().unwrap_or_default())
            );
        }
        let (topic, partition) = (&line.at.topic, line.at.partition);
        let _ = writeln!(out, "{},{partition},{}", quoted(topic), commit.offset);
    }
    out
}

/// A field of CSV: names of groups and metadata may hold anything.
fn quoted(text: &str) -> String {
    let plain = |character: char| !matches!(character, ',' | '"' | '\n' | '\r');
    if text.chars().all(plain) && text.trim() == text {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(group: Option<&str>, partition: i32, commit: Option<Commit>) -> StoredOffset {
        StoredOffset {
            group: group.map(Arc::from),
            at: TopicPartition::new("orders", partition),
            commit,
        }
    }

    fn at(offset: i64) -> Option<Commit> {
        Some(Commit {
            offset,
            leader_epoch: None,
            metadata: String::new(),
        })
    }

    fn rich() -> Vec<StoredOffset> {
        let commit = Commit {
            offset: 7,
            leader_epoch: Some(2),
            metadata: "by \"hand\",\nyes".to_owned(),
        };
        vec![
            line(Some("a,b"), 0, Some(commit)),
            line(Some("a,b"), 1, None),
            line(Some("a,b"), 2, at(0)),
        ]
    }

    #[test]
    fn our_csv_comes_back_as_it_was() {
        let text = write_csv(&rich());
        assert!(text.starts_with("group,topic,partition,offset,leader_epoch,metadata\n"));
        assert_eq!(OffsetsFile::parse(&text).unwrap().offsets, rich());
    }

    #[test]
    fn the_csv_of_kafkas_own_tool_is_read_with_and_without_groups() {
        let plain = OffsetsFile::parse("orders,0,7\n\"orders\", 1 ,8\n").unwrap();
        assert_eq!(plain.offsets, [line(None, 0, at(7)), line(None, 1, at(8))]);
        let grouped = OffsetsFile::parse("a,orders,0,7\r\nb,orders,0,8\r\n").unwrap();
        assert_eq!(
            grouped.offsets,
            [line(Some("a"), 0, at(7)), line(Some("b"), 0, at(8))]
        );
    }

    #[test]
    fn the_csv_of_kafkas_own_tool_is_written_as_it_writes_it() {
        let one = [line(Some("a"), 0, at(7)), line(Some("a"), 1, None)];
        assert_eq!(write_kafka_csv(&one), "orders,0,7\n");
        let two = [line(Some("a"), 0, at(7)), line(Some("b"), 1, at(8))];
        assert_eq!(write_kafka_csv(&two), "a,orders,0,7\nb,orders,1,8\n");
    }

    #[test]
    fn json_is_read_whole_and_line_by_line() {
        let whole = r#"{"kind":"evctl.group-offsets/1","offsets":[
            {"group":"a","topic":"orders","partition":0,"offset":7,"leader_epoch":null,"metadata":""},
            {"group":"a","topic":"orders","partition":1,"offset":null}]}"#;
        let lines = [line(Some("a"), 0, at(7)), line(Some("a"), 1, None)];
        assert_eq!(OffsetsFile::parse(whole).unwrap().offsets, lines);
        let each = |partition| {
            format!(
                r#"{{"kind":"evctl.group-offsets/1","topic":"orders","partition":{partition},"offset":7}}"#
            )
        };
        let read = OffsetsFile::parse(&format!("{}\n{}\n", each(0), each(1))).unwrap();
        assert_eq!(read.offsets, [line(None, 0, at(7)), line(None, 1, at(7))]);
    }

    #[test]
    fn what_is_something_else_is_refused_by_line() {
        let message = |text: &str| OffsetsFile::parse(text).unwrap_err().to_string();
        assert_eq!(
            message("orders,0,7\norders,x,7\n"),
            "line 2: \"x\" is not a partition"
        );
        assert_eq!(message("orders,0,-1\n"), "line 1: \"-1\" is not an offset");
        assert!(message("orders 0 7\n").starts_with("line 1: it is neither"));
        assert_eq!(
            message("topic,partition,offset\norders,0\n"),
            "line 2: 2 fields where the header names 3"
        );
        assert_eq!(message(" \n"), "there are no offsets in it");
        assert_eq!(
            message("orders,0,7\norders,0,7\n"),
            "orders/0 is there twice"
        );
        assert_eq!(
            message("{\"kind\":\"evctl.lag/1\"}"),
            "evctl.lag/1 is not evctl.group-offsets/1"
        );
    }

    #[test]
    fn a_file_of_one_group_serves_another_one_and_a_file_of_several_does_not() {
        let one = OffsetsFile::parse("a,orders,0,7\n").unwrap();
        assert_eq!(one.of_group("b").unwrap().len(), 1);
        let two = OffsetsFile::parse("a,orders,0,7\nb,orders,0,8\nb,orders,1,9\n").unwrap();
        assert_eq!(two.of_group("b").unwrap().len(), 2);
        assert_eq!(two.of_group("c"), None);
        assert_eq!(two.groups().len(), 2);
    }
}
