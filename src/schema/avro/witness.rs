//! A value that shows why a change is refused: written with one schema, unreadable with the other.

use std::collections::HashSet;

use super::{
    binary::write,
    default::default_value,
    model::{Field, Record, Schema, Shape, TypeId, Use},
    refusal::{Refusal, RefusalKind},
    resolve::{choose_branch, read, targets},
    value::{Value, small_value, to_json},
};
use crate::schema::{Change, Direction, SchemaLocation};

/// So many uses of types are looked at for one witness.
const PATIENCE: usize = 500_000;
/// A value within so many others shows nothing to anybody.
const DEEPEST: usize = 100;

/// A value as Avro JSON on one line which is written with one of the schemas and cannot be read
/// with the other because of `change`: it has been tried. `None` for a change that refuses nobody,
/// and where there is no such value, or none that is small.
#[must_use]
pub fn witness(old: &Schema, new: &Schema, change: &Change) -> Option<String> {
    let (old_location, new_location) =
        (change.old_location.as_ref()?, change.new_location.as_ref()?);
    change.refused.iter().find_map(|direction| {
        let (reader, writer, places) = match direction {
            Direction::Backward => (new, old, (new_location, old_location)),
            Direction::Forward => (old, new, (old_location, new_location)),
        };
        let search = Search { reader, writer };
        let kind = RefusalKind::of(change.id)?;
        let value = search.unreadable(kind, places)?;
        let mut bytes = Vec::new();
        write(writer, &writer.root, &value, &mut bytes)?;
        read(reader, writer, &bytes).err()?;
        Some(to_json(writer, &writer.root, &value))
    })
}

struct Search<'s> {
    reader: &'s Schema,
    writer: &'s Schema,
}

/// What is read as what.
type Pair<'s> = (&'s Use, &'s Use);

/// A pair, and how it was come by.
struct Node<'s> {
    pair: Pair<'s>,
    /// Index of the node before, and the step from there.
    from: Option<(usize, Step)>,
    depth: usize,
}

/// From a value of the writer's to one within it.
#[derive(Clone, Copy)]
enum Step {
    /// The same value, as a branch of the reader's union.
    Same,
    Branch(usize),
    Item,
    Entry,
    Field(usize),
}

impl<'s> Search<'s> {
    fn unreadable(
        &self,
        kind: RefusalKind,
        places: (&SchemaLocation, &SchemaLocation),
    ) -> Option<Value> {
        let root = (&self.reader.root, &self.writer.root);
        let (pair, path) = self.walk(root, |pair| self.is_at(kind, pair, places))?;
        let (inner, deeper) = self.walk(pair, |pair| self.fails(pair).is_some())?;
        let value = self.wrap(self.fails(inner)?, &deeper)?;
        self.wrap(value, &path)
    }

    /// The nearest pair that `found` holds for, and the steps to it with the writer's types.
    fn walk(
        &self,
        start: Pair<'s>,
        found: impl Fn(Pair<'s>) -> bool,
    ) -> Option<(Pair<'s>, Vec<(&'s Use, Step)>)> {
        let mut nodes = vec![Node {
            pair: start,
            from: None,
            depth: 0,
        }];
        let mut seen: HashSet<(TypeId, TypeId)> = HashSet::new();
        let mut next = 0;
        while next < nodes.len() && nodes.len() < PATIENCE {
            let (pair, depth) = (nodes[next].pair, nodes[next].depth);
            // Before what was seen is left out: a named type may be used in more than one place.
            if found(pair) {
                return Some((pair, path(&nodes, next)));
            }
            if depth < DEEPEST && seen.insert((pair.0.id, pair.1.id)) {
                for (pair, step) in self.within(pair) {
                    nodes.push(Node {
                        pair,
                        from: Some((next, step)),
                        depth: depth + 1,
                    });
                }
            }
            next += 1;
        }
        None
    }

