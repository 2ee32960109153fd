//! From fetched bytes to records: which batches are shown, from where to where, and their records.
//!
//! The rules are those of Kafka's `CompletedFetch`: control batches are never shown; under
//! `read_committed` a transactional batch is dropped while its producer stands on the list of
//! aborted transactions, from the first offset named there to its abort marker.

use std::{collections::BTreeSet, ops::Range};

use super::{
    batch::{Batch, Malformed, batches},
    compression::Decompressor,
    fetch::Part,
    reader::ReadError,
    records::{Marker, RawRecord},
};
use crate::{
    event::{Headers, Record, TimestampType, TopicPartition},
    kafka::Isolation,
    pipeline::{Fault, Flow, Sink},
};

/// The most that one batch may unpack to. Kafka bounds the packed size only; a batch of well
/// packed zeros may honestly be large, a bomb is larger.
const UNPACKED_LIMIT: usize = 1 << 30;

/// Decodes parts of fetch answers.
pub(super) struct Decoder {
    isolation: Isolation,
    from_ms: Option<i64>,
    check_crcs: bool,
    unpacker: Decompressor,
}

/// Which producers' transactions are being dropped, as the log is walked.
#[derive(Debug, Default)]
pub(super) struct Aborted {
    /// First offset and producer, the last one first.
    ahead: Vec<(i64, i64)>,
    active: BTreeSet<i64>,
}

impl Aborted {
    /// From an answer's list of producer id and first offset.
    pub(super) fn new(mut transactions: Vec<(i64, i64)>) -> Self {
        transactions.sort_unstable_by_key(|&(_, first_offset)| std::cmp::Reverse(first_offset));
        let ahead = transactions
            .into_iter()
            .map(|(producer, first)| (first, producer))
            .collect();
        Self {
            ahead,
            active: BTreeSet::new(),
        }
    }

    fn walk_to(&mut self, last_offset: i64) {
        while let Some(&(first_offset, producer)) = self.ahead.last()
            && first_offset <= last_offset
        {
            self.active.insert(producer);
            self.ahead.pop();
        }
    }
}

impl Decoder {
    pub(super) fn new(isolation: Isolation, from_ms: Option<i64>, check_crcs: bool) -> Self {
        Self {
            isolation,
            from_ms,
            check_crcs,
            unpacker: Decompressor::default(),
        }
    }

    /// Pushes the records of `part` from `position` up to `end`, and moves `position` with them.
    pub(super) fn push(
        &mut self,
        part: &mut Part,
        partition: &TopicPartition,
        end: Option<i64>,
        position: &mut i64,
        count: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<Flow, Fault> {
        let end = end.unwrap_or(i64::MAX);
        let corrupt = |flaw| ReadError::Corrupt {
            partition: partition.clone(),
            flaw,
        };
        for batch in batches(&part.records) {
            let batch = batch.map_err(corrupt)?;
            if batch.header.base_offset >= end {
                break;
            }
            let next = batch.header.next_offset().min(end);
            if next <= *position {
                continue;
            }
            if self.shows(&batch, &mut part.aborted).map_err(corrupt)? {
                let timestamp_type = batch.header.timestamp_type();
                for record in batch
                    .records(&mut self.unpacker, UNPACKED_LIMIT)
                    .map_err(corrupt)?
                {
                    let raw = record.map_err(corrupt)?;
                    if raw.offset < *position {
                        continue;
                    }
                    if raw.offset >= end {
                        break;
                    }
                    let flow = sink.record(&view(&raw, partition, timestamp_type))?;
                    if flow == Flow::Later {
                        *position = raw.offset;
                        return Ok(flow);
                    }
                    *position = raw.offset + 1;
                    *count += 1;
                    if flow == Flow::Stop {
                        return Ok(flow);
                    }
                }
            }
            *position = next;
        }
        Ok(Flow::Continue)
    }

    /// Decodes the next batch of `part` that has records to show into `block`; false when there is
    /// none. What was decoded is cut off the front of `part`.
    pub(super) fn next_block(
        &mut self,
        part: &mut Part,
        partition: &TopicPartition,
        end: Option<i64>,
        position: &mut i64,
        block: &mut Block,
    ) -> Result<bool, Fault> {
        let end = end.unwrap_or(i64::MAX);
        let corrupt = |flaw| ReadError::Corrupt {
            partition: partition.clone(),
            flaw,
        };
        let records = part.records.clone();
        let mut consumed = 0;
        block.clear();
        for batch in batches(&records) {
            let batch = batch.map_err(corrupt)?;
            consumed += batch.bytes.len();
            if batch.header.base_offset >= end {
                break;
            }
            let next = batch.header.next_offset().min(end);
            if next <= *position {
                continue;
            }
            if self.shows(&batch, &mut part.aborted).map_err(corrupt)? {
                block
                    .fill(&batch, &mut self.unpacker, *position..end)
                    .map_err(corrupt)?;
            }
            if !block.entries.is_empty() {
                part.records = records.slice(consumed..);
                return Ok(true);
            }
            *position = next;
        }
        part.records.clear();
        Ok(false)
    }

    /// Whether any record of `batch` is to be seen. Its checksum is verified, seen or not.
    fn shows(&mut self, batch: &Batch<'_>, aborted: &mut Aborted) -> Result<bool, Malformed> {
        if self.check_crcs {
            batch.check()?;
        }
        let header = &batch.header;
        aborted.walk_to(header.next_offset() - 1);
        if header.is_control() {
            let record = batch
                .records(&mut self.unpacker, UNPACKED_LIMIT)?
                .next()
                .transpose()?;
            let marker = record.and_then(|record| Marker::parse(record.key?));
            if marker == Some(Marker::Abort) {
                aborted.active.remove(&header.producer_id);
            }
            return Ok(false);
        }
        if self.isolation == Isolation::Committed
            && header.is_transactional()
            && aborted.active.contains(&header.producer_id)
        {
            return Ok(false);
        }
        // A batch whose newest record is older than the window has nothing for it. That it is
        // newer than the window proves nothing: its first record need not be its oldest.
        Ok(self.from_ms.is_none_or(|from| header.max_timestamp >= from))
    }
}

/// The records of one batch, decoded, with the place of the next one.
#[derive(Debug, Default)]
pub(super) struct Block {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    at: usize,
    timestamp_type: TimestampType,
}

/// Where a record lies in its block.
#[derive(Clone, Debug)]
struct Entry {
    offset: i64,
    timestamp: i64,
    key: Option<Range<usize>>,
    value: Option<Range<usize>>,
    headers: (usize, Range<usize>),
}

impl Block {
    fn clear(&mut self) {
        self.entries.clear();
        self.bytes.clear();
        self.at = 0;
    }

