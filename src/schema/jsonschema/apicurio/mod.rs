//! Apicurio Registry's comparison of two JSON schemas (`schema-util-json`, `SchemaDiffVisitor` and
//! the visitors of the single kinds of schemas).

mod array;
mod combined;
mod object;
mod simple;
mod types;

use std::{collections::HashSet, rc::Rc};

pub use self::types::{COUNT, RULES, Type};
use super::{
    library::Draft,
    model::{Criterion, Dialect, Id, Kind, Model, Shape},
    report::At,
    steps::Steps,
    tree::{Outcome, Path, Tree},
    walk::{Comparer, Walk},
};

/// How Apicurio reads schemas: what does not name its draft is of draft 4.
pub const DIALECT: Dialect = Dialect {
    unnamed: Draft::Four,
    modern: false,
    defaults: false,
};

/// A schema of one of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Side {
    /// Whether it is of the newer one.
    new: bool,
    id: Id,
}

/// A difference; its path is of the registry's own making.
type Difference<'s> = super::difference::Difference<'s, Type>;

/// The differences of a pair, with paths that begin at it.
type List<'s> = Tree<Difference<'s>>;

/// Everything that turns `old` into `new`, as the registry lists it; nothing of worth when the steps
/// are over.
pub fn differences<'s>(old: &Model<'s>, new: &Model<'s>, steps: &Steps) -> Vec<Difference<'s>> {
    let mut visitor = Visitor {
        old,
        new,
        // The registry takes a schema that contains itself for compatible.
        walk: Walk::new(steps, None),
        references: HashSet::new(),
    };
    let root = (
        Side {
            new: false,
            id: old.root,
        },
        Side {
            new: true,
            id: new.root,
        },
    );
    let found = visitor.visit(root.0, root.1);
    // The registry keeps them in a set.
    let mut seen = HashSet::new();
    let mut found = found.list(|steps, found| Difference {
        path: steps.iter().map(|step| format!("/{step}")).collect(),
        ..found.clone()
    });
    found.retain(|one| seen.insert((one.kind, one.path.clone(), one.old, one.new)));
    found
}

struct Visitor<'m, 's> {
    old: &'m Model<'s>,
    new: &'m Model<'s>,
    walk: Walk<'m, (Side, Side), Difference<'s>>,
    /// The references of the updated side that are being followed: none is followed twice.
    references: HashSet<Side>,
}

impl<'m, 's> Comparer<'m> for Visitor<'m, 's> {
    type Pair = (Side, Side);
    type Difference = Difference<'s>;

    fn walk(&mut self) -> &mut Walk<'m, Self::Pair, Self::Difference> {
        &mut self.walk
    }
}

impl<'m, 's> Visitor<'m, 's> {
    fn shape(&self, side: Side) -> &'m Shape<'s> {
        if side.new {
            self.new.shape(side.id)
        } else {
            self.old.shape(side.id)
        }
    }

    fn referred(&self, side: Side) -> Side {
        let model = if side.new { self.new } else { self.old };
        Side {
            id: model.referred(side.id),
            ..side
        }
    }

    /// Whether all differences pass, in a context of its own (`DiffUtil.isSchemaCompatible`).
    fn is_compatible(&mut self, original: Side, updated: Side) -> bool {
        self.outcome(original, updated) != Outcome::Refused
    }

    /// What the comparison of two schemas comes to.
    fn outcome(&mut self, original: Side, updated: Side) -> Outcome {
        if !self.walk.take_step() {
            return Outcome::Same;
        }
        let original = self.referred(original);
        self.outcome_of(Some((original, updated)), |visitor| {
            visitor.compare(original, updated)
        })
    }

    /// Adds the differences of two schemas, below a path.
    fn nested(&mut self, list: &mut List<'s>, path: &str, original: Side, updated: Side) {
        if self.walk.is_outcome_only() {
            if list.is_compatible() {
                list.note(self.outcome(original, updated));
            }
            return;
        }
        list.nest(Path::of(&[path]), self.visit(original, updated));
    }

    fn add(
        &self,
        list: &mut List<'s>,
        kind: Type,
        path: &str,
        (original, updated): (Side, Side),
        at: At<'s>,
    ) {
        let refused = !kind.is_compatible();
        if self.walk.is_outcome_only() {
            return list.note(Outcome::of(refused));
        }
        let of = |new| {
            [original, updated]
                .into_iter()
                .find(|side| side.new == new)
                .map(|side| side.id)
        };
        let found = Difference {
            kind,
            path: String::new(),
            old: of(false),
            new: of(true),
            at,
            refused,
        };
        let path = Some(path).filter(|path| !path.is_empty());
        list.add(Path::of(path.as_slice()), refused, found);
    }

