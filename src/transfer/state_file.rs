//! What this machine stores of its replays: one file each in the state directory.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    config::env,
    replay::{Plan, ReplayRequest, SPEC_VERSION, is_valid_id, version_1},
};

/// The version of the files.
const KIND: &str = "evctl.replay-plan/2";
/// Files of evctl before [`ReplaySpec`](crate::replay::ReplaySpec).
const KIND_1: &str = "evctl.replay-plan/1";

/// A replay as it was asked for and planned.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateFile {
    kind: String,
    /// What was decided when it began.
    pub plan: Plan,
    /// What was asked for.
    pub request: ReplayRequest,
    /// How the source's cluster was named.
    pub connection: Connection,
}

/// How a cluster was named on the command line. Secrets are not stored.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Connection {
    /// `--profile`
    pub profile: Option<String>,
    /// `--brokers`
    pub brokers: Option<String>,
    /// `-X`, without passwords and the like.
    pub properties: Vec<String>,
}

/// The form of [`KIND_1`].
#[derive(Deserialize)]
struct Version1 {
    plan: Plan,
    typed: version_1::Typed,
    to_profile: Option<String>,
    how: version_1::How,
    read: version_1::Read,
    reach: Connection,
}

impl Version1 {
    fn migrate(self) -> StateFile {
        let Self { plan, reach, .. } = self;
        let mut request = version_1::request(self.typed, self.how, &self.read, self.to_profile);
        // Files were hashed without the cluster that they were captured from.
        request.spec.source_cluster = plan.source_cluster.clone().filter(|_| !plan.files);
        request.spec.target_cluster.clone_from(&plan.target_cluster);
        StateFile::new(plan, request, reach)
    }
}

impl StateFile {
    /// What is to be stored of a replay.
    #[must_use]
    pub fn new(plan: Plan, request: ReplayRequest, connection: Connection) -> Self {
        Self {
            kind: KIND.to_owned(),
            plan,
            request,
            connection,
        }
    }

    /// The replay called `id`; `None` when this machine knows none.
    ///
    /// # Errors
    /// `id` is not a name, or the file cannot be read or understood.
    pub fn load(id: &str) -> Result<Option<Self>, StateFileError> {
        let path = path(id)?;
        match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StateFileError::io("read", &path, error)),
            Ok(bytes) => Self::parse(&path, &bytes).map(Some),
        }
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, StateFileError> {
        #[derive(Deserialize)]
        struct Head {
            kind: String,
        }
        let malformed = |source| StateFileError::Malformed {
            path: path.to_owned(),
            source,
        };
        let Head { kind } = serde_json::from_slice(bytes).map_err(malformed)?;
        let state: Self = match &*kind {
            KIND_1 => serde_json::from_slice::<Version1>(bytes)
                .map_err(malformed)?
                .migrate(),
            KIND => serde_json::from_slice(bytes).map_err(malformed)?,
            _ => {
                return Err(StateFileError::Version {
                    path: path.to_owned(),
                    kind: format!("{kind:?}"),
                });
            }
        };
        match state.request.spec.version {
            SPEC_VERSION => Ok(state),
            version => Err(StateFileError::Version {
                path: path.to_owned(),
                kind: format!("{kind:?} with a replay of version {version}"),
            }),
        }
    }

    /// All that this machine knows by name, and why files cannot be read.
    #[must_use]
    pub fn all() -> (Vec<Self>, Vec<StateFileError>) {
        let entries = directory().ok().and_then(|path| fs::read_dir(path).ok());
        let mut found = Vec::new();
        let mut failed = Vec::new();
        for entry in entries.into_iter().flatten().flatten() {
            let name = entry.file_name();
            let Some(id) = name.to_str().and_then(|name| name.strip_suffix(".json")) else {
                continue;
            };
            match Self::load(id) {
                Ok(Some(state)) => found.push(state),
                Ok(None) => {}
                Err(error) => failed.push(error),
            }
        }
        found.sort_by(|a, b| a.plan.id.cmp(&b.plan.id));
        (found, failed)
    }

    /// Writes the file. A reader finds the old one or the new one, never a part.
    ///
    /// # Errors
    /// The file cannot be written: then nothing is to be replayed.
    pub fn store(&self) -> Result<(), StateFileError> {
        let path = path(&self.plan.id)?;
        let write = || {
            let directory = path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(directory)?;
            let mut file = tempfile::NamedTempFile::new_in(directory)?;
            serde_json::to_writer_pretty(&mut file, self)?;
            file.as_file().sync_all()?;
            file.persist(&path)?;
            Ok(())
        };
        write().map_err(|error| StateFileError::io("write", &path, error))
    }

    /// Removes the file of the replay called `id`; whether there was one.
    ///
    /// # Errors
    /// The file cannot be removed.
    pub fn remove(id: &str) -> Result<bool, StateFileError> {
        let path = path(id)?;
        // A process that waits for the lock has the file open: that its name is gone does not hurt.
        let _ = fs::remove_file(path.with_extension("lock"));
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(StateFileError::io("remove", &path, error)),
        }
    }
}

