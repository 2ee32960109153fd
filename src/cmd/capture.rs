//! `evctl capture`

use crate::{cli::Context, exit::Exit, failure::Failure};

/// Save records in a capture file
#[derive(Debug, clap::Args)]
pub struct CaptureArgs {}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(_context: &mut Context, _args: &CaptureArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not here yet"))
}
