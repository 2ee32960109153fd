//! `evctl capture`: saves records of topics in a file that proves that it is whole.

mod check;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};

use self::check::{DiffArgs, VerifyArgs};
use super::{
    cluster,
    read::{
        Ending, ProgressBar, ReadArgs, RedactArgs, drive_topics, exit_of, follow_topics,
        report_unfound, warn_of_errors,
    },
};
use crate::{
    codec::shell,
    command::{Context, LimitArgs, SelectArgs, bytes},
    event::{Timestamp, TopicPartition},
    exit::Exit,
    failure::Failure,
    files::capture::{
        self, CaptureHeader, CaptureSummary, CaptureTarget, CaptureWriter, Existing, Saved,
        TopicInfo,
    },
    kafka::wire::ReadOrder,
    output::capture::{CaptureResult, redacts},
    pipeline::{Ended, FilterSink, Signal, Sink},
    select::SourceName,
    transfer::{Begin, TopicRead, TopicReadEnd},
    ui::{Passes, counted},
};

/// The members of a header's query that can hold parts of records.
const BY_CONTENT: [&str; 5] = ["key", "header", "event_type", "grep", "filter"];

/// Save records in a capture file
///
/// Keeps every byte of every record, merged by timestamp over partitions and topics. The last line of
/// the file proves that it is whole. Commands that read topics read capture files, too.
///
///   evctl capture orders -O orders.ndjson.zst
///   evctl capture orders payments --from -2h -O incident.ndjson.zst
///   evctl capture orders --filter '.value.total > 500' -n 100 -O large.ndjson
///   evctl capture orders --follow -O live.ndjson.zst        (until Ctrl-C)
///   evctl capture verify incident.ndjson.zst
///   evctl capture diff before.ndjson after.ndjson --ignore offset
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment, subcommand_negates_reqs = true)]
#[command(subcommand_precedence_over_arg = true)]
pub struct CaptureArgs {
    #[command(subcommand)]
    command: Option<CaptureCommand>,
    /// Topics; without any, choose one on the terminal
    #[arg(value_name = "TOPIC")]
    topics: Vec<String>,
    /// File to write, compressed by its suffix .gz or .zst; - is standard output
    #[arg(short = 'O', long = "file", value_name = "FILE", required = true)]
    file: Option<PathBuf>,
    /// Keep saving new records until Ctrl-C, which completes the file
    #[arg(long)]
    follow: bool,
    /// Replace FILE, or what an interrupted capture left of it, once the new capture is whole
    #[arg(long)]
    force: bool,
    /// Begin another file after SIZE bytes before compression: --split 512MiB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    split: Option<u64>,
    #[command(flatten)]
    limit: LimitArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    redact: RedactArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// Commands on capture files.
#[derive(Debug, clap::Subcommand)]
enum CaptureCommand {
    /// Check that capture files are whole and unchanged
    ///
    ///   evctl capture verify orders.ndjson.zst
    ///   evctl capture verify *.ndjson.zst -o json
    ///
    /// Exit code 0 when they are, 1 when a file was changed, 5 when a file was cut off.
    #[command(verbatim_doc_comment)]
    Verify(VerifyArgs),
    /// Compare two capture files record by record
    ///
    ///   evctl capture diff before.ndjson after.ndjson
    ///   evctl capture diff orders.ndjson copy.ndjson --ignore topic,offset
    ///
    /// Exit code 0 when they hold the same records, 1 when they do not.
    #[command(verbatim_doc_comment)]
    Diff(DiffArgs),
}

/// Captures, or looks at captures.
///
/// # Errors
/// A topic that cannot be read, a file that cannot be written.
pub fn run(context: &mut Context, args: &CaptureArgs) -> Result<Exit, Failure> {
    match &args.command {
        Some(CaptureCommand::Verify(args)) => check::verify(context, args),
        Some(CaptureCommand::Diff(args)) => check::diff(context, args),
        None => capture(context, args),
    }
}

fn capture(context: &Context, args: &CaptureArgs) -> Result<Exit, Failure> {
    let json =
        context.wants_json("capture reports as text, or with -o json; the file is named by -O")?;
    let selection = args.select.selection_from_now(context, args.limit.limit)?;
    let filter = args.select.filter(selection.window())?;
    let redaction = args.redact.redaction(context)?;
    let redactor = redaction.redactor()?;
    let Some(file) = &args.file else {
        return Err(Failure::usage("no file is named").hint("-O FILE"));
    };
    if json && file.as_os_str() == "-" {
        return Err(
            Failure::usage("-O - and -o json both write to standard output")
                .hint("name a file with -O, or leave out -o json"),
        );
    }
    let to_stdout = file.as_os_str() == "-";
    let allowed = || match to_stdout {
        true => Ok(()),
        false => capture::check_target(file, existing(args), args.split.is_some()),
    };
    // A dry run shows its plan before it is refused.
    if !context.global.dry_run {
        allowed()?;
    }
    context.cancel.leave_unwatched();
    let (_, mut client) = cluster::connect(context)?;
    let topics = cluster::topics(&mut client, "capture", topic_names(&args.topics)?)?;
    let stall = args.read.stall_timeout;
    let mut topics = TopicRead::resolve(
        context,
        &mut client,
        topics,
        &selection,
        &args.select,
        stall,
    )?;
    let bar = match to_stdout {
        true => ProgressBar::beside_stdout(context),
        false => ProgressBar::Shown,
    };
    if context.global.dry_run {
        let offsets = counted(topics.assignment.offsets(), "offset");
        context.ui.note(format_args!(
            "would read {offsets} into {}{}",
            file.display(),
            redacts(&redaction.paths())
        ));
        allowed()?;
        return Ok(Exit::Ok);
    }
    let header = header(context, args, &mut topics, redaction.paths())?;
    context.cancel.watch();
    let target = target(context, args, file)?;
    let mut writer = CaptureWriter::create(target, &header, args.split)?;
    let mut sink = FilterSink::new(filter, redactor, args.limit.limit, &mut writer);
    let (mut read, followed) = read(context, args, &mut topics, &mut sink, bar);
    warn_of_errors(context, "--filter", sink.errors());
    report_unfound(context, &sink);
    let fails_on_all = sink.fails_on_all();
    let mut records = sink.passed();
    // A capture that follows has no end to miss.
    let whole = match read.ended {
        Ok(Ended::End | Ended::Stopped) => true,
        Ok(Ended::Cancelled) => followed,
        Err(_) => false,
    };
    if followed && whole && context.cancel.raised() == Some(Signal::Interrupt) {
        read.ended = Ok(Ended::Stopped);
    }
    let left = |records: u64| args.limit.limit.map(|limit| limit.saturating_sub(records));
    let mut resume = (!args.follow).then(|| read.resume(left(records))).flatten();
    let mut closed = false;
    // A read that broke keeps what came; one that brought nothing leaves nothing.
    if read.ended.is_ok() || records > 0 || writer.has_failed() {
        let (summary, written) = writer.finish(!whole, &read.gaps);
        report(context, args, &summary, (!whole, &header.redacted), json)?;
        closed = summary.saved == Saved::Unknown;
        if let Saved::Before(positions) = &summary.saved {
            records = summary.records;
            read.positions = not_kept(&topics, positions, args.follow);
            resume = read.resume(left(records));
        }
        if let Err(error) = written {
            if args.split.is_some() && !summary.files.is_empty() {
                context.ui.note("the files of --split before it are kept");
            }
            read.ended = Err(error.into());
        }
    }
    Ending {
        records,
        gaps: read.gaps,
        resume,
    }
    .report(context, read.ended)
    .map(|exit| match exit_of(exit, fails_on_all) {
        Exit::Ok if closed => Exit::Partial,
        exit => exit,
    })
}

fn existing(args: &CaptureArgs) -> Existing {
    if args.force {
        Existing::Replace
    } else {
        Existing::Refuse
    }
}

fn target(context: &Context, args: &CaptureArgs, file: &Path) -> Result<CaptureTarget, Failure> {
    if file.as_os_str() == "-" {
        let stdout = context.ui.stdout(Passes::Text);
        return match stdout {
            Ok(stdout) => Ok(CaptureTarget::Stream(Box::new(stdout))),
            Err(error) => {
                let message = "standard output cannot be written";
                Err(Failure::new(Exit::Partial, message).cause(error))
            }
        };
    }
    context.ui.detail(format_args!(
        "the file is called {}.part until it is whole",
        file.display()
    ));
    Ok(CaptureTarget::File(file.to_owned(), existing(args)))
}

/// The ranges that are not in the files: `kept` is the next offset of each partition in them.
fn not_kept(
    topics: &TopicRead<'_>,
    kept: &BTreeMap<TopicPartition, i64>,
    follow: bool,
) -> Vec<(TopicPartition, i64, Option<i64>)> {
    let mut rest = BTreeMap::new();
    if follow {
        rest.extend(kept.iter().map(|(at, next)| (at.clone(), (*next, None))));
    }
    for range in &topics.assignment.ranges {
        let partition = TopicPartition::new(range.topic.clone(), range.partition);
        let next = kept.get(&partition).copied().unwrap_or(range.start);
        if follow || next < range.end {
            rest.insert(partition, (next, (!follow).then_some(range.end)));
        }
    }
    rest.into_iter()
        .map(|(partition, (next, end))| (partition, next, end))
        .collect()
}

/// Reads; the second value is whether the ends at the start were reached and following began.
fn read(
    context: &Context,
    args: &CaptureArgs,
    topics: &mut TopicRead<'_>,
    sink: &mut FilterSink<'_>,
    bar: ProgressBar,
) -> (TopicReadEnd, bool) {
    if sink.is_full() {
        return (TopicReadEnd::nothing(), false);
    }
    let read = drive_topics(context, topics, ReadOrder::Time, sink, bar);
    if !args.follow || sink.is_full() || !matches!(read.ended, Ok(Ended::End)) {
        return (read, false);
    }
    let mut more = follow_topics(context, topics, Begin::End, ReadOrder::Time, sink);
    more.gaps.splice(..0, read.gaps);
    (more, true)
}

/// The names of topics; capture does not read files, as a copy of a file needs no broker.
fn topic_names(arguments: &[String]) -> Result<Vec<String>, Failure> {
    arguments
        .iter()
        .map(|argument| match SourceName::parse(argument) {
            SourceName::Topic(name) => Ok(name),
            _ => Err(
                Failure::usage(format!("{argument:?} is a file, capture reads topics")).hint(
                    format!(
                        "{} names a topic; consume reads files",
                        shell::word(&format!("topic:{argument}"))
                    ),
                ),
            ),
        })
        .collect()
}

fn header(
    context: &Context,
    args: &CaptureArgs,
    topics: &mut TopicRead<'_>,
    redacted: Vec<String>,
) -> Result<CaptureHeader, Failure> {
    let mut infos = Vec::new();
    for topic in &topics.topics {
        let keys = ["message.timestamp.type", "cleanup.policy"];
        let mut config = match topics.client.topic_config(&topic.name, &keys)? {
            Ok(config) => config,
            Err(cause) => {
                context
                    .ui
                    .detail(format_args!("{cause}; the capture does without"));
                BTreeMap::new()
            }
        };
        infos.push(TopicInfo {
            name: topic.name.to_string(),
            partitions: i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX),
            timestamp_type: config.remove("message.timestamp.type"),
            cleanup_policy: config.remove("cleanup.policy"),
            ranges: topics
                .assignment
                .ranges
                .iter()
                .filter(|range| range.topic == topic.name)
                .map(|range| (range.partition, range.start, range.end))
                .collect(),
        });
    }
    let select = &args.select;
    let typed = json!({
        "from": select.from, "to": select.to, "last": select.last, "partition": select.partition,
        "offsets": select.offsets, "key": select.key, "event_type": select.event_type,
        "grep": select.grep, "filter": select.filter, "limit": args.limit.limit,
        "header": (!select.header.is_empty()).then_some(&select.header),
        "follow": args.follow.then_some(true),
    });
    let given = typed
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null());
    // A criterion may quote a value that is redacted.
    let hides = |name: &str| !redacted.is_empty() && BY_CONTENT.contains(&name);
    let kept = |name: &str, value: &Value| match hides(name) {
        true => "[redacted]".into(),
        false => value.clone(),
    };
    Ok(CaptureHeader {
        at: Timestamp(context.now).to_string(),
        cluster_id: topics.client.cluster_id().map(str::to_owned),
        query: given
            .map(|(name, value)| (name.clone(), kept(name, value)))
            .collect(),
        topics: infos,
        redacted,
        ..CaptureHeader::default()
    })
}

fn report(
    context: &Context,
    args: &CaptureArgs,
    summary: &CaptureSummary,
    (truncated, redacted): (bool, &[String]),
    json: bool,
) -> Result<(), Failure> {
    // As typed, unless the capture was split or did not get the name.
    let files: Vec<_> = match (&args.file, summary.files.as_slice()) {
        (Some(file), [only]) if only.file_name() == file.file_name() => vec![file],
        (_, files) => files.iter().collect(),
    };
    let files = files.iter().map(|file| file.display().to_string());
    let result = CaptureResult {
        summary,
        files: files.collect(),
        truncated,
        redacted,
    };
    if json {
        return super::print(context, |out| result.write_json(out)).map(drop);
    }
    if let Some(line) = result.line() {
        context.ui.note(line);
    }
    if let Some(file) = &args.file
        && summary.files.iter().any(|file| is_unfinished(file))
    {
        let file = file.display();
        context.ui.note(format_args!(
            "{file} stays as it was: a truncated capture does not replace it"
        ));
    }
    Ok(())
}

fn is_unfinished(file: &Path) -> bool {
    file.extension().is_some_and(|suffix| suffix == "part")
}
