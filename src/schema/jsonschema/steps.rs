//! The work of a comparison, counted: schemas whose parts refer to each other can be paired in more
//! ways than anybody waits for.

use std::cell::Cell;

/// A comparison of more steps has no result: they take about a second and 150 MB.
const MOST: usize = 1_000_000;

/// The steps that a comparison may still take.
#[derive(Debug)]
pub struct Steps(Cell<usize>);

impl Default for Steps {
    fn default() -> Self {
        Self(Cell::new(MOST))
    }
}

impl Steps {
    /// Takes a step; false when none is left.
    pub fn take(&self) -> bool {
        self.0.set(self.0.get().saturating_sub(1));
        !self.are_over()
    }

    /// Whether none is left: what was found until then says nothing of the schemas.
    pub fn are_over(&self) -> bool {
        self.0.get() == 0
    }
}
