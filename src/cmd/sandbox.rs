//! `evctl sandbox`

use crate::{cli::Context, exit::Exit, failure::Failure};

/// Run a real Kafka on this machine
#[derive(Debug, clap::Subcommand)]
pub enum SandboxCommand {
    /// Placeholder
    List,
}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(_context: &mut Context, _command: &SandboxCommand) -> Result<Exit, Failure> {
    Err(Failure::usage("not here yet"))
}
