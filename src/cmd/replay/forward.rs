//! The way of a record from its source to the producer.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use super::{
    rules::{Judged, Rules},
    runs::Runs,
    suspension::Suspension,
};
use crate::{
    cmd::read::Unended,
    event::{Record, TimestampType},
    exit::Exit,
    failure::Failure,
    filter::interruptible,
    kafka::write::{Code, Log, Producer, Reports, Sticky, Undelivered},
    pipeline::{Cancel, Fault, Flow, Sink},
    replay::{Marker, PartitionRange, Placing, Plan, Schedule, Stamping},
    select::Window,
};

/// How long the queue's room is waited for at a time.
const LOOK: Duration = Duration::from_millis(20);
/// As soon as there may be news.
const PROMPT: Duration = Duration::from_millis(1);

/// What became of the records so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    /// Records that were read.
    pub(super) read: u64,
    /// Those of them that lie in the window and pass the filter.
    pub(super) matched: u64,
    /// Read records that are older than the window, and came behind its first.
    pub(super) before: u64,
    /// Read records that are younger than the window.
    pub(super) after: u64,
    /// Records without the time that --by-time names.
    pub(super) timeless: u64,
    /// Matched records that --dedupe left out.
    pub(super) deduped: u64,
    /// Matched records that --transform left out.
    pub(super) dropped: u64,
    /// Matched records that could not be written.
    pub(super) failed: u64,
    /// Why the first of those could not.
    pub(super) first_failure: Option<String>,
    /// Records that were handed to the producer, and their bytes.
    pub(super) sent: u64,
    pub(super) bytes: u64,
    /// Those by range.
    pub(super) sent_by_lane: Vec<u64>,
    /// The earliest and the latest time of those.
    pub(super) times: Option<(i64, i64)>,
    /// How late the last record was, and the latest one.
    pub(super) behind: Duration,
    pub(super) most_behind: Duration,
}

/// Records that were not acknowledged.
#[derive(Debug, Default)]
pub(super) struct Losses {
    pub(super) count: u64,
    pub(super) may_be_written: u64,
    /// Range, offset, code and target of the first.
    pub(super) first: Option<(usize, i64, Code, String)>,
    /// The lowest offset of each range: everything before was acknowledged, once nothing is in
    /// flight.
    pub(super) lowest: BTreeMap<usize, i64>,
    pub(super) bytes: u64,
    now: i64,
    /// How far from now the timestamp of the first is.
    distance: u64,
    pub(super) log: Vec<Log>,
}

const OFFSET_BITS: u32 = 44;
/// What a record of progress is sent with: it is of no range.
pub(super) const NO_LANE: u64 = u64::MAX;

impl Losses {
    fn at(now: i64) -> Self {
        Self {
            now,
            ..Self::default()
        }
    }
}

impl Reports for Losses {
    fn undelivered(&mut self, undelivered: &Undelivered<'_>) {
        self.count += 1;
        self.may_be_written += u64::from(undelivered.may_be_written);
        self.bytes += undelivered.record.size() as u64;
        let range = usize::try_from(undelivered.tag >> OFFSET_BITS).unwrap_or(usize::MAX);
        let offset = (undelivered.tag & ((1 << OFFSET_BITS) - 1)).cast_signed();
        let lowest = self.lowest.entry(range).or_insert(offset);
        *lowest = offset.min(*lowest);
        // What was refused together with another record does not say why.
        let with_another = Code(-138);
        let known = self.first.as_ref().map(|(_, _, code, _)| *code);
        let code = undelivered.code;
        // Nor does a broker that takes no timestamp say which of a batch's: the furthest is one.
        let distance = undelivered.record.timestamp.abs_diff(self.now);
        let further = code == Code::BAD_TIME && distance > self.distance;
        let says_more =
            |known| (known == with_another && code != with_another) || (known == code && further);
        if known.is_none_or(says_more) {
            self.distance = distance;
            let target = undelivered.record.topic.to_owned();
            self.first = Some((range, offset, undelivered.code, target));
        }
    }

    fn log(&mut self, log: &Log) {
        if self.log.len() < 1_000 {
            self.log.push(log.clone());
        }
    }
}

