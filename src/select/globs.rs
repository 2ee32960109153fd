//! Names chosen by patterns: `orders-*`, `*.{dlq,retry}`.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use super::SelectError;

/// Which names are meant: those that one of the patterns fits, and none of the excluding ones.
#[derive(Clone, Debug)]
pub struct NameGlobs {
    include: Option<GlobSet>,
    exclude: GlobSet,
}

impl NameGlobs {
    /// Without a pattern in `include` every name is meant.
    ///
    /// # Errors
    /// A pattern that is none.
    pub fn new<T: AsRef<str>>(include: &[T], exclude: &[T]) -> Result<Self, SelectError> {
        Ok(Self {
            include: (!include.is_empty()).then(|| set(include)).transpose()?,
            exclude: set(exclude)?,
        })
    }

    /// Whether `name` is meant.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let included = self.include.as_ref().is_none_or(|set| set.is_match(name));
        included && !self.exclude.is_match(name)
    }
}

/// Whether `text` is a pattern, and not the name of one thing.
#[must_use]
pub fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

fn set<T: AsRef<str>>(patterns: &[T]) -> Result<GlobSet, SelectError> {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.as_ref();
        // Names are no paths: a star fits a slash, which groups may have in theirs.
        let glob = GlobBuilder::new(pattern).literal_separator(false).build();
        set.add(
            glob.map_err(|error| SelectError::Glob(pattern.to_owned(), error.kind().to_string()))?,
        );
    }
    set.build()
        .map_err(|error| SelectError::Glob(String::new(), error.kind().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matching(include: &[&str], exclude: &[&str]) -> Vec<&'static str> {
        let globs = NameGlobs::new(include, exclude).unwrap();
        let names = ["orders", "orders-dlq", "payments", "a/b.c"];
        names
            .into_iter()
            .filter(|name| globs.matches(name))
            .collect()
    }

    #[test]
    fn names_are_included_and_excluded() {
        assert_eq!(matching(&[], &[]).len(), 4);
        assert_eq!(matching(&["orders*"], &[]), ["orders", "orders-dlq"]);
        assert_eq!(
            matching(&["orders*", "pay*"], &["*-dlq"]),
            ["orders", "payments"]
        );
        assert_eq!(matching(&[], &["*s", "*-{dlq,retry}"]), ["a/b.c"]);
        assert_eq!(matching(&["a*c"], &[]), ["a/b.c"]);
        assert_eq!(matching(&["orders"], &[]), ["orders"]);
        assert!(is_glob("orders-?") && !is_glob("orders-1.x"));
    }

    #[test]
    fn a_pattern_that_is_none_is_named() {
        let error = NameGlobs::new(&["a[b"], &[]).unwrap_err();
        assert!(error.to_string().contains("\"a[b\""), "{error}");
    }
}
