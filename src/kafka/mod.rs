//! Kafka, in two halves: [`wire`] reads and asks, [`write`] produces and joins groups. Both are
//! configured by the same [`Settings`].

mod settings;
pub mod wire;
pub mod write;

pub use settings::{Isolation, Sasl, SaslMechanism, Settings, Tls};
