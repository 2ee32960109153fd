//! Answers that take several requests of [`wire`](super::wire), as plain data: what a broker does not
//! answer is a value beside what the others did.

mod commit_history;
mod group_answers;
mod group_positions;
mod group_survey;
mod hidden_offsets;
mod lag_snapshot;
mod next_unread;
mod offset_lookup;
mod partition_bounds;
mod partition_error;
mod propagation;
mod record_counts;
mod seek;
mod topic_ends;
mod topic_producers;
mod topic_survey;
mod unread_counts;
mod watermarks;

pub use group_answers::{GroupUnanswered, describe_group, group_commits, known_commits};
pub use group_positions::{FoundPositions, group_positions};
pub use group_survey::{concerns, survey_groups};
pub use hidden_offsets::hidden_offsets;
pub use lag_snapshot::{LagDetail, LagSnapshot, lag_snapshot};
pub use offset_lookup::{ClusterOffsets, LookupError};
pub use partition_bounds::{BoundsByPartition, PartitionBounds, partition_bounds};
pub use propagation::{Awaited, until_gone, until_led};
pub use seek::{SeekOutcome, new_group, seek};
use topic_ends::TopicEnds;
pub use topic_producers::topic_producers;
pub use topic_survey::{Depth, Missing, Survey, survey};
pub use watermarks::{Detail, NoWatermarks, RecordTimes, Watermarks};
