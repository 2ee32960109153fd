//! `evctl capture verify` and `evctl capture diff`.

use std::{io, path::PathBuf};

use serde_json::json;

use crate::{
    cli::Context,
    cmd,
    exit::Exit,
    failure::Failure,
    files::{
        FileError,
        capture::{self, CaptureError, DiffReport, Difference, Ignore, SplitSets, VerifyReport},
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
    let mut worst = Exit::Ok;
    let mut sets = SplitSets::default();
    for file in &args.files {
        let mut report = capture::verify(file).map_err(unreadable)?;
        let part = report
            .header
            .as_ref()
            .and_then(|header| header.part.as_ref());
        sets.note(file, part, report.more);
        let cut_off = matches!(
            report.error,
            Some(CaptureError::Truncated { .. } | CaptureError::Empty(_))
        );
        let mut error = report.error.take().map(Failure::from);
        if cut_off && args.allow_truncated && report.header.is_some() {
            error = None;
        }
        let sound = error.is_none() && report.out_of_order == 0;
        print(context, |out| {
            if wants_json(context) {
                writeln!(out, "{}", verify_json(&report, sound, error.as_ref()))
            } else {
                verify_text(out, &report, sound)
            }
        })?;
        let exit = match error {
            Some(failure) => {
                context.ui.failure(&failure, wants_json(context));
                // A changed file is an answer, "no"; one that was cut off is incomplete.
                if cut_off { Exit::Partial } else { Exit::No }
            }
            None if sound => Exit::Ok,
            None => Exit::No,
        };
        worst = worst.max(exit);
    }
    let missing = sets.missing().filter(|_| !args.allow_truncated);
    if let Some(missing) = missing {
        let failure = Failure::from(CaptureError::from(missing));
        context.ui.failure(&failure, wants_json(context));
        worst = worst.max(Exit::Partial);
    }
    Ok(worst)
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

fn verify_json(report: &VerifyReport, sound: bool, error: Option<&Failure>) -> serde_json::Value {
    let gaps: Vec<_> = report
        .gaps
        .iter()
        .map(|gap| json!([&*gap.topic, gap.partition, gap.from, gap.to, gap.reason]))
        .collect();
    json!({
        "kind": "evctl.capture-verify/1", "file": report.name, "sound": sound,
        "records": report.records, "sha256": report.sha256, "truncated": report.interrupted,
        "part": report.header.as_ref().and_then(|header| header.part.as_ref()),
        "redacted": report.header.as_ref().map_or(&[][..], |header| &header.redacted),
        "gaps": gaps, "out_of_order": report.out_of_order,
        "error": error.map(|failure| &failure.message),
    })
}

fn verify_text(out: &mut dyn io::Write, report: &VerifyReport, sound: bool) -> io::Result<()> {
    let verdict = if sound { "sound" } else { "NOT SOUND" };
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
