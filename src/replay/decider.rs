//! What becomes of each record of a replay: window, filter, schedule, deduplication, rewriting, marks
//! and partition, in this order.

use std::{sync::Arc, time::Duration};

use super::{
    Checkpoints, Decision, Dedupe, DedupeCounts, Judged, Marker, Offer, Placing, PlacingError,
    Plan, Rules, Schedule, SkipReason, Stamping,
};
use crate::{
    envelope::Event,
    event::{Record, TimestampType},
    filter::{Interrupted, InterruptedRecord},
    select::Window,
};

/// A record that has no place in a replay.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecideError {
    /// Files hold a record of a topic that they did not hold when the replay was planned.
    #[error("{}", match .0.as_str() {
        "" => "a record names no topic".to_owned(),
        topic => format!("a record is of topic {topic:?}"),
    })]
    Unplanned(String),
    /// The record has no partition in the target.
    #[error(transparent)]
    Placing(#[from] PlacingError),
}

/// A record that is not due yet.
#[derive(Clone, Copy, Debug)]
struct Held {
    range: usize,
    offset: i64,
    due: Duration,
    time: Option<i64>,
}

/// Where the records of a source topic go.
#[derive(Debug)]
struct Route {
    source: Arc<str>,
    /// The index of the target among the plan's.
    target: usize,
    partitions: i32,
}

/// How late records were, compared with the schedule.
#[derive(Clone, Copy, Debug, Default)]
pub struct Delay {
    /// The last record.
    pub last: Duration,
    /// The latest record.
    pub most: Duration,
}

/// How records are changed and placed.
pub struct Changes {
    pub marker: Marker,
    pub stamping: Stamping,
    pub placing: Placing,
}

/// Decides about each record of a replay.
pub struct Decider {
    rules: Rules,
    changes: Changes,
    window: Window,
    /// `None` when records are written as fast as possible.
    schedule: Option<Schedule>,
    routes: Vec<Route>,
    /// The route of each range; not for files, whose records tell their topic.
    route_of_range: Vec<usize>,
    files: bool,
    /// Where each range is resumed: records before were written by an earlier run, and are offered
    /// only to know duplicates of them.
    resumed: Vec<i64>,
    /// Offsets that earlier runs have passed.
    passed_before: u64,
    /// Records that earlier runs have written.
    written_before: u64,
    /// The times of the earliest and the latest record.
    span: Option<(i64, i64)>,
    held: Option<Held>,
    delay: Delay,
    /// The record at which a signal interrupted an expression; it was not taken.
    interrupted: Option<InterruptedRecord>,
}

impl Decider {
    /// Decides by `rules` about what `checkpoints` leave of `plan`.
    #[must_use]
    pub fn new(plan: &Plan, checkpoints: &Checkpoints, rules: Rules, changes: Changes) -> Self {
        let targets = plan.targets();
        let routes = plan.routes.iter().map(|route| Route {
            source: route.source.clone(),
            target: (targets.iter())
                .position(|(name, _)| *name == route.target)
                .unwrap_or(0),
            partitions: route.partitions,
        });
        let routes: Vec<Route> = routes.collect();
        let route_of_range = plan.ranges.iter().map(|range| {
            let route = routes.iter().position(|route| route.source == range.topic);
            route.unwrap_or(0)
        });
        let resumed = plan.ranges.iter().map(|range| {
            let checkpoint = checkpoints.get(&range.at());
            checkpoint.map_or(range.start, |checkpoint| checkpoint.next)
        });
        let resumed: Vec<i64> = resumed.collect();
        let passed = plan.ranges.iter().zip(&resumed);
        let passed = passed.map(|(range, next)| (next - range.start).max(0).unsigned_abs());
        Self {
            schedule: (!rules.pace.is_unbounded()).then(|| Schedule::new(rules.pace)),
            rules,
            changes,
            window: plan.window(),
            route_of_range: route_of_range.collect(),
            routes,
            files: plan.files,
            passed_before: passed.sum(),
            resumed,
            written_before: checkpoints.values().map(|one| one.metadata.sent).sum(),
            span: plan.span,
            held: None,
            delay: Delay::default(),
            interrupted: None,
        }
    }

