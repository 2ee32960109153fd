//! The Java that runs a server.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use super::SandboxError;
use crate::config::env;

/// Kafka 4's brokers need Java 17 (KIP-1013).
pub(super) const FOR_KAFKA: u32 = 17;

/// Where Linux distributions put theirs, beside the one that `java` is.
const INSTALLED: &str = "/usr/lib/jvm";

/// The first `java` of `JAVA_HOME` and `PATH` that is `oldest` or newer.
pub(super) fn find(oldest: u32) -> Result<PathBuf, SandboxError> {
    let home = env::variable("JAVA_HOME").map(|home| Path::new(&home).join("bin/java"));
    first(home.into_iter().chain([PathBuf::from("java")]), oldest)
}

/// The same, or else the first one that is installed beside them.
pub(super) fn find_anywhere(oldest: u32) -> Result<PathBuf, SandboxError> {
    find(oldest).or_else(|error| first(installed(), oldest).map_err(|_| error))
}

fn first(
    candidates: impl IntoIterator<Item = PathBuf>,
    oldest: u32,
) -> Result<PathBuf, SandboxError> {
    let mut error = SandboxError::NoJava;
    for program in candidates {
        match version(&program) {
            Some(found) if found >= oldest => return Ok(program),
            Some(found) => {
                error = SandboxError::OldJava {
                    program: program.display().to_string(),
                    found,
                    needed: oldest,
                };
            }
            None => {}
        }
    }
    Err(error)
}

fn installed() -> Vec<PathBuf> {
    let entries = fs::read_dir(INSTALLED).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries.map(|entry| entry.path().join("bin/java")).collect();
    found.sort_unstable();
    found
}

fn version(program: &Path) -> Option<u32> {
    let output = Command::new(program)
        .arg("-version")
        .stdin(Stdio::null())
        .output()
        .ok()?;
    feature_version(&String::from_utf8_lossy(&output.stderr))
}

/// The feature version in the first quoted word: 17 for `openjdk version "17.0.15" 2025-04-15`, 8
/// for the old style `java version "1.8.0_402"`.
fn feature_version(text: &str) -> Option<u32> {
    let quoted = text.split('"').nth(1)?;
    let mut numbers = quoted
        .split(|character: char| !character.is_ascii_digit())
        .map_while(|digits| digits.parse().ok());
    match numbers.next()? {
        1 => numbers.next(),
        feature => Some(feature),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feature_version_is_read_in_both_styles() {
        for (text, feature) in [
            ("openjdk version \"17.0.15\" 2025-04-15\nOpenJDK", Some(17)),
            ("openjdk version \"21\" 2023-09-19", Some(21)),
            ("java version \"1.8.0_402\"", Some(8)),
            ("openjdk version \"25-ea\" 2025-09-16", Some(25)),
            ("sh: java: not found", None),
            ("\"\"", None),
        ] {
            assert_eq!(feature_version(text), feature, "{text}");
        }
    }
}
