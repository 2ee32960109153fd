//! From fetched bytes to records: which batches are shown, from where to where, and their records.
//!
//! The rules are those of Kafka's `CompletedFetch`: control batches are never shown; under
//! `read_committed` a transactional batch is dropped while its producer stands on the list of
//! aborted transactions, from the first offset named there to its abort marker.

use std::collections::BTreeSet;

use super::{
    batch::{self, Batch, BatchHeader, Control},
    compression::Decompressor,
    fetch::Part,
    reader::ReadError,
};
use crate::{
    event::{HeaderBuf, Headers, Record, TimestampType, TopicPartition},
    kafka::Isolation,
    pipeline::{Fault, Flow, Sink},
};

/// The most that one batch may unpack to. Kafka bounds the packed size only; a batch of well
/// packed zeros may honestly be large, a bomb is larger.
const UNPACKED_LIMIT: usize = 1 << 30;

/// Decodes parts of fetch answers.
#[derive(Debug)]
pub(super) struct Decoder {
    isolation: Isolation,
    from_ms: Option<i64>,
    unpacker: Decompressor,
}
