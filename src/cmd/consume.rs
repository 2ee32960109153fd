//! `evctl consume`: records of topics or files, to the end or following.

use super::{
    cluster,
    read::{
        Ending, ProgressBar, ReadArgs, RedactArgs, ShowArgs, Sources, drive_topics, exit_of,
        follow_topics, report_unfound, warn_of_errors, warn_of_incomplete,
    },
};
use crate::{
    command::{Context, LimitArgs, SelectArgs},
    config::Cluster,
    exit::Exit,
    failure::Failure,
    files::capture::CaptureReader,
    kafka::wire::{Client, ReadOptions, ReadOrder, TopicMetadata},
    output::OutputError,
    pipeline::{Fault, FileSelection, FilterSink, LastOf, LastRecords, Sink, Source, drive},
    select::{Position, Selection},
    transfer::{Begin, GroupNote, GroupRead, TopicRead},
    ui::{Bar, counted},
};

/// Read records from topics or files
///
/// Reads each partition up to the end that it had when the command began. Records are
/// printed as -o value (off a terminal), pretty (on one), json, raw, csv or table.
///
///   evctl consume orders
///   evctl consume orders -o json --from -2h
///   evctl consume orders --filter '.value.total > 500' --jq '[.key, .value.total]'
///   evctl consume orders -k order-17 -f '%T %p/%o %s\n'
///   evctl consume orders --from -10
///   evctl consume orders --follow
///   evctl consume orders --group billing -n 100
///   evctl consume orders --as-group billing -p 3 -n 1
///   evctl consume yesterday.ndjson.zst --event-type OrderPlaced
///
/// In -o json, which produce -i json takes, a key, a value and a header's value are one of
///
///   null                            absent; as a value a tombstone
///   "text"                          UTF-8 that is not a JSON object or array
///   {"json": {"id": 1}}             a JSON object or array, white space included
///   {"json": …, "text": "…"}        one with line breaks or white space around it; both
///                                   must be equal, and text is what is written
///   {"base64": "…"}                 bytes that are not UTF-8
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct ConsumeArgs {
    /// Topics, or capture files (- is standard input); without any, choose a topic on the terminal
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// Keep reading new records after the end
    #[arg(long)]
    follow: bool,
    /// Read as a member of this group, and commit the records that were printed: --group billing
    ///
    /// Reading resumes at the committed offsets. --from is the start of partitions without one;
    /// partitions that were added to the topic later are read from their beginning where --from
    /// counts from the end. Reading stops at the ends that partitions had when they were assigned;
    /// --follow reads on. A committed offset outside of the log is an error, unless
    /// -X auto.offset.reset=earliest or latest sets another start.
    #[arg(short, long, value_name = "NAME", conflicts_with_all = ["order", "as_group"])]
    group: Option<String>,
    /// Order of the records: as they arrive, or merged by time over partitions and topics
    #[arg(long, value_enum, default_value_t, value_name = "ORDER")]
    order: OrderArg,
    /// Print each record by a template: -f '%t/%p@%o %k: %s\n'
    ///
    /// %s value, %k key, %h headers, %t topic, %p partition, %o offset, %T timestamp in ms, %S and %K
    /// the lengths of value and key (-1 is null), %R the value's length in four bytes, %%; \n \t \xNN.
    #[arg(short, long, value_name = "TEMPLATE", conflicts_with_all = ["output", "jq", "columns"])]
    format: Option<String>,
    #[command(flatten)]
    limit: LimitArgs,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    show: ShowArgs,
    #[command(flatten)]
    redact: RedactArgs,
    #[command(flatten)]
    read: ReadArgs,
}

/// `--order`
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
enum OrderArg {
    /// As records arrive, in offset order within a partition
    #[default]
    Arrival,
    /// Merged by timestamp
    Time,
}

/// Reads, filters, prints.
///
/// # Errors
/// A source that does not exist, a cluster that cannot be read, an option that makes no sense.
pub fn run(context: &mut Context, args: &ConsumeArgs) -> Result<Exit, Failure> {
    let selection = args.select.selection_from_now(context, args.limit.limit)?;
    let filter = args.select.filter(selection.window())?;
    let mut printer = args.show.printer(context, args.format.as_deref())?;
    let sources = Sources::parse(&args.sources)?;
    if args.limit.limit == Some(0) {
        return Ok(Exit::Ok);
    }
    let redactor = args.redact.redaction(context)?.redactor()?;
    let mut records = FilterSink::new(filter, redactor, args.limit.limit, printer.as_mut());
    let exit = match sources {
        Sources::Files(first, others) if args.group.is_none() => {
            let mut reader = CaptureReader::open(&first, &others, args.read.truncated())?;
            if args.order == OrderArg::Time {
                reader = reader.by_time()?;
            }
            read_files(context, reader, &selection, &mut records)
        }
        Sources::Files(..) => Err(Failure::usage("--group reads topics, not files")),
        Sources::Topics(names) => read_topics(context, args, names, &selection, &mut records),
    };
    warn_of_errors(context, "--filter", records.errors());
    report_unfound(context, &records);
    let exit = exit.map(|exit| exit_of(exit, records.fails_on_all()));
    warn_of_errors(context, "--jq", printer.errors());
    exit
}

