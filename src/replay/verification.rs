//! Compares what a replay wrote with its source, by the marks.
//!
//! A bit for each offset is all that is kept, in pages of those that occur: a thousand million
//! records need 125 MB, and no order is asked for.

use std::{
    collections::{BTreeSet, HashMap},
    fmt,
};

use super::{FROM_HEADER, ID_HEADER, Judged, Plan, Rules};
use crate::event::Record;

/// How many missing and doubled records are named.
const NAMED: usize = 10;
/// Offsets in a page of bits.
const PAGE: i64 = 1 << 16;

/// A record of the source.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordPlace {
    /// Its topic.
    pub topic: String,
    /// Its partition; -1 when its mark names none.
    pub partition: i32,
    /// Its offset.
    pub offset: i64,
}

impl RecordPlace {
    /// The place of `offset` in `CLUSTER/TOPIC/PARTITION`.
    fn of_origin(origin: &[u8], offset: i64) -> Self {
        let text = String::from_utf8_lossy(origin);
        let place = text.split_once('/').map_or(&*text, |(_, place)| place);
        let (topic, partition) = match place.rsplit_once('/') {
            Some((topic, partition)) => (topic, partition.parse().unwrap_or(-1)),
            None => (place, -1),
        };
        Self {
            topic: topic.to_owned(),
            partition,
            offset,
        }
    }
}

impl fmt::Display for RecordPlace {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            topic,
            partition,
            offset,
        } = self;
        write!(out, "{topic}/{partition}/{offset}")
    }
}

/// The comparison: first everything that was written is taken, then the source.
pub struct Verification<'p> {
    plan: &'p Plan,
    rules: Rules,
    cluster: &'p str,
    written: OffsetBits,
    expected: OffsetBits,
    missing: u64,
    first_missing: BTreeSet<RecordPlace>,
}

/// What the comparison found.
#[derive(Clone, Debug)]
pub struct Verified {
    /// Records of the source that the replay writes.
    pub expected: u64,
    /// Records with a mark of the replay.
    pub found: u64,
    /// Expected records that were not found.
    pub missing: u64,
    /// Records that were found more often than expected.
    pub doubled: u64,
    /// The first of those that are missing.
    pub first_missing: BTreeSet<RecordPlace>,
    /// The first of those that are doubled.
    pub first_doubled: BTreeSet<RecordPlace>,
}

impl<'p> Verification<'p> {
    /// Of the replay of `plan` by `rules`.
    #[must_use]
    pub fn new(plan: &'p Plan, rules: Rules) -> Self {
        Self {
            plan,
            rules,
            cluster: plan.source_cluster.as_deref().unwrap_or("-"),
            written: OffsetBits::default(),
            expected: OffsetBits::default(),
            missing: 0,
            first_missing: BTreeSet::new(),
        }
    }

    /// Takes a record of a target.
    pub fn take_written(&mut self, record: &Record<'_>) {
        let mark = |name| record.headers.last(name).flatten();
        if mark(ID_HEADER) == Some(self.plan.id.as_bytes())
            && let Some((place, offset)) = mark(FROM_HEADER).and_then(parse_origin)
        {
            self.written.add(place, offset);
        }
    }

    /// Takes a record of the source, and looks whether it was written.
    pub fn take_source(&mut self, record: &Record<'_>) {
        let event = self.rules.decoder.event(record);
        if !matches!(
            self.rules.judge(&self.plan.window(), &event),
            Judged::Wanted(_)
        ) {
            return;
        }
        if let Some(dedupe) = &mut self.rules.dedupe
            && dedupe.is_duplicate(&event)
        {
            return;
        }
        if !matches!(self.rules.rewrite.apply(&event), Ok(Some(_))) {
            return;
        }
        let own = format!("{}/{}/{}", self.cluster, record.topic, record.partition);
        let first = record
            .headers
            .iter()
            .find(|(name, _)| *name == FROM_HEADER.as_bytes());
        let (place, offset) = first
            .and_then(|(_, value)| parse_origin(value?))
            .unwrap_or((own.as_bytes(), record.offset));
        self.expected.add(place, offset);
        if self.expected.times(place, offset) > self.written.times(place, offset) {
            self.missing += 1;
            let place = RecordPlace {
                topic: record.topic.to_owned(),
                partition: record.partition,
                offset: record.offset,
            };
            insert_named(&mut self.first_missing, place);
        }
    }

