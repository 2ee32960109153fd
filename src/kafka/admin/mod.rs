//! Answers that take several requests of [`wire`](super::wire), as plain data: what a broker does not
//! answer is a value beside what the others did.

mod group_positions;
mod offset_lookup;
mod propagation;
mod record_counts;
mod topic_producers;
mod topic_survey;
mod watermarks;

pub use group_positions::{FoundPositions, group_positions};
pub use offset_lookup::{ClusterOffsets, LookupError};
pub use propagation::{Awaited, until_gone, until_led};
pub use topic_producers::topic_producers;
pub use topic_survey::{Depth, Missing, Survey, survey};
pub use watermarks::{Detail, NoWatermarks, RecordTimes, Watermarks};
