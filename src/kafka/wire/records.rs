//! The records of a batch, walked in place: nothing is allocated or copied for a record.
//!
//! The layout is that of Kafka's `DefaultRecord` (KIP-98).

use super::{
    batch::{BatchHeader, Flaw, Malformed},
    legacy::LegacyRecords,
};
use crate::event::{Headers, TimestampType, varint};

/// A record as it lies in its batch; the reader knows topic, partition and timestamp type.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RawRecord<'a> {
    /// Its offset.
    pub offset: i64,
    /// Milliseconds since the epoch; -1 when it has none.
    pub timestamp: i64,
    /// `None` is null.
    pub key: Option<&'a [u8]>,
    /// `None` is null.
    pub value: Option<&'a [u8]>,
    /// In record order.
    pub headers: Headers<'a>,
}

/// The records of one batch, in offset order. After an error there is nothing more.
pub enum Records<'a> {
    /// Message format v2.
    V2(V2Records<'a>),
    /// Message formats v0 and v1.
    Legacy(LegacyRecords<'a>),
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<RawRecord<'a>, Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::V2(records) => records.next(),
            Self::Legacy(records) => records.next(),
        }
    }
}

/// The records of a v2 batch.
pub struct V2Records<'a> {
    bytes: &'a [u8],
    /// Records still to come, by the header's count.
    left: i32,
    base_offset: i64,
    base_timestamp: i64,
    /// The timestamp of every record, when the broker set it.
    append_timestamp: Option<i64>,
}

impl<'a> V2Records<'a> {
    /// The records in `bytes`, decompressed, of the batch with this header.
    pub(super) fn new(header: &BatchHeader, bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            left: header.count,
            base_offset: header.base_offset,
            base_timestamp: header.base_timestamp,
            append_timestamp: match header.timestamp_type() {
                TimestampType::LogAppend => Some(header.max_timestamp),
                _ => None,
            },
        }
    }

    #[inline]
    fn take(&mut self) -> Option<RawRecord<'a>> {
        let (length, rest) = varint(self.bytes)?;
        let (record, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
        self.bytes = rest;
        let (_attributes, record) = record.split_first()?;
        let (timestamp_delta, record) = varint(record)?;
        let (offset_delta, record) = varint(record)?;
        let (key, record) = nullable(record)?;
        let (value, record) = nullable(record)?;
        let (count, encoded) = varint(record)?;
        let headers = if count == 0 && encoded.is_empty() {
            Headers::default()
        } else {
            Headers::parse(usize::try_from(count).ok()?, encoded)?
        };
        Some(RawRecord {
            offset: self.base_offset.checked_add(offset_delta)?,
            // Java's subtraction wrapped around where timestamps lie far apart, so this does too.
            timestamp: match self.append_timestamp {
                None => self.base_timestamp.wrapping_add(timestamp_delta),
                Some(timestamp) => timestamp,
            },
            key,
            value,
            headers,
        })
    }

    /// Kafka's own reader takes too few and too many bytes for an error, so this does too.
    #[cold]
    fn end(&mut self) -> Option<Result<RawRecord<'a>, Malformed>> {
        let sound = self.left == 0 && self.bytes.is_empty();
        self.left = 0;
        self.bytes = &[];
        (!sound).then(|| Err(self.malformed(Flaw::Count)))
    }

    fn malformed(&self, what: Flaw) -> Malformed {
        Malformed {
            offset: self.base_offset,
            what,
        }
    }
}

impl<'a> Iterator for V2Records<'a> {
    type Item = Result<RawRecord<'a>, Malformed>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.left <= 0 || self.bytes.is_empty() {
            return self.end();
        }
        self.left -= 1;
        let record = self.take();
        if record.is_none() {
            self.left = 0;
            self.bytes = &[];
        }
        Some(record.ok_or_else(|| self.malformed(Flaw::Record)))
    }
}

/// Bytes with their length before them; -1 is null.
#[inline]
fn nullable(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (length, rest) = varint(bytes)?;
    if length == -1 {
        return Some((None, rest));
    }
    let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((Some(bytes), rest))
}

/// What a control record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// The transaction of the batch's producer was aborted.
    Abort,
    /// It was committed.
    Commit,
    /// Something else, such as a leader change of the metadata log.
    Other(i16),
}

impl Marker {
    /// Reads a control record's key: version, then type (Kafka's `ControlRecordType`). Later
    /// versions may add bytes.
    #[must_use]
    pub fn parse(key: &[u8]) -> Option<Self> {
        let &[_, _, high, low] = key.first_chunk()?;
        Some(match i16::from_be_bytes([high, low]) {
            0 => Self::Abort,
            1 => Self::Commit,
            other => Self::Other(other),
        })
    }
}

