//! The texts that schemas are read from, and places in them.

use std::{fmt, sync::Arc};

/// A text and where it came from.
#[derive(Clone, Debug)]
pub struct Source {
    /// A file's name as it was given, or something like `orders-value version 3`.
    pub name: Arc<str>,
    /// The text.
    pub text: Arc<str>,
}

impl Source {
    /// A text with its name.
    #[must_use]
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
        }
    }
}

/// A schema that another one refers to.
#[derive(Clone, Debug)]
pub struct Reference {
    /// What it is called there: an Avro type's full name, a JSON Schema's URI, the path of a
    /// Protobuf import.
    pub name: String,
    /// Its text.
    pub source: Source,
}

/// A place in a text; both count from 1, and a column is a character.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A schema that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{at}: {message}")]
pub struct SchemaError {
    /// The source's name.
    pub file: Arc<str>,
    /// Where.
    pub at: Position,
    /// What is wrong, and what was expected.
    pub message: String,
    /// What to do about it, when that is known.
    pub hint: Option<String>,
}

impl SchemaError {
    /// A schema of `size` bytes where `most` are read: its `parts` may be compared one by one.
    pub(super) fn too_large(source: &Source, size: usize, most: usize, parts: &str) -> Self {
        let [size, most] = [size, most].map(|bytes| bytes >> 20);
        Self {
            file: Arc::clone(&source.name),
            at: Position { line: 1, column: 1 },
            message: format!(
                "the schema has more than {size} MB, the most that is read are {most} MB"
            ),
            hint: Some(format!(
                "no registry takes a schema of that size; compare its {parts} one by one"
            )),
        }
    }
}
