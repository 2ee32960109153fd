//! Names of schemas on a command line.

use std::path::PathBuf;

use super::error::SourceError;
use crate::registry::Version;

/// The name of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemaName {
    /// Standard input.
    Stdin,
    /// A file or a folder.
    Path(PathBuf),
    /// `git:REF:path`
    Git {
        /// Anything that Git takes for a commit: a branch, a tag, an id.
        commit: String,
        /// The path from the repository's root, or from here when it begins with `./`.
        path: String,
    },
    /// `registry:subject[@version]`
    Registry {
        /// The subject.
        subject: String,
        /// Which of its versions; `None` when the name does not say.
        versions: Option<Versions>,
    },
}

/// Versions of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Versions {
    /// This one.
    One(Version),
    /// All, oldest first.
    All,
}

impl SchemaName {
    /// Parses a name.
    ///
    /// # Errors
    /// Half a name.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if let Some(rest) = text.strip_prefix("git:") {
            let (commit, path) = rest.split_once(':').unwrap_or_default();
            // A dash begins an option of Git.
            if commit.is_empty() || commit.starts_with('-') || path.is_empty() {
                return Err(SourceError::GitName(text.to_owned()));
            }
            return Ok(Self::Git {
                commit: commit.to_owned(),
                path: path.to_owned(),
            });
        }
        let Some(rest) = text.strip_prefix("registry:") else {
            return Ok(Self::Path(text.into()));
        };
        let (subject, versions) = parse_subject(rest)?;
        Ok(Self::Registry { subject, versions })
    }
}

/// A subject, and the version behind its last `@`.
///
/// # Errors
/// No subject, or a version that is none.
pub fn parse_subject(text: &str) -> Result<(String, Option<Versions>), SourceError> {
    let (subject, version) = match text.rsplit_once('@') {
        Some((subject, version)) => (subject, Some(version)),
        None => (text, None),
    };
    if subject.is_empty() {
        return Err(SourceError::NoSubject);
    }
    let versions = match version {
        None => None,
        Some("latest") => Some(Versions::One(Version::Latest)),
        Some("all") => Some(Versions::All),
        Some(number) => match number.trim_start_matches('v').parse() {
            Ok(number) if number > 0 => Some(Versions::One(Version::Number(number))),
            _ => {
                return Err(SourceError::Version {
                    version: number.to_owned(),
                    subject: subject.to_owned(),
                });
            }
        },
    };
    Ok((subject.to_owned(), versions))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_named_in_four_ways() {
        let registry = |subject: &str, versions| SchemaName::Registry {
            subject: subject.to_owned(),
            versions,
        };
        for (text, named) in [
            ("-", SchemaName::Stdin),
            ("a/b.avsc", SchemaName::Path("a/b.avsc".into())),
            (
                "git:main:a/b.avsc",
                SchemaName::Git {
                    commit: "main".to_owned(),
                    path: "a/b.avsc".to_owned(),
                },
            ),
            ("registry:o-value", registry("o-value", None)),
            ("registry:o@all", registry("o", Some(Versions::All))),
            (
                "registry:o@latest",
                registry("o", Some(Versions::One(Version::Latest))),
            ),
            (
                "registry:o@v3",
                registry("o", Some(Versions::One(Version::Number(3)))),
            ),
        ] {
            assert_eq!(SchemaName::parse(text).unwrap(), named, "{text}");
        }
    }

    #[test]
    fn half_a_name_is_refused() {
        for text in [
            "git:main",
            "git::x",
            "git:--upload-pack=x:y",
            "registry:",
            "registry:o@x",
            "registry:o@0",
        ] {
            assert!(SchemaName::parse(text).is_err(), "{text}");
        }
    }
}
