//! Record batches, walked in place: nothing is allocated or copied for a record.
//!
//! The layout is that of Kafka's `DefaultRecordBatch` and `DefaultRecord` (message format v2,
//! KIP-98). Message sets of formats v0 and v1 stand in a response in the same way and share the
//! place of offset, length and magic; [`legacy`] reads what is inside them.

use thiserror::Error;

use super::{
    compression::{Compression, DecompressError, Decompressor},
    legacy,
};
use crate::event::{Headers, TimestampType, varint};

/// Offset and length, which stand before what the length counts.
pub(super) const OVERHEAD: usize = 12;
/// Where the magic byte is, in every format.
const MAGIC: usize = 16;
/// The size of a v2 header.
const HEADER: usize = 61;
/// The first byte that the CRC of a v2 batch covers.
const CHECKED: usize = 21;

/// Bytes that are not what Kafka writes, and the offset nearest to them.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("record batch at offset {offset}: {what}")]
pub struct Malformed {
    /// The base offset of the batch; a record's own offset where one was reached.
    pub offset: i64,
    /// What is wrong.
    pub what: Flaw,
}

/// What can be wrong with a batch.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Flaw {
    /// The length is below what a header takes.
    #[error("impossible length {0}")]
    Length(i32),
    /// A message format later than v2, or none at all.
    #[error("unknown message format {0}")]
    Magic(i8),
    /// The bytes were changed on the way or on disk.
    #[error("checksum does not match (stored {stored:08x}, computed {computed:08x})")]
    Checksum {
        /// What the batch says.
        stored: u32,
        /// What its bytes say.
        computed: u32,
    },
    /// A codec that Kafka does not have.
    #[error("unknown compression {0}")]
    Codec(i16),
    /// The records cannot be decompressed.
    #[error(transparent)]
    Decompress(#[from] DecompressError),
    /// A record does not fit its length or the batch.
    #[error("broken record")]
    Record,
    /// The number of records is wrong.
    #[error("record count does not match its records")]
    Count,
}

/// What stands before the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BatchHeader {
    /// The offset of the first record that the batch had when it was written; formats v0 and v1:
    /// of the only or, when compressed, the last record.
    pub base_offset: i64,
    /// Bytes after offset and length themselves.
    pub length: i32,
    /// -1 in formats v0 and v1.
    pub partition_leader_epoch: i32,
    /// The message format: 0, 1 or 2.
    pub magic: i8,
    /// CRC32C from the attributes on; formats v0 and v1: CRC32 from the magic on.
    pub crc: u32,
    /// Compression, timestamp type and flags.
    pub attributes: i16,
    /// The last offset less the base offset, as written: compaction does not change it.
    pub last_offset_delta: i32,
    /// What the records' timestamps count from. The first record's timestamp, or the delete
    /// horizon (KIP-534): never a lower bound of the records' timestamps.
    pub base_timestamp: i64,
    /// The largest timestamp of the records, or the one they all have when the broker set it; -1
    /// when they have none (format v0).
    pub max_timestamp: i64,
    /// -1 when the producer is neither idempotent nor transactional.
    pub producer_id: i64,
    /// -1 as above.
    pub producer_epoch: i16,
    /// -1 as above.
    pub base_sequence: i32,
    /// How many records there are now, which may be none; -1 when not known (formats v0 and v1).
    pub count: i32,
}

impl BatchHeader {
    /// The offset to ask for next, also where compaction has removed the last records.
    #[must_use]
    pub fn next_offset(&self) -> i64 {
        self.base_offset
            .saturating_add(i64::from(self.last_offset_delta))
            .saturating_add(1)
    }

    /// The codec; `None` when attributes name one that Kafka does not have.
    #[must_use]
    pub fn compression(&self) -> Option<Compression> {
        Compression::of_attributes(self.attributes)
    }

    /// Who set the timestamps.
    #[must_use]
    pub fn timestamp_type(&self) -> TimestampType {
        match (self.magic, self.attributes & 1 << 3) {
            (0, _) => TimestampType::None,
            (_, 0) => TimestampType::Create,
            _ => TimestampType::LogAppend,
        }
    }

    /// Whether it was written in a transaction.
    #[must_use]
    pub fn is_transactional(&self) -> bool {
        self.attributes & 1 << 4 != 0
    }

