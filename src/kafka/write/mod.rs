//! Producing and group membership, on librdkafka.
