//! Records that were not acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use crate::kafka::write::{Code, Log, Reports, Undelivered};

/// librdkafka's code for a record that was refused together with others.
const WITH_ANOTHER: Code = Code(-138);
/// Lines of librdkafka's log that are kept at most.
const LOG_LINES: usize = 1_000;
const OFFSET_BITS: u32 = 44;

/// The place of a record in the source: the index of its partition range, and its offset there. A
/// delivery reports the record by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The index of the partition range in the plan.
    pub range: usize,
    /// The offset; files count their records from 0.
    pub offset: i64,
}

impl Origin {
    /// The tag of records that hold checkpoints: they come from no range.
    pub const CHECKPOINT: u64 = u64::MAX;

    /// The number that the record is sent with.
    #[must_use]
    pub fn tag(self) -> u64 {
        (self.range as u64) << OFFSET_BITS
            | (self.offset.cast_unsigned() & ((1 << OFFSET_BITS) - 1))
    }

    /// The place behind a tag.
    #[must_use]
    pub fn of_tag(tag: u64) -> Self {
        Self {
            range: usize::try_from(tag >> OFFSET_BITS).unwrap_or(usize::MAX),
            offset: (tag & ((1 << OFFSET_BITS) - 1)).cast_signed(),
        }
    }
}

/// The record that is named when records were not acknowledged.
#[derive(Clone, Debug)]
pub struct Loss {
    /// Where it comes from.
    pub origin: Origin,
    /// Why it was not acknowledged.
    pub code: Code,
    /// The topic it was sent to.
    pub target: String,
}

/// Records that were not acknowledged since the last checkpoint.
#[derive(Debug, Default)]
pub struct Losses {
    /// How many there are, those that hold checkpoints included.
    pub count: u64,
    /// How many of them come from the source.
    pub records: u64,
    /// Those of the source that may have been written all the same.
    pub may_be_written: u64,
    /// The bytes of those of the source.
    pub bytes: u64,
    /// The one that says most about the reason.
    pub first: Option<Loss>,
    /// librdkafka's log since the beginning.
    pub log: Vec<Log>,
    /// Where they come from: once nothing is in flight, every other record that was sent has been
    /// acknowledged. Bounded by the producer's queue, as nothing more is sent after a loss.
    origins: BTreeSet<Origin>,
    now: i64,
    /// How far from now the timestamp of the first is.
    distance: u64,
}

impl Losses {
    /// None yet; `now` is in milliseconds since 1970.
    #[must_use]
    pub fn at(now: i64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }

    /// Forgets the records; the log stays.
    pub fn forget(&mut self) {
        *self = Self {
            log: std::mem::take(&mut self.log),
            ..self.none()
        };
    }

    /// No losses, at the same time.
    pub fn none(&self) -> Self {
        Self::at(self.now)
    }

    /// The lowest offset of each range that was not acknowledged. Once nothing is in flight,
    /// everything before it has been.
    #[must_use]
    pub fn lowest(&self) -> BTreeMap<usize, i64> {
        let mut lowest = BTreeMap::new();
        for origin in &self.origins {
            lowest.entry(origin.range).or_insert(origin.offset);
        }
        lowest
    }
}

impl Reports for Losses {
    fn undelivered(&mut self, undelivered: &Undelivered<'_>) {
        let origin = Origin::of_tag(undelivered.tag);
        self.count += 1;
        if undelivered.tag != Origin::CHECKPOINT {
            self.records += 1;
            self.may_be_written += u64::from(undelivered.may_be_written);
            self.bytes += undelivered.record.size() as u64;
            self.origins.insert(origin);
        }
        // What was refused together with another record does not say why.
        let known = self.first.as_ref().map(|first| first.code);
        let code = undelivered.code;
        // Nor does a broker that takes no timestamp say which of a batch's: the furthest is one.
        let distance = undelivered.record.timestamp.abs_diff(self.now);
        let further = code == Code::BAD_TIME && distance > self.distance;
        let says_more =
            |known| (known == WITH_ANOTHER && code != WITH_ANOTHER) || (known == code && further);
        if known.is_none_or(says_more) {
            self.distance = distance;
            self.first = Some(Loss {
                origin,
                code,
                target: undelivered.record.topic.to_owned(),
            });
        }
    }

    fn log(&mut self, log: &Log) {
        if self.log.len() < LOG_LINES {
            self.log.push(log.clone());
        }
    }
}
