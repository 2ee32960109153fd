//! `evctl completions`: the completion script of a shell, made by the program itself.

use crate::{cmd, command::Context, exit::Exit, failure::Failure};

/// Print the completion script of a shell
///
///   evctl completions bash > /etc/bash_completion.d/evctl
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

/// Prints the script.
///
/// # Errors
/// Standard output cannot be written.
pub fn run(context: &mut Context, args: &CompletionsArgs) -> Result<Exit, Failure> {
    cmd::print(context, |out| {
        out.write_all(&super::completion_script(args.shell))
    })
}
