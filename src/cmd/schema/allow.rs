//! Changes that were approved: a file of fingerprints, each with a reason and perhaps an end.

use std::{path::Path, time::Duration};

use jiff::civil::Date;
use serde::Deserialize;

use crate::{
    bounded_file, command::Context, config::ConfigError, failure::Failure,
    files::without_byte_order_mark, output::schema::Approval, pipeline::Cancel,
};

/// The largest file of approvals.
const LIMIT: u64 = 1 << 20;
/// How long the writer of a FIFO may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The file:
///
/// ```toml
/// [[allow]]
/// fingerprint = "0a1b2c3d4e5f"
/// reason = "billing stopped reading it in May"
/// expires = 2027-01-01
/// ```
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    allow: Vec<Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    fingerprint: String,
    reason: String,
    #[serde(default)]
    expires: Option<Expiry>,
}

/// A date of TOML's own, or in quotes.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Expiry {
    Toml(toml::value::Datetime),
    Text(String),
}

/// What is approved today.
#[derive(Debug, Default)]
pub(super) struct Approvals {
    entries: Vec<Approved>,
}

#[derive(Debug)]
struct Approved {
    fingerprint: String,
    approval: Approval,
    expired: Option<Date>,
    used: bool,
}

impl Approvals {
    /// Reads the file at `path`; on the day of `expires` an approval does not hold any more.
    ///
    /// # Errors
    /// It cannot be read or understood: where, and why.
    pub(super) fn read(path: &Path, today: Date, cancel: &Cancel) -> Result<Self, Failure> {
        let wrong = |why: String| Failure::usage(format!("--allow {}: {why}", path.display()));
        let read = bounded_file::read(path, LIMIT, PATIENCE, cancel);
        let bytes = read.map_err(|error| match cancel.raised() {
            Some(signal) => ConfigError::Interrupted(path.display().to_string(), signal).into(),
            None => wrong(error.to_string()),
        })?;
        let text = without_byte_order_mark(&bytes, &path.to_string_lossy(), "");
        let text = std::str::from_utf8(text).map_err(|error| wrong(error.to_string()))?;
        let file: File = toml::from_str(text)
            .map_err(|error| wrong(error.to_string().trim_end().replace('\n', "\n  ")))?;
        let mut entries = Vec::new();
        for entry in file.allow {
            let Entry {
                fingerprint,
                reason,
                expires,
            } = entry;
            if reason.trim().is_empty() {
                return Err(wrong(format!(
                    "the approval of {fingerprint} has no reason"
                )));
            }
            let expires = expires.map(|expiry| match expiry {
                Expiry::Toml(date) => date.to_string(),
                Expiry::Text(date) => date,
            });
            let expires = expires.map(|date| date.parse::<Date>().map_err(|_| {
                wrong(format!("the approval of {fingerprint} expires on {date:?}, which is no date like 2027-01-31"))
            }));
            let expires = expires.transpose()?;
            entries.push(Approved {
                fingerprint: fingerprint.to_lowercase(),
                approval: Approval {
                    reason,
                    expires: expires.map(|date| date.to_string()),
                },
                expired: expires.filter(|date| *date <= today),
                used: false,
            });
        }
        Ok(Self { entries })
    }

    /// The approval of what has this fingerprint; `None` when there is none that holds.
    pub(super) fn of(&mut self, fingerprint: &str) -> Option<Approval> {
        let entries = self.entries.iter_mut();
        let same = entries.filter(|entry| entry.fingerprint == fingerprint);
        let mut approval = None;
        for entry in same {
            entry.used = true;
            if entry.expired.is_none() {
                approval = approval.or_else(|| Some(entry.approval.clone()));
            }
        }
        approval
    }

    /// Says which approvals have run out, and which approve nothing.
    pub(super) fn tell(&self, context: &Context) {
        for entry in &self.entries {
            match (entry.used, entry.expired) {
                (true, Some(date)) => context.ui.warn(format_args!(
                    "the approval of {} ({}) expired on {date}",
                    entry.fingerprint, entry.approval.reason
                )),
                (false, _) => context.ui.note(format_args!(
                    "the approval of {} ({}) matches no change; remove it",
                    entry.fingerprint, entry.approval.reason
                )),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Approvals, Failure> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Approvals::read(
            file.path(),
            "2026-06-01".parse().unwrap(),
            &Cancel::default(),
        )
    }

    #[test]
    fn an_approval_has_a_reason_and_may_run_out() {
        let entry = |expires: &str| {
            format!("[[allow]]\nfingerprint = \"F\"\nreason = \"r\"\nexpires = {expires}\n")
        };
        assert!(
            read(&entry("2026-06-02")).unwrap().entries[0]
                .expired
                .is_none()
        );
        assert!(
            read(&entry("\"2026-06-01\"")).unwrap().entries[0]
                .expired
                .is_some()
        );
        assert!(
            read(&entry("\"soon\""))
                .unwrap_err()
                .message
                .contains("no date")
        );
        assert!(read("[[allow]]\nfingerprint = \"f\"\nreason = \" \"\n").is_err());
        assert!(
            read("[[allow]]\nfingerprint = \"f\"\n")
                .unwrap_err()
                .message
                .contains("reason")
        );
        assert!(read("[[alow]]\n").is_err());
    }
}
