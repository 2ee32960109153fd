//! The kinds of schemas.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The kind of a schema; serialized as registries name it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Format {
    /// Apache Avro; what a registry means when it says nothing.
    #[default]
    Avro,
    /// JSON Schema.
    Json,
    /// Protocol Buffers.
    Protobuf,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Avro, Self::Json, Self::Protobuf];

    /// Its name on a command line: `avro`, `json`, `protobuf`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Avro => "avro",
            Self::Json => "json",
            Self::Protobuf => "protobuf",
        }
    }

    /// What the suffix of a file's name says; `None` when it says nothing.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, suffix) = path.rsplit('/').next()?.rsplit_once('.')?;
        match suffix {
            "avsc" => Some(Self::Avro),
            "json" => Some(Self::Json),
            "proto" => Some(Self::Protobuf),
            _ => None,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Avro => "AVRO",
            Self::Json => "JSON",
            Self::Protobuf => "PROTOBUF",
        })
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL
            .into_iter()
            .find(|format| text.eq_ignore_ascii_case(format.name()));
        found.ok_or_else(|| format!("{text:?} is none of avro, json, protobuf"))
    }
}
