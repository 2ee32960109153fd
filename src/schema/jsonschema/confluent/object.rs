//! Objects (`ObjectSchemaDiff`): properties, and the content model that decides about those which
//! only one of the two schemas declares.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    super::{
        model::{Id, Model, ObjectShape, Unprocessed},
        report::At,
    },
    differ::{Differ, List},
    types::Type,
};

impl<'s> Differ<'_, 's> {
    pub(super) fn objects(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &ObjectShape<'s>,
        two: &ObjectShape<'s>,
    ) {
        self.required(list, pair, one, two);
        let properties = self.path().join("properties");
        for (name, old, new) in both(&one.properties, &two.properties) {
            if self.walk.is_decided(list) {
                return;
            }
            let path = properties.join(name);
            match (old, new) {
                (Some(old), Some(new)) => self.compare(list, path, Some(*old), Some(*new)),
                (Some(old), None) => self.removed(list, pair, two, name, *old),
                (None, Some(new)) => self.added(list, pair, (one, two), name, *new),
                (None, None) => {}
            }
        }
        self.dependencies(list, pair, one, two);
        self.additional(list, pair, one, two);
        self.unevaluated(
            list,
            pair,
            "unevaluatedProperties",
            |extra| extra.unevaluated_properties,
            UNEVALUATED,
        );
        self.limits(
            list,
            pair,
            "maxProperties",
            (one.max, two.max),
            MAX_PROPERTIES,
        );
        self.limits(
            list,
            pair,
            "minProperties",
            (one.min, two.min),
            MIN_PROPERTIES,
        );
    }

    fn required(
        &self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &ObjectShape<'s>,
        two: &ObjectShape<'s>,
    ) {
        if one.required == two.required {
            return;
        }
        let before: BTreeSet<&str> = one.required.iter().copied().collect();
        let after: BTreeSet<&str> = two.required.iter().copied().collect();
        for name in one.properties.keys() {
            let Some(new) = two.properties.get(name) else {
                continue;
            };
            let kind = match (before.contains(name), after.contains(name)) {
                (true, false) => Type::RequiredAttributeRemoved,
                (false, true) if self.second().shape(*new).default.is_some() => {
                    Type::RequiredAttributeWithDefaultAdded
                }
                (false, true) => Type::RequiredAttributeAdded,
                _ => continue,
            };
            let path = self.path().join("required").join(*name);
            self.add(
                list,
                kind,
                path,
                (Some(pair.0), Some(pair.1)),
                At::Name("required", name),
            );
        }
    }

    fn removed(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        two: &ObjectShape<'s>,
        name: &'s str,
        old: Id,
    ) {
        let path = self.path().join("properties").join(name);
        let extra = self.second().shape(pair.1).unprocessed;
        let kind = if is_open(self.second(), two, extra) {
            Type::PropertyRemovedFromOpenContentModel
        } else if let Some(partial) = partial(self.second(), two, extra, name) {
            let trial = self.trial(path.clone(), old, partial);
            let covered = trial.is_compatible();
            list.extend(trial);
            if covered {
                Type::PropertyRemovedIsCoveredByPartiallyOpenContentModel
            } else {
                Type::PropertyRemovedNotCoveredByPartiallyOpenContentModel
            }
        } else if self.first().shape(old).is_false() {
            Type::PropertyWithFalseRemovedFromClosedContentModel
        } else {
            Type::PropertyRemovedFromClosedContentModel
        };
        self.add(
            list,
            kind,
            path,
            (Some(pair.0), Some(pair.1)),
            At::Name("properties", name),
        );
    }

    fn added(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        (one, two): (&ObjectShape<'s>, &ObjectShape<'s>),
        name: &'s str,
        new: Id,
    ) {
        let path = self.path().join("properties").join(name);
        let ids = (Some(pair.0), Some(pair.1));
        let at = At::Name("properties", name);
        let extra = self.first().shape(pair.0).unprocessed;
        let required = two.required.contains(&name);
        let default = self.second().shape(new).default.is_some();
        if is_open(self.first(), one, extra) {
            let kind = match (required, default) {
                _ if self.second().shape(new).is_empty() => {
                    Type::PropertyWithEmptySchemaAddedToOpenContentModel
                }
                (true, false) => Type::RequiredPropertyAddedToOpenContentModel,
                (true, true) => Type::RequiredPropertyWithDefaultAddedToOpenContentModel,
                (false, _) => Type::OptionalPropertyAddedToOpenContentModel,
            };
            return self.add(list, kind, path, ids, at);
        }
        if let Some(partial) = partial(self.first(), one, extra, name) {
            let trial = self.trial(path.clone(), partial, new);
            let kind = if trial.is_compatible() {
                Type::PropertyAddedIsCoveredByPartiallyOpenContentModel
            } else {
                Type::PropertyAddedNotCoveredByPartiallyOpenContentModel
            };
            list.extend(trial);
            self.add(list, kind, path.clone(), ids, at);
        }
        let kind = match (required, default) {
            (true, false) => Type::RequiredPropertyAddedToUnopenContentModel,
            (true, true) => Type::RequiredPropertyWithDefaultAddedToUnopenContentModel,
            (false, _) => Type::OptionalPropertyAddedToUnopenContentModel,
        };
        self.add(list, kind, path, ids, at);
    }

    fn dependencies(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &ObjectShape<'s>,
        two: &ObjectShape<'s>,
    ) {
        let ids = (Some(pair.0), Some(pair.1));
        let dependencies = self.path().join("dependencies");
        let path = |name: &str| dependencies.join(name);
        let (before, after) = (&one.property_dependencies, &two.property_dependencies);
        for (name, old, new) in both(before, after) {
            let set =
                |names: &Vec<&'s str>| -> BTreeSet<&'s str> { names.iter().copied().collect() };
            let kind = match (old.map(set), new.map(set)) {
                (_, None) => Type::DependencyArrayRemoved,
                (None, _) => Type::DependencyArrayAdded,
                (Some(old), Some(new)) if old == new => continue,
                (Some(old), Some(new)) if new.is_superset(&old) => Type::DependencyArrayExtended,
                (Some(old), Some(new)) if old.is_superset(&new) => Type::DependencyArrayNarrowed,
                _ => Type::DependencyArrayChanged,
            };
            self.add(list, kind, path(name), ids, At::Name("dependencies", name));
        }
        let (before, after) = (&one.schema_dependencies, &two.schema_dependencies);
        for (name, old, new) in both(before, after) {
            let kind = match (old, new) {
                (Some(old), Some(new)) => {
                    self.compare(list, path(name), Some(*old), Some(*new));
                    continue;
                }
                (_, None) => Type::DependencySchemaRemoved,
                (None, _) => Type::DependencySchemaAdded,
            };
            self.add(list, kind, path(name), ids, At::Name("dependencies", name));
        }
    }

    fn additional(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        one: &ObjectShape<'s>,
        two: &ObjectShape<'s>,
    ) {
        let kind = match (
            one.additional,
            two.additional,
            one.additional_schema,
            two.additional_schema,
        ) {
            (false, true, ..) => Type::AdditionalPropertiesAdded,
            // Nobody is harmed who never sent what was not declared.
            (true, false, None, _) => {
                let kind = Type::AdditionalPropertiesRemoved;
                return self.add_harmless(list, kind, pair, "additionalProperties");
            }
            (true, false, ..) => Type::AdditionalPropertiesRemoved,
            (_, _, None, Some(_)) => Type::AdditionalPropertiesNarrowed,
            (_, _, Some(_), None) => Type::AdditionalPropertiesExtended,
            (_, _, old, new) => {
                let path = self.path().join("additionalProperties");
                return self.compare(list, path, old, new);
            }
        };
        self.add_keyword(list, kind, pair, "additionalProperties");
    }

    /// What is said of unevaluated properties or items. Since a missing keyword means `true`, the
    /// four outcomes are those of `additionalProperties`.
    pub(super) fn unevaluated(
        &mut self,
        list: &mut List<'s>,
        pair: (Id, Id),
        keyword: &'static str,
        get: fn(&Unprocessed<'s>) -> Option<Id>,
        [added, removed, extended, narrowed]: [Type; 4],
    ) {
        let old = get(&self.first().shape(pair.0).unprocessed);
        let new = get(&self.second().shape(pair.1).unprocessed);
        if old.is_none() && new.is_none() {
            return;
        }
        let is_false =
            |model: &Model<'s>, id: Option<Id>| id.is_some_and(|id| model.shape(id).is_false());
        let is_empty =
            |model: &Model<'s>, id: Option<Id>| id.is_some_and(|id| model.shape(id).is_empty());
        let (old_false, new_false) = (is_false(self.first(), old), is_false(self.second(), new));
        let (old_empty, new_empty) = (is_empty(self.first(), old), is_empty(self.second(), new));
        let kind = match (old, new) {
            (None, _) if new_false => return self.add_harmless(list, removed, pair, keyword),
            _ if new_false && !old_false => removed,
            _ if old_false && !new_false => added,
            (None, Some(_)) => narrowed,
            (Some(_), None) => extended,
            _ if old_empty && !new_empty => narrowed,
            _ if new_empty && !old_empty => extended,
            _ => {
                let path = self.path().join(keyword);
                return self.compare(list, path, old, new);
            }
        };
        self.add_keyword(list, kind, pair, keyword);
    }
}

