//! How a replay is run: pace, safety, patience. May differ from run to run.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// The options of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunOptions {
    /// `--speed`; `None` is `max`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed: Option<String>,
    /// `--rate`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// `--max-gap`, in whole milliseconds.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "optional_duration"
    )]
    pub max_gap: Option<Duration>,
    /// `--exactly-once`; the same in every run of a replay.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exactly_once: bool,
    /// `--share`
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub share: bool,
    /// `--id`; `None` names the replay after its source and the time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// `--exact`
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
    /// `--allow-unmatched-redact`
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_unmatched_redact: bool,
    /// `--stall-timeout`, in whole milliseconds; `None` is [`RunOptions::STALL_TIMEOUT`].
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "optional_duration"
    )]
    pub stall_timeout: Option<Duration>,
    /// `--allow-truncated`
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_truncated: bool,
}

impl RunOptions {
    /// The value of `--speed` that is the default.
    pub const SPEED: &str = "max";
    /// The value of `--stall-timeout` that is the default.
    pub const STALL_TIMEOUT: Duration = Duration::from_secs(30);

    /// `--speed`
    #[must_use]
    pub fn speed(&self) -> &str {
        self.speed.as_deref().unwrap_or(Self::SPEED)
    }

    /// `--stall-timeout`
    #[must_use]
    pub fn stall_timeout(&self) -> Duration {
        self.stall_timeout.unwrap_or(Self::STALL_TIMEOUT)
    }
}

/// Durations as they are typed: `500ms`.
mod optional_duration {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::select::{duration_text, parse_duration};

    #[expect(clippy::ref_option, reason = "as serde asks")]
    pub(super) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match duration {
            Some(duration) => serializer.serialize_str(&duration_text(*duration)),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| {
            parse_duration(&text).ok_or_else(|| Error::custom(format!("{text:?} is no duration")))
        })
        .transpose()
    }
}
