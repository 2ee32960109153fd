//! Approvals: fingerprints of findings that do not fail a check, each with a reason and perhaps an end.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The approval of a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Approval {
    /// Why it was approved.
    pub reason: String,
    /// The first day on which it does not hold; `None` when it always does.
    pub expires: Option<String>,
}

impl fmt::Display for Approval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)?;
        match &self.expires {
            Some(date) => write!(f, " (expires {date})"),
            None => Ok(()),
        }
    }
}

/// The approvals of a file, and which of them were used.
#[derive(Debug, Default)]
pub struct Approvals {
    entries: Vec<ApprovalEntry>,
}

#[derive(Debug)]
struct ApprovalEntry {
    fingerprint: String,
    approval: Approval,
    /// The day it ended; `None` while it holds.
    expired: Option<Date>,
    used: bool,
}

/// Text that is no list of approvals.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalsError {
    /// No TOML, or not the members of an approval.
    #[error("{0}")]
    Toml(String),
    /// Its reason is empty.
    #[error("approval {0} has no reason")]
    NoReason(String),
    /// `expires` is no date.
    #[error("approval {fingerprint} expires on {date:?}, which is no date like 2027-01-31")]
    NoDate {
        /// What it approves.
        fingerprint: String,
        /// What stands there.
        date: String,
    },
}

/// An approval that its owner should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApprovalRemark {
    /// It would have approved a finding, and has expired.
    Expired(String),
    /// It approves nothing.
    Unused(String),
}

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

impl Approvals {
    /// Reads the text of a file; an approval no longer holds on the day of its `expires`.
    ///
    /// # Errors
    /// Anything but approvals, each with a reason.
    pub fn parse(text: &str, today: Date) -> Result<Self, ApprovalsError> {
        let file: File = toml::from_str(text).map_err(|error| {
            ApprovalsError::Toml(error.to_string().trim_end().replace('\n', "\n  "))
        })?;
        let entries = file.allow.into_iter().map(|entry| entry.read(today));
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
        })
    }

    /// The approval of the finding with this fingerprint; `None` when none holds.
    pub fn approve(&mut self, fingerprint: &str) -> Option<Approval> {
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

    /// The approvals that have expired, and those that matched no finding.
    pub fn remarks(&self) -> impl Iterator<Item = ApprovalRemark> {
        self.entries.iter().filter_map(|entry| {
            let (fingerprint, reason) = (&entry.fingerprint, &entry.approval.reason);
            match (entry.used, entry.expired) {
                (true, Some(date)) => Some(ApprovalRemark::Expired(format!(
                    "approval {fingerprint} ({reason}) expired on {date}"
                ))),
                (false, _) => Some(ApprovalRemark::Unused(format!(
                    "approval {fingerprint} ({reason}) matches no finding; remove it"
                ))),
                (true, None) => None,
            }
        })
    }
}

impl Entry {
    fn read(self, today: Date) -> Result<ApprovalEntry, ApprovalsError> {
        let Self {
            fingerprint,
            reason,
            expires,
        } = self;
        if reason.trim().is_empty() {
            return Err(ApprovalsError::NoReason(fingerprint));
        }
        let expires = expires.map(|expiry| match expiry {
            Expiry::Toml(date) => date.to_string(),
            Expiry::Text(date) => date,
        });
        let expires = match expires.map(|date| (date.parse::<Date>(), date)) {
            None => None,
            Some((Ok(date), _)) => Some(date),
            Some((Err(_), date)) => return Err(ApprovalsError::NoDate { fingerprint, date }),
        };
        Ok(ApprovalEntry {
            fingerprint: fingerprint.to_lowercase(),
            approval: Approval {
                reason,
                expires: expires.map(|date| date.to_string()),
            },
            expired: expires.filter(|date| *date <= today),
            used: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Approvals, ApprovalsError> {
        Approvals::parse(text, "2026-06-01".parse().unwrap())
    }

    #[test]
    fn an_approval_has_a_reason_and_may_run_out() {
        let entry = |expires: &str| {
            format!("[[allow]]\nfingerprint = \"F\"\nreason = \"r\"\nexpires = {expires}\n")
        };
        let mut holds = read(&entry("2026-06-02")).unwrap();
        assert_eq!(holds.approve("f").unwrap().reason, "r");
        assert_eq!(holds.remarks().count(), 0);
        let mut expired = read(&entry("\"2026-06-01\"")).unwrap();
        assert_eq!(expired.approve("f"), None);
        assert!(matches!(
            expired.remarks().next(),
            Some(ApprovalRemark::Expired(_))
        ));
        let wrong = |text: &str| read(text).unwrap_err().to_string();
        assert!(wrong(&entry("\"soon\"")).contains("no date"));
        assert!(wrong("[[allow]]\nfingerprint = \"f\"\nreason = \" \"\n").contains("no reason"));
        assert!(wrong("[[allow]]\nfingerprint = \"f\"\n").contains("reason"));
        assert!(read("[[alow]]\n").is_err());
    }

    #[test]
    fn an_approval_of_nothing_is_remarked() {
        let approvals = read("[[allow]]\nfingerprint = \"f\"\nreason = \"r\"\n").unwrap();
        let unused = "approval f (r) matches no finding; remove it".to_owned();
        let remarks: Vec<_> = approvals.remarks().collect();
        assert_eq!(remarks, [ApprovalRemark::Unused(unused)]);
    }
}
