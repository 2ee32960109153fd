//! Results of `evctl schema`, for people and for programs.

mod json;
mod markdown;
mod registry;
mod rules;
mod text;

use std::io;

use crate::{
    output::Screen,
    schema::{Breaks, Diff, DiffEntry, Mode, SchemaResults, Severity},
};

pub use self::{
    json::JSON_SCHEMA,
    registry::{ListedSubject, RegisteredSchema, StoredSchema, subject_list, subject_names},
    rules::{explanation, rule_list},
};

/// How reports are written to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SchemaFormat {
    /// For people.
    Text,
    /// One object.
    Json,
    /// One object for each change.
    Ndjson,
    /// For a pull request.
    Markdown,
}

impl SchemaFormat {
    /// The format called `name`; `None` when there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "table" | "text" | "wide" | "pretty" => Some(Self::Text),
            "json" => Some(Self::Json),
            "ndjson" => Some(Self::Ndjson),
            "markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// Writes `results` to standard output; `several` also sums them up.
///
/// # Errors
/// Those of `out`.
pub fn write(
    out: &mut dyn io::Write,
    results: SchemaResults<'_>,
    format: SchemaFormat,
    several: bool,
    screen: &Screen,
) -> io::Result<()> {
    match format {
        SchemaFormat::Text => text::write(out, results, several, screen),
        SchemaFormat::Json => json::write(out, results, several),
        SchemaFormat::Ndjson => json::write_lines(out, results),
        SchemaFormat::Markdown => markdown::write(out, results, several),
    }
}

/// The heading under which a change stands.
fn heading(entry: &DiffEntry) -> &'static str {
    let change = &entry.change;
    if entry.is_validation_error() {
        return INVALID;
    }
    let has = |who| change.breaks.contains(&who);
    match change.severity {
        Severity::Break => match (has(Breaks::NewConsumers), has(Breaks::OldConsumers)) {
            (true, true) => "BREAKS NEW AND OLD CONSUMERS",
            (_, true) => "BREAKS OLD CONSUMERS",
            (true, _) => "BREAKS NEW CONSUMERS",
            _ => "BREAKS",
        },
        Severity::Risk if has(Breaks::NewConsumers) || has(Breaks::OldConsumers) => {
            "RISK: ACCEPTED, AND DATA MAY SUFFER"
        }
        Severity::Risk if has(Breaks::Json) => "RISK: JSON ONLY",
        Severity::Risk if has(Breaks::GeneratedCode) => "RISK: GENERATED CODE ONLY",
        Severity::Risk => "RISK: ACCEPTED, AND DATA MAY SUFFER",
        Severity::Safe => "BREAKS NOBODY",
    }
}

const INVALID: &str = "NOT A VALID SCHEMA: REGISTRIES REFUSE IT";

/// The headings in the order in which they are shown.
const HEADINGS: [&str; 9] = [
    INVALID,
    "BREAKS NEW AND OLD CONSUMERS",
    "BREAKS NEW CONSUMERS",
    "BREAKS OLD CONSUMERS",
    "BREAKS",
    "RISK: ACCEPTED, AND DATA MAY SUFFER",
    "RISK: JSON ONLY",
    "RISK: GENERATED CODE ONLY",
    "BREAKS NOBODY",
];

/// What somebody with this schema has to know about the order of an upgrade from the last version, and
/// which older versions that says nothing of.
fn advice(diff: &Diff) -> String {
    use crate::schema::UpgradeOrder as Order;
    let order = diff.upgrade_order();
    let advice = match order {
        Order::ConsumersFirst => "upgrade consumers first, then producers",
        Order::ProducersFirst => "upgrade producers first, then consumers",
        Order::Any => "upgrade in any order",
        Order::None => "no order is safe: stop and drain, or use a new topic",
    };
    let safe = match order {
        Order::ConsumersFirst => Mode::BackwardTransitive,
        Order::ProducersFirst => Mode::ForwardTransitive,
        Order::Any => Mode::FullTransitive,
        Order::None => return advice.to_owned(),
    };
    match (diff.is_compatible(safe), diff.against.last()) {
        (false, Some(last)) => format!(
            "from {last} {advice}; data and clients of older versions break: no order is safe for them"
        ),
        _ => advice.to_owned(),
    }
}
