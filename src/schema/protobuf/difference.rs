//! What a registry's rules find, and how the findings of both directions become one comparison.

use std::collections::HashMap;

use super::{
    catalogue, fix,
    side::{self, Side},
};
use crate::schema::{Breaks, Change, Comparison, Direction, Severity};

/// One difference as a registry reports it.
#[derive(Clone, Debug)]
pub(super) struct Difference {
    pub id: &'static str,
    pub path: String,
    pub message: String,
    /// The registry refuses the schema because of it.
    pub refuses: bool,
    pub old: Side,
    pub new: Side,
}

impl Difference {
    /// What was found with the schemas swapped, in the order old and new.
    fn swapped(mut self) -> Self {
        std::mem::swap(&mut self.old, &mut self.new);
        self
    }
}

/// All that was found from old to new; of what was found from new to old only what refuses, for
/// the rest is the same seen from behind.
pub(super) fn assemble(backward: Vec<Difference>, forward: Vec<Difference>) -> Comparison {
    let mut comparison = Comparison {
        backward: !backward.iter().any(|found| found.refuses),
        forward: !forward.iter().any(|found| found.refuses),
        changes: Vec::new(),
        is_cut: false,
    };
    let changes = &mut comparison.changes;
    changes.extend(
        backward
            .into_iter()
            .map(|found| change(found, Direction::Backward)),
    );
    let mut refused: HashMap<DifferenceKey, Vec<usize>> = HashMap::new();
    for (index, change) in changes.iter().enumerate().rev() {
        if !change.refused.is_empty() {
            refused
                .entry(difference_key(change))
                .or_default()
                .push(index);
        }
    }
    for found in forward.into_iter().filter(|found| found.refuses) {
        let change = change(found.swapped(), Direction::Forward);
        match refused.get_mut(&difference_key(&change)).and_then(Vec::pop) {
            Some(same) => {
                changes[same].refused.push(Direction::Forward);
                changes[same].breaks.push(Breaks::OldConsumers);
            }
            None => changes.push(change),
        }
    }
    comparison
}

/// What a change is about. At one path one thing may be gone and another one new.
type DifferenceKey = (&'static str, String, [Option<String>; 2]);

fn difference_key(change: &Change) -> DifferenceKey {
    let values = [change.old.clone(), change.new.clone()];
    (change.id, change.path.clone(), values)
}

fn change(found: Difference, direction: Direction) -> Change {
    let (refused, breaks) = match (found.refuses, direction) {
        (false, _) => (Vec::new(), Vec::new()),
        (true, Direction::Backward) => (vec![direction], vec![Breaks::NewConsumers]),
        (true, Direction::Forward) => (vec![direction], vec![Breaks::OldConsumers]),
    };
    let (old, new) = side::apart(&found.old, &found.new);
    Change {
        id: found.id,
        registry_type: catalogue::rule(found.id).and_then(|rule| rule.registry_type),
        path: found.path,
        message: found.message,
        severity: if found.refuses {
            Severity::Break
        } else {
            Severity::Safe
        },
        fix: (found.refuses).then(|| fix::fix(found.id, direction, &found.old, &found.new)),
        refused,
        breaks,
        old,
        new,
        old_location: Some(found.old.place),
        new_location: Some(found.new.place),
    }
}

/// Those that break first, then in the order of the new schema.
pub(super) fn sort(changes: &mut [Change]) {
    changes.sort_by_cached_key(|change| {
        let place = change.new_location.as_ref();
        (
            change.severity,
            place.map(|place| (place.file.clone(), place.at)),
        )
    });
}
