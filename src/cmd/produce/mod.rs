//! `evctl produce`: arguments, plan, permit, sending, report.

mod args;
mod decode;
mod failures;
mod input;
mod lines;
mod outcome;
mod place;
mod preflight;
mod report;
mod send;
mod text;
mod topic_watch;

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

pub use args::ProduceArgs;

use self::{
    failures::FailuresFile,
    input::{Ahead, InputFormat, Inputs, Next, Piece, Reading},
    lines::LineRule,
    outcome::Outcome,
    place::Place,
    preflight::{SizeLimit, TopicFacts},
    send::{Given, Parts, Sending},
    topic_watch::TopicWatch,
};
use crate::{
    cmd,
    codec::csv::NullMark,
    command::{Context, calendar},
    event::RecordBuf,
    exit::Exit,
    failure::Failure,
    files::{
        self,
        capture::{self, CaptureError},
    },
    kafka::write::{Durability, Producer, ProducerOptions, Sticky},
    pipeline::{Pace, Progress, Signal, Watch},
    ui::{Bar, counted},
};

/// Inputs that end within so many bytes are sent at once and never again ([`Durability::Once`]).
const ONE_SHOT: usize = 64 * 1024;
/// Files of so many bytes together are worth a second connection.
const BULK: u64 = 16 * 1024 * 1024;
/// How long a small input may take to end before it is taken for a pipe that goes on.
const PATIENCE: Duration = Duration::from_millis(5);

/// Runs it.
///
/// # Errors
/// What went wrong, with a hint.
pub fn run(context: &mut Context, args: &ProduceArgs) -> Result<Exit, Failure> {
    let json = context.wants_json("leave out -o, or pass -o json")?;
    check(args)?;
    let files = files(args);
    let given = given(context, args)?;
    let rule = rule(args);
    let cluster = context.cluster()?;
    let settings = cluster.settings()?;
    // Inputs are begun first: a file that is not there is told before anything is connected.
    let (inputs, ahead, ended) = begin(context, args, &files)?;
    let durability = if ended {
        Durability::Once
    } else {
        Durability::Idempotent
    };
    // One small record has no neighbours that would be refused with it.
    let single = ahead.len() == 1 && matches!(ahead.front(), Some(Ok(piece)) if piece.is_single());
    let limit = if ended && single {
        SizeLimit::NotNeeded
    } else {
        SizeLimit::Asked
    };
    context.cancel.leave_unwatched();
    let (facts, client) = preflight::preflight(context, &cluster, args.topic.as_deref(), limit)?;
    context.cancel.watch();
    // Only the broker can judge a batch that is compressed.
    let compresses = args
        .compression
        .as_ref()
        .is_some_and(|codec| codec != "none");
    let most = facts.max_message_bytes.filter(|_| !compresses);
    inputs.limit().set(most);
    check_partition(args, &facts)?;
    check_partitions(args, &ahead, &facts, &files)?;
    if context.global.dry_run {
        context.ui.note(plan(&facts, &files, durability));
        return Ok(Exit::Ok);
    }
    let permit = cmd::cluster::permit(context, &cluster, &format!("produce to {:?}", facts.name))?;
    let failures = args
        .failures
        .as_deref()
        .map(FailuresFile::create)
        .transpose()?;
    let total = size(&files).map(|size| size * args.repeat);
    let spread = spread(args, &facts);
    let alone = spread == 1 && args.key.is_none() && args.partition.is_none();
    let bulk = total.is_some_and(|total| total >= BULK) && facts.led.len() > 1;
    let options = ProducerOptions {
        topics: vec![facts.name.clone()],
        durability,
        spread,
        connections: if alone && bulk { 2 } else { 1 },
        compression: args.compression.clone(),
        max_message_bytes: facts.max_message_bytes,
        transactional: None,
    };
    let mut producer = Producer::new(&settings, &options, permit)?;
    let mut outcome = Outcome::new(
        files.clone(),
        facts.max_message_bytes,
        failures,
        &context.ui,
    );
    let mut sending = Sending::new(Parts {
        producer: &mut producer,
        outcome: &mut outcome,
        rule: &rule,
        given: &given,
        facts: &facts,
        sticky: Sticky::new(facts.led.clone(), context.now.unsigned_abs()),
        pace: args.rate.map(|rate| Pace::new(rate, Instant::now())),
        stall: args.stall_timeout,
        cancel: &context.cancel,
        watch: TopicWatch::new(client, &facts.name),
    });
    let mut bar = Bar::new(&context.ui, &facts.name);
    let stopped = sending.run(ahead, &inputs, &mut |producer, inputs| {
        if let Some(total) = total {
            bar.progress(Progress {
                done: inputs.passed(),
                total,
                records: producer.acknowledged(),
                bytes: producer.bytes(),
            });
        }
    });
    bar.finish();
    let end = report::End {
        topic: &facts.name,
        stopped,
        gave_up: sending.gave_up.take(),
        reached: sending.reached,
        taken: sending.taken,
        zero: sending.zero,
        failures: args.failures.as_deref(),
        stall: args.stall_timeout,
        interrupted: match context.cancel.raised() {
            Some(Signal::Terminate) => Exit::Terminated,
            _ => Exit::Interrupted,
        },
        json,
    };
    report::report(context, &producer, &mut outcome, end)
}

