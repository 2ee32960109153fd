//! Combinations (`CombinedSchemaDiffVisitor`).

use std::rc::Rc;

use super::{
    super::{
        model::{Criterion, Id, Kind},
        report::At,
        tree::Path,
    },
    List, Side, Type, Visitor,
};

impl<'s> Visitor<'_, 's> {
    /// A property: a string that becomes a combination is taken for one of a single schema.
    pub(super) fn property(&mut self, list: &mut List<'s>, name: &str, old: Side, new: Side) {
        let string = matches!(self.shape(old).kind, Kind::String(_));
        if let (true, Kind::Combined(combined)) = (string, &self.shape(new).kind) {
            let mut nested = List::default();
            let one = (Criterion::Any, &[old.id][..]);
            self.combinations(
                &mut nested,
                (old, new),
                one,
                (combined.criterion, &combined.parts),
            );
            list.nest(Path::of(&["properties", name]), Rc::new(nested));
            return;
        }
        self.nested(list, &format!("properties/{name}"), old, new);
    }

    pub(super) fn combinations(
        &mut self,
        list: &mut List<'s>,
        pair: (Side, Side),
        (before, one): (Criterion, &[Id]),
        (after, two): (Criterion, &[Id]),
    ) {
        if before != after {
            let kind = match (before, after) {
                (_, Criterion::Any) => Type::CombinedTypeCriterionExtended,
                (Criterion::Any, _) => Type::CombinedTypeCriterionNarrowed,
                _ => Type::CombinedTypeCriterionChanged,
            };
            self.add(list, kind, "[criterion]", pair, At::Schema);
            return;
        }
        let (increased, decreased) = match after {
            Criterion::All => (
                Type::CombinedTypeAllOfSizeIncreased,
                Type::CombinedTypeAllOfSizeDecreased,
            ),
            Criterion::Any => (
                Type::CombinedTypeAnyOfSizeIncreased,
                Type::CombinedTypeAnyOfSizeDecreased,
            ),
            Criterion::One => (
                Type::CombinedTypeOneOfSizeIncreased,
                Type::CombinedTypeOneOfSizeDecreased,
            ),
        };
        if one.len() < two.len() {
            self.add(list, increased, "[size]", pair, At::Schema);
        } else if one.len() > two.len() {
            self.add(list, decreased, "[size]", pair, At::Schema);
            return;
        }
        for _ in 0..self.unmatched(pair, one, two) {
            self.add(
                list,
                Type::CombinedTypeSubschemaNotCompatible,
                "",
                pair,
                At::Schema,
            );
        }
    }

    /// How many of the original parts find none to go together with. The one with the fewest
    /// choices chooses first, and takes all of its choices before another one's turn comes.
    fn unmatched(&mut self, pair: (Side, Side), one: &[Id], two: &[Id]) -> usize {
        let mut choices: Vec<(Side, Vec<Side>)> = Vec::new();
        for id in one {
            if self.steps.are_over() {
                return 0;
            }
            let old = Side { id: *id, ..pair.0 };
            let mut fits: Vec<Side> = Vec::new();
            for id in two {
                let new = Side { id: *id, ..pair.1 };
                if self.is_compatible(old, new) && !fits.iter().any(|other| self.same(*other, new))
                {
                    fits.push(new);
                }
            }
            match choices.iter().position(|(other, _)| self.same(*other, old)) {
                Some(index) => choices[index].1 = fits,
                None => choices.push((old, fits)),
            }
        }
        let mut unmatched = 0;
        while let Some(index) = (0..choices.len()).min_by_key(|index| choices[*index].1.len()) {
            match choices[index].1.first().copied() {
                Some(taken) => {
                    let taken_in_all: Vec<Vec<bool>> = choices
                        .iter()
                        .map(|(_, fits)| fits.iter().map(|side| self.same(*side, taken)).collect())
                        .collect();
                    for ((_, fits), taken) in choices.iter_mut().zip(taken_in_all) {
                        let mut taken = taken.into_iter();
                        fits.retain(|_| !taken.next().unwrap_or(false));
                    }
                }
                None => unmatched += 1,
            }
            if choices[index].1.is_empty() {
                choices.remove(index);
            }
        }
        unmatched
    }

    fn same(&self, one: Side, two: Side) -> bool {
        let model = if one.new { self.new } else { self.old };
        one == two || self.steps.take() && model.same(one.id, two.id)
    }
}
