//! What is said about two versions of a schema.

use std::{str::FromStr, sync::Arc};

use super::Position;

/// Whose rules decide.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rules {
    /// Confluent Schema Registry with its strict policy.
    #[default]
    Confluent,
    /// Confluent Schema Registry with `compatibilityPolicy` LENIENT, which only matters for JSON.
    ConfluentLenient,
    /// Karapace.
    Karapace,
    /// Apicurio Registry.
    Apicurio,
    /// `buf breaking` with category WIRE; Protobuf only.
    BufWire,
    /// `buf breaking` with category `WIRE_JSON`; Protobuf only.
    BufWireJson,
    /// What really happens to data, whatever a registry says.
    Semantic,
}

impl Rules {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Confluent,
        Self::ConfluentLenient,
        Self::Karapace,
        Self::Apicurio,
        Self::BufWire,
        Self::BufWireJson,
        Self::Semantic,
    ];

    /// Its name on a command line and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Confluent => "confluent",
            Self::ConfluentLenient => "confluent-lenient",
            Self::Karapace => "karapace",
            Self::Apicurio => "apicurio",
            Self::BufWire => "buf-wire",
            Self::BufWireJson => "buf-wire-json",
            Self::Semantic => "semantic",
        }
    }
}

impl FromStr for Rules {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|rules| rules.name() == text);
        found.ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|rules| rules.name()).collect();
            format!("{text:?} is none of {}", names.join(", "))
        })
    }
}

/// Who reads whose data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// The new schema reads what was written with the old one.
    Backward,
    /// The old schema reads what is written with the new one.
    Forward,
}

/// How bad a change is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The rules refuse it in at least one direction.
    Break,
    /// The rules accept it, and data may suffer all the same.
    Risk,
    /// Nobody is harmed.
    Safe,
}

/// Who is harmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breaks {
    /// Consumers with the new schema, on data of the old one.
    NewConsumers,
    /// Consumers with the old schema, on data of the new one.
    OldConsumers,
    /// Only those who use the JSON form of the data.
    Json,
    /// Only those who compile generated code.
    GeneratedCode,
}

impl Severity {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Break => "break",
            Self::Risk => "risk",
            Self::Safe => "safe",
        }
    }
}

impl Breaks {
    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::NewConsumers => "new_consumers",
            Self::OldConsumers => "old_consumers",
            Self::Json => "json",
            Self::GeneratedCode => "generated_code",
        }
    }
}

/// A place in one of the schemas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaLocation {
    /// JSON pointer of the value in its file, or the path of a Protobuf element
    /// (`Order.Item.price`).
    pub pointer: String,
    /// The name of the source.
    pub file: Arc<str>,
    /// Where in it.
    pub at: Position,
}

/// One difference between an old schema and a new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The id of its [`Rule`], like `avro/reader-field-missing-default`.
    pub id: &'static str,
    /// What the registry calls it; `None` for what only evctl finds.
    pub registry_type: Option<&'static str>,
    /// The registry's own path; ours where it has none.
    pub path: String,
    /// The registry's own message; ours where it has none.
    pub message: String,
    /// How bad it is under the rules that were asked for.
    pub severity: Severity,
    /// The directions that are refused because of it: empty unless it is a break.
    pub refused: Vec<Direction>,
    /// Who is harmed, for breaks and risks.
    pub breaks: Vec<Breaks>,
    /// The old value as it is worth showing, on one line; `None` when there was none.
    pub old: Option<String>,
    /// The new one.
    pub new: Option<String>,
    /// Where it was in the old schema: the nearest thing that encloses it when it was not there.
    pub old_location: Option<SchemaLocation>,
    /// Where it is in the new one.
    pub new_location: Option<SchemaLocation>,
    /// What to do instead, concretely, with the names of this very schema.
    pub fix: Option<String>,
}

/// Everything that is said about an old and a new schema.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// The changes: those that break first, then in the order of the new schema.
    pub changes: Vec<Change>,
    /// Whether the rules let the new schema read what was written with the old one.
    pub backward: bool,
    /// Whether they let the old schema read what is written with the new one.
    pub forward: bool,
    /// Whether the comparison took too much work and was ended: nothing else is known then.
    pub is_cut: bool,
}

/// An entry of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `format/kebab-case`.
    pub id: &'static str,
    /// What a registry calls it, where one does.
    pub registry_type: Option<&'static str>,
    /// One line: what changed.
    pub title: &'static str,
    /// Why it matters, who breaks: a sentence or two.
    pub why: &'static str,
    /// What to do instead.
    pub fix: &'static str,
    /// Where the rule stands: a class of a registry, a section of a specification.
    pub source: &'static str,
}
