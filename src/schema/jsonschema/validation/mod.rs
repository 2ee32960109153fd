//! What a JSON schema is refused for: by the metaschema of its draft, which Karapace asks
//! (`Draft7Validator.check_schema`), and by the regular expressions of Java, which Confluent
//! compiles when it loads a schema (`JsonSchema.validate`).
//!
//! Confluent's libraries check what they read as they go, so they refuse a keyword of the wrong
//! type, but accept a `minLength` of -1. Of a metaschema only those rules are asked that the one
//! of draft 7 has as well: `"required": []` was forbidden by draft 4 alone, and no registry minds.
//! They are asked directly, not through a validator, to know every place, and because a metaschema
//! is a slow judge of a schema of many megabytes.

mod keyword;
mod pattern;
#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use self::keyword::{Keyword, Want};
use super::{
    CONFLUENT, Schema,
    library::{Document, Draft, escape},
    model::{Kind, Model},
};
use crate::schema::{
    Node, Position, SchemaLocation, ValidationError, Value,
    validation_error::{self, ValidationErrors, quoted},
};

/// What is wrong with a schema; the references are not looked at.
#[must_use]
pub fn validation_errors(schema: &Schema) -> Vec<ValidationError> {
    let Some(document) = schema.library.documents.first() else {
        return Vec::new();
    };
    let mut search = Search {
        document,
        keywords: keyword::of(document.draft.unwrap_or(Draft::Seven)),
        path: Vec::new(),
        errors: ValidationErrors::default(),
    };
    search.schema(&document.tree);
    // It was made before.
    if let Ok(model) = Model::new(&schema.library, CONFLUENT) {
        search.patterns(&model);
    }
    validation_error::first([search.errors].into_iter())
}

enum Step<'s> {
    Name(&'s str),
    Index(usize),
}

struct Search<'s> {
    document: &'s Document,
    keywords: HashMap<&'static str, Keyword>,
    path: Vec<Step<'s>>,
    errors: ValidationErrors,
}

/// The tree is no deeper than the parser of JSON lets it be.
impl<'s> Search<'s> {
    fn schema(&mut self, node: &'s Node) {
        match &node.value {
            Value::Object(_) => self.members(node, |search, name, node| {
                if let Some(keyword) = search.keywords.get(name).copied() {
                    search.value(name, node, keyword.want);
                }
            }),
            Value::Bool(_) => {}
            _ => self.must(node, "a schema"),
        }
    }

    fn value(&mut self, name: &str, node: &'s Node, want: Want) {
        match want {
            Want::Schemas => self.schemas(node),
            Want::SchemaOrSchemas if matches!(node.value, Value::Array(_)) => self.schemas(node),
            Want::SchemaOrSchemas | Want::Schema => self.schema(node),
            Want::NamedSchemas => self.named(node, |search, _, node| search.schema(node)),
            Want::NamedNames => self.named(node, Self::names),
            Want::NamedSchemasOrNames => self.named(node, |search, name, node| match node.value {
                Value::Array(_) => search.names(name, node),
                _ => search.schema(node),
            }),
            Want::Names => self.names(name, node),
            Want::Text if node.text().is_none() => self.must(node, "a string"),
            Want::Flag if node.boolean().is_none() => self.must(node, "a boolean"),
            Want::List if !matches!(node.value, Value::Array(_)) => self.must(node, "an array"),
            Want::Number | Want::Positive if node.number().is_none() => self.must(node, "a number"),
            Want::NumberOrFlag if node.number().is_none() && node.boolean().is_none() => {
                self.must(node, "a number");
            }
            Want::Positive => {
                let value = node.number().and_then(|number| number.parse::<f64>().ok());
                // What is too small for a double is no zero.
                let digits = node.number().unwrap_or_default().split(['e', 'E']).next();
                let zero =
                    digits.is_some_and(|digits| !digits.contains(|one| matches!(one, '1'..='9')));
                if zero || value.is_some_and(|value| value < 0.0) {
                    let number = node.number().unwrap_or_default();
                    self.add(
                        node.at,
                        format!("\"{name}\" must be greater than 0, it is \"{number}\""),
                    );
                }
            }
            Want::Count => self.count(name, node),
            Want::Text | Want::Flag | Want::List | Want::Number | Want::NumberOrFlag => {}
        }
    }

    fn schemas(&mut self, node: &'s Node) {
        let Value::Array(items) = &node.value else {
            return self.must(node, "an array of schemas");
        };
        if items.is_empty() {
            self.must_be_filled(node);
        }
        for (index, item) in items.iter().enumerate() {
            self.below(Step::Index(index), |search| search.schema(item));
        }
    }

