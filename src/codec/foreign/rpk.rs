//! `rpk topic consume` (redpanda-data/redpanda) and kcl's JSON, which is the same: one object per
//! record, indented or one a line. A tombstone has no `value`. A null and an empty key are both
//! left out, and read as null; null header values are printed as `""`. What was printed with
//! `--meta-only` has no values and is refused.

use serde::{Deserialize, de::IgnoredAny};

use super::fields::{Header, Text, headers};
use crate::event::RecordBuf;

#[derive(Deserialize)]
#[serde(try_from = "Fields")]
pub(super) struct Message(Fields);

#[derive(Deserialize)]
struct Fields {
    topic: String,
    key: Option<Text>,
    value: Option<Text>,
    value_size: Option<IgnoredAny>,
    headers: Option<Vec<Header>>,
    timestamp: Option<i64>,
    partition: Option<i32>,
    offset: Option<i64>,
}

impl TryFrom<Fields> for Message {
    type Error = &'static str;

    fn try_from(fields: Fields) -> Result<Self, Self::Error> {
        if fields.value_size.is_some() {
            return Err("the values were left out (--meta-only)");
        }
        Ok(Self(fields))
    }
}

impl From<Message> for RecordBuf {
    fn from(Message(fields): Message) -> Self {
        Self {
            topic: fields.topic.into(),
            partition: fields.partition.unwrap_or(-1),
            offset: fields.offset.unwrap_or(-1),
            timestamp: fields.timestamp.unwrap_or(-1),
            key: fields.key.map(|key| key.0),
            value: fields.value.map(|value| value.0),
            headers: headers(fields.headers),
            ..Self::default()
        }
    }
}
