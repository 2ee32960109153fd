//! A record: what the broker holds, byte for byte.

use std::{fmt, sync::Arc};

use super::{HeaderBuf, Headers, TimestampType};

/// A partition of a topic.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
pub struct TopicPartition {
    /// The topic's name.
    pub topic: Arc<str>,
    /// The partition's number, from 0.
    pub partition: i32,
}

impl TopicPartition {
    /// The partition `partition` of `topic`.
    pub fn new(topic: impl Into<Arc<str>>, partition: i32) -> Self {
        Self {
            topic: topic.into(),
            partition,
        }
    }
}

impl fmt::Display for TopicPartition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", self.topic, self.partition)
    }
}

/// A record borrowed from the batch, file or buffer that holds it: nothing is allocated for it.
///
/// Replay, redrive and capture forward this, never a re-encoding of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Record<'a> {
    /// The topic it was read from; empty when a capture line named none.
    pub topic: &'a str,
    /// The partition it was read from; -1 when unknown.
    pub partition: i32,
    /// Its offset; -1 when unknown.
    pub offset: i64,
    /// Milliseconds since the epoch; -1 when it has none.
    pub timestamp: i64,
    /// Who set the timestamp.
    pub timestamp_type: TimestampType,
    /// The key's bytes; `None` is a null key, which is not an empty one.
    pub key: Option<&'a [u8]>,
    /// The value's bytes; `None` is a tombstone, which is not an empty value.
    pub value: Option<&'a [u8]>,
    /// The headers, in order.
    pub headers: Headers<'a>,
}

impl Record<'_> {
    /// Bytes of key, value and headers together.
    #[must_use]
    pub fn size(&self) -> usize {
        self.key.map_or(0, <[u8]>::len)
            + self.value.map_or(0, <[u8]>::len)
            + self.headers.encoded().len()
    }
}

/// A record that owns its bytes, for where it must outlive its batch.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordBuf {
    /// See [`Record::topic`].
    pub topic: Arc<str>,
    /// See [`Record::partition`].
    pub partition: i32,
    /// See [`Record::offset`].
    pub offset: i64,
    /// See [`Record::timestamp`].
    pub timestamp: i64,
    /// See [`Record::timestamp_type`].
    pub timestamp_type: TimestampType,
    /// See [`Record::key`].
    pub key: Option<Vec<u8>>,
    /// See [`Record::value`].
    pub value: Option<Vec<u8>>,
    /// See [`Record::headers`].
    pub headers: HeaderBuf,
}

impl RecordBuf {
    /// The record, borrowed.
    #[must_use]
    pub fn as_record(&self) -> Record<'_> {
        Record {
            topic: &self.topic,
            partition: self.partition,
            offset: self.offset,
            timestamp: self.timestamp,
            timestamp_type: self.timestamp_type,
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            headers: self.headers.as_headers(),
        }
    }
}

impl Default for RecordBuf {
    fn default() -> Self {
        Self {
            topic: Arc::from(""),
            partition: -1,
            offset: -1,
            timestamp: -1,
            timestamp_type: TimestampType::Create,
            key: None,
            value: None,
            headers: HeaderBuf::default(),
        }
    }
}

impl From<&Record<'_>> for RecordBuf {
    fn from(record: &Record<'_>) -> Self {
        Self {
            topic: Arc::from(record.topic),
            partition: record.partition,
            offset: record.offset,
            timestamp: record.timestamp,
            timestamp_type: record.timestamp_type,
            key: record.key.map(<[u8]>::to_vec),
            value: record.value.map(<[u8]>::to_vec),
            headers: record.headers.into(),
        }
    }
}
