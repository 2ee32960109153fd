//! Producing, transactions and group membership, on librdkafka.
//!
//! Whoever writes has connected with [`wire`](super::wire) before: what is wrong with the cluster is
//! named there. Here only the fate of records is told, by code. librdkafka is never given anything to read.

mod acknowledgements;
mod code;
mod error;
mod group;
mod producer;
mod properties;
mod raw;
mod sticky;
mod stored_offsets;
mod transactions;

pub use acknowledgements::{Acknowledged, Acknowledgements};
pub use code::Code;
pub use error::WriteError;
pub use group::{Group, GroupError, GroupEvent};
pub use producer::{Producer, ProducerOptions, Reports, Transactional, Undelivered};
pub use properties::Durability;
pub use raw::{Batch, Log, Plain};
pub use sticky::{BATCH_RECORDS, Sticky};
pub use stored_offsets::StoredOffsets;
pub use transactions::{GroupFence, TransactionError};
