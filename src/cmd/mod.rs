//! One file per verb: arguments, plan, permit, run, report.

pub mod capture;
mod cluster;
pub mod complete;
pub mod consume;
pub mod groups;
pub mod lag;
pub mod produce;
pub mod profile;
mod read;
pub mod replay;
pub mod sandbox;
pub mod schema;
mod show;
pub mod tail;
pub mod topics;

use std::io::{self, Write};

use crate::{command::Context, exit::Exit, failure::Failure, ui::Passes};

/// Writes an answer to standard output; a reader that went away is no failure.
pub(crate) fn print(
    context: &Context,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Exit, Failure> {
    print_passing(context, Passes::Text, write)
}

/// [`print`] for an answer that may be coloured.
fn print_passing(
    context: &Context,
    passes: Passes,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<Exit, Failure> {
    let done = context
        .ui
        .stdout(passes)
        .map(io::BufWriter::new)
        .and_then(|mut out| {
            write(&mut out)?;
            out.flush()
        });
    match done {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new(Exit::Partial, "standard output cannot be written").cause(error))
        }
        _ => Ok(Exit::Ok),
    }
}