    /// `SchemaDiffVisitor`
    fn visit(&mut self, original: Side, updated: Side) -> Rc<List<'s>> {
        let original = self.referred(original);
        self.differences_of(Some((original, updated)), |visitor| {
            visitor.compare(original, updated)
        })
    }

    fn compare(&mut self, original: Side, updated: Side) -> List<'s> {
        let mut list = List::default();
        self.add_differences(&mut list, original, updated);
        list
    }

    fn add_differences(&mut self, list: &mut List<'s>, original: Side, updated: Side) {
        let target = self.shape(updated);
        if target.is_empty() {
            if !self.shape(original).is_empty() {
                let kind = Type::SubschemaTypeChangedToEmptyOrTrue;
                self.add(list, kind, "", (original, updated), At::Schema);
            }
            return;
        }
        if target.is_false() {
            if !self.shape(original).is_false() {
                self.add(
                    list,
                    Type::SubschemaTypeChanged,
                    "",
                    (original, updated),
                    At::Schema,
                );
            }
            return;
        }
        // A type beside an enum is a part of an `allOf`, and may be looked for there.
        let single = matches!(
            target.kind,
            Kind::String(_) | Kind::Boolean | Kind::Number(_)
        );
        let original = if single {
            self.part_of_class(original, updated)
        } else {
            original
        };
        if self.shape(original).is_false() {
            return;
        }
        let pair = (original, updated);
        match (&self.shape(original).kind, &target.kind) {
            (Kind::String(one), Kind::String(two)) => self.strings(list, pair, one, two),
            (Kind::Number(one), Kind::Number(two)) => self.numbers(list, pair, one, two),
            (Kind::Object(one), Kind::Object(two)) => self.objects(list, pair, one, two),
            (Kind::Array(one), Kind::Array(two)) => self.arrays(list, pair, one, two),
            (Kind::Boolean, Kind::Boolean) | (Kind::Null, Kind::Null) => {}
            (Kind::Enum(one), Kind::Enum(two)) => self.enums(list, pair, one, two),
            (Kind::Const(one), Kind::Enum(two)) => self.enums(list, pair, &[one], two),
            (Kind::Const(one), Kind::Const(two)) => self.constants(list, pair, one, two),
            (Kind::Enum(one), Kind::Const(two)) if one.len() == 1 => {
                self.constants(list, pair, one[0], two);
            }
            (Kind::Combined(one), Kind::Combined(two)) => {
                self.combinations(
                    list,
                    pair,
                    (one.criterion, &one.parts),
                    (two.criterion, &two.parts),
                );
            }
            (Kind::Conditional(one), Kind::Conditional(two)) => {
                self.conditions(list, pair, one, two);
            }
            (Kind::Not(one), Kind::Not(two)) => {
                let (one, two) = (
                    Side {
                        id: *one,
                        ..original
                    },
                    Side {
                        id: *two,
                        ..updated
                    },
                );
                self.both_ways(list, "not", pair, (one, two), At::Keyword("not"), NOT);
            }
            (_, Kind::Reference { target, .. }) => {
                if self.references.insert(updated) {
                    let target = Side {
                        id: *target,
                        ..updated
                    };
                    let pointer = self.pointer(updated);
                    self.nested(list, &format!("[ref #{pointer}]"), original, target);
                    self.references.remove(&updated);
                }
            }
            _ => self.add(list, Type::SubschemaTypeChanged, "", pair, At::Schema),
        }
    }

    fn pointer(&self, side: Side) -> String {
        let model = if side.new { self.new } else { self.old };
        model.pointer(&model.shape(side.id).spot)
    }

    /// The part of an original `allOf` that has the class of the updated schema.
    fn part_of_class(&self, original: Side, updated: Side) -> Side {
        let Kind::Combined(combined) = &self.shape(original).kind else {
            return original;
        };
        let class = std::mem::discriminant(&self.shape(updated).kind);
        let sides = combined.parts.iter().map(|id| Side {
            id: *id,
            ..original
        });
        let mut alike =
            sides.filter(|side| std::mem::discriminant(&self.shape(*side).kind) == class);
        match (combined.criterion, alike.next(), alike.next()) {
            (Criterion::All, Some(only), None) => only,
            _ => original,
        }
    }

    /// What holds of two schemas in which directions (`DiffUtil.compareSchemaWhenExist`).
    fn both_ways(
        &mut self,
        list: &mut List<'s>,
        path: &str,
        pair: (Side, Side),
        (one, two): (Side, Side),
        at: At<'s>,
        [both, backward, forward, none]: [Type; 4],
    ) {
        let kind = match (self.is_compatible(one, two), self.is_compatible(two, one)) {
            (true, true) => both,
            (true, false) => backward,
            (false, true) => forward,
            (false, false) => none,
        };
        self.add(list, kind, path, pair, at);
    }
}

const NOT: [Type; 4] = [
    Type::NotTypeSchemaCompatibleBoth,
    Type::NotTypeSchemaCompatibleBackwardNotForward,
    Type::NotTypeSchemaCompatibleForwardNotBackward,
    Type::NotTypeSchemaCompatibleNone,
];
