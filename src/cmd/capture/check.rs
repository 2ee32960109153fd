//! `evctl capture verify` and `evctl capture diff`.

use std::{io, path::PathBuf};

use serde_json::json;

use crate::{
    cmd,
    command::Context,
    exit::Exit,
    failure::Failure,
    files::{
        FileError,
        capture::{
            self, CaptureError, DiffReport, Difference, Ignore, SplitPart, SplitSets, VerifyReport,
        },
    },
    ui::counted,
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
    /// What may differ: --ignore topic,offset
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PARTS")]
    ignore: Vec<Part>,
    /// Show so many differences
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
    // Whether a part is all there is of a split capture is known when all files were looked at.
    let mut worst = Exit::Ok;
    for report in reports {
        worst = worst.max(tell(context, args, report, &sets)?);
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

/// Prints what was found out about one file.
fn tell(
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
    print(context, |out| {
        if wants_json(context) {
            let missing = missing.map(|missing| Failure::from(CaptureError::from(missing)));
            let error = error.as_ref().or(missing.as_ref());
            writeln!(out, "{}", verify_json(&report, verdict, error))
        } else {
            verify_text(out, &report, verdict)
        }
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

/// What is said of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Sound,
    /// A part as it was written, of a split capture that has other parts missing.
    Part,
    NotSound,
}

/// A file of which not even the first line can be read. One that was changed there is an answer,
/// too.
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

fn verify_json(
    report: &VerifyReport,
    verdict: Verdict,
    error: Option<&Failure>,
) -> serde_json::Value {
    let gaps: Vec<_> = report
        .gaps
        .iter()
        .map(|gap| json!([&*gap.topic, gap.partition, gap.from, gap.to, gap.reason]))
        .collect();
    json!({
        "kind": "evctl.capture-verify/1", "file": report.name,
        "sound": verdict == Verdict::Sound,
        "records": report.records, "sha256": report.sha256, "truncated": report.interrupted,
        "part": report.header.as_ref().and_then(|header| header.part.as_ref()),
        "redacted": report.header.as_ref().map_or(&[][..], |header| &header.redacted),
        "gaps": gaps, "out_of_order": report.out_of_order,
        "error": error.map(|failure| &failure.message),
    })
}

fn verify_text(out: &mut dyn io::Write, report: &VerifyReport, verdict: Verdict) -> io::Result<()> {
    let verdict = match verdict {
        Verdict::Sound => "sound",
        Verdict::Part => "a part of an INCOMPLETE capture",
        Verdict::NotSound => "NOT SOUND",
    };
    let checked = match &report.sha256 {
        Some(sha256) => format!("sha256 {sha256} verified"),
        None if report.header.is_none() => "plain NDJSON, without a checksum".to_owned(),
        None => "checksum not verified".to_owned(),
    };
    writeln!(
        out,
        "{}: {verdict}, {}, {checked}",
        report.name,
        counted(report.records, "record")
    )?;
    for topic in report.header.iter().flat_map(|header| &header.topics) {
        let offsets: i64 = topic.ranges.iter().map(|(_, start, end)| end - start).sum();
        writeln!(
            out,
            "  {}: {} of {}, {}",
            topic.name,
            topic.ranges.len(),
            counted(topic.partitions, "partition"),
            counted(offsets, "offset")
        )?;
    }
    let redacted = report.header.iter().map(|header| &header.redacted);
    for paths in redacted.filter(|paths| !paths.is_empty()) {
        writeln!(out, "  redacted: {}", paths.join(", "))?;
    }
    if let Some(part) = report.header.iter().find_map(|header| header.part.as_ref()) {
        let place = if report.more { "" } else { ", the last" };
        writeln!(out, "  part {} of a split capture{place}", part.number)?;
    }
    if report.interrupted {
        writeln!(
            out,
            "  the capture was interrupted: it holds less than was asked for"
        )?;
    }
    for gap in &report.gaps {
        let (topic, partition) = (&gap.topic, gap.partition);
        writeln!(
            out,
            "  gap: {topic}/{partition} {} to {}: {}",
            gap.from, gap.to, gap.reason
        )?;
    }
    for place in &report.places {
        let (topic, partition) = (&place.topic, place.partition);
        let (line, offset, before) = (place.line, place.offset, place.before);
        writeln!(
            out,
            "  line {line}: {topic}/{partition} offset {offset} after {before}"
        )?;
    }
    Ok(())
}

pub(super) fn diff(context: &Context, args: &DiffArgs) -> Result<Exit, Failure> {
    let ignore = Ignore {
        topic: args.ignore.contains(&Part::Topic),
        offset: args.ignore.contains(&Part::Offset),
    };
    let report = capture::diff(&args.left, &args.right, ignore, args.limit)?;
    print(context, |out| {
        if wants_json(context) {
            writeln!(out, "{}", diff_json(&report))
        } else {
            diff_text(out, args, &report)
        }
    })?;
    Ok(if report.count == 0 {
        Exit::Ok
    } else {
        Exit::No
    })
}

fn diff_json(report: &DiffReport) -> serde_json::Value {
    let differences: Vec<_> = report
        .differences
        .iter()
        .map(|difference| match difference {
            Difference::Changed {
                left,
                right,
                members,
            } => {
                json!({"left": left, "right": right, "members": members})
            }
            Difference::OnlyLeft(left) => json!({"left": left, "right": null}),
            Difference::OnlyRight(right) => json!({"left": null, "right": right}),
        })
        .collect();
    json!({
        "kind": "evctl.capture-diff/1", "records": [report.records.0, report.records.1],
        "count": report.count, "differences": differences,
    })
}

fn diff_text(out: &mut dyn io::Write, args: &DiffArgs, report: &DiffReport) -> io::Result<()> {
    let (left, right) = (args.left.display(), args.right.display());
    for difference in &report.differences {
        match difference {
            Difference::Changed {
                left: a,
                right: b,
                members,
            } => {
                writeln!(out, "{left}:{a} {right}:{b}: {} differ", members.join(", "))?;
            }
            Difference::OnlyLeft(line) => writeln!(out, "{left}:{line}: only there")?,
            Difference::OnlyRight(line) => writeln!(out, "{right}:{line}: only there")?,
        }
    }
    let hidden = report.count - report.differences.len() as u64;
    if hidden > 0 {
        writeln!(out, "… {hidden} more; -n shows more of them")?;
    }
    let (a, b) = report.records;
    match report.count {
        0 => writeln!(out, "the same {}", counted(a, "record")),
        count => writeln!(
            out,
            "{} in {a} and {}",
            counted(count, "difference"),
            counted(b, "record")
        ),
    }
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
