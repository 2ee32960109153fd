//! Witnesses: documents that one schema accepts and the other refuses. They are guessed from both
//! schemas around the place of a change, and each is shown to a validator before anybody sees it.

mod budget;
mod constraints;
mod cost;
mod document_location;
mod probe;
mod reason;
mod sample;
#[cfg(test)]
mod tests;
mod text;

use std::{cell::Cell, collections::HashMap, sync::OnceLock};

use jsonschema::{PatternOptions, Retrieve, Uri, ValidationError, Validator};
use serde_json::Value as Json;

use self::{
    budget::Budget,
    cost::{MOST_VISITS, Visits},
    probe::Scope,
    reason::Reason,
};
use super::{
    super::{Breaks, Change, Direction, Node, SchemaLocation, Severity},
    Schema,
    karapace::View,
    library::{Draft, Library},
    own::Own,
    report::{LocatedValue, brief},
    uri,
};

/// Larger schemas are not turned into validators.
const LARGEST: usize = 2 << 20;

/// No more documents are tried for one change, and no more values are in them.
const MOST_TRIES: usize = 4_000;
const MOST_VALUES: usize = 400_000;

/// So many visits of schemas take as long as trying one more value.
const VISITS_PER_VALUE: usize = 8;

/// A validator goes down references and schemas by recursion.
const STACK: usize = 256 << 20;

/// Longer witnesses help nobody, and deeper ones are longer.
const LONGEST: usize = 4_000;

/// More errors of one document are not looked at.
const MOST_ERRORS: usize = 50;

/// Keywords that no value can contradict, and the limits themselves.
const PLAIN: [&str; 15] = [
    "type",
    "title",
    "description",
    "default",
    "examples",
    "$comment",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minItems",
    "maxItems",
    "items",
];

/// After a document that several changes refuse, so many are tried for one that only this does.
const MOST_AFTER: usize = 400;

/// A document that was written with one schema and that the other refuses because of a change, on
/// one line: written with the old one if new consumers break, with the new one if old consumers
/// do. `None` when none was found, or none is needed, or `has_time` ended the search.
#[must_use]
pub fn witness(
    old: &Schema,
    new: &Schema,
    change: &Change,
    has_time: &dyn Fn() -> bool,
) -> Option<String> {
    if change.severity == Severity::Safe || old.size.max(new.size) > LARGEST {
        return None;
    }
    let search = || {
        let sides = [
            (Breaks::NewConsumers, Direction::Backward),
            (Breaks::OldConsumers, Direction::Forward),
        ];
        let mut sides = sides
            .iter()
            .filter(|(breaks, _)| change.breaks.contains(breaks));
        sides.find_map(|(_, direction)| {
            let mut search = Search::new(old, new, *direction, has_time)?;
            match search.because_of(change) {
                Outcome::Found(witness) => Some(witness),
                _ => None,
            }
        })
    };
    stacker::grow(STACK, search)
}

/// A schema's validator and the work that it takes, made when they are first asked for.
#[derive(Debug, Default)]
pub struct LazyValidator {
    validator: OnceLock<Option<Validator>>,
    visits: OnceLock<Visits>,
}

impl LazyValidator {
    fn of(&self, library: &Library) -> Option<(&Validator, &Visits)> {
        let validator = self.validator.get_or_init(|| validator(library)).as_ref()?;
        Some((validator, self.visits.get_or_init(|| Visits::of(library))))
    }
}

impl Drop for LazyValidator {
    fn drop(&mut self) {
        if let Some(validator) = self.validator.take() {
            stacker::grow(STACK, || drop(validator));
        }
    }
}

/// What came of looking for a document.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It is refused because of the change.
    Found(String),
    /// Documents with a value at the place of the change were tried, and none was refused for it.
    Nothing,
    /// No document could be made that tells.
    Unknown,
}

/// The search for documents in one direction.
pub struct Search<'s> {
    direction: Direction,
    writer: View<'s>,
    reader: View<'s>,
    writes: &'s Validator,
    reads: &'s Validator,
    visits: [&'s Visits; 2],
    library: &'s Library,
    origin: &'s Library,
    /// How many values may be in the documents that are still to be tried.
    left: Cell<usize>,
    /// What may still be sampled to make documents.
    budget: Budget<'s>,
}

/// A document that is refused where nothing said so.
pub struct Surprise {
    pub document: String,
    /// The way to what refuses it, as the registries write theirs.
    pub path: String,
    /// What refuses it, and what stands there in the writer's schema.
    pub reader: LocatedValue,
    pub writer: LocatedValue,
}

/// Does what may go down a schema by recursion.
pub fn with_room<T>(work: impl FnOnce() -> T) -> T {
    stacker::grow(STACK, work)
}