/// Why a state file or its lock cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StateFileError {
    /// No name of a replay.
    #[error("{0:?} is not a name for a replay")]
    InvalidId(String),
    /// Neither `XDG_STATE_HOME` nor `HOME` is set.
    #[error("there is no HOME to keep the plan in")]
    NoHome,
    /// The file system refuses.
    #[error("cannot {verb} {path}", path = path.display())]
    Io {
        /// What failed: `read`.
        verb: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no state file, or misses something.
    #[error("cannot understand {path}", path = path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// Another evctl wrote it.
    #[error("cannot understand {path}", path = path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its kind, quoted.
        kind: String,
    },
    /// A process of this machine runs the replay of this name.
    #[error("replay {0:?} runs already on this machine")]
    Running(String),
}

impl StateFileError {
    pub(super) fn io(verb: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            verb,
            path: path.to_owned(),
            source,
        }
    }
}

fn directory() -> Result<PathBuf, StateFileError> {
    let state = env::state_directory().ok_or(StateFileError::NoHome)?;
    Ok(state.join("replay"))
}

/// The file of the replay called `id`.
pub(super) fn path(id: &str) -> Result<PathBuf, StateFileError> {
    if !is_valid_id(id) {
        return Err(StateFileError::InvalidId(id.to_owned()));
    }
    Ok(directory()?.join(format!("{id}.json")))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// State files as evctl wrote them before `ReplaySpec`.
    const WITH_OPTIONS: &[u8] = include_bytes!("../../fixtures/replay/state-1-options.json");
    const WITH_DEFAULTS: &[u8] = include_bytes!("../../fixtures/replay/state-1-defaults.json");

    fn parse(bytes: &[u8]) -> Result<StateFile, StateFileError> {
        StateFile::parse(Path::new("x.json"), bytes)
    }

    #[test]
    fn a_file_of_version_1_is_the_same_replay() {
        for bytes in [WITH_OPTIONS, WITH_DEFAULTS] {
            let state = parse(bytes).unwrap();
            let spec = &state.request.spec;
            assert!(spec.has_hash(&state.plan.hash), "{spec:?}");
            assert_ne!(spec.hash(), state.plan.hash);
            assert_eq!(state.plan.ranges.len(), 2);
            let again = serde_json::to_vec(&state).unwrap();
            let again = parse(&again).unwrap();
            assert_eq!(again.request, state.request);
            assert_eq!(again.plan.hash, state.plan.hash);
        }
    }

    #[test]
    fn a_file_of_version_1_keeps_every_option() {
        let state = parse(WITH_OPTIONS).unwrap();
        assert_eq!(
            state.request.options.max_gap,
            Some(Duration::from_millis(500))
        );
        assert_eq!(
            state.request.arguments(),
            "orders --to-topic orders.copy --from=-2h --to=-0s --partition 0,1 --header a=b \
             --filter '.value.total > 3' --isolation committed --late 2h --set-header team=x \
             --drop-header 'x-*' --dedupe id --speed 1x --rate 100/s --max-gap 500ms --id old-1 \
             --stall-timeout 90s"
        );
        let state = parse(WITH_DEFAULTS).unwrap();
        assert_eq!(
            state.request.arguments(),
            "orders --to-topic orders.copy --rate 100/s --id old-2"
        );
        assert_eq!(state.connection.properties, ["client.id=x"]);
    }

    #[test]
    fn a_file_of_a_later_version_is_refused_by_name() {
        let later = r#"{"kind":"evctl.replay-plan/3"}"#;
        match parse(later.as_bytes()) {
            Err(StateFileError::Version { kind, .. }) => {
                assert_eq!(kind, "\"evctl.replay-plan/3\"");
            }
            other => panic!("{other:?}"),
        }
        let state = parse(WITH_DEFAULTS).unwrap();
        let mut value = serde_json::to_value(&state).unwrap();
        value["request"]["spec"]["version"] = 3.into();
        let error = parse(value.to_string().as_bytes()).unwrap_err();
        assert!(matches!(error, StateFileError::Version { .. }), "{error:?}");
        value["request"]["spec"]["version"] = 2.into();
        value["request"]["spec"]["compression"] = "zstd".into();
        let error = parse(value.to_string().as_bytes()).unwrap_err();
        assert!(
            matches!(error, StateFileError::Malformed { .. }),
            "{error:?}"
        );
    }
}