/// The range and the offset of a record, to be found again in its report.
fn tag(range: usize, offset: i64) -> u64 {
    (range as u64) << OFFSET_BITS | (offset.cast_unsigned() & ((1 << OFFSET_BITS) - 1))
}

/// A record that is not due yet.
struct Held {
    range: usize,
    offset: i64,
    due: Duration,
    time: Option<i64>,
}

/// A target of some records.
struct Target {
    source: Arc<str>,
    /// Its index in the producer's list.
    index: usize,
    partitions: i32,
    sticky: Sticky,
    /// The ranges of the source's partitions, by number.
    ranges: Vec<Option<usize>>,
}

/// Takes records from the source and hands them to the producer as they are to be written.
pub(super) struct Forward {
    pub(super) producer: Producer,
    pub(super) tally: Tally,
    pub(super) losses: Losses,
    rules: Rules,
    window: Window,
    marker: Marker,
    stamping: Stamping,
    placing: Placing,
    schedule: Option<Schedule>,
    /// When the schedule begins.
    begun: Instant,
    targets: Vec<Target>,
    /// Files are one range, whose offsets are counted.
    files: bool,
    /// The first offset of each range that is to be written: what lies before was written by an
    /// earlier run, and is only looked at for --dedupe.
    begin: Vec<i64>,
    /// Records of earlier runs, for --limit.
    sent_before: u64,
    /// The offsets of each range that were sent since the last checkpoint.
    unkept: Vec<Runs>,
    /// Those that could not be written.
    unkept_failed: Vec<Runs>,
    /// The record that is put off.
    held: Option<Held>,
    /// Since when a transaction is open, and the bytes in it.
    open: Option<(Instant, u64)>,
    transactional: bool,
    cancel: Cancel,
    stall: Duration,
    suspension: Suspension,
    /// Acknowledgements that came, and when the last did.
    moved: (u64, Instant),
    pub(super) stalled: bool,
    pub(super) full: bool,
    /// The record within whose jq expression a signal came; it was not taken.
    pub(super) unended: Option<Unended>,
}

/// What a [`Forward`] is made of.
pub(super) struct Parts {
    pub(super) rules: Rules,
    pub(super) marker: Marker,
    pub(super) stamping: Stamping,
    pub(super) placing: Placing,
    pub(super) producer: Producer,
    pub(super) schedule: Option<Schedule>,
    pub(super) begun: Instant,
    pub(super) transactional: bool,
    pub(super) cancel: Cancel,
    pub(super) stall: Duration,
    pub(super) suspension: Suspension,
    pub(super) now: i64,
}

impl Forward {
    /// A way for the records of `plan`; the producer's topics stand in the order of its targets.
    pub(super) fn new(plan: &Plan, parts: Parts) -> Self {
        let topics = plan.targets();
        let targets = plan.routes.iter().map(|route| Target {
            source: route.source.clone(),
            index: (topics.iter())
                .position(|(name, _)| *name == route.target)
                .unwrap_or(0),
            partitions: route.partitions,
            sticky: Sticky::new((0..route.partitions).collect(), parts.now.unsigned_abs()),
            ranges: lanes_of(&route.source, &plan.ranges),
        });
        Self {
            targets: targets.collect(),
            window: plan.window(),
            files: plan.files,
            begin: plan.ranges.iter().map(|range| range.start).collect(),
            tally: Tally {
                sent_by_lane: vec![0; plan.ranges.len()],
                ..Tally::default()
            },
            losses: Losses::at(parts.now),
            producer: parts.producer,
            rules: parts.rules,
            marker: parts.marker,
            stamping: parts.stamping,
            placing: parts.placing,
            schedule: parts.schedule,
            begun: parts.begun,
            sent_before: 0,
            unkept: vec![Runs::default(); plan.ranges.len()],
            unkept_failed: vec![Runs::default(); plan.ranges.len()],
            held: None,
            open: None,
            transactional: parts.transactional,
            cancel: parts.cancel,
            stall: parts.stall,
            suspension: parts.suspension,
            moved: (0, Instant::now()),
            stalled: false,
            full: false,
            unended: None,
        }
    }

    /// What lies before `next` in a range was written by an earlier run, `sent` records in all
    /// ranges.
    pub(super) fn begin_at(&mut self, begin: Vec<i64>, sent: u64) {
        self.begin = begin;
        self.sent_before = sent;
    }

