//! The one corner with `unsafe`: a producer on librdkafka's C interface, because rdkafka's safe one
//! costs a third more CPU per record and a 100 ms step per flush; its transactions; and commits of
//! offsets, with a deadline and whole.
//!
//! Rules: every pointer is owned by an [`Owned`] that destroys it once, and none leaves this
//! module. librdkafka calls nothing of ours: delivery reports, errors and log lines are taken as
//! events from its queue, so no panic can cross into C. Codes that came over the network are read
//! as integers, never as the bindings' enums, which have no room for one that is newer than them.
//! It must not know topics' limits, inputs or messages for people.
#![expect(
    unsafe_code,
    reason = "librdkafka's batch interface has no safe binding"
)]

mod client;
mod commit;
mod event;
mod message;
mod offsets;
mod owned;
mod transaction;

pub(super) use client::{Client, RawError};
pub(super) use commit::{CommitError, commit};
pub use event::Log;
pub(super) use event::{Delivery, Event};
pub(super) use message::Topic;
pub use message::{Batch, Plain};
pub(super) use transaction::{Membership, TransactionFault};
