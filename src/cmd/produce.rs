//! `evctl produce`

use crate::{cli::Context, exit::Exit, failure::Failure};

/// Write records to a topic
#[derive(Debug, clap::Args)]
pub struct ProduceArgs {}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(_context: &mut Context, _args: &ProduceArgs) -> Result<Exit, Failure> {
    Err(Failure::usage("not here yet"))
}
