//! What groups have stored: as files, and where it is to be moved to.

mod file;
mod goal;
mod seek;

pub use file::{OffsetsFile, StoredOffset, write_csv, write_kafka_csv};
pub use goal::Goal;
pub use seek::{Bounds, Move, Note};
