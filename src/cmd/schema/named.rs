//! How schemas are named.

use std::path::PathBuf;

use crate::{failure::Failure, registry::Version};

/// A schema as it was named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// Standard input.
    Stdin,
    /// A file or a folder.
    Path(PathBuf),
    /// `git:REF:path`
    Git {
        /// Anything that Git takes for a commit.
        reference: String,
        /// The path from the repository's root, or from here when it begins with `./`.
        path: String,
    },
    /// `registry:subject[@version]`
    Registry {
        /// The subject.
        subject: String,
        /// Which of its versions; `None` when that was not said.
        which: Option<Which>,
    },
}

/// Versions of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    One(Version),
    All,
}

impl Named {
    /// Reads a name.
    ///
    /// # Errors
    /// Half a name.
    pub(super) fn parse(text: &str) -> Result<Self, Failure> {
        if text == "-" {
            return Ok(Self::Stdin);
        }
        if let Some(rest) = text.strip_prefix("git:") {
            let (reference, path) = rest.split_once(':').unwrap_or_default();
            // What begins with a dash would be an option of Git's.
            if reference.is_empty() || reference.starts_with('-') || path.is_empty() {
                return Err(Failure::usage(format!("{text:?} is not git:REF:path"))
                    .hint("like git:main:schemas/order.avsc"));
            }
            return Ok(Self::Git {
                reference: reference.to_owned(),
                path: path.to_owned(),
            });
        }
        let Some(rest) = text.strip_prefix("registry:") else {
            return Ok(Self::Path(text.into()));
        };
        let (subject, which) = subject(rest)?;
        Ok(Self::Registry { subject, which })
    }
}

/// A subject, and the version behind its last `@`.
///
/// # Errors
/// No subject, or a version that is none.
pub(super) fn subject(text: &str) -> Result<(String, Option<Which>), Failure> {
    let (subject, version) = match text.rsplit_once('@') {
        Some((subject, version)) => (subject, Some(version)),
        None => (text, None),
    };
    if subject.is_empty() {
        return Err(Failure::usage("a subject has no name").hint("like registry:orders-value@3"));
    }
    let which = match version {
        None => None,
        Some("latest") => Some(Which::One(Version::Latest)),
        Some("all") => Some(Which::All),
        Some(number) => match number.trim_start_matches('v').parse() {
            Ok(number) if number > 0 => Some(Which::One(Version::Number(number))),
            _ => {
                return Err(
                    Failure::usage(format!("{number:?} is no version of {subject:?}"))
                        .hint("a number, latest or all"),
                );
            }
        },
    };
    Ok((subject.to_owned(), which))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_named_in_four_ways() {
        let registry = |subject: &str, which| Named::Registry {
            subject: subject.to_owned(),
            which,
        };
        for (text, named) in [
            ("-", Named::Stdin),
            ("a/b.avsc", Named::Path("a/b.avsc".into())),
            (
                "git:main:a/b.avsc",
                Named::Git {
                    reference: "main".to_owned(),
                    path: "a/b.avsc".to_owned(),
                },
            ),
            ("registry:o-value", registry("o-value", None)),
            ("registry:o@all", registry("o", Some(Which::All))),
            (
                "registry:o@latest",
                registry("o", Some(Which::One(Version::Latest))),
            ),
            (
                "registry:o@v3",
                registry("o", Some(Which::One(Version::Number(3)))),
            ),
        ] {
            assert_eq!(Named::parse(text).unwrap(), named, "{text}");
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
            assert!(Named::parse(text).is_err(), "{text}");
        }
    }
}
