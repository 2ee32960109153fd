//! `evctl capture verify` and `evctl capture diff`.

use std::{io, path::PathBuf};

use crate::{
    cmd,
    command::Context,
    exit::Exit,
    failure::Failure,
    files::{
        FileError,
        capture::{self, CaptureError, Ignore, SplitPart, SplitSets, VerifyReport},
    },
    output::capture::{CaptureDiff, Verdict, VerifiedCapture},
};

/// Arguments of `capture verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// Capture files; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Accept files without a last line, and split captures without all their parts
    #[arg(long)]
    allow_truncated: bool,
}

/// Arguments of `capture diff`.
#[derive(Debug, clap::Args)]
pub(super) struct DiffArgs {
    /// The first file
    #[arg(value_name = "FILE")]
    left: PathBuf,
    /// The second file
    #[arg(value_name = "FILE")]
    right: PathBuf,
    /// Ignore differences in these parts: --ignore topic,offset
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    ignore: Vec<Part>,
    /// Show at most N differences
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    limit: usize,
}

/// A part of a record that may differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// The topic
    Topic,
    /// The offset
    Offset,
}

pub(super) fn verify(context: &Context, args: &VerifyArgs) -> Result<Exit, Failure> {
    let mut sets = SplitSets::default();
    let mut reports = Vec::new();
    let mut unread = None;
    for file in &args.files {
        let report = match capture::verify(file) {
            Ok(report) => report,
            Err(error) => {
                unread = Some(unreadable(error));
                break;
            }
        };
        sets.note(file, part_of(&report), report.more);
        reports.push(report);
    }
    // Missing parts of a split capture are known once all files are checked.
    let mut worst = Exit::Ok;
    for report in reports {
        worst = worst.max(self::report(context, args, report, &sets)?);
    }
    if let Some(failure) = unread {
        return Err(failure);
    }
    let missing = sets.missing().filter(|_| !args.allow_truncated);
    if let Some(missing) = missing {
        let failure = Failure::from(CaptureError::from(missing));
        context.ui.failure(&failure, wants_json(context));
        worst = worst.max(Exit::Partial);
    }
    Ok(worst)
}

fn part_of(report: &VerifyReport) -> Option<&SplitPart> {
    report.header.as_ref()?.part.as_ref()
}

/// Prints the check of one file.
fn report(
    context: &Context,
    args: &VerifyArgs,
    mut report: VerifyReport,
    sets: &SplitSets,
) -> Result<Exit, Failure> {
    let cut_off = matches!(
        report.error,
        Some(CaptureError::Truncated { .. } | CaptureError::Empty(_))
    );
    let mut error = report.error.take().map(Failure::from);
    if cut_off && args.allow_truncated && report.header.is_some() {
        error = None;
    }
    let missing = part_of(&report)
        .filter(|_| !args.allow_truncated)
        .and_then(|part| sets.missing_beside(part));
    let verdict = match (&error, &missing) {
        (None, None) if report.out_of_order == 0 => Verdict::Sound,
        (None, Some(_)) if report.out_of_order == 0 => Verdict::Part,
        _ => Verdict::NotSound,
    };
    let missing = missing.map(|missing| Failure::from(CaptureError::from(missing)));
    let message = error
        .as_ref()
        .or(missing.as_ref())
        .map(|failure| &*failure.message);
    let verified = VerifiedCapture {
        report: &report,
        verdict,
        error: message,
    };
    print(context, |out| match wants_json(context) {
        true => verified.write_json(out),
        false => verified.write_text(out),
    })?;
    Ok(match error {
        Some(failure) => {
            context.ui.failure(&failure, wants_json(context));
            // A changed file is an answer, "no"; one that was cut off is incomplete.
            if cut_off { Exit::Partial } else { Exit::No }
        }
        None if verdict == Verdict::NotSound => Exit::No,
        None => Exit::Ok,
    })
}

/// A file whose first line cannot be read. A changed first line is an answer, too.
fn unreadable(error: CaptureError) -> Failure {
    let changed = match &error {
        CaptureError::Header { .. } => true,
        CaptureError::File(FileError::Read { source, .. }) => {
            source.kind() != io::ErrorKind::UnexpectedEof
        }
        _ => false,
    };
    let mut failure = Failure::from(error);
    if changed {
        failure.exit = Exit::No;
    }
    failure
}

pub(super) fn diff(context: &Context, args: &DiffArgs) -> Result<Exit, Failure> {
    let ignore = Ignore {
        topic: args.ignore.contains(&Part::Topic),
        offset: args.ignore.contains(&Part::Offset),
    };
    let report = capture::diff(&args.left, &args.right, ignore, args.limit)?;
    let diff = CaptureDiff {
        left: &args.left,
        right: &args.right,
        report: &report,
    };
    print(context, |out| match wants_json(context) {
        true => diff.write_json(out),
        false => diff.write_text(out),
    })?;
    Ok(if report.count == 0 {
        Exit::Ok
    } else {
        Exit::No
    })
}

fn wants_json(context: &Context) -> bool {
    context.global.output.as_deref() == Some("json")
}

fn print(
    context: &Context,
    write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>,
) -> Result<Exit, Failure> {
    match context.global.output.as_deref() {
        None | Some("json" | "table") => cmd::print(context, write),
        Some(other) => Err(Failure::usage(format!(
            "-o {other:?} is not an output of this command"
        ))
        .hint("it is text, or with -o json one object per file")),
    }
}
