//! Schemas that could not be judged: a report without them would be green.

use std::sync::Arc;

use crate::schema::Position;

/// A file that a check was to judge and could not.
#[derive(Clone, Debug)]
pub struct Unjudged {
    /// The schema's name.
    pub name: String,
    /// Why not, on one line.
    pub message: String,
    /// What to do about it.
    pub hints: Vec<String>,
    /// The file and where in it, when that is known.
    pub place: Option<(Arc<str>, Position)>,
    /// What `--allow` names; `None` for what cannot be approved.
    pub fingerprint: Option<String>,
}

impl Unjudged {
    /// Message, hints and fingerprint, one in each line.
    pub(super) fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.message.clone()];
        lines.extend(self.hints.iter().map(|hint| format!("hint: {hint}")));
        let fingerprint = self.fingerprint.iter();
        lines.extend(fingerprint.map(|fingerprint| format!("fingerprint {fingerprint}")));
        lines
    }
}