/// The names of both maps in order, each with its values.
pub fn both<'m, 's, V>(
    one: &'m BTreeMap<&'s str, V>,
    two: &'m BTreeMap<&'s str, V>,
) -> impl Iterator<Item = (&'s str, Option<&'m V>, Option<&'m V>)> {
    let (mut one, mut two) = (one.iter().peekable(), two.iter().peekable());
    std::iter::from_fn(move || {
        let order = match (one.peek(), two.peek()) {
            (Some((left, _)), Some((right, _))) => left.cmp(right),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let old = one.next_if(|_| order.is_le());
        let new = two.next_if(|_| order.is_ge());
        let (name, _) = old.or(new)?;
        Some((
            *name,
            old.map(|(_, value)| value),
            new.map(|(_, value)| value),
        ))
    })
}

/// Whether undeclared properties may be there, with any value.
pub fn is_open<'s>(model: &Model<'s>, object: &ObjectShape<'s>, extra: Unprocessed<'s>) -> bool {
    object.additional
        && object.additional_schema.is_none()
        && object.patterns.is_empty()
        && extra
            .unevaluated_properties
            .is_none_or(|id| model.shape(id).is_empty())
}

/// What an undeclared property of this name must be.
pub fn partial<'s>(
    model: &Model<'s>,
    object: &ObjectShape<'s>,
    extra: Unprocessed<'s>,
    name: &str,
) -> Option<Id> {
    let matching = object
        .patterns
        .iter()
        .find(|(pattern, _)| matches(pattern, name));
    if let Some((_, id)) = matching {
        return Some(*id);
    }
    let unevaluated = extra.unevaluated_properties.filter(|_| object.additional);
    let unevaluated = unevaluated.filter(|id| {
        let shape = model.shape(*id);
        !shape.is_false() && !shape.is_empty()
    });
    object.additional_schema.or(unevaluated)
}

/// Whether a regular expression is found in a name; one that takes too long, or is none, is not.
pub fn matches(pattern: &str, name: &str) -> bool {
    let built = fancy_regex::RegexBuilder::new(pattern)
        .backtrack_limit(100_000)
        .delegate_size_limit(1 << 20)
        .delegate_dfa_size_limit(1 << 20)
        .build();
    built.is_ok_and(|pattern| pattern.is_match(name).unwrap_or(false))
}

const MAX_PROPERTIES: [Type; 4] = [
    Type::MaxPropertiesAdded,
    Type::MaxPropertiesRemoved,
    Type::MaxPropertiesIncreased,
    Type::MaxPropertiesDecreased,
];
const MIN_PROPERTIES: [Type; 4] = [
    Type::MinPropertiesAdded,
    Type::MinPropertiesRemoved,
    Type::MinPropertiesIncreased,
    Type::MinPropertiesDecreased,
];
const UNEVALUATED: [Type; 4] = [
    Type::UnevaluatedPropertiesAdded,
    Type::UnevaluatedPropertiesRemoved,
    Type::UnevaluatedPropertiesExtended,
    Type::UnevaluatedPropertiesNarrowed,
];
