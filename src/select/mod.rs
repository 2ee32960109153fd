//! What was typed to select records, and what it means in offsets.

mod assignment;
mod calendar;
mod duration;
mod error;
mod file_range;
mod globs;
mod group_start;
mod hidden_offsets;
mod offset_reset;
mod partitioner;
mod partitions;
mod position;
mod selection;
mod source_name;
mod window;

pub use assignment::{Assignment, Hidden, Note, Range};
pub use calendar::{Calendar, TIMES};
pub use duration::{duration_text, parse_duration};
pub use error::SelectError;
pub use file_range::FileRange;
pub use globs::{NameGlobs, is_glob};
pub use group_start::{GroupStart, PartitionLog, StoredOffset};
pub use hidden_offsets::HiddenOffsets;
pub use offset_reset::{OffsetReset, OutOfRange, OutOfRangeReason};
pub use partitioner::{crc32_partition, murmur2, murmur2_partition};
pub use partitions::{PartitionOffsets, PartitionSet};
pub use position::{Position, Zone};
pub use selection::{Ask, OffsetLookup, Partitioned, ResolveError, Selection};
pub use source_name::SourceName;
pub use window::Window;
