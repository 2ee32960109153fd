//! Our own reading half of the Kafka protocol.
