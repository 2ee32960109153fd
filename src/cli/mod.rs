//! The command line: what can be typed, and the one match that runs it.

mod args;
mod context;
mod generate;
mod select_args;

use std::{ffi::OsString, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub use self::{
    args::{GlobalArgs, bytes, duration},
    context::Context,
    generate::{completions, man_pages},
    select_args::{IsolationArg, LimitArgs, SelectArgs},
};
use crate::{cmd, exit::Exit, failure::Failure};

/// Look at, move and repair events on Kafka
///
///   evctl sandbox demo                                  a walk through it, with a Kafka of its own
///   evctl consume orders -b localhost:9092              read a topic to its end
///   evctl tail orders payments                          follow topics, merged by time
///   evctl consume orders --filter '.value.total > 500'  keep what a jq expression likes
///   evctl produce orders events.ndjson -i json          write records
///   evctl capture orders --from -2h -O orders.ndjson    save them, with nothing lost
///   evctl consume orders.ndjson --key order-17          a file answers the same questions
///   evctl lag billing --max-time 5m                     is a group behind? exit 1 when it is
#[derive(Debug, Parser)]
#[command(verbatim_doc_comment)]
#[command(
    name = "evctl",
    version,
    propagate_version = false,
    max_term_width = 100
)]
#[command(disable_help_subcommand = true, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    global: GlobalArgs,
    #[command(subcommand)]
    command: Command,
}

/// Every verb.
#[derive(Debug, Subcommand)]
#[expect(
    missing_docs,
    reason = "each verb's text stands on its arguments, in its own file"
)]
pub enum Command {
    Produce(cmd::produce::ProduceArgs),
    Consume(cmd::consume::ConsumeArgs),
    Tail(cmd::tail::TailArgs),
    Capture(cmd::capture::CaptureArgs),
    Replay(Box<cmd::replay::ReplayArgs>),
    Lag(Box<cmd::lag::LagArgs>),
    #[command(subcommand)]
    Groups(cmd::groups::GroupsCommand),
    #[command(subcommand)]
    Topics(cmd::topics::TopicsCommand),
    #[command(subcommand)]
    Profile(cmd::profile::ProfileCommand),
    #[command(subcommand)]
    Sandbox(cmd::sandbox::SandboxCommand),
    Completions(cmd::completions::CompletionsArgs),
    Man(cmd::man::ManArgs),
    #[command(hide = true)]
    Complete(cmd::complete::CompleteArgs),
}

/// The command as clap knows it, for the generated files and for help.
#[must_use]
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the process's command line.
#[must_use]
pub fn main() -> ExitCode {
    run(std::env::args_os()).into()
}

fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let matches = match command().try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => {
            // Help and version are answers, not errors; a closed pipe is no reason to complain.
            let _ = error.print();
            return if error.use_stderr() {
                Exit::Usage
            } else {
                Exit::Ok
            };
        }
    };
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return Exit::Usage;
        }
    };
    let json = cli
        .global
        .output
        .as_deref()
        .is_some_and(|output| output.ends_with("json"));
    let mut context = Context::new(cli.global);
    match dispatch(&mut context, &cli.command) {
        Ok(exit) => exit,
        Err(failure) => {
            context.ui.failure(&failure, json);
            failure.exit
        }
    }
}

fn dispatch(context: &mut Context, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Produce(args) => cmd::produce::run(context, args),
        Command::Consume(args) => cmd::consume::run(context, args),
        Command::Tail(args) => cmd::tail::run(context, args),
        Command::Capture(args) => cmd::capture::run(context, args),
        Command::Replay(args) => cmd::replay::run(context, args),
        Command::Lag(args) => cmd::lag::run(context, args),
        Command::Groups(command) => cmd::groups::run(context, command),
        Command::Topics(command) => cmd::topics::run(context, command),
        Command::Profile(command) => cmd::profile::run(context, command),
        Command::Sandbox(command) => cmd::sandbox::run(context, command),
        Command::Completions(args) => cmd::completions::run(context, args),
        Command::Man(args) => cmd::man::run(context, args),
        Command::Complete(args) => Ok(cmd::complete::run(context, args)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
