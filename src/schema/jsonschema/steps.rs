//! The work of a comparison, counted: schemas whose parts refer to each other can be paired in more
//! ways than anybody waits for.

use std::cell::Cell;

/// A comparison of more steps has no result: they take about a second.
const MOST: usize = 4_000_000;

/// The steps of a pair whose differences are kept, which takes 150 bytes.
pub const KEPT: usize = 4;

/// An outcome that took fewer steps is computed again rather than kept: a thousand alternatives make
/// a million pairs.
pub const FEW_STEPS: usize = 4;

/// The steps that a comparison may still take.
#[derive(Debug)]
pub struct Steps(Cell<usize>);

impl Default for Steps {
    fn default() -> Self {
        Self(Cell::new(MOST))
    }
}

impl Steps {
    /// Takes some steps; false when none is left.
    pub fn take(&self, count: usize) -> bool {
        self.0.set(self.left().saturating_sub(count));
        !self.are_over()
    }

    /// How many are left.
    pub fn left(&self) -> usize {
        self.0.get()
    }

    /// Whether none is left: what was found until then says nothing of the schemas.
    pub fn are_over(&self) -> bool {
        self.left() == 0
    }
}
