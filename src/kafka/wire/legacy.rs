//! Message formats v0 and v1, as topics written before Kafka 0.11 still hold them.
//!
//! Layout (Kafka's `LegacyRecord`): offset i64, size i32, then crc u32 (CRC32 of all that
//! follows), magic i8, attributes i8, timestamp i64 (v1 only), key and value as i32 length (-1 is
//! null) and bytes. A compressed message holds a set of messages in its value: with absolute
//! offsets in v0, with offsets counted from the first of the set in v1, where the outer message
//! has the absolute offset of the last one (KIP-31, KIP-32).

use super::{
    batch::{Batch, BatchHeader, Flaw, Malformed, OVERHEAD},
    compression::{Compression, Decompressor},
    records::RawRecord,
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

type KeyAndValue<'a> = (Option<&'a [u8]>, Option<&'a [u8]>);

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

    fn key_and_value(&self) -> Option<KeyAndValue<'a>> {
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

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use proptest::prelude::*;

    use super::{super::batch::batches, *};

    /// One message by the layout above.
    fn message(
        offset: i64,
        attributes: u8,
        timestamp: Option<i64>,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
    ) -> Vec<u8> {
        let mut body = vec![u8::from(timestamp.is_some()), attributes];
        body.extend(timestamp.iter().flat_map(|time| time.to_be_bytes()));
        for bytes in [key, value] {
            match bytes {
                None => body.extend((-1_i32).to_be_bytes()),
                Some(bytes) => {
                    body.extend(i32::try_from(bytes.len()).unwrap().to_be_bytes());
                    body.extend(bytes);
                }
            }
        }
        let mut crc = flate2::Crc::new();
        crc.update(&body);
        let mut message = offset.to_be_bytes().to_vec();
        message.extend(i32::try_from(body.len() + 4).unwrap().to_be_bytes());
        message.extend(crc.sum().to_be_bytes());
        message.extend(body);
        message
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    type Read = (i64, i64, Option<Vec<u8>>, Option<Vec<u8>>);

    fn read(bytes: &[u8]) -> Result<Vec<Read>, Malformed> {
        let mut decompressor = Decompressor::default();
        let mut found = Vec::new();
        for batch in batches(bytes) {
            let batch = batch?;
            batch.check()?;
            for record in batch.records(&mut decompressor, 1 << 20)? {
                let record = record?;
                let owned = |bytes: Option<&[u8]>| bytes.map(<[u8]>::to_vec);
                found.push((
                    record.offset,
                    record.timestamp,
                    owned(record.key),
                    owned(record.value),
                ));
            }
        }
        Ok(found)
    }

    fn offsets_and_times(bytes: &[u8]) -> Vec<(i64, i64)> {
        let records = read(bytes).unwrap();
        records.into_iter().map(|(o, t, ..)| (o, t)).collect()
    }

    /// A message of format v0 as its bytes, computed apart from this program: CRC32 of
    /// `00 00 00000001 6b 00000001 76`.
    const V0: &[u8] = &[
        0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 16, 0x1f, 0xec, 0xd7, 0x0a, 0, 0, 0, 0, 0, 1, b'k', 0, 0,
        0, 1, b'v',
    ];

    #[test]
    fn plain_messages_of_both_formats_are_read() {
        assert_eq!(message(5, 0, None, Some(b"k"), Some(b"v")), V0);
        let set = [
            V0.to_vec(),
            message(6, 0, Some(1_000), None, Some(b"")),
            message(9, 0, Some(2_000), Some(b""), None),
        ]
        .concat();
        assert_eq!(
            read(&set).unwrap(),
            [
                (5, -1, Some(b"k".to_vec()), Some(b"v".to_vec())),
                (6, 1_000, None, Some(vec![])),
                (9, 2_000, Some(vec![]), None),
            ]
        );
        let headers: Vec<_> = batches(&set).map(|batch| batch.unwrap().header).collect();
        assert_eq!(headers[0].timestamp_type(), TimestampType::None);
        assert_eq!(headers[1].timestamp_type(), TimestampType::Create);
        assert_eq!(headers[2].next_offset(), 10);
        assert_eq!(headers[2].max_timestamp, 2_000);
        assert!(!headers[2].is_transactional() && !headers[2].is_control());
    }

    #[test]
    fn inner_offsets_of_v1_count_from_the_first_of_the_set() {
        let inner = [
            message(0, 0, Some(10), None, Some(b"a")),
            message(1, 0, Some(30), None, Some(b"b")),
            message(3, 0, Some(20), None, Some(b"c")),
        ]
        .concat();
        let outer = message(103, 1, Some(30), None, Some(&gzip(&inner)));
        assert_eq!(offsets_and_times(&outer), [(100, 10), (101, 30), (103, 20)]);
        let from_broker = message(103, 1 | 1 << 3, Some(77), None, Some(&gzip(&inner)));
        assert_eq!(
            offsets_and_times(&from_broker),
            [(100, 77), (101, 77), (103, 77)]
        );
        let unset = message(0, 1, Some(30), None, Some(&gzip(&inner)));
        assert_eq!(offsets_and_times(&unset), [(0, 10), (1, 30), (3, 20)]);
    }

    #[test]
    fn inner_offsets_of_v0_are_absolute() {
        let inner = [
            message(50, 0, None, None, Some(b"a")),
            message(51, 0, None, None, Some(b"b")),
        ]
        .concat();
        let outer = message(51, 1, None, None, Some(&gzip(&inner)));
        assert_eq!(offsets_and_times(&outer), [(50, -1), (51, -1)]);
    }

    #[test]
    fn broken_sets_are_errors() {
        let inner = message(4, 0, Some(1), None, Some(b"a"));
        let packed = gzip(&inner);
        let nested = gzip(&message(0, 1, Some(1), None, Some(&packed)));
        for (what, bytes) in [
            ("no value", message(7, 1, Some(1), None, None)),
            ("not gzip", message(7, 1, Some(1), None, Some(b"?"))),
            (
                "nothing inside",
                message(7, 1, Some(1), None, Some(&gzip(b""))),
            ),
            (
                "offset too low",
                message(3, 1, Some(1), None, Some(&packed)),
            ),
            (
                "a set in a set",
                message(7, 1, Some(1), None, Some(&nested)),
            ),
            (
                "cut inside",
                message(7, 1, Some(1), None, Some(&gzip(&inner[..20]))),
            ),
        ] {
            assert!(read(&bytes).is_err(), "{what}");
        }
        let mut changed = V0.to_vec();
        changed[27] = b'w';
        assert!(matches!(
            read(&changed).unwrap_err().what,
            Flaw::Checksum { .. }
        ));
    }

    proptest! {
        #[test]
        fn damage_never_panics(
            damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
        ) {
            let inner = message(0, 0, Some(10), Some(b"key"), Some(b"a"));
            let mut bytes = [
                V0.to_vec(),
                message(7, 1, Some(1), None, Some(&gzip(&inner))),
                message(8, 0, Some(1), None, None),
            ]
            .concat();
            for (place, byte) in damage {
                let place = place.index(bytes.len());
                bytes[place] ^= byte;
            }
            let mut decompressor = Decompressor::default();
            for batch in batches(&bytes).flatten() {
                let _ = batch.check();
                if let Ok(records) = batch.records(&mut decompressor, 1 << 20) {
                    records.for_each(drop);
                }
            }
        }
    }
}
