//! The walk over two schemas (`SchemaDiff`, `Context`). A pair of schemas is compared once; where a
//! schema contains itself the pair is taken for compatible until that turns out wrong, and then
//! everything is compared again with what has been learned (greatest fixed point).

use std::{collections::HashMap, rc::Rc};

use super::{
    super::{
        super::{Node, NodeSet},
        model::{Criterion, Id, Kind, Model},
        report::At,
        steps::Steps,
        tree::{Outcome, Path, Tree},
        walk::{Comparer, Learning, Walk},
    },
    types::{Type, Verdict},
};

/// Who judges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The registry, with `compatibilityPolicy` STRICT.
    Strict,
    /// The registry, with LENIENT.
    Lenient,
    /// Whoever validates the data: what a schema does not declare is taken for absent, and a
    /// default for no value.
    Data,
}

impl Policy {
    /// Whether the policy lets a difference pass.
    pub fn accepts(self, kind: Type) -> bool {
        match (self, kind) {
            (
                Self::Data,
                Type::RequiredAttributeWithDefaultAdded
                | Type::RequiredPropertyWithDefaultAddedToUnopenContentModel
                | Type::RequiredPropertyWithDefaultAddedToOpenContentModel,
            ) => false,
            (
                Self::Data,
                Type::OptionalPropertyAddedToOpenContentModel
                | Type::ItemAddedToOpenContentModel
                | Type::AdditionalPropertiesNarrowed
                | Type::UnevaluatedPropertiesNarrowed
                | Type::AdditionalItemsNarrowed
                | Type::UnevaluatedItemsNarrowed,
            ) => true,
            (_, kind) => match kind.verdict() {
                Verdict::Compatible => true,
                Verdict::Lenient => self == Self::Lenient,
                Verdict::Incompatible => false,
            },
        }
    }
}

/// A difference; its path is like `#/properties/x`.
type Difference<'s> = super::super::difference::Difference<'s, Type>;

/// How often what was learned about recursion is tried out.
const MOST_PASSES: usize = 100;

/// Everything that turns `old` into `new`, as the registry lists it; nothing of worth when the steps
/// are over.
pub fn differences<'s>(
    old: &Model<'s>,
    new: &Model<'s>,
    policy: Policy,
    steps: &Steps,
) -> Vec<Difference<'s>> {
    let mut learning = Learning::default();
    for pass in 0.. {
        let mut differ = Differ {
            old,
            new,
            policy,
            walk: Walk::new(steps, Some(learning)),
            distinct: HashMap::new(),
            swapped: false,
        };
        let mut list = List::default();
        differ.compare(&mut list, Path::default(), Some(old.root), Some(new.root));
        let ends = pass == MOST_PASSES || steps.are_over();
        match differ.walk.learned().filter(|_| !ends) {
            Some(learned) => learning = learned,
            None => {
                return list.list(|steps, found| Difference {
                    path: format!("#/{}", steps.join("/")),
                    ..found.clone()
                });
            }
        }
    }
    Vec::new()
}

/// Two schemas; and whether the first one is of the new side, as inside of `not`.
type Pair = (Id, Id, bool);

pub(super) struct Differ<'m, 's> {
    pub(super) old: &'m Model<'s>,
    pub(super) new: &'m Model<'s>,
    pub policy: Policy,
    pub(super) walk: Walk<'m, Pair, Difference<'s>>,
    /// The parts of combinations, each once; and whether they are of the new side.
    pub(super) distinct: HashMap<(Id, bool), Rc<[Id]>>,
    /// Whether the sides have changed places.
    pub swapped: bool,
}

impl<'m, 's> Comparer<'m> for Differ<'m, 's> {
    type Pair = Pair;
    type Difference = Difference<'s>;

    fn walk(&mut self) -> &mut Walk<'m, Self::Pair, Self::Difference> {
        &mut self.walk
    }
}

/// The differences of a pair.
pub(super) type List<'s> = Tree<Difference<'s>>;

impl<'m, 's> Differ<'m, 's> {
    /// The side that the first schema of a pair is of.
    pub fn first(&self) -> &'m Model<'s> {
        if self.swapped { self.new } else { self.old }
    }

    /// The side that the second one is of.
    pub fn second(&self) -> &'m Model<'s> {
        if self.swapped { self.old } else { self.new }
    }

    /// The path of a pair itself.
    pub fn path(&self) -> Path {
        if self.walk.is_outcome_only() {
            Path::unread()
        } else {
            Path::default()
        }
    }

    /// Adds a difference.
    pub fn add(
        &self,
        list: &mut List<'s>,
        kind: Type,
        path: Path,
        pair: (Option<Id>, Option<Id>),
        at: At<'s>,
    ) {
        self.add_judged(list, kind, path, pair, at, !self.policy.accepts(kind));
    }

