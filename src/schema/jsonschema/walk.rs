//! The walk over pairs of schemas that the comparers of three registries share. Each pair is compared
//! once, a pair that contains itself ends, and the work has a bound.

use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
    rc::Rc,
};

use super::{
    steps::{FEW_STEPS, KEPT, Steps},
    tree::{Outcome, Tree},
};

/// Free stack below which a comparison goes on with a new piece of it.
const RED_ZONE: usize = 64 << 10;

/// The size of such a piece.
const STACK: usize = 1 << 20;

/// A comparer of schemas that walks over pairs of them.
pub trait Comparer<'m>: Sized {
    /// The key of a pair.
    type Pair: Copy + Eq + Hash;
    /// A difference between the two schemas of a pair.
    type Difference;

    /// The state of its walk.
    fn walk(&mut self) -> &mut Walk<'m, Self::Pair, Self::Difference>;

    /// What the comparison of a pair comes to, without its differences: `compare` is called where that
    /// is unknown. A pair without a key is compared each time, which is cheaper for a simple one.
    fn outcome_of(
        &mut self,
        pair: Option<Self::Pair>,
        compare: impl FnOnce(&mut Self) -> Tree<Self::Difference>,
    ) -> Outcome {
        let Some(pair) = pair else {
            return self.counted(compare);
        };
        if let Some(outcome) = self.walk().begin_outcome(pair) {
            return outcome;
        }
        let before = self.walk().steps.left();
        let outcome = stacker::maybe_grow(RED_ZONE, STACK, || self.counted(compare));
        self.walk().end_outcome(pair, outcome, before);
        outcome
    }

    /// The differences of a pair: `compare` is called where they are unknown. As
    /// [`outcome_of`](Self::outcome_of) without a key.
    fn differences_of(
        &mut self,
        pair: Option<Self::Pair>,
        compare: impl FnOnce(&mut Self) -> Tree<Self::Difference>,
    ) -> Rc<Tree<Self::Difference>> {
        if !self.walk().steps.take(KEPT) {
            return Rc::default();
        }
        let Some(pair) = pair else {
            return Rc::new(compare(self));
        };
        if let Some(known) = self.walk().begin_differences(pair) {
            return known;
        }
        let found = stacker::maybe_grow(RED_ZONE, STACK, || compare(self));
        let found = Rc::new(found);
        let walk = self.walk();
        walk.open.remove(&pair);
        walk.differences.insert(pair, Rc::clone(&found));
        found
    }

    /// What the differences of a pair come to, without keeping them.
    fn counted(&mut self, compare: impl FnOnce(&mut Self) -> Tree<Self::Difference>) -> Outcome {
        let before = std::mem::replace(&mut self.walk().outcome_only, true);
        let outcome = compare(self).outcome();
        self.walk().outcome_only = before;
        outcome
    }
}

/// The state of a walk.
#[derive(Debug)]
pub struct Walk<'m, P, D> {
    /// The pairs whose differences are known.
    differences: HashMap<P, Rc<Tree<D>>>,
    /// The pairs of which only the outcome is known.
    outcomes: HashMap<P, Outcome>,
    /// The pairs that are being compared.
    open: HashSet<P>,
    /// Whether differences are counted and not kept. The first one that is refused decides.
    outcome_only: bool,
    /// What earlier passes learned of pairs that contain themselves; `None` where a registry takes them
    /// for compatible, whatever the rest of the comparison says.
    learning: Option<Learning<P, D>>,
    steps: &'m Steps,
}

/// What is known of pairs that contain themselves. A pair is taken for compatible while it is being
/// compared, until a pass finds it refused (greatest fixed point).
#[derive(Debug)]
pub struct Learning<P, D> {
    /// The differences of refused pairs.
    refused: HashMap<P, Rc<Tree<D>>>,
    /// Refused pairs of which only the outcome is known.
    refused_outcomes: HashSet<P>,
    /// The pairs that this pass took for compatible.
    assumed: HashSet<P>,
}

