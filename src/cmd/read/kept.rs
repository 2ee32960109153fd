//! The sink between a source and what takes its records: what the filter keeps, up to the limit.

use crate::{
    event::Record,
    filter::Filter,
    pipeline::{Fault, Flow, Sink},
};

/// Passes on what is kept.
pub(in crate::cmd) struct Kept<'s> {
    filter: Filter,
    /// Records to drop before the first one that is passed on.
    skip: u64,
    limit: Option<u64>,
    passed: u64,
    sink: &'s mut dyn Sink,
}

impl<'s> Kept<'s> {
    /// Passes on to `sink` what `filter` keeps, at most `limit` records.
    pub(in crate::cmd) fn new(filter: Filter, limit: Option<u64>, sink: &'s mut dyn Sink) -> Self {
        Self {
            filter,
            skip: 0,
            limit,
            passed: 0,
            sink,
        }
    }

    /// Drops the first `skip` records that would be passed on.
    pub(in crate::cmd) fn skip(&mut self, skip: u64) {
        self.skip = skip;
    }

    /// How many records were passed on.
    pub(in crate::cmd) fn passed(&self) -> u64 {
        self.passed
    }

    /// How many records the filter's expression failed on, and the first failure.
    pub(in crate::cmd) fn errors(&self) -> (u64, Option<&str>) {
        self.filter.errors()
    }

    /// Whether the limit is reached.
    pub(in crate::cmd) fn is_full(&self) -> bool {
        self.limit.is_some_and(|limit| self.passed >= limit)
    }
}

impl Sink for Kept<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        if !self.filter.keep(record) {
            return Ok(Flow::Continue);
        }
        if self.skip > 0 {
            self.skip -= 1;
            return Ok(Flow::Continue);
        }
        if self.is_full() {
            return Ok(Flow::Stop);
        }
        let flow = self.sink.record(record)?;
        self.passed += 1;
        Ok(if self.is_full() { Flow::Stop } else { flow })
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        self.sink.idle()
    }
}
