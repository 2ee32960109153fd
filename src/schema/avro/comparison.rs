//! What changed between two schemas, and who is harmed.

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
};

use super::{
    check::check,
    fix::Case,
    model::{Schema, Shape, Spot},
    refusal::{Refusal, RefusalKind},
    risks::risks,
    rules::rule,
    type_text::{Labels, cut, list_text, type_text},
};
use crate::schema::{Breaks, Change, Comparison, Direction, Rules, Severity};

/// Compares two versions of a schema in both directions.
#[must_use]
pub fn compare(old: &Schema, new: &Schema, rules: Rules) -> Comparison {
    let backward = check(new, old, rules);
    let forward = check(old, new, rules);
    let labels = Labels::new(new);
    let mut breaks = Collected::default();
    for refusal in &backward.refusals {
        breaks.add(&Case {
            refusal,
            direction: Direction::Backward,
            reader: new,
            writer: old,
            labels: &labels,
        });
    }
    for refusal in &forward.refusals {
        breaks.add(&Case {
            refusal,
            direction: Direction::Forward,
            reader: old,
            writer: new,
            labels: &labels,
        });
    }
    let mut changes = breaks.changes;
    changes.extend(risks(old, new, rules, &breaks.covered));
    changes.sort_by_key(|change| {
        let place = change.new_location.as_ref().map(|place| place.at);
        (Reverse(change.severity == Severity::Break), place)
    });
    Comparison {
        changes,
        backward: backward.compatible,
        forward: forward.compatible,
        is_cut: false,
    }
}

/// The places of a difference in the old schema and in the new one.
pub(super) type Spots = (Spot, Spot);

/// Its kind, its path, the symbols that it is about, and its places.
type Difference = (RefusalKind, String, String, Spots);

#[derive(Default)]
struct Collected {
    changes: Vec<Change>,
    /// Index of a change by what it is.
    known: HashMap<Difference, usize>,
    /// What needs no second word.
    covered: HashSet<Spots>,
}

impl Collected {
    fn add(&mut self, case: &Case<'_, '_>) {
        let spots = case.spots(case.refusal);
        for reason in &case.refusal.because {
            self.covered.insert(case.spots(reason));
        }
        let Refusal {
            kind,
            path,
            message,
            ..
        } = case.refusal;
        // What else is refused both ways is the same seen from either end; the symbols that one
        // side lacks are others than those that the other does.
        let symbols = match kind {
            RefusalKind::MissingEnumSymbols => message.clone(),
            _ => String::new(),
        };
        let key = (*kind, path.clone(), symbols, spots);
        if let Some(known) = self.known.get(&key) {
            let known = &mut self.changes[*known];
            if !known.refused.contains(&case.direction) {
                // An alias helps new consumers only.
                if *kind == RefusalKind::NameMismatch {
                    let both = known.fix.take().zip(case.fix());
                    known.fix = both.map(|(fix, other)| format!("{fix}, or {other}"));
                }
                known.refused.push(case.direction);
                known.breaks.push(harmed(case.direction));
                return;
            }
        }
        self.known.insert(key, self.changes.len());
        self.changes.push(case.change(spots));
        self.covered.insert(spots);
    }
}

/// Who cannot read when a direction is refused.
fn harmed(direction: Direction) -> Breaks {
    match direction {
        Direction::Backward => Breaks::NewConsumers,
        Direction::Forward => Breaks::OldConsumers,
    }
}

impl Case<'_, '_> {
    fn spots(&self, refusal: &Refusal<'_>) -> Spots {
        let (reader, writer) = refusal.spots(self.reader, self.writer);
        self.old_first(reader, writer)
    }

    /// What the reader and what the writer has as what was and what is.
    fn old_first<T>(&self, reader: T, writer: T) -> (T, T) {
        match self.direction {
            Direction::Backward => (writer, reader),
            Direction::Forward => (reader, writer),
        }
    }

    fn change(&self, (old_spot, new_spot): Spots) -> Change {
        let id = self.refusal.kind.id();
        let (old_schema, new_schema) = self.old_first(self.reader, self.writer);
        let (read, written) = self.values();
        let (old, new) = self.old_first(read, written);
        Change {
            id,
            registry_type: rule(id).and_then(|rule| rule.registry_type),
            path: self.refusal.path.clone(),
            message: self.refusal.message.clone(),
            severity: Severity::Break,
            refused: vec![self.direction],
            breaks: vec![harmed(self.direction)],
            old,
            new,
            old_location: Some(old_schema.place(old_spot)),
            new_location: Some(new_schema.place(new_spot)),
            fix: self.fix(),
        }
    }

    /// What differs, of the reader and of the writer.
    fn values(&self) -> (Option<String>, Option<String>) {
        let refusal = self.refusal;
        if let Some(field) = refusal.field {
            return match (refusal.kind, &field.default) {
                (RefusalKind::InvalidDefault, Some(default)) => {
                    (Some(cut(&default.to_json())), None)
                }
                _ => (
                    Some(format!(
                        "{}: {}",
                        field.name,
                        type_text(self.reader, &field.ty)
                    )),
                    None,
                ),
            };
        }
        let read = self.reader.get(refusal.reader);
        let written = self.writer.get(refusal.writer);
        if refusal.kind == RefusalKind::NameMismatch {
            let shown = |ty: &super::model::Type| ty.name().map(|name| name.shown().to_owned());
            return (shown(read), shown(written));
        }
        match (refusal.kind, &read.shape, &written.shape) {
            (RefusalKind::MissingEnumSymbols, Shape::Enum(read), Shape::Enum(written)) => (
                Some(list_text(&read.symbols)),
                Some(list_text(&written.symbols)),
            ),
            (RefusalKind::FixedSizeMismatch, Shape::Fixed(read), Shape::Fixed(written)) => {
                (Some(read.size.to_string()), Some(written.size.to_string()))
            }
            _ => (
                Some(type_text(self.reader, refusal.reader)),
                Some(type_text(self.writer, refusal.writer)),
            ),
        }
    }
}
