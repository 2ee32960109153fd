//! Whether a reader reads what a writer wrote, as the registries judge it.
//!
//! The order, the memory of pairs and the locations are those of Java's
//! `org.apache.avro.SchemaCompatibility` (Confluent and Apicurio call it; Karapace calls its port
//! to Python, `avro.compatibility`), because they decide what is reported and where.

mod named;
mod unions;

use std::collections::{HashMap, HashSet};

use super::{
    model::{Field, Schema, Shape, TypeId, Use},
    refusal::{Refusal, RefusalKind, Wording},
};
use crate::schema::Rules;

/// After so many looks at a pair only branches of a union whose names or kinds match are tried,
/// and records of another name are not looked into: Java goes on, which never ends for a schema
/// made to hurt.
const PATIENCE: usize = 100_000;
/// So far is looked for the reasons why a branch of a union is not readable.
const MOST_REASONS: usize = 16;
/// The text of all refusals together; further ones are not listed.
const LONGEST_LIST: usize = 8 << 20;

/// What a checker says of a reader and a writer.
#[derive(Debug, Default)]
pub(super) struct Verdict<'s> {
    pub(super) compatible: bool,
    /// Each reason once, in the order in which Java finds them.
    pub(super) refusals: Vec<Refusal<'s>>,
}

/// Judges whether `reader` reads what was written with `writer`.
pub(super) fn check<'s>(reader: &'s Schema, writer: &'s Schema, rules: Rules) -> Verdict<'s> {
    let mut checker = Checker {
        reader,
        writer,
        rules,
        wording: match rules {
            Rules::Karapace => Wording::Python,
            _ => Wording::Java,
        },
        memory: HashMap::new(),
        pairs: vec![Judged::default()],
        looks: 0,
        steps: Vec::new(),
        thrown: None,
    };
    let root = checker.pair(&reader.root, &writer.root, ROOT);
    checker.verdict(root)
}

struct Checker<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
    rules: Rules,
    wording: Wording,
    /// Index of each pair that was or is being judged.
    memory: HashMap<(TypeId, TypeId), usize>,
    /// The first is the pair that there is nothing against.
    pairs: Vec<Judged<'s>>,
    looks: usize,
    /// The locations: each is one token after an earlier one.
    steps: Vec<(Location, Token)>,
    /// What Java throws as an exception: nothing is compatible then.
    thrown: Option<PairRefusal<'s>>,
}

/// What is known of a pair: nothing against it as long as it is being judged.
#[derive(Default)]
struct Judged<'s> {
    parts: Vec<Part<'s>>,
}

/// A reason against a pair.
enum Part<'s> {
    Refusal(PairRefusal<'s>),
    /// Whatever is against another pair.
    Pair(usize),
}

struct PairRefusal<'s> {
    kind: RefusalKind,
    location: Location,
    message: String,
    reader: &'s Use,
    writer: &'s Use,
    field: Option<&'s Field>,
    because: Option<usize>,
}

/// Index of a step, plus one.
type Location = usize;
const ROOT: Location = 0;
/// Index of a pair that there is nothing against.
const COMPATIBLE: usize = 0;

#[derive(Clone, Copy)]
enum Token {
    Word(&'static str),
    Index(usize),
}

impl<'s> Checker<'s> {
    /// Judges a pair once; one that is being judged is compatible as far as is known.
    fn pair(&mut self, reader: &'s Use, writer: &'s Use, at: Location) -> usize {
        self.looks += 1;
        if self.is_plain(reader, writer) {
            return COMPATIBLE;
        }
        if let Some(known) = self.memory.get(&(reader.id, writer.id)) {
            return *known;
        }
        let index = self.pairs.len();
        self.pairs.push(Judged::default());
        self.memory.insert((reader.id, writer.id), index);
        // A schema can name ten thousand types, each in the one before.
        let parts = stacker::maybe_grow(64 << 10, 1 << 20, || self.judge(reader, writer, at));
        self.pairs[index].parts = parts;
        index
    }

    /// Whether nothing can be wrong with a pair, which then needs no memory.
    fn is_plain(&self, reader: &Use, writer: &Use) -> bool {
        match (
            &self.reader.get(reader).shape,
            &self.writer.get(writer).shape,
        ) {
            (Shape::Primitive(read), Shape::Primitive(written)) => {
                read.reads(*written) && self.rules != Rules::Semantic
            }
            _ => false,
        }
    }

