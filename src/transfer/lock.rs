//! Held for as long as a replay runs on this machine.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    path::Path,
};

use super::state_file::{StateFileError, path};
use crate::replay::CheckpointOwner;

/// The lock of a replay, which one process of this machine has alone. The file names the
/// [`CheckpointOwner`] that had it last.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Takes the lock of the replay called `id`; `None` when a process of this machine has it.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn take(id: &str) -> Result<Option<Self>, StateFileError> {
        let path = path(id)?.with_extension("lock");
        let open = || {
            fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
            let mut options = OpenOptions::new();
            options.create(true).truncate(false).read(true).write(true);
            options.open(&path)
        };
        let file = open().map_err(|error| StateFileError::io("open", &path, error))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(StateFileError::io("lock", &path, error)),
        }
    }

    /// Takes the lock of the replay called `id`.
    ///
    /// # Errors
    /// Another process of this machine has it, or the file cannot be created.
    pub fn take_alone(id: &str) -> Result<Self, StateFileError> {
        Self::take(id)?.ok_or_else(|| StateFileError::Running(id.to_owned()))
    }

    /// The run that held this lock before, and has ended therefore; `None` when there was none, or
    /// the file cannot be read.
    #[must_use]
    pub fn last_owner(&self) -> Option<CheckpointOwner> {
        let mut file = &self.0;
        let mut text = String::new();
        file.rewind().ok()?;
        file.read_to_string(&mut text).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Writes `owner` into the file. Where that fails, the next run does not know that this one has
    /// ended, and counts more records as written twice.
    pub fn set_last_owner(&self, owner: &CheckpointOwner) {
        let mut file = &self.0;
        let text = serde_json::to_vec(owner).unwrap_or_default();
        let _ = (file.set_len(0))
            .and_then(|()| file.rewind())
            .and_then(|()| file.write_all(&text));
    }
}
