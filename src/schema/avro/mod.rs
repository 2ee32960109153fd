//! Avro: what changed between two schemas, and who can still read what.
//!
//! The verdicts are the registries' own: Confluent and Apicurio call Java's
//! `org.apache.avro.SchemaCompatibility`, Karapace its port to Python. What really happens to data
//! is in `resolve`, which knows nothing of the checkers.

mod binary;
#[cfg(test)]
mod bounds;
mod branches;
mod check;
mod compare;
mod default;
mod fields;
mod fix;
mod flaws;
mod model;
mod notes;
mod parse;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod random;
mod refusal;
mod resolve;
mod rules;
mod show;
#[cfg(test)]
mod tests;
mod value;
mod witness;

pub use self::{
    compare::compare, default::invalid_defaults, flaws::flaws, model::Schema, parse::parse,
    rules::RULES, witness::witness,
};
