//! Our own reading half of the Kafka protocol.

pub mod batch;
pub mod cause;
pub mod compression;
pub mod legacy;
pub mod records;
pub mod sasl;
pub mod scram;
pub mod tls;
pub mod trust;
