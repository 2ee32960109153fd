//! Which files of a repository are schemas.

use super::{error::SourceError, file_tree::plain, git::prefix};
use crate::schema::{Format, Node, Source, parse_json};

/// Tells schemas from other files.
pub struct SchemaFiles {
    /// The paths that were named, from the root of the repository.
    paths: Vec<String>,
    /// Whether the kind of the schemas was named.
    is_kind_named: bool,
}

impl SchemaFiles {
    /// `paths` and `format` as they were named; paths count from the working folder.
    ///
    /// # Errors
    /// There is no Git, or no repository.
    pub fn new(paths: &[String], format: Option<Format>) -> Result<Self, SourceError> {
        let prefix = prefix()?;
        let from_root = |path: &String| match path.strip_prefix(":/") {
            Some(path) => path.to_owned(),
            None => plain(&format!("{prefix}{path}")),
        };
        Ok(Self {
            paths: paths.iter().map(from_root).collect(),
            is_kind_named: format.is_some(),
        })
    }

    /// Whether a file was named itself, rather than a folder that it is in.
    #[must_use]
    pub fn names(&self, file: &str) -> bool {
        self.paths.iter().any(|path| path == file)
    }

    /// Whether a file is a schema: a file that was named itself, or whose suffix tells. A `.json` file
    /// needs a `$schema` unless the kind was named.
    #[must_use]
    pub fn has(&self, path: &str, text: &str) -> bool {
        match Format::of_path(path) {
            None => self.names(path),
            Some(Format::Json) if !self.is_kind_named && !self.names(path) => {
                match parse_json(&Source::new(path, text)) {
                    Ok(node) => node.get("$schema").and_then(Node::text).is_some(),
                    // A broken schema does not pass for another kind of file.
                    Err(_) => text.contains("\"$schema\""),
                }
            }
            Some(_) => true,
        }
    }
}
