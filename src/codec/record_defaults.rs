//! Key, headers, partition and timestamp of records whose input does not state them.

use crate::event::{HeaderBuf, Headers, Record, TimestampType};

/// Fields that every record of an input gets, whatever its input states.
#[derive(Debug, Default)]
pub struct RecordDefaults {
    /// The key; `None` keeps the record's own.
    pub key: Option<Vec<u8>>,
    /// Headers, added behind the record's own.
    pub headers: HeaderBuf,
    /// The partition; `None` keeps the record's own.
    pub partition: Option<i32>,
    /// The timestamp in milliseconds; `None` keeps the record's own.
    pub timestamp: Option<i64>,
}

impl RecordDefaults {
    /// A record without key, value and headers; its partition and timestamp are -1 unless set here.
    #[must_use]
    pub fn empty_record(&self) -> Record<'static> {
        Record {
            topic: "",
            partition: self.partition.unwrap_or(-1),
            offset: -1,
            timestamp: self.timestamp.unwrap_or(-1),
            timestamp_type: TimestampType::Create,
            key: None,
            value: None,
            headers: Headers::default(),
        }
    }

    /// The headers of a record whose own are `own`; `both` holds them where there are two lists.
    pub fn headers<'h>(&'h self, own: Headers<'h>, both: &'h mut HeaderBuf) -> Headers<'h> {
        let added = self.headers.as_headers();
        if added.is_empty() {
            return own;
        }
        for (name, value) in own.iter().chain(added.iter()) {
            both.push(name, value);
        }
        both.as_headers()
    }
}
