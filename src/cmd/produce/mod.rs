//! `evctl produce`: arguments, plan, permit, sending, report.

mod args;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub use args::ProduceArgs;

use crate::{
    cmd,
    codec::{csv::NullMark, text::counted},
    command::Context,
    config::Cluster,
    event::RecordBuf,
    exit::Exit,
    failure::{Failure, ProduceRun},
    files::{
        self, FailuresFile,
        capture::{self, CaptureError},
        inputs::{
            Ahead, InputFormat, InputLocation, InputNote, Inputs, Piece, ReadAhead, Reading,
            input_name,
        },
    },
    kafka::{
        property::Part,
        wire::Client,
        write::{Durability, Log, Producer, ProducerOptions, Sticky},
    },
    output::{produce::ProduceResult, report::CommandResult},
    pipeline::RateLimit,
    transfer::produce::{
        DeliveryReports, InputDelivery, ProduceOutcome, ProducePlan, SizeLimit, TopicFacts,
        TopicWatch,
    },
    ui::{Bar, Verbosity},
};

/// Inputs that end within so many bytes are sent at once and never again ([`Durability::Once`]).
const ONE_SHOT: usize = 64 * 1024;
/// Files of so many bytes together are worth a second connection.
const BULK: u64 = 16 * 1024 * 1024;
/// How long a small input may take to end before it is taken for a pipe that stays open.
const PATIENCE: Duration = Duration::from_millis(5);

/// Writes the records of the inputs to the topic.
///
/// # Errors
/// A usage error, a cluster that cannot be used, records that were not acknowledged.
pub fn run(context: &mut Context, args: &ProduceArgs) -> Result<Exit, Failure> {
    let json = context.wants_json("leave out -o, or pass -o json")?;
    args.check()?;
    let files = args.inputs();
    if let Some(path) = &args.failures {
        let topic = args.topic.as_deref().unwrap_or("TOPIC");
        FailuresFile::check(path, &files).map_err(|error| Failure::failures_file(&error, topic))?;
    }
    let defaults = args.defaults(context)?;
    let cluster = context.cluster()?;
    let settings = cluster.settings()?;
    // Inputs are opened first: a missing file is reported before anything is connected.
    let (inputs, ahead) = open_inputs(context, args, &files)?;
    let durability = if ahead.complete {
        Durability::Once
    } else {
        Durability::Idempotent
    };
    context.cancel.leave_unwatched();
    let (topic, client) = topic(context, &cluster, args, size_limit(&ahead))?;
    context.cancel.watch();
    let limit = topic.max_message_bytes.filter(|_| !args.compresses());
    inputs.limit().set(limit);
    check_partitions(args, &ahead.pieces, &topic, &files)?;
    if context.global.dry_run {
        context.ui.note(plan(&topic, &files, durability));
        return Ok(Exit::Ok);
    }
    let permit = cmd::cluster::permit(context, &cluster, &format!("produce to {:?}", topic.name))?;
    let failures = args.failures.as_deref().map(FailuresFile::create);
    let failures = failures
        .transpose()
        .map_err(|error| Failure::failures_file_creation(&error))?;
    let total = files::size_of(&files).map(|size| size * args.repeat);
    let options = producer_options(args, &topic, durability, total);
    let mut producer = Producer::new(&settings, &options, permit)?;
    let rule = args.line_rule();
    let plan = ProducePlan {
        rule: &rule,
        defaults: &defaults,
        topic: &topic,
        sticky: Sticky::new(topic.led.clone(), context.now.unsigned_abs()),
        rate: args.rate.map(|rate| RateLimit::new(rate, Instant::now())),
        stall: args.stall_timeout,
        total,
    };
    let reports = DeliveryReports::new(files, topic.max_message_bytes, failures, log(context));
    let watch = TopicWatch::new(client, &topic.name);
    let mut bar = Bar::new(&context.ui, &topic.name);
    let outcome = InputDelivery::new(plan, &mut producer, reports, watch, &context.cancel).run(
        ahead.pieces,
        &inputs,
        &mut bar,
    );
    bar.finish();
    report(context, args, &topic.name, outcome, json)
}

