//! Combinations (`CombinedSchemaDiff`): the parts of both are paired so that as many as possible
//! have a counterpart that goes together with them.

use std::{collections::HashMap, rc::Rc};

use super::{
    super::{
        model::{Combined, Criterion, Id, Model},
        report::At,
        tree::Outcome,
    },
    differ::{Differ, List},
    matching,
    types::Type,
};

impl<'s> Differ<'_, 's> {
    pub(super) fn combinations(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &Combined,
        two: &Combined,
    ) {
        let ids = (Some(pair.0), Some(pair.1));
        if one.criterion != two.criterion {
            let (few, fewer) = (one.parts.len() == 1, two.parts.len() == 1);
            let wider = two.criterion == Criterion::Any
                || (few && fewer)
                || (few && two.criterion == Criterion::One)
                || (fewer && one.criterion == Criterion::All);
            let kind = if wider {
                Type::CombinedTypeExtended
            } else {
                Type::CombinedTypeChanged
            };
            self.add(list, kind, self.path(), ids, At::Schema);
            if !wider {
                return;
            }
        }
        let before = self.distinct(pair.0, self.swapped, &one.parts);
        let after = self.distinct(pair.1, !self.swapped, &two.parts);
        let kind = match before.len().cmp(&after.len()) {
            std::cmp::Ordering::Less if two.criterion == Criterion::All => {
                Some(Type::ProductTypeExtended)
            }
            std::cmp::Ordering::Less => Some(Type::SumTypeExtended),
            std::cmp::Ordering::Greater if one.criterion == Criterion::All => {
                Some(Type::ProductTypeNarrowed)
            }
            std::cmp::Ordering::Greater => Some(Type::SumTypeNarrowed),
            std::cmp::Ordering::Equal => None,
        };
        if let Some(kind) = kind {
            self.add(list, kind, self.path(), ids, At::Schema);
        }
        self.parts(list, ids, one.criterion, &before, &after);
    }

    /// The parts of a combination without those that are written twice; `new`: it is of the new side.
    fn distinct(&mut self, id: Id, new: bool, parts: &[Id]) -> Rc<[Id]> {
        let model = if new { self.new } else { self.old };
        let known = self.distinct.entry((id, new));
        Rc::clone(known.or_insert_with(|| distinct(model, parts).into()))
    }

    /// Adds the differences of the parts that are paired, and says so when some are left over.
    fn parts(
        &mut self,
        list: &mut List<'s>,
        ids: (Option<Id>, Option<Id>),
        criterion: Criterion,
        before: &[Id],
        after: &[Id],
    ) {
        let mut edges = Vec::with_capacity(before.len());
        for old in before {
            if self.walk.is_over() {
                return;
            }
            // A part that stayed as it was is its own best counterpart.
            let (mut same, mut wider) = (Vec::new(), Vec::new());
            for (other, new) in after.iter().enumerate() {
                match self.outcome(*old, *new) {
                    Outcome::Same => same.push(other),
                    Outcome::Compatible => wider.push(other),
                    Outcome::Refused => {}
                }
            }
            same.append(&mut wider);
            edges.push(same);
        }
        let mut paired = 0;
        for (index, other) in matching::pairs(&edges, after.len()).into_iter().enumerate() {
            if let Some(other) = other {
                let path = self.path().join(format!("{}/{index}", criterion.keyword()));
                self.compare(list, path, Some(before[index]), Some(after[other]));
                paired += 1;
            }
        }
        if paired < before.len().min(after.len()) {
            self.add(
                list,
                Type::CombinedTypeSubschemasChanged,
                self.path(),
                ids,
                At::Schema,
            );
        }
    }
}

/// The parts without those that are written twice.
fn distinct(model: &Model<'_>, parts: &[Id]) -> Vec<Id> {
    let mut kept: Vec<Id> = Vec::new();
    let mut alike: HashMap<u64, Vec<Id>> = HashMap::new();
    for part in parts {
        let alike = alike.entry(model.digest(*part)).or_default();
        if !alike.iter().any(|other| model.same(*other, *part)) {
            alike.push(*part);
            kept.push(*part);
        }
    }
    kept
}
