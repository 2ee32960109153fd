//! Results of `evctl topics`.

mod alter;
mod create;
mod delete;
mod describe;
mod list;
mod producers;
mod trim;

pub use alter::{TopicChange, topic_changes};
pub use create::{NewTopicRow, new_topics};
pub use delete::deleted_topics;
pub use describe::TopicDescriptions;
pub use list::topic_list;
use producers::ProducerRow;
pub use trim::{TrimmedPartition, trimmed_topic};