    /// Whether records are put off until they are due.
    #[must_use]
    pub fn is_paced(&self) -> bool {
        self.schedule.is_some()
    }

    /// How late records were.
    #[must_use]
    pub fn delay(&self) -> Delay {
        self.delay
    }

    /// The record at which a signal interrupted an expression.
    #[must_use]
    pub fn interrupted_record(&self) -> Option<&InterruptedRecord> {
        self.interrupted.as_ref()
    }

    /// Duplicates, records without anything to tell them by, and how many were forgotten.
    #[must_use]
    pub fn dedupe_counts(&self) -> DedupeCounts {
        let dedupe = self.rules.dedupe.as_ref();
        dedupe.map(Dedupe::counts).unwrap_or_default()
    }

    /// The options whose expressions failed, how often, and how first.
    #[must_use]
    pub fn errors(&self) -> [(&'static str, (u64, Option<&str>)); 3] {
        let dedupe = self.rules.dedupe.as_ref();
        [
            ("--filter", self.rules.filter.errors()),
            ("--by-time", self.rules.event_time.errors()),
            ("--dedupe", dedupe.map_or((0, None), Dedupe::errors)),
        ]
    }

    /// Whether --filter failed on every record.
    #[must_use]
    pub fn filter_fails(&self) -> bool {
        self.rules.filter.fails_on_all()
    }

    /// The paths of --redact that were found in no record.
    pub fn unfound(&self) -> impl Iterator<Item = &str> {
        self.rules.rewrite.unfound()
    }

    /// Decides about the record that is offered; one that was held is judged once.
    ///
    /// # Errors
    /// The record has no place in the replay.
    pub fn decide<'r>(&'r mut self, offer: &Offer<'_, 'r>) -> Result<Decision<'r>, DecideError> {
        let route = self.route(offer.record, offer.range)?;
        let event = self.rules.decoder.event(offer.record);
        let time = match self.judge(offer, &event) {
            Ok(time) => time,
            Err(reason) => return Ok(Decision::Skip(reason)),
        };
        let is_old = offer.offset < self.resumed[offer.range];
        if !is_old {
            let limit = self.rules.selection.limit;
            if limit.is_some_and(|limit| self.written_before + offer.written >= limit) {
                return Ok(Decision::Stop);
            }
            if let Some(due) = self.hold(offer, time) {
                return Ok(Decision::Hold { due });
            }
        }
        let dedupe = self.rules.dedupe.as_mut();
        let is_duplicate = dedupe.is_some_and(|dedupe| dedupe.is_duplicate(&event));
        if is_old {
            return Ok(Decision::Skip(SkipReason::WrittenBefore));
        }
        if is_duplicate {
            return Ok(Decision::Skip(SkipReason::Duplicate));
        }
        self.rewrite(&event, route, time)
    }

    /// A signal interrupted the expression for `record`, which was not taken.
    pub fn interrupt(&mut self, interrupted: Interrupted, record: &Record<'_>) {
        self.interrupted = Some(InterruptedRecord::new(interrupted, record));
    }

    /// Everything since the last checkpoint will be offered again.
    pub fn rewind(&mut self) {
        self.held = None;
    }

    /// Whether records that an earlier run has written have to be offered, to know duplicates of
    /// them.
    #[must_use]
    pub fn looks_back(&self) -> bool {
        self.rules.dedupe.is_some()
    }

    /// How far the replay has come, and how far it goes: by the records' time at a speed, by the
    /// records that --limit asks for, else by what was read, earlier runs included. The source has
    /// come as far as `done` of `total`, and `written` records were written.
    #[must_use]
    pub fn progress(
        &self,
        (done, total): (u64, u64),
        written: u64,
        elapsed: Duration,
    ) -> (u64, u64) {
        let passed = |ms: i64| u64::try_from(ms).unwrap_or(0);
        let clock = || self.schedule.as_ref()?.clock(elapsed);
        let limit = self.rules.selection.limit;
        if let Some((first, last)) = self.span.filter(|(first, last)| last > first)
            && let Some(clock) = clock()
        {
            let total = passed(last - first);
            (passed(clock - first).min(total), total)
        } else if let Some(limit) = limit.filter(|limit| *limit < total) {
            ((self.written_before + written).min(limit), limit)
        } else if self.files || self.looks_back() {
            (done, total)
        } else {
            (done + self.passed_before, total + self.passed_before)
        }
    }

    /// The route of a record.
    ///
    /// # Errors
    /// A file has records of a topic by now that it had none of when the replay was planned.
    fn route(&self, record: &Record<'_>, range: usize) -> Result<usize, DecideError> {
        if !self.files {
            return Ok(self.route_of_range[range]);
        }
        let of = |name: &str| {
            let mut routes = self.routes.iter();
            routes.position(|route| *route.source == *name)
        };
        // What came over standard input was not looked through: all of it has one target.
        let route = of(record.topic).or_else(|| of(""));
        route.ok_or_else(|| DecideError::Unplanned(record.topic.to_owned()))
    }

    /// When a record is due that is not due yet; `None` when it is.
    fn hold(&mut self, offer: &Offer<'_, '_>, time: Option<i64>) -> Option<Duration> {
        let schedule = self.schedule.as_mut()?;
        let due = match &self.held {
            Some(held) if held.is(offer) => held.due,
            _ => schedule.due(time.unwrap_or(offer.record.timestamp)),
        };
        if offer.elapsed < due {
            self.held = Some(Held {
                range: offer.range,
                offset: offer.offset,
                due,
                time,
            });
            return Some(due);
        }
        self.held = None;
        self.delay.last = offer.elapsed - due;
        self.delay.most = self.delay.most.max(self.delay.last);
        None
    }

    /// The event time of a record that is wanted. One that was held has been judged before.
    fn judge(
        &mut self,
        offer: &Offer<'_, '_>,
        event: &Event<'_>,
    ) -> Result<Option<i64>, SkipReason> {
        if let Some(held) = self.held.filter(|held| held.is(offer)) {
            return Ok(held.time);
        }
        match self.rules.judge(&self.window, event) {
            Judged::Wanted(time) => Ok(time),
            Judged::Before => Err(SkipReason::BeforeWindow),
            Judged::After => Err(SkipReason::AfterWindow),
            Judged::Timeless => Err(SkipReason::WithoutTime),
            Judged::Filtered => Err(SkipReason::Filtered),
        }
    }

    /// The record as it is written.
    fn rewrite<'r>(
        &'r mut self,
        event: &Event<'r>,
        route: usize,
        time: Option<i64>,
    ) -> Result<Decision<'r>, DecideError> {
        let record = event.record();
        let rewritten = match self.rules.rewrite.apply(event) {
            Ok(Some(record)) => record,
            Ok(None) => return Ok(Decision::Skip(SkipReason::Dropped)),
            Err(error) => return Ok(Decision::Fail(error.to_string())),
        };
        let route = &self.routes[route];
        let Changes {
            marker,
            stamping,
            placing,
        } = &mut self.changes;
        Ok(Decision::Send {
            target: route.target,
            record: Record {
                partition: placing.place(&rewritten, route.partitions, || -1)?,
                timestamp: stamping.stamp(record.timestamp),
                timestamp_type: TimestampType::Create,
                headers: marker.headers(&rewritten),
                ..rewritten
            },
            time,
        })
    }
}

impl Held {
    fn is(&self, offer: &Offer<'_, '_>) -> bool {
        (self.range, self.offset) == (offer.range, offer.offset)
    }
}
