//! Which project files may fetch secrets, and choose among the user's profiles: those that the user
//! trusts, by path and content.
//!
//! A project's file comes with whatever repository the working directory is in. Its commands would
//! run as the user; files and variables that it names would be sent to its own brokers.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use ring::digest;

use super::{
    ConfigError,
    profile::{Origin, Profile, Setting, Value},
    secret::SecretSource,
};

/// Whether a project's file may fetch secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is as it was when it was trusted.
    Given,
    /// It is another one than was trusted.
    Changed,
    /// Nobody trusted it.
    Never,
}

impl Trust {
    /// Whether the file at `path` with `content` is trusted by the records in the folder `state`.
    pub(super) fn of(state: Option<&Path>, path: &Path, content: &[u8]) -> Self {
        let record = state.and_then(|state| fs::read_to_string(record(state, path)).ok());
        match record {
            Some(text) if text == line(path, content) => Self::Given,
            Some(_) => Self::Changed,
            None => Self::Never,
        }
    }

    /// Checks that `profile` fetches no secret that the file `project` names, unless that is
    /// trusted.
    ///
    /// # Errors
    /// The first such secret.
    pub(super) fn check(self, profile: &Profile, project: &Path) -> Result<(), ConfigError> {
        if self == Self::Given {
            return Ok(());
        }
        for (name, setting) in &profile.kafka {
            let Value::Secret(source) = &setting.value else {
                continue;
            };
            if matches!(&setting.origin, Origin::File { path, .. } if **path == *project) {
                return Err(ConfigError::Untrusted {
                    name: name.clone(),
                    origin: setting.origin.clone(),
                    source_kind: match source {
                        SecretSource::Command(_) => "a command",
                        SecretSource::File(_) => "a file",
                        SecretSource::Env(_) => "an environment variable",
                    },
                    changed: self == Self::Changed,
                });
            }
        }
        Ok(())
    }

    /// Checks that the profile `name`, which the project's file makes the default, may be one of the
    /// user's `file`: commands would work on another cluster than the user expects.
    ///
    /// # Errors
    /// The project's file is not trusted.
    pub(super) fn check_default(
        self,
        name: &Setting<String>,
        file: &Path,
    ) -> Result<(), ConfigError> {
        if self == Self::Given {
            return Ok(());
        }
        Err(ConfigError::UntrustedDefault {
            name: name.value.clone(),
            origin: name.origin.clone(),
            path: file.to_owned(),
            changed: self == Self::Changed,
        })
    }

    /// Records that the file at `path` is trusted with `content`.
    ///
    /// # Errors
    /// The record cannot be written.
    pub(super) fn give(state: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
        let record = record(state, path);
        let folder = record.parent().unwrap_or(state);
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        io::Write::write_all(&mut file, line(path, content).as_bytes())?;
        file.persist(record)?;
        Ok(())
    }
}

/// The place of a file's record: `trusted/` and the hash of its path.
fn record(state: &Path, path: &Path) -> PathBuf {
    let path = canonical(path);
    let name = hash(path.as_os_str().as_encoded_bytes());
    state.join("trusted").join(name)
}

/// A record, in the form of `sha256sum`.
fn line(path: &Path, content: &[u8]) -> String {
    format!("{}  {}\n", hash(content), canonical(path).display())
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

fn hash(bytes: &[u8]) -> String {
    digest::digest(&digest::SHA256, bytes)
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trust_holds_for_one_path_and_one_content() {
        let state = tempfile::tempdir().unwrap();
        let [one, other] = ["/a/evctl.toml", "/b/evctl.toml"].map(Path::new);
        let trust = |path, content: &str| Trust::of(Some(state.path()), path, content.as_bytes());
        assert_eq!(trust(one, "x"), Trust::Never);
        Trust::give(state.path(), one, b"x").unwrap();
        assert_eq!(trust(one, "x"), Trust::Given);
        assert_eq!(trust(one, "y"), Trust::Changed);
        assert_eq!(trust(other, "x"), Trust::Never);
        assert_eq!(Trust::of(None, one, b"x"), Trust::Never);
        Trust::give(state.path(), one, b"y").unwrap();
        assert_eq!(trust(one, "y"), Trust::Given);
        assert_eq!(trust(one, "x"), Trust::Changed);
    }
}
