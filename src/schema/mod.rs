//! Schemas: what changed between two of them, who breaks, and why.
//!
//! `avro/`, `jsonschema/` and `protobuf/` each have a model of their own, a checker that decides as
//! the registries do, and a way to find a value that proves it. `diff.rs` puts them together.

mod any;
pub mod avro;
mod change;
mod diff;
mod flaw;
mod format;
mod json;
pub mod jsonschema;
mod mode;
mod needs;
pub mod protobuf;
mod source;

pub use self::{
    any::{Schema, rule, rules},
    change::{Breaks, Change, Comparison, Direction, Place, Rule, Rules, Severity},
    diff::{Diff, Found, TooComplex, UpgradeOrder, Verdict, Version},
    flaw::Flaw,
    format::Format,
    json::{Member, Node, NodeSet, Value, parse as parse_json, parse_with_comments},
    mode::{Mode, NotAMode},
    needs::needs,
    source::{Position, Reference, SchemaError, Source},
};
