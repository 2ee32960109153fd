//! Message formats v0 and v1, as topics written before Kafka 0.11 still hold them.
//!
//! Layout (Kafka's `LegacyRecord`): offset i64, size i32, then crc u32 (CRC32 of all that
//! follows), magic i8, attributes i8, timestamp i64 (v1 only), key and value as i32 length (-1 is
//! null) and bytes. A compressed message holds a set of messages in its value: with absolute
//! offsets in v0, with offsets counted from the first of the set in v1, where the outer message
//! has the absolute offset of the last one (KIP-31, KIP-32).

use super::{
    batch::{Batch, BatchHeader, Flaw, Malformed, OVERHEAD, RawRecord},
    compression::{Compression, Decompressor},
};
use crate::event::{Headers, TimestampType};

/// The least size of an entry of format `magic`, offset and size included.
pub(super) fn minimum(magic: i8) -> usize {
    let timestamp = if magic == 0 { 0 } else { 8 };
    OVERHEAD + 4 + 1 + 1 + timestamp + 4 + 4
}

/// The checksum that a message should have.
pub(super) fn crc(entry: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(entry.get(OVERHEAD + 4..).unwrap_or_default());
    crc.sum()
}

/// A v2 header that says what a message says of itself; `None` when it is too short.
pub(super) fn header(entry: &[u8]) -> Option<BatchHeader> {
    let (message, _) = Message::take(entry)?;
    Some(BatchHeader {
        base_offset: message.offset,
        length: message.size,
        partition_leader_epoch: -1,
        magic: message.magic,
        crc: message.crc,
        // Compression and timestamp type have the same bits as in v2, and there are no others.
        attributes: message.attributes & 0x0f,
        last_offset_delta: 0,
        base_timestamp: message.timestamp,
        max_timestamp: message.timestamp,
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        count: -1,
    })
}

/// The records of the message: itself, or those inside when it is compressed.
pub(super) fn records<'b, 'a: 'b>(
    batch: &Batch<'a>,
    decompressor: &'b mut Decompressor,
    limit: usize,
) -> Result<LegacyRecords<'b>, Malformed> {
    let broken = || batch.malformed(Flaw::Record);
    let (outer, _) = Message::take(batch.bytes).ok_or_else(broken)?;
    if batch.header.compression() == Some(Compression::None) {
        return Ok(LegacyRecords {
            rest: batch.bytes,
            outer_offset: outer.offset,
            base_offset: 0,
            append_timestamp: None,
        });
    }
    let (_key, value) = outer.key_and_value().ok_or_else(broken)?;
    let rest = batch.decompress(value.ok_or_else(broken)?, decompressor, limit)?;
    Ok(LegacyRecords {
        rest,
        outer_offset: outer.offset,
        base_offset: match outer.magic {
            0 => 0,
            _ => base_offset(outer.offset, rest).ok_or_else(broken)?,
        },
        append_timestamp: match batch.header.timestamp_type() {
            TimestampType::LogAppend => Some(outer.timestamp),
            _ => None,
        },
    })
}

/// The offset that the relative offsets of an inner v1 set count from. An outer offset of 0 comes
/// from versions of librdkafka that did not set it (Kafka's `AbstractLegacyRecordBatch`).
fn base_offset(outer_offset: i64, mut set: &[u8]) -> Option<i64> {
    let mut last = None;
    while let Some((message, rest)) = Message::take(set) {
        last = Some(message.offset);
        set = rest;
    }
    match (outer_offset, last?) {
        (0, _) => Some(0),
        (outer, last) if last <= outer => outer.checked_sub(last),
        _ => None,
    }
}

/// The records of one message set.
pub struct LegacyRecords<'a> {
    rest: &'a [u8],
    /// For messages about errors.
    outer_offset: i64,
    base_offset: i64,
    /// The timestamp of every record inside, when the broker set it on the outer message.
    append_timestamp: Option<i64>,
}

impl<'a> LegacyRecords<'a> {
    fn take(&mut self) -> Option<RawRecord<'a>> {
        let (message, rest) = Message::take(self.rest)?;
        self.rest = rest;
        if message.attributes & 0x07 != 0 {
            return None; // a set within a set: Kafka allows one level only
        }
        // The checksum of an inner message is not looked at: the outer one's covers it.
        let (key, value) = message.key_and_value()?;
        Some(RawRecord {
            offset: self.base_offset.checked_add(message.offset)?,
            timestamp: match self.append_timestamp {
                Some(timestamp) if message.magic > 0 => timestamp,
                _ => message.timestamp,
            },
            key,
            value,
            headers: Headers::default(),
        })
    }
}

impl<'a> Iterator for LegacyRecords<'a> {
    type Item = Result<RawRecord<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let record = self.take();
        if record.is_none() {
            self.rest = &[];
        }
        Some(record.ok_or(Malformed {
            offset: self.outer_offset,
            what: Flaw::Record,
        }))
    }
}

/// One message, outer or inner.
struct Message<'a> {
    offset: i64,
    size: i32,
    crc: u32,
    magic: i8,
    attributes: i16,
    /// -1 in v0.
    timestamp: i64,
    /// Key and value.
    body: &'a [u8],
}

impl<'a> Message<'a> {
    fn take(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&offset, rest) = bytes.split_first_chunk()?;
        let (&size, rest) = rest.split_first_chunk()?;
        let size = i32::from_be_bytes(size);
        let (message, after) = rest.split_at_checked(usize::try_from(size).ok()?)?;
        let (&crc, message) = message.split_first_chunk()?;
        let (&[magic, attributes], message) = message.split_first_chunk()?;
        let (timestamp, body) = match magic {
            0 => (-1, message),
            1 => {
                let (&timestamp, body) = message.split_first_chunk()?;
                (i64::from_be_bytes(timestamp), body)
            }
            _ => return None,
        };
        let message = Self {
            offset: i64::from_be_bytes(offset),
            size,
            crc: u32::from_be_bytes(crc),
            magic: magic.cast_signed(),
            attributes: i16::from(attributes),
            timestamp,
            body,
        };
        Some((message, after))
    }

    fn key_and_value(&self) -> Option<(Option<&'a [u8]>, Option<&'a [u8]>)> {
        let (key, rest) = nullable(self.body)?;
        let (value, rest) = nullable(rest)?;
        rest.is_empty().then_some((key, value))
    }
}

fn nullable(bytes: &[u8]) -> Option<(Option<&[u8]>, &[u8])> {
    let (&length, rest) = bytes.split_first_chunk()?;
    let length = i32::from_be_bytes(length);
    if length == -1 {
        return Some((None, rest));
    }
    let (bytes, rest) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    Some((Some(bytes), rest))
}
