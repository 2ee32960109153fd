//! Schemas: what changed between two of them, who breaks, and why.
//!
//! `avro/`, `jsonschema/` and `protobuf/` each have a model of their own, a checker that decides as
//! the registries do, and a way to find a value that proves it. `diff.rs` puts them together.

pub mod avro;
mod change;
mod diff;
mod diff_entry;
mod findings;
mod format;
mod json;
pub mod jsonschema;
mod mode;
pub mod protobuf;
mod references;
mod report;
#[expect(clippy::module_inception, reason = "the file is named after its type")]
mod schema;
mod source;
mod validation_error;

pub use self::{
    change::{Breaks, Change, Comparison, Direction, Rule, Rules, SchemaLocation, Severity},
    diff::{Diff, TooComplex, UpgradeOrder, Verdict, Version},
    diff_entry::DiffEntry,
    findings::{SchemaResults, Unjudged},
    format::Format,
    json::{Member, Node, NodeSet, Value, parse as parse_json, parse_with_comments},
    mode::{Mode, NotAMode},
    references::referenced_names,
    report::{FailOn, Judgement, RegistryVerdict, SchemaReport},
    schema::{Schema, rule, rules},
    source::{Position, Reference, SchemaError, Source},
    validation_error::ValidationError,
};