    /// Offsets that earlier runs have passed.
    pub(super) fn passed_before(&self, plan: &Plan) -> u64 {
        let each = plan.ranges.iter().zip(&self.begin);
        each.map(|(range, begin)| begin.saturating_sub(range.start).max(0).unsigned_abs())
            .sum()
    }

    /// Records that were written, and as many as --limit asks for; `None` without a limit.
    pub(super) fn limited(&self) -> Option<(u64, u64)> {
        let limit = self.rules.selection.limit?;
        Some(((self.sent_before + self.tally.sent).min(limit), limit))
    }

    /// Sends by another producer from now on.
    pub(super) fn go_on_with(&mut self, producer: Producer) {
        self.producer = producer;
        self.moved = (0, Instant::now());
        self.stalled = false;
        self.open = None;
    }

    /// Whether records that were written before have to be looked at again.
    pub(super) fn looks_back(&self) -> bool {
        self.rules.dedupe.is_some()
    }

    /// Whether records are put off until they are due.
    pub(super) fn is_paced(&self) -> bool {
        self.schedule.is_some()
    }

    /// Which of the records' times it is by the schedule.
    pub(super) fn clock(&self) -> Option<i64> {
        self.schedule.as_ref()?.clock(self.begun.elapsed())
    }

    /// Duplicates, records without anything to tell them by, and how many were forgotten.
    pub(super) fn dedupe_counts(&self) -> crate::replay::DedupeCounts {
        self.rules
            .dedupe
            .as_ref()
            .map(crate::replay::Dedupe::counts)
            .unwrap_or_default()
    }

