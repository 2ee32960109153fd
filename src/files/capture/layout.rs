//! The first and the last line of a capture file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::pipeline::Gap;

/// What the first line's `evctl` says.
pub(super) const VERSION: &str = "capture/1";

/// How the first line begins; no record does.
pub(super) const START: &[u8] = b"{\"evctl\":";

/// How the last line begins; no record does.
pub(super) const END: &[u8] = b"{\"evctl\":\"end\"";

/// What was captured, when and how.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct CaptureHeader {
    /// When the capture began, RFC 3339.
    pub at: String,
    /// The cluster's id; `None` when the broker did not tell.
    pub cluster_id: Option<String>,
    /// The selection as it was typed.
    pub query: serde_json::Value,
    /// The topics that were read.
    pub topics: Vec<TopicInfo>,
    /// The paths whose content was replaced by `[redacted]`: the records are not the original ones.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub redacted: Vec<String>,
    /// Schemas that the records refer to, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub schemas: BTreeMap<String, serde_json::Value>,
    /// Which part of a split capture this file is; `None` for a capture in one file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<SplitPart>,
}

/// A file's place among the parts of a split capture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitPart {
    /// The same in all parts of a capture, and in no other.
    pub set: String,
    /// The part, from 1.
    pub number: u32,
}

/// A topic as it was when it was captured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TopicInfo {
    /// Its name.
    pub name: String,
    /// How many partitions it had.
    pub partitions: i32,
    /// `message.timestamp.type`; `None` when it could not be asked.
    pub timestamp_type: Option<String>,
    /// `cleanup.policy`; `None` when it could not be asked.
    pub cleanup_policy: Option<String>,
    /// What was read: partition, first offset, offset after the last.
    pub ranges: Vec<(i32, i64, i64)>,
}

#[derive(Serialize)]
struct FirstLine<'a> {
    evctl: &'a str,
    #[serde(flatten)]
    header: &'a CaptureHeader,
}

/// The last line.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct LastLine {
    evctl: String,
    pub(super) records: u64,
    pub(super) sha256: String,
    #[serde(default)]
    gaps: Vec<(String, i32, i64, i64, String)>,
    #[serde(default)]
    pub(super) truncated: bool,
    /// Whether another part of the split capture follows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) more: bool,
}

/// The first line with its newline.
pub(super) fn first_line(header: &CaptureHeader) -> Vec<u8> {
    line(&FirstLine {
        evctl: VERSION,
        header,
    })
}

/// A first line that says that it is a capture's, and cannot be taken.
pub(super) enum FirstLineError {
    /// Of another version.
    Version(String),
    /// Not the header that it says it is.
    Header(serde_json::Error),
}

/// What a first line says; `None` when it is not a capture's.
pub(super) fn parse_first_line(line: &[u8]) -> Result<Option<CaptureHeader>, FirstLineError> {
    #[derive(Deserialize)]
    struct Probe {
        evctl: String,
    }
    match serde_json::from_slice::<Probe>(line) {
        Ok(probe) if probe.evctl == VERSION => serde_json::from_slice(line)
            .map(Some)
            .map_err(FirstLineError::Header),
        Ok(probe) if probe.evctl.starts_with("capture/") => {
            Err(FirstLineError::Version(probe.evctl))
        }
        _ => Ok(None),
    }
}

/// A value as one line of JSON with its newline.
fn line(value: &impl Serialize) -> Vec<u8> {
    let mut line = serde_json::to_vec(value).expect("strings, numbers, and maps with string keys");
    line.push(b'\n');
    line
}

impl LastLine {
    pub(super) fn new(records: u64, sha256: String, gaps: &[Gap], truncated: bool) -> Self {
        let gap = |gap: &Gap| {
            (
                gap.topic.to_string(),
                gap.partition,
                gap.from,
                gap.to,
                gap.reason.clone(),
            )
        };
        Self {
            evctl: "end".to_owned(),
            records,
            sha256,
            gaps: gaps.iter().map(gap).collect(),
            truncated,
            more: false,
        }
    }

    /// The last line of a part that another one follows.
    pub(super) fn of_part(records: u64, sha256: String) -> Self {
        Self {
            more: true,
            ..Self::new(records, sha256, &[], false)
        }
    }

    pub(super) fn to_line(&self) -> Vec<u8> {
        line(self)
    }

    pub(super) fn gaps(&self) -> impl Iterator<Item = Gap> {
        self.gaps
            .iter()
            .map(|(topic, partition, from, to, reason)| Gap {
                topic: topic.as_str().into(),
                partition: *partition,
                from: *from,
                to: *to,
                reason: reason.clone(),
            })
    }
}

/// A digest as it is written.
pub(super) fn hex(digest: &ring::digest::Digest) -> String {
    use std::fmt::Write;
    digest
        .as_ref()
        .iter()
        .fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