/// Opens the inputs and reads their first 64 KiB. What stands before an error is sent: only one that
/// comes first ends the command here.
fn open_inputs(
    context: &Context,
    args: &ProduceArgs,
    files: &[PathBuf],
) -> Result<(Inputs, ReadAhead), Failure> {
    files::check(files)?;
    if matches!(args.input, InputFormat::Json | InputFormat::Auto) {
        for path in files.iter().filter(|path| path.is_file()) {
            match capture::check_whole(path) {
                Ok(redacted) => warn_of_redacted(context, path, &redacted),
                // Reported where it is read: what stands before it is sent.
                Err(CaptureError::File(_)) => {}
                // Nothing of a damaged capture is sent.
                Err(error) => return Err(error.into()),
            }
        }
    }
    let reading = Reading {
        format: args.input,
        repeat: args.repeat,
        null: NullMark::new(args.null_value.as_deref()),
        base64: args.base64,
    };
    let inputs = Inputs::open(files.to_vec(), reading)
        .map_err(|error| Failure::new(Exit::Partial, "no thread for reading").cause(error))?;
    let mut pieces = Ahead::new();
    if args.is_lone_tombstone() {
        let record = RecordBuf::default();
        pieces.push_back(Ok(Piece::Records(vec![(InputLocation::default(), record)])));
    }
    let stop = || context.cancel.is_raised();
    let ahead = inputs.read_ahead(pieces, (ONE_SHOT, PATIENCE), &stop, &mut |note| {
        tell(context, files, &note);
    })?;
    Ok((inputs, ahead))
}

fn tell(context: &Context, files: &[PathBuf], note: &InputNote) {
    let file = |index: &u32| files.get(*index as usize);
    match note {
        InputNote::Guessed(format) => {
            let note = format_args!("took the input for {}", format.name());
            context.ui.note(note);
        }
        InputNote::Redacted(index, redacted) => {
            if let Some(path) = file(index).filter(|path| !path.is_file()) {
                warn_of_redacted(context, path, redacted);
            }
        }
        InputNote::CaptureAsLines(index) => {
            let name = file(index).map_or_else(|| "stdin".to_owned(), |path| input_name(path));
            context.ui.warn(format_args!(
                "{name} is a capture file, and each of its lines becomes a value; -i json writes \
                 its records"
            ));
        }
    }
}

fn warn_of_redacted(context: &Context, path: &Path, redacted: &[String]) {
    if let Some(warning) = cmd::read::redacted(&input_name(path), redacted) {
        context.ui.warn(warning);
    }
}

/// The topic that is meant: the named one, or one chosen at the terminal. The client that asked
/// tells it from another topic of the same name.
fn topic(
    context: &Context,
    cluster: &Cluster,
    args: &ProduceArgs,
    limit: SizeLimit,
) -> Result<(TopicFacts, Client), Failure> {
    let parts = &[Part::Reading, Part::Writing];
    let mut client = cmd::cluster::connect_to(context, cluster, parts)?;
    let names = args.topic.iter().cloned().collect();
    let found = cmd::cluster::topics(&mut client, "produce", names);
    let found = found.map_err(|failure| match &args.topic {
        Some(name) if failure.exit == Exit::NotFound => failure.create_topic(name, None),
        _ => failure,
    })?;
    let Some(topic) = found.first() else {
        return Err(Failure::nothing_named(
            "topic",
            "evctl produce TOPIC [FILE]…",
        ));
    };
    let facts = TopicFacts::of(&mut client, topic, limit)?;
    Ok((facts, client))
}

/// A single small record has no others in its batch that would be refused with it.
fn size_limit(ahead: &ReadAhead) -> SizeLimit {
    match (ahead.pieces.len(), ahead.pieces.front()) {
        (1, Some(Ok(piece))) if ahead.complete && piece.is_single() => SizeLimit::NotNeeded,
        _ => SizeLimit::Asked,
    }
}

