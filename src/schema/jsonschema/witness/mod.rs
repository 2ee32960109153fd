//! Witnesses: documents that one schema accepts and the other refuses. They are guessed from both
//! schemas around the place of a change, and each is shown to a validator before anybody sees it.

mod facts;
mod place;
mod probe;
mod sample;
#[cfg(test)]
mod tests;
mod text;

use std::{collections::HashMap, sync::OnceLock};

use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use serde_json::Value as Json;

use super::{
    super::{Breaks, Change, Severity},
    Schema,
    karapace::View,
    library::{Draft, Library},
    uri,
};

/// Larger schemas are not turned into validators.
const LARGEST: usize = 2 << 20;

/// No more documents are tried for one change, and no more values are in them.
const MOST_TRIES: usize = 4_000;
const MOST_VALUES: usize = 400_000;

/// A validator goes down references and schemas by recursion.
const STACK: usize = 256 << 20;

/// Longer witnesses help nobody, and deeper ones are longer.
const LONGEST: usize = 4_000;

/// A document that was written with one schema and that the other refuses, on one line: written
/// with the old one if new consumers break, with the new one if old consumers do. `None` when none
/// was found, or none is needed.
#[must_use]
pub fn witness(old: &Schema, new: &Schema, change: &Change) -> Option<String> {
    let too_large = old.size.max(new.size) > LARGEST || change.path.len() > LONGEST;
    if change.severity == Severity::Safe || too_large {
        return None;
    }
    let search = || {
        let sides = [
            (Breaks::NewConsumers, old, new),
            (Breaks::OldConsumers, new, old),
        ];
        let mut sides = sides
            .iter()
            .filter(|(breaks, ..)| change.breaks.contains(breaks));
        sides.find_map(|(_, writer, reader)| find(writer, reader, change))
    };
    stacker::grow(STACK, search)
}

/// A schema's validator, made when it is first asked for.
#[derive(Debug, Default)]
pub struct Judge(OnceLock<Option<Validator>>);

impl Judge {
    fn of(&self, library: &Library) -> Option<&Validator> {
        self.0.get_or_init(|| validator(library)).as_ref()
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        if let Some(validator) = self.0.take() {
            stacker::grow(STACK, || drop(validator));
        }
    }
}

fn find(writer: &Schema, reader: &Schema, change: &Change) -> Option<String> {
    let (writes, reads) = (
        writer.judge.of(&writer.library)?,
        reader.judge.of(&reader.library)?,
    );
    let (one, two) = (View::root(&writer.library), View::root(&reader.library));
    let places = place::places(&one, &two, &change.path);
    let mut values = 0;
    let small = |document: &Json| {
        values += probe::weight(document);
        values <= MOST_VALUES
    };
    let mut documents = probe::documents(&one, &places)
        .take(MOST_TRIES)
        .take_while(small);
    let found =
        documents.find(|document| writes.is_valid(document) && !reads.is_valid(document))?;
    Some(found.to_string()).filter(|witness| witness.len() <= LONGEST)
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
