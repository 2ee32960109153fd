//! `evctl tail`: the last records of topics, merged by time, and then what comes.

use super::{
    cluster,
    read::{
        Ending, ProgressBar, ReadArgs, RedactArgs, ShowArgs, Sources, drive_topics, exit_of,
        follow_topics, report_unfound, warn_of_errors, warn_of_incomplete,
    },
};
use crate::{
    codec::shell::CommandLine,
    command::{Context, SelectArgs},
    envelope::EventDecoder,
    event::Record,
    exit::Exit,
    failure::Failure,
    files::capture::CaptureReader,
    filter::Filter,
    kafka::wire::ReadOrder,
    pipeline::{Ended, Fault, FileSelection, FilterSink, LastOf, LastRecords, Sink, Source, drive},
    select::Selection,
    transfer::{Begin, TopicRead},
};

/// Follow topics, merged by time
///
/// Shows the last records of the whole selection, then new records as they are written. Records are
/// printed as -o value (off a terminal), pretty (on one), json, raw, csv or table.
///
///   evctl tail orders
///   evctl tail orders payments shipments
///   evctl tail orders -n 100 --no-follow
///   evctl tail orders --from -10m --grep timeout
///   evctl tail orders -n 0 --filter '.value.total > 500'
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct TailArgs {
    /// Topics, or capture files (- is standard input); without any, choose a topic on the terminal
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,
    /// Begin with the last N records of the whole selection [default: 10, or all with --from]
    #[arg(short = 'n', long, value_name = "N")]
    lines: Option<u64>,
    /// Show the last records and stop
    #[arg(long)]
    no_follow: bool,
    /// Stop after N records
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Print each record by a template, as in consume: -f '%t/%p@%o %k: %s\n'
    ///
    /// In tail, -f is not "follow": tail always follows, unless --no-follow is given.
    #[arg(short, long, value_name = "TEMPLATE", conflicts_with_all = ["output", "jq", "columns"])]
    format: Option<String>,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    show: ShowArgs,
    #[command(flatten)]
    redact: RedactArgs,
    #[command(flatten)]
    read: ReadArgs,
}

impl TailArgs {
    /// How many records to begin with; `None` is all of the selection.
    fn lines(&self) -> Option<u64> {
        let begins = self.select.from.is_some()
            || self.select.last.is_some()
            || self.select.offsets.is_some();
        self.lines.or((!begins).then_some(10))
    }

    /// An end that was asked for leaves nothing to follow.
    fn follows(&self) -> bool {
        !self.no_follow && self.select.to.is_none()
    }
}

/// Reads, merges, prints, follows.
///
/// # Errors
/// As `consume`.
pub fn run(context: &mut Context, args: &TailArgs) -> Result<Exit, Failure> {
    let selection = args.select.selection_from_now(context, args.limit)?;
    let filter = args.select.filter(selection.window())?;
    let template = args.format.as_deref();
    let mut printer = (args.show.printer(context, template)).map_err(|failure| {
        // `tail -f` of other tools: what is taken for a template is a topic.
        match template.filter(|template| !template.contains('%')) {
            Some(topic) => failure.hint(format!(
                "tail follows without an option: {}",
                CommandLine::evctl("tail").operand(topic)
            )),
            None => failure,
        }
    })?;
    let sources = Sources::parse(&args.sources)?;
    if args.limit == Some(0) {
        return Ok(Exit::Ok);
    }
    let redactor = args.redact.redaction(context)?.redactor()?;
    let mut records = FilterSink::new(filter, redactor, args.limit, printer.as_mut());
    let exit = match sources {
        Sources::Files(first, others) => {
            let reader = CaptureReader::open(&first, &others, args.read.truncated())?;
            let mut reader = reader.by_time()?;
            let ended = tail_files(context, args, &selection, &mut reader, &mut records);
            warn_of_incomplete(context, &reader);
            let gaps = reader.gaps().to_vec();
            Ending {
                records: records.passed(),
                gaps,
                resume: None,
            }
            .report(context, ended?)
        }
        Sources::Topics(names) => tail_topics(context, args, names, &selection, &mut records),
    };
    warn_of_errors(context, "--filter", records.errors());
    report_unfound(context, &records);
    let exit = exit.map(|exit| exit_of(exit, records.fails_on_all()));
    warn_of_errors(context, "--jq", printer.errors());
    exit
}

/// The last records of files, merged by time. Records are filtered before they are counted.
fn tail_files(
    context: &Context,
    args: &TailArgs,
    selection: &Selection,
    reader: &mut CaptureReader,
    records: &mut FilterSink<'_>,
) -> Result<Result<Ended, Fault>, Failure> {
    let Some(lines) = args.lines() else {
        let mut within = FileSelection::new(selection, records)?;
        let ended = drive(reader, &mut within, &mut (), &context.cancel);
        return Ok(ended.and_then(|ended| records.idle().map(|_| ended)));
    };
    let mut last = LastRecords::new(LastOf::All, lines);
    let mut matching = records.filter_into(&mut last);
    let mut within = FileSelection::new(selection, &mut matching)?;
    let ended = drive(reader, &mut within, &mut (), &context.cancel);
    drop(within);
    drop(matching);
    Ok(ended.and_then(|ended| last.release(&mut records.past_filter()).map(|_| ended)))
}

fn tail_topics(
    context: &Context,
    args: &TailArgs,
    names: Vec<String>,
    selection: &Selection,
    records: &mut FilterSink<'_>,
) -> Result<Exit, Failure> {
    context.cancel.leave_unwatched();
    let (_, mut client) = cluster::connect(context)?;
    let topics = cluster::topics(&mut client, "tail", names)?;
    let stall = args.read.stall_timeout;
    let mut topics =
        TopicRead::resolve(context, &mut client, topics, selection, &args.select, stall)?;
    context.cancel.watch();
    if let Some(lines) = args.lines() {
        let surplus = start_at_last(context, lines, &mut topics, records.filter())?;
        records.skip(surplus);
    }
    let bar = ProgressBar::beside_stdout(context);
    let mut read = drive_topics(context, &mut topics, ReadOrder::Time, records, bar);
    records.skip(0);
    if matches!(read.ended, Ok(Ended::End)) && args.follows() && !records.is_full() {
        let mut gaps = read.gaps;
        read = follow_topics(context, &mut topics, Begin::End, ReadOrder::Time, records);
        gaps.append(&mut read.gaps);
        read.gaps = gaps;
    }
    let resume = read.resume(None).filter(|_| !args.follows());
    let ending = Ending {
        records: records.passed(),
        gaps: read.gaps,
        resume,
    };
    ending.report(context, read.ended)
}

/// Moves the start of every range to the last `lines` records of its partition. Returns by how many
/// they are more than `lines` together, to be dropped from the front.
fn start_at_last(
    context: &Context,
    lines: u64,
    topics: &mut TopicRead<'_>,
    filter: &mut Filter,
) -> Result<u64, Failure> {
    let count = usize::try_from(lines).unwrap_or(usize::MAX);
    let keep = &mut |record: &Record<'_>| filter.keep(&EventDecoder::inferred().event(record));
    let found = topics.start_at_last(count, keep, &context.cancel)?;
    // These records are read again, unless none was found.
    if !filter.fails_on_all() {
        filter.forget_errors();
    }
    Ok(u64::try_from(found.saturating_sub(count)).unwrap_or(0))
}
