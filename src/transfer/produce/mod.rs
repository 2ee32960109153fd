//! Writing the records of inputs to one topic.

mod input_delivery;
mod topic_facts;
mod topic_watch;
mod undelivered;

pub use input_delivery::{GaveUp, InputDelivery, ProduceOutcome, ProducePlan, Stopped};
pub use topic_facts::{SizeLimit, TopicFacts};
pub use topic_watch::{Recreated, Split, TopicWatch};
pub use undelivered::{DeliveryReports, UndeliveredRecord, UndeliveredRecords};