    /// The pairs that are resolved when this one is.
    fn within(&self, (reader, writer): Pair<'s>) -> Vec<(Pair<'s>, Step)> {
        match (
            &self.reader.get(reader).shape,
            &self.writer.get(writer).shape,
        ) {
            (_, Shape::Union(union)) => {
                let branches = union.branches.iter().enumerate();
                branches
                    .map(|(index, branch)| ((reader, branch), Step::Branch(index)))
                    .collect()
            }
            (Shape::Union(_), _) => {
                let written = self.writer.get(writer);
                let branch = choose_branch(self.reader, reader, written);
                branch
                    .map(|branch| ((branch, writer), Step::Same))
                    .into_iter()
                    .collect()
            }
            (Shape::Array(read), Shape::Array(written)) => vec![((read, written), Step::Item)],
            (Shape::Map(read), Shape::Map(written)) => vec![((read, written), Step::Entry)],
            (Shape::Record(read), Shape::Record(written)) => {
                let sources = sources(read, written);
                sources
                    .map(|(index, field)| {
                        ((&field.ty, &written.fields[index].ty), Step::Field(index))
                    })
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    /// Whether a refusal of this kind, found at this pair, would be in these places.
    fn is_at(
        &self,
        kind: RefusalKind,
        pair: Pair<'s>,
        places: (&SchemaLocation, &SchemaLocation),
    ) -> bool {
        let refusal = |field| Refusal {
            kind,
            path: String::new(),
            message: String::new(),
            reader: pair.0,
            writer: pair.1,
            field,
            because: Vec::new(),
        };
        let stands = |refusal: &Refusal<'_>| {
            let (read, written) = refusal.spots(self.reader, self.writer);
            self.reader.is_place(read, places.0) && self.writer.is_place(written, places.1)
        };
        let record = match (
            &self.reader.get(pair.0).shape,
            &self.writer.get(pair.1).shape,
        ) {
            (Shape::Record(record), Shape::Record(_)) => Some(record),
            _ => None,
        };
        match (kind, record) {
            (
                RefusalKind::ReaderFieldMissingDefault
                | RefusalKind::AmbiguousAlias
                | RefusalKind::InvalidDefault,
                Some(record),
            ) => record
                .fields
                .iter()
                .any(|field| stands(&refusal(Some(field)))),
            (RefusalKind::TypeMismatch, Some(record)) => {
                // Java's comparison of an enum with the record that lacks it.
                let lacks = record.fields.iter().any(|field| {
                    self.reader.is_place(field.ty.spot, places.0)
                        && self.writer.is_place(pair.1.spot, places.1)
                });
                lacks || stands(&refusal(None))
            }
            (
                RefusalKind::NameMismatch
                | RefusalKind::TypeMismatch
                | RefusalKind::MissingUnionBranch,
                _,
            ) => stands(&refusal(None)),
            (RefusalKind::FixedSizeMismatch | RefusalKind::MissingEnumSymbols, None) => {
                stands(&refusal(None))
            }
            _ => false,
        }
    }

    /// A small value of the writer's type that fails right here, not in something within it.
    fn fails(&self, (reader, writer): Pair<'s>) -> Option<Value> {
        let (read, written) = (self.reader.get(reader), self.writer.get(writer));
        let unreadable = match (&read.shape, &written.shape) {
            (_, Shape::Union(_)) => false,
            (Shape::Union(_), _) => choose_branch(self.reader, reader, written).is_none(),
            _ if !read.kind().reads(written.kind()) => true,
            _ => match (read.name(), written.name()) {
                (Some(read), Some(written)) => {
                    read.simple() != written.simple() && !read.aliases.contains(&written.full)
                }
                _ => false,
            },
        };
        if unreadable {
            return small_value(self.writer, writer);
        }
        match (&read.shape, &written.shape) {
            (Shape::Fixed(read), Shape::Fixed(written)) if read.size != written.size => {
                small_value(self.writer, writer)
            }
            (Shape::Enum(read), Shape::Enum(written)) => {
                let known: HashSet<&String> = read.symbols.iter().collect();
                if read
                    .default
                    .as_ref()
                    .is_some_and(|default| known.contains(default))
                {
                    return None;
                }
                let mut symbols = written.symbols.iter();
                let index = symbols.position(|symbol| !known.contains(symbol));
                index.map(Value::Enum)
            }
            (Shape::Record(read), Shape::Record(written)) => {
                let fields = self.lacks(read, written);
                fields.then(|| small_value(self.writer, writer)).flatten()
            }
            _ => None,
        }
    }

    /// Whether a field of the reader's cannot be had, or is there twice.
    fn lacks(&self, read: &'s Record, written: &'s Record) -> bool {
        let mut given = HashSet::new();
        let twice = sources(read, written).any(|(_, field)| !given.insert(&field.name));
        twice
            || read.fields.iter().any(|field| {
                let value = |default| default_value(self.reader, &field.ty, default);
                !given.contains(&field.name) && field.default.as_ref().and_then(value).is_none()
            })
    }

    /// Puts a value into the values around it.
    fn wrap(&self, value: Value, path: &[(&'s Use, Step)]) -> Option<Value> {
        path.iter().rev().try_fold(value, |value, (around, step)| {
            Some(match step {
                Step::Same => value,
                Step::Branch(index) => Value::Union(*index, Box::new(value)),
                Step::Item => Value::Array(vec![value]),
                Step::Entry => Value::Map(vec![("a".to_owned(), value)]),
                Step::Field(index) => {
                    let Shape::Record(record) = &self.writer.get(around).shape else {
                        return None;
                    };
                    let mut value = Some(value);
                    let fields = record.fields.iter().enumerate();
                    let values = fields.map(|(other, field)| match other == *index {
                        true => value.take(),
                        false => small_value(self.writer, &field.ty),
                    });
                    Value::Record(values.collect::<Option<_>>()?)
                }
            })
        })
    }
}

/// The steps to a node, with the writer's type that each starts from.
fn path<'s>(nodes: &[Node<'s>], mut at: usize) -> Vec<(&'s Use, Step)> {
    let mut steps = Vec::new();
    while let Some((from, step)) = nodes[at].from {
        steps.push((nodes[from].pair.1, step));
        at = from;
    }
    steps.reverse();
    steps
}

/// The indices of the writer's fields, each with the field of the reader's that it is.
fn sources<'s>(read: &'s Record, written: &'s Record) -> impl Iterator<Item = (usize, &'s Field)> {
    let targets = targets(read, written).into_iter().enumerate();
    targets.filter_map(|(index, target)| Some((index, read.fields.get(target?)?)))
}
