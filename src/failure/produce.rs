//! Failures of `evctl produce`.

use std::{error::Error, iter, path::Path, time::Duration};

use super::Failure;
use crate::{
    codec::{shell::CommandLine, text::counted},
    exit::Exit,
    files::{FailuresFileError, capture::CaptureWriteError, inputs::InputError},
    kafka::write::WriteError,
    pipeline::Signal,
    transfer::produce::{
        GaveUp, ProduceOutcome, Recreated, Split, Stopped, UndeliveredRecord, UndeliveredRecords,
    },
};

/// The facts of a run that its failure names.
#[derive(Clone, Copy, Debug)]
pub struct ProduceRun<'a> {
    /// The topic.
    pub topic: &'a str,
    /// The file of `--failures`.
    pub failures: Option<&'a Path>,
    /// `--stall-timeout`
    pub stall: Duration,
    /// The signal that stopped it.
    pub signal: Option<Signal>,
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        let message = error.to_string();
        match error {
            InputError::File(error) => error.into(),
            InputError::Capture(error) => error.into(),
            // Nothing of it was sent; a caller that sent some corrects the code.
            InputError::Csv(_) | InputError::Record { .. } => Self::usage(message),
            InputError::Partition { source, .. } => {
                // A negative number is no partition, however many there are.
                let count = i64::from(source.partition.max(source.last + 1)) + 1;
                let alter = CommandLine::evctl("topics alter").operand(source.topic);
                let alter = alter.option("--partitions", count.to_string());
                Self::new(Exit::NotFound, message).hint(format!(
                    "-p N writes all records to one partition; {alter} adds some"
                ))
            }
        }
    }
}

impl Failure {
    /// The file of `--failures` cannot be used; `topic` is the one that is produced to.
    #[must_use]
    pub fn failures_file(error: &FailuresFileError, topic: &str) -> Self {
        let failure = Self::new(Exit::Refused, error.to_string());
        match error {
            FailuresFileError::IsInput { .. } | FailuresFileError::InProgress(_) => {
                failure.hint("name another file")
            }
            FailuresFileError::Leftover(part) => failure
                .hint(format!("{} tries its records again", retry(topic, part)))
                .hint("remove the file when they are not needed, or name another one"),
        }
    }

    /// The file of `--failures` cannot be created.
    #[must_use]
    pub fn failures_file_creation(error: &CaptureWriteError) -> Self {
        let failure = Self::usage("the file of --failures cannot be made");
        error_chain(error).fold(failure, Self::cause)
    }

    /// The worst of what happened to the records; `None` when all were acknowledged.
    #[must_use]
    pub fn of_produce(outcome: ProduceOutcome, run: &ProduceRun<'_>) -> Option<Self> {
        let ProduceOutcome {
            acknowledged,
            undelivered,
            stopped,
            gave_up,
            reached,
            taken,
            complaint,
            failures_file,
            ..
        } = outcome;
        let sent = acknowledged + undelivered.count();
        let rest = match (&stopped, &gave_up, taken) {
            // For a topic that was created again the whole input is sent again.
            (Stopped::End, ..) | (_, _, None) | (_, Some(GaveUp::Recreated(_)), _) => None,
            (_, _, Some(place)) => Some(format!(
                "nothing after {place} was sent or kept ({} before): send the rest as well",
                counted(sent, "record"),
            )),
        };
        let reached = reached.map_or_else(
            || "nothing was sent".to_owned(),
            |place| format!("the last record that was sent stood at {place}"),
        );
        let written = acknowledged > 0 || undelivered.unknown > 0;
        let exit = if written {
            Exit::Partial
        } else {
            Exit::Unreachable
        };
        let failure = match (stopped, gave_up) {
            (_, Some(GaveUp::Recreated(topic))) => {
                Some(recreated(&topic, acknowledged).cause(reached))
            }
            (Stopped::Cancelled, _) => {
                let signal = run.signal.unwrap_or(Signal::Interrupt);
                Some(Self::stopped(signal, None).cause(reached))
            }
            (Stopped::Input(error), _) => {
                let failure = Self::from(error).cause(reached);
                Some(match written {
                    true => Self { exit, ..failure },
                    false => failure,
                })
            }
            (_, Some(GaveUp::Fatal(error))) => Some(fatal(exit, error)),
            (_, Some(GaveUp::Stalled)) => {
                let failure = Self::unacknowledged(exit, run.stall).cause(reached);
                Some(complaint.into_iter().fold(failure, Self::cause))
            }
            _ if undelivered.count() == 0 => None,
            _ => Some(Self::new(
                exit_of(&undelivered, acknowledged),
                format!(
                    "{} not acknowledged",
                    counted(undelivered.count(), "record")
                ),
            )),
        };
        let failure =
            failure.map(|failure| (undelivered.first.iter().map(line)).fold(failure, Self::cause));
        match (failure, failures_file) {
            (None, Ok(())) => None,
            (None, Err(error)) => {
                let failure = Self::new(Exit::Partial, UNWRITTEN);
                Some(error_chain(&error).fold(failure, Self::cause))
            }
            // The file holds nothing, so no hint may name it.
            (Some(failure), Err(error)) => {
                let failure = Self {
                    hints: Vec::new(),
                    ..failure.cause(UNWRITTEN)
                };
                Some(error_chain(&error).fold(failure, Self::cause))
            }
            (Some(failure), Ok(())) => {
                let failure = failure.retried(undelivered.count(), run);
                Some(rest.into_iter().fold(failure, Self::hint))
            }
        }
    }

