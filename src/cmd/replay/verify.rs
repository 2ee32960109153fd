//! `evctl replay verify`: what was written is compared with the source, by the marks.
//!
//! A bit for each offset is all that is kept, in pages of those that occur: a thousand million
//! records need 125 MB, and no order is asked for.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use super::{
    args::{select_args, truncated},
    clusters::Clusters,
    list, planning, resume, topic_ids,
};
use crate::{
    cmd::{read::Sources, show},
    command::Context,
    event::{Record, TopicPartition},
    exit::Exit,
    failure::Failure,
    kafka::{
        Isolation,
        admin::Detail,
        wire::{Client, ReadOptions, ReadOrder, ReadRange, Reader},
    },
    output::report::{Cell, Column, Report},
    pipeline::{Fault, Flow, Sink, drive},
    replay::{Checkpoints, FROM_HEADER, ID_HEADER, Judged, Plan, ReplayRequest, Rules},
    transfer::{Files, StateFile},
    ui::{Bar, counted},
};

/// How many missing and doubled records are named.
const NAMED: usize = 10;
/// Offsets in a page of bits.
const PAGE: i64 = 1 << 16;

/// Compares.
///
/// # Errors
/// There is no plan of that name here, or one of its topics cannot be read.
pub(super) fn run(context: &mut Context, id: &str) -> Result<Exit, Failure> {
    let format = show::format(context)?;
    let Some(saved) = StateFile::load(id)? else {
        return Err(resume::unknown(id));
    };
    let plan = saved.plan.clone();
    if saved.request.spec.no_mark {
        return Err(Failure::usage(format!(
            "replay {id:?} wrote no marks (--no-mark): its records cannot be told from others"
        ))
        .hint("compare captures: evctl capture diff A B --ignore topic,offset"));
    }
    let request = resume::request(context, saved);
    let sources = Sources::parse(&request.spec.sources)?;
    let mut clusters = Clusters::connect(context, &request, &sources)?;
    clusters.target.refresh_brokers()?;
    topic_ids::expect(&plan.ids, &mut clusters);
    topic_ids::compare(&mut clusters, &plan.routes)?;
    let progress = list::progress(context, &mut clusters.target, &plan)?;
    let mut bar = Bar::new(&context.ui, "written");
    let mut written = Written {
        id: id.as_bytes(),
        seen: Bits::default(),
    };
    let ranges = targets(&mut clusters.target, &plan)?;
    let stall = request.options.stall_timeout();
    read(
        context,
        &mut clusters.target,
        ranges,
        stall,
        &mut written,
        &mut bar,
    )?;
    bar.finish();
    let mut expected = Expected {
        cluster: plan
            .source_cluster
            .clone()
            .unwrap_or_else(|| "-".to_owned()),
        rules: planning::rules(context, &request)?,
        plan: &plan,
        seen: written.seen,
        bits: Bits::default(),
        missing: 0,
        named: BTreeSet::new(),
    };
    sweep(
        context,
        &mut clusters,
        &sources,
        &request,
        (&plan, &progress),
        &mut expected,
    )?;
    if context.cancel.is_raised() {
        return Err(super::stopped(context));
    }
    let limited = request.spec.selection.limit.is_some();
    conclude(context, (&plan, &progress), expected, limited, format)
}

/// Everything that was written to the targets since the replay was planned.
fn targets(client: &mut Client, plan: &Plan) -> Result<Vec<ReadRange>, Failure> {
    let partitions: Vec<TopicPartition> = (plan.targets().iter())
        .flat_map(|(name, count)| {
            (0..*count).map(|number| TopicPartition::new(name.clone(), number))
        })
        .collect();
    client.find_leaders(partitions.iter())?;
    let found = client
        .watermarks(&partitions, &[Detail::Start, Detail::StableEnd])
        .complete()?;
    let bounds = |at: &TopicPartition| {
        let watermarks = found.get(at)?.as_ref().ok()?;
        watermarks.start.zip(watermarks.stable_end)
    };
    let mut ranges = Vec::new();
    for at in partitions {
        let Some((earliest, end)) = bounds(&at) else {
            return Err(Failure::new(
                Exit::Unreachable,
                format!("{at} cannot be read"),
            ));
        };
        let before = plan.before.iter().find(|(known, _)| *known == at);
        ranges.push(ReadRange {
            start: before
                .map_or(earliest, |(_, end)| earliest.max(*end))
                .min(end),
            end: Some(end),
            partition: at,
        });
    }
    Ok(ranges)
}

