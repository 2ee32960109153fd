//! The sink that applies a selection to the records of capture files.

use super::{Fault, Flow, Sink};
use crate::{
    event::Record,
    select::{FileRange, SelectError, Selection},
};

/// Passes on the records of a capture file that a selection names by partition and offset.
pub struct FileSelection<'s> {
    range: FileRange,
    sink: &'s mut dyn Sink,
}

impl<'s> FileSelection<'s> {
    /// Passes on to `sink` what `selection` names.
    ///
    /// # Errors
    /// As [`FileRange::new`].
    pub fn new(selection: &Selection, sink: &'s mut dyn Sink) -> Result<Self, SelectError> {
        Ok(Self::of(FileRange::new(selection)?, sink))
    }

    /// Passes on to `sink` what lies in `range`.
    #[must_use]
    pub fn of(range: FileRange, sink: &'s mut dyn Sink) -> Self {
        Self { range, sink }
    }
}

impl Sink for FileSelection<'_> {
    fn record(&mut self, record: &Record<'_>) -> Result<Flow, Fault> {
        if self.range.holds(record) {
            self.sink.record(record)
        } else {
            Ok(Flow::Continue)
        }
    }

    fn idle(&mut self) -> Result<Flow, Fault> {
        self.sink.idle()
    }
}
