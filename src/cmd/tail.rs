//! `evctl tail`

use crate::{cli::Context, exit::Exit, failure::Failure};

/// Follow topics, merged by time
#[derive(Debug, clap::Args)]
pub struct TailArgs {}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(_context: &mut Context, _args: &TailArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not here yet"))
}
