//! The sink between a source and the taker of its records: filter, limit, redaction.

use super::{Fault, Flow, Sink, Unwritten};
use crate::{
    envelope::{Event, EventDecoder},
    event::Record,
    filter::{Filter, InterruptedRecord, interruptible},
    redact::Redactor,
};

/// Passes on the records that a filter keeps, up to a limit. The filter sees each record as it is, so
/// that a record can be found by a redacted value; the sink behind it sees only the redacted form.
pub struct FilterSink<'s> {
    filter: Filter,
    redactor: Option<Redactor>,
    decoder: &'static EventDecoder,
    /// Records to drop before the first one that is passed on.
    skip: u64,
    limit: Option<u64>,
    passed: u64,
    sink: &'s mut dyn Sink,
}

impl<'s> FilterSink<'s> {
    /// Passes on to `sink` the records that `filter` keeps, at most `limit`, masked by `redactor`.
    #[must_use]
    pub fn new(
        mut filter: Filter,
        redactor: Option<Redactor>,
        limit: Option<u64>,
        sink: &'s mut dyn Sink,
    ) -> Self {
        if redactor.is_some() {
            filter.withhold_reasons();
        }
        Self {
            filter,
            redactor,
            decoder: EventDecoder::inferred(),
            skip: 0,
            limit,
            passed: 0,
            sink,
        }
    }

    /// Drops the first `skip` records that would be passed on.
    pub fn skip(&mut self, skip: u64) {
        self.skip = skip;
    }

    /// Records that were passed on, without those that a failed write lost.
    #[must_use]
    pub fn passed(&self) -> u64 {
        self.passed.saturating_sub(self.unwritten().records)
    }

    /// The filter, to search for records before they are read.
    pub fn filter(&mut self) -> &mut Filter {
        &mut self.filter
    }

    /// A sink that filters records on their way to `sink`; [`FilterSink::past_filter`] takes them
    /// from there.
    pub fn filter_into<'k>(&'k mut self, sink: &'k mut dyn Sink) -> impl Sink + use<'k, 's> {
        Filtered { kept: self, sink }
    }

    /// A sink for records that the filter has kept.
    pub fn past_filter(&mut self) -> impl Sink + use<'_, 's> {
        PastFilter(self)
    }

    /// The number of records on which the filter's expression failed, and the first failure.
    #[must_use]
    pub fn errors(&self) -> (u64, Option<&str>) {
        self.filter.errors()
    }

    /// The paths of --redact that no record had, when there were records.
    pub fn unfound(&self) -> impl Iterator<Item = &str> {
        let redactor = self.redactor.iter().filter(|_| self.passed > 0);
        redactor.flat_map(Redactor::unfound)
    }

    /// The paths of the profile's redact when no record had any of them, and there were records.
    pub fn unfound_of_profile(&self) -> impl Iterator<Item = &str> {
        let redactor = self.redactor.iter().filter(|_| self.passed > 0);
        redactor.flat_map(Redactor::unfound_together)
    }

    /// Whether the limit is reached.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.passed >= limit)
    }
}

impl FilterSink<'_> {
    /// Does `work` with `record`, unless the command is interrupted within a jq expression: then the
    /// record counts as not seen.
    fn interruptibly(
        &mut self,
        record: &Record<'_>,
        work: impl FnOnce(&mut Self) -> Result<Flow, Fault>,
    ) -> Result<Flow, Fault> {
        let before = (self.skip, self.passed);
        interruptible(|| work(self)).unwrap_or_else(|interrupted| {
            (self.skip, self.passed) = before;
            Err(InterruptedRecord::new(interrupted, record).into())
        })
    }

    /// Passes on an event that the filter keeps.
    fn pass(&mut self, event: &Event<'_>) -> Result<Flow, Fault> {
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(Flow::Continue);
        }
        if self.is_full() {
            return Ok(Flow::Stop);
        }
        self.passed += 1;
        let flow = match &mut self.redactor {
            None => self.sink.event(event)?,
            Some(redactor) => {
                let masked = redactor.mask(event.record());
                self.sink.event(&event.with_record(&masked))?
            }
        };
        Ok(if self.is_full() { Flow::Stop } else { flow })
    }
}

impl Sink for FilterSink<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.interruptibly(record, |kept| {
            let event = kept.decoder.event(record);
            match kept.filter.keep(&event) {
                true => kept.pass(&event),
                false => Ok(Flow::Continue),
            }
        })
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        self.sink.idle()
    }

    fn fails_on_all(&self) -> bool {
        self.filter.fails_on_all() || self.sink.fails_on_all()
    }

    fn unwritten(&self) -> Unwritten {
        self.sink.unwritten()
    }
}

struct Filtered<'k, 's> {
    kept: &'k mut FilterSink<'s>,
    sink: &'k mut dyn Sink,
}

impl Sink for Filtered<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        let Self { kept, sink } = self;
        kept.interruptibly(record, |kept| {
            let event = kept.decoder.event(record);
            match kept.filter.keep(&event) {
                true => sink.event(&event),
                false => Ok(Flow::Continue),
            }
        })
    }
}

struct PastFilter<'k, 's>(&'k mut FilterSink<'s>);

impl Sink for PastFilter<'_, '_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        self.0
            .interruptibly(record, |kept| kept.pass(&kept.decoder.event(record)))
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        self.0.idle()
    }
}
