//! `evctl replay`: records of topics or files are written to a topic again, planned, paced, and
//! resumable.

mod args;
mod begin_or_resume;
mod clusters;
mod list;
mod other_machine;
mod planning;
mod report;
mod resume;
mod topic_ids;
mod verify;
mod watch;

pub use self::args::ReplayArgs;
use self::args::ReplayCommand;
use crate::{command::Context, exit::Exit, failure::Failure, pipeline::Signal};

/// Replays, or looks after replays.
///
/// # Errors
/// What is not there, what was refused, what broke on the way.
pub fn run(context: &mut Context, args: &ReplayArgs) -> Result<Exit, Failure> {
    match &args.command {
        None => begin_or_resume::run(context, args.request()),
        Some(ReplayCommand::List) => list::list(context),
        Some(ReplayCommand::Status(args)) => list::status(context, &args.id),
        Some(ReplayCommand::Resume(args)) => resume::run(context, args),
        Some(ReplayCommand::Cancel(args)) => list::cancel(context, &args.id),
        Some(ReplayCommand::Verify(args)) => verify::run(context, &args.id),
    }
}

/// A signal came before anything was written.
fn stopped(context: &Context) -> Failure {
    let (exit, what) = match context.cancel.raised() {
        Some(Signal::Deadline) => (Exit::Unreachable, "--timeout is over"),
        Some(Signal::Terminate) => (Exit::Terminated, "terminated"),
        Some(Signal::Interrupt) | None => (Exit::Interrupted, "interrupted"),
    };
    Failure::new(exit, format!("{what}, nothing was written"))
}
