//! The rule set of evctl: what really happens to data decides.

use std::collections::{HashMap, HashSet};

use super::{
    confluent,
    difference::Difference,
    model::Schema,
    risks::{Risk, risks},
    side::apart,
};
use crate::schema::{Breaks, Change, Comparison, Direction, Severity};

/// The risks beside what a registry found: those that it refuses anyway are left out.
pub(super) fn add_risks(comparison: &mut Comparison, old: &Schema, new: &Schema) {
    let mut refused: HashMap<(String, String), Vec<Direction>> = HashMap::new();
    for change in &comparison.changes {
        if let (Some(one), Some(two)) = (&change.old_location, &change.new_location) {
            let places = (one.pointer.clone(), two.pointer.clone());
            refused.entry(places).or_default().extend(&change.refused);
        }
    }
    let told = |risk: &Risk| {
        let places = (
            risk.old.place.pointer.clone(),
            risk.new.place.pointer.clone(),
        );
        let refused = refused.get(&places);
        let all = refused.is_some_and(|refused| {
            risk.data
                .iter()
                .all(|direction| refused.contains(direction))
        });
        !risk.data.is_empty() && all
    };
    let risks = risks(old, new).into_iter().filter(|risk| !told(risk));
    comparison
        .changes
        .extend(risks.map(|risk| change(risk, Severity::Risk)));
}

/// What breaks, what is risky and what is safe by itself.
pub(super) fn compare(old: &Schema, new: &Schema) -> Comparison {
    let risks = risks(old, new);
    let refuses = |direction| risks.iter().any(|risk| risk.data.contains(&direction));
    let mut comparison = Comparison {
        backward: !refuses(Direction::Backward),
        forward: !refuses(Direction::Forward),
        changes: Vec::new(),
        is_cut: false,
    };
    let harmless = harmless(old, new, &risks);
    let changes = risks.into_iter().map(|risk| {
        let severity = match risk.data.is_empty() {
            true => Severity::Risk,
            false => Severity::Break,
        };
        change(risk, severity)
    });
    comparison.changes.extend(changes);
    comparison.changes.extend(harmless);
    comparison
}

/// What Confluent's differ knows and harms nobody: what is new, and what no risk is about.
fn harmless(old: &Schema, new: &Schema, risks: &[Risk]) -> Vec<Change> {
    let mut pairs = HashSet::new();
    let mut gone = HashSet::new();
    for Risk { old, new, .. } in risks {
        pairs.insert((&old.place.pointer, &new.place.pointer));
        gone.extend(old.shown.is_some().then_some(&old.place.pointer));
    }
    let told = |found: &Difference| {
        let (one, two) = (&found.old.place.pointer, &found.new.place.pointer);
        // What has another number or another name now is not gone.
        pairs.contains(&(one, two)) || (found.new.shown.is_none() && gone.contains(one))
    };
    let is_added = |found: &Difference| found.id.ends_with("-added") && !found.refuses;
    // Under one name: what changed within the type is told by itself.
    let is_within = |found: &Difference| {
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
            old_location: Some(found.old.place),
            new_location: Some(found.new.place),
            fix: None,
        }
    });
    changes.collect()
}

fn change(risk: Risk, severity: Severity) -> Change {
    let consumers = risk.data.iter().map(|direction| match direction {
        Direction::Backward => Breaks::NewConsumers,
        Direction::Forward => Breaks::OldConsumers,
    });
    let mut breaks: Vec<Breaks> = consumers.chain(risk.others.iter().copied()).collect();
    breaks.sort_unstable();
    breaks.dedup();
    let (old, new) = apart(&risk.old, &risk.new);
    let there = risk.new.shown.is_some();
    let path = if there {
        &risk.new.place.pointer
    } else {
        &risk.old.place.pointer
    };
    Change {
        id: risk.id,
        registry_type: None,
        path: path.clone(),
        message: risk.message,
        severity,
        refused: if severity == Severity::Break {
            risk.data
        } else {
            Vec::new()
        },
        breaks,
        old,
        new,
        old_location: Some(risk.old.place),
        new_location: Some(risk.new.place),
        fix: Some(risk.fix),
    }
}
