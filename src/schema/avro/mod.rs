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
mod comparison;
mod default;
mod fields;
mod fix;
mod model;
mod parse;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod random;
mod refusal;
mod resolve;
mod risks;
mod rules;
#[cfg(test)]
mod tests;
mod type_text;
mod validation;
mod value;
mod witness;

pub use self::{
    comparison::compare, default::invalid_defaults, model::Schema, parse::parse, rules::RULES,
    validation::validation_errors, witness::witness,
};
