//! Kafka, in two halves: [`wire`] reads and asks, [`mod@write`] produces and joins groups. Both are
//! configured by the same [`Settings`]. [`admin`] gives answers that take several requests.

pub mod admin;
mod bootstrap;
pub mod java_property;
mod properties;
pub mod property;
mod security;
mod settings;
pub mod wire;
pub mod write;

pub use bootstrap::BadBroker;
pub use properties::SettingsError;
pub use security::{Sasl, SaslMechanism, SecurityProtocol, Tls};
pub use settings::{AddressFamily, FetchTuning, Isolation, Settings};
