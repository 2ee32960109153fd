//! Records that were there already (`--dedupe`), in bounded memory.

use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
    mem,
};

use crate::{
    envelope::{Attribute, Event},
    filter::{Errors, Jq, JqError, Val, write_json},
};

/// How many are remembered at most, 1.8 million: two tables of 2^20 places, each filled as far as
/// a `HashSet` lets it before it grows. Together they take 19 MB.
const KEPT: usize = 2 * (1 << 20) / 8 * 7;

/// What was found so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DedupeCounts {
    /// Records that were there already.
    pub duplicates: u64,
    /// Records that say no identity, which are never duplicates.
    pub without: u64,
    /// Identities that were forgotten, so that a duplicate of theirs is not found.
    pub forgotten: u64,
}

/// Remembers the identities that it has seen as 64-bit hashes. An identity counts within its
/// topic: two topics may both have a record with the key 17.
#[derive(Debug)]
pub struct Dedupe {
    by: By,
    /// The newer half of what is remembered, and the older: the whole older half is forgotten at
    /// once, which spares a list of who came when.
    newer: Hashes,
    older: Hashes,
    half: usize,
    counts: DedupeCounts,
    errors: Errors,
    text: Vec<u8>,
}

#[derive(Debug)]
enum By {
    Id,
    Key,
    Expression(Jq),
}

type Hashes = HashSet<u64, BuildHasherDefault<Already>>;

impl Dedupe {
    /// Parses `--dedupe`: `id`, `key`, or a jq expression that yields what a record is known by.
    ///
    /// # Errors
    /// An expression that does not compile.
    pub fn parse(text: &str) -> Result<Self, JqError> {
        let by = match text {
            "id" => By::Id,
            "key" => By::Key,
            expression => By::Expression(Jq::compile(expression)?),
        };
        Ok(Self::remembering(by, KEPT))
    }

    fn remembering(by: By, kept: usize) -> Self {
        Self {
            by,
            newer: Hashes::default(),
            older: Hashes::default(),
            half: kept / 2,
            counts: DedupeCounts::default(),
            errors: Errors::default(),
            text: Vec::new(),
        }
    }

    /// Whether an event of the same identity was asked about before, as far as is remembered.
    /// One whose expression yields nothing or null, or fails, has no identity.
    pub fn is_duplicate(&mut self, event: &Event<'_>) -> bool {
        let record = event.record();
        let identity = match &self.by {
            By::Id => event.attribute(Attribute::Id).map(|id| {
                // CloudEvents ids are unique within a source only.
                let source = event.cloud_event_attribute(Attribute::Source);
                self.text.clear();
                self.text
                    .extend_from_slice(source.unwrap_or_default().as_bytes());
                self.text.push(0);
                self.text.extend_from_slice(id.as_bytes());
                hash(record.topic, &self.text)
            }),
            By::Key => record.key.map(|key| hash(record.topic, key)),
            By::Expression(jq) => match jq.run(event).next() {
                None | Some(Ok(Val::Null)) => None,
                Some(Ok(value)) => {
                    self.text.clear();
                    write_json(&mut self.text, &value);
                    Some(hash(record.topic, &self.text))
                }
                Some(Err(raised)) => {
                    self.errors.add(record, &raised);
                    None
                }
            },
        };
        let Some(identity) = identity else {
            self.counts.without += 1;
            return false;
        };
        let known = self.older.contains(&identity) || !self.newer.insert(identity);
        if known {
            self.counts.duplicates += 1;
        } else if self.newer.len() >= self.half {
            mem::swap(&mut self.newer, &mut self.older);
            self.counts.forgotten += self.newer.len() as u64;
            self.newer.clear();
        }
        known
    }

    /// What was found so far.
    #[must_use]
    pub fn counts(&self) -> DedupeCounts {
        self.counts
    }

    /// The jq expression.
    pub fn jq_mut(&mut self) -> Option<&mut Jq> {
        match &mut self.by {
            By::Expression(jq) => Some(jq),
            By::Id | By::Key => None,
        }
    }

    /// Says nothing of why the expression fails: the reason quotes the record.
    pub fn withhold_reasons(&mut self) {
        self.errors.withhold();
    }

    /// How many records made the expression fail, and how the first of them did.
    #[must_use]
    pub fn errors(&self) -> (u64, Option<&str>) {
        self.errors.seen()
    }
}

/// `SipHash` with a fixed key: equal in each process of a replay, and hard to find collisions
/// for by chance.
fn hash(topic: &str, identity: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    topic.hash(&mut hasher);
    identity.hash(&mut hasher);
    hasher.finish()
}