impl<'s> Search<'s> {
    /// A search as long as there is time, unless a schema is none for a validator.
    pub fn new(
        old: &'s Schema,
        new: &'s Schema,
        direction: Direction,
        has_time: &'s dyn Fn() -> bool,
    ) -> Option<Self> {
        let (writer, reader) = match direction {
            Direction::Backward => (old, new),
            Direction::Forward => (new, old),
        };
        let (writes, one) = writer.validator.of(&writer.library)?;
        let (reads, two) = reader.validator.of(&reader.library)?;
        Some(Self {
            direction,
            writer: View::root(&writer.library),
            reader: View::root(&reader.library),
            writes,
            reads,
            visits: [one, two],
            library: &reader.library,
            origin: &writer.library,
            left: Cell::new(MOST_VALUES),
            budget: Budget::new(has_time),
        })
    }

    /// Looks for a document that is refused because of a change.
    pub fn because_of(&mut self, change: &Change) -> Outcome {
        if change.path.len() > LONGEST {
            return Outcome::Unknown;
        }
        let seen = match self.direction {
            Direction::Backward => (change.new_location.as_ref(), change.new.as_ref()),
            Direction::Forward => (change.old_location.as_ref(), change.old.as_ref()),
        };
        let reason = Reason::of(change, seen, self.library);
        let scope = if change.id == Own::RefusedValue.rule().id {
            Scope::Declared
        } else {
            Scope::Allowed
        };
        // Not every registry's path is a way through the schema.
        let pointer = seen.0.map(|place| place.pointer.as_str());
        let path = match pointer {
            Some(pointer) if !change.path.starts_with('#') => pointer,
            _ => &change.path,
        };
        let places = document_location::places(&self.writer, &self.reader, path);
        let (mut mixed, mut told, mut after) = (None, false, MOST_AFTER);
        let sides = (&self.writer, &self.reader);
        let documents = probe::documents(sides, &places, scope, &self.budget);
        for document in documents.take(MOST_TRIES) {
            if after == 0 || !self.has_room_for(&document) {
                break;
            }
            after -= usize::from(mixed.is_some());
            if self.is_costly(&document) || !self.writes.is_valid(&document) {
                continue;
            }
            told |= places[0].is_in(&document);
            let (mut explained, mut others) = (false, false);
            for error in self.reads.iter_errors(&document).take(MOST_ERRORS) {
                let explains = reason.explains(&error);
                explained |= explains;
                others |= !explains;
            }
            let text = || Some(document.to_string()).filter(|text| text.len() <= LONGEST);
            if explained && !others {
                mixed = text().or(mixed);
                break;
            }
            if explained && mixed.is_none() {
                mixed = text();
            }
        }
        match mixed {
            Some(witness) => Outcome::Found(witness),
            None if told && !self.is_over() && !places[0].is_wide() => Outcome::Nothing,
            None => Outcome::Unknown,
        }
    }

    /// Looks for a document of what the writer declares that the reader refuses, around some paths.
    pub fn surprise<'p>(
        &mut self,
        paths: impl Iterator<Item = &'p str>,
        most: usize,
    ) -> Option<Surprise> {
        let mut tries = most;
        for path in std::iter::once("#").chain(paths.filter(|path| path.len() <= LONGEST)) {
            let places = document_location::places(&self.writer, &self.reader, path);
            // What nobody declares is taken for absent.
            let declared = places[0]
                .writer
                .node()
                .is_some_and(|node| !node.members().is_empty());
            let places = if declared { &places[..1] } else { &[] };
            let sides = (&self.writer, &self.reader);
            let documents = probe::documents(sides, places, Scope::Declared, &self.budget);
            for document in documents {
                if tries == 0 || !self.has_room_for(&document) {
                    return None;
                }
                tries -= 1;
                if self.is_costly(&document)
                    || self.reads.is_valid(&document)
                    || !self.writes.is_valid(&document)
                {
                    continue;
                }
                let text = document.to_string();
                let error = self.reads.iter_errors(&document).next();
                if let Some(error) = error.filter(|_| text.len() <= LONGEST) {
                    return Some(self.surprised(text, &error));
                }
            }
        }
        None
    }

    /// Whether the work or the time for it is over.
    fn is_over(&self) -> bool {
        self.left.get() == 0 || self.budget.is_over()
    }

    /// Takes the values of a document from those that may still be tried.
    fn has_room_for(&self, document: &Json) -> bool {
        if !self.budget.take(0) {
            return false;
        }
        let left = self.left.get().checked_sub(probe::weight(document));
        self.left.set(left.unwrap_or(self.left.get()));
        left.is_some()
    }

    /// Whether a document takes too long to validate. Many visits count as values that were tried.
    fn is_costly(&self, document: &Json) -> bool {
        let mut costly = false;
        for visits in self.visits {
            let (visits, counted) = visits.count(document);
            costly |= visits >= MOST_VISITS;
            let visits = if costly { 0 } else { visits };
            let work = (visits + counted) / VISITS_PER_VALUE;
            self.left.set(self.left.get().saturating_sub(work));
            if costly {
                break;
            }
        }
        costly
    }

    /// Whether both schemas say nothing at a path but a type and limits, and with `formats` a format
    /// of strings as long as one likes.
    pub fn is_plain(&self, path: &str, formats: bool) -> bool {
        let places = document_location::places(&self.writer, &self.reader, path);
        let is_plain = |view: &View<'_>| {
            let mut members = view.node().into_iter().flat_map(Node::members);
            members.all(|member| match member.name.as_str() {
                "format" => formats && member.node.text().is_some_and(text::is_endless),
                name => PLAIN.contains(&name),
            })
        };
        is_plain(&places[0].writer) && is_plain(&places[0].reader)
    }

    fn surprised(&self, document: String, error: &ValidationError<'_>) -> Surprise {
        let pointer = error.schema_path().as_str();
        let way = error.evaluation_path().as_str();
        let steps = way
            .split('/')
            .filter(|step| !step.is_empty() && *step != "$ref");
        let path: String = steps.map(|step| format!("/{step}")).collect();
        Surprise {
            document,
            path: format!("#{path}"),
            reader: nearest(self.library, pointer),
            writer: nearest(self.origin, pointer),
        }
    }
}