    /// The options whose expressions failed, how often, and how first.
    pub(super) fn errors(&self) -> [(&'static str, (u64, Option<&str>)); 3] {
        let dedupe = self.rules.dedupe.as_ref();
        [
            ("--filter", self.rules.filter.errors()),
            ("--by-time", self.rules.event_time.errors()),
            (
                "--dedupe",
                dedupe.map_or((0, None), crate::replay::Dedupe::errors),
            ),
        ]
    }

    /// Whether --filter failed on every record.
    pub(super) fn filter_fails(&self) -> bool {
        self.rules.filter.fails_on_all()
    }

    /// The paths of --redact that were found in no record.
    pub(super) fn unfound(&self) -> impl Iterator<Item = &str> {
        self.rules.rewrite.unfound()
    }

    /// Since when the open transaction is open, and how many bytes are in it.
    pub(super) fn open(&self) -> Option<(Instant, u64)> {
        self.open
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// The producer cannot go on.
    pub(super) fn begin(&mut self) -> Result<(), Fault> {
        self.producer.begin()?;
        self.open = Some((Instant::now(), 0));
        Ok(())
    }

    /// Counts again from what was true at the last checkpoint.
    pub(super) fn rewind(&mut self, safe: Tally) {
        self.tally = safe;
        self.losses = Losses::at(self.losses.now);
        self.held = None;
        self.full = false;
        self.forget_sent();
    }

    /// As [`Self::sent_before`], of those that could not be written.
    pub(super) fn failed_before(&self, range: usize, next: i64) -> u64 {
        (self.unkept_failed.get(range)).map_or(0, |runs| runs.before(next))
    }

    /// A checkpoint was reached.
    pub(super) fn forget_sent(&mut self) {
        let both = self.unkept.iter_mut().chain(&mut self.unkept_failed);
        both.for_each(Runs::clear);
    }

    /// Records of a range before the offset `next` that were sent since the last checkpoint.
    pub(super) fn sent_before(&self, range: usize, next: i64) -> u64 {
        self.unkept.get(range).map_or(0, |runs| runs.before(next))
    }

    /// The transaction is over.
    pub(super) fn closed(&mut self) {
        self.open = None;
    }

    /// Waits until the record that is put off is due, but not for long.
    pub(super) fn wait_for_turn(&mut self) {
        let Some(held) = &self.held else {
            return self.poll(PROMPT);
        };
        let wait = held.due.saturating_sub(self.begun.elapsed());
        if wait > PROMPT {
            self.producer.hurry();
        }
        if self.producer.in_flight() > 0 {
            self.poll(wait.min(LOOK));
        } else {
            std::thread::sleep(wait.min(LOOK));
        }
    }

    /// Takes the news of the producer, waiting for some up to `wait`.
    pub(super) fn poll(&mut self, wait: Duration) {
        self.producer.poll(wait, &mut self.losses);
        let settled = self.producer.settled();
        if settled != self.moved.0 || self.producer.in_flight() == 0 {
            self.moved = (settled, Instant::now());
        }
        self.stalled |= self.suspension.silence(self.moved.1) >= self.stall;
    }

    /// Whether nothing more may be sent.
    pub(super) fn is_broken(&self) -> bool {
        self.losses.count > 0 || self.stalled || self.producer.check().is_err()
    }

    /// The target of a record, and its range; `None` when it is not to be replayed.
    ///
    /// # Errors
    /// A file has records of a topic by now that it had none of when the plan was made.
    fn target(&self, record: &Record<'_>) -> Result<Option<(usize, usize)>, Failure> {
        let of = |name: &str| {
            let mut targets = self.targets.iter();
            targets.position(|target| *target.source == *name)
        };
        if self.files {
            // What came over standard input was not looked through: all of it has one target.
            return match of(record.topic).or_else(|| of("")) {
                Some(target) => Ok(Some((target, 0))),
                None => Err(unplanned(record.topic)),
            };
        }
        let range = |target: usize| {
            let number = usize::try_from(record.partition).ok()?;
            let range = (*self.targets[target].ranges.get(number)?)?;
            Some((target, range))
        };
        Ok(of(record.topic).and_then(range))
    }

    /// Whether the record is not due yet.
    fn put_off(&mut self, range: usize, offset: i64, stamp: i64, time: Option<i64>) -> bool {
        let Some(schedule) = &mut self.schedule else {
            return false;
        };
        let due = match &self.held {
            Some(held) if (held.range, held.offset) == (range, offset) => held.due,
            _ => schedule.due(time.unwrap_or(stamp)),
        };
        let now = self.begun.elapsed();
        if now < due {
            self.held = Some(Held {
                range,
                offset,
                due,
                time,
            });
            return true;
        }
        self.held = None;
        self.tally.behind = now - due;
        self.tally.most_behind = self.tally.most_behind.max(now - due);
        false
    }

    /// The time of the record, when it was offered before and put off.
    fn held_time(&self, range: usize, offset: i64) -> Option<Option<i64>> {
        let held = self.held.as_ref()?;
        ((held.range, held.offset) == (range, offset)).then_some(held.time)
    }

    /// Takes the record at `offset` of `range`; `offset` is its number for files.
    pub(super) fn take(&mut self, record: &Record<'_>, offset: Option<i64>) -> Result<Flow, Fault> {
        if self.is_broken() || self.cancel.is_raised() {
            return Ok(Flow::Later);
        }
        let counted = (self.tally.read, self.tally.matched);
        interruptible(|| self.take_now(record, offset)).unwrap_or_else(|interrupted| {
            (self.tally.read, self.tally.matched) = counted;
            self.unended = Some(Unended::new(interrupted, record));
            Ok(Flow::Later)
        })
    }

    fn take_now(&mut self, record: &Record<'_>, offset: Option<i64>) -> Result<Flow, Fault> {
        let Some((target, range)) = self.target(record)? else {
            return Ok(Flow::Continue);
        };
        let offset = offset.unwrap_or(record.offset);
        // One that was put off has been judged and counted.
        let time = match self.held_time(range, offset) {
            Some(time) => time,
            None => match self.judge(record) {
                Some(time) => time,
                None => return Ok(Flow::Continue),
            },
        };
        let old = offset < self.begin[range];
        if !old {
            if let Some(limit) = self.rules.selection.limit
                && self.sent_before + self.tally.sent >= limit
            {
                self.full = true;
                return Ok(Flow::Stop);
            }
            if self.put_off(range, offset, record.timestamp, time) {
                return Ok(Flow::Later);
            }
        }
        if let Some(dedupe) = &mut self.rules.dedupe
            && dedupe.is_duplicate(record)
        {
            self.tally.deduped += u64::from(!old);
            return Ok(Flow::Continue);
        }
        if old {
            return Ok(Flow::Continue);
        }
        self.write(record, target, range, offset, time)
    }

    /// The time of a record that is to be written; counts it.
    fn judge(&mut self, record: &Record<'_>) -> Option<Option<i64>> {
        let tally = &mut self.tally;
        tally.read += 1;
        match self.rules.judge(&self.window, record) {
            Judged::Wanted(time) => {
                tally.matched += 1;
                return Some(time);
            }
            Judged::Before => tally.before += 1,
            Judged::After => tally.after += 1,
            Judged::Timeless => tally.timeless += 1,
            Judged::Filtered => {}
        }
        None
    }

    fn write(
        &mut self,
        record: &Record<'_>,
        target: usize,
        range: usize,
        offset: i64,
        time: Option<i64>,
    ) -> Result<Flow, Fault> {
        let rewritten = match self.rules.rewrite.apply(record) {
            Ok(Some(record)) => record,
            Ok(None) => {
                self.tally.dropped += 1;
                return Ok(Flow::Continue);
            }
            Err(error) => {
                self.tally.failed += 1;
                self.unkept_failed[range].push(offset);
                self.tally.first_failure.get_or_insert_with(|| {
                    format!(
                        "{}/{} offset {offset}: {error}",
                        record.topic, record.partition
                    )
                });
                return Ok(Flow::Continue);
            }
        };
        let place = &mut self.targets[target];
        let size = rewritten.size() as u64;
        let partition = self
            .placing
            .place(&rewritten, place.partitions, || place.sticky.next(1, size))?;
        let written = Record {
            partition,
            timestamp: self.stamping.stamp(record.timestamp),
            timestamp_type: TimestampType::Create,
            headers: self.marker.headers(&rewritten),
            ..rewritten
        };
        if self.transactional && self.open.is_none() {
            self.producer.begin()?;
            self.open = Some((Instant::now(), 0));
        }
        let index = place.index;
        while !self
            .producer
            .send_to(index, &written, tag(range, offset), &mut self.losses)
        {
            wait_for_room(&mut self.producer, &mut self.losses);
            let settled = self.producer.settled();
            if settled != self.moved.0 {
                self.moved = (settled, Instant::now());
            }
            self.stalled |= self.suspension.silence(self.moved.1) >= self.stall;
            let broken = self.losses.count > 0 || self.stalled || self.producer.check().is_err();
            if broken || self.cancel.is_raised() {
                self.tally.matched -= 1;
                self.tally.read -= 1;
                return Ok(Flow::Later);
            }
        }
        let bytes = written.size() as u64;
        if let Some((_, open)) = &mut self.open {
            *open += bytes;
        }
        self.tally.sent += 1;
        self.tally.bytes += bytes;
        self.tally.sent_by_lane[range] += 1;
        self.unkept[range].push(offset);
        if let Some(time) = time {
            let (first, last) = self.tally.times.unwrap_or((time, time));
            self.tally.times = Some((first.min(time), last.max(time)));
        }
        Ok(Flow::Continue)
    }
}

/// The queue is full: lets acknowledgements make room. When none come at once, what waits for its
/// batch to fill may be all there is: it is sent.
fn wait_for_room(producer: &mut Producer, losses: &mut Losses) {
    let settled = producer.settled();
    producer.poll(PROMPT, losses);
    if producer.settled() == settled {
        producer.hurry();
        producer.poll(LOOK, losses);
    }
}

fn unplanned(topic: &str) -> Failure {
    let message = if topic.is_empty() {
        "a record names no topic".to_owned()
    } else {
        format!("a record is of topic {topic:?}")
    };
    Failure::new(Exit::Partial, message)
        .cause("the files held none of these when the replay was planned")
        .hint("--id NAME with another name begins a new one")
}

fn lanes_of(topic: &Arc<str>, ranges: &[PartitionRange]) -> Vec<Option<usize>> {
    let mut by_number = Vec::new();
    for (index, range) in ranges
        .iter()
        .enumerate()
        .filter(|(_, range)| range.topic == *topic)
    {
        if let Ok(number) = usize::try_from(range.partition) {
            if by_number.len() <= number {
                by_number.resize(number + 1, None);
            }
            by_number[number] = Some(index);
        }
    }
    by_number
}

impl Sink for Forward {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.take(record, None)
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        self.producer.hurry();
        self.poll(Duration::ZERO);
        Ok(Flow::Continue)
    }
}
