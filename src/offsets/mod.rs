//! Offsets that groups have stored: what is known of them, files of them, plans to move them.

mod file;
mod goal;
mod group_survey;
mod partition_error;
mod seek;
mod seek_plan;

pub use file::{OffsetsFile, StoredOffset, write_csv, write_kafka_csv};
pub use goal::Goal;
pub use group_survey::{GroupPartition, GroupSurvey};
pub use partition_error::{PartitionError, PartitionErrorKind};
pub use seek::{Bounds, Move, Note};
pub use seek_plan::{SeekGoal, SeekGoals, SeekPlan, SeekRow, StaleMove, Times};
