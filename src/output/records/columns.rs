//! `--columns topic,partition,.value.total,header.x`: what the columns of `csv` and `table` hold.

use crate::{
    codec::json::write_integer,
    envelope::Event,
    filter::{Jq, JqError, Val, share_input, write_json},
};

/// What is shown when nothing was chosen.
pub const DEFAULT: &str = "topic,partition,offset,timestamp,key,value";

/// Chosen columns.
#[derive(Debug)]
pub struct Columns(Vec<Column>);

/// One of them.
#[derive(Debug)]
pub struct Column {
    /// As it was typed.
    pub name: String,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Topic,
    Partition,
    Offset,
    Timestamp,
    Key,
    Value,
    Header(String),
    Path(Jq),
}

/// What a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// A key, a value or a header that is null: nothing was appended.
    Null,
    /// Unknown, not there, or an error: nothing was appended.
    Absent,
    /// Text was appended, perhaps empty.
    Text,
}

/// A column that does not exist.
#[derive(Debug, thiserror::Error)]
pub enum ColumnError {
    /// None of the names.
    #[error(
        "there is no column {0:?}, but topic, partition, offset, timestamp, timestamp_iso, key, value, headers, size, type, id, header.NAME and jq paths such as .value.total"
    )]
    Unknown(String),
    /// A path that is not jq.
    #[error(transparent)]
    Path(#[from] JqError),
}

impl Columns {
    /// Parses a comma-separated list. A column that begins with a dot is a jq expression over the
    /// record (without commas of its own), of which the first output is shown.
    ///
    /// # Errors
    /// A name that is none, a path that does not compile.
    pub fn parse(text: &str) -> Result<Self, ColumnError> {
        let columns = text.split(',').map(|name| Column::parse(name.trim()));
        let mut columns: Vec<Column> = columns.collect::<Result<_, _>>()?;
        share_input(
            columns
                .iter_mut()
                .filter_map(|column| match &mut column.content {
                    Content::Path(jq) => Some(jq),
                    _ => None,
                }),
        );
        Ok(Self(columns))
    }

    /// The columns in order.
    #[must_use]
    pub fn list(&self) -> &[Column] {
        &self.0
    }
}

impl Column {
    fn parse(name: &str) -> Result<Self, ColumnError> {
        let content = match name {
            "topic" => Content::Topic,
            "partition" => Content::Partition,
            "offset" => Content::Offset,
            "timestamp" => Content::Timestamp,
            "key" => Content::Key,
            "value" => Content::Value,
            "timestamp_iso" | "headers" | "size" | "type" | "id" => {
                Content::Path(Jq::compile(&format!(".{name}"))?)
            }
            path if path.starts_with('.') => Content::Path(Jq::compile(path)?),
            other => match other.strip_prefix("header.") {
                Some(header) => Content::Header(header.to_owned()),
                None => return Err(ColumnError::Unknown(other.to_owned())),
            },
        };
        Ok(Self {
            name: name.to_owned(),
            content,
        })
    }

    /// Whether it holds numbers, which stand to the right.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(
            self.content,
            Content::Partition | Content::Offset | Content::Timestamp
        ) || self.name == "size"
    }

    /// Whether it holds bytes of the record as they are, which may be null.
    #[must_use]
    pub fn is_bytes(&self) -> bool {
        matches!(
            self.content,
            Content::Key | Content::Value | Content::Header(_)
        )
    }

    /// Appends what `event` has in this column, as the bytes it is.
    pub fn write(&self, out: &mut Vec<u8>, event: &Event<'_>) -> Presence {
        let record = event.record();
        match &self.content {
            Content::Topic => bytes(out, Some(record.topic.as_bytes())),
            Content::Partition => number(out, record.partition.into()),
            Content::Offset => number(out, record.offset),
            // -1 is Kafka's "no timestamp"; times before 1970 are times.
            Content::Timestamp => number(out, record.timestamp),
            Content::Key => bytes(out, record.key),
            Content::Value => bytes(out, record.value),
            Content::Header(name) => match record.headers.last(name) {
                Some(value) => bytes(out, value),
                None => Presence::Absent,
            },
            Content::Path(jq) => match jq.run(event).next() {
                Some(Ok(Val::TStr(text))) => bytes(out, Some(&text)),
                None | Some(Err(_) | Ok(Val::Null)) => Presence::Absent,
                Some(Ok(value)) => {
                    write_json(out, &value);
                    Presence::Text
                }
            },
        }
    }
}

fn bytes(out: &mut Vec<u8>, bytes: Option<&[u8]>) -> Presence {
    match bytes {
        None => Presence::Null,
        Some(bytes) => {
            out.extend_from_slice(bytes);
            Presence::Text
        }
    }
}

fn number(out: &mut Vec<u8>, number: i64) -> Presence {
    if number == -1 {
        return Presence::Absent;
    }
    write_integer(out, number);
    Presence::Text
}
