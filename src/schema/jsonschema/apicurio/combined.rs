//! Combinations (`CombinedSchemaDiffVisitor`).

use std::{collections::HashMap, rc::Rc};

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
        let (olds, news) = (self.numbered(pair.0, one), self.numbered(pair.1, two));
        // For each original schema those that it goes together with: their number, and each schema.
        let mut choices: Vec<Option<(usize, Vec<bool>)>> = Vec::new();
        for (old, number) in olds {
            if self.walk.is_over() {
                return 0;
            }
            let mut fits = vec![false; news.len()];
            for (new, number) in &news {
                fits[*number] |= self.is_compatible(old, *new);
            }
            let count = fits.iter().filter(|fits| **fits).count();
            choices.resize(choices.len().max(number + 1), None);
            choices[number] = Some((count, fits));
        }
        let mut unmatched = 0;
        loop {
            let left = choices.iter().enumerate();
            let left = left.filter_map(|(index, fits)| Some((fits.as_ref()?.0, index)));
            let Some((_, index)) = left.min() else {
                return unmatched;
            };
            let fits = choices[index].as_ref();
            match fits.and_then(|(_, fits)| fits.iter().position(|fits| *fits)) {
                Some(taken) => {
                    for (count, fits) in choices.iter_mut().flatten() {
                        *count -= usize::from(std::mem::take(&mut fits[taken]));
                    }
                }
                None => unmatched += 1,
            }
            if choices[index].as_ref().is_none_or(|(count, _)| *count == 0) {
                choices[index] = None;
            }
        }
    }

    /// The parts of a combination, each with a number that equal ones share: the registry keeps them
    /// in sets.
    fn numbered(&self, whole: Side, parts: &[Id]) -> Vec<(Side, usize)> {
        let model = if whole.new { self.new } else { self.old };
        let mut numbers: HashMap<u64, Vec<(Id, usize)>> = HashMap::new();
        let mut count = 0;
        let numbered = parts.iter().map(|id| {
            let alike = numbers.entry(model.digest(*id)).or_default();
            let known = alike.iter().find(|(other, _)| model.same(*other, *id));
            let number = known.map_or(count, |(_, number)| *number);
            if number == count {
                alike.push((*id, number));
                count += 1;
            }
            (Side { id: *id, ..whole }, number)
        });
        numbered.collect()
    }
}