#[cfg(test)]
mod tests {
    use bytes::{Bytes, BytesMut};
    use kafka_protocol::{
        indexmap::IndexMap,
        protocol::StrBytes,
        records::{self, Record, RecordBatchEncoder, RecordEncodeOptions},
    };
    use proptest::prelude::*;

    use super::{
        super::{batch::batches, compression::Decompressor},
        *,
    };

    #[test]
    fn control_records_say_abort_or_commit() {
        assert_eq!(Marker::parse(&[0, 0, 0, 0]), Some(Marker::Abort));
        assert_eq!(Marker::parse(&[0, 0, 0, 1]), Some(Marker::Commit));
        assert_eq!(Marker::parse(&[0, 1, 0, 2, 9]), Some(Marker::Other(2)));
        assert_eq!(Marker::parse(&[0, 0, 0]), None);
    }

    /// A record for the other encoder, which shares no code with this reader.
    fn record(offset: i64, timestamp: i64, key: Option<Vec<u8>>, value: Option<Vec<u8>>) -> Record {
        let mut headers = IndexMap::new();
        for n in 0..offset % 3 {
            let value = (n > 0).then(|| Bytes::from(vec![1; 70]));
            headers.insert(StrBytes::from_string(format!("h{n}")), value);
        }
        Record {
            transactional: false,
            control: false,
            delete_horizon: false,
            partition_leader_epoch: 0,
            producer_id: -1,
            producer_epoch: -1,
            timestamp_type: records::TimestampType::Creation,
            offset,
            sequence: i32::try_from(offset).unwrap(),
            timestamp,
            key: key.map(Bytes::from),
            value: value.map(Bytes::from),
            headers,
        }
    }

    fn encode(records: &[Record]) -> Vec<u8> {
        let mut bytes = BytesMut::new();
        let options = RecordEncodeOptions {
            version: 2,
            compression: records::Compression::None,
        };
        RecordBatchEncoder::encode(&mut bytes, records, &options).unwrap();
        bytes.to_vec()
    }

    /// Key and value.
    type Pair = (Option<Vec<u8>>, Option<Vec<u8>>);

    fn pairs() -> impl Strategy<Value = Vec<Pair>> {
        let bytes = || proptest::option::of(proptest::collection::vec(any::<u8>(), 0..200));
        proptest::collection::vec((bytes(), bytes()), 1..20)
    }

    proptest! {
        #[test]
        fn what_another_encoder_writes_is_read_back(pairs in pairs(), time in 0..i64::MAX / 2) {
            let written: Vec<Record> = std::iter::zip(0.., pairs)
                .map(|(n, (key, value))| record(n, time + n * 7, key, value))
                .collect();
            let bytes = encode(&written);
            let mut decompressor = Decompressor::default();
            let mut expected = written.iter();
            for batch in batches(&bytes) {
                let batch = batch.unwrap();
                batch.check().unwrap();
                for read in batch.records(&mut decompressor, 0).unwrap() {
                    let read = read.unwrap();
                    let written = expected.next().unwrap();
                    prop_assert_eq!(read.offset, written.offset);
                    prop_assert_eq!(read.timestamp, written.timestamp);
                    prop_assert_eq!(read.key, written.key.as_deref());
                    prop_assert_eq!(read.value, written.value.as_deref());
                    let headers: Vec<_> = written
                        .headers
                        .iter()
                        .map(|(name, value)| (name.as_bytes(), value.as_deref()))
                        .collect();
                    prop_assert_eq!(read.headers.iter().collect::<Vec<_>>(), headers);
                }
            }
            prop_assert!(expected.next().is_none());
        }

        #[test]
        fn noise_and_damage_never_panic(
            noise in proptest::collection::vec(any::<u8>(), 0..300),
            pairs in pairs(),
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        ) {
            let written: Vec<Record> = std::iter::zip(0.., pairs)
                .map(|(n, (key, value))| record(n, n, key, value))
                .collect();
            let mut damaged = encode(&written);
            for (place, byte) in damage {
                let place = place.index(damaged.len());
                damaged[place] ^= byte;
            }
            let mut decompressor = Decompressor::default();
            for bytes in [noise, damaged] {
                for batch in batches(&bytes).flatten() {
                    let _ = (batch.check(), batch.header.next_offset());
                    if let Ok(records) = batch.records(&mut decompressor, 1 << 20) {
                        records.for_each(drop);
                    }
                }
            }
        }
    }
}
