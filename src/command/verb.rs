//! What stands behind a verb: its arguments, made when the verb is asked for. Making those of every
//! verb would take a tenth of a short command's time.

use clap::{ArgMatches, Args, Command, Error, FromArgMatches, Id, Subcommand};

/// A verb's arguments.
#[derive(Debug)]
pub struct Verb<A>(pub(crate) A);

/// A verb that has verbs of its own.
#[derive(Debug)]
pub struct Family<C>(pub(crate) C);

/// clap gives a deferred command the global options first; help shows them last.
fn globals_last(command: Command) -> Command {
    let globals = command.get_arguments().filter(|arg| arg.is_global_set());
    let globals: Vec<Id> = globals.map(|arg| arg.get_id().clone()).collect();
    let again = |command: Command, id| command.mut_arg(id, |arg| arg);
    globals.into_iter().fold(command, again)
}

/// Joins the lines of each paragraph of the description, which clap then breaks where the terminal
/// ends. Indented lines, the examples, stay as they are.
fn fill_paragraphs(command: Command) -> Command {
    let Some(text) = command.get_long_about().map(ToString::to_string) else {
        return command;
    };
    let mut filled = String::with_capacity(text.len());
    let mut flows = false;
    for line in text.lines() {
        let flowing = !line.is_empty() && !line.starts_with(' ');
        if !filled.is_empty() {
            filled.push(if flows && flowing { ' ' } else { '\n' });
        }
        filled.push_str(line);
        flows = flowing;
    }
    command.long_about(filled)
}

impl<A: Args> Args for Verb<A> {
    fn augment_args(command: Command) -> Command {
        globals_last(fill_paragraphs(A::augment_args(command)))
    }

    fn augment_args_for_update(command: Command) -> Command {
        globals_last(fill_paragraphs(A::augment_args_for_update(command)))
    }
}

impl<C: Subcommand> Args for Family<C> {
    fn augment_args(command: Command) -> Command {
        C::augment_subcommands(command)
            .mut_subcommands(fill_paragraphs)
            .subcommand_required(true)
            .arg_required_else_help(true)
    }

    fn augment_args_for_update(command: Command) -> Command {
        C::augment_subcommands_for_update(command)
    }
}

impl<A: FromArgMatches> FromArgMatches for Verb<A> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        A::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<C: FromArgMatches> FromArgMatches for Family<C> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        C::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}
