//! JSON Schema: drafts 4 to 2020-12, compared as the registries compare them.

mod apicurio;
mod comparison;
mod confluent;
mod difference;
mod equality;
mod evidence;
mod fix;
mod karapace;
mod keywords;
mod library;
mod model;
mod own;
#[cfg(test)]
mod random;
mod report;
mod risks;
mod steps;
#[cfg(test)]
mod tests;
mod tree;
mod uri;
mod validation;
mod walk;
mod witness;

use std::sync::Arc;

pub use self::{comparison::compare, validation::validation_errors, witness::witness};
use self::{
    library::{Draft, Library},
    model::{Dialect, Model},
    witness::LazyValidator,
};
use super::{Node, Reference, SchemaError, Source, Value, parse_json};

/// Every id that a change can have.
pub static RULES: &[super::Rule] = &{
    let mut rules = [confluent::RULES[0]; confluent::COUNT + apicurio::COUNT + own::COUNT];
    let mut index = 1;
    while index < rules.len() {
        rules[index] = if index < confluent::COUNT {
            confluent::RULES[index]
        } else if index < confluent::COUNT + apicurio::COUNT {
            apicurio::RULES[index - confluent::COUNT]
        } else {
            own::RULES[index - confluent::COUNT - apicurio::COUNT]
        };
        index += 1;
    }
    rules
};

/// A JSON schema with those that it refers to.
#[derive(Debug)]
pub struct Schema {
    library: Library,
    /// How long its texts are together.
    size: usize,
    validator: LazyValidator,
}

/// No more bytes are read. Registries take 1 MB of a request, or a few more.
const LARGEST: usize = 8 << 20;

/// How Confluent reads schemas.
const CONFLUENT: Dialect = Dialect {
    unnamed: Draft::Seven,
    modern: true,
    defaults: true,
};

/// Reads a schema. `references` are those that it may refer to by their URI, absolute or relative;
/// one that refers to none of them is read as well.
///
/// # Errors
/// What is no JSON, or no schema; a reference that leads nowhere.
pub fn parse(source: &Source, references: &[Reference]) -> Result<Schema, SchemaError> {
    let sources = references.iter().map(|reference| &reference.source);
    let size: usize = sources
        .chain([source])
        .map(|source| source.text.len())
        .sum();
    if size > LARGEST {
        return Err(SchemaError::too_large(source, size, LARGEST, "parts"));
    }
    let own = read(source)?;
    let mut others = Vec::new();
    for reference in references {
        others.push((
            reference.name.clone(),
            reference.source.name.clone(),
            read(&reference.source)?,
        ));
    }
    let library = Library::new((source.name.clone(), own), others);
    let problem = match Model::new(&library, CONFLUENT) {
        Ok(model) => model.unknown_type(),
        Err(dangling) => Some(dangling),
    };
    match problem {
        Some(problem) => Err(problem.error(&library)),
        None => Ok(Schema {
            library,
            size,
            validator: LazyValidator::default(),
        }),
    }
}

impl Schema {
    /// How many bytes of text it has, with those that it refers to.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// Its id, or else its title; empty when it has neither.
    #[must_use]
    pub fn name(&self) -> &str {
        let documents = self.library.documents.first();
        documents.map_or("", |document| {
            let names = ["$id", "id", "title"];
            let mut names = names
                .iter()
                .filter_map(|name| document.tree.get(name)?.text());
            names.next().unwrap_or_default()
        })
    }
}

fn read(source: &Source) -> Result<Node, SchemaError> {
    let tree = parse_json(source)?;
    if matches!(tree.value, Value::Object(_) | Value::Bool(_)) {
        return Ok(tree);
    }
    Err(SchemaError {
        file: Arc::clone(&source.name),
        at: tree.at,
        message: format!(
            "expected a schema: an object, true or false; found {}",
            tree.kind()
        ),
        hint: None,
    })
}

impl model::Problem {
    /// What is wrong, for whoever wrote it.
    fn error(self, library: &Library) -> SchemaError {
        let (message, hint) = match self.kind {
            model::Wrong::Type(name) => (
                format!(
                    "unknown type {name:?}: expected one of string, number, integer, boolean, null, array and object"
                ),
                None,
            ),
            model::Wrong::Reference(reference) if reference.starts_with('#') => (
                format!("\"$ref\": {reference:?} leads nowhere in this schema"),
                None,
            ),
            model::Wrong::Reference(reference) => {
                let name = reference.split('#').next().unwrap_or_default();
                (
                    format!(
                        "\"$ref\": {reference:?} is not in this schema, and no reference that was given has its name"
                    ),
                    Some(format!("give it with --reference {name}=FILE")),
                )
            }
        };
        SchemaError {
            file: Arc::clone(&library.documents[self.document].file),
            at: self.at,
            message,
            hint,
        }
    }
}