    /// The result, after both sides were taken.
    #[must_use]
    pub fn finish(self) -> Verified {
        let mut doubled = 0;
        let mut first_doubled = BTreeSet::new();
        for (origin, offset, times) in self.written.doubled() {
            let more = times.saturating_sub(self.expected.times(origin, offset).max(1));
            doubled += more;
            if more > 0 {
                let place = RecordPlace::of_origin(origin, offset);
                insert_named(&mut first_doubled, place);
            }
        }
        Verified {
            expected: self.expected.count,
            found: self.written.count,
            missing: self.missing,
            doubled,
            first_missing: self.first_missing,
            first_doubled,
        }
    }
}

impl Verified {
    /// Records that were found and are not expected yet, of a replay that has not come to its end.
    #[must_use]
    pub fn behind(&self) -> u64 {
        (self.found + self.missing).saturating_sub(self.doubled + self.expected)
    }
}

/// Keeps the first [`NAMED`] places.
fn insert_named(places: &mut BTreeSet<RecordPlace>, place: RecordPlace) {
    places.insert(place);
    if places.len() > NAMED {
        places.pop_last();
    }
}

/// One bit for each offset of each origin, and how often it occurred when that was more than once.
#[derive(Default)]
struct OffsetBits {
    origins: HashMap<Vec<u8>, u32>,
    pages: HashMap<(u32, i64), Box<[u64; 1_024]>>,
    more: HashMap<(u32, i64), u64>,
    count: u64,
}

impl OffsetBits {
    /// The number of `CLUSTER/TOPIC/PARTITION`.
    fn origin(&mut self, place: &[u8]) -> u32 {
        if let Some(known) = self.origins.get(place) {
            return *known;
        }
        let number = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        self.origins.insert(place.to_vec(), number);
        number
    }

    fn add(&mut self, place: &[u8], offset: i64) {
        let origin = self.origin(place);
        let page = (self.pages)
            .entry((origin, offset.div_euclid(PAGE)))
            .or_insert_with(|| Box::new([0; 1_024]));
        let bit = offset.rem_euclid(PAGE);
        let (word, mask) = (usize::try_from(bit / 64).unwrap_or(0), 1_u64 << (bit % 64));
        self.count += 1;
        if page[word] & mask == 0 {
            page[word] |= mask;
        } else {
            *self.more.entry((origin, offset)).or_insert(1) += 1;
        }
    }

    /// How often it occurred.
    fn times(&self, place: &[u8], offset: i64) -> u64 {
        let Some(&origin) = self.origins.get(place) else {
            return 0;
        };
        if let Some(&more) = self.more.get(&(origin, offset)) {
            return more;
        }
        let Some(page) = self.pages.get(&(origin, offset.div_euclid(PAGE))) else {
            return 0;
        };
        let bit = offset.rem_euclid(PAGE);
        let word = page
            .get(usize::try_from(bit / 64).unwrap_or(0))
            .copied()
            .unwrap_or(0);
        word >> (bit % 64) & 1
    }

    /// What occurred more than once.
    fn doubled(&self) -> impl Iterator<Item = (&[u8], i64, u64)> {
        let name = |number: u32| {
            let mut all = self.origins.iter();
            all.find(|(_, known)| **known == number)
                .map_or(&[][..], |(name, _)| name)
        };
        (self.more.iter()).map(move |(&(origin, offset), &times)| (name(origin), offset, times))
    }
}

/// `CLUSTER/TOPIC/PARTITION/OFFSET` in two parts.
fn parse_origin(text: &[u8]) -> Option<(&[u8], i64)> {
    let slash = text.iter().rposition(|byte| *byte == b'/')?;
    let offset = std::str::from_utf8(&text[slash + 1..]).ok()?.parse().ok()?;
    Some((&text[..slash], offset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_count_what_occurs_and_how_often() {
        let mut bits = OffsetBits::default();
        for (place, offset) in [("a/t/0", 5), ("a/t/0", 70_000), ("a/t/1", 5), ("a/t/0", 5)] {
            bits.add(place.as_bytes(), offset);
        }
        assert_eq!(bits.times(b"a/t/0", 5), 2);
        assert_eq!(bits.times(b"a/t/0", 70_000), 1);
        assert_eq!(bits.times(b"a/t/0", 6), 0);
        assert_eq!(bits.times(b"a/t/1", 5), 1);
        assert_eq!(bits.times(b"b", 5), 0);
        assert_eq!(bits.doubled().collect::<Vec<_>>(), [(&b"a/t/0"[..], 5, 2)]);
        assert_eq!(bits.count, 4);
    }

    #[test]
    fn an_origin_ends_with_its_offset() {
        assert_eq!(parse_origin(b"c/t.x/3/42"), Some((&b"c/t.x/3"[..], 42)));
        assert_eq!(parse_origin(b"c/t/3/"), None);
        assert_eq!(parse_origin(b"c"), None);
    }
}