/// What is hashed is a hash already.
#[derive(Clone, Copy, Debug, Default)]
struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0 << 8 | u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{envelope::EventDecoder, event::RecordBuf};

    fn duplicates(dedupe: &mut Dedupe, records: &[(&str, Option<&str>, &str)]) -> Vec<bool> {
        let mut ask = |(topic, key, value): &(&str, Option<&str>, &str)| {
            let record = RecordBuf {
                topic: (*topic).into(),
                key: key.map(Into::into),
                value: Some((*value).into()),
                ..RecordBuf::default()
            };
            dedupe.is_duplicate(&EventDecoder::inferred().event(&record.as_record()))
        };
        records.iter().map(&mut ask).collect()
    }

    #[test]
    fn the_first_of_an_identity_is_kept_within_its_topic() {
        let mut by_key = Dedupe::parse("key").unwrap();
        let records = [
            ("t", Some("a"), ""),
            ("t", Some("b"), ""),
            ("t", Some("a"), ""),
            ("u", Some("a"), ""),
            ("t", Some(""), ""),
            ("t", Some(""), ""),
        ];
        assert_eq!(
            duplicates(&mut by_key, &records),
            [false, false, true, false, false, true]
        );
        let mut by_id = Dedupe::parse("id").unwrap();
        let records = [
            ("t", None, r#"{"id":"1","n":1}"#),
            ("t", None, r#"{"id":"1","n":2}"#),
            ("t", None, r#"{"id":"2","n":2}"#),
        ];
        assert_eq!(duplicates(&mut by_id, &records), [false, true, false]);
        assert_eq!(by_id.counts().duplicates, 1);
    }

    #[test]
    fn a_number_is_an_identity() {
        let mut by_id = Dedupe::parse("id").unwrap();
        let records = [
            ("t", None, r#"{"id":1,"n":1}"#),
            ("t", None, r#"{"id":2,"n":2}"#),
            ("t", None, r#"{"id":1.0,"n":3}"#),
            ("t", None, r#"{"id":"1","n":4}"#),
            ("u", None, r#"{"id":1,"n":5}"#),
        ];
        assert_eq!(
            duplicates(&mut by_id, &records),
            [false, false, true, true, false]
        );
        assert_eq!(by_id.counts().without, 0);
    }

    #[test]
    fn ids_of_cloud_events_count_within_their_source() {
        let mut by_id = Dedupe::parse("id").unwrap();
        let mut ask = |source: &[u8]| {
            let mut record = RecordBuf::default();
            record.headers.push(b"ce_id", Some(b"1"));
            record.headers.push(b"ce_source", Some(source));
            by_id.is_duplicate(&EventDecoder::inferred().event(&record.as_record()))
        };
        let sources = [&b"/shop"[..], b"/bank", b"/shop"];
        assert_eq!(sources.map(&mut ask), [false, false, true]);
    }

    #[test]
    fn without_an_identity_nothing_is_a_duplicate() {
        for by in ["id", "key", ".value.order", "empty"] {
            let mut dedupe = Dedupe::parse(by).unwrap();
            let records = [("t", None, "{}"), ("t", None, "{}")];
            assert_eq!(duplicates(&mut dedupe, &records), [false, false], "{by}");
            assert_eq!(dedupe.counts().without, 2);
            assert_eq!(dedupe.errors(), (0, None));
        }
    }

    #[test]
    fn an_expression_may_yield_any_value_and_its_errors_are_counted() {
        let mut dedupe = Dedupe::parse("[.value.order, .value.line]").unwrap();
        let records = [
            ("t", None, r#"{"order":1,"line":2}"#),
            ("t", None, r#"{"line":2,"order":1,"x":0}"#),
            ("t", None, r#"{"order":1,"line":"2"}"#),
            ("t", None, "text"),
            ("t", None, "text"),
        ];
        assert_eq!(
            duplicates(&mut dedupe, &records),
            [false, true, false, false, false]
        );
        let (errors, first) = dedupe.errors();
        assert_eq!(errors, 2);
        assert!(first.unwrap().contains("cannot index \"text\""));
        assert!(Dedupe::parse(".a |").is_err());
    }

    #[test]
    fn memory_is_bounded_and_what_is_forgotten_is_counted() {
        let mut dedupe = Dedupe::remembering(By::Key, 1_000);
        let mut ask = |key: u32| {
            let key = key.to_string();
            duplicates(&mut dedupe, &[("t", Some(&key), "")])[0]
        };
        assert!((0..2_000).all(|key| !ask(key)));
        // The last five hundred are certainly still known.
        assert!((1_500..2_000).all(&mut ask));
        assert!(!ask(0));
        assert!(dedupe.newer.len() + dedupe.older.len() <= 1_000);
        assert_eq!(dedupe.counts().forgotten, 1_500);
    }

    #[test]
    fn a_table_that_is_full_has_not_grown() {
        let table = HashSet::<u64>::with_capacity(KEPT / 2);
        assert_eq!(table.capacity(), KEPT / 2);
    }

    proptest! {
        #[test]
        fn a_small_set_is_never_wrong(keys in prop::collection::vec(0..30_u8, 0..100)) {
            let mut dedupe = Dedupe::remembering(By::Key, 64);
            let mut seen = HashSet::new();
            for key in keys {
                let text = key.to_string();
                let found = duplicates(&mut dedupe, &[("t", Some(&text), "")])[0];
                prop_assert_eq!(found, !seen.insert(key));
            }
            prop_assert_eq!(dedupe.counts().forgotten, 0);
        }
    }
}
