//! The command line: what can be typed, and the one match that runs it.

mod completions;
mod foreign_option;
mod generate;
mod man;

use std::{ffi::OsString, io, process::ExitCode};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

pub use self::generate::{completion_script, man_pages};
use crate::{
    cmd,
    command::{Context, Family, GlobalArgs, Verb},
    config,
    exit::Exit,
    failure::Failure,
    filter::{Interrupted, interruptible},
    kafka::property,
    pipeline::Signal,
    redact::{MASK, without_password_of},
    ui::{Color, Ui, Verbosity, check_stdout, print_refusal},
};

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

/// Every verb, with its line in `evctl --help`.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub enum Command {
    /// Write records to a topic
    Produce(Verb<cmd::produce::ProduceArgs>),
    /// Read records from topics or files
    Consume(Verb<cmd::consume::ConsumeArgs>),
    /// Follow topics, merged by time
    Tail(Verb<cmd::tail::TailArgs>),
    /// Save records in a capture file
    Capture(Verb<cmd::capture::CaptureArgs>),
    /// Replay records into a topic
    Replay(Box<Verb<cmd::replay::ReplayArgs>>),
    /// Show the lag of consumer groups in records and in time, and whether they catch up
    Lag(Box<Verb<cmd::lag::LagArgs>>),
    /// List, describe, move, export and delete groups
    Groups(Family<cmd::groups::GroupsCommand>),
    /// List, describe, create, change, trim and delete topics
    Topics(Family<cmd::topics::TopicsCommand>),
    /// Compare schemas, and read and write a registry
    Schema(Family<cmd::schema::SchemaCommand>),
    /// Show, test and change the profiles of evctl.toml
    Profile(Family<cmd::profile::ProfileCommand>),
    /// Run a real Kafka on this machine
    Sandbox(Family<cmd::sandbox::SandboxCommand>),
    /// Print the completion script of a shell
    Completions(Verb<completions::CompletionsArgs>),
    /// Print a manual page
    Man(Verb<man::ManArgs>),
    /// Print the names of topics or groups that begin with a prefix
    #[command(hide = true)]
    Complete(Verb<cmd::complete::CompleteArgs>),
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
    let words = as_options(arguments);
    let parsed = command()
        .try_get_matches_from(&words)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => return answer(error, &words),
    };
    let json = cli
        .global
        .output
        .as_deref()
        .is_some_and(|output| output.ends_with("json"));
    let mut context = Context::new(cli.global);
    let ended = interruptible(|| dispatch(&mut context, &cli.command));
    match ended.unwrap_or_else(|unended| Err(stopped(&context, &unended))) {
        Ok(exit) => exit,
        Err(mut failure) => {
            mask_typed_passwords(&mut failure, &words);
            context.ui.failure(&failure, json);
            failure.exit
        }
    }
}

/// A signal came while the command had nothing to put in order but a jq expression to evaluate.
fn stopped(context: &Context, unended: &Interrupted) -> Failure {
    let signal = context.cancel.raised().unwrap_or(Signal::Interrupt);
    Failure::stopped(signal, None).cause(unended)
}

/// An error may quote an address that was typed where no address belongs.
fn mask_typed_passwords(failure: &mut Failure, words: &[OsString]) {
    let parts = failure.causes.iter_mut().chain(&mut failure.hints);
    for text in std::iter::once(&mut failure.message).chain(parts) {
        for word in words.iter().filter_map(|word| word.to_str()) {
            *text = without_password_of(word, text);
        }
    }
}

/// `evctl help VERB` is `evctl VERB --help`, and `evctl version` is `evctl --version`.
fn as_options(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut words: Vec<OsString> = arguments.into_iter().collect();
    match words.get(1).and_then(|word| word.to_str()) {
        Some("help") => {
            words.remove(1);
            words.push("--help".into());
        }
        Some("version") => words[1] = "--version".into(),
        _ => {}
    }
    words
}

/// What `--color` says in a command line that cannot be understood as a whole.
fn typed_color(words: &[OsString]) -> Color {
    let words = words.iter().map(|word| word.to_str().unwrap_or_default());
    let mut typed = words.clone().zip(words.skip(1)).map(|(word, next)| {
        if word == "--color" {
            return next;
        }
        next.strip_prefix("--color=").unwrap_or_default()
    });
    typed
        .find_map(|value| Color::from_str(value, false).ok())
        .unwrap_or_default()
}

/// An error's text with the secrets of the command line masked, which it may quote; `None` when it
/// quotes none.
fn without_secrets(error: &clap::Error, words: &[OsString]) -> Option<String> {
    let text = error.render().to_string();
    let typed = words.iter().filter_map(|word| word.to_str());
    let masked = typed.fold(text.clone(), |text, word| match word.split_once('=') {
        Some((name, _)) if name.contains('.') && property::is_secret(name) => {
            text.replace(word, &format!("{name}={MASK}"))
        }
        _ => without_password_of(word, &text),
    });
    (masked != text).then_some(masked)
}

/// Prints what clap has to say: help and version are answers, the rest are errors.
fn answer(mut error: clap::Error, words: &[OsString]) -> Exit {
    let color = typed_color(words);
    let ui = Ui::new(color, config::env::no_color(), Verbosity::Normal, false);
    if error.use_stderr() {
        let mut root = command();
        root.build();
        foreign_option::without_hidden(&mut error, &root);
        let hint = foreign_option::hint(&mut error, &root);
        let text = without_secrets(&error, words);
        let text = text.unwrap_or_else(|| error.render().to_string());
        print_refusal(&text, ui.note_colors());
        if let Some(hint) = hint {
            ui.note_lines(&format!("\nhint: {hint}"));
        }
        return Exit::Usage;
    }
    match check_stdout().and_then(|()| error.print()) {
        // Whoever closes a pipe has seen enough.
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let failure = Failure::new(Exit::Partial, "the help cannot be written").cause(error);
            ui.failure(&failure, false);
            failure.exit
        }
        _ => Exit::Ok,
    }
}

fn dispatch(context: &mut Context, command: &Command) -> Result<Exit, Failure> {
    match command {
        Command::Produce(verb) => cmd::produce::run(context, &verb.0),
        Command::Consume(verb) => cmd::consume::run(context, &verb.0),
        Command::Tail(verb) => cmd::tail::run(context, &verb.0),
        Command::Capture(verb) => cmd::capture::run(context, &verb.0),
        Command::Replay(verb) => cmd::replay::run(context, &verb.0),
        Command::Lag(verb) => cmd::lag::run(context, &verb.0),
        Command::Groups(family) => cmd::groups::run(context, &family.0),
        Command::Topics(family) => cmd::topics::run(context, &family.0),
        Command::Schema(family) => cmd::schema::run(context, &family.0),
        Command::Profile(family) => cmd::profile::run(context, &family.0),
        Command::Sandbox(family) => cmd::sandbox::run(context, &family.0),
        Command::Completions(verb) => completions::run(context, &verb.0),
        Command::Man(verb) => man::run(context, &verb.0),
        Command::Complete(verb) => Ok(cmd::complete::run(context, &verb.0)),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }

    #[test]
    fn the_list_of_verbs_says_what_each_verb_says_of_itself() {
        let listed = super::command();
        let mut made = super::command();
        made.build();
        for verb in listed.get_subcommands() {
            let itself = made.find_subcommand(verb.get_name()).unwrap();
            let about = |command: &clap::Command| command.get_about().unwrap().to_string();
            assert_eq!(about(verb), about(itself));
        }
    }
}
