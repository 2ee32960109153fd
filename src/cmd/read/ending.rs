//! How a read ends: what is said about it, and the exit code.

use crate::{
    cmd::read::Kept,
    command::Context,
    exit::Exit,
    failure::Failure,
    files::capture::{CaptureReader, Incomplete},
    filter::InterruptedRecord,
    output::OutputError,
    pipeline::{Ended, Fault, Gap, Signal},
    ui::counted,
};

/// What is known when a read is over.
#[derive(Debug, Default)]
pub(in crate::cmd) struct Ending {
    /// Records that came out.
    pub(in crate::cmd) records: u64,
    /// What was selected and could not be read.
    pub(in crate::cmd) gaps: Vec<Gap>,
    /// How to go on after an interruption: the options to type.
    pub(in crate::cmd) resume: Option<String>,
}

impl Ending {
    /// Reports a read that came to `ended`, and gives its exit code.
    ///
    /// # Errors
    /// The failure that ended it. It is 5 when records came out, else what it is by itself.
    pub(in crate::cmd) fn report(
        self,
        context: &Context,
        ended: Result<Ended, Fault>,
    ) -> Result<Exit, Failure> {
        for gap in &self.gaps {
            context.ui.warn(format_args!(
                "{}/{}: offsets {} to {} could not be read: {}",
                gap.topic, gap.partition, gap.from, gap.to, gap.reason
            ));
        }
        match ended {
            Ok(Ended::Cancelled) => Ok(self.interrupted(context)),
            Err(fault) if fault.is::<InterruptedRecord>() => {
                context.ui.warn(fault);
                Ok(self.interrupted(context))
            }
            Ok(Ended::End | Ended::Stopped) if self.gaps.is_empty() => Ok(Exit::Ok),
            Ok(Ended::End | Ended::Stopped) => Ok(Exit::Partial),
            Err(fault) => {
                let not_written = fault.is::<OutputError>();
                let mut failure = Failure::from(fault);
                let resume = self.resume.filter(|_| !failure.stale);
                if not_written {
                    let records = counted(self.records, "record");
                    failure = failure.cause(format_args!("written before: {records}"));
                }
                if self.records > 0 && failure.exit == Exit::Unreachable {
                    failure.exit = Exit::Partial;
                    failure = failure.cause(format_args!(
                        "{} came before",
                        counted(self.records, "record")
                    ));
                }
                if let Some(resume) = resume {
                    failure = failure.hint(format!("go on with {resume}"));
                }
                Err(failure)
            }
        }
    }

    fn interrupted(&self, context: &Context) -> Exit {
        let (what, exit) = match context.cancel.raised() {
            Some(Signal::Deadline) if self.records == 0 => ("--timeout is over", Exit::Unreachable),
            Some(Signal::Deadline) => ("--timeout is over", Exit::Partial),
            Some(Signal::Terminate) => ("terminated", Exit::Terminated),
            Some(Signal::Interrupt) | None => ("interrupted", Exit::Interrupted),
        };
        let records = counted(self.records, "record");
        match &self.resume {
            Some(resume) => {
                let note = format_args!("{what} after {records}; go on with {resume}");
                context.ui.note(note);
            }
            None => context.ui.note(format_args!("{what} after {records}")),
        }
        exit
    }
}

/// Says how often a jq expression failed, when it did.
pub(in crate::cmd) fn warn_of_errors(
    context: &Context,
    option: &str,
    (count, first): (u64, Option<&str>),
) {
    if let Some(first) = first {
        context.ui.warn(format_args!(
            "{option} failed on {}, the first: {first}",
            counted(count, "record")
        ));
    }
}

/// The exit code of a read that ended with `exit`: it brought nothing when an expression failed on
/// every record.
pub(in crate::cmd) fn exit_of(exit: Exit, fails_on_all: bool) -> Exit {
    if exit == Exit::Ok && fails_on_all {
        Exit::Partial
    } else {
        exit
    }
}

/// Says which paths of --redact have hidden nothing.
pub(in crate::cmd) fn warn_of_unfound<'a>(context: &Context, paths: impl Iterator<Item = &'a str>) {
    for path in paths {
        context.ui.warn(format_args!(
            "--redact {path:?} was found in no record: nothing was hidden by it"
        ));
    }
}

/// Reports the paths of --redact, and a profile's redact, that matched nothing in a read.
///
/// A profile's list serves many topics: that one of its paths is absent from a topic says nothing.
pub(in crate::cmd) fn report_unfound(context: &Context, kept: &Kept<'_>) {
    warn_of_unfound(context, kept.unfound());
    let profile: Vec<_> = kept.unfound_of_profile().collect();
    if !profile.is_empty() {
        context.ui.note(format_args!(
            "no path of the profile's redact is in these records: {}",
            profile.join(", ")
        ));
    }
}

/// The warning that the records of `source` are not the original ones; `None` when they are.
pub(in crate::cmd) fn redacted(source: &str, paths: &[String]) -> Option<String> {
    (!paths.is_empty()).then(|| {
        format!(
            "the records of {source:?} are redacted ({}): what is written is not the original",
            paths.join(", ")
        )
    })
}

/// Says which files hold less than was to be captured.
pub(in crate::cmd) fn warn_of_incomplete(context: &Context, reader: &CaptureReader) {
    for incomplete in reader.incomplete() {
        match incomplete {
            Incomplete::Interrupted(name) => context.ui.warn(format_args!(
                "{name:?} holds less than was asked for: its capture was interrupted"
            )),
            Incomplete::NoLastLine(name) => {
                context
                    .ui
                    .warn(format_args!("{name:?} has no last line: it was cut off"));
            }
            Incomplete::MissingPart(missing) => context.ui.warn(missing),
        }
    }
}
