//! What a replay is, independent of the command line: which records it writes, where, and what they
//! look like. It is stored, hashed, and printed as a command.
//!
//! An option at its default is left out of the stored and the hashed form. So an evctl with more
//! options takes a replay of an older one for the same replay.

mod command_line;
mod run_options;
mod selection;
pub mod version_1;

use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

pub use run_options::RunOptions;
pub use selection::{IsolationLevel, SelectionSpec};

/// The version of [`ReplaySpec`] that this evctl writes.
pub const SPEC_VERSION: u32 = 2;

/// Which records a replay writes, where, and what they look like. Texts are as they were typed:
/// `--last 1h` typed tomorrow is the same replay, resumed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplaySpec {
    /// [`SPEC_VERSION`]
    pub version: u32,
    /// Topics, or files.
    pub sources: Vec<String>,
    /// The id of the cluster that is read; `None` for files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_cluster: Option<String>,
    /// The id of the cluster that is written to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_cluster: Option<String>,
    /// `--to-topic`: a topic, `same`, or a template with `{topic}`; `None` with `--in-place` alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_topic: Option<String>,
    /// `--in-place`
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_place: bool,
    /// Which records are read.
    #[serde(default, skip_serializing_if = "SelectionSpec::is_everything")]
    pub selection: SelectionSpec,
    /// `--late`; `None` is `auto`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late: Option<String>,
    /// `--by-time`; `None` is `record`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_time: Option<String>,
    /// `--timestamps`; `None` is `original`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timestamps: Option<String>,
    /// `--partitions`; `None` keeps them where both topics have as many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitions: Option<String>,
    /// `--no-mark`
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_mark: bool,
    /// `--set-header`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_header: Vec<String>,
    /// `--drop-header`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drop_header: Vec<String>,
    /// `--redact`
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redact: Vec<String>,
    /// `--transform`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<String>,
    /// `--dedupe`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dedupe: Option<String>,
}

impl ReplaySpec {
    /// The value of `--late` that is the default.
    pub const LATE: &str = "auto";
    /// The value of `--by-time` that is the default.
    pub const BY_TIME: &str = "record";
    /// The value of `--timestamps` that is the default.
    pub const TIMESTAMPS: &str = "original";

    /// `--late`
    #[must_use]
    pub fn late(&self) -> &str {
        self.late.as_deref().unwrap_or(Self::LATE)
    }

    /// `--by-time`
    #[must_use]
    pub fn by_time(&self) -> &str {
        self.by_time.as_deref().unwrap_or(Self::BY_TIME)
    }

    /// `--timestamps`
    #[must_use]
    pub fn timestamps(&self) -> &str {
        self.timestamps.as_deref().unwrap_or(Self::TIMESTAMPS)
    }

    /// Where the records go: a topic, `same`, or a template with `{topic}`.
    #[must_use]
    pub fn target(&self) -> &str {
        self.to_topic.as_deref().unwrap_or("same")
    }

    /// Whether the targets are named after the sources.
    #[must_use]
    pub fn target_follows_source(&self) -> bool {
        self.target() == "same" || self.target().contains("{topic}")
    }

    /// The topic that records of `source` go to.
    #[must_use]
    pub fn target_of(&self, source: &str) -> String {
        match self.target() {
            "same" => source.to_owned(),
            template => template.replace("{topic}", source),
        }
    }

    /// A name for all of it, 16 hexadecimal digits.
    #[must_use]
    pub fn hash(&self) -> String {
        short_hash(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Whether `hash`, stored by this or an older evctl, is the name of this replay.
    #[must_use]
    pub fn has_hash(&self, hash: &str) -> bool {
        hash == self.hash() || hash == version_1::hash(self)
    }
}

/// A line of `evctl replay`: what is replayed, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// What is replayed.
    pub spec: ReplaySpec,
    /// How; may differ from run to run.
    #[serde(default)]
    pub options: RunOptions,
    /// `--to-profile`: the target's profile, a name of this machine.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_profile: Option<String>,
}

fn short_hash(text: &[u8]) -> String {
    let hash = digest(&SHA256, text);
    let bytes = hash.as_ref().iter().take(8);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> ReplaySpec {
        ReplaySpec {
            version: SPEC_VERSION,
            sources: vec!["orders".to_owned()],
            source_cluster: Some("a".to_owned()),
            target_cluster: Some("b".to_owned()),
            to_topic: Some("copy".to_owned()),
            ..ReplaySpec::default()
        }
    }

    #[test]
    fn the_hash_covers_every_field() {
        let hash = spec().hash();
        let changes: [fn(&mut ReplaySpec); 6] = [
            |spec| spec.target_cluster = Some("c".to_owned()),
            |spec| spec.no_mark = true,
            |spec| spec.selection.from = Some("-2h".to_owned()),
            |spec| spec.selection.limit = Some(3),
            |spec| spec.late = Some("1h".to_owned()),
            |spec| spec.redact.push("email".to_owned()),
        ];
        for change in changes {
            let mut other = spec();
            change(&mut other);
            assert_ne!(other.hash(), hash, "{other:?}");
            assert!(!other.has_hash(&hash) && other.has_hash(&other.hash()));
        }
    }

    /// Replays that run while evctl is upgraded have these hashes. A field that is new has to be
    /// left out at its default, and stand anywhere but between the others' order.
    #[test]
    fn the_hash_of_a_replay_never_changes() {
        assert_eq!(spec().hash(), "7516d99c2da1e4fa");
        let mut all = spec();
        all.in_place = true;
        all.selection = SelectionSpec {
            from: Some("-2h".to_owned()),
            key_partition: true,
            header: vec!["a=b".to_owned()],
            isolation: Some(IsolationLevel::Uncommitted),
            limit: Some(7),
            ..SelectionSpec::default()
        };
        all.late = Some("all".to_owned());
        all.dedupe = Some("id".to_owned());
        assert_eq!(all.hash(), "363d5ad7b7b85848");
    }

    #[test]
    fn an_option_that_a_later_version_adds_leaves_the_hash_of_other_replays() {
        /// The spec of a later evctl.
        #[derive(Serialize)]
        struct Later {
            #[serde(flatten)]
            spec: ReplaySpec,
            #[serde(skip_serializing_if = "Option::is_none")]
            compression: Option<String>,
        }
        let mut later = Later {
            spec: spec(),
            compression: None,
        };
        let hash = |later: &Later| short_hash(&serde_json::to_vec(later).unwrap());
        assert_eq!(hash(&later), spec().hash());
        later.compression = Some("zstd".to_owned());
        assert_ne!(hash(&later), spec().hash());
    }

    #[test]
    fn a_stored_spec_with_an_unknown_option_is_refused() {
        let text = r#"{"version":2,"sources":["a"],"to_topic":"b","compression":"zstd"}"#;
        let error = serde_json::from_str::<ReplaySpec>(text).unwrap_err();
        assert!(error.to_string().contains("compression"), "{error}");
    }

    #[test]
    fn a_template_names_the_target_after_its_source() {
        let target = |to: Option<&str>| {
            let mut spec = spec();
            spec.to_topic = to.map(str::to_owned);
            (spec.target_of("orders"), spec.target_follows_source())
        };
        assert_eq!(target(Some("copy")), ("copy".to_owned(), false));
        assert_eq!(target(Some("same")), ("orders".to_owned(), true));
        assert_eq!(target(Some("{topic}.x")), ("orders.x".to_owned(), true));
        assert_eq!(target(None), ("orders".to_owned(), true));
    }
}
