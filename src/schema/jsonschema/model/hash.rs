//! The order of a combination's parts. The library sorts them by Java's hash codes, combinations
//! first (`CombinedSchema.sortByCombinedFirst`), and the registry counts them in that order: the
//! `1` in `#/allOf/1/enum` is a place in it. So the hash codes are computed as Java does.
//!
//! Some of them are addresses in Java, and differ from run to run there: those of regular
//! expressions, format validators and combinations. Any constant is as good as theirs.
//!
//! Registries' paths depend on these hash codes: without them evctl's paths in `oneOf`, `anyOf` and
//! `allOf` would differ from the registry's, and so would the fingerprints of approvals.

use std::cmp::Ordering;

use super::{
    super::super::{Member, Node, Value},
    Id, Kind, Model, ObjectShape, Shape,
};

/// The address of the format validator that accepts everything, in some run.
const NO_FORMAT: i32 = 0x78e0_3bb5;

impl Model<'_> {
    /// Puts the parts of every combination into the library's order.
    pub(super) fn arrange(&mut self) {
        for id in 0..self.shapes.len() {
            self.arrange_parts(id);
        }
    }

    fn arrange_parts(&mut self, id: Id) {
        let Kind::Combined(combined) = &self.shapes[id].kind else {
            return;
        };
        let mut parts: Vec<(bool, i32, Id)> = Vec::new();
        for part in combined.parts.clone() {
            let is_combined = matches!(self.shapes[part].kind, Kind::Combined(_));
            parts.push((is_combined, self.hash(part), part));
        }
        // Hashes are subtracted, and the difference may overflow: the order is none that a sort
        // could rely on, so this is the very insertion sort that Java uses for short lists.
        for index in 1..parts.len() {
            let pivot = parts[index];
            let (mut left, mut right) = (0, index);
            while left < right {
                let middle = usize::midpoint(left, right);
                if compare(pivot, parts[middle]) == Ordering::Less {
                    right = middle;
                } else {
                    left = middle + 1;
                }
            }
            parts[left..=index].rotate_right(1);
        }
        if let Kind::Combined(combined) = &mut self.shapes[id].kind {
            combined.parts = parts.into_iter().map(|(_, _, part)| part).collect();
        }
    }

    /// `Schema.hashCode`
    fn hash(&mut self, id: Id) -> i32 {
        if let Some(hash) = self.hashes[id] {
            return hash;
        }
        let shape = self.shapes[id].clone();
        let hash = stacker::maybe_grow(64 * 1024, 1024 * 1024, || self.compute(&shape));
        self.hashes[id] = Some(hash);
        hash
    }

    fn compute(&mut self, shape: &Shape<'_>) -> i32 {
        let common = all(&[
            shape.title.map_or(0, of_text),
            shape.description.map_or(0, of_text),
            shape.id.map_or(0, of_text),
            shape.default.map_or(0, of_value),
            0,
            0,
            0,
            shape.unprocessed.hash,
        ]);
        match &shape.kind {
            Kind::String(string) => all(&[
                common,
                string.min.map_or(0, of_integer),
                string.max.map_or(0, of_integer),
                string.pattern.map_or(0, of_text),
                of_boolean(string.strict),
                string.format.map_or(NO_FORMAT, of_text),
            ]),
            Kind::Number(number) => {
                let value = |node: Option<&Node>| node.map_or(0, of_value);
                all(&[
                    common,
                    of_boolean(number.strict),
                    value(number.minimum),
                    value(number.maximum),
                    value(number.multiple_of),
                    of_boolean(number.minimum_is_exclusive),
                    of_boolean(number.maximum_is_exclusive),
                    value(number.exclusive_minimum),
                    value(number.exclusive_maximum),
                    of_boolean(number.integer),
                ])
            }
            Kind::Object(object) => self.of_object(common, object),
            Kind::Array(array) => {
                let items = array.items.as_ref().map_or(0, |items| {
                    let items: Vec<i32> = items.iter().map(|id| self.hash(*id)).collect();
                    all(&items)
                });
                let (each, contains) = (self.maybe(array.all), self.maybe(array.contains));
                let additional = self.maybe(array.additional_schema);
                all(&[
                    common,
                    array.min.map_or(0, of_integer),
                    array.max.map_or(0, of_integer),
                    of_boolean(array.unique),
                    each,
                    of_boolean(array.additional),
                    items,
                    of_boolean(array.strict),
                    additional,
                    contains,
                ])
            }
            Kind::Enum(values) => {
                let values: Vec<i32> = values.iter().map(|value| of_value(value)).collect();
                all(&[common, all(&values)])
            }
            Kind::Not(id) => all(&[common, self.hash(*id)]),
            Kind::Reference { text, .. } => {
                all(&[common, of_text(text), shape.unprocessed.hash, 0, 0])
            }
            _ => common,
        }
    }

    fn of_object(&mut self, common: i32, object: &ObjectShape<'_>) -> i32 {
        let mut properties = 0i32;
        let mut defaults = false;
        for (name, id) in &object.properties {
            properties = properties.wrapping_add(of_text(name) ^ self.hash(*id));
            defaults |= self.shapes[*id].default.is_some();
        }
        let dependencies = object.property_dependencies.iter().map(|(name, names)| {
            of_text(name)
                ^ names
                    .iter()
                    .fold(0i32, |sum, name| sum.wrapping_add(of_text(name)))
        });
        let dependencies = dependencies.fold(0i32, i32::wrapping_add);
        let mut schemas = 0i32;
        for (name, id) in &object.schema_dependencies {
            schemas = schemas.wrapping_add(of_text(name) ^ self.hash(*id));
        }
        let mut patterns = 0i32;
        for (pattern, id) in &object.patterns {
            patterns = patterns.wrapping_add(of_text(pattern) ^ self.hash(*id));
        }
        let names = self.maybe(object.names);
        let additional = self.maybe(object.additional_schema);
        let required: Vec<i32> = object.required.iter().map(|name| of_text(name)).collect();
        all(&[
            common,
            properties,
            names,
            of_boolean(object.additional),
            additional,
            all(&required),
            object.min.map_or(0, of_integer),
            object.max.map_or(0, of_integer),
            dependencies,
            schemas,
            of_boolean(object.strict),
            patterns,
            of_boolean(defaults),
        ])
    }

    fn maybe(&mut self, id: Option<Id>) -> i32 {
        id.map_or(0, |id| self.hash(id))
    }
}

