//! The rule set of evctl: what really happens to data decides.

use std::collections::HashMap;

use super::{
    confluent,
    hazard::{Hazard, hazards},
    model::Schema,
};
use crate::schema::{Breaks, Change, Comparison, Direction, Severity};

/// The hazards beside what a registry found: those that it refuses anyway are left out.
pub(super) fn add_risks(comparison: &mut Comparison, old: &Schema, new: &Schema) {
    let mut refused: HashMap<(String, String), Vec<Direction>> = HashMap::new();
    for change in &comparison.changes {
        if let (Some(one), Some(two)) = (&change.old_place, &change.new_place) {
            let places = (one.pointer.clone(), two.pointer.clone());
            refused.entry(places).or_default().extend(&change.refused);
        }
    }
    let told = |hazard: &Hazard| {
        let places = (
            hazard.old.place.pointer.clone(),
            hazard.new.place.pointer.clone(),
        );
        let refused = refused.get(&places);
        let all = refused.is_some_and(|refused| {
            hazard
                .data
                .iter()
                .all(|direction| refused.contains(direction))
        });
        !hazard.data.is_empty() && all
    };
    let hazards = hazards(old, new).into_iter().filter(|hazard| !told(hazard));
    comparison
        .changes
        .extend(hazards.map(|hazard| change(hazard, Severity::Risk)));
}

/// What breaks, what is risky and what is safe by itself.
pub(super) fn compare(old: &Schema, new: &Schema) -> Comparison {
    let hazards = hazards(old, new);
    let refuses = |direction| {
        hazards
            .iter()
            .any(|hazard| hazard.data.contains(&direction))
    };
    let mut comparison = Comparison {
        backward: !refuses(Direction::Backward),
        forward: !refuses(Direction::Forward),
        changes: Vec::new(),
    };
    let changes = hazards.into_iter().map(|hazard| {
        let severity = match hazard.data.is_empty() {
            true => Severity::Risk,
            false => Severity::Break,
        };
        change(hazard, severity)
    });
    comparison.changes.extend(changes);
    comparison.changes.extend(additions(old, new));
    comparison
}

/// What is new and harms nobody. Confluent's differ knows it.
fn additions(old: &Schema, new: &Schema) -> impl Iterator<Item = Change> {
    let found = confluent::differences(old, new, ("new", "old"));
    let added = found
        .into_iter()
        .filter(|found| found.id.ends_with("-added") && !found.refuses);
    added.map(|found| Change {
        id: found.id,
        registry_type: None,
        path: found.path,
        message: found.message,
        severity: Severity::Safe,
        refused: Vec::new(),
        breaks: Vec::new(),
        old: found.old.shown,
        new: found.new.shown,
        old_place: Some(found.old.place),
        new_place: Some(found.new.place),
        fix: None,
    })
}

fn change(hazard: Hazard, severity: Severity) -> Change {
    let consumers = hazard.data.iter().map(|direction| match direction {
        Direction::Backward => Breaks::NewConsumers,
        Direction::Forward => Breaks::OldConsumers,
    });
    let mut breaks: Vec<Breaks> = consumers.chain(hazard.others.iter().copied()).collect();
    breaks.sort_unstable();
    breaks.dedup();
    let there = hazard.new.shown.is_some();
    let path = if there {
        &hazard.new.place.pointer
    } else {
        &hazard.old.place.pointer
    };
    Change {
        id: hazard.id,
        registry_type: None,
        path: path.clone(),
        message: hazard.message,
        severity,
        refused: if severity == Severity::Break {
            hazard.data
        } else {
            Vec::new()
        },
        breaks,
        old: hazard.old.shown,
        new: hazard.new.shown,
        old_place: Some(hazard.old.place),
        new_place: Some(hazard.new.place),
        fix: Some(hazard.fix),
    }
}