/// What clap cannot say: options that belong to lines only, a file of failures that is an input.
fn check(args: &ProduceArgs) -> Result<(), Failure> {
    let lines = matches!(args.input, InputFormat::Lines | InputFormat::Auto);
    if args.key_delimiter.is_some() && !lines {
        return Err(Failure::usage("-K cuts lines, and -i names another form")
            .hint("leave out -K, or pass -i lines"));
    }
    let other_tools = matches!(
        args.input,
        InputFormat::Csv
            | InputFormat::Kaf
            | InputFormat::Kafkactl
            | InputFormat::Kcat
            | InputFormat::Rpk
    );
    if args.base64 && !other_tools {
        return Err(Failure::usage("--base64 is for values that other tools print")
            .hint("pass -i csv, kaf, kafkactl, kcat or rpk; -i json and -i msk mark base64 themselves"));
    }
    if args.repeat > 1 && files(args).iter().any(|path| path.as_os_str() == "-") {
        return Err(
            Failure::usage("stdin cannot be read twice, as --repeat asks").hint("pass a FILE"),
        );
    }
    if let Some(path) = &args.failures {
        failures::check(path, &files(args), args.topic.as_deref().unwrap_or("TOPIC"))?;
    }
    Ok(())
}

fn files(args: &ProduceArgs) -> Vec<PathBuf> {
    match args.files.as_slice() {
        [] if lone_tombstone(args) => Vec::new(),
        [] => vec![PathBuf::from("-")],
        files => files.to_vec(),
    }
}

/// `-k KEY --tombstone` without a file needs no input.
fn lone_tombstone(args: &ProduceArgs) -> bool {
    args.tombstone && args.key.is_some() && args.files.is_empty()
}

fn rule(args: &ProduceArgs) -> LineRule {
    LineRule {
        delimiter: args.key_delimiter.clone().map(|delimiter| delimiter.0),
        null: args.null_value.clone().map(String::into_bytes),
        skip_empty: args.skip_empty,
        tombstone: args.tombstone,
    }
}

fn given(context: &Context, args: &ProduceArgs) -> Result<Given, Failure> {
    let calendar = calendar(context.now, args.tz.as_deref())?;
    let timestamp = args
        .timestamp
        .as_deref()
        .map(|text| args::timestamp(text, calendar))
        .transpose()?;
    Ok(Given {
        key: args.key.clone().map(String::into_bytes),
        headers: args.header_list(),
        partition: args.partition,
        timestamp,
    })
}