/// What a pointer leads to in a schema, or else the place of what would hold it.
fn nearest(library: &Library, pointer: &str) -> LocatedValue {
    let own = &library.documents[0];
    let mut here = pointer;
    loop {
        if let Some(node) = reason::at_pointer(library, &own.tree, here) {
            let place = SchemaLocation {
                pointer: here.to_owned(),
                file: own.file.clone(),
                at: node.at,
            };
            return LocatedValue {
                place: Some(place),
                value: (here == pointer).then(|| brief(node)),
            };
        }
        here = here.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// A validator that asks nobody for anything: it knows the documents of the library and no others.
fn validator(library: &Library) -> Option<Validator> {
    let draft = match library.draft() {
        Some(Draft::Four) => jsonschema::Draft::Draft4,
        Some(Draft::Six) => jsonschema::Draft::Draft6,
        Some(Draft::Nineteen) => jsonschema::Draft::Draft201909,
        Some(Draft::Twenty) => jsonschema::Draft::Draft202012,
        _ => jsonschema::Draft::Draft7,
    };
    let schema: Json = serde_json::from_str(&library.documents[0].tree.to_json()).ok()?;
    let options = || {
        let options = jsonschema::options()
            .with_draft(draft)
            .should_validate_formats(true);
        options
            .should_ignore_unknown_formats(true)
            .with_retriever(Shelf::of(library))
    };
    // The first engine takes no longer than the text is long. Only what it cannot express is left
    // to the one that tries, and that one gives up early.
    let linear = PatternOptions::regex()
        .size_limit(1 << 20)
        .dfa_size_limit(1 << 20);
    let patient = PatternOptions::fancy_regex()
        .backtrack_limit(20_000)
        .size_limit(1 << 20);
    let built = options().with_pattern_options(linear).build(&schema);
    built
        .or_else(|_| options().with_pattern_options(patient).build(&schema))
        .ok()
}

/// The documents that were given with a schema, by all their names.
struct Shelf(HashMap<String, Json>);

impl Shelf {
    fn of(library: &Library) -> Self {
        let mut shelf = HashMap::new();
        let own = &library.documents[0].base;
        for document in &library.documents[1..] {
            let Ok(tree) = serde_json::from_str::<Json>(&document.tree.to_json()) else {
                continue;
            };
            let names = [
                document.name.clone(),
                uri::resolve(own, &document.name),
                document.base.clone(),
            ];
            for name in names {
                shelf.insert(name.trim_start_matches("./").to_owned(), tree.clone());
            }
        }
        Self(shelf)
    }
}

impl Retrieve for Shelf {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Json, Box<dyn std::error::Error + Send + Sync>> {
        let asked = uri.as_str().trim_end_matches('#');
        // A schema without an id stands at the root of a scheme of the validator's own.
        let bare = asked.strip_prefix("json-schema:///").unwrap_or(asked);
        let found = self.0.get(asked).or_else(|| self.0.get(bare));
        found
            .cloned()
            .ok_or_else(|| format!("{asked} was not given").into())
    }
}