    /// Adds how the records that were not acknowledged are sent again.
    fn retried(self, undelivered: u64, run: &ProduceRun<'_>) -> Self {
        match run.failures {
            _ if undelivered == 0 => self,
            // A device keeps nothing.
            Some(path) if path.is_file() => {
                self.hint(format!("{} tries them again", retry(run.topic, path)))
            }
            Some(_) => self,
            None => self.hint(
                "--failures FILE, given from the start, keeps records that were not acknowledged, \
                 so that only these are sent again",
            ),
        }
    }
}

const UNWRITTEN: &str = "the file of --failures could not be written";

/// The command that sends the records of the file at `path` again.
fn retry(topic: &str, path: &Path) -> CommandLine {
    (CommandLine::evctl("produce").operand(topic))
        .operand(path.display().to_string())
        .and("-i json")
}

/// `error` and its sources.
fn error_chain(error: &dyn Error) -> impl Iterator<Item = &dyn Error> {
    iter::successors(Some(error), |&error| error.source())
}

/// The exit code of records that were not acknowledged: the one of the worst cause when no record
/// was.
fn exit_of(undelivered: &UndeliveredRecords, acknowledged: u64) -> Exit {
    if acknowledged > 0 || undelivered.unknown > 0 {
        return Exit::Partial;
    }
    if undelivered.codes.iter().any(|code| code.is_access()) {
        Exit::Unreachable
    } else if undelivered.codes.iter().any(|code| code.is_missing()) {
        Exit::NotFound
    } else {
        Exit::Partial
    }
}

fn line(record: &UndeliveredRecord) -> String {
    let UndeliveredRecord { place, cause, .. } = record;
    if record.may_be_written {
        format!("{place}: {cause}; it may have been written")
    } else {
        format!("{place}: {cause}")
    }
}

/// Where the acknowledged records are when the topic was created again.
fn recreated(recreated: &Recreated, acknowledged: u64) -> Failure {
    let Split {
        deleted,
        new,
        either,
    } = recreated.split;
    let mut failure = Failure::new(Exit::Partial, recreated.cause.to_string()).cause(format_args!(
        "of {} acknowledged, {} went to the deleted topic and {} gone, {} to the new one",
        counted(acknowledged, "record"),
        deleted,
        if deleted == 1 { "is" } else { "are" },
        new,
    ));
    if either > 0 {
        failure = failure.cause(format_args!(
            "{} went to one of both: their offsets exist in either",
            counted(either, "record")
        ));
    }
    failure.hint(
        "run the command again to write the whole input to the new topic; what it holds already is \
         written twice then",
    )
}

/// A fatal error of librdkafka: the meaning of its code first, as for a single record.
fn fatal(exit: Exit, error: WriteError) -> Failure {
    match error {
        WriteError::Fatal { code, reason } => {
            Failure::new(exit, format!("the producer cannot go on: {code}")).cause(reason)
        }
        error => Failure::new(exit, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::write::Code;

    #[test]
    fn the_exit_code_is_that_of_the_worst_cause_when_nothing_came_through() {
        let exit = |code, may_be_written: bool, acknowledged| {
            let undelivered = UndeliveredRecords {
                failed: u64::from(!may_be_written),
                unknown: u64::from(may_be_written),
                codes: [Code(code)].into(),
                ..UndeliveredRecords::default()
            };
            exit_of(&undelivered, acknowledged)
        };
        assert_eq!(exit(29, false, 0), Exit::Unreachable);
        assert_eq!(exit(29, false, 1), Exit::Partial);
        assert_eq!(exit(-192, true, 0), Exit::Partial);
        assert_eq!(exit(-190, false, 0), Exit::NotFound);
        assert_eq!(exit(10, false, 0), Exit::Partial);
    }
}
