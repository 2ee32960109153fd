//! Records that were there already (`--dedupe`), in bounded memory.

use std::{
    collections::HashSet,
    hash::{BuildHasherDefault, DefaultHasher, Hash, Hasher},
    mem,
};

use crate::{
    event::Record,
    filter::{Errors, Jq, JqError, Val, event_id, write_json},
};

/// How many are remembered before the older half is forgotten.
const KEPT: usize = 2_000_000;

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

    /// Whether a record of the same identity was asked about before, as far as is remembered.
    /// One whose expression yields nothing or null, or fails, has no identity.
    pub fn is_duplicate(&mut self, record: &Record<'_>) -> bool {
        let identity = match &self.by {
            By::Id => event_id(record).map(|id| hash(record.topic, id.as_bytes())),
            By::Key => record.key.map(|key| hash(record.topic, key)),
            By::Expression(jq) => match jq.run(record).next() {
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
