//! The text of a schema with the texts of all that it refers to.

use super::{error::SourceError, file_tree::FileTree};
use crate::{
    registry::{self, Registered, Registry, RegistryError},
    schema::{Format, Node, Reference, Schema, Source, parse_with_comments},
};

/// A schema that was loaded and not parsed yet.
#[derive(Clone, Debug)]
pub struct SchemaText {
    /// Its name in what is shown.
    pub label: String,
    /// Its kind.
    pub format: Format,
    /// One text, or the files of a folder.
    pub sources: Vec<Source>,
    /// All that it refers to, directly or not.
    pub references: Vec<Reference>,
}

impl SchemaText {
    /// A registered schema with all that it refers to.
    ///
    /// # Errors
    /// The registry does not answer, or lacks a reference.
    pub fn registered(registry: &Registry, found: &Registered) -> Result<Self, RegistryError> {
        let label = format!("{}@{}", found.subject, found.version);
        Ok(Self {
            sources: vec![Source::new(&label, &found.schema)],
            label,
            format: found.schema_type,
            references: registered_references(registry, &found.references)?,
        })
    }

    /// Parses it.
    ///
    /// # Errors
    /// It is no schema: where, and what was expected.
    pub fn parse(&self) -> Result<Schema, SourceError> {
        let parsed = Schema::parse(self.format, &self.sources, &self.references);
        parsed.map_err(|source| {
            let first = self.sources.first();
            let other = first.and_then(|first| guess_format(&first.text));
            SourceError::Schema {
                source,
                looks_like: other.filter(|other| *other != self.format),
            }
        })
    }

    /// Names its files by their paths, without the commit: annotations of pull requests need that.
    pub fn name_by_path(&mut self, tree: &dyn FileTree) {
        self.label = tree.path_of(&self.label);
        for source in &mut self.sources {
            *source = Source::new(&tree.path_of(&source.name), &source.text);
        }
    }
}

/// Everything that `references` lead to in the registry.
///
/// # Errors
/// The registry does not answer, or lacks one of them.
pub fn registered_references(
    registry: &Registry,
    references: &[registry::Named],
) -> Result<Vec<Reference>, RegistryError> {
    let found = registry.closure(references)?;
    let reference = |(name, schema): (String, Registered)| {
        let label = format!("{}@{}", schema.subject, schema.version);
        Reference {
            source: Source::new(&label, &schema.schema),
            name,
        }
    };
    Ok(found.into_iter().map(reference).collect())
}

/// The kind of a schema by its text; `None` when that does not tell.
pub(super) fn guess_format(text: &str) -> Option<Format> {
    let start = text.trim_start();
    if start.starts_with("syntax") || start.starts_with("package") || start.starts_with("message") {
        return Some(Format::Protobuf);
    }
    let node = parse_with_comments(&Source::new("", text)).ok()?;
    let json = ["$schema", "properties", "$defs", "definitions", "$ref"];
    if json.iter().any(|name| node.get(name).is_some()) {
        return Some(Format::Json);
    }
    let avro = ["record", "enum", "fixed", "map"];
    let kind = node.get("type").and_then(Node::text);
    kind.filter(|kind| avro.contains(kind))
        .map(|_| Format::Avro)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_name_tells_its_kind_where_it_can() {
        assert_eq!(guess_format("syntax = \"proto3\";"), Some(Format::Protobuf));
        assert_eq!(guess_format("{\"type\":\"record\"}"), Some(Format::Avro));
        assert_eq!(
            guess_format("{\"type\":\"object\",\"properties\":{}}"),
            Some(Format::Json)
        );
        assert_eq!(guess_format("\"string\""), None);
    }
}
