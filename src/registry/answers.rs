//! What a registry says, as plain data. Members that only some registries send may be missing.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::schema::Format;

/// A reference from one schema to another one that is registered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Named {
    /// What the referring schema calls it.
    pub name: String,
    /// Where it is registered.
    pub subject: String,
    /// Under which version; -1 is the latest.
    pub version: i32,
}

/// A schema as it is registered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// Its subject; empty where only the id was asked for.
    #[serde(default)]
    pub subject: String,
    /// Its version in the subject; 0 where only the id was asked for.
    #[serde(default)]
    pub version: u32,
    /// Its id, which records carry.
    #[serde(default)]
    pub id: i64,
    /// Its GUID; `None` from registries without them.
    #[serde(default)]
    pub guid: Option<String>,
    /// Its kind.
    #[serde(default)]
    pub schema_type: Format,
    /// Its text.
    pub schema: String,
    /// What it refers to.
    #[serde(default)]
    pub references: Vec<Named>,
}

/// A version of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// The newest one.
    Latest,
    /// This one.
    Number(u32),
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("latest"),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

/// Where a schema stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectVersion {
    /// The subject.
    pub subject: String,
    /// The version in it.
    pub version: u32,
}

/// What a registry says of a schema that is not registered yet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Compatibility {
    /// Whether it would be taken.
    pub is_compatible: bool,
    /// Why not, in the registry's words; empty from registries that give no reasons.
    #[serde(default)]
    pub messages: Vec<String>,
}
