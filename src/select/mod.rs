//! What was typed to select records, and what it means in offsets.

mod duration;

pub use duration::parse_duration;
