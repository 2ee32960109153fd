//! `evctl man`: the manual pages, made by the program itself.

use crate::{cmd, command::Context, exit::Exit, failure::Failure};

/// Print a manual page
///
///   evctl man > evctl.1
///   evctl man consume | man -l -
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct ManArgs {
    /// The command whose page is wanted; leave it out for evctl itself
    command: Vec<String>,
}

/// Prints the page.
///
/// # Errors
/// There is no such command, or standard output cannot be written.
pub fn run(context: &mut Context, args: &ManArgs) -> Result<Exit, Failure> {
    let name = std::iter::once("evctl").chain(args.command.iter().map(String::as_str));
    let file = format!("{}.1", name.collect::<Vec<_>>().join("-"));
    let Some((_, page)) = super::man_pages()
        .into_iter()
        .find(|(name, _)| *name == file)
    else {
        return Err(
            Failure::usage(format!("there is no command {:?}", args.command.join(" ")))
                .hint("evctl --help lists them"),
        );
    };
    cmd::print(context, |out| out.write_all(&page))
}