impl<P, D> Default for Learning<P, D> {
    fn default() -> Self {
        Self {
            refused: HashMap::new(),
            refused_outcomes: HashSet::new(),
            assumed: HashSet::new(),
        }
    }
}

impl<'m, P: Copy + Eq + Hash, D> Walk<'m, P, D> {
    /// A walk that takes `steps`; `learning` is what earlier passes learned.
    pub fn new(steps: &'m Steps, learning: Option<Learning<P, D>>) -> Self {
        Self {
            differences: HashMap::new(),
            outcomes: HashMap::new(),
            open: HashSet::new(),
            outcome_only: false,
            learning,
            steps,
        }
    }

    /// Whether differences are counted and not kept.
    pub fn is_outcome_only(&self) -> bool {
        self.outcome_only
    }

    /// Whether the outcome of a pair is certain, and its differences are not kept.
    pub fn is_decided(&self, found: &Tree<D>) -> bool {
        self.outcome_only && !found.is_compatible()
    }

    /// Takes the step of an outcome; false when none is left.
    pub fn take_step(&self) -> bool {
        self.steps.take(1)
    }

    /// Whether no steps are left.
    pub fn is_over(&self) -> bool {
        self.steps.are_over()
    }

    /// The outcome of a pair when it is known, or assumed; else the pair is open.
    fn begin_outcome(&mut self, pair: P) -> Option<Outcome> {
        let known = self.differences.get(&pair).map(|found| found.outcome());
        if let Some(outcome) = known.or_else(|| self.outcomes.get(&pair).copied()) {
            return Some(outcome);
        }
        if self.open.insert(pair) {
            return None;
        }
        if let Some(learning) = &mut self.learning {
            if learning.refused.contains_key(&pair) || learning.refused_outcomes.contains(&pair) {
                return Some(Outcome::Refused);
            }
            learning.assumed.insert(pair);
        }
        Some(Outcome::Same)
    }

    fn end_outcome(&mut self, pair: P, outcome: Outcome, steps_before: usize) {
        self.open.remove(&pair);
        let mut learning = self.learning.iter();
        let assumed = learning.any(|learning| learning.assumed.contains(&pair));
        if assumed || steps_before - self.steps.left() >= FEW_STEPS {
            self.outcomes.insert(pair, outcome);
        }
    }

    /// The differences of a pair when they are known, or assumed to be none; else the pair is open.
    fn begin_differences(&mut self, pair: P) -> Option<Rc<Tree<D>>> {
        if let Some(found) = self.differences.get(&pair) {
            return Some(Rc::clone(found));
        }
        if self.open.insert(pair) {
            return None;
        }
        if let Some(learning) = &mut self.learning {
            if let Some(found) = learning.refused.get(&pair) {
                return Some(Rc::clone(found));
            }
            learning.assumed.insert(pair);
        }
        Some(Rc::default())
    }

    /// What this pass learned of pairs that contain themselves; `None` when it learned nothing new.
    pub fn learned(self) -> Option<Learning<P, D>> {
        let mut learning = self.learning?;
        let refused = |outcome| outcome == Outcome::Refused;
        let news = (self.differences.iter())
            .any(|(pair, found)| refused(found.outcome()) && !learning.refused.contains_key(pair))
            || self.outcomes.iter().any(|(pair, outcome)| {
                refused(*outcome)
                    && learning.assumed.contains(pair)
                    && !learning.refused_outcomes.contains(pair)
            });
        if learning.assumed.is_empty() || !news {
            return None;
        }
        learning.assumed.clear();
        let outcomes = self.outcomes.into_iter();
        let outcomes = outcomes.filter(|(_, outcome)| refused(*outcome));
        learning
            .refused_outcomes
            .extend(outcomes.map(|(pair, _)| pair));
        let differences = self.differences.into_iter();
        learning
            .refused
            .extend(differences.filter(|(_, found)| refused(found.outcome())));
        Some(learning)
    }
}
