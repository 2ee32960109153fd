//! Floor 3: the engine that moves records from a source to topics, and can resume after any
//! interruption.
//!
//! It reads ([`TransferSource`]), asks what becomes of each record ([`Decide`]), writes
//! ([`Delivery`]) and stores how far it has come ([`CheckpointStore`]). Each of these ports has an
//! implementation in memory, so that all faults can be tried without a cluster. Knows no command
//! line, no terminal and no rules.

mod barrier;
mod checkpoint_store;
mod compacted_topic;
mod decide;
mod delivery;
mod delivery_guard;
mod error;
mod file_inventory;
mod first_checkpoint;
mod group_offsets;
mod group_read;
mod hanging_transactions;
mod intake;
mod lock;
mod losses;
mod membership;
mod ownership;
mod planner;
mod preflight;
pub mod produce;
mod recovery;
mod sampler;
mod shutdown_deadline;
mod source;
mod stall_watch;
mod state_file;
mod suspension;
mod tally;
mod target_cluster;
#[cfg(test)]
mod tests;
mod time_lookup;
mod timing;
mod topic_read;
mod transfer_loop;
mod verification;

pub use checkpoint_store::{CheckpointStore, find_checkpoint_store, read_checkpoints};
pub use compacted_topic::CompactedTopic;
pub use decide::Decide;
pub use delivery::{Delivery, KafkaDelivery, producer_options};
pub use error::{Done, StillOpen, TransferError, Undelivered};
pub use file_inventory::FileInventory;
pub use first_checkpoint::store_first_checkpoint;
use group_offsets::GroupOffsets;
pub use group_read::{GroupNote, GroupRead, GroupReadError};
pub use hanging_transactions::{TAKE_OVER, take_over};
pub use intake::Intake;
pub use lock::Lock;
pub use losses::Losses;
pub use membership::{Membership, refuse_shared};
pub use ownership::{Claim, this_run};
pub use planner::{PlannedReplay, Planner, SampledSource};
pub use preflight::size_limit;
pub use shutdown_deadline::{LastWords, ShutdownDeadline};
pub use source::{Files, OpenSource, Topics, TransferSource};
pub use stall_watch::StallWatch;
pub use state_file::{Connection, StateFile, StateFileError};
pub use suspension::Suspension;
pub use tally::Tally;
pub use target_cluster::{TargetCluster, end_offsets};
pub use time_lookup::{TopicSpan, topic_spans};
pub use timing::Timing;
pub use topic_read::{Begin, TopicRead, TopicReadEnd, TopicReadOptions};
pub use transfer_loop::{Outcome, Transfer, TransferParts, TransferWatch};
pub use verification::{SourceRecords, VerificationError, VerificationOptions};
