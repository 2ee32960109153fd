//! `evctl consume`

use crate::{cli::Context, exit::Exit, failure::Failure};

/// Read records from topics or files
#[derive(Debug, clap::Args)]
pub struct ConsumeArgs {}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(_context: &mut Context, _args: &ConsumeArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not here yet"))
}
