//! Options that change or tell apart records, tried on records of the source before anything is
//! written: a misspelt path hides nothing, and an expression that fails on every record does nothing.

use super::{Dedupe, Marker, Refusal, ReplayRequest, Rewrite, Rules, Tried, Verdict};
use crate::{
    envelope::{Event, EventDecoder},
    event::Record,
};

/// What came of the options on the records that were sampled.
pub struct OptionTrial {
    rewrite: Rewrite,
    dedupe: Option<Dedupe>,
    marker: Marker,
    /// Decodes the records that are looked at.
    pub(super) decoder: &'static EventDecoder,
    /// Records that would be written.
    wanted: u64,
    /// How many of them --transform failed on, and why it did on the first.
    failed: u64,
    first_failure: Option<String>,
    /// Records that were sampled, and those that have the time that --by-time names.
    seen: u64,
    timed: u64,
    /// The warning about files that are redacted.
    pub redacted: Option<String>,
}

impl OptionTrial {
    /// Takes what changes records out of `rules`, which are for planning only; `marker` sets their
    /// headers.
    pub fn of(rules: &mut Rules, marker: Marker) -> Self {
        Self {
            marker,
            decoder: rules.decoder,
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
    pub fn mark_with(&mut self, marker: Marker) {
        self.marker = marker;
    }

    /// The size of a record as it would be written, but for what --transform and --redact make of
    /// it.
    pub fn size(&mut self, record: &Record<'_>) -> u64 {
        let headers = self.marker.headers(record).encoded().len();
        (record.size() - record.headers.encoded().len() + headers) as u64
    }

    /// Counts a record that was sampled; `timed` says whether it has the time that --by-time names.
    pub fn see(&mut self, timed: bool) {
        self.seen += 1;
        self.timed += u64::from(timed);
    }

    /// Tries the options on a record that would be written.
    pub fn take(&mut self, event: &Event<'_>) {
        let record = event.record();
        self.wanted += 1;
        if let Some(dedupe) = &mut self.dedupe {
            dedupe.is_duplicate(event);
        }
        // Once everything has worked once, it is known to.
        let worked = self.failed + 1 < self.wanted;
        if worked && self.rewrite.unfound().next().is_none() {
            return;
        }
        if let Err(error) = self.rewrite.probe(event) {
            self.failed += 1;
            self.first_failure.get_or_insert_with(|| {
                format!(
                    "{}/{}@{}: {error}",
                    record.topic, record.partition, record.offset
                )
            });
        }
    }

    /// Adds what the options did to the records that were sampled to `verdict`. `exact` says that
    /// these were all records.
    pub fn judge(
        &self,
        request: &ReplayRequest,
        rules: &Rules,
        exact: bool,
        verdict: &mut Verdict,
    ) {
        let spec = &request.spec;
        verdict.warnings.extend(self.redacted.clone());
        let tried = |count: u64| Tried { count, exact };
        if self.seen > 0 && self.timed == 0 && !rules.event_time.is_records() {
            verdict.refusals.push(Refusal::NoTime {
                by_time: spec.by_time().to_owned(),
                tried: tried(self.seen),
                first: rules.event_time.errors().1.map(str::to_owned),
            });
        }
        if let (failed, Some(first)) = rules.filter.errors()
            && rules.filter.fails_on_all()
        {
            verdict.warnings.push(format!(
                "--filter fails on each of the {}, the first: {first}",
                tried(failed)
            ));
        }
        if self.wanted == 0 {
            return;
        }
        let all = tried(self.wanted);
        let transform_fails = self.failed == self.wanted;
        if transform_fails && let Some(first) = &self.first_failure {
            verdict.refusals.push(Refusal::TransformFails {
                tried: all,
                first: first.clone(),
            });
        }
        if let (Some(by), Some(dedupe)) = (&spec.dedupe, &self.dedupe) {
            let (failed, first) = dedupe.errors();
            if failed == self.wanted
                && let Some(first) = first
            {
                verdict.refusals.push(Refusal::DedupeFails {
                    by: by.clone(),
                    tried: all,
                    first: first.to_owned(),
                });
            } else if dedupe.counts().without == self.wanted {
                verdict.warnings.push(format!(
                    "--dedupe {by:?} tells none of the {all} apart: nothing would be left out"
                ));
            }
        }
        // What a transform that fails would have yielded is not known.
        for path in self.rewrite.unfound().filter(|_| !transform_fails) {
            let refusal = Refusal::NothingRedacted {
                path: path.to_owned(),
                tried: all,
            };
            if request.options.allow_unmatched_redact {
                let warning = format!("{refusal}: it may hide nothing");
                verdict.warnings.push(warning);
            } else {
                verdict.refusals.push(refusal);
            }
        }
    }
}
