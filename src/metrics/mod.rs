//! Serving the numbers that were collected last: `GET /metrics` and `GET /healthz`.
//!
//! Knows neither Kafka nor what the numbers mean: a collector leaves a text in a [`Snapshot`], and a
//! scrape never makes anybody ask the cluster. HTTP is hyper's; the runtime below it has one thread
//! and starts with the [`Server`], so that no other command pays for it.

mod address;
mod connection;
mod response;
mod server;
mod snapshot;
mod stream;

#[cfg(test)]
mod tests;

pub use address::{Address, AddressError};
pub use server::Server;
pub use snapshot::Snapshot;