    fn named(&mut self, node: &'s Node, look: impl FnMut(&mut Self, &'s str, &'s Node)) {
        match node.value {
            Value::Object(_) => self.members(node, look),
            _ => self.must(node, "an object"),
        }
    }

    /// Names of properties, each once.
    fn names(&mut self, _: &str, node: &'s Node) {
        let Value::Array(items) = &node.value else {
            return self.must(node, "an array of names");
        };
        let mut there = HashSet::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            self.below(Step::Index(index), |search| match item.text() {
                None => search.must(item, "a string"),
                Some(text) if !there.insert(text) => {
                    search.add(item.at, format!("{} is there twice", quoted(text)));
                }
                Some(_) => {}
            });
        }
    }

    fn count(&mut self, name: &str, node: &Node) {
        let Some(number) = node.number() else {
            return self.must(node, "a whole number");
        };
        match number.parse::<f64>() {
            Ok(value) if value < 0.0 => {
                self.add(
                    node.at,
                    format!("\"{name}\" must not be less than 0, it is \"{number}\""),
                );
            }
            Ok(value) if value.fract() != 0.0 => {
                self.add(
                    node.at,
                    format!("\"{name}\" must be a whole number, it is \"{number}\""),
                );
            }
            _ => {}
        }
    }

    /// Every member; of those with the same name the last one, which counts.
    fn members(&mut self, node: &'s Node, mut look: impl FnMut(&mut Self, &'s str, &'s Node)) {
        let mut there = HashSet::with_capacity(node.members().len());
        for member in node.members().iter().rev() {
            if self.errors.are_enough() {
                return;
            }
            if there.insert(member.name.as_str()) {
                self.below(Step::Name(&member.name), |search| {
                    look(search, &member.name, &member.node);
                });
            }
        }
    }

    /// Regular expressions where a registry reads them.
    fn patterns(&mut self, model: &Model<'s>) {
        for shape in model.shapes() {
            if shape.spot.document != 0 {
                continue;
            }
            let node = shape.spot.node;
            match &shape.kind {
                Kind::String(string) => {
                    let Some(wrong) = string.pattern.and_then(pattern::wrong) else {
                        continue;
                    };
                    if let Some(written) = node.get("pattern") {
                        let pointer = format!("{}/pattern", model.pointer(&shape.spot));
                        self.pattern(
                            pointer,
                            written.at,
                            string.pattern.unwrap_or_default(),
                            wrong,
                        );
                    }
                }
                Kind::Object(object) => {
                    for (text, _) in &object.patterns {
                        let Some(wrong) = pattern::wrong(text) else {
                            continue;
                        };
                        let members = node.get("patternProperties").map_or(&[][..], Node::members);
                        let written = members.iter().find(|member| member.name == *text);
                        let at = written.map_or(node.at, |member| member.at);
                        let pointer = model.pointer(&shape.spot);
                        let pointer = format!("{pointer}/patternProperties/{}", escape(text));
                        self.pattern(pointer, at, text, wrong);
                    }
                }
                _ => {}
            }
        }
    }

    fn pattern(&mut self, pointer: String, at: Position, text: &str, wrong: &str) {
        let message = format!("pattern {} is no regular expression: {wrong}", quoted(text));
        let file = Arc::clone(&self.document.file);
        self.errors
            .add(SchemaLocation { pointer, file, at }, message);
    }

    /// What is written here must be something else.
    fn must(&mut self, node: &Node, what: &str) {
        let name = self.here();
        self.add(
            node.at,
            format!("{name} must be {what}, not {}", node.kind()),
        );
    }

    fn must_be_filled(&mut self, node: &Node) {
        let name = self.here();
        self.add(node.at, format!("{name} must not be empty"));
    }

    /// The nearest name, to speak of what is here.
    fn here(&self) -> String {
        match self.path.last() {
            None => "the schema".to_owned(),
            Some(Step::Name(name)) => quoted(name),
            Some(Step::Index(index)) => {
                let name = self.path.iter().rev().find_map(|step| match step {
                    Step::Name(name) => Some(quoted(name)),
                    Step::Index(_) => None,
                });
                format!("item {} of {}", index + 1, name.unwrap_or_default())
            }
        }
    }

    fn below(&mut self, step: Step<'s>, look: impl FnOnce(&mut Self)) {
        self.path.push(step);
        look(self);
        self.path.pop();
    }

    fn add(&mut self, at: Position, message: String) {
        let mut pointer = String::new();
        for step in &self.path {
            pointer.push('/');
            match step {
                Step::Name(name) => pointer.push_str(&escape(name)),
                Step::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        let file = Arc::clone(&self.document.file);
        self.errors
            .add(SchemaLocation { pointer, file, at }, message);
    }
}