fn read(
    context: &Context,
    client: &mut Client,
    ranges: Vec<ReadRange>,
    stall_timeout: Duration,
    sink: &mut dyn Sink,
    bar: &mut Bar,
) -> Result<(), Fault> {
    let options = ReadOptions {
        isolation: Isolation::Committed,
        order: ReadOrder::Arrival,
        from_ms: None,
        to_ms: None,
        stall_timeout,
    };
    let mut reader = Reader::new(client, ranges, options);
    drive(&mut reader, sink, bar, &context.cancel)?;
    Ok(())
}

/// Reads the source again, as far as the replay has come.
fn sweep(
    context: &Context,
    clusters: &mut Clusters,
    sources: &Sources,
    request: &ReplayRequest,
    (plan, progress): (&Plan, &Checkpoints),
    expected: &mut Expected<'_>,
) -> Result<(), Failure> {
    let checkpoint =
        |at: &TopicPartition, start: i64| progress.get(at).map_or(start, |one| one.next);
    match (&mut clusters.source, sources) {
        (Some(client), _) => {
            let ranges = plan.ranges.iter().map(|range| ReadRange {
                partition: range.at(),
                start: range.start,
                end: Some(checkpoint(&range.at(), range.start)),
            });
            let mut bar = Bar::new(&context.ui, "source");
            let stall = request.options.stall_timeout();
            Ok(read(
                context,
                client,
                ranges.collect(),
                stall,
                expected,
                &mut bar,
            )?)
        }
        (None, Sources::Files(first, others)) => {
            let files = Files {
                first,
                others,
                truncated: truncated(&request.options),
                selection: select_args(&request.spec.selection).selection(context.now, None)?,
            };
            let end = plan
                .ranges
                .first()
                .map_or(0, |range| checkpoint(&range.at(), range.start));
            Ok(files.each(end, expected)?)
        }
        (None, Sources::Topics(_)) => Ok(()),
    }
}

/// One bit for each offset of each origin, and how often it occurred when that was more than once.
#[derive(Default)]
struct Bits {
    origins: HashMap<Vec<u8>, u32>,
    pages: HashMap<(u32, i64), Box<[u64; 1_024]>>,
    more: HashMap<(u32, i64), u64>,
    count: u64,
}

impl Bits {
    /// The number of `CLUSTER/TOPIC/PARTITION`.
    fn origin(&mut self, place: &[u8]) -> u32 {
        if let Some(known) = self.origins.get(place) {
            return *known;
        }
        let number = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        self.origins.insert(place.to_vec(), number);
        number
    }

    fn add(&mut self, place: &[u8], offset: i64) {
        let origin = self.origin(place);
        let page = (self.pages)
            .entry((origin, offset.div_euclid(PAGE)))
            .or_insert_with(|| Box::new([0; 1_024]));
        let bit = offset.rem_euclid(PAGE);
        let (word, mask) = (usize::try_from(bit / 64).unwrap_or(0), 1_u64 << (bit % 64));
        self.count += 1;
        if page[word] & mask == 0 {
            page[word] |= mask;
        } else {
            *self.more.entry((origin, offset)).or_insert(1) += 1;
        }
    }

