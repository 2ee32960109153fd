//! What an event is: a record whose key and value are decoded on demand, and the attributes that
//! its envelope states.
//!
//! A new kind of envelope is one file here and one line in the table of `kind.rs`.

mod attribute;
mod cloud_events;
mod debezium;
mod decoder;
mod event;
mod kind;
mod plain;

pub use attribute::Attribute;
pub use decoder::EventDecoder;
pub use event::Event;
pub use kind::EnvelopeKind;
pub use plain::PlainPaths;
