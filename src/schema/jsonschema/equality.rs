//! Whether two schemas say the same of values, with the schemas behind their references.

use std::collections::HashSet;

use super::{
    super::{Node, Value},
    karapace::Written,
    steps::{KEPT, Steps},
};

/// Keywords that restrict no value. Definitions are compared where a reference leads to them.
const SILENT: [&str; 10] = [
    "$anchor",
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "definitions",
    "description",
    "examples",
    "id",
    "title",
];

/// Keywords whose value is data: a `$ref` in it is no reference.
const DATA: [&str; 3] = ["const", "default", "enum"];

/// Keywords whose members are schemas with names of their own.
const MAPS: [&str; 4] = [
    "dependencies",
    "dependentSchemas",
    "patternProperties",
    "properties",
];

/// What a value in a schema is.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Role {
    Schema,
    Map,
    Data,
}

impl Role {
    /// The role of a member.
    fn of(self, name: &str) -> Self {
        match self {
            Self::Data => Self::Data,
            Self::Schema if DATA.contains(&name) => Self::Data,
            Self::Schema if MAPS.contains(&name) => Self::Map,
            Self::Map | Self::Schema => Self::Schema,
        }
    }
}

/// A pair of values by the places of their nodes.
type Key = (usize, usize, Role);

/// A pair that is still to be compared, and the pair that it is a part of.
type Open<'s> = (Written<'s>, Written<'s>, Role, Option<usize>);

/// What is known of pairs of schemas.
#[derive(Default)]
pub struct Equality {
    same: HashSet<Key>,
    different: HashSet<Key>,
}

impl Equality {
    /// Whether two schemas are the same. A pair that is met again while it is compared is taken for
    /// the same: only a difference elsewhere can tell the two apart. Without worth when the steps
    /// are over.
    pub fn holds(&mut self, one: Written<'_>, two: Written<'_>, steps: &Steps) -> bool {
        let mut met = HashSet::new();
        let mut trail: Vec<(Key, Option<usize>)> = Vec::new();
        let mut open = vec![(one, two, Role::Schema, None)];
        while let Some((mut one, mut two, role, parent)) = open.pop() {
            let key = (address(one.node), address(two.node), role);
            if self.same.contains(&key) || !met.insert(key) {
                continue;
            }
            trail.push((key, parent));
            if role == Role::Schema {
                one.enter();
                two.enter();
            }
            let here = trail.len() - 1;
            let alike = !self.different.contains(&key)
                && steps.take(KEPT)
                && parts(&one, &two, role, here, &mut open);
            if !alike {
                // A pair with a part that differs differs as well.
                let mut differing = Some(here);
                while let Some(index) = differing {
                    self.different.insert(trail[index].0);
                    differing = trail[index].1;
                }
                return false;
            }
        }
        self.same.extend(met);
        true
    }
}

fn address(node: &Node) -> usize {
    std::ptr::from_ref(node) as usize
}

/// Compares what two values say themselves, and opens the pairs of their parts.
fn parts<'s>(
    one: &Written<'s>,
    two: &Written<'s>,
    role: Role,
    here: usize,
    open: &mut Vec<Open<'s>>,
) -> bool {
    match (&one.node.value, &two.node.value) {
        _ if role == Role::Data => one.node.equals(two.node),
        (Value::Array(left), Value::Array(right)) => {
            let pairs = left.iter().zip(right).enumerate();
            open.extend(pairs.map(|(index, (left, right))| {
                let step = index.to_string();
                let pair = (one.child(&step, left), two.child(&step, right));
                (pair.0, pair.1, Role::Schema, Some(here))
            }));
            left.len() == right.len()
        }
        (Value::Object(_), Value::Object(_)) => {
            let (left, right) = (names(one, role), names(two, role));
            if role == Role::Schema {
                // A reference stands for its schema only where nothing stands beside it.
                let pair = match (one.reference(), two.reference()) {
                    (None, None) => None,
                    (Some(_), None) if left.is_empty() => Some((one.target(), Some(two.clone()))),
                    (None, Some(_)) if right.is_empty() => Some((Some(one.clone()), two.target())),
                    (Some(_), Some(_)) if left == right => Some((one.target(), two.target())),
                    _ => return false,
                };
                let is_behind = one.reference().is_none() || two.reference().is_none();
                match pair {
                    Some((Some(before), Some(after))) => {
                        open.push((before, after, role, Some(here)));
                        if is_behind {
                            return true;
                        }
                    }
                    Some((None, None)) if one.reference() == two.reference() => {}
                    Some(_) => return false,
                    None => {}
                }
            }
            for name in &left {
                if let (Some(left), Some(right)) = (
                    one.library.step(one.node, name),
                    two.library.step(two.node, name),
                ) {
                    let pair = (one.child(name, left), two.child(name, right));
                    open.push((pair.0, pair.1, role.of(name), Some(here)));
                }
            }
            left == right
        }
        _ => one.node.equals(two.node),
    }
}

/// The names of what an object says, in order.
fn names<'s>(at: &Written<'s>, role: Role) -> Vec<&'s str> {
    let members = at.node.members().iter().map(|member| &*member.name);
    let mut names: Vec<&str> = members
        .filter(|name| role == Role::Map || *name != "$ref" && !SILENT.contains(name))
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}
