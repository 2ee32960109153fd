//! Capture files: records as NDJSON between a header line and a last line that proves that the
//! file is whole. `sha256` in the last line covers the uncompressed bytes of every line before it,
//! newlines included.

mod diff;
mod file;
mod layout;
mod part;
mod parts;
mod read;
mod verify;
mod write;

#[cfg(test)]
mod tests;

pub use self::{
    diff::{DiffReport, Difference, Ignore, diff},
    file::{CaptureError, CaptureFile},
    layout::{CaptureHeader, SplitPart, TopicInfo},
    part::{PartFile, unfinished},
    parts::{MissingPart, SplitSets},
    read::{CaptureReader, Incomplete, Truncated, check_whole},
    verify::{VerifyReport, verify},
    write::{
        CaptureSummary, CaptureTarget, CaptureWriteError, CaptureWriter, Existing, Saved,
        check_target,
    },
};
