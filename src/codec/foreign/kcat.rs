//! `kcat -J` (edenhill/kcat, json.c): one object a line. Null and empty are told apart, and bytes
//! that are not UTF-8 are printed as they are. A payload that kcat decoded from Avro is refused:
//! its bytes are not there any more.

use serde::{Deserialize, Deserializer, de};

use super::fields::Text;
use crate::event::{HeaderBuf, RecordBuf, TimestampType};

#[derive(Deserialize)]
pub(super) struct Message {
    #[serde(default)]
    topic: String,
    partition: Option<i32>,
    offset: Option<i64>,
    tstype: Option<String>,
    ts: Option<i64>,
    #[serde(default, deserialize_with = "flat_headers")]
    headers: HeaderBuf,
    key: Option<Text>,
    // Null is a tombstone, missing is a mistake.
    #[serde(deserialize_with = "Option::deserialize")]
    payload: Option<Text>,
}

/// `["name", "value", "name", null, …]`
fn flat_headers<'de, D: Deserializer<'de>>(input: D) -> Result<HeaderBuf, D::Error> {
    let list = Vec::<Option<Text>>::deserialize(input)?;
    let (pairs, rest) = list.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(de::Error::custom("the last header has a name and no value"));
    }
    let mut headers = HeaderBuf::default();
    for [name, value] in pairs {
        let name = name
            .as_ref()
            .ok_or_else(|| de::Error::custom("a header's name is null"))?;
        headers.push(&name.0, value.as_ref().map(|value| &*value.0));
    }
    Ok(headers)
}

impl From<Message> for RecordBuf {
    fn from(message: Message) -> Self {
        Self {
            topic: message.topic.into(),
            partition: message.partition.unwrap_or(-1),
            offset: message.offset.unwrap_or(-1),
            timestamp: message.ts.unwrap_or(-1),
            timestamp_type: match message.tstype.as_deref() {
                Some("logappend") => TimestampType::LogAppend,
                Some("unknown") => TimestampType::None,
                _ => TimestampType::Create,
            },
            key: message.key.map(|key| key.0),
            value: message.payload.map(|payload| payload.0),
            headers: message.headers,
        }
    }
}