    fn judge(&mut self, reader: &'s Use, writer: &'s Use, at: Location) -> Vec<Part<'s>> {
        let (read, written) = (self.reader.get(reader), self.writer.get(writer));
        let pair = (reader, writer);
        match (&read.shape, &written.shape) {
            (Shape::Union(_), Shape::Union(_)) => self.unions(pair, at),
            (_, Shape::Union(_)) => self.every_branch(pair, at),
            (Shape::Union(_), _) => self.some_branch(pair, at),
            (Shape::Array(read), Shape::Array(written)) => self.inner("items", read, written, at),
            (Shape::Map(read), Shape::Map(written)) => self.inner("values", read, written, at),
            (Shape::Fixed(read_as), Shape::Fixed(written_as)) => {
                let mut parts = self.names(pair, (&read_as.name, &written_as.name), at);
                parts.extend(self.size(pair, (read_as, written_as), at));
                parts.extend(self.decimals(pair, (read, written), at));
                parts
            }
            (Shape::Enum(read), Shape::Enum(written)) => {
                let mut parts = self.names(pair, (&read.name, &written.name), at);
                parts.extend(self.symbols(pair, (read, written), at));
                parts
            }
            (Shape::Record(read), Shape::Record(written)) => {
                let mut parts = self.names(pair, (&read.name, &written.name), at);
                parts.extend(self.fields(pair, (read, written), at));
                parts
            }
            _ if read.kind().reads(written.kind()) => {
                let decimals = self.decimals(pair, (read, written), at);
                decimals.into_iter().collect()
            }
            _ => {
                let message = self.wording.type_mismatch(read.kind(), written.kind());
                vec![self.found(RefusalKind::TypeMismatch, pair, at, message)]
            }
        }
    }

    /// What holds an array or a map together.
    fn inner(
        &mut self,
        token: &'static str,
        reader: &'s Use,
        writer: &'s Use,
        at: Location,
    ) -> Vec<Part<'s>> {
        let at = self.step(at, Token::Word(token));
        let inner = self.pair(reader, writer, at);
        self.part(inner).into_iter().collect()
    }

    fn found(
        &self,
        kind: RefusalKind,
        (reader, writer): Pair<'s>,
        location: Location,
        message: String,
    ) -> Part<'s> {
        Part::Refusal(PairRefusal {
            kind,
            location,
            message,
            reader,
            writer,
            field: None,
            because: None,
        })
    }

    fn part(&self, pair: usize) -> Option<Part<'s>> {
        (!self.pairs[pair].parts.is_empty()).then_some(Part::Pair(pair))
    }

    fn step(&mut self, from: Location, token: Token) -> Location {
        self.steps.push((from, token));
        self.steps.len()
    }

    /// Java's `Incompatibility.getLocation`.
    fn path(&self, mut at: Location) -> String {
        let mut tokens = Vec::new();
        while at != ROOT {
            let (from, token) = self.steps[at - 1];
            tokens.push(match token {
                Token::Word(word) => word.to_owned(),
                Token::Index(index) => index.to_string(),
            });
            at = from;
        }
        tokens.reverse();
        format!("/{}", tokens.join("/"))
    }

    fn verdict(&self, root: usize) -> Verdict<'s> {
        let mut refusals: Vec<_> = self
            .thrown
            .iter()
            .map(|found| self.refusal(found))
            .collect();
        let mut length = 0;
        for found in self.reasons(root, usize::MAX) {
            let refusal = self.refusal(found);
            length += refusal.path.len() + refusal.message.len();
            refusals.push(refusal);
            if length > LONGEST_LIST {
                break;
            }
        }
        Verdict {
            compatible: self.thrown.is_none() && self.pairs[root].parts.is_empty(),
            refusals,
        }
    }

    /// What is against a pair, as far as so many steps lead. What is against a pair that is met
    /// twice is told once.
    fn reasons(&self, pair: usize, steps: usize) -> impl Iterator<Item = &PairRefusal<'s>> {
        let mut seen = HashSet::from([pair]);
        let mut left: Vec<_> = self.pairs[pair].parts.iter().rev().collect();
        let next = move || {
            let part = left.pop()?;
            if let Part::Pair(pair) = part
                && seen.insert(*pair)
            {
                left.extend(self.pairs[*pair].parts.iter().rev());
            }
            Some(part)
        };
        let parts = std::iter::from_fn(next).take(steps);
        parts.filter_map(|part| match part {
            Part::Refusal(found) => Some(found),
            Part::Pair(_) => None,
        })
    }

    fn refusal(&self, found: &PairRefusal<'s>) -> Refusal<'s> {
        // One level deep: what is wrong in a branch of a union, not in a union within it.
        let because = found.because.map_or_else(Vec::new, |pair| {
            let reasons = self.reasons(pair, MOST_REASONS);
            reasons.map(|inner| self.told(inner, Vec::new())).collect()
        });
        self.told(found, because)
    }

    fn told(&self, found: &PairRefusal<'s>, because: Vec<Refusal<'s>>) -> Refusal<'s> {
        Refusal {
            kind: found.kind,
            path: self.path(found.location),
            message: found.message.clone(),
            reader: found.reader,
            writer: found.writer,
            field: found.field,
            because,
        }
    }
}

type Pair<'s> = (&'s Use, &'s Use);