/// Starts reading; what the first 64 KiB hold, and whether that is all. What stands before a mistake
/// is sent: only one that is met first ends the command here.
fn begin(
    context: &Context,
    args: &ProduceArgs,
    files: &[PathBuf],
) -> Result<(Inputs, Ahead, bool), Failure> {
    files::check(files)?;
    if matches!(args.input, InputFormat::Json | InputFormat::Auto) {
        for path in files.iter().filter(|path| path.is_file()) {
            match capture::check_whole(path) {
                Ok(redacted) => warn_of_redacted(context, path, &redacted),
                // Said where it is read: what stands before is sent.
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
    let mut ahead = Ahead::new();
    if lone_tombstone(args) {
        let record = RecordBuf::default();
        ahead.push_back(Ok(Piece::Records(vec![(Place::default(), record)])));
    }
    let mut size = 0;
    while size <= ONE_SHOT {
        let next = match inputs.next(PATIENCE) {
            Err(error) if ahead.is_empty() => return Err(error.into()),
            Err(error) => {
                ahead.push_back(Err(error));
                return Ok((inputs, ahead, true));
            }
            Ok(next) => next,
        };
        match next {
            Next::End => return Ok((inputs, ahead, true)),
            Next::Nothing
                if !ahead.is_empty()
                    || context.cancel.is_raised()
                    || inputs.limit().is_awaited() =>
            {
                break;
            }
            Next::Nothing => {}
            Next::Piece(Piece::Guessed(format)) => {
                context
                    .ui
                    .note(format_args!("took the input for {}", format.name()));
            }
            Next::Piece(Piece::Redacted(index, redacted)) => {
                let path = files.get(index as usize).filter(|path| !path.is_file());
                path.iter()
                    .for_each(|path| warn_of_redacted(context, path, &redacted));
            }
            Next::Piece(piece) => {
                if let Piece::Text(text) = &piece
                    && text.first
                    && text.bytes().starts_with(b"{\"evctl\":\"capture/")
                {
                    warn_of_capture(context, files.get(text.input as usize));
                }
                size += piece.size();
                ahead.push_back(Ok(piece));
            }
        }
    }
    Ok((inputs, ahead, false))
}

fn warn_of_redacted(context: &Context, path: &Path, redacted: &[String]) {
    if let Some(warning) = cmd::read::redacted(&place::name(path), redacted) {
        context.ui.warn(warning);
    }
}

/// Its lines become records as they are, the first and the last one among them.
fn warn_of_capture(context: &Context, path: Option<&PathBuf>) {
    let name = path.map_or_else(|| "stdin".to_owned(), |path| place::name(path));
    context.ui.warn(format_args!(
        "{name} is a capture file, and each of its lines becomes a value; -i json writes its records"
    ));
}

/// Over how many partitions records are spread at the same time.
fn spread(args: &ProduceArgs, facts: &TopicFacts) -> usize {
    let lines = matches!(args.input, InputFormat::Lines | InputFormat::Raw);
    let one_after_the_other = lines && args.key_delimiter.is_none() && !args.tombstone;
    if one_after_the_other || args.key.is_some() || args.partition.is_some() {
        1
    } else {
        facts.led.len()
    }
}

fn check_partition(args: &ProduceArgs, facts: &TopicFacts) -> Result<(), Failure> {
    match args.partition {
        Some(partition) if partition >= facts.partitions => Err(Failure::new(
            Exit::NotFound,
            format!("topic {:?} has no partition {partition}", facts.name),
        )
        .hint(format!("its partitions are 0 to {}", facts.partitions - 1))),
        _ => Ok(()),
    }
}

/// The partitions that the first records name, before anything is sent.
fn check_partitions(
    args: &ProduceArgs,
    ahead: &Ahead,
    facts: &TopicFacts,
    files: &[PathBuf],
) -> Result<(), Failure> {
    let pieces = ahead.iter().filter_map(|piece| match piece {
        Ok(Piece::Records(records)) if args.partition.is_none() => Some(records),
        _ => None,
    });
    for (place, record) in pieces.flatten() {
        facts
            .check(record.partition)
            .map_err(|missing| missing.at(place.show(files)))?;
    }
    Ok(())
}

/// What `--dry-run` says.
fn plan(facts: &TopicFacts, files: &[PathBuf], durability: Durability) -> String {
    let inputs: Vec<String> = files.iter().map(|path| place::name(path)).collect();
    let how = match durability {
        Durability::Idempotent => "idempotently",
        Durability::Once => "at once, without sending anything again",
    };
    format!(
        "would write {} to topic {:?} ({}), {how}",
        inputs.join(", "),
        facts.name,
        counted(facts.partitions, "partition")
    )
}

/// Bytes of all files together; `None` when one is a pipe.
fn size(files: &[PathBuf]) -> Option<u64> {
    files
        .iter()
        .map(|path| {
            std::fs::metadata(path)
                .ok()
                .filter(std::fs::Metadata::is_file)
        })
        .map(|metadata| metadata.map(|metadata| metadata.len()))
        .sum()
}
