//! Options that change or tell apart records, tried on records of the source before anything is
//! written: a misspelt path hides nothing, and an expression that fails on every record does nothing.

use super::{
    preflight::{Refusal, Verdict},
    rules::Rules,
};
use crate::{
    event::Record,
    replay::{Dedupe, Marker, ReplayRequest, Rewrite},
    ui::counted,
};

/// What came of the options on the records that were looked at.
pub(super) struct Trial {
    rewrite: Rewrite,
    dedupe: Option<Dedupe>,
    marker: Marker,
    /// Records that would be written.
    wanted: u64,
    /// Those of them that --transform failed on, and why it did on the first.
    failed: u64,
    first_failure: Option<String>,
    /// Records that were looked at, and those that have the time that --by-time names.
    seen: u64,
    timed: u64,
    /// The warning about files that are redacted.
    pub(super) redacted: Option<String>,
}

impl Trial {
    /// Takes what changes records out of `rules`, which are for planning only; `marker` sets their
    /// headers.
    pub(super) fn of(rules: &mut Rules, marker: Marker) -> Self {
        Self {
            marker,
            rewrite: std::mem::take(&mut rules.rewrite),
            dedupe: rules.dedupe.take(),
            wanted: 0,
            failed: 0,
            first_failure: None,
            seen: 0,
            timed: 0,
            redacted: None,
        }
    }

    /// The source's cluster is known now, which `marker` names.
    pub(super) fn mark_with(&mut self, marker: Marker) {
        self.marker = marker;
    }

    /// The size of a record as it would be written, but for what --transform and --redact make of
    /// it.
    pub(super) fn size(&mut self, record: &Record<'_>) -> u64 {
        let headers = self.marker.headers(record).encoded().len();
        (record.size() - record.headers.encoded().len() + headers) as u64
    }

    /// A record was looked at; `timed` says whether it has the time that --by-time names.
    pub(super) fn see(&mut self, timed: bool) {
        self.seen += 1;
        self.timed += u64::from(timed);
    }

    /// Tries the options on a record that would be written.
    pub(super) fn take(&mut self, record: &Record<'_>) {
        self.wanted += 1;
        if let Some(dedupe) = &mut self.dedupe {
            dedupe.is_duplicate(record);
        }
        // Once everything has worked once, it is known to.
        let worked = self.failed + 1 < self.wanted;
        if worked && self.rewrite.unfound().next().is_none() {
            return;
        }
        if let Err(error) = self.rewrite.probe(record) {
            self.failed += 1;
            self.first_failure.get_or_insert_with(|| {
                format!(
                    "{}/{}@{}: {error}",
                    record.topic, record.partition, record.offset
                )
            });
        }
    }

    /// Adds what stands against the replay to `verdict`; `exact` says that every record was looked
    /// at.
    pub(super) fn judge(
        &self,
        request: &ReplayRequest,
        rules: &Rules,
        exact: bool,
        verdict: &mut Verdict,
    ) {
        verdict.warnings.extend(self.redacted.clone());
        let records = |count: u64| match exact {
            true => counted(count, "record"),
            false => format!("{} that were sampled", counted(count, "record")),
        };
        let look = if exact {
            ""
        } else {
            "; --exact tries it on every record"
        };
        let mut refuse = |why: String, hint: String| verdict.refusals.push(Refusal { why, hint });
        if self.seen > 0 && self.timed == 0 && !rules.event_time.is_records() {
            let first = rules.event_time.errors().1;
            let first = first.map_or_else(String::new, |first| format!(", the first: {first}"));
            refuse(
                format!(
                    "--by-time {:?} finds no time in any of the {}{first}",
                    request.spec.by_time(),
                    records(self.seen)
                ),
                format!("correct --by-time{look}"),
            );
        }
        if let (failed, Some(first)) = rules.filter.errors()
            && rules.filter.fails_on_all()
        {
            verdict.warnings.push(format!(
                "--filter fails on each of the {}, the first: {first}",
                records(failed)
            ));
        }
        if self.wanted == 0 {
            return;
        }
        let all = records(self.wanted);
        let transform_fails = self.failed == self.wanted;
        if transform_fails && let Some(first) = &self.first_failure {
            refuse(
                format!("--transform fails on each of the {all}, the first: {first}"),
                format!("correct --transform{look}"),
            );
        }
        if let (Some(by), Some(dedupe)) = (&request.spec.dedupe, &self.dedupe) {
            let (failed, first) = dedupe.errors();
            if failed == self.wanted
                && let Some(first) = first
            {
                refuse(
                    format!("--dedupe {by:?} fails on each of the {all}, the first: {first}"),
                    format!("correct --dedupe{look}"),
                );
            } else if dedupe.counts().without == self.wanted {
                verdict.warnings.push(format!(
                    "--dedupe {by:?} tells none of the {all} apart: nothing would be left out"
                ));
            }
        }
        // What a transform that fails would have yielded is not known.
        for path in self.rewrite.unfound().filter(|_| !transform_fails) {
            let why = format!("--redact {path:?} matches nothing in the {all}");
            if request.options.allow_unmatched_redact {
                verdict.warnings.push(format!("{why}: it may hide nothing"));
            } else {
                verdict.refusals.push(Refusal {
                    why,
                    hint: format!(
                        "correct the path{look}; --allow-unmatched-redact goes ahead without a match"
                    ),
                });
            }
        }
    }
}