fn compare(one: (bool, i32, Id), two: (bool, i32, Id)) -> Ordering {
    // Combinations among themselves are in the order of their addresses: as they were written.
    two.0.cmp(&one.0).then_with(|| {
        let apart = if one.0 { 0 } else { one.1.wrapping_sub(two.1) };
        apart.cmp(&0)
    })
}

/// `Objects.hash`, which is `List.hashCode` too.
fn all(hashes: &[i32]) -> i32 {
    hashes
        .iter()
        .fold(1i32, |sum, hash| sum.wrapping_mul(31).wrapping_add(*hash))
}

fn of_text(text: &str) -> i32 {
    text.encode_utf16().fold(0i32, |sum, unit| {
        sum.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}

fn of_boolean(value: bool) -> i32 {
    if value { 1231 } else { 1237 }
}

fn of_integer(value: i64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "as Long.hashCode does")]
    let hash = (value
        ^ (value >> 32).wrapping_mul(i64::from(
            value > i64::from(i32::MAX) || value < i64::from(i32::MIN),
        ))) as i32;
    hash
}

/// The hash of a map: the order of its members does not matter.
pub(super) fn of_members<'n>(members: impl Iterator<Item = &'n Member>) -> i32 {
    members.fold(0i32, |sum, member| {
        sum.wrapping_add(of_text(&member.name) ^ of_value(&member.node))
    })
}

fn of_value(node: &Node) -> i32 {
    match &node.value {
        Value::Null => 0,
        Value::Bool(value) => of_boolean(*value),
        Value::Number(number) => match number.parse::<i64>() {
            Ok(integer) => of_integer(integer),
            Err(_) => of_decimal(number),
        },
        Value::String(text) => of_text(text),
        Value::Array(items) => {
            let items: Vec<i32> = items.iter().map(of_value).collect();
            all(&items)
        }
        Value::Object(members) => of_members(members.iter()),
    }
}

/// `BigDecimal.hashCode`, for what fits into 64 bits without its point.
fn of_decimal(number: &str) -> i32 {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let Ok(unscaled) = format!("{whole}{fraction}").parse::<i64>() else {
        return of_text(number);
    };
    let exponent = exponent.parse::<i32>().unwrap_or(0);
    let scale = i32::try_from(fraction.len())
        .unwrap_or(0)
        .wrapping_sub(exponent);
    let size = unscaled.unsigned_abs();
    #[expect(
        clippy::cast_possible_truncation,
        reason = "as BigDecimal.hashCode does"
    )]
    let (high, low) = ((size >> 32) as u32 as i32, size as u32 as i32);
    let hash = high.wrapping_mul(31).wrapping_add(low);
    let hash = if unscaled < 0 {
        hash.wrapping_neg()
    } else {
        hash
    };
    hash.wrapping_mul(31).wrapping_add(scale)
}
