//! Numbers (`NumberSchemaDiff`).

use super::{
    super::{
        super::Node,
        model::{Id, NumberShape},
        report::At,
    },
    differ::{Differ, List, Policy},
    types::Type,
};

impl<'s> Differ<'_, 's> {
    pub(super) fn numbers(
        &self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &NumberShape<'s>,
        two: &NumberShape<'s>,
    ) {
        let limits = [
            ("maximum", one.maximum, two.maximum, MAXIMUM),
            ("minimum", one.minimum, two.minimum, MINIMUM),
            (
                "exclusiveMinimum",
                one.exclusive_minimum,
                two.exclusive_minimum,
                EXCLUSIVE_MINIMUM,
            ),
        ];
        for (keyword, one, two, types) in limits {
            self.limits(list, pair, keyword, (float(one), float(two)), types);
        }
        self.exclusive_maximum(list, pair, one, two);
        let divides = divides(float(two.multiple_of), float(one.multiple_of));
        match multiples(one.multiple_of, two.multiple_of) {
            // It looks at whole parts only.
            Some(Type::MultipleOfReduced) if self.policy == Policy::Data && !divides => {
                self.add_keyword(list, Type::MultipleOfChanged, pair, "multipleOf");
            }
            // What the registry fails to divide need not harm anybody.
            Some(Type::MultipleOfChanged) if divides => {
                self.add_harmless(list, Type::MultipleOfChanged, pair, "multipleOf");
            }
            Some(kind) => self.add_keyword(list, kind, pair, "multipleOf"),
            None => {}
        }
        if one.integer != two.integer {
            let kind = if one.integer {
                Type::TypeExtended
            } else {
                Type::TypeNarrowed
            };
            self.add(
                list,
                kind,
                self.path(),
                (Some(pair.0), Some(pair.1)),
                At::Keyword("type"),
            );
        }
    }

    /// The registry holds the old `exclusiveMaximum` against the new `maximum`. Where there is
    /// none its comparison fails, which refuses the schema as well.
    fn exclusive_maximum(
        &self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &NumberShape<'s>,
        two: &NumberShape<'s>,
    ) {
        let (old, new) = (float(one.exclusive_maximum), float(two.exclusive_maximum));
        let against = float(two.maximum).filter(|_| self.policy != Policy::Data);
        let narrower = old > new && against.is_none_or(|maximum| old > Some(maximum));
        let new = if old > new && !narrower { old } else { new };
        self.limits(
            list,
            pair,
            "exclusiveMaximum",
            (old, new),
            EXCLUSIVE_MAXIMUM,
        );
    }
}

const MAXIMUM: [Type; 4] = [
    Type::MaximumAdded,
    Type::MaximumRemoved,
    Type::MaximumIncreased,
    Type::MaximumDecreased,
];
const MINIMUM: [Type; 4] = [
    Type::MinimumAdded,
    Type::MinimumRemoved,
    Type::MinimumIncreased,
    Type::MinimumDecreased,
];
const EXCLUSIVE_MAXIMUM: [Type; 4] = [
    Type::ExclusiveMaximumAdded,
    Type::ExclusiveMaximumRemoved,
    Type::ExclusiveMaximumIncreased,
    Type::ExclusiveMaximumDecreased,
];
const EXCLUSIVE_MINIMUM: [Type; 4] = [
    Type::ExclusiveMinimumAdded,
    Type::ExclusiveMinimumRemoved,
    Type::ExclusiveMinimumIncreased,
    Type::ExclusiveMinimumDecreased,
];

/// A number as the registry compares it.
pub fn float(node: Option<&Node>) -> Option<f64> {
    node?.number()?.parse().ok()
}

/// Whether a number is a multiple of a factor, as decimals are: 0.3 is one of 0.1.
pub fn divides(factor: Option<f64>, number: Option<f64>) -> bool {
    let (Some(factor), Some(number)) = (factor, number) else {
        return false;
    };
    let times = number / factor;
    times.is_finite() && (times - times.round()).abs() < 1e-9 * times.abs().max(1.0)
}

/// Only the whole parts are divided, so that the registry fails on what lies below one: that
/// refuses the schema too.
fn multiples(one: Option<&Node>, two: Option<&Node>) -> Option<Type> {
    let (one, two) = match (float(one), float(two)) {
        (None, None) => return None,
        (None, Some(_)) => return Some(Type::MultipleOfAdded),
        (Some(_), None) => return Some(Type::MultipleOfRemoved),
        (Some(one), Some(two)) => (one, two),
    };
    if one.to_bits() == two.to_bits() {
        return None;
    }
    let whole = |factor: f64, number: f64| factor != 0.0 && number % factor == 0.0;
    Some(match (one.trunc(), two.trunc()) {
        (one, two) if whole(one, two) => Type::MultipleOfExpanded,
        (one, two) if whole(two, one) => Type::MultipleOfReduced,
        _ => Type::MultipleOfChanged,
    })
}
