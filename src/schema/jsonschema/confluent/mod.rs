//! Confluent Schema Registry's comparison of two JSON schemas.

mod array;
#[cfg(test)]
pub mod cases;
mod combined;
mod differ;
mod matching;
mod message;
#[cfg(test)]
pub mod modern_cases;
mod number;
mod object;
#[cfg(test)]
mod tests;
mod types;

pub use self::{
    differ::{Policy, differences},
    matching::pairs,
    message::description,
    number::{divides, float},
    object::{both, matches},
    types::{COUNT, RULES, Type},
};
