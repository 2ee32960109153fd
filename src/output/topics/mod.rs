//! Results of `evctl topics`.

mod alter;
mod list;
mod producers;

pub use alter::{TopicChange, topic_changes};
pub use list::{ListedTopic, topic_list};
pub use producers::TopicProducer;
