//! What makes a schema invalid.

use super::SchemaLocation;

/// Something for which registries, or the compilers of the format, refuse a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidationError {
    /// Where it is.
    pub location: SchemaLocation,
    /// What is wrong, on one line.
    pub message: String,
}

/// No more are listed than this.
const MOST: usize = 100;

/// So many are collected, to be sure of the first ones in the order of the file.
const ENOUGH: usize = 10_000;

/// More characters of a name are not shown.
const LONGEST: usize = 100;

/// The errors of a file, as they are found.
#[derive(Debug, Default)]
pub(super) struct ValidationErrors(Vec<ValidationError>);

impl ValidationErrors {
    pub fn add(&mut self, location: SchemaLocation, message: String) {
        if !self.are_enough() {
            self.0.push(ValidationError { location, message });
        }
    }

    /// Whether there is no need to look for more.
    pub fn are_enough(&self) -> bool {
        self.0.len() >= ENOUGH
    }

    /// The first ones, in the order of the file.
    pub fn sorted(mut self) -> Vec<ValidationError> {
        self.0.sort_by_key(|error| error.location.at);
        self.0.truncate(MOST);
        self.0
    }
}

/// The first errors of all files.
pub(super) fn first(files: impl Iterator<Item = ValidationErrors>) -> Vec<ValidationError> {
    files
        .flat_map(ValidationErrors::sorted)
        .take(MOST)
        .collect()
}

/// A name of the schema in a message: in quotes, on one line, not too long.
pub(super) fn quoted(name: &str) -> String {
    match name.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{:?}", format!("{}...", &name[..end])),
        None => format!("{name:?}"),
    }
}
