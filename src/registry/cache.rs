//! Schemas by id, kept on disk: what an id stands for never changes.

use std::{
    fs,
    path::{Path, PathBuf},
};

use ring::digest;

use super::Registered;

/// A folder with a file for each id of one registry.
#[derive(Clone, Debug)]
pub(super) struct Cache {
    folder: PathBuf,
}

impl Cache {
    /// The part of `folder` that belongs to the registry at `url`.
    pub(super) fn new(folder: &Path, url: &str) -> Self {
        let hash = digest::digest(&digest::SHA256, url.as_bytes());
        let name: String = hash.as_ref()[..8]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self {
            folder: folder.join(name),
        }
    }

    /// The schema with this id, if it is there and whole.
    pub(super) fn get(&self, id: &str) -> Option<Registered> {
        let text = fs::read_to_string(self.path(id)).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Keeps it, if that can be done: under another name first, so that nobody reads a half.
    pub(super) fn put(&self, id: &str, schema: &Registered) {
        let Ok(text) = serde_json::to_string(schema) else {
            return;
        };
        let beside = self.path(&format!("{id}.{}", std::process::id()));
        let _ = fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&beside, text))
            .and_then(|()| fs::rename(&beside, self.path(id)));
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }
}
