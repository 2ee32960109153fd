//! The event that AWS Lambda hands to a function behind Amazon MSK (`aws:kafka`) or another Kafka
//! (`SelfManagedKafka`): lists of records per partition, key and value in base64, a header's value
//! as a list of bytes. Records come out list by list, in the order of the lists' names.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::fields::Base64;
use crate::event::{HeaderBuf, RecordBuf, TimestampType};

#[derive(Deserialize)]
pub(super) struct Event {
    records: BTreeMap<String, Vec<Message>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Message {
    topic: String,
    partition: i32,
    offset: i64,
    timestamp: Option<i64>,
    timestamp_type: Option<String>,
    key: Option<Base64>,
    value: Option<Base64>,
    #[serde(default)]
    headers: Vec<BTreeMap<String, Option<Vec<Byte>>>>,
}

/// Java's bytes have a sign, and some events show it.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "i16")]
struct Byte(u8);

impl TryFrom<i16> for Byte {
    type Error = &'static str;

    fn try_from(number: i16) -> Result<Self, Self::Error> {
        u8::try_from(number)
            .or_else(|_| i8::try_from(number).map(i8::cast_unsigned))
            .map(Self)
            .map_err(|_| "not a byte")
    }
}

impl Event {
    pub(super) fn into_records(self) -> impl Iterator<Item = RecordBuf> {
        self.records.into_values().flatten().map(RecordBuf::from)
    }
}

impl From<Message> for RecordBuf {
    fn from(message: Message) -> Self {
        let mut headers = HeaderBuf::default();
        for (name, value) in message.headers.into_iter().flatten() {
            let value = value.map(|bytes| bytes.iter().map(|byte| byte.0).collect::<Vec<_>>());
            headers.push(name.as_bytes(), value.as_deref());
        }
        Self {
            topic: message.topic.into(),
            partition: message.partition,
            offset: message.offset,
            timestamp: message.timestamp.unwrap_or(-1),
            timestamp_type: match message.timestamp_type.as_deref() {
                Some("LOG_APPEND_TIME") => TimestampType::LogAppend,
                Some("NO_TIMESTAMP_TYPE") => TimestampType::None,
                _ => TimestampType::Create,
            },
            key: message.key.map(|key| key.0),
            value: message.value.map(|value| value.0),
            headers,
        }
    }
}
