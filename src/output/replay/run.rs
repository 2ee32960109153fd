//! The result of a run.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::{
    codec::text::counted,
    event::Timestamp,
    output::report::{CommandResult, Report, row},
    replay::{CheckpointLocation, DedupeCounts, Plan, RunOptions, records_written},
    transfer::Outcome,
};

const KIND: &str = "evctl.replay/1";

/// What is known when a run is over.
pub struct ReplayResult<'e> {
    /// What was to be replayed.
    pub plan: &'e Plan,
    /// How it was to be run.
    pub options: &'e RunOptions,
    /// What became of the records.
    pub outcome: &'e Outcome,
    /// What `--dedupe` left out.
    pub dedupe: DedupeCounts,
    /// How late the last record was, compared with the schedule.
    pub last_delay: Duration,
    /// How late the latest record was.
    pub most_delay: Duration,
    /// How long the run took.
    pub elapsed: Duration,
}

/// A line about a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// What was done.
    Note(String),
    /// What may be unexpected.
    Warning(String),
}

impl ReplayResult<'_> {
    /// Records at most that this run may have written and that are written again: the checkpoints do
    /// not cover them.
    #[must_use]
    pub fn written_again(&self) -> u64 {
        if self.options.exactly_once {
            return 0;
        }
        let outcome = self.outcome;
        outcome.behind + outcome.sent.saturating_sub(outcome.tally.sent)
    }

    /// Whether `replay resume` has something to do.
    #[must_use]
    pub fn is_resumable(&self) -> bool {
        self.plan.checkpoint_location != CheckpointLocation::Nowhere
            && !self.plan.is_done(&self.outcome.checkpoints)
            && !self.outcome.is_replaced
    }

    fn partitions(&self) -> impl Iterator<Item = PartitionRow<'_>> {
        self.plan.ranges.iter().map(|range| {
            let checkpoint = self.outcome.checkpoints.get(&range.at());
            let next = checkpoint.map_or(range.start, |one| one.next);
            PartitionRow {
                topic: &range.topic,
                partition: range.partition,
                start: range.start,
                next,
                end: (range.end != i64::MAX).then_some(range.end),
                done: next >= range.end,
                produced: checkpoint.map_or(0, |one| one.metadata.sent),
            }
        })
    }

    /// What is said of the result.
    #[must_use]
    pub fn remarks(&self) -> Vec<Remark> {
        let mut remarks = vec![Remark::Note(self.summary())];
        let again = self.written_again();
        if again > 0 {
            let who = if self.outcome.is_replaced {
                "the other run"
            } else {
                "the run that resumes"
            };
            remarks.push(Remark::Warning(format!(
                "{who} writes up to {} again that this one may have written",
                counted(again, "record")
            )));
        }
        let forgotten = self.dedupe.forgotten;
        if forgotten > 0 {
            remarks.push(Remark::Warning(format!(
                "--dedupe remembers 2 million values: the first {forgotten} were forgotten, and may \
                 have been written twice"
            )));
        }
        if self.most_delay > Duration::from_secs(1) {
            remarks.push(Remark::Note(format!(
                "{:.1} s behind schedule at most, {:.1} s at the end",
                self.most_delay.as_secs_f64(),
                self.last_delay.as_secs_f64()
            )));
        }
        remarks.extend(self.duplicates().map(Remark::Warning));
        remarks
    }

    fn summary(&self) -> String {
        let tally = &self.outcome.tally;
        let mut text = format!(
            "{} written ({}) in {:.3} s",
            counted(tally.sent, "record"),
            counted(tally.bytes, "byte"),
            self.elapsed.as_secs_f64()
        );
        for (count, what) in [
            (self.dedupe.duplicates, "left out as duplicates"),
            (tally.dropped, "left out by --transform"),
            (tally.timeless, "without a time"),
            (tally.failed, "failed"),
        ] {
            if count > 0 {
                text += &format!(", {count} {what}");
            }
        }
        text
    }

    fn duplicates(&self) -> Option<String> {
        let earlier = if self.options.share {
            "an earlier run, or a member that was lost"
        } else {
            "an earlier run"
        };
        match self.outcome.duplicates.count() {
            Some(0) => None,
            Some(count) => Some(format!(
                "at most {} may have been written twice: by {earlier}, after its last checkpoint, and \
                 by this one",
                counted(count, "record")
            )),
            None => Some(
                "records that an earlier run wrote after its last checkpoint were written again; how \
                 many is not known"
                    .to_owned(),
            ),
        }
    }
}