    fn add_judged(
        &self,
        list: &mut List<'s>,
        kind: Type,
        path: Path,
        (old, new): (Option<Id>, Option<Id>),
        at: At<'s>,
        refused: bool,
    ) {
        if self.walk.is_outcome_only() {
            return list.note(Outcome::of(refused));
        }
        let found = Difference {
            kind,
            path: String::new(),
            old,
            new,
            at,
            refused,
        };
        list.add(path, refused, found);
    }

    /// Adds a difference about a keyword that harms nobody, if it is the data that judges.
    pub fn add_harmless(
        &self,
        list: &mut List<'s>,
        kind: Type,
        pair: (Id, Id),
        keyword: &'static str,
    ) {
        if self.policy != Policy::Data {
            return self.add_keyword(list, kind, pair, keyword);
        }
        let (path, at) = (self.path().join(keyword), At::Keyword(keyword));
        self.add_judged(list, kind, path, (Some(pair.0), Some(pair.1)), at, false);
    }

    /// Adds a difference about a keyword, at its path.
    pub fn add_keyword(
        &self,
        list: &mut List<'s>,
        kind: Type,
        pair: (Id, Id),
        keyword: &'static str,
    ) {
        let path = self.path().join(keyword);
        self.add(
            list,
            kind,
            path,
            (Some(pair.0), Some(pair.1)),
            At::Keyword(keyword),
        );
    }

    /// Adds the differences of two schemas (`SchemaDiff.compare`).
    pub fn compare(&mut self, list: &mut List<'s>, path: Path, old: Option<Id>, new: Option<Id>) {
        let (one, two) = match (old, new) {
            (None, None) => return,
            (None, Some(new))
                if self.policy == Policy::Data && self.second().shape(new).is_empty() =>
            {
                return;
            }
            (None, Some(_)) => {
                return self.add(list, Type::SchemaAdded, path, (old, new), At::Schema);
            }
            (Some(_), None) => {
                return self.add(list, Type::SchemaRemoved, path, (old, new), At::Schema);
            }
            (Some(old), Some(new)) => (old, new),
        };
        if self.walk.is_outcome_only() {
            if list.is_compatible() {
                list.note(self.outcome(one, two));
            }
            return;
        }
        let (one, two) = (self.first().referred(one), self.second().referred(two));
        let nested = self.differences_of(self.key(one, two), |differ| differ.pair(one, two));
        list.nest(path, nested);
    }

    /// What the comparison of two schemas comes to: cheaper than their differences.
    pub fn outcome(&mut self, old: Id, new: Id) -> Outcome {
        if !self.walk.take_step() {
            return Outcome::Same;
        }
        let (old, new) = (self.first().referred(old), self.second().referred(new));
        self.outcome_of(self.key(old, new), |differ| differ.pair(old, new))
    }

    /// The key of a pair; `None` for two simple schemas, which are compared faster than looked up.
    fn key(&self, old: Id, new: Id) -> Option<Pair> {
        let simple = self.first().shape(old).is_simple() && self.second().shape(new).is_simple();
        (!simple).then_some((old, new, self.swapped))
    }