    /// How often it occurred.
    fn times(&self, place: &[u8], offset: i64) -> u64 {
        let Some(&origin) = self.origins.get(place) else {
            return 0;
        };
        if let Some(&more) = self.more.get(&(origin, offset)) {
            return more;
        }
        let Some(page) = self.pages.get(&(origin, offset.div_euclid(PAGE))) else {
            return 0;
        };
        let bit = offset.rem_euclid(PAGE);
        let word = page
            .get(usize::try_from(bit / 64).unwrap_or(0))
            .copied()
            .unwrap_or(0);
        word >> (bit % 64) & 1
    }

    /// What occurred more than once.
    fn doubled(&self) -> impl Iterator<Item = (&[u8], i64, u64)> {
        let name = |number: u32| {
            let mut all = self.origins.iter();
            all.find(|(_, known)| **known == number)
                .map_or(&[][..], |(name, _)| name)
        };
        (self.more.iter()).map(move |(&(origin, offset), &times)| (name(origin), offset, times))
    }
}

/// `CLUSTER/TOPIC/PARTITION/OFFSET` in two parts.
fn parse_origin(text: &[u8]) -> Option<(&[u8], i64)> {
    let slash = text.iter().rposition(|byte| *byte == b'/')?;
    let offset = std::str::from_utf8(&text[slash + 1..]).ok()?.parse().ok()?;
    Some((&text[..slash], offset))
}

/// Topic, partition and offset.
type Place = (String, i32, i64);

/// The place of `offset` in `CLUSTER/TOPIC/PARTITION`.
fn place(origin: &[u8], offset: i64) -> Place {
    let text = String::from_utf8_lossy(origin);
    let place = text.split_once('/').map_or(&*text, |(_, place)| place);
    match place.rsplit_once('/') {
        Some((topic, partition)) => (topic.to_owned(), partition.parse().unwrap_or(-1), offset),
        None => (place.to_owned(), -1, offset),
    }
}

fn named(places: BTreeSet<Place>) -> Cell {
    let places = places.into_iter();
    let text = |(topic, partition, offset)| format!("{topic}/{partition}/{offset}");
    Cell::texts(places.map(text).collect::<Vec<_>>())
}

/// Takes the marks of one replay.
struct Written<'i> {
    id: &'i [u8],
    seen: Bits,
}

impl Sink for Written<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        if record.headers.last(ID_HEADER).flatten() == Some(self.id)
            && let Some((place, offset)) = record
                .headers
                .last(FROM_HEADER)
                .flatten()
                .and_then(parse_origin)
        {
            self.seen.add(place, offset);
        }
        Ok(Flow::Continue)
    }
}

/// Takes what is to be written, and looks whether it was.
pub(super) struct Expected<'p> {
    cluster: String,
    rules: Rules,
    plan: &'p Plan,
    seen: Bits,
    bits: Bits,
    missing: u64,
    named: BTreeSet<Place>,
}

impl Sink for Expected<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        if !matches!(
            self.rules.judge(&self.plan.window(), record),
            Judged::Wanted(_)
        ) {
            return Ok(Flow::Continue);
        }
        if let Some(dedupe) = &mut self.rules.dedupe
            && dedupe.is_duplicate(record)
        {
            return Ok(Flow::Continue);
        }
        if !matches!(self.rules.rewrite.apply(record), Ok(Some(_))) {
            return Ok(Flow::Continue);
        }
        let own = format!("{}/{}/{}", self.cluster, record.topic, record.partition);
        let first = record
            .headers
            .iter()
            .find(|(name, _)| *name == FROM_HEADER.as_bytes());
        let (place, offset) = first
            .and_then(|(_, value)| parse_origin(value?))
            .unwrap_or((own.as_bytes(), record.offset));
        self.bits.add(place, offset);
        if self.bits.times(place, offset) > self.seen.times(place, offset) {
            self.missing += 1;
            let topic = record.topic.to_owned();
            (self.named).insert((topic, record.partition, record.offset));
            if self.named.len() > NAMED {
                self.named.pop_last();
            }
        }
        Ok(Flow::Continue)
    }
}

