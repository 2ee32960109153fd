//! Files of approvals.

use std::{io, path::Path, str::Utf8Error, time::Duration};

use jiff::civil::Date;

use super::without_byte_order_mark;
use crate::{
    bounded_file,
    finding::{Approvals, ApprovalsError},
    pipeline::Cancel,
};

/// The largest file of approvals.
const LIMIT: u64 = 1 << 20;
/// How long the writer of a FIFO may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// A file that is no list of approvals.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalsFileError {
    /// It cannot be read.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It is no text.
    #[error(transparent)]
    NotUtf8(#[from] Utf8Error),
    /// It holds something else.
    #[error(transparent)]
    Approvals(#[from] ApprovalsError),
}

/// Reads the approvals at `path`, as they hold on the day `today`.
///
/// # Errors
/// The file cannot be read, or holds something else.
pub fn read(path: &Path, today: Date, cancel: &Cancel) -> Result<Approvals, ApprovalsFileError> {
    let bytes = bounded_file::read(path, LIMIT, PATIENCE, cancel)?;
    let text = without_byte_order_mark(&bytes, &path.to_string_lossy(), "");
    Ok(Approvals::parse(std::str::from_utf8(text)?, today)?)
}
