//! `evctl profile`

use crate::{cli::Context, exit::Exit, failure::Failure};

/// Look at and change the profiles of evctl.toml
#[derive(Debug, clap::Subcommand)]
pub enum ProfileCommand {
    /// Placeholder
    List,
}

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(_context: &mut Context, _command: &ProfileCommand) -> Result<Exit, Failure> {
    Err(Failure::usage("not here yet"))
}
