//! `kafkactl consume -o json` (deviceinsight/kafkactl, internal/consume/MessagePrinter.go): one
//! indented object per record. It names no topic, keeps one header of a name (none null), and prints
//! bytes that are not UTF-8 as base64 without saying so: they are read as that text.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fields::{Text, Time};
use crate::event::{HeaderBuf, RecordBuf};

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Message {
    partition: Option<i32>,
    offset: Option<i64>,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    key: Option<Text>,
    // Null is a tombstone, missing is a mistake.
    #[serde(deserialize_with = "Option::deserialize")]
    value: Option<Text>,
    timestamp: Option<Time>,
}

impl From<Message> for RecordBuf {
    fn from(message: Message) -> Self {
        let mut headers = HeaderBuf::default();
        for (name, value) in &message.headers {
            headers.push(name.as_bytes(), Some(value.as_bytes()));
        }
        Self {
            partition: message.partition.unwrap_or(-1),
            offset: message.offset.unwrap_or(-1),
            timestamp: message.timestamp.map_or(-1, |time| time.0),
            key: message.key.map(|key| key.0),
            value: message.value.map(|value| value.0),
            headers,
            ..Self::default()
        }
    }
}