fn read_topics(
    context: &Context,
    args: &ConsumeArgs,
    names: Vec<String>,
    selection: &Selection,
    records: &mut FilterSink<'_>,
) -> Result<Exit, Failure> {
    context.cancel.leave_unwatched();
    let (cluster, mut client) = cluster::connect(context)?;
    let topics = cluster::topics(&mut client, "consume", names)?;
    if let Some(group) = &args.group {
        context.cancel.watch();
        return read_group(
            context,
            args,
            group,
            (&cluster, &mut client),
            &topics,
            records,
        );
    }
    let stall = args.read.stall_timeout;
    let mut topics =
        TopicRead::resolve(context, &mut client, topics, selection, &args.select, stall)?;
    if context.global.dry_run {
        let offsets = counted(topics.assignment.offsets(), "offset");
        context.ui.note(format_args!("would read {offsets}"));
        return Ok(Exit::Ok);
    }
    let order = match args.order {
        OrderArg::Arrival => ReadOrder::Arrival,
        OrderArg::Time => ReadOrder::Time,
    };
    context.cancel.watch();
    let read = if args.follow {
        follow_topics(context, &mut topics, Begin::Start, order, records)
    } else {
        let bar = ProgressBar::beside_stdout(context);
        drive_topics(context, &mut topics, order, records, bar)
    };
    let left = args
        .limit
        .limit
        .map(|limit| limit.saturating_sub(records.passed()));
    let resume = read.resume(left);
    let ending = Ending {
        records: records.passed(),
        gaps: read.gaps,
        resume,
    };
    ending.report(context, read.ended)
}

/// Reads as a member of `group`.
fn read_group(
    context: &Context,
    args: &ConsumeArgs,
    group: &str,
    (cluster, client): (&Cluster, &mut Client),
    topics: &[TopicMetadata],
    records: &mut FilterSink<'_>,
) -> Result<Exit, Failure> {
    let selection = args.select.selection(context.now, None)?;
    if selection.to.is_some() || selection.partitions.is_some() || selection.offsets.is_some() {
        return Err(
            Failure::usage("the group decides what is read: no --to, -p or --offsets")
                .hint("leave out --group to read a part of a topic"),
        );
    }
    let action = format!("consume and commit as group {group:?}");
    let permit = cluster::permit(context, cluster, &action)?;
    if context.global.dry_run {
        context.ui.note(format_args!("would {action}"));
        return Ok(Exit::Ok);
    }
    let read = GroupRead {
        name: group,
        topics: topics.iter().map(|topic| topic.name.clone()).collect(),
        from: selection.from,
        follow: args.follow,
        options: ReadOptions {
            isolation: args
                .select
                .isolation
                .map_or(client.settings().isolation, Into::into),
            order: ReadOrder::Arrival,
            from_ms: None,
            to_ms: None,
            stall_timeout: args.read.stall_timeout,
        },
    };
    let end = read.run(
        client,
        records,
        permit,
        &context.cancel,
        &mut |note| match note {
            GroupNote::Start(note) => context.ui.warn(note),
            GroupNote::Hidden(hidden) => context.ui.note(hidden),
            GroupNote::Log(line) => context.ui.detail(format_args!("librdkafka: {line:?}")),
        },
    )?;
    let not_written = |fault: &Fault| fault.is::<OutputError>();
    let resume = if !end.committed || end.ended.as_ref().is_err_and(not_written) {
        format!("the same command: it prints all records since the last commit of group {group:?}")
    } else {
        format!("the same command: group {group:?} has stored where it stands")
    };
    Ending {
        records: records.passed(),
        gaps: end.gaps,
        resume: Some(resume),
    }
    .report(context, end.ended)
}

/// Reads capture files.
fn read_files(
    context: &Context,
    mut reader: CaptureReader,
    selection: &Selection,
    records: &mut FilterSink<'_>,
) -> Result<Exit, Failure> {
    let mut bar = Bar::new(&context.ui, "reading");
    let ended = match selection.from {
        Position::Last(count) => {
            let mut last = LastRecords::new(LastOf::EachPartition, count);
            let mut within = FileSelection::new(selection, &mut last)?;
            let ended = drive(&mut reader, &mut within, &mut bar, &context.cancel);
            ended.and_then(|ended| last.release(records).map(|_| ended))
        }
        _ => {
            let mut within = FileSelection::new(selection, records)?;
            drive(&mut reader, &mut within, &mut bar, &context.cancel)
        }
    };
    drop(bar);
    let flushed = records.idle();
    warn_of_incomplete(context, &reader);
    let gaps = reader.gaps().to_vec();
    let ending = Ending {
        records: records.passed(),
        gaps,
        resume: None,
    };
    ending.report(context, ended.and_then(|ended| flushed.map(|_| ended)))
}