#[derive(Serialize)]
struct ResultJson<'a> {
    kind: &'static str,
    id: &'a str,
    plan_sha: &'a str,
    done: bool,
    exactly_once: bool,
    speed: &'a str,
    read: u64,
    matched: u64,
    deduped: u64,
    dropped: u64,
    skipped_late: u64,
    skipped_after: u64,
    without_time: u64,
    produced: u64,
    produced_in_all: u64,
    failed: u64,
    could_be_doubled: Option<u64>,
    written_again_at_most: u64,
    bytes: u64,
    partitions: Vec<PartitionRow<'a>>,
    /// Topic, partition, first and last offset, reason.
    gaps: Vec<(&'a str, i32, i64, i64, &'a str)>,
    first_ts: Option<String>,
    last_ts: Option<String>,
    elapsed_ms: u64,
    lag_behind_schedule_ms: u64,
    most_behind_schedule_ms: u64,
}

row! {
    /// How far a partition has come.
    #[derive(Serialize)]
    pub struct PartitionRow<'a> {
        topic: &'a str,
        partition: i32,
        start: i64,
        next: i64,
        /// `None` for standard input.
        end: Option<i64>,
        done: bool,
        produced: u64,
    }
}

impl Serialize for ReplayResult<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (plan, outcome, tally) = (self.plan, self.outcome, &self.outcome.tally);
        let gaps = outcome.gaps.iter();
        let gaps = gaps.map(|gap| (&*gap.topic, gap.partition, gap.from, gap.to, &*gap.reason));
        let time = |ms: i64| Timestamp(ms).to_string();
        let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        ResultJson {
            kind: KIND,
            id: &plan.id,
            plan_sha: &plan.hash,
            done: plan.is_done(&outcome.checkpoints),
            exactly_once: self.options.exactly_once,
            speed: self.options.speed(),
            read: tally.read,
            matched: tally.matched,
            deduped: self.dedupe.duplicates,
            dropped: tally.dropped,
            skipped_late: tally.before,
            skipped_after: tally.after,
            without_time: tally.timeless,
            produced: tally.sent,
            produced_in_all: records_written(&outcome.checkpoints),
            failed: tally.failed,
            could_be_doubled: outcome.duplicates.count(),
            written_again_at_most: self.written_again(),
            bytes: tally.bytes,
            partitions: self.partitions().collect(),
            gaps: gaps.collect(),
            first_ts: tally.times.map(|(first, _)| time(first)),
            last_ts: tally.times.map(|(_, last)| time(last)),
            elapsed_ms: millis(self.elapsed),
            lag_behind_schedule_ms: millis(self.last_delay),
            most_behind_schedule_ms: millis(self.most_delay),
        }
        .serialize(serializer)
    }
}

impl CommandResult for ReplayResult<'_> {
    fn rows(&self) -> Report {
        Report::of(KIND, "partitions", self.partitions())
    }
}

row! {
    /// The result of a run that found nothing to do.
    #[derive(Clone, Copy, Serialize)]
    pub struct FinishedReplay<'a> {
        kind: &'static str,
        id: &'a str,
        plan_sha: &'a str,
        done: bool,
        produced: u64,
        /// Records that earlier runs wrote.
        produced_before: u64,
    }
}

impl<'a> FinishedReplay<'a> {
    /// For a replay that had come to its end before.
    #[must_use]
    pub fn new(plan: &'a Plan, produced_before: u64) -> Self {
        Self {
            kind: KIND,
            id: &plan.id,
            plan_sha: &plan.hash,
            done: true,
            produced: 0,
            produced_before,
        }
    }
}

impl CommandResult for FinishedReplay<'_> {
    fn rows(&self) -> Report {
        Report::of(KIND, "replays", [*self])
    }
}
