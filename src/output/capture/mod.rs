//! Results of `evctl capture`.

mod diff;
mod summary;
mod verify;

pub use diff::CaptureDiff;
pub use summary::{CaptureResult, redacts};
pub use verify::{Verdict, VerifiedCapture};