fn conclude(
    context: &Context,
    (plan, progress): (&Plan, &Checkpoints),
    expected: Expected<'_>,
    limited: bool,
    format: crate::output::report::ReportFormat,
) -> Result<Exit, Failure> {
    let Expected {
        seen,
        bits,
        missing,
        named: first_missing,
        ..
    } = expected;
    let id = plan.id.as_str();
    let mut doubled = 0;
    let mut twice = BTreeSet::new();
    for (origin, offset, times) in seen.doubled() {
        let more = times.saturating_sub(bits.times(origin, offset).max(1));
        doubled += more;
        if more > 0 {
            twice.insert(place(origin, offset));
            if twice.len() > NAMED {
                twice.pop_last();
            }
        }
    }
    let number = |count: u64| Cell::Integer(i64::try_from(count).unwrap_or(i64::MAX));
    // Which records a limit let pass is not known any more.
    let missing = (!limited).then_some(missing);
    let columns = [
        "id",
        "expected",
        "found",
        "missing",
        "doubled",
        "first_missing",
        "first_doubled",
    ];
    let mut report = Report::new(
        "evctl.replay-verify/1",
        "replays",
        &columns.map(Column::new),
    );
    report.rows.push(vec![
        id.into(),
        if limited {
            Cell::Unknown
        } else {
            number(bits.count)
        },
        number(seen.count),
        missing.map_or(Cell::Unknown, number),
        number(doubled),
        if limited {
            Cell::Unknown
        } else {
            named(first_missing)
        },
        named(twice),
    ]);
    let printed = show::print(context, &report, format)?;
    let missing = missing.unwrap_or(0);
    let failed: u64 = progress.values().map(|one| one.metadata.failed).sum();
    if failed > 0 {
        context.ui.warn(format_args!(
            "{} could not be written when it was replayed",
            counted(failed, "record")
        ));
    }
    let done = plan.is_done(progress);
    if !done {
        let percent = list::passed(progress).map_or(0, |(done, all)| done * 100 / all.max(1));
        context.ui.warn(format_args!(
            "stopped at about {percent} %: what is behind that was not looked for; {} goes on",
            super::show::command(plan)
        ));
        let behind = (seen.count + missing).saturating_sub(doubled + bits.count);
        if behind > 0 && !limited {
            context.ui.warn(format_args!(
                "{} more are there already, and are written again by whoever goes on",
                counted(behind, "record")
            ));
        }
    }
    if missing == 0 && doubled == 0 {
        context.ui.note(format_args!(
            "{} found, each once",
            counted(seen.count, "record")
        ));
        return Ok(if done { printed } else { printed.max(Exit::No) });
    }
    context.ui.warn(format_args!(
        "{} missing, {doubled} doubled",
        counted(missing, "record")
    ));
    Ok(printed.max(Exit::No))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_count_what_occurs_and_how_often() {
        let mut bits = Bits::default();
        for (place, offset) in [("a/t/0", 5), ("a/t/0", 70_000), ("a/t/1", 5), ("a/t/0", 5)] {
            bits.add(place.as_bytes(), offset);
        }
        assert_eq!(bits.times(b"a/t/0", 5), 2);
        assert_eq!(bits.times(b"a/t/0", 70_000), 1);
        assert_eq!(bits.times(b"a/t/0", 6), 0);
        assert_eq!(bits.times(b"a/t/1", 5), 1);
        assert_eq!(bits.times(b"b", 5), 0);
        assert_eq!(bits.doubled().collect::<Vec<_>>(), [(&b"a/t/0"[..], 5, 2)]);
        assert_eq!(bits.count, 4);
    }

    #[test]
    fn an_origin_ends_with_its_offset() {
        assert_eq!(parse_origin(b"c/t.x/3/42"), Some((&b"c/t.x/3"[..], 42)));
        assert_eq!(parse_origin(b"c/t/3/"), None);
        assert_eq!(parse_origin(b"c"), None);
    }
}