    /// Whether it holds a transaction marker or the like, which is never shown.
    #[must_use]
    pub fn is_control(&self) -> bool {
        self.attributes & 1 << 5 != 0
    }

    /// Whether `base_timestamp` is the time when tombstones and markers in it may be removed
    /// (KIP-534).
    #[must_use]
    pub fn has_delete_horizon(&self) -> bool {
        self.attributes & 1 << 6 != 0
    }

    /// Reads a v2 header; its caller has looked at magic and length.
    fn parse(bytes: &[u8; HEADER]) -> Self {
        Self {
            base_offset: i64::from_be_bytes(at(bytes, 0)),
            length: i32::from_be_bytes(at(bytes, 8)),
            partition_leader_epoch: i32::from_be_bytes(at(bytes, 12)),
            magic: i8::from_be_bytes(at(bytes, 16)),
            crc: u32::from_be_bytes(at(bytes, 17)),
            attributes: i16::from_be_bytes(at(bytes, 21)),
            last_offset_delta: i32::from_be_bytes(at(bytes, 23)),
            base_timestamp: i64::from_be_bytes(at(bytes, 27)),
            max_timestamp: i64::from_be_bytes(at(bytes, 35)),
            producer_id: i64::from_be_bytes(at(bytes, 43)),
            producer_epoch: i16::from_be_bytes(at(bytes, 51)),
            base_sequence: i32::from_be_bytes(at(bytes, 53)),
            count: i32::from_be_bytes(at(bytes, 57)),
        }
    }
}

/// The `N` bytes from `start`, where both are constants within `SIZE`.
fn at<const N: usize, const SIZE: usize>(bytes: &[u8; SIZE], start: usize) -> [u8; N] {
    std::array::from_fn(|index| bytes[start + index])
}

/// One batch of a response: its header, and all its bytes.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// What stands before the records.
    pub header: BatchHeader,
    /// The whole batch, header included.
    pub bytes: &'a [u8],
}

impl<'a> Batch<'a> {
    /// Compares the checksum with the bytes.
    ///
    /// # Errors
    /// [`Flaw::Checksum`].
    pub fn check(&self) -> Result<(), Malformed> {
        let computed = match self.header.magic {
            2 => crc32c::crc32c(self.bytes.get(CHECKED..).unwrap_or_default()),
            _ => legacy::crc(self.bytes),
        };
        if computed == self.header.crc {
            return Ok(());
        }
        Err(self.malformed(Flaw::Checksum {
            stored: self.header.crc,
            computed,
        }))
    }

    /// The records, decompressed to at most `limit` bytes where they are compressed. The checksum
    /// is not looked at: see [`Batch::check`].
    ///
    /// # Errors
    /// When the codec is unknown or the decompression fails. What is wrong further inside comes
    /// from the iterator.
    pub fn records<'b>(
        &self,
        decompressor: &'b mut Decompressor,
        limit: usize,
    ) -> Result<Records<'b>, Malformed>
    where
        'a: 'b,
    {
        if self.header.magic < 2 {
            return legacy::records(self, decompressor, limit).map(Records::Legacy);
        }
        let payload = self.bytes.get(HEADER..).unwrap_or_default();
        let bytes = self.decompress(payload, decompressor, limit)?;
        Ok(Records::V2(V2Records {
            bytes,
            left: self.header.count,
            base_offset: self.header.base_offset,
            base_timestamp: self.header.base_timestamp,
            append_timestamp: match self.header.timestamp_type() {
                TimestampType::LogAppend => Some(self.header.max_timestamp),
                _ => None,
            },
        }))
    }

    /// Decompresses `payload` with the batch's codec.
    pub(super) fn decompress<'b>(
        &self,
        payload: &'b [u8],
        decompressor: &'b mut Decompressor,
        limit: usize,
    ) -> Result<&'b [u8], Malformed> {
        let unknown = Flaw::Codec(self.header.attributes & 0x07);
        let codec = self.header.compression();
        let codec = codec.ok_or_else(|| self.malformed(unknown))?;
        decompressor
            .decompress(codec, payload, limit)
            .map_err(|error| self.malformed(error.into()))
    }

    /// This batch is not sound.
    pub(super) fn malformed(&self, what: Flaw) -> Malformed {
        Malformed {
            offset: self.header.base_offset,
            what,
        }
    }
}

