//! Serving the numbers that were collected last: `GET /metrics` and `GET /healthz`.
//!
//! Knows neither Kafka nor what the numbers mean: a collector leaves a text in a [`Snapshot`], and a
//! scrape never makes anybody ask the cluster.
//!
//! Written on `std::net`, as no small crate bounds what has to be bounded: `tiny_http` 0.12 sets no
//! deadline for a request and starts one more thread for each client that keeps silent; hyper needs
//! an async runtime, of which there is none here. What is asked of us is two paths without bodies,
//! and one thread that polls holds every connection.

mod address;
mod answer;
mod connection;
mod request;
mod server;
mod snapshot;

#[cfg(test)]
mod tests;

pub use address::{Address, AddressError};
pub use server::Server;
pub use snapshot::Snapshot;
