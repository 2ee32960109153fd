//! What was typed, known again by its hash.

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::args::WhatArgs;
use crate::command::SelectArgs;

/// What decides which records are written, where, and what they look like, as it was typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Typed {
    pub(super) sources: Vec<String>,
    pub(super) what: WhatArgs,
    pub(super) select: SelectArgs,
    pub(super) limit: Option<u64>,
}

impl Typed {
    /// A name for all of it and the two clusters, 16 letters long. Pace and safety are not in it:
    /// they may change when a replay is gone on with.
    pub(super) fn hash(&self, source: Option<&str>, target: Option<&str>) -> String {
        let text = serde_json::to_vec(&(self, source, target)).unwrap_or_default();
        let hash = digest(&SHA256, &text);
        let bytes = hash.as_ref().iter().take(8);
        bytes.map(|byte| format!("{byte:02x}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> Typed {
        Typed {
            sources: vec!["orders".to_owned()],
            what: WhatArgs::default(),
            select: SelectArgs::default(),
            limit: None,
        }
    }

    #[test]
    fn the_hash_covers_what_was_typed_and_both_clusters() {
        let hash = typed().hash(Some("a"), Some("b"));
        assert_eq!(hash.len(), 16);
        assert_eq!(hash, typed().hash(Some("a"), Some("b")));
        assert_ne!(hash, typed().hash(Some("a"), Some("c")));
        let mut other = typed();
        other.what.no_mark = true;
        assert_ne!(hash, other.hash(Some("a"), Some("b")));
        other = typed();
        other.select.from = Some("-2h".to_owned());
        assert_ne!(hash, other.hash(Some("a"), Some("b")));
        // A profile's name is this machine's own.
        other = typed();
        other.what.to_profile = Some("staging".to_owned());
        assert_eq!(hash, other.hash(Some("a"), Some("b")));
    }
}
