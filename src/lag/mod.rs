//! Consumer lag: what the numbers of a cluster mean. Pure arithmetic: no I/O, no clock, and no
//! Kafka client; every instant is passed in, in milliseconds.

pub mod bisect;
pub mod burrow;
mod commit_history;
mod condition;
mod group;
mod history;
mod limits;
mod model;
mod order;
mod partition;
mod share;
mod status;
mod verdict;

pub use commit_history::{CommitHistory, GroupCommits};
pub use condition::{Condition, Waiting};
pub use group::{GroupFacts, group_lag};
pub use history::{offsets_partition, parse_commit};
pub use limits::{Limit, Limits};
pub use model::{GroupLag, LagReport, Owner, PartitionLag, Rates};
pub use order::{LagOrder, LagRow, arrange};
pub use partition::{Bounds, Facts, Membership, NextRecord, Presence, View, partition_lag};
pub use share::share_lag;
pub use status::Status;
pub use verdict::{CommitPoint, Verdict, verdict, verdict_of_two};