/// The batches of a fetch response's partition. The last one may be cut, as brokers fill a
/// response up to its size: that is the end, not an error. So is nothing at all; a reader that
/// gets no batch where there must be one has to ask for more bytes.
pub fn batches(bytes: &[u8]) -> Batches<'_> {
    Batches { rest: bytes }
}

/// See [`batches`].
#[derive(Clone, Debug)]
pub struct Batches<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Batches<'a> {
    type Item = Result<Batch<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let start: &[u8; MAGIC + 1] = self.rest.first_chunk()?;
        let base_offset = i64::from_be_bytes(at(start, 0));
        let length = i32::from_be_bytes(at(start, 8));
        let magic = i8::from_be_bytes(at(start, MAGIC));
        let mut fail = |what| {
            self.rest = &[];
            Some(Err(Malformed {
                offset: base_offset,
                what,
            }))
        };
        let size = usize::try_from(length).map(|length| OVERHEAD + length);
        let minimum = match magic {
            0 | 1 => legacy::minimum(magic),
            2 => HEADER,
            _ => return fail(Flaw::Magic(magic)),
        };
        let Some(size) = size.ok().filter(|&size| size >= minimum) else {
            return fail(Flaw::Length(length));
        };
        let (bytes, rest) = self.rest.split_at_checked(size)?;
        let header = match bytes.first_chunk() {
            Some(bytes) if magic == 2 => BatchHeader::parse(bytes),
            _ => legacy::header(bytes)?,
        };
        self.rest = rest;
        Some(Ok(Batch { header, bytes }))
    }
}

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
    Legacy(legacy::LegacyRecords<'a>),
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
            timestamp: match self.append_timestamp {
                None => self.base_timestamp.checked_add(timestamp_delta)?,
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

    use super::*;

    /// A batch of two records written by hand: base offset 100, log of `DefaultRecordBatch`.
    fn by_hand(attributes: i16, records: &[u8], count: i32) -> Vec<u8> {
        let mut batch = Vec::new();
        batch.extend(100_i64.to_be_bytes());
        batch.extend(i32::try_from(records.len() + 49).unwrap().to_be_bytes());
        batch.extend(7_i32.to_be_bytes()); // leader epoch
        batch.push(2);
        batch.extend([0; 4]); // crc
        batch.extend(attributes.to_be_bytes());
        batch.extend(9_i32.to_be_bytes()); // last offset delta
        batch.extend(1_000_i64.to_be_bytes()); // base timestamp
        batch.extend(5_000_i64.to_be_bytes()); // max timestamp
        batch.extend(42_i64.to_be_bytes()); // producer
        batch.extend(3_i16.to_be_bytes());
        batch.extend(11_i32.to_be_bytes()); // sequence
        batch.extend(count.to_be_bytes());
        batch.extend(records);
        let crc = crc32c::crc32c(&batch[21..]);
        batch[17..21].copy_from_slice(&crc.to_be_bytes());
        batch
    }

    /// Lengths and deltas are zigzag: 2 * n, and 1 for -1.
    const TWO: &[u8] = &[
        16, 0, 9, 2, 2, b'k', 2, b'v', 0, // timestamp - 5, offset + 1, "k", "v", no headers
        18, 0, 20, 8, 1, 1, 2, 2, b'h', 1, // timestamp + 10, offset + 4, null, null, h = null
    ];

    fn read(bytes: &[u8]) -> Result<Vec<(i64, i64)>, Malformed> {
        let mut decompressor = Decompressor::default();
        let mut found = Vec::new();
        for batch in batches(bytes) {
            let batch = batch?;
            batch.check()?;
            for record in batch.records(&mut decompressor, 1 << 20)? {
                let record = record?;
                found.push((record.offset, record.timestamp));
            }
        }
        Ok(found)
    }

    #[test]
    fn a_batch_is_walked_in_place() {
        let bytes = by_hand(0b11_0000, TWO, 2);
        let batch = batches(&bytes).next().unwrap().unwrap();
        let header = batch.header;
        assert_eq!(header.base_offset, 100);
        assert_eq!(header.next_offset(), 110);
        assert_eq!(header.partition_leader_epoch, 7);
        assert_eq!((header.producer_id, header.producer_epoch), (42, 3));
        assert_eq!((header.base_sequence, header.count), (11, 2));
        assert!(header.is_transactional() && header.is_control());
        assert!(!header.has_delete_horizon());
        batch.check().unwrap();
        let mut decompressor = Decompressor::default();
        let records: Vec<_> = batch
            .records(&mut decompressor, 0)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(records.len(), 2);
        assert_eq!((records[0].offset, records[0].timestamp), (101, 995));
        assert_eq!(records[0].key, Some(&b"k"[..]));
        assert_eq!(records[0].value, Some(&b"v"[..]));
        assert!(records[0].headers.is_empty());
        assert_eq!((records[1].offset, records[1].timestamp), (104, 1_010));
        assert_eq!((records[1].key, records[1].value), (None, None));
        assert_eq!(records[1].headers.last("h"), Some(None));
    }

    #[test]
    fn the_broker_s_time_is_the_time_of_every_record() {
        let bytes = by_hand(1 << 3, TWO, 2);
        assert_eq!(read(&bytes), Ok(vec![(101, 5_000), (104, 5_000)]));
    }

    #[test]
    fn timestamps_count_from_the_delete_horizon_too() {
        // `MemoryRecordsBuilder` writes deltas from it, so they are read as always.
        let bytes = by_hand(1 << 6, TWO, 2);
        let header = batches(&bytes).next().unwrap().unwrap().header;
        assert!(header.has_delete_horizon());
        assert_eq!(read(&bytes), Ok(vec![(101, 995), (104, 1_010)]));
    }

    #[test]
    fn a_batch_that_compaction_emptied_still_moves_the_offset() {
        let bytes = by_hand(0, &[], 0);
        assert_eq!(read(&bytes), Ok(vec![]));
        assert_eq!(
            batches(&bytes)
                .next()
                .unwrap()
                .unwrap()
                .header
                .next_offset(),
            110
        );
    }

    #[test]
    fn a_cut_last_batch_is_the_end() {
        let whole = by_hand(0, TWO, 2);
        let two = [whole.clone(), whole.clone()].concat();
        assert_eq!(batches(&two).count(), 2);
        for end in 0..whole.len() {
            let cut = &two[..whole.len() + end];
            assert_eq!(batches(cut).filter(Result::is_ok).count(), 1, "{end}");
            assert_eq!(batches(cut).count(), 1, "{end}");
        }
    }

    #[test]
    fn damage_is_named() {
        let good = by_hand(0, TWO, 2);
        let flaw = |bytes: &[u8]| {
            let malformed = read(bytes).unwrap_err();
            assert_eq!(malformed.offset, 100);
            malformed.what
        };
        let mut bytes = good.clone();
        bytes[65] ^= 1;
        assert!(matches!(flaw(&bytes), Flaw::Checksum { .. }));
        let mut bytes = good.clone();
        bytes[16] = 3;
        assert_eq!(flaw(&bytes), Flaw::Magic(3));
        let mut bytes = good.clone();
        bytes[8..12].copy_from_slice(&48_i32.to_be_bytes());
        assert_eq!(flaw(&bytes), Flaw::Length(48));
        bytes[8..12].copy_from_slice(&(-1_i32).to_be_bytes());
        assert_eq!(flaw(&bytes), Flaw::Length(-1));
        assert_eq!(flaw(&by_hand(7, TWO, 2)), Flaw::Codec(7));
        assert_eq!(flaw(&by_hand(0, TWO, 1)), Flaw::Count);
        assert_eq!(flaw(&by_hand(0, TWO, 3)), Flaw::Count);
        assert_eq!(flaw(&by_hand(0, TWO, -1)), Flaw::Count);
        assert_eq!(flaw(&by_hand(0, &TWO[..18], 2)), Flaw::Record);
        assert!(matches!(flaw(&by_hand(4, TWO, 2)), Flaw::Decompress(_)));
        assert_eq!(
            read(&by_hand(0, TWO, 3)).unwrap_err().to_string(),
            "record batch at offset 100: record count does not match its records"
        );
    }

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
