//! The end of a read: its report and its exit code.

use crate::{
    command::Context,
    exit::{Done, Exit},
    failure::Failure,
    files::capture::{CaptureReader, Incomplete},
    filter::InterruptedRecord,
    output::OutputError,
    pipeline::{Ended, Fault, FilterSink, Gap, Signal},
    ui::counted,
};

/// The result of a read.
#[derive(Debug, Default)]
pub(in crate::cmd) struct Ending {
    /// Records that were printed or saved.
    pub(in crate::cmd) records: u64,
    /// Offsets that were selected and could not be read.
    pub(in crate::cmd) gaps: Vec<Gap>,
    /// The options that resume the read after an interruption; `None` when it cannot be resumed.
    pub(in crate::cmd) resume: Option<String>,
}

impl Ending {
    /// Reports a read that ended with `ended`, and returns its exit code.
    ///
    /// # Errors
    /// The failure that ended it, with the exit code 5 when records came before an unreachable cluster.
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
                Err(resume.into_iter().fold(failure, Failure::resume))
            }
        }
    }

    fn interrupted(&self, context: &Context) -> Exit {
        let signal = context.cancel.raised().unwrap_or(Signal::Interrupt);
        let records = counted(self.records, "record");
        match &self.resume {
            Some(resume) => {
                let note = format_args!("{signal} after {records}; resume with {resume}");
                context.ui.note(note);
            }
            None => context.ui.note(format_args!("{signal} after {records}")),
        }
        let done = match self.records {
            0 => Done::Nothing,
            _ => Done::Something,
        };
        Exit::stopped(signal, done)
    }
}

/// Warns of records on which a jq expression failed.
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

/// The exit code of a read that ended with `exit`: incomplete when an expression failed on every
/// record.
pub(in crate::cmd) fn exit_of(exit: Exit, fails_on_all: bool) -> Exit {
    if exit == Exit::Ok && fails_on_all {
        Exit::Partial
    } else {
        exit
    }
}

/// Warns of paths of --redact that have hidden nothing.
pub(in crate::cmd) fn warn_of_unfound<'a>(context: &Context, paths: impl Iterator<Item = &'a str>) {
    for path in paths {
        context.ui.warn(format_args!(
            "--redact {path:?} was found in no record: nothing was hidden by it"
        ));
    }
}

/// Reports the paths of --redact, and a profile's redact, that matched nothing in a read.
///
/// A profile's list serves many topics: one of its paths may be absent from a topic.
pub(in crate::cmd) fn report_unfound(context: &Context, records: &FilterSink<'_>) {
    warn_of_unfound(context, records.unfound());
    let profile: Vec<_> = records.unfound_of_profile().collect();
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

/// Warns of files that hold less than was to be captured.
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