    /// The differences of two schemas alone, for a trial.
    pub fn trial(&mut self, path: Path, old: Id, new: Id) -> List<'s> {
        let mut list = List::default();
        self.compare(&mut list, path, Some(old), Some(new));
        list
    }

    fn pair(&mut self, old: Id, new: Id) -> List<'s> {
        let mut list = List::default();
        self.compare_pair(&mut list, old, new);
        list
    }

    fn compare_pair(&mut self, list: &mut List<'s>, old: Id, new: Id) {
        if self.through_a_part(list, old, new) {
            return;
        }
        let (one, two) = (self.first().shape(old), self.second().shape(new));
        let pair = (Some(old), Some(new));
        if std::mem::discriminant(&one.kind) != std::mem::discriminant(&two.kind) {
            let bytes = Some("bytes");
            let both_bytes =
                one.unprocessed.connect_type == bytes && two.unprocessed.connect_type == bytes;
            if !one.is_false() && !two.is_empty() && !both_bytes {
                self.add(list, Type::TypeChanged, self.path(), pair, At::Schema);
            }
            return;
        }
        let texts = [
            (one.id != two.id, Type::IdChanged, "$id"),
            (one.title != two.title, Type::TitleChanged, "title"),
            (
                one.description != two.description,
                Type::DescriptionChanged,
                "description",
            ),
            (
                !same(one.default, two.default),
                Type::DefaultChanged,
                "default",
            ),
        ];
        for (changed, kind, keyword) in texts {
            if changed {
                self.add(list, kind, self.path(), pair, At::Keyword(keyword));
            }
        }
        match (&one.kind, &two.kind) {
            (Kind::String(one), Kind::String(two)) => {
                self.limits(
                    list,
                    (old, new),
                    "maxLength",
                    (one.max, two.max),
                    MAX_LENGTH,
                );
                self.limits(
                    list,
                    (old, new),
                    "minLength",
                    (one.min, two.min),
                    MIN_LENGTH,
                );
                let pattern = match (one.pattern, two.pattern) {
                    (None, Some(_)) => Some(Type::PatternAdded),
                    (Some(_), None) => Some(Type::PatternRemoved),
                    (Some(one), Some(two)) if one != two => Some(Type::PatternChanged),
                    _ => None,
                };
                if let Some(kind) = pattern {
                    self.add_keyword(list, kind, (old, new), "pattern");
                }
            }
            (Kind::Number(one), Kind::Number(two)) => {
                self.numbers(list, (old, new), one, two);
            }
            (Kind::Const(one), Kind::Const(two)) if !one.equals(two) => {
                self.add_keyword(list, Type::EnumArrayChanged, (old, new), "const");
            }
            (Kind::Enum(one), Kind::Enum(two)) => {
                if let Some(kind) = enums(one, two) {
                    self.add_keyword(list, kind, (old, new), "enum");
                }
            }
            (Kind::Combined(one), Kind::Combined(two)) => {
                self.combinations(list, (old, new), one, two);
            }
            (Kind::Not(one), Kind::Not(two)) => {
                let (one, two) = (*one, *two);
                self.swapped = !self.swapped;
                let outcome = self.outcome(two, one);
                self.swapped = !self.swapped;
                let kind = if outcome == Outcome::Refused {
                    Type::NotTypeExtended
                } else {
                    Type::NotTypeNarrowed
                };
                self.add_keyword(list, kind, (old, new), "not");
            }
            (Kind::Object(one), Kind::Object(two)) => {
                self.objects(list, (old, new), one, two);
            }
            (Kind::Array(one), Kind::Array(two)) => {
                self.arrays(list, (old, new), one, two);
            }
            _ => {}
        }
    }

    /// Whether one of the two is a combination with a part that goes together with the other.
    fn through_a_part(&mut self, list: &mut List<'s>, old: Id, new: Id) -> bool {
        let (one, two) = (
            &self.first().shape(old).kind,
            &self.second().shape(new).kind,
        );
        let (combined, is_new) = match (one, two) {
            (Kind::Combined(_), Kind::Combined(_)) => return false,
            (_, Kind::Combined(two)) => (two, true),
            (Kind::Combined(one), _) => (one, false),
            _ => return false,
        };
        let outcome = match (combined.parts.len(), is_new, combined.criterion) {
            (1, _, _) => None,
            (_, true, Criterion::Any | Criterion::One) => Some(Type::SumTypeExtended),
            (_, false, Criterion::All) => Some(Type::ProductTypeNarrowed),
            _ => return false,
        };
        for part in &combined.parts {
            let (one, two) = if is_new { (old, *part) } else { (*part, new) };
            if self.outcome(one, two) != Outcome::Refused {
                self.compare(list, self.path(), Some(one), Some(two));
                if let Some(kind) = outcome {
                    self.add(list, kind, self.path(), (Some(old), Some(new)), At::Schema);
                }
                return true;
            }
        }
        false
    }

    /// The differences of a limit.
    pub fn limits<N: PartialOrd>(
        &self,
        list: &mut List<'s>,
        pair: (Id, Id),
        keyword: &'static str,
        (one, two): (Option<N>, Option<N>),
        [added, removed, increased, decreased]: [Type; 4],
    ) {
        let kind = match (one, two) {
            (None, Some(_)) => added,
            (Some(_), None) => removed,
            (Some(one), Some(two)) if one < two => increased,
            (Some(one), Some(two)) if one > two => decreased,
            _ => return,
        };
        self.add_keyword(list, kind, pair, keyword);
    }
}

const MAX_LENGTH: [Type; 4] = [
    Type::MaxLengthAdded,
    Type::MaxLengthRemoved,
    Type::MaxLengthIncreased,
    Type::MaxLengthDecreased,
];
const MIN_LENGTH: [Type; 4] = [
    Type::MinLengthAdded,
    Type::MinLengthRemoved,
    Type::MinLengthIncreased,
    Type::MinLengthDecreased,
];

/// Whether two values, or the lack of them, are the same.
pub(super) fn same(one: Option<&Node>, two: Option<&Node>) -> bool {
    match (one, two) {
        (Some(one), Some(two)) => one.equals(two),
        (one, two) => one.is_none() && two.is_none(),
    }
}

/// How two lists of values differ (`EnumSchemaDiff`).
fn enums(one: &[&Node], two: &[&Node]) -> Option<Type> {
    let [before, after] = [one, two].map(|values| NodeSet::of(values.iter().copied()));
    let has_all = |set: &NodeSet<'_>, values: &[&Node]| values.iter().all(|one| set.has(one));
    match (has_all(&after, one), has_all(&before, two)) {
        (true, true) => None,
        (true, false) => Some(Type::EnumArrayExtended),
        (false, true) => Some(Type::EnumArrayNarrowed),
        (false, false) => Some(Type::EnumArrayChanged),
    }
}
