//! Record batches as they lie in a fetch response: headers, checksums, where the next one begins.
//!
//! The layout is that of Kafka's `DefaultRecordBatch` (message format v2, KIP-98). Message sets of
//! formats v0 and v1 stand in a response in the same way and share the place of offset, length and
//! magic; `legacy` reads what is inside them.

use thiserror::Error;

use super::{
    compression::{Compression, DecompressError, Decompressor},
    legacy,
    records::{Records, V2Records},
};
use crate::event::TimestampType;

/// Offset and length, which stand before what the length counts.
pub(super) const OVERHEAD: usize = 12;
/// Where the magic byte is, in every format.
const MAGIC: usize = 16;
/// The size of a v2 header.
const HEADER: usize = 61;
/// The first byte that the CRC of a v2 batch covers.
const CHECKED: usize = 21;

/// Bytes that are not what Kafka writes, and where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("record batch at offset {offset}: {what}")]
pub struct Malformed {
    /// The base offset of the batch.
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
    /// It never comes whole, though the broker sends at least one batch whole.
    #[error("its length is {length}, and the broker sends {sent} bytes of it")]
    Cut {
        /// The length that it says.
        length: i32,
        /// The bytes that came, those before its length included.
        sent: usize,
    },
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
        Ok(Records::V2(V2Records::new(&self.header, bytes)))
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

/// What is wrong when `bytes` begin with a batch that is cut; `None` when they begin with a whole
/// one, or with one that cannot be read.
#[must_use]
pub fn cut(bytes: &[u8]) -> Option<Malformed> {
    if bytes.is_empty() || batches(bytes).next().is_some() {
        return None;
    }
    let start = bytes.first_chunk::<OVERHEAD>();
    Some(Malformed {
        offset: start.map_or(-1, |start| i64::from_be_bytes(at(start, 0))),
        what: Flaw::Cut {
            length: start.map_or(0, |start| i32::from_be_bytes(at(start, 8))),
            sent: bytes.len(),
        },
    })
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A batch of two records written by hand: base offset 100, last offset 109.
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
        assert_eq!(read(&bytes), Ok(vec![(101, 995), (104, 1_010)]));
    }

    #[test]
    fn timestamps_at_both_ends_of_time_survive() {
        // i64::MAX - 1_000 as a zigzag varint: 2^64 - 2_002.
        let delta = [0xae, 0xf0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
        let record = [&[30, 0][..], &delta, &[0, 1, 1, 0]].concat();
        let bytes = by_hand(0, &record, 1);
        assert_eq!(read(&bytes), Ok(vec![(100, i64::MAX)]));
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
}
