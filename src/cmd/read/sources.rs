//! The SOURCE arguments, and the options about waiting.

use std::{path::PathBuf, time::Duration};

use crate::{
    command::duration,
    exit::Exit,
    failure::Failure,
    files::{self, FileId, capture::Truncated},
    select::SourceName,
};

/// Options of every command that reads.
#[derive(Clone, Debug, clap::Args)]
#[command(next_help_heading = "Waiting and files")]
pub struct ReadArgs {
    /// Give up when nothing arrives for this long: --stall-timeout 2m
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    pub stall_timeout: Duration,
    /// Accept a capture file without a last line
    #[arg(long)]
    pub allow_truncated: bool,
}

impl ReadArgs {
    /// What to do about a file without a last line.
    pub(in crate::cmd) fn truncated(&self) -> Truncated {
        if self.allow_truncated {
            Truncated::Allow
        } else {
            Truncated::Refuse
        }
    }
}

/// The sources of records: topics or files, never both.
#[derive(Debug)]
pub(in crate::cmd) enum Sources {
    /// Topics; empty when one is chosen at the terminal.
    Topics(Vec<String>),
    /// Files, `-` among them.
    Files(PathBuf, Vec<PathBuf>),
}

impl Sources {
    /// Whether standard input is among them.
    pub(in crate::cmd) fn reads_stdin(&self) -> bool {
        match self {
            Self::Topics(_) => false,
            Self::Files(first, others) => std::iter::once(first)
                .chain(others)
                .any(|path| path.as_os_str() == "-"),
        }
    }

    /// Tells topics from files.
    ///
    /// # Errors
    /// Topics and files together; a file that is standard output, too.
    pub(in crate::cmd) fn parse(arguments: &[String]) -> Result<Self, Failure> {
        let mut topics = Vec::new();
        let mut files: Vec<PathBuf> = Vec::new();
        for argument in arguments {
            match SourceName::parse(argument) {
                SourceName::Topic(name) => topics.push(name),
                SourceName::File(path) => files.push(path),
                SourceName::Stdin => files.push(PathBuf::from("-")),
            }
        }
        if let Some(input) = files::input_with_id(FileId::of_stream(std::io::stdout()), &files) {
            let message = format!("standard output is the input {}", input.display());
            return Err(Failure::new(Exit::Refused, message).hint("write to another file"));
        }
        match (topics.is_empty(), files.is_empty()) {
            (_, true) => Ok(Self::Topics(topics)),
            (true, false) => {
                let first = files.remove(0);
                Ok(Self::Files(first, files))
            }
            (false, false) => Err(Failure::usage("topics and files cannot be read together")
                .hint("topic:NAME and file:PATH say what an argument is")),
        }
    }
}
