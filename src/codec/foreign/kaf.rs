//! `kaf consume --output json-each-row` (birdayz/kaf, cmd/kaf/message.go): one object a line. kaf
//! has no null: a null key and a tombstone are printed as `""` and read as empty, and bytes that
//! are not UTF-8 were replaced by U+FFFD before we see them.

use serde::Deserialize;

use super::fields::{Header, Text, Time, headers};
use crate::event::RecordBuf;

#[derive(Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    topic: String,
    partition: Option<i32>,
    offset: Option<i64>,
    timestamp: Option<Time>,
    headers: Option<Vec<Header>>,
    key: Option<Text>,
    payload: Text,
}

impl From<Message> for RecordBuf {
    fn from(message: Message) -> Self {
        Self {
            topic: message.topic.into(),
            partition: message.partition.unwrap_or(-1),
            offset: message.offset.unwrap_or(-1),
            timestamp: message.timestamp.map_or(-1, |time| time.0),
            key: message.key.map(|key| key.0),
            value: Some(message.payload.0),
            headers: headers(message.headers),
            ..Self::default()
        }
    }
}
