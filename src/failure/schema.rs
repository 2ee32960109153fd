//! Failures of schemas: those that cannot be had, parsed or compared.

use super::Failure;
use crate::{exit::Exit, registry::RegistryError, schema::TooComplex, schema_source::SourceError};

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let message = error.to_string();
        let usage = Self::usage(&message);
        let not_found = || Self::new(Exit::NotFound, &message);
        match error {
            SourceError::Stdin(source)
            | SourceError::Unreadable { source, .. }
            | SourceError::UnreadableInGit { source, .. } => usage.cause(source),
            SourceError::Missing(name) => match missing_hint(&name) {
                Some(hint) => not_found().hint(hint),
                None => not_found(),
            },
            SourceError::NoProtos(_) => {
                usage.hint("name the file of the schema; references are looked for beside it")
            }
            SourceError::UnknownFormat(_) => {
                usage.hint("name it: --schema-type avro, json or protobuf")
            }
            SourceError::MissingReference { file, .. } if file.starts_with("registry:") => {
                not_found()
                    .hint("it takes files: evctl schema get SUBJECT --into FOLDER writes them")
            }
            SourceError::MissingReference { .. } | SourceError::InNeither { .. } => not_found(),
            SourceError::LineBreak(_) => usage.cause("its name has a line break"),
            SourceError::GitName(_) => usage.hint("like git:main:schemas/order.avsc"),
            SourceError::NoSubject => usage.hint("like registry:orders-value@3"),
            SourceError::Version { .. } => usage.hint("a number, latest or all"),
            SourceError::NoRegistry => Self::no_registry(),
            SourceError::Registry { subject, source } => of_subject(source, &subject),
            SourceError::Schema { source, looks_like } => {
                let failure = match source.hint {
                    Some(hint) => usage.hint(hint),
                    None => usage,
                };
                match looks_like {
                    Some(format) => failure.hint(format!(
                        "it looks like {format}: --schema-type {}",
                        format.name()
                    )),
                    None => failure,
                }
            }
            SourceError::Git { message: said, .. } => usage.cause(said),
            SourceError::GitNotRun(source) => {
                let is_missing = source.kind() == std::io::ErrorKind::NotFound;
                let failure = usage.cause(source);
                if is_missing {
                    failure.hint("install it: apt-get install git")
                } else {
                    failure
                }
            }
            SourceError::NoCommit { message: said, .. } => not_found()
                .cause(said)
                .hint("in CI fetch it first: git fetch origin main"),
            SourceError::PathNotUtf8(_)
            | SourceError::Empty(_)
            | SourceError::TooLarge(_)
            | SourceError::NotUtf8 { .. }
            | SourceError::Range(_) => usage,
        }
    }
}

impl Failure {
    /// No schema registry is named.
    pub fn no_registry() -> Self {
        Self::usage("no schema registry is named").hint(
            "name it: --registry URL, EVCTL_REGISTRY, registry = \"URL\" in a profile, or \
             `evctl sandbox start --registry`",
        )
    }

    /// A comparison of the schema `new` that takes too much work.
    pub fn too_complex(new: &str, error: &TooComplex) -> Self {
        Self::usage(format!("{new} cannot be compared: {error}")).hint(
            "compare its parts one by one, or fewer alternatives in each anyOf, oneOf and allOf",
        )
    }
}

/// What may be meant by a name that does not exist.
fn missing_hint(name: &str) -> Option<String> {
    if name.starts_with("git:") {
        let hint = "a path in Git counts from the root; ./PATH counts from here";
        return Some(hint.to_owned());
    }
    let is_subject = !name.contains(['/', '.', ':']);
    is_subject.then(|| format!("registry:{name} is the subject of that name"))
}

/// Names the subject that was not found: a registry speaks of "Version 9".
fn of_subject(error: RegistryError, subject: &str) -> Failure {
    let is_missing = matches!(error, RegistryError::NotFound { .. });
    let mut failure = Failure::from(error);
    if is_missing && !failure.message.contains(subject) {
        failure.message = format!("subject {subject:?}: {}", failure.message);
    }
    failure
}
