//! Answers that need several requests, as plain data with partial failures: on top of the wire client.

mod group_positions;
mod propagation;
mod record_counts;
mod topic_producers;
mod topic_survey;

pub use group_positions::{FoundPositions, group_positions};
pub use propagation::{Awaited, until_gone, until_led};
pub use topic_producers::topic_producers;
pub use topic_survey::{Depth, Missing, Survey, survey};
