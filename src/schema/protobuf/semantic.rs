//! The rule set of evctl: what really happens to data decides.

use std::collections::{HashMap, HashSet};

use super::{
    confluent,
    found::Found,
    hazard::{Hazard, hazards},
    model::Schema,
    side::apart,
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
        is_cut: false,
    };
    let harmless = harmless(old, new, &hazards);
    let changes = hazards.into_iter().map(|hazard| {
        let severity = match hazard.data.is_empty() {
            true => Severity::Risk,
            false => Severity::Break,
        };
        change(hazard, severity)
    });
    comparison.changes.extend(changes);
    comparison.changes.extend(harmless);
    comparison
}

/// What Confluent's differ knows and harms nobody: what is new, and what no hazard is about.
fn harmless(old: &Schema, new: &Schema, hazards: &[Hazard]) -> Vec<Change> {
    let mut pairs = HashSet::new();
    let mut gone = HashSet::new();
    for Hazard { old, new, .. } in hazards {
        pairs.insert((&old.place.pointer, &new.place.pointer));
        gone.extend(old.shown.is_some().then_some(&old.place.pointer));
    }
    let told = |found: &Found| {
        let (one, two) = (&found.old.place.pointer, &found.new.place.pointer);
        // What has another number or another name now is not gone.
        pairs.contains(&(one, two)) || (found.new.shown.is_none() && gone.contains(one))
    };
    let is_added = |found: &Found| found.id.ends_with("-added") && !found.refuses;
    // Under one name: what changed within the type is told by itself.
    let is_within = |found: &Found| {
        let (one, two) = (&found.old, &found.new);
        found.id == "protobuf/field-named-type-changed" && apart(one, two) == (None, None)
    };
    let mut found = confluent::differences(old, new, ("new", "old"));
    found.retain(|found| is_added(found) || !(told(found) || is_within(found)));
    let changes = found.into_iter().map(|found| {
        let (old, new) = apart(&found.old, &found.new);
        Change {
            id: found.id,
            registry_type: None,
            path: found.path,
            // The registry's own sentence is about what it refuses.
            message: match found.refuses {
                true => confluent::plain(found.id, &found.old, &found.new),
                false => found.message,
            },
            severity: Severity::Safe,
            refused: Vec::new(),
            breaks: Vec::new(),
            old,
            new,
            old_place: Some(found.old.place),
            new_place: Some(found.new.place),
            fix: None,
        }
    });
    changes.collect()
}

fn change(hazard: Hazard, severity: Severity) -> Change {
    let consumers = hazard.data.iter().map(|direction| match direction {
        Direction::Backward => Breaks::NewConsumers,
        Direction::Forward => Breaks::OldConsumers,
    });
    let mut breaks: Vec<Breaks> = consumers.chain(hazard.others.iter().copied()).collect();
    breaks.sort_unstable();
    breaks.dedup();
    let (old, new) = apart(&hazard.old, &hazard.new);
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
        old,
        new,
        old_place: Some(hazard.old.place),
        new_place: Some(hazard.new.place),
        fix: Some(hazard.fix),
    }
}
