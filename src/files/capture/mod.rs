//! Capture files: records as NDJSON between a header line and a last line that proves that the
//! file is whole. `sha256` in the last line covers the uncompressed bytes of every line before it,
//! newlines included.

mod layout;
mod part;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use self::{
    layout::{CaptureHeader, TopicInfo},
    read::{CaptureError, CaptureReader, Incomplete, LastLineProblem, Truncated},
    write::{CaptureSummary, CaptureTarget, CaptureWriteError, CaptureWriter},
};
