//! The half of Kafka that has answers: our own client for reading and asking, over blocking
//! sockets with deadlines. Messages are kafka-protocol's; connections, fetching and the walk
//! through record batches are ours. It knows no files, no printing and no command line.

mod ask;
mod authorized_operations;
pub mod batch;
mod by_topic;
pub mod cause;
mod client;
pub mod compression;
mod configs;
mod connection;
mod decode;
mod delete_records;
mod fan_out;
mod fetch;
mod frame;
mod group_changes;
mod groups;
mod last_n;
mod legacy;
mod list_offsets;
mod log_dirs;
mod next_record;
mod partial;
mod reader;
pub mod records;
pub mod sasl;
pub mod scram;
mod share;
mod socket;
mod stable;
pub mod tls;
mod topic_ids;
mod topics;
mod transactions;
pub mod trust;
mod versions;

pub use cause::{Cause, WireError};
pub use client::{Client, ConnectError, Leader, PartitionMetadata, TopicMetadata};
pub use delete_records::POLICY_VIOLATION;
pub use group_changes::{Changed, GROUP_SUBSCRIBED_TO_TOPIC, NON_EMPTY_GROUP, UNKNOWN_MEMBER_ID};
pub use groups::Commits;
pub use last_n::{LastStart, last_starts};
pub use list_offsets::{ListedOffsets, OffsetAndTimestamp, OffsetQuestion, OffsetSpec};
pub use log_dirs::{LogSizes, ReplicaSize};
pub use next_record::{FirstRecord, FirstRecords, Sought};
pub use partial::{Partial, Unanswered};
pub use reader::{ReadError, ReadOptions, ReadOrder, ReadRange, Reader};
pub use share::{ShareOffset, ShareOffsets};
pub use topics::{ALREADY_EXISTS, CreatedTopic, NewTopic};
pub use transactions::{ActiveProducer, ListedTransaction, TransactionDescription, TransactionEnd};
