//! Floor 0: the words of the domain. Plain data; knows no I/O, no clock and no Kafka client.

mod commit_topic;
mod group;
mod headers;
mod record;
mod timestamp;

pub use commit_topic::CommitTopic;
pub use group::{
    Commit, GroupDescription, GroupListing, GroupType, Member, OFFSETS_TOPIC, REPLAY_GROUP_PREFIX,
    REPLAY_TOPIC,
};
pub(crate) use headers::varint;
pub use headers::{HeaderBuf, Headers};
pub use record::{Record, RecordBuf, TopicPartition};
pub use timestamp::{Timestamp, TimestampType};