    fn fill(
        &mut self,
        batch: &Batch<'_>,
        unpacker: &mut Decompressor,
        offsets: Range<i64>,
    ) -> Result<(), Malformed> {
        self.timestamp_type = batch.header.timestamp_type();
        for record in batch.records(unpacker, UNPACKED_LIMIT)? {
            let raw = record?;
            if !offsets.contains(&raw.offset) {
                continue;
            }
            let bytes = &mut self.bytes;
            let mut keep = |part: &[u8]| {
                let start = bytes.len();
                bytes.extend_from_slice(part);
                start..bytes.len()
            };
            self.entries.push(Entry {
                offset: raw.offset,
                timestamp: raw.timestamp,
                key: raw.key.map(&mut keep),
                value: raw.value.map(&mut keep),
                headers: (raw.headers.len(), keep(raw.headers.encoded())),
            });
        }
        Ok(())
    }

    /// The timestamp of the next record; the far past when there is none.
    pub(super) fn timestamp(&self) -> i64 {
        self.entries
            .get(self.at)
            .map_or(i64::MIN, |entry| entry.timestamp)
    }

    /// Moves to the record after; false when the block is used up.
    pub(super) fn advance(&mut self) -> bool {
        self.at += 1;
        self.at < self.entries.len()
    }

    /// The next record; `None` when the block is used up.
    pub(super) fn record<'b>(&'b self, partition: &'b TopicPartition) -> Option<Record<'b>> {
        let entry = self.entries.get(self.at)?;
        let part = |range: &Range<usize>| self.bytes.get(range.clone());
        let (count, headers) = &entry.headers;
        Some(Record {
            topic: &partition.topic,
            partition: partition.partition,
            offset: entry.offset,
            timestamp: entry.timestamp,
            timestamp_type: self.timestamp_type,
            key: entry.key.as_ref().and_then(part),
            value: entry.value.as_ref().and_then(part),
            headers: Headers::parse(*count, part(headers)?)?,
        })
    }
}

fn view<'r>(
    raw: &RawRecord<'r>,
    partition: &'r TopicPartition,
    timestamp_type: TimestampType,
) -> Record<'r> {
    Record {
        topic: &partition.topic,
        partition: partition.partition,
        offset: raw.offset,
        timestamp: raw.timestamp,
        timestamp_type,
        key: raw.key,
        value: raw.value,
        headers: raw.headers,
    }
}