/// Checks the partition of `-p`, or those that the first records name, before anything is sent.
fn check_partitions(
    args: &ProduceArgs,
    ahead: &Ahead,
    topic: &TopicFacts,
    files: &[PathBuf],
) -> Result<(), Failure> {
    if let Some(partition) = args.partition {
        if partition < topic.partitions {
            return Ok(());
        }
        let message = format!("topic {:?} has no partition {partition}", topic.name);
        let last = topic.partitions - 1;
        return Err(
            Failure::new(Exit::NotFound, message).hint(format!("its partitions are 0 to {last}"))
        );
    }
    let records = ahead.iter().filter_map(|piece| match piece {
        Ok(Piece::Records(records)) => Some(records),
        _ => None,
    });
    for (location, record) in records.flatten() {
        topic
            .check(record.partition)
            .map_err(|missing| missing.at(location.show(files)))?;
    }
    Ok(())
}

/// The result of `--dry-run`.
fn plan(topic: &TopicFacts, files: &[PathBuf], durability: Durability) -> String {
    let inputs: Vec<String> = files.iter().map(|path| input_name(path)).collect();
    let how = match durability {
        Durability::Idempotent => "idempotently",
        Durability::Once => "unthrottled, without retries",
    };
    format!(
        "would write {} to topic {:?} ({}), {how}",
        inputs.join(", "),
        topic.name,
        counted(topic.partitions, "partition")
    )
}

fn producer_options(
    args: &ProduceArgs,
    topic: &TopicFacts,
    durability: Durability,
    total: Option<u64>,
) -> ProducerOptions {
    // Values without keys fill one partition after the other.
    let lines = matches!(args.input, InputFormat::Lines | InputFormat::Raw);
    let keyless = lines && args.key_delimiter.is_none() && !args.tombstone;
    let fixed = args.key.is_some() || args.partition.is_some();
    let bulk = total.is_some_and(|total| total >= BULK) && topic.led.len() > 1;
    let spread = if keyless || fixed { 1 } else { topic.led.len() };
    ProducerOptions {
        topics: vec![topic.name.clone()],
        durability,
        spread,
        connections: if spread == 1 && !fixed && bulk { 2 } else { 1 },
        compression: args.compression.clone(),
        max_message_bytes: topic.max_message_bytes,
        transactional: None,
    }
}

/// Shows librdkafka's log with `-vv`.
fn log(context: &Context) -> Box<dyn Fn(&Log)> {
    if context.ui.verbosity() < Verbosity::Debug {
        return Box::new(|_| {});
    }
    let ui = context.ui.clone();
    Box::new(move |log| ui.detail(format_args!("librdkafka: {}: {}", log.facility, log.text)))
}

fn report(
    context: &Context,
    args: &ProduceArgs,
    topic: &str,
    outcome: ProduceOutcome,
    json: bool,
) -> Result<Exit, Failure> {
    let seconds = context.started.elapsed().as_secs_f64();
    context.ui.note(format_args!(
        "{} acknowledged ({}) by topic {topic:?} in {seconds:.3} s",
        counted(outcome.acknowledged, "record"),
        counted(outcome.bytes, "byte"),
    ));
    if let Some(first) = &outcome.first_zero_timestamp {
        context.ui.warn(format_args!(
            "{} with the timestamp 0, which librdkafka takes for now: what was written carries the \
             time of writing (the first: {first})",
            counted(outcome.zero_timestamps, "record"),
        ));
    }
    if json {
        let result = ProduceResult::new(topic, &outcome, seconds);
        cmd::print(context, |out| result.write_json(out))?;
    }
    let run = ProduceRun {
        topic,
        failures: args.failures.as_deref(),
        stall: args.stall_timeout,
        signal: context.cancel.raised(),
    };
    Failure::of_produce(outcome, &run).map_or(Ok(Exit::Ok), Err)
}
