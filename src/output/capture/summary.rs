//! The result of `evctl capture`.

use std::io::{self, Write};

use serde::Serialize;

use crate::{
    codec::text::counted,
    files::capture::{CaptureSummary, Saved},
    output::report::json,
};

/// A capture that was written.
pub struct CaptureResult<'r> {
    /// What was written.
    pub summary: &'r CaptureSummary,
    /// The files, named as they were typed where that is possible.
    pub files: Vec<String>,
    /// Whether the read ended before its end.
    pub truncated: bool,
    /// The paths that are redacted in its records.
    pub redacted: &'r [String],
}

#[derive(Serialize)]
struct Json<'r> {
    bytes: u64,
    files: &'r [String],
    kind: &'static str,
    records: u64,
    redacted: &'r [String],
    sha256: &'r str,
    truncated: bool,
}

impl CaptureResult<'_> {
    /// Writes it as a line of JSON.
    ///
    /// # Errors
    /// What `out` failed with.
    pub fn write_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let json = Json {
            bytes: self.summary.bytes,
            files: &self.files,
            kind: "evctl.capture/1",
            records: self.summary.records,
            redacted: self.redacted,
            sha256: &self.summary.sha256,
            truncated: self.truncated || self.lost(),
        };
        json::write(out, &json)
    }

    /// Whether records that were read are not in the files.
    fn lost(&self) -> bool {
        matches!(self.summary.saved, Saved::Before(_))
    }

    /// The line about it; `None` when nothing is in a file because a write failed.
    #[must_use]
    pub fn line(&self) -> Option<String> {
        let place = match (self.files.as_slice(), &self.summary.saved) {
            ([], Saved::Before(_)) => return None,
            ([], Saved::Unknown) => {
                let closed = "standard output was closed before the end: the capture is not whole";
                return Some(closed.to_owned());
            }
            ([], Saved::All) => "standard output".to_owned(),
            ([first, .., last], _) if self.files.len() > 2 => {
                format!("{first} to {last} ({} files)", self.files.len())
            }
            (files, _) => files.join(", "),
        };
        let redacts = redacts(self.redacted);
        let note = match (self.lost(), self.truncated) {
            (true, _) => format!("{redacts}; what came after these was not kept"),
            (false, true) => format!(", marked as truncated{redacts}"),
            (false, false) => redacts,
        };
        let records = counted(self.summary.records, "record");
        Some(format!("captured {records} to {place}{note}"))
    }
}

/// The part of a line about a capture that names its redaction; empty without paths.
#[must_use]
pub fn redacts(paths: &[String]) -> String {
    match paths.is_empty() {
        true => String::new(),
        false => format!(", redacted: {}", paths.join(", ")),
    }
}
